package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
)

// BoxOf derives a box from a secret that is not the school's, so that the school's key does not open it. The secret must be
// as hard to guess as a key.
func BoxOf(secret []byte, use string) (Box, error) {
	seed := sha256.Sum256(append([]byte("box\x00"+use+"\x00"), secret...))
	private, err := hpke.DHKEM(ecdh.P256()).DeriveKeyPair(seed[:])
	return Box{private, []byte("earshot " + use)}, err
}

// SealTo seals something to the box of one use, of which only the public half is known. Nobody without the box opens it,
// the one who sealed it neither.
func SealTo(public, use string, plain []byte) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(public)
	if err != nil {
		return nil, err
	}
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
	if err != nil {
		return nil, err
	}
	return hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("earshot "+use), plain)
}

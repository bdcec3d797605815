package seal

import (
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
)

// Box opens what devices have sealed to the school: HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256),
// HKDF-SHA256 and AES-256-GCM, the strongest that browsers can do with their own cryptography.
type Box struct {
	private hpke.PrivateKey
	info    []byte
}

// Box derives the box of one use, such as a round. The same key and use always give the same box, so that nothing has to
// be stored; who has the key of the school has all its boxes.
func (k Key) Box(use string) (Box, error) {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte("box\x00" + use))
	private, err := hpke.DHKEM(ecdh.P256()).DeriveKeyPair(m.Sum(nil))
	return Box{private, []byte("earshot " + use)}, err
}

// Public is the key that devices seal to: an uncompressed point of P-256, base64.
func (b Box) Public() string {
	return base64.StdEncoding.EncodeToString(b.private.PublicKey().Bytes())
}

// Open opens what was sealed to the box. The error says nothing about why it could not be opened.
func (b Box) Open(sealed []byte) ([]byte, error) {
	return hpke.Open(b.private, hpke.HKDFSHA256(), hpke.AES256GCM(), b.info, sealed)
}

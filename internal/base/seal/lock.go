package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"

	"earshot/internal/base/fault"
)

// locker is AES-256-GCM under a key of its own for each use and its parts.
func (k Key) locker(use string, parts []string) (cipher.AEAD, error) {
	key, err := hex.DecodeString(k.Hash("lock "+use, parts...))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Lock encrypts something for one use and its parts, such as a person and a class. Whoever has the database alone, or a
// backup of it, can neither read nor change it.
func (k Key) Lock(plain []byte, use string, parts ...string) ([]byte, error) {
	g, err := k.locker(use, parts)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, g.NonceSize())
	rand.Read(nonce)
	return g.Seal(nonce, nonce, plain, nil), nil
}

// Unlock decrypts what Lock made for the same use and parts.
func (k Key) Unlock(locked []byte, use string, parts ...string) ([]byte, error) {
	g, err := k.locker(use, parts)
	if err != nil {
		return nil, err
	}
	if len(locked) < g.NonceSize() {
		return nil, fault.New(fault.Invalid, "seal.broken")
	}
	plain, err := g.Open(nil, locked[:g.NonceSize()], locked[g.NonceSize():], nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "seal.broken").Because(err)
	}
	return plain, nil
}

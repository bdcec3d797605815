// Package seal keeps the keyed hashes: a code on paper or in a link is stored only as its hash under a key that lives
// outside the database, so that a stolen backup opens nothing.
package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"earshot/internal/base/fault"
)

// Key makes keyed hashes.
type Key struct{ secret []byte }

// KeyOf derives the key from a secret of at least 32 bytes, base64.
func KeyOf(secret string) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
	if err != nil || len(b) < 32 {
		return Key{}, fault.New(fault.Invalid, "seal.short")
	}
	return Key{b}, nil
}

// NewSecret makes a fresh secret in the form KeyOf reads.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// KeyFile reads the key in a file, making the file on first use.
func KeyFile(path string) (Key, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return Key{}, err
		}
		data = []byte(NewSecret() + "\n")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return Key{}, err
		}
	} else if err != nil {
		return Key{}, err
	}
	return KeyOf(string(data))
}

// Hash is HMAC-SHA-256 of the parts for one use, in hex. Uses are kept apart, so a hash of one kind says nothing
// about another.
func (k Key) Hash(use string, parts ...string) string {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(use))
	for _, p := range parts {
		m.Write([]byte{0})
		m.Write([]byte(p))
	}
	return hex.EncodeToString(m.Sum(nil))
}

// Same compares two hashes in constant time.
func Same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// Crockford's base 32: no I, L, O or U, so that a code survives being read aloud and typed by hand.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode makes n random characters of Crockford's base 32 (5 bits each).
func NewCode(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b)
}

// CleanCode brings a typed code into the form it was printed in: capitals, no spaces or dashes, O as 0, I and L as 1.
// ok is false when it cannot be a code of n characters.
func CleanCode(typed string, n int) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\u00a0', '\u2011', '\u2013', '\t', '\n', '\r':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 127 || !strings.ContainsRune(crockford, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == n
}

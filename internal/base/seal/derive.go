package seal

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Code derives n characters (at most 32) of Crockford's base 32 from the key: the same parts give the same code, and
// without the key nobody can tell it. It is for codes that have to be written again later and must be stored nowhere.
func (k Key) Code(n int, use string, parts ...string) string {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte("code\x00" + use))
	for _, p := range parts {
		m.Write([]byte{0})
		m.Write([]byte(p))
	}
	b := m.Sum(nil)[:n]
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b)
}

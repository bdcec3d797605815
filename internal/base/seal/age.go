package seal

import (
	"bytes"
	"strings"

	"filippo.io/age"

	"earshot/internal/base/fault"
)

// Recipient checks that a text is the public half of an age key (X25519), and returns it clean. Fault: Invalid
// key.recipient, also for a private half, which has no business here.
func Recipient(text string) (string, error) {
	r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
	if err != nil {
		return "", fault.New(fault.Invalid, "key.recipient")
	}
	return r.String(), nil
}

// ToAge seals something with age, so that each of the recipients can open it alone and nobody else can: the server neither.
func ToAge(recipients []string, plain []byte) ([]byte, error) {
	var to []age.Recipient
	for _, text := range recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "key.recipient")
		}
		to = append(to, r)
	}
	if len(to) == 0 {
		return nil, fault.New(fault.Conflict, "key.too_few")
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

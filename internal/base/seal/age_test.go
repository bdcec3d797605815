package seal_test

import (
	"bytes"
	"io"
	"testing"

	"filippo.io/age"

	"earshot/internal/base/seal"
)

func TestSealedWithAge(t *testing.T) {
	lead, _ := age.GenerateX25519Identity()
	deputy, _ := age.GenerateX25519Identity()
	other, _ := age.GenerateX25519Identity()
	plain := []byte("whose it is")
	sealed, err := seal.ToAge([]string{lead.Recipient().String(), deputy.Recipient().String()}, plain)
	if err != nil || bytes.Contains(sealed, plain) {
		t.Fatalf("%v", err)
	}
	open := func(id age.Identity, sealed []byte) []byte {
		r, err := age.Decrypt(bytes.NewReader(sealed), id)
		if err != nil {
			return nil
		}
		out, _ := io.ReadAll(r)
		return out
	}
	if !bytes.Equal(open(lead, sealed), plain) || !bytes.Equal(open(deputy, sealed), plain) {
		t.Error("one of those it is sealed to cannot open it")
	}
	if open(other, sealed) != nil {
		t.Error("somebody else opens it")
	}
	for _, bad := range [][]string{nil, {"age1nothing"}, {lead.String()}} {
		if _, err := seal.ToAge(bad, plain); err == nil {
			t.Errorf("sealed to %d that are none", len(bad))
		}
	}
}

func TestRecipient(t *testing.T) {
	key, _ := age.GenerateX25519Identity()
	public := key.Recipient().String()
	if got, err := seal.Recipient(" " + public + "\n"); err != nil || got != public {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "age1", key.String(), public[:40]} {
		if _, err := seal.Recipient(bad); err == nil {
			t.Errorf("%d characters are taken", len(bad))
		}
	}
}

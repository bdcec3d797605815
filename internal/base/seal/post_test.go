package seal_test

import (
	"testing"

	"earshot/internal/base/seal"
)

func TestSealedToABoxOfASecret(t *testing.T) {
	box, err := seal.BoxOf([]byte("what only one person knows"), "thread")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := seal.BoxOf([]byte("what only one person knows"), "thread")
	if box.Public() != again.Public() {
		t.Error("the same secret gives another box")
	}
	sealed, err := seal.SealTo(box.Public(), "thread", []byte("Come to room 4."))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed); err != nil || string(plain) != "Come to room 4." {
		t.Errorf("%q, %v", plain, err)
	}
	key, _ := seal.KeyOf(seal.NewSecret())
	schools, _ := key.Box("thread")
	wrong, _ := seal.BoxOf([]byte("what somebody guesses"), "thread")
	elsewhere, _ := seal.BoxOf([]byte("what only one person knows"), "another use")
	for _, b := range []seal.Box{schools, wrong, elsewhere} {
		if plain, err := b.Open(sealed); err == nil {
			t.Errorf("another box opens it: %q", plain)
		}
	}
	for _, public := range []string{"", "no key", "AAAA"} {
		if _, err := seal.SealTo(public, "thread", []byte("x")); err == nil {
			t.Errorf("sealed to %q", public)
		}
	}
}

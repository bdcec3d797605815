package seal_test

import (
	"bytes"
	"testing"

	"earshot/internal/base/seal"
)

func TestLock(t *testing.T) {
	key, err := seal.KeyOf(seal.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte("I guess: often")
	a, err := key.Lock(plain, "journal", "ann", "9B")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := key.Lock(plain, "journal", "ann", "9B")
	if bytes.Equal(a, b) || bytes.Contains(a, plain) {
		t.Error("the same words are locked alike, or not at all")
	}
	if got, err := key.Unlock(a, "journal", "ann", "9B"); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%q, %v", got, err)
	}
	for _, parts := range [][]string{{"bob", "9B"}, {"ann", "9C"}, {"ann9B"}, {"ann"}} {
		if got, err := key.Unlock(a, "journal", parts...); err == nil {
			t.Errorf("%v reads %q", parts, got)
		}
	}
	if _, err := key.Unlock(a, "guess", "ann", "9B"); err == nil {
		t.Error("another use reads it")
	}
	a[len(a)-1] ^= 1
	if _, err := key.Unlock(a, "journal", "ann", "9B"); err == nil {
		t.Error("a changed one is read")
	}
	if _, err := key.Unlock(nil, "journal", "ann", "9B"); err == nil {
		t.Error("nothing is read")
	}
}

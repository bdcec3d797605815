package seal_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"testing"

	"earshot/internal/base/seal"
)

func TestBox(t *testing.T) {
	key, err := seal.KeyOf(seal.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	box, err := key.Box("ABC123")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := key.Box("ABC123")
	other, _ := key.Box("ABC124")
	if box.Public() != again.Public() || box.Public() == other.Public() {
		t.Error("a box is always the same, and no other's")
	}
	raw, err := base64.StdEncoding.DecodeString(box.Public())
	if err != nil || len(raw) != 65 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("earshot ABC123"), []byte("q1=often"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := box.Open(sealed); err != nil || string(plain) != "q1=often" {
		t.Errorf("%q %v", plain, err)
	}
	if _, err := other.Open(sealed); err == nil {
		t.Error("another round's box opens it")
	}
	broken := bytes.Clone(sealed)
	broken[len(broken)-1] ^= 1
	for _, bad := range [][]byte{nil, sealed[:10], sealed[:65], broken} {
		if _, err := box.Open(bad); err == nil {
			t.Errorf("%d bytes are opened", len(bad))
		}
	}
}

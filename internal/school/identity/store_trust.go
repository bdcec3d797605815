package identity

import (
	"context"
	"time"
)

// trustKind is how codes to join a trust are listed in the directory.
const trustKind = "trust"

// TrustCode is how many letters and digits a code to join a trust has.
const TrustCode = 24

// NewTrustCode makes a code with which any school may join a trust, for so long; codes made before stop working. It is
// returned once.
func (s Store) NewTrustCode(ctx context.Context, trust string, good time.Duration) (string, error) {
	if err := s.DropCodes(ctx, trustKind, trust); err != nil {
		return "", err
	}
	return s.MintCode(ctx, trustKind, "", trust, good)
}

// TrustCode says which trust a code lets schools join; NotFound when it is unknown or has run out. It is not used up.
func (s Store) TrustCode(ctx context.Context, code string) (trust string, err error) {
	d, err := s.LookUp(ctx, trustKind, code)
	return d.Target, err
}

package identity

import (
	"context"
	"time"

	"earshot/internal/base/storage"
)

// tokenKind is how tokens for programs are listed in the directory.
const tokenKind = "token"

// NewToken makes a token with which a program reads as an account in a school, for so long. It is returned once.
func (s Store) NewToken(ctx context.Context, account, school string, good time.Duration) (string, error) {
	return s.MintCode(ctx, tokenKind, school, account, good)
}

// Token says for whom a token reads; fault.signed_out when it is unknown, has run out, or the account may not sign in any
// more. What it gives is no session: there is nothing in it that could be written to.
func (s Store) Token(ctx context.Context, token string) (account, school string, err error) {
	d, err := s.LookUp(ctx, tokenKind, token)
	if err != nil {
		return "", "", err
	}
	var a Account
	err = s.db.Query(ctx).Where("id = ? AND disabled_at IS NULL", d.Target).Take(&a).Error
	return d.Target, d.SchoolID, storage.Fault(err, "fault.signed_out")
}

// DropTokens takes all of an account's tokens away.
func (s Store) DropTokens(ctx context.Context, account string) error {
	return s.DropCodes(ctx, tokenKind, account)
}

package main

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

type tokenCommand struct {
	place
	keyed
	Email string `arg:"" help:"Address that the person signs in with. The program reads what they may read, and nothing else."`
	Days  int    `help:"Days for which the token works." default:"365"`
	Drop  bool   `help:"Take away all tokens of this person instead."`
}

// Run makes a token for a program, or takes tokens away. Both stand in the audit trail of the person's schools.
func (t tokenCommand) Run(ctx context.Context) error {
	db, err := t.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	key, err := t.keyed.open(t.place)
	if err != nil {
		return err
	}
	if t.Days < 1 || t.Days > 3*366 {
		return fault.New(fault.Invalid, "token.days")
	}
	ids := identity.NewStore(db, key)
	account, err := ids.ByEmail(ctx, t.Email)
	if err != nil {
		return err
	}
	schools, err := roster.NewStore(db).Schools(ctx, account.ID)
	if err != nil {
		return err
	}
	if t.Drop {
		for _, s := range schools {
			if err := audit.Record(ctx, db, access.Clock(s.SchoolID), "token.drop", "account", account.ID, ""); err != nil {
				return err
			}
		}
		return ids.DropTokens(ctx, account.ID)
	}
	for _, s := range schools {
		token := ""
		err := db.InTx(ctx, func(tx *storage.DB) error {
			if token, err = identity.NewStore(tx, key).NewToken(ctx, account.ID, s.SchoolID, time.Duration(t.Days)*24*time.Hour); err != nil {
				return err
			}
			return audit.Record(ctx, tx, access.Clock(s.SchoolID), "token.make", "account", account.ID, "")
		})
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\nIt is shown this once. Send it as \"Authorization: Bearer ...\" to /api/v1/rounds; /api/openapi.json describes the rest.\n", s.Name, token)
	}
	return nil
}

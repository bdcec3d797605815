package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

type trustCommand struct {
	Create trustCreate `cmd:"" help:"Make a trust and print the code with which its schools join."`
	Code   trustCode   `cmd:"" help:"Print a new joining code. The one before stops working; schools that have joined stay."`
	List   trustList   `cmd:"" help:"List the trusts and their schools."`
}

type trustCreate struct {
	place
	keyed
	Name string `arg:"" help:"Name of the trust, as its schools will read it."`
	Days int    `help:"Days for which the joining code works." default:"90"`
}

// Run makes a trust. It has no schools before a head teacher types the code.
func (t trustCreate) Run(ctx context.Context) error {
	return t.place.withTrusts(ctx, t.keyed, t.Days, func(tx *storage.DB) (roster.Trust, error) {
		return roster.NewStore(tx).CreateTrust(ctx, t.Name)
	})
}

type trustCode struct {
	place
	keyed
	Name string `arg:"" help:"Name of the trust."`
	Days int    `help:"Days for which the joining code works." default:"90"`
}

// Run makes another code.
func (t trustCode) Run(ctx context.Context) error {
	return t.place.withTrusts(ctx, t.keyed, t.Days, func(tx *storage.DB) (roster.Trust, error) {
		return roster.NewStore(tx).TrustByName(ctx, t.Name)
	})
}

// withTrusts finds or makes a trust, and prints a code for it.
func (p place) withTrusts(ctx context.Context, k keyed, days int, find func(tx *storage.DB) (roster.Trust, error)) error {
	if days < 1 || days > 366 {
		return fault.New(fault.Invalid, "trust.code_days")
	}
	db, err := p.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	key, err := k.open(p)
	if err != nil {
		return err
	}
	var trust roster.Trust
	code := ""
	err = db.InTx(ctx, func(tx *storage.DB) error {
		ids := identity.NewStore(tx, key)
		if trust, err = find(tx); err != nil {
			return err
		}
		code, err = ids.NewTrustCode(ctx, trust.ID, time.Duration(days)*24*time.Hour)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s\nJoining code, shown this once: %s\nA head teacher types it under School, Trust, sees there what is shared, and agrees. It works for %d days.\nRead the sums as a trust analyst: a head teacher of one of the schools gives that role under People.\n",
		trust.Name, inFours(code), days)
	return nil
}

// inFours writes a code so that it can be read aloud and typed.
func inFours(code string) string {
	var parts []string
	for part := range slices.Chunk([]byte(strings.ToUpper(code)), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

type trustList struct{ place }

// Run lists trusts with the schools that are in them now, all by name.
func (t trustList) Run(ctx context.Context) error {
	db, err := t.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	ro := roster.NewStore(db)
	trusts, err := ro.Trusts(ctx)
	if err != nil {
		return err
	}
	for _, trust := range trusts {
		schools, err := ro.TrustSchools(ctx, trust.ID)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d schools\n", trust.Name, len(schools))
		for _, s := range schools {
			fmt.Println("    " + s.Name)
		}
	}
	if len(trusts) == 0 {
		fmt.Println("There is no trust. Make one with earshot trust create NAME.")
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"earshot/internal/ask/bank"
	"earshot/internal/rehearsal"
	"earshot/internal/rehearsal/intruder"
)

type intruderCommand struct {
	People int    `help:"How many pupils the invented school has." default:"900"`
	Seed   uint64 `help:"Another seed makes another school." default:"1"`
}

// Run founds an invented school in a folder that goes away, and attacks it.
func (i intruderCommand) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "earshot-intruder-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := place{Data: dir}
	key, err := keyed{}.open(p)
	if err != nil {
		return err
	}
	clock := &rehearsal.Clock{}
	db, err := p.open(ctx, clock.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	b, err := bank.Load()
	if err != nil {
		return err
	}
	report, err := intruder.Run(ctx, intruder.Options{DB: db, Clock: clock, Key: key, Bank: b, People: i.People, Seed: i.Seed})
	if err != nil {
		return err
	}
	fmt.Print(report)
	if report.Found() {
		return errors.New("the intruder found something out")
	}
	return nil
}

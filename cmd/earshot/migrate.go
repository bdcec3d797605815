package main

import (
	"context"
	"fmt"
)

type migrateCommand struct{ place }

// Run applies what is missing and says what it did.
func (m migrateCommand) Run(ctx context.Context) error {
	db, err := m.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	applied, err := db.Migrate(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		fmt.Println("applied", name)
	}
	version, err := db.Version(ctx)
	if err == nil {
		fmt.Println("The database is at version", version)
	}
	return err
}

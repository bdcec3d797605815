package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"earshot/internal/base/fault"
	"earshot/internal/exchange/backup"
)

type backupCommand struct {
	place
	File string `arg:"" help:"File to write." type:"path"`
}

// Run writes a backup beside its final name first, so that a broken one never takes the place of a good one.
func (b backupCommand) Run(ctx context.Context) error {
	if _, err := os.Stat(b.place.file()); b.DatabaseURL == "" && err != nil {
		return fault.New(fault.NotFound, "backup.none", fault.Values{"Path": b.place.file()})
	}
	db, err := b.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(b.File), ".earshot-backup-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	summary, err := backup.Write(ctx, db, f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), b.File)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s holds %d rows of %d tables. The key of the codes is not in it: keep the key file apart.\n", b.File, summary.Rows, summary.Tables)
	return nil
}

type restoreCommand struct {
	place
	File string `arg:"" help:"Backup to read." type:"existingfile"`
}

// Run fills an empty database.
func (r restoreCommand) Run(ctx context.Context) error {
	f, err := os.Open(r.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	db, err := r.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	summary, err := backup.Restore(ctx, db, f, info.Size())
	if err != nil {
		return err
	}
	fmt.Printf("Restored %d rows of %d tables. Everybody has to sign in again.\n", summary.Rows, summary.Tables)
	if summary.OpenRounds > 0 {
		fmt.Println("Rounds are open: slips printed for them work only with the key file of the old place.")
	}
	return nil
}

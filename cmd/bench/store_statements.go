package main

import (
	"context"
	"errors"
	"sync/atomic"

	"gorm.io/gorm"

	"earshot/internal/base/storage"
)

// countStatements counts from now on what is asked of a database, by everybody.
func countStatements(db *storage.DB) (*atomic.Int64, error) {
	var n atomic.Int64
	count := func(*gorm.DB) { n.Add(1) }
	ctx := context.Background()
	handles := []*gorm.DB{db.Query(ctx)}
	if db.Kind() == storage.SQLite {
		handles = append(handles, db.Write(ctx)) // one for reading and one for writing
	}
	var errs []error
	for _, g := range handles {
		c := g.Callback()
		errs = append(errs, c.Query().Before("*").Register("bench:count", count), c.Create().Before("*").Register("bench:count", count),
			c.Update().Before("*").Register("bench:count", count), c.Delete().Before("*").Register("bench:count", count),
			c.Row().Before("*").Register("bench:count", count), c.Raw().Before("*").Register("bench:count", count))
	}
	return &n, errors.Join(errs...)
}

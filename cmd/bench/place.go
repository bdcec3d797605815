package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"earshot/internal/ask/bank"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
)

// place is one database with a school in it, and a server of its own that runs on it.
type place struct {
	name   string // sqlite or postgres
	school rehearsal.LoadSchool
	server *rehearsal.Server
	seed   uint64 // of the last answers

	dir, address string // where more of its kind can be made
}

// newPlace makes an empty database of a kind and a server on it. address is that of a PostgreSQL server.
func newPlace(ctx context.Context, name, dir, program, address string) (p *place, end func(), err error) {
	var last []func()
	end = func() {
		for i := len(last) - 1; i >= 0; i-- {
			last[i]()
		}
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	data, err := os.MkdirTemp(dir, name)
	if err != nil {
		return nil, nil, err
	}
	last = append(last, func() { os.RemoveAll(data) })
	o := storage.Options{File: filepath.Join(data, "earshot.db")}
	if name == "postgres" {
		own, drop, err := rehearsal.OwnSchema(ctx, address)
		if err != nil {
			return nil, nil, err
		}
		last = append(last, func() { _ = drop() })
		o.URL = own
	}
	db, err := storage.Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	last = append(last, func() { db.Close() })
	_, err = db.Migrate(ctx)
	key, keyErr := seal.KeyFile(filepath.Join(data, "earshot.key"))
	b, bankErr := bank.Load()
	if err := errors.Join(err, keyErr, bankErr); err != nil {
		return nil, nil, err
	}
	p = &place{name: name, dir: dir, address: address, server: &rehearsal.Server{Program: program, Data: data, DatabaseURL: o.URL}}
	if p.school, err = rehearsal.FoundLoadSchool(ctx, db, key, b, 100); err != nil {
		return nil, nil, err
	}
	last = append(last, p.server.Kill)
	return p, end, p.server.Start(ctx)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"earshot/internal/rehearsal"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
)

type demoCommand struct {
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080" env:"EARSHOT_ADDR"`
	Data string `help:"Folder to keep the invented school in. Without it the school is gone when you stop." type:"path"`
	JSON bool   `help:"Print one JSON object with the address, accounts, slips and rounds before the server is ready." name:"json"`
	Seed uint64 `help:"Another seed makes another school." default:"1"`
}

// Run builds the invented school, or finds it again, and serves it.
func (d demoCommand) Run(ctx context.Context) error {
	if d.Data == "" {
		dir, err := os.MkdirTemp("", "earshot-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		d.Data = dir
	}
	p := place{Data: d.Data}
	key, err := keyed{}.open(p)
	if err != nil {
		return err
	}
	// The past is written with the clock of the past.
	clock := &rehearsal.Clock{}
	db, err := p.open(ctx, clock.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	outbox, err := post{MailFolder: filepath.Join(d.Data, "mail")}.open() // nothing leaves the machine
	if err != nil {
		return err
	}
	srv, err := newServer(serverOptions{addr: d.Addr, every: 5 * time.Second, mail: outbox, develop: true}, db, key, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	srv.kit.Seed = d.Seed
	if err := srv.listen(); err != nil {
		return err
	}
	school, err := d.school(ctx, srv, clock)
	if err != nil {
		return err
	}
	if d.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(school); err != nil {
			return err
		}
	} else {
		describe(school, d.Data)
	}
	srv.ready.Store(true)
	return srv.run(ctx)
}

func (d demoCommand) school(ctx context.Context, srv *server, clock *rehearsal.Clock) (rehearsal.Demo, error) {
	return rehearsal.Start(ctx, rehearsal.Options{DB: srv.db, Clock: clock, Key: srv.kit.Key, Bank: srv.kit.Bank, BaseURL: srv.kit.BaseURL, Seed: d.Seed,
		Settle: func(ctx context.Context, who access.Actor, roundID string) error {
			_, err := schedule.Settle(ctx, srv.db, srv.kit.Key, srv.kit.Bank, who, roundID)
			return err
		}})
}

func describe(d rehearsal.Demo, folder string) {
	fmt.Printf("Riverside School, invented and full of answers, is at\n\n    %s\n\nSign in as\n\n", d.URL)
	for _, a := range d.Accounts {
		fmt.Printf("    %-20s %-40s %s\n", a.Role, a.Email, a.Password)
	}
	fmt.Printf("\nOne round was asked in confidence. To open a sealed name, “Try my key” on the page of keys with this, as if from a recovery sheet:\n\n")
	for _, a := range d.Accounts {
		if a.Key != "" {
			fmt.Printf("    %-20s %s\n", a.Role, a.Key)
		}
	}
	fmt.Printf("\nMails are not sent: they lie in %s.\n", filepath.Join(folder, "mail"))
	fmt.Printf("\nAnswer as a pupil with one of these slips:\n\n")
	for _, s := range d.Slips[:min(3, len(d.Slips))] {
		fmt.Printf("    %s#%s\n", d.Answer, s)
	}
	fmt.Printf("\nor as a parent, without a slip:\n\n    %s\n\nFor a lesson: find out what an invented pupil said, if you can:\n\n    %s\n\nStop with Ctrl-C.\n", d.Link, d.Lesson)
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
)

type loadCommand struct {
	keyed
	URL         string        `help:"Address of a server to load, such as http://127.0.0.1:8080. It has to run on the database named here, which may hold no other school. Without it load starts a server of its own." name:"url"`
	Data        string        `help:"With --url: folder of that server's SQLite database and key file." type:"path"`
	DatabaseURL string        `help:"PostgreSQL instead of SQLite. Without --url everything happens in a schema of its own, which goes away afterwards." name:"database-url"`
	People      int           `help:"How many pupils answer." default:"1500"`
	Clients     int           `help:"How many devices they have. Each is used by one pupil after another." default:"64"`
	RTT         time.Duration `help:"How much longer a round trip takes than it does here." default:"0s" name:"rtt"`
	Over        time.Duration `help:"The pupils arrive by chance over so long; 0s: as soon as a device is free." default:"0s"`
	Think       time.Duration `help:"How long a pupil takes to answer." default:"0s"`
	Warm        bool          `help:"Open all connections before the first pupil comes."`
	JSON        bool          `help:"Print the figures as JSON." name:"json"`
	Seed        uint64        `help:"Another seed makes other answers." default:"1"`
}

// Run lets pupils answer and checks that everything acknowledged is stored exactly once.
func (l loadCommand) Run(ctx context.Context) error {
	if l.People < 1 || l.Clients < 1 {
		return errors.New("load needs at least one pupil and one client: see --people and --clients")
	}
	if l.URL != "" && l.Data == "" && l.DatabaseURL == "" {
		return errors.New("name the database of the server at --url with --data or --database-url, so that its answers can be checked")
	}
	if l.Data == "" {
		dir, err := os.MkdirTemp("", "earshot-load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		l.Data = dir
	}
	if l.URL == "" && l.DatabaseURL != "" {
		address, drop, err := rehearsal.OwnSchema(ctx, l.DatabaseURL)
		if err != nil {
			return err
		}
		defer drop()
		l.DatabaseURL = address
	}
	report, err := l.measure(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
			return err
		}
	} else {
		fmt.Print(report)
	}
	switch {
	case !report.Check.OK():
		return errors.New("what is stored is not what was acknowledged")
	case report.Stored < report.People:
		return fmt.Errorf("%d of %d answers did not arrive", report.People-report.Stored, report.People)
	}
	return nil
}

func (l loadCommand) measure(ctx context.Context) (rehearsal.LoadReport, error) {
	var none rehearsal.LoadReport
	p := place{Data: l.Data, DatabaseURL: l.DatabaseURL}
	key, err := l.keyed.open(p)
	if err != nil {
		return none, err
	}
	db, err := p.open(ctx, nil)
	if err != nil {
		return none, err
	}
	defer db.Close()
	school, err := l.school(ctx, db, key)
	if err != nil {
		return none, err
	}
	pupils, err := rehearsal.Pupils(school.Doc, school.Codes, l.Seed)
	if err != nil {
		return none, err
	}
	var server *rehearsal.Server
	if l.URL == "" {
		program, err := os.Executable()
		if err != nil {
			return none, err
		}
		server = &rehearsal.Server{Program: program, Data: l.Data, DatabaseURL: l.DatabaseURL}
		if err := server.Start(ctx); err != nil {
			return none, err
		}
		defer server.Kill()
		l.URL = server.URL
	}
	report, err := rehearsal.Load(ctx, rehearsal.LoadOptions{URL: l.URL, Clients: l.Clients, RTT: l.RTT, Over: l.Over, Think: l.Think, Warm: l.Warm}, school.Round.Code, pupils)
	if err != nil {
		return none, err
	}
	if server != nil {
		// Elsewhere than on Linux nobody knows what the server used, and the rest is worth knowing all the same.
		if used, err := server.Usage(); err == nil {
			report.Usage = &used
		}
		if err := server.Stop(); err != nil {
			return none, err
		}
	}
	report.Check, err = school.Verify(ctx, pupils)
	return report, err
}

func (l loadCommand) school(ctx context.Context, db *storage.DB, key seal.Key) (rehearsal.LoadSchool, error) {
	if _, err := db.Migrate(ctx); err != nil {
		return rehearsal.LoadSchool{}, err
	}
	b, err := bank.Load()
	if err != nil {
		return rehearsal.LoadSchool{}, err
	}
	return rehearsal.FoundLoadSchool(ctx, db, key, b, l.People)
}

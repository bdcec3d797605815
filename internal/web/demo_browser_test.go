//go:build browser

package web_test

import (
	"context"
	"path/filepath"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// demo is the demo school with a server on top of it. Its clock can be put back and set right again.
type demo struct {
	*server
	rehearsal.Demo
	clock *rehearsal.Clock
}

// newDemo builds the demo school, always from the same seed.
func newDemo(t *testing.T) demo {
	t.Helper()
	return newDemoAs(t, "")
}

// newDemoAs is newDemo where pages call the server by this address.
func newDemoAs(t *testing.T, address string) demo {
	t.Helper()
	ctx := context.Background()
	clock := &rehearsal.Clock{}
	b, err := bank.Load()
	testkit.Must(t, err)
	db, err := storage.Open(ctx, storage.Options{File: filepath.Join(t.TempDir(), "earshot.db"), Now: clock.Now})
	testkit.Must(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.Migrate(ctx)
	testkit.Must(t, err)
	s := serveAs(t, &testkit.School{T: t, DB: db, Key: testkit.Key(t), Bank: b}, address)
	built, err := rehearsal.Build(ctx, rehearsal.Options{DB: db, Clock: clock, Key: s.Key, Bank: b, BaseURL: s.http.URL, Seed: 1,
		Settle: func(ctx context.Context, who access.Actor, roundID string) error {
			_, err := schedule.Settle(ctx, db, s.Key, b, who, roundID)
			return err
		}})
	testkit.Must(t, err)
	s.Head, s.School.School.SchoolID = built.Head, built.School
	return demo{s, built, clock}
}

// signIn opens a device and signs the first of the demo's accounts with a role in, as people do.
func (d demo) signIn(t *testing.T, role access.Role, before ...testkit.Step) visitor {
	t.Helper()
	v := d.visit(t, append([]testkit.Step{testkit.Scheme("light")}, before...)...)
	v.Go("/sign-in")
	for _, a := range d.Accounts {
		if a.Role == string(role) {
			v.fill("email", a.Email)
			v.fill("password", a.Password)
			break
		}
	}
	v.press("Sign in")
	return v
}

// round finds a round of the demo by its title.
func (d demo) round(title string) round.Round {
	d.T.Helper()
	for _, line := range d.Rounds {
		if line.Title == title {
			r, err := d.server.Rounds().ByID(context.Background(), d.Demo.School, line.ID)
			testkit.Must(d.T, err)
			return r
		}
	}
	d.T.Fatalf("the demo has no round %q", title)
	return round.Round{}
}

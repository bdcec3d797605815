// Package testkit serves tests alone: databases, makers that speak the school's language, and checks of HTML.
package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
)

// Clock is a clock that tests can turn.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts on a Monday morning in term.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)} }

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Forward turns the clock.
func (c *Clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Key is a fresh key for the codes of one test.
func Key(t testing.TB) seal.Key {
	t.Helper()
	k, err := seal.KeyOf(seal.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// DB opens an empty, migrated database for one test: SQLite in a file of its own, or, when TEST_DATABASE_URL is set, a
// schema of its own on that PostgreSQL server.
func DB(t testing.TB) *storage.DB { return DBAt(t, time.Now) }

// DBAt is DB with a clock.
func DBAt(t testing.TB, now func() time.Time) *storage.DB {
	t.Helper()
	ctx := context.Background()
	o := storage.Options{Now: now}
	if server := os.Getenv("TEST_DATABASE_URL"); server != "" {
		o.URL = schema(t, server)
	} else {
		o.File = filepath.Join(t.TempDir(), "earshot.db")
		if err := os.WriteFile(o.File, template(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := storage.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if o.URL != "" {
		if _, err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "earshot-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	db, err := storage.Open(context.Background(), storage.Options{File: file})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(context.Background()); err != nil {
		return nil, err
	}
	if err := db.Vacuum(context.Background()); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// template is a migrated SQLite file, made once a run and copied for each test.
func template(t testing.TB) []byte {
	t.Helper()
	data, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func schema(t testing.TB, server string) string {
	t.Helper()
	ctx := context.Background()
	admin, err := storage.Open(ctx, storage.Options{URL: server})
	if err != nil {
		t.Fatalf("TEST_DATABASE_URL: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:12])
	if err := admin.Write(ctx).Exec("CREATE SCHEMA " + name).Error; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin.Write(ctx).Exec(fmt.Sprintf("DROP SCHEMA %s CASCADE", name))
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

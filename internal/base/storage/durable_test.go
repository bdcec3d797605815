package storage_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"gorm.io/gorm"

	"earshot/internal/base/storage"
	"earshot/internal/testkit"
)

// A commit waits for the disk, whatever the server is set to.
func TestCommitsWaitForTheDisk(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	said := func(db *storage.DB, setting string) (value string) {
		t.Helper()
		testkit.Must(t, db.Write(ctx).Raw(setting).Row().Scan(&value))
		return value
	}
	if db.Kind() == storage.SQLite {
		if mode, sync := said(db, "PRAGMA journal_mode"), said(db, "PRAGMA synchronous"); mode != "wal" || sync != "2" {
			t.Errorf("journal_mode %s, synchronous %s", mode, sync)
		}
		return
	}
	for set, want := range map[string]string{"off": "on", "on": "on", "remote_apply": "remote_apply"} {
		u, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
		testkit.Must(t, err)
		q := u.Query()
		q.Set("synchronous_commit", set) // as the role or the server may have it
		u.RawQuery = q.Encode()
		db, err := storage.Open(ctx, storage.Options{URL: u.String()})
		testkit.Must(t, err)
		if got := said(db, "SHOW synchronous_commit"); got != want {
			t.Errorf("a server set to %s commits with %s, want %s", set, got, want)
		}
		db.Close()
	}
}

func TestUnsafeServersAreNamed(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	unsafe, err := db.Unsafe(ctx)
	testkit.Must(t, err)
	if db.Kind() == storage.SQLite {
		if len(unsafe) > 0 {
			t.Errorf("SQLite: %v", unsafe)
		}
		return
	}
	for _, name := range []string{"fsync", "full_page_writes"} {
		var value string
		testkit.Must(t, db.Query(ctx).Raw("SHOW "+name).Row().Scan(&value))
		if named := strings.Contains(strings.Join(unsafe, " "), name); named != (value == "off") {
			t.Errorf("%s is %s, and named: %v", name, value, named)
		}
	}
}

func TestAwayIsTheDatabaseNotTheStatement(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	for _, wrong := range []error{nil, gorm.ErrRecordNotFound, errors.New("something"), db.Write(ctx).Exec("INSERT INTO accounts (id) VALUES (NULL)").Error, db.Write(ctx).Exec("no such statement").Error} {
		if storage.Away(wrong) {
			t.Errorf("%v is not the database's fault", wrong)
		}
	}
	if db.Kind() == storage.SQLite {
		testkit.Must(t, db.Write(ctx).Exec("PRAGMA max_page_count = 1").Error)
		err := db.Write(ctx).Exec("CREATE TABLE more AS SELECT zeroblob(10000000) AS much").Error
		if !storage.Away(err) {
			t.Errorf("a full disk: %v", err)
		}
		return
	}
	_, err := storage.Open(ctx, storage.Options{URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"})
	if !storage.Away(errors.Unwrap(err)) {
		t.Errorf("nobody there: %v", err)
	}
	err = db.Write(ctx).Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
	if !storage.Away(err) {
		t.Errorf("the server ends the session: %v", err)
	}
}

func TestListsTravelWhole(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	odd := []string{`plain`, `with "quotes"`, `and \ that`, `{braces, commas}`, `NULL`, ``, "two\nlines", `łąka ਪੰ`}
	rows := make([][]any, len(odd))
	for i, s := range odd {
		rows[i] = []any{storage.NewID(), s, db.Now()}
	}
	statement := "INSERT INTO accounts (id, email, name, password, created_at) VALUES (?, ?, '', '', ?)"
	if db.Kind() == storage.Postgres {
		statement = "INSERT INTO accounts (id, email, name, password, created_at) VALUES ($1, $2, '', '', $3)"
	}
	n, err := db.Each(ctx, statement, rows)
	if err != nil || n != len(odd) {
		t.Fatal(n, err)
	}
	var found []string
	testkit.Must(t, db.Query(ctx).Table("accounts").Where("?", db.In("email", append(odd, "nobody"))).Pluck("email", &found).Error)
	if len(found) != len(odd) {
		t.Errorf("found %q of %q", found, odd)
	}
}

package storage

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"earshot/internal/base/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// dialect is the one set of SQL files, with the few words that SQLite spells differently put right while they are
// read: two folders of the same tables would drift apart.
type dialect struct {
	fs.FS
	words *strings.Replacer
}

var inSQLite = strings.NewReplacer(
	"timestamptz", "timestamp", // the driver turns only this declared type into a time
	"/* without rowid */", "WITHOUT ROWID", // rows about answers must not number themselves
)

func (d dialect) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return &changed{File: f, Reader: bytes.NewReader([]byte(d.words.Replace(string(data))))}, nil
}

type changed struct {
	fs.File
	*bytes.Reader
}

func (c *changed) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func (db *DB) migrator() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	pool, err := db.writer.DB()
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithTableName("migrations"), goose.WithDisableGlobalRegistry(true)}
	name := goose.DialectPostgres
	if db.kind == SQLite {
		name = goose.DialectSQLite3
		files = dialect{files, inSQLite}
	} else {
		// Two servers that start together must not both change the tables.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(name, pool, files, options...)
}

// Migrate brings the tables up to this program's version and returns the files it applied. A database that a newer
// program has changed is refused with storage.newer: running on would lose what the newer one added.
func (db *DB) Migrate(ctx context.Context) ([]string, error) {
	p, err := db.migrator()
	if err != nil {
		return nil, err
	}
	if err := db.Known(ctx); err != nil {
		return nil, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, err
	}
	var applied []string
	for _, r := range results {
		applied = append(applied, r.Source.Path)
	}
	return applied, nil
}

// Known refuses a database that a newer program has changed, with storage.newer.
func (db *DB) Known(ctx context.Context) error {
	p, err := db.migrator()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err == nil && have > want {
		return fault.New(fault.Conflict, "storage.newer", fault.Values{"Have": have, "Want": want})
	}
	return err
}

// Version is the number of the newest migration applied.
func (db *DB) Version(ctx context.Context) (int64, error) {
	p, err := db.migrator()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// Columns reads the tables as the database itself describes them: table -> columns in order. It serves the tests that
// hold structs and tables together, and the backup, which copies whatever is there.
func (db *DB) Columns(ctx context.Context) (map[string][]Column, error) {
	q := `SELECT m.name AS "table", p.name AS name, lower(p.type) AS type, p.pk AS key_part
	      FROM sqlite_master m JOIN pragma_table_info(m.name) p
	      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'migrations' ORDER BY m.name, p.cid`
	if db.kind == Postgres {
		q = `SELECT c.table_name AS "table", c.column_name AS name, c.udt_name AS type, coalesce(k.ordinal_position, 0) AS key_part
		     FROM information_schema.columns c
		     LEFT JOIN information_schema.table_constraints t
		       ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
		     LEFT JOIN information_schema.key_column_usage k
		       ON k.constraint_name = t.constraint_name AND k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name
		     WHERE c.table_schema = current_schema() AND c.table_name <> 'migrations'
		     ORDER BY c.table_name, c.ordinal_position`
	}
	rows, err := db.Query(ctx).Raw(q).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tables := map[string][]Column{}
	for rows.Next() {
		var table string
		var c Column
		var part sql.NullInt64
		if err := rows.Scan(&table, &c.Name, &c.Type, &part); err != nil {
			return nil, err
		}
		c.KeyPart = int(part.Int64)
		tables[table] = append(tables[table], c)
	}
	return tables, rows.Err()
}

// Column is a column as the database describes it.
type Column struct {
	Name    string
	Type    string
	KeyPart int // 1 for the first column of the primary key, 0 for a column outside it
}

var zones sync.Map // name -> *time.Location: reading one from the system each time is slow

// Zone finds a time zone by its name; UTC if this machine does not know it.
func Zone(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	zones.Store(name, z)
	return z
}

// Date is a day without a time, as the school's calendar has it: "2026-11-22".
type Date string

// DateOf is the day it is at t in a time zone.
func DateOf(t time.Time, zone *time.Location) Date { return Date(t.In(zone).Format(time.DateOnly)) }

// Time is the first moment of the day in a time zone; the zero time for an empty or malformed date.
func (d Date) Time(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Valid says whether the date is a real one.
func (d Date) Valid() bool { return !d.Time(time.UTC).IsZero() }

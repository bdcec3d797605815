// Package storage opens either database and gives the nouns one way to read, to write in a transaction and to tell
// the time. It is the only package that knows which database is underneath.
package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"modernc.org/sqlite"

	"earshot/internal/base/fault"
)

// Kind tells the two databases apart, for the few places where they differ.
type Kind string

const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// DB is a database, or one transaction in it.
type DB struct {
	kind   Kind
	writer *gorm.DB // in a transaction: the transaction
	reader *gorm.DB
	now    func() time.Time
	inTx   bool
}

// Options say where the database is. An empty URL means SQLite in the file File.
type Options struct {
	URL  string // postgres://...
	File string // path of the SQLite file
	Now  func() time.Time
}

// Open connects. A PostgreSQL server that cannot be reached is a fault with the key storage.unreachable.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	now := func() time.Time { return o.Now().UTC().Truncate(time.Microsecond) }
	cfg := func() *gorm.Config {
		return &gorm.Config{
			// Statements hold answers: GORM's own log would write them down.
			Logger:                 logger.Discard,
			TranslateError:         true,
			SkipDefaultTransaction: true,
			PrepareStmt:            true,
			PrepareStmtMaxSize:     400,
			NowFunc:                now,
		}
	}
	if o.URL != "" {
		return openPostgres(ctx, o.URL, cfg(), now)
	}
	return openSQLite(o.File, cfg, now)
}

func openPostgres(ctx context.Context, dsn string, cfg *gorm.Config, now func() time.Time) (*DB, error) {
	conn, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Busy, "storage.unreachable").Because(err)
	}
	// What is acknowledged is on disk, whatever the server or the role is set to. Other settings than off all wait for
	// this machine's disk, and may promise more.
	pool := stdlib.OpenDB(*conn, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
		return err
	}))
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(20)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	// pgx prepares by itself and remembers for each connection. GORM would prepare anew in every transaction.
	cfg.PrepareStmt = false
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), cfg)
	if err != nil {
		pool.Close()
		return nil, fault.New(fault.Busy, "storage.unreachable").Because(err)
	}
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fault.New(fault.Busy, "storage.unreachable").Because(err)
	}
	return &DB{kind: Postgres, writer: g, reader: g, now: now}, nil
}

// openSQLite opens two pools: SQLite has one writer at a time, and eight connections that fight for the lock starve
// each other, so writing goes over one connection and reading over several.
func openSQLite(file string, cfg func() *gorm.Config, now func() time.Time) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fault.New(fault.Busy, "storage.folder", fault.Values{"Path": filepath.Dir(file)}).Because(err)
	}
	// The file is made for its owner alone before SQLite opens it; its log takes the same mode.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.New(fault.Busy, "storage.file", fault.Values{"Path": file}).Because(err)
	}
	f.Close()
	// secure_delete overwrites what is deleted: the inbox must not live on in free pages.
	pragmas := "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)"
	base := "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + pragmas + "&_time_format=sqlite&_timezone=UTC"
	open := func(dsn string, conns int) (*gorm.DB, error) {
		pool, err := sql.Open("sqlite", dsn)
		if err != nil {
			return nil, err
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		g, err := gorm.Open(sqliteDialector{pool: pool}, cfg())
		if err != nil {
			return nil, fault.New(fault.Busy, "storage.file", fault.Values{"Path": file}).Because(err)
		}
		if err := pool.Ping(); err != nil {
			return nil, fault.New(fault.Busy, "storage.file", fault.Values{"Path": file}).Because(err)
		}
		return g, nil
	}
	// The writer keeps 32 MB of pages at most, each reader 4; the log is folded into the database every 64 MB, since a page that
	// many answers change is then copied once and not four times.
	writer, err := open(base+"&_txlock=immediate&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(16000)", 1)
	if err != nil {
		return nil, err
	}
	// Some file systems cannot hold a log for many readers, and SQLite then quietly goes without.
	var journal string
	var synchronous int
	if err := errors.Join(writer.Raw("PRAGMA journal_mode").Row().Scan(&journal), writer.Raw("PRAGMA synchronous").Row().Scan(&synchronous)); err != nil {
		return nil, fault.New(fault.Busy, "storage.file", fault.Values{"Path": file}).Because(err)
	}
	if journal != "wal" || synchronous < 2 {
		return nil, fault.New(fault.Busy, "storage.file", fault.Values{"Path": file}).Because(
			fmt.Errorf("this disk does not keep what is acknowledged: journal_mode is %s and synchronous %d, wal and 2 are needed", journal, synchronous))
	}
	reader, err := open(base+"&_pragma=query_only(1)&_pragma=cache_size(-4000)", 4)
	if err != nil {
		return nil, err
	}
	return &DB{kind: SQLite, writer: writer, reader: reader, now: now}, nil
}

// Unsafe lists the settings of a PostgreSQL server that let a power cut take what was acknowledged; none on SQLite.
func (db *DB) Unsafe(ctx context.Context) ([]string, error) {
	if db.kind == SQLite {
		return nil, nil
	}
	var names []string
	err := db.Query(ctx).Raw("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name").Scan(&names).Error
	return names, err
}

// Kind says which database this is.
func (db *DB) Kind() Kind { return db.kind }

// Now is the time, in UTC, to the microsecond (as fine as both databases keep).
func (db *DB) Now() time.Time { return db.now() }

// Close ends all connections.
func (db *DB) Close() error {
	var errs []error
	for _, g := range []*gorm.DB{db.reader, db.writer} {
		if pool, err := g.DB(); err == nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	pool, err := db.reader.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

// Query is the handle for reading; inside a transaction it sees what the transaction wrote.
func (db *DB) Query(ctx context.Context) *gorm.DB {
	if db.inTx {
		return db.writer.WithContext(ctx)
	}
	return db.reader.WithContext(ctx)
}

// Write is the handle for writing. Outside a transaction each statement stands alone.
func (db *DB) Write(ctx context.Context) *gorm.DB { return db.writer.WithContext(ctx) }

const tries = 6

// InTx runs f in one transaction of one school and runs it again when the database asks for that (serialization
// failure, deadlock, a busy file), so f must have no effect outside the database. A transaction inside a transaction
// is the outer one.
func (db *DB) InTx(ctx context.Context, f func(tx *DB) error) error {
	if db.inTx {
		return f(db)
	}
	var err error
	for try := range tries {
		err = db.writer.WithContext(ctx).Transaction(func(g *gorm.DB) error {
			return f(&DB{kind: db.kind, writer: g, reader: g, now: db.now, inTx: true})
		})
		if err == nil || !again(err) || ctx.Err() != nil {
			break
		}
		wait := time.Duration(1<<try) * 5 * time.Millisecond
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + mathrand.N(wait)):
		}
	}
	if again(err) {
		return fault.New(fault.Busy, "fault.busy").Because(err)
	}
	return err
}

// again says whether the same transaction may succeed if it is simply run once more.
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "53300" || strings.HasPrefix(pg.Code, "08") || pg.Code == "57P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == 5 || code == 6 // busy, locked
	}
	return false
}

// Away says whether an error means that the database is not there or cannot take anything at all (no connection, a full
// disk, a server that stops), so that no statement sent to it now would fare better.
func Away(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:min(2, len(pg.Code))] {
		case "08", "53", "57", "58": // connection, resources, an operator, the system
			return true
		}
		return false
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case 5, 6, 8, 10, 11, 13, 14, 26: // busy, locked, read-only, input or output, corrupt, full, cannot open, no database
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var wire net.Error
	return errors.As(err, &connect) || errors.As(err, &wire) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || fault.Is(err, fault.Busy)
}

// Snapshot runs f in a read-only transaction that sees the database as it was at one moment, for backups.
func (db *DB) Snapshot(ctx context.Context, f func(tx *DB) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.kind == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return db.reader.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		return f(&DB{kind: db.kind, writer: g, reader: g, now: db.now, inTx: true})
	}, opts)
}

// Vacuum rebuilds the named tables, so that nothing deleted from them stays behind in the files and rows keep no
// trace of the order in which they came. SQLite rebuilds the whole file and empties its write-ahead log.
func (db *DB) Vacuum(ctx context.Context, tables ...string) error {
	if db.kind == SQLite {
		if err := db.writer.WithContext(ctx).Exec("VACUUM").Error; err != nil {
			return err
		}
		// A checkpoint that somebody's open reading holds up says so in a row, not by an error.
		// It is tried again later, so it need not be waited for as long as a writer is.
		if err := db.writer.WithContext(ctx).Exec("PRAGMA busy_timeout = 1000").Error; err != nil {
			return err
		}
		defer db.writer.WithContext(context.WithoutCancel(ctx)).Exec("PRAGMA busy_timeout = 10000")
		var busy int
		if err := db.writer.WithContext(ctx).Raw("PRAGMA wal_checkpoint(TRUNCATE)").Row().Scan(&busy, new(int), new(int)); err != nil {
			return err
		}
		if busy != 0 {
			return fault.New(fault.Busy, "storage.log_held")
		}
		return nil
	}
	for _, t := range tables {
		if err := db.writer.WithContext(ctx).Exec("VACUUM FULL " + t).Error; err != nil {
			return fmt.Errorf("vacuum %s: %w", t, err)
		}
	}
	return nil
}

var idAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID makes an id of 128 random bits, written as 26 letters and digits. Ids never count and never hold a time:
// either would put rows in the order in which people answered.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return idAlphabet.EncodeToString(b[:])
}

// Fault turns a database error into the fault a caller should see: no row is NotFound, a broken unique constraint is
// Conflict. Other errors come back as they are.
func Fault(err error, notFound string) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, notFound)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fault.New(fault.Conflict, "fault.exists").Because(err)
	}
	return err
}

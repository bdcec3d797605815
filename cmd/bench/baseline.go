package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/rehearsal"
)

// script writes what one response writes, in a transaction of its own: the slip spent, the receipt, the inbox row.
const script = `\set n random(1, 1000000)
BEGIN;
UPDATE bench_slips SET spent = true WHERE school_id = 's' AND round_id = 'r' AND hash = md5(:n::text);
INSERT INTO bench_receipts VALUES ('s', 'r', gen_random_uuid()::text || 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO bench_inbox VALUES ('s', 'r', gen_random_uuid()::text, 'aaaaaaaaaaaaaaaaaaaaaaaaaa', '{"q1":["often"],"q10":["often"],"q11":["often"],"q2":["often"],"q3":["often"],"q4":["often"],"q5":["often"],"q6":["often"],"q7":["often"],"q8":["often"],"q9":["often"]}', 'usual');
COMMIT;
`

var tables = []string{
	`CREATE TABLE bench_slips (school_id text, round_id text, hash text, unit_id text NOT NULL, kind text NOT NULL, spent boolean NOT NULL, PRIMARY KEY (school_id, round_id, hash))`,
	`CREATE TABLE bench_receipts (school_id text, round_id text, hash text, PRIMARY KEY (school_id, round_id, hash))`,
	`CREATE TABLE bench_inbox (school_id text, round_id text, id text, cell_id text NOT NULL, answers text NOT NULL, pace text NOT NULL, PRIMARY KEY (school_id, round_id, id))`,
	`INSERT INTO bench_slips SELECT 's', 'r', md5(n::text), 'aaaaaaaaaaaaaaaaaaaaaaaaaa', 'pupil', false FROM generate_series(1, 1000000) n`,
	`ANALYZE bench_slips`,
}

// baseline is PostgreSQL's own load generator on tables of the same shape.
type baseline struct {
	db   *storage.DB
	file string // of the script
}

func newBaseline(ctx context.Context, server string) (*baseline, func(), error) {
	db, err := storage.Open(ctx, storage.Options{URL: server})
	if err != nil {
		return nil, nil, err
	}
	b := &baseline{db: db, file: filepath.Join(os.TempDir(), fmt.Sprintf("earshot-pgbench-%d.sql", os.Getpid()))}
	end := func() {
		os.Remove(b.file)
		db.Close()
	}
	for _, statement := range tables {
		if err := db.Write(ctx).Exec(statement).Error; err != nil {
			end()
			return nil, nil, err
		}
	}
	if err := os.WriteFile(b.file, []byte(script), 0o644); err != nil {
		end()
		return nil, nil, err
	}
	return b, end, nil
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// run measures for some seconds how many responses a second arrive, one a transaction.
func (b *baseline) run(ctx context.Context, clients int) (float64, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(os.Getenv("PG_BIN"), "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(clients),
		"-j", strconv.Itoa(min(2, clients)), "-T", "5", "-f", b.file, "-h", os.Getenv("PG_SOCKET"), "-U", "postgres", "postgres").CombinedOutput()
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench: %v: %s", err, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// cpu is what all processes of the database server have used so far. Sessions that have ended are left out.
func (b *baseline) cpu() (time.Duration, error) {
	file, err := os.ReadFile(filepath.Join(os.Getenv("PG_SOCKET"), "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(file), "\n")
	parent, err := strconv.Atoi(first)
	if err != nil {
		return 0, err
	}
	children, err := rehearsal.ChildrenOf(parent)
	if err != nil {
		return 0, err
	}
	var total time.Duration
	for _, pid := range children {
		if used, err := rehearsal.UsageOf(pid); err == nil { // it may just have ended
			total += used.CPU
		}
	}
	return total, nil
}

// plainSQL writes the same rows to SQLite with prepared statements, one response a transaction, checking nothing: the
// most that SQLite gives without gathering.
func plainSQL(ctx context.Context, p *place, people int) (float64, error) {
	pupils, err := p.asked(ctx, people)
	if err != nil {
		return 0, err
	}
	sc := p.school
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(p.server.Data, "earshot.db")+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(16000)")
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	var statements []*sql.Stmt
	for _, text := range []string{"UPDATE slips SET spent = true WHERE school_id = ? AND round_id = ? AND hash = ?",
		"INSERT INTO receipts (school_id, round_id, hash) VALUES (?, ?, ?)", "INSERT INTO inbox (school_id, round_id, id, cell_id, answers, pace) VALUES (?, ?, ?, ?, ?, ?)"} {
		st, err := pool.PrepareContext(ctx, text)
		if err != nil {
			return 0, err
		}
		defer st.Close()
		statements = append(statements, st)
	}
	slips := participation.NewStore(sc.DB, sc.Key)
	store := func(pupil *rehearsal.Pupil) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		for i, values := range [][]any{{slips.Hash(sc.Round.ID, pupil.Code)}, {sc.Key.Hash("receipt", sc.Round.ID, pupil.Receipt)},
			{storage.NewID(), sc.Units[0].ID, pupil.Answers, "usual"}} {
			if _, err := tx.StmtContext(ctx, statements[i]).ExecContext(ctx, append([]any{sc.Round.SchoolID, sc.Round.ID}, values...)...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	var next atomic.Int64
	errs := make([]error, many)
	var wg sync.WaitGroup
	began := time.Now()
	for c := range many {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(pupils)) && errs[c] == nil; i = next.Add(1) - 1 {
				errs[c] = store(pupils[i])
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(len(pupils)) / time.Since(began).Seconds(), nil
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"earshot/internal/base/storage"
)

// script writes what one response writes, in a transaction of its own: the slip spent, the receipt, the inbox row.
const script = `\set n random(1, 1000000)
BEGIN;
UPDATE bench_slips SET spent = true WHERE school_id = 's' AND round_id = 'r' AND hash = md5(:n::text);
INSERT INTO bench_receipts VALUES ('s', 'r', gen_random_uuid()::text || 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO bench_inbox VALUES ('s', 'r', gen_random_uuid()::text, 'aaaaaaaaaaaaaaaaaaaaaaaaaa', '{"q1":["often"],"q10":["often"],"q11":["often"],"q2":["often"],"q3":["often"],"q4":["often"],"q5":["often"],"q6":["often"],"q7":["often"],"q8":["often"],"q9":["often"]}', 'usual');
COMMIT;
`

const tables = `
CREATE TABLE bench_slips (school_id text, round_id text, hash text, unit_id text NOT NULL, kind text NOT NULL, spent boolean NOT NULL, PRIMARY KEY (school_id, round_id, hash));
CREATE TABLE bench_receipts (school_id text, round_id text, hash text, PRIMARY KEY (school_id, round_id, hash));
CREATE TABLE bench_inbox (school_id text, round_id text, id text, cell_id text NOT NULL, answers text NOT NULL, pace text NOT NULL, PRIMARY KEY (school_id, round_id, id));
INSERT INTO bench_slips SELECT 's', 'r', md5(n::text), 'aaaaaaaaaaaaaaaaaaaaaaaaaa', 'pupil', false FROM generate_series(1, 1000000) n;
`

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench measures the baseline: the same rows written by PostgreSQL's own load generator, one response a transaction.
func pgbench(ctx context.Context, server string) (float64, error) {
	db, err := storage.Open(ctx, storage.Options{URL: server})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	for _, statement := range regexp.MustCompile(`;\n`).Split(tables, -1) {
		if len(statement) > 3 {
			if err := db.Write(ctx).Exec(statement).Error; err != nil {
				return 0, err
			}
		}
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("earshot-pgbench-%d.sql", os.Getpid()))
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		return 0, err
	}
	defer os.Remove(file)
	out, err := exec.CommandContext(ctx, filepath.Join(os.Getenv("PG_BIN"), "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2",
		"-T", "6", "-f", file, "-h", os.Getenv("PG_SOCKET"), "-U", "postgres", "postgres").CombinedOutput()
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%v: %s", err, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

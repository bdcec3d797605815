// Package backup carries the whole database out and in as one file in open formats: a zip with a list of rows for each
// table and a page that says what is in it. A backup of one kind of database can be restored into the other.
package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/storage"
)

// program is how a manifest names its maker; format changes when files of an older one can no longer be read.
const (
	program  = "earshot"
	format   = 1
	manifest = "manifest.json"
)

// order lists every table that is carried, each after those it refers to. A test holds it against the schema.
var order = []string{
	"directory", "accounts", "schools", "people", "groups", "memberships", "appointments", "audit", "jobs", "language_readings", "families", "addresses",
	"surveys", "versions", "translations", "rounds", "units", "unit_readers", "promises",
	"slips", "mailings", "invitations", "mails", "receipts", "inbox", "responses", "hands", "tallies", "releases", "totals", "trusts", "trust_schools", "trust_sums",
	"replies", "actions", "reply_languages", "notes", "staff_guesses", "packs", "shares", "agreements", "digests", "concerns", "threads", "thread_replies", "told", "drills", "absences", "comments", "quotes", "theme_rules",
	"marks", "followed", "envelopes", "names", "key_holders", "openings", "cards", "flags", "flagged", "chairings",
}

// leftOut are tables that are not carried: whoever was signed in has to sign in again, and charts are drawn again.
var leftOut = []string{"sessions", "charts"}

// Summary is what was written or restored.
type Summary struct {
	Schema     int64
	Kind       storage.Kind // of the database that the backup was made from
	MadeAt     time.Time
	Tables     int
	Rows       int
	OpenRounds int // rounds that still take answers: their printed slips are dead without the key file
}

// contents is the manifest.
type contents struct {
	Program  string       `json:"program"`
	Format   int          `json:"format"`
	Schema   int64        `json:"schema"`
	MadeAt   time.Time    `json:"made_at"`
	Database storage.Kind `json:"database"`
	Tables   []entry      `json:"tables"`
	LeftOut  []string     `json:"left_out"`
}

// entry is one table of the manifest.
type entry struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"`
}

func (c contents) summary() Summary {
	s := Summary{Schema: c.Schema, Kind: c.Database, MadeAt: c.MadeAt, Tables: len(c.Tables)}
	for _, t := range c.Tables {
		s.Rows += t.Rows
	}
	return s
}

// tables reads the schema and fails if it has a table that nobody has said what to do with: a backup that leaves
// something out without a word is worse than none.
func tables(ctx context.Context, db *storage.DB) (map[string][]storage.Column, error) {
	all, err := db.Columns(ctx)
	if err != nil {
		return nil, err
	}
	for name := range all {
		if !slices.Contains(order, name) && !slices.Contains(leftOut, name) {
			return nil, fmt.Errorf("backup: the table %s has no place in the order of a backup", name)
		}
	}
	return all, nil
}

// sort is how a column's values are written, the same for both databases.
type sort int

const (
	text sort = iota + 1
	whole
	truth
	moment
)

func sortOf(c storage.Column) (sort, error) {
	switch c.Type {
	case "text":
		return text, nil
	case "integer", "bigint", "int4", "int8":
		return whole, nil
	case "boolean", "bool":
		return truth, nil
	case "timestamp", "timestamptz":
		return moment, nil
	}
	return 0, fmt.Errorf("backup: the column %s has the type %s, which cannot be carried yet", c.Name, c.Type)
}

// momentFormat keeps what both databases keep: microseconds, in UTC.
const momentFormat = "2006-01-02T15:04:05.000000Z07:00"

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedList(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = quoted(c)
	}
	return strings.Join(list, ", ")
}

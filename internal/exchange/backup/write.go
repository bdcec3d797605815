package backup

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/base/storage"
)

// Write writes a backup of everything as it was at one moment, while others go on working. Rows stand in the order of
// their keys, which are random, so the file says nothing about who came first.
func Write(ctx context.Context, db *storage.DB, w io.Writer) (Summary, error) {
	version, err := db.Version(ctx)
	if err != nil {
		return Summary{}, err
	}
	c := contents{Program: program, Format: format, Schema: version, MadeAt: db.Now(), Database: db.Kind(), LeftOut: leftOut}
	var open int
	z := zip.NewWriter(w)
	err = db.Snapshot(ctx, func(tx *storage.DB) error {
		all, err := tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, name := range order {
			if all[name] == nil {
				continue
			}
			e, err := writeTable(ctx, tx, z, name, all[name], c.MadeAt)
			if err != nil {
				return fmt.Errorf("back up %s: %w", name, err)
			}
			c.Tables = append(c.Tables, e)
		}
		open, err = openRounds(ctx, tx)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	f, err := z.CreateHeader(&zip.FileHeader{Name: manifest, Method: zip.Deflate, Modified: c.MadeAt})
	if err != nil {
		return Summary{}, err
	}
	out := json.NewEncoder(f)
	out.SetIndent("", "  ")
	if err := out.Encode(c); err != nil {
		return Summary{}, err
	}
	s := c.summary()
	s.OpenRounds = open
	return s, z.Close()
}

// openRounds counts the rounds that still take answers.
func openRounds(ctx context.Context, db *storage.DB) (n int, err error) {
	err = db.Query(ctx).Raw("SELECT count(*) FROM rounds WHERE state IN ('open', 'closed')").Row().Scan(&n)
	return n, err
}

func writeTable(ctx context.Context, tx *storage.DB, z *zip.Writer, name string, columns []storage.Column, at time.Time) (entry, error) {
	e := entry{Name: name, File: "tables/" + name + ".jsonl"}
	f, err := z.CreateHeader(&zip.FileHeader{Name: e.File, Method: zip.Deflate, Modified: at})
	if err != nil {
		return e, err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(f, sum), 64<<10)
	query, err := selectAll(tx.Kind(), name, columns)
	if err != nil {
		return e, err
	}
	rows, err := tx.Query(ctx).Raw(query).Rows()
	if err != nil {
		return e, err
	}
	defer rows.Close()
	cells := make([]cell, len(columns))
	into := make([]any, len(columns))
	for i, c := range columns {
		cells[i].column = c.Name
		if cells[i].sort, err = sortOf(c); err != nil {
			return e, err
		}
		into[i] = cells[i].into()
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return e, err
		}
		if err := writeRow(out, cells); err != nil {
			return e, err
		}
		e.Rows++
	}
	if err := rows.Err(); err != nil {
		return e, err
	}
	if err := out.Flush(); err != nil {
		return e, err
	}
	e.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return e, nil
}

// selectAll reads a table in the order of its key, byte by byte on both databases.
func selectAll(kind storage.Kind, name string, columns []storage.Column) (string, error) {
	var all, key []string
	parts := slices.Clone(columns)
	slices.SortFunc(parts, func(a, b storage.Column) int { return cmp.Compare(a.KeyPart, b.KeyPart) })
	for _, c := range columns {
		all = append(all, c.Name)
	}
	for _, c := range parts {
		if c.KeyPart == 0 {
			continue
		}
		part := quoted(c.Name)
		if kind == storage.Postgres && c.Type == "text" {
			part += ` COLLATE "C"`
		}
		key = append(key, part)
	}
	if len(key) == 0 {
		return "", fmt.Errorf("the table %s has no primary key", name)
	}
	return "SELECT " + quotedList(all) + " FROM " + quoted(name) + " ORDER BY " + strings.Join(key, ", "), nil
}

// cell is one column of the row being written.
type cell struct {
	column string
	sort   sort
	text   sql.NullString
	whole  sql.NullInt64
	truth  sql.NullBool
	moment sql.NullTime
}

func (c *cell) into() any {
	switch c.sort {
	case whole:
		return &c.whole
	case truth:
		return &c.truth
	case moment:
		return &c.moment
	}
	return &c.text
}

func writeRow(out *bufio.Writer, cells []cell) error {
	out.WriteByte('{')
	for i := range cells {
		c := &cells[i]
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := encode(c.column)
		if err != nil {
			return err
		}
		out.Write(name)
		out.WriteByte(':')
		switch {
		case c.sort == text && c.text.Valid:
			value, err := encode(c.text.String)
			if err != nil {
				return err
			}
			out.Write(value)
		case c.sort == whole && c.whole.Valid:
			out.WriteString(strconv.FormatInt(c.whole.Int64, 10))
		case c.sort == truth && c.truth.Valid:
			out.WriteString(strconv.FormatBool(c.truth.Bool))
		case c.sort == moment && c.moment.Valid:
			out.WriteString(`"` + c.moment.Time.UTC().Format(momentFormat) + `"`)
		default:
			out.WriteString("null")
		}
	}
	_, err := out.WriteString("}\n")
	return err
}

func encode(s string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

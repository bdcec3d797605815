package backup

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
)

// Restore fills an empty, migrated database from a backup, in one transaction. Faults: Conflict backup.not_empty,
// backup.newer; Invalid backup.damaged when a part is missing, changed or not one of Earshot's.
func Restore(ctx context.Context, db *storage.DB, r io.ReaderAt, size int64) (Summary, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Summary{}, damaged("zip").Because(err)
	}
	c, err := readManifest(z)
	if err != nil {
		return Summary{}, err
	}
	version, err := db.Version(ctx)
	if err != nil {
		return Summary{}, err
	}
	if c.Schema > version || c.Format > format {
		return Summary{}, fault.New(fault.Conflict, "backup.newer", fault.Values{"Have": c.Schema, "Want": version})
	}
	for _, e := range c.Tables {
		if err := verify(z, e); err != nil {
			return Summary{}, err
		}
	}
	s := c.summary()
	err = db.InTx(ctx, func(tx *storage.DB) error {
		all, err := tables(ctx, tx)
		if err != nil {
			return err
		}
		if err := makeRoom(ctx, tx, all); err != nil {
			return err
		}
		byName := map[string]entry{}
		for _, e := range c.Tables {
			if all[e.Name] == nil || slices.Contains(leftOut, e.Name) {
				return damaged(e.Name)
			}
			byName[e.Name] = e
		}
		for _, name := range order {
			if e, ok := byName[name]; ok {
				if err := readTable(ctx, tx, z, e, all[name]); err != nil {
					return err
				}
			}
		}
		s.OpenRounds, err = openRounds(ctx, tx)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	return s, nil
}

func damaged(part string) *fault.Error {
	return fault.New(fault.Invalid, "backup.damaged", fault.Values{"Part": part})
}

func readManifest(z *zip.Reader) (contents, error) {
	var c contents
	f, err := z.Open(manifest)
	if err != nil {
		return c, damaged(manifest).Because(err)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&c); err != nil || c.Program != program || c.Format < 1 {
		return c, damaged(manifest).Because(err)
	}
	return c, nil
}

// makeRoom refuses a database with anything in it. The exceptions are what a program leaves behind that was started
// once and never used: a set-up link, which must not found a second school here, and sessions.
func makeRoom(ctx context.Context, tx *storage.DB, all map[string][]storage.Column) error {
	for _, statement := range []string{"DELETE FROM sessions", "DELETE FROM directory WHERE kind IN ('setup', 'key')"} {
		if err := tx.Write(ctx).Exec(statement).Error; err != nil {
			return err
		}
	}
	for name := range all {
		var n int
		if err := tx.Query(ctx).Raw("SELECT count(*) FROM (SELECT 1 FROM " + quoted(name) + " LIMIT 1) AS found").Row().Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "backup.not_empty")
		}
	}
	return nil
}

// Limits of one statement and of one row; both databases take more.
const (
	rowsAtOnce   = 200
	valuesAtOnce = 6000
	bytesAtOnce  = 4 << 20
	rowMost      = 64 << 20
)

// verify holds one table against the manifest before anything is written.
func verify(z *zip.Reader, e entry) error {
	f, err := z.Open(e.File)
	if err != nil {
		return damaged(e.Name).Because(err)
	}
	defer f.Close()
	sum := sha256.New()
	lines := &counter{}
	if _, err := io.Copy(io.MultiWriter(sum, lines), f); err != nil {
		return damaged(e.Name).Because(err)
	}
	if lines.n != e.Rows || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return damaged(e.Name)
	}
	return nil
}

// counter counts lines.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

func readTable(ctx context.Context, tx *storage.DB, z *zip.Reader, e entry, columns []storage.Column) error {
	f, err := z.Open(e.File)
	if err != nil {
		return damaged(e.Name).Because(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), rowMost)
	b := batch{table: e.Name, known: columns}
	for lines.Scan() {
		if err := b.add(lines.Bytes()); err != nil {
			return damaged(e.Name).Because(err)
		}
		if b.full() {
			if err := b.write(ctx, tx); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return damaged(e.Name).Because(err)
	}
	return b.write(ctx, tx)
}

// batch is the rows of one statement.
type batch struct {
	table   string
	known   []storage.Column
	columns []string // of the file, as in its first row
	sorts   []sort
	values  []any
	bytes   int
}

func (b *batch) full() bool {
	return len(b.columns) > 0 && len(b.values)+len(b.columns) > min(valuesAtOnce, rowsAtOnce*len(b.columns)) || b.bytes > bytesAtOnce
}

func (b *batch) add(line []byte) error {
	names, values, err := cutRow(line)
	if err != nil {
		return err
	}
	if b.columns == nil {
		for _, name := range names {
			i := slices.IndexFunc(b.known, func(c storage.Column) bool { return c.Name == name })
			if i < 0 {
				return fmt.Errorf("no column %s", name)
			}
			s, err := sortOf(b.known[i])
			if err != nil {
				return err
			}
			b.sorts = append(b.sorts, s)
		}
		b.columns = names
	}
	if !slices.Equal(names, b.columns) {
		return errors.New("the rows have different columns")
	}
	for i, raw := range values {
		value, err := valueOf(b.sorts[i], raw)
		if err != nil {
			return fmt.Errorf("column %s: %w", b.columns[i], err)
		}
		b.values = append(b.values, value)
	}
	b.bytes += len(line)
	return nil
}

// cutRow cuts an object into names and values in the order in which they stand.
func cutRow(line []byte) (names []string, values []json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.New("not an object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, nil, errors.New("not a name")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		names, values = append(names, name), append(values, value)
	}
	_, err = d.Token()
	return names, values, err
}

func valueOf(s sort, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch s {
	case whole:
		return read[int64](raw)
	case truth:
		return read[bool](raw)
	case moment:
		written, err := read[string](raw)
		if err != nil {
			return nil, err
		}
		return time.Parse(time.RFC3339Nano, written)
	}
	return read[string](raw)
}

func read[T any](raw json.RawMessage) (T, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

func (b *batch) write(ctx context.Context, tx *storage.DB) error {
	if len(b.values) == 0 {
		return nil
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(b.columns)), ", ") + ")"
	n := len(b.values) / len(b.columns)
	statement := "INSERT INTO " + quoted(b.table) + " (" + quotedList(b.columns) + ") VALUES " + strings.TrimSuffix(strings.Repeat(row+", ", n), ", ")
	err := tx.Write(ctx).Exec(statement, b.values...).Error
	b.values, b.bytes = b.values[:0], 0
	if err != nil {
		return fmt.Errorf("restore %s: %w", b.table, err)
	}
	return nil
}

package storage

import (
	"context"

	"gorm.io/gorm/clause"
)

// Databases prepare a statement once for each text it has, and a list of 37 values has another text than one of 38.
// Lists that come in any length are therefore brought into a few shapes.

// Padded lengthens a list for IN (...) to the next power of two by repeating its last value, which changes nothing.
func Padded(list []string) []string {
	n := 1
	for n < len(list) {
		n *= 2
	}
	out := make([]string, len(list), n)
	copy(out, list)
	for len(list) > 0 && len(out) < n {
		out = append(out, list[len(list)-1])
	}
	return out
}

// In is the condition that a column has one of these values, for Where("... AND ?", db.In("hash", list)). However long the
// list is, the statement reads the same or nearly so.
func (db *DB) In(column string, list []string) clause.Expression {
	if db.kind == Postgres {
		return clause.Expr{SQL: column + " = ANY(?::text[])", Vars: []any{Array(list)}}
	}
	return clause.Expr{SQL: column + " IN ?", Vars: []any{Padded(list)}}
}

// Array is a list of texts as one value of PostgreSQL, for ?::text[]. It is a pointer because GORM writes a slice out as
// (?, ?, ?).
func Array(list []string) any { return &list }

// Each runs one statement once for each row of values and returns how many rows of the table it changed. On SQLite, where
// asking costs no journey, this is quicker than one statement with many rows: that one keeps a copy of every page it
// touches in case it fails halfway.
func (db *DB) Each(ctx context.Context, statement string, rows [][]any) (int, error) {
	// What waits for ctx to end costs more than such a statement.
	ctx = context.WithoutCancel(ctx)
	st, err := db.writer.Statement.ConnPool.PrepareContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	defer st.Close()
	changed := 0
	for _, row := range rows {
		res, err := st.ExecContext(ctx, row...)
		if err != nil {
			return changed, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	return changed, nil
}

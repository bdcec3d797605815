// Package sheet writes tables that a spreadsheet opens as they are: in the right encoding, and with nothing in them
// that it would take for a formula.
package sheet

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// Write writes rows as CSV with the mark of UTF-8, without which Excel guesses another encoding.
func Write(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Harmless(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// number is a cell that a spreadsheet reads as the number it is.
var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// Harmless puts an apostrophe before a cell that a spreadsheet would run, also behind spaces and in full-width forms. A plain
// number, below zero too, stays one.
func Harmless(cell string) string {
	rest := strings.TrimLeft(cell, " \u00a0\u3000")
	if rest == "" {
		return cell
	}
	if number.MatchString(cell) {
		return cell
	}
	if r := []rune(rest)[0]; strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", r) {
		return "'" + cell
	}
	return cell
}

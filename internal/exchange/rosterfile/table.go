package rosterfile

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"earshot/internal/base/words"
)

// WriteTable writes the problems as a table, a line each, for somebody to work through beside the file.
func WriteTable(w io.Writer, v words.Voice, problems []Problem) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // without it Excel takes the file for another encoding
		return err
	}
	out := csv.NewWriter(w)
	head := []string{"severity", "file", "line", "column", "value", "code", "what", "do"}
	for i, name := range head {
		head[i] = v.Say("pupil_list.table." + name)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, p := range problems {
		line := ""
		if p.Line > 0 {
			line = strconv.Itoa(p.Line)
		}
		row := []string{v.Say("pupil_list.severity." + string(p.Severity)), harmless(p.File), line, harmless(p.Column), harmless(p.Value), p.Code,
			harmless(p.What(v)), harmless(p.Do(v))}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from running a cell that came from somebody's file.
func harmless(cell string) string {
	if strings.HasPrefix(cell, "\t") || strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
		return "'" + cell
	}
	return cell
}

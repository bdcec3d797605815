package rosterfile

import (
	"io"
	"strconv"

	"earshot/internal/base/words"
	"earshot/internal/exchange/sheet"
)

// WriteTable writes the problems as a table, a line each, for somebody to work through beside the file.
func WriteTable(w io.Writer, v words.Voice, problems []Problem) error {
	head := []string{"severity", "file", "line", "column", "value", "code", "what", "do"}
	for i, name := range head {
		head[i] = v.Say("pupil_list.table." + name)
	}
	rows := [][]string{head}
	for _, p := range problems {
		line := ""
		if p.Line > 0 {
			line = strconv.Itoa(p.Line)
		}
		rows = append(rows, []string{v.Say("pupil_list.severity." + string(p.Severity)), p.File, line, p.Column, p.Value, p.Code, p.What(v), p.Do(v)})
	}
	return sheet.Write(w, rows)
}

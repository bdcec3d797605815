package responsefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/exchange/rosterfile"
)

// Read reads a file, a table as text or a workbook, as far as it may be kept. If a problem stops it, the table has its
// headings and no rows.
func Read(data []byte) (Table, []Problem) {
	f := &filling{}
	switch {
	case len(data) > MaxBytes:
		f.add(Stop, 0, "", "large", fault.Values{"Most": MaxBytes >> 20})
	case len(bytes.TrimSpace(data)) == 0:
		f.add(Stop, 0, "", "empty")
	case bytes.HasPrefix(data, ole) && bytes.Contains(data, encrypted):
		f.add(Stop, 0, "", "password")
	case bytes.HasPrefix(data, ole):
		f.add(Stop, 0, "", "old")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		f.workbook(data)
	default:
		f.text(data)
	}
	if Stops(f.list) && len(f.Columns) == 0 {
		return Table{}, f.take()
	}
	return f.finish()
}

// text reads a table as text.
func (f *filling) text(data []byte) {
	text, encoding := rosterfile.Decode(data)
	if encoding == "" || strings.ContainsFunc(text[:min(len(text), 4000)], func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }) {
		f.add(Stop, 0, "", "not_text")
		return
	}
	if encoding != "UTF-8" {
		f.add(Warn, 0, "", "encoding", fault.Values{"Encoding": encoding})
	}
	first, rest, _ := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r")
	before := 0
	separator := rosterfile.Separator(first)
	if s, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && len(s) == 1 { // as Excel writes for itself
		separator, text, before = s[0], rest, 1
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // lines as an old Macintosh ends them
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = rune(separator), -1, true
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			line := 0
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line = wrong.StartLine + before
			}
			f.add(Stop, line, "", "quote")
			return
		}
		line, _ := r.FieldPos(0)
		if f.Columns == nil {
			if !f.heading(line+before, cells) {
				return
			}
		} else if !f.row(line+before, cells) {
			return
		}
	}
}

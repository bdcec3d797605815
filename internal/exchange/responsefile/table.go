package responsefile

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"earshot/internal/base/fault"
)

// Kind says what a column holds, as far as it is looked at.
type Kind string

const (
	Usable Kind = ""       // it may answer a question, or tell classes apart
	Empty  Kind = "empty"  // nothing stands in it
	Person Kind = "person" // its heading says that it tells who somebody is
	Email  Kind = "email"  // e-mail addresses stand in it
	Time   Kind = "time"   // days and times stand in it
	Words  Kind = "words"  // so many different or so long texts that they are people's own words
)

// Column is one column of a file. Only a usable one has values; of any other nothing is left but its heading.
type Column struct {
	Heading string
	Kind    Kind
	Values  []string // different ones, without space around them
	Cells   []uint16 // by row: 0 for an empty cell, else one more than the index of its value
	Twice   bool     // another column has the same heading; the later ones have a number behind theirs
}

// Table is a file of answers as far as it is kept.
type Table struct {
	Columns []Column
	Lines   []int // by row: its line in the file
}

// Rows is how many answers there are.
func (t Table) Rows() int { return len(t.Lines) }

// Column finds a column by its heading.
func (t Table) Column(heading string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Heading == heading {
			return c, true
		}
	}
	return Column{}, false
}

// Value is what stands in a row; empty for nothing.
func (c Column) Value(row int) string {
	if c.Cells[row] == 0 {
		return ""
	}
	return c.Values[c.Cells[row]-1]
}

// tally says how often each value stands there and in which row first.
func (c Column) tally() (count, first []int) {
	count, first = make([]int, len(c.Values)), make([]int, len(c.Values))
	for i := range first {
		first[i] = -1
	}
	for row, cell := range c.Cells {
		if cell == 0 {
			continue
		}
		if count[cell-1]++; first[cell-1] < 0 {
			first[cell-1] = row
		}
	}
	return count, first
}

// filling is a table while its rows are read.
type filling struct {
	Table
	problems
	seen  []map[string]uint16
	kinds []looks
	done  bool // a problem after which nothing more is read
	// formulas that came out as text: mistakes, unless their column is dropped as own words, which may begin with anything.
	formulas []formula
}

type formula struct {
	column, line int
	text         string
}

// heading takes the first row; false when nothing more can be read.
func (f *filling) heading(line int, cells []string) bool {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > MaxColumns {
		f.add(Stop, line, "", "columns", fault.Values{"Most": MaxColumns})
		return false
	}
	if len(cells) == 0 {
		f.add(Stop, 0, "", "empty")
		return false
	}
	names := map[string]int{}
	for i, cell := range cells {
		name := strings.Clone(tidy(cell))
		if len(cell) > 4*longValue { // a whole question may stand here, a book may not
			name = shorten(strings.ToValidUTF8(tidy(cell[:4*longValue]), ""))
		}
		if name == "" {
			name = fmt.Sprintf("(%d)", i+1)
		}
		c := Column{Heading: name}
		if names[name]++; names[name] > 1 {
			c.Heading, c.Twice = fmt.Sprintf("%s (%d)", name, names[name]), true
			f.add(Warn, line, name, "twice", fault.Values{"Name": shorten(name), "Now": shorten(c.Heading)})
			for j := range f.Columns {
				f.Columns[j].Twice = f.Columns[j].Twice || f.Columns[j].Heading == name
			}
		}
		if personal(name) {
			c.Kind = Person
		}
		f.Columns = append(f.Columns, c)
	}
	f.seen, f.kinds = make([]map[string]uint16, len(cells)), make([]looks, len(cells))
	for i := range f.seen {
		f.seen[i] = map[string]uint16{}
	}
	return true
}

// row takes one answer; false when nothing more can be read.
func (f *filling) row(line int, cells []string) bool {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return true
	}
	if len(cells) > len(f.Columns) {
		f.add(Stop, line, "", "wide", fault.Values{"Have": len(cells), "Want": len(f.Columns)})
		f.done = len(f.list) > mostProblems
		return !f.done
	}
	if len(f.Lines) == MaxRows {
		f.add(Stop, 0, "", "rows", fault.Values{"Most": MaxRows})
		return false
	}
	f.Lines = append(f.Lines, line)
	for i := range f.Columns {
		c := &f.Columns[i]
		if c.Kind != Usable {
			continue
		}
		if i >= len(cells) {
			c.Cells = append(c.Cells, 0)
			continue
		}
		f.cell(i, line, cells[i])
	}
	return true
}

// mostProblems is how many mistakes of a file are listed before reading stops.
const mostProblems = 50

func (f *filling) cell(i, line int, cell string) {
	c := &f.Columns[i]
	if len(cell) > maxCell || utf8.RuneCountInString(cell) > longValue {
		f.drop(i, Words)
		return
	}
	if cell = tidy(cell); cell == "" {
		c.Cells = append(c.Cells, 0)
		return
	}
	at, known := f.seen[i][cell]
	if !known {
		if isFormula(cell) {
			f.formulas = append(f.formulas, formula{i, line, shorten(cell)})
		}
		if f.kinds[i].email(cell) {
			f.drop(i, Email)
			return
		}
		if len(c.Values) == mostValues {
			f.drop(i, f.kinds[i].many())
			return
		}
		// A part of a longer string would keep the whole file in memory.
		cell = strings.Clone(cell)
		c.Values = append(c.Values, cell)
		at = uint16(len(c.Values))
		f.seen[i][cell] = at
		f.kinds[i].add(cell)
	}
	c.Cells = append(c.Cells, at)
}

// drop forgets what stands in a column.
func (f *filling) drop(i int, kind Kind) {
	c := &f.Columns[i]
	c.Kind, c.Values, c.Cells, f.seen[i] = kind, nil, nil, nil
}

// finish says what was dropped.
func (f *filling) finish() (Table, []Problem) {
	for i := range f.Columns {
		c := &f.Columns[i]
		if c.Kind == Usable {
			if kind := f.kinds[i].verdict(); kind != Usable {
				f.drop(i, kind)
			}
		}
	}
	for _, x := range f.formulas {
		if c := f.Columns[x.column]; c.Kind == Usable {
			f.add(Stop, x.line, c.Heading, "formula", fault.Values{"Value": x.text})
		}
	}
	if len(f.Lines) == 0 && !Stops(f.list) {
		f.add(Stop, 0, "", "no_rows")
	}
	list := f.take()
	if Stops(list) {
		return Table{Columns: headings(f.Columns)}, list
	}
	return f.Table, list
}

// headings are columns without anything that stands in them.
func headings(columns []Column) (list []Column) {
	for _, c := range columns {
		list = append(list, Column{Heading: c.Heading, Kind: c.Kind, Twice: c.Twice})
	}
	return list
}

// tidy takes away the space around a cell and makes every space inside it one.
func tidy(cell string) string { return strings.Join(strings.Fields(cell), " ") }

// Pack writes a table as text for a form to carry. It holds the columns that may answer something and nothing else.
func (t Table) Pack() (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(t); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// maxPacked is how large a packed table may unpack: a full one of everything that the limits allow.
const maxPacked = 160 << 20

// Unpack reads what Pack wrote.
func Unpack(packed string) (Table, error) {
	data, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return Table{}, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return Table{}, err
	}
	var t Table
	if err := json.NewDecoder(io.LimitReader(z, maxPacked)).Decode(&t); err != nil {
		return Table{}, err
	}
	for _, c := range t.Columns {
		if c.Kind != Usable {
			continue
		}
		if len(c.Cells) != len(t.Lines) {
			return Table{}, errors.New("responsefile: a packed column has another number of rows")
		}
		for _, cell := range c.Cells {
			if int(cell) > len(c.Values) {
				return Table{}, errors.New("responsefile: a packed cell has no value")
			}
		}
	}
	return t, nil
}

// Package rosterfile reads pupil lists: the flat file that a school's own software writes, in whatever shape somebody
// set it up. It keeps what Earshot needs to ask people and leaves out everything else.
package rosterfile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/roster"
)

// Limits on a file. The largest schools have about three thousand pupils.
const (
	MaxBytes   = 5 << 20
	MaxRows    = 20_000
	MaxColumns = 60
)

// Severity says what a problem does.
type Severity string

const (
	Stop Severity = "stop" // nothing can be applied
	Skip Severity = "skip" // this line is left out
	Warn Severity = "warn"
	Info Severity = "info"
)

// Problem is one thing to know about a file. Its sentences stand in words under Key with ".what" and ".do". Neither
// its value nor its values ever hold a name in full.
type Problem struct {
	Severity Severity
	File     string
	Line     int // physical; the header is in line 1, 0 is the file as a whole
	Column   string
	Value    string // shortened; names are masked
	Code     string // F02, V06, ...
	Key      string
	Values   fault.Values
}

// What says what is wrong.
func (p Problem) What(v words.Voice) string { return v.Say(p.Key+".what", words.V(p.Values)) }

// Do says what to do about it.
func (p Problem) Do(v words.Voice) string { return v.Say(p.Key+".do", words.V(p.Values)) }

// Stops says whether any of the problems keeps the list from being applied.
func Stops(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Stop })
}

// Field is something about a pupil that a list can tell.
type Field string

const (
	ID      Field = "id"
	Given   Field = "given"
	Family  Field = "family"
	Name    Field = "name" // both in one column: "Okafor, Amara" or "Amara Okafor"
	Year    Field = "year"
	Form    Field = "form"
	Classes Field = "classes"
	Leaving Field = "leaving" // the last day on the roll
	Status  Field = "status"  // on the roll or not
)

// Fields are all fields, in the order of every page.
var Fields = []Field{ID, Given, Family, Name, Year, Form, Classes, Leaving, Status}

// Mapping says which columns hold a field, counted from 0. Only Classes may have several.
type Mapping map[Field][]int

// List is a pupil list as it was read, with what a person needs to correct the reading.
type List struct {
	roster.List
	Columns []string // the header
	Mapping Mapping  // as it was used
}

// Read reads a file. Without a mapping it uses the one that the headings suggest. If a problem stops the list, it has
// no rows.
func Read(file string, data []byte, m Mapping) (List, []Problem) {
	r := reader{file: shorten(file)}
	r.read(data, m)
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	if Stops(r.problems) {
		r.list.Rows, r.list.Held = nil, nil
	}
	return r.list, r.problems
}

type reader struct {
	file     string
	list     List
	problems []Problem
}

func (r *reader) report(s Severity, line int, column, value, code, key string, values ...fault.Values) {
	p := Problem{Severity: s, File: r.file, Line: line, Column: column, Value: shorten(value), Code: code, Key: "pupil_list." + key}
	if len(values) > 0 {
		p.Values = values[0]
	}
	r.problems = append(r.problems, p)
}

func (r *reader) read(data []byte, m Mapping) {
	sum := sha256.Sum256(data)
	r.list.Hash = hex.EncodeToString(sum[:])
	if len(data) > MaxBytes {
		r.report(Stop, 0, "", "", "F03", "f03.bytes", fault.Values{"Most": MaxBytes >> 20})
		return
	}
	text, encoding := decode(data)
	if encoding == "" {
		r.report(Stop, 0, "", "", "F02", "f02.not_text")
		return
	}
	if encoding != "UTF-8" {
		r.report(Warn, 0, "", "", "F02", "f02", fault.Values{"Encoding": encoding})
	}
	records := cutRecords(text)
	if len(records) == 0 {
		r.report(Stop, 1, "", "", "H01", "h01.empty")
		return
	}
	if !r.header(records[0], m) {
		return
	}
	if len(records)-1 > MaxRows {
		r.report(Stop, 0, "", "", "F03", "f03.rows", fault.Values{"Have": len(records) - 1, "Most": MaxRows})
		return
	}
	r.rows(records[1:])
}

// Brakes are the problems of a plan: too many would leave, or a class that is being asked would be emptied.
func Brakes(file string, p roster.Plan) []Problem {
	r := reader{file: shorten(file)}
	if p.Braked() {
		r.report(Stop, 0, "", "", "B01", "b01", fault.Values{"Count": len(p.Left), "Roll": p.OnRoll, "Percent": (len(p.Left)*100 + p.OnRoll/2) / max(1, p.OnRoll)})
	}
	for _, name := range p.Emptied {
		r.report(Stop, 0, "", name, "B02", "b02", fault.Values{"Name": name})
	}
	return r.problems
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// mask leaves of a name what is enough to find its line.
func mask(s string) string {
	for _, r := range s {
		return string(r) + "…"
	}
	return ""
}

// Package responsefile reads answers that were collected elsewhere: the table that a spreadsheet, Google Forms or another
// survey program writes, one row for each answer. It keeps the columns that answer a question of a survey, and the class;
// names, addresses, times and everything else is dropped before anybody looks at it.
package responsefile

import (
	"slices"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
)

// Limits on a file. A large school's year of answers is a tenth of this.
const (
	MaxBytes   = 20 << 20
	MaxRows    = 50_000
	MaxColumns = 500
	MaxGroups  = 250 // classes told apart in one round
	mostValues = 400 // different values in a column that may answer something
	longValue  = 200 // letters in such a value
	maxCell    = 1 << 20
)

// Severity says what a problem does.
type Severity string

const (
	Stop Severity = "stop" // nothing is brought in
	Warn Severity = "warn" // a person should look at it
	Info Severity = "info"
)

// Problem is one thing to know about a file. Its sentence stands in words under Key. It may quote the file, so it is for
// the person who brought it, and for no log.
type Problem struct {
	Severity Severity
	Row      int    // physical, the headings being in the first; 0: the file or a column as a whole
	Column   string // its heading
	Key      string
	Values   fault.Values
}

// Say is the problem in a sentence that says what is wrong and what to do.
func (p Problem) Say(v words.Voice) string { return v.Say(p.Key, words.V(p.Values)) }

// Where says where it is: "Row 17, column Q3".
func (p Problem) Where(v words.Voice) string {
	said := words.V{"Row": p.Row, "Column": p.Column}
	switch {
	case p.Row > 0 && p.Column != "":
		return v.Say("bring_in.at.cell", said)
	case p.Row > 0:
		return v.Say("bring_in.at.row", said)
	case p.Column != "":
		return v.Say("bring_in.at.column", said)
	}
	return v.Say("bring_in.at.file")
}

// Stops says whether any of the problems keeps the file from being brought in.
func Stops(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Stop })
}

// problems collects what is to be known, the gravest first when it is taken.
type problems struct{ list []Problem }

func (p *problems) add(s Severity, row int, column, key string, values ...fault.Values) {
	pr := Problem{Severity: s, Row: row, Column: shorten(column), Key: "bring_in.file." + key}
	if len(values) > 0 {
		pr.Values = values[0]
	}
	p.list = append(p.list, pr)
}

func (p *problems) take() []Problem {
	rank := map[Severity]int{Stop: 0, Warn: 1, Info: 2}
	slices.SortStableFunc(p.list, func(a, b Problem) int { return rank[a.Severity] - rank[b.Severity] })
	return p.list
}

// shorten keeps a heading or a value short enough for a sentence.
func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

package xlsform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"

	"github.com/xuri/excelize/v2"
)

// Problem is one thing that is wrong with a workbook, or that somebody should know about it: where it is, and what to do.
type Problem struct {
	Sheet   string // empty: the whole file
	Row     int    // from 1; 0: the whole sheet
	Column  int    // from 1; 0: the whole row
	Header  string // what stands at the head of the column
	Code    string // stays the same when the sentence changes
	Message string
}

// String says the problem in one line, with its place as a spreadsheet shows it.
func (p Problem) String() string {
	if p.Sheet == "" {
		return p.Message
	}
	where := "Sheet " + p.Sheet
	if p.Row > 0 {
		where += ", row " + strconv.Itoa(p.Row)
	}
	if p.Column > 0 {
		letter, err := excelize.ColumnNumberToName(p.Column)
		if err != nil {
			letter = strconv.Itoa(p.Column)
		}
		where += ", column " + letter
		if p.Header != "" {
			where += " (" + p.Header + ")"
		}
	}
	return where + ": " + p.Message
}

// Problems are all that was found in one go.
type Problems []Problem

// Error says every problem, one a line.
func (ps Problems) Error() string { return strings.Join(ps.Lines(), "\n") }

// Lines are the problems as sentences.
func (ps Problems) Lines() []string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return lines
}

// has says whether something has been said of this very place.
func (ps Problems) has(p Problem) bool {
	return slices.ContainsFunc(ps, func(q Problem) bool { return q == p })
}

// quoted is what somebody wrote, short enough for a sentence and with nothing in it that a page cannot show.
func quoted(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if survey.IsStrange(string(r)) {
			return '�'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:59]) + "…"
	}
	return text
}

// say fills a sentence with pairs of names and values.
func say(sentence string, pairs ...string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = quoted(pairs[i+1])
	}
	return bank.Fill(sentence, values)
}

// fileProblem is about the file as a whole.
func fileProblem(code string, pairs ...string) Problems {
	return Problems{{Code: code, Message: say(sentences[code], pairs...)}}
}

// report adds a problem at a cell; column is the key of a header, and empty for the whole row.
func (r *reader) report(t *table, row int, column, code string, pairs ...string) {
	r.problems = append(r.problems, r.at(t, row, column, code, sentences[code], pairs...))
}

// note adds something to know, once.
func (r *reader) note(t *table, row int, column, code string, pairs ...string) {
	if p := r.at(t, row, column, code, notes[code], pairs...); !r.notes.has(p) {
		r.notes = append(r.notes, p)
	}
}

func (r *reader) at(t *table, row int, column, code, sentence string, pairs ...string) Problem {
	if sentence == "" { // kept from happening by a test
		sentence = fmt.Sprintf("This will not do (%s).", code)
	}
	p := Problem{Row: row, Code: code, Message: say(sentence, pairs...)}
	if t != nil {
		p.Sheet = t.sheet
		if i, ok := t.column(column); ok {
			p.Column, p.Header = i+1, quoted(t.headers[i].text)
		}
	}
	return p
}

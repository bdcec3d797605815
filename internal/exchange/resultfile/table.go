// Package resultfile writes what a reader may see of a round for other programs: a table, a codebook, a workbook with
// charts, and syntax for SPSS. Everything comes from a result.Viewed and the same figures as the pages, so no file knows
// more than they do.
package resultfile

import (
	"strconv"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// heading is the first row of the table. Later versions may add columns at the end, never in between.
var heading = []string{"group", "kind", "asked", "answered", "rate", "question", "item", "wording", "text", "line", "answer", "people", "of", "percent", "low", "high", "note"}

// Table lists the figures of some groups: one line for what is said of a question, and one for each bar of it.
func Table(v words.Voice, view result.Viewed, groups []result.Group) [][]string {
	t := &table{v: v, view: view, rows: [][]string{heading}}
	for _, g := range groups {
		t.group(g)
	}
	if len(groups) > 0 && groups[0].Kind == round.UnitSchool {
		t.splits(groups[0])
		t.hands()
	}
	return t.rows
}

type table struct {
	v     words.Voice
	view  result.Viewed
	rows  [][]string
	start []string // the first columns of a group's rows
}

// add fills a row up to the width of the table.
func (t *table) add(question []string, rest ...string) {
	line := append(append(append([]string{}, t.start...), question...), rest...)
	t.rows = append(t.rows, append(line, make([]string, len(heading)-len(line))...)[:len(heading)])
}

func (t *table) group(g result.Group) {
	v, view := t.v, t.view
	blank := make([]string, 4)
	t.start = []string{g.Name, g.Kind, count(g.Asked), count(g.Answered), figure.Rate(v, view.Release, g)}
	if !g.Shown {
		t.add(blank, "hidden", "", "", "", "", "", "", figure.Hidden(v, view.Release))
		return
	}
	t.add(blank, "rate")
	for _, s := range view.Sections {
		if sum, ok := s.Row(g.Unit); ok {
			t.add(blank, "section", s.Name, strconv.Itoa(sum.X), strconv.Itoa(sum.N), ratio(sum.X, sum.N))
		}
	}
	against := figure.Compare(view, g.Unit)
	for _, q := range view.For(g.Unit) {
		t.question(g, q, against)
	}
}

func (t *table) question(g result.Group, q result.Question, against figure.Against) {
	named := []string{q.ID, q.Item, q.Wording, q.Text}
	row, _ := q.Row(g.Unit)
	f := figure.Question(t.v, t.view.Release, q, g)
	if row.Hidden {
		t.add(named, "hidden", "", "", "", "", "", "", f.Sentence)
		return
	}
	if s := row.Share; s != nil {
		t.add(named, "share", q.FavourableWords, strconv.Itoa(s.X), strconv.Itoa(s.N), ratio(s.X, s.N), tenth(s.Low), tenth(s.High), figure.Join(f.Sentence, f.Doubt, f.Note))
	} else {
		t.add(named, "sentence", "", "", "", "", "", "", figure.Join(f.Sentence, f.Doubt, f.Note))
	}
	for i, cells := range f.Table.Rows {
		line := []string{"answer", cells[0].Text, cells[1].Text, "", strings.TrimSuffix(cells[2].Text, "%"), "", "", ""}
		if cells[1].Hidden {
			line[2], line[7] = "", cells[1].Text
		}
		if i < len(row.Each) && row.Each[i].Share != nil {
			s := row.Each[i].Share
			line[3], line[4], line[5], line[6] = strconv.Itoa(s.N), ratio(s.X, s.N), tenth(s.Low), tenth(s.High)
		}
		t.add(named, line...)
	}
	if guess := row.Guess; guess != nil {
		t.add(named, "best guess", q.FavourableWords, "", "", tenth(guess.Share), tenth(guess.Low), tenth(guess.High))
	}
	compare := func(line string, of map[string]result.Comparison) {
		if c, ok := of[q.ID]; ok {
			t.add(named, line, string(c.Verdict), strconv.Itoa(c.To.X), strconv.Itoa(c.To.N), ratio(c.To.X, c.To.N), tenth(c.Interval.Low), tenth(c.Interval.High))
		}
	}
	compare("rest of the school", against.Rest)
	compare("last time", against.Last)
}

// kindOf is what a split is by; of several lists it says which.
func kindOf(s result.Split) string {
	if s.Kind == result.SplitFlag {
		return s.Kind + ": " + s.Parts[0].Label
	}
	return s.Kind
}

// splits are the school's answers by parts.
func (t *table) splits(school result.Group) {
	for _, s := range t.view.Splits {
		for _, row := range s.Rows {
			for _, q := range t.view.For(school.Unit) {
				if q.ID != row.Question {
					continue
				}
				for i, p := range row.Shares {
					if p == nil {
						continue
					}
					t.start = []string{figure.PartLabel(t.v, t.view, s, s.Parts[i]), kindOf(s), "", count(s.Parts[i].N), ""}
					t.add([]string{q.ID, q.Item, q.Wording, q.Text}, "share", q.FavourableWords, strconv.Itoa(p.Share.X), strconv.Itoa(p.Share.N),
						ratio(p.Share.X, p.Share.N), tenth(p.Share.Low), tenth(p.Share.High))
				}
			}
		}
	}
	t.start = []string{school.Name, school.Kind, "", "", ""}
	for _, m := range t.view.Matters {
		t.add([]string{m.Question, "", "", ""}, "correlation", t.view.Outcome, "", "", number(m.R), number(m.Low), number(m.High))
	}
}

// hands are what rooms showed, apart from all answers.
func (t *table) hands() {
	t.start = make([]string, 5)
	for _, h := range t.view.Hands {
		for i, label := range h.Options {
			n := strconv.Itoa(h.Counts[i])
			if h.Counts[i] == result.FewHands {
				n = ""
			}
			t.add([]string{h.Question, "", "", h.Text}, "hands", label, n)
		}
	}
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func ratio(x, n int) string {
	if n == 0 {
		return ""
	}
	return tenth(float64(x) / float64(n))
}

// tenth is a share as per cent with one decimal.
func tenth(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) }

func number(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

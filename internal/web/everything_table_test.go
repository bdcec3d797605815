package web_test

import (
	"encoding/csv"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// Columns of the plain table.
const (
	colGroup, colKind, colAsked, colAnswered = 0, 1, 2, 3
	colQuestion, colLine, colAnswer          = 5, 9, 10
	colPeople, colOf                         = 11, 12
)

// table reads the plain table of one reader: it keeps every number of people as a fact, after looking whether it is true and
// the reader's.
func (e *everything) table(url, body string, s *sight) {
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	testkit.Must(e.T, err)
	for _, row := range rows[1:] {
		for _, column := range []int{colAsked, colAnswered, colPeople, colOf} {
			if n, err := strconv.Atoi(row[column]); err == nil && (n == 1 || n == 2) {
				e.T.Errorf("%s as %s counts %d: %q", url, s.reader.name, n, row)
			}
		}
		e.line(url, row, s)
	}
}

// line keeps what one line says.
func (e *everything) line(url string, row []string, s *sight) {
	bad := func(what string) { e.T.Errorf("%s as %s: %s: %q", url, s.reader.name, what, row) }
	people, errP := strconv.Atoi(row[colPeople])
	of, errN := strconv.Atoi(row[colOf])
	q, known := s.doc.Question(row[colQuestion])
	if row[colQuestion] != "" && !known {
		bad("an unknown question")
		return
	}
	part := ""
	unit := s.unit(row[colGroup])
	switch kind := row[colKind]; kind {
	case result.SplitPace, result.SplitSelf, result.SplitOutcome:
		part = s.part(kind, row[colAnswered], row[colGroup])
		if part == "" || !s.units[s.rel.School().Unit] {
			bad("a part that is not for them")
			return
		}
	case "":
		if row[colLine] != "hands" {
			bad("a line without a group")
		}
		return
	default:
		if unit.Kind != kind || !s.units[unit.ID] && !(s.own[unit.ID] && (q.ID == "" || q.About == bank.AboutThisClass)) {
			bad("figures of a group that is not theirs")
			return
		}
	}
	group := unit.ID
	if part != "" {
		group = part
	}
	keep := func(f fact) {
		at := newAtoms(s.asked, q, f.option, s.split())
		if truth := at.total(f); truth != f.value {
			bad("in truth it is " + strconv.Itoa(truth))
		}
		s.facts[f] = true
	}
	favourable, _ := sets(q)
	switch line := row[colLine]; line {
	case "rate":
		g, _ := s.rel.Group(unit.ID)
		if !g.Shown || row[colAnswered] != strconv.Itoa(len(s.in(unit.ID))) || row[colAsked] != strconv.Itoa(unit.Size) {
			bad("a rate that is not so")
		}
	case "hidden":
		if errP == nil || errN == nil || row[colAnswered] != "" && q.ID == "" {
			bad("a number of what is hidden")
		}
	case "section", "sentence", "best guess", "hands":
		// A section is a sum of shares that are all in this table; the others have no number of people.
		if line != "section" && (errP == nil || errN == nil) {
			bad("a number of people where none is expected")
		}
	case "share":
		if errP != nil || errN != nil {
			bad("a share of nothing")
			return
		}
		keep(fact{q.ID, group, "", -1, favourable, people})
		keep(s.base(q, group, "", of))
	case "answer":
		e.answer(s, q, row, group, people, errP == nil, of, errN == nil, keep)
	case "rest of the school":
		keep(fact{q.ID, s.rel.School().Unit, unit.ID, -1, favourable, people})
		keep(s.base(q, s.rel.School().Unit, unit.ID, of))
	case "last time":
		if !e.wasSo(s, q, unit.Name, people, of) {
			bad("last time it was not so")
		}
	case "correlation":
		if errP == nil || errN == nil {
			bad("how many answered two questions at once is a number of its own, which nobody has looked at")
		}
	default:
		bad("a new sort of line: say here what it tells")
	}
}

// base is of how many a share is: those who gave an answer that counts, or everybody who was asked, where silence cannot be
// told apart. Which of the two, a sentence says on the pages.
func (s *sight) base(q survey.Question, group, less string, n int) fact {
	f := fact{q.ID, group, less, -1, 0, n}
	_, f.set = sets(q)
	ofAll := false
	for _, released := range s.rel.Questions {
		unit := group
		if less != "" {
			unit = less
		}
		if row, ok := released.Row(unit); ok && released.ID == q.ID && row.Share != nil {
			ofAll = ofAll || row.Share.OfAll
		}
	}
	for _, split := range s.rel.Splits {
		for _, row := range split.Rows {
			for i, p := range row.Shares {
				id := split.Parts[i].ID
				if row.Question == q.ID && p != nil && (group == "side:"+id || group == "pace:"+id) {
					ofAll = ofAll || p.Share.OfAll
				}
			}
		}
	}
	if ofAll {
		f.set = 1<<(len(q.Options)+1) - 1
	}
	return f
}

// answer is one bar, or one of several choices.
func (e *everything) answer(s *sight, q survey.Question, row []string, group string, people int, counted bool, of int, based bool, keep func(fact)) {
	if !q.IsSeveral() {
		if counted {
			keep(fact{q.ID, group, "", -1, e.setOf(q, row[colAnswer]), people})
		}
		return
	}
	for o, option := range q.Options {
		if !counted {
			continue
		}
		switch row[colAnswer] {
		case option.Label:
			keep(fact{q.ID, group, "", o, 1, people})
			if based { // everybody who was asked, or those who answered
				f := fact{q.ID, group, "", o, 3, of}
				for _, released := range s.rel.Questions {
					if each, ok := released.Row(group); ok && released.ID == q.ID && each.Each[o].Share.OfAll {
						f.set = 7
					}
				}
				keep(f)
			}
		case "No answer":
			keep(fact{q.ID, group, "", o, 4, people})
		}
	}
}

// sets are the favourable options of a question, and those that count.
func sets(q survey.Question) (favourable, valid uint64) {
	for i, o := range q.Options {
		if q.IsFavourable(o.ID) {
			favourable |= 1 << i
		}
		if !q.IsMissing(o.ID) {
			valid |= 1 << i
		}
	}
	return favourable, valid
}

// wasSo says whether an earlier round gave these figures. They belong to that round, whose own pages are read as well.
func (e *everything) wasSo(s *sight, q survey.Question, name string, x, n int) bool {
	for _, before := range e.rounds {
		if before.round.SurveyID != s.round.SurveyID || before == s.asked {
			continue
		}
		for _, was := range before.rel.Questions {
			row, ok := was.Row(before.unit(name).ID)
			if ok && was.ID == q.ID && row.Share != nil && row.Share.X == x && row.Share.N == n {
				return true
			}
		}
	}
	return false
}

// part names a side of a split by its label; the number in it has to be the release's.
func (s *sight) part(kind, n, label string) string {
	for _, split := range s.rel.Splits {
		for _, p := range split.Parts {
			if split.Kind != kind || strconv.Itoa(p.N) != n || p.Label != "" && p.Label != label {
				continue
			}
			if kind == result.SplitPace {
				return "pace:" + p.ID
			}
			return "side:" + p.ID
		}
	}
	return ""
}

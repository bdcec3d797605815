package result

import (
	"fmt"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
)

// tally counts answers by cell. It is the only place where small numbers stand, and it lives only while a release is
// made.
type tally struct {
	doc    survey.Document
	cells  []string // ids of the units in which answers are counted
	index  map[string]int
	people []int // by cell
	tables []table
	paces  *paces
	alike  *alike
	// flagged has the flags of a confidential round. People are told apart by these or by alike, never by both: what is shown by
	// two could be crossed.
	flagged *flagged
	pairs   *pairs
	ways    *profiles
}

// table counts the answers to one question.
type table struct {
	question survey.Question
	part     survey.Part
	options  map[string]int
	// counts is cells x columns: one column an option, the last for no answer. Of several choices the options overlap
	// and answered and silent stand apart.
	counts   [][]int
	answered []int
	silent   []int
	asked    []int // by cell: everybody, less those it was not put to and those it did not concern
}

func newTally(doc survey.Document, units []round.Unit, outcome string) *tally {
	t := &tally{doc: doc, index: map[string]int{}}
	for _, u := range units {
		if u.CellID == u.ID {
			t.index[u.ID] = len(t.cells)
			t.cells = append(t.cells, u.ID)
		}
	}
	t.people = make([]int, len(t.cells))
	for _, q := range doc.Questions() {
		if q.Type.IsText() {
			continue // no round opens with one
		}
		if q.Guesses != "" { // many or few is neither good nor bad: it counts into nothing that is favourable
			q.Favourable, q.FavourableWords = nil, ""
		}
		tb := newTable(q, len(t.cells))
		tb.part = doc.Part(q)
		t.tables = append(t.tables, tb)
	}
	t.paces, t.alike, t.flagged = newPaces(t), newAlike(t, outcome), &flagged{}
	t.pairs, t.ways = newPairs(t, outcome), newProfiles(t)
	return t
}

func newTable(q survey.Question, cells int) table {
	tb := table{question: q, options: map[string]int{}, answered: make([]int, cells), silent: make([]int, cells), asked: make([]int, cells)}
	for i, o := range q.Options {
		tb.options[o.ID] = i
	}
	for range cells {
		tb.counts = append(tb.counts, make([]int, len(q.Options)+1))
	}
	return tb
}

// by tells the answers apart by flags, and by nothing else but their pace.
func (t *tally) by(flags []round.Flag) {
	if len(flags) > 0 {
		t.alike, t.flagged = &alike{}, newFlagged(t, flags)
	}
}

// addWith counts one response that flags stand beside.
func (t *tally) addWith(cell string, a survey.Answers, fast bool, flags string) error {
	if err := t.add(cell, a, fast); err != nil {
		return err
	}
	t.flagged.add(t.index[cell], t.flagged.set(flags), a)
	return nil
}

// add counts one response. Everybody who was asked stands in a question, answered or not: disclosure takes the number
// asked in a cell as known.
func (t *tally) add(cell string, a survey.Answers, fast bool) error {
	c, ok := t.index[cell]
	if !ok {
		return fmt.Errorf("result: a response is in the cell %s, which the round has not", cell)
	}
	t.people[c]++
	for i := range t.tables {
		if err := t.tables[i].add(c, a); err != nil {
			return err
		}
	}
	if err := t.paces.add(a, fast); err != nil {
		return err
	}
	t.alike.add(c, a)
	t.pairs.add(a)
	t.ways.add(a)
	return nil
}

// add counts the answer of one response in one place.
func (tb *table) add(c int, a survey.Answers) error {
	q := tb.question
	answer := a[q.ID]
	switch answer.State {
	case survey.NotAsked, survey.NotRelevant:
		return nil
	case survey.Answered:
		tb.answered[c]++
	default:
		tb.silent[c]++
		tb.counts[c][len(q.Options)]++
	}
	tb.asked[c]++
	for _, id := range q.Counted(answer) {
		o, ok := tb.options[id]
		if !ok {
			return fmt.Errorf("result: an answer to %s is none of its options", q.ID)
		}
		tb.counts[c][o]++
	}
	return nil
}

// indices of the options with these ids.
func (tb table) indices(ids []string) []int {
	var list []int
	for _, id := range ids {
		if i, ok := tb.options[id]; ok {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

// chosen drops the last column, for several choices.
func (tb table) chosen() [][]int {
	rows := make([][]int, len(tb.counts))
	for i, row := range tb.counts {
		rows[i] = row[:len(row)-1]
	}
	return rows
}

package result

import (
	"fmt"
	"reflect"
	"slices"

	"earshot/internal/ask/survey"
	"earshot/internal/show/disclosure"
)

// What a school's answers can be told apart by, besides its years and classes.
const (
	SplitPace    = "pace"    // quick answers, and all others
	SplitOutcome = "outcome" // how the question that matters most to the school was answered
	SplitSelf    = "self"    // how people describe themselves
	SplitFlag    = "flag"    // what the school's lists say of them, in a confidential round
)

// Split is the school's answers by something else than years and classes. It is of the school alone: more would be a
// fingerprint.
type Split struct {
	Kind     string `json:"kind"`
	Question string `json:"question,omitempty"` // whose answers part people; empty for the pace and for flags
	By       string `json:"by,omitempty"`       // the flag
	Parts    []Part `json:"parts"`
	// Rows has the shares of each question that can be shown, by part.
	Rows []SplitRow `json:"rows"`
}

// Part is one side of a split that is large enough.
type Part struct {
	ID    string `json:"id"`
	Label string `json:"label"` // of an option; empty for the parts of the pace and of the outcome, and for everybody else
	N     int    `json:"n"`
}

// The parts of a pace and of an outcome.
const (
	PartUsual      = "usual"
	PartFast       = "fast"
	PartFavourable = "favourable"
	PartOther      = "other" // everybody else: another answer, or none
)

// SplitRow is one question by the parts of a split.
type SplitRow struct {
	Question string       `json:"question"`
	Shares   []*PartShare `json:"shares"` // as the parts; nil where it is not shown
}

// PartShare is what may be shown of one part.
type PartShare struct {
	Share Share `json:"share"`
}

// paceParts are the sides of the split by pace, which nobody but those who answered can know.
var paceParts = []string{PartUsual, PartFast}

// paces counts the school's answers by how quickly they were given.
type paces struct {
	people []int // by part
	tables []table
}

func newPaces(t *tally) *paces {
	s := &paces{people: make([]int, len(paceParts))}
	for _, tb := range t.tables {
		if splits(tb) {
			s.tables = append(s.tables, newTable(tb.question, len(paceParts)))
		}
	}
	return s
}

// splits says whether the answers to a question are shown by the sides of a split: those that everybody was asked, with
// favourable answers to speak of.
func splits(tb table) bool {
	q := tb.question
	return tb.part == survey.AskedAll && !q.IsSeveral() && !q.DescribesOneself && len(q.Favourable) > 0
}

// IsOutcome says whether a question can be the one that matters most: a scale that everybody is asked, with favourable
// answers, neither sensitive nor about the person who answers it.
func IsOutcome(d survey.Document, q survey.Question) bool {
	return q.Type == survey.TypeScale && q.Guesses == "" && q.HasOrder() && len(q.Favourable) > 0 && q.Sensitive == "" && !q.DescribesOneself && d.Part(q) == survey.AskedAll
}

func (s *paces) add(a survey.Answers, fast bool) error {
	c := 0
	if fast {
		c = 1
	}
	s.people[c]++
	for i := range s.tables {
		if err := s.tables[i].add(c, a); err != nil {
			return err
		}
	}
	return nil
}

// split decides the sides of a split on their own, within what is shown of the school.
//
// That is safe although classes are shown too. Nobody can tell how many of a class are on which side. Take any table of
// classes by answers that fits what is shown of classes (an alibi), and any table of sides by answers that fits what is
// shown of sides; as sides are parted no more finely than the school, the second can be chosen with the first one's totals.
// Then, answer by answer, people can be put into classes and sides so that both tables come out. So no alibi is lost.
func (s *paces) split(decided map[string]told, school string) (Split, error) {
	out := Split{Kind: SplitPace}
	all := make([]int, len(s.people))
	for i := range all {
		all[i] = i
	}
	groups := []disclosure.Group{{Key: school, Atoms: all, Wide: true}}
	for i, id := range paceParts {
		groups = append(groups, disclosure.Group{Key: id, Atoms: []int{i}, Min: careful, Wide: true})
	}
	shown := groups[:1:1]
	for i, v := range disclosure.Who(s.people, groups, disclosure.LeastPeople) {
		if i > 0 && v.Shown {
			shown = append(shown, groups[i])
			out.Parts = append(out.Parts, Part{ID: groups[i].Key, N: s.people[groups[i].Atoms[0]]})
		}
	}
	if len(out.Parts) == 0 {
		return out, nil
	}
	for _, tb := range s.tables {
		row, ok := decided[tb.question.ID].rows[school]
		if !ok || row.Hidden {
			continue
		}
		q := asDisclosure(tb, shown, limits{bar: disclosure.LeastBar, people: careful})
		for range shown {
			q.Within = append(q.Within, row)
		}
		rows, _, err := disclosure.What(q)
		if err != nil {
			return out, fmt.Errorf("question %s by %s: %w", tb.question.ID, SplitPace, err)
		}
		// What was found safe beside the school must be safe beside all of it that is shown.
		if !reflect.DeepEqual(rows[0].Bars, row.Bars) || rows[0].Share != row.Share {
			continue
		}
		out.add(tb.question.ID, rows[1:])
	}
	return out, nil
}

// add keeps a question of which at least one part can be shown.
func (s *Split) add(question string, rows []disclosure.Row) {
	r := SplitRow{Question: question}
	any := false
	for _, row := range rows {
		var p *PartShare
		if x := share(row.Share, Group{}); x != nil && !row.Hidden && row.Share.Base >= careful {
			p, any = &PartShare{Share: *x}, true
		}
		r.Shares = append(r.Shares, p)
	}
	if any {
		s.Rows = append(s.Rows, r)
	}
}

// splitsOf decides every split. list has the groups of the round.
func (t *tally) splitsOf(decided map[string]told, list []cohort) ([]Split, error) {
	var all []Split
	if school := schoolOf(list); school != "" {
		if split := t.alike.split(decided, school); len(split.Rows) > 0 {
			all = append(all, split)
		}
		all = append(all, slices.DeleteFunc(t.flagged.splits(decided, school), func(s Split) bool { return len(s.Rows) == 0 })...)
		split, err := t.paces.split(decided, school)
		if err != nil {
			return nil, err
		}
		if len(split.Rows) > 0 {
			all = append(all, split)
		}
	}
	return all, nil
}

// schoolOf is the unit of the school where its figures are shown; else empty.
func schoolOf(list []cohort) string {
	for _, c := range list {
		if c.level == levelSchool && c.Shown {
			return c.Unit
		}
	}
	return ""
}

// outcome is the question that was chosen when the round opened.
func (a asking) outcome() string {
	q, ok := a.doc.Question(a.round.Choices().Outcome)
	if !ok || !IsOutcome(a.doc, q) {
		return ""
	}
	return q.ID
}

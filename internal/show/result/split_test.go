package result

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
)

// without takes the question that describes people out of a document.
func without(doc survey.Document) survey.Document {
	for i := range doc.Sections {
		for j := range doc.Sections[i].Questions {
			doc.Sections[i].Questions[j].DescribesOneself = false
		}
	}
	return doc
}

func outcomeOf(t *testing.T, doc survey.Document) string {
	t.Helper()
	for _, q := range doc.Questions() {
		if IsOutcome(doc, q) {
			return q.ID
		}
	}
	t.Fatal("no question can matter most")
	return ""
}

func withOutcome(t *testing.T, m *made) {
	t.Helper()
	plan, err := json.Marshal(round.Plan{Outcome: outcomeOf(t, m.doc)})
	if err != nil {
		t.Fatal(err)
	}
	m.round.Plan = string(plan)
}

var manySizes = map[string][]int{"y7": {30, 30, 30}, "y8": {30, 28, 29}, "y9": {30, 31, 27}, "y10": {30, 30, 30}}

// Every number of a split is a count of the answers, and has enough people on either side; so has what is left.
func TestSplitsAreCountsWithEnoughPeople(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(6) {
		for _, self := range []bool{true, false} {
			doc := document(t, "first_say")
			if !self {
				doc = without(doc)
			}
			m := newMade(t, seed, round.AboutSchool, doc, manySizes)
			withOutcome(t, m)
			rel := m.release(t)
			for _, s := range rel.Splits {
				kinds[s.Kind] += len(s.Rows)
				if s.Kind == SplitPace {
					continue
				}
				people, good := m.byHand(s)
				for _, row := range s.Rows {
					total, x := 0, 0
					for i, p := range row.Shares {
						if want := good[row.Question][s.Parts[i].ID]; p.Share.X != want || p.Share.N != people[s.Parts[i].ID] || p.Share.N != s.Parts[i].N {
							t.Errorf("%s by %s: %d of %d, counted %d of %d", row.Question, s.Parts[i].ID, p.Share.X, p.Share.N, want, people[s.Parts[i].ID])
						}
						if p.Share.X < 10 || p.Share.N-p.Share.X < 10 {
							t.Errorf("%s by %s: %d of %d stand alone", row.Question, s.Parts[i].ID, p.Share.X, p.Share.N)
						}
						total, x = total+p.Share.N, x+p.Share.X
					}
					if whole, ok := s.Whole(row.Question); !ok || whole.X != x || whole.N != total || !whole.OfAll {
						t.Errorf("%s: the school on this count is %+v", row.Question, whole)
					}
					if total != len(m.everybody()) || x != m.favourable(row.Question) {
						t.Errorf("%s: the parts are %d of %d", row.Question, x, total)
					}
				}
			}
			if self && len(rel.Splits) > 0 && rel.Splits[0].Kind == SplitOutcome {
				t.Error("two splits could be crossed")
			}
		}
	}
	if kinds[SplitSelf] == 0 || kinds[SplitOutcome] == 0 || kinds[SplitPace] == 0 {
		t.Errorf("nothing was tried: %v", kinds)
	}
}

func (m *made) everybody() (all []survey.Answers) {
	for _, u := range m.units {
		all = append(all, m.said[u.ID]...)
	}
	return all
}

func (m *made) favourable(id string) (x int) {
	q, _ := m.doc.Question(id)
	for _, a := range m.everybody() {
		for _, o := range q.Counted(a[id]) {
			if q.IsFavourable(o) {
				x++
			}
		}
	}
	return x
}

// byHand counts the parts of a split and their favourable answers.
func (m *made) byHand(s Split) (people map[string]int, good map[string]map[string]int) {
	by, _ := m.doc.Question(s.Question)
	people, good = map[string]int{}, map[string]map[string]int{}
	for _, a := range m.everybody() {
		part := PartOther
		for _, o := range by.Counted(a[by.ID]) {
			if s.Kind == SplitOutcome && by.IsFavourable(o) {
				part = PartFavourable
			}
			if slices.ContainsFunc(s.Parts, func(p Part) bool { return p.ID == o }) {
				part = o
			}
		}
		people[part]++
		for _, q := range m.doc.Questions() {
			for _, o := range q.Counted(a[q.ID]) {
				if q.IsFavourable(o) {
					if good[q.ID] == nil {
						good[q.ID] = map[string]int{}
					}
					good[q.ID][part]++
				}
			}
		}
	}
	return people, good
}

// Whoever knows how many of each description are in each class can work out nothing of a class: for every class and part
// there is another world, with the same figures, in which a class has one favourable answer more of that part.
func TestSplitLeavesClassesOpen(t *testing.T) {
	shown := 0
	for seed := range uint64(8) {
		m := newMade(t, seed, round.AboutSchool, document(t, "first_say"), manySizes)
		tl := newTally(m.doc, m.units, "")
		for _, u := range m.units {
			for _, a := range m.said[u.ID] {
				if err := tl.add(u.CellID, a, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		rel, err := m.build(tl)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range rel.Splits {
			if s.Kind != SplitSelf {
				continue
			}
			for _, row := range s.Rows {
				shown++
				for side, part := range tl.alike.sides {
					if part.ID == PartOther || !slices.ContainsFunc(s.Parts, func(p Part) bool { return p.ID == part.ID }) {
						continue
					}
					least, most, is := 0, 0, 0
					for c, sizes := range tl.alike.sizes {
						all, cell := 0, 0
						for i := range sizes {
							all, cell = all+tl.alike.good[row.Question][c][i], cell+sizes[i]
						}
						least += max(0, all-(cell-sizes[side]))
						most += min(all, sizes[side])
						is += tl.alike.good[row.Question][c][side]
					}
					if is-least < slackMoves || most-is < slackMoves {
						t.Errorf("%s, %s: %d lies between %d and %d", row.Question, s.Parts[side].ID, is, least, most)
					}
				}
			}
		}
	}
	if shown == 0 {
		t.Error("nothing was shown")
	}
}

// Where girls and boys say opposite things, class figures and sizes pin every class: then there is no split.
func TestSplitThatPinsClassesIsNotShown(t *testing.T) {
	doc := document(t, "first_say")
	m := newMade(t, 3, round.AboutSchool, doc, manySizes)
	rng := rand.New(rand.NewPCG(1, 1))
	var self survey.Question
	for _, q := range doc.Questions() {
		if q.DescribesOneself {
			self = q
		}
	}
	first := outcomeOf(t, doc)
	q, _ := doc.Question(first)
	for unit, list := range m.said {
		for i, a := range list {
			girl := rng.IntN(2) == 0
			b := survey.Answers{}
			for k, v := range a {
				b[k] = v
			}
			choose := func(q survey.Question, want bool) string {
				for _, o := range q.Options {
					if q.IsFavourable(o.ID) == want && !q.IsMissing(o.ID) {
						return o.ID
					}
				}
				return ""
			}
			b[first] = survey.Answer{State: survey.Answered, Options: []string{choose(q, girl)}}
			b[self.ID] = survey.Answer{State: survey.Answered, Options: []string{self.Options[map[bool]int{true: 0, false: 1}[girl]].ID}}
			m.said[unit][i] = b
		}
	}
	for _, s := range m.release(t).Splits {
		for _, row := range s.Rows {
			if s.Kind == SplitSelf && row.Question == first {
				t.Errorf("shown: %+v", row)
			}
		}
	}
}

func TestMatters(t *testing.T) {
	m := newMade(t, 2, round.AboutSchool, document(t, "first_say"), manySizes)
	withOutcome(t, m)
	rel := m.release(t)
	if rel.Outcome == "" || len(rel.Matters) == 0 {
		t.Fatal("nothing matters")
	}
	for _, x := range rel.Matters {
		if x.Low > x.R || x.High < x.R || x.Question == rel.Outcome {
			t.Errorf("%+v", x)
		}
		if twentieths := x.R * 20; twentieths != float64(int(twentieths)) {
			t.Errorf("%v is finer than a twentieth", x.R)
		}
	}
	small := newMade(t, 2, round.AboutSchool, document(t, "first_say"), map[string][]int{"y7": {25, 25}})
	withOutcome(t, small)
	if got := small.release(t).Matters; len(got) != 0 {
		t.Errorf("forty people: %+v", got)
	}
	if none := newMade(t, 2, round.AboutSchool, document(t, "first_say"), manySizes).release(t); none.Outcome != "" || none.Matters != nil {
		t.Error("nothing was chosen, and something matters")
	}
}

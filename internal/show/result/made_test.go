package result

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
)

// made is a settled round in memory: its units, who teaches, and what everybody said, by unit.
type made struct {
	asking
	said map[string][]survey.Answers // by the unit that people are in
}

func bankOf(t testing.TB) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// document has questions of every sort: bank items, several choices, a choice, one that describes oneself.
func document(t testing.TB, template string) survey.Document {
	t.Helper()
	doc, _, problems := survey.FromTemplate(bankOf(t), template)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	club := bank.Scale{ID: "clubs", Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "Art"}, {ID: "b", Label: "Football"}, {ID: "c", Label: "Chess"}, {ID: "none", Label: "None"}}}
	self := bank.Scale{ID: "who", Kind: bank.Choice, Options: []bank.Option{{ID: "g", Label: "A girl"}, {ID: "b", Label: "A boy"}, {ID: "no", Label: "I would rather not say"}}, Missing: []string{"no"}}
	for _, own := range []survey.Own{
		{Text: "Which clubs do you go to?", Short: "Clubs", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: club, Several: true},
		{Text: "Which club would you start?", Short: "New club", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: club},
		{Text: "I am ...", Short: "I am", About: bank.AboutMe, Origin: survey.FromSchool, Scale: self, DescribesOneself: true},
	} {
		if p := doc.AddOwn("", own); len(p) > 0 {
			t.Fatal(p)
		}
	}
	return doc
}

// newMade makes a round with forms or classes of the given sizes, years by their first letters, and answers drawn with
// a seed. About one in five does not answer; a class leans to one side or the other.
func newMade(t testing.TB, seed uint64, about round.About, doc survey.Document, sizes map[string][]int) *made {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	m := &made{asking: asking{doc: doc, bank: bankOf(t), teach: map[string][]string{}}, said: map[string][]survey.Answers{}}
	least := round.LeastFor(doc.Audience)
	m.round = round.Round{SchoolID: "s", ID: "r", Title: doc.Title, Audience: doc.Audience, About: about, Mode: round.Anonymous,
		Purpose: access.ForSchool, State: round.Settled, Least: least}
	kind := map[round.About]string{round.AboutSchool: round.UnitForm, round.AboutClasses: round.UnitClass}[about]
	m.units = []round.Unit{{ID: "school", Kind: round.UnitSchool, Name: "Riverside School"}}
	for y := 7; y <= 11; y++ {
		year := fmt.Sprint("y", y)
		for i, size := range sizes[year] {
			if i == 0 {
				m.units = append(m.units, round.Unit{ID: year, ParentID: "school", Kind: round.UnitYear, Name: fmt.Sprint("Year ", y)})
			}
			leaf := round.Unit{ID: fmt.Sprintf("%d%c", y, 'A'+i), ParentID: year, Kind: kind, Name: fmt.Sprintf("%d%c", y, 'A'+i), Size: size}
			lean := rng.Float64()
			for range size {
				if rng.IntN(5) > 0 {
					m.said[leaf.ID] = append(m.said[leaf.ID], draw(rng, doc, lean))
				}
			}
			m.units = append(m.units, leaf)
		}
	}
	m.settle()
	return m
}

func draw(rng *rand.Rand, doc survey.Document, lean float64) survey.Answers {
	a := survey.Answers{}
	for _, q := range doc.Questions() {
		if rng.IntN(15) == 0 {
			a[q.ID] = survey.Answer{State: survey.Skipped}
			continue
		}
		pick := func() string {
			n := len(q.Options)
			x := rng.Float64() * float64(n)
			if lean > 0.5 {
				x = (x + rng.Float64()*float64(n)*1.5) / 2
			}
			return q.Options[min(int(x), n-1)].ID
		}
		options := []string{pick()}
		if q.Type == survey.TypeSeveral {
			if second := pick(); second != options[0] {
				options = append(options, second)
			}
		}
		a[q.ID] = survey.Answer{State: survey.Answered, Options: options}
	}
	return a
}

// settle puts sizes and counts on the units, as the mover does: a unit with fewer than five answers is counted in its
// year.
func (m *made) settle() {
	for i := range m.units {
		u := &m.units[i]
		u.Answered, u.CellID = len(m.said[u.ID]), u.ID
		if u.IsLeaf() {
			if n := u.Answered; n > 0 && n < 5 {
				u.CellID = u.ParentID
			}
			for j := range m.units[:i] {
				if p := &m.units[j]; p.ID == u.ParentID || p.Kind == round.UnitSchool {
					p.Size += u.Size
				}
			}
		}
		u.Position = i
	}
}

func (m *made) release(t testing.TB) Release {
	t.Helper()
	tl := newTally(m.doc, m.units)
	for _, u := range m.units {
		for _, a := range m.said[u.ID] {
			if err := tl.add(u.CellID, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	rel, err := m.build(tl)
	if err != nil {
		t.Fatal(err)
	}
	// Everything after this reads what is stored.
	body, err := json.Marshal(rel)
	if err != nil {
		t.Fatal(err)
	}
	var back Release
	if err := json.Unmarshal(body, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// in lists what was said in a group, straight from the answers: by people whose cell lies in the group.
func (m *made) in(unit string) []survey.Answers {
	parent, cell := map[string]string{}, map[string]string{}
	for _, u := range m.units {
		parent[u.ID], cell[u.ID] = u.ParentID, u.CellID
	}
	var all []survey.Answers
	for leaf, said := range m.said {
		for at := cell[leaf]; at != ""; at = parent[at] {
			if at == unit {
				all = append(all, said...)
				break
			}
		}
	}
	return all
}

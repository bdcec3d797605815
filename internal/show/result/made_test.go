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
		{Text: "Which clubs do you go to?", Short: "Clubs", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: club, Type: survey.TypeSeveral},
		{Text: "Which club would you start?", Short: "New club", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: club},
		{Text: "I am ...", Short: "I am", About: bank.AboutMe, Origin: survey.FromSchool, Scale: self, DescribesOneself: true},
	} {
		if p := doc.AddOwn("", own); len(p) > 0 {
			t.Fatal(p)
		}
	}
	parts(t, &doc)
	return doc
}

// parts adds what not everybody is asked: questions that an earlier answer decides, topics to choose, and a draw.
func parts(t testing.TB, doc *survey.Document) {
	t.Helper()
	often := bank.Scale{ID: "often", Kind: bank.Unipolar, Favourable: []string{"o", "a"}, FavourableWords: "often",
		Options: []bank.Option{{ID: "n", Value: 1, Label: "Never"}, {ID: "s", Value: 2, Label: "Sometimes"}, {ID: "o", Value: 3, Label: "Often"}, {ID: "a", Value: 4, Label: "Always"}}}
	add := func(section, text string, change func(*survey.Question)) string {
		if p := doc.AddOwn(section, survey.Own{Text: text, Short: text, About: bank.AboutThisClass, Origin: survey.FromSchool, Scale: often}); len(p) > 0 {
			t.Fatal(p)
		}
		var id string
		for i := range doc.Sections {
			if qs := doc.Sections[i].Questions; section == doc.Sections[i].ID {
				q := &qs[len(qs)-1]
				change(q)
				q.Wording = q.MakeWording()
				id = q.ID
			}
		}
		return id
	}
	as := func(*survey.Question) {}
	if doc.Sections[0].Title == "" {
		doc.Sections[0].Title = "First"
	}
	route := doc.AddSection("Routed", "")
	by := add(route, "Decides", as)
	next := add(route, "Only if never", func(q *survey.Question) { q.ShowIf = "${" + by + "} = 'n'" })
	add(route, "Only if it goes well", func(q *survey.Question) { q.ShowIf = "selected(${" + by + "}, 'o') or ${" + by + "} = 'a'" })
	add(route, "Hangs on two", func(q *survey.Question) { q.ShowIf = "${" + by + "} = 'n' and ${" + next + "} != 'n'" })
	add(route, "Hours", func(q *survey.Question) {
		q.Type, q.Min, q.Max, q.Options, q.Favourable = survey.TypeNumber, 0, 20, survey.Bands(0, 20, 4, 9, 15), []string{"b3"}
	})
	add(route, "Places", func(q *survey.Question) {
		q.Type, q.Kind, q.AtMost, q.Favourable, q.FavourableWords = survey.TypeRanking, bank.Choice, 2, nil, ""
		for i := range q.Options {
			q.Options[i].Value = 0
		}
	})
	drawn := doc.AddSection("Drawn", "")
	for i := range 4 {
		add(drawn, fmt.Sprint("Drawn ", i), as)
	}
	doc.Sections[len(doc.Sections)-1].Ask = 2
	doc.Choices = []survey.Choice{{ID: "c1", Text: "Choose", Pick: 1, Draw: 1}}
	for i := range 3 {
		id := doc.AddSection(fmt.Sprint("Topic ", i), "")
		add(id, fmt.Sprint("Topic ", i), as)
		doc.Sections[len(doc.Sections)-1].Choice = "c1"
	}
	if p := doc.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
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

// draw answers as a device does: fields of a form, read by the document itself.
func draw(rng *rand.Rand, doc survey.Document, lean float64) survey.Answers {
	form := map[string][]string{survey.DrawnOut: {" "}}
	for _, q := range doc.Questions() {
		if rng.IntN(15) == 0 {
			continue
		}
		n := len(q.Options)
		pick := func() string {
			x := rng.Float64() * float64(n)
			if lean > 0.5 {
				x = (x + rng.Float64()*float64(n)*1.5) / 2
			}
			return q.Options[min(int(x), n-1)].ID
		}
		form[q.ID] = []string{pick()}
		switch second := pick(); {
		case q.Type == survey.TypeNumber:
			form[q.ID] = []string{fmt.Sprint(q.Min + rng.IntN(q.Max-q.Min+1))}
		case q.IsSeveral() && second != form[q.ID][0]:
			form[q.ID] = append(form[q.ID], second)
		}
	}
	topics := map[string][]survey.Section{}
	out := func(qs []survey.Question) {
		for _, q := range qs {
			form[survey.DrawnOut] = append(form[survey.DrawnOut], q.ID)
		}
	}
	for _, s := range doc.Sections {
		if s.Choice != "" {
			topics[s.Choice] = append(topics[s.Choice], s)
		} else if s.Ask > 0 {
			qs := append([]survey.Question{}, s.Questions...)
			rng.Shuffle(len(qs), func(i, j int) { qs[i], qs[j] = qs[j], qs[i] })
			out(qs[s.Ask:])
		}
	}
	for _, c := range doc.Choices {
		list := topics[c.ID]
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, s := range list[c.Pick+c.Draw:] {
			out(s.Questions)
		}
	}
	a, problems := doc.Read(func(name string) []string { return form[name] }, "2026-11-22")
	if len(problems)+len(doc.Check(a)) > 0 {
		panic(fmt.Sprint(problems, doc.Check(a)))
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
	tl := newTally(m.doc, m.units, m.outcome())
	for _, u := range m.units {
		for _, a := range m.said[u.ID] {
			if err := tl.add(u.CellID, a, len(a)%7 == 0); err != nil {
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

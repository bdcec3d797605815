package result

import (
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
)

// said makes the answers of so many people alike.
type said struct {
	n    int
	form map[string][]string
}

// entangled is a round of one school whose question "last" is asked under a condition.
func entangled(t *testing.T, build func(d *survey.Document), people []said) Release {
	t.Helper()
	var doc survey.Document
	doc.Title, doc.Audience, doc.Language, doc.Minutes = "Rules", bank.Pupils11to16, "en", 3
	build(&doc)
	if p := doc.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	m := newMade(t, 1, round.AboutSchool, doc, map[string][]int{})
	m.units = append(m.units, round.Unit{ID: "y7", ParentID: "school", Kind: round.UnitYear, Name: "Year 7"},
		round.Unit{ID: "7A", ParentID: "y7", Kind: round.UnitForm, Name: "7A", Size: 300})
	for _, p := range people {
		a, problems := doc.Read(func(name string) []string { return p.form[name] }, "2026-11-22")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for range p.n {
			m.said["7A"] = append(m.said["7A"], a)
		}
	}
	m.settle()
	return m.release(t)
}

func ownQuestion(t *testing.T, d *survey.Document, text string, change func(q *survey.Question)) string {
	t.Helper()
	often := bank.Scale{ID: "often", Kind: bank.Unipolar, Favourable: []string{"a"}, FavourableWords: "always",
		Options: []bank.Option{{ID: "n", Value: 1, Label: "Never"}, {ID: "s", Value: 2, Label: "Sometimes"}, {ID: "a", Value: 3, Label: "Always"}}}
	if p := d.AddOwn("", survey.Own{Text: text, Short: text, About: bank.AboutSchool, Origin: survey.FromSchool, Scale: often}); len(p) > 0 {
		t.Fatal(p)
	}
	last := &d.Sections[len(d.Sections)-1]
	q := &last.Questions[len(last.Questions)-1]
	change(q)
	q.Wording = q.MakeWording()
	return q.ID
}

// How many were asked a question may not be one or two less than a number that is shown beside it.
func TestNumberAskedIsNoSubtraction(t *testing.T) {
	as := func(*survey.Question) {}
	two := func(d *survey.Document) {
		a, b := ownQuestion(t, d, "A", as), ownQuestion(t, d, "B", as)
		ownQuestion(t, d, "last", func(q *survey.Question) { q.ShowIf = "${" + a + "} = 'n' and ${" + b + "} = 'n'" })
	}
	number := func(d *survey.Document) {
		n := ownQuestion(t, d, "N", func(q *survey.Question) {
			q.Type, q.Min, q.Max, q.Options, q.Favourable = survey.TypeNumber, 0, 10, survey.Bands(0, 10, 4, 8), []string{"b3"}
		})
		ownQuestion(t, d, "last", func(q *survey.Question) { q.ShowIf = "${" + n + "} > 4" })
	}
	several := func(d *survey.Document) {
		s := ownQuestion(t, d, "S", func(q *survey.Question) {
			q.Type, q.Kind, q.Favourable, q.FavourableWords, q.AtMost = survey.TypeSeveral, bank.Choice, nil, "", 3
			for i := range q.Options {
				q.Options[i].Value = 0
			}
		})
		ownQuestion(t, d, "last", func(q *survey.Question) { q.ShowIf = "selected(${" + s + "}, 'n') and selected(${" + s + "}, 's')" })
	}
	form := func(pairs ...string) map[string][]string {
		f := map[string][]string{survey.DrawnOut: {" "}, "q2": {"s"}, "q3": {"s"}}
		for i := 0; i < len(pairs); i += 2 {
			f[pairs[i]] = nil
		}
		for i := 0; i < len(pairs); i += 2 {
			f[pairs[i]] = append(f[pairs[i]], pairs[i+1])
		}
		return f
	}
	for _, c := range []struct {
		name  string
		build func(*survey.Document)
		odd   map[string][]string // of the one or the twelve who make the difference
		most  []said
	}{
		{"two questions", two, form("q1", "n", "q2", "s"), []said{{29, form("q1", "n", "q2", "n", "q3", "s")}, {30, form("q1", "s", "q2", "s")}, {30, form("q1", "a", "q2", "a")}, {18, form("q1", "s", "q2", "n")}}},
		{"inside a band", number, form("q1", "4"), []said{{39, form("q1", "6", "q2", "s")}, {40, form("q1", "9", "q2", "a")}, {40, form("q1", "1")}}},
		{"two of several", several, form("q1", "n"), []said{{40, form("q1", "n", "q1", "s", "q2", "s")}, {40, form("q1", "s", "q1", "a")}, {40, form("q1", "a")}}},
	} {
		for _, odd := range []struct {
			n     int
			shown bool
		}{{1, false}, {12, true}} {
			rel := entangled(t, c.build, append(c.most, said{odd.n, c.odd}))
			q := rel.Questions[len(rel.Questions)-1]
			row, ok := q.Row("school")
			if got := ok && !row.Hidden; got != odd.shown {
				t.Errorf("%s, %d people apart: shown %t, want %t; %+v", c.name, odd.n, got, odd.shown, rel.Questions)
			}
			if !odd.shown && q.Public != nil && !q.Public.Hidden {
				t.Errorf("%s: the public is told", c.name)
			}
		}
	}
}

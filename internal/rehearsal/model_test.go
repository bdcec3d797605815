package rehearsal

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/response"
)

func docOf(t *testing.T, template string) survey.Document {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	doc, _, problems := survey.FromTemplate(b, template)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc
}

// said is everything that the model's people say to one template, by class, in the order of their numbers.
func said(m model, title string, doc survey.Document, kind string, rooms []room) (map[string][]survey.Answers, map[string]int) {
	all, paces := map[string][]survey.Answers{}, map[string]int{}
	for _, r := range rooms {
		for _, n := range r.pupils {
			if _, comes := m.comes(title, person{kind, n}, r.asGroup(), 3); !comes {
				continue
			}
			a, pace := m.answer(title, doc, person{kind, n}, r.asGroup())
			all[r.Name] = append(all[r.Name], a)
			paces[pace]++
		}
	}
	return all, paces
}

// favourable is the share of favourable answers to a question among those that count.
func favourable(q survey.Question, answers []survey.Answers) float64 {
	good, of := 0, 0
	for _, a := range answers {
		if given := a[q.ID]; given.State == survey.Answered && !q.IsMissing(given.Options[0]) {
			of++
			if q.IsFavourable(given.Options[0]) {
				good++
			}
		}
	}
	return float64(good) / float64(max(of, 1))
}

func TestModelIsAFunctionOfItsSeed(t *testing.T) {
	doc := docOf(t, "how_is_learning")
	of := func(seed uint64) map[string][]survey.Answers {
		m := model{seed: seed}
		all, _ := said(m, "how_is_learning", doc, pupil, everybody(m, "2026-09-01").forms)
		return all
	}
	first := of(1)
	if !reflect.DeepEqual(first, of(1)) {
		t.Error("the same seed gives other answers")
	}
	if reflect.DeepEqual(first, of(2)) {
		t.Error("another seed gives the same answers")
	}
	// What one person says does not hang on who else was asked, nor on the order.
	m := model{seed: 1}
	forms := everybody(m, "2026-09-01").forms
	all, _ := said(m, "how_is_learning", doc, pupil, forms[12:13])
	if !reflect.DeepEqual(all[forms[12].Name], first[forms[12].Name]) {
		t.Error("a form alone says something else than among the others")
	}
}

func TestModelIsPlausible(t *testing.T) {
	m := model{seed: 1}
	town := everybody(m, "2026-09-01")
	for _, try := range []struct {
		template, kind string
		rooms          []room
		least, most    float64 // share of people who answer
	}{
		{"how_is_learning", pupil, town.forms, 0.75, 0.93},
		{"first_say", pupil, town.forms, 0.75, 0.93},
		{"parent_partnership", parent, town.forms, 0.28, 0.42},
		{"first_class", pupil, town.english, 0.7, 0.97},
	} {
		doc := docOf(t, try.template)
		all, paces := said(m, try.template, doc, try.kind, try.rooms)
		var everyone []survey.Answers
		asked := 0
		for _, r := range try.rooms {
			everyone = append(everyone, all[r.Name]...)
			asked += len(r.pupils)
		}
		if rate := float64(len(everyone)) / float64(asked); rate < try.least || rate > try.most {
			t.Errorf("%s: %.2f answered", try.template, rate)
		}
		if share := float64(paces[response.Fast]) / float64(len(everyone)); share < 0.01 || share > 0.08 {
			t.Errorf("%s: %.2f are fast", try.template, share)
		}
		for _, a := range everyone {
			if p := doc.Check(a); len(p) > 0 {
				t.Fatalf("%s: %v", try.template, p)
			}
		}
		var shares []string
		for _, q := range doc.Questions() {
			share := favourable(q, everyone)
			shares = append(shares, fmt.Sprintf("%s %.0f%%", q.Item, 100*share))
			if share < 0.1 || share > 0.95 {
				t.Errorf("%s: %.2f favourable", q.Item, share)
			}
			for _, o := range q.Options {
				n := 0
				for _, a := range everyone {
					if given := a[q.ID]; given.State == survey.Answered && given.Options[0] == o.ID {
						n++
					}
				}
				if n == 0 {
					t.Errorf("%s: nobody said %s", q.Item, o.ID)
				}
			}
		}
		t.Log(try.template, len(everyone), strings.Join(shares, ", "))
	}
}

func TestClassesDiffer(t *testing.T) {
	m := model{seed: 1}
	town := everybody(m, "2026-09-01")
	doc := docOf(t, "first_class")
	all, _ := said(m, "first_class", doc, pupil, town.english)
	for _, q := range doc.Questions() {
		low, high, strikes := 1.0, 0.0, 0.0
		for _, r := range town.english {
			share := favourable(q, all[r.Name])
			switch {
			case r.Name == strikingClass:
				strikes = share
			case len(r.pupils) > 6:
				low, high = min(low, share), max(high, share)
			}
		}
		t.Logf("%-14s %.2f to %.2f, %s %.2f", q.Item, low, high, strikingClass, strikes)
		if high-low < 0.12 {
			t.Errorf("%s: classes lie between %.2f and %.2f", q.Item, low, high)
		}
		if q.Item == "org_c_calm" && strikes > low-0.1 {
			t.Errorf("%s is no calmer elsewhere: %.2f, others from %.2f", strikingClass, strikes, low)
		}
	}
	first, second := town.cast[firstTeacher].ID, town.cast[secondTeacher].ID
	taught := map[string][]string{}
	for _, ms := range town.intake.Memberships {
		if ms.Role == "teacher" {
			for _, r := range town.english {
				if r.ID == ms.GroupID {
					taught[ms.PersonID] = append(taught[ms.PersonID], r.Name)
				}
			}
		}
	}
	if got := fmt.Sprint(taught[first], taught[second], len(taught)); got != "[9En4 10En3] [9En1 10En7] 7" {
		t.Errorf("classes of the two teachers, and how many teach English: %s", got)
	}
}

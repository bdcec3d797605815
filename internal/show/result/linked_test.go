package result

import (
	"fmt"
	"maps"
	"testing"

	"earshot/internal/ask/survey"
)

// twice makes answers of so many pupils to one question, then and now: both, became, ceased, neither; and of others who
// answered once.
func twice(q survey.Question, counts [4]int, onceNow, onceThen [2]int) (now, then map[string]survey.Answers) {
	now, then = map[string]survey.Answers{}, map[string]survey.Answers{}
	good, bad := q.Favourable[0], ""
	for _, o := range q.Options {
		if !q.IsFavourable(o.ID) && !q.IsMissing(o.ID) {
			bad = o.ID
		}
	}
	said := func(option string) survey.Answers {
		return survey.Answers{q.ID: {State: survey.Answered, Options: []string{option}}}
	}
	for kind, n := range counts {
		for i := range n {
			key := fmt.Sprint("card", kind, " ", i)
			then[key], now[key] = said([]string{good, bad, good, bad}[kind]), said([]string{good, good, bad, bad}[kind])
		}
	}
	for kind, option := range []string{good, bad} {
		for i := range onceNow[kind] {
			now[fmt.Sprint("now", kind, " ", i)] = said(option)
		}
		for i := range onceThen[kind] {
			then[fmt.Sprint("then", kind, " ", i)] = said(option)
		}
	}
	return now, then
}

func TestLinked(t *testing.T) {
	doc := document(t, "first_say")
	var q survey.Question
	for _, x := range doc.Questions() {
		if x.HasOrder() && len(x.Favourable) > 0 && x.Type == survey.TypeScale && doc.Part(x) == survey.AskedAll {
			q = x
			break
		}
	}
	find := func(counts [4]int, onceNow, onceThen [2]int) *Linked {
		now, then := twice(q, counts, onceNow, onceThen)
		for _, l := range linked(doc, doc, now, then) {
			if l.Question == q.ID {
				return &l
			}
		}
		return nil
	}
	enough := [2]int{20, 20}
	if l := find([4]int{100, 48, 12, 51}, enough, enough); l == nil || *l != (Linked{Question: q.ID, People: 210, Both: 47, Became: 23, Ceased: 6, Neither: 24, Verdict: Higher}) {
		t.Errorf("more came: %+v", l)
	}
	if l := find([4]int{100, 12, 48, 51}, enough, enough); l == nil || l.Verdict != Lower {
		t.Errorf("more went: %+v", l)
	}
	if l := find([4]int{100, 20, 24, 51}, [2]int{}, [2]int{}); l == nil || l.Verdict != CannotTell {
		t.Errorf("as many: %+v", l)
	}
	// Too few in any of the ways to answer, together, or left over.
	for name, l := range map[string]*Linked{
		"nine became":   find([4]int{100, 9, 40, 50}, enough, enough),
		"nine neither":  find([4]int{100, 40, 40, 9}, enough, enough),
		"few together":  find([4]int{10, 12, 10, 10}, enough, enough),
		"three new":     find([4]int{100, 40, 40, 50}, [2]int{1, 2}, enough),
		"all gone said": find([4]int{100, 40, 40, 50}, enough, [2]int{20, 0}),
	} {
		if l != nil {
			t.Errorf("%s: %+v", name, *l)
		}
	}
	// A question in other words is not compared.
	now, then := twice(q, [4]int{100, 48, 12, 51}, enough, enough)
	other := document(t, "first_belong")
	if list := linked(doc, other, now, maps.Clone(then)); len(list) != 0 {
		t.Errorf("other questions: %+v", list)
	}
}

package result

import (
	"fmt"
	"maps"
	"testing"

	"earshot/internal/ask/survey"
)

// twice makes what is followed of so many pupils of one wording: both, became, ceased, neither; and counts those in who
// answered once: favourable, and not.
func twice(wording string, counts [4]int, onceNow, onceThen [2]int) (now, then map[string]map[string]bool, nowAll, thenAll map[string]tallied) {
	now, then = map[string]map[string]bool{wording: {}}, map[string]map[string]bool{wording: {}}
	all, was := tallied{onceNow[0], onceNow[0] + onceNow[1]}, tallied{onceThen[0], onceThen[0] + onceThen[1]}
	add := func(t *tallied, good bool) {
		t.of++
		if good {
			t.good++
		}
	}
	for kind, n := range counts {
		for i := range n {
			key := fmt.Sprint("card", kind, " ", i)
			before, after := kind == 0 || kind == 2, kind == 0 || kind == 1
			then[wording][key], now[wording][key] = before, after
			add(&all, after)
			add(&was, before)
		}
	}
	return now, then, map[string]tallied{wording: all}, map[string]tallied{wording: was}
}

func TestLinked(t *testing.T) {
	doc := document(t, "first_say")
	var q survey.Question
	for _, x := range doc.Questions() {
		if x.CanFollow(doc) {
			q = x
			break
		}
	}
	find := func(counts [4]int, onceNow, onceThen [2]int) *Linked {
		now, then, nowAll, thenAll := twice(q.Trend(), counts, onceNow, onceThen)
		for _, l := range linked(doc, now, then, nowAll, thenAll) {
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
	now, then, nowAll, thenAll := twice(q.Trend(), [4]int{100, 48, 12, 51}, enough, enough)
	then["other words"], thenAll["other words"] = then[q.Trend()], thenAll[q.Trend()]
	delete(then, q.Trend())
	if list := linked(doc, now, maps.Clone(then), nowAll, thenAll); len(list) != 0 {
		t.Errorf("other words: %+v", list)
	}
}

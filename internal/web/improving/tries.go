package improving

import (
	"cmp"
	"slices"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// toTry finds things to try for somebody who has looked at a group: one for each question where they had hoped for more,
// the biggest gap first, and then for those with the lowest share. It is empty before the first look, because it would
// say beforehand what is low.
func (p Pages) toTry(v words.Voice, r round.Round, view result.Viewed, g result.Group, n action.Note) page.Tries {
	d := page.Tries{Lead: "They may move what you saw. One is enough; do it for two weeks."}
	if !n.Looked && len(n.Journal) == 0 {
		return d
	}
	var taken []string
	for _, q := range lowest(v, view, g, n) {
		for _, t := range p.Bank.TriesFor(q.Gateway, q.Item, r.Audience) {
			if !slices.Contains(t.Items, q.Item) || slices.Contains(taken, t.ID) || t.School && g.Kind == round.UnitClass {
				continue
			}
			taken = append(taken, t.ID)
			d.List = append(d.List, page.NewTries(p.Bank, []bank.Try{t}, q.Item, r.Audience).List...)
			break
		}
		if len(d.List) == mostTries {
			break
		}
	}
	return d
}

// lowest puts the questions of a group in the order in which somebody may want to do something: first those that were
// guessed too high, the biggest gap first, then by share from the lowest. What has no share cannot be told, and is left
// out.
func lowest(v words.Voice, view result.Viewed, g result.Group, n action.Note) (list []result.Question) {
	gap, share := map[string]int{}, map[string]float64{}
	for _, x := range inTurn(v, view, g, n) {
		if x.gap.Known && x.gap.Text == v.Say("figure.gap.worse") {
			gap[x.ID] = x.gap.Size
		}
	}
	for _, q := range view.For(g.Unit) {
		row, _ := q.Row(g.Unit)
		if row.Hidden || row.Share == nil || row.Share.N == 0 {
			continue
		}
		share[q.ID] = float64(row.Share.X) / float64(row.Share.N)
		list = append(list, q)
	}
	slices.SortStableFunc(list, func(a, b result.Question) int {
		return cmp.Or(cmp.Compare(gap[b.ID], gap[a.ID]), cmp.Compare(share[a.ID], share[b.ID]))
	})
	return list
}

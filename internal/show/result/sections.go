package result

import (
	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// gatewayLeast is how many questions of one gateway make a section of their own.
const gatewayLeast = 3

// sections sums the questions up by the bank's groups and by gateways, from released rows alone.
func sections(rel Release, b *bank.Bank) []Section {
	var list []Section
	for _, g := range b.Groups {
		s := Section{ID: g.ID, Name: g.Name, Whole: true}
		if s.add(rel, func(gateway string) bool { gw, ok := b.Gateway(gateway); return ok && gw.Group == g.ID }) > 0 {
			list = append(list, s)
		}
	}
	for _, g := range b.Gateways {
		s := Section{ID: g.ID, Name: g.Name}
		if s.add(rel, func(gateway string) bool { return gateway == g.ID }) >= gatewayLeast {
			list = append(list, s)
		}
	}
	return list
}

// add sums the questions that belong to the section, and says how many were asked.
func (s *Section) add(rel Release, belongs func(gateway string) bool) int {
	var mine []Question
	for _, q := range rel.Questions {
		if belongs(q.Gateway) && q.HasHeadline() && !q.Several && q.Part == survey.AskedAll {
			mine = append(mine, q)
		}
	}
	for _, g := range rel.Groups {
		sum := Sum{Unit: g.Unit}
		for _, q := range mine {
			row, ok := q.Row(g.Unit)
			if !ok {
				continue
			}
			sum.take(row)
		}
		if sum.says() {
			s.Rows = append(s.Rows, sum)
		}
	}
	public := Sum{Unit: rel.School().Unit}
	for _, q := range mine {
		if q.Public != nil {
			public.take(*q.Public)
		}
	}
	if public.says() {
		s.Public = &public
	}
	return len(mine)
}

func (s *Sum) take(row Row) {
	s.Of++
	if row.Share == nil || row.Share.OfAll {
		return
	}
	s.X, s.N, s.Items = s.X+row.Share.X, s.N+row.Share.N, s.Items+1
}

// says is false for a sum of too few of its questions: it would stand for what was left out.
func (s Sum) says() bool { return s.Items > 0 && 2*s.Items >= s.Of }

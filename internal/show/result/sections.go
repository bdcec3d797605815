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

// add sums the questions that belong to the section, and says how many were asked. The school's sum is of those that can be
// added up for the school; a group has one only if it is of the same questions, all of them. A sum of others under the same
// name would differ from the school's by what it leaves out, and nobody could see that.
func (s *Section) add(rel Release, belongs func(gateway string) bool) int {
	var mine, counted []Question
	for _, q := range rel.Questions {
		if belongs(q.Gateway) && q.HasHeadline() && !q.Several && q.Part == survey.AskedAll {
			mine = append(mine, q)
		}
	}
	school := rel.School()
	for _, q := range mine {
		if _, ok := q.Summed(school.Unit); ok || !school.Shown {
			counted = append(counted, q)
		}
	}
	if 2*len(counted) < len(mine) {
		return len(mine) // it would stand for what was left out
	}
	for _, g := range rel.Groups {
		sum := Sum{Unit: g.Unit, Of: len(mine)}
		for _, q := range counted {
			if share, ok := q.Summed(g.Unit); ok {
				sum.take(share)
			}
		}
		if sum.Items > 0 && sum.Items == len(counted) {
			s.Rows = append(s.Rows, sum)
		}
	}
	public := Sum{Unit: school.Unit, Of: len(mine)}
	for _, q := range counted {
		if q.Public != nil && q.Public.sums() {
			public.take(*q.Public.Share)
		}
	}
	if public.Items > 0 && public.Items == len(counted) {
		s.Public = &public
	}
	return len(mine)
}

// Summed is a group's share of a question, where it can be part of a section's sum: told in full, of those who answered.
func (q Question) Summed(unit string) (Share, bool) {
	row, ok := q.Row(unit)
	if !ok || !row.sums() {
		return Share{}, false
	}
	return *row.Share, true
}

func (r Row) sums() bool { return r.Share != nil && !r.Share.OfAll }

func (s *Sum) take(share Share) { s.X, s.N, s.Items = s.X+share.X, s.N+share.N, s.Items+1 }

// alike leaves the sums that are of as many questions as the school's. Releases of an earlier program have others too.
func (s Section) alike(school string) []Sum {
	whole, ok := s.Row(school)
	if !ok {
		return s.Rows
	}
	return kept(s.Rows, func(r *Sum) bool { return r.Items == whole.Items })
}

package result

import (
	"slices"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
)

// Viewed is the part of a release that one reader may see. Pages, charts and downloads are made from it alone.
type Viewed struct {
	Release // groups, questions and sections that are not for this reader are gone
	// Rates are the groups whose response rate the reader may know: bands, and numbers where the figures are theirs too.
	Rates []Group
	// Own are the reader's own classes.
	Own []string
	// Whole says that the reader sees more than their own classes.
	Whole bool
}

// Empty says that there is nothing here for this reader.
func (v Viewed) Empty() bool { return len(v.Groups) == 0 }

// Sees says whether a group's figures are among what the reader may see.
func (v Viewed) Sees(unit string) bool {
	_, ok := v.Group(unit)
	return ok
}

// For returns the questions that are shown for a group, in the order in which they were asked.
func (v Viewed) For(unit string) []Question {
	var list []Question
	for _, q := range v.Questions {
		if _, ok := q.Row(unit); ok {
			list = append(list, q)
		}
	}
	return list
}

// View takes from a release everything that is not for this reader. owners are the people who taught each class when the
// round opened. It is the one place where the rules about readers meet figures:
//
//   - a teacher sees their own classes' answers about this class, from settling on;
//   - leaders see the rest three school days later: in a round for the school every group, in a round for learning the
//     school and the years alone, and those only as sums over enough teachers;
//   - other readers who were named see the school and the years, once the round is published.
func View(rel Release, r round.Round, who access.Actor, owners map[string][]string, now time.Time) Viewed {
	o := r.Object(now)
	if !r.HasResults() {
		o.Settled = time.Time{}
	}
	whole := access.Can(who, access.ReadWhole, o)
	leads := who.Is(access.Head, access.Leader)
	teaches := false
	for _, people := range owners {
		teaches = teaches || slices.Contains(people, who.Person)
	}
	v := Viewed{Release: rel, Whole: whole}
	if !whole {
		v.Hands = nil
	}
	full, own := map[string]bool{}, map[string]bool{}
	for _, g := range rel.Groups {
		o.Owner = owners[g.Unit]
		if g.Kind == round.UnitClass && access.Can(who, access.ReadUnit, o) {
			own[g.Unit] = true
			v.Own = append(v.Own, g.Unit)
		}
		may := g.Leaders
		if teaches {
			may = g.LeadersTeaching
		}
		full[g.Unit] = whole && may && (leads || levelOf(g.Kind) < levelLeaf)
	}
	v.keep(func(g Group) bool { return full[g.Unit] || own[g.Unit] }, func(q Question, unit string) bool {
		return full[unit] || own[unit] && q.About == bank.AboutThisClass
	}, !leads && !teaches)
	if school := rel.School(); !full[school.Unit] {
		v.Splits, v.Matters, v.Linked = nil, nil, nil
	}
	if !rel.School().LeadersTeaching || rel.Purpose == access.ForLearning && full[rel.School().Unit] {
		v.hideGuesses()
	}
	seesRates := access.Can(who, access.SeeRound, func() access.Object { x := o; x.Owner = nil; return x }())
	for _, g := range rel.Groups {
		if full[g.Unit] || own[g.Unit] {
			v.Rates = append(v.Rates, g)
		} else if seesRates {
			g.Asked, g.Answered = 0, 0
			v.Rates = append(v.Rates, g)
		}
	}
	v.hidePublic()
	return v
}

// Public is what anybody may see of a published round: the school, with the larger numbers that pages for pupils ask
// for. ok is false where there is no such page. A staff round has none, and neither has a round for learning whose sum
// is over too few teachers.
func Public(rel Release, r round.Round) (v Viewed, ok bool) {
	school := rel.School()
	if r.State != round.Published || rel.Audience == bank.Staff || rel.Purpose == access.ForLearning && !school.LeadersTeaching {
		return Viewed{}, false
	}
	v = Viewed{Release: rel, Whole: true}
	v.Groups, v.Hands, v.Splits, v.Matters, v.Linked = []Group{school}, nil, nil, nil, nil
	v.Rates = v.Groups
	v.Questions = nil
	for _, q := range rel.Questions {
		q.Rows = nil
		if q.Public != nil {
			q.Rows = []Row{*q.Public}
		}
		q.Before = publicBefore(q.Before)
		v.Questions = append(v.Questions, q)
	}
	v.Sections = nil
	for _, s := range rel.Sections {
		s.Rows = nil
		if s.Public != nil {
			s.Rows = []Sum{*s.Public}
		}
		v.Sections = append(v.Sections, s)
	}
	if school.Shown && school.Answered < publicLeast {
		v.Groups[0].Shown, v.Groups[0].Asked, v.Groups[0].Answered = false, 0, 0
	}
	v.hidePublic()
	return v, true
}

// ForBoard is what a pack for governors may tell of a published round: the school and its years, and of a round for
// learning only what is also for a leader who teaches in it, since such a leader reads the pack as well. ok is false where
// that is nothing, and where no governor was named as a reader.
func ForBoard(rel Release, r round.Round) (v Viewed, ok bool) {
	if r.State != round.Published || !r.ReadBy(access.Governor) {
		return Viewed{}, false
	}
	v = Viewed{Release: rel, Whole: true}
	full := map[string]bool{}
	for _, g := range rel.Groups {
		full[g.Unit] = g.LeadersTeaching && levelOf(g.Kind) < levelLeaf
		if full[g.Unit] {
			v.Rates = append(v.Rates, g)
		} else if rel.Purpose != access.ForLearning {
			g.Asked, g.Answered = 0, 0
			v.Rates = append(v.Rates, g)
		}
	}
	v.Hands = nil
	v.keep(func(g Group) bool { return full[g.Unit] }, func(_ Question, unit string) bool { return full[unit] }, true)
	if school := rel.School(); !full[school.Unit] {
		return Viewed{}, false
	}
	v.hideGuesses()
	v.hidePublic()
	return v, true
}

// keep drops groups and rows that are not for the reader, on copies.
func (v *Viewed) keep(group func(Group) bool, row func(q Question, unit string) bool, published bool) {
	school := v.School().Unit
	groups := kept(v.Groups, func(g *Group) bool { return group(*g) })
	v.Groups = groups
	var questions []Question
	for _, q := range v.Questions {
		if q.Rows = kept(q.Rows, func(r *Row) bool { return row(q, r.Unit) }); len(q.Rows) > 0 {
			q.Before = keepBefore(q.Before, published, func(unit string) bool { return row(q, unit) })
			questions = append(questions, q)
		}
	}
	v.Questions = questions
	var sections []Section
	for _, s := range v.Sections {
		s.Rows = kept(s.alike(school), func(r *Sum) bool {
			return slices.ContainsFunc(groups, func(g Group) bool { return g.Unit == r.Unit })
		})
		if len(s.Rows) > 0 {
			sections = append(sections, s)
		}
	}
	v.Sections = sections
}

// kept copies what is to be kept of a list; nil for nothing. A page goes through thousands of rows, so the copy is made in
// one piece.
func kept[T any](list []T, keep func(*T) bool) []T {
	n := 0
	for i := range list {
		if keep(&list[i]) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]T, 0, n)
	for i := range list {
		if keep(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// keepBefore keeps the earlier rows of groups that the reader sees now; published ones only, for those who see nothing
// else.
func keepBefore(list []Before, published bool, sees func(unit string) bool) (seen []Before) {
	for _, b := range list {
		if published && !b.Published {
			continue
		}
		b.Rows, b.Public = kept(b.Rows, func(r *BeforeRow) bool { return sees(r.Unit) }), nil
		if len(b.Rows) > 0 {
			seen = append(seen, b)
		}
	}
	return seen
}

// publicBefore keeps what was public.
func publicBefore(list []Before) (kept []Before) {
	for _, b := range list {
		if b.Public != nil {
			b.Rows = []BeforeRow{*b.Public}
			kept = append(kept, b)
		}
	}
	return kept
}

// hideGuesses takes away best guesses, from which the mean of the other groups can be had: for a round in which even the
// sum over them all is not for somebody who teaches, and for a leader who teaches in a round for learning, who has that sum
// and would have two.
func (v *Viewed) hideGuesses() {
	for i := range v.Questions {
		for j := range v.Questions[i].Rows {
			v.Questions[i].Rows[j].Guess = nil
		}
	}
}

func (v *Viewed) hidePublic() {
	for i := range v.Questions {
		v.Questions[i].Public = nil
	}
	for i := range v.Sections {
		v.Sections[i].Public = nil
	}
}

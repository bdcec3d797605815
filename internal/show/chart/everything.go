package chart

import (
	"slices"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// Everything lists the figures that pages show of one release, whoever reads them: leaders, those who also teach, every
// teacher with their own classes, other readers who were named, and the public. owners are the people who taught each
// class when the round opened. Figures that several of them see come more than once; those without a chart come too.
//
// A page whose figures are not in this list still has charts: scripts draw them, as long as nobody has drawn them here.
func Everything(v words.Voice, r round.Round, rel result.Release, owners map[string][]string) (list []figure.Figure) {
	for _, view := range views(r, rel, owners) {
		if view.Whole {
			list = append(list, whole(v, r, view)...)
		}
		for _, g := range view.Groups {
			list = append(list, ofGroup(v, r, view, g)...)
		}
	}
	return list
}

// whole are the figures about a whole round.
func whole(v words.Voice, r round.Round, view result.Viewed) (list []figure.Figure) {
	if f, ok := figure.HeatMap(v, view); ok {
		list = append(list, f)
	}
	if f, ok := figure.Matters(v, view); ok {
		list = append(list, f)
	}
	var gateways []string
	for _, q := range view.Questions {
		if q.Gateway != "" && !slices.Contains(gateways, q.Gateway) {
			gateways = append(gateways, q.Gateway)
			if f, ok := figure.Gateway(v, view, q.Gateway, voice(view.Audience)); ok {
				list = append(list, f)
			}
		}
	}
	for _, s := range view.Splits {
		compared := s.Compared()
		for _, q := range view.Questions {
			if f, ok := figure.Parted(v, view, s, compared, q); ok {
				list = append(list, f)
			}
		}
	}
	return list
}

// voice is what pages call those who were asked.
func voice(audience string) string {
	switch {
	case audience == bank.Parents:
		return "Parents and carers"
	case audience == bank.Staff:
		return "Staff"
	}
	return "Pupils"
}

// ofGroup are the figures about one group.
func ofGroup(v words.Voice, r round.Round, view result.Viewed, g result.Group) (list []figure.Figure) {
	if f, ok := figure.Sections(v, view, g); ok {
		list = append(list, f)
	}
	against := figure.Compare(view, g.Unit)
	for _, q := range view.For(g.Unit) {
		list = append(list, figure.Question(v, view.Release, q, g))
		if f, ok := figure.SideBySide(v, view, q, g); ok {
			list = append(list, f)
		}
		if f, ok := figure.OverTime(v, view, q, g, Month(r), against); ok {
			list = append(list, f)
		}
	}
	return list
}

// Month is when a round closed, as the last of the times in a chart.
func Month(r round.Round) string {
	at := r.ClosesAt
	if r.ClosedAt != nil {
		at = *r.ClosedAt
	}
	return at.In(r.Zone()).Format("January 2006")
}

// views are what the readers of a round will see of its release once everybody may look; the public first.
func views(r round.Round, rel result.Release, owners map[string][]string) (list []result.Viewed) {
	r.State = round.Published
	if view, ok := result.Public(rel, r); ok {
		list = append(list, view)
	}
	sees := func(person string, role access.Role) {
		who := access.Actor{Account: person, Person: person, School: r.SchoolID, Roles: []access.Role{role}}
		if view := result.View(rel, r, who, owners, r.LeadersFrom().Add(time.Hour)); !view.Empty() {
			list = append(list, view)
		}
	}
	var teachers []string
	for _, people := range owners {
		teachers = append(teachers, people...)
	}
	slices.Sort(teachers)
	teachers = slices.Compact(teachers)
	sees("nobody in particular", access.Leader)
	if len(teachers) > 0 {
		sees(teachers[0], access.Leader)
	}
	for _, reader := range r.AtOpening().Readers {
		sees(reader.Person, access.Governor)
	}
	for _, person := range teachers {
		sees(person, access.Teacher)
	}
	return list
}

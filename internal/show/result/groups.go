package result

import (
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/show/disclosure"
)

// The levels of groups. A phase, half of a small school, is as large as a year and counts as one.
const (
	levelSchool = iota
	levelYear
	levelLeaf
)

func levelOf(kind string) int {
	switch kind {
	case round.UnitSchool:
		return levelSchool
	case round.UnitYear, round.UnitPhase:
		return levelYear
	}
	return levelLeaf
}

// shownBy is the smallest group that a question is shown for in this round.
func shownBy(d survey.Document, q survey.Question, about round.About) int {
	switch d.ShownBy(q) {
	case survey.BySchool:
		return levelSchool
	case survey.ByClass:
		return levelLeaf
	}
	g := d.Guards(q)
	switch {
	case g.Sensitive && d.Audience == bank.Pupils5to7:
		return levelSchool // their promise says: for the whole school
	case g.Sensitive || g.Oneself || g.Chosen:
		return levelYear
	case about == round.AboutSchool:
		return levelLeaf // a form stands for no single teacher
	}
	return levelYear
}

// cohort is a group while it is being decided.
type cohort struct {
	Group
	atoms  []int // cells
	people int
	level  int
}

// cohorts makes the one plan of groups: the school, the years, then the forms or classes. A unit whose answers were
// counted in a larger one keeps its name and its rate, and has no cells.
func cohorts(units []round.Unit, t *tally, audience string) []cohort {
	parent := map[string]string{}
	for _, u := range units {
		parent[u.ID] = u.ParentID
	}
	in := func(unit, group string) bool {
		for ; unit != ""; unit = parent[unit] {
			if unit == group {
				return true
			}
		}
		return false
	}
	total := 0
	for _, n := range t.people {
		total += n
	}
	// Of a round with one to four answers nothing is told, not even where nobody answered.
	tells := total == 0 || total >= collecting.JoinLeast
	var list []cohort
	for _, u := range units {
		if audience == bank.Staff && u.ParentID != "" {
			continue // staff are in no year
		}
		if audience == bank.Parents && levelOf(u.Kind) == levelLeaf {
			continue // parents are never shown by form, whatever an older round was opened with
		}
		g := cohort{Group: Group{Unit: u.ID, Kind: u.Kind, Name: u.Name, Subject: u.Subject, Parent: u.ParentID, Asked: u.Size}, level: levelOf(u.Kind)}
		came := 0
		for _, leaf := range units {
			if in(leaf.ID, u.ID) {
				came += leaf.Answered
			}
		}
		for i, cell := range t.cells {
			if in(cell, u.ID) {
				g.atoms = append(g.atoms, i)
				g.people += t.people[i]
			}
		}
		g.Answered, g.Rate, g.Nobody = g.people, RateOf(max(came, g.people), u.Size), tells && came == 0 && g.people == 0
		list = append(list, g)
	}
	slices.SortStableFunc(list, func(a, b cohort) int { return a.level - b.level })
	return list
}

// decideWho runs the first stage and takes from every hidden group whatever would tell its size.
func decideWho(list []cohort, t *tally, least int) {
	groups := make([]disclosure.Group, len(list))
	for i, c := range list {
		groups[i] = disclosure.Group{Key: c.Unit, Atoms: c.atoms, Min: least, Wide: c.level < levelLeaf && c.Kind != round.UnitPhase}
	}
	for i, v := range disclosure.Who(t.people, groups, least) {
		c := &list[i]
		if c.Shown = v.Shown; !v.Shown {
			c.Asked, c.Answered = 0, 0
		}
	}
}

// decideLeaders writes down which groups' figures leaders and other named readers may see.
func decideLeaders(list []cohort, r round.Round, t *tally, teach map[string][]string) {
	for i := range list {
		c := &list[i]
		switch {
		case r.Purpose == access.ForSchool:
			c.Leaders = c.Shown
		case r.About == round.AboutSchool:
			c.Leaders = c.Shown && c.level < levelLeaf
		}
		c.LeadersTeaching = c.Leaders
	}
	if r.Purpose == access.ForSchool || r.About == round.AboutSchool {
		return
	}
	var readers []string
	for _, reader := range r.AtOpening().Readers {
		readers = append(readers, reader.Person)
	}
	least := sumLeast
	for _, people := range teach {
		if slices.ContainsFunc(people, func(p string) bool { return slices.Contains(readers, p) }) {
			least = sumLeast + 1
		}
	}
	for i, ok := range mayAddUp(list, t, teach, least) {
		list[i].Leaders = ok
	}
	for i, ok := range mayAddUp(list, t, teach, sumLeast+1) {
		list[i].LeadersTeaching = ok && list[i].Leaders
	}
}

// sumLeast is how many teachers a leader's sum is over, at least; one more if the leader is one of them.
const sumLeast = 3

// mayAddUp decides which sums over teachers may be shown, in the order of the groups: the school, then the years.
//
// Teachers are no atoms of a partition as pupils are: one who teaches in two years stands in both. Take Year 7 with one
// teacher, Ann, and Year 8 with Ann, Ben and Cy. Year 8 has the same teachers as the school, so an audit over sets of
// teachers would let both sums out, and the school less Year 8 is Ann's class. So this looks at classes. The school and
// some of its years can only give sums over years that are shown, and over all the rest: every shown year needs enough
// teachers, and so does the rest, unless nobody answered there.
func mayAddUp(list []cohort, t *tally, teach map[string][]string, least int) []bool {
	may := make([]bool, len(list))
	school := slices.IndexFunc(list, func(c cohort) bool { return c.level == levelSchool })
	if school < 0 || !list[school].Shown || teachersOf(list[school].atoms, t, teach) < least {
		return may
	}
	may[school] = true
	rest := list[school].atoms
	for i, c := range list {
		if c.Kind != round.UnitYear || !c.Shown || teachersOf(c.atoms, t, teach) < least {
			continue
		}
		without := slices.DeleteFunc(slices.Clone(rest), func(a int) bool { return slices.Contains(c.atoms, a) })
		people := 0
		for _, a := range without {
			people += t.people[a]
		}
		if people > 0 && teachersOf(without, t, teach) < least {
			continue
		}
		rest, may[i] = without, true
	}
	return may
}

// teachersOf counts the fewest people who together taught all the classes behind some cells; enough is enough, so it stops
// beyond what anybody asks for. Not all people are counted: with Ann and Ben, Ann and Cy, and Ann and Dee, four people taught,
// and the sum is Ann's. Classes too small to have figures of their own give no cover.
func teachersOf(atoms []int, t *tally, teach map[string][]string) int {
	var classes [][]string
	for _, a := range atoms {
		if people := teach[t.cells[a]]; t.people[a] > 0 && len(people) > 0 {
			classes = append(classes, people)
		}
	}
	n := 0
	for n <= sumLeast+1 && !taught(classes, nil, n) {
		n++
	}
	return n
}

// taught says whether so many people, beside those named, taught all the classes.
func taught(classes [][]string, named []string, more int) bool {
	for _, people := range classes {
		if slices.ContainsFunc(people, func(p string) bool { return slices.Contains(named, p) }) {
			continue
		}
		return more > 0 && slices.ContainsFunc(people, func(p string) bool { return taught(classes, append(slices.Clone(named), p), more-1) })
	}
	return true
}

package result

import (
	"slices"
	"strings"

	"earshot/internal/ask/survey"
	"earshot/internal/show/disclosure"
)

// profiles counts how people answered the questions that together decide who is asked another one.
//
// How many were asked such a question is a number like any other: beside "30 said never to A", "29 were asked C", which asks
// for never to both A and B, says that one person said never to A and not to B. So before it is told, disclosure's first
// stage looks at it together with everything that is shown of the questions in its conditions, with one atom for each way
// of answering them.
type profiles struct {
	doc     survey.Document
	guards  []survey.Question
	tangled []string
	count   map[string]int // profile -> people
}

func newProfiles(t *tally) *profiles {
	p := &profiles{doc: t.doc, count: map[string]int{}}
	for _, tb := range t.tables {
		if !t.doc.Guards(tb.question).Tangled {
			continue
		}
		p.tangled = append(p.tangled, tb.question.ID)
		for _, q := range p.behind(tb.question, nil) {
			if !slices.ContainsFunc(p.guards, func(have survey.Question) bool { return have.ID == q.ID }) {
				p.guards = append(p.guards, q)
			}
		}
	}
	return p
}

// behind lists the questions that a question's conditions name, and those behind them.
func (p *profiles) behind(q survey.Question, list []survey.Question) []survey.Question {
	for _, condition := range p.doc.Conditions(q) {
		for _, id := range condition.Refs() {
			by, ok := p.doc.Question(id)
			if ok && !slices.ContainsFunc(list, func(have survey.Question) bool { return have.ID == id }) {
				list = p.behind(by, append(list, by))
			}
		}
	}
	return list
}

const (
	notAsked = "-"
	fieldEnd = "|"
)

func (p *profiles) add(a survey.Answers) {
	if len(p.tangled) == 0 {
		return
	}
	var b strings.Builder
	for _, q := range p.guards {
		answer := a[q.ID]
		if answer.State == survey.NotAsked || answer.State == survey.NotRelevant {
			b.WriteString(notAsked)
		} else {
			b.WriteString(strings.Join(q.Counted(answer), " "))
		}
		b.WriteString(fieldEnd)
	}
	for _, id := range p.tangled {
		if s := a[id].State; s == survey.NotAsked || s == survey.NotRelevant {
			b.WriteString(notAsked)
		}
		b.WriteString(fieldEnd)
	}
	p.count[b.String()]++
}

// safe says whether it may be told how many of the school were asked a question, after the figures in decided.
func (p *profiles) safe(q survey.Question, decided map[string]told) bool {
	keys := make([]string, 0, len(p.count))
	for key := range p.count {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	people := make([]int, len(keys))
	split := make([][]string, len(keys))
	for i, key := range keys {
		people[i], split[i] = p.count[key], strings.Split(key, fieldEnd)
	}
	group := func(name string, in func(profile []string) bool) disclosure.Group {
		g := disclosure.Group{Key: name}
		for i, profile := range split {
			if in(profile) {
				g.Atoms = append(g.Atoms, i)
			}
		}
		return g
	}
	groups := []disclosure.Group{group("all", func([]string) bool { return true })}
	for place, by := range p.guards {
		if t, ok := decided[by.ID]; ok && t.school != nil && !t.school.Hidden {
			for _, set := range published(*t.school, by) {
				groups = append(groups, group(by.ID, func(profile []string) bool { return set(profile[place]) }))
			}
		}
	}
	for i, id := range p.tangled {
		t, ok := decided[id]
		if ok && t.school != nil && !t.school.Hidden || id == q.ID {
			groups = append(groups, group(id, func(profile []string) bool { return profile[len(p.guards)+i] != notAsked }))
		}
		if id == q.ID {
			break // it is the last that is looked at: those after it are decided later
		}
	}
	for _, v := range disclosure.Who(people, groups, disclosure.LeastBar) {
		if !v.Shown && v.Reason != disclosure.Empty {
			return false
		}
	}
	return true
}

// published lists the sets of people that a row of a question tells the number of, by how they answered it.
func published(row Row, q survey.Question) []func(answer string) bool {
	var sets []func(string) bool
	add := func(options []int, silent bool) {
		ids := map[string]bool{}
		for _, o := range options {
			ids[q.Options[o].ID] = true
		}
		sets = append(sets, func(answer string) bool {
			if answer == "" || answer == notAsked {
				return answer == "" && silent
			}
			for id := range strings.SplitSeq(answer, " ") {
				if ids[id] {
					return true
				}
			}
			return false
		})
	}
	sets = append(sets, func(answer string) bool { return answer != notAsked })
	for _, b := range row.Bars {
		add(b.Options, b.NoAnswer)
	}
	if row.NoAnswer != nil {
		add(nil, true)
	}
	if row.Share != nil {
		var favourable []int
		for o, option := range q.Options {
			if q.IsFavourable(option.ID) {
				favourable = append(favourable, o)
			}
		}
		add(favourable, false)
	}
	for o, e := range row.Each {
		if e.Share != nil {
			add([]int{o}, false)
		}
	}
	return sets
}

// tangledOnly is the school, if it may be told how many were asked; nothing else is shown of such a question.
func (p *profiles) tangledOnly(q survey.Question, shown []cohort, decided map[string]told) []cohort {
	if len(shown) == 0 || shown[0].level != levelSchool || !p.safe(q, decided) {
		return nil
	}
	return shown[:1]
}

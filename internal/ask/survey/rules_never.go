package survey

import (
	"slices"
	"strings"

	"earshot/internal/ask/expression"
)

// together reports a rule that can hold by itself but not with everything else that has to be true where it stands: the
// rule of its section, the rules of the questions that it looks at, and that nobody is asked all topics. wrong names what
// was reported before; what hangs on that is not reported again.
func (d Document) together(c *check, s Section, q Question, wrong map[string]bool) bool {
	goal, own := d.goal(s, q)
	if own == "" || wrong[s.ID] && q.ID != "" {
		return true
	}
	j := d.towards(goal, s, q)
	for _, by := range j.order {
		if in, _ := d.sectionOf(by.ID); wrong[by.ID] || wrong[in.ID] {
			return true
		}
	}
	if j.search() != never {
		return true
	}
	apart := *j
	apart.draws = false
	drawn := apart.search() != never
	parts, where := goal, []string{}
	if q.ID != "" && len(goal) > 1 {
		where = append(where, s.where(slices.IndexFunc(d.Sections, func(other Section) bool { return other.ID == s.ID })))
	}
	// Those rules of other questions are named without which it would do.
	var without []string
	for _, by := range j.order {
		if len(j.rules[by.ID]) == 0 {
			continue
		}
		if d.towards(goal, s, q, append(slices.Clone(without), by.ID)...).search() == never {
			without = append(without, by.ID)
			continue
		}
		parts, where = append(slices.Clone(parts), j.rules[by.ID]...), append(where, by.where())
	}
	values := []string{"expression", own, "part", allOf(parts), "others", strings.Join(where, ", ")}
	if drawn {
		values = append(values, "drawn", "yes")
	}
	c.add(RouteNever, values...)
	return false
}

// allOf writes conditions that all have to hold as one, each once.
func allOf(list []expression.Expression) string {
	if len(list) == 1 {
		return list[0].String()
	}
	var parts []string
	for _, e := range list {
		joined, some := e.Split()
		if joined == "or" {
			some = []expression.Expression{e}
		}
		for _, part := range some {
			text := part.String()
			if joined, _ := part.Split(); joined == "or" {
				text = "(" + text + ")"
			}
			if !slices.Contains(parts, text) {
				parts = append(parts, text)
			}
		}
	}
	return strings.Join(parts, " and ")
}

// goal is all that has to hold for a question, or for a section where the question is none, and its own rule as it was
// written; empty where it has none.
func (d Document) goal(s Section, q Question) (goal []expression.Expression, own string) {
	own = s.ShowIf
	if q.ID != "" {
		own = q.ShowIf
	}
	for _, text := range []string{q.ShowIf, s.ShowIf} {
		if e, err := expression.Parse(text); err == nil && strings.TrimSpace(text) != "" {
			goal = append(goal, e)
		}
	}
	if strings.TrimSpace(own) == "" {
		return nil, ""
	}
	return goal, own
}

// The keys of what is worth saying about a rule that can be asked all the same.
const (
	RouteAlways = "route_always" // it holds whatever is answered
	RouteUnsure = "route_unsure" // whether it ever holds would take too long to find out
)

// Remarks says what is worth another look in a document without problems: rules that rule nobody out, and those of which
// it could not be found out whether they ever hold.
func (d Document) Remarks() []Problem {
	c := check{}
	n := 0
	look := func(s Section, q Question) {
		goal, own := d.goal(s, q)
		if own == "" {
			return
		}
		rule, err := expression.Parse(own)
		if err != nil {
			return
		}
		switch d.towards(goal, s, q).search() {
		case unsure:
			c.add(RouteUnsure, "expression", own)
		case can:
			if d.towards(append([]expression.Expression{rule.Not()}, goal[1:]...), s, q).search() == never {
				c.add(RouteAlways, "expression", own)
			}
		}
	}
	for i, s := range d.Sections {
		c.place = s.place(i)
		look(s, Question{})
		for _, q := range s.Questions {
			c.place = place(n, q)
			if q.Type != TypeNote {
				n++
			}
			look(s, q)
		}
	}
	return c.found
}

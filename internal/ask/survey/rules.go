package survey

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/expression"
)

// refs are the questions that a condition names; none if it cannot be read.
func refs(text string) []string {
	if e, err := expression.Parse(text); err == nil && strings.TrimSpace(text) != "" {
		return e.Refs()
	}
	return nil
}

// condition checks one condition, with the questions that are asked before it. ok is false when something was found.
func (d Document) condition(c *check, text string, before map[string]Question) (ok bool) {
	if strings.TrimSpace(text) == "" {
		return true
	}
	e, err := expression.Parse(text)
	if err != nil {
		values := []string{"expression", text}
		if bad, ok := err.(*expression.Error); ok {
			values = append(values, "why", bad.Key, "at", strconv.Itoa(bad.At), "found", bad.Found)
		}
		c.add(RouteBroken, values...)
		return false
	}
	found := len(c.found)
	if e.UsesCurrent() {
		c.add(RouteCurrent, "expression", text)
	}
	// The day would stand in what somebody was asked, for ever, and could be laid beside who answered when. The words of an
	// option are not the same in every language.
	for _, function := range []string{"today", "jr:choice-name"} {
		if e.Uses(function) {
			c.add(RouteFunction, "expression", text, "function", function)
		}
	}
	for _, id := range e.Refs() {
		q, earlier := before[id]
		if there, ok := d.Question(id); !ok {
			c.add(RouteUnknown, "expression", text, "ref", id)
		} else if !earlier {
			c.add(RouteLater, "expression", text, "ref", id, "named", there.where())
		} else if q.Type.IsText() || q.Type == TypeNote {
			c.add(RouteWords, "expression", text, "ref", id, "named", there.where())
		}
	}
	for _, pair := range e.Chosen() {
		if q, ok := before[pair[0]]; ok && q.Type.HasOptions() {
			if _, known := q.Option(pair[1]); !known {
				c.add(RouteOption, "expression", text, "ref", pair[0], "named", q.where(), "option", pair[1], "known", strings.Join(ids(q.Options), ", "))
			}
		}
	}
	if len(c.found) > found {
		return false // what is wrong with it has been said
	}
	for _, part := range append([]expression.Expression{e}, e.Comparisons()...) {
		if !d.canHold(part) {
			c.add(RouteNever, "expression", text, "part", part.String())
			return false
		}
	}
	return true
}

// tries is how many answers to one question are looked at, at most, to find out what a condition says.
const tries = 10_000

// everyAnswer lists all that can be answered to a question, as conditions see it, no answer first; ok is false where that
// would be too much, and for somebody's own words.
func (q Question) everyAnswer() (answers []string, ok bool) {
	answers = []string{NoAnswer}
	switch q.Type {
	case TypeScale, TypeSingle:
		return append(answers, ids(q.Options)...), true
	case TypeNumber:
		if q.Max-q.Min > tries {
			return nil, false
		}
		for n := q.Min; n <= q.Max; n++ {
			answers = append(answers, strconv.Itoa(n))
		}
		return answers, true
	case TypeSeveral, TypeRanking:
		options := ids(q.Options)
		if q.Type == TypeSeveral {
			slices.Sort(options) // as they are stored
		}
		ok = true
		var add func(chosen []string, from int)
		add = func(chosen []string, from int) {
			if len(chosen) == q.most() || !ok {
				return
			}
			for i := from; i < len(options); i++ {
				if slices.Contains(chosen, options[i]) {
					continue
				}
				next := append(slices.Clone(chosen), options[i])
				if answers = append(answers, strings.Join(next, " ")); len(answers) > tries {
					ok = false
					return
				}
				if q.Type == TypeRanking {
					add(next, 0)
				} else {
					add(next, i+1)
				}
			}
		}
		add(nil, 0)
		return answers, ok
	}
	return nil, false
}

// Rule says in what can be said of one question after which of its answers a condition holds.
type Rule struct {
	Question Question
	// Not: it holds after all other answers, and after none.
	Not bool
	// Options are those of which one has to be chosen, or All of them; of a question with options.
	Options []string
	All     bool
	// Runs are the numbers, from and to, between the least and the most that can be answered; of a question for a number.
	Runs [][2]int
	// Left: it holds if the question was left, and if Not is set, if anything was answered.
	Left bool
}

// Rules says when a condition holds: of each list one rule has to be true. ok is false where that cannot be said by a rule
// for a question.
func (d Document) Rules(text string) (all [][]Rule, ok bool) {
	e, err := expression.Parse(text)
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, false
	}
	if r, ok := d.rule(e); ok {
		return [][]Rule{{r}}, true
	}
	joined, parts := e.Split()
	if joined != "and" {
		one, ok := d.oneOf(e)
		return [][]Rule{one}, ok
	}
	for same := range alike(parts) {
		if r, ok := d.rule(expression.Join(joined, same)); ok {
			all = append(all, []Rule{r})
			continue
		}
		for _, p := range same {
			one, ok := d.oneOf(p)
			if !ok {
				return nil, false
			}
			all = append(all, one)
		}
	}
	return all, true
}

// oneOf is the rules of which one has to be true.
func (d Document) oneOf(e expression.Expression) (list []Rule, ok bool) {
	joined, parts := e.Split()
	if joined == "and" {
		r, ok := d.rule(e)
		return []Rule{r}, ok
	}
	for same := range alike(parts) {
		if r, ok := d.rule(expression.Join(joined, same)); ok {
			list = append(list, r)
			continue
		}
		for _, p := range same {
			r, ok := d.rule(p)
			if !ok {
				return nil, false
			}
			list = append(list, r)
		}
	}
	return list, true
}

// alike puts the parts about the same questions together, since they may be said as one.
func alike(parts []expression.Expression) iter.Seq[[]expression.Expression] {
	return func(yield func([]expression.Expression) bool) {
		for len(parts) > 0 {
			about := parts[0].Refs()
			var same, others []expression.Expression
			for _, p := range parts {
				if slices.Equal(p.Refs(), about) {
					same = append(same, p)
				} else {
					others = append(others, p)
				}
			}
			if !yield(same) {
				return
			}
			parts = others
		}
	}
}

// rule says when a condition about one question holds, if one rule can.
func (d Document) rule(e expression.Expression) (Rule, bool) {
	names := e.Refs()
	if len(names) != 1 {
		return Rule{}, false
	}
	q, _ := d.Question(names[0])
	j := d.newJourney([]expression.Expression{e}, nil)
	answers := j.answers[q.ID]
	if j.part || len(answers) == 0 {
		return Rule{}, false
	}
	holds := func(answer string) bool {
		return e.Holds(expression.Env{Label: d.label, Answer: func(string) string { return answer }})
	}
	r := Rule{Question: q, Not: holds(NoAnswer)}
	hit := func(answer string) bool { return holds(answer) != r.Not } // among those that the rule names
	var hits []string
	for _, a := range answers[1:] {
		if hit(a) {
			hits = append(hits, a)
		}
	}
	switch {
	case len(hits) == 0:
		return Rule{}, false // always, or never
	case len(hits) == len(answers)-1:
		return Rule{Question: q, Left: true, Not: !r.Not}, true
	case q.Type == TypeNumber:
		return r.runs(answers[1:], hit)
	}
	for _, o := range q.Options {
		if hit(o.ID) {
			r.Options = append(r.Options, o.ID)
		}
	}
	chosen := slices.ContainsFunc[[]string, string]
	if len(r.Options) == 0 { // one is not enough
		r.All = true
		for _, o := range q.Options {
			if !chosen(hits, func(a string) bool { return !slices.Contains(strings.Fields(a), o.ID) }) {
				r.Options = append(r.Options, o.ID)
			}
		}
	}
	for _, a := range answers[1:] {
		given := strings.Fields(a)
		fits := chosen(given, func(id string) bool { return slices.Contains(r.Options, id) })
		if r.All {
			fits = len(r.Options) > 0 && !chosen(r.Options, func(id string) bool { return !slices.Contains(given, id) })
		}
		if hit(a) != fits {
			return Rule{}, false // it takes another number of them
		}
	}
	return r, true
}

// mostRuns is how many runs of numbers are still read as one rule.
const mostRuns = 3

// runs finds the runs of numbers that a rule names. Between two that were tried next to each other all are alike.
func (r Rule) runs(answers []string, hit func(string) bool) (Rule, bool) {
	open := false
	for _, a := range answers {
		n, err := strconv.Atoi(a)
		if err != nil {
			return Rule{}, false
		}
		switch yes := hit(a); {
		case yes && open:
			r.Runs[len(r.Runs)-1][1] = n
		case yes:
			r.Runs = append(r.Runs, [2]int{n, n})
		}
		open = hit(a)
	}
	return r, len(r.Runs) <= mostRuns
}

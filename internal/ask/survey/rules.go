package survey

import (
	"math"
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

// condition checks one condition, with the questions that are asked before it.
func (d Document) condition(c *check, text string, before map[string]Question) {
	if strings.TrimSpace(text) == "" {
		return
	}
	e, err := expression.Parse(text)
	if err != nil {
		values := []string{"expression", text}
		if bad, ok := err.(*expression.Error); ok {
			values = append(values, "why", bad.Key, "at", strconv.Itoa(bad.At), "found", bad.Found)
		}
		c.add(RouteBroken, values...)
		return
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
		return // what is wrong with it has been said
	}
	for _, part := range append([]expression.Expression{e}, e.Comparisons()...) {
		if !d.canHold(part) {
			c.add(RouteNever, "expression", text, "part", part.String())
			return
		}
	}
}

// tries is how many answers are tried at most to find out whether a condition can hold.
const tries = 10_000

// canHold says whether a condition can hold. It is true as well where that cannot be found out, because the questions it
// names have too many answers together.
func (d Document) canHold(e expression.Expression) bool {
	names := e.Refs()
	simple := len(names) == 1 && len(e.Comparisons()) == 1 && e.Comparisons()[0].String() == e.String()
	all, product := make([][]string, len(names)), 1
	for i, id := range names {
		q, _ := d.Question(id)
		answers, ok := q.everyAnswer()
		if !ok && simple && q.Type == TypeNumber {
			answers, ok = q.around(e.Numbers()), true
		}
		if product *= len(answers); !ok || product > tries {
			return true
		}
		all[i] = answers
	}
	said := map[string]string{}
	env := expression.Env{Label: d.label, Answer: func(id string) string { return said[id] }}
	for n := range product {
		for i, id := range names {
			said[id] = all[i][n%len(all[i])]
			n /= len(all[i])
		}
		if e.Holds(env) {
			return true
		}
	}
	return false
}

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

// around lists the numbers that can be answered next to some, and the least and the most: a comparison with one of these
// holds for one of them if it holds at all.
func (q Question) around(numbers []float64) []string {
	answers := []string{NoAnswer, strconv.Itoa(q.Min), strconv.Itoa(q.Max)}
	for _, f := range numbers {
		for _, n := range []float64{math.Floor(f) - 1, math.Floor(f), math.Floor(f) + 1} {
			if n >= float64(q.Min) && n <= float64(q.Max) {
				answers = append(answers, strconv.Itoa(int(n)))
			}
		}
	}
	return answers
}

// Rule says in what can be said of one question after which of its answers a condition holds.
type Rule struct {
	Question Question
	// Not: it holds after all other answers, and after none.
	Not bool
	// Options are those of which one has to be chosen; of a question with options.
	Options []string
	// From and To are the bounds of a number, both among its answers.
	From, To int
	// Left: it holds if the question was left, and if Not is set, if anything was answered.
	Left bool
}

// Rules says when a condition holds: all of the rules, or one of them if any is true. ok is false where that takes more
// than a rule for each question.
func (d Document) Rules(text string) (list []Rule, any, ok bool) {
	e, err := expression.Parse(text)
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, false, false
	}
	joined, parts := e.Split()
	if len(e.Refs()) == 1 {
		if r, ok := d.rule(e); ok {
			return []Rule{r}, false, true
		}
	}
	// Parts about one question go together where they can be said as one.
	for len(parts) > 0 {
		about := parts[0].Refs()
		same, others := []expression.Expression{}, []expression.Expression{}
		for _, p := range parts {
			if slices.Equal(p.Refs(), about) {
				same = append(same, p)
			} else {
				others = append(others, p)
			}
		}
		if r, ok := d.rule(expression.Join(joined, same)); ok {
			list, parts = append(list, r), others
			continue
		}
		for _, p := range same {
			r, ok := d.rule(p)
			if !ok {
				return nil, false, false
			}
			list = append(list, r)
		}
		parts = others
	}
	return list, joined == "or", true
}

// rule says when a condition about one question holds, if one rule can.
func (d Document) rule(e expression.Expression) (Rule, bool) {
	names := e.Refs()
	if len(names) != 1 {
		return Rule{}, false
	}
	q, _ := d.Question(names[0])
	answers, ok := q.everyAnswer()
	if !ok {
		return Rule{}, false
	}
	holds := func(answer string) bool {
		return e.Holds(expression.Env{Label: d.label, Answer: func(string) string { return answer }})
	}
	r := Rule{Question: q, Not: holds(NoAnswer)}
	hit := func(answer string) bool { return holds(answer) != r.Not } // among those that the rule names
	named := 0
	for _, a := range answers[1:] {
		if hit(a) {
			named++
		}
	}
	switch {
	case named == 0:
		return Rule{}, false // always, or never
	case named == len(answers)-1:
		return Rule{Question: q, Left: true, Not: !r.Not}, true
	case q.Type == TypeNumber:
		return r.bounds(answers[1:], hit, named)
	}
	for _, o := range q.Options {
		if hit(o.ID) {
			r.Options = append(r.Options, o.ID)
		}
	}
	for _, a := range answers[1:] {
		one := slices.ContainsFunc(strings.Fields(a), func(id string) bool { return slices.Contains(r.Options, id) })
		if hit(a) != one {
			return Rule{}, false // it takes more than one of several
		}
	}
	return r, true
}

// bounds finds the one run of numbers that a rule names.
func (r Rule) bounds(answers []string, hit func(string) bool, named int) (Rule, bool) {
	first := slices.IndexFunc(answers, hit)
	for _, a := range answers[first : first+named] {
		if !hit(a) {
			return Rule{}, false
		}
	}
	r.From, r.To = r.Question.Min+first, r.Question.Min+first+named-1
	return r, true
}

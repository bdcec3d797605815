package xlsform

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/expression"
)

var (
	counted = regexp.MustCompile(`^\s*count-selected\(\s*\.\s*\)\s*(<=|<)\s*([0-9]{1,3})\s*$`)
	// plainBounds is made of comparisons of the answer with numbers and nothing else.
	plainBounds = regexp.MustCompile(`^(?:[\s.()]|and\b|or\b|not\b|<=?|>=?|!=|=|-?[0-9]+(?:\.[0-9]+)?)+$`)
)

// bounds are the least and the largest whole number that a constraint lets through, if it is true for all between and for
// no other.
func bounds(constraint string) (least, most int, ok bool) {
	e, err := expression.Parse(constraint)
	if err != nil || !e.UsesCurrent() || !plainBounds.MatchString(constraint) {
		return 0, 0, false
	}
	const far = 1_000_000_000
	tries := []int{-far, far}
	for _, f := range e.Numbers() {
		for _, f := range []float64{f, -f} { // a minus is not part of a number there
			if math.Abs(f) < far/2 {
				n := int(math.Floor(f))
				tries = append(tries, n-1, n, n+1, n+2)
			}
		}
	}
	slices.Sort(tries)
	least, most = math.MaxInt, math.MinInt
	runs, before := 0, false
	for _, n := range slices.Compact(tries) {
		holds := e.Holds(expression.Env{Current: strconv.Itoa(n)})
		if holds {
			least, most = min(least, n), max(most, n)
			if !before {
				runs++
			}
		}
		before = holds
	}
	return least, most, runs == 1 && least > -far && most < far
}

// rules checks what the conditions look at, and puts the document's own names into them.
func (r *reader) rules() {
	place := map[*asked]int{}
	n := 0
	for _, p := range r.parts {
		for _, q := range p.asked {
			place[q] = n
			n++
		}
	}
	seen := map[*group]bool{}
	n = 0
	for _, p := range r.parts {
		for _, g := range p.conds() {
			if !seen[g] {
				seen[g] = true
				r.rule(g.row, g.name, g.cond, n, place)
			}
		}
		for _, q := range p.asked {
			if q.grid != nil && q.cond != "" {
				if !seen[q.grid] {
					seen[q.grid] = true
					r.rule(q.grid.row, q.grid.name, q.cond, n, place)
				}
			} else {
				r.rule(q.row, q.name, q.cond, n, place)
			}
			n++
		}
	}
}

// rule checks one condition, of something that is asked at place number at.
func (r *reader) rule(row int, own, text string, at int, place map[*asked]int) {
	if text == "" {
		return
	}
	t := r.survey
	e, err := expression.Parse(text)
	var bad *expression.Error
	switch {
	case errors.As(err, &bad) && bad.Key == expression.UnknownFunction:
		r.report(t, row, "relevant", ruleFunction, "function", bad.Found)
		known := &r.problems[len(r.problems)-1]
		known.Message = strings.Replace(known.Message, "{known}", strings.Join(expression.Functions(), ", "), 1)
		return
	case err != nil:
		near := "its end"
		if rest := []rune(text); bad != nil && bad.Key != expression.Unfinished && bad.At <= len(rest) {
			near = "“" + string(rest[bad.At-1:min(bad.At+19, len(rest))]) + "”"
		}
		r.report(t, row, "relevant", ruleUnread, "expression", text, "near", near)
		return
	}
	for _, ref := range e.Refs() {
		n, ok := r.names[ref]
		switch {
		case !ok:
			r.report(t, row, "relevant", ruleNoQuestion, "ref", ref)
		case n.kind == "group":
			r.report(t, row, "relevant", ruleGroup, "ref", ref)
		case n.ask == nil:
			r.report(t, row, "relevant", ruleSilent, "ref", ref)
		case ref == own:
			r.report(t, row, "relevant", ruleItself, "ref", ref)
		case place[n.ask] >= at:
			r.report(t, row, "relevant", ruleLater, "ref", ref, "row", strconv.Itoa(n.row))
		}
	}
}

// toDocument puts the names of the document into a condition.
func (r *reader) toDocument(text string) string {
	e, err := expression.Parse(text)
	if err != nil || text == "" {
		return text
	}
	return e.Renamed(func(name string) string {
		if n := r.names[name]; n.ask != nil {
			return n.ask.id
		}
		return name
	}, func(question, answer string) string {
		if n := r.names[question]; n.ask != nil {
			return n.ask.list.optionID(answer)
		}
		return answer
	})
}

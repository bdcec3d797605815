package survey

import (
	"math"
	"slices"
	"strconv"

	"earshot/internal/ask/expression"
)

// A journey looks for one way through a survey that leads to a question: answers with which all that has to hold holds.
// Each earlier question on the way has its own rules, and may be left out by choice of topics or by chance; one that is
// not asked has no answer.
type journey struct {
	doc   Document
	goal  []expression.Expression            // all of them have to hold
	rules map[string][]expression.Expression // when each question that is looked at is asked; none of one that is missing
	order []Question                         // those that are looked at, as they are asked
	draws bool                               // topics and chance leave questions out
	at    Section                            // where the goal stands
	kind  bool                               // the goal is one of the questions that its section draws

	answers map[string][]string // that are tried
	part    bool                // not all that could be answered is tried
	steps   int                 // how many more are taken
	said    map[string]string
	topics  map[string]bool // sections of a choice: asked or not
	drawn   map[string]bool // questions of a section that asks some of its own: asked or not
}

// mostSteps is how many answers are laid one upon another at most to find out whether a question can ever be asked.
const mostSteps = 20_000

// found is what a search has found out.
type found int

const (
	never  found = iota
	unsure       // it would take too long to find out
	can
)

// canHold says whether a condition can hold, wherever it stands. It is true as well where that cannot be found out.
func (d Document) canHold(e expression.Expression) bool {
	return d.newJourney([]expression.Expression{e}, nil).search() != never
}

// newJourney looks at what the goal names; rules says when a question is asked, and is nil where only the goal counts.
func (d Document) newJourney(goal []expression.Expression, rules func(Question) []expression.Expression) *journey {
	j := &journey{doc: d, rules: map[string][]expression.Expression{}, answers: map[string][]string{}}
	for _, e := range goal {
		if joined, parts := e.Split(); joined == "and" {
			j.goal = append(j.goal, parts...)
		} else {
			j.goal = append(j.goal, e)
		}
	}
	open := slices.Clone(goal)
	all := slices.Clone(goal)
	seen := map[string]bool{}
	for len(open) > 0 {
		e := open[0]
		open = open[1:]
		for _, id := range e.Refs() {
			q, ok := d.Question(id)
			if seen[id] || !ok {
				continue
			}
			seen[id] = true
			if rules != nil {
				j.rules[id] = rules(q)
				open, all = append(open, j.rules[id]...), append(all, j.rules[id]...)
			}
		}
	}
	for _, q := range d.Questions() {
		if seen[q.ID] {
			j.order = append(j.order, q)
		}
	}
	for _, q := range j.order {
		j.answers[q.ID] = j.worthTrying(q, all)
	}
	return j
}

// worthTrying lists answers to a question of which one does whatever any other could do to the conditions.
func (j *journey) worthTrying(q Question, all []expression.Expression) []string {
	var use expression.Use
	for _, e := range all {
		u := e.Use(q.ID)
		use.Texts, use.Numbers = append(use.Texts, u.Texts...), append(use.Numbers, u.Numbers...)
		use.Others, use.Whole, use.Else = use.Others || u.Others, use.Whole || u.Whole, use.Else || u.Else
	}
	switch {
	case q.Type == TypeNumber && !use.Else:
		return j.around(q, all)
	case q.Type != TypeNumber && !use.Else && !use.Others && !(use.Whole && q.IsSeveral()):
		// Options that nothing names are all alike, and so are their sets.
		named, other := []Option{}, false
		for _, o := range q.Options {
			if is := slices.Contains(use.Texts, o.ID); is || !other {
				other = other || !is
				named = append(named, o)
			}
		}
		q.Options = named
	}
	answers, ok := q.everyAnswer()
	if !ok {
		j.part = true
		if q.Type == TypeNumber {
			return j.around(q, all)
		}
	}
	return answers
}

// around lists the numbers that can be answered next to those that conditions name, and the least and the most. As many on
// either side as there are numbers at all: so one can be more than another and still less than what both are compared with.
func (j *journey) around(q Question, all []expression.Expression) []string {
	near := []float64{float64(q.Min), float64(q.Max)}
	wide := 1.0
	for _, other := range j.order {
		if other.Type != TypeNumber {
			continue
		}
		for _, e := range all {
			u := e.Use(other.ID)
			near = append(near, u.Numbers...)
			if u.Others && other.ID != q.ID {
				near = append(near, float64(other.Min), float64(other.Max))
				wide++
			}
		}
	}
	var numbers []int
	for _, f := range near {
		for n := math.Floor(f) - wide; n <= math.Floor(f)+wide; n++ {
			if n >= float64(q.Min) && n <= float64(q.Max) {
				numbers = append(numbers, int(n))
			}
		}
	}
	slices.Sort(numbers)
	answers := []string{NoAnswer}
	for _, n := range slices.Compact(numbers) {
		answers = append(answers, strconv.Itoa(n))
	}
	return answers
}

// search finds out whether the goal can be reached.
func (j *journey) search() found {
	j.steps, j.said, j.topics, j.drawn = mostSteps, map[string]string{}, map[string]bool{}, map[string]bool{}
	if j.draws && j.at.Choice != "" {
		j.topics[j.at.ID] = true
	}
	switch {
	case j.holds(-1) && j.from(0):
		return can
	case j.steps <= 0 || j.part:
		return unsure
	}
	return never
}

// from tries the questions from one of the order on, with what was said before.
func (j *journey) from(i int) bool {
	if j.steps--; j.steps <= 0 {
		return false
	}
	if i == len(j.order) {
		return true
	}
	q := j.order[i]
	s, _ := j.doc.sectionOf(q.ID)
	if _, decided := j.topics[s.ID]; j.draws && s.Choice != "" && !decided {
		return j.decide(j.topics, s.ID, i, j.mayChoose)
	}
	if _, decided := j.drawn[q.ID]; j.draws && s.Ask > 0 && s.Ask < s.asks() && !decided {
		return j.decide(j.drawn, q.ID, i, j.mayDraw)
	}
	answers := j.answers[q.ID]
	if out, in := j.topics[s.ID], j.drawn[q.ID]; j.draws && (s.Choice != "" && !out || s.Ask > 0 && s.Ask < s.asks() && !in) || !j.all(j.rules[q.ID]) {
		answers = []string{NoAnswer} // it is not asked
	}
	for _, a := range answers {
		j.said[q.ID] = a
		if j.holds(i) && j.from(i+1) {
			return true
		}
	}
	delete(j.said, q.ID)
	return false
}

// decide tries both, what is asked and what is left out, where chance and choice allow it.
func (j *journey) decide(what map[string]bool, id string, i int, may func() bool) bool {
	for _, yes := range []bool{true, false} {
		what[id] = yes
		if may() && j.from(i) {
			return true
		}
	}
	delete(what, id)
	return false
}

// mayChoose says whether no more topics of a choice are asked, and no more left out, than the choice allows.
func (j *journey) mayChoose() bool {
	for _, ch := range j.doc.Choices {
		have, in, out := 0, 0, 0
		for _, s := range j.doc.Sections {
			if s.Choice != ch.ID {
				continue
			}
			have++
			if asked, decided := j.topics[s.ID]; asked {
				in++
			} else if decided {
				out++
			}
		}
		if in > ch.Pick+ch.Draw || out > have-ch.Pick-ch.Draw {
			return false
		}
	}
	return true
}

// mayDraw says the same of the questions of a section that asks some of them.
func (j *journey) mayDraw() bool {
	for _, s := range j.doc.Sections {
		in, out := 0, 0
		if j.kind && s.ID == j.at.ID {
			in = 1
		}
		for _, q := range s.Questions {
			if asked, decided := j.drawn[q.ID]; asked {
				in++
			} else if decided {
				out++
			}
		}
		if s.Ask > 0 && (in > s.Ask || out > s.asks()-s.Ask) {
			return false
		}
	}
	return true
}

// holds says whether what has to hold can still hold once the ith question is answered: each part of the goal is looked at
// as soon as all it names has been.
func (j *journey) holds(i int) bool {
	for _, e := range j.goal {
		last := -1
		for n, q := range j.order {
			if slices.Contains(e.Refs(), q.ID) {
				last = n
			}
		}
		if last == i && !j.all([]expression.Expression{e}) {
			return false
		}
	}
	return true
}

func (j *journey) all(list []expression.Expression) bool {
	env := expression.Env{Label: j.doc.label, Answer: func(id string) string { return j.said[id] }}
	return !slices.ContainsFunc(list, func(e expression.Expression) bool { return !e.Holds(env) })
}

// towards is a journey to a question of a section, or to the section itself where the question is none, with the rules of
// the questions before it but those of some.
func (d Document) towards(goal []expression.Expression, s Section, q Question, without ...string) *journey {
	j := d.newJourney(goal, func(by Question) []expression.Expression {
		if slices.Contains(without, by.ID) {
			return nil
		}
		return d.Conditions(by)
	})
	j.draws, j.at, j.kind = true, s, q.ID != "" && q.Type != TypeNote
	return j
}

package screen

import "slices"

// read finds the soonest tier among a list's phrases in a text, and what they are about.
func (l *list) read(text string) (Tier, []string) {
	n := l.weave(text)
	found := None
	var categories []string
	for _, p := range l.phrases {
		by := Sooner(p.tier, found)
		if by > 0 || by == 0 && slices.Contains(categories, p.category) || !l.holds(n, p) {
			continue
		}
		if by < 0 {
			found, categories = p.tier, nil
		}
		categories = append(categories, p.category)
	}
	if found == None && n.personal() {
		found = Personal
	}
	return found, categories
}

// holds says whether a phrase stands somewhere in a text.
func (l *list) holds(n net, p phrase) bool {
	for at := range n.ends {
		if slices.ContainsFunc(l.after(n, at, p.slots[0]), func(next int) bool { return l.goesOn(n, next, p.slots[1:]) }) {
			return true
		}
	}
	return false
}

func (l *list) goesOn(n net, at int, rest []slot) bool {
	if len(rest) == 0 {
		return true
	}
	from := []int{at}
	for gap := 0; ; gap++ {
		for _, knot := range from {
			for _, next := range l.after(n, knot, rest[0]) {
				if l.goesOn(n, next, rest[1:]) {
					return true
				}
			}
		}
		if gap == rest[0].gap {
			return false
		}
		from = n.past(from)
	}
}

// past are the knots one written word further on.
func (n net) past(from []int) (next []int) {
	for _, knot := range from {
		for _, w := range n.words[knot] {
			if w.base && !slices.Contains(next, w.to) {
				next = append(next, w.to)
			}
		}
	}
	return next
}

// after are the knots at which a slot's words may end that begin at a knot.
func (l *list) after(n net, at int, s slot) (ends []int) {
	for _, together := range s.words {
		knots := []int{at}
		for _, wanted := range together {
			var next []int
			for _, knot := range knots {
				for _, w := range n.words[knot] {
					if l.is(w.text, wanted) && !slices.Contains(next, w.to) {
						next = append(next, w.to)
					}
				}
			}
			knots = next
		}
		for _, knot := range knots {
			if !slices.Contains(ends, knot) {
				ends = append(ends, knot)
			}
		}
	}
	return ends
}

// Somebody who writes of themselves, or of what a person does and themselves, may be telling something.
var (
	oneself = []string{"me", "my", "myself", "mine", "im", "ive", "id", "ill"}
	people  = []string{"he", "she", "they", "him", "her", "someone", "somebody", "anyone", "nobody", "man", "woman", "boy", "girl", "guy", "dad", "mum", "mom", "stepdad", "stepmum", "uncle", "aunt", "auntie",
		"cousin", "brother", "sister", "grandad", "nan", "parents", "family", "boyfriend", "girlfriend", "friend", "friends", "teacher", "teachers", "sir", "miss", "coach"}
)

func (n net) personal() bool {
	has := func(list []string) bool {
		for _, words := range n.words {
			if slices.ContainsFunc(words, func(w word) bool { return w.base && slices.Contains(list, w.text) }) {
				return true
			}
		}
		return false
	}
	return has(oneself) || has([]string{"i"}) && has(people)
}

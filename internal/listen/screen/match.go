package screen

import "slices"

// read finds the soonest tier among a list's phrases in the words of a text, and what they are about. own: the text was written on a page in the
// list's language.
func (l *list) read(written []string, own bool) (Tier, []string) {
	n := l.weave(written)
	seen := l.seen(n)
	found := None
	var categories []string
	for _, p := range l.phrases {
		by := Sooner(p.tier, found)
		if p.own && !own || by > 0 || by == 0 && slices.Contains(categories, p.category) || !seen.may(p) || !l.holds(n, p) {
			continue
		}
		if by < 0 {
			found, categories = p.tier, nil
		}
		if p.tier != Personal {
			categories = append(categories, p.category)
		}
	}
	if found == None && l.personal != nil && l.personal(n) {
		found = Personal
	}
	return found, categories
}

// vocabulary are words of a list that stand in a text.
type vocabulary map[string]bool

func (l *list) seen(n net) vocabulary {
	v := vocabulary{}
	for _, words := range n.words {
		for _, w := range words {
			if l.words[w.text] {
				v[w.text] = true
			}
			for _, start := range l.starting(w.text) {
				v[start+"*"] = true
			}
		}
	}
	return v
}

// may says whether all words that a phrase needs stand in the text, wherever.
func (v vocabulary) may(p phrase) bool {
	return !slices.ContainsFunc(p.slots, func(s slot) bool {
		return !slices.ContainsFunc(s.words, func(together []string) bool {
			return !slices.ContainsFunc(together, func(word string) bool { return !v[word] })
		})
	})
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

// Somebody who writes of themselves in English, or of what a person does and themselves, may be telling something. The other lists have
// phrases for that, which stand for pages in their language alone: words this short are other words elsewhere.
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

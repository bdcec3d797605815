package web_test

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/show/result"
)

// fact is a number that was read somewhere: how many people of a group, or of a part of the school, are in a set of answers
// to one question.
type fact struct {
	question string
	group    string // a unit, or a part as "self:g"
	less     string // a unit that is taken away from it; empty for none
	option   int    // of a question with several choices, the one that is counted; else -1
	set      uint64 // of places: options, then no answer, then not asked; of several choices: chosen, not chosen, no answer
	value    int
}

// table is how the answers to one question are spread over atoms: cell, description, pace, place.
type atoms struct {
	a             *asked
	cells         []string
	sides         func(survey.Answers) int
	sideIDs       []string
	places        int
	counts        []int
	place         func(survey.Answers) int
	zero          []bool
	rows          [][]uint64 // reduced, over the integers modulo a prime
	pivots        []int
	cellsOf, side []int
	pace, at      []int
}

// newAtoms spreads the answers. A prime field stands for the rationals: what is a combination over these is one over that,
// but for primes that divide a determinant, and 2^61-1 divides none that comes up here.
func newAtoms(a *asked, q survey.Question, option int, split *result.Split) *atoms {
	t := &atoms{a: a, cells: a.cells(a.rel.School().Unit), sideIDs: []string{"all"}, sides: func(survey.Answers) int { return 0 }}
	if split != nil {
		by, _ := a.doc.Question(split.Question)
		t.sideIDs = nil
		for _, p := range split.Parts {
			t.sideIDs = append(t.sideIDs, p.ID)
		}
		t.sides = func(said survey.Answers) int { return slices.Index(t.sideIDs, sideOf(by, split, said)) }
	}
	k := len(q.Options)
	t.places = k + 2
	t.place = func(said survey.Answers) int {
		answer := said[q.ID]
		switch chosen := q.Counted(answer); {
		case answer.State == survey.NotAsked || answer.State == survey.NotRelevant:
			return t.places - 1
		case option >= 0 && answer.State != survey.Answered:
			return 2
		case option >= 0 && slices.Contains(chosen, q.Options[option].ID):
			return 0
		case option >= 0:
			return 1
		case len(chosen) == 0:
			return k
		default:
			return slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.ID == chosen[0] })
		}
	}
	if option >= 0 {
		t.places = 4
	}
	width := len(t.cells) * len(t.sideIDs) * 2 * t.places
	t.counts, t.zero = make([]int, width), make([]bool, width)
	for i := range width {
		rest := i / t.places
		t.at, t.pace = append(t.at, i%t.places), append(t.pace, rest%2)
		t.side, t.cellsOf = append(t.side, rest/2%len(t.sideIDs)), append(t.cellsOf, rest/2/len(t.sideIDs))
	}
	for c, cell := range t.cells {
		for i, said := range a.said[cell] {
			pace := 0
			if a.fast[cell][i] {
				pace = 1
			}
			t.counts[((c*len(t.sideIDs)+t.sides(said))*2+pace)*t.places+t.place(said)]++
		}
	}
	return t
}

// sideOf is the part of a split that somebody is in.
func sideOf(by survey.Question, split *result.Split, said survey.Answers) string {
	for _, id := range by.Counted(said[by.ID]) {
		part := id
		if split.Kind == result.SplitOutcome {
			part = ""
			if by.IsFavourable(id) {
				part = result.PartFavourable
			}
		}
		if part != "" && slices.ContainsFunc(split.Parts, func(p result.Part) bool { return p.ID == part }) {
			return part
		}
	}
	return result.PartOther
}

// columns of a fact.
func (t *atoms) columns(f fact) []uint64 {
	v := make([]uint64, len(t.counts))
	t.mark(v, f.group, f.set, 1)
	if f.less != "" {
		t.mark(v, f.less, f.set, prime-1)
	}
	return v
}

func (t *atoms) mark(v []uint64, group string, set uint64, by uint64) {
	in := t.a.cells(group)
	for i := range v {
		if set>>t.at[i]&1 == 0 {
			continue
		}
		yes := slices.Contains(in, t.cells[t.cellsOf[i]])
		switch group {
		case "pace:" + result.PartUsual:
			yes = t.pace[i] == 0
		case "pace:" + result.PartFast:
			yes = t.pace[i] == 1
		default:
			yes = yes || group == "side:"+t.sideIDs[t.side[i]]
		}
		if yes {
			v[i] = (v[i] + by) % prime
		}
	}
}

// total is what a fact is in truth.
func (t *atoms) total(f fact) int {
	sum := 0
	for i, x := range t.columns(f) {
		switch x {
		case 1:
			sum += t.counts[i]
		case prime - 1:
			sum -= t.counts[i]
		}
	}
	return sum
}

// learn takes in what was read, and what somebody has who counted heads: the size of every cell, and of every description
// in it. Where a sum is none, nobody is in any part of it.
func (t *atoms) learn(facts []fact) {
	for _, f := range facts {
		if f.value == 0 {
			for i, x := range t.columns(f) {
				t.zero[i] = t.zero[i] || x == 1
			}
		}
	}
	for i := range t.counts {
		if t.at[i] == 0 && t.pace[i] == 0 {
			v := make([]uint64, len(t.counts))
			for j := range v {
				if t.cellsOf[j] == t.cellsOf[i] && t.side[j] == t.side[i] {
					v[j] = 1
				}
			}
			t.add(v)
		}
	}
	for _, f := range facts {
		t.add(t.columns(f))
	}
}

const prime = 1<<61 - 1

func mulmod(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	_, rest := bits.Div64(hi, lo, prime)
	return rest
}

func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = mulmod(out, a)
		}
		a = mulmod(a, a)
	}
	return out
}

// reduce takes from v all that is known already.
func (t *atoms) reduce(v []uint64) (pivot int) {
	for i := range v {
		if t.zero[i] {
			v[i] = 0
		}
	}
	for r, row := range t.rows {
		if f := v[t.pivots[r]]; f != 0 {
			for j, x := range row {
				if x != 0 {
					v[j] = (v[j] + prime - mulmod(f, x)) % prime
				}
			}
		}
	}
	return slices.IndexFunc(v, func(x uint64) bool { return x != 0 })
}

func (t *atoms) add(v []uint64) {
	pivot := t.reduce(v)
	if pivot < 0 {
		return
	}
	scale := inverse(v[pivot])
	for j := range v {
		v[j] = mulmod(v[j], scale)
	}
	t.rows, t.pivots = append(t.rows, v), append(t.pivots, pivot)
}

// knows says whether a number follows from what was learnt: whether its columns are a sum of multiples of the others'.
func (t *atoms) knows(v []uint64) bool { return t.reduce(v) < 0 }

// someone says whether a set has anybody in it that could be: not only atoms that are known to be empty.
func (t *atoms) someone(v []uint64) bool {
	for i, x := range v {
		if x != 0 && !t.zero[i] {
			return true
		}
	}
	return false
}

// givesAway lists the sets of answers that one or two people of a cell chose, or of those in it who describe themselves
// alike, which follow from what was read.
func (t *atoms) givesAway() (found []string) {
	all := uint64(1)<<t.places - 1
	for c, cell := range t.cells {
		for side := -1; side < len(t.sideIDs); side++ {
			if side == 0 && len(t.sideIDs) == 1 {
				break
			}
			for set := uint64(1); set < all; set++ {
				v, n := make([]uint64, len(t.counts)), 0
				for i := range v {
					if t.cellsOf[i] == c && (side < 0 || t.side[i] == side) && set>>t.at[i]&1 == 1 {
						v[i], n = 1, n+t.counts[i]
					}
				}
				if (n == 1 || n == 2) && t.partial(c, side, set) && t.knows(v) {
					found = append(found, fmt.Sprintf("%d of cell %s, side %d, answers %b", n, cell, side, set))
				}
			}
		}
	}
	return found
}

// partial says that some answer outside the set may have been chosen: else the set is everybody, whose number is no secret.
func (t *atoms) partial(cell, side int, set uint64) bool {
	for i := range t.counts {
		if t.cellsOf[i] == cell && (side < 0 || t.side[i] == side) && set>>t.at[i]&1 == 0 && !t.zero[i] {
			return true
		}
	}
	return false
}

// The machinery finds what it is there to find.
func TestSpanFindsWhatFollows(t *testing.T) {
	q := survey.Question{ID: "q", Options: []survey.Option{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	a := &asked{said: map[string][]survey.Answers{}, fast: map[string][]bool{}}
	for unit, counts := range map[string][3]int{"7A": {1, 9, 10}, "7B": {3, 7, 8}, "7C": {4, 9, 9}} {
		for o, n := range counts {
			for range n {
				a.said[unit] = append(a.said[unit], survey.Answers{"q": {State: survey.Answered, Options: []string{q.Options[o].ID}}})
				a.fast[unit] = append(a.fast[unit], false)
			}
		}
	}
	a.units = append(a.units, unitOf("school", "", "school"), unitOf("y7", "school", "year"), unitOf("7A", "y7", "form"), unitOf("7B", "y7", "form"), unitOf("7C", "y7", "form"))
	a.rel.Groups = []result.Group{{Unit: "school", Kind: "school"}}
	year, b, c := fact{"q", "y7", "", -1, 1, 8}, fact{"q", "7B", "", -1, 1, 3}, fact{"q", "7C", "", -1, 1, 4}
	folded := fact{"q", "7A", "", -1, 3, 10}
	for name, tc := range map[string]struct {
		facts []fact
		leaks bool
	}{"the year and two of three": {[]fact{year, b, c, folded}, true}, "the year and one of three": {[]fact{year, b, folded}, false},
		"the rest of the year": {[]fact{{"q", "y7", "7A", -1, 1, 7}, year}, true}} {
		at := newAtoms(a, q, -1, nil)
		for _, f := range tc.facts {
			if got := at.total(f); got != f.value {
				t.Errorf("%s: %+v is %d", name, f, got)
			}
		}
		at.learn(tc.facts)
		if found := at.givesAway(); len(found) > 0 != tc.leaks {
			t.Errorf("%s: %v", name, found)
		}
	}
}

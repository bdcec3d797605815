package disclosure

// Group is a set of people whose answers may be shown together: a school, a year,
// a class, the girls of a year.
type Group struct {
	Key   string // the caller's name for it; not looked at
	Atoms []int  // the cells it is made of, as indices into the counts
	// Min is the group's own least number where that is larger than the one for
	// everybody: 10 for a group by flag or self-description. It also holds for the
	// difference to every group that contains it or that it contains.
	Min int
	// Wide marks a school or a year: What serves these first.
	Wide bool
}

// Reason says why a group is shown or hidden. It is for the audit trail and for
// staff who tend the rules, never for a reader: the reason for hiding can itself
// give away a number.
type Reason int

const (
	// None: shown, with information of its own.
	None Reason = iota
	// Implied: shown, and could have been computed from what was shown before it.
	Implied
	// Primary: hidden, because it has too few people itself.
	Primary
	// Complementary: hidden, because with the others it would give away a few people.
	Complementary
	// Empty: nobody answered; say so.
	Empty
)

// Verdict is whether one group may be shown.
type Verdict struct {
	Shown  bool
	Reason Reason
}

// Who decides which groups may be shown, so that no union of atoms with 1..k-1
// people can be computed from the shown groups by any sums and differences.
//
// counts has the people of each atom. groups are in order of priority: an early
// one survives, a later one that would give somebody away is hidden. Verdicts come
// in the same order. The outcome is maximal (no group hidden as Complementary
// could be added) and depends on nothing but the arguments.
//
// For k up to 5 all unions are searched. Above, unions of up to four atoms are,
// and for larger ones every listed group below its least number and every
// difference of nested listed groups below theirs. Those two are also kept out of
// reach, at Min, for any group with a Min above k.
//
// Negative counts are taken as zero, atoms outside counts and repeated ones are
// ignored. With each atom one teacher, count 1 and k = 3 it serves a leader's sums
// over teachers.
func Who(counts []int, groups []Group, k int) []Verdict {
	a := newWhoAudit(counts, groups, k)
	verdicts := make([]Verdict, len(groups))
	for g := range groups {
		if a.size[g] == 0 {
			verdicts[g] = Verdict{Reason: Empty}
			continue
		}
		if a.size[g] < a.least[g] {
			verdicts[g] = Verdict{Reason: Primary}
			continue
		}
		rest, pivot := a.span.reduce(a.vector(g))
		if pivot < 0 {
			verdicts[g] = Verdict{Shown: true, Reason: Implied}
			continue
		}
		before := a.span.clone()
		a.span.insert(rest, pivot)
		if a.leaks() {
			a.span = before
			verdicts[g] = Verdict{Reason: Complementary}
			continue
		}
		verdicts[g] = Verdict{Shown: true}
	}
	return verdicts
}

// whoAudit holds the atoms that have anybody in them (who is not there cannot be
// given away, and whoever knows that an atom is empty can leave it out too).
type whoAudit struct {
	k       int
	counts  []int
	members [][]int // of each group, as columns
	size    []int
	least   []int
	small   []int    // columns with fewer than k people
	too     []int    // listed groups below their least number
	nested  [][2]int // listed groups, outer and inner, that differ by too few
	span    *span
}

func newWhoAudit(counts []int, groups []Group, k int) *whoAudit {
	a := &whoAudit{k: k}
	column := make([]int, len(counts))
	for atom, n := range counts {
		column[atom] = -1
		if n > 0 {
			column[atom] = len(a.counts)
			if n < k {
				a.small = append(a.small, len(a.counts))
			}
			a.counts = append(a.counts, n)
		}
	}
	a.span = &span{width: len(a.counts)}
	has := make([][]bool, len(groups))
	for g, group := range groups {
		has[g] = make([]bool, len(a.counts))
		var members []int
		size := 0
		for _, atom := range group.Atoms {
			if atom < 0 || atom >= len(counts) || column[atom] < 0 || has[g][column[atom]] {
				continue
			}
			has[g][column[atom]] = true
			members = append(members, column[atom])
			size += counts[atom]
		}
		a.members, a.size = append(a.members, members), append(a.size, size)
		a.least = append(a.least, max(k, group.Min))
		if size > 0 && size < a.least[g] {
			a.too = append(a.too, g)
		}
	}
	for inner := range groups {
		for outer := range groups {
			differ := a.size[outer] - a.size[inner]
			if a.size[inner] == 0 || differ <= 0 || differ >= max(a.least[inner], a.least[outer]) {
				continue
			}
			within := true
			for _, c := range a.members[inner] {
				within = within && has[outer][c]
			}
			if within {
				a.nested = append(a.nested, [2]int{outer, inner})
			}
		}
	}
	return a
}

func (a *whoAudit) vector(g int) []uint64 {
	v := make([]uint64, len(a.counts))
	for _, c := range a.members[g] {
		v[c] = 1
	}
	return v
}

// leaks tells whether a protected set can be computed from the span.
func (a *whoAudit) leaks() bool {
	values := a.span.values()
	sums := make([]uint64, len(a.members))
	for g, members := range a.members {
		for _, c := range members {
			sums[g] = add(sums[g], values[c])
		}
	}
	for _, g := range a.too {
		if sums[g] == 0 {
			return true
		}
	}
	for _, pair := range a.nested {
		if sums[pair[0]] == sums[pair[1]] {
			return true
		}
	}
	return a.unionLeaks(values)
}

type pair struct {
	people, i, j int
	sum          uint64
}

// unionLeaks searches the unions of one to four small atoms with fewer than k
// people: singles by a sum of zero, the others by looking up what is missing to
// zero. Atoms are only ever combined upwards, so that none is used twice.
func (a *whoAudit) unionLeaks(values []uint64) bool {
	single := make(map[uint64][]int, len(a.small))
	for _, c := range a.small {
		if values[c] == 0 {
			return true
		}
		single[values[c]] = append(single[values[c]], c)
	}
	var pairs []pair // that leave room for two more atoms
	for x, i := range a.small {
		for _, j := range a.small[x+1:] {
			p := pair{a.counts[i] + a.counts[j], i, j, add(values[i], values[j])}
			if p.people >= a.k {
				continue
			}
			if p.sum == 0 {
				return true
			}
			for _, c := range single[sub(0, p.sum)] {
				if c != i && c != j && p.people+a.counts[c] < a.k {
					return true
				}
			}
			if p.people+2 < a.k {
				pairs = append(pairs, p)
			}
		}
	}
	if len(pairs) < 2 {
		return false
	}
	return quadrupleLeaks(pairs, a.k)
}

func quadrupleLeaks(pairs []pair, k int) bool {
	bits := 1
	for 1<<bits < 2*len(pairs) {
		bits++
	}
	heads, next := make([]int32, 1<<bits), make([]int32, len(pairs)) // chains; 0 ends one
	slot := func(sum uint64) uint64 { return sum * 0x9e3779b97f4a7c15 >> (64 - bits) }
	for n, p := range pairs {
		for m := heads[slot(sub(0, p.sum))]; m > 0; m = next[m-1] {
			q := pairs[m-1]
			if add(p.sum, q.sum) == 0 && p.people+q.people < k && p.i != q.i && p.i != q.j && p.j != q.i && p.j != q.j {
				return true
			}
		}
		s := slot(p.sum)
		next[n], heads[s] = heads[s], int32(n+1)
	}
	return false
}

package disclosure

import (
	"math/bits"
	"sort"
)

// secret is a set of options chosen by fewer than `least` people of a class, a
// year or a cell: what nobody may find out.
//
// It is safe as long as there is another table of counts, whole and not negative,
// that agrees with everything published and in which the set has nobody, or least
// and more. The secret carries such a table as its alibi, as changes to the real
// one. A published number that the alibi contradicts is published only if another
// alibi can be found.
type secret struct {
	cells []int
	has   []bool
	set   columns
	total int
	avoid columns // columns that nobody of these cells is in: a reader may know that
	alibi []change
}

// change is `by` people more in a column of a cell.
type change struct{ cell, column, by int }

// manyColumns with few people make too many sets to hold an alibi for each. Beyond,
// sets of more than two options are left out; none of those has one or two people,
// so that this matters only to a school that raised the least number for a bar.
const manyColumns = 10

// findSecrets lists the protected sets of every group and of every cell.
func (a *audit) findSecrets() {
	seen := map[string]bool{}
	owner := func(cells []int) {
		key := make([]byte, 0, 2*len(cells))
		for _, c := range cells {
			key = append(key, byte(c>>16), byte(c>>8), byte(c))
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			a.addSecrets(cells)
		}
	}
	for _, l := range a.groups {
		owner(l.cells)
	}
	for cell := range a.counts {
		owner([]int{cell})
	}
	for _, s := range a.secrets {
		// With only group sizes published there is always a way; should there be
		// none, the alibi stays empty and anything more about it is refused.
		s.alibi, _ = a.findAlibi(s)
	}
}

func (a *audit) addSecrets(cells []int) {
	has := make([]bool, len(a.counts))
	totals := make([]int, a.columns)
	for _, cell := range cells {
		has[cell] = true
		for c, n := range a.counts[cell] {
			totals[c] += n
		}
	}
	people := 0
	var small []int
	zeros := columns(0)
	for c, n := range totals {
		people += n
		switch {
		case n == 0:
			zeros |= 1 << c
		case n < a.least:
			small = append(small, c)
		}
	}
	sort.SliceStable(small, func(i, j int) bool { return totals[small[i]] < totals[small[j]] })
	most := len(small)
	if len(small) > manyColumns {
		most = 2
	}
	var pick func(from, total int, set columns)
	pick = func(from, total int, set columns) {
		if bits.OnesCount32(uint32(set)) > most {
			return
		}
		if total == people && total > 0 {
			a.addWhole(cells, has, set, zeros, total)
		} else if total > 0 {
			// The alibi keeps to columns that have somebody, so it serves the set
			// with any empty columns added just as well.
			a.secrets = append(a.secrets, &secret{cells: cells, has: has, set: set, total: total, avoid: zeros})
		}
		for i := from; i < len(small) && total+totals[small[i]] < a.least; i++ {
			pick(i+1, total+totals[small[i]], set|1<<small[i])
		}
	}
	pick(0, 0, 0)
}

// addWhole protects the answers of a cell so small that they are all of it: here
// the alibi must lead to an empty column, so each choice of those is a set of its
// own. With many empty columns, those with none, one, or all but one stand for all.
func (a *audit) addWhole(cells []int, has []bool, set, zeros columns, total int) {
	list := zeros.list()
	add := func(more columns) {
		if more != zeros {
			a.secrets = append(a.secrets, &secret{cells: cells, has: has, set: set | more, total: total})
		}
	}
	if len(list) > 6 {
		add(0)
		for _, c := range list {
			add(1 << c)
			add(zeros &^ (1 << c))
		}
		return
	}
	for more := columns(0); ; more = (more - zeros) & zeros {
		add(more)
		if more == zeros {
			return
		}
	}
}

// stillSafe checks all secrets after something new was published of group g. It
// keeps the new alibis only if every secret has one.
func (a *audit) stillSafe(g int) bool {
	var renewed []*secret
	var alibis [][]change
	for _, s := range a.secrets {
		if len(s.alibi) > 0 && a.agrees(g, s.alibi) {
			continue
		}
		alibi, ok := a.findAlibi(s)
		if !ok {
			return false
		}
		renewed, alibis = append(renewed, s), append(alibis, alibi)
	}
	for i, s := range renewed {
		s.alibi = alibis[i]
	}
	return true
}

// agrees tells whether a changed table gives the same published figures of group g.
func (a *audit) agrees(g int, changes []change) bool {
	l := a.groups[g]
	for _, b := range l.blocks {
		moved := 0
		for _, c := range changes {
			if l.has[c.cell] && b.has(c.column) {
				moved += c.by
			}
		}
		if moved != 0 {
			return false
		}
	}
	return a.withinBand(l, changes)
}

func (a *audit) withinBand(l *layout, changes []change) bool {
	if l.band == nil {
		return true
	}
	n := l.total(l.band.set)
	for _, c := range changes {
		if l.has[c.cell] && l.band.set.has(c.column) {
			n += c.by
		}
	}
	return n >= l.band.low && n <= l.band.high
}

package intruder

import (
	"fmt"
	"slices"

	"earshot/internal/ask/survey"
	"earshot/internal/show/result"
)

// figure is a number that was read, or follows from such: how many people of some groups, or of one side of the school, gave one of some answers.
type figure struct {
	groups []int // places among the groups with answers
	side   int   // of the register; -1 for all
	set    uint64
	value  float64
	exact  bool
}

// table is what somebody thinks that girls and others of each group said to one question: people by group, side and answer,
// of which the last is none.
type table struct {
	sizes  [][2]int // of each group: girls, and all others, who answered
	wide   int
	people [][2][]float64
}

func newTable(sizes [][2]int, options int) *table {
	t := &table{sizes: sizes, wide: options + 1, people: make([][2][]float64, len(sizes))}
	for g, size := range sizes {
		for side, n := range size {
			t.people[g][side] = make([]float64, t.wide)
			for o := range t.wide {
				t.people[g][side][o] = float64(n) / float64(t.wide)
			}
		}
	}
	return t
}

// lean begins from another table of the same shape, by half: what people said once they may say again.
func (t *table) lean(on *table) {
	for g := range t.people {
		for side, n := range t.sizes[g] {
			for o := range t.wide {
				t.people[g][side][o] = (t.people[g][side][o] + on.people[g][side][o]*float64(n)/max(1, float64(on.sizes[g][side]))) / 2
			}
		}
	}
}

// rounds of fitting are enough for tables of this size to settle.
const fitting = 60

// fit makes the table agree with what was read, changing it as little as can be.
func (t *table) fit(read []figure) {
	read = differences(read)
	for range fitting {
		for _, f := range read {
			sum := t.sum(f)
			if sum <= 0 {
				continue
			}
			t.scale(f, f.value/sum)
		}
		for g, size := range t.sizes {
			for side, n := range size {
				whole := figure{groups: []int{g}, side: side, set: 1<<t.wide - 1, value: float64(n)}
				if sum := t.sum(whole); sum > 0 {
					t.scale(whole, whole.value/sum)
				}
			}
		}
	}
}

func (t *table) each(f figure, do func(g, side, o int)) {
	for _, g := range f.groups {
		for side := range 2 {
			if f.side >= 0 && f.side != side {
				continue
			}
			for o := range t.wide {
				if f.set>>o&1 == 1 {
					do(g, side, o)
				}
			}
		}
	}
}

func (t *table) sum(f figure) (sum float64) {
	t.each(f, func(g, side, o int) { sum += t.people[g][side][o] })
	return sum
}

func (t *table) scale(f figure, by float64) {
	t.each(f, func(g, side, o int) { t.people[g][side][o] *= by })
}

// chance is how likely somebody on a side of a group gave each answer.
func (t *table) chance(g, side int) []float64 {
	n := max(1, float64(t.sizes[g][side]))
	list := make([]float64, t.wide)
	for o := range list {
		list[o] = t.people[g][side][o] / n
	}
	return list
}

// best is the likeliest answer, no answer left out.
func best(chance []float64) int {
	at := 0
	for o := range chance[:len(chance)-1] {
		if chance[o] > chance[at]+1e-9 {
			at = o
		}
	}
	return at
}

// differences adds to what was read what follows by taking one figure from another: a group from a larger one with the same
// answers, and answers from more answers of the same group.
func differences(read []figure) []figure {
	key := func(f figure) string { return fmt.Sprint(f.groups, f.side, f.set) }
	known := map[string]bool{}
	all := slices.Clone(read)
	for i := range all {
		all[i].groups = slices.Sorted(slices.Values(all[i].groups))
		known[key(all[i])] = true
	}
	const most = 1500 // enough for a school of 900
	for i := 0; i < len(all) && len(all) < most; i++ {
		for j := range i {
			for _, pair := range [][2]figure{{all[i], all[j]}, {all[j], all[i]}} {
				big, small := pair[0], pair[1]
				rest := figure{groups: big.groups, side: big.side, set: big.set, value: big.value - small.value, exact: true}
				switch {
				case !big.exact || !small.exact || big.side != small.side:
					continue
				case big.set == small.set && len(small.groups) < len(big.groups) && within(small.groups, big.groups):
					rest.groups = slices.DeleteFunc(slices.Clone(big.groups), func(g int) bool { return slices.Contains(small.groups, g) })
				case slices.Equal(big.groups, small.groups) && big.set != small.set && big.set&small.set == small.set:
					rest.set = big.set &^ small.set
				default:
					continue
				}
				if k := key(rest); !known[k] {
					known[k] = true
					all = append(all, rest)
				}
			}
		}
	}
	return all
}

func within(small, big []int) bool {
	for _, g := range small {
		if !slices.Contains(big, g) {
			return false
		}
	}
	return true
}

// pinned counts what follows for certain: the sets of answers, one answer or all but one, that one or two people of a group
// gave, or of one side of it. Counts are whole and not below zero, and each figure bounds what is in it by what is left.
func (t *table) pinned(read []figure) (sure int) {
	read = slices.Clone(read) // what is added stays here
	type cell struct{ low, high int }
	cells := make([][2][]cell, len(t.sizes))
	for g, size := range t.sizes {
		for side, n := range size {
			cells[g][side] = make([]cell, t.wide)
			for o := range t.wide {
				cells[g][side][o].high = n
			}
			read = append(read, figure{groups: []int{g}, side: side, set: 1<<t.wide - 1, value: float64(n), exact: true})
		}
		read = append(read, figure{groups: []int{g}, side: -1, set: 1<<t.wide - 1, value: float64(size[0] + size[1]), exact: true})
	}
	read = differences(read)
	bounds := func(f figure) (low, high int) {
		t.each(f, func(g, side, o int) { low, high = low+cells[g][side][o].low, high+cells[g][side][o].high })
		return
	}
	for changed := true; changed; {
		changed = false
		for _, f := range read {
			if !f.exact {
				continue
			}
			low, high := bounds(f)
			t.each(f, func(g, side, o int) {
				c := &cells[g][side][o]
				if most := int(f.value) - low + c.low; most < c.high {
					c.high, changed = most, true
				}
				if least := int(f.value) - high + c.high; least > c.low {
					c.low, changed = least, true
				}
			})
			if changed {
				break // the sums are others now
			}
		}
	}
	for g := range t.sizes {
		for side := -1; side < 2; side++ {
			for o := range t.wide {
				for _, set := range []uint64{1 << o, 1<<t.wide - 1 - 1<<o} {
					target := figure{groups: []int{g}, side: side, set: set}
					low, high := bounds(target)
					for _, f := range read {
						if f.exact && f.side == side && f.set == set && slices.Equal(f.groups, target.groups) {
							low, high = int(f.value), int(f.value)
						}
					}
					if low == high && (low == 1 || low == 2) {
						sure++
					}
				}
			}
		}
	}
	return sure
}

// reading turns what a reader sees of a question into figures. in are the places of the groups inside each unit that has
// answers. own keeps to the units named; nil is all.
func reading(view result.Viewed, id string, doc survey.Document, in map[string][]int, own []string) (read []figure) {
	everybody := in[view.School().Unit]
	for _, q := range view.Questions {
		if q.ID != id {
			continue
		}
		for _, row := range q.Rows {
			if own == nil || slices.Contains(own, row.Unit) {
				read = append(read, ofRow(q, row, in[row.Unit])...)
			}
		}
	}
	for _, split := range view.Splits {
		if split.Kind == result.SplitFlag && own == nil {
			// The list that parts the school is the register itself, so this number is exact.
			for _, row := range split.Rows {
				if q, ok := doc.Question(id); ok && row.Question == id && row.Shares[0] != nil {
					read = append(read, figure{groups: everybody, side: 0, set: favourable(q), value: float64(row.Shares[0].Share.X), exact: true})
				}
			}
			continue
		}
		by, ok := doc.Question(split.Question)
		if !ok || own != nil || !by.DescribesOneself {
			continue
		}
		for _, row := range split.Rows {
			for i, p := range row.Shares {
				// Who says to be a girl is one on the register, as far as the intruder knows; all others are the rest.
				if row.Question == id && p != nil && (split.Parts[i].ID == by.Options[0].ID) {
					q, _ := doc.Question(id)
					read = append(read, figure{groups: everybody, side: 0, set: favourable(q), value: float64(p.Share.X)})
				}
			}
		}
	}
	return read
}

func favourable(q survey.Question) (set uint64) {
	for o, option := range q.Options {
		if q.IsFavourable(option.ID) {
			set |= 1 << o
		}
	}
	return set
}

// ofRow are the bars, shares and bands of one row.
func ofRow(q result.Question, row result.Row, groups []int) (read []figure) {
	if row.Hidden || len(groups) == 0 {
		return nil
	}
	add := func(set uint64, value float64, exact bool) {
		read = append(read, figure{groups, -1, set, value, exact})
	}
	silent := uint64(1) << len(q.Options)
	var good, valid uint64
	for o, option := range q.Options {
		if option.Favourable {
			good |= 1 << o
		}
		if !option.Missing {
			valid |= 1 << o
		}
	}
	for _, b := range row.Bars {
		set := uint64(0)
		for _, o := range b.Options {
			set |= 1 << o
		}
		if b.NoAnswer {
			set |= silent
		}
		add(set, float64(b.Count), true)
	}
	if row.NoAnswer != nil {
		add(silent, float64(*row.NoAnswer), true)
	}
	if s := row.Share; s != nil {
		add(good, float64(s.X), true)
		if !s.OfAll {
			add(valid, float64(s.N), true)
		}
	}
	if b := row.Band; b != nil {
		set := uint64(0)
		for _, o := range b.Options {
			set |= 1 << o
		}
		add(set, float64(b.N*(b.Low+b.High))/200, false)
	}
	return read
}

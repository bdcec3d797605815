package disclosure

import "math/bits"

// How far the search for an alibi goes. Giving up early costs a bar, never a
// secret.
const (
	mostMoves  = 6
	mostStates = 3000
)

// move lets one person of a cell have chosen `to` instead of `from`; sizes of
// cells and groups stay as they are.
type move struct{ cell, from, to int }

// debt is how many too many (or too few) a published block has got by moves.
type debt struct{ group, block, excess int }

// state is a chain of moves and the debts it has left.
type state struct {
	parent *state
	move   move
	depth  int
	debts  []debt
	gained int // by the secret's set
}

// findAlibi looks for a table in which the secret's set has nobody, or `least` and
// more, trying the nearer of the two first.
func (a *audit) findAlibi(s *secret) ([]change, bool) {
	directions := [2]int{1, -1}
	if s.total <= a.least-s.total {
		directions = [2]int{-1, 1}
	}
	for _, direction := range directions {
		var changes []change
		total := s.total
		for total > 0 && total < a.least {
			more, gained := a.step(s, direction, changes)
			if gained == 0 {
				break
			}
			changes = merge(changes, more)
			total += gained
		}
		if total == 0 || total >= a.least {
			return changes, true
		}
	}
	return nil, false
}

// step finds moves that leave every published figure as it was and change the
// secret's total in one direction. It searches breadth first over chains of moves,
// each undoing a debt of those before: 7A's one "never" says "rarely" instead, so
// somebody in 7B must say "never" instead of "rarely", and so on.
func (a *audit) step(s *secret, direction int, changes []change) (found []change, gained int) {
	now := func(at *state, cell, column int) int {
		n := a.counts[cell][column]
		for _, c := range changes {
			if c.cell == cell && c.column == column {
				n += c.by
			}
		}
		for ; at.parent != nil; at = at.parent {
			if at.move.cell == cell {
				if at.move.from == column {
					n--
				}
				if at.move.to == column {
					n++
				}
			}
		}
		return n
	}
	visited := map[uint64]bool{}
	queue := make([]*state, 0, 64)
	// extend adds the moves of a cell from one set of columns to another; it says
	// whether the last one added settles everything.
	extend := func(at *state, cell int, from, to columns) *state {
		if s.has[cell] {
			to &^= s.avoid
		}
		for _, f := range from.list() {
			if now(at, cell, f) <= 0 {
				continue
			}
			reach := to &^ (1 << f)
			for _, g := range a.alone[cell] {
				// What leaves a published block of a cell must come back to it, so
				// moves between two such blocks come to the same as moves within.
				reach &= a.groups[g].blocks[a.groups[g].block(f)]
			}
			for rest := reach; rest != 0; rest &= rest - 1 {
				t := bits.TrailingZeros32(uint32(rest))
				next := &state{parent: at, move: move{cell, f, t}, depth: at.depth + 1, gained: at.gained}
				if s.has[cell] {
					if s.set.has(f) {
						next.gained--
					}
					if s.set.has(t) {
						next.gained++
					}
				}
				next.debts = a.debts(at.debts, next.move)
				if len(next.debts) == 0 && next.gained*direction > 0 {
					if more := next.changes(); a.withinBands(merge(changes, more)) {
						found, gained = more, next.gained
						return next
					}
					continue
				}
				key := fingerprint(next)
				if next.depth >= mostMoves || visited[key] {
					continue
				}
				visited[key] = true
				queue = append(queue, next)
			}
		}
		return nil
	}
	all := columns(1<<a.columns - 1)
	start := &state{}
	for _, cell := range s.cells {
		from, to := s.set, all&^s.set
		if direction > 0 {
			from, to = to, from
		}
		if extend(start, cell, from, to) != nil {
			return found, gained
		}
	}
	for head := 0; head < len(queue) && head < mostStates; head++ {
		at := queue[head]
		if len(at.debts) == 0 {
			continue
		}
		d := a.mostPressing(at.debts)
		l := a.groups[d.group]
		from := l.blocks[d.block]
		for _, cell := range l.cells {
			if extend(at, cell, from, all&^from) != nil {
				return found, gained
			}
		}
	}
	return nil, 0
}

// debts adds what a move does to every published block of every group the cell is
// in. Settled debts disappear.
func (a *audit) debts(old []debt, m move) []debt {
	debts := append(make([]debt, 0, len(old)+4), old...)
	change := func(group, block, by int) {
		for i, d := range debts {
			if d.group == group && d.block == block {
				debts[i].excess += by
				if debts[i].excess == 0 {
					debts[i] = debts[len(debts)-1]
					debts = debts[:len(debts)-1]
				}
				return
			}
		}
		debts = append(debts, debt{group, block, by})
	}
	for _, g := range a.of[m.cell] {
		l := a.groups[g]
		if from, to := l.block(m.from), l.block(m.to); from != to {
			change(g, from, -1)
			change(g, to, 1)
		}
	}
	return debts
}

// mostPressing is a block with too many in the smallest group: there are fewest
// ways to settle that one. In every group as many are too many as too few.
func (a *audit) mostPressing(debts []debt) debt {
	best := debt{group: -1}
	for _, d := range debts {
		if d.excess <= 0 {
			continue
		}
		if best.group < 0 || len(a.groups[d.group].cells) < len(a.groups[best.group].cells) ||
			len(a.groups[d.group].cells) == len(a.groups[best.group].cells) &&
				(d.group < best.group || d.group == best.group && d.block < best.block) {
			best = d
		}
	}
	return best
}

func (a *audit) withinBands(changes []change) bool {
	for _, l := range a.groups {
		if !a.withinBand(l, changes) {
			return false
		}
	}
	return true
}

func (s *state) changes() (changes []change) {
	for ; s.parent != nil; s = s.parent {
		changes = merge(changes, []change{{s.move.cell, s.move.from, -1}, {s.move.cell, s.move.to, 1}})
	}
	return changes
}

func merge(a, b []change) []change {
	merged := append([]change(nil), a...)
next:
	for _, c := range b {
		for i := range merged {
			if merged[i].cell == c.cell && merged[i].column == c.column {
				merged[i].by += c.by
				continue next
			}
		}
		merged = append(merged, c)
	}
	kept := merged[:0]
	for _, c := range merged {
		if c.by != 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// fingerprint is the same for states with the same debts in whatever order. Two
// different ones with the same fingerprint would only shorten the search.
func fingerprint(s *state) uint64 {
	key := scramble(uint64(s.gained + 1000))
	for _, d := range s.debts {
		key += scramble(uint64(d.group)<<8|uint64(d.block)) * uint64(int64(d.excess))
	}
	return key
}

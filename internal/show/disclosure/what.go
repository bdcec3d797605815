package disclosure

import (
	"errors"
	"math/bits"
	"sort"
)

// ErrShape says that a question's counts are no table: rows of different lengths,
// a negative count, fewer than two columns or more than 32, an option index that
// does not exist, or earlier rows for other groups.
var ErrShape = errors.New("disclosure: the counts are not a table of cells by options")

// Kind says whether the options of a question have neighbours to be folded with.
type Kind int

const (
	// Ordered options run from one end to the other, with the favourable ones at
	// one end.
	Ordered Kind = iota
	// Unordered options, or an order with the best in the middle: bars are hidden,
	// never folded.
	Unordered
)

// Defaults of Question.
const (
	LeastBar    = 3 // pupils in a bar
	LeastPeople = 5 // answers in a group
)

// Question is what was answered to one question, by the groups that Who shows.
type Question struct {
	Kind   Kind
	Groups []Group // in order of priority; wide ones come first whatever their place
	// Counts is cells x columns: one column an option, and the last for no answer.
	// Cells that only a hidden group contains belong here too: they need protection
	// most. How many people a group has, over all columns, is taken as published.
	Counts     [][]int
	Favourable []int // options; none when the question has no good end
	Missing    []int // options such as "don't know", which are no base for a share
	Least      int   // smallest bar but zero; below 3 means 3
	Fewest     int   // answers (missing ones left out) a group needs; below 5 means 5
	// Within is what was published of the same question before, for the same groups
	// in the same order: the staff's rows, when the page for pupils with its larger
	// Least is decided. Nothing is then shown that those rows do not already tell.
	// Two releases decided apart could give somebody away together.
	Within []Row
}

// Bar is a published number: how many of a group chose one of these options.
type Bar struct {
	Options  []int // neighbours on the scale, ascending
	NoAnswer bool  // those who gave no answer are in this bar too
	Count    int
}

// Band is all that is said where nearly everybody chose alike: between Low and
// High per cent of Base people chose one of Options.
type Band struct {
	Options   []int
	Low, High int // per cent
	Base      int
}

// Share is how many of Base people chose a favourable option.
type Share struct {
	Known       bool
	Count, Base int
	// OfAll is true when Base is everybody in the group, because how many gave no
	// answer cannot be told; else Base is those who answered, without Missing.
	OfAll bool
}

// Row is what may be shown of one group. Its unpublished numbers are not in it.
type Row struct {
	N      int // people, over all columns
	Hidden bool
	// Reason is Primary (too few answers), Complementary (nothing can be shown
	// without pointing at somebody) or Empty. As in a Verdict, not for readers.
	Reason Reason
	// NoAnswer is meaningful only when NoAnswerKnown.
	NoAnswerKnown bool
	NoAnswer      int
	// Bars are the published bars, none when hidden. Of Ordered options they add up
	// to N; of Unordered ones those left out are hidden.
	Bars  []Bar
	Share Share
	Band  *Band // set when a band takes the place of the headline share or of all bars
}

// Report says how much was kept.
type Report struct {
	Groups, GroupsKept       int // with people; not hidden
	Bars, BarsKept           int // of groups with people: columns; published bars
	Headlines, HeadlinesKept int // groups with people, if there is a favourable side; those with a share or a band
}

// What decides which bars of one question may be shown, so that from everything
// shown nobody can tell that a set of options was chosen by one or two pupils
// (1..Least-1) of a class. Rows come in the order of the groups. See the package
// comment for the rules. It returns ErrShape for counts that are no table.
func What(q Question) ([]Row, Report, error) {
	a, err := newAudit(q)
	if err != nil {
		return nil, Report{}, err
	}
	var wide, narrow []int
	for g := range a.groups {
		if q.Groups[g].Wide {
			wide = append(wide, g)
		} else {
			narrow = append(narrow, g)
		}
	}
	cuts := a.cuts(q.Kind)
	// Wide groups get everything they can before any class does: the school's
	// whole picture is worth more than one bar of a class.
	for _, g := range wide {
		for _, cut := range cuts {
			a.try(g, cut)
		}
	}
	// Classes take turns, so that each gets its headline before one gets detail.
	for _, cut := range cuts {
		for _, g := range narrow {
			a.try(g, cut)
		}
	}
	for _, g := range append(wide, narrow...) {
		a.tryBands(g)
	}
	rows := make([]Row, len(q.Groups))
	report := Report{}
	for g := range rows {
		rows[g] = a.row(g, q.Kind)
		if rows[g].N == 0 {
			continue
		}
		report.Groups++
		report.Bars += a.columns
		report.BarsKept += len(rows[g].Bars)
		if a.favourable != 0 {
			report.Headlines++
		}
		if !rows[g].Hidden {
			report.GroupsKept++
			if a.favourable != 0 && (rows[g].Share.Known || rows[g].Band != nil) {
				report.HeadlinesKept++
			}
		}
	}
	return rows, report, nil
}

// columns is a set of columns, one bit each.
type columns uint32

func (c columns) has(column int) bool { return c>>column&1 == 1 }

func (c columns) list() (list []int) {
	for rest := c; rest != 0; rest &= rest - 1 {
		list = append(list, bits.TrailingZeros32(uint32(rest)))
	}
	return list
}

// audit is one question with what has been published of it so far.
type audit struct {
	counts     [][]int // cells x columns
	columns    int
	favourable columns
	valid      columns // all but missing and no answer
	order      []int   // columns from no answer over the worst to the best option
	least      int
	fewest     int
	groups     []*layout
	of         [][]int // of each cell, the groups it is in
	alone      [][]int // of each cell, the groups that are this cell alone
	secrets    []*secret
}

// layout is what is published of one group: a sum for each block of columns, and
// perhaps a band.
type layout struct {
	cells  []int
	has    []bool // by cell
	totals []int  // by column
	blocks []columns
	band   *bound
	within *Row // nil when nothing was published before
}

// bound is a band in numbers of people.
type bound struct {
	set       columns
	low, high int
	shown     Band
}

func (l *layout) total(set columns) (n int) {
	for _, c := range set.list() {
		n += l.totals[c]
	}
	return n
}

func (l *layout) block(column int) int {
	for b, set := range l.blocks {
		if set.has(column) {
			return b
		}
	}
	return -1
}

// separated tells whether no block has columns on both sides.
func (l *layout) separated(set columns) bool {
	for _, b := range l.blocks {
		if b&set != 0 && b&^set != 0 {
			return false
		}
	}
	return true
}

func newAudit(q Question) (*audit, error) {
	a := &audit{least: max(q.Least, LeastBar), fewest: max(q.Fewest, LeastPeople)}
	if q.Within != nil && len(q.Within) != len(q.Groups) {
		return nil, ErrShape
	}
	if len(q.Counts) > 0 {
		a.columns = len(q.Counts[0])
		if a.columns < 2 || a.columns > 32 {
			return nil, ErrShape
		}
	}
	for _, row := range q.Counts {
		if len(row) != a.columns {
			return nil, ErrShape
		}
		for _, n := range row {
			if n < 0 {
				return nil, ErrShape
			}
		}
		a.counts = append(a.counts, append([]int(nil), row...))
	}
	if a.columns > 0 {
		options := a.columns - 1
		for _, o := range append(append([]int(nil), q.Favourable...), q.Missing...) {
			if o < 0 || o >= options {
				return nil, ErrShape
			}
		}
		a.valid = 1<<options - 1
		for _, o := range q.Missing {
			a.valid &^= 1 << o
		}
		for _, o := range q.Favourable {
			a.favourable |= 1 << o
		}
		a.favourable &= a.valid
		a.order = a.inOrder()
	}
	for i, g := range q.Groups {
		l := &layout{has: make([]bool, len(a.counts)), totals: make([]int, a.columns), blocks: []columns{columns(1<<a.columns - 1)}}
		for _, cell := range g.Atoms {
			if cell >= 0 && cell < len(a.counts) && !l.has[cell] {
				l.has[cell] = true
				l.cells = append(l.cells, cell)
				for c, n := range a.counts[cell] {
					l.totals[c] += n
				}
			}
		}
		if q.Within != nil {
			l.within = &q.Within[i]
		}
		sort.Ints(l.cells)
		a.groups = append(a.groups, l)
	}
	a.of, a.alone = make([][]int, len(a.counts)), make([][]int, len(a.counts))
	for g, l := range a.groups {
		for _, cell := range l.cells {
			a.of[cell] = append(a.of[cell], g)
			if len(l.cells) == 1 {
				a.alone[cell] = append(a.alone[cell], g)
			}
		}
	}
	a.findSecrets()
	return a, nil
}

// inOrder lines the columns up so that whoever gave no answer is folded with the
// unfavourable end: the favourable share stays clean, and reads "14 of 25".
func (a *audit) inOrder() (order []int) {
	order = append(order, a.columns-1)
	var valid []int
	for o := range a.columns - 1 {
		if a.valid.has(o) {
			valid = append(valid, o)
		} else {
			order = append(order, o)
		}
	}
	if len(valid) > 0 && a.favourable.has(valid[0]) && !a.favourable.has(valid[len(valid)-1]) {
		for i, j := 0, len(valid)-1; i < j; i, j = i+1, j-1 {
			valid[i], valid[j] = valid[j], valid[i]
		}
	}
	return append(order, valid...)
}

// cuts lists the ways to part the columns, in the order in which they are tried:
// the favourable line, whether there was an answer, then the others.
func (a *audit) cuts(kind Kind) (cuts []columns) {
	if a.columns == 0 {
		return nil
	}
	if a.favourable != 0 && a.favourable != a.valid {
		cuts = append(cuts, a.favourable)
	}
	cuts = append(cuts, a.valid)
	if kind == Unordered || !a.favourableAtEnd() {
		for c := range a.columns {
			cuts = append(cuts, 1<<c)
		}
		return cuts
	}
	line := a.columns - bits.OnesCount32(uint32(a.favourable))
	var places []int
	for p := 1; p < a.columns; p++ {
		places = append(places, p)
	}
	distance := func(p int) int { return max(p-line, line-p) }
	sort.SliceStable(places, func(i, j int) bool { return distance(places[i]) < distance(places[j]) })
	for _, p := range places {
		set := columns(0)
		for _, c := range a.order[p:] {
			set |= 1 << c
		}
		cuts = append(cuts, set)
	}
	return cuts
}

// favourableAtEnd is false where the best lies in the middle: such a scale has no
// neighbours to fold.
func (a *audit) favourableAtEnd() bool {
	for _, c := range a.order[a.columns-bits.OnesCount32(uint32(a.favourable)):] {
		if !a.favourable.has(c) {
			return false
		}
	}
	return true
}

package disclosure

// try publishes the sums of one group on both sides of a cut, unless a bar would
// be small, all would be seen to have chosen alike, or somebody would be given
// away by it together with everything published before.
func (a *audit) try(g int, cut columns) bool {
	l := a.groups[g]
	if l.total(a.valid) < a.fewest || l.separated(cut) || !a.told(l, cut) {
		return false
	}
	before := l.blocks
	var after []columns
	for _, b := range before {
		for _, part := range []columns{b & cut, b &^ cut} {
			if part == 0 {
				continue
			}
			if n := l.total(part); n > 0 && n < a.least {
				return false
			}
			after = append(after, part)
		}
	}
	l.blocks = after
	if a.uniform(l) || !a.stillSafe(g) {
		l.blocks = before
		return false
	}
	return true
}

// told tells whether an earlier release, if there was one, already gives the sums
// on both sides of a cut.
func (a *audit) told(l *layout, cut columns) bool {
	return l.within == nil || l.within.separates(a.columns, a.favourable, cut)
}

// Tells says whether this row, of a question with so many options, gives away how
// many people are in a set of options (and among those without an answer, if
// noAnswer is true): then that number, published once more, tells nothing new.
func (r Row) Tells(options int, favourable, set []int, noAnswer bool) bool {
	cut := columnsOf(set)
	if noAnswer {
		cut |= 1 << options
	}
	all := columns(1)<<(options+1) - 1
	return cut&all == 0 || cut&all == all || !r.Hidden && r.separates(options+1, columnsOf(favourable), cut)
}

// separates tells whether the published sums of a row keep the two sides of a cut
// apart.
func (r Row) separates(width int, favourable, cut columns) bool {
	earlier := layout{blocks: []columns{1<<width - 1}}
	part := func(set columns) {
		var blocks []columns
		for _, b := range earlier.blocks {
			for _, p := range []columns{b & set, b &^ set} {
				if p != 0 {
					blocks = append(blocks, p)
				}
			}
		}
		earlier.blocks = blocks
	}
	noAnswer := columns(1) << (width - 1)
	for _, bar := range r.Bars {
		set := columnsOf(bar.Options)
		if bar.NoAnswer {
			set |= noAnswer
		}
		part(set)
	}
	if r.NoAnswerKnown {
		part(noAnswer)
	}
	if r.Share.Known {
		part(favourable)
	}
	return earlier.separated(cut)
}

// columnsOf ignores options that cannot be columns.
func columnsOf(options []int) (set columns) {
	for _, o := range options {
		if o >= 0 && o < 32 {
			set |= 1 << o
		}
	}
	return set
}

// uniform tells whether all, or all but one, of those who answered chose within
// one bar, or on one side of a favourable line that is shown. It holds too where
// those without an answer are in a bar with others: "25 of 30, the rest otherwise
// or not at all" would be true and misleading, and a band over the 25 is better.
func (a *audit) uniform(l *layout) bool {
	var sums []int
	answered := 0
	favourable := 0
	for _, b := range l.blocks {
		if b&a.valid == 0 {
			continue
		}
		n := l.total(b & a.valid)
		sums = append(sums, n)
		answered += n
		favourable += l.total(b & a.favourable)
	}
	if len(sums) < 2 {
		return false
	}
	for _, n := range sums {
		if answered-n < 2 {
			return true
		}
	}
	return a.favourable != 0 && a.favourable != a.valid && l.separated(a.favourable) &&
		(favourable < 2 || answered-favourable < 2)
}

// BandEdge is rule R4's table: a group of n people in which nearly all chose alike
// is said to be at most edge, or at least 100-edge, per cent. Under 10 people there
// is no band and the figure is hidden.
func BandEdge(n int) (edge int, ok bool) {
	switch {
	case n < 10:
		return 0, false
	case n < 20:
		return 20, true
	case n < 40:
		return 10, true
	case n < 100:
		return 5, true
	case n < 300:
		return 2, true
	}
	return 1, true
}

// tryBands is the last resort for a group without a headline: one band, for the
// favourable share or else for the favourite option.
func (a *audit) tryBands(g int) {
	l := a.groups[g]
	if l.total(a.valid) < a.fewest {
		return
	}
	headline := a.favourable != 0 && a.favourable != a.valid
	if headline {
		if l.separated(a.favourable) || a.tryBand(g, a.favourable) {
			return
		}
	}
	for _, b := range l.blocks {
		if b&a.valid != 0 && b&a.valid != a.valid {
			return // there are bars: no last resort needed
		}
	}
	favourite := -1
	for _, o := range a.valid.list() {
		if favourite < 0 || l.totals[o] > l.totals[favourite] {
			favourite = o
		}
	}
	if favourite >= 0 {
		a.tryBand(g, 1<<favourite)
	}
}

func (a *audit) tryBand(g int, set columns) bool {
	l := a.groups[g]
	base := 0
	for _, n := range l.totals {
		base += n
	}
	if l.separated(a.valid) {
		base = l.total(a.valid)
	}
	edge, ok := BandEdge(base)
	if !ok {
		return false
	}
	n := l.total(set)
	band := &bound{set: set, shown: Band{Options: set.list(), Base: base}}
	switch {
	case 100*n >= (100-edge)*base:
		band.low, band.high = ((100-edge)*base+99)/100, base
		band.shown.Low, band.shown.High = 100-edge, 100
	case 100*n <= edge*base:
		band.low, band.high = 0, edge*base/100
		band.shown.Low, band.shown.High = 0, edge
	default:
		return false
	}
	if w := l.within; w != nil {
		repeated := w.Band != nil && w.Band.Base == base && w.Band.Low == band.shown.Low && columnsOf(w.Band.Options) == set
		if !repeated && !a.told(l, set) {
			return false
		}
	}
	l.band = band
	if !a.stillSafe(g) {
		l.band = nil
		return false
	}
	return true
}

// row writes down what is published of a group, and nothing else.
func (a *audit) row(g int, kind Kind) Row {
	l := a.groups[g]
	row := Row{}
	for _, n := range l.totals {
		row.N += n
	}
	switch answered := l.total(a.valid); {
	case row.N == 0 || answered == 0 && a.noAnswerAlone(l):
		return Row{N: row.N, Hidden: true, Reason: Empty}
	case answered < a.fewest:
		return Row{N: row.N, Hidden: true, Reason: Primary}
	}
	if a.noAnswerAlone(l) {
		row.NoAnswerKnown, row.NoAnswer = true, l.totals[a.columns-1]
	}
	if a.favourable != 0 && a.favourable != a.valid && l.separated(a.favourable) {
		row.Share = Share{Known: true, Count: l.total(a.favourable), Base: row.N, OfAll: true}
		if l.separated(a.valid) {
			row.Share.Base, row.Share.OfAll = l.total(a.valid), false
		}
	}
	if l.band != nil {
		band := l.band.shown
		row.Band = &band
	}
	parts := 0 // bars that tell something about the answers
	for _, b := range l.blocks {
		if b&a.valid != 0 {
			parts++
		}
	}
	foldable := kind == Ordered && a.favourableAtEnd()
	for _, first := range a.order {
		b := l.blocks[l.block(first)]
		if parts < 2 || a.firstInOrder(b) != first || !foldable && len(b.list()) > 1 {
			continue
		}
		noAnswer := columns(1) << (a.columns - 1)
		row.Bars = append(row.Bars, Bar{Options: (b &^ noAnswer).list(), NoAnswer: b&noAnswer != 0, Count: l.total(b)})
	}
	if parts < 2 && row.Band == nil {
		row.Hidden, row.Reason = true, Complementary
	}
	return row
}

func (a *audit) noAnswerAlone(l *layout) bool {
	return l.separated(1 << (a.columns - 1))
}

func (a *audit) firstInOrder(set columns) int {
	for _, c := range a.order {
		if set.has(c) {
			return c
		}
	}
	return -1
}

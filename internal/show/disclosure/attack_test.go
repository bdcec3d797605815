package disclosure_test

import (
	"fmt"
	"testing"

	"earshot/internal/show/disclosure"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// These tests attack what is published, reading the rows alone and sharing no code
// with the package: by linear algebra over the rationals, by bounds, and by listing
// every table that could have given the same figures.

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// fact is a published sum over cells x columns, or bounds of one.
type fact struct {
	cells, columns []int
	low, high      int
}

func facts(q disclosure.Question, rows []disclosure.Row) (known []fact) {
	width := len(q.Counts[0])
	valid := without(indices(width-1), q.Missing)
	for g, row := range rows {
		cells := q.Groups[g].Atoms
		exactly := func(columns []int, n int) { known = append(known, fact{cells, columns, n, n}) }
		exactly(indices(width), row.N)
		if row.NoAnswerKnown {
			exactly([]int{width - 1}, row.NoAnswer)
		}
		for _, bar := range row.Bars {
			columns := bar.Options
			if bar.NoAnswer {
				columns = append(append([]int(nil), columns...), width-1)
			}
			exactly(columns, bar.Count)
		}
		if row.Share.Known {
			exactly(q.Favourable, row.Share.Count)
			if !row.Share.OfAll {
				exactly(valid, row.Share.Base)
			}
		}
		if b := row.Band; b != nil {
			known = append(known, fact{cells, b.Options, (b.Low*b.Base + 99) / 100, b.High * b.Base / 100})
			if b.Base != row.N {
				exactly(valid, b.Base)
			}
		}
	}
	return known
}

func without(list, gone []int) (kept []int) {
next:
	for _, x := range list {
		for _, g := range gone {
			if x == g {
				continue next
			}
		}
		kept = append(kept, x)
	}
	return kept
}

// small tells of a number that nobody may learn: 1 or 2, or more if Least is.
func small(q disclosure.Question, n int) bool { return n > 0 && n < max(q.Least, 3) }

// target is a set of options chosen by one or two of a class.
type target struct{ cells, columns []int }

// targets lists the proper sets of columns with a few people, of every group and cell.
func targets(q disclosure.Question) (list []target) {
	width := len(q.Counts[0])
	owners := [][]int{}
	for cell := range q.Counts {
		owners = append(owners, []int{cell})
	}
	for _, g := range q.Groups {
		if len(g.Atoms) > 1 {
			owners = append(owners, g.Atoms)
		}
	}
	for _, cells := range owners {
		for set := 1; set < 1<<width-1; set++ {
			var columns []int
			for c := range width {
				if set>>c&1 == 1 {
					columns = append(columns, c)
				}
			}
			if small(q, total(q.Counts, cells, columns)) {
				list = append(list, target{cells, columns})
			}
		}
	}
	return list
}

func total(table [][]int, cells, columns []int) (n int) {
	for _, cell := range cells {
		for _, c := range columns {
			n += table[cell][c]
		}
	}
	return n
}

func vector(q disclosure.Question, cells, columns []int) []int {
	width := len(q.Counts[0])
	v := make([]int, len(q.Counts)*width)
	for _, cell := range cells {
		for _, c := range columns {
			v[cell*width+c] = 1
		}
	}
	return v
}

// checkPublished attacks by sums and differences, and by bounds; if the published
// figures are wrong, too small or too uniform, that fails as well.
func checkPublished(t failer, q disclosure.Question, rows []disclosure.Row, algebra bool) {
	t.Helper()
	known := facts(q, rows)
	for _, f := range known {
		if n := total(q.Counts, f.cells, f.columns); n < f.low || n > f.high {
			t.Fatalf("published %+v, but it is %d", f, n)
		}
	}
	width := len(q.Counts[0])
	for g, row := range rows {
		for _, bar := range row.Bars {
			if small(q, bar.Count) {
				t.Fatalf("group %d: %+v is small", g, bar)
			}
			if answered := row.N - row.NoAnswer; row.NoAnswerKnown && len(bar.Options) == 1 && bar.Count > answered-2 {
				t.Fatalf("group %d: all but %d in %+v", g, answered-bar.Count, bar)
			}
		}
		if row.Hidden && (row.Bars != nil || row.Share.Known || row.Band != nil) {
			t.Fatalf("group %d is hidden and shown: %+v", g, row)
		}
	}
	if algebra {
		r := &rational{}
		for _, f := range known {
			if f.low == f.high {
				r.insert(vector(q, f.cells, f.columns))
			}
		}
		for _, s := range targets(q) {
			if r.contains(vector(q, s.cells, s.columns)) {
				t.Fatalf("%v: %+v can be computed", q.Counts, s)
			}
		}
	}
	low, high := propagate(len(q.Counts)*width, q, known)
	for _, s := range targets(q) {
		least, most := 0, 0
		for i, x := range vector(q, s.cells, s.columns) {
			least += x * low[i]
			most += x * high[i]
		}
		if small(q, least) && small(q, most) {
			t.Fatalf("%v: %+v lies between %d and %d", q.Counts, s, least, most)
		}
	}
}

// propagate narrows the bounds of every single count by every published sum until
// nothing changes.
func propagate(size int, q disclosure.Question, known []fact) (low, high []int) {
	low, high = make([]int, size), make([]int, size)
	for i := range high {
		high[i] = 1 << 20
	}
	for changed := true; changed; {
		changed = false
		for _, f := range known {
			lows, highs := 0, 0
			v := vector(q, f.cells, f.columns)
			for i, x := range v {
				lows += x * low[i]
				highs += x * high[i]
			}
			for i, x := range v {
				if x == 0 {
					continue
				}
				if n := f.high - (lows - low[i]); n < high[i] {
					highs += n - high[i]
					high[i], changed = n, true
				}
				if n := f.low - (highs - high[i]); n > low[i] {
					lows += n - low[i]
					low[i], changed = n, true
				}
			}
		}
	}
	return low, high
}

// questionYear draws classes whose answers lean to one end or the other.
func questionYear(t *rapid.T, years, leastClasses, mostClasses, smallest, largest, options int) disclosure.Question {
	q := disclosure.Question{}
	school := disclosure.Group{Key: "school", Wide: true}
	var classes []disclosure.Group
	for y := range years {
		year := disclosure.Group{Key: fmt.Sprint(y), Wide: true}
		for c := range rapid.IntRange(leastClasses, mostClasses).Draw(t, "classes") {
			cell := len(q.Counts)
			row := make([]int, options+1)
			lean := rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 1, 2, 5, 12}), options+1, options+1).Draw(t, "lean")
			weight := 1
			for _, w := range lean {
				weight += w
			}
			for range rapid.IntRange(smallest, largest).Draw(t, "pupils") {
				at, column := rapid.IntRange(0, weight-1).Draw(t, "answer"), 0
				for column < options-1 && at >= lean[column] {
					at -= lean[column]
					column++
				}
				if at == weight-1 {
					column = options
				}
				row[column]++
			}
			if n := row[options]; n > 2 && rapid.Bool().Draw(t, "answered") {
				row[options], row[0] = 1, row[0]+n-1
			}
			q.Counts = append(q.Counts, row)
			year.Atoms = append(year.Atoms, cell)
			if rapid.IntRange(0, 9).Draw(t, "shown") > 0 {
				classes = append(classes, disclosure.Group{Key: fmt.Sprint(y, c), Atoms: []int{cell}})
			}
		}
		school.Atoms = append(school.Atoms, year.Atoms...)
		q.Groups = append(q.Groups, year)
	}
	if years > 1 {
		q.Groups = append([]disclosure.Group{school}, q.Groups...)
	}
	q.Groups = append(q.Groups, classes...)
	switch rapid.IntRange(0, 3).Draw(t, "favourable") {
	case 0:
		q.Favourable = []int{0}
	case 1:
		q.Kind = disclosure.Unordered
	default:
		q.Favourable = []int{options - 2, options - 1}
	}
	q.Least = rapid.SampledFrom([]int{0, 0, 0, 4, 5}).Draw(t, "least")
	if options > 4 && rapid.IntRange(0, 4).Draw(t, "don't know") == 0 {
		q.Missing = []int{2}
		if q.Favourable == nil {
			q.Kind = disclosure.Unordered
		}
	}
	return q
}

func TestNobodyIsPointedAt(t *testing.T) {
	kept, of := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		q := questionYear(t, rapid.IntRange(1, 2).Draw(t, "years"), 3, 6, 5, 30, 5)
		rows, report, err := disclosure.What(q)
		if err != nil {
			t.Fatal(err)
		}
		checkPublished(t, q, rows, true)
		again, _, _ := disclosure.What(q)
		if d := cmp.Diff(rows, again); d != "" {
			t.Fatal("not deterministic: ", d)
		}
		kept, of = kept+report.BarsKept, of+report.Bars
	})
	t.Logf("bars kept: %d of %d", kept, of)
}

// TestNoTableGivesAnybodyAway lists every table of whole counts that agrees with
// what was published. In one of them at least, each small set has nobody or three
// and more.
func TestNoTableGivesAnybodyAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SampledFrom([][5]int{{1, 2, 3, 8, 3}, {1, 3, 3, 7, 3}, {2, 1, 2, 7, 2}, {2, 2, 2, 7, 3}, {1, 2, 2, 12, 4}}).Draw(t, "shape")
		q := questionYear(t, shape[0], shape[1], shape[2], rapid.SampledFrom([]int{2, 5}).Draw(t, "smallest"), shape[3], shape[4])
		rows, _, err := disclosure.What(q)
		if err != nil {
			t.Fatal(err)
		}
		checkPublished(t, q, rows, true)
		enumerate(t, q, rows)
	})
}

func enumerate(t *rapid.T, q disclosure.Question, rows []disclosure.Row) {
	known := facts(q, rows)
	for cell, row := range q.Counts { // assume the attacker has counted every cell
		known = append(known, fact{[]int{cell}, indices(len(row)), sum(indices(len(row)), row), sum(indices(len(row)), row)})
	}
	open := targets(q)
	table := make([][]int, len(q.Counts))
	for i := range table {
		table[i] = make([]int, len(q.Counts[0]))
	}
	if len(open) == 0 {
		return
	}
	steps := 0
	var fill func(cell int)
	var column func(cell, c, left int)
	possible := func(done int) bool {
		for _, f := range known {
			n, more := 0, false
			for _, cell := range f.cells {
				if cell > done {
					more = true
					continue
				}
				n += total(table, []int{cell}, f.columns)
			}
			if n > f.high || !more && n < f.low {
				return false
			}
		}
		return true
	}
	fill = func(cell int) {
		if cell == len(table) {
			still := open[:0]
			for _, s := range open {
				if small(q, total(table, s.cells, s.columns)) {
					still = append(still, s)
				}
			}
			open = still
			return
		}
		column(cell, 0, sum(indices(len(table[cell])), q.Counts[cell]))
	}
	column = func(cell, c, left int) {
		if len(open) == 0 || steps > 3_000_000 {
			return
		}
		steps++
		last := len(table[cell]) - 1
		if c == last {
			table[cell][c] = left
			if possible(cell) {
				fill(cell + 1)
			}
			return
		}
		for n := 0; n <= left; n++ {
			table[cell][c] = n
			column(cell, c+1, left-n)
		}
		table[cell][c] = 0
	}
	fill(0)
	if steps > 3_000_000 {
		t.Skip("too many tables")
	}
	if len(open) > 0 {
		t.Fatalf("%v: every table has one or two people in %+v; published %+v", q.Counts, open[0], known)
	}
}

package disclosure_test

import (
	"fmt"
	"math/big"
	"testing"

	"earshot/internal/show/disclosure"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const k = 5

// workedCounts: 7A boys 12, girls 14; 7B 9, 3; 8A 13, 11; 8B 4, 2.
var workedCounts = []int{12, 14, 9, 3, 13, 11, 4, 2}

func workedGroups() []disclosure.Group {
	group := func(key string, atoms ...int) disclosure.Group { return disclosure.Group{Key: key, Atoms: atoms} }
	groups := []disclosure.Group{
		group("school", 0, 1, 2, 3, 4, 5, 6, 7), group("7", 0, 1, 2, 3), group("8", 4, 5, 6, 7),
		group("7A", 0, 1), group("7B", 2, 3), group("8A", 4, 5), group("8B", 6, 7),
		group("boys", 0, 2, 4, 6), group("girls", 1, 3, 5, 7),
		group("7 boys", 0, 2), group("7 girls", 1, 3), group("8 boys", 4, 6), group("8 girls", 5, 7),
	}
	for i, name := range []string{"7A boys", "7A girls", "7B boys", "7B girls", "8A boys", "8A girls", "8B boys", "8B girls"} {
		groups = append(groups, group(name, i))
	}
	return groups
}

func TestWorkedExample(t *testing.T) {
	groups := workedGroups()
	hidden := map[string]disclosure.Reason{}
	for i, v := range disclosure.Who(workedCounts, groups, k) {
		if !v.Shown {
			hidden[groups[i].Key] = v.Reason
		}
	}
	want := map[string]disclosure.Reason{
		"7B girls": disclosure.Primary, "8B boys": disclosure.Primary, "8B girls": disclosure.Primary,
		"7A boys": disclosure.Complementary, "7A girls": disclosure.Complementary, "7B boys": disclosure.Complementary,
		"8A boys": disclosure.Complementary, "8A girls": disclosure.Complementary,
	}
	if d := cmp.Diff(want, hidden); d != "" {
		t.Error(d)
	}
}

func TestOddInput(t *testing.T) {
	groups := []disclosure.Group{{Atoms: []int{0, 0, 9, -1, 1}}, {Atoms: nil}, {Atoms: []int{2}}}
	want := []disclosure.Verdict{{Shown: true}, {Reason: disclosure.Empty}, {Reason: disclosure.Empty}}
	if d := cmp.Diff(want, disclosure.Who([]int{3, 4, -2}, groups, k)); d != "" {
		t.Error(d)
	}
	if v := disclosure.Who(nil, nil, 0); len(v) != 0 {
		t.Error(v)
	}
}

// A leader may read a sum over three teachers, but not two such sums that differ
// by one of them.
func TestTeachers(t *testing.T) {
	groups := []disclosure.Group{{Atoms: []int{0, 1, 2, 3}}, {Atoms: []int{0, 1, 2}}, {Atoms: []int{4, 5}}, {Atoms: []int{4, 5, 6}}}
	want := []disclosure.Verdict{{Shown: true}, {Reason: disclosure.Complementary}, {Reason: disclosure.Primary}, {Shown: true}}
	if d := cmp.Diff(want, disclosure.Who([]int{1, 1, 1, 1, 1, 1, 1}, groups, 3)); d != "" {
		t.Error(d)
	}
}

// Neither of two groups contains the other, and yet their sums leave a few people.
func TestThreeGroupsTogether(t *testing.T) {
	counts := []int{1, 1, 1, 1, 10, 10}
	three := []disclosure.Group{{Atoms: []int{0, 4}}, {Atoms: []int{1, 2, 5}}, {Atoms: []int{4, 5}}}
	four := []disclosure.Group{{Atoms: []int{0, 1, 4}}, {Atoms: []int{2, 3, 5}}, {Atoms: []int{4, 5}}}
	want := []disclosure.Verdict{{Shown: true}, {Shown: true}, {Reason: disclosure.Complementary}}
	for _, groups := range [][]disclosure.Group{three, four} {
		if d := cmp.Diff(want, disclosure.Who(counts, groups, k)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(want, disclosure.Who(counts, groups, 10)); d != "" {
			t.Error("at ten: ", d)
		}
	}
}

func TestOwnLeastNumber(t *testing.T) {
	// 7: 20 girls, 12 boys; 8: 20 girls, 7 boys. The boys of 8 are too few for a
	// flag, and must not come out as 8 less its girls, nor as all boys less 7's.
	counts := []int{20, 12, 20, 7}
	groups := []disclosure.Group{
		{Key: "school", Atoms: []int{0, 1, 2, 3}}, {Key: "7", Atoms: []int{0, 1}}, {Key: "8", Atoms: []int{2, 3}},
		{Key: "boys", Atoms: []int{1, 3}, Min: 10}, {Key: "girls", Atoms: []int{0, 2}, Min: 10},
		{Key: "7 girls", Atoms: []int{0}, Min: 10}, {Key: "7 boys", Atoms: []int{1}, Min: 10},
		{Key: "8 girls", Atoms: []int{2}, Min: 10}, {Key: "8 boys", Atoms: []int{3}, Min: 10},
	}
	var shown []string
	for i, v := range disclosure.Who(counts, groups, k) {
		if v.Shown {
			shown = append(shown, groups[i].Key)
		}
	}
	if d := cmp.Diff([]string{"school", "7", "8", "boys", "girls"}, shown); d != "" {
		t.Error(d)
	}
}

// roster draws a small school: years x classes x a flag, groups top-down.
func roster(t *rapid.T) (counts []int, groups []disclosure.Group) {
	years := rapid.IntRange(1, 3).Draw(t, "years")
	var school []int
	var yearGroups, classGroups, flagged []disclosure.Group
	flags := [2][]int{}
	for y := range years {
		var year []int
		for c := range rapid.IntRange(1, 3).Draw(t, "classes") {
			at := len(counts)
			counts = append(counts, rapid.IntRange(0, 9).Draw(t, "yes"), rapid.IntRange(0, 9).Draw(t, "no"))
			year = append(year, at, at+1)
			flags[0], flags[1] = append(flags[0], at), append(flags[1], at+1)
			classGroups = append(classGroups, disclosure.Group{Key: fmt.Sprint(y, c), Atoms: []int{at, at + 1}})
			flagged = append(flagged, disclosure.Group{Key: fmt.Sprint(y, c, "yes"), Atoms: []int{at}}, disclosure.Group{Key: fmt.Sprint(y, c, "no"), Atoms: []int{at + 1}})
		}
		yearGroups = append(yearGroups, disclosure.Group{Key: fmt.Sprint(y), Atoms: year})
		school = append(school, year...)
	}
	groups = append(groups, disclosure.Group{Key: "school", Atoms: school})
	groups = append(groups, yearGroups...)
	groups = append(groups, classGroups...)
	groups = append(groups, disclosure.Group{Key: "yes", Atoms: flags[0]}, disclosure.Group{Key: "no", Atoms: flags[1]})
	return counts, append(groups, flagged...)
}

// rational is the span over the rationals, without any of the package's arithmetic.
type rational struct {
	rows   [][]*big.Rat
	pivots []int
}

func (r *rational) reduce(v []int) ([]*big.Rat, int) {
	rest := make([]*big.Rat, len(v))
	for i, x := range v {
		rest[i] = big.NewRat(int64(x), 1)
	}
	for i, row := range r.rows {
		factor := new(big.Rat).Quo(rest[r.pivots[i]], row[r.pivots[i]])
		if factor.Sign() == 0 {
			continue
		}
		for j := range rest {
			rest[j].Sub(rest[j], new(big.Rat).Mul(factor, row[j]))
		}
	}
	for j, x := range rest {
		if x.Sign() != 0 {
			return rest, j
		}
	}
	return rest, -1
}

func (r *rational) contains(v []int) bool { _, p := r.reduce(v); return p < 0 }

func (r *rational) insert(v []int) {
	if rest, p := r.reduce(v); p >= 0 {
		r.rows, r.pivots = append(r.rows, rest), append(r.pivots, p)
	}
}

func indicator(width int, atoms []int) []int {
	v := make([]int, width)
	for _, a := range atoms {
		v[a] = 1
	}
	return v
}

// smallUnion finds a union of non-empty atoms with 1..k-1 people in the span.
func smallUnion(r *rational, counts []int, k int) (found []int) {
	var search func(from, people int, set []int) bool
	search = func(from, people int, set []int) bool {
		if people > 0 && r.contains(indicator(len(counts), set)) {
			found = append([]int(nil), set...)
			return true
		}
		for a := from; a < len(counts); a++ {
			if counts[a] > 0 && people+counts[a] < k && search(a+1, people+counts[a], append(set, a)) {
				return true
			}
		}
		return false
	}
	search(0, 0, nil)
	return found
}

// withoutEmpty keeps from a group the atoms that have anybody.
func withoutEmpty(counts, atoms []int) (kept []int) {
	for _, a := range atoms {
		if counts[a] > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

func published(counts []int, groups []disclosure.Group, verdicts []disclosure.Verdict) *rational {
	r := &rational{}
	for g, v := range verdicts {
		if v.Shown {
			r.insert(indicator(len(counts), withoutEmpty(counts, groups[g].Atoms)))
		}
	}
	return r
}

func TestNobodyCanBeComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, groups := roster(t)
		k := rapid.IntRange(3, 5).Draw(t, "k")
		verdicts := disclosure.Who(counts, groups, k)
		if d := cmp.Diff(verdicts, disclosure.Who(counts, groups, k)); d != "" {
			t.Fatal("not deterministic: ", d)
		}
		r := published(counts, groups, verdicts)
		if set := smallUnion(r, counts, k); set != nil {
			t.Fatalf("%v: atoms %v can be computed", counts, set)
		}
		for g, v := range verdicts {
			vector := indicator(len(counts), withoutEmpty(counts, groups[g].Atoms))
			if v.Reason == disclosure.Complementary {
				more := &rational{append([][]*big.Rat(nil), r.rows...), append([]int(nil), r.pivots...)}
				more.insert(vector)
				if smallUnion(more, counts, k) == nil {
					t.Fatalf("%v: %s could have been shown", counts, groups[g].Key)
				}
			}
			size := 0
			for _, a := range groups[g].Atoms {
				size += counts[a]
			}
			if (v.Reason == disclosure.Primary) != (size > 0 && size < k) || (v.Reason == disclosure.Empty) != (size == 0) {
				t.Fatalf("%s with %d: %v", groups[g].Key, size, v)
			}
		}
	})
}

// However the cells are numbered and listed, the same groups are shown.
func TestOrderOfCellsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, groups := roster(t)
		order := rapid.Permutation(indices(len(counts))).Draw(t, "order")
		moved := make([]int, len(counts))
		for from, to := range order {
			moved[to] = counts[from]
		}
		other := append([]disclosure.Group(nil), groups...)
		for g := range other {
			var atoms []int
			for _, a := range groups[g].Atoms {
				atoms = append(atoms, order[a])
			}
			other[g].Atoms = rapid.Permutation(atoms).Draw(t, "atoms")
		}
		if d := cmp.Diff(disclosure.Who(counts, groups, k), disclosure.Who(moved, other, k)); d != "" {
			t.Fatal(d)
		}
	})
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestNestedGroupsDifferEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, groups := roster(t)
		for i := range counts {
			counts[i] *= 2
		}
		for g := range groups {
			if rapid.Bool().Draw(t, "flag") {
				groups[g].Min = 10
			}
		}
		verdicts := disclosure.Who(counts, groups, k)
		r := published(counts, groups, verdicts)
		for i, a := range groups {
			for _, b := range groups {
				differ, inside := difference(counts, a.Atoms, b.Atoms)
				least := max(k, a.Min, b.Min)
				if n := sum(differ, counts); inside && n > 0 && n < least && sum(b.Atoms, counts) > 0 && r.contains(indicator(len(counts), differ)) {
					t.Fatalf("%v: %s less %s leaves %d", counts, a.Key, b.Key, n)
				}
			}
			own := withoutEmpty(counts, a.Atoms)
			if n := sum(own, counts); n > 0 && n < max(k, a.Min) && (verdicts[i].Shown || r.contains(indicator(len(counts), own))) {
				t.Fatalf("%v: %s has %d", counts, a.Key, n)
			}
		}
	})
}

func sum(atoms, counts []int) (n int) {
	for _, a := range atoms {
		n += counts[a]
	}
	return n
}

func difference(counts, outer, inner []int) (left []int, inside bool) {
	has := map[int]bool{}
	for _, a := range withoutEmpty(counts, outer) {
		has[a] = true
	}
	for _, a := range withoutEmpty(counts, inner) {
		if !has[a] {
			return nil, false
		}
		delete(has, a)
	}
	for _, a := range outer {
		if has[a] {
			left = append(left, a)
		}
	}
	return left, true
}

func BenchmarkWho(b *testing.B) {
	var counts []int
	groups := []disclosure.Group{{Key: "school", Wide: true}}
	flags := make([]disclosure.Group, 4)
	var classes []disclosure.Group
	for y := range 5 {
		year := disclosure.Group{Wide: true}
		for c := range 9 {
			class := disclosure.Group{}
			for f := range 4 {
				at := len(counts)
				counts = append(counts, (y*7+c*5+f*3)%12)
				class.Atoms, flags[f].Atoms = append(class.Atoms, at), append(flags[f].Atoms, at)
			}
			year.Atoms = append(year.Atoms, class.Atoms...)
			classes = append(classes, class)
			for f := range 4 {
				classes = append(classes, disclosure.Group{Atoms: class.Atoms[f : f+1]})
			}
		}
		groups[0].Atoms = append(groups[0].Atoms, year.Atoms...)
		groups = append(groups, year)
	}
	groups = append(append(groups, classes...), flags...)
	for b.Loop() {
		disclosure.Who(counts, groups, k)
	}
}

package result

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/show/stat"
)

// A sum is over enough teachers only if no two of them (for a leader who teaches, no two others) taught all of it: else it is
// theirs, however many colleagues stood beside them.
func TestNoSumIsTheWorkOfFew(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, c := range []struct {
		name    string
		classes [][]string
		want    int
	}{
		{"one each", [][]string{{"Ann"}, {"Ben"}, {"Cy"}}, 3},
		{"Ann with everybody", [][]string{{"Ann", "Ben"}, {"Ann", "Cy"}, {"Ann", "Dee"}}, 1},
		{"less what Lee taught it is Ben's", [][]string{{"Lee"}, {"Lee", "Ann"}, {"Ann", "Ben"}, {"Ben", "Cy"}}, 2},
		{"one class, two teachers", [][]string{{"Ann", "Ben"}}, 1},
		{"nobody", nil, 0},
	} {
		tl, teach, atoms := &tally{}, map[string][]string{}, []int{}
		for i, people := range c.classes {
			cell := string(rune('a' + i))
			tl.cells, tl.people, atoms = append(tl.cells, cell), append(tl.people, 20), append(atoms, i)
			teach[cell] = people
		}
		for range 3 {
			rng.Shuffle(len(atoms), func(i, j int) { atoms[i], atoms[j] = atoms[j], atoms[i] })
			if got := teachersOf(atoms, tl, teach); got != c.want {
				t.Errorf("%s: %d, want %d", c.name, got, c.want)
			}
		}
	}
	// Against trying all sets of people.
	names := []string{"Ann", "Ben", "Cy", "Dee", "Eve", "Fay"}
	for range 500 {
		tl, teach, atoms := &tally{}, map[string][]string{}, []int{}
		for i := range 1 + rng.IntN(7) {
			cell := string(rune('a' + i))
			tl.cells, tl.people, atoms = append(tl.cells, cell), append(tl.people, 20), append(atoms, i)
			for range 1 + rng.IntN(3) {
				teach[cell] = append(teach[cell], names[rng.IntN(len(names))])
			}
		}
		fewest := len(names)
		for set := range 1 << len(names) {
			n, all := 0, true
			for i := range names {
				n += set >> i & 1
			}
			for _, people := range teach {
				all = all && slices.ContainsFunc(people, func(p string) bool { return set>>slices.Index(names, p)&1 == 1 })
			}
			if all {
				fewest = min(fewest, n)
			}
		}
		if got := teachersOf(atoms, tl, teach); got != min(fewest, sumLeast+2) {
			t.Fatalf("%v: %d, want %d", teach, got, fewest)
		}
	}
}

// "Two of the 72 in the rest of the school" counts two people, though no table of the release does.
func TestTheRestIsNotOneOrTwo(t *testing.T) {
	for _, c := range []struct {
		x, n int
		says bool
	}{{0, 72, true}, {1, 72, false}, {2, 72, false}, {3, 72, true}, {69, 72, true}, {70, 72, false}, {71, 72, false}, {72, 72, true}} {
		part := beside{Share: Share{X: 6, N: 18}}
		whole := beside{Share: Share{X: part.X + c.x, N: part.N + c.n}}
		if _, ok := less(whole, part); ok != c.says {
			t.Errorf("%d of %d: %t", c.x, c.n, ok)
		}
	}
}

// A teacher who knows how many answered in each class, and has a best guess for their own, tries every set of shares that
// the colleagues may have. Told in full the guess left one; as it is told, many are left, and none is sure of any class.
func TestABestGuessDoesNotGiveColleaguesAway(t *testing.T) {
	const n, classes = 10, 5
	guessed := 0
	rng := rand.New(rand.NewPCG(9, 9))
	for range 20 {
		said := make([]int, classes)
		for i := range said {
			said[i] = 1 + rng.IntN(n-1)
		}
		rel, list, tl, teach := Release{}, []cohort{}, &tally{}, map[string][]string{}
		q := Question{ID: "q", Options: []Option{{Favourable: true}, {}}}
		for i, x := range said {
			cell := fmt.Sprint("c", i)
			teach[cell] = []string{fmt.Sprint("teacher ", i)}
			tl.cells, tl.people = append(tl.cells, cell), append(tl.people, n)
			list = append(list, cohort{Group: Group{Unit: cell, Kind: round.UnitClass, Shown: true}, atoms: []int{i}, level: levelLeaf})
			q.Rows = append(q.Rows, Row{Unit: cell, Share: &Share{X: x, N: n}})
		}
		rel.Questions = []Question{q}
		guesses(&rel, list, tl, teach)
		told := rel.Questions[0].Rows[0].Guess
		if told == nil {
			continue // classes so far apart that a share is left as it is
		}
		guessed++
		fits, low, high := 0, [classes - 1]int{n, n, n, n}, [classes - 1]int{}
		exact := 0
		var all []stat.Group
		for _, x := range said {
			all = append(all, stat.Shares(x, n))
		}
		truth, err := stat.LevelsOf(all)
		if err != nil {
			t.Fatal(err)
		}
		// The smallest first: classes of one size cannot be told from one another anyway.
		var try func(tried []int)
		try = func(tried []int) {
			if len(tried) < classes-1 {
				from := 0
				if len(tried) > 0 {
					from = tried[len(tried)-1]
				}
				for x := from; x <= n; x++ {
					try(append(slices.Clone(tried), x))
				}
				return
			}
			groups := []stat.Group{stat.Shares(said[0], n)}
			for _, x := range tried {
				groups = append(groups, stat.Shares(x, n))
			}
			l, err := stat.LevelsOf(groups)
			if err != nil {
				return
			}
			s := l.Shrunk[0]
			g := guessOf(l, s)
			if s.Weight > 0 && math.Abs(s.Mean-truth.Shrunk[0].Mean)+math.Abs(s.Weight-truth.Shrunk[0].Weight) < 1e-9 {
				exact++
			}
			if g.blur(); *g == *told {
				fits++
				for i, x := range tried {
					low[i], high[i] = min(low[i], x), max(high[i], x)
				}
			}
		}
		try(nil)
		t.Logf("%v: told in full %d fit, as it is told %d", said, exact, fits)
		for i := range low {
			if high[i] == low[i] || fits < 5 {
				t.Errorf("%v: the guess %+v leaves %d to %d of %d for a class", said, *told, low[i], high[i], n)
			}
		}
	}
	if guessed < 5 {
		t.Errorf("%d guesses", guessed)
	}
}

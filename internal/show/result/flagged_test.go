package result

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"earshot/internal/ask/round"
)

var threeFlags = []round.Flag{{ID: "meals", Name: "Free school meals"}, {ID: "help", Name: "Extra help"}, {ID: "eal", Name: "English as an additional language"}}

// flaggedTally counts a made school whose lists give pupils flags by chance, two of them often together.
func flaggedTally(t *testing.T, m *made, flags []round.Flag, seed uint64) *tally {
	t.Helper()
	tl := newTally(m.doc, m.units, "")
	tl.by(flags)
	rng := rand.New(rand.NewPCG(seed, 77))
	for _, u := range m.units {
		for _, a := range m.said[u.ID] {
			var has []string
			meals := rng.IntN(4) == 0
			if meals {
				has = append(has, "meals")
			}
			if rng.IntN(10) < map[bool]int{true: 4, false: 1}[meals] {
				has = append(has, "help")
			}
			if rng.IntN(5) < 2 {
				has = append(has, "eal")
			}
			if err := tl.addWith(u.CellID, a, false, strings.Join(has, " ")); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tl
}

// Every number of a flag is a count, with enough people on either side; people are told apart by flags alone; and whoever keeps
// the school's lists can work out nothing of a class: for every class and flag there is another world with the same figures
// in which one favourable answer more, or one less, comes from those who have it.
func TestFlagsLeaveClassesOpen(t *testing.T) {
	shown := map[string]int{}
	for seed := range uint64(6) {
		m := newMade(t, seed, round.AboutSchool, document(t, "first_say"), manySizes)
		flags := threeFlags[:1+seed%3]
		tl := flaggedTally(t, m, flags, seed)
		rel, err := m.build(tl)
		if err != nil {
			t.Fatal(err)
		}
		var by []int
		for _, s := range rel.Splits {
			if s.Kind == SplitPace {
				continue
			}
			if s.Kind != SplitFlag {
				t.Fatalf("people are told apart by %s as well", s.Kind)
			}
			for f := range flags {
				if flags[f].ID == s.By {
					by = append(by, f)
				}
			}
		}
		people, asked := sum(tl.flagged.sizes), map[string]bool{}
		for _, s := range rel.Splits {
			if s.Kind != SplitFlag {
				continue
			}
			f := tl.flagged.set(s.By)
			for _, row := range s.Rows {
				shown[s.By]++
				has, n := 0, 0
				for set, in := range people {
					if set&f != 0 {
						n += in
						for _, cell := range tl.flagged.good[row.Question] {
							has += cell[set]
						}
					}
				}
				p, rest := row.Shares[0].Share, row.Shares[1].Share
				if p.X != has || p.N != n || p.N+rest.N != len(m.everybody()) || p.X+rest.X != m.favourable(row.Question) {
					t.Errorf("%s by %s: %+v and %+v, counted %d of %d", row.Question, s.By, p, rest, has, n)
				}
				for _, side := range []Share{p, rest} {
					if side.X < careful || side.N-side.X < careful {
						t.Errorf("%s by %s: %d of %d stand alone", row.Question, s.By, side.X, side.N)
					}
				}
				asked[row.Question] = true
			}
		}
		for question := range asked {
			openClasses(t, tl.flagged, question, by)
		}
	}
	if len(shown) != len(threeFlags) {
		t.Errorf("shown: %v", shown)
	}
}

// openClasses looks for the other worlds.
func openClasses(t *testing.T, s *flagged, question string, by []int) {
	t.Helper()
	good := s.good[question]
	vector := func(cell []int) []int {
		v := make([]int, len(by))
		for k, f := range by {
			v[k] = with(cell, f)
		}
		return v
	}
	// most is what a choice of a class's favourable answers can give at most in a direction, person by person.
	known := map[string]int{}
	most := func(d int, w []int) int {
		key := fmt.Sprint(d, w)
		if sum, ok := known[key]; ok {
			return sum
		}
		left := total(good[d])
		best := make([]int, left+1) // by how many are chosen
		for i := range best {
			best[i] = -1 << 30
		}
		best[0] = 0
		for set, n := range s.sizes[d] {
			for range n {
				for i := left; i > 0; i-- {
					best[i] = max(best[i], best[i-1]+weigh(w, by, set))
				}
			}
		}
		known[key] = best[left]
		return best[left]
	}
	all := vector(sum(good))
	for c := range good {
		for k := range by {
			for _, more := range []int{1, -1} {
				possible, open := false, false
				for from, x := range good[c] {
					for to := range good[c] {
						change := (to>>by[k])&1 - (from>>by[k])&1
						if x == 0 || good[c][to] == s.sizes[c][to] || change != more || open {
							continue
						}
						possible = true
						other := append([]int{}, good[c]...)
						other[from]--
						other[to]++
						now := vector(other)
						open = weights(len(by), func(w []int) bool {
							need, room := 0, 0
							for i := range by {
								need += w[i] * (all[i] - now[i])
							}
							for d := range good {
								if d != c {
									room += most(d, w)
								}
							}
							return need <= room
						})
					}
				}
				if possible && !open {
					t.Errorf("%s: class %d is pinned in %s", question, c, s.flags[by[k]].ID)
				}
			}
		}
	}
}

// Where those with a flag say the opposite of all others, class figures and lists would pin every class: nothing is shown.
func TestFlagsThatPinClassesAreNotShown(t *testing.T) {
	s := &flagged{flags: threeFlags[:1], good: map[string][][]int{"q": nil}}
	for range 12 {
		s.sizes = append(s.sizes, []int{15, 15})
		s.good["q"] = append(s.good["q"], []int{0, 15})
	}
	if s.fits("q", sum(s.sizes), []int{0}) {
		t.Error("all with the flag and nobody else")
	}
	for c := range s.good["q"] {
		s.good["q"][c] = []int{7, 8}
	}
	if !s.fits("q", sum(s.sizes), []int{0}) {
		t.Error("half of either")
	}
}

// One group inside another, or two that leave few people over, are not both shown.
func TestFlagsThatDifferByFew(t *testing.T) {
	s := &flagged{flags: threeFlags[:2], sizes: [][]int{make([]int, 4)}}
	for _, c := range []struct {
		people []int // none, first, second, both
		ok     bool
	}{
		{[]int{200, 0, 4, 40}, false}, // the first lies in the second, less four
		{[]int{200, 0, 12, 40}, true},
		{[]int{200, 20, 20, 10}, true},
		{[]int{3, 60, 60, 0}, false}, // all but three have one of the two
		{[]int{200, 9, 40, 0}, false},
	} {
		if got := s.apart(c.people, c.people, []int{0, 1}, false); got != c.ok {
			t.Errorf("%v: %v", c.people, got)
		}
	}
}

// Three flags of which each pupil has exactly one, or all three: twice the few who have all three is what the three numbers together
// are more than the school.
func TestFlagsThatGiveAGroupTwiceOver(t *testing.T) {
	s := &flagged{flags: threeFlags}
	few, many := careful-1, 10*careful
	for all, want := range map[int]bool{few: false, careful: true} {
		people := []int{0, many, many, 0, many, 0, 0, all} // by set: the first flag is 1, the second 2, the third 4
		if got := s.apart(people, people, []int{0, 1, 2}, false); got != want {
			t.Errorf("%d with all three: apart %v", all, got)
		}
	}
}

package result

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
)

// Every sum that can be computed from the shown sums over teachers is over enough of them: all unions of years, and the
// school less any of them, tried one by one.
func TestSumsOverTeachersCannotBeTakenApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	shown, refused := 0, 0
	for range 3000 {
		tl := &tally{index: map[string]int{}}
		teach := map[string][]string{}
		list := []cohort{{Group: Group{Unit: "school", Kind: round.UnitSchool, Shown: true}}}
		staff := 1 + rng.IntN(7)
		for y := range 1 + rng.IntN(4) {
			year := cohort{Group: Group{Unit: fmt.Sprint("y", y), Kind: round.UnitYear, Shown: rng.IntN(6) > 0}, level: levelYear}
			for c := range 1 + rng.IntN(4) {
				cell := fmt.Sprintf("y%d-%d", y, c)
				a := len(tl.cells)
				tl.cells, tl.people = append(tl.cells, cell), append(tl.people, rng.IntN(5)*6)
				year.atoms = append(year.atoms, a)
				list[0].atoms = append(list[0].atoms, a)
				if rng.IntN(12) > 0 {
					teach[cell] = append(teach[cell], fmt.Sprint("t", rng.IntN(staff)))
				}
				if rng.IntN(5) == 0 {
					teach[cell] = append(teach[cell], fmt.Sprint("t", rng.IntN(staff)))
				}
			}
			list = append(list, year)
		}
		least := 3 + rng.IntN(2)
		may := mayAddUp(list, tl, teach, least)
		people := func(atoms []int) (names map[string]bool, n int) {
			names = map[string]bool{}
			for _, a := range atoms {
				n += tl.people[a]
				if tl.people[a] > 0 {
					for _, p := range teach[tl.cells[a]] {
						names[p] = true
					}
				}
			}
			return names, n
		}
		var years []int
		for i := 1; i < len(list); i++ {
			if may[i] {
				years = append(years, i)
				shown++
			} else {
				refused++
			}
			if may[i] && !list[i].Shown {
				t.Fatal("a year that is hidden may be added up")
			}
		}
		if !may[0] {
			if len(years) > 0 {
				t.Fatal("a year may be added up and the school may not")
			}
			continue
		}
		for set := range 1 << len(years) {
			in := map[int]bool{}
			var union, rest []int
			for b, y := range years {
				if set>>b&1 == 1 {
					for _, a := range list[y].atoms {
						in[a] = true
						union = append(union, a)
					}
				}
			}
			for _, a := range list[0].atoms {
				if !in[a] {
					rest = append(rest, a)
				}
			}
			for _, atoms := range [][]int{union, rest} {
				if names, n := people(atoms); n > 0 && len(names) < least {
					t.Fatalf("a sum over %d teachers can be computed, with at least %d: %v of %v", len(names), least, years, list)
				}
			}
		}
	}
	if shown == 0 || refused == 0 {
		t.Errorf("%d shown, %d refused: the test exercises too little", shown, refused)
	}
}

func TestTeacherOfTwoYearsIsNotGivenAway(t *testing.T) {
	tl := &tally{cells: []string{"7A", "8A", "8B", "8C"}, people: []int{20, 20, 20, 20}}
	teach := map[string][]string{"7A": {"ann"}, "8A": {"ann"}, "8B": {"ben"}, "8C": {"cy"}}
	list := []cohort{
		{Group: Group{Kind: round.UnitSchool, Shown: true}, atoms: []int{0, 1, 2, 3}},
		{Group: Group{Kind: round.UnitYear, Shown: true}, atoms: []int{0}, level: levelYear},
		{Group: Group{Kind: round.UnitYear, Shown: true}, atoms: []int{1, 2, 3}, level: levelYear},
	}
	if may := mayAddUp(list, tl, teach, 3); !may[0] || may[1] || may[2] {
		t.Errorf("may is %v: the school less Year 8 would be Ann's class", may)
	}
	// Two who teach together are one: their class stands for both.
	teach = map[string][]string{"7A": {"ann", "ben"}, "8A": {"ben", "ann"}, "8B": {"cy"}, "8C": {"cy"}}
	if may := mayAddUp(list[:1], tl, teach, 3); may[0] {
		t.Error("two sets of teachers count as three")
	}
}

func TestLeadersByPurpose(t *testing.T) {
	sizes := map[string][]int{"y7": {25, 25, 25, 25}, "y8": {25, 25, 25, 25}}
	teach := func(m *made, people ...string) {
		for i, u := range m.units {
			if u.Kind == round.UnitClass {
				m.teach[u.ID] = []string{people[i%len(people)]}
			}
		}
	}
	leaders := func(m *made) map[string][2]bool {
		out := map[string][2]bool{}
		for _, g := range m.release(t).Groups {
			out[g.Unit] = [2]bool{g.Leaders, g.LeadersTeaching}
		}
		return out
	}
	m := newMade(t, 2, round.AboutClasses, document(t, "first_class"), sizes)
	teach(m, "a", "b", "c")
	if got := leaders(m); got["7A"] != [2]bool{true, true} || got["school"] != [2]bool{true, true} {
		t.Errorf("for the school: %v", got)
	}
	m.round.Purpose = access.ForLearning
	if got := leaders(m); got["7A"][0] || got["school"] != [2]bool{true, false} || !got["y7"][0] || got["y7"][1] {
		t.Errorf("for learning, three teachers: %v", got)
	}
	m.round.Snapshot = `{"readers":[{"person":"b"}]}`
	if got := leaders(m); got["school"][0] || got["y7"][0] {
		t.Errorf("for learning, three teachers of whom one is a reader: %v", got)
	}
	teach(m, "a", "b", "c", "d")
	if got := leaders(m); got["school"] != [2]bool{true, true} {
		t.Errorf("for learning, four teachers of whom one is a reader: %v", got)
	}
	m = newMade(t, 2, round.AboutSchool, document(t, "first_say"), sizes)
	m.round.Purpose = access.ForLearning
	if got := leaders(m); got["7A"][0] || !got["y7"][0] || !got["school"][0] {
		t.Errorf("for learning, about the school: %v", got)
	}
}

package result

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/show/stat"

	"pgregory.net/rapid"
)

func sampled(x, n, population int) beside {
	b := beside{Share: Share{X: x, N: n}, population: population}
	b.fill()
	return b
}

func verdictOf(t *testing.T, a, b beside) Verdict {
	t.Helper()
	c, ok := between(a, b)
	if !ok {
		t.Fatal("nothing to compare")
	}
	judge([]*Comparison{&c})
	return c.Verdict
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b beside
		want Verdict
	}{
		{"far apart", sampled(80, 100, 400), sampled(40, 100, 400), Higher},
		{"far apart, the other way", sampled(40, 100, 400), sampled(80, 100, 400), Lower},
		{"few answers", sampled(6, 10, 30), sampled(200, 400, 800), CannotTell},
		{"many answers, alike", sampled(600, 1000, 1050), sampled(590, 1000, 1050), Same},
		{"everybody answered, ten points apart", sampled(12, 20, 20), sampled(10, 20, 20), Higher},
		{"everybody answered, alike", sampled(11, 25, 25), sampled(44, 100, 100), Same},
		{"nobody knows how many were asked", sampled(6, 10, 0), sampled(5, 10, 0), CannotTell},
	} {
		if got := verdictOf(t, c.a, c.b); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if _, ok := between(beside{Share: Share{X: 1, N: 2, OfAll: true}}, sampled(1, 2, 0)); ok {
		t.Error("a share of all is compared with one of answers")
	}
}

// The test without a known population is the usual one of two shares.
func TestComparisonAgreesWithChiSquare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(5, 300).Draw(t, "n1"), rapid.IntRange(5, 300).Draw(t, "n2")
		x1, x2 := rapid.IntRange(0, n1).Draw(t, "x1"), rapid.IntRange(0, n2).Draw(t, "x2")
		c, ok := between(sampled(x1, n1, 0), sampled(x2, n2, 0))
		if !ok {
			t.Fatal("not compared")
		}
		chi := stat.ChiSquareOf([][]int{{x1, n1 - x1}, {x2, n2 - x2}}, false)
		if math.IsNaN(chi.P) {
			if c.p != 1 {
				t.Fatalf("all alike: p = %v", c.p)
			}
			return
		}
		if math.Abs(c.p-chi.P) > 1e-9 {
			t.Fatalf("%d of %d and %d of %d: p %v, chi-square %v", x1, n1, x2, n2, c.p, chi.P)
		}
	})
}

// Of comparisons made at once between groups that do not differ, few are called different: that is what the correction is
// for.
func TestFamiliesAreJudgedTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	wrong, families := 0, 400
	for range families {
		var family []*Comparison
		for range 22 {
			draw := func() beside {
				x := 0
				for range 120 {
					x += rng.IntN(2)
				}
				return sampled(x, 120, 0)
			}
			c, _ := between(draw(), draw())
			family = append(family, &c)
		}
		judge(family)
		for _, c := range family {
			if c.Verdict == Higher || c.Verdict == Lower {
				wrong++
				break
			}
		}
	}
	// One comparison alone is wrong in 5% of cases; 22 without a correction would find something in two thirds.
	if share := float64(wrong) / float64(families); share > 0.08 {
		t.Errorf("something that is not there was found in %.0f%% of families", 100*share)
	}
}

// A class that answered completely both times is no sample of itself, and still not the same on two days: two pupils more or
// fewer say nothing. Within one round everybody was there, and two pupils are two pupils.
func TestOverTimeACensusIsStillASample(t *testing.T) {
	was, is := sampled(10, 31, 31), sampled(8, 31, 31)
	class := Group{Unit: "7A", Kind: round.UnitForm, Shown: true, Asked: 31, Answered: 31}
	q := Question{ID: "q", Rows: []Row{{Unit: "7A", N: 31, Share: &is.Share}}, Before: []Before{{Rows: []BeforeRow{{Unit: "7A", Share: was.Share, Population: 31}}}}}
	v := Viewed{Release: Release{Groups: []Group{class}, Questions: []Question{q}}}
	c := v.Since("7A")["q"]
	if want := stat.Newcombe(8, 31, 10, 31); c.Verdict != CannotTell || math.Abs(c.Interval.Low-want.Low)+math.Abs(c.Interval.High-want.High) > 1e-12 {
		t.Errorf("%s, %+v, want Newcombe's %+v", c.Verdict, c.Interval, want)
	}
	if verdict := verdictOf(t, is, was); verdict != Lower {
		t.Errorf("within a round: %s", verdict)
	}
	q.Before[0].Rows[0].Share, is.X = sampled(28, 31, 31).Share, 8
	if c := v.Since("7A")["q"]; c.Verdict != Lower {
		t.Errorf("28 and 8 of 31: %s", c.Verdict)
	}
}

func TestGroupsApart(t *testing.T) {
	apart := func(list ...beside) Apart {
		t.Helper()
		v, q, units := Viewed{}, Question{ID: "q"}, []string{}
		for i, b := range list {
			unit := fmt.Sprint(i)
			v.Groups = append(v.Groups, Group{Unit: unit, Shown: true, Asked: b.population, Answered: b.N})
			q.Rows, units = append(q.Rows, Row{Unit: unit, Share: &b.Share}), append(units, unit)
		}
		a, ok := v.Apart(q, units)
		if !ok {
			t.Fatal("not compared")
		}
		return a
	}
	if a := apart(sampled(12, 30, 200), sampled(16, 30, 200), sampled(14, 30, 200)); a.Any || a.Ends != CannotTell {
		t.Errorf("by chance: %+v", a)
	}
	// Ranges that overlap: 40% to 60% and 54% to 73%, and yet the two differ.
	x, y := sampled(50, 100, 0), sampled(64, 100, 0)
	if y.Low > x.High {
		t.Fatal("the ranges do not overlap")
	}
	if a := apart(y, x); a.Ends != Higher || !a.Any {
		t.Errorf("overlapping ranges: %+v", a)
	}
	// Among many groups one such pair is chance.
	many := []beside{x, y}
	for range 8 {
		many = append(many, sampled(57, 100, 0))
	}
	if a := apart(many...); a.Any || a.Ends != CannotTell {
		t.Errorf("of ten groups: %+v", a)
	}
	// The smallest is the lowest, and cannot be told; two others can.
	if a := apart(sampled(2, 6, 30), sampled(80, 200, 210), sampled(120, 200, 210), sampled(4, 6, 30)); a.Ends != CannotTell || !a.Any {
		t.Errorf("small groups at the ends: %+v", a)
	}
	if a := apart(sampled(60, 100, 100), sampled(59, 100, 100)); a.Ends != Same || a.Any {
		t.Errorf("all asked answered alike: %+v", a)
	}
	mixed := sampled(5, 10, 30)
	mixed.OfAll = true
	v := Viewed{Release: Release{Groups: []Group{{Unit: "a"}, {Unit: "b"}}}}
	if _, ok := v.Apart(Question{Rows: []Row{{Unit: "a", Share: &x.Share}, {Unit: "b", Share: &mixed.Share}}}, []string{"a", "b"}); ok {
		t.Error("a share of all is compared with one of answers")
	}
}

func TestAGroupIsComparedWithTheRest(t *testing.T) {
	m := newMade(t, 4, round.AboutSchool, document(t, "first_say"), map[string][]int{"y7": {25, 25, 25, 25}, "y8": {25, 25, 25}})
	rel := m.release(t)
	v := Viewed{Release: rel, Whole: true, Rates: rel.Groups}
	rest := v.AgainstRest("7A")
	if len(rest) == 0 {
		t.Fatal("nothing is compared")
	}
	for id, c := range rest {
		var q Question
		for _, one := range rel.Questions {
			if one.ID == id {
				q = one
			}
		}
		whole, _ := q.Row("school")
		mine, _ := q.Row("7A")
		if c.To.X != whole.Share.X-mine.Share.X || c.To.N != whole.Share.N-mine.Share.N || c.Verdict == "" {
			t.Errorf("%s: %+v is not the school %+v without 7A %+v", id, c.To, whole.Share, mine.Share)
		}
	}
	if v.AgainstRest("school") != nil {
		t.Error("the school is compared with itself")
	}
	v.Groups = v.Groups[1:]
	if v.AgainstRest("7A") != nil {
		t.Error("compared with a school that is not seen")
	}
}

func TestBestGuesses(t *testing.T) {
	sizes := map[string][]int{"y7": {12, 30, 40, 14, 35}, "y8": {11, 30, 40}}
	for _, about := range []round.About{round.AboutSchool, round.AboutClasses} {
		for teachers := range 5 {
			if about == round.AboutSchool && teachers > 0 {
				continue
			}
			m := newMade(t, 9, about, document(t, map[round.About]string{round.AboutSchool: "first_say", round.AboutClasses: "first_class"}[about]), sizes)
			i := 0
			for _, u := range m.units {
				if u.IsLeaf() && about == round.AboutClasses {
					m.teach[u.ID] = []string{fmt.Sprint("t", i%max(1, teachers))}
					i++
				}
			}
			rel := m.release(t)
			found := 0
			for _, q := range rel.Questions {
				for _, row := range q.Rows {
					if row.Guess == nil {
						continue
					}
					found++
					own := float64(row.Share.X) / float64(row.Share.N)
					if g, _ := rel.Group(row.Unit); !g.IsLeaf() || row.Share.N >= guessBelow || row.Share.Census {
						t.Errorf("%s of %s has a guess: %+v", q.ID, row.Unit, row)
					}
					if row.Guess.Low > row.Guess.Share || row.Guess.High < row.Guess.Share || math.Abs(row.Guess.Share-own) > 1 {
						t.Errorf("%s of %s: %+v", q.ID, row.Unit, row.Guess)
					}
				}
			}
			enough := about == round.AboutSchool || teachers > sumLeast
			if enough != (found > 0) {
				t.Errorf("%s with %d teachers: %d guesses", about, teachers, found)
			}
			if about == round.AboutClasses && enough {
				m.round.Purpose = access.ForLearning
				v := Viewed{Release: rel}
				v.hideGuesses()
				for _, q := range v.Questions {
					for _, row := range q.Rows {
						if row.Guess != nil {
							t.Fatal("a guess was left")
						}
					}
				}
			}
		}
	}
}

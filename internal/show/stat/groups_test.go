package stat_test

import (
	"errors"
	"math"
	"testing"

	"earshot/internal/show/stat"

	"pgregory.net/rapid"
)

var nan = math.NaN()

func TestMidRanks(t *testing.T) {
	ranks, ties := stat.MidRanks([]float64{3, 1, nan, 3, 2})
	for i, want := range []float64{3.5, 1, nan, 3.5, 2} {
		near(t, "rank", ranks[i], want, 0)
	}
	near(t, "ties", ties, 6, 0)
	near(t, "Spearman", stat.Spearman([]float64{1, 2, 3, 4}, []float64{1, 8, 27, 64}), 1, 1e-12)
}

// Odd input gives NaN or a plain answer, and never a panic.
func TestNothingToCompare(t *testing.T) {
	for _, g := range [][]float64{nil, {1}, {2, 2, 2}, {nan, nan}} {
		for _, h := range [][]float64{nil, {1}, {2, 2}} {
			w, u := stat.WelchOf(g, h), stat.MannWhitneyOf(g, h)
			if w.P < 0.05 || u.P < 0.05 || w.Effect().D < 0 {
				t.Errorf("%v and %v are told apart: %+v %+v", g, h, w, u)
			}
			stat.KruskalWallisOf([][]float64{g, h})
			stat.AnovaOf([][]float64{g, h})
			p := stat.PairedOf(g, g)
			if p.Improved+p.Worse != 0 {
				t.Errorf("%v changed against itself: %+v", g, p)
			}
		}
	}
	if c := stat.ChiSquareOf([][]int{{3, 0}, {4, 0}}, false); !math.IsNaN(c.P) {
		t.Errorf("one column tells nothing: %+v", c)
	}
	if v := stat.Polychoric([]float64{1, 1}, []float64{1, 2}); !math.IsNaN(v) {
		t.Errorf("one answer everywhere correlates with nothing: %v", v)
	}
	if _, err := stat.LevelsOf([]stat.Group{{N: 5, Mean: 2}}); !errors.Is(err, stat.ErrGroups) {
		t.Errorf("one group: %v", err)
	}
	m := stat.McNemarOf([]float64{1, 3}, []float64{1, 3}, 2)
	if m.Exact != 1 || !math.IsNaN(m.P) {
		t.Errorf("nobody changed: %+v", m)
	}
}

func TestPolychoricOfHalves(t *testing.T) {
	// Cut at their medians, two normal variables agree on 1/2 + asin(rho)/pi of people (Sheppard 1899).
	for _, rho := range []float64{-0.6, 0, 0.3, 0.8} {
		same := int(math.Round(1e6 * (0.5 + math.Asin(rho)/math.Pi) / 2))
		var x, y []float64
		for _, c := range []struct {
			n    int
			a, b float64
		}{{same / 1000, 0, 0}, {same / 1000, 1, 1}, {500 - same/1000, 0, 1}, {500 - same/1000, 1, 0}} {
			for range c.n {
				x, y = append(x, c.a), append(y, c.b)
			}
		}
		if got := stat.Polychoric(x, y); math.Abs(got-rho) > 0.005 {
			t.Errorf("rho %v: got %v", rho, got)
		}
	}
}

func TestFamilies(t *testing.T) {
	got := stat.BenjaminiHochberg([]float64{0.01, 0.04, nan, 0.03, 0.5})
	for i, want := range []float64{0.04, 0.16 / 3, nan, 0.16 / 3, 0.5} {
		near(t, "BH", got[i], want, 1e-12)
	}
	got = stat.Holm([]float64{0.01, 0.04, nan, 0.03, 0.5})
	for i, want := range []float64{0.04, 0.09, nan, 0.09, 0.5} {
		near(t, "Holm", got[i], want, 1e-12)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		bh, holm := stat.BenjaminiHochberg(p), stat.Holm(p)
		for i := range p {
			if bh[i] < p[i] || holm[i] < bh[i]-1e-12 || holm[i] > 1 {
				t.Fatalf("%v became %v and %v", p[i], bh[i], holm[i])
			}
		}
	})
}

func TestRake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(20, 200).Draw(t, "n")
		margins := []stat.Margin{{Shares: []float64{0.3, 0.7}}, {Shares: []float64{0.2, 0.3, 0.5}}}
		for i := range n {
			// Everybody is somewhere, and every pair of levels has somebody.
			margins[0].Level = append(margins[0].Level, i%2)
			level := i / 2 % 3
			if i >= 6 {
				level = rapid.IntRange(0, 2).Draw(t, "level")
			}
			margins[1].Level = append(margins[1].Level, level)
		}
		weights, err := stat.Rake(margins)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range margins {
			sums := make([]float64, len(m.Shares))
			for i, w := range weights {
				sums[m.Level[i]] += w
			}
			for level, share := range m.Shares {
				if math.Abs(sums[level]-share*float64(n)) > 1e-9*float64(n) {
					t.Fatalf("level %d: %v of %d, want %v", level, sums[level], n, share)
				}
			}
		}
	})
	if _, err := stat.Rake([]stat.Margin{{Shares: []float64{0.5, 0.5}, Level: []int{0, 0}}}); !errors.Is(err, stat.ErrMargin) {
		t.Errorf("nobody in a level: %v", err)
	}
	weights, err := stat.Rake([]stat.Margin{{Shares: []float64{0.5, 0.5}, Level: []int{0, -1, 1}}})
	if err != nil || !math.IsNaN(weights[1]) {
		t.Errorf("a level that is not known: %v, %v", weights, err)
	}
}

func TestLevels(t *testing.T) {
	same := []stat.Group{{N: 20, Mean: 3, SS: 20}, {N: 30, Mean: 3, SS: 30}, {}}
	l, err := stat.LevelsOf(same)
	if err != nil || l.Tau2 != 0 || l.Shrunk[0].Weight != 0 || l.Shrunk[2].Mean != 3 {
		t.Errorf("nothing lies between equal groups: %+v, %v", l, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var groups []stat.Group
		for range rapid.IntRange(2, 12).Draw(t, "groups") {
			n := rapid.IntRange(1, 40).Draw(t, "n")
			groups = append(groups, stat.Shares(rapid.IntRange(0, n).Draw(t, "x"), n))
		}
		l, err := stat.LevelsOf(groups)
		if err != nil {
			return // nobody differs, or each is alone
		}
		for i, s := range l.Shrunk {
			between := math.Min(groups[i].Mean, l.Mu)-1e-9 <= s.Mean && s.Mean <= math.Max(groups[i].Mean, l.Mu)+1e-9
			if s.Weight < 0 || s.Weight > 1 || !between || l.ICC < 0 || l.ICC > 1 {
				t.Fatalf("%+v became %+v with the mean %v", groups[i], s, l.Mu)
			}
		}
	})
}

func TestNewcombe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(1, 300).Draw(t, "n1"), rapid.IntRange(1, 300).Draw(t, "n2")
		x1, x2 := rapid.IntRange(0, n1).Draw(t, "x1"), rapid.IntRange(0, n2).Draw(t, "x2")
		d := float64(x1)/float64(n1) - float64(x2)/float64(n2)
		i := stat.Newcombe(float64(x1), float64(n1), float64(x2), float64(n2))
		back := stat.Newcombe(float64(x2), float64(n2), float64(x1), float64(n1))
		if i.Low > d || i.High < d || i.Low < -1 || i.High > 1 || math.Abs(i.Low+back.High) > 1e-12 {
			t.Fatalf("%d of %d and %d of %d: %v, %v", x1, n1, x2, n2, i, back)
		}
	})
}

package stat_test

import (
	"errors"
	"math"
	"testing"

	"earshot/internal/show/stat"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func near(t *testing.T, name string, got, want, relative float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > relative*math.Max(1e-300, math.Abs(want)) {
		t.Errorf("%s: got %.17g, want %.17g", name, got, want)
	}
}

func TestWilson(t *testing.T) {
	got := stat.Wilson(1740, 2784)
	near(t, "low", got.Low, 0.60685603835298474, 1e-9)
	near(t, "high", got.High, 0.64279947839021634, 1e-9)
	if all := stat.Wilson(10, 10); all.High != 1 || all.Low < 0.7 {
		t.Errorf("all of ten: %v", all)
	}
	if none := stat.Wilson(0, 10); none.Low != 0 {
		t.Errorf("none of ten: %v", none)
	}
	for _, bad := range [][2]float64{{0, 0}, {1, 0}, {-1, 5}, {6, 5}, {math.NaN(), 5}, {1, math.NaN()}} {
		if i := stat.Wilson(bad[0], bad[1]); !math.IsNaN(i.Low) || !math.IsNaN(i.High) {
			t.Errorf("Wilson(%v) = %v", bad, i)
		}
	}
}

func TestWilsonFinite(t *testing.T) {
	got, census, err := stat.WilsonFinite(10, 20, 30)
	want := stat.Wilson(29, 58) // n' = 20*29/10
	if err != nil || census {
		t.Fatal(census, err)
	}
	near(t, "low", got.Low, want.Low, 1e-12)
	near(t, "high", got.High, want.High, 1e-12)

	if got, census, err = stat.WilsonFinite(3, 12, 12); err != nil || !census || got.Low != 0.25 || got.High != 0.25 {
		t.Errorf("census: %v %v %v", got, census, err)
	}
	if _, _, err = stat.WilsonFinite(1, 13, 12); !errors.Is(err, stat.ErrPopulation) {
		t.Errorf("more answers than people: %v", err)
	}
	if got, census, err = stat.WilsonFinite(0, 0, 12); err != nil || census || !math.IsNaN(got.Low) {
		t.Errorf("no answers: %v %v %v", got, census, err)
	}
	// Nine of ten answered, all favourable: nine tenths are certain.
	if got, _, _ = stat.WilsonFinite(9, 9, 10); got.Low < 0.9 || got.High != 1 {
		t.Errorf("clipped to what is possible: %v", got)
	}
}

func TestWilsonFiniteStaysPossible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.IntRange(1, 400).Draw(t, "population")
		n := rapid.IntRange(1, population).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		i, _, err := stat.WilsonFinite(x, n, population)
		share := float64(x) / float64(n)
		if err != nil || i.Low < 0 || i.High > 1 || i.Low > share+1e-12 || i.High < share-1e-12 {
			t.Fatalf("%d of %d of %d: %v %v", x, n, population, i, err)
		}
	})
}

func TestWholePercents(t *testing.T) {
	for _, c := range []struct{ counts, want []int }{
		{[]int{1, 1, 1}, []int{34, 33, 33}},
		{[]int{2, 1}, []int{67, 33}},
		{[]int{1, 5}, []int{17, 83}},
		{[]int{1, 3, 4}, []int{12, 38, 50}}, // equal remainders: the larger count first
		{[]int{0, 0}, []int{0, 0}},
		{[]int{-4, 4}, []int{0, 100}},
		{nil, []int{}},
	} {
		if d := cmp.Diff(c.want, stat.WholePercents(c.counts)); d != "" {
			t.Errorf("%v: %s", c.counts, d)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 500), 1, 9).Draw(t, "counts")
		total, percents := 0, 0
		for _, c := range counts {
			total += c
		}
		for i, p := range stat.WholePercents(counts) {
			percents += p
			if total > 0 && math.Abs(float64(p)-100*float64(counts[i])/float64(total)) >= 1 {
				t.Fatalf("%v: a per cent is off by one or more", counts)
			}
		}
		if total > 0 && percents != 100 {
			t.Fatalf("%v: sum %d", counts, percents)
		}
	})
}

func TestItem(t *testing.T) {
	item := stat.Item{Min: 1, Max: 5, Reversed: true, Favourable: 4, Unfavourable: 2}
	s := item.Summarise([]float64{1, 2, 3, 5, math.NaN(), 9})
	if s.N != 4 || s.Missing != 2 || s.Favourable != 2 || s.Neutral != 1 || s.Unfavourable != 1 {
		t.Errorf("%+v", s)
	}
	near(t, "mean", s.Mean, 3.25, 1e-12)
	near(t, "median", s.Median, 3.5, 1e-12)
	none := item.Summarise(nil)
	if none.N != 0 || !math.IsNaN(none.Mean) || !math.IsNaN(none.FavourableShare) || !math.IsNaN(none.SE) {
		t.Errorf("no answers: %+v", none)
	}
	if one := item.Summarise([]float64{2}); one.Mean != 4 || !math.IsNaN(one.SD) {
		t.Errorf("one answer: %+v", one)
	}
}

func TestFrequencies(t *testing.T) {
	want := []stat.Frequency{{1, 2, 0.5, 50}, {2, 0, 0, 0}, {3, 2, 0.5, 50}}
	if d := cmp.Diff(want, stat.Frequencies([]float64{1, 3, 3, 1, math.NaN(), 7, 1.5}, 1, 3)); d != "" {
		t.Error(d)
	}
	if stat.Frequencies(nil, 3, 1) != nil {
		t.Error("no values between 3 and 1")
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{4, 1, 3, 2, math.NaN()}
	for p, want := range map[float64]float64{0: 1, 0.25: 1.75, 0.5: 2.5, 0.9: 3.7, 1: 4} {
		near(t, "quantile", stat.Quantile(values, p), want, 1e-12)
	}
	if !math.IsNaN(stat.Quantile(nil, 0.5)) || !math.IsNaN(stat.Quantile(values, 2)) {
		t.Error("undefined quantiles are NaN")
	}
}

func TestScales(t *testing.T) {
	nan := math.NaN()
	scores, err := stat.ScaleScores([][]float64{{1, nan, nan}, {3, 4, nan}, {5, 5, 2}, {3, nan, nan}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "all answered", scores[0], 3, 0)
	near(t, "half answered", scores[1], 4.5, 0)
	near(t, "under half", scores[2], nan, 0)
	if _, err = stat.ScaleScores(nil); !errors.Is(err, stat.ErrShape) {
		t.Error(err)
	}
	if _, err = stat.ReliabilityOf([][]float64{{1, 2}, {1}}); !errors.Is(err, stat.ErrShape) {
		t.Error(err)
	}
	r, err := stat.ReliabilityOf([][]float64{{1, 2, 3, 4}, {1, 2, 3, 4}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "two equal items", r.AlphaPairwise, 1, 1e-12)
	if r, err = stat.ReliabilityOf([][]float64{{1, 1}, {1, 1}}); err != nil || !math.IsNaN(r.AlphaPairwise) {
		t.Error("no variance: alpha is NaN", r, err)
	}
	if r, err = stat.ReliabilityOf([][]float64{{}, {}}); err != nil || !math.IsNaN(r.Feldt.Low) {
		t.Error("nobody: NaN", r, err)
	}
}

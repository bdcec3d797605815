package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// MidRanks gives every value its rank from 1, and values that are equal the mean of the ranks they take up together. A
// NaN keeps NaN and takes up no rank. ties is the sum of t³-t over runs of t equal values.
func MidRanks(values []float64) (ranks []float64, ties float64) {
	order := make([]int, 0, len(values))
	ranks = make([]float64, len(values))
	for i, v := range values {
		ranks[i] = math.NaN()
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	sort.Slice(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && values[order[end]] == values[order[start]] {
			end++
		}
		for _, i := range order[start:end] {
			ranks[i] = float64(start+1+end) / 2
		}
		t := float64(end - start)
		ties += t*t*t - t
		start = end
	}
	return ranks, ties
}

// Spearman is the rank correlation over the people for whom neither value is NaN: Pearson's of their mid-ranks. NaN where
// Correlation would be.
func Spearman(x, y []float64) float64 {
	a, b := pairs(x, y)
	ra, _ := MidRanks(a)
	rb, _ := MidRanks(b)
	return Correlation(ra, rb)
}

// SpearmanInterval is Spearman with its 95% interval by Fisher's z, whose standard error is √((1+r²/2)/(n-3)) for ranks
// (Bonett and Wright 2000). The bounds are NaN with fewer than four people.
func SpearmanInterval(x, y []float64) (r float64, interval Interval) {
	a, _ := pairs(x, y)
	r = Spearman(x, y)
	half := Z95 * math.Sqrt((1+r*r/2)/float64(len(a)-3))
	if len(a) < 4 {
		half = math.NaN()
	}
	z := math.Atanh(math.Max(-0.999999, math.Min(0.999999, r)))
	return r, Interval{math.Tanh(z - half), math.Tanh(z + half)}
}

// MannWhitney compares two groups by ranks (Mann and Whitney 1947), in the normal approximation with its variance
// corrected for ties.
type MannWhitney struct {
	U        float64 // pairs in which the first is higher, and half of those that tie
	P        float64 // two-sided, with the continuity correction of a half
	PPlain   float64 // without it
	Dominant float64 // Cliff's delta (1993), 2U/(n1 n2)-1: -1..1
}

// MannWhitneyOf leaves out NaN. Everything is NaN when a group is empty, the p-values also when all values are equal.
func MannWhitneyOf(first, second []float64) MannWhitney {
	first, second = Valid(first), Valid(second)
	n1, n2 := float64(len(first)), float64(len(second))
	nan := math.NaN()
	if n1 == 0 || n2 == 0 {
		return MannWhitney{nan, nan, nan, nan}
	}
	ranks, ties := MidRanks(append(append([]float64{}, first...), second...))
	u := -n1 * (n1 + 1) / 2
	for _, r := range ranks[:len(first)] {
		u += r
	}
	n := n1 + n2
	deviation := math.Sqrt(n1 * n2 / 12 * (n + 1 - ties/(n*(n-1))))
	with, without := twoSided(u-n1*n2/2, deviation)
	return MannWhitney{u, with, without, 2*u/(n1*n2) - 1}
}

// SignedRank is Wilcoxon's test (1945) of pairs: the sum of the ranks of what rose, and its two-sided p-value in the normal
// approximation, corrected for ties and continuity. Pairs that are equal are left out. p is NaN when none is left.
func SignedRank(before, after []float64) (v, p float64) {
	a, b := pairs(before, after)
	var size, sign []float64
	for i := range a {
		if d := b[i] - a[i]; d != 0 {
			size, sign = append(size, math.Abs(d)), append(sign, d)
		}
	}
	ranks, ties := MidRanks(size)
	for i, r := range ranks {
		if sign[i] > 0 {
			v += r
		}
	}
	n := float64(len(size))
	p, _ = twoSided(v-n*(n+1)/4, math.Sqrt(n*(n+1)*(2*n+1)/24-ties/48))
	return v, p
}

// twoSided is the p-value of a sum of ranks that is so far from what is expected, with a correction for continuity and
// without.
func twoSided(away, deviation float64) (with, without float64) {
	if !(deviation > 0) {
		return math.NaN(), math.NaN()
	}
	// erfc keeps its digits far out, where one less the distribution loses them.
	p := func(x float64) float64 { return math.Min(1, math.Erfc(x/deviation/math.Sqrt2)) }
	if away = math.Abs(away); away == 0 {
		return 1, 1
	}
	return p(math.Abs(away - 0.5)), p(away)
}

// KruskalWallis compares several groups by ranks (Kruskal and Wallis 1952), corrected for ties.
type KruskalWallis struct {
	H        float64
	DF       int
	P        float64
	Epsilon2 float64 // H/(n-1)
	Eta2     float64 // (H-k+1)/(n-k)
}

// KruskalWallisOf leaves out NaN and empty groups. It is NaN throughout with fewer than two groups or all values equal.
func KruskalWallisOf(groups [][]float64) KruskalWallis {
	groups = inhabited(groups)
	var all []float64
	for _, g := range groups {
		all = append(all, g...)
	}
	n, k := float64(len(all)), float64(len(groups))
	ranks, ties := MidRanks(all)
	spread := 1 - ties/(n*n*n-n)
	if k < 2 || !(spread > 0) {
		nan := math.NaN()
		return KruskalWallis{nan, 0, nan, nan, nan}
	}
	h, at := 0.0, 0
	for _, g := range groups {
		sum := 0.0
		for _, r := range ranks[at : at+len(g)] {
			sum += r
		}
		h += sum * sum / float64(len(g))
		at += len(g)
	}
	h = (12*h/(n*(n+1)) - 3*(n+1)) / spread
	return KruskalWallis{h, len(groups) - 1, distuv.ChiSquared{K: k - 1}.Survival(h), h / (n - 1), (h - k + 1) / (n - k)}
}

// inhabited is the groups without their NaNs, and without those that are empty then.
func inhabited(groups [][]float64) [][]float64 {
	var kept [][]float64
	for _, g := range groups {
		if v := Valid(g); len(v) > 0 {
			kept = append(kept, v)
		}
	}
	return kept
}

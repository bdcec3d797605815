package stat

import (
	"errors"
	"math"
	"sort"
)

// Z95 is the normal quantile of a two-sided 95% interval.
const Z95 = 1.959963984540054

// ErrPopulation says that more people answered than were asked, or that a count
// is negative or larger than its total.
var ErrPopulation = errors.New("stat: counts do not fit the population")

// Interval is a lower and an upper bound, in the unit of what it bounds.
type Interval struct{ Low, High float64 }

// Wilson is the 95% score interval of a share x/n (Wilson 1927), both bounds
// clipped to 0..1. With n <= 0 or x outside 0..n both bounds are NaN. n need
// not be whole, so that an effective sample size can be given.
func Wilson(x, n float64) Interval {
	if !(n > 0) || !(x >= 0) || x > n || math.IsInf(n, 0) {
		return Interval{math.NaN(), math.NaN()}
	}
	p, zz := x/n, Z95*Z95
	centre := (p + zz/(2*n)) / (1 + zz/n)
	half := Z95 * math.Sqrt(p*(1-p)/n+zz/(4*n*n)) / (1 + zz/n)
	return Interval{math.Max(0, centre-half), math.Min(1, centre+half)}
}

// WilsonFinite is Wilson for x of n answers when the number asked is known: the
// share is kept and n becomes n' = n(N-1)/(N-n), N being the population.
//
// When everybody answered it is a census: there is nothing left to estimate, so
// census is true and both bounds are the share itself. The bounds are further
// clipped to what is possible: at least x and at most x+(N-n) of N people. n = 0
// gives NaN bounds. It returns ErrPopulation when n > N, x > n or one is negative.
func WilsonFinite(x, n, population int) (interval Interval, census bool, err error) {
	if x < 0 || x > n || n > population {
		return Interval{math.NaN(), math.NaN()}, false, ErrPopulation
	}
	if n == 0 {
		return Interval{math.NaN(), math.NaN()}, false, nil
	}
	p := float64(x) / float64(n)
	if n == population {
		return Interval{p, p}, true, nil
	}
	size := float64(population)
	effective := float64(n) * (size - 1) / (size - float64(n))
	interval = Wilson(p*effective, effective)
	interval.Low = math.Max(interval.Low, float64(x)/size)
	interval.High = math.Min(interval.High, float64(x+population-n)/size)
	return interval, false, nil
}

// WholePercents turns counts into whole per cents that add up to 100, by the
// largest remainder; equal remainders favour the larger count, then the earlier
// one. Counts below zero count as zero; a total of zero gives all zeros.
func WholePercents(counts []int) []int {
	percents := make([]int, len(counts))
	total := 0
	for _, c := range counts {
		total += max(c, 0)
	}
	if total == 0 {
		return percents
	}
	left := 100
	order := make([]int, len(counts))
	for i, c := range counts {
		order[i] = i
		percents[i] = 100 * max(c, 0) / total
		left -= percents[i]
	}
	remainder := func(i int) int { return 100 * max(counts[i], 0) % total }
	sort.SliceStable(order, func(a, b int) bool {
		i, j := order[a], order[b]
		if remainder(i) != remainder(j) {
			return remainder(i) > remainder(j)
		}
		return counts[i] > counts[j]
	})
	// Fewer points are left than there are counts with a remainder, so each of
	// the first `left` gets exactly one.
	for _, i := range order[:left] {
		percents[i]++
	}
	return percents
}

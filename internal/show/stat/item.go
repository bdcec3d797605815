package stat

import (
	"math"
	"sort"

	gonum "gonum.org/v1/gonum/stat"
)

// Item describes how the answers to one question are read.
type Item struct {
	Min, Max                 float64 // ends of the scale
	Reversed                 bool    // worded so that a low answer is the good one
	Favourable, Unfavourable float64 // keyed value at or above / at or below which an answer counts as such
}

// Keyed is the answer turned so that high is good: x, or Min+Max-x when the
// item is reversed. Missing (NaN) or outside the scale gives NaN.
func (i Item) Keyed(x float64) float64 {
	if !(x >= i.Min && x <= i.Max) {
		return math.NaN()
	}
	if i.Reversed {
		return i.Min + i.Max - x
	}
	return x
}

// KeyedAll is Keyed of every answer, in the same order.
func (i Item) KeyedAll(answers []float64) []float64 {
	keyed := make([]float64, len(answers))
	for n, x := range answers {
		keyed[n] = i.Keyed(x)
	}
	return keyed
}

// ItemSummary says how one question was answered, over the valid answers.
type ItemSummary struct {
	N, Missing                                       int // valid answers; answers that are NaN or outside the scale
	Favourable, Neutral, Unfavourable                int
	FavourableShare, NeutralShare, UnfavourableShare float64  // of N, 0..1; NaN when N = 0
	Interval                                         Interval // Wilson 95%, of the favourable share
	Mean, SD, SE, Median                             float64  // of keyed values; SD with N-1, SE = SD/sqrt(N); NaN when undefined
}

// Summarise computes the item statistics of raw answers (NaN = missing).
func (i Item) Summarise(answers []float64) ItemSummary {
	keyed := Valid(i.KeyedAll(answers))
	s := ItemSummary{N: len(keyed), Missing: len(answers) - len(keyed)}
	for _, k := range keyed {
		switch {
		case k >= i.Favourable:
			s.Favourable++
		case k <= i.Unfavourable:
			s.Unfavourable++
		default:
			s.Neutral++
		}
	}
	n := float64(s.N)
	s.FavourableShare, s.NeutralShare, s.UnfavourableShare =
		float64(s.Favourable)/n, float64(s.Neutral)/n, float64(s.Unfavourable)/n
	s.Interval = Wilson(float64(s.Favourable), n)
	s.Mean, s.SD = MeanSD(keyed)
	s.SE = s.SD / math.Sqrt(n)
	s.Median = Quantile(keyed, 0.5)
	return s
}

// Frequency is how many gave one answer, and their share of the valid answers.
type Frequency struct {
	Value   float64
	Count   int
	Share   float64 // 0..1
	Percent int     // whole per cent by largest remainder; all of them add up to 100
}

// Frequencies counts the raw answers for every whole value from min to max,
// also those nobody gave. It is empty when max < min or there are over 1000
// values.
func Frequencies(answers []float64, min, max int) []Frequency {
	if max < min || max-min >= 1000 {
		return nil
	}
	counts := make([]int, max-min+1)
	total := 0
	for _, x := range answers {
		if x >= float64(min) && x <= float64(max) && x == math.Trunc(x) {
			counts[int(x)-min]++
			total++
		}
	}
	table := make([]Frequency, len(counts))
	for i, p := range WholePercents(counts) {
		table[i] = Frequency{float64(min + i), counts[i], float64(counts[i]) / float64(total), p}
	}
	return table
}

// Valid is the values that are not NaN, in the same order.
func Valid(values []float64) []float64 {
	valid := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			valid = append(valid, v)
		}
	}
	return valid
}

// MeanSD is the mean and the standard deviation (n-1) of the values that are
// not NaN. The mean is NaN without values, the deviation with fewer than two.
func MeanSD(values []float64) (mean, sd float64) {
	valid := Valid(values)
	switch len(valid) {
	case 0:
		return math.NaN(), math.NaN()
	case 1:
		return valid[0], math.NaN()
	}
	return gonum.MeanStdDev(valid, nil)
}

// Quantile is the p-quantile (0..1) of the values that are not NaN, type 7 of
// Hyndman and Fan (1996): linear between order statistics at 1+(n-1)p. gonum's
// LinInterp is another type. NaN when there are no values or p is outside 0..1.
func Quantile(values []float64, p float64) float64 {
	sorted := Valid(values)
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	sort.Float64s(sorted)
	at := p * float64(len(sorted)-1)
	below := int(math.Floor(at))
	above := min(below+1, len(sorted)-1)
	if sorted[below] == sorted[above] {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

package stat

import (
	"errors"
	"math"
	"slices"

	gonum "gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// ErrShape says that the items of a scale have different numbers of people, or
// that there are fewer than two items.
var ErrShape = errors.New("stat: a scale needs two or more items over the same people")

// ScaleScores is one score a person: the mean of the keyed items answered when
// at least half of them were, else NaN. keyed is items x people. It returns
// ErrShape when the items differ in length or there are none.
func ScaleScores(keyed [][]float64) ([]float64, error) {
	if len(keyed) == 0 {
		return nil, ErrShape
	}
	scores := make([]float64, len(keyed[0]))
	for _, item := range keyed {
		if len(item) != len(scores) {
			return nil, ErrShape
		}
	}
	for person := range scores {
		scores[person] = meanOfAnswered(keyed, person, -1, len(keyed))
	}
	return scores, nil
}

// meanOfAnswered leaves out the item `without`; NaN when under half of `of`
// items were answered, or none.
func meanOfAnswered(keyed [][]float64, person, without, of int) float64 {
	sum, n := 0.0, 0
	for i, item := range keyed {
		if i != without && !math.IsNaN(item[person]) {
			sum += item[person]
			n++
		}
	}
	if n == 0 || 2*n < of {
		return math.NaN()
	}
	return sum / float64(n)
}

// Reliability says how well the items of a scale hang together.
type Reliability struct {
	Items, Complete int // items; people who answered all of them
	// AlphaPairwise is Cronbach's alpha (1951) on the pairwise-complete
	// covariances: k/(k-1) (1 - tr C / sum C). NaN when undefined.
	AlphaPairwise float64
	// AlphaStandardised is k r/(1+(k-1) r), r the mean pairwise correlation.
	AlphaStandardised float64
	// Omega is McDonald's omega (1999) of one factor: (Σl)²/((Σl)²+Σ(1-l²)), l its loadings by least squares on the
	// pairwise correlations (minres, Harman and Jones 1966). NaN with fewer than three items.
	Omega float64
	// Loadings has, for each item, its loading on that factor. Empty where Omega is NaN.
	Loadings []float64
	// AlphaListwise is alpha over the complete cases alone.
	AlphaListwise float64
	// Feldt is the 95% interval of AlphaListwise (Feldt, Woodruff and Salih 1987).
	Feldt Interval
	// Rest has, for each item, its correlation with the other items.
	Rest []ItemRest
}

// ItemRest is the correlation of one item with the rest of its scale.
type ItemRest struct {
	Available float64 // with the mean of the other items that the person answered
	Listwise  float64 // with the sum of the others, over the complete cases
	Dropped   float64 // AlphaPairwise without this item; NaN when fewer than two are left
}

// ReliabilityOf computes the reliability of a scale from keyed answers, items x
// people (NaN = missing). It returns ErrShape for fewer than two items or items
// of different lengths; what cannot be computed is NaN.
func ReliabilityOf(keyed [][]float64) (Reliability, error) {
	if len(keyed) < 2 {
		return Reliability{}, ErrShape
	}
	for _, item := range keyed {
		if len(item) != len(keyed[0]) {
			return Reliability{}, ErrShape
		}
	}
	complete := completeCases(keyed)
	r := Reliability{Items: len(keyed), Complete: len(complete[0])}
	r.AlphaPairwise = alpha(keyed)
	r.AlphaListwise = alpha(complete)

	k, sum, correlations := float64(len(keyed)), 0.0, matrix(len(keyed))
	for i := range keyed {
		for j := range i {
			c := Correlation(keyed[i], keyed[j])
			correlations[i][j], correlations[j][i] = c, c
			sum += c
		}
	}
	mean := sum / (k * (k - 1) / 2)
	r.AlphaStandardised = k * mean / (1 + (k-1)*mean)
	r.Loadings, r.Omega = oneFactor(correlations)
	r.Feldt = feldt(r.AlphaListwise, r.Complete, r.Items)

	for i := range keyed {
		rest := make([]float64, len(keyed[0]))
		for person := range rest {
			rest[person] = meanOfAnswered(keyed, person, i, 0)
		}
		others := make([]float64, r.Complete)
		for person := range others {
			others[person] = meanOfAnswered(complete, person, i, 0)
		}
		dropped := math.NaN()
		if len(keyed) > 2 {
			dropped = alpha(slices.Delete(slices.Clone(keyed), i, i+1))
		}
		r.Rest = append(r.Rest, ItemRest{Correlation(keyed[i], rest), Correlation(complete[i], others), dropped})
	}
	return r, nil
}

// Correlation is Pearson's, over the people for whom neither value is NaN. NaN
// with fewer than two of them, different lengths, or a side without variance.
func Correlation(x, y []float64) float64 {
	a, b := pairs(x, y)
	if len(a) < 2 {
		return math.NaN()
	}
	return gonum.Correlation(a, b, nil)
}

func alpha(items [][]float64) float64 {
	k, trace, total := float64(len(items)), 0.0, 0.0
	for i := range items {
		for j := range items {
			a, b := pairs(items[i], items[j])
			if len(a) < 2 {
				return math.NaN()
			}
			c := gonum.Covariance(a, b, nil)
			total += c
			if i == j {
				trace += c
			}
		}
	}
	if total == 0 {
		return math.NaN()
	}
	return k / (k - 1) * (1 - trace/total)
}

func feldt(alpha float64, n, k int) Interval {
	if math.IsNaN(alpha) || n < 2 {
		return Interval{math.NaN(), math.NaN()}
	}
	f := distuv.F{D1: float64(n - 1), D2: float64((n - 1) * (k - 1))}
	return Interval{1 - (1-alpha)*f.Quantile(0.975), 1 - (1-alpha)*f.Quantile(0.025)}
}

func pairs(x, y []float64) (a, b []float64) {
	if len(x) != len(y) {
		return nil, nil
	}
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	return a, b
}

func completeCases(items [][]float64) [][]float64 {
	kept := make([][]float64, len(items))
	for person := range items[0] {
		all := true
		for _, item := range items {
			all = all && !math.IsNaN(item[person])
		}
		for i := range items {
			if all {
				kept[i] = append(kept[i], items[i][person])
			}
		}
	}
	return kept
}

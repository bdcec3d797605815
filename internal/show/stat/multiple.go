package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// BenjaminiHochberg corrects the p-values of a family of comparisons made at once, so that of those called real only a
// twentieth is expected not to be (Benjamini and Hochberg 1995). NaN stays NaN and does not count.
func BenjaminiHochberg(p []float64) []float64 {
	order, adjusted := ranked(p)
	m, least := float64(len(order)), 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, p[i]*(m/float64(rank))) // in this order no p is ever made smaller by rounding
		adjusted[i] = least
	}
	return adjusted
}

// Holm corrects a family so that the chance of calling even one real that is not stays under a twentieth (Holm 1979).
func Holm(p []float64) []float64 {
	order, adjusted := ranked(p)
	most := 0.0
	for rank, i := range order {
		most = math.Max(most, math.Min(1, p[i]*float64(len(order)-rank)))
		adjusted[i] = most
	}
	return adjusted
}

// ranked is where the p-values stand from the smallest, and a list as long as theirs full of NaN.
func ranked(p []float64) (order []int, adjusted []float64) {
	adjusted = make([]float64, len(p))
	for i := range p {
		adjusted[i] = math.NaN()
		if !math.IsNaN(p[i]) {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	return order, adjusted
}

// pF is the upper tail of Fisher's F, which keeps its digits where 1-CDF would lose them.
func pF(f, df1, df2 float64) float64 {
	if !(f >= 0) || !(df1 > 0) || !(df2 > 0) || math.IsInf(df2, 0) || math.IsInf(f, 0) {
		return math.NaN()
	}
	return mathext.RegIncBeta(df2/2, df1/2, df2/(df2+df1*f))
}

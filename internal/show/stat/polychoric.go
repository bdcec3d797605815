package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat/distuv"
)

// Polychoric is the correlation of two normal variables of which only the classes of their answers are seen, in two steps
// (Olsson 1979): thresholds from the margins, then the likeliest correlation. Over the people who answered both; NaN when
// one of the two has fewer than two different answers.
func Polychoric(x, y []float64) float64 {
	a, b := pairs(x, y)
	table := crossed(a, b)
	if len(table) < 2 || len(table[0]) < 2 {
		return math.NaN()
	}
	rows, columns := make([]float64, len(table)), make([]float64, len(table[0]))
	for i, row := range table {
		for j, c := range row {
			rows[i] += c
			columns[j] += c
		}
	}
	cut1, cut2 := thresholds(rows), thresholds(columns)
	likelihood := func(rho float64) (sum float64) {
		below := make([][]float64, len(cut1))
		for i, h := range cut1 {
			below[i] = make([]float64, len(cut2))
			for j, k := range cut2 {
				below[i][j] = binormal(h, k, rho)
			}
		}
		for i := 1; i < len(cut1); i++ {
			for j := 1; j < len(cut2); j++ {
				if n := table[i-1][j-1]; n > 0 {
					p := below[i][j] - below[i-1][j] - below[i][j-1] + below[i-1][j-1]
					sum -= n * math.Log(math.Max(p, 1e-300))
				}
			}
		}
		return sum
	}
	result, err := optimize.Minimize(optimize.Problem{Func: func(v []float64) float64 { return likelihood(math.Tanh(v[0])) }},
		[]float64{0}, &optimize.Settings{Converger: &optimize.FunctionConverge{Absolute: 1e-9, Iterations: 40}}, &optimize.NelderMead{SimplexSize: 0.3})
	if err != nil && result == nil {
		return math.NaN()
	}
	return math.Tanh(result.X[0])
}

// crossed counts the pairs of values, in the values' order.
func crossed(a, b []float64) [][]float64 {
	va, vb := distinct(a), distinct(b)
	table := make([][]float64, len(va))
	for i := range table {
		table[i] = make([]float64, len(vb))
	}
	for i := range a {
		r, _ := slices.BinarySearch(va, a[i])
		c, _ := slices.BinarySearch(vb, b[i])
		table[r][c]++
	}
	return table
}

func distinct(values []float64) []float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// thresholds are the normal quantiles between classes of these sizes, from minus to plus infinity.
func thresholds(sizes []float64) []float64 {
	total, sum := 0.0, 0.0
	for _, s := range sizes {
		total += s
	}
	cuts := []float64{math.Inf(-1)}
	for _, s := range sizes[:len(sizes)-1] {
		sum += s
		cuts = append(cuts, distuv.UnitNormal.Quantile(sum/total))
	}
	return append(cuts, math.Inf(1))
}

// binormal is the chance that two standard normal variables with the correlation rho are below h and k. It integrates the
// density over the correlation from 0 (Drezner and Wesolowsky 1990), where it is smooth.
func binormal(h, k, rho float64) float64 {
	switch {
	case math.IsInf(h, -1) || math.IsInf(k, -1):
		return 0
	case math.IsInf(h, 1):
		return distuv.UnitNormal.CDF(k)
	case math.IsInf(k, 1):
		return distuv.UnitNormal.CDF(h)
	}
	density := func(angle float64) float64 {
		s, c := math.Sincos(angle)
		return math.Exp(-(h*h + k*k - 2*h*k*s) / (2 * c * c))
	}
	apart := distuv.UnitNormal.CDF(h) * distuv.UnitNormal.CDF(k)
	if rho == 0 {
		return apart
	}
	angle := math.Asin(math.Abs(rho))
	from, to := 0.0, angle
	if rho < 0 {
		from, to = -angle, 0
	}
	return apart + math.Copysign(quad.Fixed(density, from, to, 24, quad.Legendre{}, 0), rho)/(2*math.Pi)
}

package stat

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// oneFactor finds the loadings of one factor behind correlations: those that leave the least squares off the diagonal. It
// returns nothing and NaN for fewer than three items or where a correlation is missing.
func oneFactor(r [][]float64) (loadings []float64, omega float64) {
	k := len(r)
	if k < 3 {
		return nil, math.NaN()
	}
	start := make([]float64, k)
	for i := range r {
		for j := range r {
			if i != j {
				start[i] += r[i][j] / float64(k-1)
			}
		}
		if math.IsNaN(start[i]) {
			return nil, math.NaN()
		}
		start[i] = math.Copysign(math.Sqrt(math.Max(math.Abs(start[i]), 0.05)), start[i])
	}
	problem := optimize.Problem{
		Func: func(l []float64) (squares float64) {
			for i := range l {
				for j := range i {
					d := r[i][j] - l[i]*l[j]
					squares += d * d
				}
			}
			return squares
		},
		Grad: func(slope, l []float64) {
			for i := range l {
				slope[i] = 0
				for j := range l {
					if j != i {
						slope[i] -= 2 * (r[i][j] - l[i]*l[j]) * l[j]
					}
				}
			}
		},
	}
	result, err := optimize.Minimize(problem, start, &optimize.Settings{GradientThreshold: 1e-9}, &optimize.BFGS{})
	if err != nil && result == nil {
		return nil, math.NaN()
	}
	sum, unique := 0.0, 0.0
	for _, l := range result.X {
		sum += l
		unique += 1 - l*l
	}
	if sum < 0 { // which way a factor points is arbitrary
		for i := range result.X {
			result.X[i] = -result.X[i]
		}
	}
	return result.X, sum * sum / (sum*sum + unique)
}

func matrix(k int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, k)
		m[i][i] = 1
	}
	return m
}

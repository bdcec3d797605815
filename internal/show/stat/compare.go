package stat

import (
	"math"

	gonum "gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Welch is the difference between the means of two groups whose spread may differ (Welch 1947), with the degrees of
// freedom of Satterthwaite.
type Welch struct {
	N1, N2       int
	Mean1, Mean2 float64
	SD1, SD2     float64
	T, DF, P     float64  // P is two-sided
	Interval     Interval // 95%, of Mean1-Mean2
}

// WelchOf leaves out NaN. What needs two values in each group is NaN without them.
func WelchOf(first, second []float64) Welch {
	first, second = Valid(first), Valid(second)
	w := Welch{N1: len(first), N2: len(second)}
	w.Mean1, w.SD1 = MeanSD(first)
	w.Mean2, w.SD2 = MeanSD(second)
	v1, v2 := w.SD1*w.SD1/float64(w.N1), w.SD2*w.SD2/float64(w.N2)
	error := math.Sqrt(v1 + v2)
	w.T = (w.Mean1 - w.Mean2) / error
	w.DF = (v1 + v2) * (v1 + v2) / (v1*v1/float64(w.N1-1) + v2*v2/float64(w.N2-1))
	w.P = pT(w.T, w.DF)
	w.Interval = around(w.Mean1-w.Mean2, error, w.DF)
	return w
}

// pT is the two-sided p-value of Student's t.
func pT(t, df float64) float64 {
	if math.IsNaN(t) || !(df > 0) {
		return math.NaN()
	}
	// The lower tail keeps its digits where 1-CDF would lose them.
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}

func around(centre, error, df float64) Interval {
	if math.IsNaN(error) || !(df > 0) {
		return Interval{math.NaN(), math.NaN()}
	}
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975) * error
	return Interval{centre - half, centre + half}
}

// Effect is a difference between two means in units of their pooled standard deviation.
type Effect struct {
	D  float64 // Cohen's d
	G  float64 // Hedges' g (1981): d times J = Γ(df/2) / (√(df/2) Γ((df-1)/2)), df = n1+n2-2
	SE float64 // of d, in large samples: √((n1+n2)/(n1 n2) + d²/(2(n1+n2)))
}

// Effect is the size of the difference, first minus second; NaN where the groups have no spread.
func (w Welch) Effect() Effect {
	n1, n2 := float64(w.N1), float64(w.N2)
	df := n1 + n2 - 2
	d := (w.Mean1 - w.Mean2) / math.Sqrt(((n1-1)*w.SD1*w.SD1+(n2-1)*w.SD2*w.SD2)/df)
	above, _ := math.Lgamma(df / 2)
	below, _ := math.Lgamma((df - 1) / 2)
	return Effect{d, d * math.Exp(above-below) / math.Sqrt(df/2), math.Sqrt((n1+n2)/(n1*n2) + d*d/(2*(n1+n2)))}
}

// Newcombe is the 95% interval of the difference x1/n1 - x2/n2 between two shares, made of their Wilson intervals (Newcombe
// 1998, method 10). n need not be whole. NaN where a share is not defined.
func Newcombe(x1, n1, x2, n2 float64) Interval {
	return NewcombeOf(x1/n1, Wilson(x1, n1), x2/n2, Wilson(x2, n2))
}

// NewcombeOf is Newcombe's interval from two shares and intervals of theirs, however these were made: with a correction for
// a finite population, or with an effective number of answers.
func NewcombeOf(p1 float64, i1 Interval, p2 float64, i2 Interval) Interval {
	d := p1 - p2
	// The square root can round past the ends that a difference of shares has.
	return Interval{math.Max(-1, d-math.Hypot(p1-i1.Low, i2.High-p2)), math.Min(1, d+math.Hypot(i1.High-p1, p2-i2.Low))}
}

// ChiSquare is Pearson's test (1900) of a table of counts.
type ChiSquare struct {
	Statistic     float64
	DF            int
	P             float64
	V             float64 // Cramér's: √(χ²/(n·min(r-1, c-1)))
	LeastExpected float64 // the smallest count expected; under 5 the p-value is rough
}

// ChiSquareOf leaves out rows and columns in which nobody is. It is NaN with fewer than two of either. yates takes a half
// off each difference, for a table of two by two.
func ChiSquareOf(table [][]int, yates bool) ChiSquare {
	rows, columns, total := make([]float64, len(table)), []float64{}, 0.0
	for i, row := range table {
		for j, c := range row {
			if j >= len(columns) {
				columns = append(columns, 0)
			}
			rows[i] += float64(c)
			columns[j] += float64(c)
			total += float64(c)
		}
	}
	r, c := filled(rows), filled(columns)
	if r < 2 || c < 2 {
		nan := math.NaN()
		return ChiSquare{nan, 0, nan, nan, nan}
	}
	x := ChiSquare{DF: (r - 1) * (c - 1), LeastExpected: math.Inf(1)}
	for i, row := range table {
		for j := range columns {
			expected := rows[i] * columns[j] / total
			if expected == 0 {
				continue
			}
			observed := 0.0
			if j < len(row) {
				observed = float64(row[j])
			}
			d := math.Abs(observed - expected)
			if yates {
				d -= math.Min(0.5, d)
			}
			x.Statistic += d * d / expected
			x.LeastExpected = math.Min(x.LeastExpected, expected)
		}
	}
	x.P = distuv.ChiSquared{K: float64(x.DF)}.Survival(x.Statistic)
	x.V = math.Sqrt(x.Statistic / (total * float64(min(r, c)-1)))
	return x
}

func filled(sums []float64) (n int) {
	for _, s := range sums {
		if s > 0 {
			n++
		}
	}
	return n
}

// Anova compares the means of several groups.
type Anova struct {
	F, DF1, DF2, P float64 // Welch's (1951), which does not ask for equal spread
	Eta2           float64 // share of all variance that lies between the groups
}

// AnovaOf leaves out NaN and empty groups. F is NaN with fewer than two groups or where one has fewer than two values or no
// spread.
func AnovaOf(groups [][]float64) Anova {
	groups = inhabited(groups)
	k := float64(len(groups))
	var weight, mean []float64
	within, all := 0.0, []float64{}
	for _, g := range groups {
		m, v := gonum.MeanVariance(g, nil)
		weight, mean = append(weight, float64(len(g))/v), append(mean, m)
		if len(g) > 1 {
			within += v * float64(len(g)-1)
		}
		all = append(all, g...)
	}
	var a Anova
	if total := gonum.Variance(all, nil) * float64(len(all)-1); total > 0 {
		a.Eta2 = 1 - within/total
	} else {
		a.Eta2 = math.NaN()
	}
	centre := gonum.Mean(mean, weight)
	sum, off := 0.0, 0.0
	for _, w := range weight {
		sum += w
	}
	between := 0.0
	for i, w := range weight {
		between += w * (mean[i] - centre) * (mean[i] - centre)
		off += (1 - w/sum) * (1 - w/sum) / float64(len(groups[i])-1)
	}
	off /= k*k - 1
	a.F = between / ((k - 1) * (1 + 2*(k-2)*off))
	a.DF1, a.DF2 = k-1, 1/(3*off)
	a.P = pF(a.F, a.DF1, a.DF2)
	return a
}

package stat

import (
	"math"

	gonum "gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"gonum.org/v1/gonum/mathext"
)

// Paired is the change between two times of the same people, after minus before.
type Paired struct {
	Pairs        int // people with both answers
	Mean1, Mean2 float64
	Difference   float64 // mean of the changes
	SD           float64 // of the changes
	T, DF, P     float64
	Interval     Interval // 95%, of Difference
	DZ           float64  // Difference/SD
	DAv          float64  // Difference over the mean of both times' SD
	Correlation  float64
	V, VP        float64 // Wilcoxon's signed ranks and their p-value
	Improved     int
	Same         int
	Worse        int
}

// PairedOf compares two answers of each person, in the same order; NaN in either leaves the person out. What cannot be
// computed is NaN.
func PairedOf(before, after []float64) Paired {
	a, b := pairs(before, after)
	change := make([]float64, len(a))
	p := Paired{Pairs: len(a)}
	for i := range a {
		change[i] = b[i] - a[i]
		switch {
		case change[i] > 0:
			p.Improved++
		case change[i] < 0:
			p.Worse++
		default:
			p.Same++
		}
	}
	var sd1, sd2 float64
	p.Mean1, sd1 = MeanSD(a)
	p.Mean2, sd2 = MeanSD(b)
	p.Difference, p.SD = MeanSD(change)
	error := p.SD / math.Sqrt(float64(p.Pairs))
	p.T, p.DF = p.Difference/error, float64(p.Pairs-1)
	p.P = pT(p.T, p.DF)
	p.Interval = around(p.Difference, error, p.DF)
	p.DZ, p.DAv = p.Difference/p.SD, p.Difference/((sd1+sd2)/2)
	p.Correlation = Correlation(a, b)
	p.V, p.VP = SignedRank(a, b)
	return p
}

// McNemar compares how many were favourable before and after, among the same people (McNemar 1947).
type McNemar struct {
	Became, Ceased int     // not favourable and then so; favourable and then not
	Statistic, P   float64 // (b-c)²/(b+c), without a correction; NaN when nobody changed sides
	Exact          float64 // two-sided p-value of the binomial
}

// McNemarOf counts a person with both answers; favourable is the least value that counts as such.
func McNemarOf(before, after []float64, favourable float64) McNemar {
	a, b := pairs(before, after)
	var m McNemar
	for i := range a {
		switch was, is := a[i] >= favourable, b[i] >= favourable; {
		case is && !was:
			m.Became++
		case was && !is:
			m.Ceased++
		}
	}
	n, d := float64(m.Became+m.Ceased), float64(m.Became-m.Ceased)
	m.Statistic, m.P, m.Exact = math.NaN(), math.NaN(), 1
	if n > 0 {
		m.Statistic = d * d / n
		m.P = distuv.ChiSquared{K: 1}.Survival(m.Statistic)
		least := float64(min(m.Became, m.Ceased))
		if least < n-least {
			m.Exact = math.Min(1, 2*mathext.RegIncBeta(n-least, least+1, 0.5))
		}
	}
	return m
}

// Weighted is the mean, the favourable share and their doubt of answers that count for more or less than one.
type Weighted struct {
	N          int
	Sum        float64 // of the weights
	Effective  float64 // Kish's n (1965): (Σw)²/Σw²
	Design     float64 // N/Effective
	Mean, SD   float64
	Favourable float64  // share of the weights, 0..1
	Interval   Interval // Wilson's with the effective number
}

// WeightedOf leaves out whoever has no answer or no weight. favourable is the least value that counts as such.
func WeightedOf(values, weights []float64, favourable float64) Weighted {
	x, w := pairs(values, weights)
	s := Weighted{N: len(x)}
	squares, liked := 0.0, 0.0
	for i := range x {
		s.Sum += w[i]
		squares += w[i] * w[i]
		if x[i] >= favourable {
			liked += w[i]
		}
	}
	s.Effective = s.Sum * s.Sum / squares
	s.Design = float64(s.N) / s.Effective
	s.Mean, s.SD, s.Favourable = math.NaN(), math.NaN(), liked/s.Sum
	if s.Sum > 0 {
		s.Mean = gonum.Mean(x, w)
		spread := 0.0
		for i := range x {
			spread += w[i] * (x[i] - s.Mean) * (x[i] - s.Mean)
		}
		s.SD = math.Sqrt(spread / s.Sum)
	}
	s.Interval = Wilson(s.Favourable*s.Effective, s.Effective)
	return s
}

package stat

import (
	"errors"
	"math"
)

// ErrGroups says that the groups are too few or too small to tell what lies between them.
var ErrGroups = errors.New("stat: two groups or more are needed, and more people than groups")

// Group is one group of people by the sums that everything about levels needs.
type Group struct {
	N    int
	Mean float64
	SS   float64 // sum of squares about the mean
}

// GroupOf sums up a group's values, leaving out NaN.
func GroupOf(values []float64) Group {
	v := Valid(values)
	if len(v) == 0 {
		return Group{Mean: math.NaN()}
	}
	mean, sd := MeanSD(v)
	g := Group{N: len(v), Mean: mean}
	if len(v) > 1 {
		g.SS = sd * sd * float64(len(v)-1)
	}
	return g
}

// Shares is a group of answers that are favourable or not: x of n.
func Shares(x, n int) Group {
	p := float64(x) / float64(n)
	return Group{N: n, Mean: p, SS: float64(n) * p * (1 - p)}
}

// Levels says how much of the difference between people lies between their groups, and what each group is best thought
// to be when it is small.
type Levels struct {
	N, Groups         int
	MeanSize          float64
	SizeN0            float64 // Searle's: (N-Σn²/N)/(J-1)
	Within, Between   float64 // mean squares
	ICC1, ICC1N0      float64 // (MSB-MSW)/(MSB+(n-1)MSW), n the mean size (Bliese) or SizeN0 (Searle)
	ICC2              float64 // (MSB-MSW)/MSB: how reliable a group's mean is
	Theta, Mu, MuSE   float64
	Tau2, Sigma2      float64 // between groups, within groups
	ICC               float64 // Tau2/(Tau2+Sigma2)
	Deviance          float64
	Shrunk            []Shrunk // one a group, in the order given
	Design, Effective float64  // 1+(n-1)ICC with the mean size; N/Design
	DesignSize        float64  // with the mean size weighted by size, Σn²/Σn
	EffectiveSize     float64
}

// Shrunk is a group's mean drawn towards the mean of all, by as much as its own size leaves it in doubt (empirical Bayes).
type Shrunk struct {
	Weight   float64 // of its own mean: τ²/(τ²+σ²/n), 0..1
	Mean     float64
	SD       float64  // √(τ²(1-Weight))
	Interval Interval // Mean ± 1.96 SD
}

// LevelsOf fits means that vary between groups by restricted maximum likelihood (Patterson and Thompson 1971), which for
// groups alone has one parameter, θ = τ/σ. Empty groups keep their place and are drawn to the mean of all. It returns
// ErrGroups when there are fewer than two groups with people, nobody shares a group, or nobody differs.
func LevelsOf(groups []Group) (Levels, error) {
	l := Levels{}
	sum, squares, ssw := 0.0, 0.0, 0.0
	for _, g := range groups {
		if g.N > 0 {
			n := float64(g.N)
			l.Groups++
			l.N += g.N
			sum += n * g.Mean
			squares += n * n
			ssw += g.SS
		}
	}
	n, j := float64(l.N), float64(l.Groups)
	if l.Groups < 2 || l.N <= l.Groups {
		return l, ErrGroups
	}
	ssb := 0.0
	for _, g := range groups {
		if g.N > 0 {
			ssb += float64(g.N) * (g.Mean - sum/n) * (g.Mean - sum/n)
		}
	}
	if ssw+ssb <= 0 {
		return l, ErrGroups
	}
	l.MeanSize, l.SizeN0 = n/j, (n-squares/n)/(j-1)
	l.Within, l.Between = ssw/(n-j), ssb/(j-1)
	icc := func(size float64) float64 { return (l.Between - l.Within) / (l.Between + (size-1)*l.Within) }
	l.ICC1, l.ICC1N0, l.ICC2 = icc(l.MeanSize), icc(l.SizeN0), (l.Between-l.Within)/l.Between

	l.fit(groups, ssw)
	for _, g := range groups {
		l.Shrunk = append(l.Shrunk, l.shrink(g))
	}
	size := squares / n
	l.Design, l.DesignSize = 1+(l.MeanSize-1)*l.ICC, 1+(size-1)*l.ICC
	l.Effective, l.EffectiveSize = n/l.Design, n/l.DesignSize
	return l, nil
}

func (l Levels) shrink(g Group) Shrunk {
	s := Shrunk{Mean: l.Mu}
	if g.N > 0 && l.Tau2 > 0 {
		s.Weight = l.Tau2 / (l.Tau2 + l.Sigma2/float64(g.N))
		s.Mean = l.Mu + s.Weight*(g.Mean-l.Mu)
	}
	s.SD = math.Sqrt(l.Tau2 * (1 - s.Weight))
	s.Interval = Interval{s.Mean - Z95*s.SD, s.Mean + Z95*s.SD}
	return s
}

// fit finds θ: a wide net over its square finds the valley, and halving finds where the slope of the deviance is nothing,
// which is sharper than comparing deviances.
func (l *Levels) fit(groups []Group, ssw float64) {
	const first, last, inTen = -120, 48, 12
	net := func(step int) float64 { return math.Pow(10, float64(step)/inTen) }
	l.at(groups, ssw, 0)
	best, at := *l, first-1
	for step := first; step <= last; step++ {
		if l.at(groups, ssw, math.Sqrt(net(step))); l.Deviance < best.Deviance {
			best, at = *l, step
		}
	}
	*l = best
	if at < first {
		return
	}
	low, high := net(at-1), net(at+1)
	for range 200 {
		middle := math.Sqrt(low * high)
		if middle <= low || middle >= high {
			break
		}
		if slope := l.at(groups, ssw, math.Sqrt(middle)); slope < 0 {
			low = middle
		} else {
			high = middle
		}
	}
}

// at sets everything that follows from θ, and returns the slope of the deviance in θ².
func (l *Levels) at(groups []Group, ssw, theta float64) (slope float64) {
	sum, weights, squares, logs := 0.0, 0.0, 0.0, 0.0
	for _, g := range groups {
		if g.N > 0 {
			n := float64(g.N)
			w := n / (1 + n*theta*theta)
			weights += w
			squares += w * w
			sum += w * g.Mean
			logs += math.Log1p(n * theta * theta)
		}
	}
	mu, rss, pull := sum/weights, ssw, 0.0
	for _, g := range groups {
		if g.N > 0 {
			n := float64(g.N)
			w := n / (1 + n*theta*theta)
			away := w * (g.Mean - mu) * (g.Mean - mu)
			rss += away
			pull += w * away
		}
	}
	free := float64(l.N - 1)
	l.Theta, l.Mu, l.Sigma2 = theta, mu, rss/free
	l.Tau2 = theta * theta * l.Sigma2
	l.ICC = l.Tau2 / (l.Tau2 + l.Sigma2)
	l.MuSE = math.Sqrt(l.Sigma2 / weights)
	l.Deviance = free*(1+math.Log(2*math.Pi*rss/free)) + logs + math.Log(weights)
	return weights - squares/weights - free*pull/rss
}

package stat

import (
	"errors"
	"math"
)

// Errors of Rake.
var (
	ErrMargin = errors.New("stat: nobody who answered is in a group that a margin asks for")
	ErrRake   = errors.New("stat: the margins cannot be met together")
)

// Margin is what share of all a margin's levels should have: its shares add up to 1. Of each person it tells the level, or
// -1 where it is not known.
type Margin struct {
	Shares []float64
	Level  []int
}

// Rake gives each person a weight so that every margin has its shares, by iterative proportional fitting (Deming and
// Stephan 1940). The weights add up to the number of people who have one; whoever lacks a level gets NaN. It returns
// ErrShape when margins differ in length, ErrMargin when a level with a share has nobody, ErrRake when it does not settle.
func Rake(margins []Margin) ([]float64, error) {
	if len(margins) == 0 {
		return nil, ErrShape
	}
	weights := make([]float64, len(margins[0].Level))
	for i := range weights {
		weights[i] = 1
	}
	for _, m := range margins {
		if len(m.Level) != len(weights) {
			return nil, ErrShape
		}
		for i, level := range m.Level {
			if level < 0 || level >= len(m.Shares) {
				weights[i] = math.NaN()
			}
		}
	}
	n := float64(len(Valid(weights)))
	for range 10_000 {
		most := 0.0
		for _, m := range margins {
			now := make([]float64, len(m.Shares))
			for i, w := range weights {
				if !math.IsNaN(w) {
					now[m.Level[i]] += w
				}
			}
			factor := make([]float64, len(now))
			for level, share := range m.Shares {
				if now[level] == 0 && share > 0 {
					return nil, ErrMargin
				}
				factor[level] = share * n / now[level]
			}
			for i, w := range weights {
				if !math.IsNaN(w) {
					weights[i] = w * factor[m.Level[i]]
					most = math.Max(most, math.Abs(weights[i]-w))
				}
			}
		}
		if most < 1e-12 {
			return weights, nil
		}
	}
	return nil, ErrRake
}

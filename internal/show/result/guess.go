package result

import (
	"math"

	"earshot/internal/show/stat"
)

// Guess is what a small group's share is best thought to be: its own, drawn towards the mean of all groups by as much as
// its few answers leave in doubt. It is made of shares that are shown and of nothing else.
type Guess struct {
	Share float64 `json:"share"` // 0..1
	Low   float64 `json:"low"`   // 95%
	High  float64 `json:"high"`
}

const (
	guessGroups = 5   // groups to learn from, at least
	guessBelow  = 30  // answers: a larger group speaks for itself
	guessWeight = 0.8 // of its own share: above that, drawing it changes next to nothing
)

// guesses adds one to every form or class with few answers. From a guess and a class's own share something like the mean of
// the others can be had, and how far they lie apart. So where classes have teachers there must be enough of those, and a
// guess is told in twentieths: told in full, only one set of colleagues' shares would fit it.
func guesses(rel *Release, list []cohort, t *tally, teach map[string][]string) {
	var leaves []cohort
	var atoms []int
	for _, c := range list {
		if c.Shown && c.IsLeaf() {
			leaves, atoms = append(leaves, c), append(atoms, c.atoms...)
		}
	}
	if len(teach) > 0 && teachersOf(atoms, t, teach) <= sumLeast {
		return
	}
	for i := range rel.Questions {
		q := &rel.Questions[i]
		var groups []stat.Group
		var rows []*Row
		for _, c := range leaves {
			for j := range q.Rows {
				if r := &q.Rows[j]; r.Unit == c.Unit && r.Share != nil && !r.Share.OfAll {
					groups, rows = append(groups, worth(*r.Share, q.population(c.Group))), append(rows, r)
				}
			}
		}
		if len(groups) < guessGroups {
			continue
		}
		l, err := stat.LevelsOf(groups)
		if err != nil {
			continue
		}
		for j, row := range rows {
			s := l.Shrunk[j]
			if row.Share.N < guessBelow && !row.Share.Census && s.Weight < guessWeight {
				row.Guess = guessOf(l, s)
				if len(teach) > 0 {
					row.Guess.blur()
				}
			}
		}
	}
}

// guessOf is a group's guess with its range. The mean of all is not known for certain either.
func guessOf(l stat.Levels, s stat.Shrunk) *Guess {
	half := stat.Z95 * math.Hypot(s.SD, (1-s.Weight)*l.MuSE)
	return &Guess{Share: clip(s.Mean), Low: clip(s.Mean - half), High: clip(s.Mean + half)}
}

// worth is a share with the number of answers it is worth when most of those asked have answered.
func worth(s Share, population int) stat.Group {
	p := float64(s.X) / float64(s.N)
	n := math.Min(beside{s, population}.effective(), 20*float64(s.N))
	return stat.Group{N: int(math.Round(n)), Mean: p, SS: n * p * (1 - p)}
}

// blur tells a guess in twentieths, and its range in tenths, wider rather than narrower.
func (g *Guess) blur() {
	g.Share, g.Low, g.High = math.Round(g.Share*20)/20, math.Floor(g.Low*10)/10, math.Ceil(g.High*10)/10
}

func clip(share float64) float64 { return max(0, min(1, share)) }

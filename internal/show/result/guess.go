package result

import (
	"earshot/internal/show/stat"
)

// Guess is what a small group's share is best thought to be: its own, drawn towards the mean of all groups by as much as
// its few answers leave in doubt. It is made of shares that are shown and of nothing else.
type Guess struct {
	Share  float64 `json:"share"` // 0..1
	Low    float64 `json:"low"`   // 95%
	High   float64 `json:"high"`
	Weight float64 `json:"weight"` // of its own share, 0..1
}

const (
	guessGroups = 5  // groups to learn from, at least
	guessBelow  = 30 // answers: a larger group speaks for itself
)

// guesses adds one to every form or class with few answers. From a guess and a class's own share the mean of the others
// can be had, so where classes have teachers there must be enough of those.
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
					groups, rows = append(groups, stat.Shares(r.Share.X, r.Share.N)), append(rows, r)
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
			if row.Share.N < guessBelow && !row.Share.Census {
				row.Guess = &Guess{Share: clip(s.Mean), Low: clip(s.Interval.Low), High: clip(s.Interval.High), Weight: s.Weight}
			}
		}
	}
}

func clip(share float64) float64 { return max(0, min(1, share)) }

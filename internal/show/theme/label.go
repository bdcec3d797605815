package theme

import (
	"cmp"
	"math"
	"slices"
)

// weighed is a term and what it weighs for a class of comments.
type weighed struct {
	term string
	x    float64
}

// label finds the terms that mark each class of comments off from the others (c-TF-IDF): tf/|c| ln(1 + A/f), where |c| is how
// many terms the class has, A the mean of that over the classes, and f how often the term stands in all classes, twice at least.
// all are the terms of each comment, class says which one it is in; -1 is none.
func label(all [][]string, class []int, classes int) [][]weighed {
	tf := make([]map[string]int, classes)
	size := make([]int, classes)
	f := map[string]int{}
	total := 0
	for i, list := range all {
		c := class[i]
		if c < 0 {
			continue
		}
		if tf[c] == nil {
			tf[c] = map[string]int{}
		}
		for _, t := range list {
			tf[c][t]++
			f[t]++
		}
		size[c] += len(list)
		total += len(list)
	}
	mean := float64(total) / float64(classes)
	out := make([][]weighed, classes)
	for c := range classes {
		for t, n := range tf[c] {
			if f[t] >= 2 {
				out[c] = append(out[c], weighed{t, float64(n) / float64(size[c]) * math.Log(1+mean/float64(f[t]))})
			}
		}
		slices.SortFunc(out[c], func(a, b weighed) int { return cmp.Or(cmp.Compare(b.x, a.x), cmp.Compare(a.term, b.term)) })
	}
	return out
}

package theme

import "math"

// part sorts comments into as many themes as lie farthest apart, and says which one each is in; -1 is none. Below 45 comments
// there are none.
//
// Every number of themes from 3 to one for each 15 comments, 12 at most, is tried. Of each is taken how much nearer comments
// are to the other comments of their theme than to the nearest other theme, on average over all comments, where one that is
// in no theme that could be shown counts nothing. The number with the most is taken, the smaller one of two that are equal.
func (c corpus) part() (class []int, classes int) {
	class = make([]int, len(c.rows))
	for i := range class {
		class[i] = -1
	}
	largestK := min(most, len(c.rows)/perTheme, len(c.vocabulary))
	if largestK < fewest {
		return class, 0
	}
	start := decompose(c.rows, len(c.vocabulary), largestK)
	best := math.Inf(-1)
	for k := fewest; k <= largestK; k++ {
		w, h := start.begin(k)
		factor(c.rows, len(c.vocabulary), w, h)
		tried := make([]int, len(c.rows))
		for i := range tried {
			at, share := largest(w.RawRowView(i))
			if share < shareOfIt {
				at = -1
			}
			tried[i] = at
		}
		if apart := c.apart(tried, k); apart > best+1e-9 {
			class, classes, best = tried, k, apart
		}
	}
	return class, classes
}

// apart is how much nearer comments are to their own class than to the nearest other one (a silhouette by the cosine to the
// sum of a class, without the comment itself), on average over all comments. Classes of fewer than WritersLeast count nothing.
func (c corpus) apart(class []int, classes int) float64 {
	sums := make([][]float64, classes)
	sizes := make([]int, classes)
	for k := range sums {
		sums[k] = make([]float64, len(c.vocabulary))
	}
	for i, row := range c.rows {
		if k := class[i]; k >= 0 {
			sizes[k]++
			for _, e := range row {
				sums[k][e.term] += e.x
			}
		}
	}
	squares := make([]float64, classes)
	for k, sum := range sums {
		for _, x := range sum {
			squares[k] += x * x
		}
	}
	total := 0.0
	for i, row := range c.rows {
		own := class[i]
		if own < 0 || sizes[own] < WritersLeast {
			continue
		}
		near, far := 0.0, 0.0
		for k, sum := range sums {
			dot, square := 0.0, squares[k]
			for _, e := range row {
				dot += e.x * sum[e.term]
			}
			if k == own {
				square += 1 - 2*dot
				near = (dot - 1) / math.Sqrt(max(square, 1e-12))
			} else if sizes[k] > 0 {
				far = max(far, dot/math.Sqrt(max(square, 1e-12)))
			}
		}
		// Distances are 1 less the cosine.
		if wide := max(1-near, 1-far); wide > 0 {
			total += (near - far) / wide
		}
	}
	return total / float64(len(c.rows))
}

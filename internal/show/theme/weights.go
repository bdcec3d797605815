package theme

import (
	"math"
	"slices"
)

// entry is one number of a row: of which term, and how much.
type entry struct {
	term int
	x    float64
}

// corpus is a set of comments with what their terms weigh.
type corpus struct {
	vocabulary []string   // terms that at least two comments have and no more than half of them, by letters
	df         []int      // in how many comments each stands
	rows       [][]entry  // a comment's weights, of length 1 together; empty for one without a term of the vocabulary
	all        [][]string // the terms of each comment, as often as they stand there, in the vocabulary or not
	forms      forms      // of each word: how it was written, and how often
}

// weigh counts the terms of comments: each (1 + ln tf) (ln((1+N)/(1+df)) + 1), rows of length 1.
func weigh(texts []string, language string) corpus {
	c := corpus{all: make([][]string, len(texts)), rows: make([][]entry, len(texts)), forms: forms{}}
	counts := make([]map[string]int, len(texts))
	df := map[string]int{}
	for i, text := range texts {
		words, pairs := terms(text, language, c.forms)
		c.all[i] = append(words, pairs...)
		counts[i] = map[string]int{}
		for _, t := range c.all[i] {
			if counts[i][t]++; counts[i][t] == 1 {
				df[t]++
			}
		}
	}
	for t, n := range df {
		if n >= 2 && 2*n <= len(texts) {
			c.vocabulary = append(c.vocabulary, t)
		}
	}
	slices.Sort(c.vocabulary)
	at := map[string]int{}
	for j, t := range c.vocabulary {
		at[t] = j
		c.df = append(c.df, df[t])
	}
	for i, count := range counts {
		sum := 0.0
		for t, n := range count {
			if j, ok := at[t]; ok {
				idf := math.Log(float64(1+len(texts))/float64(1+c.df[j])) + 1
				c.rows[i] = append(c.rows[i], entry{j, (1 + math.Log(float64(n))) * idf})
			}
		}
		slices.SortFunc(c.rows[i], func(a, b entry) int { return a.term - b.term })
		for _, e := range c.rows[i] {
			sum += e.x * e.x
		}
		for k := range c.rows[i] {
			c.rows[i][k].x /= math.Sqrt(sum)
		}
	}
	return c
}

// cosine says how near two rows are: 0 have no term in common, 1 are the same.
func cosine(a, b []entry) (sum float64) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].term < b[0].term:
			a = a[1:]
		case a[0].term > b[0].term:
			b = b[1:]
		default:
			sum += a[0].x * b[0].x
			a, b = a[1:], b[1:]
		}
	}
	return sum
}

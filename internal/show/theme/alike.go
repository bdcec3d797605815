package theme

import (
	"slices"
	"strings"
	"unicode"
)

// likeness is how much of their words two comments must share to be much alike, as a share of all words of both.
const likeness = 0.7

var negators = map[string]bool{"not": true, "no": true, "never": true, "none": true, "nothing": true, "nobody": true, "without": true, "cannot": true, "neither": true, "nor": true, "hardly": true}

// print is what two comments are compared by.
type print struct {
	words   []int  // which words it has, in order of their numbers, each once
	numbers string // the words with digits, as often as they stand there
	nots    int    // how many words say no
}

// Alike groups comments that say nearly the same: seven words in ten in common, the same numbers, and as many words that say
// no. Opposites in one word are still taken together, so that it is for a reader to see and never a ground to leave one out.
// The groups hold places in the list, each in order; a comment that is like no other is in none.
func Alike(texts []string) [][]int {
	number := map[string]int{}
	prints := make([]print, len(texts))
	for i, text := range texts {
		prints[i] = printOf(text, number)
	}
	group := make([]int, len(texts))
	for i := range group {
		group[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if group[i] != i {
			group[i] = find(group[i])
		}
		return group[i]
	}
	for i := range prints {
		for j := i + 1; j < len(prints); j++ {
			if prints[i].like(prints[j]) {
				a, b := find(i), find(j)
				group[max(a, b)] = min(a, b)
			}
		}
	}
	of := map[int][]int{}
	for i := range texts {
		of[find(i)] = append(of[find(i)], i)
	}
	var groups [][]int
	for i := range texts {
		if len(of[i]) > 1 {
			groups = append(groups, of[i])
		}
	}
	return groups
}

func printOf(text string, number map[string]int) (p print) {
	var numbers []string
	for _, t := range tokens(text) {
		if negators[t] || strings.HasSuffix(t, "n't") {
			p.nots++
		}
		if strings.IndexFunc(t, unicode.IsNumber) >= 0 {
			numbers = append(numbers, t)
		}
		n, known := number[t]
		if !known {
			n = len(number)
			number[t] = n
		}
		p.words = append(p.words, n)
	}
	slices.Sort(numbers)
	p.numbers = strings.Join(numbers, " ")
	slices.Sort(p.words)
	p.words = slices.Compact(p.words)
	return p
}

func (p print) like(q print) bool {
	if p.nots != q.nots || len(p.words) == 0 || p.numbers != q.numbers {
		return false
	}
	few, many := min(len(p.words), len(q.words)), max(len(p.words), len(q.words))
	if float64(few) < likeness*float64(many) {
		return false
	}
	shared := 0
	for a, b := p.words, q.words; len(a) > 0 && len(b) > 0; {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			shared++
			a, b = a[1:], b[1:]
		}
	}
	return float64(shared) >= likeness*float64(len(p.words)+len(q.words)-shared)
}

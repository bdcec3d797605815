package figure

import (
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// scale is how a question's options lie in a diverging bar: from the least to the most favourable, or, where the best is
// in the middle, from too little to too much.
type scale struct {
	order []int // options, from left to right
	fav   map[int]bool
	// middle are the places in the order that stand half on either side.
	middle map[int]bool
	ideal  bool
}

func scaleOf(q result.Question) scale {
	s := scale{fav: map[int]bool{}, middle: map[int]bool{}, ideal: q.Kind == bank.Ideal}
	for o, option := range q.Options {
		if !option.Missing {
			s.order = append(s.order, o)
			s.fav[o] = option.Favourable
		}
	}
	n := len(s.order)
	if n == 0 {
		return s
	}
	if !s.ideal && s.fav[s.order[0]] && !s.fav[s.order[n-1]] {
		slices.Reverse(s.order)
	}
	if s.ideal {
		for place, o := range s.order {
			s.middle[place] = s.fav[o]
		}
		return s
	}
	// A middle option is set apart only where as many are favourable as are not. "Sometimes" between never and always
	// is one; the second best of a scale whose best alone counts is none.
	centre := n / 2
	apart := n%2 == 1 && n > 1
	for place, o := range s.order {
		apart = apart && s.fav[o] == (place > centre)
	}
	s.middle[centre] = apart
	return s
}

// place puts a run of options on a side of the bar and gives it a tone.
func (s scale) place(options []int) (first, side int, tone Tone) {
	first = len(s.order)
	last, fav, other, middle := -1, 0, 0, 0
	for place, o := range s.order {
		if !slices.Contains(options, o) {
			continue
		}
		first, last = min(first, place), max(last, place)
		switch {
		case s.middle[place]:
			middle++
		case s.fav[o]:
			fav++
		default:
			other++
		}
	}
	end := len(s.order) - 1
	switch {
	case last < 0: // nothing but silence or "I don't know": left of all
		return -1, -1, Unclear
	case s.ideal:
		return s.placeIdeal(first, last, middle)
	case fav+other == 0:
		return first, 0, Neutral
	case fav > 0 && other+middle > 0: // the line between favourable and other answers runs through it
		return first, 0, Neutral
	case fav > 0 && last == end:
		return first, 1, Agree2
	case fav > 0:
		return first, 1, Agree1
	case first == 0:
		return first, -1, Disagree2
	}
	return first, -1, Disagree1
}

func (s scale) placeIdeal(first, last, middle int) (int, int, Tone) {
	best := 0
	for place := range s.order {
		if s.middle[place] {
			best = place
		}
	}
	switch {
	case middle > 0 && first == last:
		return first, 0, Agree2
	case middle > 0:
		return first, 0, Neutral
	case first == 0:
		return first, -1, Disagree2
	case last == len(s.order)-1:
		return first, 1, Disagree2
	case last < best:
		return first, -1, Disagree1
	}
	return first, 1, Disagree1
}

// pieces lays a distribution out from left to right. Answers apart from the base have no piece.
func pieces(v words.Voice, q result.Question, d distribution) []Piece {
	s := scaleOf(q)
	type placed struct {
		Piece
		at int
	}
	var list []placed
	for _, p := range d.parts {
		if !p.based || p.hidden {
			continue
		}
		at, side, tone := s.place(p.options)
		if p.unclear {
			tone = Unclear
		}
		list = append(list, placed{Piece{Label: p.label, Tone: tone, Side: side, Percent: p.percent, Text: pointed(v, p)}, at})
	}
	slices.SortStableFunc(list, func(a, b placed) int { return a.at - b.at })
	out := make([]Piece, len(list))
	for i, p := range list {
		out[i] = p.Piece
	}
	return out
}

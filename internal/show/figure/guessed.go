package figure

import (
	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
	"earshot/internal/show/stat"
)

// Gap is how a guess compares with what was said. The guess is one option of the scale: the one that somebody expects the
// middle person to choose, if all stood in a row from the lowest answer to the highest.
type Gap struct {
	Guess string // the guessed option, in the scale's words
	Said  string // where the middle answer lies
	Text  string // how the two compare
	Size  int    // in options; 0 where the guess is met or it cannot be told
	Known bool   // where the middle answer lies can be told at all
}

// Guessable says whether the middle answer to a question can be guessed: its options have an order.
func Guessable(q result.Question) bool {
	return !q.Several && q.Places == 0 && q.Kind != bank.Choice && len(q.Options) > 1
}

// Middle is the run of options, from the first to the last, among which the middle answer of everybody asked lies. It
// follows from the released bars alone: the share up to each cut of the scale has its 95% interval, for the group that
// was asked if that is known, and the middle cannot lie below a cut whose interval ends under one half, nor above one
// whose interval begins over it. Bars in which silence was counted together with answers are tried with and without
// being answers. ok is false where nothing is shown.
func Middle(v words.Voice, q result.Question, row result.Row, g result.Group) (from, to int, ok bool) {
	if row.Hidden || !Guessable(q) {
		return 0, 0, false
	}
	if b := row.Band; b != nil && len(row.Bars) == 0 {
		if 2*b.Low <= 100 || len(b.Options) == 0 {
			return 0, 0, false
		}
		from, to = b.Options[0], b.Options[0]
		for _, o := range b.Options {
			from, to = min(from, o), max(to, o)
		}
		return from, to, true
	}
	d := spread(v, q, row)
	if d.rest > 0 || len(d.parts) == 0 {
		return 0, 0, false
	}
	from, to = len(q.Options), -1
	for _, silent := range []bool{true, false} {
		low, high, some := middle(q, d, g, silent)
		if !some {
			continue
		}
		from, to = min(from, low), max(to, high)
	}
	return from, to, to >= from
}

// middle is Middle with the answers that cannot be told from silence counted, or not.
func middle(q result.Question, d distribution, g result.Group, unclear bool) (from, to int, ok bool) {
	var parts []part
	n := 0
	for _, p := range d.parts {
		if p.based && !p.missing && len(p.options) > 0 && (unclear || !p.unclear) {
			parts = append(parts, p)
			n += p.count
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	x, first, last := 0, 0, len(parts)-1
	for i, p := range parts[:len(parts)-1] {
		x += p.count
		interval := stat.Wilson(float64(x), float64(n))
		// Those who were asked and chose no option of the scale are no part of the group whose middle this is, as far as is known.
		if asked := g.Population() - (g.Answered - n); g.Population() > 0 && asked >= n {
			if finite, _, err := stat.WilsonFinite(x, n, asked); err == nil {
				interval = finite
			}
		}
		if interval.High < .5 {
			first = i + 1
		}
		if interval.Low > .5 {
			last = min(last, i)
		}
	}
	ends := func(p part) (low, high int) {
		low, high = -1, -1
		for _, o := range p.options {
			if q.Options[o].Missing {
				continue
			}
			if low < 0 {
				low = o
			}
			high = o
		}
		return low, high
	}
	from, _ = ends(parts[first])
	_, to = ends(parts[last])
	return from, to, true
}

// Guessed compares the guess that the middle answer is the option of that index with what was said.
func Guessed(v words.Voice, q result.Question, row result.Row, g result.Group, guess int) (gap Gap) {
	if guess < 0 || guess >= len(q.Options) {
		return gap
	}
	gap.Guess = q.Options[guess].Label
	from, to, ok := Middle(v, q, row, g)
	if !ok {
		gap.Said, gap.Text = Hidden(v, result.Release{}), v.Say("figure.gap.unknown")
		return gap
	}
	gap.Known = true
	if from == to {
		gap.Said = v.Say("figure.gap.said", words.V{"Option": q.Options[from].Label})
	} else {
		gap.Said = v.Say("figure.gap.between", words.V{"From": q.Options[from].Label, "To": q.Options[to].Label})
	}
	key := ""
	switch {
	case guess >= from && guess <= to && from == to:
		key = "figure.gap.same"
	case guess >= from && guess <= to:
		key = "figure.gap.unsure"
	case guess < from:
		gap.Size = from - guess
		key = gapKey(q, from, guess)
	default:
		gap.Size = guess - to
		key = gapKey(q, to, guess)
	}
	gap.Text = v.Say(key)
	return gap
}

// gapKey says whether what was said is better news than the guess, where one end of the scale is.
func gapKey(q result.Question, said, guess int) string {
	low, high := -1, -1 // of the favourable options
	for i, o := range q.Options {
		if o.Favourable {
			if low < 0 {
				low = i
			}
			high = i
		}
	}
	away := func(i int) int {
		switch {
		case low < 0:
			return 0
		case i < low:
			return low - i
		case i > high:
			return i - high
		}
		return 0
	}
	up := said > guess
	switch {
	case low < 0 || q.Kind == bank.Ideal && away(said) == away(guess):
		return "figure.gap.different"
	case away(said) < away(guess):
		return "figure.gap.better"
	case away(said) > away(guess):
		return "figure.gap.worse"
	case low > 0 && up || low == 0 && !up: // both are favourable or neither is any nearer: the end of the scale tells
		return "figure.gap.better"
	}
	return "figure.gap.worse"
}

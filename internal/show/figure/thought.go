package figure

import (
	"slices"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Thought lays what a group guessed of itself beside what it said, in sentences.
type Thought struct {
	Question string // what was guessed, in its words
	Thought  string
	Are      string
	Gap      string
}

// Lines are the sentences in their order.
func (t Thought) Lines() []string {
	return slices.DeleteFunc([]string{t.Thought, t.Are, t.Gap}, func(s string) bool { return s == "" })
}

// guessedOf finds the question that a guess is at.
func guessedOf(list []result.Question, guess result.Question) (result.Question, bool) {
	i := slices.IndexFunc(list, func(q result.Question) bool {
		return q.Item == guess.Guesses && guess.Guesses != "" && q.Guesses == ""
	})
	if i < 0 {
		return result.Question{}, false
	}
	return list[i], true
}

// Thoughts are those of a group's guesses at itself that everybody in it may see, on a screen or on a page for all: of both
// figures nothing is said of fewer than ten, and the two are compared by what is said of them and by nothing else.
func Thoughts(v words.Voice, view result.Viewed, g result.Group) (list []Thought) {
	for _, q := range view.For(g.Unit) {
		of, ok := guessedOf(view.Questions, q)
		if !ok {
			continue
		}
		if t, ok := thought(v, q, of, g); ok {
			list = append(list, t)
		}
	}
	return list
}

func thought(v words.Voice, guess, of result.Question, g result.Group) (t Thought, ok bool) {
	from, to, ok := mostGuessed(v, guess, g)
	row, shown := of.Row(g.Unit)
	if !ok || !shown || row.Hidden || of.Sensitive || row.Share == nil || row.Share.N < 2*leastForPupils || of.FavourableWords == "" {
		return Thought{}, false
	}
	t.Question = of.Text
	switch {
	case from == to:
		t.Thought = v.Say("guess.thought", words.V{"Guess": guess.Options[from].Label})
	default:
		t.Thought = v.Say("guess.thought_between", words.V{"From": guess.Options[from].Label, "To": guess.Options[to].Label})
	}
	x, n := row.Share.X, row.Share.N
	low, high := row.Share.Low, row.Share.High
	switch {
	case x >= leastForPupils && n-x >= leastForPupils:
		t.Are = v.Say("guess.are", words.V{"Tenths": tenths(x, n), "Words": of.FavourableWords})
	case 2*x > n: // how many more than half is not said, so it is not compared either
		t.Are, low, high = v.Say("guess.are_most", words.V{"Words": of.FavourableWords}), .5, 1
	default:
		t.Are, low, high = v.Say("guess.are_few", words.V{"Words": of.FavourableWords}), 0, .5
	}
	t.Gap = v.Say("guess.gap." + gapOf(from, to, low, high))
	return t, true
}

// tenths rounds a share to tenths.
func tenths(x, n int) int { return (20*x + n) / (2 * n) }

// gapOf compares a guess, between two options of survey.GuessScale, with a share that lies between low and high: whether
// that is more, fewer, the same, or cannot be told.
func gapOf(from, to int, low, high float64) string {
	first, _ := survey.GuessTenths(from)
	_, last := survey.GuessTenths(to)
	// "2 or 3 in ten" is everything that is rounded to it.
	least, most := max(0, float64(first)/10-.05), min(1, float64(last)/10+.05)
	switch {
	case low >= most && most < 1:
		return "more"
	case high <= least && least > 0:
		return "fewer"
	case low >= least && high <= most:
		return "same"
	}
	return "unsure"
}

// mostGuessed is the shortest run of options that more than half of a group guessed, from released bars; ok is false
// where fewer than twenty guessed or too little is shown.
func mostGuessed(v words.Voice, q result.Question, g result.Group) (from, to int, ok bool) {
	row, shown := q.Row(g.Unit)
	if !shown || row.Hidden || len(q.Options) != len(survey.GuessOptions) {
		return 0, 0, false
	}
	if b := row.Band; b != nil && len(row.Bars) == 0 {
		if 2*b.Low <= 100 || b.N < 2*leastForPupils || len(b.Options) == 0 {
			return 0, 0, false
		}
		return slices.Min(b.Options), slices.Max(b.Options), true
	}
	d := spread(v, q, row)
	n := 0
	var parts []part
	for _, p := range d.parts {
		if len(p.options) > 0 {
			parts = append(parts, p)
			n += p.count
		}
	}
	if d.rest > 0 || n < 2*leastForPupils {
		return 0, 0, false
	}
	best := 0
	for i := range parts {
		x := 0
		for j := i; j < len(parts); j++ {
			if !parts[j].unclear { // who among them left it out is not known
				x += parts[j].count
			}
			first, last := slices.Min(parts[i].options), slices.Max(parts[j].options)
			if 2*x > n && (!ok || last-first < to-from || last-first == to-from && x > best) {
				from, to, best, ok = first, last, x, true
			}
		}
	}
	return from, to, ok && to-from <= 2 // a longer run comes of bars that are counted together, and says nothing
}

// guessSentence says to staff how a guess of pupils at themselves compares with what they said.
func guessSentence(v words.Voice, rel result.Release, guess result.Question, row result.Row, g result.Group) string {
	of, ok := guessedOf(rel.Questions, guess)
	if !ok {
		return ""
	}
	said, shown := of.Row(g.Unit)
	from, to, known := Middle(v, guess, row, g)
	if !shown || said.Hidden || said.Share == nil || !known {
		return v.Say("figure.thought.unknown")
	}
	values := words.V{"Percent": percent(said.Share.X, said.Share.N), "Words": of.FavourableWords, "From": guess.Options[from].Label, "To": guess.Options[to].Label}
	middle := "figure.thought.middle"
	if from != to {
		middle = "figure.thought.between"
	}
	return Join(v.Say(middle, values), v.Say("figure.thought."+gapOf(from, to, said.Share.Low, said.Share.High), values))
}

package figure_test

import (
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// guessedBy is a guess at howOften, by so many a place.
func guessedBy(counts ...int) result.Question {
	row := result.Row{Unit: "9b", NoAnswer: silent(0)}
	for i, n := range counts {
		row.N += n
		if n > 0 {
			row.Bars = append(row.Bars, bar(n, i))
		}
	}
	return result.Question{ID: "q2", Item: "own_guess", Guesses: "item", Text: "How many?", Kind: bank.Unipolar,
		Options: options("", "Hardly anyone", "A few", "About half", "Most", "Nearly everyone"), Rows: []result.Row{row}}
}

func said(x, n int, low, high float64) result.Question {
	q := howOften(result.Row{Unit: "9b", N: n, NoAnswer: silent(0), Share: &result.Share{X: x, N: n, Low: low, High: high, Sampled: true}})
	q.Item = "item"
	return q
}

func seen(list ...result.Question) result.Viewed {
	return result.Viewed{Release: result.Release{Audience: bank.Pupils11to16, Groups: []result.Group{class}, Questions: list}}
}

func TestWeThoughtWeAre(t *testing.T) {
	for name, c := range map[string]struct {
		said  result.Question
		guess result.Question
		want  string
	}{
		"more":  {said(17, 27, .58, .67), guessedBy(3, 15, 6, 3, 0), "We thought: most of us guessed “A few”. We are: 6 in 10 said often or almost always. That is more of us than we thought."},
		"fewer": {said(11, 27, .37, .44), guessedBy(0, 0, 3, 7, 17), "We thought: most of us guessed “Nearly everyone”. We are: 4 in 10 said often or almost always. That is fewer of us than we thought."},
		"same":  {said(14, 27, .49, .55), guessedBy(3, 3, 15, 3, 3), "We thought: most of us guessed “About half”. We are: 5 in 10 said often or almost always. That is about what we thought."},
		"between": {said(14, 27, .30, .55), guessedBy(3, 10, 8, 3, 3),
			"We thought: most of us guessed from “A few” to “About half”. We are: 5 in 10 said often or almost always. That is about what we thought."},
		"unsure": {said(16, 27, .5, .7), guessedBy(3, 3, 15, 3, 3),
			"We thought: most of us guessed “About half”. We are: 6 in 10 said often or almost always. Whether that is more or fewer than we thought cannot be told."},
		// Five differ from the rest: how many is not said, and no comparison tells it.
		"nearly all": {said(24, 27, .85, .92), guessedBy(0, 0, 3, 4, 20),
			"We thought: most of us guessed “Nearly everyone”. We are: most of us said often or almost always. Whether that is more or fewer than we thought cannot be told."},
		"nearly all, far from it": {said(24, 27, .85, .92), guessedBy(3, 20, 4, 0, 0),
			"We thought: most of us guessed “A few”. We are: most of us said often or almost always. That is more of us than we thought."},
		"few": {said(4, 27, .12, .18), guessedBy(0, 0, 3, 20, 4),
			"We thought: most of us guessed “Most”. We are: fewer than half of us said often or almost always. That is fewer of us than we thought."},
	} {
		list := figure.Thoughts(v, seen(c.said, c.guess), class)
		if len(list) != 1 || strings.Join(list[0].Lines(), " ") != c.want || list[0].Question != c.said.Text {
			t.Errorf("%s: %+v", name, list)
		}
	}
	for name, view := range map[string]result.Viewed{
		"nineteen guessed":   seen(said(14, 27, .4, .6), guessedBy(3, 3, 7, 3, 3)),
		"nineteen answered":  seen(said(10, 19, .4, .6), guessedBy(3, 3, 15, 3, 3)),
		"nothing to compare": seen(guessedBy(3, 3, 15, 3, 3)),
	} {
		if list := figure.Thoughts(v, view, class); list != nil {
			t.Errorf("%s: %+v", name, list)
		}
	}
	hidden := said(14, 27, .4, .6)
	hidden.Rows[0] = result.Row{Unit: "9b", Hidden: true}
	sensitive := said(14, 27, .4, .6)
	sensitive.Sensitive = true
	folded := guessedBy(3, 3, 15, 3, 3)
	folded.Rows[0].Bars = []result.Bar{{Options: []int{0, 1, 2, 3, 4}, NoAnswer: true, Count: 27}} // who left it out is among them
	wide := guessedBy(3, 3, 15, 3, 3)
	wide.Rows[0].Bars = []result.Bar{bar(24, 0, 1, 2, 3), bar(3, 4)}
	for name, view := range map[string]result.Viewed{"wide": seen(said(14, 27, .4, .6), wide), "hidden": seen(hidden, guessedBy(3, 3, 15, 3, 3)), "sensitive": seen(sensitive, guessedBy(3, 3, 15, 3, 3)), "folded": seen(said(14, 27, .4, .6), folded)} {
		if list := figure.Thoughts(v, view, class); list != nil {
			t.Errorf("%s: %+v", name, list)
		}
	}
	for _, l := range words.Languages()[1:] {
		list := figure.Thoughts(words.In(l.Code), seen(said(17, 27, .58, .67), guessedBy(3, 15, 6, 3, 0)), class)
		if len(list) != 1 || strings.Contains(strings.Join(list[0].Lines(), " "), "thought") {
			t.Errorf("%s: %+v", l.Code, list)
		}
	}
}

func TestAGuessIsNothingFavourable(t *testing.T) {
	view := seen(said(17, 27, .58, .67), guessedBy(3, 15, 6, 3, 0))
	g := view.Questions[1]
	f := figure.Question(v, view.Release, g, class)
	want := "In 9B, “A few” was chosen most, by 15 of 27 (56%). The middle guess was “A few”. 63% said often or almost always: more than they thought."
	if f.Sentence != want || f.Likert != nil || f.Bars == nil || len(f.Bars.Rows) != 4 {
		t.Errorf("%q %+v", f.Sentence, f)
	}
	if g.HasHeadline() {
		t.Error("it has favourable answers")
	}
}

func TestGoodEnough(t *testing.T) {
	for name, c := range map[string]struct {
		q             result.Question
		said          int
		staff, onWall string
	}{
		"there":  {said(20, 30, .62, .72), 6, "We said: 6 in 10 would be good enough. It is 7 in 10. That is good enough.", "="},
		"short":  {said(14, 27, .49, .54), 8, "We said: 8 in 10 would be good enough. It is 5 in 10. That is not good enough yet.", "="},
		"unsure": {said(16, 27, .55, .75), 7, "We said: 7 in 10 would be good enough. It is 6 in 10. Whether that is good enough cannot be told.", "="},
		"too few differ": {said(24, 27, .85, .92), 8, "We said: 8 in 10 would be good enough. It is 9 in 10. That is good enough.",
			"We said: 8 in 10 would be good enough. How many it is exactly is not shown on this screen. Whether that is good enough cannot be told."},
		"half is told": {said(24, 27, .85, .92), 5, "We said: 5 in 10 would be good enough. It is 9 in 10. That is good enough.",
			"We said: 5 in 10 would be good enough. That is good enough."},
		"fewer than half": {said(4, 27, .12, .14), 6, "We said: 6 in 10 would be good enough. It is 1 in 10. That is not good enough yet.",
			"We said: 6 in 10 would be good enough. That is not good enough yet."},
		"a small class": {said(9, 15, .5, .7), 6, "We said: 6 in 10 would be good enough. It is 6 in 10. That is too close to tell whether it is good enough.", ""},
	} {
		staff, wall := strings.Join(figure.Enough(v, c.q, class, c.said), " "), strings.Join(figure.EnoughForPupils(v, c.q, class, c.said), " ")
		if c.onWall == "=" {
			c.onWall = c.staff
		}
		if staff != c.staff || wall != c.onWall {
			t.Errorf("%s:\n%s\n%s", name, staff, wall)
		}
	}
}

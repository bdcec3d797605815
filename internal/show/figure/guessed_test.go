package figure_test

import (
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// often is a question with five answers, of which the last are favourable.
func often(kind bank.Kind, favourable ...int) result.Question {
	q := result.Question{ID: "q1", Text: "How often?", Kind: kind, FavourableWords: "often"}
	for _, label := range []string{"Never", "Rarely", "Sometimes", "Often", "Always"} {
		q.Options = append(q.Options, result.Option{Label: label})
	}
	q.Options = append(q.Options, result.Option{Label: "I don't know", Missing: true})
	for _, i := range favourable {
		q.Options[i].Favourable = true
	}
	return q
}

func bars(counts ...int) (list []result.Bar) {
	for i, n := range counts {
		if n > 0 {
			list = append(list, result.Bar{Options: []int{i}, Count: n})
		}
	}
	return list
}

func TestMiddle(t *testing.T) {
	v := words.English()
	for name, c := range map[string]struct {
		row      result.Row
		asked, n int
		from, to int
		none     bool
	}{
		"all answered":               {result.Row{N: 25, Bars: bars(0, 3, 6, 10, 6)}, 25, 25, 3, 3, false},
		"many did not answer":        {result.Row{N: 10, Bars: bars(0, 0, 4, 3, 3)}, 30, 10, 2, 4, false},
		"nobody knows who was asked": {result.Row{N: 200, Bars: bars(20, 20, 20, 120, 20)}, 0, 200, 3, 3, false},
		"I don't know is no answer":  {result.Row{N: 25, Bars: bars(0, 3, 6, 5, 0, 11)}, 25, 25, 2, 2, false},
		"counted together":           {result.Row{N: 25, Bars: []result.Bar{{Options: []int{0, 1, 2}, Count: 15}, {Options: []int{3, 4}, Count: 10}}}, 25, 25, 0, 2, false},
		"with silence":               {result.Row{N: 25, Bars: []result.Bar{{Options: []int{0, 1}, NoAnswer: true, Count: 14}, {Options: []int{2}, Count: 4}, {Options: []int{3, 4}, Count: 7}}}, 25, 25, 0, 4, false},
		"nearly all":                 {result.Row{N: 25, Band: &result.Band{Options: []int{3, 4}, Low: 80, High: 100, N: 25}}, 25, 25, 3, 4, false},
		"hidden":                     {result.Row{Hidden: true}, 25, 25, 0, 0, true},
		"not all is shown":           {result.Row{N: 25, Bars: bars(0, 0, 0, 10)}, 25, 25, 0, 0, true},
	} {
		from, to, ok := figure.Middle(v, often(bank.Unipolar, 3, 4), c.row, result.Group{Asked: c.asked, Answered: c.n, Shown: true})
		if ok == c.none || ok && (from != c.from || to != c.to) {
			t.Errorf("%s: %d to %d, %v", name, from, to, ok)
		}
	}
	if _, _, ok := figure.Middle(v, often(bank.Choice), result.Row{N: 25, Bars: bars(0, 3, 6, 10, 6)}, result.Group{Asked: 25, Answered: 25}); ok {
		t.Error("a list without an order has a middle")
	}
}

func TestGuessed(t *testing.T) {
	v := words.English()
	g := result.Group{Asked: 25, Answered: 25, Shown: true}
	row := result.Row{N: 25, Bars: bars(0, 3, 6, 10, 6)} // the middle is the fourth
	for _, c := range []struct {
		q     result.Question
		guess int
		want  string
		size  int
	}{
		{often(bank.Unipolar, 3, 4), 3, "As you guessed.", 0},
		{often(bank.Unipolar, 3, 4), 1, "They see it more favourably than you guessed.", 2},
		{often(bank.Unipolar, 3, 4), 4, "They see it less favourably than you guessed.", 1},
		{often(bank.Unipolar, 0, 1), 1, "They see it less favourably than you guessed.", 2},
		{often(bank.Ideal, 2), 2, "They see it less favourably than you guessed.", 1},
		{often(bank.Ideal, 2), 1, "They see it differently from what you guessed.", 2},
		{often(bank.Unipolar), 0, "They see it differently from what you guessed.", 3},
	} {
		if gap := figure.Guessed(v, c.q, row, g, c.guess); gap.Text != c.want || gap.Size != c.size || !gap.Known {
			t.Errorf("%s %v guessed %d: %+v", c.q.Kind, c.q.Options, c.guess, gap)
		}
	}
	few := result.Group{Asked: 60, Answered: 10, Shown: true}
	if gap := figure.Guessed(v, often(bank.Unipolar, 3, 4), result.Row{N: 10, Bars: bars(0, 0, 4, 3, 3)}, few, 2); gap.Size != 0 || gap.Text == "As you guessed." {
		t.Errorf("ten answers of sixty tell exactly: %+v", gap)
	}
}

func TestForPupils(t *testing.T) {
	v := words.English()
	for _, c := range []struct {
		x, n int
		want string
	}{{14, 28, "14 of 28 said often."}, {22, 28, "Most said often."}, {5, 28, "Fewer than half said often."}, {28, 28, "Most said often."}, {8, 18, ""}, {0, 12, ""}} {
		q := often(bank.Unipolar, 3, 4)
		q.Rows = []result.Row{{Unit: "u", N: c.n, Share: &result.Share{X: c.x, N: c.n}}}
		if text, ok := figure.ForPupils(v, q, result.Group{Unit: "u"}); text != c.want || ok != (c.want != "") {
			t.Errorf("%d of %d: %q", c.x, c.n, text)
		}
	}
}

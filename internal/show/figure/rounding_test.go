package figure_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// Whatever was answered, the per cents of a question add up to 100, those of its favourable answers to the share that the
// sentence states, and none is as much as one point away from what it is rounded from.
func TestPerCentsAddUpAndAreTrue(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	g := result.Group{Unit: "s", Name: "Riverside", Shown: true}
	for range 20000 {
		q := result.Question{ID: "q", Text: "How often?", Kind: bank.Unipolar, FavourableWords: "often"}
		options, good := 2+rnd.IntN(6), 0
		row := result.Row{Unit: "s", Share: &result.Share{Sampled: true, High: 1}}
		for o := range options {
			q.Options = append(q.Options, result.Option{Label: fmt.Sprint("Option ", o), Favourable: o >= options-1-rnd.IntN(2)})
			count := rnd.IntN([]int{2, 9, 60, 900}[rnd.IntN(4)])
			row.N += count
			if q.Options[o].Favourable {
				good += count
			}
			row.Bars = append(row.Bars, result.Bar{Options: []int{o}, Count: count})
		}
		if row.N == 0 {
			continue
		}
		row.Share.X, row.Share.N = good, row.N
		q.Rows = []result.Row{row}
		f := figure.Question(v, result.Release{Audience: bank.Pupils11to16}, q, g)
		if f.Likert == nil || len(f.Likert.Rows) != 1 || len(f.Likert.Rows[0].Pieces) != options {
			t.Fatalf("%+v is drawn as %+v", row.Bars, f.Likert)
		}
		sum, favourable := 0, 0
		for _, p := range f.Likert.Rows[0].Pieces {
			var o int
			fmt.Sscanf(p.Label, "Option %d", &o)
			truth := 100 * float64(row.Bars[o].Count) / float64(row.N)
			if math.Abs(float64(p.Percent)-truth) >= 1 {
				t.Fatalf("%+v: %d%% is said of %.2f%%", row.Bars, p.Percent, truth)
			}
			sum += p.Percent
			if q.Options[o].Favourable {
				favourable += p.Percent
			}
		}
		if sum != 100 || favourable != figure.Percent(good, row.N) {
			t.Fatalf("%+v: %d%% in all, %d%% favourable of %d", row.Bars, sum, favourable, figure.Percent(good, row.N))
		}
	}
}

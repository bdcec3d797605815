package intruder

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

func TestIntruderFindsNothing(t *testing.T) {
	clock := &rehearsal.Clock{}
	b, err := bank.Load()
	testkit.Must(t, err)
	r, err := Run(context.Background(), Options{DB: testkit.DBAt(t, clock.Now), Clock: clock, Key: testkit.Key(t), Bank: b, People: 360, Seed: 1})
	testkit.Must(t, err)
	t.Log("\n" + r.String())
	if r.Found() {
		t.Error("the intruder got somewhere")
	}
	if r.ByList < 3 {
		t.Errorf("only %d questions were told by the school's list", r.ByList)
	}
	for _, m := range r.Matches {
		if m.Of < 100 {
			t.Errorf("%s: only %d were dealt out", m.Who, m.Of)
		}
	}
	for _, p := range r.Predictions {
		if p.Of < 500 {
			t.Errorf("%s with %s: only %d answers were guessed at", p.Who, p.With, p.Of)
		}
		if p.NothingIsMeant && !p.Beats() {
			t.Error("the intruder gets nowhere where nothing is hidden either, so the test proves nothing")
		}
	}
}

// A school that hides nothing is unmasked: bounds find single pupils, in a table where they stand.
func TestIntruderSeesWhatIsPlain(t *testing.T) {
	tb := newTable([][2]int{{10, 10}, {12, 9}}, 3)
	read := []figure{{[]int{0, 1}, -1, 1, 9, true}, {[]int{1}, -1, 1, 8, true}}
	if got := tb.pinned(read); got == 0 {
		t.Error("nine less eight is one")
	}
	if got := tb.pinned(read[:1]); got != 0 {
		t.Errorf("%d from one sum", got)
	}
	tb.fit(read)
	if one := tb.sum(figure{groups: []int{0}, side: -1, set: 1}); math.Abs(one-1) > 0.05 {
		t.Errorf("the table has %.2f where one is left", one)
	}
}

func TestAssignIsLeast(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		n := 1 + rng.IntN(6)
		cost := make([][]float64, n)
		for i := range cost {
			for range n {
				cost[i] = append(cost[i], rng.Float64())
			}
		}
		got := 0.0
		for i, j := range assign(cost) {
			got += cost[i][j]
		}
		least := math.Inf(1)
		var try func(i int, used uint, sum float64)
		try = func(i int, used uint, sum float64) {
			if i == n {
				least = min(least, sum)
				return
			}
			for j := range n {
				if used>>j&1 == 0 {
					try(i+1, used|1<<j, sum+cost[i][j])
				}
			}
		}
		try(0, 0, 0)
		if math.Abs(got-least) > 1e-9 {
			t.Fatalf("%v, want %v", got, least)
		}
	}
}

package disclosure_test

import (
	"errors"
	"testing"

	"earshot/internal/show/disclosure"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSeveralChoices(t *testing.T) {
	c := disclosure.Choices{
		Groups: []disclosure.Group{{Key: "7", Atoms: []int{0, 1}, Wide: true}, {Key: "7A", Atoms: []int{0}}, {Key: "7B", Atoms: []int{1}}},
		Chosen: [][]int{{10, 1, 20}, {8, 6, 11}}, Answered: []int{20, 18}, NoAnswer: []int{0, 4},
	}
	rows, report, err := disclosure.WhatOfEach(c)
	if err != nil {
		t.Fatal(err)
	}
	want := disclosure.Row{
		N: 22, NoAnswerKnown: true, NoAnswer: 4, Share: disclosure.Share{Known: true, Count: 8, Base: 18},
		Bars: []disclosure.Bar{{Options: []int{0}, Count: 10}, {Options: []int{1}, Count: 8}},
	}
	if d := cmp.Diff(want, rows[0][2]); d != "" {
		t.Error(d)
	}
	for g := range rows[1] {
		if g > 0 && rows[1][0].Share.Known && rows[1][g].Share.Known {
			t.Errorf("the one in 7A who chose it can be computed: %+v", rows[1])
		}
	}
	if rows[2][1].Share.Known || rows[2][1].Band == nil {
		t.Errorf("all of 7A chose it: %+v", rows[2][1])
	}
	if report.Groups != 9 || report.BarsKept == 0 {
		t.Errorf("%+v", report)
	}

	c.NoAnswer = []int{1, 4} // one of 7A kept silent: shares are of everybody now
	if rows, _, err = disclosure.WhatOfEach(c); err != nil {
		t.Fatal(err)
	}
	if s := rows[0][2].Share; !s.OfAll || s.Base != 22 || rows[0][2].NoAnswerKnown {
		t.Errorf("%+v", rows[0][2])
	}

	c.Chosen[0][0] = 21
	if _, _, err = disclosure.WhatOfEach(c); !errors.Is(err, disclosure.ErrShape) {
		t.Error("more chose it than answered: ", err)
	}
}

// Every option of a question with several choices withstands the same attacks.
func TestSeveralChoicesPointAtNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := disclosure.Choices{Groups: []disclosure.Group{{Wide: true}}}
		for cell := range rapid.IntRange(2, 5).Draw(t, "classes") {
			answered := rapid.IntRange(5, 28).Draw(t, "answered")
			row := make([]int, 3)
			for o := range row {
				row[o] = min(answered, rapid.SampledFrom([]int{0, 1, 2, 3, 5, 9, answered - 1, answered}).Draw(t, "chosen"))
			}
			c.Chosen, c.Answered = append(c.Chosen, row), append(c.Answered, answered)
			c.NoAnswer = append(c.NoAnswer, rapid.SampledFrom([]int{0, 0, 0, 4, 1}).Draw(t, "silent"))
			c.Groups[0].Atoms = append(c.Groups[0].Atoms, cell)
			c.Groups = append(c.Groups, disclosure.Group{Atoms: []int{cell}})
		}
		all, _, err := disclosure.WhatOfEach(c)
		if err != nil {
			t.Fatal(err)
		}
		for option, rows := range all {
			q := disclosure.Question{Groups: c.Groups, Favourable: []int{1}}
			known := rows[0].NoAnswerKnown
			for cell, row := range c.Chosen {
				if known {
					q.Counts = append(q.Counts, []int{c.Answered[cell] - row[option], row[option], c.NoAnswer[cell]})
				} else {
					q.Counts = append(q.Counts, []int{c.Answered[cell] + c.NoAnswer[cell] - row[option], row[option], 0})
				}
			}
			for g := range rows {
				if !known { // the base is everybody, and that is all it says
					n := 0
					for _, cell := range c.Groups[g].Atoms {
						n += sum([]int{0, 1, 2}, q.Counts[cell])
					}
					rows[g].N = n
				}
			}
			checkPublished(t, q, rows, true)
		}
	})
}

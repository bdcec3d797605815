package result

import (
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/show/stat"
)

// TestBesideTrust sets one school beside the middle half of its trust, from 40% to 60%.
func TestBesideTrust(t *testing.T) {
	viewed := func(x, n, asked int, change func(v *Viewed)) Viewed {
		s := &Share{X: x, N: n, Sampled: true}
		i, census, err := stat.WilsonFinite(x, n, asked)
		if err != nil {
			t.Fatal(err)
		}
		s.Low, s.High, s.Census = i.Low, i.High, census
		v := Viewed{Release: Release{Audience: bank.Pupils11to16, Groups: []Group{{Unit: "s", Kind: round.UnitSchool, Shown: true, Asked: asked, Answered: n}},
			Questions: []Question{{ID: "q1", Wording: "w", Rows: []Row{{Unit: "s", N: n, Share: s}}}}}}
		if change != nil {
			change(&v)
		}
		return v
	}
	sums := map[string]TrustSum{"w": {Schools: 8, Middle: &Middle{40, 60}}, "few": {Schools: 4}}
	for name, c := range map[string]struct {
		v    Viewed
		want Verdict // none: it is not compared
	}{
		"far above":                   {viewed(160, 200, 400, nil), Higher},
		"far below":                   {viewed(20, 200, 400, nil), Lower},
		"well inside":                 {viewed(100, 200, 210, nil), Same},
		"a little above, by chance":   {viewed(64, 100, 1000, nil), CannotTell},
		"a little above, all asked":   {viewed(64, 100, 100, nil), Higher},
		"across an end":               {viewed(16, 40, 400, nil), CannotTell},
		"by an open link":             {viewed(160, 200, 400, func(v *Viewed) { v.Open = true }), ""},
		"a share of all":              {viewed(160, 200, 400, func(v *Viewed) { v.Questions[0].Rows[0].Share.OfAll = true }), ""},
		"not in the trust":            {viewed(160, 200, 400, func(v *Viewed) { v.Questions[0].Wording = "x" }), ""},
		"too few schools":             {viewed(160, 200, 400, func(v *Viewed) { v.Questions[0].Wording = "few" }), ""},
		"a reader without the school": {viewed(160, 200, 400, func(v *Viewed) { v.Groups = nil }), ""},
		"the words were mended":       {viewed(160, 200, 400, func(v *Viewed) { v.Questions[0].Wording, v.Questions[0].Trend = "x", "w" }), Higher},
	} {
		if got := c.v.BesideTrust(sums)["q1"].Verdict; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// Among twenty questions that lie inside, one that is only just outside is chance.
	v := viewed(140, 200, 100000, nil)
	v.Questions[0].Rows[0].Share.X = 135
	i := stat.Wilson(135, 200)
	v.Questions[0].Rows[0].Share.Low, v.Questions[0].Rows[0].Share.High = i.Low, i.High
	if got := v.BesideTrust(sums)["q1"].Verdict; got != Higher {
		t.Fatalf("alone: %q", got)
	}
	for range 19 {
		other := v.Questions[0]
		other.ID, other.Rows = other.ID+"'", []Row{{Unit: "s", N: 200, Share: &Share{X: 110, N: 200, Low: .48, High: .61, Sampled: true}}}
		v.Questions = append(v.Questions, other)
		v.Questions[0], v.Questions[len(v.Questions)-1] = other, v.Questions[0]
	}
	for _, b := range v.BesideTrust(sums) {
		if b.Verdict == Higher {
			t.Errorf("of twenty: %+v", b.Share)
		}
	}
}

// TestBarsAreJoinedAlike adds bars of schools that fold differently.
func TestBarsAreJoinedAlike(t *testing.T) {
	row := func(bars ...Bar) Row {
		r := Row{Bars: bars}
		for _, b := range bars {
			r.N += b.Count
		}
		return r
	}
	of := func(count int, options ...int) Bar { return Bar{Options: options, Count: count} }
	bars, silent := barsOf([]Row{
		row(of(5, 0), of(6, 1, 2), of(7, 3), Bar{NoAnswer: true, Count: 4}),
		row(of(8, 0), of(9, 1), of(3, 2), of(10, 3), Bar{NoAnswer: true, Count: 0}),
	})
	if len(bars) != 4 || bars[0].Count != 13 || bars[1].Count != 18 || len(bars[1].Options) != 2 || bars[2].Count != 17 || silent == nil || *silent != 4 {
		t.Errorf("%+v, %v", bars, silent)
	}
	// Overlapping folds run together, and silence with them.
	bars, silent = barsOf([]Row{row(of(5, 0, 1), of(6, 2), of(7, 3)), row(of(5, 0), of(6, 1, 2), Bar{Options: []int{3}, NoAnswer: true, Count: 9})})
	if len(bars) != 2 || bars[0].Count != 22 || bars[1].Count != 16 || !bars[1].NoAnswer || silent != nil {
		t.Errorf("%+v, %v", bars, silent)
	}
	if bars, _ := barsOf([]Row{row(of(5, 0), of(6, 1)), row(of(5, 0, 1))}); bars != nil {
		t.Errorf("one bar for all: %+v", bars)
	}
	hidden := row(of(5, 0), of(6, 1))
	hidden.N += 3
	if bars, _ := barsOf([]Row{hidden, row(of(5, 0), of(6, 1))}); bars != nil {
		t.Errorf("bars beside hidden answers: %+v", bars)
	}
}

func TestWhatGoesIntoATrust(t *testing.T) {
	m := newMade(t, 5, round.AboutSchool, document(t, "how_is_learning"), map[string][]int{"y7": {27, 26, 28}, "y8": {27, 25}})
	rel := m.release(t)
	r := m.round
	r.SchoolID, r.ID = "s", "r"
	list := totals(rel, r, m.bank)
	if len(list) < 5 || list[0].QuestionID != "" || list[0].Answered != rel.School().Answered {
		t.Fatalf("%d lines, the first %+v", len(list), list[0])
	}
	for _, line := range list[1:] {
		i := 0
		for rel.Questions[i].ID != line.QuestionID {
			i++
		}
		q := rel.Questions[i]
		row, _ := q.Row(rel.School().Unit)
		if _, ours := m.bank.Item(q.Item); !ours || q.Several || row.Share.OfAll || line.Favourable != row.Share.X || line.Answered != row.Share.N {
			t.Errorf("%+v of %s", line, q.Text)
		}
		if body := decodedQuestion(line.Body); body.Text != q.Text || len(body.Rows) != 1 || body.Public != nil || body.Before != nil {
			t.Errorf("the body of %s: %+v", q.Text, body)
		}
	}
	rel.Questions[0].Trend = rel.Questions[0].Wording
	rel.Questions[0].Wording, rel.Questions[0].Text = "mended", "What a school wrote"
	for _, line := range totals(rel, r, m.bank) {
		if body := decodedQuestion(line.Body); body.Text == "What a school wrote" {
			t.Error("a school's own words go into the trust")
		}
	}
	open, learning := rel, rel
	open.Open = true
	learning.Purpose = "learning"
	learning.Groups = append([]Group{}, rel.Groups...)
	for i := range learning.Groups {
		learning.Groups[i].LeadersTeaching = false
	}
	for name, rel := range map[string]Release{"an open link": open, "too few teachers": learning, "nothing": {}} {
		if list := totals(rel, r, m.bank); len(list) != 1 || list[0].Answered != 0 {
			t.Errorf("%s: %d lines, %d answered", name, len(list), list[0].Answered)
		}
	}
}

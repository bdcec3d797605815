package disclosure_test

import (
	"errors"
	"testing"

	"earshot/internal/show/disclosure"

	"github.com/google/go-cmp/cmp"
)

func year7() disclosure.Question {
	return disclosure.Question{
		Groups: []disclosure.Group{
			{Key: "7", Atoms: []int{0, 1, 2}, Wide: true},
			{Key: "7A", Atoms: []int{0}}, {Key: "7B", Atoms: []int{1}}, {Key: "7C", Atoms: []int{2}},
		},
		Counts: [][]int{ // never, rarely, sometimes, often, almost always, no answer
			{1, 4, 8, 9, 4, 0},
			{3, 5, 7, 6, 5, 0},
			{4, 3, 6, 8, 5, 0},
		},
		Favourable: []int{3, 4},
	}
}

func what(t *testing.T, q disclosure.Question) ([]disclosure.Row, disclosure.Report) {
	t.Helper()
	rows, report, err := disclosure.What(q)
	if err != nil {
		t.Fatal(err)
	}
	return rows, report
}

// Year 7's never 8, less 7B 3 and 7C 4, would give 7A's 1 back.
func TestFoldingOneClassIsNotEnough(t *testing.T) {
	q := year7()
	rows, report := what(t, q)
	if len(rows[0].Bars) != 6 || rows[0].Bars[1].Count != 8 {
		t.Errorf("the year is shown in full: %+v", rows[0])
	}
	alone := 0
	for _, row := range rows[1:] {
		for _, bar := range row.Bars {
			if cmp.Equal(bar.Options, []int{0}) && !bar.NoAnswer {
				alone++
			}
		}
	}
	if alone > 1 {
		t.Errorf("never stands alone in %d classes, so that 7A's can be computed: %+v", alone, rows[1:])
	}
	for i, want := range []int{26, 13, 11, 13} {
		if i > 0 && (!rows[i].Share.Known || rows[i].Share.Count != want || rows[i].Share.OfAll) {
			t.Errorf("favourable share of %s: %+v", q.Groups[i].Key, rows[i].Share)
		}
	}
	if report.GroupsKept != 4 || report.HeadlinesKept != 4 {
		t.Errorf("%+v", report)
	}
	checkPublished(t, q, rows, true)
}

func TestAllAlike(t *testing.T) {
	class := func(counts ...int) disclosure.Question {
		return disclosure.Question{Groups: []disclosure.Group{{Key: "7A", Atoms: []int{0}}}, Counts: [][]int{counts}, Favourable: []int{3, 4}}
	}
	for name, c := range map[string]struct {
		counts []int
		band   *disclosure.Band
		hidden bool
	}{
		"all favourable":        {[]int{0, 0, 0, 0, 25, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"all but one":           {[]int{1, 0, 0, 0, 24, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"all but two":           {[]int{1, 1, 0, 0, 23, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"all against":           {[]int{25, 0, 0, 0, 0, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 0, High: 10, Base: 25}, false},
		"all of nine":           {[]int{0, 0, 0, 0, 9, 0}, nil, true},
		"one of nine":           {[]int{0, 0, 0, 1, 8, 0}, nil, true},
		"all who answered":      {[]int{0, 0, 0, 0, 25, 5}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"too few answers":       {[]int{0, 0, 1, 1, 2, 20}, nil, true},
		"one did not answer":    {[]int{0, 0, 0, 0, 24, 1}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"all in the best two":   {[]int{0, 0, 0, 12, 13, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 90, High: 100, Base: 25}, false},
		"three hundred agreed":  {[]int{0, 0, 0, 0, 300, 0}, &disclosure.Band{Options: []int{3, 4}, Low: 99, High: 100, Base: 300}, false},
		"nobody in the middle":  {[]int{10, 0, 0, 0, 10, 0}, nil, false},
		"one without an answer": {[]int{5, 5, 5, 5, 4, 1}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			q := class(c.counts...)
			rows, _ := what(t, q)
			if d := cmp.Diff(c.band, rows[0].Band); d != "" || rows[0].Hidden != c.hidden {
				t.Errorf("hidden %v, band %s", rows[0].Hidden, d)
			}
			checkPublished(t, q, rows, true)
		})
	}
}

func TestNoAnswerFoldsWithTheUnfavourableEnd(t *testing.T) {
	q := disclosure.Question{
		Groups: []disclosure.Group{{Atoms: []int{0}}}, Counts: [][]int{{6, 7, 5, 4, 3, 2}}, Favourable: []int{0, 1},
	}
	rows, _ := what(t, q)
	want := []disclosure.Bar{{Options: []int{4}, NoAnswer: true, Count: 5}, {Options: []int{3}, Count: 4}, {Options: []int{2}, Count: 5}, {Options: []int{1}, Count: 7}, {Options: []int{0}, Count: 6}}
	if d := cmp.Diff(want, rows[0].Bars); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(disclosure.Share{Known: true, Count: 13, Base: 27, OfAll: true}, rows[0].Share); d != "" {
		t.Error(d)
	}
	if rows[0].NoAnswerKnown {
		t.Error("two gave no answer: not told")
	}
}

func TestSmallBarsOfTheSchoolAreFoldedToo(t *testing.T) {
	q := disclosure.Question{
		Groups: []disclosure.Group{{Key: "school", Atoms: []int{0, 1}, Wide: true}},
		Counts: [][]int{{1, 10, 20, 20, 0}, {0, 12, 18, 22, 0}}, Favourable: []int{2, 3},
	}
	rows, _ := what(t, q)
	if rows[0].Bars[0].Count != 0 || rows[0].Bars[1].Count != 23 {
		t.Errorf("%+v", rows[0].Bars)
	}
	checkPublished(t, q, rows, true)
}

func TestUnorderedHidesInsteadOfFolding(t *testing.T) {
	q := disclosure.Question{
		Kind:   disclosure.Unordered,
		Groups: []disclosure.Group{{Atoms: []int{0}}}, Counts: [][]int{{10, 2, 8, 5, 0}},
	}
	rows, report := what(t, q)
	for _, bar := range rows[0].Bars {
		if len(bar.Options) > 1 || cmp.Equal(bar.Options, []int{1}) {
			t.Errorf("%+v", rows[0].Bars)
		}
	}
	if len(rows[0].Bars) != 3 || rows[0].Hidden || report.BarsKept != 3 {
		t.Errorf("%+v %+v", rows[0], report)
	}
	// Best in the middle: no neighbours either.
	q.Kind, q.Favourable = disclosure.Ordered, []int{2}
	rows, _ = what(t, q)
	for _, bar := range rows[0].Bars {
		if len(bar.Options) > 1 {
			t.Errorf("%+v", rows[0].Bars)
		}
	}
	if !rows[0].Share.Known || rows[0].Share.Count != 8 {
		t.Errorf("%+v", rows[0].Share)
	}
}

func TestPagesThatPupilsSee(t *testing.T) {
	q := year7()
	q.Least = 10
	rows, _ := what(t, q)
	for _, row := range rows {
		for _, bar := range row.Bars {
			if bar.Count > 0 && bar.Count < 10 {
				t.Errorf("%+v", row)
			}
		}
	}
}

func TestOddQuestions(t *testing.T) {
	for name, q := range map[string]disclosure.Question{
		"ragged":            {Counts: [][]int{{1, 2, 3}, {1, 2}}},
		"negative":          {Counts: [][]int{{1, -2, 3}}},
		"one column":        {Counts: [][]int{{1}}},
		"no such option":    {Counts: [][]int{{1, 2, 3}}, Favourable: []int{2}},
		"no such missing":   {Counts: [][]int{{1, 2, 3}}, Missing: []int{-1}},
		"too many columns":  {Counts: [][]int{make([]int, 33)}},
		"other groups":      {Counts: [][]int{{1, 2}}, Within: make([]disclosure.Row, 2)},
		"several, unequal":  {Counts: [][]int{{}, {1}}},
		"no columns at all": {Counts: [][]int{{}}},
	} {
		if _, _, err := disclosure.What(q); !errors.Is(err, disclosure.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows, _ := what(t, disclosure.Question{Groups: []disclosure.Group{{}, {Atoms: []int{5}}}})
	if len(rows) != 2 || rows[0].Reason != disclosure.Empty || !rows[1].Hidden {
		t.Errorf("%+v", rows)
	}
	rows, _ = what(t, disclosure.Question{Groups: []disclosure.Group{{Atoms: []int{0, 0, 7}}}, Counts: [][]int{{0, 0, 9}}})
	if rows[0].N != 9 || !rows[0].Hidden {
		t.Errorf("only no answers: %+v", rows)
	}
	if _, ok := disclosure.BandEdge(-3); ok {
		t.Error("no band for nobody")
	}
}

func TestBandEdges(t *testing.T) {
	for n, want := range map[int]int{10: 20, 19: 20, 20: 10, 39: 10, 40: 5, 99: 5, 100: 2, 299: 2, 300: 1, 5000: 1} {
		if edge, ok := disclosure.BandEdge(n); !ok || edge != want {
			t.Errorf("%d: %d %v, want %d", n, edge, ok, want)
		}
	}
	if _, ok := disclosure.BandEdge(9); ok {
		t.Error("no band under ten people")
	}
}

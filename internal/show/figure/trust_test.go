package figure_test

import (
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// sumOf is a trust's sum of one year.
func sumOf(year, x, n, schools int, m *result.Middle) result.TrustSum {
	return result.TrustSum{Voice: result.VoicePupils, Year: year, Schools: schools, Middle: m, Question: result.Question{Item: "i", Wording: "w", Text: "How often are you asked?", Short: "Asked", Kind: bank.Unipolar,
		FavourableWords: "often", Options: []result.Option{{Label: "Never"}, {Label: "Often", Favourable: true}},
		Rows: []result.Row{{Unit: "trust", N: n, Share: &result.Share{X: x, N: n, Low: .52, High: .67}, Bars: []result.Bar{{Options: []int{0}, Count: n - x}, {Options: []int{1}, Count: x}}}}}}
}

func TestTrustFigures(t *testing.T) {
	v := words.English()
	now, then := sumOf(2026, 600, 1000, 8, &result.Middle{Low: 45, High: 70}), sumOf(2024, 240, 480, 4, nil)
	f := figure.Trust(v, now, "Northfield")
	if f.Title != "2026/27" || f.Sentence != "In 8 schools of the trust, 600 of 1000 (60%) said often." || f.Likert == nil ||
		!strings.Contains(f.Doubt, "between 52% and 67%") || len(f.Lines) != 1 || !strings.Contains(f.Lines[0], "between 45% and 70% said often") {
		t.Errorf("%+v", f)
	}
	if f := figure.Trust(v, then, "Northfield"); f.Title != "2024/25" || !strings.Contains(f.Lines[0], "where at least 5 of them asked") {
		t.Errorf("%+v", f)
	}
	if got := figure.Year(v, 2099); got != "2099/00" {
		t.Errorf("a school year is %q", got)
	}
	line, ok := figure.TrustYears(v, []result.TrustSum{now, then})
	if !ok || line.Sentence != "60% in 2026/27, 50% in 2024/25." || strings.Join(line.Slope.Times, " ") != "2024/25 2026/27" {
		t.Fatalf("%+v", line)
	}
	points := line.Slope.Lines[0].Points
	if len(points) != 2 || points[0].Time != 0 || points[0].Percent != 50 || points[1].Time != 1 || points[1].Percent != 60 || len(line.Table.Rows) != 2 {
		t.Errorf("%+v", points)
	}
	if _, ok := figure.TrustYears(v, []result.TrustSum{now}); ok {
		t.Error("one year makes a line")
	}
	if got := figure.TrustSection(v, []result.TrustSum{now, now}); got != "" {
		t.Errorf("two questions make a section: %q", got)
	}
	if got := figure.TrustSection(v, []result.TrustSum{now, now, then}); !strings.HasPrefix(got, "58% of the answers to these 3 questions") {
		t.Errorf("a section: %q", got)
	}
	for verdict, want := range map[result.Verdict]string{result.Higher: "Higher than", result.Lower: "Lower than", result.Same: "In the middle half", result.CannotTell: "cannot be told"} {
		got := figure.BesideTrust(v, result.Beside{Verdict: verdict, Share: result.Share{X: 9, N: 10}, Sum: now})
		if !strings.Contains(got, want) || !strings.Contains(got, "45% to 70%") || !strings.Contains(got, "60%") {
			t.Errorf("%s: %q", verdict, got)
		}
	}
}

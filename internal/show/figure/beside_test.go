package figure_test

import (
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/show/stat"
)

// shared is a share of x of n answers among so many people.
func shared(t *testing.T, x, n, asked int) *result.Share {
	t.Helper()
	i, census, err := stat.WilsonFinite(x, n, asked)
	if err != nil {
		t.Fatal(err)
	}
	return &result.Share{X: x, N: n, Low: i.Low, High: i.High, Census: census, Sampled: true}
}

// school is a round with forms, each with a share of one question; one without a share is hidden.
func school(t *testing.T, shares map[string]*result.Share) (result.Viewed, result.Question) {
	t.Helper()
	q := howOften(result.Row{Unit: "s", N: 400, Share: shared(t, 200, 400, 500)})
	view := result.Viewed{Whole: true, Release: result.Release{Audience: bank.Pupils11to16, Purpose: access.ForSchool,
		Groups: []result.Group{{Unit: "s", Kind: "school", Name: "Riverside", Shown: true, Asked: 500, Answered: 400}}}}
	for _, name := range []string{"7A", "7B", "7C", "7D"} {
		g := result.Group{Unit: name, Kind: "form", Name: name, Parent: "s", Shown: true, Asked: 100, Answered: 50}
		s, ok := shares[name]
		switch {
		case !ok:
			g.Nobody = true
		default:
			q.Rows = append(q.Rows, result.Row{Unit: name, N: 50, Share: s, Hidden: s == nil})
		}
		view.Groups = append(view.Groups, g)
	}
	view.Rates, view.Questions = view.Groups, []result.Question{q}
	return view, q
}

func TestGroupsSideBySide(t *testing.T) {
	all := shared(t, 16, 30, 100)
	all.OfAll = true
	view, q := school(t, map[string]*result.Share{"7A": shared(t, 9, 20, 100), "7B": shared(t, 12, 20, 100), "7C": all, "7D": nil})
	q.Rows[1].Guess = &result.Guess{Share: 0.2, Low: 0.1, High: 0.3}
	f, ok := figure.SideBySide(v, view, q, view.Groups[0])
	// The sentence is about what was said, not about the best guess that is drawn.
	if !ok || f.Sentence != "In the groups of Riverside in this picture, between 45% and 60% said often or almost always. Whether any two of them differ cannot be told." {
		t.Errorf("%v %q", ok, f.Sentence)
	}
	if len(f.Dots.Rows) != 2 || !strings.Contains(text(f.Table), "7C | 53% |  | 16 of 30 who took part") || !strings.Contains(text(f.Table), "7D | Hidden") {
		t.Errorf("%d dots\n%s", len(f.Dots.Rows), text(f.Table))
	}
	want := "Not in the picture, to protect pupils: 7D. Not in the picture, because the share can only be told of all who took part there, not of those who answered: 7C. A hollow dot is a best guess for a group with few answers, drawn towards the others."
	if f.Note != want {
		t.Errorf("%q", f.Note)
	}
	view, q = school(t, map[string]*result.Share{"7A": shared(t, 25, 50, 100), "7B": shared(t, 32, 50, 100)})
	if f, _ := figure.SideBySide(v, view, q, view.Groups[0]); f.Note != "Nobody answered in 7C and 7D." {
		t.Errorf("%q", f.Note)
	}
}

// The ranges of these two touch, in whole per cent and otherwise, and the two can still be told apart.
func TestEndsAreComparedLikeAllElse(t *testing.T) {
	view, q := school(t, map[string]*result.Share{"7A": shared(t, 40, 80, 100), "7B": shared(t, 47, 80, 100)})
	for i := range view.Groups {
		view.Groups[i].Answered = 80
	}
	f, _ := figure.SideBySide(v, view, q, view.Groups[0])
	if f.Dots.Rows[0].High < f.Dots.Rows[1].Low {
		t.Fatalf("the ranges do not overlap: %+v", f.Dots.Rows)
	}
	if !strings.HasSuffix(f.Sentence, "The highest and the lowest differ by more than chance explains.") {
		t.Error(f.Sentence)
	}
	view, q = school(t, map[string]*result.Share{"7A": shared(t, 50, 99, 100), "7B": shared(t, 51, 99, 100)})
	if f, _ := figure.SideBySide(v, view, q, view.Groups[0]); !strings.HasSuffix(f.Sentence, "That is about the same everywhere.") {
		t.Error(f.Sentence)
	}
}

func TestOverTimeTheRangeIsOfChance(t *testing.T) {
	view, q := school(t, map[string]*result.Share{"7A": shared(t, 8, 31, 31)})
	view.Groups[1].Asked, view.Groups[1].Answered = 31, 31
	q.Before = []result.Before{{Day: "2025-11-01", Rows: []result.BeforeRow{{Unit: "7A", Share: *shared(t, 10, 31, 31), Population: 31}}}}
	view.Questions[0] = q
	f, ok := figure.OverTime(v, view, q, view.Groups[1], "November 2026", figure.Compare(view, "7A"))
	if !ok || f.Sentence != "In November 2025 it was 32%: too close to tell whether it changed." || !strings.Contains(text(f.Table), "November 2026 | 7A | 26% | 14% to 43%") {
		t.Errorf("%v %q\n%s", ok, f.Sentence, text(f.Table))
	}
}

func TestSplitsSayOfWhom(t *testing.T) {
	view, q := school(t, nil)
	of := func(x, n int) *result.PartShare {
		i := stat.Wilson(float64(x), float64(n))
		return &result.PartShare{Share: result.Share{X: x, N: n, OfAll: true, Low: i.Low, High: i.High}}
	}
	split := result.Split{Kind: result.SplitOutcome, Question: "q1", Parts: []result.Part{{ID: result.PartFavourable, N: 200}, {ID: result.PartOther, N: 200}},
		Rows: []result.SplitRow{{Question: "q1", Shares: []*result.PartShare{of(58, 200), of(36, 200)}}}}
	want := "Those who said often or almost always: 29%, higher than all others (18%). Here those who gave no answer count too; counted so, the school has 24%."
	if got := figure.Told(v, view, split, split.Compared(), q); got != want {
		t.Error(got)
	}
	f, ok := figure.Parted(v, view, split, split.Compared(), q)
	if !ok || f.Sentence != want || f.Dots.Line != 24 || !strings.Contains(text(f.Table), "58 of 200 who took part") {
		t.Errorf("%v %q %d\n%s", ok, f.Sentence, f.Dots.Line, text(f.Table))
	}
	split.Rows[0].Shares = []*result.PartShare{of(50, 200), of(50, 200)}
	if got := figure.Told(v, view, split, split.Compared(), q); got != "" {
		t.Errorf("nothing to tell: %q", got)
	}
}

func TestWhatGoesMostClosely(t *testing.T) {
	view, q := school(t, nil)
	view.Outcome, view.Questions = "q1", nil
	for _, id := range []string{"q1", "q2", "q3", "q4"} {
		q.ID, q.Text = id, "Q"+id[1:]
		view.Questions = append(view.Questions, q)
	}
	view.Matters = []result.Matter{{Question: "q2", R: .35, Low: .2, High: .5}, {Question: "q3", R: .6, Low: .5, High: .7}, {Question: "q4", R: .1, Low: 0, High: .2}}
	f, _ := figure.Matters(v, view)
	if f.Sentence != "The answers to “Q3” and “Q2” go most closely with those to “Q1”." {
		t.Error(f.Sentence)
	}
	view.Matters[2] = result.Matter{Question: "q4", R: -.7, Low: -.8, High: -.6}
	if f, _ = figure.Matters(v, view); !strings.HasPrefix(f.Sentence, "The answers to “Q4” (the other way round), “Q3” and “Q2” go") {
		t.Error(f.Sentence)
	}
}

func TestQuickAnswers(t *testing.T) {
	view, q := school(t, nil)
	quality := func(x, n int) figure.Figure {
		t.Helper()
		view.Splits = []result.Split{{Kind: result.SplitPace, Parts: []result.Part{{ID: result.PartUsual, N: n}},
			Rows: []result.SplitRow{{Question: q.ID, Shares: []*result.PartShare{{Share: result.Share{X: x, N: n}}}}}}}
		f, ok := figure.Quality(v, view)
		if !ok {
			t.Fatal("no figure")
		}
		return f
	}
	if f := quality(192, 380); f.Sentence != "20 of 400 answered very quickly." || f.Doubt != "Without them, none of these shares would differ by more than one point." {
		t.Errorf("%q %q", f.Sentence, f.Doubt)
	}
	if f := quality(200, 380); f.Doubt != "Without them, none of these shares would differ by more than 3 points." { // by 2.6
		t.Error(f.Doubt)
	}
	if f := quality(190, 380); f.Doubt != "Without them, all of these shares would be the same." {
		t.Error(f.Doubt)
	}
}

// A group of the bank and a gateway inside it would count the same answers twice.
func TestSectionsAreOfOneKind(t *testing.T) {
	sections := func(names ...string) string {
		view, _ := school(t, nil)
		for _, name := range names {
			view.Sections = append(view.Sections, result.Section{ID: name, Name: name, Whole: name[0] == 'W', Rows: []result.Sum{{Unit: "s", X: 5, N: 10, Items: 3, Of: 3}}})
		}
		f, ok := figure.Sections(v, view, view.Groups[0])
		if !ok {
			return ""
		}
		var shown []string
		for _, r := range f.Bars.Rows {
			shown = append(shown, r.Label)
		}
		return strings.Join(shown, " ")
	}
	for given, want := range map[string]string{"W1 W2 g1": "W1 W2", "W1 g1": "W1", "W1 g1 g2": "g1 g2", "W1": "W1", "g1": "g1"} {
		if got := sections(strings.Fields(given)...); got != want {
			t.Errorf("of %s: %s, want %s", given, got, want)
		}
	}
}

func TestAGatewayHasItsVoiceOnce(t *testing.T) {
	view, q := school(t, nil)
	q.Gateway = "feedback"
	view.Questions[0] = q
	if f, ok := figure.Gateway(v, view, "feedback", "Pupils"); !ok || f.Title != "Pupils, question by question" {
		t.Errorf("%v %q", ok, f.Title)
	}
}

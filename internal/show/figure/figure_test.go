package figure_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/disclosure"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

var (
	v      = words.English()
	class  = result.Group{Unit: "9b", Kind: "class", Name: "9B", Shown: true, Asked: 30, Answered: 27}
	pupils = result.Release{Audience: bank.Pupils11to16}
)

func options(favourable string, labels ...string) (list []result.Option) {
	for i, l := range labels {
		list = append(list, result.Option{Label: l, Favourable: strings.Contains(favourable, fmt.Sprint(i))})
	}
	return list
}

func howOften(rows ...result.Row) result.Question {
	return result.Question{ID: "q1", Text: "How often are you asked?", Kind: bank.Unipolar, FavourableWords: "often or almost always",
		Options: options("34", "Never", "Not often", "Sometimes", "Often", "Almost always"), Rows: rows}
}

func bar(count int, options ...int) result.Bar { return result.Bar{Options: options, Count: count} }

func silent(n int) *int { return &n }

func TestSentences(t *testing.T) {
	full := result.Row{Unit: "9b", N: 27, NoAnswer: silent(0), Share: &result.Share{X: 12, N: 27, Low: 0.349, High: 0.541, Sampled: true},
		Bars: []result.Bar{{NoAnswer: true}, bar(3, 0), bar(4, 1), bar(8, 2), bar(9, 3), bar(3, 4)}}
	with := func(change func(r *result.Row)) result.Row {
		r := full
		share := *full.Share
		r.Share = &share
		change(&r)
		return r
	}
	open, parents := pupils, pupils
	open.Open = true
	parents.Audience = bank.Parents
	band := func(low, high int, options ...int) func(r *result.Row) {
		return func(r *result.Row) {
			r.Share, r.Bars, r.Band = nil, nil, &result.Band{Options: options, Low: low, High: high, N: 27}
		}
	}
	hidden := result.Row{Unit: "9b", Hidden: true}
	for _, c := range []struct {
		name            string
		rel             result.Release
		row             result.Row
		sentence, doubt string
	}{
		{"share", pupils, full, "In 9B, 12 of 27 (44%) said often or almost always.", "If those who did not answer think alike, the share of everyone asked would very likely be between 35% and 54%."},
		{"census", pupils, with(func(r *result.Row) { r.Share.Census = true }), "In 9B, 12 of 27 (44%) said often or almost always.", "Everyone asked answered, so this is exact."},
		{"size unknown", pupils, with(func(r *result.Row) { r.Share.Sampled = false }), "In 9B, 12 of 27 (44%) said often or almost always.", "It is not known how many were asked. Going by chance alone, the share is very likely between 35% and 54%."},
		{"open link", open, full, "In 9B, 12 of 27 (44%) said often or almost always.", "Anybody with the link could answer, and repeats cannot be ruled out, so nothing here is verified. Going by chance alone, the share is very likely between 35% and 54%."},
		{"narrow", pupils, with(func(r *result.Row) { r.Share.Low, r.Share.High = 0.441, 0.444 }), "In 9B, 12 of 27 (44%) said often or almost always.", "If those who did not answer think alike, the share of everyone asked would very likely be close to 44%."},
		{"silence unknown", pupils, with(func(r *result.Row) { r.Share.OfAll, r.NoAnswer = true, nil }), "In 9B, 12 of the 27 who took part (44%) said often or almost always. The others said something else or left this out.", "If those who did not answer think alike, the share of everyone asked would very likely be between 35% and 54%."},
		{"high band", pupils, with(band(90, 100, 3, 4)), "In 9B, at least nine in ten said often or almost always.", "Nearly everybody said so, or nearly nobody. The exact share is not shown, because it would tell what single people said."},
		{"low band", pupils, with(band(0, 20, 3, 4)), "In 9B, at most one in five said often or almost always.", "Nearly everybody said so, or nearly nobody. The exact share is not shown, because it would tell what single people said."},
		{"band of one answer", pupils, with(band(95, 100, 2)), "In 9B, at least 19 in 20 said “Sometimes”.", "Nearly everybody said so, or nearly nobody. The exact share is not shown, because it would tell what single people said."},
		{"folded over the line", pupils, with(func(r *result.Row) { r.Share = nil; r.Bars = []result.Bar{bar(10, 0, 1), bar(17, 2, 3, 4)} }), "In 9B, only part of the answers can be shown, so there is no single share to give.", ""},
		{"hidden", pupils, hidden, "Hidden to protect pupils.", ""},
		{"hidden parents", parents, hidden, "Hidden to protect parents and carers.", ""},
	} {
		f := figure.Question(v, c.rel, howOften(c.row), class)
		if f.Sentence != c.sentence || f.Doubt != c.doubt {
			t.Errorf("%s:\n%s\n%s\nwant\n%s\n%s", c.name, f.Sentence, f.Doubt, c.sentence, c.doubt)
		}
		if c.row.Hidden && (len(f.Table.Rows) > 0 || f.Likert != nil || f.Note != "") {
			t.Errorf("%s: a hidden figure has numbers: %+v", c.name, f)
		}
	}
}

func TestDoubtSaysWhereMostAreMissing(t *testing.T) {
	few := class
	few.Asked, few.Answered = 60, 27
	q := howOften(result.Row{Unit: "9b", N: 27, Share: &result.Share{X: 12, N: 27, Low: .3, High: .6, Sampled: true}, Bars: []result.Bar{bar(15, 0, 1, 2), bar(12, 3, 4)}})
	if f := figure.Question(v, pupils, q, few); !strings.HasSuffix(f.Doubt, "60%. Most did not answer, so it may be off by more.") {
		t.Errorf("%q", f.Doubt)
	}
	if f := figure.Question(v, pupils, q, class); strings.Contains(f.Doubt, "Most") {
		t.Errorf("%q", f.Doubt)
	}
}

// An answer that only a band tells of has one line, with the band in it.
func TestBandStandsInItsOwnLine(t *testing.T) {
	q := result.Question{Kind: bank.Ideal, Text: "How hard?", FavourableWords: "about right", Options: options("1", "Too easy", "About right", "Too hard"),
		Rows: []result.Row{{Unit: "9b", N: 27, Band: &result.Band{Options: []int{1}, Low: 0, High: 10, N: 27}, Bars: []result.Bar{bar(14, 0), bar(11, 2)}}}}
	if got, want := text(figure.Question(v, pupils, q, class).Table), "Too easy | 14 | 52%\nAbout right |  | at most 10%\nToo hard | 11 | 41%"; got != want {
		t.Errorf("table\n%s\nwant\n%s", got, want)
	}
}

func text(t figure.Table) string {
	var lines []string
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Text)
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return strings.Join(lines, "\n")
}

func TestTableFoldsAndAddsUpToAHundred(t *testing.T) {
	q := howOften(result.Row{Unit: "9b", N: 30, NoAnswer: silent(3), Share: &result.Share{X: 12, N: 27, Sampled: true},
		Bars: []result.Bar{{NoAnswer: true, Count: 3}, bar(7, 0, 1), bar(8, 2), bar(9, 3), bar(3, 4)}})
	f := figure.Question(v, pupils, q, class)
	want := "Never or not often | 7 | 26%\nSometimes | 8 | 30%\nOften | 9 | 33%\nAlmost always | 3 | 11%\nNo answer | 3 | "
	if got := text(f.Table); got != want {
		t.Errorf("table\n%s\nwant\n%s", got, want)
	}
	if f.Note != "3 gave no answer. Some neighbouring answers are counted together, so that nobody can be worked out." {
		t.Errorf("note %q", f.Note)
	}
	pieces := f.Likert.Rows[0].Pieces
	want = "[{Never or not often disagree-2 -1 26} {Sometimes neutral 0 30} {Often agree-1 1 33} {Almost always agree-2 1 11}]"
	if got := brief(pieces); got != want {
		t.Errorf("pieces %s, want %s", got, want)
	}
	// Silence counted together with "never" belongs to the base, since it cannot be taken out of it.
	q.Rows[0].Bars = []result.Bar{{Options: []int{0}, NoAnswer: true, Count: 6}, bar(4, 1), bar(8, 2), bar(9, 3), bar(3, 4)}
	q.Rows[0].NoAnswer = nil
	if got := text(figure.Question(v, pupils, q, class).Table); !strings.HasPrefix(got, "Never or no answer | 6 | 20%\n") {
		t.Errorf("table\n%s", got)
	}
}

func brief(pieces []figure.Piece) string {
	var list []string
	for _, p := range pieces {
		list = append(list, fmt.Sprintf("{%s %s %d %d}", p.Label, p.Tone, p.Side, p.Percent))
	}
	return "[" + strings.Join(list, " ") + "]"
}

func TestPiecesOfOtherScales(t *testing.T) {
	row := func(bars ...result.Bar) result.Row {
		n := 0
		for _, b := range bars {
			n += b.Count
		}
		return result.Row{Unit: "9b", N: n, Bars: bars}
	}
	five := row(bar(4, 0), bar(5, 1), bar(6, 2), bar(3, 3), bar(7, 4))
	for _, c := range []struct {
		name string
		q    result.Question
		want string
	}{
		{"ideal", result.Question{Kind: bank.Ideal, Options: options("2", "Far too slow", "A bit too slow", "About right", "A bit too fast", "Far too fast"), Rows: []result.Row{five}},
			"[{Far too slow disagree-2 -1 16} {A bit too slow disagree-1 -1 20} {About right agree-2 0 24} {A bit too fast disagree-1 1 12} {Far too fast disagree-2 1 28}]"},
		{"reverse", result.Question{Kind: bank.Unipolar, Reverse: true, Options: options("01", "Never", "Not often", "Sometimes", "Often", "Always"), Rows: []result.Row{five}},
			"[{Always disagree-2 -1 28} {Often disagree-1 -1 12} {Sometimes neutral 0 24} {Not often agree-1 1 20} {Never agree-2 1 16}]"},
		{"four", result.Question{Kind: bank.Agreement, Options: options("23", "No", "Rather not", "Rather", "Yes"), Rows: []result.Row{row(bar(4, 0), bar(6, 1), bar(5, 2), bar(5, 3))}},
			"[{No disagree-2 -1 20} {Rather not disagree-1 -1 30} {Rather agree-1 1 25} {Yes agree-2 1 25}]"},
		{"best alone", result.Question{Kind: bank.Unipolar, Options: options("2", "Two or more", "One", "None"), Rows: []result.Row{row(bar(4, 0), bar(6, 1), bar(10, 2))}},
			"[{Two or more disagree-2 -1 20} {One neutral 0 30} {None agree-2 1 50}]"},
		{"best alone of four", result.Question{Kind: bank.Unipolar, Options: options("3", "Many", "Some", "One", "None"), Rows: []result.Row{row(bar(4, 0), bar(3, 1), bar(3, 2), bar(10, 3))}},
			"[{Many disagree-2 -1 20} {Some disagree-1 -1 15} {One disagree-1 -1 15} {None agree-2 1 50}]"},
		{"over the line", result.Question{Kind: bank.Unipolar, Options: options("34", "Never", "Not often", "Sometimes", "Often", "Always"), Rows: []result.Row{row(bar(5, 0, 1), bar(15, 2, 3, 4))}},
			"[{Never or not often disagree-2 -1 25} {Sometimes, often or always neutral 0 75}]"},
	} {
		f := figure.Question(v, pupils, c.q, class)
		if got := brief(f.Likert.Rows[0].Pieces); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestChoices(t *testing.T) {
	q := result.Question{Kind: bank.Choice, Text: "Which club?", Options: options("", "Art", "Football", "Chess", "I don’t know")}
	q.Options[3].Missing = true
	q.Rows = []result.Row{{Unit: "9b", N: 27, NoAnswer: silent(0), Bars: []result.Bar{bar(6, 0), bar(12, 1), bar(5, 2), bar(4, 3), {NoAnswer: true}}}}
	f := figure.Question(v, pupils, q, class)
	if f.Sentence != "In 9B, “Football” was chosen most, by 12 of 23 (52%)." || f.Note != "4 said “I don’t know”. They are not part of the share." {
		t.Errorf("%q, %q", f.Sentence, f.Note)
	}
	if len(f.Bars.Rows) != 3 || f.Likert != nil {
		t.Errorf("bars %+v", f.Bars)
	}
	q.Rows[0].Bars = q.Rows[0].Bars[:2]
	f = figure.Question(v, pupils, q, class)
	if !strings.HasSuffix(f.Sentence, "Not every answer can be shown.") || f.Bars != nil || !strings.Contains(text(f.Table), "Chess | Hidden to protect pupils.") {
		t.Errorf("with hidden answers: %q\n%s", f.Sentence, text(f.Table))
	}
	several := result.Question{Kind: bank.Choice, Several: true, Options: options("", "Art", "Football"), Rows: []result.Row{{Unit: "9b", N: 27, NoAnswer: silent(4),
		Each: []result.Each{{Share: &result.Share{X: 9, N: 23, Sampled: true, Low: .2, High: .6}}, {Hidden: true}}}}}
	f = figure.Question(v, pupils, several, class)
	if f.Sentence != "In 9B, 9 of 23 (39%) chose “Art”. Not every answer can be shown." || !strings.Contains(f.Note, "4 gave no answer.") || !strings.Contains(f.Note, "hidden") {
		t.Errorf("%q, %q", f.Sentence, f.Note)
	}
}

func viewed() result.Viewed {
	rel := result.Release{Audience: bank.Pupils11to16, Purpose: access.ForSchool, Groups: []result.Group{
		{Unit: "s", Kind: "school", Name: "Riverside School", Shown: true, Asked: 60, Answered: 50},
		{Unit: "7a", Kind: "form", Name: "7A", Shown: true}, {Unit: "7b", Kind: "form", Name: "7B", Shown: true}},
		Sections: []result.Section{
			{ID: "deep", Name: "Deep learning", Whole: true, Rows: []result.Sum{{Unit: "s", X: 60, N: 100, Items: 4, Of: 4}, {Unit: "7a", X: 30, N: 50, Items: 4, Of: 4}, {Unit: "7b", X: 10, N: 40, Items: 2, Of: 4}}},
			{ID: "found", Name: "Foundations", Whole: true, Rows: []result.Sum{{Unit: "s", X: 20, N: 100, Items: 3, Of: 4}, {Unit: "7b", X: 39, N: 40, Items: 2, Of: 4}}},
		}}
	hidden := result.Group{Unit: "7c", Kind: "form", Name: "7C", Rate: result.UnderHalf}
	return result.Viewed{Release: rel, Whole: true, Rates: append(rel.Groups, hidden)}
}

func TestSections(t *testing.T) {
	f, ok := figure.Sections(v, viewed(), viewed().Groups[0])
	if !ok || f.Sentence != "Deep learning: 60% favourable (60 of 100 answers to 4 questions). Foundations: 20% favourable (20 of 100 answers to 3 of 4 questions)." ||
		text(f.Table) != "Deep learning | 60 of 100 | 60% | 4 of 4\nFoundations | 20 of 100 | 20% | 3 of 4" {
		t.Errorf("%q\n%s", f.Sentence, text(f.Table))
	}
	f, _ = figure.Sections(v, viewed(), result.Group{Unit: "7a"})
	if f.Note != "Without Foundations: not all of the questions that the school’s share is made of can be shown here, to protect pupils." {
		t.Errorf("a group without a section: %q", f.Note)
	}
	if _, ok := figure.Sections(v, viewed(), result.Group{Unit: "7c"}); ok {
		t.Error("a group without sums has a figure")
	}
}

func TestHeatMapKeepsTheSchoolsOrderAndMarksWhatIsHidden(t *testing.T) {
	f, ok := figure.HeatMap(v, viewed())
	if !ok || text(f.Table) != "7A | 60% | –\n7B | 25% | 98%" ||
		f.Note != "A dash stands where, to protect pupils, not all questions of a section can be shown. So all squares of a column are made of the same questions. For the same reason there is no row for 7C." {
		t.Fatalf("%v %q\n%s", ok, f.Note, text(f.Table))
	}
	if len(f.Heat.Cells) != 3 || !reflect.DeepEqual(f.Heat.Rows, []string{"7A", "7B"}) || f.Table.Rows[1][2].Share != 9 {
		t.Errorf("%+v", f.Heat)
	}
	little := viewed()
	for i := range little.Sections {
		little.Sections[i].Rows = little.Sections[i].Rows[:1] // the school's
	}
	if _, ok := figure.HeatMap(v, little); ok || !strings.HasPrefix(figure.NoHeatMap(v, little), "No form can show all questions") || figure.NoHeatMap(v, viewed()) != "" {
		t.Errorf("no form has a section: %v %q", ok, figure.NoHeatMap(v, little))
	}
	little.Sections[0].Rows = viewed().Sections[0].Rows
	if f, _ := figure.HeatMap(v, little); !strings.HasSuffix(f.Note, "Without Foundations, of which no group can show all questions.") {
		t.Errorf("a section of no form: %q", f.Note)
	}
	learning := viewed()
	learning.Purpose = access.ForLearning
	if _, ok := figure.HeatMap(v, learning); ok {
		t.Error("a round for learning has a heat map of classes")
	}
	own := viewed()
	own.Whole = false
	if _, ok := figure.HeatMap(v, own); ok {
		t.Error("a teacher sees a heat map of classes")
	}
}

func TestStandingsAreAboutQuestions(t *testing.T) {
	rel := viewed()
	for i, x := range []int{10, 40, 25, 30, 5} {
		p := float64(x) / 50
		rel.Questions = append(rel.Questions, result.Question{Text: fmt.Sprint("Q", i), FavourableWords: "often",
			Rows: []result.Row{{Unit: "s", Share: &result.Share{X: x, N: 50, OfAll: i == 3, Low: p - .04, High: p + .04}}}})
	}
	if s := figure.Stand(v, rel, "s"); fmt.Sprint(s) != "{[{Q1 80% said often} {Q3 60% of all who took part said often}] [{Q4 10% said often} {Q0 20% said often}] false false}" {
		t.Errorf("%v", s)
	}
	width := func(w float64) figure.Standings {
		for _, q := range rel.Questions {
			s := q.Rows[0].Share
			s.Low, s.High = float64(s.X)/50-w, float64(s.X)/50+w
		}
		return figure.Stand(v, rel, "s")
	}
	if s := width(.11); len(s.Strong) != 2 || !s.Overlap {
		t.Errorf("an order that cannot be told: %v", s)
	}
	if s := width(.25); len(s.Strong) != 1 || len(s.Weak) != 1 {
		t.Errorf("only the ends can be told apart: %v", s)
	}
	if s := width(.5); len(s.Strong)+len(s.Weak) > 0 || !s.Alike {
		t.Errorf("nothing can be told apart: %v", s)
	}
}

func TestMissingAndReach(t *testing.T) {
	year := func(n, forms string) (list []result.Group) {
		list = append(list, result.Group{Unit: "y" + n, Kind: "year", Name: "Year " + n, Rate: result.Half})
		for _, f := range strings.Fields(forms) {
			g := result.Group{Unit: f, Parent: "y" + n, Kind: "form", Name: strings.TrimPrefix(f, "-"), Rate: result.Half}
			if strings.HasPrefix(f, "-") {
				g.Rate = result.UnderHalf
			}
			list = append(list, g)
		}
		return list
	}
	for _, c := range []struct {
		rates []result.Group
		want  string
	}{
		{year("7", "7A 7B"), ""},
		{year("7", "-7A 7B -7C"), "Under half answered in 7A and 7C, so"},
		{append(year("7", "-7A -7B"), year("8", "8A")...), "Under half answered in all of Year 7, so"},
		{slices.Concat(year("7", "-7A -7B"), year("8", "8A -8B -8C"), year("9", "-9A -9B")), "Under half answered in all of Year 7 and Year 9, and in 8B and 8C, so"},
		{year("7", "-7A -7B"), "Under half answered in every group, so"},
	} {
		for audience, word := range map[string]string{bank.Pupils11to16: "lesson", bank.Parents: "parents’ evening", bank.Staff: "who said what"} {
			missing, reach := figure.Missing(v, audience, c.rates, false)
			if !strings.HasPrefix(missing, c.want) || (missing == "") != (c.want == "") || c.want != "" && !strings.Contains(reach, word) {
				t.Errorf("%s: %q %q", c.want, missing, reach)
			}
		}
	}
}

// The same number has the same per cent in the sentence and in the table, whatever is hidden or folded.
func TestSentenceAgreesWithItsTable(t *testing.T) {
	for n := 20; n < 60; n++ {
		for a := 3; a < n-9; a++ {
			for _, hide := range []bool{false, true} {
				c := (n - a) / 3
				bars := []result.Bar{bar(n-a-c-3, 0, 1, 2), bar(3+c/2, 2), bar(c-c/2, 3), bar(a, 4)}
				bars[0].Options = []int{0, 1}
				if hide {
					bars = bars[1:]
				}
				x := a + c - c/2
				q := howOften(result.Row{Unit: "9b", N: n, NoAnswer: silent(0), Bars: bars, Share: &result.Share{X: x, N: n, Sampled: true}})
				f := figure.Question(v, pupils, q, class)
				all, good := 0, 0
				for _, row := range f.Table.Rows {
					p := 0
					if _, err := fmt.Sscanf(row[2].Text, "%d%%", &p); err == nil {
						all += p
						if row[0].Text == "Often" || row[0].Text == "Almost always" {
							good += p
						}
					}
				}
				if !strings.Contains(f.Sentence, fmt.Sprintf("%d of %d (%d%%)", x, n, good)) || !hide && all != 100 {
					t.Fatalf("%q, but the table adds up to %d and %d:\n%s", f.Sentence, good, all, text(f.Table))
				}
			}
		}
	}
}

func TestUnclearAnswersAreNotUnfavourable(t *testing.T) {
	q := result.Question{Kind: bank.Agreement, Options: options("2", "I don’t know", "No", "Yes"), Rows: []result.Row{{Unit: "9b", N: 20, Bars: []result.Bar{bar(8, 0, 1), bar(12, 2)}}}}
	q.Options[0].Missing = true
	if got := brief(figure.Question(v, pupils, q, class).Likert.Rows[0].Pieces); got != "[{I don’t know or no missing -1 40} {Yes agree-2 1 60}]" {
		t.Error(got)
	}
}

func TestRates(t *testing.T) {
	open := result.Release{Open: true}
	for _, c := range []struct {
		rel         result.Release
		g           result.Group
		long, short string
	}{
		{pupils, class, "27 of 30 answered (90%).", "27 of 30"},
		{pupils, result.Group{Rate: result.UnderHalf}, "Under half answered.", "under half"},
		{pupils, result.Group{Rate: result.NineTenths}, "Nine tenths or more answered.", "nine tenths or more"},
		{pupils, result.Group{Nobody: true, Rate: result.UnderHalf}, "Nobody answered.", "nobody"},
		{pupils, result.Group{Shown: true, Asked: 30, Answered: 31}, "31 answered. 30 were asked at first, and others joined.", "31 of 30"},
		{open, result.Group{Answered: 40}, "40 answers came by the link. How many people that is cannot be told.", "40 answers"},
		{pupils, result.Group{}, "How many answered is not shown.", "not shown"},
	} {
		if long, short := figure.Rate(v, c.rel, c.g), figure.ShortRate(v, c.rel, c.g); long != c.long || short != c.short {
			t.Errorf("%q, %q; want %q, %q", long, short, c.long, c.short)
		}
	}
}

// Every band that disclosure can give has a sentence.
func TestBandsHaveSentences(t *testing.T) {
	for n := range 400 {
		edge, ok := disclosure.BandEdge(n)
		if !ok {
			continue
		}
		for _, key := range []string{fmt.Sprint("figure.band.low.", edge), fmt.Sprint("figure.band.high.", 100-edge)} {
			if !v.Has(key) {
				t.Fatalf("%s has no sentence", key)
			}
		}
	}
}

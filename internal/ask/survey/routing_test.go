package survey_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

func option(id string, value int) survey.Option {
	return survey.Option{ID: id, Value: value, Label: strings.ToUpper(id)}
}

func scale(id, showIf string) survey.Question {
	q := survey.Question{ID: id, Item: "own_" + id, Type: survey.TypeScale, Text: "Question " + id, Short: id, About: bank.AboutThisClass,
		Origin: survey.FromSchool, Kind: bank.Unipolar, Options: []survey.Option{option("no", 1), option("some", 2), option("lot", 3)},
		Favourable: []string{"lot"}, FavourableWords: "a lot", ShowIf: showIf}
	q.Wording = q.MakeWording()
	return q
}

func several(id string, kind survey.Type) survey.Question {
	q := survey.Question{ID: id, Item: "own_" + id, Type: kind, Text: "Question " + id, Short: id, About: bank.AboutSchool,
		Origin: survey.FromSchool, Kind: bank.Choice, AtMost: 2,
		Options: []survey.Option{option("a", 0), option("b", 0), option("c", 0)}}
	q.Wording = q.MakeWording()
	return q
}

func hours(id string) survey.Question {
	q := survey.Question{ID: id, Item: "own_" + id, Type: survey.TypeNumber, Text: "Hours?", Short: id, About: bank.AboutMe,
		Origin: survey.FromSchool, Kind: bank.Unipolar, Min: 0, Max: 14, Options: survey.Bands(0, 14, 6, 8, 10),
		Favourable: []string{"b3"}, FavourableWords: "eight or nine hours"}
	q.Wording = q.MakeWording()
	return q
}

func document(sections ...survey.Section) survey.Document {
	return survey.Document{Title: "T", Audience: bank.Pupils11to16, Language: "en", Minutes: 3, Sections: sections}
}

func section(id string, qs ...survey.Question) survey.Section {
	return survey.Section{ID: id, Title: "Section " + id, Questions: qs}
}

func read(t *testing.T, d survey.Document, fields map[string][]string) survey.Answers {
	t.Helper()
	if problems := d.Problems(); problems != nil {
		t.Fatalf("the document has problems: %v", problems)
	}
	a, problems := d.Read(form(fields), "2026-11-22")
	if problems != nil {
		t.Fatalf("problems: %v", problems)
	}
	if problems := d.Check(a); problems != nil {
		t.Fatalf("what was read does not pass Check: %v", problems)
	}
	return a
}

func TestIrrelevantAnswersAreDropped(t *testing.T) {
	d := document(section("s1", scale("q1", ""), scale("q2", "selected(${q1}, 'no')"), scale("q3", "${q2} != ''"), hours("q4"),
		scale("q5", "${q4} > 8")))
	a := read(t, d, map[string][]string{"q1": {"lot"}, "q2": {"no"}, "q3": {"no"}, "q4": {"9"}, "q5": {"no"}})
	// The answer to q2 was dropped, so q3, which looks at it, falls away too.
	for id, want := range map[string]survey.State{"q1": survey.Answered, "q2": survey.NotRelevant, "q3": survey.NotRelevant,
		"q4": survey.Answered, "q5": survey.Answered} {
		if a[id].State != want {
			t.Errorf("%s is %s, want %s", id, a[id].State, want)
		}
	}
	a = read(t, d, map[string][]string{"q1": {"no"}, "q2": {"some"}, "q4": {"8"}, "q5": {"no"}})
	for id, want := range map[string]survey.State{"q2": survey.Answered, "q3": survey.Skipped, "q5": survey.NotRelevant} {
		if a[id].State != want {
			t.Errorf("then %s is %s, want %s", id, a[id].State, want)
		}
	}
}

func TestNumbersAndRankings(t *testing.T) {
	d := document(section("s1", hours("q1"), several("q2", survey.TypeRanking)))
	a := read(t, d, map[string][]string{"q1": {" ٨ "}, "q2": {"", "c", "a"}})
	if a["q1"].Number == nil || *a["q1"].Number != 8 {
		t.Errorf("the number is %v", a["q1"])
	}
	if !slices.Equal(a["q2"].Options, []string{"c", "a"}) {
		t.Errorf("the order is lost: %v", a["q2"].Options)
	}
	q1, _ := d.Question("q1")
	q2, _ := d.Question("q2")
	if got := q1.Counted(a["q1"]); !slices.Equal(got, []string{"b3"}) {
		t.Errorf("8 is counted under %v", got)
	}
	if got := q2.Counted(a["q2"]); !slices.Equal(got, []string{"c", "a"}) {
		t.Errorf("the ranking is counted under %v", got)
	}
	text, err := a.Encode()
	if err != nil || string(text) != `{"q1":8,"q2":["c","a"]}` {
		t.Errorf("encoded %s %v", text, err)
	}
	back, err := survey.DecodeAnswers(text)
	if diff := cmp.Diff(a, back); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, wrong := range []struct {
		fields map[string][]string
		key    string
	}{
		{map[string][]string{"q1": {"15"}}, survey.AnswerNumber},
		{map[string][]string{"q1": {"-1"}}, survey.AnswerNumber},
		{map[string][]string{"q1": {"seven"}}, survey.AnswerNumber},
		{map[string][]string{"q1": {"7.5"}}, survey.AnswerNumber},
		{map[string][]string{"q2": {"a", "a"}}, survey.AnswerPlaces},
		{map[string][]string{"q2": {"a", "b", "c"}}, survey.AnswerTooMany},
	} {
		if _, problems := d.Read(form(wrong.fields), ""); len(problems) != 1 || problems[0].Key != wrong.key {
			t.Errorf("%v gives %v", wrong.fields, problems)
		}
	}
}

func topics() survey.Document {
	d := document(section("s1", scale("q1", "")), section("s2", scale("q2", ""), scale("q3", "")), section("s3", scale("q4", "")), section("s4", scale("q5", "")))
	d.Choices = []survey.Choice{{ID: "c1", Text: "Choose", Pick: 1, Draw: 1}}
	for i := 1; i < 4; i++ {
		d.Sections[i].Choice = "c1"
	}
	return d
}

func TestTopics(t *testing.T) {
	d := topics()
	a := read(t, d, map[string][]string{"q1": {"no"}, "q2": {"lot"}, "not_asked": {"q4"}})
	for id, want := range map[string]survey.State{"q1": survey.Answered, "q2": survey.Answered, "q3": survey.Skipped, "q4": survey.NotAsked, "q5": survey.Skipped} {
		if a[id].State != want {
			t.Errorf("%s is %s, want %s", id, a[id].State, want)
		}
	}
	// A plain form shows everything: what was left wholly alone was not chosen.
	a = read(t, d, map[string][]string{"q2": {"lot"}, "q5": {"no"}})
	for id, want := range map[string]survey.State{"q1": survey.Skipped, "q3": survey.Skipped, "q4": survey.NotAsked, "q5": survey.Answered} {
		if a[id].State != want {
			t.Errorf("without script %s is %s, want %s", id, a[id].State, want)
		}
	}
	if _, problems := d.Read(form(map[string][]string{"not_asked": {"q1"}}), ""); len(problems) != 1 || problems[0].Key != survey.AnswerAsked {
		t.Errorf("what everybody is asked was said not to be asked: %v", problems)
	}
	q2, _ := d.Question("q2")
	if d.Part(q2) != survey.AskedChosen || d.ShownBy(q2) != survey.ByYear {
		t.Errorf("a chosen topic is %q by %s", d.Part(q2), d.ShownBy(q2))
	}
	if least, most := d.Asks(); least != 3 || most != 4 {
		t.Errorf("asks %d to %d", least, most)
	}
}

func TestDrawnByChance(t *testing.T) {
	d := document(section("s1", scale("q1", ""), scale("q2", ""), scale("q3", "")))
	d.Sections[0].Ask = 2
	a := read(t, d, map[string][]string{"q1": {"no"}, "not_asked": {"q3"}})
	if a["q3"].State != survey.NotAsked || a["q2"].State != survey.Skipped {
		t.Errorf("%v", a)
	}
	q1, _ := d.Question("q1")
	if d.Part(q1) != survey.AskedDrawn || d.ShownBy(q1) != survey.ByClass {
		t.Errorf("%q by %s", d.Part(q1), d.ShownBy(q1))
	}
}

func TestWhatDecidesShowsThrough(t *testing.T) {
	sensitive := scale("q1", "")
	sensitive.Sensitive = "bullying"
	d := document(section("s1", sensitive, scale("q2", "selected(${q1}, 'no')"), scale("q3", "${q2} = 'no'"), scale("q4", ""), scale("q5", "${q4} != 'lot'")))
	if p := d.Problems(); p != nil {
		t.Fatal(p)
	}
	at := func(id string) survey.Question { q, _ := d.Question(id); return q }
	if got := d.ShownBy(at("q2")); got != survey.ByYear {
		t.Errorf("a question that hangs on a sensitive one is shown by %s", got)
	}
	if g := d.Guards(at("q3")); !g.Tangled || !g.Sensitive || d.ShownBy(at("q3")) != survey.BySchool {
		t.Errorf("a question that hangs on one that hangs on another: %+v", g)
	}
	if g := d.Guards(at("q5")); g.By != "q4" || !slices.Equal(g.If, []string{"", "no", "some"}) || d.ShownBy(at("q5")) != survey.ByClass {
		t.Errorf("%+v", g)
	}
}

func TestRoutingProblems(t *testing.T) {
	topicsWith := func(change func(*survey.Document)) survey.Document {
		d := topics()
		change(&d)
		return d
	}
	words := survey.Question{ID: "q1", Item: "own_q1", Type: survey.TypeLongText, Text: "Say", Short: "q1", About: bank.AboutMe, Origin: survey.FromSchool, Kind: bank.Choice}
	words.Wording = words.MakeWording()
	grid := func(q survey.Question) survey.Question { q.Grid = "How often?"; q.Wording = q.MakeWording(); return q }
	for key, d := range map[string]survey.Document{
		survey.RouteBroken:   document(section("s1", scale("q1", ""), scale("q2", "selected(${q1}"))),
		survey.RouteUnknown:  document(section("s1", scale("q1", ""), scale("q2", "${q9} = 'no'"))),
		survey.RouteLater:    document(section("s1", scale("q1", "${q2} = 'no'"), scale("q2", ""))),
		survey.RouteOption:   document(section("s1", scale("q1", ""), scale("q2", "${q1} = 'perhaps'"))),
		survey.RouteCurrent:  document(section("s1", scale("q1", ""), scale("q2", ". = 'no'"))),
		survey.RouteFunction: document(section("s1", scale("q1", ""), scale("q2", "${q1} != 'no' or today() = '2026-11-25'"))),
		survey.RouteWords:    document(section("s1", words, scale("q2", "${q1} != ''"))),
		survey.ChoiceFew:     topicsWith(func(d *survey.Document) { d.Choices[0].Pick = 2 }),
		survey.ChoiceText:    topicsWith(func(d *survey.Document) { d.Choices[0].Text = " " }),
		survey.ChoiceUnknown: topicsWith(func(d *survey.Document) { d.Sections[0].Choice = "c9" }),
		survey.ChoiceShowIf:  topicsWith(func(d *survey.Document) { d.Sections[2].ShowIf = "${q1} = 'no'" }),
		survey.ChoiceID:      topicsWith(func(d *survey.Document) { d.Choices = append(d.Choices, d.Choices[0]) }),
		survey.ChoiceApart: topicsWith(func(d *survey.Document) {
			d.Sections[0], d.Sections[1] = d.Sections[1], d.Sections[0]
		}),
		survey.AskOut:      topicsWith(func(d *survey.Document) { d.Sections[0].Ask = 2 }),
		survey.GridApart:   document(section("s1", grid(scale("q1", "")), scale("q2", ""), grid(scale("q3", "")))),
		survey.NumberRange: document(section("s1", func() survey.Question { q := hours("q1"); q.Max = 0; q.Wording = q.MakeWording(); return q }())),
		survey.NumberBands: document(section("s1", func() survey.Question { q := hours("q1"); q.Options[0].From = 1; q.Wording = q.MakeWording(); return q }())),
		survey.NoteFields:  document(section("s1", scale("q1", ""), survey.Question{ID: "q2", Type: survey.TypeNote, Text: "Now", Sensitive: "home"})),
	} {
		var keys []string
		for _, p := range d.Problems() {
			keys = append(keys, p.Key)
		}
		if !slices.Contains(keys, key) {
			t.Errorf("%s is not found; problems are %v", key, keys)
		}
	}
	// A question cannot look at itself, so there are no circles.
	if p := document(section("s1", scale("q1", "${q1} = 'no'"))).Problems(); len(p) != 1 || p[0].Key != survey.RouteLater {
		t.Errorf("a question that looks at itself: %v", p)
	}
}

func TestNotesAndGridsAndTexts(t *testing.T) {
	grid := func(q survey.Question) survey.Question { q.Grid = "How often?"; q.Wording = q.MakeWording(); return q }
	d := document(section("s1", survey.Question{ID: "q1", Type: survey.TypeNote, Text: "Now think of today."}, grid(scale("q2", "")), grid(scale("q3", ""))))
	a := read(t, d, map[string][]string{"q1": {"x"}, "q2": {"no"}})
	if _, there := a["q1"]; there || len(a) != 2 {
		t.Errorf("a note is no question: %v", a)
	}
	words := survey.Question{ID: "q4", Item: "own_q4", Type: survey.TypeText, Text: "Say", Short: "q4", About: bank.AboutMe, Origin: survey.FromSchool, Kind: bank.Choice}
	words.Wording = words.MakeWording()
	d.Sections[0].Questions = append(d.Sections[0].Questions, words)
	if p := d.Problems(); p != nil {
		t.Errorf("a survey with a text can be written: %v", p)
	}
	if p := d.CanOpenWith(d.Audience); p != nil || !d.HasText() {
		t.Errorf("and opened: %v", p)
	}
	if p := d.CanOpenWith(d.Audience, bank.HandsUp); len(p) != 1 || p[0].Key != survey.OpeningText {
		t.Errorf("not with raised hands: %v", p)
	}
}

// What is written is no answer: among the answers nothing says whether anybody wrote.
func TestWordsGoTheirOwnWay(t *testing.T) {
	words := survey.Question{ID: "q4", Item: "own_q4", Type: survey.TypeText, Text: "Say", Short: "q4", About: bank.AboutMe, Origin: survey.FromSchool, Kind: bank.Choice}
	long := survey.Question{ID: "q5", Item: "own_q5", Type: survey.TypeLongText, Text: "Say more", Short: "q5", About: bank.AboutMe, Origin: survey.FromSchool, Kind: bank.Choice, ShowIf: "${q2} = 'lot'"}
	words.Wording, long.Wording = words.MakeWording(), long.MakeWording()
	d := document(section("s1", scale("q2", ""), words, long))
	in := map[string][]string{"q2": {"no"}, "q4": {"  More time.\r\nAnd  soap. "}, "q4_far": {"exact"}, "q5": {"not asked"}}
	a := read(t, d, in)
	if none := read(t, d, map[string][]string{"q2": {"no"}}); !cmp.Equal(a, none) {
		t.Errorf("the answers tell who wrote: %v and %v", a, none)
	}
	list, p := d.Wrote(form(in), a)
	if p != nil || len(list) != 1 || list[0] != (survey.Remark{Question: "q4", Words: "More time.\nAnd  soap.", Far: "exact"}) {
		t.Errorf("%+v, %v", list, p)
	}
	in["q4"] = []string{strings.Repeat("é", survey.MostFew)}
	if _, p = d.Wrote(form(in), a); p != nil {
		t.Errorf("as many as fit: %v", p)
	}
	in["q4"][0] += "x"
	if list, p = d.Wrote(form(in), a); len(p) != 1 || p[0].Key != survey.AnswerLong || p[0].Values["most"] != "200" || len(list) > 0 {
		t.Errorf("one more: %+v, %v", list, p)
	}
	in["q2"], in["q4"] = []string{"lot"}, nil
	if list, p = d.Wrote(form(in), read(t, d, in)); p != nil || len(list) != 1 || list[0].Question != "q5" || list[0].Far != "" {
		t.Errorf("%+v, %v", list, p)
	}
}

func TestBands(t *testing.T) {
	var labels []string
	for _, o := range survey.Bands(0, 14, 6, 8, 14) {
		labels = append(labels, o.Label)
	}
	if want := []string{"0–5", "6–7", "8–13", "14"}; !slices.Equal(labels, want) {
		t.Errorf("%v", labels)
	}
	if n := len(survey.Bands(0, 99)); n != 5 {
		t.Errorf("%d bands", n)
	}
}

// A device that says what was not asked says all of it: more asked than chance and choice allow would falsify how many were.
func TestNobodyIsAskedMoreThanIsDrawn(t *testing.T) {
	drawn := document(section("s1", scale("q1", ""), scale("q2", ""), scale("q3", "")))
	drawn.Sections[0].Ask = 1
	for name, c := range map[string]struct {
		doc  survey.Document
		out  string
		fits bool
	}{
		"every topic":       {topics(), " ", false},
		"as many as chosen": {topics(), "q4", true},
		"too few topics":    {topics(), "q4 q5", false},
		"all that is drawn": {drawn, " ", false},
		"two of one":        {drawn, "q1", false},
		"one":               {drawn, "q1 q3", true},
		"none":              {drawn, "q1 q2 q3", false},
	} {
		if _, problems := c.doc.Read(form(map[string][]string{"not_asked": {c.out}}), ""); (len(problems) == 0) != c.fits {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

package survey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"

	"github.com/google/go-cmp/cmp"
)

func loadBank(t testing.TB) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func template(t testing.TB, id string) survey.Document {
	t.Helper()
	d, _, problems := survey.FromTemplate(loadBank(t), id)
	if problems != nil {
		t.Fatal(problems)
	}
	return d
}

var clubs = bank.Scale{
	ID: "clubs", Kind: bank.Choice,
	Options: []bank.Option{{ID: "chess", Label: "Chess"}, {ID: "choir", Label: "Choir"}, {ID: "code", Label: "Coding"}},
}

// mixed has a question of every type.
func mixed(t testing.TB) survey.Document {
	t.Helper()
	b := loadBank(t)
	d, _, _ := survey.FromItems(b, "Our lessons", bank.Pupils11to16, []string{"afl_c_goal", "org_s_food"})
	yesno, _ := b.Scale("yesno")
	freq, _ := b.Scale("freq5")
	for _, own := range []survey.Own{
		{Text: "Which clubs would you come to?", About: bank.AboutSchool, Scale: clubs, Type: survey.TypeSeveral, AtMost: 2, Origin: survey.FromSchool},
		{Text: "Do you walk to school?", About: bank.AboutMe, Scale: yesno, Origin: survey.FromSchool},
		{Text: "How often is it too loud in here?", About: bank.AboutThisClass, Scale: freq, Reverse: true, Favourable: []string{"never", "rarely"}, FavourableWords: "never or not often", Origin: survey.FromSchool},
	} {
		if problems := d.AddOwn("", own); problems != nil {
			t.Fatal(problems)
		}
	}
	return d
}

func TestEveryTemplateCanBeAsked(t *testing.T) {
	b := loadBank(t)
	for _, v := range b.Templates {
		d, left, problems := survey.FromTemplate(b, v.ID)
		if problems != nil {
			t.Fatalf("%s: %v", v.ID, problems)
		}
		if got := d.Problems(); got != nil {
			t.Errorf("%s: %v", v.ID, got)
		}
		if got := d.CanOpenWith(v.Audience, bank.AnyDevice); got != nil {
			t.Errorf("%s cannot be opened: %v", v.ID, got)
		}
		if len(d.Questions())+len(left) != len(v.Items) {
			t.Errorf("%s: %d asked and %d left out of %d", v.ID, len(d.Questions()), len(left), len(v.Items))
		}
		for _, l := range left {
			if i, _ := b.Item(l.Item); !i.IsText() || l.Key != survey.LeftOutText || l.Short == "" {
				t.Errorf("%s leaves out %+v", v.ID, l)
			}
		}
	}
}

func TestFromTemplate(t *testing.T) {
	d := template(t, "first_class")
	if d.Title != "How learning feels in this class" || d.Minutes != 4 || d.Language != "en-GB" || d.Audience != bank.Pupils11to16 {
		t.Errorf("%+v", d)
	}
	q := d.Questions()[0]
	want := survey.Question{
		ID: "q1", Item: "afl_c_goal", Wording: q.MakeWording(), Type: survey.TypeScale, About: bank.AboutThisClass, Gateway: "afl",
		Text: "In this class, how clear is it what you are meant to be learning?", Short: "Clear what we are learning",
		Origin: survey.FromBank, Kind: bank.Unipolar, Favourable: []string{"very", "fully"}, FavourableWords: "very or completely clear",
		Options: []survey.Option{
			{ID: "none", Value: 1, Label: "Not clear at all"}, {ID: "bit", Value: 2, Label: "A bit clear"},
			{ID: "fairly", Value: 3, Label: "Fairly clear"}, {ID: "very", Value: 4, Label: "Very clear"},
			{ID: "fully", Value: 5, Label: "Completely clear"},
		},
	}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Error(diff)
	}
	// A reversed item brings its own good end.
	belong := template(t, "first_belong")
	for _, q := range belong.Questions() {
		if q.Item == "belong_s_unkind" && (!q.IsFavourable("never") || q.IsFavourable("always") || !q.Reverse) {
			t.Errorf("%+v", q)
		}
	}
	if got := template(t, "quick_reply_7_10").Questions()[0].Options[0].Symbol; got != "ring" {
		t.Errorf("the drawing is %q", got)
	}
}

func TestPuttingTogether(t *testing.T) {
	b := loadBank(t)
	d, _, _ := survey.FromItems(b, "Ours", bank.Pupils11to16, []string{"afl_c_goal", "afl_c_next"})
	if d.Sections[0].Gateway != "afl" || d.Minutes != 1 {
		t.Errorf("%+v", d)
	}
	for _, c := range []struct {
		name, section, item, key string
	}{
		{"unknown item", "", "afl_c_nope", survey.UnknownItem},
		{"retired item", "", "tech_s_check", survey.RetiredItem},
		{"another audience", "", "afl_p_know", survey.OtherAudience},
		{"twice", "", "afl_c_goal", survey.ItemTwice},
		{"unknown section", "s9", "afl_c_stuck", survey.UnknownSection},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := d.AddItem(b, c.section, c.item)
			if len(got) != 1 || got[0].Key != c.key {
				t.Errorf("got %v, want %s", got, c.key)
			}
		})
	}
	words, left, _ := survey.FromItems(b, "Ours", bank.Pupils11to16, []string{"afl_c_goal", "voice_s_open_best", "voice_c_open_help"})
	if len(words.Questions()) != 1 || len(left) != 2 || left[0].Key != survey.LeftOutText {
		t.Errorf("a ready survey asks for words: %v", left)
	}
	if p := words.AddItem(b, "", "voice_c_open_help"); p != nil || !words.HasText() || words.Questions()[1].About != bank.AboutThisClass || words.Problems() != nil {
		t.Errorf("and can be made to: %v, %v", p, words.Problems())
	}
	if _, _, got := survey.FromTemplate(b, "nope"); len(got) != 1 || got[0].Key != survey.UnknownTemplate {
		t.Errorf("got %v", got)
	}
	s2 := d.AddSection("Mistakes", "l2l")
	if s2 != "s2" || d.AddItem(b, "s2", "l2l_c_mistake") != nil || d.AddItem(b, "s1", "afl_c_stuck") != nil {
		t.Fatal("cannot add")
	}
	ids := func() (out []string) {
		for _, q := range d.Questions() {
			out = append(out, q.ID+" "+q.Item)
		}
		return out
	}
	// An id stays with its question wherever that stands.
	if diff := cmp.Diff([]string{"q1 afl_c_goal", "q2 afl_c_next", "q4 afl_c_stuck", "q3 l2l_c_mistake"}, ids()); diff != "" {
		t.Error(diff)
	}
	if !d.Remove("q3") || d.Remove("q3") || len(d.Sections) != 1 {
		t.Errorf("removed badly: %v in %d sections", ids(), len(d.Sections))
	}
	if d.AddItem(b, "", "l2l_c_tries"); ids()[3] != "q5 l2l_c_tries" {
		t.Errorf("%v", ids())
	}
	if got := d.Problems(); got != nil {
		t.Error(got)
	}
}

func TestOwnQuestions(t *testing.T) {
	d := mixed(t)
	if got := d.Problems(); got != nil {
		t.Fatal(got)
	}
	qs := d.Questions()
	if qs[2].Type != survey.TypeSeveral || qs[3].Type != survey.TypeSingle || qs[4].Type != survey.TypeScale {
		t.Errorf("types %s, %s, %s", qs[2].Type, qs[3].Type, qs[4].Type)
	}
	if !strings.HasPrefix(qs[2].Item, "own_") || qs[2].Short != qs[2].Text || qs[2].HasOrder() || !qs[4].HasOrder() {
		t.Errorf("%+v", qs[2])
	}
	empty := survey.Document{Title: "New", Audience: bank.Staff, Language: "en-GB", Minutes: 1}
	if got := empty.AddOwn("", survey.Own{Text: strings.Repeat("What a long question. ", 10), About: bank.AboutMe, Scale: clubs, Origin: survey.FromSchool}); got != nil {
		t.Fatal(got)
	}
	if short := empty.Questions()[0].Short; len([]rune(short)) > 60 || !strings.HasSuffix(short, "…") {
		t.Errorf("short = %q", short)
	}
}

// Each rule is broken once in a good document.
func TestProblems(t *testing.T) {
	q := func(d *survey.Document) *survey.Question { return &d.Sections[0].Questions[0] }
	several := func(d *survey.Document) *survey.Question { return &d.Sections[0].Questions[2] }
	for _, c := range []struct {
		key    string
		change func(d *survey.Document)
	}{
		{survey.TitleEmpty, func(d *survey.Document) { d.Title = " " }},
		{survey.TooLong, func(d *survey.Document) { d.Intro = strings.Repeat("x", 1001) }},
		{survey.TooLong, func(d *survey.Document) { q(d).Options[0].Label = strings.Repeat("x", 121) }},
		{survey.StrangeCharacters, func(d *survey.Document) { q(d).Note = "bell \a" }},
		{survey.StrangeCharacters, func(d *survey.Document) { q(d).Text = "bad \xff" }},
		{survey.AudienceUnknown, func(d *survey.Document) { d.Audience = bank.TeacherMirror }},
		{survey.LanguageUnknown, func(d *survey.Document) { d.Language = "English" }},
		{survey.MinutesOut, func(d *survey.Document) { d.Minutes = 0 }},
		{survey.NoQuestions, func(d *survey.Document) { d.Sections = nil }},
		{survey.ManyQuestions, func(d *survey.Document) { many(d) }},
		{survey.ManyOneself, func(d *survey.Document) { describe(d, 3) }},
		{survey.SectionID, func(d *survey.Document) { d.Sections[0].ID = "first" }},
		{survey.SectionTitle, func(d *survey.Document) { d.AddSection("", "") }},
		{survey.SectionEmpty, func(d *survey.Document) { d.AddSection("More", "") }},
		{survey.ItemTwice, func(d *survey.Document) { q(d).Item = d.Sections[0].Questions[1].Item }},
		{survey.QuestionID, func(d *survey.Document) { q(d).ID = "q2" }},
		{survey.QuestionID, func(d *survey.Document) { q(d).ID = "Q1" }},
		{survey.QuestionItem, func(d *survey.Document) { q(d).Item = "own_x" }},
		{survey.QuestionItem, func(d *survey.Document) { several(d).Item = "afl_s_goal" }},
		{survey.QuestionWording, func(d *survey.Document) { q(d).Text += "!" }},
		{survey.QuestionType, func(d *survey.Document) { q(d).Type = "text" }},
		{survey.QuestionText, func(d *survey.Document) { q(d).Text = "" }},
		{survey.QuestionShort, func(d *survey.Document) { q(d).Short = "" }},
		{survey.QuestionAbout, func(d *survey.Document) { q(d).About = "" }},
		{survey.QuestionSensitive, func(d *survey.Document) { q(d).Sensitive = "money" }},
		{survey.QuestionOrigin, func(d *survey.Document) { several(d).Origin = "" }},
		{survey.QuestionOneself, func(d *survey.Document) { q(d).DescribesOneself = true }},
		{survey.QuestionKind, func(d *survey.Document) { q(d).Kind = bank.Choice }},
		{survey.QuestionKind, func(d *survey.Document) { several(d).Kind = bank.Ideal }},
		{survey.FewOptions, func(d *survey.Document) { q(d).Options = q(d).Options[:1] }},
		{survey.ManyOptions, func(d *survey.Document) { options(several(d), 21) }},
		{survey.OptionID, func(d *survey.Document) { q(d).Options[0].ID = "Not clear" }},
		{survey.OptionID, func(d *survey.Document) { q(d).Options[0].ID = q(d).Options[1].ID }},
		{survey.OptionLabel, func(d *survey.Document) { q(d).Options[0].Label = "" }},
		{survey.OptionLabel, func(d *survey.Document) { q(d).Options[0].Label = "a bit CLEAR " }},
		{survey.OptionValue, func(d *survey.Document) { q(d).Options[0].Value = 7 }},
		{survey.FavourableNone, func(d *survey.Document) { q(d).Favourable = nil }},
		{survey.FavourableWords, func(d *survey.Document) { q(d).FavourableWords = "" }},
		{survey.FavourableUnknown, func(d *survey.Document) { q(d).Favourable = []string{"nope"} }},
		{survey.MissingUnknown, func(d *survey.Document) { q(d).Missing = []string{"nope"} }},
		{survey.AtMostOut, func(d *survey.Document) { q(d).AtMost = 1 }},
		{survey.AtMostOut, func(d *survey.Document) { several(d).AtMost = 4 }},
	} {
		t.Run(c.key, func(t *testing.T) {
			d := mixed(t)
			c.change(&d)
			got := d.Problems()
			if !slices.ContainsFunc(got, func(p survey.Problem) bool { return p.Key == c.key }) {
				t.Errorf("got %v", got)
			}
			if len(d.CanOpenWith(d.Audience)) < len(got) {
				t.Error("it could be opened all the same")
			}
		})
	}
}

func many(d *survey.Document) {
	for i := 0; i < survey.MaxQuestions; i++ {
		d.AddOwn("", survey.Own{Text: fmt.Sprintf("Question %d?", i), About: bank.AboutMe, Scale: clubs, Origin: survey.FromSchool})
	}
}

func describe(d *survey.Document, n int) {
	for i := 0; i < n; i++ {
		d.AddOwn("", survey.Own{Text: fmt.Sprintf("Are you %d?", i), About: bank.AboutMe, Scale: clubs, Origin: survey.FromSchool, DescribesOneself: true})
	}
}

func options(q *survey.Question, n int) {
	q.Options = nil
	for i := 0; i < n; i++ {
		q.Options = append(q.Options, survey.Option{ID: fmt.Sprint("o", i), Label: fmt.Sprint("Option ", i)})
	}
}

func TestCanOpenWith(t *testing.T) {
	d := template(t, "first_belong")
	for _, c := range []struct {
		audience string
		route    bank.Route
		key      string
	}{
		{bank.TeacherMirror, bank.AnyDevice, survey.OpeningAudience},
		{bank.Parents, bank.AnyDevice, survey.OpeningOther},
		{bank.Pupils11to16, bank.HandsUp, survey.OpeningHandsUp},
	} {
		got := d.CanOpenWith(c.audience, c.route)
		if len(got) == 0 || got[0].Key != c.key {
			t.Errorf("%s by %s: got %v, want %s", c.audience, c.route, got, c.key)
		}
	}
	two := mixed(t)
	describe(&two, 2)
	if got := two.CanOpenWith(bank.Pupils11to16, bank.HandsUp); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestShownBy(t *testing.T) {
	pupils, staff := survey.Document{Audience: bank.Pupils11to16}, survey.Document{Audience: bank.Staff}
	for _, c := range []struct {
		doc  survey.Document
		q    survey.Question
		want survey.Level
	}{
		{pupils, survey.Question{About: bank.AboutThisClass}, survey.ByClass},
		{pupils, survey.Question{About: bank.AboutThisClass, Sensitive: "wellbeing"}, survey.ByYear},
		{pupils, survey.Question{About: bank.AboutThisClass, DescribesOneself: true}, survey.ByYear},
		{pupils, survey.Question{About: bank.AboutLessons}, survey.ByYear},
		{pupils, survey.Question{About: bank.AboutSchool}, survey.ByYear},
		{pupils, survey.Question{About: bank.AboutMe}, survey.ByYear},
		{pupils, survey.Question{About: bank.AboutHome}, survey.ByYear},
		{pupils, survey.Question{}, survey.ByYear},
		{staff, survey.Question{About: bank.AboutThisClass}, survey.BySchool},
	} {
		if got := c.doc.ShownBy(c.q); got != c.want {
			t.Errorf("%s about %q, sensitive %q: shown by %s, want %s", c.doc.Audience, c.q.About, c.q.Sensitive, got, c.want)
		}
	}
	if d := template(t, "first_class"); !d.HasClassPages() || d.HasSensitive() {
		t.Error("first_class has class pages and nothing sensitive")
	}
	if d := template(t, "first_belong"); d.HasClassPages() || !d.HasSensitive() {
		t.Error("first_belong has sensitive questions and no class pages")
	}
}

func TestWording(t *testing.T) {
	d := mixed(t)
	base := d.Questions()[0]
	for name, change := range map[string]func(q *survey.Question){
		"text": func(q *survey.Question) { q.Text += "?" }, "label": func(q *survey.Question) { q.Options[0].Label = "Not at all" },
		"order": func(q *survey.Question) { slices.Reverse(q.Options) }, "favourable": func(q *survey.Question) { q.Favourable = q.Favourable[:1] },
		"missing": func(q *survey.Question) { q.Missing = []string{"none"} }, "type": func(q *survey.Question) { q.Type = survey.TypeSingle },
		"reverse": func(q *survey.Question) { q.Reverse = true }, "kind": func(q *survey.Question) { q.Kind = bank.Ideal },
	} {
		q := base
		q.Options = slices.Clone(base.Options)
		change(&q)
		if q.MakeWording() == base.Wording {
			t.Errorf("another %s is the same wording", name)
		}
	}
	same := base
	same.ID, same.Note, same.Short, same.Gateway = "q9", "Read it slowly.", "Goal", ""
	if same.MakeWording() != base.Wording {
		t.Error("a note or chart label makes another wording")
	}
	// Kept in every stored answer's survey: a change here would cut every trend in two.
	if base.Wording != "w_99bb73e7207cd5b2" {
		t.Errorf("the wording of afl_c_goal has become %s", base.Wording)
	}
}

func TestDocumentJSON(t *testing.T) {
	for _, d := range []survey.Document{mixed(t), template(t, "how_is_learning_7_10"), {}} {
		data := d.Encode()
		back, err := survey.Decode(data)
		if diff := cmp.Diff(d, back); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if back.Hash() != d.Hash() || len(d.Hash()) != 64 || string(back.Encode()) != string(data) {
			t.Error("the encoding is not stable")
		}
		if strings.Contains(string(data), "\\u003c") || !json.Valid(data) {
			t.Errorf("%s", data)
		}
	}
	other := mixed(t)
	other.Minutes++
	if other.Hash() == mixed(t).Hash() {
		t.Error("two documents have one hash")
	}
	for _, bad := range []string{"", "null x", "[]", `{"title":1}`, `{"ttle":"x"}`, `{} {}`, `{"sections":[{"questions":[{"ask_if":"x"}]}]}`} {
		if _, err := survey.Decode([]byte(bad)); err == nil {
			t.Errorf("Decode(%s) has no error", bad)
		}
	}
}

func TestCorrectionKeepsTheTrendOnlyIfALeaderSaysSo(t *testing.T) {
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := survey.Document{Title: "Ours", Audience: bank.Pupils11to16, Language: "en-GB", Minutes: 1}
	scale, _ := b.Scale("freq5")
	if p := d.AddOwn("", survey.Own{Text: "How oftn do you laugh?", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: scale}); len(p) > 0 {
		t.Fatal(p)
	}
	if p := d.AddItem(b, "", "afl_s_goal"); len(p) > 0 {
		t.Fatal(p)
	}
	first := d.Questions()[0]
	d.Reword("q1", "How often do you laugh?", "", "Amara Okafor")
	corrected := d.Questions()[0]
	if corrected.Wording == first.Wording || corrected.Trend() != first.Wording || corrected.ContinuedBy != "Amara Okafor" {
		t.Errorf("corrected: %+v", corrected)
	}
	d.Reword("q1", "How often do you smile?", "", "")
	if changed := d.Questions()[0]; changed.Trend() != changed.Wording || changed.ContinuedBy != "" {
		t.Errorf("changed: %+v", changed)
	}
	if d.Reword("q2", "Something else?", "", "") {
		t.Error("a question of the bank was reworded")
	}
	if p := d.Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
}

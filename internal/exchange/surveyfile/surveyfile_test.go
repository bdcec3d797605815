package surveyfile

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const good = `survey:
  title: "Year 8 and lunch"
  audience: pupil_11_16
  language: en-GB
  minutes: 2
scales:
  - id: clubs
    kind: choice
    options:
      - {id: chess, value: null, label: "Chess"}
      - {id: choir, label: "Choir"}
      - {id: none, label: "None of them"}
items:
  - {id: own_clubs, scale: clubs, type: several, at_most: 2, about: school, text: "Which clubs would you come to?"}
  - {id: own_loud, gateway: org, scale: freq5, about: this_class, short: "Too loud", reverse: true, favourable: [never, rarely], favourable_words: "never or not often",
     text: "How often is it too loud in here?"}
sections:
  - title: "Lunch"
    items:
      - org_s_food
      - own_clubs
  - title: "Lessons"
    gateway: org
    items:
      - own_loud
`

func loadBank(t testing.TB) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead(t *testing.T) {
	d, problems := Read([]byte(good), loadBank(t))
	if problems != nil {
		t.Fatal(problems)
	}
	if got := d.CanOpenWith(bank.Pupils11to16, bank.AnyDevice); got != nil {
		t.Error(got)
	}
	var got []string
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			got = append(got, fmt.Sprint(s.ID, " ", q.ID, " ", q.Item, " ", q.Origin, " ", q.Type, " ", q.AtMost, " ", q.Favourable))
		}
	}
	want := []string{
		"s1 q1 org_s_food bank scale 0 [happy vhappy]", "s1 q2 own_clubs file several 2 []", "s2 q3 own_loud file scale 0 [never rarely]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMistakes(t *testing.T) {
	b := loadBank(t)
	many := strings.Builder{}
	for i := range 101 {
		fmt.Fprintf(&many, "  - {id: own_%d, scale: clubs, about: me, text: \"Number %d?\"}\n", i, i)
	}
	manyIDs := strings.Builder{}
	for i := range 101 {
		fmt.Fprintf(&manyIDs, "      - own_%d\n", i)
	}
	for _, c := range []struct {
		code     bank.Code
		old, new string
		line     int
		says     string
	}{
		{TooBig, good, strings.Repeat("#", MaxBytes+1), 0, "Split it"},
		{bank.NotYAML, "survey:\n", "survey: [\n", 2, "YAML"},
		{bank.MissingKey, good, "", 1, "survey is missing"},
		{bank.MissingKey, "  minutes: 2\n", "", 2, "minutes is missing"},
		{bank.UnknownKey, "  minutes: 2\n", "  minutes: 2\n  deadline: soon\n", 6, "no key deadline"},
		{bank.UnknownKey, "about: school,", "about: school, mirrors: afl_s_goal,", 14, "no key mirrors"},
		{bank.UnknownValue, "audience: pupil_11_16", "audience: teacher_mirror", 3, "pupil_7_10"},
		{OwnID, "{id: own_clubs,", "{id: clubs,", 14, "Call it own_clubs"},
		{bank.DuplicateID, "{id: own_loud,", "{id: own_clubs,", 15, "twice"},
		{bank.MissingAbout, "about: school, ", "", 14, "who may see it"},
		{bank.MissingKey, "{id: own_clubs, scale: clubs,", "{id: own_clubs,", 14, "scale is missing"},
		{bank.UnknownScale, "scale: freq5", "scale: freq6", 15, "freq6"},
		{bank.UnknownGateway, "{id: own_loud, gateway: org", "{id: own_loud, gateway: gate", 15, "no gateway gate"},
		{bank.UnknownGateway, "    gateway: org\n", "    gateway: gate\n", 23, "no gateway gate"},
		{bank.UnknownSensitive, "about: school,", "about: school, sensitive: money,", 14, "money"},
		{bank.UnknownValue, "type: several, at_most: 2", "type: essay", 14, "essay is not one of"},
		{bank.BadFavourable, "favourable: [never, rarely]", "favourable: [nope]", 15, "nope"},
		{bank.ReverseAlone, " favourable: [never, rarely], favourable_words: \"never or not often\",", "", 15, "reversed"},
		{bank.OptionValue, "value: null", "value: 1", 10, "should have null"},
		{ScaleOfBank, "- id: clubs", "- id: freq5", 7, "The bank has a scale freq5"},
		{ScaleUnused, "{id: own_clubs, scale: clubs,", "{id: own_clubs, scale: freq5,", 7, "No question uses"},
		{ItemUnused, "      - own_clubs\n", "", 14, "No section asks own_clubs"},
		{NoSections, good[strings.Index(good, "sections:"):], "", 1, "no sections"},
		{NotQuestions, "    items:\n      - own_loud\n", "", 22, "asks nothing"},
		{survey.UnknownItem, "- org_s_food", "- org_s_foot", 20, "org_s_foot"},
		{survey.RetiredItem, "- org_s_food", "- tech_s_check", 20, "Use tech_s_online, tech_s_ai"},
		{survey.OtherAudience, "- org_s_food", "- org_p_food", 20, "for pupil_7_10"},
		{survey.ItemTwice, "- org_s_food", "- org_s_food\n      - org_s_food", 21, "asked twice"},
		{survey.ItemTwice, "- org_s_food", "- own_clubs", 14, "asked twice"},
		{survey.TooLong, "Year 8 and lunch", strings.Repeat("x", 121), 2, "more than 120"},
		{survey.StrangeCharacters, "Which clubs", "Which\\a clubs", 14, "cannot be shown"},
		{survey.LanguageUnknown, "en-GB", "English", 4, "en-GB or pl"},
		{survey.MinutesOut, "minutes: 2", "minutes: 90", 5, "1 to 60"},
		{survey.ManyQuestions, "items:\n  - {id: own_clubs", "items:\n" + many.String() + "  - {id: own_clubs", 2, ""},
		{survey.ManyOneself, "org_s_food", "org_s_food", 0, ""},
		{survey.SectionTitle, "  - title: \"Lessons\"\n    gateway", "  - gateway", 22, "no title"},
		{survey.QuestionOneself, "about: school,", "about: school, describes_oneself: true,", 14, "about me"},
		{survey.QuestionKind, "{id: own_clubs, scale: clubs,", "{id: own_clubs, scale: freq5,", 14, ""},
		{survey.ManyOptions, "      - {id: choir, label: \"Choir\"}\n", options(20), 14, ""},
		{survey.OptionLabel, "label: \"Choir\"", "label: \"CHESS\"", 14, "same label"},
		{survey.AtMostOut, "at_most: 2", "at_most: 4", 14, "from 2 to 3"},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			switch c.code {
			case survey.ManyQuestions:
				text = strings.Replace(text, "      - org_s_food\n", "      - org_s_food\n"+manyIDs.String(), 1)
			case survey.ManyOneself:
				text = threeOneself
			case survey.QuestionKind:
				text = strings.Replace(text, good[strings.Index(good, "scales:"):strings.Index(good, "items:")], "", 1)
				c.line = 7
			case survey.ManyOptions:
				c.line = 33
			}
			d, problems := Read([]byte(text), b)
			if len(d.Sections) > 0 || d.Title != "" {
				t.Error("half a document was read")
			}
			i := slices.IndexFunc(problems, func(p bank.Problem) bool { return p.Code == c.code && strings.Contains(p.Message, c.says) })
			if i < 0 {
				t.Fatalf("the problems are:\n%v", problems)
			}
			if p := problems[i]; c.line > 0 && p.Line != c.line || strings.ContainsAny(p.Message, "{}") {
				t.Errorf("%v; want line %d", p, c.line)
			}
		})
	}
}

const threeOneself = `survey: {title: Us, audience: staff, language: en, minutes: 1}
items:
  - {id: own_a, scale: yesno, about: me, describes_oneself: true, text: "A?"}
  - {id: own_b, scale: yesno, about: me, describes_oneself: true, text: "B?"}
  - {id: own_c, scale: yesno, about: me, describes_oneself: true, text: "C?"}
sections:
  - items: [own_a, own_b, own_c]
`

func options(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "      - {id: o%d, label: \"Option %d\"}\n", i, i)
	}
	return b.String()
}

// A file cannot have these once it has been read: its ids are given here, and the rest is said in the bank's words before.
var unreachable = []string{
	survey.UnknownTemplate, survey.UnknownSection, survey.TitleEmpty, survey.AudienceUnknown, survey.NoQuestions, survey.SectionID,
	survey.SectionEmpty, survey.QuestionID, survey.QuestionItem, survey.QuestionWording, survey.QuestionType, survey.QuestionText,
	survey.QuestionShort, survey.QuestionAbout, survey.QuestionSensitive, survey.QuestionOrigin, survey.FewOptions, survey.OptionID,
	survey.OptionValue, survey.FavourableNone, survey.FavourableWords, survey.FavourableUnknown, survey.MissingUnknown,
	survey.QuestionDecides,
}

func TestEveryDocumentProblemHasASentence(t *testing.T) {
	for _, key := range survey.Keys() {
		_, said := documentSentences[key]
		if said == slices.Contains(unreachable, key) {
			t.Errorf("%s: has a sentence %t", key, said)
		}
	}
}

func TestBombsAndRubbish(t *testing.T) {
	b := loadBank(t)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	for name, in := range map[string]string{
		"aliases": bomb, "alias in use": "survey: &s {title: x}\nitems: *s\n", "merge": "survey:\n  <<: {title: x}\n", "itself": "survey: &s [*s]\n",
		"deep": strings.Repeat("[", MaxBytes), "deep mappings": strings.Repeat("{a: ", MaxBytes/4), "long": strings.Repeat("- a\n", MaxBytes/4), "binary": "\x00\xff", "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			if _, problems := Read([]byte(in), b); len(problems) == 0 {
				t.Error("no problem was found")
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	b := loadBank(f)
	f.Add([]byte(good))
	f.Add([]byte(threeOneself))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, problems := Read(data, b)
		if len(problems) > 0 {
			return
		}
		roundTrip(t, d, b)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func roundTrip(t fataler, d survey.Document, b *bank.Bank) {
	data, err := Write(d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	back, problems := Read(data, b)
	if problems != nil {
		t.Fatalf("%v\n%s", problems, data)
	}
	if diff := cmp.Diff(d, back); diff != "" || d.Hash() != back.Hash() {
		t.Fatalf("%s\n%s", diff, data)
	}
}

func TestRoundTrip(t *testing.T) {
	b := loadBank(t)
	twoOneself := strings.NewReplacer("  - {id: own_c, scale: yesno, about: me, describes_oneself: true, text: \"C?\"}\n", "", ", own_c", "").Replace(threeOneself)
	for _, text := range []string{good, twoOneself} {
		d, problems := Read([]byte(text), b)
		if problems != nil {
			t.Fatal(problems)
		}
		roundTrip(t, d, b)
	}
	for _, v := range b.Templates {
		d, _, _ := survey.FromTemplate(b, v.ID)
		d.Sections[0].Title = "All"
		roundTrip(t, d, b)
	}
	if _, err := Write(survey.Document{}); err == nil {
		t.Error("an empty document was written")
	}
}

func TestRoundTripOfOwnQuestions(t *testing.T) {
	b := loadBank(t)
	words := rapid.Custom(func(t *rapid.T) string {
		core := rapid.StringMatching(`[A-Za-zé’:#&*"'{}\[\]|>%@,\-? \n]{0,40}`).Draw(t, "words")
		return strings.TrimSpace("A" + core + "z")
	})
	scales := b.Scales
	rapid.Check(t, func(t *rapid.T) {
		d := survey.Document{Title: words.Draw(t, "title"), Audience: bank.Parents, Language: "en", Minutes: 3, Intro: words.Draw(t, "intro")}
		for s := range rapid.IntRange(1, 3).Draw(t, "sections") {
			d.AddSection(words.Draw(t, "section"), "")
			for n := range rapid.IntRange(1, 3).Draw(t, "questions") {
				own := survey.Own{
					Item: fmt.Sprintf("own_%d_%d", s, n), Text: words.Draw(t, "text"), Note: words.Draw(t, "note"), About: bank.AboutSchool,
					Origin: survey.FromFile, Scale: rapid.SampledFrom(scales).Draw(t, "scale"), Gateway: rapid.SampledFrom([]string{"", "home"}).Draw(t, "gateway"),
				}
				if rapid.Bool().Draw(t, "reverse") {
					own.Reverse, own.Favourable, own.FavourableWords = true, own.Scale.OptionIDs()[:1], words.Draw(t, "favourable")
				}
				d.AddOwn("", own)
			}
		}
		roundTrip(t, d, b)
	})
}

// The data set's 28 columns and five numbers must be found by these ids when its answers are replayed.
func TestTurkiye(t *testing.T) {
	data, err := os.ReadFile("testdata/turkiye.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b := loadBank(t)
	d, problems := Read(data, b)
	if problems != nil {
		t.Fatal(problems)
	}
	questions := d.Questions()
	if len(questions) != 28 || d.Audience != bank.Pupils11to16 {
		t.Fatalf("%d questions for %s", len(questions), d.Audience)
	}
	for n, q := range questions {
		var ids []string
		for _, o := range q.Options {
			ids = append(ids, o.ID)
		}
		if q.ID != fmt.Sprintf("q%d", n+1) || d.ShownBy(q) != survey.ByClass || q.Kind != bank.Agreement ||
			!slices.Equal(ids, []string{"1", "2", "3", "4", "5"}) || !slices.Equal(q.Favourable, []string{"4", "5"}) {
			t.Errorf("%+v", q)
		}
	}
	if text := string(data); !strings.Contains(text, "Gunduz") || !strings.Contains(text, "CC BY 4.0") {
		t.Error("the source is not named")
	}
	roundTrip(t, d, b)
}

func TestProblemsAreAnError(t *testing.T) {
	_, problems := Read([]byte("survey: {}\nsections: [{items: [x]}]\n"), loadBank(t))
	var err error = problems
	var as bank.Problems
	if !errors.As(err, &as) || !strings.Contains(err.Error(), "line 1: survey: title is missing. Add it.") {
		t.Errorf("%v", err)
	}
}

const every = `survey:
  title: "Every kind"
  audience: pupil_11_16
  language: en-GB
  minutes: 3
scales:
  - id: clubs
    kind: choice
    options:
      - {id: chess, label: "Chess"}
      - {id: choir, label: "Choir"}
      - {id: none, label: "None of them"}
items:
  - {id: own_clubs, scale: clubs, type: ranking, at_most: 2, about: school, text: "Which clubs, in order?", show_if: "${afl_s_goal} != ''"}
  - {id: own_note, type: note, text: "Now think of last night."}
  - {id: own_sleep, type: number, min: 0, max: 14, bands: [6, 8, 10], about: me, text: "How many hours did you sleep?"}
  - {id: own_calm, scale: freq5, grid: "How often is it", about: lessons, text: "calm?"}
  - {id: own_warm, scale: freq5, grid: "How often is it", about: lessons, text: "warm?"}
  - {id: own_say, type: long_text, about: school, text: "What else?"}
sections:
  - title: "First"
    text: "This comes first."
    ask: 3
    items: [afl_s_goal, own_note, own_clubs, own_sleep, own_calm, own_warm]
  - title: "Topic one"
    topic_of: c1
    items: [org_s_food]
  - title: "Topic two"
    topic_of: c1
    items: [own_say]
  - title: "Last"
    show_if: "${own_sleep} > 4"
    items: [belong_s_belong]
choices:
  - {id: c1, text: "Choose one", pick: 1}
rules:
  - {item: org_s_food, show_if: "${own_sleep} < 9 and ${ afl_s_goal } != ''"}
`

func TestEveryKindGoesOutAndIn(t *testing.T) {
	b := loadBank(t)
	d, problems := Read([]byte(every), b)
	if problems != nil {
		t.Fatal(problems)
	}
	food, _ := d.Question("q7")
	if want := "${q4} < 9 and ${q1} != ''"; food.ShowIf != want || d.Sections[3].ShowIf != "${q4} > 4" {
		t.Errorf("%q and %q", food.ShowIf, d.Sections[3].ShowIf)
	}
	data, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	again, problems := Read(data, b)
	if problems != nil {
		t.Fatalf("%v\n%s", problems, data)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("%s\n%s", diff, data)
	}
	for old, new := range map[string]string{
		"${own_sleep} > 4":                   "${own_nothing} > 4",
		"bands: [6, 8, 10]":                  "bands: [6, 5]",
		"topic_of: c1\n    items: [own_say]": "topic_of: c2\n    items: [own_say]",
		"item: org_s_food":                   "item: org_s_foot",
	} {
		if _, problems := Read([]byte(strings.Replace(every, old, new, 1)), b); len(problems) == 0 || problems[0].Line == 0 {
			t.Errorf("with %s: %v", new, problems)
		}
	}
}

// What is wrong with a condition is said in the words of the file, at the line where it stands.
func TestConditionsAsTheFileHasThem(t *testing.T) {
	b := loadBank(t)
	const rule, sections = `show_if: "${own_sleep} < 9 and ${ afl_s_goal } != ''"`, `show_if: "${own_sleep} > 4"`
	if !strings.Contains(every, rule) || !strings.Contains(every, sections) {
		t.Fatal("the file has other rules")
	}
	line := func(text, part string) int { return 1 + strings.Count(text[:strings.Index(text, part)], "\n") }
	for _, c := range []struct{ old, new, says string }{
		{sections, `show_if: "${own_sleep} > 40"`, "The condition ${own_sleep} > 40 can never be true"},
		{sections, `show_if: "${own_sleep} > 40 or ${afl_s_goal} = ''"`, "The condition ${own_sleep} > 40 can never be true"},
		{sections, `show_if: "${own_sleep} ++ 4"`, "The condition ${own_sleep} ++ 4 cannot be read near “+ 4”."},
		{sections, `show_if: "selected(${own_sleep}, 4"`, "The condition selected(${own_sleep}, 4 cannot be read near its end."},
		{sections, `show_if: "${own_say} = ''"`, "The condition ${own_say} = '' looks at words or a note."},
		{rule, `show_if: "${ afl_s_goal } = 'chips'"`, "The condition ${ afl_s_goal } = 'chips' looks for the answer chips, which is not there."},
		{rule, `show_if: "${own_nothing} = 1"`, "The condition ${own_nothing} = 1 looks at own_nothing, which is not asked here."},
		{rule, `show_if: "${belong_s_belong} != ''"`, "The condition ${belong_s_belong} != '' looks at something that is asked at the same place or later."},
		{`show_if: "${afl_s_goal} != ''"`, `show_if: "${own_calm} = 'no"`, "The condition ${own_calm} = 'no cannot be read near"},
	} {
		text := strings.Replace(every, c.old, c.new, 1)
		_, problems := Read([]byte(text), b)
		if len(problems) != 1 || problems[0].Line != line(text, c.new) || !strings.Contains(problems[0].Message, c.says) || strings.Contains(problems[0].Message, "${q") {
			t.Errorf("%s:\n%v", c.new, problems)
		}
	}
	// Bounds the wrong way round are one mistake.
	text := strings.Replace(every, "min: 0, max: 14, bands: [6, 8, 10]", "min: 14, max: 3", 1)
	text = strings.Replace(strings.Replace(text, rule, "", 1), sections, "ask: 0", 1)
	text = strings.Replace(text, "rules:\n  - {item: org_s_food, }\n", "", 1)
	if _, problems := Read([]byte(text), b); len(problems) != 1 || problems[0].Code != survey.NumberRange || problems[0].Line != line(text, "min: 14") {
		t.Errorf("%v", problems)
	}
}

// The mark of a question that may be asked aloud goes out and in; a personal question cannot have it.
func TestAloud(t *testing.T) {
	b := loadBank(t)
	text := strings.Replace(good, "type: several, at_most: 2, about: school,", "about: school, aloud: true,", 1)
	d, problems := Read([]byte(text), b)
	if q, _ := d.Question("q2"); problems != nil || !q.Aloud {
		t.Fatal(problems, q.Aloud)
	}
	if q, _ := d.Question("q1"); !q.Aloud {
		t.Error("what the bank says of its item is lost")
	}
	roundTrip(t, d, b)
	for _, with := range []string{"sensitive: safety, ", "describes_oneself: true, "} {
		_, problems := Read([]byte(strings.Replace(text, "aloud: true,", "aloud: true, "+with, 1)), b)
		if !slices.ContainsFunc(problems, func(p bank.Problem) bool { return p.Code == survey.QuestionAloud && p.Line == 14 }) {
			t.Errorf("%s: %v", with, problems)
		}
	}
}

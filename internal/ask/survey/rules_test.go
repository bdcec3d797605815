package survey_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
)

// ruled is a survey of an answer, a number, several answers and an order, and a last question with a rule.
func ruled(rule string) survey.Document {
	wide := hours("q5")
	wide.Max, wide.Options = 900_000, survey.Bands(0, 900_000)
	wide.Favourable, wide.FavourableWords = []string{"b1"}, "little"
	wide.Wording = wide.MakeWording()
	return document(section("s1", scale("q1", ""), hours("q2"), several("q3", survey.TypeSeveral), several("q4", survey.TypeRanking), wide, scale("q6", rule)))
}

func TestRulesThatCanNeverHold(t *testing.T) {
	for rule, part := range map[string]string{
		"${q2} > 14":                              "${q2} > 14",
		"${q2} >= 15 and ${q1} = 'no'":            "${q2} >= 15 and ${q1} = 'no'",
		"${q2} = 'lots'":                          "${q2} = 'lots'",
		"${q2} < 0":                               "${q2} < 0",
		"${q2} = 2.5":                             "${q2} = 2.5",
		"${q1} > 2":                               "${q1} > 2",
		"false()":                                 "false()",
		"1 = 2":                                   "1 = 2",
		"${q1} = 'no' and ${q1} = 'some'":         "${q1} = 'no' and ${q1} = 'some'",
		"${q1} = 'no' and not(${q1} = 'no')":      "${q1} = 'no' and not(${q1} = 'no')",
		"${q1} = 'no' or ${q2} > 50":              "${q2} > 50",
		"count-selected(${q3}) > 2":               "count-selected(${q3}) > 2", // two may be chosen
		"${q4} = 'a a'":                           "",                          // another problem: there is no such answer
		"${q5} > 900000":                          "${q5} > 900000",            // too many to try one by one
		"${q5} > 900000 or ${q2} < 3":             "${q5} > 900000",
		"string-length(${q1}) > 9":                "string-length(${q1}) > 9",
		"selected(${q3}, 'a') and ${q3} = 'lots'": "",
	} {
		d := ruled(rule)
		var found []string
		for _, p := range d.Problems() {
			if p.Key == survey.RouteNever {
				found = append(found, p.Values["part"])
			} else if part != "" {
				t.Errorf("%s: %v", rule, p)
			}
		}
		if part == "" && len(d.Problems()) == 0 || part != "" && !slices.Equal(found, []string{part}) {
			t.Errorf("%s: %q, want %q", rule, found, part)
		}
	}
	for _, rule := range []string{"${q2} > 13", "${q2} = 14", "${q1} = ''", "true()", "${q1} = 'no' and ${q2} < 1", "${q2} mod 7 = 6", "not(${q2} > 3)", "count-selected(${q3}) = 2",
		"${q4} = 'b a'", "${q5} > 899999", "${q5} mod 1000 = 999", "${q5} > 10 and ${q5} < 12", "${q1} != 'no' or ${q3} != ''", "${q3} = 'a b'"} {
		if p := ruled(rule).Problems(); len(p) > 0 && p[0].Key != survey.RouteOption {
			t.Errorf("%s: %v", rule, p)
		}
	}
}

// A rule says which question or part it stands at, and what it looks at, in words.
func TestProblemsSayWhere(t *testing.T) {
	d := ruled("${q9} = 'no'")
	d.Sections = append(d.Sections, survey.Section{ID: "s2", ShowIf: "${q8} = 'no'", Ask: 7, Questions: []survey.Question{scale("q7", "")}})
	where := map[string]string{}
	for _, p := range d.Problems() {
		where[p.Key+" "+p.Values["ref"]] = p.Values["where"]
	}
	for key, want := range map[string]string{survey.RouteUnknown + " q9": "“q6”", survey.RouteUnknown + " q8": "Part 2, without a title", survey.AskOut + " ": "Part 2, without a title"} {
		if where[key] != want {
			t.Errorf("%s stands at %q, want %q", key, where[key], want)
		}
	}
}

// What was taken out never lends its id to anything else, as long as the draft lives and however often it is stored.
func TestIDsAreNotUsedAgain(t *testing.T) {
	stored := func(d survey.Document) survey.Document {
		t.Helper()
		again, err := survey.Decode(d.Encode())
		if err != nil || !bytes.Equal(again.Encode(), d.Encode()) {
			t.Fatal(err)
		}
		return again
	}
	own := func(d *survey.Document, section, text string) string {
		t.Helper()
		if p := d.AddOwn(section, survey.Own{Text: text, About: "school", Origin: survey.FromSchool, Type: survey.TypeNumber, Max: 9}); len(p) > 0 {
			t.Fatal(p)
		}
		for _, s := range d.Sections {
			if s.ID == section {
				return s.Questions[len(s.Questions)-1].ID
			}
		}
		return ""
	}
	d := document()
	one, two := d.AddSection("One", ""), d.AddSection("Two", "")
	own(&d, one, "A?")
	untouched := stored(d)
	if got := own(&d, two, "B?"); got != "q2" || !d.Remove("q2") || len(d.Sections) != 1 {
		t.Fatalf("%s in %v", got, d.Sections)
	}
	d = stored(d)
	if s, q := d.AddSection("Three", ""), own(&d, "s3", "C?"); s != "s3" || q != "q3" {
		t.Errorf("%s, %s have ids that were taken out", s, q)
	}
	if d.Last != nil {
		t.Errorf("remembered although higher ones are there: %+v", d.Last)
	}
	d.Remove("q3")
	d = stored(d)
	if d.AddSection("Four", "") != "s4" || !d.RemoveSection("s4") || d.RemoveSection("s1") || d.AddSection("Five", "") != "s5" {
		t.Error("a section has an id that was taken out")
	}
	d.SetChoices([]survey.Choice{{ID: d.NextChoice(), Text: "Choose", Pick: 1}})
	d.SetChoices(nil)
	if d = stored(d); d.NextChoice() != "c2" {
		t.Errorf("a choice gets the id %s", d.NextChoice())
	}
	// What is asked is the same as before, and so is its fingerprint.
	d.RemoveSection("s5")
	untouched.RemoveSection("s2")
	if d.Hash() != untouched.Hash() || d.Last == nil {
		t.Errorf("what was taken out changes what is asked: %s %s", d.Encode(), untouched.Encode())
	}
}

func TestWhatOthersHangOn(t *testing.T) {
	d := ruled("${q1} = 'no' and ${q2} > 3")
	d.Sections = append(d.Sections, section("s2", scale("q7", "")))
	d.Sections[1].ShowIf = "${q2} > 4"
	d.Sections[1].Title = ""
	said := func(id string) string {
		var all []string
		for _, p := range d.Deciding(id) {
			all = append(all, p.Key+" "+p.Values["short"]+" "+p.Values["where"])
		}
		return strings.Join(all, "; ")
	}
	for id, want := range map[string]string{"q1": "question_decides q1 “q6”", "q2": "question_decides q2 “q6”; question_decides q2 Part 2, without a title", "q3": "", "q99": ""} {
		if got := said(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

func TestStrangeCharacters(t *testing.T) {
	for text, strange := range map[string]bool{"Zażółć\nسوال – “x”": false, "a\u200db": false, "a\x00b": true, "a\u202eb": true, "a\u2066b": true, "a\u2069": true, "a\tb": true, "a\ufffdb": true} {
		if got := survey.IsStrange(text); got != strange {
			t.Errorf("%q is strange: %t", text, got)
		}
		d := ruled("")
		q := &d.Sections[0].Questions[0]
		q.Text = text
		q.Wording = q.MakeWording()
		if got := slices.ContainsFunc(d.Problems(), func(p survey.Problem) bool { return p.Key == survey.StrangeCharacters }); got != strange {
			t.Errorf("%q in a question: %t", text, got)
		}
	}
}

// A piece that stands three times is missing once; new words are not marked as fit to be asked aloud.
func TestPiecesAreCountedOnce(t *testing.T) {
	d := document(section("s1", scale("q1", ""), scale("q2", ""), scale("q3", "")))
	if _, missing := d.In("pl", nil); missing != len(d.Words()) || missing != 8 {
		t.Errorf("%d pieces are missing, and there are %d", missing, len(d.Words()))
	}
	d.Sections[0].Questions[0].About = "school"
	d.MarkAloud("q1", true)
	if q, _ := d.Question("q1"); !q.Aloud || len(d.Problems()) > 0 {
		t.Error(d.Problems())
	}
	d.Reword("q1", "Question q1", "Other label", "")
	if q, _ := d.Question("q1"); !q.Aloud {
		t.Error("another label takes the mark away")
	}
	d.Reword("q1", "Is Mr Jones kind?", "", "")
	if q, _ := d.Question("q1"); q.Aloud {
		t.Error("new words keep the mark of the old")
	}
}

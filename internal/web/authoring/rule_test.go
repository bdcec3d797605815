package authoring

import (
	"reflect"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
)

func lunch(t *testing.T) survey.Document {
	t.Helper()
	d := survey.Document{Title: "Lunch", Audience: bank.Pupils11to16, Language: "en-GB", Minutes: 2}
	food := bank.Scale{ID: "food", Kind: bank.Choice, Options: []bank.Option{{ID: "school", Label: "School food"}, {ID: "mine", Label: "My own"}, {ID: "none", Label: "Nothing"}}}
	for _, own := range []survey.Own{
		{Text: "What do you eat?", Scale: food, About: bank.AboutSchool},
		{Text: "How long is the queue?", Type: survey.TypeNumber, Min: 0, Max: 60, About: bank.AboutSchool},
		{Text: "Which two are best?", Type: survey.TypeRanking, AtMost: 2, Scale: food, About: bank.AboutSchool},
	} {
		own.Origin = survey.FromSchool
		if p := d.AddOwn("", own); len(p) > 0 {
			t.Fatal(p)
		}
	}
	return d
}

func TestRulesThatAPageMakes(t *testing.T) {
	d := lunch(t)
	for _, c := range []struct {
		rule             simpleRule
		expression, said string
		onPaper          string
	}{
		{simpleRule{by: "q1", answers: []string{"school"}}, "selected(${q1}, 'school')", "Asked only if the answer to “What do you eat?” was “School food”.", "Only if you answered “School food” to question 1."},
		{simpleRule{by: "q1", answers: []string{"school", "mine", noAnswer}}, "selected(${q1}, 'school') or selected(${q1}, 'mine') or ${q1} = ''",
			"Asked only if the answer to “What do you eat?” was “School food”, “My own” or no answer.", "Not if you answered “Nothing” to question 1."},
		{simpleRule{by: "q2", from: "10"}, "${q2} >= 10", "Asked only if the answer to “How long is the queue?” was 10 or more.", "Only if your number in question 2 is more than 9."},
		{simpleRule{by: "q2", to: "5"}, "${q2} <= 5", "Asked only if the answer to “How long is the queue?” was 5 or less.", "Only if your number in question 2 is less than 6."},
		{simpleRule{by: "q2", from: "5", to: "10"}, "${q2} >= 5 and ${q2} <= 10", "Asked only if the answer to “How long is the queue?” was from 5 to 10.", "Only if your number in question 2 is 5–10."},
	} {
		by, _ := d.Question(c.rule.by)
		if err := c.rule.check(by); err != nil {
			t.Errorf("%s: %v", c.expression, err)
		}
		if got := c.rule.String(); got != c.expression {
			t.Errorf("written as %s, want %s", got, c.expression)
		}
		if got, ok := readRule(c.expression); !ok || !reflect.DeepEqual(got, c.rule) {
			t.Errorf("%s is read as %+v", c.expression, got)
		}
		if got := sayRule(words.English(), d, c.expression); got != c.said {
			t.Errorf("%s is said as %q", c.expression, got)
		}
		numbers := map[string]int{"q1": 1, "q2": 2}
		if got := onlyIf(words.English(), d, c.expression, numbers); got != c.onPaper {
			t.Errorf("%s on paper: %q", c.expression, got)
		}
		with := d
		with.Sections = append([]survey.Section{}, d.Sections...)
		with.Sections[0].Questions = append([]survey.Question{}, d.Sections[0].Questions...)
		with.Sections[0].Questions[2].ShowIf = c.expression
		if p := with.Problems(); len(p) > 0 {
			t.Errorf("%s: %v", c.expression, p)
		}
	}
	// What somebody wrote by hand stays as it is.
	for _, expression := range []string{"${q1} != 'school'", "selected(${q1}, 'school') or selected(${q2}, 'mine')", "${q2} >= 5 or ${q2} <= 1", "${q2} >= 5 and ${q2} >= 7",
		"selected(${q1}, 'school') and ${q2} > 3", "not(selected(${q1}, 'mine'))", "selected(${q1}, 'chips')"} {
		if got := sayRule(words.English(), d, expression); got != "Asked only if "+expression+"." {
			t.Errorf("%s is said as %q", expression, got)
		}
	}
	if sayRule(words.English(), d, " ") != "" || onlyIf(words.English(), d, "", nil) != "" {
		t.Error("no rule is said as one")
	}
}

func TestRulesThatNobodyCanMean(t *testing.T) {
	d := lunch(t)
	for _, c := range []struct {
		rule  simpleRule
		field string
	}{
		{simpleRule{by: "q1"}, "answer"},
		{simpleRule{by: "q1", answers: []string{"school", "chips"}}, "answer"},
		{simpleRule{by: "q2"}, "from"},
		{simpleRule{by: "q2", from: "ten"}, "from"},
		{simpleRule{by: "q2", from: "61"}, "from"},
		{simpleRule{by: "q2", from: "10", to: "-1"}, "to"},
		{simpleRule{by: "q2", from: "10", to: "5"}, "to"},
	} {
		by, _ := d.Question(c.rule.by)
		if f, ok := fault.Of(c.rule.check(by)); !ok || f.Fields[c.field].Key == "" {
			t.Errorf("%+v: %v", c.rule, f)
		}
	}
}

func TestBoxesOnPaper(t *testing.T) {
	scale := func(labels ...string) survey.Question {
		q := survey.Question{Type: survey.TypeScale}
		for i, l := range labels {
			q.Options = append(q.Options, survey.Option{ID: string(rune('a' + i)), Label: l})
		}
		return q
	}
	often := scale("Never", "Not often", "Sometimes", "Often", "Almost always", "Does not apply to me / I don’t know")
	often.Missing = []string{"f"}
	several := scale("One", "Two", "Three")
	several.Type, several.AtMost = survey.TypeSeveral, 2
	ranking := several
	ranking.Type = survey.TypeRanking
	for name, c := range map[string]struct {
		q           survey.Question
		row, boxes  int
		columns     int
		first, last string // keys
	}{
		"a scale in one row, and what does not count below it": {often, 5, 1, 1, "1", "6"},
		"six answers have no row":                              {scale("A", "B", "C", "D", "E", "F"), 0, 6, 3, "1", "6"},
		"a long word has no room in a row":                     {scale("Yes", "Unwahrscheinlicherweise"), 0, 2, 2, "1", "2"},
		"long answers stand below each other":                  {scale("Yes", "No, and I would rather not say why"), 0, 2, 1, "1", "2"},
		"several answers":                                      {several, 0, 3, 3, "1", "3"},
		"an order has numbers written into its boxes":          {ranking, 0, 3, 3, "", ""},
	} {
		pq := onPaper(words.English(), c.q, false)
		all := append(append([]paperBox{}, pq.Row...), pq.Boxes...)
		if len(pq.Row) != c.row || len(pq.Boxes) != c.boxes || c.boxes > 0 && pq.Columns != c.columns || all[0].Key != c.first || all[len(all)-1].Key != c.last {
			t.Errorf("%s: %+v", name, pq)
		}
		for i, box := range all {
			if box.Key != "" && box.Key != string(collecting.TypingKeys[i]) {
				t.Errorf("%s: box %d has the key %s", name, i+1, box.Key)
			}
		}
	}
}

// What people are asked to choose stands before the topics, and each topic says that it may be left out.
func TestTopicsOnPaper(t *testing.T) {
	d := lunch(t)
	d.Sections[0].Title = "Lunch"
	for _, title := range []string{"Sport", "Home"} {
		d.AddSection(title, "")
		d.AddOwn("", survey.Own{Text: title + "?", About: bank.AboutSchool, Origin: survey.FromSchool, Scale: bank.Scale{Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "Yes"}, {ID: "b", Label: "No"}}}})
		d.Sections[len(d.Sections)-1].Choice = "c1"
	}
	d.Choices = []survey.Choice{{ID: "c1", Text: "What would you like to be asked about?", Pick: 1}}
	var got []string
	for _, part := range paperParts(words.English(), d) {
		got = append(got, part.Title+" | "+part.Text+" | "+part.Hint)
	}
	want := []string{"Lunch |  | ", "What would you like to be asked about? | Choose one topic. | ", "Sport |  | You may leave out this whole part.", "Home |  | You may leave out this whole part."}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

// What is written by hand is said on paper too, where a few words are enough.
func TestRulesOnPaper(t *testing.T) {
	d := lunch(t)
	clubs := survey.Own{Text: "Which do you like?", Type: survey.TypeSeveral, About: bank.AboutSchool, Origin: survey.FromSchool,
		Scale: bank.Scale{Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "Art"}, {ID: "b", Label: "Ball"}, {ID: "c", Label: "Chess"}}}}
	if p := d.AddOwn("", clubs); len(p) > 0 {
		t.Fatal(p)
	}
	coins := survey.Own{Text: "How many steps?", Type: survey.TypeNumber, Max: 900_000, About: bank.AboutSchool, Origin: survey.FromSchool}
	if p := d.AddOwn("", coins); len(p) > 0 {
		t.Fatal(p)
	}
	numbers := map[string]int{"q1": 1, "q2": 2, "q3": 3, "q4": 4, "q5": 5}
	const fits = "Only if it fits what you said before."
	for rule, want := range map[string]string{
		"${q1} = 'mine'":                             "Only if you answered “My own” to question 1.",
		"${q1} != 'mine'":                            "Not if you answered “My own” to question 1.",
		"not(selected(${q1}, 'mine'))":               "Not if you answered “My own” to question 1.",
		"${q1} != 'mine' and ${q1} != 'none'":        "Not if you answered “My own” or “Nothing” to question 1.",
		"${q1} != 'mine' and ${q1} != ''":            "Only if you answered “School food” or “Nothing” to question 1.",
		"${q1} != ''":                                "Only if you answered question 1.",
		"${q1} = ''":                                 "Only if you left out question 1.",
		"${q2} > 4":                                  "Only if your number in question 2 is more than 4.",
		"not(${q2} > 4)":                             "Not if your number in question 2 is more than 4.",
		"${q2} < 4":                                  "Only if your number in question 2 is less than 4.",
		"${q2} = 4":                                  "Only if your number in question 2 is 4.",
		"${q2} > 4 and ${q2} <= 9":                   "Only if your number in question 2 is 5–9.",
		"not(${q2} = 4)":                             "Not if your number in question 2 is 4.",
		"${q1} = 'mine' and ${q2} > 4":               "Only if you answered “My own” to question 1. Only if your number in question 2 is more than 4.",
		"selected(${q1}, 'mine') and not(${q2} > 4)": "Only if you answered “My own” to question 1. Not if your number in question 2 is more than 4.",
		"${q1} = 'mine' or ${q2} > 4 or ${q1} = 'school'":              "Only if one of these fits: question 1: “School food” or “My own”; question 2: 5–60.",
		"selected(${q4}, 'a') or selected(${q4}, 'c')":                 "Only if you answered “Art” or “Chess” to question 4.",
		"not(selected(${q4}, 'a') or selected(${q4}, 'c'))":            "Not if you answered “Art” or “Chess” to question 4.",
		"selected(${q4}, 'a') and selected(${q4}, 'c')":                "Only if you answered “Art” and also “Chess” to question 4.",
		"not(selected(${q4}, 'a') and selected(${q4}, 'c'))":           "Not if you answered “Art” and also “Chess” to question 4.",
		"selected(${q4}, 'a') and not(selected(${q4}, 'c'))":           "Only if you answered “Art” to question 4. Not if you answered “Chess” to question 4.",
		"${q2} < 3 or ${q2} > 10":                                      "Only if your number in question 2 is 0–2 or 11–60.",
		"not(${q2} < 3 or ${q2} > 10)":                                 "Not if your number in question 2 is 0–2 or 11–60.",
		"${q2} = 0 or ${q2} = 7 or ${q2} > 50":                         "Only if your number in question 2 is 0, 7 or 51–60.",
		"(${q2} < 3 or ${q2} > 10) and ${q1} = 'mine'":                 "Only if your number in question 2 is 0–2 or 11–60. Only if you answered “My own” to question 1.",
		"${q5} > 700000 or ${q5} < 5":                                  "Only if your number in question 5 is 0–4 or 700001–900000.",
		"${q5} > 700000 and ${q1} != 'mine'":                           "Only if your number in question 5 is more than 700000. Not if you answered “My own” to question 1.",
		"${q1} = 'mine' or ${q2} != 4":                                 "Only if one of these fits: question 1: “My own”; question 2: not 4.",
		"${q1} = 'mine' and (${q2} > 4 or ${q4} = '')":                 "Only if you answered “My own” to question 1. Only if one of these fits: question 2: 5–60; question 4: no answer.",
		"${q1} = 'mine' or ${q4} != ''":                                "Only if one of these fits: question 1: “My own”; question 4: any answer.",
		"(selected(${q4}, 'a') and selected(${q4}, 'b')) or ${q2} = 1": "Only if one of these fits: question 4: “Art” and also “Ball”; question 2: 1.",
		// These would take more words than anybody reads beside a question.
		"count-selected(${q4}) > 1":                             fits,
		"${q2} mod 2 = 0":                                       fits,
		"(${q1} = 'mine' and ${q2} > 4) or ${q4} = ''":          fits,
		"${q4} = 'a'":                                           fits,
		"selected(${q3}, 'mine') and count-selected(${q3}) = 1": fits,
	} {
		if got := onlyIf(words.English(), d, rule, numbers); got != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
	for _, l := range words.Languages()[1:] {
		v := words.In(l.Code)
		for _, rule := range []string{"${q1} != 'mine'", "${q2} > 4 and ${q1} = 'mine'", "${q1} = 'mine' or ${q2} > 4", "${q1} = 'mine' or ${q2} != 4", "${q1} = 'mine' or ${q2} = ''", "${q1} = 'mine' or ${q2} != ''",
			"${q1} = 'mine' and selected(${q4}, 'a') and selected(${q4}, 'b')"} {
			got := onlyIf(v, d, rule, numbers)
			if got == v.Say("paper.only_if") || !strings.Contains(got, "My own") || strings.Contains(got, "nly if") || strings.Contains(got, "<no value>") {
				t.Errorf("%s, %s: %q", l.Code, rule, got)
			}
		}
	}
	// A part of which each answers some says so.
	d.Sections[0].Ask = 1
	if got := paperParts(words.English(), d)[0].Hint; got != "Answer any one of these." {
		t.Errorf("%q", got)
	}
	d.Sections[0].Ask = 5
	if got := paperParts(words.English(), d)[0].Hint; got != "" {
		t.Errorf("all are asked: %q", got)
	}
}

func TestOwnAnswers(t *testing.T) {
	const three = "Never\nSometimes\r\n\nOften"
	for good, want := range map[string]string{"": "", "0": "", " 2 ": "", "3": "own.good_out", "4": "own.good_out", "-1": "own.good_out", "two": "own.good_number", "1.5": "own.good_number"} {
		s, err := ownScale(three, good)
		key := ""
		if f, ok := fault.Of(err); ok {
			key = f.Fields["good"].Key
		}
		if key != want || len(s.Options) != 3 {
			t.Errorf("%q: %v, want %s", good, err, want)
		}
		if ordered := s.Kind == bank.Unipolar; want == "" && ordered != (good == " 2 ") {
			t.Errorf("%q makes %+v", good, s)
		}
	}
	if _, err := ownScale("", "2"); err == nil {
		t.Error("good news among no answers")
	}
}

package survey_test

import (
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/survey"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func form(fields map[string][]string) func(string) []string {
	return func(name string) []string { return fields[name] }
}

func answered(options ...string) survey.Answer {
	return survey.Answer{State: survey.Answered, Options: options}
}

var skipped = survey.Answer{State: survey.Skipped}

func TestRead(t *testing.T) {
	d := mixed(t) // q1 scale, q2 scale with a missing option, q3 several (two of three), q4 single, q5 scale
	for _, c := range []struct {
		name   string
		fields map[string][]string
		want   survey.Answers
		key    string
	}{
		{"nothing chosen", nil, survey.Answers{"q1": skipped, "q2": skipped, "q3": skipped, "q4": skipped, "q5": skipped}, ""},
		{"everything chosen", map[string][]string{"q1": {"very"}, "q2": {"na"}, "q3": {"code", "chess"}, "q4": {"no"}, "q5": {"never"}, "csrf": {"x"}},
			survey.Answers{"q1": answered("very"), "q2": answered("na"), "q3": answered("chess", "code"), "q4": answered("no"), "q5": answered("never")}, ""},
		{"an empty value and one sent twice", map[string][]string{"q1": {""}, "q4": {"yes", "yes"}},
			survey.Answers{"q1": skipped, "q2": skipped, "q3": skipped, "q4": answered("yes"), "q5": skipped}, ""},
		{"unknown option", map[string][]string{"q1": {"purple"}}, nil, survey.AnswerUnknownOption},
		{"two of a scale", map[string][]string{"q1": {"very", "fully"}}, nil, survey.AnswerTooMany},
		{"three of at most two", map[string][]string{"q3": {"chess", "choir", "code"}}, nil, survey.AnswerTooMany},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problems := d.Read(form(c.fields), "2026-11-22")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if c.key == "" {
				if problems != nil || d.Check(got) != nil {
					t.Errorf("problems %v and %v", problems, d.Check(got))
				}
				return
			}
			if len(problems) != 1 || problems[0].Key != c.key || problems[0].Values["question"] == "" {
				t.Fatalf("problems %v, want %s", problems, c.key)
			}
			for _, v := range problems[0].Values {
				if v == "purple" || v == "very" {
					t.Error("what was chosen stands in the problem, and problems may be logged")
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	d := mixed(t)
	good := func() survey.Answers {
		a, _ := d.Read(form(map[string][]string{"q1": {"very"}, "q3": {"chess"}}), "2026-11-22")
		return a
	}
	for _, c := range []struct {
		name   string
		change func(a survey.Answers)
		key    string
	}{
		{"good", func(survey.Answers) {}, ""},
		{"not asked what everybody is asked", func(a survey.Answers) { a["q2"] = survey.Answer{State: survey.NotAsked} }, survey.AnswerAsked},
		{"not relevant, though nothing decides", func(a survey.Answers) { a["q4"] = survey.Answer{State: survey.NotRelevant} }, survey.AnswerIrrelevant},
		{"one is absent", func(a survey.Answers) { delete(a, "q4") }, survey.AnswerAbsent},
		{"one too many", func(a survey.Answers) { a["q9"] = skipped }, survey.AnswerUnknownQuestion},
		{"unknown option", func(a survey.Answers) { a["q1"] = answered("purple") }, survey.AnswerUnknownOption},
		{"too many", func(a survey.Answers) { a["q4"] = answered("yes", "no") }, survey.AnswerTooMany},
		{"one option twice", func(a survey.Answers) { a["q3"] = answered("chess", "chess") }, survey.AnswerTwice},
		{"answered with nothing", func(a survey.Answers) { a["q1"] = answered() }, survey.AnswerEmpty},
		{"skipped with something", func(a survey.Answers) { a["q1"] = survey.Answer{State: survey.Skipped, Options: []string{"very"}} }, survey.AnswerState},
		{"no state", func(a survey.Answers) { a["q1"] = survey.Answer{} }, survey.AnswerState},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := good()
			c.change(a)
			var keys []string
			for _, p := range d.Check(a) {
				keys = append(keys, p.Key)
			}
			if c.key == "" && keys != nil || c.key != "" && !slices.Contains(keys, c.key) {
				t.Errorf("got %v, want %q", keys, c.key)
			}
		})
	}
}

func TestAnswersJSON(t *testing.T) {
	a := survey.Answers{"q10": answered("b", "a"), "q2": skipped, "q1": {State: survey.NotAsked}, "q3": {State: survey.NotRelevant}}
	data, err := a.Encode()
	if want := `{"q1":"not_asked","q10":["b","a"],"q2":"skipped","q3":"not_relevant"}`; string(data) != want || err != nil {
		t.Errorf("Encode = %s, %v", data, err)
	}
	for _, bad := range []survey.Answers{{"": skipped}, {"q1": {}}, {"q1": answered()}, {"q1": answered("")}, {"q1": {State: survey.Skipped, Options: []string{"a"}}}, {"q1": {State: "lost"}}} {
		if data, err := bad.Encode(); err == nil {
			t.Errorf("Encode(%v) = %s", bad, data)
		}
	}
	for _, bad := range []string{"", "null", "[]", "3", `{"q1":null}`, `{"q1":[]}`, `{"q1":"answered"}`, `{"q1":"lost"}`, `{"q1":3.5}`, `{"q1":[1]}`, `{"q1":[null]}`, `{"":"skipped"}`, `{"q1":"skipped"}}`, `{"q1":{"State":"skipped"}}`} {
		if got, err := survey.DecodeAnswers([]byte(bad)); err == nil {
			t.Errorf("DecodeAnswers(%s) = %v", bad, got)
		}
	}
}

func TestAnswersRoundTrip(t *testing.T) {
	id := rapid.StringMatching(`[a-z0-9_é<&"]{1,6}`)
	answer := rapid.Custom(func(t *rapid.T) survey.Answer {
		a := survey.Answer{State: rapid.SampledFrom([]survey.State{survey.Answered, survey.Skipped, survey.NotAsked, survey.NotRelevant}).Draw(t, "state")}
		if a.State == survey.Answered {
			if rapid.Bool().Draw(t, "number") {
				n := rapid.Int().Draw(t, "n")
				a.Number = &n
				return a
			}
			a.Options = rapid.SliceOfNDistinct(id, 1, 5, rapid.ID).Draw(t, "options")
		}
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		want := survey.Answers(rapid.MapOf(id, answer).Draw(t, "answers"))
		data, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := survey.DecodeAnswers(data)
		if err != nil {
			t.Fatal(err)
		}
		for k, a := range want {
			if a.Options == nil && a.Number == nil {
				want[k] = survey.Answer{State: a.State}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		again, _ := got.Encode()
		if string(again) != string(data) {
			t.Fatalf("%s became %s", data, again)
		}
	})
}

// Whatever a form sends, what Read accepts is what Check accepts.
func TestReadAgreesWithCheck(t *testing.T) {
	d := mixed(t)
	value := rapid.SampledFrom(strings.Fields("very fully na never often chess choir code yes no purple"))
	rapid.Check(t, func(t *rapid.T) {
		fields := map[string][]string{}
		for _, q := range d.Questions() {
			fields[q.ID] = rapid.SliceOfN(value, 0, 3).Draw(t, q.ID)
		}
		got, problems := d.Read(form(fields), "2026-11-22")
		if (got == nil) == (problems == nil) {
			t.Fatalf("Read = %v, %v", got, problems)
		}
		if got != nil {
			if wrong := d.Check(got); wrong != nil {
				t.Fatalf("%v: %v", got, wrong)
			}
		}
	})
}

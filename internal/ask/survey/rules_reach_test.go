package survey_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
)

// nevers are the rules that a document has and that never hold, each with where it stands.
func nevers(d survey.Document) []string {
	var found []string
	for _, p := range d.Problems() {
		if p.Key == survey.RouteNever {
			found = append(found, p.Values["where"]+": "+p.Values["part"]+" | "+p.Values["others"]+" | "+p.Values["drawn"])
		}
	}
	return found
}

func wide(id, rule string) survey.Question {
	q := hours(id)
	q.Max, q.Options = 900_000, survey.Bands(0, 900_000)
	q.Favourable, q.FavourableWords, q.ShowIf = []string{"b1"}, "little", rule
	q.Wording = q.MakeWording()
	return q
}

// Rules that can hold each for itself, and not together.
func TestRulesThatCannotHoldTogether(t *testing.T) {
	ruledSection := func(rule string, qs ...survey.Question) survey.Section {
		s := section("s2", qs...)
		s.ShowIf = rule
		return s
	}
	chosen := topics()
	chosen.Choices[0].Draw = 0 // one of three topics
	chosen.Sections = append(chosen.Sections, section("s5", scale("q6", "${q2} = 'no' and ${q4} = 'no'")))
	two := topics() // two of three
	two.Sections = append(two.Sections, section("s5", scale("q6", "${q2} = 'no' and ${q4} = 'no'"), scale("q7", "${q2} = 'no' and ${q4} = 'no' and ${q5} != ''")))
	within := topics()
	within.Choices[0].Draw = 0
	within.Sections[2].Questions[0].ShowIf = "${q3} = 'lot'" // asked only if the other topic was
	drawn := document(section("s1", scale("q1", ""), scale("q2", ""), scale("q3", "")), section("s2", scale("q4", "${q1} = 'no' and ${q2} = 'no'")))
	drawn.Sections[0].Ask = 1
	for name, c := range map[string]struct {
		doc  survey.Document
		want []string
	}{
		"section and question": {document(section("s1", scale("q1", "")), ruledSection("${q1} = 'no'", scale("q2", "${q1} = 'lot'"), scale("q3", "${q1} != 'lot'"))),
			[]string{"“q2”: ${q1} = 'lot' and ${q1} = 'no' | The part “Section s2” | "}},
		"a chain": {document(section("s1", scale("q1", ""), scale("q2", "${q1} = 'no'"), scale("q3", "${q2} = 'some' and ${q1} = 'lot'"), scale("q4", "${q2} = 'some' or ${q1} = 'lot'"))),
			[]string{"“q3”: ${q2} = 'some' and ${q1} = 'lot' and ${q1} = 'no' | “q2” | "}},
		"a longer chain": {document(section("s1", scale("q1", ""), scale("q2", "${q1} = 'no'"), scale("q3", "${q2} != ''"), scale("q4", ""), scale("q5", "${q3} = 'no' and ${q4} = 'no' and ${q1} = 'lot'"))),
			[]string{"“q5”: ${q3} = 'no' and ${q4} = 'no' and ${q1} = 'lot' and ${q1} = 'no' and ${q2} != '' | “q2”, “q3” | "}},
		"through a section": {document(section("s1", scale("q1", "")), ruledSection("${q1} = 'no'", scale("q2", "")), survey.Section{ID: "s3", Title: "Last", ShowIf: "${q2} = 'no' and ${q1} != 'no'", Questions: []survey.Question{scale("q3", "")}}),
			[]string{"The part “Last”: ${q2} = 'no' and ${q1} != 'no' and ${q1} = 'no' | “q2” | "}},
		"left out is an answer": {document(section("s1", scale("q1", ""), scale("q2", "${q1} = 'no'"), scale("q3", "${q2} = '' and ${q1} = 'lot'"))), nil},
		"what hangs on what is wrong is not said again": {document(section("s1", scale("q1", ""), scale("q2", "${q1} = 'no' and ${q1} = 'lot'"), scale("q3", "${q2} = 'no'"))),
			[]string{"“q2”: ${q1} = 'no' and ${q1} = 'lot' |  | "}},
		"two topics of one":      {chosen, []string{"“q6”: ${q2} = 'no' and ${q4} = 'no' |  | yes"}},
		"three of two":           {two, []string{"“q7”: ${q2} = 'no' and ${q4} = 'no' and ${q5} != '' |  | yes"}},
		"one topic from another": {within, []string{"“q4”: ${q3} = 'lot' |  | yes"}},
		"two where one is drawn": {drawn, []string{"“q4”: ${q1} = 'no' and ${q2} = 'no' |  | yes"}},
		"large numbers":          {document(section("s1", wide("q1", ""), scale("q2", ""), scale("q3", "${q1} > 700000 and ${q1} < 700001 and ${q2} = 'no'"))), []string{"“q3”: ${q1} > 700000 and ${q1} < 700001 and ${q2} = 'no' |  | "}},
		"large numbers in or": {document(section("s1", wide("q1", ""), scale("q2", ""), scale("q3", "(${q1} > 5 and ${q1} < 4) or (${q2} = 'no' and ${q2} = 'lot')"))),
			[]string{"“q3”: (${q1} > 5 and ${q1} < 4) or (${q2} = 'no' and ${q2} = 'lot') |  | "}},
		"large numbers that fit":  {document(section("s1", wide("q1", ""), scale("q2", ""), scale("q3", "${q1} > 700000 and ${q1} < 700002 and ${q2} = 'no'"))), nil},
		"large numbers in a ring": {document(section("s1", wide("q1", ""), wide("q2", ""), wide("q3", ""), scale("q4", "${q1} > ${q2} and ${q2} > ${q3} and ${q3} > ${q1}"))), []string{"“q4”: ${q1} > ${q2} and ${q2} > ${q3} and ${q3} > ${q1} |  | "}},
		"large numbers in a row":  {document(section("s1", wide("q1", ""), wide("q2", ""), wide("q3", ""), scale("q4", "${q1} > ${q2} and ${q2} > ${q3} and ${q3} > 899997"))), nil},
	} {
		if got := nevers(c.doc); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q\n%v", name, got, c.want, c.doc.Problems())
		}
	}
}

func TestRemarks(t *testing.T) {
	d := document(section("s1", wide("q1", ""), wide("q2", ""), scale("q3", "${q1} * ${q2} = 7"), scale("q4", "${q1} = '' or ${q1} != ''"), scale("q5", "${q4} != ''"), scale("q6", "${q1} >= 0 or ${q1} = ''")))
	if p := d.Problems(); p != nil {
		t.Fatal(p)
	}
	var got []string
	for _, p := range d.Remarks() {
		got = append(got, p.Key+" "+p.Values["where"])
	}
	if want := []string{survey.RouteUnsure + " “q3”", survey.RouteAlways + " “q4”", survey.RouteAlways + " “q6”"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Made-up surveys, whose every way through is gone: a rule is refused if and only if none of them leads to its question.
func TestReachedOrNot(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 11))
	refused, taken := 0, 0
	for range 400 {
		d := madeUp(r)
		reached := map[string]bool{}
		everyWay(d, func(asked func(survey.Section, survey.Question) bool) {
			for _, s := range d.Sections {
				for _, q := range s.Questions {
					reached[q.ID] = reached[q.ID] || asked(s, q)
				}
			}
		})
		first := ""
		for _, p := range d.Problems() {
			if p.Key == survey.RouteNever && p.Values["others"]+p.Values["drawn"] == "" && p.Values["part"] != p.Values["expression"] {
				first = "" // one half of an "or" that never holds is refused too, though the other leads on
				break
			}
			if p.Key == survey.RouteNever && first == "" {
				first = p.Values["question"]
				if first == "" {
					n, _ := strconv.Atoi(p.Values["section"])
					first = d.Sections[n-1].Questions[0].ID
				}
				refused++
				if reached[first] {
					t.Fatalf("%s is refused and can be reached:\n%s\n%v", first, d.Encode(), p)
				}
			}
		}
		if len(d.Problems()) == 0 {
			taken++
			for _, q := range d.Questions() {
				if !reached[q.ID] {
					t.Fatalf("%s is taken and never reached:\n%s", q.ID, d.Encode())
				}
			}
		}
	}
	if refused < 40 || taken < 40 {
		t.Errorf("%d refused and %d taken: this tries too little", refused, taken)
	}
}

// madeUp is a survey of six questions in three or four parts, with rules and perhaps topics or a draw.
func madeUp(r *rand.Rand) survey.Document {
	small := func(id, rule string) survey.Question {
		q := hours(id)
		q.Max, q.Options, q.Favourable, q.ShowIf = 3, survey.Bands(0, 3, 1, 2), []string{"b3"}, rule
		q.Wording = q.MakeWording()
		return q
	}
	var earlier []survey.Question
	atom := func() string {
		q := earlier[r.IntN(len(earlier))]
		ref, o := "${"+q.ID+"}", ""
		if q.Type != survey.TypeNumber {
			o = q.Options[r.IntN(len(q.Options))].ID
		}
		switch {
		case q.Type == survey.TypeNumber:
			return ref + []string{" > ", " < ", " = ", " >= ", " != "}[r.IntN(5)] + strconv.Itoa(r.IntN(4))
		case r.IntN(4) == 0:
			return ref + []string{" = ''", " != ''"}[r.IntN(2)]
		case q.Type == survey.TypeSeveral && r.IntN(3) == 0:
			return "count-selected(" + ref + ") = " + strconv.Itoa(r.IntN(3))
		case r.IntN(3) == 0:
			return "not(selected(" + ref + ", '" + o + "'))"
		}
		return "selected(" + ref + ", '" + o + "')"
	}
	rule := func(often int) string {
		if len(earlier) == 0 || r.IntN(often) > 0 {
			return ""
		}
		text := atom()
		for range r.IntN(3) {
			text = "(" + text + ")" + []string{" and ", " and ", " or "}[r.IntN(3)] + atom()
		}
		return text
	}
	d := document()
	n := 0
	for i := range 4 {
		s := survey.Section{ID: fmt.Sprintf("s%d", i+1), Title: fmt.Sprintf("Part %d", i+1), ShowIf: rule(3)}
		for range 1 + r.IntN(2) {
			if n++; n > 6 {
				break
			}
			id := "q" + strconv.Itoa(n)
			q := [](func() survey.Question){func() survey.Question { return scale(id, rule(2)) }, func() survey.Question {
				q := several(id, survey.TypeSeveral)
				q.ShowIf = rule(2)
				return q
			}, func() survey.Question { return small(id, rule(2)) }}[r.IntN(3)]()
			s.Questions = append(s.Questions, q)
			earlier = append(earlier, q)
		}
		if len(s.Questions) == 0 {
			break
		}
		if len(s.Questions) == 2 && r.IntN(3) == 0 {
			s.Ask = 1
		}
		d.Sections = append(d.Sections, s)
	}
	if r.IntN(2) == 0 && len(d.Sections) > 2 {
		d.Choices = []survey.Choice{{ID: "c1", Text: "Choose", Pick: 1}}
		for i := range 2 {
			d.Sections[i].Choice, d.Sections[i].ShowIf = "c1", ""
		}
	}
	return d
}

// everyWay goes through a survey with all answers, all topics and all draws.
func everyWay(d survey.Document, each func(asked func(survey.Section, survey.Question) bool)) {
	questions := d.Questions()
	said := map[string]string{}
	out := map[string]bool{} // sections and questions
	holds := func(text string) bool {
		e, err := expression.Parse(text)
		return strings.TrimSpace(text) == "" || err == nil && e.Holds(expression.Env{Answer: func(id string) string { return said[id] }})
	}
	asked := func(s survey.Section, q survey.Question) bool {
		return !out[s.ID] && !out[q.ID] && holds(s.ShowIf) && holds(q.ShowIf)
	}
	of := map[string]survey.Section{}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			of[q.ID] = s
		}
	}
	var answer func(i int)
	answer = func(i int) {
		if i == len(questions) {
			each(asked)
			return
		}
		q := questions[i]
		all := []string{""}
		if asked(of[q.ID], q) {
			all = append(all, answersTo(q)...)
		}
		for _, a := range all {
			said[q.ID] = a
			answer(i + 1)
		}
		delete(said, q.ID)
	}
	var draw func(i int)
	draw = func(i int) {
		if i == len(d.Sections) {
			answer(0)
			return
		}
		s := d.Sections[i]
		if s.Ask == 0 {
			draw(i + 1)
			return
		}
		for n := range s.Questions { // one of them is left out
			out[s.Questions[n].ID] = true
			draw(i + 1)
			delete(out, s.Questions[n].ID)
		}
	}
	if len(d.Choices) == 0 {
		draw(0)
		return
	}
	for i := range 2 { // one of two topics is left out
		out[d.Sections[i].ID] = true
		draw(0)
		delete(out, d.Sections[i].ID)
	}
}

func answersTo(q survey.Question) []string {
	switch q.Type {
	case survey.TypeNumber:
		return []string{"0", "1", "2", "3"}
	case survey.TypeSeveral:
		return []string{"a", "b", "c", "a b", "a c", "b c"}
	}
	return []string{"no", "some", "lot"}
}

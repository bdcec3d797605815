package collecting_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func unitNamed(t *testing.T, s *testkit.School, r round.Round, name string) round.Unit {
	t.Helper()
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	i := slices.IndexFunc(units, func(u round.Unit) bool { return u.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return units[i]
}

// Only what pupils may say with everybody looking on is asked aloud.
func TestWhatIsAskedByHands(t *testing.T) {
	scale := bank.Scale{ID: "often", Kind: bank.Unipolar, Favourable: []string{"b"}, FavourableWords: "often", Options: []bank.Option{{ID: "a", Value: 1, Label: "Never"}, {ID: "b", Value: 2, Label: "Often"}}}
	list := bank.Scale{ID: "list", Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}, {ID: "c", Label: "C"}}}
	d := survey.Document{Title: "T", Audience: bank.Pupils11to16, Language: "en-GB", Minutes: 3}
	want := map[string]string{} // why not
	expect := func(d survey.Document) {
		t.Helper()
		got := map[string]bool{}
		for _, q := range collecting.ForHands(d) {
			got[q.Text] = true
		}
		for text, why := range want {
			if got[text] != (why == "") {
				t.Errorf("%q is asked by hands: %v, and should not be because of %q", text, got[text], why)
			}
		}
	}
	add := func(why string, own survey.Own) {
		own.Origin = survey.FromSchool
		if p := d.AddOwn("", own); len(p) > 0 {
			t.Fatal(p)
		}
		want[own.Text] = why
	}
	add("", survey.Own{Text: "Is the lunch queue quick?", Scale: scale, About: bank.AboutSchool, Aloud: true})
	add("", survey.Own{Text: "Which club do you like best?", Scale: list, About: bank.AboutMe, Aloud: true})
	// No list of words would know these.
	for _, text := range []string{"Does Mr Jones explain things well?", "Does anyone hit or hurt you at break?", "Are you picked on?",
		"Do your mum or dad help you?", "Have you ever cried at school?", "Is the water cold?"} {
		add(collecting.HandsUnmarked, survey.Own{Text: text, Scale: scale, About: bank.AboutMe})
	}
	add(collecting.HandsPersonal, survey.Own{Text: "Is it calm in here?", Scale: scale, About: bank.AboutThisClass})
	add(collecting.HandsPersonal, survey.Own{Text: "Are lessons clear?", Scale: scale, About: bank.AboutLessons})
	add(collecting.HandsPersonal, survey.Own{Text: "Is there a quiet place where you live?", Scale: scale, About: bank.AboutHome})
	add(collecting.HandsPersonal, survey.Own{Text: "Is the way to school good?", Scale: scale, About: bank.AboutSchool, Sensitive: "safety"})
	add(collecting.HandsPersonal, survey.Own{Text: "Are you left-handed?", Scale: scale, About: bank.AboutMe, DescribesOneself: true})
	add(collecting.HandsKind, survey.Own{Text: "Which clubs are there?", Scale: list, Type: survey.TypeSeveral, About: bank.AboutSchool, Aloud: true})
	add(collecting.HandsKind, survey.Own{Text: "How many clubs?", Type: survey.TypeNumber, Min: 0, Max: 9, About: bank.AboutSchool, Aloud: true})
	add(collecting.HandsPart, survey.Own{Text: "How long is the queue?", Scale: scale, About: bank.AboutSchool, ShowIf: "selected(${q1}, 'a')", Aloud: true})
	if p := d.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	expect(d)
	for _, q := range d.Questions() {
		if q.Aloud && q.Wording != func() string { q.Aloud = false; return q.MakeWording() }() {
			t.Errorf("%s: the mark makes another wording", q.Text)
		}
	}
	reasons, counts := collecting.NotForHands(d)
	if fmt.Sprint(reasons, counts) != "[personal unmarked kind part] map[kind:2 part:1 personal:5 unmarked:6]" {
		t.Error(reasons, counts)
	}
	// A mark does not make a personal question fit, and is found as wrong.
	for i := range d.Sections[0].Questions {
		if q := &d.Sections[0].Questions[i]; want[q.Text] == collecting.HandsPersonal {
			q.Aloud = true
		}
	}
	expect(d)
	n := 0
	for _, p := range d.Problems() {
		if p.Key == survey.QuestionAloud {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d of 5 marks are found as wrong", n)
	}
	// What stands in a language that nobody here reads is asked by its mark too.
	d.Language = "pl"
	expect(d)
}

// Every item of the bank that is asked aloud is about the school, and none is sensitive.
func TestWhatTheBankAsksAloud(t *testing.T) {
	b, err := bank.Load()
	testkit.Must(t, err)
	ages := map[string]int{}
	for _, i := range b.Items {
		if i.Aloud {
			ages[i.Audience]++
		}
		if adults := regexp.MustCompile(`(?i)adult|grown|teacher|feel safe|parent|home`); i.Aloud && adults.MatchString(i.Text) {
			t.Errorf("%s is asked aloud: %s", i.ID, i.Text)
		}
	}
	if ages[bank.Pupils11to16] < 5 || ages[bank.Pupils7to10] < 5 {
		t.Errorf("too few to ask aloud: %v", ages)
	}
	d, _, problems := survey.FromItems(b, "Lunch", bank.Pupils11to16, []string{"org_s_food", "work_s_respect"})
	if len(problems) > 0 || len(collecting.ForHands(d)) != 1 || collecting.ForHands(d)[0].Item != "org_s_food" {
		t.Error(problems, collecting.ForHands(d))
	}
}

// A room is counted by somebody who does not teach it, and its counts are neither answers nor ever added to any.
func TestHandsAreCountedBySomebodyElse(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	groups := s.Forms("9A 12, 9B 14")
	tutor, other, governor := s.Staff("Lena Brandt", access.Teacher), s.Staff("Omar Said", access.Teacher), s.Staff("Win Acht", access.Governor)
	testkit.Must(t, roster.NewStore(s.DB).Teach(ctx, s.Head, groups[0].ID, []string{tutor.Person}))
	r := s.Open(s.Form(s.Survey("first_say"), groups))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	a, b := unitNamed(t, s, r, "9A"), unitNamed(t, s, r, "9B")
	doc := s.Doc(r)
	aloud := collecting.ForHands(doc)
	first, second := aloud[0], aloud[1]
	var unasked survey.Question // about adults
	for _, q := range doc.Questions() {
		if strings.Contains(q.Text, "adults") {
			unasked = q
		}
	}
	counts := func(q survey.Question, numbers ...string) map[string]map[string]string {
		m := map[string]string{}
		for i, n := range numbers {
			m[q.Options[i].ID] = n
		}
		return map[string]map[string]string{q.ID: m}
	}
	for name, c2 := range map[string]struct {
		who    access.Actor
		unit   round.Unit
		counts map[string]map[string]string
		kind   fault.Kind
		field  string
	}{
		"the class's own tutor":       {tutor, a, counts(first, "3"), fault.Forbidden, ""},
		"a governor":                  {governor, a, counts(first, "3"), fault.Forbidden, ""},
		"a year, not a class":         {other, unitNamed(t, s, r, "Year 9"), counts(first, "3"), fault.Conflict, ""},
		"words":                       {other, a, counts(first, "three"), fault.Invalid, first.ID + "." + first.Options[0].ID},
		"less than nobody":            {other, a, counts(first, "4", "-1"), fault.Invalid, first.ID + "." + first.Options[1].ID},
		"more hands than pupils":      {other, a, counts(first, "15"), fault.Invalid, first.ID + "." + first.Options[0].ID},
		"more in all than pupils":     {other, a, counts(first, "8", "7"), fault.Invalid, first.ID + "." + first.Options[0].ID},
		"a school this one is not of": {testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School").Head, a, counts(first, "3"), fault.Forbidden, ""},
	} {
		err := c.CountHands(ctx, c2.who, r, c2.unit, c2.counts)
		f, ok := fault.Of(err)
		if !ok || f.Kind != c2.kind || c2.field != "" && f.Fields[c2.field].Key == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	read := func() map[string]map[string]map[string]int {
		t.Helper()
		have, err := c.Hands(ctx, r)
		testkit.Must(t, err)
		return have
	}
	if have := read(); len(have) > 0 {
		t.Fatalf("what was refused is stored: %v", have)
	}

	// With two spare slips for newcomers, fourteen may raise a hand in a class of twelve.
	mixed := counts(first, "9", " 5 ", "")
	maps.Copy(mixed, counts(second, "0", "0"))
	maps.Copy(mixed, counts(unasked, "7"))
	testkit.Must(t, c.CountHands(ctx, other, r, a, mixed))
	testkit.Must(t, c.CountHands(ctx, tutor, r, b, counts(first, "1", "2"))) // not hers
	want := map[string]map[string]map[string]int{
		a.ID: {first.ID: {first.Options[0].ID: 9, first.Options[1].ID: 5}},
		b.ID: {first.ID: {first.Options[0].ID: 1, first.Options[1].ID: 2}},
	}
	equal := func(x, y map[string]map[string]map[string]int) bool {
		return maps.EqualFunc(x, y, func(x, y map[string]map[string]int) bool {
			return maps.EqualFunc(x, y, func(x, y map[string]int) bool { return maps.Equal(x, y) })
		})
	}
	if have := read(); !equal(have, want) {
		t.Errorf("stored %v, want %v", have, want)
	}
	// Counting again takes the place of the first count, in this class alone.
	testkit.Must(t, c.CountHands(ctx, other, r, a, counts(second, "4")))
	want[a.ID] = map[string]map[string]int{second.ID: {second.Options[0].ID: 4}}
	if have := read(); !equal(have, want) {
		t.Errorf("after counting again %v, want %v", have, want)
	}

	store := response.NewStore(s.DB)
	if n, err := store.Waits(ctx, r.SchoolID, r.ID); err != nil || n != 0 {
		t.Errorf("hands wait as %d answers, %v", n, err)
	}
	r = s.CloseAndSettle(r)
	n := 0
	testkit.Must(t, store.Each(ctx, r.SchoolID, r.ID, func(response.Response) error { n++; return nil }))
	if n != 0 {
		t.Errorf("hands became %d responses", n)
	}
	if have := read(); !equal(have, want) {
		t.Errorf("after settling %v, want %v", have, want)
	}
	if err := c.CountHands(ctx, other, r, a, counts(first, "3")); !fault.Is(err, fault.Conflict) {
		t.Errorf("counting after settling: %v", err)
	}
}

package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// draft reads a survey as it is stored.
func (s *server) draft(id string) survey.Document {
	s.T.Helper()
	sv, err := survey.NewStore(s.DB).Find(context.Background(), s.Head, id)
	testkit.Must(s.T, err)
	d, err := sv.Doc()
	testkit.Must(s.T, err)
	return d
}

// keep stores a survey.
func (s *server) keep(id string, d survey.Document) {
	s.T.Helper()
	testkit.Must(s.T, survey.NewStore(s.DB).Save(context.Background(), s.Head, id, d))
}

// refused asks for something that will not do, and for what the page says of it.
func refused(t *testing.T, s *server, path string, form url.Values, status int, says ...string) {
	t.Helper()
	res, body := s.do("POST", path, s.as(s.Head), form)
	if res.StatusCode != status {
		t.Errorf("%s %v: %d", path, form, res.StatusCode)
	}
	for _, want := range says {
		if !strings.Contains(unescaped(body), want) {
			t.Errorf("%s %v does not say %q", path, form, want)
		}
	}
}

func unescaped(body string) string {
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&gt;", ">", "&lt;", "<", "&amp;", "&").Replace(body)
}

func TestOwnQuestionsThatWillNotDo(t *testing.T) {
	s := newServer(t)
	id := s.Survey("first_say").ID
	own := func(pairs ...string) url.Values {
		form := url.Values{"text": {"Is the queue quick?"}, "type": {"one"}, "options": {"Never\r\nSometimes\r\nOften"}, "about": {"school"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	before := len(s.draft(id).Questions())
	const kept = `<textarea id="options"`
	refused(t, s, "/surveys/"+id+"/own", own("good", "3"), http.StatusUnprocessableEntity, "There are 3 answers, so from 1 to 2 of them can be good news.", kept, "Sometimes", "Is the queue quick?", `value="3"`)
	refused(t, s, "/surveys/"+id+"/own", own("good", "two"), http.StatusUnprocessableEntity, "as a whole number, such as 2", kept, "Sometimes", `value="two"`)
	refused(t, s, "/surveys/"+id+"/own", own("type", "number", "min", "few", "max", "9"), http.StatusUnprocessableEntity, "Write a whole number.", `value="few"`)
	refused(t, s, "/surveys/"+id+"/own", own("type", "number", "min", "9", "max", "3"), http.StatusUnprocessableEntity, "asks for a number from 9 to 3")
	refused(t, s, "/surveys/"+id+"/own", own("text", "A\u202eB?"), http.StatusUnprocessableEntity, "has characters that cannot be shown")
	refused(t, s, "/surveys/"+id+"/own", own("aloud", "yes", "care", "home"), http.StatusUnprocessableEntity, "it cannot be asked aloud", `name="aloud" value="yes" checked`)
	if n := len(s.draft(id).Questions()); n != before {
		t.Fatalf("%d questions, where there were %d", n, before)
	}
	for i, form := range []url.Values{own("good", "2", "aloud", "yes"), own("text", "Is it\r\nwarm?"), own("text", "How many?", "type", "number", "min", "0", "max", "9", "good", "no number")} {
		if res, body := s.do("POST", "/surveys/"+id+"/own", s.as(s.Head), form); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d: %d %.2000s", i, res.StatusCode, body)
		}
	}
	added := s.draft(id).Questions()[before:]
	if !added[0].Aloud || len(added[0].Favourable) != 2 || added[1].Aloud || added[1].Text != "Is it\nwarm?" {
		t.Errorf("%+v", added)
	}
	// The tick is taken back with the words, and comes back only with another.
	reword := url.Values{"text": {"Is Mr Jones quick?"}, "short": {"Quick"}, "same": {"no"}}
	refused(t, s, "/surveys/"+id+"/questions/"+added[0].ID, reword, http.StatusUnprocessableEntity, "This seems to be about one person.", "Is Mr Jones quick?", `name="person" value="yes">`)
	reword.Set("person", "yes")
	if res, _ := s.do("POST", "/surveys/"+id+"/questions/"+added[0].ID, s.as(s.Head), reword); res.StatusCode != http.StatusSeeOther {
		t.Error(res.StatusCode)
	}
	if q, _ := s.draft(id).Question(added[0].ID); q.Aloud || q.Text != "Is Mr Jones quick?" {
		t.Errorf("%+v", q)
	}
}

// A question that seems to judge one adult before the whole school is asked about once, and then taken as it is meant.
func TestOwnQuestionAboutOnePerson(t *testing.T) {
	s := newServer(t)
	id := s.Survey("first_say").ID
	before := len(s.draft(id).Questions())
	form := url.Values{"text": {"Does Mr Jones listen to you?"}, "type": {"one"}, "options": {"Never\r\nSometimes\r\nOften"}, "about": {"school"}}
	refused(t, s, "/surveys/"+id+"/own", form, http.StatusUnprocessableEntity, "This seems to be about one person. Should it be about “This class”?", "Does Mr Jones listen to you?", "Sometimes", `name="person" value="yes">`)
	if n := len(s.draft(id).Questions()); n != before {
		t.Fatalf("%d questions, where there were %d", n, before)
	}
	for i, change := range []func(){func() { form.Set("about", "this_class") }, func() {
		form.Set("about", "school")
		form.Set("text", "Does Miss Khan listen?")
		form.Set("person", "yes")
	},
		func() { form.Del("person"); form.Set("text", "Do teachers listen to you?") }} {
		change()
		if res, body := s.do("POST", "/surveys/"+id+"/own", s.as(s.Head), form); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%d: %d %.300s", i, res.StatusCode, body)
		}
	}
	// The tick stays where something else is wrong.
	form.Set("text", "Does your teacher listen?")
	form.Set("person", "yes")
	form.Set("options", "Never")
	refused(t, s, "/surveys/"+id+"/own", form, http.StatusUnprocessableEntity, `name="person" value="yes" checked>`)
	if _, body := s.do("GET", "/surveys/"+id+"/own", s.as(s.Head), nil); strings.Contains(body, `name="person"`) {
		t.Error("it is asked before anything was written")
	}
}

func TestRulesOnTheBuildersPages(t *testing.T) {
	s := newServer(t)
	id := s.Survey("first_say").ID
	d := s.draft(id)
	first, second, last := d.Questions()[0], d.Questions()[1], d.Questions()[len(d.Questions())-1]
	when := "/surveys/" + id + "/when/" + last.ID
	_, body := s.do("GET", when, s.as(s.Head), nil)
	contains(t, "the names of questions and answers", unescaped(body), "<code>${"+first.ID+"}</code> "+first.Text, "<code>'never'</code> Never", "<code>${"+second.ID+"}</code>")
	rule := func(text string) url.Values { return url.Values{"do": {"rule"}, "rule": {text}} }
	for text, says := range map[string]string{
		"${" + first.ID + "} > 2":                  "“" + last.Short + "”: “${" + first.ID + "} > 2” can never be true, whatever is answered.",
		"false()":                                  "“false()” can never be true",
		"${q99} = 'never'":                         "“" + last.Short + "”: the rule “${q99} = 'never'” looks at q99, which is not in this survey.",
		"selected(${" + first.ID + "}, 'chips')":   "looks for the answer chips to “" + first.Short + "” (" + first.ID + ")",
		"selected(${" + last.ID + "}, 'never')":    "looks at “" + last.Short + "” (" + last.ID + "), which is asked at the same place or later",
		"selected(${" + first.ID + "}, 'never') (": "cannot be read, at its character",
	} {
		refused(t, s, when, rule(text), http.StatusUnprocessableEntity, says, ">"+text+"</textarea>")
	}
	if q, _ := s.draft(id).Question(last.ID); q.ShowIf != "" {
		t.Fatalf("%s is stored", q.ShowIf)
	}
	if res, _ := s.do("POST", when, s.as(s.Head), rule("not(${"+first.ID+"} = 'never')")); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	// What decides stays; nothing that was typed beside it is lost.
	refused(t, s, "/surveys/"+id, url.Values{"title": {"Our say"}, "minutes": {"4"}, "do": {"remove " + first.ID}}, http.StatusConflict,
		"“"+first.Short+"” ("+first.ID+") cannot be taken out yet. “"+last.Short+"” is asked only after some of its answers: change that rule first.", `value="Our say"`)
	if _, there := s.draft(id).Question(first.ID); !there {
		t.Error("what decides is gone")
	}
	// A rule that fits by itself and not with the rule of its part is not taken; one that rules nobody out is remarked upon.
	s.do("POST", when, s.as(s.Head), url.Values{"do": {"always"}})
	d.AddSection("More", "")
	testkit.Must(t, problemsOf(d.AddItem(s.Bank, "s2", "org_s_food")))
	s.keep(id, d)
	food := d.Questions()[len(d.Questions())-1]
	part, more := "/surveys/"+id+"/when/s2", "/surveys/"+id+"/when/"+food.ID
	if res, _ := s.do("POST", part, s.as(s.Head), rule("${"+first.ID+"} = 'never'")); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	refused(t, s, more, rule("${"+first.ID+"} = 'often'"), http.StatusUnprocessableEntity, "“"+food.Short+"”: “${"+first.ID+"} = 'often' and ${"+first.ID+"} = 'never'” can never be true, whatever is answered.",
		"These are its own rule and those of: The part “More”.")
	for text, says := range map[string]string{"${" + first.ID + "} != 'often'": "is always true, so it leaves nobody out.", "${" + second.ID + "} = '" + second.Options[0].ID + "'": ""} {
		if res, _ := s.do("POST", more, s.as(s.Head), rule(text)); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", text, res.StatusCode)
		}
		if _, body := s.do("GET", "/surveys/"+id, s.as(s.Head), nil); says != "" && !strings.Contains(unescaped(body), says) || says == "" && strings.Contains(body, "always true") {
			t.Errorf("%s: the page of the survey says something else of it", text)
		}
	}
	for _, where := range []string{more, part} {
		s.do("POST", where, s.as(s.Head), url.Values{"do": {"always"}})
	}
	s.do("POST", "/surveys/"+id, s.as(s.Head), url.Values{"title": {"Our say"}, "minutes": {"4"}, "do": {"remove " + food.ID}})
	s.do("POST", "/surveys/"+id, s.as(s.Head), url.Values{"title": {"Our say"}, "minutes": {"4"}, "do": {"remove " + first.ID}})
	s.do("POST", "/surveys/"+id, s.as(s.Head), url.Values{"title": {"Our say"}, "minutes": {"4"}, "do": {"remove " + last.ID}})
	s.do("POST", "/surveys/"+id+"/items", s.as(s.Head), url.Values{"item": {first.Item}})
	d = s.draft(id)
	if _, there := d.Question(first.ID); there || d.Questions()[len(d.Questions())-1].ID == last.ID {
		t.Error("an id is used again")
	}

	// What is broken says where, and a part without a title has a name.
	testkit.Must(t, problemsOf(d.AddItem(s.Bank, d.AddSection("", ""), "org_s_food")))
	d.Sections[1].ShowIf, d.Sections[1].Ask = "${"+last.ID+"} = 'never'", 4
	s.keep(id, d)
	_, body = s.do("GET", "/surveys/"+id, s.as(s.Head), nil)
	contains(t, "the survey's page", unescaped(body), "Part 2, without a title: the rule “${"+last.ID+"} = 'never'” looks at "+last.ID+", which is not in this survey.", "Part 2, without a title: it has 1 questions and asks 4 of them.")
}

func problemsOf(list []survey.Problem) error {
	if len(list) > 0 {
		return errProblem(list[0].Key)
	}
	return nil
}

type errProblem string

func (e errProblem) Error() string { return string(e) }

// Topics that were given up do not lend their choice's id to the next ones.
func TestTopicsGetAChoiceOfTheirOwn(t *testing.T) {
	s := newServer(t)
	id := s.Survey("first_say").ID
	d := s.draft(id)
	for i, item := range []string{"org_s_food", "org_s_queue", "org_s_clean"} {
		d.AddSection([]string{"Food", "Queue", "Toilets"}[i], "")
		testkit.Must(t, problemsOf(d.AddItem(s.Bank, d.Sections[i+1].ID, item)))
	}
	d.Sections[0].Title = "First"
	s.keep(id, d)
	save := func(topics ...string) survey.Document {
		t.Helper()
		form := url.Values{"title": {"Lunch"}, "minutes": {"4"}, "choice": {"Choose"}, "pick": {"1"}, "draw": {"0"}}
		for _, section := range d.Sections {
			form.Set("text-"+section.ID, "")
			form.Set("ask-"+section.ID, "")
		}
		for _, topic := range topics {
			form.Set("topic-"+topic, "yes")
		}
		if res, _ := s.do("POST", "/surveys/"+id, s.as(s.Head), form); res.StatusCode != http.StatusSeeOther {
			t.Fatal(res.StatusCode)
		}
		return s.draft(id)
	}
	if got := save("s2", "s3", "s4"); len(got.Choices) != 1 || got.Choices[0].ID != "c1" || got.Sections[1].Choice != "c1" || len(got.Problems()) > 0 {
		t.Errorf("%+v %v", got.Choices, got.Problems())
	}
	if got := save("s2", "s3"); len(got.Choices) != 1 || got.Choices[0].ID != "c1" || got.Sections[3].Choice != "" {
		t.Errorf("%+v", got.Choices)
	}
	if got := save(); len(got.Choices) != 0 || got.Sections[1].Choice != "" {
		t.Errorf("%+v", got.Choices)
	}
	if got := save("s2", "s3", "s4"); len(got.Choices) != 1 || got.Choices[0].ID != "c2" || got.Sections[3].Choice != "c2" || got.Choices[0].Text != "Choose" {
		t.Errorf("%+v", got.Choices)
	}
}

// The page where hands are counted says what is left out, and why.
func TestHandsSayWhatIsLeftOut(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_say")
	often, _ := s.Bank.Scale("freq5")
	s.keep(sv.ID, func() survey.Document {
		d := s.draft(sv.ID)
		testkit.Must(t, problemsOf(d.AddOwn("", survey.Own{Text: "Does Mr Jones explain things well?", About: "school", Origin: survey.FromSchool, Scale: often})))
		return d
	}())
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	unit := units[slices.IndexFunc(units, func(u round.Unit) bool { return u.Name == "9A" })].ID
	_, body := s.do("GET", "/rounds/"+r.ID+"/hands?unit="+unit, s.as(s.Staff("Lena Brandt", access.Teacher)), nil)
	contains(t, "the page", unescaped(body), "7 of the 9 questions are not asked aloud", "2 are sensitive, or about a person, a class, lessons or home.", "5 are not marked as fit for it")
	if strings.Contains(body, "Mr Jones") {
		t.Error("a question about an adult is asked aloud")
	}
}

func TestWhichQuestionMattersMost(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_say")
	d := s.draft(sv.ID)
	_, body := s.do("GET", "/rounds/new?survey="+sv.ID, s.as(s.Head), nil)
	contains(t, "the form", body, "Which question matters most to you?", "Results will show which answers go with it.")
	form := url.Values{"survey": {sv.ID}, "title": {"Say"}, "why": {"we want to do better"}, "may_change": {"Lessons."}, "about": {"school"},
		"mode": {"anonymous"}, "purpose": {"school"}, "readers": {s.Head.Person}, "closes_at": {"2026-10-16"}, "reply_by": {"2026-10-30"}, "outcome": {"q99"}}
	for _, g := range s.Forms("9A 27, 9B 28") {
		form.Add("groups", g.ID)
	}
	refused(t, s, "/rounds", form, http.StatusUnprocessableEntity, "This question cannot be the one that matters most.", `value="we want to do better"`)
	form.Set("outcome", d.Questions()[3].ID)
	res, body := s.do("POST", "/rounds", s.as(s.Head), form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %.2000s", res.StatusCode, body)
	}
	path := res.Header.Get("Location")
	_, body = s.do("GET", path, s.as(s.Head), nil)
	contains(t, "the draft", body, "<dt>What matters most</dt><dd>"+d.Questions()[3].Text+"</dd>")
	_, body = s.do("GET", path+"/edit", s.as(s.Head), nil)
	contains(t, "the form again", body, `<option value="`+d.Questions()[3].ID+`" selected>`)
	if res, _ := s.do("POST", path+"/opening", s.as(s.Head), url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	form.Set("outcome", d.Questions()[4].ID)
	if res, _ := s.do("POST", path, s.as(s.Head), form); res.StatusCode != http.StatusConflict {
		t.Errorf("chosen after opening: %d", res.StatusCode)
	}
	_, body = s.do("GET", path, s.as(s.Head), nil)
	contains(t, "the open round", body, "<dd>"+d.Questions()[3].Text+"</dd>")
}

// A draft by e-mail says whom no invitation can reach, before anybody opens it.
func TestDraftsSayWhomNoMailReaches(t *testing.T) {
	for name, c := range map[string]struct {
		families []string
		says     string
	}{
		"no parents":      {nil, "No parents are known for these forms."},
		"no address":      {[]string{"Eve Carr: Fay Carr 7B", "Hal Dunn: Ivy Dunn 9A"}, "None of those who are asked has an e-mail address"},
		"some addresses":  {fewFamilies, "1 of the 3 who are asked has no e-mail address and needs a slip of paper."},
		"every address":   {fewFamilies[:1], ""},
		"a child of each": {[]string{"Eve Carr: Fay Carr 7B, Gil Carr 9A", "Ann Bell <ann@home.example>: Bo Bell 7A"}, "1 of the 2 who are asked has no e-mail address and needs a slip of paper."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			groups := s.Families(c.families...)
			if len(groups) == 0 {
				groups = s.Forms("9A 27")
			}
			f := s.MailForm("first_home", groups)
			f.Plan.PerChild = true
			r, err := s.Rounds().SaveDraft(context.Background(), s.Head, "", f)
			testkit.Must(t, err)
			_, body := s.do("GET", "/rounds/"+r.ID, s.as(s.Head), nil)
			if warned := strings.Contains(body, `<div class="notice warning">`); warned != (c.says != "") || !strings.Contains(unescaped(body), c.says) {
				t.Errorf("the draft does not say %q", c.says)
			}
		})
	}
}

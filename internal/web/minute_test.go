package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestARoundBeginsWithAMinute: a page before the first question, in every language, in one flight, which costs the page that
// follows nothing and holds nobody up.
func TestARoundBeginsWithAMinute(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	for _, l := range words.Languages()[1:] {
		f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, l.Code))}
		testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(ctx, s.Head, l.Code, language.Approved, f))
	}
	f := s.Form(s.Survey("how_is_learning"), s.Forms("9A 27, 9B 28"))
	plain := s.Open(f)
	f.Plan.Minute = true
	r := s.Open(f)
	get := func(path string) (*http.Response, string) { return s.do("GET", path, nil, nil) }
	if res, _ := get("/a/" + r.Code); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/a/"+r.Code+"/minute" {
		t.Fatalf("it begins with %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := get("/a/" + plain.Code); res.StatusCode != http.StatusOK {
		t.Errorf("a round without a minute: %d", res.StatusCode)
	}
	if res, _ := get("/a/" + plain.Code + "/minute"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a round without a minute has one: %d", res.StatusCode)
	}
	for _, l := range words.Languages() {
		n, requests, html := s.firstView("/a/" + r.Code + "/minute?lang=" + l.Code)
		if n > most || requests > 3 {
			t.Errorf("the minute in %s takes %d bytes in %d requests", l.Code, n, requests)
		}
		next := "/a/" + r.Code + "?lang=" + l.Code + "&amp;ready=1"
		if !strings.Contains(html, words.In(l.Code).Say("minute.ready")) || !strings.Contains(html, next) || strings.Contains(html, "http-equiv") {
			t.Errorf("the minute in %s does not lead on:\n%s", l.Code, html)
		}
		with, _, page := s.firstView(strings.ReplaceAll(next, "&amp;", "&"))
		without, _, _ := s.firstView("/a/" + plain.Code + "?lang=" + l.Code)
		if with > without+8 || strings.Contains(page, "/minute") { // the two codes are other letters
			t.Errorf("in %s the page takes %d bytes after a minute and %d without", l.Code, with, without)
		}
	}
	// Without a script: the code is typed after the minute, and the answers go.
	code := s.Slips(r)["9A"][0]
	if res, body := s.do("POST", "/a/"+r.Code, nil, url.Values{"code": {code}}); res.StatusCode != http.StatusOK {
		t.Errorf("sent: %d\n%s", res.StatusCode, body)
	}
	closed, err := s.Rounds().Close(ctx, s.Head, s.Open(f).ID)
	testkit.Must(t, err)
	if res, body := get("/a/" + closed.Code + "/minute"); res.StatusCode != http.StatusGone || strings.Contains(body, "I am ready") {
		t.Errorf("the minute of a closed round: %d", res.StatusCode)
	}
}

// TestAPreviewHasItsMinute: of a round that begins with one, whoever looks at it first sees the minute; of a survey, where
// no round has said so yet, there is a way to it.
func TestAPreviewHasItsMinute(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("how_is_learning")
	f := s.Form(sv, s.Forms("9A 27"))
	draft := func() string {
		r, err := s.Rounds().SaveDraft(context.Background(), s.Head, "", f)
		testkit.Must(t, err)
		return "/rounds/" + r.ID + "/preview"
	}
	const ready, questions, note = "I am ready", `class="step"`, "This is a preview"
	is := func(path string, minute bool) {
		t.Helper()
		body := s.open(s.Head, path)
		if strings.Contains(body, ready) != minute || strings.Contains(body, questions) == minute || !strings.Contains(body, note) {
			t.Errorf("%s: a minute is %v\n%s", path, minute, body)
		}
	}
	is(draft(), false)
	f.Plan.Minute = true
	path := draft()
	is(path, true)
	if !strings.Contains(s.open(s.Head, path), `href="`+path+`?ready=1"`) {
		t.Error("the minute does not lead on")
	}
	is(path+"?ready=1", false)
	if strings.Contains(s.open(s.Head, path+"?ready=1"), "?minute=1") {
		t.Error("a round has said whether there is a minute, and its preview asks again")
	}
	of := "/surveys/" + sv.ID + "/preview"
	is(of, false)
	if !strings.Contains(s.open(s.Head, of), `href="`+of+`?minute=1"`) {
		t.Error("no way to the minute from a survey")
	}
	is(of+"?minute=1", true)
	is(of+"?ready=1", false)
}

// TestThinkingCards prints four cards a language, with what the survey is about, and only where a round begins with a minute.
func TestThinkingCards(t *testing.T) {
	s := newServer(t)
	teacher := s.Staff("Tia Cole", access.Teacher)
	sv := s.Survey("how_is_learning")
	f := s.Form(sv, s.Forms("9A 27"))
	plain := s.Open(f)
	f.Plan.Minute = true
	r := s.Open(f)
	s.speaks(sv, "pl")
	body := unescaped(s.open(teacher, "/rounds/"+r.ID+"/thinking"))
	if !strings.Contains(body, "/thinking?language=pl") || strings.Contains(body, `<section class="thinking" aria-label="Polish"`) {
		t.Error("the cards of all languages come at once, or the others cannot be found")
	}
	body += unescaped(s.open(teacher, "/rounds/"+r.ID+"/thinking?language=pl"))
	polish := words.In("pl").Say("minute.card")
	if n, m := strings.Count(body, "<h1>Think first</h1>"), strings.Count(body, "<h1>"+polish+"</h1>"); n != 4 || m != 4 {
		t.Errorf("%d cards in English, %d in Polish", n, m)
	}
	if strings.Count(body, "<h2>What is good?</h2>") != 4 || strings.Count(body, "<h2>"+words.In("pl").Say("minute.change")+"</h2>") != 4 {
		t.Errorf("the cards ask nothing:\n%s", body)
	}
	// A survey in parts is thought about part by part, on the card and on the screen.
	often, _ := s.Bank.Scale("freq5")
	doc := survey.Document{Title: "In parts", Audience: bank.Pupils11to16, Language: "en-GB", Minutes: 3}
	for _, title := range []string{"Lessons & homework", "Break times"} {
		testkit.Must(t, problemsOf(doc.AddOwn(doc.AddSection(title, ""), survey.Own{Text: "How is it? " + title, About: bank.AboutSchool, Origin: survey.FromSchool, Scale: often})))
	}
	own, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	f.SurveyID = own.ID
	parts := s.Open(f)
	card, screen := unescaped(s.open(teacher, "/rounds/"+parts.ID+"/thinking")), unescaped(s.open(teacher, "/a/"+parts.Code+"/minute"))
	for _, title := range []string{"Lessons & homework", "Break times"} {
		if strings.Count(card, "<h2>"+title+"</h2>") != 4 || strings.Count(screen, "<li>"+title+"</li>") != 1 {
			t.Errorf("%s is not thought about", title)
		}
	}
	if res, _ := s.do("GET", "/rounds/"+plain.ID+"/thinking", s.as(s.Head), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("cards of a round without a minute: %d", res.StatusCode)
	}
	script := s.open(teacher, "/rounds/"+r.ID+"/script")
	if !strings.Contains(script, "Put the screen down") || strings.Contains(s.open(teacher, "/rounds/"+plain.ID+"/script"), "Put the screen down") {
		t.Error("the script for the room does not go with the minute")
	}
}

// TestTheCalendarOfASchool is read and set by the head; what is wrong is said beside its row and nothing is lost.
func TestTheCalendarOfASchool(t *testing.T) {
	s := newServer(t)
	head := s.as(s.Head)
	if page := s.open(s.Head, "/school/calendar"); !strings.Contains(page, "British schools") || !strings.Contains(page, `value="20"`) {
		t.Error("it does not say which terms are meant while none is set")
	}
	form := url.Values{"minutes": {"12"}, "terms-name": {"Autumn", "", ""}, "terms-first": {"2026-09-03", "", ""}, "terms-last": {"2026-12-18", "", ""},
		"holidays-name": {"Half-term", ""}, "holidays-first": {"2026-10-30", ""}, "holidays-last": {"2026-10-26", ""},
		"quiet-name": {"Mocks"}, "quiet-first": {"2026-11-30"}, "quiet-last": {"2026-12-04"}}
	res, body := s.do("POST", "/school/calendar", head, form)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "lies before the first") || !strings.Contains(body, `value="Mocks"`) || !strings.Contains(body, `value="2026-12-18"`) {
		t.Errorf("a holiday that ends before it begins: %d\n%s", res.StatusCode, body)
	}
	form["holidays-last"] = []string{"2026-11-03", ""}
	for _, minutes := range []string{"4", "41", "", "many"} {
		form.Set("minutes", minutes)
		if res, _ := s.do("POST", "/school/calendar", head, form); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q minutes: %d", minutes, res.StatusCode)
		}
	}
	form.Set("minutes", "12")
	if res, body := s.do("POST", "/school/calendar", head, form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d\n%s", res.StatusCode, body)
	}
	page := s.open(s.Head, "/school/calendar")
	for _, want := range []string{`value="12"`, `value="Autumn"`, `value="Half-term"`, `value="2026-11-03"`, `value="Mocks"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the calendar has lost %s", want)
		}
	}
	if strings.Contains(page, "British schools") {
		t.Error("terms are set, and it says that British ones are meant")
	}
	// A leader who is not the head reads it and cannot change it; a teacher and a governor have no door to it.
	leader := s.Staff("Martin Ellwood", access.Leader)
	if page := s.open(leader, "/school/calendar"); !strings.Contains(page, "Mocks: 30 November 2026 to 4 December 2026") || !strings.Contains(page, "12 minutes in a term") || strings.Contains(page, "<input") {
		t.Errorf("a leader reads\n%s", page)
	}
	if res, _ := s.do("POST", "/school/calendar", s.as(leader), form); res.StatusCode != http.StatusForbidden {
		t.Errorf("a leader changes it: %d", res.StatusCode)
	}
	for _, role := range []access.Role{access.Teacher, access.Governor} {
		if res, _ := s.do("GET", "/school/calendar", s.as(s.Staff("Sam "+string(role), role)), nil); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", role, res.StatusCode)
		}
	}
	// The next round is measured against it, and refused on the quiet days.
	forms := s.Forms("9A 27")
	draft, err := s.Rounds().SaveDraft(context.Background(), s.Head, "", s.Form(s.Survey("how_is_learning"), forms))
	testkit.Must(t, err)
	if body := s.open(s.Head, "/rounds/"+draft.ID); !strings.Contains(body, "the school has set 12 a term") || !strings.Contains(body, "(Autumn, from 3 September 2026)") {
		t.Errorf("the round's page does not say how much may be asked:\n%s", body)
	}
	if body := s.open(s.Head, "/rounds/"+draft.ID+"/edit"); !strings.Contains(body, "the school has set 12 a term") {
		t.Error("nor does its form")
	}
}

// TestSomebodyEndsTheirMailAWeek in their settings, and from the mail without signing in.
func TestSomebodyEndsTheirMailAWeek(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	st := action.NewStore(s.DB, s.Key, s.Bank)
	wanted := func(who access.Actor) bool {
		d, err := st.Digest(ctx, who.School, who.Person)
		testkit.Must(t, err)
		return d.Wanted(who)
	}
	teacher := s.Staff("Tia Cole", access.Teacher)
	if !wanted(s.Head) || wanted(teacher) {
		t.Error("heads get it until they end it, teachers once they ask for it")
	}
	if res, _ := s.do("POST", "/me", s.as(teacher), url.Values{"choice": {"on"}}); res.StatusCode != http.StatusSeeOther || !wanted(teacher) {
		t.Errorf("a teacher asks for it: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", "/me", s.as(teacher), url.Values{"choice": {"sometimes"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("what cannot be chosen: %d", res.StatusCode)
	}
	link := st.StopDigestURL("", s.Head.School, s.Head.Person)
	if res, body := s.do("GET", link, nil, nil); res.StatusCode != http.StatusOK || !strings.Contains(body, "End the mail a week") || !wanted(s.Head) {
		t.Errorf("looking ends nothing: %d", res.StatusCode)
	}
	if res, body := s.do("POST", link, nil, url.Values{"List-Unsubscribe": {"One-Click"}}); res.StatusCode != http.StatusOK || wanted(s.Head) || !strings.Contains(body, "is ended") {
		t.Errorf("one click: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", link, nil, url.Values{"choice": {"on"}}); res.StatusCode != http.StatusOK || !wanted(s.Head) {
		t.Errorf("taken back: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", link[:len(link)-1]+"0", nil, nil); strings.HasSuffix(link, "0") == (res.StatusCode == http.StatusNotFound) {
		t.Errorf("a link that nobody was sent: %d", res.StatusCode)
	}
}

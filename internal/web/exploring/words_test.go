package exploring_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
	"earshot/internal/web/page"
)

// said are what pupils write: three subjects, twenty of each, and a few that say the same.
func said(i int) string {
	noise := []string{"shouting", "calling out", "talking over others", "banging doors"}[i/3%4]
	food := []string{"pizza", "salad", "hot dinners", "fruit"}[i/3%4]
	lock := []string{"locks", "soap", "towels", "lights"}[i/3%4]
	switch {
	case i%3 == 0:
		return fmt.Sprintf("Less noise and %s in corridors, number %d", noise, i)
	case i%3 == 1 && i < 12:
		return "The queue for lunch in the canteen is far too long."
	case i%3 == 1:
		return fmt.Sprintf("A shorter lunch queue and cheaper %s in the canteen %d", food, i)
	}
	return fmt.Sprintf("Toilets that are clean, with %s in the toilets on floor %d", lock, i)
}

// spoken is a school where 66 pupils of three forms wrote, and the safeguarding lead let all of it go.
func spoken(t *testing.T) (s *site, r round.Round, leader access.Actor) {
	t.Helper()
	ctx := context.Background()
	s = newSite(t)
	lead := s.Staff("Sal Ortiz", access.SafeguardingLead)
	leader = s.Staff("Sunita Rao", access.Leader)
	doc, _, problems := survey.FromTemplate(s.Bank, "first_belong")
	problems = append(problems, doc.AddOwn("", survey.Own{Text: "What should change at school?", Short: "What should change", About: bank.AboutSchool, Type: survey.TypeLongText, Origin: survey.FromSchool})...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	r = s.Open(s.Form(sv, s.Forms("7A 27, 7B 28, 8A 26")))
	box := ""
	for _, q := range s.Doc(r).Questions() {
		if q.Type.IsText() {
			box = q.ID
		}
	}
	wrote, codes := 0, s.Slips(r)
	for _, unit := range []string{"7A", "7B", "8A"} {
		for _, code := range codes[unit][:22] {
			answers, problems := s.Doc(r).Read(func(string) []string { return nil }, "2026-11-22")
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			sent := collecting.Sending{Code: code, Receipt: code, Answers: answers, Route: "own_device", Remarks: []survey.Remark{{Question: box, Words: said(wrote), Far: string(safeguard.Exact)}}}
			if out, err := s.collector.Submit(ctx, r, sent); err != nil || out != collecting.Stored {
				t.Fatal(out, err)
			}
			wrote++
		}
	}
	s.Clock.Forward(time.Hour)
	r = s.CloseAndSettle(r)
	results := result.NewStore(s.DB, s.Key, s.Bank)
	_, err = results.Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	held, reader := safeguard.NewStore(s.DB, s.Key), safeguard.Reader{Actor: lead}
	queue, err := held.Queue(ctx, reader, r.ID)
	testkit.Must(t, err)
	for _, o := range queue {
		_, err := held.ReadComment(ctx, reader, r.ID, o.ID)
		testkit.Must(t, err)
		d := safeguard.Decision{Release: true, Told: o.Words}
		if o.Words == said(65) {
			d.Told = "One pupil <wants> something that points at nobody."
		}
		_, err = held.Decide(ctx, reader, r.ID, o.ID, d)
		testkit.Must(t, err)
	}
	gone, waiting, err := results.Let(ctx, lead, r.ID)
	testkit.Must(t, err)
	if gone != 66 || waiting != 0 {
		t.Fatalf("%d gone, %d waiting", gone, waiting)
	}
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	return s, r, leader
}

func (s *site) post(who access.Actor, path string, form url.Values) (int, string) {
	s.T.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	token, err := s.kit.Identity().StartSession(context.Background(), who.Account, who.School)
	testkit.Must(s.T, err)
	req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: token})
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

var themeLink = regexp.MustCompile(`href="([^"]*/words/theme\?[^"]*)"`)

func plain(body string) string {
	return strings.NewReplacer("<mark>", "", "</mark>", "").Replace(body)
}

func TestWordsAreReadByTheme(t *testing.T) {
	s, r, leader := spoken(t)
	address := "/rounds/" + r.ID + "/words"
	body := s.page(leader, address)
	for i := range 65 {
		if text := said(i); !strings.Contains(plain(body), text) {
			t.Errorf("%q cannot be read", text)
		}
	}
	if n := strings.Count(body, "<blockquote"); n != 66 {
		t.Errorf("%d comments stand on the page, not 66", n)
	}
	for _, want := range []string{"reading aid", "<mark>lunch</mark>", "and 3 much like it", "retold by an adult", "&lt;wants&gt;", "Year 7", "Year 8"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	links := themeLink.FindAllStringSubmatch(body, -1)
	if len(links) != 3 {
		t.Fatalf("%d themes, not 3", len(links))
	}
	// Of one year there are its own words alone.
	year := ""
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	for _, u := range units {
		if u.Name == "Year 8" {
			year = u.ID
		}
	}
	eight := s.page(leader, address+"?unit="+year)
	if n := strings.Count(eight, "<blockquote"); n != 22 || strings.Contains(eight, "<p class=\"hint\">Year 7") {
		t.Errorf("%d comments of Year 8, not 22", n)
	}
	if strings.Contains(eight, "<h3 dir=\"auto\">") {
		t.Error("a theme of fewer than ten writers is shown")
	}
	for _, who := range []access.Actor{{}, s.Staff("Tom Hale", access.Teacher), s.Staff("Gia Wolf", access.Governor), s.Staff("Ada Lowe", access.Administrator)} {
		if status, body := s.get(who, address); status == http.StatusOK {
			t.Errorf("%s reads %.200s", who.Name, body)
		}
	}
	if status, _ := s.get(leader, address+"?unit=nothing"); status != http.StatusNotFound {
		t.Errorf("a group that is not there: %d", status)
	}
}

func TestLeadersNameMergeAndKeepThemes(t *testing.T) {
	s, r, leader := spoken(t)
	address := "/rounds/" + r.ID + "/words"
	links := func() (list []string) {
		for _, m := range themeLink.FindAllStringSubmatch(s.page(leader, address), -1) {
			list = append(list, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		return list
	}
	first := links()
	for _, who := range []access.Actor{s.Staff("Tom Hale", access.Teacher), s.Staff("Gia Wolf", access.Governor)} {
		for _, form := range []url.Values{{"name": {"Mine"}}, {"do": {"forget"}, "rule": {"x"}}} {
			if status, _ := s.post(who, first[0], form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s changes a theme: %d", who.Name, status)
			}
		}
	}
	form := s.page(leader, first[0])
	if !strings.Contains(form, "Which one is the same?") || strings.Contains(form, "Forget what was set") {
		t.Errorf("the form is wrong: %s", form)
	}
	if status, body := s.post(leader, first[0], url.Values{"name": {strings.Repeat("x", 81)}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, strings.Repeat("x", 81)) {
		t.Errorf("a long name: %d", status)
	}
	if status, _ := s.post(leader, first[0], url.Values{"do": {"merge"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("merged with nothing: %d", status)
	}
	if status, _ := s.post(leader, first[0], url.Values{"name": {"A theme with a new name"}, "pinned": {"yes"}}); status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	body := s.page(leader, address)
	if !strings.Contains(body, ">A theme with a new name</h3>") || !strings.Contains(body, "keeps this theme in every survey") || !strings.Contains(body, "What your school has set") {
		t.Error("the theme has no new name")
	}
	// What was first is a rule now, so the old address leads nowhere, and says so.
	if status, _ := s.get(leader, first[0]); status != http.StatusNotFound {
		t.Errorf("%d", status)
	}
	second := links()
	u, err := url.Parse(second[1])
	testkit.Must(t, err)
	if status, _ := s.post(leader, second[0], url.Values{"do": {"merge"}, "with": {u.Query().Get("theme")}}); status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	third := links()
	if len(third) != 2 {
		t.Errorf("%d themes after two were merged", len(third))
	}
	rules, err := result.NewStore(s.DB, s.Key, s.Bank).ThemeRules(context.Background(), r.SchoolID)
	testkit.Must(t, err)
	if len(rules) != 1 || rules[0].Name != "A theme with a new name" || !rules[0].Pinned || len(rules[0].Words) < 10 {
		t.Fatalf("%+v", rules)
	}
	if status, _ := s.post(leader, third[0], url.Values{"do": {"forget"}, "rule": {rules[0].ID}}); status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	if now := links(); strings.Join(now, " ") != strings.Join(first, " ") {
		t.Error("forgetting does not bring back what was found")
	}
	entries := 0
	testkit.Must(t, s.DB.Query(context.Background()).Model(&audit.Entry{}).Select("count(*)").Where("action = ?", "themes.change").Scan(&entries).Error)
	if entries != 3 {
		t.Errorf("%d changes are in the audit, not 3", entries)
	}
	// Nobody else's school has the rules.
	if other, err := result.NewStore(s.DB, s.Key, s.Bank).ThemeRules(context.Background(), "another"); err != nil || len(other) != 0 {
		t.Errorf("%v, %v", other, err)
	}
}

// TestASurveyWithoutABoxSaysSo: an address kept or guessed leads to a sentence, and not to a page about words that nobody was
// asked for.
func TestASurveyWithoutABoxSaysSo(t *testing.T) {
	s := newSite(t)
	r := s.settled(s.Form(s.Survey("first_belong"), s.Forms("7A 27, 7B 28")), map[string]int{"7A": 24, "7B": 20})
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	body := s.page(s.Staff("Sunita Rao", access.Leader), "/rounds/"+r.ID+"/words")
	if !strings.Contains(body, "had no box to write in") || strings.Contains(body, "read every comment") || strings.Contains(body, "Words appear once") {
		t.Errorf("a survey without a box: %s", body)
	}
}

package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// posted is a school with a server and a mail server.
type posted struct {
	*server
	post  *testkit.PostOffice
	clock schedule.Clock
}

func newPosted(t testing.TB) *posted {
	t.Helper()
	s := testkit.NewSchool(t)
	post := testkit.NewPostOffice(t)
	from, err := mail.From("voice@school.example")
	testkit.Must(t, err)
	sender, err := mail.SMTP(post.URL, from)
	testkit.Must(t, err)
	c := collecting.NewCollector(s.DB, s.Key)
	k := &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: c, Log: slog.New(slog.DiscardHandler), Mail: sender}
	w, err := web.New(k, web.Options{})
	testkit.Must(t, err)
	srv := httptest.NewServer(w.Echo)
	k.BaseURL = srv.URL
	t.Cleanup(func() { srv.Close(); c.Stop() })
	return &posted{&server{s, c, w, srv}, post,
		schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler), Mail: sender, BaseURL: srv.URL}}
}

// deliver sends what waits and gives what arrived, by address.
func (p *posted) deliver() map[string]testkit.Post {
	p.T.Helper()
	testkit.Must(p.T, p.clock.Tick(context.Background()))
	testkit.Must(p.T, p.clock.Post(context.Background()))
	got := map[string]testkit.Post{}
	for _, m := range p.post.Take() {
		got[m.To] = m
	}
	return got
}

var linkPattern = regexp.MustCompile(`http://[^\s#]+#[0-9A-Z]{12}`)

// link is the personal link of a mail.
func link(t testing.TB, m testkit.Post) string {
	t.Helper()
	found := linkPattern.FindString(m.Text)
	if found == "" {
		t.Fatalf("no link in\n%s", m.Text)
	}
	return found
}

func contains(t *testing.T, what, body string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(body, want) {
			t.Errorf("%s: no %q in\n%.3000s", what, want, body)
		}
	}
}

var fewFamilies = []string{"Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B", "Eve Carr: Fay Carr 7B", "Hal Dunn <hal@home.example>: Ivy Dunn 9A"}

func TestALeaderSendsInvitations(t *testing.T) {
	p := newPosted(t)
	groups := p.Families(fewFamilies...)
	lee := p.as(p.Staff("Lee Moss", access.Leader))
	sv := p.Survey("first_home")
	_, body := p.do("GET", "/rounds/new?survey="+sv.ID, lee, nil)
	contains(t, "the form", body, "Whose parents do you ask?", "By e-mail", "Once for all their children", "never by form or class", `name="purpose" value="school"`)
	if strings.Contains(body, "Pupils who opted out") || strings.Contains(body, "For learning") {
		t.Error("the form asks parents what pupils are asked")
	}
	form := url.Values{"survey": {sv.ID}, "title": {"Home and school"}, "why": {"we want to do better"}, "may_change": {"How we write to you."}, "about": {"school"},
		"mode": {"mailed"}, "purpose": {"school"}, "per": {"child"}, "readers": {p.Head.Person}, "closes_at": {"2026-10-16"}, "reply_by": {"2026-10-30"}}
	for _, g := range groups {
		form.Add("groups", g.ID)
	}
	res, body := p.do("POST", "/rounds", lee, form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %.2000s", res.StatusCode, body)
	}
	path := res.Header.Get("Location")
	_, body = p.do("GET", path, lee, nil)
	contains(t, "the draft", body, "Year 7 (2), Year 9 (2)", "By e-mail", "never by form or class", "the school can see that you answered")
	res, _ = p.do("POST", path+"/opening", lee, url.Values{})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	_, body = p.do("GET", path, lee, nil)
	contains(t, "the open round", body, "Invite those who are asked", path+"/mail")
	if strings.Contains(body, "Print slips") {
		t.Error("slips for all would void what is mailed")
	}
	_, body = p.do("GET", path+"/mail", lee, nil)
	contains(t, "before sending", body, "Send invitations to 2 people", "is reminded on", "Answer about Bo", "Eve Carr", "Fay Carr (7B)", "No e-mail address", "Print a slip for one person", "the school can see that you answered, but never what you said")
	if strings.Contains(body, "/people/parents") {
		t.Error("a leader who may not change people is led there")
	}
	res, _ = p.do("POST", path+"/mail", lee, url.Values{"reminders": {"1"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	got := p.deliver()
	if len(got) != 2 {
		t.Fatalf("%d mails", len(got))
	}
	if n := len(linkPattern.FindAllString(got["ann@home.example"].Text, -1)); n != 2 {
		t.Errorf("%d links for two children", n)
	}
	_, body = p.do("GET", path+"/mail", lee, nil)
	contains(t, "after sending", body, "2 invitations have been sent.", "is reminded on")
	res, body = p.do("POST", path+"/mail", lee, url.Values{})
	if res.StatusCode != http.StatusConflict {
		t.Errorf("again: %d", res.StatusCode)
	}
	contains(t, "again", body, "There is nobody to invite")
	res, body = p.do("POST", path+"/mail/slips", lee, url.Values{})
	contains(t, "paper", body, "Year 7", "1 slip", "2 spares", "who goes home with one")
	_, body = p.do("POST", path+"/mail/slips", lee, url.Values{"format": {"paper"}})
	contains(t, "questionnaires", body, "Year 7", "How welcome do you feel at the school?", "Your name is not on this paper")
	_, body = p.do("GET", path+"/mail", lee, nil)
	contains(t, "printed", body, "These have been printed already")
	if res.StatusCode != 200 {
		t.Error(res.StatusCode)
	}
	_, body = p.do("GET", "/school/audit", p.as(p.Head), nil)
	contains(t, "what was done", body, "Sent invitations", "2 people")

	teacher := p.as(p.Staff("Tom Reed", access.Teacher))
	for _, way := range []string{"/mail", "/poster"} {
		if res, _ := p.do("GET", path+way, teacher, nil); res.StatusCode != http.StatusForbidden {
			t.Errorf("a teacher opens %s: %d", way, res.StatusCode)
		}
	}
	pupils := p.Open(p.Form(p.Survey("first_say"), p.Forms("10A 27")))
	for _, way := range []string{"/mail", "/poster"} {
		if res, _ := p.do("GET", "/rounds/"+pupils.ID+way, lee, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a round for pupils: %d", way, res.StatusCode)
		}
	}
	for _, method := range []string{"/mail", "/mail/slips"} {
		if res, _ := p.do("POST", "/rounds/"+pupils.ID+method, lee, url.Values{}); res.StatusCode != http.StatusNotFound {
			t.Errorf("mail to pupils: %d", res.StatusCode)
		}
	}
}

// A program that looks through mail follows every link, with GET and with HEAD, and now and then presses a button.
func TestAMailScannerDoesNoHarm(t *testing.T) {
	p := newPosted(t)
	r := p.Open(p.MailForm("first_home", p.Families(fewFamilies...)))
	path := "/rounds/" + r.ID + "/mail"
	p.do("POST", path, p.as(p.Head), url.Values{})
	m := p.deliver()["ann@home.example"]
	stop := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
	for _, address := range append(regexp.MustCompile(`http://\S+`).FindAllString(m.Text+" "+m.HTML, -1), stop) {
		address = strings.Trim(address, `"<>`)
		for _, method := range []string{"GET", "HEAD"} {
			req, err := http.NewRequest(method, strings.SplitN(address, "#", 2)[0], nil)
			testkit.Must(t, err)
			res, err := http.DefaultClient.Do(req)
			testkit.Must(t, err)
			res.Body.Close()
		}
	}
	var spent, stopped int64
	testkit.Must(t, p.DB.Query(context.Background()).Table("slips").Where("spent").Count(&spent).Error)
	testkit.Must(t, p.DB.Query(context.Background()).Table("addresses").Where("stopped_on <> ''").Count(&stopped).Error)
	if spent != 0 || stopped != 0 {
		t.Errorf("%d slips used, %d people unsubscribed by a scanner", spent, stopped)
	}
	// One click from a mail program: a POST without cookies, as RFC 8058 has it.
	res, err := http.PostForm(stop, url.Values{"List-Unsubscribe": {"One-Click"}})
	testkit.Must(t, err)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("one click: %d", res.StatusCode)
	}
	_, body := p.do("GET", strings.TrimPrefix(stop, p.http.URL), nil, nil)
	contains(t, "afterwards", body, "will send no more mail about surveys to ann@home.example", "Send me mail about surveys again")
	next := p.Open(p.MailForm("first_home", p.Families(fewFamilies...)))
	p.do("POST", "/rounds/"+next.ID+"/mail", p.as(p.Head), url.Values{})
	if got := p.deliver(); len(got) != 1 || got["ann@home.example"].To != "" {
		t.Errorf("the next round mails %d people", len(got))
	}
	res, err = http.PostForm(stop, url.Values{"again": {"yes"}})
	testkit.Must(t, err)
	res.Body.Close()
	p.do("POST", "/rounds/"+next.ID+"/mail", p.as(p.Head), url.Values{})
	if got := p.deliver(); len(got) != 1 || got["ann@home.example"].To == "" {
		t.Errorf("after changing her mind: %d mails", len(got))
	}
	if res, _ := p.do("GET", "/u/"+strings.Repeat("a", 72), nil, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a made-up link: %d", res.StatusCode)
	}
}

func TestAMailedLinkAnswersOnce(t *testing.T) {
	p := newPosted(t)
	r := p.Open(p.MailForm("first_home", p.Families(fewFamilies...)))
	p.do("POST", "/rounds/"+r.ID+"/mail", p.as(p.Head), url.Values{})
	_, code, _ := strings.Cut(link(t, p.deliver()["ann@home.example"]), "#")
	form := url.Values{"code": {code}}
	for _, q := range p.Doc(r).Questions() {
		form.Set(q.ID, q.Options[0].ID)
	}
	for i, want := range []int{200, 200, 409} {
		if i == 2 {
			form.Set("receipt", "another device")
		}
		if res, body := p.do("POST", "/a/"+r.Code, nil, form); res.StatusCode != want {
			t.Errorf("sending %d: %d %.500s", i+1, res.StatusCode, body)
		}
	}
	// The leader sees a band, and no name.
	_, body := p.do("GET", "/rounds/"+r.ID, p.as(p.Head), nil)
	contains(t, "the round", body, "under half")
	if strings.Contains(body, "Ann") {
		t.Error("the page says who has answered")
	}
}

func TestAddressesThatDoNotWorkAreTriedAgain(t *testing.T) {
	p := newPosted(t)
	r := p.Open(p.MailForm("first_home", p.Families(fewFamilies...)))
	path, head := "/rounds/"+r.ID+"/mail", p.as(p.Head)
	p.post.Answer(func(command string) string {
		if strings.HasPrefix(command, "RCPT TO:<hal@") {
			return "550 5.1.1 no such person"
		}
		return ""
	})
	p.do("POST", path, head, url.Values{})
	p.deliver()
	_, body := p.do("GET", path, head, nil)
	contains(t, "the mails", body, "One invitation has been sent.", "Hal Dunn", "Mail comes back. 550", "no such person", "Try the address that did not work again", "/people/parents")
	p.post.Answer(nil)
	p.do("POST", path, head, url.Values{"retry": {"yes"}})
	if got := p.deliver(); len(got) != 1 || got["hal@home.example"].To == "" {
		t.Errorf("%d mails", len(got))
	}
	_, body = p.do("GET", path, head, nil)
	contains(t, "the mails", body, "2 invitations have been sent.")
	if strings.Contains(body, "no such person") {
		t.Error("what was mended is still called broken")
	}
}

func TestWhereMailIsNotSetUp(t *testing.T) {
	s := newServer(t)
	groups := s.Families(fewFamilies...)
	head := s.as(s.Head)
	sv := s.Survey("first_home")
	_, body := s.do("GET", "/rounds/new?survey="+sv.ID, head, nil)
	contains(t, "the form", body, "EARSHOT_SMTP_URL", "Mail is not set up")
	if strings.Contains(body, `value="mailed"`) {
		t.Error("e-mail can be chosen where there is none")
	}
	r := s.Open(s.MailForm("first_home", groups)) // set up when it opened, and no longer
	_, body = s.do("GET", "/rounds/"+r.ID+"/mail", head, nil)
	contains(t, "the mails", body, "No mail yet.", "EARSHOT_MAIL_FROM")
	if strings.Contains(body, "Send invitations") {
		t.Error("a button that leads nowhere")
	}
}

func TestStaffAreAskedFromTheStartToTheResults(t *testing.T) {
	p := newPosted(t)
	head := p.as(p.Head)
	ctx := context.Background()
	for i := range 12 {
		_, err := roster.NewStore(p.DB).AddStaff(ctx, p.Head, roster.StaffForm{Name: fmt.Sprintf("T%d Reed", i), Email: fmt.Sprintf("t%d@school.example", i), Roles: []access.Role{access.Teacher}})
		testkit.Must(t, err)
	}
	sv := p.Survey("working_here")
	_, body := p.do("GET", "/rounds/new?survey="+sv.ID, head, nil)
	contains(t, "the form", body, "Whom do you ask?", "T0 Reed", "Ruth Lindqvist", "No e-mail address", "once 10 or more have answered; never by year, class or person")
	form := url.Values{"survey": {sv.ID}, "title": {"Working here"}, "why": {"we plan next year"}, "may_change": {"Training."}, "about": {"school"},
		"mode": {"mailed"}, "purpose": {"school"}, "readers": {p.Head.Person}, "closes_at": {"2026-10-16"}, "reply_by": {"2026-10-30"}}
	for _, m := range regexp.MustCompile(`name="people" value="([a-z2-7]+)"`).FindAllStringSubmatch(body, -1) {
		form.Add("people", m[1])
	}
	if len(form["people"]) != 15 {
		t.Fatalf("%d of the staff can be chosen", len(form["people"]))
	}
	res, _ := p.do("POST", "/rounds", head, form)
	path := res.Header.Get("Location")
	_, body = p.do("GET", path, head, nil)
	contains(t, "the draft", body, "15 members of staff", "never by year, class or person")
	p.do("POST", path+"/opening", head, url.Values{})
	res, body = p.do("POST", path+"/mail", head, url.Values{"reminders": {"0"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %.2000s", res.StatusCode, body)
	}
	got := p.deliver()
	if len(got) != 12 {
		t.Fatalf("%d mails", len(got))
	}
	r, err := p.Rounds().ByID(ctx, p.School.School.SchoolID, strings.TrimPrefix(path, "/rounds/"))
	testkit.Must(t, err)
	for _, m := range got {
		_, code, _ := strings.Cut(link(t, m), "#")
		form := url.Values{"code": {code}}
		for i, q := range p.Doc(r).Questions() {
			form.Set(q.ID, q.Options[(i+len(m.To))%len(q.Options)].ID)
		}
		if res, _ := p.do("POST", "/a/"+r.Code, nil, form); res.StatusCode != 200 {
			t.Fatal(res.StatusCode)
		}
	}
	p.do("POST", path+"/closing", head, url.Values{})
	p.do("POST", path+"/settling", head, url.Values{})
	p.Clock.Forward(73 * time.Hour)
	head = p.as(p.Head) // the session has ended in the meantime
	_, body = p.do("GET", path+"/results", head, nil)
	contains(t, "the results", body, "12 of 15", "How useful has your training")
	if strings.Contains(body, "T0 Reed") || strings.Contains(body, "Year ") {
		t.Error("the results name somebody, or a year")
	}
	p.do("POST", path+"/publication", head, url.Values{})
	if res, _ := p.do("GET", "/r/"+r.Code, nil, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("what staff said is public: %d", res.StatusCode)
	}
}

func TestStaffOnPaper(t *testing.T) {
	p := newPosted(t)
	f := p.Form(p.Survey("working_here"), nil)
	for i := range 11 {
		f.Plan.People = append(f.Plan.People, p.Staff(fmt.Sprint("T ", i), access.Teacher).Person)
	}
	r := p.Open(f)
	_, body := p.do("GET", "/rounds/"+r.ID, p.as(p.Head), nil)
	contains(t, "the round", body, "Print slips", "11 members of staff")
	if strings.Contains(body, "Script for the room") {
		t.Error("staff are read a script for pupils")
	}
	_, body = p.do("POST", "/rounds/"+r.ID+"/slips", p.as(p.Head), url.Values{})
	contains(t, "the slips", body, "11 slips", "2 spares", "take one face down")
}

func TestPosterOfAnOpenLink(t *testing.T) {
	p := newPosted(t)
	f := p.Form(p.Survey("first_home"), nil)
	f.Mode = round.OpenLink
	r := p.Open(f)
	res, body := p.do("GET", "/rounds/"+r.ID+"/poster", p.as(p.Head), nil)
	if res.StatusCode != 200 {
		t.Fatal(res.StatusCode)
	}
	contains(t, "the poster", body, strings.TrimPrefix(p.http.URL, "http://")+"/a/"+r.Code, "Because we want lessons to fit you.", "<svg", "Please answer once for your family.", "12 October 2026", "By 26 October 2026, on the school&#39;s website.")
	_, body = p.do("GET", "/rounds/"+r.ID+"/screen", p.as(p.Head), nil)
	if strings.Contains(body, "12 letters") {
		t.Error("the screen asks for a code that nobody has")
	}
}

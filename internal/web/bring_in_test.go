package web_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// form sends a form with a file, as a browser does.
func (s *server) form(path string, cookie *http.Cookie, file []byte, values url.Values) (*http.Response, string) {
	s.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			testkit.Must(s.T, w.WriteField(name, v))
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "answers.csv")
		testkit.Must(s.T, err)
		_, err = part.Write(file)
		testkit.Must(s.T, err)
	}
	testkit.Must(s.T, w.Close())
	req, err := http.NewRequest("POST", s.http.URL+path, &b)
	testkit.Must(s.T, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.AddCookie(cookie)
	res, err := noRedirect.Do(req)
	testkit.Must(s.T, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	testkit.Must(s.T, err)
	return res, string(body)
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)
	plainInput  = regexp.MustCompile(`<input (?:id="[^"]*" )?name="([^"]+)" (?:type="(?:text|number|date)" )?value="([^"]*)"`)
	areaInput   = regexp.MustCompile(`(?s)<textarea id="([^"]+)"[^>]*>(.*?)</textarea>`)
	selectInput = regexp.MustCompile(`(?s)<select id="([^"]+)".*?</select>`)
	selected    = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	firstOption = regexp.MustCompile(`<option value="([^"]*)"`)
	checked     = regexp.MustCompile(`name="([^"]+)" value="([^"]*)" checked`)
)

// asShown reads the form of a page as a browser would send it.
func asShown(body string) url.Values {
	form := url.Values{}
	for _, re := range []*regexp.Regexp{hiddenInput, plainInput, areaInput} {
		for _, m := range re.FindAllStringSubmatch(body, -1) {
			form.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
		}
	}
	for _, m := range selectInput.FindAllStringSubmatch(body, -1) {
		v := selected.FindStringSubmatch(m[0])
		if v == nil {
			v = firstOption.FindStringSubmatch(m[0])
		}
		form.Set(m[1], html.UnescapeString(v[1]))
	}
	for _, m := range checked.FindAllStringSubmatch(body, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	return form
}

func wants(t *testing.T, what string, res *http.Response, body string, status int, want ...string) {
	t.Helper()
	if res.StatusCode != status {
		t.Errorf("%s: status %d, want %d", what, res.StatusCode, status)
	}
	for _, w := range want {
		if !strings.Contains(html.UnescapeString(body), w) {
			t.Fatalf("%s does not say %q", what, w)
		}
	}
}

func surveyOf(t *testing.T, s *server, file string) survey.Survey {
	t.Helper()
	text, err := os.ReadFile(file)
	testkit.Must(t, err)
	doc, problems := surveyfile.Read(text, s.Bank)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	return sv
}

// TestBringingInOnPages takes 5,820 real answers through the pages: file, columns, preview, round, withdrawal.
func TestBringingInOnPages(t *testing.T) {
	ctx := context.Background()
	s := newServer(t)
	sv := surveyOf(t, s, "../exchange/surveyfile/testdata/turkiye.yaml")
	data, err := os.ReadFile("../rehearsal/testdata/turkiye/responses.csv")
	testkit.Must(t, err)
	head := s.as(s.Head)

	res, body := s.do("GET", "/rounds/bring-in?survey="+sv.ID, head, nil)
	wants(t, "the first page", res, body, 200, "Names, e-mail addresses, times and everybody's own words are dropped", `value="`+sv.ID+`" selected`)
	res, body = s.form("/rounds/bring-in", head, nil, url.Values{"survey": {sv.ID}})
	wants(t, "no file", res, body, 422, "Choose a file first, or paste the table.")
	res, body = s.form("/rounds/bring-in", head, []byte("a,b\n\"1,2\n"), url.Values{"survey": {sv.ID}})
	wants(t, "a bad file", res, body, 422, "Row 2: A quotation mark in this row")
	res, body = s.form("/rounds/bring-in", head, data, url.Values{"survey": {"nonsense"}})
	wants(t, "no survey", res, body, 422, "Choose the survey that these answers belong to.")

	began := time.Now()
	res, body = s.form("/rounds/bring-in", head, data, url.Values{"survey": {sv.ID}})
	wants(t, "the columns", res, body, 200, "5820 rows", "“3”", "instr", "dropped unread")
	t.Logf("columns: %v, %d bytes", time.Since(began).Round(time.Millisecond), len(body))
	form := asShown(body)
	if form.Get("kind") != "class" || form.Get("q-q28") == "" || len(form) < 50 {
		t.Fatalf("%d fields: %v", len(form), form.Get("kind"))
	}
	forged := url.Values{}
	for k, v := range form {
		forged[k] = v
	}
	forged.Set("survey", s.Survey("first_say").ID)
	res, body = s.form("/rounds/bring-in/preview", head, nil, forged)
	wants(t, "another survey", res, body, 422, "This page is out of date")

	res, body = s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "no subject", res, body, 422, "Name the subject of these classes")
	form = asShown(body)
	form.Set("subject", "Statistics")
	one := form.Get("q-q1")
	form.Set("q-q1", form.Get("q-q2"))
	res, body = s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "one column twice", res, body, 422, "answers both")
	form = asShown(body)
	form.Set("q-q1", one)
	began = time.Now()
	res, body = s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "the preview", res, body, 200, "5820 answers", "Nothing has been kept yet", "number asked unknown", "Strongly disagree", "Bring in 5820 answers")
	t.Logf("preview: %v, %d bytes", time.Since(began).Round(time.Millisecond), len(body))
	if rounds, err := s.Rounds().List(ctx, s.Head); err != nil || len(rounds) > 0 {
		t.Fatalf("the preview kept something: %v", err)
	}

	form = asShown(body)
	res, back := s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "back to the columns", res, back, 200, "What the columns are", `value="Statistics"`)
	res, body = s.form("/rounds/bring-in/answers", head, nil, form)
	wants(t, "nothing said", res, body, 422, "Say on which day people answered last", "were told that their answers may be used like this. If they were not", "Choose what this is for")
	form = asShown(body)
	for name, value := range map[string]string{"asked": "2024-06-20", "purpose": "school", "why": "we were asked to", "may_change": "How courses begin.", "told": "yes"} {
		form.Set(name, value)
	}
	mapping := form.Get("mapping")
	form.Set("mapping", strings.Replace(mapping, `"1":"1"`, `"1":"2"`, 1))
	res, body = s.form("/rounds/bring-in/answers", head, nil, form)
	wants(t, "a changed page", res, body, 422, "This page is out of date")
	form.Set("mapping", mapping)
	began = time.Now()
	res, _ = s.form("/rounds/bring-in/answers", head, nil, form)
	t.Logf("brought in: %v", time.Since(began).Round(time.Millisecond))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", res.StatusCode)
	}
	at := res.Header.Get("Location")
	res, body = s.do("GET", at, head, nil)
	wants(t, "the round", res, body, 200, "These answers were brought in from a file on 5 October 2026 by the school", "Earshot did not make the promise", "Answered until", "20 June 2024", "Withdraw the answers", "How many were asked", "leaders from Thursday 8 October")
	if strings.Contains(body, "With slips") || strings.Contains(body, "Somebody to talk to") {
		t.Error("the round's page says what was never so")
	}
	res, _ = s.form("/rounds/bring-in/answers", head, nil, form)
	if rounds, err := s.Rounds().List(ctx, s.Head); err != nil || len(rounds) != 1 || res.Header.Get("Location") != at {
		t.Fatalf("the same twice: %d rounds, %v, %s", len(rounds), err, res.Header.Get("Location"))
	}

	rounds, err := s.Rounds().List(ctx, s.Head)
	testkit.Must(t, err)
	for s.DB.Now().Before(rounds[0].LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	head = s.as(s.Head) // days later
	res, body = s.do("GET", at+"/results", head, nil)
	wants(t, "results", res, body, 200, "5820 answers. The number asked is unknown.", "brought in from a file on 5 October 2026", "It is not known how many were asked")
	if strings.Contains(body, "5820 of 0") || strings.Contains(body, "joined") {
		t.Error("a number asked is made up")
	}
	res, _ = s.do("POST", at+"/publication", head, nil)
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("publishing: %d", res.StatusCode)
	}
	res, body = s.do("GET", "/r/"+rounds[0].Code, nil, nil)
	wants(t, "the public page", res, body, 200, "brought in from a file on 5 October 2026", "Earshot did not make the promise")
	read := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, "pl"))}
	testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(ctx, s.Head, "pl", language.Approved, read))
	res, body = s.do("GET", "/r/"+rounds[0].Code+"?lang=pl", nil, nil)
	wants(t, "the public page in Polish", res, body, 200, "Te odpowiedzi zebrano poza Earshot, do 20 czerwca 2024", "dnia 5 października 2026")
	if strings.Contains(body, "brought in from") {
		t.Error("where the answers come from is said in English on the Polish page")
	}
	res, body = s.do("POST", at+"/withdrawal", head, url.Values{"reason": {"Wrong."}})
	wants(t, "withdrawing too late", res, body, 409, "cannot be withdrawn")
}

// TestBringingInATableThatWasPasted takes a table of another program, with everything in it that has to go.
func TestBringingInATableThatWasPasted(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_belong")
	doc, err := sv.Doc()
	testkit.Must(t, err)
	q := doc.Questions()
	row := []string{"Timestamp", "Your name", "Email Address", "Form", q[0].Text, q[1].Text, "Anything else?"}
	var b strings.Builder
	b.WriteString(strings.Join(row, "\t") + "\n")
	for i := range 40 {
		o, p := q[0].Options[i%len(q[0].Options)].Label, q[1].Options[i%3].Label
		if i == 7 {
			o = "Weiß nicht"
		}
		fmt.Fprintf(&b, "2025/06/12 10:22:%02d\tAnn Bell%d\tann%d@home.example\t%s\t%s\t%s\tMy dog Rex %d\n", i, i, i, []string{"7A", "7B"}[i%2], o, p, i)
	}
	head := s.as(s.Head)
	res, body := s.form("/rounds/bring-in", head, nil, url.Values{"survey": {sv.ID}, "pasted": {b.String()}})
	wants(t, "the columns", res, body, 200, "Pasted table", "“Weiß nicht”", "Please choose", "not understood", "Email Address", "dropped")
	for _, secret := range []string{"Ann Bell", "@home.example", "10:22", "Rex"} {
		if strings.Contains(body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	form := asShown(body)
	res, body = s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "a value that nobody knows", res, body, 422, "Some values are not understood yet")
	form = asShown(body)
	for name, v := range form {
		if strings.HasPrefix(name, "v-") && v[0] == "?" {
			form.Set(name, "")
		}
	}
	res, body = s.form("/rounds/bring-in/preview", head, nil, form)
	wants(t, "the preview", res, body, 200, "40 answers", "nobody was asked", q[2].Text, "7A", "“Weiß nicht”")
	form = asShown(body)
	for name, value := range map[string]string{"asked": "2024-06-20", "purpose": "school", "why": "we were asked to", "may_change": "How days begin.", "told": "yes"} {
		form.Set(name, value)
	}
	res, body = s.form("/rounds/bring-in/answers", head, nil, form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	at := res.Header.Get("Location")
	r, err := s.Rounds().ByID(context.Background(), s.School.School.SchoolID, strings.TrimPrefix(at, "/rounds/"))
	testkit.Must(t, err)
	if asked := s.Doc(r).Questions(); len(asked) != 2 {
		t.Errorf("%d questions count as asked", len(asked))
	}
	res, _ = s.do("POST", at+"/withdrawal", s.as(s.Staff("Sunita Rao", access.Leader)), url.Values{"reason": {"Another school's."}})
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("withdrawing: %d", res.StatusCode)
	}
	res, body = s.do("GET", at, head, nil)
	wants(t, "a withdrawn round", res, body, 200, "Another school's.", "Withdrawn because")
	if r, err = s.Rounds().ByID(context.Background(), r.SchoolID, r.ID); err != nil || r.State != round.Cancelled {
		t.Errorf("%s, %v", r.State, err)
	}
}

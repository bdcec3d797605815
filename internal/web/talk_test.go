package web_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"earshot/internal/base/mail"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// posting is a server with mail, which goes into a folder.
func posting(t testing.TB) *server {
	t.Helper()
	s := testkit.NewSchool(t)
	from, err := mail.From("voice@school.example")
	testkit.Must(t, err)
	c := collecting.NewCollector(s.DB, s.Key)
	k := &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: c, Log: slog.New(slog.DiscardHandler), Mail: mail.Folder(t.TempDir(), from)}
	w, err := web.New(k, web.Options{})
	testkit.Must(t, err)
	srv := httptest.NewServer(w.Echo)
	k.BaseURL = srv.URL
	t.Cleanup(func() { srv.Close(); c.Stop() })
	return &server{s, c, w, srv}
}

var digits = regexp.MustCompile(`<p class="digits" dir="ltr">([0-9 ]+)</p>`)

// writes sends a message and gives the digits of the way back.
func (s *server) wroteTo(code string, form url.Values) (status int, receipt, body string) {
	s.T.Helper()
	res, body := s.do("POST", "/a/"+code+"/talk", nil, form)
	if m := digits.FindStringSubmatch(body); m != nil {
		receipt = m[1]
	}
	return res.StatusCode, receipt, body
}

// Without script, from writing to the answer and back: what each side reads, and what nobody else does.
func TestTheWayBackWithoutScript(t *testing.T) {
	s := posting(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	status, receipt, body := s.wroteTo(r.Code, url.Values{"words": {"I am afraid to go home."}, "id": {"made-with-the-page-1234567890"}})
	if status != 200 || receipt == "" || !strings.Contains(body, "Write down these 16 numbers") {
		t.Fatalf("%d %s", status, body)
	}
	st := safeguard.NewStore(s.DB, s.Key)
	list, err := st.List(context.Background(), lead)
	if testkit.Must(t, err); len(list) != 1 {
		t.Fatalf("%d concerns", len(list))
	}
	concern, asLead := "/concerns/"+list[0].ID, s.as(lead)

	// The record is not there before somebody has opened the concern.
	if res, _ := s.do("GET", concern+"/record", asLead, nil); res.StatusCode != 404 {
		t.Errorf("the record of what nobody has read: %d", res.StatusCode)
	}
	if _, body := s.do("POST", concern, asLead, nil); !strings.Contains(body, "I am afraid to go home.") || !strings.Contains(body, "01632 960002") {
		t.Errorf("opened: %s", body)
	}
	if res, body := s.do("POST", concern+"/answer", asLead, url.Values{"answer": {""}}); res.StatusCode != 422 || !strings.Contains(body, "Write what they should read.") {
		t.Errorf("an empty answer: %d", res.StatusCode)
	}
	if res, body := s.do("POST", concern+"/answer", asLead, url.Values{"answer": {"I am in room 4 until five."}}); res.StatusCode != 200 || strings.Count(body, "I am in room 4 until five.") != 1 {
		t.Errorf("an answer: %d %s", res.StatusCode, body)
	}

	res, body := s.do("POST", "/talk?a="+r.Code, nil, url.Values{"digits": {receipt}})
	if res.StatusCode != 200 || !strings.Contains(body, "I am in room 4 until five.") || !strings.Contains(body, "Ruth Moss") || strings.Contains(body, "afraid") || !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("with the receipt: %d %s", res.StatusCode, body)
	}
	res, body = s.do("POST", "/talk", nil, url.Values{"digits": {receipt}, "id": {"of-the-thread"}, "words": {"I am Kim, 9B."}})
	if res.StatusCode != 200 || !strings.Contains(body, "Nobody has read your last message yet.") || strings.Contains(body, "Kim") {
		t.Errorf("writing again: %d %s", res.StatusCode, body)
	}
	if res, body := s.do("POST", "/talk", nil, url.Values{"digits": {receipt}, "words": {" "}}); res.StatusCode != 422 || !strings.Contains(body, "I am in room 4") {
		t.Errorf("writing nothing: %d", res.StatusCode)
	}
	same := map[string]bool{}
	for _, typed := range []string{"0000 0000 0000 0000", "1234", "not digits"} {
		res, body := s.do("POST", "/talk", nil, url.Values{"digits": {typed}})
		if res.StatusCode != 404 || !strings.Contains(body, "These numbers open nothing.") {
			t.Errorf("%q: %d", typed, res.StatusCode)
		}
		same[strings.ReplaceAll(body, typed, "")] = true
	}
	if len(same) != 1 {
		t.Errorf("wrong digits are answered in %d ways", len(same))
	}
	if _, body := s.do("POST", concern, asLead, nil); !strings.Contains(body, "I am Kim, 9B.") {
		t.Errorf("opened again: %s", body)
	}
	_, body = s.do("GET", concern+"/record?file=1", asLead, nil)
	for _, want := range []string{"I am afraid to go home.", "I am in room 4 until five.", "I am Kim, 9B.", "Ruth Moss", "01632 960001"} {
		if !strings.Contains(body, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, `src="`) || strings.Contains(body, `href="/`) {
		t.Error("the file runs something, or loads something")
	}
	if res, _ := s.do("GET", concern+"/record", s.as(s.Head), nil); res.StatusCode != 404 {
		t.Errorf("the head, who has not opened it, reads the record: %d", res.StatusCode)
	}
}

// Who it is about decides who may read it, and it is offered to the chair only where one can be told.
func TestWhomItIsAboutIsAskedFirst(t *testing.T) {
	for _, mailed := range []bool{false, true} {
		s := newServer(t)
		if mailed {
			s = posting(t)
		}
		r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
		if mailed {
			s.Chair("Cora Vale")
		}
		_, body := s.do("GET", "/a/"+r.Code+"/talk", nil, nil)
		if strings.Index(body, `name="to"`) > strings.Index(body, "<textarea") {
			t.Error("it is asked after the box")
		}
		if strings.Contains(body, `value="chair"`) != mailed || strings.Contains(body, "do not write it here. Call") == mailed {
			t.Errorf("with a chair %v, the page says %s", mailed, body)
		}
		status, receipt, body := s.wroteTo(r.Code, url.Values{"words": {"It is about the head."}, "to": {"chair"}})
		if mailed != (status == 200) || mailed != (receipt != "") || !mailed && !strings.Contains(body, "It is about the head.</textarea>") {
			t.Errorf("sent to the chair, who is there %v: %d %s", mailed, status, body)
		}
		var n int64
		testkit.Must(t, s.DB.Query(context.Background()).Model(&safeguard.Concern{}).Count(&n).Error)
		if mailed != (n == 1) {
			t.Errorf("with a chair %v, %d are kept", mailed, n)
		}
	}
}

// Each role reads what is for it and knows of nothing else: an accused teacher, the lead, the head, the chair.
func TestNobodyReadsWhatIsAboutThem(t *testing.T) {
	s := posting(t)
	chair := s.Chair("Cora Vale")
	lead, teacher, governor := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Tia Cole", access.Teacher, access.CommentReader), s.Staff("Gus Rowe", access.Governor)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	for to, text := range map[string]string{"head": "Ms Cole shouts at me.", "chair": "Mrs Okafor and Mrs Moss laughed.", "team": "I am hungry."} {
		if status, _, _ := s.wroteTo(r.Code, url.Values{"words": {text}, "to": {to}}); status != 200 {
			t.Fatalf("%s: %d", to, status)
		}
	}
	var all []safeguard.Concern
	testkit.Must(t, s.DB.Query(context.Background()).Find(&all).Error)
	may := map[safeguard.To][]string{safeguard.Team: {lead.Person, s.Head.Person}, safeguard.Head: {s.Head.Person}, safeguard.Chair: {chair.Person}}
	for _, who := range []access.Actor{chair, lead, teacher, governor, s.Head} {
		cookie := s.as(who)
		_, list := s.do("GET", "/concerns", cookie, nil)
		for _, c := range all {
			allowed := false
			for _, p := range may[c.GoesTo] {
				allowed = allowed || p == who.Person
			}
			if strings.Contains(list, c.ID) != allowed {
				t.Errorf("%s sees that there is one for the %s: %v", who.Name, c.GoesTo, !allowed)
			}
			for _, path := range []string{"", "/answer", "/handling", "/removal", "/class"} {
				res, body := s.do("POST", "/concerns/"+c.ID+path, cookie, url.Values{"answer": {"Hello"}, "state": {"read"}, "why": {"x"}})
				if !allowed && res.StatusCode != 404 && res.StatusCode != 403 {
					t.Errorf("%s at %s of one for the %s: %d %s", who.Name, path, c.GoesTo, res.StatusCode, body)
				}
			}
			if res, _ := s.do("GET", "/concerns/"+c.ID+"/record", cookie, nil); allowed != (res.StatusCode == 200) {
				t.Errorf("%s at the record of one for the %s: %d", who.Name, c.GoesTo, res.StatusCode)
			}
		}
	}
}

// A device with script gets the digits in its reply, and nothing else about the thread.
func TestTheReplyToADevice(t *testing.T) {
	s := posting(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	req, err := http.NewRequest("POST", s.http.URL+"/a/"+r.Code+"/talk", strings.NewReader(url.Values{"words": {"Please come."}, "name": {"Kim"}}.Encode()))
	testkit.Must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	testkit.Must(t, err)
	defer res.Body.Close()
	var reply struct {
		Receipt struct {
			Digits string
			Lines  []string
		}
	}
	testkit.Must(t, json.NewDecoder(res.Body).Decode(&reply))
	if _, ok := safeguard.CleanReceipt(reply.Receipt.Digits); !ok || len(reply.Receipt.Lines) != 2 || !strings.Contains(reply.Receipt.Lines[1], "/talk") {
		t.Errorf("%+v", reply)
	}
}

// The button of the lead, what it leads to, and what the list says afterwards.
func TestTryingItOut(t *testing.T) {
	s := posting(t)
	lead, teacher := s.as(s.Staff("Ruth Moss", access.SafeguardingLead)), s.as(s.Staff("Tia Cole", access.Teacher))
	if res, _ := s.do("POST", "/drills", teacher, nil); res.StatusCode != 403 {
		t.Errorf("a teacher tries it out: %d", res.StatusCode)
	}
	if _, body := s.do("GET", "/concerns", lead, nil); !strings.Contains(body, "Nobody has tried it out this term.") {
		t.Errorf("before: %s", body)
	}
	s.do("POST", "/drills", lead, nil)
	_, body := s.do("GET", "/concerns", lead, nil)
	id := regexp.MustCompile(`href="(/concerns/[^"]+)"`).FindStringSubmatch(body)
	if id == nil || !strings.Contains(body, "A test: nobody wrote it.") || strings.Contains(body, "Nobody has tried it out") {
		t.Fatalf("sent: %s", body)
	}
	if _, home := s.do("GET", "/", lead, nil); strings.Contains(home, "Somebody wants to talk.") {
		t.Error("the first page counts a test")
	}
	if _, body := s.do("POST", id[1], lead, nil); !strings.Contains(body, "This is a test.") {
		t.Errorf("opened: %s", body)
	}
	s.do("POST", id[1]+"/handling", lead, url.Values{"state": {"no_concern"}})
	if _, body := s.do("GET", "/concerns", lead, nil); !strings.Contains(body, "Last test:") || !strings.Contains(body, "dealt with within a minute.") {
		t.Errorf("afterwards: %s", body)
	}
}

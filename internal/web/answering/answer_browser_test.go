//go:build browser

package answering

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/labstack/echo/v4"

	"earshot/internal/ask/expression"
	"earshot/internal/base/seal"
	"earshot/internal/testkit"
	"earshot/static"
)

const (
	slip      = "7K4M9Q2XD3TV"
	otherSlip = "0123456789AB"
	policy    = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

func TestMain(m *testing.M) { os.Exit(testkit.WithBrowser(m)) }

// A stub answers as the school's server would, and remembers what was posted.
type stub struct {
	*httptest.Server
	page  answerPage
	reply func(n int, form url.Values) (int, sendReply) // n counts from 1
	task  func(form url.Values) (int, taskReply)
	delay time.Duration
	down  atomic.Bool  // connections are cut, as without a signal
	large atomic.Bool  // whatever is sent is too large, says something before the school
	over  atomic.Value // "closed" or "settled": the page says so instead
	wait  string       // Retry-After of a busy reply, in seconds

	mu    sync.Mutex
	posts []url.Values
	kinds []string // Accept of each post
	paths []string
	times []time.Time
}

func newStub(t *testing.T) *stub {
	s := &stub{page: samplePage(), wait: "1"}
	s.from(func(int, url.Values) (int, sendReply) { return 200, storedReply() })
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.HandleFunc("POST /a/x7k2/task", func(w http.ResponseWriter, r *http.Request) {
		s.note(r)
		if s.task == nil {
			writeJSON(w, 200, taskReply{State: "go"})
			return
		}
		status, reply := s.task(r.PostForm)
		writeJSON(w, status, reply)
	})
	mux.HandleFunc("POST /a/x7k2", func(w http.ResponseWriter, r *http.Request) {
		n := s.note(r)
		time.Sleep(s.delay)
		s.mu.Lock()
		answer := s.reply
		s.mu.Unlock()
		status, reply := answer(n, r.PostForm)
		if r.Header.Get("Accept") != "application/json" {
			w.Header().Set("Content-Security-Policy", policy)
			_, _ = io.WriteString(w, render(t, "answering/outcome.html", outcomePage{answerFrame: s.page.answerFrame, Lines: []string{"Thank you."}}))
			return
		}
		if status == 503 {
			w.Header().Set("Retry-After", s.wait)
		}
		writeJSON(w, status, reply)
	})
	mux.HandleFunc("GET /a/x7k2/words", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, moreWords(english(), stubBox())) })
	mux.HandleFunc("GET /a/worker.js", func(w http.ResponseWriter, r *http.Request) {
		if err := worker(echo.New().NewContext(r, w)); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /a/x7k2/sealed", func(w http.ResponseWriter, r *http.Request) {
		if s.large.Load() {
			http.Error(w, "<h1>413</h1>", http.StatusRequestEntityTooLarge)
			return
		}
		data, _ := io.ReadAll(r.Body)
		code := ""
		if len(data) > 12 && data[0] != 4 {
			code, data = string(data[:12]), data[12:]
		}
		plain, err := stubBox().Open(data)
		if err != nil {
			t.Errorf("what was sealed cannot be opened: %v", err)
		}
		r.PostForm, _ = url.ParseQuery(string(plain))
		if code != "" {
			r.PostForm.Set("code", code)
		}
		n := s.note(r)
		s.mu.Lock()
		answer := s.reply
		s.mu.Unlock()
		status, reply := answer(n, r.PostForm)
		writeJSON(w, status, reply)
	})
	show := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		drawn := s.page
		if over, _ := s.over.Load().(string); over != "" {
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusGone)
			late := &lateView{Round: "x7k2", Settled: over == "settled", Words: wordsOf(english(), lateKeys)}
			_, _ = io.WriteString(w, render(t, "answering/outcome.html", outcomePage{answerFrame: drawn.answerFrame, Lines: []string{"This survey is closed."}, Late: late}))
			return
		}
		if strings.HasSuffix(r.URL.Path, "/shared") {
			w.Header().Set("Cache-Control", "no-store")
		}
		if lang := r.URL.Query().Get("lang"); lang != "" && lang != "en" {
			drawn.Language, drawn.Lang, drawn.Title = lang, lang, drawn.Title+" ("+lang+")"
		}
		_, _ = io.WriteString(w, render(t, "answering/answer.html", drawn))
	}
	mux.HandleFunc("GET /a/x7k2", show)
	mux.HandleFunc("GET /a/x7k2/shared", show)
	talk := func(cache string, sent ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", cache)
			_, _ = io.WriteString(w, render(t, "answering/talk.html", talkPage{answerFrame: s.page.answerFrame, Sent: sent, Say: talkWords{Send: "Send it"}}))
		}
	}
	mux.HandleFunc("GET /a/x7k2/talk", talk("no-store"))
	mux.HandleFunc("GET /a/x7k2/away", talk("no-cache", "Nothing can be sent. Go to Ruth."))
	mux.HandleFunc("GET /reply", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the reply") })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// stubBox is the box of the stub's round, the same for every test.
func stubBox() seal.Box {
	key, err := seal.KeyOf("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		panic(err)
	}
	box, err := key.Box("x7k2")
	if err != nil {
		panic(err)
	}
	return box
}

func storedReply() sendReply {
	return sendReply{State: "stored", Thanks: &thanksReply{
		Title: "Thank you", Lines: []string{"Your answers are in.", "Our reply will be ready by 12 December. You will find it here:"},
		Link: &linkView{Text: "What we heard", URL: "/reply"},
	}}
}

func writeJSON(w http.ResponseWriter, status int, reply any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply)
}

func (s *stub) note(r *http.Request) int {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times = append(s.times, time.Now())
	s.posts, s.kinds, s.paths = append(s.posts, r.PostForm), append(s.kinds, r.Header.Get("Accept")), append(s.paths, r.URL.Path)
	n := 0
	for _, p := range s.paths {
		if strings.TrimSuffix(p, "/sealed") == strings.TrimSuffix(r.URL.Path, "/sealed") {
			n++
		}
	}
	return n
}

// sent gives the answers posted, without the questions about a reading task.
func (s *stub) sent() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []url.Values
	for i, p := range s.posts {
		if strings.TrimSuffix(s.paths[i], "/sealed") == "/a/x7k2" {
			out = append(out, p)
		}
	}
	return out
}

// from changes the answers of a stub that is already in use.
func (s *stub) from(reply func(n int, form url.Values) (int, sendReply)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = reply
}

func (s *stub) address() string { return s.URL + "/a/x7k2" }

// A tab knows the screens of the page.
type tab struct{ testkit.Tab }

func open(t *testing.T, s *stub, address string, before ...testkit.Step) tab {
	t.Helper()
	b := tab{testkit.Open(t, s.URL, before...)}
	b.Refused(true)
	b.Do(chromedp.Navigate(address))
	return b
}

func eval[T any](b tab, js string) T {
	b.Helper()
	return testkit.Eval[T](b.Tab, js)
}

func (b tab) heading() string {
	b.Helper()
	return eval[string](b, `(() => { const h = [...document.querySelectorAll("h1,h2")].find((h) => h.offsetParent && !h.closest("#help")); return h ? h.lastChild.textContent : "" })()`)
}

func (b tab) expectHeading(want string) {
	b.Helper()
	for range 60 {
		if strings.Contains(b.heading(), want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatalf("the heading is %q, want %q\n%s", b.heading(), want, b.Where())
}

func (b tab) message() string {
	b.Helper()
	return eval[string](b, `(document.getElementById("message") || {}).textContent || ""`)
}

func (b tab) expectMessage(want string) {
	b.Helper()
	for range 60 {
		if strings.Contains(b.message(), want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatalf("the message is %q, want %q", b.message(), want)
}

// toTheEnd answers every question with its fourth option and stops before Send.
func (b tab) toTheEnd() {
	b.Helper()
	b.Click("#next")
	for _, q := range samplePage().Questions {
		b.expectHeading(q.Text.Text)
		b.Click("#q-" + q.ID + " label:nth-of-type(4)")
		b.Click("#next")
	}
	b.expectHeading("That was the last question")
}

func TestBrowserJourneyByTap(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	if at := eval[string](b, "location.href"); at != s.address() {
		t.Errorf("the address bar keeps the code: %s", at)
	}
	b.expectHeading("How is learning for you?")
	b.Do(chromedp.Tap(chromedp.CSS("#next")))
	qs := s.page.Questions
	b.expectHeading(qs[0].Text.Text)
	if focus := eval[string](b, "document.activeElement.tagName + document.activeElement.textContent"); !strings.HasPrefix(focus, "H21 of 12") {
		t.Errorf("the focus is on %q", focus)
	}
	b.Do(chromedp.Tap(chromedp.CSS("#q-afl_s_next label:nth-of-type(2)")), chromedp.Tap(chromedp.CSS("#clear")))
	if eval[bool](b, `!!document.querySelector("#q-afl_s_next :checked")`) {
		t.Error("the answer was not cleared")
	}
	b.Do(chromedp.Tap(chromedp.CSS("#next")))
	b.expectMessage("You left this one")
	b.Do(chromedp.Tap(chromedp.CSS("#next")))
	b.expectHeading(qs[1].Text.Text)
	for i, q := range qs[1:] {
		b.expectHeading(q.Text.Text)
		if i != 4 {
			b.Do(chromedp.Tap(chromedp.CSS("#q-" + q.ID + " label:nth-of-type(5)")))
		}
		b.Do(chromedp.Tap(chromedp.CSS("#next")))
		if m := b.message(); m != "" {
			t.Errorf("reminded twice: %s", m)
		}
	}
	b.expectHeading("That was the last question")
	if text := eval[string](b, `document.getElementById("check").innerText`); !strings.Contains(text, "You answered 10 of 12.") || !strings.Contains(text, qs[0].Text.Text) || !strings.Contains(text, qs[5].Text.Text) {
		t.Errorf("the check says %s", text)
	}
	b.Do(chromedp.Tap(chromedp.CSS("#left li:first-child button")))
	b.expectHeading(qs[0].Text.Text)
	b.Do(chromedp.Tap(chromedp.CSS("#q-afl_s_next label:nth-of-type(3)")), chromedp.Tap(chromedp.CSS("#next")))
	b.expectHeading("That was the last question")
	b.Do(chromedp.Tap(chromedp.CSS("#send")))
	b.expectHeading("Thank you")

	sent := s.sent()
	if len(sent) != 1 {
		t.Fatalf("%d posts", len(sent))
	}
	form := sent[0]
	if form.Get("code") != slip || form.Get("afl_s_next") != "sometimes" || form.Get("well_s_still") != "always" || form.Has("guid_s_clear") {
		t.Errorf("posted %v", form)
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(form.Get("receipt")) || form.Get("pace") != "fast" {
		t.Errorf("receipt %q, pace %q", form.Get("receipt"), form.Get("pace"))
	}
	for name := range form {
		if !slices.Contains([]string{"code", "receipt", "pace", "route", "not_asked", "lang"}, name) && !slices.ContainsFunc(qs, func(q questionView) bool { return q.ID == name }) {
			t.Errorf("posted %s, which nobody asked for", name)
		}
	}
	if n := eval[int](b, "sessionStorage.length + localStorage.length + document.cookie.length"); n != 0 {
		t.Error("something was left on the device")
	}
	b.Do(chromedp.NavigateBack())
	b.expectHeading("Thank you")
	b.Do(chromedp.Reload())
	b.expectHeading("How is learning for you?")
	if eval[bool](b, `!!document.querySelector("fieldset :checked") || !!document.getElementById("code").value`) {
		t.Error("the next person sees the last one's answers")
	}
}

func TestBrowserJourneyByKeyboard(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address())
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent("7k4m-9q2x"), chromedp.KeyEvent(kb.Enter))
	b.expectHeading("How is learning for you?")
	if text := eval[string](b, `document.getElementById("code-error").textContent + document.activeElement.id`); !strings.HasPrefix(text, "That is not a whole code yet") || !strings.HasSuffix(text, "code") {
		t.Errorf("a short code: %s", text)
	}
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.Evaluate[chromedp.Void](`document.getElementById("code").value = ""; undefined`),
		chromedp.KeyEvent(" o1l3 4567-89ab"), chromedp.KeyEvent(kb.Enter))
	for _, q := range s.page.Questions {
		b.expectHeading(q.Text.Text)
		b.Do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
	}
	b.expectHeading("That was the last question")
	if len(s.sent()) != 0 {
		t.Fatal("sent before Send")
	}
	b.Do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	b.expectHeading("Thank you")
	form := s.sent()[0]
	if form.Get("code") != "011345678"+"9AB" || form.Get("afl_s_next") != "sometimes" || form.Get("org_s_calm") != "half" {
		t.Errorf("posted %v", form)
	}
	if focus := eval[string](b, "document.activeElement.textContent"); focus != "Thank you" {
		t.Errorf("the focus is on %q", focus)
	}
}

func TestBrowserReloadAndBackKeepEverything(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	qs := s.page.Questions
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Click("#next")
	b.Click("#q-l2l_s_tries label:nth-of-type(2)")
	b.Do(chromedp.Reload())
	b.expectHeading(qs[1].Text.Text)
	if got := eval[string](b, `[...document.querySelectorAll("fieldset :checked")].map((i) => i.name + "=" + i.value).join()`); got != "afl_s_next=often,l2l_s_tries=rarely" {
		t.Errorf("after a reload: %s", got)
	}
	b.Do(chromedp.NavigateBack())
	b.expectHeading(qs[0].Text.Text)
	b.Do(chromedp.NavigateForward())
	b.expectHeading(qs[1].Text.Text)
	b.Click("#back")
	b.expectHeading(qs[0].Text.Text)
	b.Click("#back")
	b.expectHeading("How is learning for you?")
	if !eval[bool](b, `!document.getElementById("placed").hidden && document.getElementById("typed").hidden`) {
		t.Error("the code is not put away")
	}
}

func TestBrowserAnotherSlipInTheSameTabStartsAfresh(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+otherSlip))
	b.expectHeading("How is learning for you?")
	if eval[bool](b, `!!document.querySelector("fieldset :checked")`) {
		t.Error("the next person sees the last one's answers")
	}
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.Click("#q-afl_s_next label:nth-of-type(1)")
	b.Click("#wipe")
	b.expectMessage("This takes all your answers")
	b.Click("#wipe")
	b.WaitFor(`document.getElementById("code") && !document.getElementById("code").value && !document.querySelector("fieldset :checked") && (sessionStorage.getItem("earshot/a/x7k2") || "").includes('"answers":{}')`)
	b.expectHeading("How is learning for you?")
}

func offline(yes bool) testkit.Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		rules := []*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}}
		if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	})
}

func TestBrowserOfflineThenOnlineSendsOnce(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	b.Do(offline(true))
	b.Click("#send")
	b.expectHeading("Not sent yet")
	time.Sleep(2 * time.Second) // long enough for another try
	if n := len(s.sent()); n != 0 {
		t.Fatalf("%d posts while offline", n)
	}
	b.Do(offline(false))
	b.expectHeading("Thank you")
	if n := len(s.sent()); n != 1 {
		t.Errorf("%d posts", n)
	}
}

// The answer to the first Send is lost on its way: the second carries the same receipt, so that the server knows it.
func TestBrowserLostAcknowledgementIsAskedAgainWithTheSameReceipt(t *testing.T) {
	s := newStub(t)
	s.reply = func(n int, _ url.Values) (int, sendReply) {
		if n == 1 {
			panic(http.ErrAbortHandler)
		}
		reply := storedReply()
		reply.State = "already"
		return 200, reply
	}
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	b.Click("#send")
	b.expectHeading("Thank you")
	sent := s.sent()
	if len(sent) != 2 || sent[0].Get("receipt") != sent[1].Get("receipt") || sent[0].Get("receipt") == "" {
		t.Errorf("posted %v", sent)
	}
}

func TestBrowserReloadWhileWaitingGoesOnSending(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	s.from(func(n int, _ url.Values) (int, sendReply) {
		if n < 3 {
			return 503, sendReply{State: "busy"}
		}
		return 200, storedReply()
	})
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many people are sending right now")
	b.Do(chromedp.Reload())
	b.expectHeading("Thank you")
	sent := s.sent()
	if len(sent) != 3 || sent[0].Get("receipt") != sent[2].Get("receipt") {
		t.Errorf("posted %v", sent)
	}
}

func TestBrowserDoubleTapSendsOnce(t *testing.T) {
	s := newStub(t)
	s.delay = 400 * time.Millisecond
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	b.Do(chromedp.Evaluate[chromedp.Void](`for (let i = 0; i < 5; i++) { document.getElementById("send").click(); } undefined`))
	b.expectMessage("Sending")
	b.expectHeading("Thank you")
	if n := len(s.sent()); n != 1 {
		t.Errorf("%d posts", n)
	}
}

func TestBrowserBusyServerIsObeyed(t *testing.T) {
	s := newStub(t)
	s.reply = func(n int, _ url.Values) (int, sendReply) {
		if n == 1 {
			return 503, sendReply{State: "busy", Message: "Many are sending."}
		}
		return 200, storedReply()
	}
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many are sending.")
	b.Click("#send") // an impatient tap changes nothing
	b.expectHeading("Thank you")
	s.mu.Lock()
	defer s.mu.Unlock()
	times := s.times[len(s.times)-2:]
	if len(s.posts) != 3 || times[1].Sub(times[0]) < time.Second { // the first is the code, at the start
		t.Errorf("tried at %v", s.times)
	}
}

func TestBrowserRefusalsSaySoAndLoseNothing(t *testing.T) {
	for _, c := range []struct {
		status  int
		state   string
		at      string // the screen where the message stands
		newSlip bool
	}{
		{409, "spent", "#code-error", true},
		{404, "unknown_code", "#code-error", true},
		{410, "closed", "#message", false},
		{422, "invalid", "#message", false},
		{500, "broken", "#message", false},
	} {
		t.Run(c.state, func(t *testing.T) {
			s := newStub(t)
			s.reply = func(n int, _ url.Values) (int, sendReply) {
				if n > 1 {
					return 200, storedReply()
				}
				reply := sendReply{State: c.state, Message: "A kind sentence."}
				if c.state == "invalid" {
					reply.Fields = map[string]string{"curr_s_fit": "Please choose one of these."}
				}
				return c.status, reply
			}
			b := open(t, s, s.address()+"#"+slip)
			b.toTheEnd()
			b.Click("#send")
			b.WaitFor(`document.querySelector("` + c.at + `").offsetParent && document.querySelector("` + c.at + `").textContent === "A kind sentence."`)
			if n := eval[int](b, `document.querySelectorAll("fieldset :checked").length`); n != 12 {
				t.Errorf("%d answers left", n)
			}
			switch {
			case c.newSlip:
				b.Do(chromedp.KeyEvent(otherSlip)) // the old code is selected
				b.Click("#next")
				b.expectHeading("That was the last question")
			case c.state == "invalid":
				b.Click("#left button")
				b.expectHeading("How well does the work you are given fit what you need?")
				if text := eval[string](b, `document.getElementById("e-curr_s_fit").innerText`); text != "Please choose one of these." {
					t.Errorf("at the question: %q", text)
				}
				b.Click("#q-curr_s_fit label:nth-of-type(1)")
				b.Click("#next")
			}
			b.Click("#send")
			b.expectHeading("Thank you")
			sent := s.sent()
			// Another slip or another answer is another sending.
			if other := c.newSlip || c.state == "invalid"; len(sent) != 2 || (sent[0].Get("receipt") == sent[1].Get("receipt")) == other {
				t.Errorf("posted %v", sent)
			}
		})
	}
}

func TestBrowserUnknownCodeIsSaidBeforeAnsweringInVain(t *testing.T) {
	s := newStub(t)
	s.task = func(form url.Values) (int, taskReply) {
		if form.Get("code") == slip {
			return 404, taskReply{State: "unknown_code", Message: "We do not know this code."}
		}
		return 200, taskReply{State: "go"}
	}
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.WaitFor(`document.getElementById("code-error").innerText === "We do not know this code."`)
	b.Do(chromedp.KeyEvent(otherSlip)) // the old code is selected
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
}

func TestBrowserLookAlikeSlipReadsAndStoresNothing(t *testing.T) {
	s := newStub(t)
	s.task = func(url.Values) (int, taskReply) {
		return 200, taskReply{State: "reading", Pages: []taskPage{
			{"Foxes in the city", []string{"Foxes came to live in cities about a hundred years ago.", "They eat almost anything."}},
			{"Where they sleep", []string{"Most sleep in gardens, under sheds."}},
		}}
	}
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.expectHeading("Foxes in the city")
	if text := eval[string](b, `document.querySelector(".task:not([hidden]) small").textContent`); text != "1 of 2" {
		t.Errorf("place %q", text)
	}
	b.Click("#next")
	b.Do(chromedp.Reload())
	b.expectHeading("Where they sleep")
	b.Click("#next")
	b.expectHeading("That was the last question")
	b.Click("#send")
	b.expectHeading("Thank you")
	sent := s.sent()
	if len(sent) != 1 || len(sent[0]) != 6 {
		t.Errorf("posted %v, want code, receipt, pace, route, language and nothing that was not asked", sent)
	}
}

func TestBrowserHelpIsOnEveryScreen(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	place := func() string {
		return eval[string](b, `JSON.stringify(document.querySelector(".talk").getBoundingClientRect())`)
	}
	first := place()
	b.Click("#next")
	b.Click(".talk")
	b.WaitFor(`document.querySelector("dialog").open && document.activeElement.id === "help-title"`)
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.WaitFor(`!document.querySelector("dialog").open`)
	b.Click(".talk")
	b.Click("#close")
	b.WaitFor(`!document.querySelector("dialog").open`)
	if now := place(); now != first {
		t.Errorf("the button moved from %s to %s", first, now)
	}
}

func TestBrowserPlainFormWithoutScript(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address(), testkit.Script(false))
	b.Do(chromedp.SendKeys(chromedp.CSS("#code"), "7k4m 9q2x d3tv"+kb.Enter))
	time.Sleep(300 * time.Millisecond)
	if len(s.sent()) != 0 {
		t.Fatal("Enter in the code field sent an empty form")
	}
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Click("#q-well_s_still label:nth-of-type(1)")
	b.Click("#send")
	for range 50 {
		if len(s.sent()) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	sent := s.sent()
	if len(sent) != 1 || sent[0].Get("code") != "7k4m 9q2x d3tv" || sent[0].Get("afl_s_next") != "often" || sent[0].Get("well_s_still") != "never" || sent[0].Get("lang") != "en" || len(sent[0]) != 4 {
		t.Errorf("posted %v", sent)
	}
}

// WCAG 1.4.10 and 1.4.4: nothing to scroll sideways at 320 px, nor with text at 200 %.
func TestBrowserNothingSpillsOnSmallScreens(t *testing.T) {
	for _, dir := range []string{"ltr", "rtl"} {
		s := newStub(t)
		s.page.Dir = dir
		b := open(t, s, s.address()+"#"+slip, testkit.Size(320, 640))
		b.Click("#next")
		for _, percent := range []string{"112.5%", "225%"} {
			b.Do(chromedp.Evaluate[chromedp.Void](`document.documentElement.style.fontSize = "` + percent + `"; undefined`))
			if over := eval[int](b, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("%s at %s: %d px too wide", dir, percent, over)
			}
		}
		if small := eval[string](b, `[...document.querySelectorAll("button, label, .talk, summary")].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 47.5).map((e) => e.textContent).join()`); small != "" {
			t.Errorf("too small to touch: %s", small)
		}
	}
}

func TestBrowserAxeFindsNothing(t *testing.T) {
	for _, colours := range []string{"light", "dark"} {
		t.Run(colours, func(t *testing.T) {
			s := newStub(t)
			s.reply = func(int, url.Values) (int, sendReply) {
				return 410, sendReply{State: "closed", Message: "This survey has closed."}
			}
			b := open(t, s, s.address(), testkit.Scheme(colours))
			b.ExpectFlawless("start")
			b.Click("#next")
			b.ExpectFlawless("start with an error")
			b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+slip))
			b.Click("#next")
			b.Click("#q-afl_s_next label:nth-of-type(4)")
			b.ExpectFlawless("question")
			b.Click(".talk")
			b.ExpectFlawless("help")
			b.Click("#close")
			b.Click("#wipe")
			for range s.page.Questions {
				b.Click("#next")
			}
			b.Click("#next")
			b.expectHeading("That was the last question")
			b.ExpectFlawless("check")
			b.Click("#send")
			b.expectMessage("This survey has closed.")
			b.ExpectFlawless("problem")
			s.from(func(int, url.Values) (int, sendReply) { return 200, storedReply() })
			b.Click("#send")
			b.expectHeading("Thank you")
			b.ExpectFlawless("thanks")
		})
	}
}

// TestBrowserScreens writes a picture of every screen to the folder in EARSHOT_SHOTS, to be looked at.
func TestBrowserScreens(t *testing.T) {
	if os.Getenv("EARSHOT_SHOTS") == "" {
		t.Skip("EARSHOT_SHOTS is not set")
	}
	shoot := func(b tab, name string) { b.Shot(name, strings.HasSuffix(name, "-whole")) }
	for _, c := range []struct {
		name, colours string
		width, height int64
		arabic        bool
	}{
		{"phone-light", "light", 360, 740, false}, {"phone-dark", "dark", 360, 740, false}, {"small", "light", 320, 568, false},
		{"wide-light", "light", 1280, 800, false}, {"wide-dark", "dark", 1280, 800, false}, {"phone-rtl", "light", 360, 740, true},
	} {
		s := newStub(t)
		if c.arabic {
			s.page = arabicPage()
		}
		size := testkit.Size(c.width, c.height)
		b := open(t, s, s.address(), size, testkit.Scheme(c.colours))
		shoot(b, c.name+"-1-start-whole")
		b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+slip))
		shoot(b, c.name+"-2-start")
		b.Click("#next")
		b.Click("#q-afl_s_next label:nth-of-type(4)")
		shoot(b, c.name+"-3-question")
		b.Click(".talk")
		shoot(b, c.name+"-4-help")
		b.Click("#close")
		b.Click("#next")
		b.Click("#next")
		shoot(b, c.name+"-5-reminder")
		for range 9 {
			b.Click("#next")
		}
		b.Click("#next")
		b.Click("#next")
		b.WaitFor(`document.getElementById("check").offsetParent`)
		shoot(b, c.name+"-6-check")
		s.from(func(int, url.Values) (int, sendReply) { return 503, sendReply{State: "busy"} })
		b.Click("#send")
		time.Sleep(300 * time.Millisecond)
		shoot(b, c.name+"-7-problem")
		s.from(func(int, url.Values) (int, sendReply) { return 200, storedReply() })
		b.WaitFor(`!document.getElementById("thanks").hidden`)
		shoot(b, c.name+"-8-thanks")
		plain := open(t, s, s.address(), size, testkit.Scheme(c.colours), testkit.Script(false))
		shoot(plain, c.name+"-9-plain-whole")
	}
}

func arabicPage() answerPage {
	p := samplePage()
	p.Lang, p.Dir, p.School, p.Title = "ar", "rtl", "مدرسة ريفرسايد", "كيف يسير التعلّم معك؟"
	p.Help = helpView{Label: "أريد التحدث مع أحد", Title: "تحدّث مع أحد", Intro: "يمكنك التوقف هنا والذهاب إلى أي من هؤلاء.", People: []helpPerson{{"السيدة أوكافور", "مسؤولة الحماية", "الغرفة 12"}}, Lines: []helpLine{{"Childline", "0800 1111", "مجانًا، ليلًا ونهارًا"}}, Close: "العودة إلى الأسئلة"}
	p.Promise.First = []string{"هذا ليس اختبارًا. لا توجد إجابات صحيحة أو خاطئة. يستغرق حوالي 4 دقائق.", "هذا الاستبيان مجهول: لا يُحفظ اسمك مع إجاباتك.", "يمكنك ترك أي سؤال، أو التوقف في أي وقت."}
	p.Promise.More, p.Promise.Send = p.Promise.First[1:], []string{"بعد الضغط على إرسال لا يمكننا العثور على إجاباتك."}
	w := &p.Words
	w.More, w.CodeLabel, w.CodeHint, w.CodeInPlace, w.CodeChange = "المزيد عن هذا", "الرمز على ورقتك", "12 حرفًا ورقمًا.", "رمزك في مكانه.", "اكتب رمزًا آخر"
	w.Back, w.Start, w.Send, w.Clear, w.ClearAll, w.CheckTitle, w.Skipped = "رجوع", "ابدأ", "إرسال", "امسح إجابتي", "توقّف وامسح كل إجاباتي", "كان هذا آخر سؤال", "تركت هذه الأسئلة."
	w.Script.Next, w.Script.ToCheck, w.Script.Answered = "التالي", "إلى النهاية", "أجبت عن {n} من {m}."
	w.Script.SkipReminder = "تركت هذا السؤال. لا بأس. اضغط التالي مرة أخرى."
	for i := range p.Questions {
		q := &p.Questions[i]
		q.Place, q.Text.Text = fmt.Sprintf("%d من 12", i+1), "كم مرة تخبرك الملاحظات بما عليك فعله بعد ذلك لتتحسّن؟"
		for o, label := range []string{"أبدًا", "نادرًا", "أحيانًا", "كثيرًا", "دائمًا تقريبًا"} {
			q.Options[o].Label.Text = label
		}
	}
	return p
}

// The device finds what the server finds: one table of cases for both.
func TestBrowserExpressionCases(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address())
	data, err := os.ReadFile("../../ask/expression/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		It, If  string
		Answers map[string]string
		Is      bool
		Value   *string
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 50 {
		t.Fatal(len(cases), err)
	}
	b.Do(chromedp.Evaluate[chromedp.Void](`{ const s = document.createElement("script"); s.src = "/static/js/expression.js"; document.head.append(s) }; undefined`))
	b.WaitFor(`typeof holds === "function"`)
	for _, c := range cases {
		e, err := expression.Parse(c.If)
		if err != nil {
			t.Fatal(err)
		}
		tree, _ := json.Marshal(e)
		answers, _ := json.Marshal(c.Answers)
		call := fmt.Sprintf(`(%s, (q) => (%s || {})[q] || "", (q, o) => "label " + o + " of " + q)`, tree, answers)
		if strings.Contains(c.If, "today") {
			call = strings.ReplaceAll(call, "2026-", time.Now().Format("2006-"))
		}
		if got := eval[bool](b, "holds"+call); got != c.Is {
			t.Errorf("%s: %s is %v on the device", c.It, c.If, got)
		}
		if c.Value != nil {
			if got := eval[string](b, "holds.value"+call); got != *c.Value {
				t.Errorf("%s: %s gives %q on the device, not %q", c.It, c.If, got, *c.Value)
			}
		}
	}
}

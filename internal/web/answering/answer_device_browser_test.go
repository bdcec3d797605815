//go:build browser

package answering

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/testkit"
)

// kept is everything that stands in the device's storage.
func (b tab) kept() string {
	b.Helper()
	return eval[string](b, `[localStorage, sessionStorage].map((s) => JSON.stringify(s)).join("\n") + document.cookie`)
}

func (b tab) expectKeptNothingOf(secrets ...string) {
	b.Helper()
	kept := b.kept()
	for _, secret := range secrets {
		if strings.Contains(kept, secret) {
			b.Errorf("the device keeps %q in the open: %s", secret, kept)
		}
	}
}

// Without a signal finished answers are sealed; the tab may be closed; they are sent once when there is a signal again.
func TestBrowserSealedAnswersSurviveAClosedTab(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	s.down.Store(true)
	b.Click("#send")
	b.expectHeading("Not sent yet")
	if text := b.Text(); !strings.Contains(text, "Saved on this device, not sent yet.") {
		t.Errorf("the screen says %s", text)
	}
	b.expectKeptNothingOf(slip, "often", "afl_s_next", "receipt")
	if n := eval[int](b, "localStorage.length"); n != 1 {
		t.Errorf("%d things are kept: %s", n, b.kept())
	}
	// The tab is closed; later the page is opened again, by anybody.
	b.Do(chromedp.Navigate("about:blank"))
	s.down.Store(false)
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`[...document.querySelectorAll(".notice")].some((n) => n.textContent.includes("have been sent"))`)
	sent := s.sent()
	if len(sent) != 1 || sent[0].Get("code") != slip || sent[0].Get("afl_s_next") != "often" || sent[0].Get("receipt") == "" {
		t.Errorf("sent %v", sent)
	}
	if n := eval[int](b, "localStorage.length"); n != 0 {
		t.Errorf("something stays behind: %s", b.kept())
	}
}

// The page opens without a signal, goes on where it was, and sends by itself when there is one.
func TestBrowserOpensWithoutASignal(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.WaitFor(`navigator.serviceWorker.controller`)
	b.WaitFor(`Object.keys(localStorage).some((k) => k.startsWith("earshot-draft"))`)
	time.Sleep(500 * time.Millisecond) // the worker puts the page away
	s.down.Store(true)
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()))
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.Click("#next")
	for _, q := range s.page.Questions[1:] {
		b.expectHeading(q.Text.Text)
		b.Click("#q-" + q.ID + " label:nth-of-type(2)")
		b.Click("#next")
	}
	b.Click("#send")
	b.expectHeading("Not sent yet")
	s.down.Store(false)
	b.again()
	b.expectHeading("Thank you")
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("well_s_still") != "rarely" {
		t.Errorf("sent %v", sent)
	}
	b.WaitFor(`navigator.serviceWorker.getRegistrations().then((r) => r.length === 0) && localStorage.length === 0`)
}

// Without a signal the page of those who want to write to an adult says that nothing has been sent and whom to go to.
func TestBrowserTalkWithoutASignal(t *testing.T) {
	s := newStub(t)
	s.page.Help.Write = linkView{"Write to somebody", "/a/x7k2/talk?lang=en"}
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.WaitFor(`navigator.serviceWorker.controller`)
	b.WaitFor(`caches.open("earshot").then((c) => c.keys()).then((all) => all.some((r) => r.url.includes("/away")))`)
	s.down.Store(true)
	b.Refused(true)
	b.Do(chromedp.Navigate(s.URL + s.page.Help.Write.URL))
	if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, "Nothing can be sent. Go to Ruth.") {
		t.Errorf("without a signal it says\n%s", text)
	}
	s.down.Store(false)
	b.Refused(false)
	b.Do(chromedp.Navigate(s.URL + s.page.Help.Write.URL))
	if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, "Send it") {
		t.Errorf("with a signal it says\n%s", text)
	}
}

// Half-done answers come back for the same slip, and for nobody else.
func TestBrowserHalfDoneAnswersAreLocked(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Click("#next")
	b.Click("#q-l2l_s_tries label:nth-of-type(1)")
	b.WaitFor(`Object.keys(localStorage).some((k) => k.startsWith("earshot-draft"))`)
	time.Sleep(500 * time.Millisecond)
	// The tab is closed: what it held alone is gone.
	b.Do(chromedp.Evaluate[chromedp.Void](`sessionStorage.clear(); undefined`), chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+otherSlip))
	b.expectKeptNothingOf(slip, "often", "afl_s_next")
	b.expectHeading("How is learning for you?")
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	if eval[bool](b, `!!document.querySelector("fieldset :checked")`) {
		t.Error("another slip opens what somebody else began")
	}
	b.Do(chromedp.Evaluate[chromedp.Void](`sessionStorage.clear(); undefined`), chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+slip))
	b.expectHeading("How is learning for you?")
	b.Click("#next")
	b.expectHeading(s.page.Questions[1].Text.Text)
	b.expectMessage("You began this before")
	if got := eval[string](b, `[...document.querySelectorAll("fieldset :checked")].map((i) => i.name + "=" + i.value).join()`); got != "afl_s_next=often,l2l_s_tries=never" {
		t.Errorf("came back: %s", got)
	}
}

// A device that several people use keeps nothing, not even for the browser's own back button, and clears itself.
func TestBrowserSharedDevice(t *testing.T) {
	s := newStub(t)
	s.page.Shared, s.page.Route, s.page.Patience = true, "shared_device", 2
	b := open(t, s, s.address())
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(slip))
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Click("#next")
	b.expectKeptNothingOf(slip, "often", "afl_s_next")
	b.Do(chromedp.Reload())
	b.expectHeading("How is learning for you?")
	if eval[bool](b, `!!document.querySelector("fieldset :checked") || !!document.getElementById("code").value`) {
		t.Error("a reload shows the last person's answers")
	}
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(slip))
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.WaitFor(`document.querySelector("dialog.still[open]")`)
	if text := eval[string](b, `document.querySelector("dialog.still").innerText`); !strings.Contains(text, "Are you still there?") {
		t.Errorf("asked: %s", text)
	}
	b.Click("dialog.still button")
	b.WaitFor(`!document.querySelector("dialog.still")`)
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.WaitFor(`[...document.querySelectorAll(".notice")].some((n) => n.textContent.includes("everything was cleared"))`)
	b.expectHeading("How is learning for you?")
	if len(s.sent()) != 0 {
		t.Error("something was sent when it cleared itself")
	}
	b.expectKeptNothingOf(slip, "often", "afl_s_next")

	s.page.Patience = 30
	b.Do(chromedp.Reload())
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(slip))
	b.toTheEnd()
	b.Click("#send")
	b.expectHeading("Thank you")
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("route") != "shared_device" {
		t.Errorf("sent %v", sent)
	}
	b.Click("#thanks button")
	b.expectHeading("How is learning for you?")
	b.Do(chromedp.NavigateBack())
	time.Sleep(300 * time.Millisecond)
	if eval[bool](b, `!!document.querySelector("fieldset :checked") || document.body.innerText.includes("Thank you")`) {
		t.Error("back shows what the last person did")
	}
	b.Do(chromedp.Navigate(s.address()))
	b.expectKeptNothingOf(slip, "often", "afl_s_next")
}

// odd is a page with a question of every kind, topics to choose, a draw and a condition.
func odd(t *testing.T) (answerPage, survey.Document) {
	doc := everyKind(t)
	p := samplePage()
	p.Questions = screens(reader{voice: english(), doc: doc})
	p.Words.Script.Plan, p.Words.Script.Needs = plan(doc), english().Say("answer.needs")
	return p, doc
}

func TestBrowserEveryKindOfQuestion(t *testing.T) {
	s := newStub(t)
	drawn, doc := odd(t)
	s.page = drawn
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.expectHeading("Do you go to clubs?")
	b.Click("#q-q1 label:nth-of-type(1)") // never: the next question is ruled out
	b.Click("#next")
	b.expectHeading("Now think of last night.")
	b.Click("#next")
	b.expectHeading("How many hours did you sleep?")
	b.Do(chromedp.Focus(chromedp.CSS("#q-q4 input")), chromedp.KeyEvent("99"))
	b.Click("#next")
	b.WaitFor(`document.getElementById("e-q4").textContent.includes("from 0 to 14")`)
	b.Click("#clear")
	b.Do(chromedp.Focus(chromedp.CSS("#q-q4 input")), chromedp.KeyEvent("٨"))
	b.Click("#next")
	b.expectHeading("Put your first two in order.")
	b.Click("#q-q5 .place:nth-of-type(3)")
	b.Click("#q-q5 .place:nth-of-type(1)")
	b.Click("#q-q5 .place:nth-of-type(2)") // a third place is not there
	if got := eval[string](b, `[...document.querySelectorAll("#q-q5 .place")].map((p) => p.innerText.replace(/\s+/g, "")).join()`); got != "2Art,Football,1Chess,Drama" {
		t.Errorf("the places are %s", got)
	}
	b.Click("#next")
	b.expectHeading("Warm rooms")
	b.Click("#q-q6 label:nth-of-type(2)")
	b.Click("#next")
	b.expectHeading("Quiet rooms")
	b.Click("#back")
	b.expectHeading("Warm rooms")
	b.Click("#next")
	b.Click("#q-q7 label:nth-of-type(1)")
	b.Click("#next")
	b.expectHeading("Two of three are asked.")
	b.Click("#next")
	for range 2 {
		b.WaitFor(`/^Drawn/.test([...document.querySelectorAll("fieldset")].find((f) => f.offsetParent).querySelector(".t").textContent)`)
		eval[bool](b, `[...document.querySelectorAll("fieldset")].find((f) => f.offsetParent).querySelector("label").click(), true`)
		b.Click("#next")
	}
	b.expectHeading("Choose your topics")
	b.Click("#c1 label:nth-of-type(2)")
	b.Click("#c1 label:nth-of-type(3)") // one alone may be chosen
	if n := eval[int](b, `document.querySelectorAll("#c1 :checked").length`); n != 1 {
		t.Errorf("%d topics are chosen", n)
	}
	b.Click("#next")
	for range 2 {
		b.WaitFor(`/^Topic/.test([...document.querySelectorAll("fieldset")].find((f) => f.offsetParent).querySelector(".t").textContent)`)
		eval[bool](b, `[...document.querySelectorAll("fieldset")].find((f) => f.offsetParent).querySelector("label").click(), true`)
		b.Click("#next")
	}
	b.expectHeading("That was the last question")
	b.Click("#send")
	b.expectHeading("Thank you")
	form := s.sent()[0]
	answers, problems := doc.Read(func(name string) []string { return form[name] }, "2026-11-22")
	if len(problems)+len(doc.Check(answers)) > 0 {
		t.Fatalf("%v %v", problems, doc.Check(answers))
	}
	count := map[survey.State]int{}
	for _, a := range answers {
		count[a.State]++
	}
	if answers["q2"].State != survey.NotRelevant || *answers["q4"].Number != 8 || strings.Join(answers["q5"].Options, "") != "ca" {
		t.Errorf("%v", answers)
	}
	if answers["q12"].State != survey.Answered || count[survey.NotAsked] != 2 || count[survey.Skipped] != 0 {
		t.Errorf("%v: %v", count, answers)
	}
}

// Who is asked what comes with a script of its own: without it nobody is asked the wrong questions, and Start says why.
func TestBrowserRulesThatDoNotCome(t *testing.T) {
	s := newStub(t)
	s.page, _ = odd(t)
	b := open(t, s, "about:blank")
	b.Do(chromedp.Navigate(s.address() + "#" + slip))
	b.expectHeading("How is learning for you?")
	s.down.Store(true)
	b.Click("#next")
	b.expectMessage("This needs a connection to begin.")
	b.expectHeading("How is learning for you?")
	s.down.Store(false)
	b.Click("#next")
	b.expectHeading("Do you go to clubs?")
	b.Click("#q-q1 label:nth-of-type(1)") // never: the next question is ruled out
	b.Do(chromedp.Reload())
	b.expectHeading("Do you go to clubs?")
	b.Click("#next")
	b.expectHeading("Now think of last night.")
}

// On a wide screen a grid is one screen, and its answers are the same.
func TestBrowserGridOnAWideScreen(t *testing.T) {
	s := newStub(t)
	s.page, _ = odd(t)
	b := open(t, s, s.address()+"#"+slip, chromedp.EmulateViewport(1280, 800))
	b.Click("#next")
	b.expectHeading("Do you go to clubs?")
	for range 7 {
		if !eval[bool](b, `!!document.querySelector(".grid").offsetParent`) {
			b.Click("#next")
		}
	}
	b.WaitFor(`document.querySelector(".grid") && document.querySelector(".grid").offsetParent`)
	if n := eval[int](b, `[...document.querySelectorAll("fieldset")].filter((f) => f.offsetParent).length`); n != 2 {
		t.Errorf("%d rows", n)
	}
	b.Click("#q-q6 label:nth-of-type(2)")
	b.Click("#q-q7 label:nth-of-type(3)")
	b.ExpectFlawless("a grid")
	b.Shot("grid-wide", false)
}

func TestBrowserLooksAreKeptOnTheDeviceAlone(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#look")
	b.WaitFor(`document.querySelector("dialog[open] .look")`)
	if text := eval[string](b, `document.querySelector(".look").innerText`); !strings.Contains(text, "Paper") || !strings.Contains(text, "Less movement") {
		t.Errorf("the panel says %q", text)
	}
	b.ExpectFlawless("the looks")
	b.Shot("looks", false)
	for _, name := range []string{"size", "ground", "space", "font"} {
		b.Click(`.look input[name=` + name + `]:last-of-type`)
		eval[bool](b, `[...document.querySelectorAll(".look input[name=`+name+`]")].pop().click(), true`)
	}
	b.Click(".look button")
	b.Do(chromedp.Reload())
	b.expectHeading("How is learning for you?")
	if got := eval[string](b, `JSON.stringify(document.documentElement.dataset)`); got != `{"size":"3","ground":"5","space":"2","font":"2"}` {
		t.Errorf("after a reload it looks like %s", got)
	}
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.ExpectNoSpill("the biggest letters")
	b.ExpectFlawless("the biggest letters on dark")
	for _, form := range s.posts {
		for name := range form {
			if strings.Contains(url.QueryEscape(name), "size") {
				t.Error("how the page looks was sent")
			}
		}
	}
}

// A condition reaches the device as the tree that the server evaluates.
func TestBrowserPlanIsWhatTheServerRoutesBy(t *testing.T) {
	p, doc := odd(t)
	q2, _ := doc.Question("q2")
	want, err := expression.Parse(q2.ShowIf)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Words.Script.Plan.If["q-q2"]; len(got) != 1 || got[0].String() != want.String() {
		t.Errorf("the plan has %v", got)
	}
}

// voices stands in for the voices of a device: it writes down what is said, with which voice, and what is marked meanwhile.
const voices = `
  const list = %s;
  window.heard = [];
  class Utterance { constructor(text) { this.text = text; } }
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => list, cancel() {},
    speak(u) { heard.push(u.voice.name + ": " + u.text + (document.querySelector(".read") && document.querySelector(".read").textContent.trim() === u.text ? "" : " (not marked)")); setTimeout(() => u.onend(), 5); },
  } });`

// before runs a script before those of every page.
func before(script string) testkit.Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

func TestBrowserReadsAloudInTheVeryLanguageOrNotAtAll(t *testing.T) {
	s := newStub(t)
	listen := func(lang, list string) tab {
		s.page.Lang = lang
		b := open(t, s, "about:blank")
		b.Do(before(strings.Replace(voices, "%s", list, 1)), chromedp.Navigate(s.address()+"#"+slip))
		b.expectHeading("How is learning for you?")
		return b
	}
	b := listen("pl", `[{ name: "Anna", lang: "en-GB", localService: true }]`)
	if !eval[bool](b, `document.getElementById("aloud").hidden`) {
		t.Error("an English voice would read Polish")
	}
	b = listen("en-GB", `[{ name: "Cloud", lang: "en-GB", localService: false }, { name: "Across", lang: "en-US", localService: true }, { name: "Near", lang: "en_GB", localService: true }]`)
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.Click("#aloud")
	b.WaitFor(`heard.length === 6 && document.getElementById("aloud").textContent === "Read aloud"`)
	want := "Near: " + s.page.Questions[0].Text.Text + "|Near: Never|Near: Not often|Near: Sometimes|Near: Often|Near: Almost always"
	got := eval[string](b, `heard.join("|").replace(/1 of 12/g, "")`)
	if got != want {
		t.Errorf("read %q, want %q", got, want)
	}
	// Leaving the screen ends it.
	b.Click("#aloud")
	b.Click("#next")
	b.Click("#next")
	b.expectHeading(s.page.Questions[1].Text.Text)
	n := eval[int](b, "heard.length")
	time.Sleep(600 * time.Millisecond)
	if now := eval[int](b, "heard.length"); now != n {
		t.Errorf("it goes on reading on the next screen: %d after %d", now, n)
	}
}

// Without a signal a shared device goes on: the first person's answers wait sealed, the next person begins.
func TestBrowserSharedDeviceWithoutASignal(t *testing.T) {
	s := newStub(t)
	s.page.Shared, s.page.Route = true, "shared_device"
	b := open(t, s, s.address())
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(slip))
	b.toTheEnd()
	s.down.Store(true)
	b.Click("#send")
	b.expectHeading("Not sent yet")
	b.Click("#thanks button:first-of-type")
	b.expectHeading("How is learning for you?")
	if eval[bool](b, `!!document.querySelector("fieldset :checked") || !!document.getElementById("code").value`) {
		t.Error("the next person sees the last one's answers")
	}
	b.expectKeptNothingOf(slip, "often", "afl_s_next")
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(otherSlip))
	b.Click("#next") // nobody can say whether this code is right, so it is looked at twice
	b.WaitFor(`document.getElementById("code-error").textContent.includes("without a connection")`)
	b.toTheEnd()
	s.down.Store(false)
	b.Click("#send")
	b.expectHeading("Thank you")
	b.WaitFor(`localStorage.length === 1`) // the mark of a shared device
	codes := map[string]bool{}
	for _, form := range s.sent() {
		codes[form.Get("code")] = true
	}
	if len(s.sent()) != 2 || !codes[slip] || !codes[otherSlip] {
		t.Errorf("sent %v", s.sent())
	}
}

// Two people, one after the other, in one tab: a second slip begins with nothing chosen.
func TestBrowserASecondSlipBeginsWithNothing(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	b.Click("#back")
	b.expectHeading("How is learning for you?")
	b.Click("#retype")
	b.Do(chromedp.KeyEvent(otherSlip))
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	if eval[bool](b, `!!document.querySelector("fieldset :checked")`) {
		t.Error("the second person sees the first one's answer")
	}
}

// What another tab has sent is not sent again, and nobody is told that it was lost.
func TestBrowserAnotherTabWasFaster(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	s.down.Store(true)
	b.Click("#send")
	b.expectHeading("Not sent yet")
	s.from(func(int, url.Values) (int, sendReply) { return 422, sendReply{State: "trouble"} }) // no word of the school's own
	s.down.Store(false)
	b.again()
	time.Sleep(400 * time.Millisecond)
	if n := eval[int](b, `Object.keys(localStorage).filter((k) => k.startsWith("earshot-out")).length`); n != 1 {
		t.Error("answers were dropped for an error that may be mended")
	}
	b.elsewhere("=stored ")
	b.WaitFor(`document.getElementById("thanks").textContent.includes("have been sent")`)
}

// elsewhere does what another tab does that has learnt what became of the answers that wait; "" is nothing at all.
func (b tab) elsewhere(value string) {
	b.Helper()
	script := `{ const k = Object.keys(localStorage).find((k) => k.startsWith("earshot-out")), v = "VALUE" || null; localStorage.removeItem(k); dispatchEvent(new StorageEvent("storage", { key: k, newValue: v })); }; undefined`
	b.Do(chromedp.Evaluate[chromedp.Void](strings.Replace(script, "VALUE", value, 1)))
}

// What another tab could not send, or cleared, was not sent, and nobody is told that it was.
func TestBrowserAnotherTabTellsTheTruth(t *testing.T) {
	for value, want := range map[string]string{"=invalid It could not be read.": "could not be sent: It could not be read.", "=cleared ": "were cleared. They had not been sent.",
		"=gone ": "It is too late for them now", "=too_large ": "They are too long to be sent.", "": "were cleared. They had not been sent."} {
		s := newStub(t)
		b := open(t, s, s.address()+"#"+slip)
		b.waits(s)
		b.elsewhere(value)
		b.expectHeading("Not sent")
		if text := b.Text(); !strings.Contains(text, want) || strings.Contains(text, "been sent.") && !strings.Contains(text, "had not been sent.") {
			t.Errorf("%q: the screen says %s", value, text)
		}
	}
}

func english() words.Voice { return words.English() }

// everyKind is a survey with a question of every kind that a round can open with, topics, a draw and a condition.
func everyKind(t testing.TB) survey.Document {
	t.Helper()
	often := bank.Scale{ID: "often", Kind: bank.Unipolar, Favourable: []string{"c"}, FavourableWords: "often",
		Options: []bank.Option{{ID: "a", Value: 1, Label: "Never"}, {ID: "b", Value: 2, Label: "Sometimes"}, {ID: "c", Value: 3, Label: "Often"}}}
	clubs := bank.Scale{ID: "clubs", Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "Art"}, {ID: "b", Label: "Football"}, {ID: "c", Label: "Chess"}, {ID: "d", Label: "Drama"}}}
	d := survey.Document{Title: "Every kind", Audience: bank.Pupils11to16, Language: "en", Minutes: 4}
	add := func(section string, own survey.Own) {
		own.About, own.Origin = bank.AboutSchool, survey.FromSchool
		if own.Type == survey.TypeNote {
			own.About = ""
		}
		if p := d.AddOwn(section, own); len(p) > 0 {
			t.Fatal(p)
		}
	}
	one := d.AddSection("One", "")
	add(one, survey.Own{Text: "Do you go to clubs?", Scale: often})
	add(one, survey.Own{Text: "Which clubs?", Scale: clubs, Type: survey.TypeSeveral, AtMost: 2, ShowIf: "${q1} != 'a'"})
	add(one, survey.Own{Text: "Now think of last night.", Type: survey.TypeNote})
	add(one, survey.Own{Text: "How many hours did you sleep?", Type: survey.TypeNumber, Min: 0, Max: 14, Bands: []int{6, 8, 10}})
	add(one, survey.Own{Text: "Put your first two in order.", Scale: clubs, Type: survey.TypeRanking, AtMost: 2})
	add(one, survey.Own{Text: "Warm rooms", Scale: often, Grid: "How often do you find these?"})
	add(one, survey.Own{Text: "Quiet rooms", Scale: often, Grid: "How often do you find these?"})
	two := d.AddSection("Two", "")
	for _, text := range []string{"Drawn A", "Drawn B", "Drawn C"} {
		add(two, survey.Own{Text: text, Scale: often})
	}
	d.Sections[1].Ask, d.Sections[1].Text = 2, "Two of three are asked."
	d.Choices = []survey.Choice{{ID: "c1", Text: "Choose your topics", Pick: 1, Draw: 1}}
	for i, text := range []string{"Topic A", "Topic B", "Topic C"} {
		add(d.AddSection(text, ""), survey.Own{Text: text, Scale: often})
		d.Sections[2+i].Choice = "c1"
	}
	if p := d.CanOpenWith(d.Audience); len(p) > 0 {
		t.Fatal(p)
	}
	return d
}

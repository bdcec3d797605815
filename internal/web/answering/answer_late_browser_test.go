//go:build browser

package answering

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// waits answers everything without a signal and leaves the answers waiting on the device.
func (b tab) waits(s *stub) {
	b.Helper()
	b.toTheEnd()
	s.down.Store(true)
	b.Click("#send")
	b.expectHeading("Not sent yet")
}

// again presses the button that sends at once, unless the page has sent by itself in the meantime.
func (b tab) again() {
	b.Helper()
	eval[bool](b, `(document.querySelector("#thanks button") || document.body).click(), true`)
}

// types types a code at the start and goes on.
func (b tab) types(code string) {
	b.Helper()
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(code))
	b.Click("#next")
}

const (
	nothingKept = `localStorage.length === 0 && sessionStorage.length === 0 && document.cookie === ""`
	noWorker    = `navigator.serviceWorker.getRegistrations().then((r) => r.length === 0)`
)

// refusing refuses one code as a school does that does not know it.
func refusing(code string) func(int, url.Values) (int, sendReply) {
	return func(_ int, form url.Values) (int, sendReply) {
		if form.Get("code") == code {
			return 404, sendReply{State: "unknown_code", Message: "We do not know this code."}
		}
		return 200, storedReply()
	}
}

// A round may close while answers wait on a device. Its page sends them as long as they are taken.
func TestBrowserPageOfAClosedRoundSendsWhatWaits(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	b.Do(chromedp.Navigate("about:blank"))
	s.over.Store("closed")
	s.down.Store(false)
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.getElementById("late").textContent.includes("have been sent")`)
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("code") != slip || sent[0].Get("afl_s_next") != "often" {
		t.Errorf("sent %v", sent)
	}
	b.WaitFor(nothingKept)
	b.WaitFor(noWorker)
	b.ExpectFlawless("the page of a closed round")
}

// Once the round has settled nothing is taken: what is left is cleared, and the page says so.
func TestBrowserPageOfASettledRoundClearsWhatWaits(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.setItem("earshot-draft:x7k2:abc", "20000 x"); undefined`), chromedp.Navigate("about:blank"))
	s.over.Store("settled")
	s.down.Store(false)
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.getElementById("late").textContent.includes("It is too late for them now, so they were cleared")`)
	b.WaitFor(nothingKept)
	b.WaitFor(noWorker)
	if n := len(s.sent()); n != 0 {
		t.Errorf("%d posts", n)
	}
	b.Do(chromedp.Reload())
	b.WaitFor(`document.getElementById("late")`)
	if text := eval[string](b, `document.getElementById("late").textContent`); text != "" {
		t.Errorf("with nothing left it says %q", text)
	}
}

// What the tab was still sending when its page was opened again is sent from the page that says "closed".
func TestBrowserPageOfAClosedRoundGoesOnSending(t *testing.T) {
	s := newStub(t)
	s.wait = "30"
	b := open(t, s, s.address()+"#"+slip)
	s.from(func(int, url.Values) (int, sendReply) { return 503, sendReply{State: "busy"} })
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many people are sending right now")
	s.over.Store("closed")
	s.from(func(n int, _ url.Values) (int, sendReply) { return 200, storedReply() })
	b.Do(chromedp.Reload())
	b.WaitFor(`document.getElementById("late").textContent.includes("have been sent")`)
	sent := s.sent()
	if len(sent) != 2 || sent[0].Get("receipt") != sent[1].Get("receipt") || sent[1].Get("afl_s_next") != "often" {
		t.Errorf("sent %v", sent)
	}
	b.WaitFor(`sessionStorage.length === 0`)
}

// A wrong code that is found out late, with the page still open: whoever is in front of it by then is asked for another code,
// and sees nothing of the answers.
func TestBrowserWrongCodeFoundOutLateShowsNoAnswers(t *testing.T) {
	s := newStub(t)
	s.from(refusing(slip))
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	s.down.Store(false)
	b.again()
	b.WaitFor(`document.querySelector(".mend p") && document.querySelector(".mend p").textContent.includes("We do not know this code.")`)
	b.expectHeading("Not sent yet")
	if text := b.Text(); strings.Contains(text, "It is sent by itself") || strings.Contains(text, "Your answers are still here") {
		t.Errorf("the screen says %s", text)
	}
	if eval[bool](b, `[...document.querySelectorAll("form, fieldset")].some((f) => f.offsetParent)`) {
		t.Error("the answers are on the screen")
	}
	b.Do(chromedp.NavigateBack())
	time.Sleep(300 * time.Millisecond)
	if eval[bool](b, `[...document.querySelectorAll("fieldset")].some((f) => f.offsetParent)`) {
		t.Error("back shows the answers")
	}
	b.Do(chromedp.Focus(chromedp.CSS(".mend input")), chromedp.KeyEvent(otherSlip))
	b.Click(".mend button")
	b.expectHeading("Thank you")
	sent := s.sent()
	if last := sent[len(sent)-1]; len(sent) != 2 || last.Get("code") != otherSlip || last.Get("afl_s_next") != "often" {
		t.Errorf("sent %v", sent)
	}
	b.WaitFor(nothingKept)
}

// Whoever opens the page next may not clear what somebody else gave with one tap, nor with one that trembles.
func TestBrowserWhatCouldNotBeSentIsNotClearedByATap(t *testing.T) {
	s := newStub(t)
	s.from(refusing(slip))
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	b.Do(chromedp.Navigate("about:blank"))
	s.down.Store(false)
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.querySelector(".mend p") && document.querySelector(".mend p").textContent.includes("We do not know this code.")`)
	for range 2 {
		b.Click(".mend .link")
	}
	b.WaitFor(`document.querySelector(".mend p").textContent.includes("Once cleared, they are gone for good.")`)
	b.Shot("mend-sure", false)
	if n := eval[int](b, `localStorage.length`); n != 1 {
		t.Fatalf("after two quick taps %d things are kept", n)
	}
	time.Sleep(1100 * time.Millisecond)
	b.Click(".mend .link")
	b.WaitFor(`!document.querySelector(".mend") && document.querySelector("main").innerText.includes("They had not been sent.")`)
	b.WaitFor(`localStorage.length === 0`)
	if n := len(s.sent()); n != 1 {
		t.Errorf("%d posts", n)
	}
}

// A phone that could not send something became a device for several people: nobody on it is asked for somebody else's code.
func TestBrowserSharedDeviceAsksNobodyForACode(t *testing.T) {
	s := newStub(t)
	s.from(refusing(slip))
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	b.Do(chromedp.Navigate("about:blank"))
	s.down.Store(false)
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.querySelector(".mend")`)
	b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.setItem("earshot-shared", Date.now()); undefined`))
	s.over.Store("closed")
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.getElementById("late")`)
	time.Sleep(500 * time.Millisecond)
	if text := b.Text(); strings.Contains(text, "could not be sent") || eval[bool](b, `!!document.querySelector(".mend")`) {
		t.Errorf("the page of the closed survey says %s", text)
	}
	// What waits is sent from there as from anywhere; what is refused is told to the adult.
	s.over.Store("")
	b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.clear(); undefined`), chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"#"+slip))
	b.expectHeading("How is learning for you?")
	b.waits(s)
	b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.setItem("earshot-shared", Date.now()); undefined`), chromedp.Navigate("about:blank"))
	s.down.Store(false)
	s.over.Store("closed")
	b.Do(chromedp.Navigate(s.address()))
	b.WaitFor(`document.getElementById("late").textContent.includes("tell the adult. So far: 1")`)
	if eval[bool](b, `!!document.querySelector(".mend")`) {
		t.Error("a code is asked for")
	}
}

// Two tabs with one slip send without a connection: the school takes one of them, and the second tab says so.
func TestBrowserTwoTabsSendWithoutAConnection(t *testing.T) {
	s := newStub(t)
	const mouse = `{ const ask = matchMedia.bind(window); window.matchMedia = (q) => (/hover/.test(q) ? { matches: true } : ask(q)); }` // then no half-done answers are kept
	one := open(t, s, "about:blank")
	one.Do(before(mouse), chromedp.Navigate(s.address()+"#"+slip))
	one.expectHeading("How is learning for you?")
	one.toTheEnd()
	two := one.twin()
	two.Do(before(mouse), chromedp.Navigate(s.address()+"#"+slip))
	two.expectHeading("How is learning for you?")
	two.toTheEnd()
	two.Click("#back")
	two.Click("#q-home_s_talk label:nth-of-type(1)")
	two.Click("#next")
	s.down.Store(true)
	one.Click("#send")
	one.expectHeading("Not sent yet")
	two.Click("#send")
	two.expectHeading("Not sent yet")
	if text := two.Text(); !strings.Contains(text, "What was answered here was not added to them.") || strings.Contains(text, "Saved on this device") {
		t.Errorf("the second tab says %s", text)
	}
	if n := eval[int](two, `Object.keys(localStorage).filter((k) => k.startsWith("earshot-out")).length`); n != 1 {
		t.Errorf("%d sendings wait for one slip", n)
	}
	s.down.Store(false)
	one.again()
	for _, b := range []tab{one, two} {
		b.WaitFor(`!document.getElementById("thanks").textContent.includes("Not sent yet")`)
	}
	if text := two.Text(); !strings.Contains(text, "The answers that waited on this device have been sent.") {
		t.Errorf("the second tab says %s", text)
	}
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("home_s_talk") == "never" {
		t.Errorf("sent %v", sent)
	}
}

// On a phone the second tab learns at once that the first one's answers wait, and that its own are not among them.
func TestBrowserSecondTabOfAPhoneLearnsWhatWaits(t *testing.T) {
	s := newStub(t)
	one := open(t, s, s.address()+"#"+slip)
	one.Click("#next")
	one.expectHeading(s.page.Questions[0].Text.Text)
	two := one.twin()
	two.Do(chromedp.Navigate(s.address() + "#" + slip))
	two.expectHeading("How is learning for you?")
	two.Click("#next")
	two.expectHeading(s.page.Questions[0].Text.Text)
	two.Click("#q-afl_s_next label:nth-of-type(1)")
	for range s.page.Questions {
		one.Click("#next")
	}
	one.Click("#next") // "you left this one"
	one.expectHeading("That was the last question")
	s.down.Store(true)
	one.Click("#send")
	one.expectHeading("Not sent yet")
	two.expectHeading("Not sent yet")
	if text := two.Text(); !strings.Contains(text, "What was answered here was not added to them.") || strings.Contains(text, "Saved on this device") {
		t.Errorf("the second tab says %s", text)
	}
}

// One link for everybody: whoever opens it anew in the same tab starts afresh; a reload or another language goes on.
func TestBrowserNextPersonWithTheLinkForEverybody(t *testing.T) {
	s := newStub(t)
	s.page.NeedsCode, s.page.Receipt = false, "0123456789abcdef0123456789abcdef"
	s.page.Languages = []languageView{{Name: "English", Tag: "en", Dir: "ltr", URL: "?lang=en", Current: true}, {Name: "Polski", Tag: "pl", Dir: "ltr", URL: "?lang=pl"}}
	b := open(t, s, s.address())
	b.Click("#next")
	b.Click("#q-afl_s_next label:nth-of-type(4)")
	chosen := func() int { return eval[int](b, `document.querySelectorAll("fieldset :checked").length`) }
	b.Do(chromedp.Reload())
	b.expectHeading(s.page.Questions[0].Text.Text)
	if n := chosen(); n != 1 {
		t.Errorf("after a reload %d answers", n)
	}
	b.Click("#back")
	b.expectHeading("How is learning for you?")
	b.Click(".langs a")
	b.expectHeading("(pl)")
	if n := chosen(); n != 1 {
		t.Errorf("in another language %d answers", n)
	}
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()))
	b.expectHeading("How is learning for you?")
	if n := chosen(); n != 0 {
		t.Errorf("the next person finds %d answers", n)
	}
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)

	// What the person before was sending is not lost, and they are not taken for each other.
	b.Click("#back")
	s.wait = "30"
	s.from(func(int, url.Values) (int, sendReply) {
		return 503, sendReply{State: "busy", Message: "Many are sending."}
	})
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many are sending.")
	before := len(s.sent())
	s.from(func(int, url.Values) (int, sendReply) { return 200, storedReply() })
	b.Do(chromedp.Evaluate[chromedp.Void](`addEventListener("beforeunload", (e) => e.stopImmediatePropagation(), true); undefined`))
	b.Do(chromedp.Navigate(s.address() + "?again"))
	b.expectHeading("How is learning for you?")
	for range 20 {
		if len(s.sent()) > before {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if n := chosen(); n != 0 || len(s.sent()) != before+1 {
		t.Errorf("the next person finds %d answers, and %d were sent", n, len(s.sent())-before)
	}
}

// The page was closed: nobody can read the answers here, but the right code can be sent with them.
func TestBrowserWrongCodeFoundOutAfterTheTabWasClosed(t *testing.T) {
	for _, over := range []string{"", "closed"} {
		s := newStub(t)
		s.from(refusing(slip))
		b := open(t, s, s.address()+"#"+slip)
		b.waits(s)
		b.Do(chromedp.Navigate("about:blank"))
		s.over.Store(over)
		s.down.Store(false)
		b.Do(chromedp.Navigate(s.address()))
		b.WaitFor(`document.querySelector(".mend p") && document.querySelector(".mend p").textContent.includes("We do not know this code.")`)
		b.expectKeptNothingOf(slip, "often", "afl_s_next")
		b.ExpectFlawless("another code for answers that wait")
		b.Shot("mend"+over, false)
		b.Do(chromedp.Reload()) // it still waits, and is not tried again by itself
		b.WaitFor(`document.querySelector(".mend input")`)
		if n := len(s.sent()); n != 1 {
			t.Errorf("%d posts", n)
		}
		b.Do(chromedp.Focus(chromedp.CSS(".mend input")), chromedp.KeyEvent("7K4M 9Q2X"))
		b.Click(".mend button")
		b.WaitFor(`document.querySelector(".mend p").textContent.includes("12 letters and numbers")`)
		b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".mend input").value = ""; undefined`), chromedp.Focus(chromedp.CSS(".mend input")), chromedp.KeyEvent(strings.ToLower(otherSlip)))
		b.Click(".mend button")
		b.WaitFor(`document.querySelector("main").innerText.includes("have been sent") && !document.querySelector(".mend")`)
		sent := s.sent()
		if last := sent[len(sent)-1]; len(sent) != 2 || last.Get("code") != otherSlip || last.Get("afl_s_next") != "often" {
			t.Errorf("sent %v", sent)
		}
		b.WaitFor(`localStorage.length === 0`)
	}
}

// A shared device cannot give answers back to somebody who has gone; it tells the adult that some are lost.
func TestBrowserWrongCodeOnASharedDeviceIsToldToTheAdult(t *testing.T) {
	s := newStub(t)
	s.page.Shared, s.page.Route = true, "shared_device"
	s.from(refusing(slip))
	b := open(t, s, s.address())
	b.types(slip)
	b.waits(s)
	b.Click("#thanks button:first-of-type")
	b.expectHeading("How is learning for you?")
	s.down.Store(false)
	b.Do(chromedp.Reload())
	const told = `[...document.querySelectorAll(".notice")].find((n) => n.textContent.includes("tell the adult. So far: 1"))`
	b.WaitFor(told)
	b.Do(chromedp.Reload())
	b.WaitFor(told)
	b.ExpectFlawless("a shared device that lost answers")
	b.Shot("kiosk-lost", false)
	b.Do(chromedp.Evaluate[chromedp.Void](told + `.querySelector("button").click(); undefined`))
	b.WaitFor(`!` + told)
	b.WaitFor(`localStorage.length === 1`) // the mark of a shared device
}

// Without a connection nobody can say whether a code is right: one that was typed is looked at twice, a scanned one is not.
func TestBrowserTypedCodeIsLookedAtTwiceWithoutAConnection(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address())
	b.Click("h1") // the first touch fetches what keeps answers
	b.WaitFor(`document.querySelector("link[href*=look]")`)
	time.Sleep(300 * time.Millisecond)
	s.down.Store(true)
	b.types(slip)
	b.WaitFor(`document.getElementById("code-error").textContent.includes("cannot check this code without a connection")`)
	if focus := eval[string](b, "document.activeElement.id"); focus != "code" {
		t.Errorf("the focus is on %s", focus)
	}
	if !eval[bool](b, `(() => { return ["code-error", "code"].every((id) => { const r = document.getElementById(id).getBoundingClientRect(); return document.elementFromPoint(r.left + 5, (r.top + r.bottom) / 2).id === id; }); })()`) {
		t.Error("the field and what is wrong with it are not on the screen")
	}
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
}

// A busy server says when to come again. Going back and forth in the meantime changes nothing: it is said, and sent.
func TestBrowserSendWhileTheServerAsksToWait(t *testing.T) {
	s := newStub(t)
	s.wait = "3"
	b := open(t, s, s.address()+"#"+slip)
	s.from(func(n int, _ url.Values) (int, sendReply) {
		if n == 1 {
			return 503, sendReply{State: "busy", Message: "Many are sending."}
		}
		return 200, storedReply()
	})
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many are sending.")
	b.Click("#back")
	b.Click("#next")
	b.expectHeading("That was the last question")
	b.Click("#send")
	b.expectMessage("Many are sending.")
	if n := len(s.sent()); n != 1 {
		t.Fatalf("%d posts inside the wait", n)
	}
	for range 3 {
		time.Sleep(time.Second)
	}
	b.expectHeading("Thank you")
	if n := len(s.sent()); n != 2 {
		t.Errorf("%d posts", n)
	}
}

// twin opens a second tab beside the first, with the same storage.
func (b tab) twin() tab {
	b.Helper()
	ctx, cancel := chromedp.NewContext(b.Ctx)
	b.Cleanup(cancel)
	other := b
	other.Ctx = ctx
	other.Do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	return other
}

// Two tabs with one slip: what one sends ends the other, and nobody is told that something arrived which did not.
func TestBrowserTwoTabsWithOneSlip(t *testing.T) {
	s := newStub(t)
	one := open(t, s, s.address()+"#"+slip)
	one.Click("#next")
	one.Click("#q-afl_s_next label:nth-of-type(4)")
	one.WaitFor(`Object.keys(localStorage).some((k) => k.startsWith("earshot-draft"))`)
	time.Sleep(500 * time.Millisecond)
	two := one.twin()
	two.Do(chromedp.Navigate(s.address() + "#" + slip))
	two.expectHeading("How is learning for you?")
	two.Click("#next")
	two.expectHeading(s.page.Questions[0].Text.Text)
	two.Click("#q-afl_s_next label:nth-of-type(1)")
	time.Sleep(500 * time.Millisecond)
	for _, q := range s.page.Questions {
		one.expectHeading(q.Text.Text)
		one.Click("#q-" + q.ID + " label:nth-of-type(4)")
		one.Click("#next")
	}
	one.Click("#send")
	one.expectHeading("Thank you")
	two.expectHeading("Sent already")
	if text := two.Text(); !strings.Contains(text, "perhaps from another tab") {
		t.Errorf("the second tab says %s", text)
	}
	time.Sleep(500 * time.Millisecond)
	if n := eval[int](two, "localStorage.length"); n != 0 {
		t.Errorf("the second tab writes back what was sent: %s", two.kept())
	}
	if n := len(s.sent()); n != 1 {
		t.Errorf("%d posts", n)
	}
}

// The receipt belongs to the very answers: what was changed after a Send whose reply was lost does not pass for what arrived.
func TestBrowserChangedAnswersHaveAnotherReceipt(t *testing.T) {
	s := newStub(t)
	s.wait = "0"
	s.from(func(int, url.Values) (int, sendReply) {
		return 503, sendReply{State: "busy", Message: "Many are sending."}
	})
	b := open(t, s, s.address()+"#"+slip)
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many are sending.")
	b.Click("#back")
	b.Click("#q-home_s_talk label:nth-of-type(1)")
	first := s.sent()
	b.Click("#next")
	s.from(func(int, url.Values) (int, sendReply) { return 200, storedReply() })
	b.Click("#send")
	b.expectHeading("Thank you")
	sent := s.sent()
	for _, form := range first[1:] {
		if form.Get("receipt") != first[0].Get("receipt") {
			t.Error("the same answers have two receipts")
		}
	}
	if last := sent[len(sent)-1]; last.Get("home_s_talk") != "never" || last.Get("receipt") == first[0].Get("receipt") {
		t.Errorf("sent %v", last)
	}
}

// With one link for everybody a page has one receipt. "Already" for other answers than these is no thanks.
func TestBrowserChangedAnswersOfAnOpenLinkAreNotThanked(t *testing.T) {
	s := newStub(t)
	s.wait = "0"
	s.page.NeedsCode, s.page.Receipt = false, "0123456789abcdef0123456789abcdef"
	s.from(func(int, url.Values) (int, sendReply) {
		return 503, sendReply{State: "busy", Message: "Many are sending."}
	})
	b := open(t, s, s.address())
	b.toTheEnd()
	b.Click("#send")
	b.expectMessage("Many are sending.")
	b.Click("#back")
	b.Click("#q-home_s_talk label:nth-of-type(1)")
	b.Click("#next")
	s.from(func(int, url.Values) (int, sendReply) {
		return 200, sendReply{State: "already", Thanks: storedReply().Thanks}
	})
	b.Click("#send")
	b.expectHeading("Sent already")
}

// The language that was chosen goes with what is sent, sealed or not, and with the question about the slip.
func TestBrowserLanguageIsSent(t *testing.T) {
	s := newStub(t)
	s.page.Language, s.page.Both = "cy", true
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	s.down.Store(false)
	b.again()
	b.expectHeading("Thank you")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.posts) != 2 {
		t.Fatalf("posted %v", s.posts)
	}
	for i, form := range s.posts {
		if form.Get("lang") != "cy" || form.Get("both") != "1" {
			t.Errorf("to %s: %v", s.paths[i], form)
		}
	}
}

// A browser that forbids the page to keep anything still answers.
func TestBrowserStorageForbidden(t *testing.T) {
	s := newStub(t)
	b := open(t, s, "about:blank")
	b.Do(before(`for (const name of ["localStorage", "sessionStorage"]) { Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } }); }`),
		chromedp.Navigate(s.address()+"#"+slip))
	b.expectHeading("How is learning for you?")
	b.Click("#look")
	b.WaitFor(`document.querySelector("dialog[open] .look")`)
	b.Click(".look button")
	b.toTheEnd()
	b.Click("#send")
	b.expectHeading("Thank you")
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("code") != slip {
		t.Errorf("sent %v", sent)
	}
}

// Where nothing may be kept, be it that the storage is forbidden or that there is none, a scanned code outlasts a reload and
// another language.
func TestBrowserStorageForbiddenKeepsTheCode(t *testing.T) {
	for _, how := range []string{`throw new DOMException("no", "SecurityError");`, `return null;`, `return { getItem: () => null, removeItem() {}, setItem() { throw new DOMException("full", "QuotaExceededError"); } };`} {
		s := newStub(t)
		s.page.Languages = []languageView{{Name: "English", Tag: "en", Dir: "ltr", URL: "?lang=en", Current: true}, {Name: "Polski", Tag: "pl", Dir: "ltr", URL: "?lang=pl"}}
		b := open(t, s, "about:blank")
		b.Do(before(`for (const name of ["localStorage", "sessionStorage"]) { Object.defineProperty(window, name, { get() { `+how+` } }); }`), chromedp.Navigate(s.address()+"#"+slip))
		placed := func(after string) {
			t.Helper()
			b.expectHeading("How is learning for you?")
			if !eval[bool](b, `document.documentElement.classList.contains("js") && !document.getElementById("placed").hidden && document.getElementById("code").value === "7K4M 9Q2X D3TV" && !location.hash`) {
				t.Errorf("%s: after %s the code is gone: %s", how, after, b.Text())
			}
		}
		placed("opening")
		b.Do(chromedp.Reload())
		placed("a reload")
		b.Click(".langs a")
		b.expectHeading("(pl)")
		placed("another language")
		b.Do(chromedp.Reload())
		placed("a reload in that")
		b.toTheEnd()
		b.Click("#send")
		b.expectHeading("Thank you")
		if sent := s.sent(); len(sent) != 1 || sent[0].Get("code") != slip {
			t.Errorf("%s: sent %v", how, sent)
		}
		b.Do(chromedp.Reload())
		b.expectHeading("How is learning for you?")
		if eval[bool](b, `!!document.getElementById("code").value`) {
			t.Errorf("%s: the code stays after it was used", how)
		}
	}
}

// A page in between that says the answers are too long, in whatever words, is believed.
func TestBrowserTooLargeIsSaidOnce(t *testing.T) {
	s := newStub(t)
	b := open(t, s, s.address()+"#"+slip)
	b.waits(s)
	s.large.Store(true)
	s.down.Store(false)
	b.again()
	b.WaitFor(`document.getElementById("thanks").textContent.includes("could not be sent: They are too long to be sent.")`)
	b.WaitFor(nothingKept)
}

// What nobody can read, and what no round waits for, is not sent for ever.
func TestBrowserHopelessAnswersAreNotTriedForEver(t *testing.T) {
	for _, state := range []string{"unreadable", "no_round", "refused"} {
		s := newStub(t)
		s.from(func(int, url.Values) (int, sendReply) {
			return 404, sendReply{State: state, Message: "No such survey."}
		})
		b := open(t, s, s.address()+"#"+slip)
		b.waits(s)
		s.down.Store(false)
		b.again()
		b.WaitFor(`document.getElementById("thanks").textContent.includes("could not be sent: No such survey.")`)
		b.WaitFor(nothingKept)
		if n := len(s.sent()); n != 1 {
			t.Errorf("%s: %d posts", state, n)
		}
	}
}

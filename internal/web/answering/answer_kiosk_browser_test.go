//go:build browser

package answering

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/survey"
	"earshot/internal/testkit"
)

// kiosk opens a device that several people use, in English, as the adult left it.
func kiosk(t *testing.T, s *stub) tab {
	t.Helper()
	s.page.Shared, s.page.Route = true, "shared_device"
	s.page.Languages = []languageView{{Name: "English", Tag: "en", Dir: "ltr", URL: "?ready=1&lang=en", Current: true}, {Name: "Polski", Tag: "pl", Dir: "ltr", URL: "?ready=1&lang=pl"}}
	b := open(t, s, s.address()+"/shared?ready=1&lang=en")
	b.expectHeading("How is learning for you?")
	return b
}

func TestBrowserKioskOpensWithoutASignal(t *testing.T) {
	s := newStub(t)
	b := kiosk(t, s)
	b.WaitFor(`navigator.serviceWorker.controller`)
	time.Sleep(500 * time.Millisecond) // the worker puts the page away
	s.down.Store(true)
	b.Do(chromedp.Reload())
	b.expectHeading("How is learning for you?")
	b.Do(chromedp.Navigate(s.address() + "/shared?ready=1&lang=pl")) // a language that was not kept
	b.expectHeading("How is learning for you?")
	b.types(slip)
	b.WaitFor(`document.getElementById("code-error").textContent.includes("without a connection")`)
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.expectKeptNothingOf(slip, "often", "afl_s_next")
}

// Without a connection another language cannot be had, and the device says why.
func TestBrowserKioskSaysThatALanguageNeedsAConnection(t *testing.T) {
	s := newStub(t)
	b := kiosk(t, s)
	b.WaitFor(`navigator.serviceWorker.controller`)
	time.Sleep(500 * time.Millisecond)
	s.down.Store(true)
	b.Click(".langs a")
	b.expectMessage("Another language needs a connection.")
	b.Click(".langs a") // and again
	b.expectMessage("Another language needs a connection.")
	b.expectHeading("How is learning for you?")
	b.Shot("kiosk-language", false)
	s.down.Store(false)
	b.Click(".langs a")
	b.expectHeading("(pl)")
	if got := eval[string](b, `location.search`); got != "?ready=1&lang=pl&home=en" && got != "?ready=1&lang=pl&home=" {
		t.Errorf("it went to %s", got)
	}
}

// In the biggest letters on a small phone, Start is on the first screen all the same.
func TestBrowserStartIsOnTheFirstScreenInBigLetters(t *testing.T) {
	s := newStub(t)
	s.page.Languages = []languageView{{Name: "English", Tag: "en", Dir: "ltr", URL: "?lang=en", Current: true}, {Name: "Polski", Tag: "pl", Dir: "ltr", URL: "?lang=pl"}}
	for _, address := range []string{s.address(), s.address() + "#" + slip} {
		b := open(t, s, address, chromedp.EmulateViewport(320, 568, chromedp.EmulateMobile, chromedp.EmulateTouch))
		b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.setItem("earshot-look", JSON.stringify({ size: "3" })); undefined`), chromedp.Reload())
		b.expectHeading("How is learning for you?")
		b.WaitFor(`getComputedStyle(document.documentElement).fontSize === "28px"`)
		b.WaitFor(`(() => { const r = document.getElementById("next").getBoundingClientRect(); return scrollY === 0 && r.top > 0 && r.bottom <= innerHeight && document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2).id === "next"; })()`)
		b.ExpectNoSpill("the start in the biggest letters")
		b.Shot("start-biggest", false)
		b.Do(chromedp.Evaluate[chromedp.Void](`localStorage.clear(); sessionStorage.clear(); undefined`))
	}
}

// Somebody types a code and walks away: the next person does not find it.
func TestBrowserKioskForgetsACodeAtTheStart(t *testing.T) {
	s := newStub(t)
	s.page.Patience = 1
	b := kiosk(t, s)
	b.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent("7K4M9"))
	b.WaitFor(`!document.getElementById("code").value`)
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"/shared?ready=1&lang=en#"+slip))
	b.WaitFor(`!document.getElementById("placed").hidden`)
	b.WaitFor(`document.getElementById("placed").hidden && !document.getElementById("code").value`)
}

func TestBrowserKioskSaysWhenWaitingAnswersHaveGone(t *testing.T) {
	s := newStub(t)
	b := kiosk(t, s)
	b.types(slip)
	b.waits(s)
	s.down.Store(false)
	b.Do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#thanks button")].find((x) => x.textContent === "Try now").click(); undefined`))
	b.expectHeading("Thank you")
	b.Click("#thanks button")
	b.expectHeading("How is learning for you?")
	time.Sleep(1200 * time.Millisecond) // longer than the countdown of the screen before takes for a step
	b.types(otherSlip)
	b.expectHeading(s.page.Questions[0].Text.Text)
}

// The next person finds the device as the adult left it, not in the last one's language and looks.
func TestBrowserKioskIsTheDevicesOwnAgain(t *testing.T) {
	s := newStub(t)
	b := kiosk(t, s)
	b.Click(`.langs a`)
	b.expectHeading("(pl)")
	b.Click("#look")
	b.WaitFor(`document.querySelector("dialog[open] .look")`)
	eval[bool](b, `[...document.querySelectorAll(".look input[name=ground]")].pop().click(), true`)
	b.Click(".look button")
	if got := eval[string](b, `document.documentElement.dataset.ground`); got != "5" {
		t.Errorf("the ground is %q", got)
	}
	b.types(slip)
	b.expectHeading(s.page.Questions[0].Text.Text)
	if got := eval[string](b, `document.documentElement.dataset.ground`); got != "5" {
		t.Errorf("while answering the ground is %q", got)
	}
	b.Click("#wipe")
	b.Click("#wipe")
	b.WaitFor(`document.documentElement?.lang === "en-GB" && document.querySelector("h1") && !document.querySelector("h1").textContent.includes("(pl)")`)
	if got := eval[string](b, `JSON.stringify(document.documentElement.dataset)`); got != "{}" {
		t.Errorf("it looks like %s", got)
	}
	if kept := b.kept(); strings.Contains(kept, "ground") {
		t.Errorf("the device keeps %s", kept)
	}
}

// Two people with one link for everybody: each sending is its own.
func TestBrowserKioskOfAnOpenLinkHasAReceiptForEach(t *testing.T) {
	s := newStub(t)
	s.page.NeedsCode, s.page.Receipt = false, "0123456789abcdef0123456789abcdef"
	b := kiosk(t, s)
	for range 2 {
		b.toTheEnd()
		b.Click("#send")
		b.expectHeading("Thank you")
		b.Click("#thanks button")
		b.expectHeading("How is learning for you?")
	}
	if sent := s.sent(); len(sent) != 2 || sent[0].Get("receipt") == sent[1].Get("receipt") {
		t.Errorf("sent %v", sent)
	}
}

// A field for words or a number shows where the focus is.
func TestBrowserFocusIsSeenInEveryField(t *testing.T) {
	s := newStub(t)
	s.page.Questions = s.page.Questions[:2]
	s.page.Questions[0].Type, s.page.Questions[0].Options, s.page.Questions[0].Hint, s.page.Questions[0].Max = survey.TypeNumber, nil, "A number.", 9
	s.page.Questions[1].Type, s.page.Questions[1].Options = survey.TypeText, nil
	b := open(t, s, s.address()+"#"+slip)
	b.Click("#next")
	for _, q := range s.page.Questions {
		b.expectHeading(q.Text.Text)
		b.Do(chromedp.Focus(chromedp.CSS("#q-"+q.ID+" .field")), chromedp.KeyEvent("7"))
		if got := eval[string](b, `(() => { const c = getComputedStyle(document.activeElement); return document.activeElement.name + " " + c.outlineStyle + " " + c.outlineWidth; })()`); got != q.ID+" solid 3px" {
			t.Errorf("the focus: %s", got)
		}
		b.Click("#next")
	}
}

// For ages 5 to 7 everything that can be pressed is 72 px high.
func TestBrowserTargetsOfTheYoungest(t *testing.T) {
	s := newStub(t)
	s.page.Large = true
	s.page.Languages = []languageView{{Name: "English", Tag: "en", Dir: "ltr", URL: "?lang=en", Current: true}, {Name: "Polski", Tag: "pl", Dir: "ltr", URL: "?lang=pl"}}
	b := open(t, s, s.address()+"#"+slip)
	small := func(where string) {
		t.Helper()
		if got := eval[string](b, `[...document.querySelectorAll("a, button, summary, label")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 72).map((e) => e.textContent.trim() + " " + Math.round(e.getBoundingClientRect().height)).join()`); got != "" {
			t.Errorf("%s: too small: %s", where, got)
		}
	}
	small("the start")
	b.Shot("large-start", true)
	b.Click(".talk")
	b.WaitFor(`document.querySelector("dialog").open`)
	small("help")
	b.Shot("large-help", false)
	b.Click("#close")
	b.Click("#next")
	b.expectHeading(s.page.Questions[0].Text.Text)
	b.Click("#q-afl_s_next label")
	small("a question")
	for range s.page.Questions[1:] {
		b.Click("#next")
	}
	b.Click("#next")
	b.Click("#next")
	b.expectHeading("That was the last question")
	small("the end")
	b.Shot("large-end", true)
	b.ExpectNoSpill("the end, in large")
}

// Too many topics: one short sentence says so. On the last screen a row of a grid says what it is a row of, in its language.
func TestBrowserTooManyTopicsAndRowsOfAGrid(t *testing.T) {
	s := newStub(t)
	s.page, _ = odd(t)
	for i := range s.page.Questions {
		if q := &s.page.Questions[i]; q.Grid != "" {
			q.Text.Lang, q.Text.Dir = "ur", "rtl"
		}
	}
	for _, size := range []testkit.Step{chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch), testkit.Size(1280, 800)} {
		b := open(t, s, s.address()+"#"+slip, size)
		b.Click("#next")
		for range 30 {
			if eval[bool](b, `!!document.querySelector("#c1").offsetParent`) {
				b.Click("#c1 label:nth-of-type(2)")
				b.Click("#c1 label:nth-of-type(3)")
				b.expectMessage("You have chosen as many as you can.")
				if m := b.message(); len(m) > 80 {
					t.Errorf("it says %q", m)
				}
			}
			if eval[bool](b, `!!document.getElementById("check").offsetParent`) {
				break
			}
			b.Click("#next")
		}
		b.expectHeading("That was the last question")
		got := eval[string](b, `(() => { const row = [...document.querySelectorAll("#left button")].find((x) => x.textContent.includes("Quiet rooms")); return [...row.children].map((c) => c.lang + ": " + c.textContent).join("|"); })()`)
		if got != "ur: How often do you find these?|ur: Quiet rooms" {
			t.Errorf("a row is listed as %q", got)
		}
		b.ExpectFlawless("the last screen, with rows of a grid")
	}
}

// A code was refused, and whoever typed it went for another slip: who comes next with a slip of their own sees nothing.
func TestBrowserNextPupilAfterARefusedCodeSeesNothing(t *testing.T) {
	s := newStub(t)
	s.from(refusing(slip))
	b := kiosk(t, s)
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address()+"/shared?ready=1&lang=en#"+slip))
	b.toTheEnd()
	b.Click("#send")
	b.WaitFor(`document.getElementById("code-error").innerText === "We do not know this code."`)
	b.Do(chromedp.KeyEvent(otherSlip)) // the old code is selected
	b.Click("#next")
	b.WaitFor(`document.getElementById("start").hidden`)
	if n := eval[int](b, `document.querySelectorAll("fieldset :checked").length`); n != 0 {
		t.Errorf("the next pupil finds %d answers", n)
	}
	if !eval[bool](b, `document.getElementById("check").hidden`) {
		t.Error("the next pupil is at the end already")
	}
}

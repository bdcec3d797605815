//go:build browser

package answering

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// numbered makes the stub's round one whose answers can be taken back.
func numbered(s *stub) {
	s.reply = func(int, url.Values) (int, sendReply) {
		reply := storedReply()
		reply.Thanks.Number = &numberView{Title: "Write this number down", Parts: []string{"W8ZM", "9P2R", "X3T6"}, Done: "I have written it down",
			Lines: []string{"With this number you can take your answers back until 3 May 2027."}, Link: linkView{"Take your answers back", "/a/x7k2/back"}}
		return 200, reply
	}
}

// answersAll types a code on a device for several people, answers and sends.
func (b tab) answersAll(code string) {
	b.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](`document.getElementById("code").value = "` + code + `"; undefined`))
	b.toTheEnd()
	b.Click("#send")
}

// gone says whether nothing of the number is on the screen or on the device.
func (b tab) gone() bool {
	return eval[bool](b, `document.getElementById("thanks").hidden && !(document.body.textContent + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(history.state)).includes("W8ZM")`)
}

// On a device for several people the number stays as long as somebody is there, and not a moment longer than they need it.
func TestBrowserKioskShowsTheNumberUntilItIsWrittenDown(t *testing.T) {
	s := newStub(t)
	numbered(s)
	s.page.Patience = 2
	b := kiosk(t, s)
	b.Do(chromedp.Evaluate[chromedp.Void](`sessionStorage.setItem("link.other", "0123456789abcdef0123456789abcdef"); undefined`))
	b.answersAll(slip)
	b.WaitFor(`document.querySelector("#thanks:not([hidden]) .number")`)
	if got := eval[string](b, `document.querySelector(".number").innerText.trim().replace(/\s+/g, " ")`); got != "W8ZM 9P2R X3T6" {
		t.Errorf("the number reads %q", got)
	}
	if eval[int](b, `document.querySelectorAll("#thanks button").length`) != 1 || eval[int](b, `document.querySelectorAll("#thanks a").length`) != 0 {
		t.Errorf("on the screen: %s", b.Text())
	}
	b.ExpectFlawless("the number")
	if kept := eval[string](b, `JSON.stringify(sessionStorage)`); strings.Contains(kept, "link.") {
		t.Errorf("the number of a card stays: %s", kept)
	}
	// Whoever touches the screen keeps it.
	for range 6 {
		time.Sleep(time.Second)
		b.Do(chromedp.KeyEvent("a"))
	}
	if eval[bool](b, `document.getElementById("thanks").hidden || !!document.querySelector("dialog.still")`) {
		t.Fatal("it is taken away from somebody who is there")
	}
	b.WaitFor(`document.querySelector("dialog.still[open]")`)
	b.Shot("number-still-there", false)
	// What is asked covers what nobody else may read.
	if eval[bool](b, `getComputedStyle(document.querySelector("dialog.still"), "::backdrop").backgroundColor === "rgba(0, 0, 0, 0)"`) {
		t.Error("the number is to be seen behind the question")
	}
	b.Click("dialog.still button")
	b.WaitFor(`!document.querySelector("dialog.still") && !document.getElementById("thanks").hidden`)
	b.Click("#thanks button")
	b.expectHeading("How is learning for you?")
	if !b.gone() {
		t.Error("the number is still there")
	}
	// Whoever walks away leaves nothing.
	b.answersAll(otherSlip)
	b.WaitFor(`document.querySelector("#thanks:not([hidden]) .number")`)
	b.WaitFor(`document.getElementById("thanks").hidden`)
	b.expectHeading("How is learning for you?")
	if !b.gone() {
		t.Error("the number stays when nobody is there")
	}
}

// On somebody's own device it leads to where it is typed, and the number that their card made is gone once they have sent.
func TestBrowserOwnDeviceShowsTheNumber(t *testing.T) {
	s := newStub(t)
	numbered(s)
	b := open(t, s, s.address()+"#"+slip)
	b.Do(chromedp.Evaluate[chromedp.Void](`sessionStorage.setItem("link.` + slip + `", "0123456789abcdef0123456789abcdef"); sessionStorage.setItem("link.another", "x"); undefined`))
	b.toTheEnd()
	b.Click("#send")
	b.WaitFor(`document.querySelector("#thanks:not([hidden]) .number")`)
	if got := eval[string](b, `document.querySelector('#thanks a[href="/a/x7k2/back"]').textContent`); got != "Take your answers back" {
		t.Errorf("it leads to %q", got)
	}
	if sent := s.sent(); len(sent) != 1 || sent[0].Get("link") != "0123456789abcdef0123456789abcdef" {
		t.Errorf("sent %v", sent)
	}
	if got := eval[string](b, `Object.keys(sessionStorage).filter((k) => k.startsWith("link.")).join()`); got != "link.another" {
		t.Errorf("the device keeps %q", got)
	}
	b.ExpectFlawless("the number on a phone")
	b.Shot("number-own", false)
}

//go:build browser

package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/testkit"
)

// voiceOf stands in for a voice of the device: it writes down what it is given to say.
const voiceOf = `
	window.heard = [];
	Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class { constructor(text) { this.text = text; } } });
	Object.defineProperty(window, "speechSynthesis", { value: {
		getVoices: () => [{ name: "Near", lang: "en-GB", localService: true }], cancel() {},
		speak(u) { heard.push(u.text); setTimeout(() => u.onend(), 5); },
	} });`

// TestBrowserYoungest takes the survey for ages 5 to 7 through an open round, on a tablet with an adult who helps and on a
// phone alone: one question with symbols a screen, read aloud, nothing small to touch.
func TestBrowserYoungest(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("how_is_school_5_7"), s.Forms("1A 27, 1B 28")))
	codes := s.Slips(r)["1A"]
	doc := s.Doc(r)
	for i, c := range []struct {
		name, path, route string
		size              testkit.Step
	}{
		{"tablet", "/helper", "adult_helper", chromedp.EmulateViewport(768, 1024, chromedp.EmulateMobile, chromedp.EmulateTouch)},
		{"phone", "", "own_device", chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch)},
	} {
		v := visitor{testkit.Open(t, s.http.URL, c.size, runsFirst(voiceOf)), s}
		shot := func(what string) {
			v.ExpectFlawless(c.name + ", " + what)
			v.ExpectNoSpill(c.name + ", " + what)
			v.Shot("young-"+c.name+"-"+what, false)
		}
		v.Go("/a/" + r.Code + c.path)
		if c.path != "" {
			v.says("Read each question and each answer as it stands.") // this page is the adult's
			shot("0-adult")
			v.Click("main a")
			v.WaitFor(`document.getElementById("code")`)
		}
		v.WaitFor(`document.forms[0].classList.contains("ready")`)
		promise := testkit.Eval[string](v.Tab, `document.querySelector(".promise").innerText`)
		if n := len(strings.Fields(promise)); n > 20 || n == 0 {
			t.Errorf("%s: %d words before the first question: %s", c.name, n, promise)
		}
		v.Do(chromedp.SendKeys(chromedp.CSS("#code"), codes[i]))
		v.expectFocusSeen()
		v.expectBig("the start")
		shot("1-start")
		v.Do(chromedp.Tap(chromedp.CSS("#next")))
		for n, q := range doc.Questions() {
			v.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
			if on := v.stepOn(); len(on.Questions) != 1 || on.ID != "q-"+q.ID {
				t.Errorf("%s: %v are on one screen", c.name, on.Questions)
			}
			v.expectBig(q.ID)
			type answer struct {
				Words  string
				Symbol float64 // its width in pixels
				Shape  string
			}
			seen := testkit.Eval[[]answer](v.Tab, `[...document.querySelectorAll("#q-`+q.ID+` label")].map((l) => ({Words: l.innerText.trim(),
				Symbol: l.querySelector("svg") ? l.querySelector("svg").getBoundingClientRect().width : 0, Shape: l.querySelector("svg") ? l.querySelector("svg").innerHTML : ""}))`)
			var shapes, said []string
			for j, a := range seen {
				if j >= len(q.Options) || a.Words != q.Options[j].Label || a.Symbol < 30 || slices.Contains(shapes, a.Shape) {
					t.Errorf("%s: an answer to %s looks like %+v", c.name, q.ID, a)
				}
				shapes, said = append(shapes, a.Shape), append(said, a.Words)
			}
			if len(seen) != len(q.Options) {
				t.Errorf("%s: %d answers to %s, want %d", c.name, len(seen), q.ID, len(q.Options))
			}
			testkit.Eval[bool](v.Tab, `(heard.length = 0, true)`)
			v.Do(chromedp.Tap(chromedp.CSS("#aloud")))
			v.WaitFor(fmt.Sprintf(`heard.length >= %d && !document.querySelector(".read")`, len(said)+1))
			if heard := testkit.Eval[[]string](v.Tab, "heard"); !slices.Equal(heard[len(heard)-len(said):], said) || !slices.ContainsFunc(heard, func(h string) bool { return strings.Contains(h, q.Text) }) {
				t.Errorf("%s: read %q, want %q and %q", c.name, heard, q.Text, said)
			}
			v.Do(chromedp.Tap(chromedp.CSS(fmt.Sprintf("#q-%s label:nth-of-type(%d)", q.ID, 1+(n+i)%len(q.Options)))))
			if n == 0 {
				shot("2-question")
			}
			v.Do(chromedp.Tap(chromedp.CSS("#next")))
		}
		v.WaitFor(`document.getElementById("check").checkVisibility()`)
		v.expectBig("the end")
		shot("3-check")
		v.Do(chromedp.Tap(chromedp.CSS("#send")))
		v.WaitFor(`document.getElementById("thanks").checkVisibility()`)
		v.says("Thank you! We will tell you what we heard.")
		shot("4-thanks")
		if i == 0 { // the one answer there is
			for n, q := range doc.Questions() {
				if a := s.onlyAnswer(t, r)[q.ID]; !slices.Equal(a.Options, []string{q.Options[(n+i)%len(q.Options)].ID}) {
					t.Errorf("%s: %s is stored as %+v", c.name, q.ID, a)
				}
			}
		}
		if got := s.counted(r, "route"); got[c.route] != 1 || len(got) != i+1 {
			t.Errorf("%s: counted %v", c.name, got)
		}
	}
}

// expectBig fails the test if something of the page that a child touches is less than 72 pixels high: answers, and what
// leads on, back and to reading aloud.
func (v visitor) expectBig(what string) {
	v.Helper()
	small := testkit.Eval[[]string](v.Tab, `[...document.querySelectorAll(".step label:has(input), nav button, #aloud")].filter((e) => e.checkVisibility()).map((e) => [e, (e.querySelector("input + span") || e).getBoundingClientRect()])
		.filter(([, r]) => r.height < 72 || r.width < 72).map(([e, r]) => e.textContent.trim() + " " + Math.round(r.width) + " x " + Math.round(r.height))`)
	if len(small) > 0 {
		v.Errorf("%s: too small: %q", what, small)
	}
	if !testkit.Eval[bool](v.Tab, `document.getElementById("aloud").checkVisibility()`) {
		v.Errorf("%s: nothing to have it read aloud", what)
	}
}

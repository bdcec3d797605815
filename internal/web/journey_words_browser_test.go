//go:build browser

package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserWordsAreRead goes with a pupil who writes in a box, with the lead who reads it, retells it and passes another
// on, and looks at what the head and a teacher see meanwhile: nothing.
func TestBrowserWordsAreRead(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	ann := s.Staff("Ann Marsh", access.Teacher)
	doc, _, problems := survey.FromItems(s.Bank, "Maths and you", bank.Pupils11to16, []string{"afl_c_goal"})
	if problems = append(problems, doc.AddItem(s.Bank, "", "voice_c_open_help")...); len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	r := s.Open(s.Form(sv, s.Classes("Maths", "9M1 26, 9M2 24", ann)))
	codes := s.Slips(r)

	kim := s.visit(t, testkit.Size(360, 740))
	kim.Go("/a/" + r.Code + "#" + codes["9M1"][0])
	kim.WaitFor(`document.querySelector("#placed:not([hidden])")`)
	kim.Click("#next")
	kim.WaitFor(`document.querySelector("#q-q1:not([hidden])")`)
	testkit.Eval[bool](kim.Tab, `document.querySelector("#q-q1 input").click(), true`)
	kim.Click("#next")
	kim.WaitFor(`document.querySelector("#q-q2:not([hidden])")`)
	kim.look("words-box")
	if text := kim.Text(); !strings.Contains(text, "Ruth Moss") || !strings.Contains(text, "do not write names") || strings.Contains(text, "Nobody reads this until") {
		t.Errorf("on a Monday at nine the box says\n%s", text)
	}
	kim.Do(chromedp.SendKeys(chromedp.CSS("textarea"), "I do not get fractions at all."))
	kim.Click("#next") // the first press counts, though what was typed has only just been left
	kim.WaitFor(`document.querySelector("#check:not([hidden])")`)
	kim.Click("#send")
	kim.WaitFor(`document.querySelector("#thanks:not([hidden])")`)

	for i, text := range []string{"Everyone laughs at me.", "My coach touched me and i dont want to tell anyone.", "More examples please.", "Slower.", "Pairs.", "Time.", "Games.", "Paper.", "Quiet.", "Help."} {
		out, err := s.collector.Submit(context.Background(), r, collecting.Sending{Code: codes["9M1"][i+1], Receipt: fmt.Sprint("r", i), Route: "own_device", Language: "en",
			Answers: survey.Answers{"q1": {State: survey.Skipped}, "q2": {State: survey.Skipped}}, Remarks: []survey.Remark{{Question: "q2", Words: text, Far: "exact"}}})
		if err != nil || out != collecting.Stored {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)

	ruth := s.signedIn(t, lead)
	ruth.Go("/comments")
	ruth.look("words-rounds")
	ruth.Go("/comments/" + r.ID)
	ruth.look("words-queue")
	ruth.press("Read the next one")
	ruth.WaitFor(`document.querySelector(".said")`)
	ruth.look("words-comment")
	if text := ruth.Text(); !strings.Contains(text, "My coach touched me") || !strings.Contains(text, "A copy stands among the") || strings.Contains(text, "9M1") {
		t.Errorf("the first of the queue\n%s", text)
	}
	ruth.Click("details:last-of-type summary")
	ruth.fill("why", "I have to speak to her today.")
	ruth.press("Show me the class")
	ruth.WaitFor(`document.body.textContent.includes("It comes from")`)
	ruth.look("words-class")
	ruth.press("Keep it here")
	for range 20 {
		if !testkit.Eval[bool](ruth.Tab, `!!document.querySelector(".said")`) {
			break
		}
		if strings.Contains(ruth.Text(), "fractions") {
			ruth.Refused(true)
			testkit.Eval[bool](ruth.Tab, `document.querySelector("[value=yes]").click(), true`)
			ruth.WaitFor(`document.querySelector(".error")`)
			ruth.look("words-retell")
			ruth.Refused(false)
			ruth.fill("told", "Somebody needs more help with fractions.")
		}
		ruth.press("Staff may read this")
		ruth.WaitFor(`document.readyState === "complete"`)
	}
	ruth.look("words-read")
	if !strings.Contains(ruth.Text(), "10 ready for staff") {
		t.Errorf("all but one may go\n%s", ruth.Text())
	}
	ruth.press("Let staff read them")
	ruth.look("words-gone")
	if !strings.Contains(ruth.Text(), "10 let go") {
		t.Error(ruth.Text())
	}
	ruth = s.signedIn(t, lead) // a tab lasts two minutes
	ruth.Go("/cover")
	ruth.look("words-cover")

	for _, who := range []access.Actor{s.Head, ann} {
		tab := s.signedIn(t, who)
		tab.Refused(true)
		tab.Go("/comments/" + r.ID)
		if text := tab.Text(); strings.Contains(text, "fractions") || strings.Contains(text, "coach") {
			t.Errorf("%s reads\n%s", who.Name, text)
		}
	}
}

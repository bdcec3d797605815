//go:build browser

package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserSomebodyWantsToTalk goes with a pupil who writes to somebody, without and with a connection, and with the lead
// who reads it.
func TestBrowserSomebodyWantsToTalk(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	kim := s.visit(t, testkit.Size(360, 740))
	kim.Go("/a/" + r.Code)
	kim.Click(".talk")
	kim.look("talk-help")
	kim.Go("/a/" + r.Code + "/talk")
	kim.look("talk")
	kim.fill("name", "Kim Archer")
	kim.fill("words", "Please come and find me.")
	kim.Click("[value=head]")
	// Without a connection it is not sent, does not wait, and says so; what was written stays in its boxes.
	offline := func(yes bool) {
		rules := []*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}}
		_, err := chromedp.Call(kim.Ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules})
		testkit.Must(t, err)
	}
	offline(true)
	kim.Refused(true)
	testkit.Eval[bool](kim.Tab, `document.querySelector("nav button").click(), true`)
	kim.WaitFor(`document.getElementById("problem").textContent.includes("NOT been sent")`)
	if text := kim.Text(); !strings.Contains(text, "Go to Ruth") || !strings.Contains(text, "0800 1111") {
		t.Errorf("not sent, and the page says\n%s", text)
	}
	if kept := testkit.Eval[string](kim.Tab, `JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(history.state)`); strings.Contains(kept, "Kim") || strings.Contains(kept, "find me") {
		t.Errorf("the device keeps %s", kept)
	}
	offline(false)
	kim.Refused(false)
	kim.look("talk-not-sent")
	testkit.Eval[bool](kim.Tab, `document.querySelector("nav button").click(), true`)
	kim.WaitFor(`document.body.textContent.includes("It has been sent")`)
	kim.look("talk-sent")
	if text := kim.Text(); strings.Contains(text, "Kim") || strings.Contains(text, "find me") {
		t.Error("the next person reads what was written")
	}

	ruth := s.signedIn(t, lead)
	ruth.Go("/concerns")
	ruth.look("concerns-none")
	if !strings.Contains(ruth.Text(), "Nothing waits.") {
		t.Error("the lead sees what is for the head alone")
	}
	head := s.signedIn(t, s.Head)
	head.Go("/")
	head.look("concerns-home")
	head.press("Read it now")
	head.look("concerns")
	testkit.Eval[bool](head.Tab, `document.querySelector("main .list a").click(), true`)
	head.WaitFor(`document.querySelector("main form")`)
	head.look("concern-closed")
	if strings.Contains(head.Text(), "Kim") {
		t.Error("it can be read before it is opened")
	}
	head.press("Read it")
	head.WaitFor(`document.querySelector(".said")`)
	head.look("concern")
	if !strings.Contains(head.Text(), "Kim Archer") || !strings.Contains(head.Text(), "Please come and find me.") {
		t.Error(head.Text())
	}
	head.choose("Recorded where we keep our records")
	head.fill("note", "Spoken to at lunch.")
	head.press("Keep")
	head.look("concerns-done")
}

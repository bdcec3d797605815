//go:build browser

package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// sends presses the button under the box and waits for the digits, which it gives.
func (v visitor) sends() string {
	v.Helper()
	testkit.Eval[bool](v.Tab, `document.querySelector("#write nav button").click(), true`)
	v.WaitFor(`document.querySelector(".digits")`)
	return testkit.Eval[string](v.Tab, `document.querySelector(".digits").textContent`)
}

// offline cuts the connection of a tab, or gives it back.
func (v visitor) offline(yes bool) {
	v.Helper()
	rules := []*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}}
	_, err := chromedp.Call(v.Ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules})
	testkit.Must(v, err)
	v.Refused(yes)
}

// TestBrowserAPupilInDanger goes with pupils who write by every way there is, with the lead, with the deputy while the lead is
// away, with the head and the chair, and with a teacher who is meant.
func TestBrowserAPupilInDanger(t *testing.T) {
	t.Parallel()
	s := posting(t)
	ctx := context.Background()
	chair := s.Chair("Cora Vale")
	lead, deputy := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy)
	accused := s.Staff("Tia Cole", access.Teacher)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	talk := "/a/" + r.Code + "/talk"

	// On a device of their own: offline first, when it says that it has not been sent and keeps nothing.
	kim := s.visit(t)
	kim.Go(talk)
	kim.look("safe-talk", everyWay...)
	kim.Do(testkit.Size(360, 740))
	kim.fill("words", "I am afraid to go home.")
	kim.offline(true)
	testkit.Eval[bool](kim.Tab, `document.querySelector("#write nav button").click(), true`)
	kim.WaitFor(`document.getElementById("problem").textContent.includes("NOT been sent")`)
	if kept := testkit.Eval[string](kim.Tab, `JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + !!document.querySelector(".digits")`); strings.Contains(kept, "afraid") || !strings.HasSuffix(kept, "false") {
		t.Errorf("without a connection: %s", kept)
	}
	kim.offline(false)
	receipt := kim.sends()
	kim.look("safe-sent", everyWay...)
	if _, ok := safeguard.CleanReceipt(receipt); !ok {
		t.Fatalf("the receipt is %q", receipt)
	}
	if kept := testkit.Eval[string](kim.Tab, `JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(history.state) + document.cookie + location.href`); strings.Contains(kept, receipt[:4]) || strings.Contains(kept, strings.ReplaceAll(receipt, " ", "")) {
		t.Errorf("the device keeps the receipt: %s", kept)
	}

	// On a shared device, about a teacher; the way back leads to the shared page.
	tablet := s.visit(t)
	tablet.Go("/a/" + r.Code + "/shared")
	tablet.press(words.English().Say("kiosk.ready"))
	address := testkit.Eval[string](tablet.Tab, `document.querySelector("#help a[href*='/talk']").getAttribute("href")`)
	tablet.Go(address)
	tablet.Click("[value=head]")
	tablet.fill("words", "Ms Cole shouts at me.")
	tablet.sends()
	if back := testkit.Eval[string](tablet.Tab, `document.querySelector("#thanks a").getAttribute("href")`); !strings.Contains(back, "/shared") {
		t.Errorf("from a shared device it leads back to %s", back)
	}

	// Without script, about the head.
	plain := s.visit(t, testkit.Script(false))
	plain.Go(talk)
	plain.Click("[value=chair]")
	plain.Do(chromedp.SendKeys("#words", "It is about Mrs Okafor."))
	plain.Do(chromedp.Submit("#write"))
	plain.WaitFor(`document.readyState === "complete" && document.querySelector(".digits")`)
	plain.says("It has been sent", "Write down these 16 numbers")

	// The lead reads the first and answers; of the other two there is nothing to be seen.
	ruth := s.signedIn(t, lead)
	ruth.Go("/concerns")
	ruth.look("safe-list", everyWay...)
	if n := testkit.Eval[int](ruth.Tab, `document.querySelectorAll("main .list li").length`); n != 1 {
		t.Errorf("the lead sees %d", n)
	}
	testkit.Eval[bool](ruth.Tab, `document.querySelector("main .list a").click(), true`)
	ruth.WaitFor(`document.querySelector("main form button")`)
	ruth.press("Read it")
	ruth.says("I am afraid to go home.", "Whom to call", "01632 960002")
	ruth.fill("answer", "I am in room 4 until five. Tell me who you are and I come to you.")
	ruth.press("Leave this answer")
	ruth.says("Ruth Moss answered")
	ruth.look("safe-concern", everyWay...)
	ruth.press("A page for your safeguarding records")
	ruth.says("I am afraid to go home.", "Who read it", "The same as a file")
	ruth.look("safe-record")

	// The pupil comes back with the digits, which they type as they wrote them down.
	kim.Go("/a")
	kim.look("safe-find")
	kim.press(words.English().Say("talk.find_link"))
	kim.look("safe-digits", everyWay...)
	kim.Refused(true)
	kim.fill("digits", "1111 2222 3333 4444")
	kim.pressFor("Open")
	kim.says("These numbers open nothing.")
	kim.look("safe-digits-wrong")
	kim.Refused(false)
	kim.fill("digits", strings.ReplaceAll(receipt, " ", "-"))
	kim.press("Open")
	kim.says("I am in room 4 until five.", "Ruth Moss", "Nobody can come to you unless you write who you are.")
	if strings.Contains(kim.Text(), "afraid") {
		t.Error("whoever finds the digits reads what was written")
	}
	kim.look("safe-thread", everyWay...)
	kim.fill("words", "I am Kim Archer, 9B.")
	kim.press("Send it")
	kim.says("It has been sent", "Nobody has read your last message yet.")

	// The lead is away; the deputy has all that the lead has.
	today := storage.DateOf(s.DB.Now(), time.UTC)
	testkit.Must(t, roster.NewStore(s.DB).AddAbsence(ctx, s.Head, roster.Absence{PersonID: lead.Person, FirstOn: today, LastOn: today}))
	dee := s.signedIn(t, deputy)
	dee.Go("/cover")
	dee.says("Dee Putnam")
	dee.Go("/")
	dee.says("Somebody wants to talk.")
	dee.press("Read it now")
	testkit.Eval[bool](dee.Tab, `document.querySelector("main .list a").click(), true`)
	dee.WaitFor(`document.querySelector("main form button")`)
	dee.press("Read it")
	dee.says("I am Kim Archer, 9B.", "Ruth Moss")
	dee.choose("Recorded where we keep our records")
	dee.press("Keep")
	dee.says("Recorded elsewhere")

	// The head reads what is for them, and not what is about them; the chair the other way round.
	for who, want := range map[string]struct {
		actor    access.Actor
		yes, not string
	}{"head": {s.Head, "Ms Cole shouts at me.", "Mrs Okafor"}, "chair": {chair, "It is about Mrs Okafor.", "Ms Cole"}} {
		v := s.signedIn(t, want.actor)
		v.Go("/concerns")
		v.look("safe-list-" + who)
		testkit.Eval[bool](v.Tab, `document.querySelector("main .list a").click(), true`)
		v.WaitFor(`document.querySelector("main form button")`)
		v.press("Read it")
		v.says(want.yes)
		v.look("safe-concern-" + who)
		if strings.Contains(v.Text(), want.not) {
			t.Errorf("the %s reads %q", who, v.Text())
		}
	}

	// The teacher who is meant sees nothing, and not that there is anything.
	tia := s.signedIn(t, accused)
	tia.Go("/")
	if text := tia.Text(); strings.Contains(text, "wants to talk") || strings.Contains(text, "Concerns") {
		t.Errorf("the teacher's first page says\n%s", text)
	}
	tia.Refused(true)
	tia.Go("/concerns")
	if text := tia.Text(); strings.Contains(text, "Cole shouts") || strings.Contains(text, "Waiting") {
		t.Errorf("the teacher reads\n%s", text)
	}
	tia.Refused(false)
	tia.Go("/staff-room")
	tia.says("Ruth Moss", "Dee Putnam", "chair of governors")
	tia.look("safe-staff-room")
}

// TestBrowserTryingItOut goes with a lead who writes down whom to call and sends a test message.
func TestBrowserTryingItOut(t *testing.T) {
	t.Parallel()
	s := posting(t)
	testkit.Must(t, s.DB.Write(context.Background()).Exec("UPDATE schools SET escalation = '' WHERE school_id = ?", s.School.School.SchoolID).Error)
	ruth := s.signedIn(t, s.Staff("Ruth Moss", access.SafeguardingLead))
	ruth.Go("/concerns")
	ruth.says("Nobody has written down whom to call outside school.", "Nobody has tried it out this term.")
	ruth.look("safe-nothing-yet", everyWay...)
	ruth.press("Write it down")
	ruth.look("safe-outside", everyWay...)
	ruth.Refused(true)
	if status := ruth.pressFor("Keep"); status != 422 {
		t.Errorf("without a number: %d", status)
	}
	ruth.look("safe-outside-wrong")
	ruth.Refused(false)
	ruth.fill("escalation", "Children’s social care: 01632 960001")
	ruth.press("Keep")
	ruth.press("Try it out")
	ruth.says("A test message is on its way.", "A test: nobody wrote it.")
	ruth.look("safe-test")
	testkit.Eval[bool](ruth.Tab, `document.querySelector("main .list a").click(), true`)
	ruth.WaitFor(`document.querySelector("main form button")`)
	ruth.press("Read it")
	ruth.says("This is a test.")
	ruth.choose("No concern")
	ruth.press("Keep")
	ruth.says("Last test:", "dealt with within a minute.")
	ruth.look("safe-tested")
}

// TestBrowserTheWayBackFromRightToLeft reads the same pages in languages that are written the other way.
func TestBrowserTheWayBackFromRightToLeft(t *testing.T) {
	t.Parallel()
	s := posting(t)
	s.offer("ar", "ur")
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	for _, lang := range []string{"ar", "ur"} {
		v := s.visit(t)
		v.Go("/a/" + r.Code + "/talk?lang=" + lang)
		v.look("safe-talk-"+lang, "phone-light", "wide-dark")
		v.fill("words", "أخاف")
		receipt := v.sends()
		v.look("safe-sent-"+lang, "phone-light")
		v.Go("/a/" + r.Code + "/talk?lang=" + lang)
		v.press(words.In(lang).Say("talk.find_link"))
		v.fill("digits", receipt)
		v.press(words.In(lang).Say("talk.open"))
		v.says(words.In(lang).Say("talk.unread"), words.In(lang).Say("talk.nobody"))
		v.look("safe-thread-"+lang, "phone-light")
	}
}

//go:build browser

package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// upload puts a file into the only file field of a page.
func (v visitor) upload(name, content string) {
	v.Helper()
	path := filepath.Join(v.TempDir(), name)
	testkit.Must(v, os.WriteFile(path, []byte(content), 0o600))
	v.Do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{path}))
}

const rollWithParents = "MIS ID,Forename,Surname,Year,Reg Group,Parent 1 Name,Parent 1 Email,Parent 2 Name,Parent 2 Email\n" +
	"1,Bo,Bell,7,7A,Ann Bell,ann@home.example,Dan Bell,dan@home.example\n" +
	"2,Cy,Bell,9,9B,Ann Bell,ann@home.example,Dan Bell,dan@home.example\n" +
	"3,Fay,Carr,7,7B,Eve Carr,,,\n" +
	"4,Ivy,Dunn,9,9B,Hal Dunn,hal@home.example,,\n"

// Parents from the list to the answer: the head brings the lists, a leader asks and sends, a parent answers by the link in
// the mail, the others are reminded, and one of them asks for no more mail.
func TestBrowserParentsByMail(t *testing.T) {
	t.Parallel()
	p := newPosted(t)
	head := p.visit(t)
	head.Go("/people/import")
	head.signIn(p.Head)
	head.upload("pupils.csv", rollWithParents)
	head.press("Show what it would change")
	head.press("Apply 4 changes")
	head.press("Parents and carers")
	head.says("Nobody yet")
	head.look("parents-01-none")
	head.press("Read in a list of parents")
	head.look("parents-02-import", everyWay...)
	head.upload("pupils.csv", rollWithParents)
	head.press("Show what it would change")
	head.says("4 parents are new", "1 parent of this list has no e-mail address")
	head.unfold("4 parents are new")
	head.unfold("Which column holds what")
	head.look("parents-03-preview", everyWay...)
	head.press("Apply 4 changes")
	head.says("4 parents and carers are on the list.", "Eve Carr", "Fay Carr (7B)")
	head.unfold("Everybody")
	head.look("parents-04-list", everyWay...)
	head.press("Eve Carr")
	head.says("Parent or carer of Fay Carr (7B)")
	head.look("parents-04-mend")

	grace := p.visit(t)
	grace.Go("/surveys")
	grace.signIn(p.Staff("Grace Mensah", access.Leader))
	grace.fill("template", "first_home")
	grace.press("Take this one")
	grace.press("Ask it")
	grace.says("Whose parents do you ask?", "By e-mail", "Once for all their children", "never by form or class")
	grace.look("parents-05-form", everyWay...)
	grace.fill("why", "we want to work better with families")
	grace.fill("may_change", "How we write to you, and when you can see a teacher.")
	grace.fill("closes_at", "2026-10-16")
	grace.fill("reply_by", "2026-10-30")
	grace.press("Next: check and open")
	grace.says("Parents of children in several years (2)", "Year 7 (1)", "Year 9 (1)", "never by form or class")
	grace.look("parents-06-draft")
	grace.press("Open the round")
	grace.says("Invite those who are asked")
	grace.look("parents-07-open", everyWay...)
	grace.press("Invitations")
	grace.says("Send invitations to 3 people", "is reminded on Friday 9 October and Thursday 15 October", "Whom no mail reaches", "Eve Carr", "the school can see that you answered, but never what you said")
	grace.look("parents-08-mail", everyWay...)
	grace.press("Send invitations to 3 people")
	grace.says("3 invitations are on their way.")
	got := p.deliver()
	if len(got) != 3 {
		t.Fatalf("%d mails", len(got))
	}
	grace.Go(strings.TrimPrefix(testkit.Eval[string](grace.Tab, "location.href"), p.http.URL))
	grace.says("3 invitations have been sent.")
	grace.look("parents-09-sent")
	grace.press("Print a slip for one person")
	if slips := slipsOn(grace); len(slips) != 3 || slips[0].Group != "Year 7" {
		t.Errorf("%+v", slips)
	}
	grace.print("parents-10-paper.pdf")

	// The mail as a mail program shows it.
	ann := got["ann@home.example"]
	answer := p.only(p.Head)
	phone := visitor{testkit.Open(t, p.http.URL), p.server}
	phone.Go("/a/" + strings.SplitN(link(t, ann), "/a/", 2)[1])
	phone.says("we want to work better with families", "Your code is in place.", "the school can see that you answered, but never what you said")
	phone.ExpectAccessible("a parent's first screen")
	phone.Shot("parents-11-phone", false)
	phone.Do(chromedp.Tap(chromedp.CSS("#next")))
	for i, q := range p.Doc(answer).Questions() {
		phone.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		phone.Do(chromedp.Tap(chromedp.CSS("#q-" + q.ID + " label:nth-of-type(3)")))
		if i == 0 {
			phone.Shot("parents-12-question", false)
		}
		phone.Do(chromedp.Tap(chromedp.CSS("#next")))
	}
	phone.WaitFor(`document.getElementById("check").checkVisibility()`)
	phone.Do(chromedp.Tap(chromedp.CSS("#send")))
	phone.WaitFor(`document.getElementById("thanks").checkVisibility()`)
	phone.says("The school’s reply will be ready by 30 October 2026")
	phone.Shot("parents-13-thanks", false)

	// The others are reminded, in the morning of the day that was named; Ann is left alone.
	p.Clock.Forward(time.Date(2026, 10, 9, 8, 31, 0, 0, time.UTC).Sub(p.Clock.Now()))
	reminded := p.deliver()
	if len(reminded) != 2 || reminded["ann@home.example"].To != "" || link(t, reminded["hal@home.example"]) != link(t, got["hal@home.example"]) {
		t.Errorf("%d reminders", len(reminded))
	}
	if dir := os.Getenv("EARSHOT_SHOTS"); dir != "" {
		keep("parents-14-mail.eml", []byte(reminded["hal@home.example"].Raw))
		keep("parents-14-mail.txt", []byte(got["ann@home.example"].Text))
	}

	dan := p.visit(t, testkit.Size(360, 740))
	dan.Go(strings.TrimPrefix(strings.Trim(reminded["dan@home.example"].Header.Get("List-Unsubscribe"), "<>"), p.http.URL))
	dan.says("Riverside School sends mail about surveys to dan@home.example. Stop these e-mails?")
	dan.look("parents-15-stop", everyWay...)
	dan.press("No more mail about surveys")
	dan.says("will send no more mail about surveys to dan@home.example")
	dan.look("parents-16-stopped")
	dan.press("Send me mail about surveys again")
	dan.says("will send mail about surveys to dan@home.example again")
	dan.press("No more mail about surveys")

	grace = p.visit(t)
	grace.Go("/rounds/" + answer.ID)
	grace.signIn(p.Staff("Mo Leader", access.Leader))
	grace.says("under half")
	if strings.Contains(grace.Text(), "Ann Bell") {
		t.Error("the round's page says who has answered")
	}
	grace.look("parents-17-answered")
	p.Clock.Forward(time.Date(2026, 10, 15, 8, 31, 0, 0, time.UTC).Sub(p.Clock.Now()))
	if last := p.deliver(); len(last) != 1 || last["hal@home.example"].To == "" {
		t.Errorf("%d last reminders: Dan wants none", len(last))
	}
	p.Clock.Forward(48 * time.Hour)
	if late := p.deliver(); len(late) != 0 {
		t.Errorf("%d mails after closing", len(late))
	}
}

// A poster hangs where people wait: one sheet of A4 with a code that leads to the survey.
func TestBrowserPoster(t *testing.T) {
	t.Parallel()
	p := newPosted(t)
	f := p.Form(p.Survey("first_home"), nil)
	f.Mode, f.Title = "open_link", "Parents' evening: home and school"
	r := p.Open(f)
	grace := p.visit(t)
	grace.Go("/rounds/" + r.ID)
	grace.signIn(p.Staff("Grace Mensah", access.Leader))
	grace.look("poster-1-round")
	grace.press("Poster to print")
	grace.says("Parents' evening: home and school", "Scan this with your phone's camera", r.Code)
	grace.ExpectAccessible("a poster")
	grace.Shot("poster-2", true)
	pdf, err := chromedp.Run(grace.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(t, err)
	keep("poster-3.pdf", pdf)
	if got := paper(pdf); len(got) != 1 || got[0] != "595x842" {
		t.Errorf("printed on %v, want one page of A4", got)
	}
}

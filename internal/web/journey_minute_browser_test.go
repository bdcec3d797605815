//go:build browser

package web_test

import (
	"context"
	"strings"
	"testing"

	"earshot/internal/act/action"
	"earshot/internal/testkit"
)

// TestBrowserAMinuteFirst goes from a slip through the minute to the questions, with and without a script, in a language from
// right to left as well, and looks at the cards and at the page that ends the mail a week.
func TestBrowserAMinuteFirst(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.offer("ar")
	sv := s.Survey("first_say")
	f := s.Form(sv, s.Forms("9A 27"))
	f.Plan.Minute = true
	r := s.Open(f)
	code := s.Slips(r)["9A"][0]
	kim := s.visit(t, testkit.Size(360, 740))
	kim.Go("/a/" + r.Code + "#" + code)
	kim.WaitFor(`location.pathname.endsWith("/minute") && !document.getElementById("left").hidden`)
	kim.look("minute")
	if where := testkit.Eval[string](kim.Tab, `location.href`); strings.Contains(where, code) {
		t.Errorf("the code stays in the address: %s", where)
	}
	kim.press("I am ready") // waits until the next page is there
	kim.WaitFor(`document.getElementById("placed") && !document.getElementById("placed").hidden`)
	if strings.HasSuffix(kim.Where(), "/minute") {
		t.Error("the minute leads to itself")
	}
	kim.look("minute-over")
	kim.Go("/a/" + r.Code + "/minute?lang=ar")
	kim.look("minute-ar")

	plain := s.visit(t, testkit.Script(false))
	plain.Go("/a/" + r.Code)
	plain.says("Put the screen down", "I am ready")
	plain.press("I am ready")
	plain.says("The code on your slip")

	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/thinking")
	head.print("thinking")
	head.Go("/rounds/" + r.ID + "/preview")
	head.look("minute-preview")
	head.press("I am ready")
	head.says("This is a preview. Nothing is sent.", "Start")
	head.Go("/surveys/" + sv.ID + "/preview")
	head.look("minute-survey-preview")
	head.press("With a quiet minute first")
	head.press("I am ready")
	nobody := s.visit(t)
	nobody.Go(action.NewStore(s.DB, s.Key, s.Bank).StopDigestURL("", s.Head.School, s.Head.Person))
	nobody.look("mail-a-week")
	nobody.press("End the mail a week")
	nobody.look("mail-a-week-ended")
	if d, err := action.NewStore(s.DB, s.Key, s.Bank).Digest(context.Background(), s.Head.School, s.Head.Person); err != nil || d.Choice != action.DigestOff {
		t.Errorf("%v (%v)", d, err)
	}
}

// TestBrowserAPackFromPreviewToWithdrawal looks at what a head does with a pack and what a governor sees of it.
func TestBrowserAPackFromPreviewToWithdrawal(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	head, gus := b.signedIn(t, b.Head), b.signedIn(t, b.governor)
	head.Go("/packs")
	head.fill("title", "Autumn")
	head.press("Look at it first")
	head.look("pack-preview")
	head.press("Make the pack")
	head.Go("/packs")
	testkit.Eval[bool](head.Tab, `document.querySelector("main .list a").click(), true`)
	head.WaitFor(`document.querySelector("article.pack")`)
	pack := testkit.Eval[string](head.Tab, `location.pathname`)
	gus.Go(pack)
	gus.look("pack-guess-first")
	head.Refused(true)
	head.unfold("Withdraw this pack")
	if status := head.pressFor("Withdraw the pack"); status != 422 {
		t.Errorf("withdrawn without a reason: %d", status)
	}
	head.Refused(false)
	head.look("pack-withdraw-why")
	head.fill("because", "The parents’ round was left out.")
	head.press("Withdraw the pack")
	head.look("packs-withdrawn")
	gus.Go(pack)
	gus.look("pack-withdrawn")
	gus.says("The parents’ round was left out.", "What follows stays as it was made.")
}

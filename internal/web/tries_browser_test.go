//go:build browser

package web_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserThingsToTry opens what is folded away, takes one into an answer, and sends the answer with the Enter key.
func TestBrowserThingsToTry(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	lena := s.Staff("Lena Brandt", access.Teacher)
	r := s.ended(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24, 10/En2 25", lena)), rand.New(rand.NewPCG(3, 3)))
	head := s.signedIn(t, s.Head)
	head.Go("/replies/" + r.ID + "/edit/answers/new?question=" + s.question(r, "afl_c_goal"))
	head.unfold("Things to try")
	head.look("tries-answer")
	head.fill("heard", "Nobody says what it is for.")
	head.press("Take into the answer: Show one finished piece first")
	head.look("tries-taken")
	if doing := testkit.Eval[string](head.Tab, "document.getElementById('doing').value"); !strings.HasPrefix(doing, "Before pupils begin, show one") {
		t.Errorf("the answer says %q", doing)
	}
	if heard := testkit.Eval[string](head.Tab, "document.getElementById('heard').value"); heard != "Nobody says what it is for." {
		t.Errorf("what was typed before is %q", heard)
	}
	// Enter sends what is written; it takes nothing over.
	head.Refused(true)
	head.Do(chromedp.Focus(chromedp.CSS("#due")))
	_, err := chromedp.RunResponse(head.Ctx, chromedp.KeyEvent(kb.Enter))
	testkit.Must(t, err)
	head.says("Name the day by which it is seen to.")
	head.Refused(false)
	head.Go("/results/gateways/afl")
	head.unfold("Things to try")
	head.look("tries-gateway")
	head.Go("/bank?gateway=afl")
	head.unfold("Things to try")
	head.look("tries-bank")

	teacher := s.signedIn(t, lena, testkit.Size(360, 740))
	teacher.Go("/rounds/" + r.ID + "/look")
	teacher.press("Guess three, then look")
	teacher.choose("Fairly clear")
	teacher.press("Look")
	path, _, _ := strings.Cut(testkit.Eval[string](teacher.Tab, "location.pathname"), "?")
	teacher.Go(path + "/journal")
	teacher.unfold("Things to try")
	teacher.look("tries-journal")
}

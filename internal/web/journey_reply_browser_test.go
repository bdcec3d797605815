//go:build browser

package web_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"earshot/internal/act/action"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserFromSettledToReply goes with a head from a settled round to a reply that everybody reads, and with the one
// who sees to a promise of it.
func TestBrowserFromSettledToReply(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Staff("Olu Ade", access.Teacher)
	s.offer("pl", "ar")
	ida := s.Staff("Ida Berg", access.Governor)
	form := s.Form(s.Survey("first_belong"), s.Forms("7A 27, 7B 28, 8A 26, 8B 27"))
	form.Plan.Readers = append(form.Plan.Readers, ida.Person)
	r := s.ended(form, rand.New(rand.NewPCG(3, 4)))
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	head := s.signedIn(t, s.Head)
	head.Go("/replies")
	head.look("replies-owed")
	head.press(r.Title)
	head.look("reply-empty")
	head.press("Add an answer")
	head.Refused(true)
	if status := head.pressFor("Keep"); status != 422 {
		t.Errorf("an empty answer: %d", status)
	}
	head.look("reply-answer-wrong")
	head.Refused(false)
	head.choose("We do it together")
	head.look("reply-answer")
	head.fill("heard", "There is nobody to sit with at lunch.")
	head.fill("pupils", "Each form lays a table where anybody can sit.")
	head.fill("staff", "An adult eats there every day.")
	head.fill("owner", owner.Person)
	head.fill("question", "q2")
	head.fill("due", string(r.ReplyBy))
	head.press("Keep")
	head.press("Add an answer")
	head.choose("No")
	head.fill("heard", "A longer lunch.")
	head.fill("doing", "The buses cannot wait.")
	head.press("Keep")
	head.fill("opening", "Thank you. The head and the leaders have read what you said.")
	head.fill("last_heard", "nobody to sit with at lunch")
	head.fill("last_did", "a table where anybody can sit")
	head.press("Keep")
	head.look("reply-written")
	head.press("Read it first as they will")
	head.look("reply-preview")
	head.press("Back to writing")
	head.press("Publish the reply")
	head.look("reply-published")
	head.Go("/replies/" + r.ID + "/edit/poster")
	head.look("reply-poster")
	for _, sheet := range []struct{ paper, points string }{{"a4", "595x842"}, {"a3", "842x1191"}} {
		head.Go("/replies/" + r.ID + "/edit/poster?paper=" + sheet.paper)
		pdf, err := chromedp.Run(head.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
		testkit.Must(t, err)
		if got := paper(pdf); !slices.Equal(got, []string{sheet.points}) {
			t.Errorf("the poster for %s is printed on %v", sheet.paper, got)
		}
	}
	head.Go("/replies/" + r.ID + "/edit/slides")
	head.look("reply-slides")
	head.Go("/replies/" + r.ID + "/edit/languages/pl")
	head.look("reply-language")

	head.Go("/packs")
	head.look("packs")
	head.fill("title", "Governors, autumn")
	head.fill("ask", "Who laid the tables?")
	head.press("Make the pack")
	head.look("pack")
	pack := testkit.Eval[string](head.Tab, "location.pathname")
	governor := s.signedIn(t, ida, testkit.Size(360, 740))
	governor.Go("/packs")
	governor.press("Governors, autumn")
	governor.look("pack-governor")
	const article = `document.querySelector("article.pack").innerText`
	frozen := testkit.Eval[string](governor.Tab, article)
	for _, words := range []string{"There is nobody to sit with at lunch.", "Who laid the tables?", "Not begun."} {
		if !strings.Contains(frozen, words) {
			t.Errorf("the pack does not say %q:\n%s", words, frozen)
		}
	}
	governor.press("Show as slides")
	governor.look("pack-slides")

	nobody := s.visit(t, testkit.Size(360, 740))
	nobody.Go("/r/" + r.Code)
	nobody.look("reply-public")
	for _, words := range []string{"The buses cannot wait.", "Olu Ade", "An adult eats there every day.", "What people said"} {
		if !strings.Contains(nobody.Text(), words) {
			t.Errorf("the public page does not say %q:\n%s", words, nobody.Text())
		}
	}
	nobody.Go("/r/" + r.Code + "?lang=ar")
	nobody.look("reply-public-arabic")

	olu := s.signedIn(t, owner)
	olu.Go("/replies/" + r.ID)
	olu.look("reply-staff")
	olu.Go("/actions")
	olu.look("actions")
	olu.press("An adult eats there every day.")
	olu.choose("Under way")
	olu.fill("became", "The table is there since Monday.")
	olu.look("action")
	olu.press("Keep")
	w, err := action.NewStore(s.DB, s.Key, s.Bank).Shown(context.Background(), r)
	testkit.Must(t, err)
	if w.Actions[0].State != action.Doing || w.Actions[0].Became == "" {
		t.Errorf("%+v", w.Actions[0])
	}
	// Once it has had time to work, the same is asked again in the same words.
	head.Go("/actions")
	head.press("An adult eats there every day.")
	head.press("Ask it again")
	head.look("pulse")
	if text := head.Text(); !strings.Contains(text, "Prepare a round") {
		t.Errorf("asking again leads to\n%s", text)
	}
	governor = s.signedIn(t, s.Staff("Jan Moss", access.Governor), testkit.Size(360, 740))
	governor.Go(pack)
	if now := testkit.Eval[string](governor.Tab, article); plain(now) != plain(frozen) { // wide and narrow windows break tables differently
		t.Errorf("a frozen pack has changed:\n%s\n\n%s", frozen, now)
	}
}

// TestBrowserGuessLookReflect goes with a teacher through their six minutes.
func TestBrowserGuessLookReflect(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	teacher := s.Staff("Lena Brandt", access.Teacher)
	r := s.Open(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24, 10/En2 25", teacher)))
	lena := s.signedIn(t, teacher)
	lena.Go("/")
	lena.press("What would be good enough?")
	lena.look("enough-classes")
	lena.press("Agree with the class what would be good enough") // the first of two
	lena.fill("enough-q1", "6")
	lena.look("enough")
	lena.press("Keep")
	r = s.settled(r, 3)
	lena.Go("/")
	lena.press("Guess three, then look")
	lena.look("guess-begin")
	lena.press("See what you agreed on")
	lena.look("enough-late")
	lena.says("6 in ten say")
	lena.press("Back")
	lena.press("Guess three, then look")
	lena.look("guess")
	lena.Refused(true)
	if status := lena.pressFor("Look"); status != 422 {
		t.Errorf("no guess at all: %d", status)
	}
	lena.Refused(false)
	lena.choose("Fairly clear")
	lena.choose("Often")
	lena.press("Look")
	lena.look("guess-reveal")
	first := lena.Text()
	lena.press("Next")
	if !strings.Contains(first+lena.Text(), "We said: 6 in 10 would be good enough.") {
		t.Error("what was agreed beforehand is not said")
	}
	lena.press("What I make of it")
	lena.fill("surprised", "That they want harder work.")
	lena.fill("agreed", "We want to choose our own books.")
	lena.press("Keep")
	lena.look("journal")
	lena.press("Choose what, and to whom")
	lena.look("share")
	lena.fill("to", s.Head.Person)
	lena.fill("words", "They want harder work. Shall we talk?")
	lena.press("See what they will see")
	lena.look("share-seen")
	lena.press("Show it to " + s.Head.Name)
	lena.look("shared")
	lena.Go("/rounds/" + r.ID + "/look")
	head := s.signedIn(t, s.Head)
	head.Go("/shared")
	head.look("shared-with-head")
	if !strings.Contains(head.Text(), "Shall we talk?") {
		t.Error(head.Text())
	}
	lena.Go("/shared")
	lena.press("Take it back: " + "10/En1, English: " + r.Title + ", from " + s.Head.Name)
	head.Go("/shared")
	if strings.Contains(head.Text(), "Shall we talk?") {
		t.Error("what was taken back can still be read")
	}
	lena.Go("/journal")
	lena.press("10/En1, English: " + r.Title)
	lena.press("Screen for the class")
	lena.look("wall")
	lena.Go("/journal")
	lena.look("journal-all")
	if !strings.Contains(lena.Text(), "That they want harder work.") {
		t.Error(lena.Text())
	}
	// From now on the guess stands: there is no second one after looking.
	lena.Go("/rounds/" + r.ID + "/look")
	lena.look("guess-after")

	open := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	lena.Go("/rounds/" + open.ID + "/guess")
	lena.look("guess-staff")
	lena.choose("Very safe")
	lena.press("Give my guesses")
	lena.Go("/rounds/" + open.ID + "/guess")
	lena.look("guess-staff-given")
}

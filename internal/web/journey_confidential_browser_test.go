//go:build browser

package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// answersWith goes through a survey on a phone, whose code is in place: the nth option of each question and some words in a box.
func (v visitor) answersWith(doc survey.Document, option int, box string) {
	v.Helper()
	v.says("Your code is in place.")
	v.Click("#next")
	for _, q := range doc.Questions() {
		v.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		if q.Type.IsText() {
			v.Do(chromedp.SendKeys("#q-"+q.ID+" textarea", box))
		} else {
			v.Click(fmt.Sprintf("#q-%s label:nth-of-type(%d)", q.ID, option))
		}
		v.Click("#next")
	}
	v.WaitFor(`document.getElementById("check").checkVisibility()`)
	v.Click("#send")
	v.WaitFor(`document.getElementById("thanks").checkVisibility()`)
}

// TestBrowserInConfidence goes the whole way of a confidential round: lists, a draft, cards, an answer with a danger in it that is
// taken back and given again, whose it is, and results by the school's lists.
func TestBrowserInConfidence(t *testing.T) {
	t.Parallel()
	s := posting(t)
	ctx := context.Background()
	s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30, "9A": 30})
	leadActor := s.Staff("Ruth Moss", access.SafeguardingLead)
	s.Holds(s.Staff("Dee Putnam", access.SafeguardingDeputy))
	s.Chair("Cora Vale")
	doc, _, problems := survey.FromTemplate(s.Bank, "first_belong")
	problems = append(problems, doc.AddOwn("", survey.Own{Text: "What else should we know?", Short: "Else", About: bank.AboutSchool, Origin: survey.FromSchool, Type: survey.TypeLongText})...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)

	amara := s.signedIn(t, s.Head)
	amara.Go("/people/flags")
	amara.look("confidential-01-lists", everyWay...)
	var meals []string
	for i := range 30 {
		meals = append(meals, fmt.Sprintf("%s-%d", []string{"7A", "7B", "8A", "8B", "9A"}[i%5], 1+i/5), fmt.Sprintf("Pupil %s-%d", []string{"7A", "7B", "8A", "8B", "9A"}[i%5], 11+i/5))
	}
	amara.Refused(true)
	amara.fill("name", "Free school meals")
	amara.fill("people", "7A-1\nNobody Known")
	if status := amara.pressFor("Save"); status != 422 {
		t.Errorf("a line that is nobody's: %d", status)
	}
	amara.says("Line 2 is no pupil on your list.")
	amara.Refused(false)
	amara.fill("people", strings.Join(meals, "\n"))
	amara.press("Save")
	amara.says("Free school meals", "60 pupils")
	amara.press("Free school meals")
	amara.look("confidential-02-list")

	amara.Go("/rounds/new?survey=" + sv.ID)
	amara.choose("In confidence, with a card of their own")
	amara.choose("Free school meals")
	amara.choose("Follow how the answers of the same pupils change")
	amara.look("confidential-03-prepare", everyWay...)
	amara.fill("why", "we want everybody to feel safe")
	amara.fill("may_change", "How break is watched.")
	amara.press("Next: check and open")
	amara.says("Check it once more", "150 pupils have no card yet.")
	amara.look("confidential-04-draft", everyWay...)
	amara.Refused(true)
	if status := amara.pressFor("Open the round"); status != 409 {
		t.Errorf("opened with one key: %d", status)
	}
	amara.look("confidential-05-no-keys")
	amara.Refused(false)

	ruth := s.signedIn(t, leadActor)
	ruth.makesKey("")
	ruth.unlocks("#trial")
	ruth.comesTo("Your key works.")
	amara.press("Open the round")
	amara.says("Hand out the cards")
	amara.look("confidential-06-open", everyWay...)
	r := s.only(s.Head)
	if r.Mode != round.Confidential || len(r.AtOpening().Keys) != 2 || len(r.AtOpening().Flags) != 1 {
		t.Fatalf("%s with %d keys", r.Mode, len(r.AtOpening().Keys))
	}

	people, err := roster.NewStore(s.DB).Pupils(ctx, r.SchoolID)
	testkit.Must(t, err)
	st := participation.NewStore(s.DB, s.Key)
	cards, err := st.MakeCards(ctx, s.Head, []string{people[0].ID})
	testkit.Must(t, err)
	whose := people[0]
	kim := s.visit(t, testkit.Size(360, 740))
	kim.Go("/c#" + cards[0].Code)
	kim.arrives(`location.pathname === "/a/` + r.Code + `"`)
	kim.inPlace()
	kim.look("confidential-07-promise", everyWay...)
	kim.Do(testkit.Size(360, 740))
	kim.says("confidential, not anonymous", "or a deputy can unlock it alone")
	kim.answersWith(s.Doc(r), 2, "My uncle hits me every night.")
	kim.look("confidential-08-number", everyWay...)
	number := regexp.MustCompile(`[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}`).FindString(kim.Text())
	if number == "" {
		t.Fatalf("no number on\n%s", kim.Text())
	}
	if kept := testkit.Eval[string](kim.Tab, `JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`); strings.Contains(kept, number[:4]) {
		t.Errorf("the device keeps the number: %s", kept)
	}

	// Taken back, with a number that is wrong first, and given again.
	kim.Go("/a/" + r.Code + "/back")
	kim.look("confidential-09-back", everyWay...)
	kim.Do(testkit.Size(360, 740))
	kim.Refused(true)
	kim.fill("number", "AAAA AAAA AAAA")
	if status := kim.pressFor("Take them back"); status != 404 {
		t.Errorf("a wrong number: %d", status)
	}
	kim.says("We know no such number.")
	kim.Refused(false)
	kim.fill("number", strings.ToLower(number))
	kim.press("Take them back")
	kim.says("Your answers are gone", "still have that message")
	kim.look("confidential-10-gone")
	kim.Go("/c#" + cards[0].Code)
	kim.arrives(`location.pathname === "/a/` + r.Code + `"`)
	kim.inPlace()
	kim.answersWith(s.Doc(r), 3, "")

	// The message that somebody is in danger is there, and leads to whoever wrote it.
	ruth = s.signedIn(t, leadActor)
	ruth.Go("/concerns")
	testkit.Eval[bool](ruth.Tab, `document.querySelector("main .list a").click(), true`)
	ruth.WaitFor(`document.querySelector("main form button")`)
	ruth.press("Read it")
	ruth.says("My uncle hits me every night.", "The name is sealed.")
	ruth.look("confidential-11-concern", everyWay...)
	ruth.press("I need to know who wrote it")
	ruth.choose("Somebody is being hurt")
	ruth.fill("reason", "They wrote that somebody hits them at home.")
	ruth.press("Write it down and go on")
	ruth.says("Not opened yet")
	ruth.Go("/openings")
	ruth.says("Ruth Moss")
	if strings.Contains(ruth.Text(), whose.Family) {
		t.Error("the list of openings names a pupil")
	}
	amara = s.signedIn(t, s.Head)
	amara.Go("/openings")
	amara.says("Ruth Moss")

	// Everybody else answers; the round settles.
	rng := rand.New(rand.NewPCG(3, 4))
	for i, p := range people[1:] {
		answers := testkit.Choose(rng, s.Doc(r))
		if out, err := s.collector.Submit(ctx, r, collecting.Sending{Code: s.SlipOf(r, p), Receipt: fmt.Sprint("r", i), Answers: answers, Route: "own_device"}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)
	clock := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}
	testkit.Must(t, clock.Tick(ctx))
	s.Clock.Forward(6 * 24 * time.Hour)
	amara = s.signedIn(t, s.Head)
	amara.Go("/rounds/" + r.ID + "/results")
	amara.says("Free school meals: pupils the school’s list says this of")
	amara.look("confidential-12-results", everyWay...)
	testkit.Eval[bool](amara.Tab, `document.querySelector("#parts`+r.AtOpening().Flags[0].ID+`").scrollIntoView(), true`)
	amara.Shot("confidential-13-by-list", false)
	ruth = s.signedIn(t, leadActor)
	ruth.Go("/worries/" + r.ID)
	ruth.says("Answers that may need somebody", "I need to know who this is")
	ruth.look("confidential-14-worries", everyWay...)
	theo := s.signedIn(t, s.Staff("Theo Brandt", access.Teacher))
	theo.Refused(true)
	for _, path := range []string{"/worries/" + r.ID, "/openings", "/keys", "/people/flags", "/rounds/" + r.ID + "/named"} {
		theo.Go(path)
		if text := theo.Text(); strings.Contains(text, "I need to know") || strings.Contains(text, "Free school meals") || strings.Contains(text, "sealed") {
			t.Errorf("a teacher reads %s", path)
		}
	}
}

// TestBrowserByName looks at a round in which answers stand with names.
func TestBrowserByName(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	groups := s.Pupils(map[string]int{"7A": 26, "7B": 27, "8A": 28, "8B": 25, "9A": 24})
	r := s.Open(s.Personal(round.Named, "first_say", groups))
	people, err := roster.NewStore(s.DB).Pupils(ctx, r.SchoolID)
	testkit.Must(t, err)
	phone := s.visit(t, testkit.Size(360, 740))
	phone.Go("/a/" + r.Code + "#" + s.SlipOf(r, people[0]))
	phone.says("not anonymous", s.Head.Name)
	phone.look("named-promise", everyWay...)
	rng := rand.New(rand.NewPCG(8, 4))
	for i, p := range people {
		if out, err := s.collector.Submit(ctx, r, collecting.Sending{Code: s.SlipOf(r, p), Receipt: fmt.Sprint("r", i), Answers: testkit.Choose(rng, s.Doc(r)), Route: "own_device"}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)
	head := s.signedIn(t, s.Head)
	head.Refused(true)
	head.Go("/rounds/" + r.ID + "/named") // leaders wait
	if strings.Contains(head.Text(), "Pupil 7A") {
		t.Error("the head reads names before leaders may look")
	}
	head.Refused(false)
	s.Clock.Forward(6 * 24 * time.Hour)
	head = s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/named")
	head.says("Who said what", "Pupil 7A-1")
	head.look("named-list", everyWay...)
	head.press("Pupil 7A-1")
	head.look("named-one", everyWay...)
}

//go:build browser

package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// TestBrowserParentsInConfidence goes the whole way of a round that asks parents in confidence: the draft and what it needs, the
// letter, a parent's answer on a phone, its number, taking back and answering again, and the lead who opens whose a concern is.
func TestBrowserParentsInConfidence(t *testing.T) {
	t.Parallel()
	p := newPosted(t)
	ctx := context.Background()
	specs := append(testkit.ManyFamilies(24), "Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9A", "Eve Carr: Fay Carr 7A")
	p.Families(specs...)
	leadActor := p.Staff("Ruth Moss", access.SafeguardingLead)
	p.Holds(p.Staff("Dee Putnam", access.SafeguardingDeputy))
	p.Chair("Cora Vale")
	doc, _, problems := survey.FromTemplate(p.Bank, "first_home")
	problems = append(problems, doc.AddOwn("", survey.Own{Text: "What else should we know?", Short: "Else", About: bank.AboutSchool, Origin: survey.FromSchool, Type: survey.TypeLongText})...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(p.DB).Add(ctx, p.Head, doc, "")
	testkit.Must(t, err)

	ruth := p.visit(t)
	ruth.Go("/keys")
	ruth.signIn(leadActor)
	ruth.makesKey("")
	ruth.unlocks("#trial")
	ruth.comesTo("Your key works.")

	grace := p.visit(t)
	grace.Go("/rounds/new?survey=" + sv.ID)
	grace.signIn(p.Staff("Grace Mensah", access.Leader))
	grace.choose("In confidence, by e-mail")
	grace.choose("The safeguarding lead or a deputy, in an emergency")
	grace.look("confidential-parents-01-prepare", everyWay...)
	grace.fill("why", "we want every family to feel at home here")
	grace.fill("may_change", "How we write to you.")
	grace.press("Next: check and open")
	grace.says("In confidence, by e-mail", "1 of the 26 who are asked has no e-mail address and cannot take part", "Names are deleted on")
	grace.look("confidential-parents-02-draft", everyWay...)
	grace.press("Open the round")
	grace.says("Invite those who are asked")
	grace.look("confidential-parents-03-open", everyWay...)
	grace.press("Invitations")
	grace.says("in confidence: “", "This is confidential, not anonymous", "They cannot take part yet", "Eve Carr")
	if strings.Contains(grace.Text(), "slip for one person") {
		t.Error("a slip of paper is offered")
	}
	grace.look("confidential-parents-04-letter", everyWay...)
	grace.press("Send invitations to 25 people")
	got := p.deliver()
	if len(got) != 25 {
		t.Fatalf("%d mails", len(got))
	}
	ann := got["ann@home.example"]
	for _, want := range []string{"in confidence", "or a deputy can unlock it alone", "answers in your name", "Your child’s name is locked away with yours"} {
		if text := strings.Join(strings.Fields(ann.Text), " "); !strings.Contains(text, want) {
			t.Errorf("the letter does not say %q:\n%s", want, text)
		}
	}
	r := p.only(p.Head)
	if r.Mode != round.Confidential || !r.Mailed() {
		t.Fatalf("%s, by mail %v", r.Mode, r.Mailed())
	}

	path := "/a/" + strings.SplitN(link(t, ann), "/a/", 2)[1]
	phone := p.visit(t, testkit.Size(360, 740))
	phone.Go(path)
	phone.inPlace()
	phone.says("confidential, not anonymous", "or a deputy can unlock it alone")
	phone.look("confidential-parents-05-promise", everyWay...)
	phone.Do(testkit.Size(360, 740))
	phone.answersWith(p.Doc(r), 2, "The music room is cold.")
	phone.look("confidential-parents-06-number", everyWay...)
	number := regexp.MustCompile(`[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}`).FindString(phone.Text())
	if number == "" {
		t.Fatalf("no number on\n%s", phone.Text())
	}
	phone.Go("/a/" + r.Code + "/back")
	phone.fill("number", number)
	phone.press("Take them back")
	phone.says("Your answers are gone", "You can answer again with the same link or code.")
	phone.look("confidential-parents-07-gone")
	phone.Do(testkit.Size(360, 740))
	phone.Go(path)
	phone.inPlace()
	phone.answersWith(p.Doc(r), 3, "He hits me every night, and our son sees it.")

	// The lead reads it and finds out whose it is; the browser alone shows the name, and the child it is about.
	ruth.Go("/concerns")
	testkit.Eval[bool](ruth.Tab, `document.querySelector("main .list a").click(), true`)
	ruth.WaitFor(`document.querySelector("main form button")`)
	ruth.press("Read it")
	ruth.says("He hits me every night, and our son sees it.", "The name is sealed.")
	ruth.press("I need to know who wrote it")
	ruth.look("confidential-parents-08-ask")
	ruth.choose("Somebody is being hurt")
	ruth.fill("reason", "They wrote that they are hit, and that a child sees it.")
	ruth.press("Write it down and go on")
	ruth.unlocks(`button[data-open]`)
	ruth.comesTo("Ann Bell")
	ruth.says("parent or carer of Bo Bell (7A), Cy Bell (9A)")
	ruth.look("confidential-parents-09-name", everyWay...)

	// The round settles; what parents ticked that may need somebody is read without names.
	families, err := roster.NewStore(p.DB).Families(ctx, r.SchoolID)
	testkit.Must(t, err)
	rng := rand.New(rand.NewPCG(3, 4))
	for i, f := range families {
		m, ok := got[f.Parent.Email]
		if !ok || f.Parent.Email == "ann@home.example" {
			continue
		}
		_, code, _ := strings.Cut(link(t, m), "#")
		if out, err := p.collector.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint("r", i), Answers: testkit.Choose(rng, p.Doc(r)), Route: "own_device"}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	r = p.CloseAndSettle(r)
	again := p.visit(t)
	again.Go("/worries/" + r.ID)
	again.signIn(leadActor)
	again.says("Answers that may need somebody", "I need to know who this is")
	if text := again.Text(); strings.Contains(text, "Ann Bell") || strings.Contains(text, "Parent P") {
		t.Error("names stand beside answers")
	}
}

// TestBrowserNewcomers enters who opted out, invites pupils who have come since, and opens the card of each: one leads to the survey,
// the other to a reading task that looks like it from the next seat.
func TestBrowserNewcomers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	sizes := map[string]int{"7A": 26, "7B": 27, "8A": 28, "8B": 25}
	r := s.Open(s.Personal(round.Named, "first_say", s.Pupils(sizes)))
	sizes["7A"] += 2
	s.Pupils(sizes)
	amara := s.signedIn(t, s.Head)
	amara.Go("/rounds/" + r.ID)
	amara.says("2 pupils have come since the round opened and are not invited yet.")
	amara.look("newcomers-01-round")
	amara.press("Cards and doors")
	amara.unfold("Pupils who opted out")
	amara.fill("out", "7A-28")
	amara.look("newcomers-02-cards", everyWay...)
	amara.press("Save who opted out")
	amara.says("The cards of those who opted out open a reading task.", "One pupil has come since")
	amara.press("Invite the pupil who has come")
	amara.says("One pupil is invited. Print a card for them.")
	amara.look("newcomers-03-invited")
	people, err := roster.NewStore(s.DB).Pupils(ctx, r.SchoolID)
	testkit.Must(t, err)
	for id, want := range map[string]string{"7A-27": "not anonymous", "7A-28": ""} {
		i := slices.IndexFunc(people, func(p roster.Person) bool { return p.SourceID == id })
		cards, err := participation.NewStore(s.DB, s.Key).MakeCards(ctx, s.Head, []string{people[i].ID})
		testkit.Must(t, err)
		kim := s.visit(t, testkit.Size(360, 740))
		kim.Go("/c#" + cards[0].Code)
		kim.arrives(`location.pathname === "/a/` + r.Code + `"`)
		kim.inPlace()
		if want != "" {
			kim.says(want)
			continue
		}
		kim.Click("#next")
		kim.comesTo("How a river begins")
		kim.look("newcomers-04-reading")
	}
}

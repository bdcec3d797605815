package action_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

var ctx = context.Background()

// school is a school with a round of pupils that has settled, and the day after which leaders may look.
func school(t *testing.T) (*testkit.School, round.Round, action.Store) {
	t.Helper()
	s := testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("7A 12")))
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	s.Answer(c, r, s.Slips(r)["7A"], 9, rand.New(rand.NewPCG(1, 2)))
	return s, s.CloseAndSettle(r), action.NewStore(s.DB, s.Key, s.Bank)
}

func day(s *testkit.School, ahead int) storage.Date {
	return storage.DateOf(s.DB.Now().AddDate(0, 0, ahead), time.UTC)
}

func form(s *testkit.School) action.Form {
	return action.Form{Answer: action.Trying, Heard: "Feedback comes late.", Doing: "Ten minutes every Friday.", OwnerID: s.Head.Person, Due: day(s, 20)}
}

func find(t *testing.T, s *testkit.School, r round.Round) round.Round {
	t.Helper()
	r, err := s.Rounds().ByID(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	return r
}

func TestFromOwedToGiven(t *testing.T) {
	s, r, st := school(t)
	teacher := s.Staff("Bo Ek", access.Teacher)
	owed, err := st.Replies(ctx, teacher)
	testkit.Must(t, err)
	if len(owed) != 1 || owed[0].PublishedAt != nil || owed[0].Late(r.ReplyBy) || !owed[0].Late(r.ReplyBy+"x") {
		t.Fatalf("%+v", owed)
	}
	if err := st.Publish(ctx, s.Head, r); !fault.Is(err, fault.Conflict) {
		t.Errorf("published while teachers look first: %v", err)
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	if err := st.Publish(ctx, s.Head, r); !fault.Is(err, fault.Conflict) {
		t.Errorf("an empty reply is published: %v", err)
	}
	if find(t, s, r).State != round.Settled {
		t.Error("the round was published by a reply that was not")
	}
	testkit.Must(t, st.SaveReply(ctx, s.Head, r, action.ReplyForm{Opening: "Thank you.", LastHeard: "feedback comes late", LastDid: "ten minutes every Friday"}))
	_, err = st.SaveAction(ctx, s.Head, r, "", form(s))
	testkit.Must(t, err)
	no := action.Form{Answer: action.No, Heard: "A longer break.", Doing: "The buses cannot wait."}
	_, err = st.SaveAction(ctx, s.Head, r, "", no)
	testkit.Must(t, err)
	if shown, err := st.Shown(ctx, r); err != nil || len(shown.Actions) > 0 || shown.Opening != "" {
		t.Errorf("before it is published people read %+v, %v", shown, err)
	}
	if _, _, ok, err := st.Last(ctx, r.SchoolID, "pupils"); ok || err != nil {
		t.Errorf("a reply that nobody has published opens the next survey: %v", err)
	}
	testkit.Must(t, st.Publish(ctx, s.Head, r))
	if find(t, s, r).State != round.Published {
		t.Error("the results are not published with the reply")
	}
	shown, err := st.Shown(ctx, r)
	testkit.Must(t, err)
	if len(shown.Actions) != 2 || shown.Opening != "Thank you." || shown.PublishedBy != s.Head.Name {
		t.Errorf("%+v", shown)
	}
	_, last, ok, err := st.Last(ctx, r.SchoolID, "pupils")
	if testkit.Must(t, err); !ok || last.LastDid != "ten minutes every Friday" {
		t.Errorf("%+v %v", last, ok)
	}
	if _, _, ok, _ := st.Last(ctx, r.SchoolID, "parent"); ok {
		t.Error("parents are told what pupils said")
	}
	// What is published stays; what is added waits for the next publication.
	if err := st.RemoveAction(ctx, s.Head, r, shown.Actions[0].ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a published answer was taken back: %v", err)
	}
	added, err := st.SaveAction(ctx, s.Head, r, "", form(s))
	testkit.Must(t, err)
	if shown, _ := st.Shown(ctx, r); len(shown.Actions) != 2 {
		t.Error("what was added is read before it is published")
	}
	testkit.Must(t, st.RemoveAction(ctx, s.Head, r, added.ID))
	if owed, _ := st.Replies(ctx, teacher); len(owed) != 1 || owed[0].PublishedAt == nil {
		t.Errorf("%+v", owed)
	}
}

func TestOnlyLeadersWriteReplies(t *testing.T) {
	s, r, st := school(t)
	a, err := st.SaveAction(ctx, s.Head, r, "", form(s))
	testkit.Must(t, err)
	for _, role := range []access.Role{access.Teacher, access.Governor, access.Administrator, access.SafeguardingLead} {
		who := s.Staff("Somebody "+string(role), role)
		_, whole := st.Whole(ctx, who, r)
		_, added := st.SaveAction(ctx, who, r, "", form(s))
		_, _, found := st.Find(ctx, who, a.ID)
		_, reported := st.Report(ctx, who, a.ID, action.Progress{State: action.Finished})
		for name, err := range map[string]error{"read": whole, "answered": added, "found": found, "reported": reported, "saved": st.SaveReply(ctx, who, r, action.ReplyForm{}),
			"published": st.Publish(ctx, who, r), "took back": st.RemoveAction(ctx, who, r, a.ID), "translated": st.Translate(ctx, who, r, "pl", "", nil)} {
			if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s %s: %v", role, name, err)
			}
		}
	}
	owner := s.Staff("Olu Ade", access.Teacher)
	f := form(s)
	f.OwnerID = owner.Person
	a, err = st.SaveAction(ctx, s.Head, r, a.ID, f)
	testkit.Must(t, err)
	mine, others, err := st.Actions(ctx, owner)
	testkit.Must(t, err)
	if len(mine) != 1 || len(others) != 0 || mine[0].ID != a.ID {
		t.Errorf("%+v %+v", mine, others)
	}
	if _, err := st.Report(ctx, owner, a.ID, action.Progress{State: action.Dropped}); !fault.Is(err, fault.Invalid) {
		t.Errorf("given up without a word: %v", err)
	}
	a, err = st.Report(ctx, owner, a.ID, action.Progress{State: action.Doing, Steps: []action.Step{{Text: "Ask 7A", Done: true}, {Text: " "}}})
	testkit.Must(t, err)
	if steps := a.StepList(); len(steps) != 1 || !steps[0].Done {
		t.Errorf("%+v", steps)
	}
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	if _, _, err := st.Find(ctx, other.Head, a.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the head of another school finds it: %v", err)
	}
}

func TestWhatAnAnswerNeeds(t *testing.T) {
	s, r, st := school(t)
	for name, c := range map[string]struct {
		change func(f *action.Form)
		field  string
	}{
		"no answer":          {func(f *action.Form) { f.Answer = "perhaps" }, "answer"},
		"nothing heard":      {func(f *action.Form) { f.Heard = " " }, "heard"},
		"a no without why":   {func(f *action.Form) { f.Answer, f.Doing = action.No, "" }, "doing"},
		"together alone":     {func(f *action.Form) { f.Answer, f.Pupils = action.Together, "You choose two." }, "staff"},
		"no day":             {func(f *action.Form) { f.Due = "" }, "due"},
		"a day that is over": {func(f *action.Form) { f.Due = day(s, -1) }, "due"},
		"nobody":             {func(f *action.Form) { f.OwnerID = "" }, "owner"},
		"a stranger":         {func(f *action.Form) { f.OwnerID = "nobody" }, "owner"},
		"another question":   {func(f *action.Form) { f.QuestionID = "q99" }, "question"},
	} {
		f := form(s)
		c.change(&f)
		_, err := st.SaveAction(ctx, s.Head, r, "", f)
		problem, _ := fault.Of(err)
		if problem == nil || problem.Fields[c.field].Key == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := st.SaveReply(ctx, s.Head, r, action.ReplyForm{LastHeard: "feedback comes late"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("what was heard opens the next survey without an answer: %v", err)
	}
}

func TestSmallThingsAreAnsweredAtOnce(t *testing.T) {
	s := testkit.NewSchool(t)
	st := action.NewStore(s.DB, s.Key, s.Bank)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("7A 12")))
	if _, err := st.SaveAction(ctx, s.Head, r, "", form(s)); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered while people are asked: %v", err)
	}
	r, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	if _, err := st.SaveAction(ctx, s.Head, r, "", form(s)); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered before anybody can know what was said: %v", err)
	}
	r, err = collecting.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	f := form(s)
	big, err := st.SaveAction(ctx, s.Head, r, "", f)
	testkit.Must(t, err)
	f.Answer, f.Quick = action.Done, true
	small, err := st.SaveAction(ctx, s.Head, r, "", f)
	testkit.Must(t, err)
	if err := st.PublishQuick(ctx, s.Head, r, big.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("an answer that is not small went ahead: %v", err)
	}
	testkit.Must(t, st.PublishQuick(ctx, s.Head, r, small.ID))
	if shown, err := st.Shown(ctx, r); err != nil || len(shown.Actions) != 1 || shown.Actions[0].ID != small.ID {
		t.Errorf("%+v %v", shown, err)
	}
	if err := st.Publish(ctx, s.Head, r); !fault.Is(err, fault.Conflict) {
		t.Errorf("the whole reply while teachers look first: %v", err)
	}
}

func TestReplyInAnotherLanguage(t *testing.T) {
	s, r, st := school(t)
	a, err := st.SaveAction(ctx, s.Head, r, "", form(s))
	testkit.Must(t, err)
	texts := map[string]string{a.ID + ".heard": "Uwagi przychodzą późno."}
	if err := st.Translate(ctx, s.Head, r, "pl", "Zofia", texts); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a translation was called read: %v", err)
	}
	read := func() action.Read {
		t.Helper()
		w, err := st.Whole(ctx, s.Head, r)
		testkit.Must(t, err)
		all, err := st.Languages(ctx, r)
		testkit.Must(t, err)
		var in action.ReplyLanguage
		if len(all) > 0 {
			in = all[0]
		}
		return action.Say(words.In("pl"), r, w, in, day(s, 0))
	}
	testkit.Must(t, st.Translate(ctx, s.Head, r, "pl", "", texts))
	if got := read().Answers[0].Lines[0].Heard; got.Lang != "en" || got.Text != "Feedback comes late." {
		t.Errorf("a draft is read: %+v", got)
	}
	texts[a.ID+".doing"] = "Dziesięć minut w każdy piątek."
	testkit.Must(t, st.Translate(ctx, s.Head, r, "pl", "Zofia", texts))
	if got := read().Answers[0].Lines[0].Doing; got.Lang != "" || got.Text != texts[a.ID+".doing"] {
		t.Errorf("%+v", got)
	}
	f := form(s)
	f.Doing = "Fifteen minutes every Friday."
	_, err = st.SaveAction(ctx, s.Head, r, a.ID, f)
	testkit.Must(t, err)
	if got := read().Answers[0].Lines[0]; got.Doing.Lang != "en" || got.Doing.Text != f.Doing || got.Heard.Lang != "" {
		t.Errorf("the English has changed, and people read %+v", got)
	}
}

func TestLateIsSaid(t *testing.T) {
	s, r, st := school(t)
	w, err := st.Whole(ctx, s.Head, r)
	testkit.Must(t, err)
	if read := action.Say(words.English(), r, w, action.ReplyLanguage{}, r.ReplyBy); read.Late || !read.Empty() {
		t.Errorf("on the day itself: %+v", read)
	}
	if read := action.Say(words.English(), r, w, action.ReplyLanguage{}, day(s, 60)); !read.Late {
		t.Errorf("long after it: %+v", read)
	}
}

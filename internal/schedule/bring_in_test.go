package schedule_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// brought is what a head says about answers to a survey.
func brought(s *testkit.School, sv survey.Survey, kind string, groups ...round.BroughtGroup) round.Brought {
	now := s.DB.Now()
	return round.Brought{SurveyID: sv.ID, Title: "Last year", Why: "we wanted to know", MayChange: "Lessons.", Purpose: access.ForSchool, Told: true,
		Asked: storage.DateOf(now.AddDate(0, 0, -200), time.UTC), ReplyBy: storage.DateOf(now.AddDate(0, 0, 14), time.UTC), Readers: []string{s.Head.Person},
		Kind: kind, Groups: groups}
}

// given makes up answers: "9A 27" is 27 of them.
func given(t *testing.T, rng *rand.Rand, sv survey.Survey, text string) (list []collecting.Given) {
	t.Helper()
	doc, err := sv.Doc()
	testkit.Must(t, err)
	for part := range strings.SplitSeq(text, ",") {
		name, n := "", 0
		if _, err := fmt.Sscan(strings.TrimSpace(part), &name, &n); err != nil {
			t.Fatal(err)
		}
		for range n {
			list = append(list, collecting.Given{Group: strings.TrimPrefix(name, "-"), Answers: testkit.Choose(rng, doc)})
		}
	}
	return list
}

func bringIn(s *testkit.School, who access.Actor, f round.Brought, list []collecting.Given) (round.Round, error) {
	return schedule.BringIn(context.Background(), s.DB, s.Key, s.Bank, who, f, list)
}

func TestBringInMakesARound(t *testing.T) {
	ctx := context.Background()
	s, rng := testkit.NewSchool(t), rand.New(rand.NewPCG(1, 2))
	sv := s.Survey("first_belong")
	list := given(t, rng, sv, "7A 20, 7B 3, 8A 15, 8B 12, - 2")
	f := brought(s, sv, round.UnitForm, round.BroughtGroup{Name: "8B", Year: "8", Size: 14}, round.BroughtGroup{Name: "7A", Year: "7", Size: 25}, round.BroughtGroup{Name: "7B", Year: "7"}, round.BroughtGroup{Name: "8A", Year: "8", Size: 15})
	r, err := bringIn(s, s.Head, f, list)
	testkit.Must(t, err)
	if r.State != round.Settled || !r.BroughtIn() || r.OpenedAt != nil || r.ClosedAt == nil || !strings.HasPrefix(r.ClosedAt.Format("2006-01-02"), string(f.Asked)) {
		t.Errorf("%+v", r)
	}
	if got, want := r.DeleteOn(), storage.Date("2028-08-31"); got != want { // a year after the one in which it came, not in which it was asked
		t.Errorf("deleted on %s, want %s", got, want)
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	var all []string
	cells := map[string]string{}
	for _, u := range units {
		cells[u.ID] = u.Name
	}
	for _, u := range units {
		all = append(all, fmt.Sprintf("%s %d %d %s", u.Name, u.Size, u.Answered, cells[u.CellID]))
	}
	// 7B's three go to their year, which needs 7A's to hold enough; the school's own two need a whole year.
	want := "Riverside School 0 2 Riverside School; Year 7 0 0 Riverside School; 7A 25 20 Riverside School; 7B 0 3 Riverside School; Year 8 29 0 Year 8; 8A 15 15 8A; 8B 14 12 8B"
	if got := strings.Join(all, "; "); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}

	// A response is its cell and its answers, in an order that says nothing.
	var stored, came []string
	testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		stored = append(stored, row.Answers)
		if row.Pace != response.Usual || len(row.ID) < 20 {
			t.Errorf("%+v", row)
		}
		return nil
	}))
	for _, g := range list {
		text, err := g.Answers.Encode()
		testkit.Must(t, err)
		came = append(came, string(text))
	}
	if slices.Equal(stored, came) {
		t.Error("responses stand in the order of the file")
	}
	slices.Sort(stored)
	slices.Sort(came)
	if !slices.Equal(stored, came) {
		t.Error("other responses are stored than came in")
	}
	n, err := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	tallies, err := response.NewStore(s.DB).Tallies(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if n != 0 || len(tallies) != 0 {
		t.Errorf("%d wait, %v", n, tallies)
	}

	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	for _, g := range rel.Groups {
		switch {
		case g.Name == "8A" && (!g.Shown || g.Asked != 15 || g.Answered != 15), g.Name == "Riverside School" && (g.Asked != 0 || g.Answered != 52 || g.Rate != ""), g.Name == "7B" && g.Shown:
			t.Errorf("%+v", g)
		}
	}

	promise, err := s.Rounds().Promise(ctx, r, bank.AnyDevice)
	testkit.Must(t, err)
	if len(promise) != 1 || promise.Hash() != r.PromiseHash || !strings.Contains(promise[0].Text, "brought in from a file on 5 October 2026 by the school") || !strings.Contains(promise[0].Text, "Earshot did not make the promise") {
		t.Errorf("%+v", promise)
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 50)
	testkit.Must(t, err)
	if !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Action == "round.bring_in" && e.Target == r.ID && e.Note == "" }) {
		t.Error("it stands nowhere who brought it in")
	}
}

func TestWhatKeepsAnswersFromComingIn(t *testing.T) {
	for _, c := range []struct {
		name, field, want string
		change            func(s *testkit.School, f *round.Brought, list *[]collecting.Given)
	}{
		{"nobody was told", "told", "bring_in.told", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) { f.Told = false }},
		{"a day to come", "asked", "bring_in.asked", func(s *testkit.School, f *round.Brought, _ *[]collecting.Given) {
			f.Asked = storage.DateOf(s.DB.Now().AddDate(0, 0, 2), time.UTC)
		}},
		{"no reply", "reply_by", "bring_in.reply_by", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) { f.ReplyBy = "" }},
		{"nobody reads", "readers", "round.readers", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) { f.Readers = nil }},
		{"classes without a subject", "subject", "bring_in.subject", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) { f.Kind = round.UnitClass }},
		{"classes that are not there", "taught", "bring_in.no_class", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) {
			f.Kind, f.Subject, f.Taught = round.UnitClass, "English", true
		}},
		{"for learning without teachers", "purpose", "bring_in.learning", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) {
			f.Kind, f.Subject, f.Purpose = round.UnitClass, "English", access.ForLearning
		}},
		{"more answers than were asked", "size", "bring_in.size", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) { f.Groups[0].Size = 5 }},
		{"two of one name", "kind", "bring_in.groups", func(_ *testkit.School, f *round.Brought, _ *[]collecting.Given) {
			f.Groups = append(f.Groups, f.Groups[0])
		}},
		{"forms of a small school", "kind", "bring_in.small", func(s *testkit.School, _ *round.Brought, _ *[]collecting.Given) {
			s.School.Roll = 80
			testkit.Must(s.T, roster.NewStore(s.DB).SaveSettings(context.Background(), s.Head, s.School))
		}},
		{"four answers", "", "bring_in.few", func(_ *testkit.School, _ *round.Brought, list *[]collecting.Given) { *list = (*list)[:4] }},
		{"an unknown form", "", "bring_in.no_group", func(_ *testkit.School, _ *round.Brought, list *[]collecting.Given) { (*list)[3].Group = "9Z" }},
		{"an answer too few", "", "answer_absent", func(_ *testkit.School, _ *round.Brought, list *[]collecting.Given) {
			(*list)[3].Answers = survey.Answers{}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			s := testkit.NewSchool(t)
			sv := s.Survey("first_belong")
			f, list := brought(s, sv, round.UnitForm, round.BroughtGroup{Name: "7A", Year: "7"}), given(t, rand.New(rand.NewPCG(1, 2)), sv, "7A 20")
			c.change(s, &f, &list)
			_, err := bringIn(s, s.Head, f, list)
			e, ok := fault.Of(err)
			if !ok || c.field == "" && e.Key != c.want || c.field != "" && e.Fields[c.field].Key != c.want {
				t.Errorf("%v, want %s %s", err, c.field, c.want)
			}
			rounds, err := s.Rounds().List(ctx, s.Head)
			testkit.Must(t, err)
			if len(rounds) > 0 {
				t.Error("half a round is left")
			}
		})
	}
}

func TestWhoMayBringIn(t *testing.T) {
	s := testkit.NewSchool(t)
	sv := s.Survey("first_belong")
	list := given(t, rand.New(rand.NewPCG(1, 2)), sv, "- 20")
	for _, role := range []access.Role{access.Teacher, access.Governor, access.SafeguardingLead, access.Administrator} {
		if _, err := bringIn(s, s.Staff("Somebody", role), brought(s, sv, ""), list); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", role, err)
		}
	}
	f := brought(s, sv, "")
	f.ID = storage.NewID()
	_, err := bringIn(s, s.Staff("Sunita Rao", access.Leader), f, list)
	testkit.Must(t, err)
	if _, err := bringIn(s, s.Head, f, list); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
}

// What was brought in and published stands beside what is asked later; what may still be withdrawn does not.
func TestTrendsBeginWithWhatWasBroughtIn(t *testing.T) {
	ctx := context.Background()
	s, rng := testkit.NewSchool(t), rand.New(rand.NewPCG(1, 2))
	sv := s.Survey("first_class")
	teacher, other := s.Staff("Lena Brandt", access.Teacher), s.Staff("Otto Reyes", access.Teacher)
	classes := s.Classes("English", "9x/En1 30, 9x/En2 30", teacher, other)
	f := brought(s, sv, round.UnitClass, round.BroughtGroup{Name: "9x/En1", Year: "9"}, round.BroughtGroup{Name: "9x/En2", Year: "9"})
	f.Subject, f.Taught = "English", true
	before, err := bringIn(s, s.Head, f, given(t, rng, sv, "9x/En1 24, 9x/En2 26"))
	testkit.Must(t, err)
	owners, err := s.Rounds().UnitReaders(ctx, before)
	testkit.Must(t, err)
	if len(owners) != 2 {
		t.Errorf("teachers of %d classes see their own", len(owners))
	}

	ask := func() result.Release {
		r := s.Open(s.Form(sv, classes))
		c := collecting.NewCollector(s.DB, s.Key)
		defer c.Stop()
		for _, codes := range s.Slips(r) {
			s.Answer(c, r, codes, 25, rng)
		}
		r = s.CloseAndSettle(r)
		rel, err := result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		return rel
	}
	earlier := func(rel result.Release) (n int) {
		for _, q := range rel.Questions {
			for _, b := range q.Before {
				if b.Round == before.ID {
					n += len(b.Rows)
				}
			}
		}
		return n
	}
	rounds, err := s.Rounds().List(ctx, s.Head)
	testkit.Must(t, err)
	s.Clock.Forward(time.Minute)
	half := brought(s, sv, "")
	half.Asked = storage.DateOf(s.DB.Now().AddDate(0, 0, -300), time.UTC)
	older, err := bringIn(s, s.Head, half, given(t, rng, sv, "- 30"))
	testkit.Must(t, err)
	if list, err := s.Rounds().List(ctx, s.Head); err != nil || len(rounds) != 1 || list[0].ID != before.ID || list[1].ID != older.ID {
		t.Errorf("what was asked earlier stands first: %v", err)
	}
	if n := earlier(ask()); n != 0 {
		t.Errorf("%d figures of what may be withdrawn", n)
	}
	for s.DB.Now().Before(before.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	_, err = s.Rounds().Publish(ctx, s.Head, before.ID)
	testkit.Must(t, err)
	if n := earlier(ask()); n < 8 {
		t.Errorf("only %d figures stand beside what was brought in", n)
	}
	if _, err := schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, before.ID, "Too late."); !fault.Is(err, fault.Conflict) {
		t.Errorf("withdrawn after it was published: %v", err)
	}
}

func TestWithdrawing(t *testing.T) {
	ctx := context.Background()
	s, rng := testkit.NewSchool(t), rand.New(rand.NewPCG(1, 2))
	sv := s.Survey("first_belong")
	r, err := bringIn(s, s.Head, brought(s, sv, round.UnitForm, round.BroughtGroup{Name: "7A", Year: "7"}), given(t, rng, sv, "7A 20"))
	testkit.Must(t, err)
	if _, err := schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Staff("Tess Vale", access.Teacher), r.ID, "Wrong."); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by a teacher: %v", err)
	}
	asked := s.Open(s.Form(sv, s.Forms("9A 27")))
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	s.Answer(c, asked, s.Slips(asked)["9A"], 20, rng)
	asked = s.CloseAndSettle(asked)
	if _, err := schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, asked.ID, "Wrong."); !fault.Is(err, fault.Conflict) {
		t.Errorf("a round that was asked here: %v", err)
	}
	r, err = schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID, "The wrong file.")
	testkit.Must(t, err)
	if r.State != round.Cancelled || r.HasResults() || r.CancelReason != "The wrong file." {
		t.Errorf("%+v", r)
	}
	rows := 0
	testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(response.Response) error { rows++; return nil }))
	if _, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID); rows > 0 || !fault.Is(err, fault.NotFound) {
		t.Errorf("%d responses are left, release: %v", rows, err)
	}
	if _, err := result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, r.SchoolID, r.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("released once more: %v", err)
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	for _, u := range units {
		if u.Answered != 0 || u.CellID != "" {
			t.Errorf("%+v", u)
		}
	}
}

// Two versions of one file, the second without one person, would tell what that person said.
func TestTheSameAnswersComeInOnce(t *testing.T) {
	ctx := context.Background()
	s, rng := testkit.NewSchool(t), rand.New(rand.NewPCG(1, 2))
	sv := s.Survey("first_belong")
	list := given(t, rng, sv, "7A 20, 7B 20")
	f := brought(s, sv, round.UnitForm, round.BroughtGroup{Name: "7A", Year: "7"}, round.BroughtGroup{Name: "7B", Year: "7"})
	first, err := bringIn(s, s.Head, f, list)
	testkit.Must(t, err)
	if _, err := bringIn(s, s.Head, f, list[1:]); !fault.Is(err, fault.Conflict) {
		t.Errorf("brought in again without one row: %v", err)
	}
	whole := brought(s, sv, "")
	if _, err := bringIn(s, s.Head, whole, list[1:]); !fault.Is(err, fault.Conflict) {
		t.Errorf("brought in again without groups: %v", err)
	}
	// Other groups, and another year, are other people or another time.
	others := brought(s, sv, round.UnitForm, round.BroughtGroup{Name: "8A", Year: "8"})
	_, err = bringIn(s, s.Head, others, given(t, rng, sv, "8A 20"))
	testkit.Must(t, err)
	before := f
	before.Asked = storage.DateOf(s.DB.Now().AddDate(0, 0, -400), time.UTC)
	_, err = bringIn(s, s.Head, before, given(t, rng, sv, "7A 18, 7B 19"))
	testkit.Must(t, err)

	// For a day nobody sees a figure, and it can be withdrawn and mended.
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, first.SchoolID, first.ID)
	testkit.Must(t, err)
	sees := func() bool { return !result.View(rel, first, s.Head, nil, s.DB.Now()).Empty() }
	s.Clock.Forward(23 * time.Hour)
	if sees() {
		t.Error("a figure is seen that can still be withdrawn")
	}
	_, err = schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, first.ID, "One row too many.")
	testkit.Must(t, err)
	second, err := bringIn(s, s.Head, f, list[1:])
	testkit.Must(t, err)
	s.Clock.Forward(8 * 24 * time.Hour)
	if first = second; !sees() {
		t.Error("after that leaders see nothing")
	}
	if _, err := schedule.Withdraw(ctx, s.DB, s.Key, s.Bank, s.Head, second.ID, "Another row."); !fault.Is(err, fault.Conflict) {
		t.Errorf("what has been seen was withdrawn: %v", err)
	}
}

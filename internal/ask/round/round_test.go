package round_test

import (
	"context"
	"earshot/internal/ask/bank"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func key(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return ""
	}
	for _, p := range f.Fields {
		return p.Key
	}
	return f.Key
}

func TestWhatKeepsARoundFromOpening(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, want string
		form       func(s *testkit.School) round.Form
	}{
		{"questions about this class in a round about the school", "round.class_items", func(s *testkit.School) round.Form {
			return s.Form(s.Survey("first_class"), s.Forms("9A 27, 9B 28"))
		}},
		{"classes of two subjects", "round.one_subject", func(s *testkit.School) round.Form {
			teacher := s.Staff("Lena Brandt", access.Teacher)
			groups := append(s.Classes("English", "9En1 25", teacher), s.Classes("Maths", "9Ma1 25", teacher)...)
			return s.Form(s.Survey("first_class"), groups)
		}},
		{"a class without a teacher, for learning", "round.no_teacher", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_class"), s.Classes("English", "9En1 25"))
			f.Purpose = access.ForLearning
			return f
		}},
		{"no reader", "round.readers", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_say"), s.Forms("9A 27"))
			f.Plan.Readers = nil
			return f
		}},
		{"nothing may change", "round.may_change", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_say"), s.Forms("9A 27"))
			f.MayChange = " "
			return f
		}},
		{"a reply before it closes", "round.reply_after", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_say"), s.Forms("9A 27"))
			f.ReplyBy = storage.DateOf(f.ClosesAt, time.UTC)
			return f
		}},
		{"fewer than five in a group", "round.least", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_say"), s.Forms("9A 27"))
			f.Least = 3
			return f
		}},
		{"no deputy", "round.no_lead", func(s *testkit.School) round.Form {
			testkit.Must(t, roster.NewStore(s.DB).ChangeStaff(ctx, s.Head, s.Deputy.ID, roster.StaffForm{Name: s.Deputy.Name()}))
			s.Clock.Forward(48 * time.Hour)
			return s.Form(s.Survey("first_say"), s.Forms("9A 27"))
		}},
		{"nobody to call outside school", "round.no_escalation", func(s *testkit.School) round.Form {
			testkit.Must(t, s.DB.Write(ctx).Exec("UPDATE schools SET escalation = 'Police: 999' WHERE school_id = ?", s.School.SchoolID).Error)
			return s.Form(s.Survey("first_say"), s.Forms("9A 27"))
		}},
		{"a small school and classes", "round.small_classes", func(s *testkit.School) round.Form {
			s.School.Roll = 90
			testkit.Must(t, roster.NewStore(s.DB).SaveSettings(ctx, s.Head, s.School))
			return s.Form(s.Survey("first_class"), s.Classes("English", "9En1 25", s.Staff("Lena Brandt", access.Teacher)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testkit.NewSchool(t)
			r, err := s.Rounds().SaveDraft(ctx, s.Head, "", c.form(s))
			if err == nil {
				_, err = s.Rounds().Open(ctx, s.Head, r.ID)
			}
			if key(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestUnitsAndReadersAreASnapshot(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	ann, ben := s.Staff("Ann Lee", access.Teacher), s.Staff("Ben Moss", access.Teacher)
	groups := s.Classes("English", "10En1 20, 9En2 24, 9En1 25", ann)
	f := s.Form(s.Survey("first_class"), groups)
	f.Purpose = access.ForLearning
	r := s.Open(f)
	ro := roster.NewStore(s.DB)
	testkit.Must(t, ro.Teach(ctx, s.Head, groups[0].ID, []string{ben.Person}))
	if _, err := ro.SaveGroups(ctx, s.Head, roster.Class, []roster.GroupLine{{Name: "9En1", Year: "9", Size: 3, Subject: "English"}}); err != nil {
		t.Fatal(err)
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	var names []string
	for _, u := range units {
		names = append(names, u.Name)
	}
	if got := strings.Join(names, " "); got != "Riverside School Year 9 9En1 9En2 Year 10 10En1" {
		t.Errorf("units in the order %s", got)
	}
	if units[0].Size != 69 || units[1].Size != 49 || units[2].Size != 25 {
		t.Errorf("sizes %d, %d, %d", units[0].Size, units[1].Size, units[2].Size)
	}
	owners, err := s.Rounds().UnitReaders(ctx, r)
	testkit.Must(t, err)
	for unit, people := range owners {
		if len(people) != 1 || people[0] != ann.Person {
			t.Errorf("unit %s belongs to %v after a change of teacher", unit, people)
		}
	}
	if _, err := s.Rounds().Find(ctx, ben, r.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a teacher who came later finds the round: %v", err)
	}
}

func TestPromiseIsFrozenAndOnlyDatesMove(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("first_belong"), s.Forms("9A 27, 9B 28")))
	before, err := s.Rounds().Promise(ctx, r, bank.AnyDevice)
	testkit.Must(t, err)
	text := ""
	for _, part := range before {
		text += part.Text + "\n"
		if strings.Contains(part.Text, "{") {
			t.Errorf("an unfilled brace: %s", part.Text)
		}
	}
	if !strings.Contains(text, "anonymous") || !strings.Contains(text, "we want lessons to fit you") {
		t.Errorf("promise: %s", text)
	}
	s.School.Roll = 90 // a change that would make another promise today
	testkit.Must(t, roster.NewStore(s.DB).SaveSettings(ctx, s.Head, s.School))
	later, err := s.Rounds().Extend(ctx, s.Head, r.ID, r.ClosesAt.AddDate(0, 0, 3), storage.DateOf(r.ClosesAt.AddDate(0, 0, 20), time.UTC))
	testkit.Must(t, err)
	after, err := s.Rounds().Promise(ctx, later, bank.AnyDevice)
	testkit.Must(t, err)
	if later.PromiseHash != r.PromiseHash || after.Hash() != before.Hash() {
		t.Error("the promise changed after opening")
	}
	if _, err := s.Rounds().SaveDraft(ctx, s.Head, r.ID, s.Form(s.Survey("first_say"), s.Forms("9A 27"))); key(err) != "round.not_draft" {
		t.Errorf("an open round was edited: %v", err)
	}
}

func TestOpenLinkIsNeverCalledAnonymous(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	f := s.Form(s.Survey("first_home"), nil)
	f.Mode = round.OpenLink
	r := s.Open(f)
	promise, err := s.Rounds().Promise(ctx, r, bank.AnyDevice)
	testkit.Must(t, err)
	for _, part := range promise {
		if strings.Contains(part.Text, "This is anonymous") {
			t.Error(part.Text)
		}
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	if len(units) != 1 || r.Least != 10 {
		t.Errorf("%d units, least %d: an open link has the whole alone, parents ten", len(units), r.Least)
	}
}

func TestSmallSchoolHasTwoPhases(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	s.School.Roll = 90
	testkit.Must(t, roster.NewStore(s.DB).SaveSettings(ctx, s.Head, s.School))
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("R Elm 12, 1 Ash 14, 2 Oak 13, 3 Yew 15, 4 Fir 16, 6 Bay 12")))
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	var names []string
	for _, u := range units {
		names = append(names, u.Kind+" "+u.Name)
	}
	if got := strings.Join(names, ", "); got != "school Riverside School, phase Reception to Year 2, phase Year 3 to Year 6" {
		t.Errorf("units %s", got)
	}
	promise, err := s.Rounds().Promise(ctx, r, bank.AnyDevice)
	testkit.Must(t, err)
	found := false
	for _, part := range promise {
		found = found || strings.Contains(part.Text, "small school")
	}
	if !found {
		t.Error("the promise does not say that people may guess in a small school")
	}
}

func TestMovesOfState(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	rounds := s.Rounds()
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	if _, err := rounds.Open(ctx, s.Head, r.ID); key(err) != "round.state.open" {
		t.Errorf("opened twice: %v", err)
	}
	if _, err := rounds.Publish(ctx, s.Head, r.ID); key(err) != "round.state.publish" {
		t.Errorf("published while open: %v", err)
	}
	teacher := s.Staff("Lena Brandt", access.Teacher)
	if _, err := rounds.Close(ctx, teacher, r.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher closed it: %v", err)
	}
	r = s.CloseAndSettle(r)
	if _, err := rounds.Publish(ctx, s.Head, r.ID); key(err) != "round.publish_early" {
		t.Errorf("published before teachers had their days: %v", err)
	}
	// Settled on a Monday: leaders look on Thursday.
	if got := r.LeadersFrom().Weekday(); got != time.Thursday {
		t.Errorf("leaders look from %s", got)
	}
	s.Clock.Forward(72*time.Hour + time.Minute)
	if _, err := rounds.Publish(ctx, s.Head, r.ID); err != nil {
		t.Error(err)
	}
	if _, err := rounds.Cancel(ctx, s.Head, r.ID, "because", func(*storage.DB, round.Round) error { return nil }); key(err) != "round.state.cancel" {
		t.Errorf("a published round was cancelled: %v", err)
	}
}

func TestVersionsFollowWhatIsAsked(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	st := survey.NewStore(s.DB)
	first, err := st.Freeze(ctx, s.Head, sv.ID)
	testkit.Must(t, err)
	again, err := st.Freeze(ctx, s.Head, sv.ID)
	testkit.Must(t, err)
	doc, err := sv.Doc()
	testkit.Must(t, err)
	if p := doc.AddItem(s.Bank, "", "voice_s_told"); len(p) == 0 {
		t.Fatal("an item was added twice")
	}
	doc.Remove(doc.Questions()[0].ID)
	testkit.Must(t, st.Save(ctx, s.Head, sv.ID, doc))
	changed, err := st.Freeze(ctx, s.Head, sv.ID)
	testkit.Must(t, err)
	if first.Number != 1 || again.Number != 1 || changed.Number != 2 {
		t.Errorf("versions %d, %d, %d", first.Number, again.Number, changed.Number)
	}
	old, err := st.Version(ctx, s.School.SchoolID, sv.ID, 1)
	testkit.Must(t, err)
	if before, _ := old.Doc(); len(before.Questions()) != len(doc.Questions())+1 {
		t.Error("an old version changed")
	}
}

func TestDeleteOnIsTheEndOfTheNextSchoolYear(t *testing.T) {
	for closes, want := range map[string]storage.Date{"2026-11-22": "2028-08-31", "2026-03-01": "2027-08-31", "2026-08-31": "2027-08-31", "2026-09-01": "2028-08-31"} {
		at, _ := time.Parse(time.DateOnly, closes)
		if got := (round.Round{ClosesAt: at}).DeleteOn(); got != want {
			t.Errorf("closes %s: deleted %s, want %s", closes, got, want)
		}
	}
}

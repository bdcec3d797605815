package schedule_test

import (
	"context"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// week lets the mails of the week go out that are due, and gives their texts by address.
func (m *mailer) week() map[string]string {
	m.T.Helper()
	testkit.Must(m.T, m.clock.Digests(context.Background()))
	got := map[string]string{}
	for _, p := range m.post.Take() {
		if _, twice := got[p.To]; twice {
			m.T.Errorf("two mails to %s", p.To)
		}
		got[p.To] = p.Text
	}
	return got
}

func (m *mailer) at(day string, hour, minute int) {
	m.T.Helper()
	d, err := time.Parse(time.DateOnly, day)
	testkit.Must(m.T, err)
	m.Clock.Forward(d.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute).Sub(m.Clock.Now()))
}

// TestAMailAWeek lets four weeks go by: nobody hears anything while nothing waits, one mail a week at most, in school hours,
// and to nobody who has ended it.
func TestAMailAWeek(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	governor, teacher := m.Staff("Gus Verne", access.Governor), m.Staff("Tia Cole", access.Teacher)
	_ = m.Staff("Adam Inis", access.Administrator)
	st := action.NewStore(m.DB, m.Key, m.Bank)
	if got := m.week(); len(got) > 0 { // it is ten o'clock on Monday, 5 October
		t.Errorf("nothing waits, and yet: %v", got)
	}
	f := m.Form(m.Survey("first_say"), m.Forms("9A 27, 9B 28"))
	f.Plan.Readers = append(f.Plan.Readers, governor.Person)
	r := m.Open(f)
	c := collecting.NewCollector(m.DB, m.Key)
	defer c.Stop()
	m.Answer(c, r, m.Slips(r)["9A"], 20, rand.New(rand.NewPCG(1, 2)))
	r = m.CloseAndSettle(r)
	a, err := st.SaveAction(ctx, m.Head, r, "", action.Form{Answer: action.Trying, Heard: "Kim Archer says that 41% are cold.", Doing: "We look at the heating.", OwnerID: teacher.Person, Due: "2026-10-20"})
	testkit.Must(t, err)
	m.at("2026-10-12", 7, 0)
	if got := m.week(); len(got) > 0 {
		t.Errorf("before school: %v", got)
	}
	m.at("2026-10-12", 12, 0)
	got := m.week()
	text := got[m.Email(m.Head)]
	if len(got) != 1 || !strings.Contains(text, "The results of “"+r.Title+"” are open to you.") && !strings.Contains(text, "owed a reply") {
		t.Fatalf("on Monday: %v", got)
	}
	testkit.Must(t, st.ChooseDigest(ctx, teacher.School, teacher.Person, action.DigestOn))
	if got := m.week(); len(got) > 0 {
		t.Errorf("once more in the same week: %v", got)
	}
	testkit.Must(t, st.Publish(ctx, m.Head, r))
	m.at("2026-10-19", 12, 0)
	got = m.week()
	if text := got[m.Email(teacher)]; !strings.Contains(text, "yours to see to by 20 October 2026") || !strings.Contains(text, "https://voice.example/actions/"+a.ID) {
		t.Errorf("the teacher who asked for it reads\n%s", text)
	}
	if text := got[m.Email(governor)]; !strings.Contains(text, "is published, and you were named to read it") {
		t.Errorf("the governor reads\n%s", text)
	}
	if _, head := got[m.Email(m.Head)]; head || len(got) != 2 {
		t.Errorf("the reply is given, and yet: %v", got)
	}
	for to, text := range got {
		said, _, _ := strings.Cut(text, "https://")
		if strings.Contains(said, "Kim") || strings.Contains(said, "cold") || strings.Contains(said, "%") || regexp.MustCompile(`\b[0-9]{2,}\b`).MatchString(strings.ReplaceAll(said, "20 October 2026", "")) {
			t.Errorf("the mail to %s says what was said:\n%s", to, text)
		}
	}
	// The link in the mail is the person's own, and works without signing in; any other text is nobody's.
	link := regexp.MustCompile(`https://voice.example/digest/(\w+)`).FindStringSubmatch(got[m.Email(teacher)])
	if link == nil {
		t.Fatal("there is no way to end the mails")
	}
	p, err := st.DigestOf(ctx, link[1])
	if testkit.Must(t, err); p.ID != teacher.Person {
		t.Errorf("the link is %s's", p.Name())
	}
	for _, wrong := range []string{"", link[1][:len(link[1])-1] + "x", governor.School + governor.Person + link[1][52:]} {
		if _, err := st.DigestOf(ctx, wrong); err == nil {
			t.Errorf("%q is somebody's", wrong)
		}
	}
	testkit.Must(t, st.ChooseDigest(ctx, teacher.School, teacher.Person, action.DigestOff))
	m.at("2026-10-26", 12, 0)
	if got := m.week(); len(got) > 0 {
		t.Errorf("the teacher has ended it, and the governor had it last week: %v", got)
	}
}

func TestNoMailInAHolidayNorTwiceAfterIt(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	testkit.Must(t, roster.NewStore(m.DB).SaveCalendar(ctx, m.Head, roster.Calendar{Holidays: []roster.Span{{Name: "Half-term", First: "2026-10-08", Last: "2026-10-20"}}}, 20))
	r := m.Open(m.Form(m.Survey("first_say"), m.Forms("9A 27")))
	c := collecting.NewCollector(m.DB, m.Key)
	defer c.Stop()
	m.Answer(c, r, m.Slips(r)["9A"], 20, rand.New(rand.NewPCG(1, 2)))
	r = m.CloseAndSettle(r)
	if wait := r.LeadersFrom().Sub(*r.SettledAt); wait < 9*24*time.Hour {
		t.Errorf("leaders may look after %v, with a week of holidays between", wait)
	}
	for _, day := range []string{"2026-10-12", "2026-10-13", "2026-10-16", "2026-10-19", "2026-10-20"} {
		m.at(day, 12, 0)
		if got := m.week(); len(got) > 0 {
			t.Errorf("%s, in the holidays: %v", day, got)
		}
	}
	sent := 0
	for _, day := range []string{"2026-10-21", "2026-10-22", "2026-10-23"} {
		m.at(day, 12, 0)
		sent += len(m.week())
	}
	if sent != 1 {
		t.Errorf("%d mails in the week after the holidays", sent)
	}
}

func TestAWeekIsNotLostWhileTheMailServerIsAway(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	r := m.Open(m.Form(m.Survey("first_say"), m.Forms("9A 27")))
	c := collecting.NewCollector(m.DB, m.Key)
	defer c.Stop()
	m.Answer(c, r, m.Slips(r)["9A"], 20, rand.New(rand.NewPCG(1, 2)))
	m.CloseAndSettle(r)
	m.at("2026-10-12", 12, 0)
	m.post.Answer(func(string) string { return "421 not now" })
	testkit.Must(t, m.clock.Digests(ctx))
	m.post.Take()
	m.post.Answer(nil)
	m.Clock.Forward(time.Hour)
	if got := m.week(); len(got) != 1 {
		t.Errorf("when it is back: %v", got)
	}
}

// TestQuietDaysPauseInvitationsAndReminders names quiet days after a round has opened: what would go out waits, and answers
// still arrive.
func TestQuietDaysPauseInvitationsAndReminders(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	quiet := roster.Calendar{Quiet: []roster.Span{{Name: "Mocks", First: "2026-10-05", Last: "2026-10-09"}}}
	f := m.MailForm("first_home", m.Families(testkit.ManyFamilies(20)...))
	f.ClosesAt = m.DB.Now().AddDate(0, 0, 11).Add(6 * time.Hour)
	f.ReplyBy = storage.DateOf(f.ClosesAt.AddDate(0, 0, 14), time.UTC)
	r := m.Open(f)
	testkit.Must(t, roster.NewStore(m.DB).SaveCalendar(ctx, m.Head, quiet, 20))
	_, err := participation.NewStore(m.DB, m.Key).Invite(ctx, m.Head, r, 2)
	testkit.Must(t, err)
	for range 4 {
		if got := m.run(); len(got) > 0 {
			t.Fatalf("%s, a quiet day: %d mails", m.Clock.Now().Format("Monday 15:04"), len(got))
		}
		m.Clock.Forward(24 * time.Hour)
	}
	m.at("2026-10-12", 10, 0)
	got := m.run()
	if len(got) != 20 {
		t.Fatalf("after the quiet days: %d mails", len(got))
	}
	// Quiet again, from the next day: the reminders wait as well.
	quiet.Quiet = append(quiet.Quiet, roster.Span{Name: "Assembly week", First: "2026-10-13", Last: "2026-10-15"})
	testkit.Must(t, roster.NewStore(m.DB).SaveCalendar(ctx, m.Head, quiet, 20))
	for _, day := range []string{"2026-10-13", "2026-10-14", "2026-10-15"} {
		m.at(day, 12, 0)
		if got := m.run(); len(got) > 0 {
			t.Errorf("%s: %d reminders", day, len(got))
		}
	}
	now, err := m.Rounds().ByID(ctx, r.SchoolID, r.ID)
	if testkit.Must(t, err); !now.Takes() {
		t.Error("no answer is taken any more")
	}
}

// TestNoRoundIsOpenOnQuietDays tries every way to plan one into them.
func TestNoRoundIsOpenOnQuietDays(t *testing.T) {
	s := testkit.NewSchool(t) // it is 5 October
	ctx := context.Background()
	testkit.Must(t, roster.NewStore(s.DB).SaveCalendar(ctx, s.Head, roster.Calendar{Quiet: []roster.Span{{Name: "Mocks", First: "2026-10-19", Last: "2026-10-23"}}}, 20))
	forms := s.Forms("9A 27")
	f := s.Form(s.Survey("first_say"), forms)
	closing := func(day storage.Date) round.Form {
		g := f
		g.ClosesAt = day.Time(time.UTC).Add(15 * time.Hour)
		g.ReplyBy = storage.DateOf(g.ClosesAt.AddDate(0, 0, 14), time.UTC)
		return g
	}
	if _, err := s.Rounds().SaveDraft(ctx, s.Head, "", closing("2026-10-21")); err == nil {
		t.Error("a draft that closes on a quiet day")
	}
	over, err := s.Rounds().SaveDraft(ctx, s.Head, "", closing("2026-10-28"))
	testkit.Must(t, err)
	if _, err := s.Rounds().Open(ctx, s.Head, over.ID); err == nil {
		t.Error("a round that would be open on quiet days opens")
	}
	r := s.Open(closing("2026-10-16"))
	for day, ok := range map[storage.Date]bool{"2026-10-19": false, "2026-10-26": false, "2026-10-17": true} {
		g := closing(day)
		if _, err := s.Rounds().Extend(ctx, s.Head, r.ID, g.ClosesAt, g.ReplyBy); (err == nil) != ok {
			t.Errorf("kept open until %s: %v", day, err)
		}
	}
	s.Clock.Forward(20 * 24 * time.Hour)
	if _, err := s.Rounds().Open(ctx, s.Head, over.ID); err != nil {
		t.Errorf("after the quiet days: %v", err)
	}
}

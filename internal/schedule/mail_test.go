package schedule_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/schedule"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// mailer is a school with a mail server and a clock that uses it.
type mailer struct {
	*testkit.School
	post  *testkit.PostOffice
	clock schedule.Clock
	log   *strings.Builder
}

func newMailer(t *testing.T) *mailer {
	t.Helper()
	s := testkit.NewSchool(t)
	post := testkit.NewPostOffice(t)
	from, err := mail.From("voice@school.example")
	testkit.Must(t, err)
	sender, err := mail.SMTP(post.URL, from)
	testkit.Must(t, err)
	log := &strings.Builder{}
	return &mailer{s, post, schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.NewTextHandler(log, nil)), Mail: sender, BaseURL: "https://voice.example"}, log}
}

// invite opens a round for the parents of n children and puts the invitations into the queue.
func (m *mailer) invite(n, reminders, days int) round.Round {
	m.T.Helper()
	f := m.MailForm("first_home", m.Families(testkit.ManyFamilies(n)...))
	f.ClosesAt = m.DB.Now().AddDate(0, 0, days).Add(6 * time.Hour)
	f.ReplyBy = storage.DateOf(f.ClosesAt.AddDate(0, 0, 14), time.UTC)
	r := m.Open(f)
	_, err := participation.NewStore(m.DB, m.Key).Invite(context.Background(), m.Head, r, reminders)
	testkit.Must(m.T, err)
	return r
}

// run lets the clock do what is due and gives the mails that went out, by address.
func (m *mailer) run() map[string]testkit.Post {
	m.T.Helper()
	testkit.Must(m.T, m.clock.Tick(context.Background()))
	testkit.Must(m.T, m.clock.Post(context.Background()))
	got := map[string]testkit.Post{}
	for _, p := range m.post.Take() {
		if _, twice := got[p.To]; twice {
			m.T.Errorf("two mails to %s", p.To)
		}
		got[p.To] = p
	}
	return got
}

// code is the slip in a mail.
func code(t *testing.T, p testkit.Post) string {
	t.Helper()
	_, rest, ok := strings.Cut(p.Text, "#")
	if !ok {
		t.Fatalf("no link in\n%s", p.Text)
	}
	return rest[:participation.CodeLength]
}

func (m *mailer) until(t time.Time) { m.Clock.Forward(t.Sub(m.DB.Now())) }

func TestAThousandInvitations(t *testing.T) {
	m := newMailer(t)
	r := m.invite(1000, 2, 14)
	began := time.Now()
	got := m.run()
	t.Logf("1000 invitations in %v over %d connections", time.Since(began).Round(time.Millisecond), m.post.Calls())
	codes := map[string]bool{}
	for to, p := range got {
		codes[code(t, p)] = true
		if p.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(p.Header.Get("List-Unsubscribe"), "<https://voice.example/u/") {
			t.Fatalf("%s cannot ask for no more mail: %v", to, p.Header)
		}
	}
	if len(got) != 1000 || len(codes) != 1000 {
		t.Fatalf("%d mails with %d codes", len(got), len(codes))
	}
	if again := m.run(); len(again) != 0 {
		t.Errorf("%d mails went out twice", len(again))
	}
	if m.log.Len() > 0 {
		t.Errorf("the log says something: %s", m.log)
	}
	post, err := participation.NewStore(m.DB, m.Key).Post(context.Background(), r)
	testkit.Must(t, err)
	if len(post.Sent) != 1000 {
		t.Errorf("%d sent", len(post.Sent))
	}
}

func TestRemindersGoToThoseWhoHaveNotAnswered(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	r := m.invite(20, 2, 14) // from Monday 5 October, nine in the morning, over two weeks
	c := collecting.NewCollector(m.DB, m.Key)
	defer c.Stop()
	first := m.run()
	answered := map[string]bool{}
	var codes []string
	for i := range 8 {
		to := fmt.Sprintf("p%d@home.example", i)
		answered[to] = true
		codes = append(codes, code(t, first[to]))
	}
	m.Answer(c, r, codes, 8, rand.New(rand.NewPCG(1, 2)))

	for day := 6; day < 12; day++ {
		m.until(time.Date(2026, 10, day, 12, 0, 0, 0, time.UTC))
		if got := m.run(); len(got) != 0 {
			t.Fatalf("%d mails on %d October", len(got), day)
		}
	}
	m.until(time.Date(2026, 10, 12, 8, 29, 0, 0, time.UTC)) // 09:29 at the school
	if got := m.run(); len(got) != 0 {
		t.Fatalf("%d reminders before their hour", len(got))
	}
	m.Clock.Forward(2 * time.Minute)
	got := m.run()
	if len(got) != 12 {
		t.Fatalf("%d reminders, want 12", len(got))
	}
	for to, p := range got {
		if answered[to] {
			t.Errorf("%s has answered and is reminded", to)
		}
		if code(t, p) != code(t, first[to]) {
			t.Error("the reminder has another link")
		}
		if !strings.HasPrefix(p.Subject(), "A reminder from Riverside School") || !strings.Contains(p.Text, "the school can see that you answered, but never what you said") {
			t.Errorf("%s\n%s", p.Subject(), p.Text)
		}
	}
	if got := m.run(); len(got) != 0 {
		t.Errorf("%d people reminded twice in one go", len(got))
	}
	// Four more answer; the last reminder goes to the other eight, on the school day before the last.
	codes = nil
	for i := 8; i < 12; i++ {
		codes = append(codes, code(t, first[fmt.Sprintf("p%d@home.example", i)]))
	}
	m.Answer(c, r, codes, 4, rand.New(rand.NewPCG(3, 4)))
	m.until(time.Date(2026, 10, 16, 8, 31, 0, 0, time.UTC))
	if got = m.run(); len(got) != 8 {
		t.Errorf("%d last reminders, want 8", len(got))
	}
	for _, p := range got {
		if !strings.Contains(p.Text, "last reminder") {
			t.Error(p.Text)
		}
	}
	// Kept open longer: two reminders are two reminders.
	_, err := m.Rounds().Extend(ctx, m.Head, r.ID, r.ClosesAt.AddDate(0, 0, 14), storage.DateOf(r.ClosesAt.AddDate(0, 0, 40), time.UTC))
	testkit.Must(t, err)
	for range 20 {
		m.Clock.Forward(24 * time.Hour)
		if got := m.run(); len(got) != 0 {
			t.Fatalf("%d more reminders", len(got))
		}
	}
	// How many were reminded would tell how many have answered, so the trail keeps it to itself.
	var notes []string
	testkit.Must(t, m.DB.Query(ctx).Table("audit").Where("action = 'mail.remind'").Pluck("note", &notes).Error)
	slices.Sort(notes)
	if strings.Join(notes, ", ") != "reminder 1, reminder 2" {
		t.Error(notes)
	}
}

// A reminder that is late waits for the school to open, and is dropped if the round has closed by then.
func TestNoReminderOutOfHoursOrAfterClosing(t *testing.T) {
	m := newMailer(t)
	r := m.invite(5, 2, 14)
	if got := m.run(); len(got) != 5 {
		t.Fatal(len(got))
	}
	// The server stood still until Monday night.
	m.until(time.Date(2026, 10, 12, 22, 0, 0, 0, time.UTC))
	if got := m.run(); len(got) != 0 {
		t.Fatalf("%d reminders at night", len(got))
	}
	m.until(time.Date(2026, 10, 13, 7, 31, 0, 0, time.UTC))
	if got := m.run(); len(got) != 5 {
		t.Fatalf("%d reminders in the morning", len(got))
	}
	// The last one is in the queue when the mail server goes away, and comes back after the round has closed.
	m.post.Answer(func(string) string { return "421 come back later" })
	m.until(time.Date(2026, 10, 16, 8, 31, 0, 0, time.UTC))
	if got := m.run(); len(got) != 0 {
		t.Fatal(len(got))
	}
	m.post.Answer(nil)
	m.until(r.ClosesAt.Add(time.Minute))
	if got := m.run(); len(got) != 0 {
		t.Errorf("%d reminders after closing", len(got))
	}
}

func TestMailsThatCannotBeSent(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	st := participation.NewStore(m.DB, m.Key)
	m.post.Answer(func(command string) string {
		switch {
		case strings.HasPrefix(command, "RCPT TO:<p0@"):
			return "550 5.1.1 no such person"
		case strings.HasPrefix(command, "RCPT TO:<p1@"):
			return "450 4.2.0 try again later"
		}
		return ""
	})
	r := m.invite(6, 2, 14)
	if got := m.run(); len(got) != 4 {
		t.Fatalf("%d mails", len(got))
	}
	post, err := st.Post(ctx, r)
	testkit.Must(t, err)
	if len(post.Failed) != 1 || post.Failed[0].Person.Email != "p0@home.example" || !strings.Contains(post.Failed[0].Failure, "no such person") {
		t.Errorf("%+v", post.Failed)
	}
	if len(post.Waiting) != 1 || !strings.Contains(post.Waiting[0].Problem, "try again later") {
		t.Errorf("%+v", post.Waiting)
	}
	m.post.Answer(nil)
	if got := m.run(); len(got) != 0 {
		t.Error("tried again at once")
	}
	m.Clock.Forward(5 * time.Minute)
	if got := m.run(); len(got) != 1 || got["p1@home.example"].To == "" {
		t.Errorf("%d mails after a while", len(got))
	}
	// The address is mended: a new invitation goes out, with the same slip.
	families, err := roster.NewStore(m.DB).Families(ctx, r.SchoolID)
	testkit.Must(t, err)
	i := slices.IndexFunc(families, func(f roster.Family) bool { return f.Parent.Email == "p0@home.example" })
	_, err = roster.NewStore(m.DB).ChangeParentEmail(ctx, m.Head, families[i].Parent.ID, "right@home.example")
	testkit.Must(t, err)
	n, err := st.Invite(ctx, m.Head, r, 2)
	testkit.Must(t, err)
	if got := m.run(); n != 1 || len(got) != 1 || got["right@home.example"].To == "" {
		t.Error(n, len(got))
	}
	unspent, err := st.Unspent(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if unspent != 6 {
		t.Errorf("%d slips for 6 people", unspent)
	}
}

func TestAMailServerThatIsAway(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	m.post.Answer(func(command string) string {
		if strings.HasPrefix(command, "AUTH") {
			return "535 5.7.8 wrong password"
		}
		return ""
	})
	r := m.invite(120, 2, 14)
	for range 20 {
		if got := m.run(); len(got) != 0 {
			t.Fatal(len(got))
		}
		m.Clock.Forward(3 * time.Minute)
	}
	if m.post.Calls() > 25 {
		t.Errorf("knocked %d times in an hour", m.post.Calls())
	}
	st := participation.NewStore(m.DB, m.Key)
	post, err := st.Post(ctx, r)
	testkit.Must(t, err)
	if len(post.Waiting) != 120 || post.Waiting[0].Problem != participation.AwayProblem {
		t.Errorf("%d wait: %q", len(post.Waiting), post.Waiting[0].Problem)
	}
	if text := m.log.String(); strings.Contains(text, "home.example") || strings.Contains(text, "#") || !strings.Contains(text, "mail server") {
		t.Errorf("the log: %.300s", text)
	}
	m.post.Answer(nil)
	m.Clock.Forward(3 * time.Minute)
	if got := m.run(); len(got) != 120 {
		t.Errorf("%d mails when it is back", len(got))
	}
}

func TestTwoServersSendEachMailOnce(t *testing.T) {
	m := newMailer(t)
	m.invite(150, 2, 14)
	ctx := context.Background()
	done := make(chan error, 3)
	for range 3 {
		go func() { done <- m.clock.Post(ctx) }()
	}
	for range 3 {
		testkit.Must(t, <-done)
	}
	testkit.Must(t, m.clock.Post(ctx))
	seen := map[string]int{}
	for _, p := range m.post.Take() {
		seen[p.To]++
	}
	for to, n := range seen {
		if n != 1 {
			t.Errorf("%s got %d", to, n)
		}
	}
	if len(seen) != 150 {
		t.Errorf("%d of 150", len(seen))
	}
}

// A round that is cancelled or closed sends nothing more, and its people are forgotten when it settles.
func TestNothingGoesOutAfterTheEnd(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	r := m.invite(10, 2, 14)
	_, err := collecting.Cancel(ctx, m.DB, m.Key, m.Bank, m.Head, r.ID, "a mistake")
	testkit.Must(t, err)
	if got := m.run(); len(got) != 0 {
		t.Errorf("%d invitations to a cancelled round", len(got))
	}
	r = m.invite(10, 2, 14)
	_, err = m.Rounds().Close(ctx, m.Head, r.ID)
	testkit.Must(t, err)
	if got := m.run(); len(got) != 0 {
		t.Errorf("%d invitations to a closed round", len(got))
	}
	m.Clock.Forward(72 * time.Hour)
	m.run()
	for _, table := range []string{"invitations", "mails", "mailings"} {
		var n int64
		testkit.Must(t, m.DB.Query(ctx).Table(table).Count(&n).Error)
		if n != 0 {
			t.Errorf("%d rows of %s are left after settling", n, table)
		}
	}
}

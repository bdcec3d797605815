package schedule_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestAdultsAreToldAndNeverWhat(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	ro := roster.NewStore(m.DB)
	for name, role := range map[string]access.Role{"Lea Dunn": access.SafeguardingLead, "Dee Putnam": access.SafeguardingDeputy, "Hedda Moss": access.Head, "Tia Cole": access.Teacher} {
		_, err := ro.AddStaff(ctx, access.Clock(m.School.School.SchoolID), roster.StaffForm{Name: name, Email: strings.ToLower(strings.Fields(name)[0]) + "@school.example", Roles: []access.Role{role}})
		testkit.Must(t, err)
	}
	st := safeguard.NewStore(m.DB, m.Key)
	ask(t, st, m.School.School.SchoolID, safeguard.Form{Name: "Kim Archer", Words: "Please come and find me."})
	alert := func() (to []string) {
		t.Helper()
		testkit.Must(t, m.clock.Alert(ctx))
		for _, p := range m.post.Take() {
			to = append(to, p.To)
			if text := p.Text + p.Subject(); strings.Contains(text, "Kim") || strings.Contains(text, "find me") || !strings.Contains(p.Text, "https://voice.example/concerns") {
				t.Errorf("a mail says\n%s", text)
			}
		}
		slices.Sort(to)
		return to
	}
	team := []string{"dee@school.example", "lea@school.example"}
	if to := alert(); !slices.Equal(to, team) {
		t.Errorf("at once: %v", to)
	}
	if to := alert(); len(to) > 0 {
		t.Errorf("a moment later: %v", to)
	}
	m.Clock.Forward(61 * time.Minute)
	if to := alert(); !slices.Equal(to, team) {
		t.Errorf("after an hour: %v", to)
	}
	m.Clock.Forward(61 * time.Minute)
	if to := alert(); !slices.Equal(to, []string{"dee@school.example", "hedda@school.example", "lea@school.example"}) {
		t.Errorf("after two hours: %v", to)
	}
	m.Clock.Forward(30 * time.Minute)
	if to := alert(); len(to) > 0 {
		t.Errorf("half an hour later: %v", to)
	}
	m.Clock.Forward(48 * time.Hour)
	if to := alert(); len(to) != 3 {
		t.Errorf("days later nobody has read it, and %v are told", to)
	}
	for _, c := range m.unread() {
		_, _, err := st.Open(ctx, m.Head, c)
		testkit.Must(t, err)
	}
	if strings.Contains(m.log.String(), "Kim") || strings.Contains(m.log.String(), "find me") {
		t.Errorf("the log says %s", m.log)
	}

	// Over a weekend nobody is told a second time before school begins.
	m.Clock.Forward(time.Duration(5-int(m.DB.Now().Weekday())+7) % 7 * 24 * time.Hour) // to a Friday
	m.until(time.Date(m.DB.Now().Year(), m.DB.Now().Month(), m.DB.Now().Day(), 19, 0, 0, 0, time.UTC))
	ask(t, st, m.School.School.SchoolID, safeguard.Form{Words: "On a Friday night."})
	if to := alert(); !slices.Equal(to, team) {
		t.Errorf("on a Friday night: %v", to)
	}
	m.Clock.Forward(36 * time.Hour)
	if to := alert(); len(to) > 0 {
		t.Errorf("on a Sunday: %v", to)
	}
	m.Clock.Forward(28 * time.Hour)
	if to := alert(); !slices.Equal(to, team) {
		t.Errorf("on Monday: %v", to)
	}
}

// unread are the ids of what waits.
func (m *mailer) unread() (ids []string) {
	m.T.Helper()
	list, err := safeguard.NewStore(m.DB, m.Key).List(context.Background(), m.Head)
	testkit.Must(m.T, err)
	for _, c := range list {
		if c.State == safeguard.New {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// A school whose lead and deputies have no address, or are gone, has its head told at once.
func TestSomebodyIsAlwaysTold(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	ask(t, safeguard.NewStore(m.DB, m.Key), m.School.School.SchoolID, safeguard.Form{Name: "Kim"})
	testkit.Must(t, m.clock.Alert(ctx))
	if n := len(m.post.Take()); n != 0 {
		t.Fatalf("%d mails, and nobody has an address", n)
	}
	_, err := roster.NewStore(m.DB).AddStaff(ctx, access.Clock(m.School.School.SchoolID), roster.StaffForm{Name: "Hedda Moss", Email: "hedda@school.example", Roles: []access.Role{access.Head}})
	testkit.Must(t, err)
	testkit.Must(t, m.clock.Alert(ctx))
	if posts := m.post.Take(); len(posts) != 1 || posts[0].To != "hedda@school.example" {
		t.Errorf("told: %+v", posts)
	}
}

// ask sends a message of somebody who wants to talk.
func ask(t *testing.T, st safeguard.Store, school string, f safeguard.Form) string {
	t.Helper()
	id, err := st.Ask(context.Background(), school, f)
	testkit.Must(t, err)
	return id
}

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
	testkit.Must(t, st.Ask(ctx, m.School.School.SchoolID, safeguard.Form{Name: "Kim Archer", Words: "Please come and find me."}))
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
	m.Clock.Forward(48 * time.Hour)
	if to := alert(); len(to) > 0 {
		t.Errorf("for ever: %v", to)
	}
	if strings.Contains(m.log.String(), "Kim") || strings.Contains(m.log.String(), "find me") {
		t.Errorf("the log says %s", m.log)
	}

	// Over a weekend nobody is told a second time before school begins.
	m.Clock.Forward(time.Duration(5-int(m.DB.Now().Weekday())+7) % 7 * 24 * time.Hour) // to a Friday
	m.until(time.Date(m.DB.Now().Year(), m.DB.Now().Month(), m.DB.Now().Day(), 19, 0, 0, 0, time.UTC))
	testkit.Must(t, st.Ask(ctx, m.School.School.SchoolID, safeguard.Form{Words: "On a Friday night."}))
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

package schedule_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// named adds adults who can be told.
func (m *mailer) named(who map[string]access.Role) {
	m.T.Helper()
	for name, role := range who {
		_, err := roster.NewStore(m.DB).AddStaff(context.Background(), access.Clock(m.School.School.SchoolID), roster.StaffForm{Name: name, Email: strings.ToLower(strings.Fields(name)[0]) + "@school.example", Roles: []access.Role{role}})
		testkit.Must(m.T, err)
	}
}

// alerts lets the clock look once and gives the mails that went out, by address.
func (m *mailer) alerts() map[string]string {
	m.T.Helper()
	testkit.Must(m.T, m.clock.Alert(context.Background()))
	got := map[string]string{}
	for _, p := range m.post.Take() {
		if got[p.To] != "" {
			m.T.Errorf("two mails at once to %s", p.To)
		}
		got[p.To] = p.Text
	}
	return got
}

// Many messages from one device are kept, every one, and make a mail at a time.
func TestManyMessagesAreFewMails(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	m.named(map[string]access.Role{"Lea Dunn": access.SafeguardingLead, "Dee Putnam": access.SafeguardingDeputy})
	st, school := safeguard.NewStore(m.DB, m.Key), m.School.School.SchoolID
	mails, sent := map[string]int{}, 0
	for minute := range 60 {
		for i := range 10 {
			ask(t, st, school, safeguard.Form{Words: fmt.Sprintf("Message %d of minute %d.", i, minute)})
			sent++
		}
		for to := range m.alerts() {
			mails[to]++
		}
		m.Clock.Forward(time.Minute)
	}
	if mails["lea@school.example"] > 5 || mails["lea@school.example"] < 3 || len(mails) != 2 {
		t.Errorf("%d messages in an hour made the mails %v", sent, mails)
	}
	if list, err := st.List(ctx, m.Head); err != nil || len(list) != sent {
		t.Errorf("%d messages were sent, %d are there, %v", sent, len(list), err)
	}
	m.Clock.Forward(20 * time.Minute)
	for _, text := range m.alerts() {
		if !strings.Contains(text, "600 messages") {
			t.Errorf("the last mail says\n%s", text)
		}
	}

	// Once somebody has read them all, what comes next does not have to wait as long.
	for _, id := range m.unread() {
		_, _, err := st.Open(ctx, m.Head, id)
		testkit.Must(t, err)
	}
	m.Clock.Forward(6 * time.Minute)
	ask(t, st, school, safeguard.Form{Words: "Please come."})
	if to := m.alerts(); len(to) != 2 {
		t.Errorf("after everything was read: %v", to)
	}
}

// What must not be read by the head, or by anybody in school, is not told to them either, also where nobody else can be told.
func TestNobodyIsToldOfWhatTheyMayNotRead(t *testing.T) {
	for to, want := range map[safeguard.To][]string{safeguard.Leads: nil, safeguard.Chair: nil, safeguard.Head: {"hedda@school.example"}, safeguard.Team: {"hedda@school.example"}} {
		m := newMailer(t)
		m.named(map[string]access.Role{"Hedda Moss": access.Head, "Tia Cole": access.Teacher, "Gus Rowe": access.Governor})
		f := safeguard.Form{Words: "It is about somebody.", To: to}
		if to == safeguard.Leads { // nobody ticks this: it is where a message goes that names the head
			f = safeguard.Form{Words: "It is about Mrs Moss.", Adults: safeguard.Adults{Head: []string{"Hedda Moss"}}}
		}
		ask(t, safeguard.NewStore(m.DB, m.Key), m.School.School.SchoolID, f)
		var got []string
		for email := range m.alerts() {
			got = append(got, email)
		}
		if !slices.Equal(got, want) {
			t.Errorf("for the %s: %v", to, got)
		}
	}
	m := newMailer(t)
	m.named(map[string]access.Role{"Hedda Moss": access.Head, "Lea Dunn": access.SafeguardingLead, "Cora Vale": access.Chair})
	ask(t, safeguard.NewStore(m.DB, m.Key), m.School.School.SchoolID, safeguard.Form{Words: "It is about the head.", To: safeguard.Chair})
	if to := m.alerts(); len(to) != 1 || to["cora@school.example"] == "" {
		t.Errorf("for the chair: %v", to)
	}
}

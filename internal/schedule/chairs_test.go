package schedule_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestAChangeOfChairIsTold(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	ro := roster.NewStore(m.DB)
	change := func(who access.Actor, email string, roles ...access.Role) {
		t.Helper()
		testkit.Must(t, ro.ChangeStaff(ctx, m.Head, who.Person, roster.StaffForm{Name: who.Name, Email: email, Roles: roles}))
	}
	lead, chair, next := m.Staff("Lea Dunn", access.SafeguardingLead), m.Staff("Cora Byrne", access.Chair), m.Staff("Pam Puppet", access.Governor)
	change(lead, "lead@school.example", access.SafeguardingLead)
	change(chair, "cora@school.example", access.Chair)
	tell := func(says string) (to []string) {
		t.Helper()
		testkit.Must(t, m.clock.TellChairs(ctx))
		testkit.Must(t, m.clock.TellEndedKeys(ctx))
		for _, p := range m.post.Take() {
			if to = append(to, p.To); !strings.Contains(p.Text, says) {
				t.Errorf("%s reads\n%s", p.To, p.Text)
			}
		}
		slices.Sort(to)
		return slices.Compact(to)
	}
	both, all := []string{"cora@school.example", "lead@school.example"}, []string{"cora@school.example", "lead@school.example", "pam@school.example"}
	if to := tell("Cora Byrne is named chair"); !slices.Equal(to, both) {
		t.Errorf("the first chair: %v", to)
	}
	change(chair, "cora@school.example", access.Chair, access.Governor)
	if to := tell(""); len(to) > 0 {
		t.Errorf("nothing has changed: %v", to)
	}
	change(chair, "head-owns-this@school.example", access.Governor)
	if to := tell(m.Head.Name + " ended in Earshot that Cora Byrne is chair"); !slices.Equal(to, both) {
		t.Errorf("the chair goes: %v", to)
	}
	change(next, "pam@school.example", access.Chair)
	if to := tell(m.Head.Name + " named Pam Puppet chair"); !slices.Equal(to, all) {
		t.Errorf("a new chair: %v", to)
	}
	if to := tell(""); len(to) > 0 {
		t.Errorf("a moment later: %v", to)
	}

	id, err := age.GenerateX25519Identity()
	testkit.Must(t, err)
	st := envelope.NewStore(m.DB, m.Key)
	pam, err := ro.Actor(ctx, next.Account, next.School)
	testkit.Must(t, err)
	h, err := st.AddKey(ctx, pam, id.Recipient().String())
	testkit.Must(t, err)
	if err := st.EndKey(ctx, m.Head, h.ID); err == nil {
		t.Error("the head ends the chair's key")
	}
	testkit.Must(t, st.EndKey(ctx, lead, h.ID))
	if to := tell("Lea Dunn has ended your key"); !slices.Equal(to, []string{"pam@school.example"}) {
		t.Errorf("the end of a key: %v", to)
	}
	h, err = st.AddKey(ctx, pam, id.Recipient().String())
	testkit.Must(t, err)
	testkit.Must(t, st.EndKey(ctx, pam, h.ID))
	if to := tell(""); len(to) > 0 {
		t.Errorf("who ended their own: %v", to)
	}
}

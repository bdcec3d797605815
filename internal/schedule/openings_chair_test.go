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

// What the chair asks for is told to whom they ask and to nobody else; and the chair hears when there is an answer.
func TestNobodyElseIsToldWhatTheChairAsksFor(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	st := envelope.NewStore(m.DB, m.Key)
	add := func(name string, role access.Role) access.Actor {
		t.Helper()
		who := m.Staff(name, role)
		testkit.Must(t, roster.NewStore(m.DB).ChangeStaff(ctx, m.Head, who.Person, roster.StaffForm{Name: name, Email: m.Email(who), Roles: []access.Role{role}}))
		id, err := age.GenerateX25519Identity()
		testkit.Must(t, err)
		_, err = st.AddKey(ctx, who, id.Recipient().String())
		testkit.Must(t, err)
		return who
	}
	add("Lea Dunn", access.SafeguardingLead)
	deputy, chair := add("Dee Putnam", access.SafeguardingDeputy), add("Cora Byrne", access.Chair)
	r := m.Open(m.Form(m.Survey("first_say"), m.Forms("9A 27, 9B 28")))
	testkit.Must(t, m.DB.Write(ctx).Exec("UPDATE rounds SET mode = 'confidential', plan = '{\"policy\":\"one\"}' WHERE id = ?", r.ID).Error)
	holders, err := st.Holders(ctx, r.SchoolID)
	testkit.Must(t, err)
	var keys envelope.Keys
	for _, h := range holders {
		if h.Key != nil && h.Group == envelope.Safeguarding {
			keys.Safeguarding = append(keys.Safeguarding, envelope.Key{ID: h.Key.ID, Recipient: h.Key.Recipient})
		}
	}
	e, err := keys.Seal(envelope.One, envelope.Inside{V: 1, Round: r.Title, Kind: envelope.Comment, ID: "tie", Name: "Kim Archer"})
	testkit.Must(t, err)
	e.SchoolID, e.RoundID, e.ID = r.SchoolID, r.ID, "tie"
	testkit.Must(t, st.Add(ctx, []envelope.Envelope{e}))
	tell := func(says string) (to []string) {
		t.Helper()
		testkit.Must(t, m.clock.TellOpenings(ctx))
		for _, p := range m.post.Take() {
			to = append(to, p.To)
			if all := p.Text + p.HTML + p.Subject(); strings.Contains(all, "Kim") || strings.Contains(all, "danger") || !strings.Contains(p.Text, says) {
				t.Errorf("a mail says\n%s", all)
			}
		}
		return to
	}
	m.post.Take()
	for _, refused := range []bool{false, true} {
		o, err := st.AskFor(ctx, chair, envelope.Request{Round: r.ID, Envelope: "tie", Reason: "A child may be in danger."}, deputy.Person)
		testkit.Must(t, err)
		if to := tell("The chair of governors asks you"); !slices.Equal(to, []string{m.Email(deputy)}) {
			t.Errorf("asked: told %v", to)
		}
		if to := tell(""); len(to) > 0 {
			t.Errorf("asked: told again %v", to)
		}
		if refused {
			err = st.Refuse(ctx, deputy, o.ID, "I am her aunt.")
		} else {
			err = st.Agree(ctx, deputy, o.ID, []byte("age-encryption.org/v1\nsealed to the chair"))
		}
		testkit.Must(t, err)
		if to := tell("has answered"); !slices.Equal(to, []string{m.Email(chair)}) {
			t.Errorf("answered, refused %v: told %v", refused, to)
		}
		if to := tell(""); len(to) > 0 {
			t.Errorf("answered: told again %v", to)
		}
		m.Clock.Forward(envelope.OpenFor)
	}
}

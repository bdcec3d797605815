package schedule_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// asksFor lets somebody ask for a sealed name in a round of a policy, which is put into the database as it is while open.
func (m *mailer) asksFor(who access.Actor, r round.Round, tie string, p envelope.Policy) {
	m.T.Helper()
	ctx := context.Background()
	testkit.Must(m.T, m.DB.Write(ctx).Exec("UPDATE rounds SET mode = 'confidential', plan = ? WHERE id = ?", fmt.Sprintf(`{"policy":%q}`, p), r.ID).Error)
	st := envelope.NewStore(m.DB, m.Key)
	testkit.Must(m.T, st.Add(ctx, []envelope.Envelope{{SchoolID: r.SchoolID, RoundID: r.ID, ID: tie, Body: base64.StdEncoding.EncodeToString([]byte("sealed")), Keys: "k"}}))
	_, err := st.Ask(ctx, who, envelope.Request{Round: r.ID, Envelope: tie, Kind: envelope.Answer, Category: "hurt", Reason: "Somebody hits Kim Archer at home."})
	testkit.Must(m.T, err)
}

func TestOthersAreToldOfAnOpeningAndNeverWhy(t *testing.T) {
	m := newMailer(t)
	ctx := context.Background()
	ro := roster.NewStore(m.DB)
	// add names somebody whom mail reaches.
	add := func(name string, roles ...access.Role) access.Actor {
		t.Helper()
		who := m.Staff(name, roles...)
		testkit.Must(t, ro.ChangeStaff(ctx, m.Head, who.Person, roster.StaffForm{Name: name, Email: m.Email(who), Roles: roles}))
		return who
	}
	lead := add("Lea Dunn", access.SafeguardingLead)
	add("Dee Putnam", access.SafeguardingDeputy)
	add("Tia Cole", access.Teacher)
	add("Gwen Abara", access.Governor)
	id, err := age.GenerateX25519Identity()
	testkit.Must(t, err)
	_, err = envelope.NewStore(m.DB, m.Key).AddKey(ctx, lead, id.Recipient().String())
	testkit.Must(t, err)
	tell := func(says string) (to []string) {
		t.Helper()
		testkit.Must(t, m.clock.TellOpenings(ctx))
		for _, p := range m.post.Take() {
			to = append(to, p.To)
			if all := p.Text + p.HTML + p.Subject(); strings.Contains(all, "Kim") || strings.Contains(all, "hits") || strings.Contains(all, "Lea") || !strings.Contains(p.Text, says) || !strings.Contains(p.Text, "https://voice.example/openings/") || !strings.Contains(p.Text, "Having a say") {
				t.Errorf("a mail says\n%s", all)
			}
		}
		slices.Sort(to)
		return to
	}
	r := m.Open(m.Form(m.Survey("first_say"), m.Forms("9A 27, 9B 28")))

	// Nobody is head with an address, nor chair: the rest of the safeguarding team is told.
	m.asksFor(lead, r, "tie-0", envelope.One)
	if to := tell("has opened, or is about to open"); len(to) != 1 || strings.Contains(strings.Join(to, " "), lead.Person) {
		t.Errorf("without a head: %v", to)
	}
	if to := tell(""); len(to) > 0 {
		t.Errorf("a moment later: %v", to)
	}

	head, chair := add("Hedda Moss", access.Head), add("Cora Byrne", access.Chair)
	both := []string{m.Email(head), m.Email(chair)}
	slices.Sort(both)
	m.asksFor(lead, r, "tie-1", envelope.One)
	if to := tell("has opened, or is about to open"); !slices.Equal(to, both) {
		t.Errorf("at once: %v, want %v", to, both)
	}
	if to := tell(""); len(to) > 0 {
		t.Errorf("a moment later: %v", to)
	}
	m.asksFor(lead, r, "tie-2", envelope.Two)
	if to := tell("agrees within 24 hours"); !slices.Equal(to, both) {
		t.Errorf("where two are needed: %v", to)
	}

	// Whoever asked is told of the answer, once.
	var waits envelope.Opening
	testkit.Must(t, m.DB.Query(ctx).Where("envelope_id = ?", "tie-2").Take(&waits).Error)
	testkit.Must(t, envelope.NewStore(m.DB, m.Key).Refuse(ctx, chair, waits.ID, "Talk to me first."))
	testkit.Must(t, m.clock.TellOpenings(ctx))
	if post := m.post.Take(); len(post) != 1 || post[0].To != m.Email(lead) || !strings.Contains(post[0].Text, "has answered your question") || strings.Contains(post[0].Text, "Talk to me") {
		t.Errorf("of the answer: %v", post)
	}
	if to := tell(""); len(to) > 0 {
		t.Errorf("of the answer, a moment later: %v", to)
	}

	// Who asks is not told by themselves: a head who is lead as well tells the chair.
	testkit.Must(t, ro.ChangeStaff(ctx, m.Head, head.Person, roster.StaffForm{Name: "Hedda Moss", Email: m.Email(head), Roles: []access.Role{access.Head, access.SafeguardingLead}}))
	head, err = ro.Actor(ctx, head.Account, head.School)
	testkit.Must(t, err)
	m.asksFor(head, r, "tie-3", envelope.One)
	if to := tell("has opened"); !slices.Equal(to, []string{m.Email(chair)}) {
		t.Errorf("a head who asked: %v", to)
	}

	// A mail server that is away is tried again.
	m.asksFor(lead, r, "tie-4", envelope.One)
	away := true
	m.post.Answer(func(string) string {
		if away {
			return "421 closing"
		}
		return ""
	})
	if to := tell(""); len(to) > 0 {
		t.Errorf("%v reached although nothing goes out", to)
	}
	away = false
	if to := tell("has opened"); !slices.Equal(to, both) {
		t.Errorf("when it is back: %v", to)
	}
	if text := m.log.String(); strings.Contains(text, "Kim") || strings.Contains(text, "hits") {
		t.Errorf("the log says %s", text)
	}
}

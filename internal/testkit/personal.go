package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Holder is somebody with a key to sealed names, whose private half a test has in place of a browser.
type Holder struct {
	access.Actor
	Identity *age.X25519Identity
}

// Open opens what is sealed to their key; nil if it is not.
func (h Holder) Open(sealed []byte) []byte {
	r, err := age.Decrypt(bytes.NewReader(sealed), h.Identity)
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return plain
}

// Inside reads what stands in an envelope that has been opened.
func (s *School) Inside(plain []byte) (in envelope.Inside) {
	s.T.Helper()
	Must(s.T, json.Unmarshal(plain, &in))
	return in
}

// Holds gives somebody a key and lets them prove it, as their browser would.
func (s *School) Holds(who access.Actor) Holder {
	s.T.Helper()
	ctx := context.Background()
	identity, err := age.GenerateX25519Identity()
	Must(s.T, err)
	h := Holder{who, identity}
	st := envelope.NewStore(s.DB, s.Key)
	_, err = st.AddKey(ctx, who, identity.Recipient().String())
	Must(s.T, err)
	trial, err := st.Try(ctx, who)
	Must(s.T, err)
	Must(s.T, st.Prove(ctx, who, string(h.Open(trial))))
	return h
}

// Holders names a lead, a deputy, and a chair, and gives each of them and the head a key.
func (s *School) Holders() (lead, deputy, head, chair Holder) {
	s.T.Helper()
	return s.Holds(s.Staff("Ruth Moss", access.SafeguardingLead)), s.Holds(s.Staff("Omar Diaz", access.SafeguardingDeputy)),
		s.Holds(s.Head), s.Holds(s.Chair("Faye Hart"))
}

// Chair adds a chair of governors whom mail can reach.
func (s *School) Chair(name string) access.Actor {
	s.T.Helper()
	who := s.Staff(name, access.Chair)
	Must(s.T, roster.NewStore(s.DB).ChangeStaff(context.Background(), s.Head, who.Person, roster.StaffForm{Name: name, Email: s.Email(who), Roles: []access.Role{access.Chair}}))
	return who
}

// Pupils puts pupils on the roll by name, so many in each form: "7A" 28, "7B" 30. They are called "Pupil 7A-1" and so on.
func (s *School) Pupils(sizes map[string]int) []roster.Group {
	s.T.Helper()
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	var list roster.List
	for form, n := range sizes {
		for i := range n {
			list.Rows = append(list.Rows, roster.ListRow{ID: fmt.Sprintf("%s-%d", form, i+1), Given: "Pupil", Family: fmt.Sprintf("%s-%d", form, i+1), Year: roster.YearOf(form), Form: form})
		}
	}
	_, err := ro.Apply(ctx, s.Head, list, nil, roster.Confirm{})
	Must(s.T, err)
	groups, err := ro.Groups(ctx, s.School.SchoolID, roster.Form)
	Must(s.T, err)
	return groups
}

// Personal is the form of a confidential or named round.
func (s *School) Personal(mode round.Mode, template string, groups []roster.Group) round.Form {
	f := s.Form(s.Survey(template), groups)
	f.Mode = mode
	return f
}

// SlipOf is the slip of somebody for a personal round, as their card leads to it.
func (s *School) SlipOf(r round.Round, p roster.Person) string {
	s.T.Helper()
	asked, err := participation.NewStore(s.DB, s.Key).OpenFor(context.Background(), r.SchoolID, p.ID)
	Must(s.T, err)
	for _, a := range asked {
		if a.Code == r.Code {
			return a.Slip
		}
	}
	s.T.Fatalf("nothing waits for %s", p.Name())
	return ""
}

package intruder

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// confide puts the register on the roll by name, with the list of girls as something that results are told apart by, gives
// keys to those who hold them, and asks in confidence.
func (s *school) confide(ctx context.Context) error {
	ro := roster.NewStore(s.DB)
	var list roster.List
	var girls []string
	for i, p := range s.pupils {
		id := fmt.Sprintf("p%04d", i)
		list.Rows = append(list.Rows, roster.ListRow{ID: id, Given: "Pupil", Family: strconv.Itoa(i), Year: roster.YearOf(p.form), Form: p.form})
		if p.girl {
			girls = append(girls, id)
		}
	}
	if _, err := ro.Apply(ctx, s.head, list, nil, roster.Confirm{}); err != nil {
		return err
	}
	on, err := ro.Pupils(ctx, s.head.School)
	if err != nil {
		return err
	}
	s.people = make([]string, len(s.pupils))
	for _, p := range on {
		at, err := strconv.Atoi(strings.TrimPrefix(p.SourceID, "p"))
		if err != nil {
			return err
		}
		s.people[at] = p.ID
	}
	flag, err := ro.SaveFlag(ctx, s.head, "", "Girls, by our list", strings.Join(girls, "\n"))
	if err != nil {
		return err
	}
	s.flag = flag.ID
	if s.forms, err = ro.Groups(ctx, s.head.School, roster.Form); err != nil {
		return err
	}
	chair, err := s.staff(ctx, "Cora Finch", access.Chair)
	if err != nil {
		return err
	}
	if err := ro.ChangeStaff(ctx, s.head, chair.Person, roster.StaffForm{Name: "Cora Finch", Email: "chair@intruded.example", Roles: []access.Role{access.Chair}}); err != nil {
		return err
	}
	for _, who := range []access.Actor{s.head, s.deputy} {
		if err := s.hold(ctx, who); err != nil {
			return err
		}
	}
	sv, _, err := s.surveyOf(ctx, "first_say", false)
	if err != nil {
		return err
	}
	s.confided, err = s.askAs(ctx, sv, "In confidence", s.forms, func(p pupil) string { return p.form }, round.Confidential)
	return err
}

// hold gives somebody a key and tries it, as their browser would.
func (s *school) hold(ctx context.Context, who access.Actor) error {
	st := envelope.NewStore(s.DB, s.Key)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if _, err := st.AddKey(ctx, who, key.Recipient().String()); err != nil {
		return err
	}
	trial, err := st.Try(ctx, who)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(bytes.NewReader(trial), key)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return st.Prove(ctx, who, string(said))
}

package roster_test

import (
	"fmt"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestEndStaff(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	teacher := s.Staff("Tom Reed", access.Teacher)
	s.Classes("Maths", "9x/Ma1 30", teacher)
	admin := s.Staff("Ada Min", access.Administrator)
	keyOf := func(err error) string {
		if f, ok := fault.Of(err); ok {
			return f.Key
		}
		return fmt.Sprint(err)
	}
	end := func(who access.Actor, id string) string { _, err := st.EndStaff(ctx, who, id); return keyOf(err) }
	for _, c := range []struct {
		name     string
		who      access.Actor
		id, want string
	}{
		{"oneself", s.Head, s.Head.Person, "staff.oneself"},
		{"a lead, by an administrator", admin, s.Lead.ID, "staff.head_only"},
		{"nobody", s.Head, "nobody", "fault.not_found"},
		{"a teacher, by an administrator", admin, teacher.Person, "<nil>"},
		{"the same again", admin, teacher.Person, "fault.not_found"},
	} {
		if got := end(c.who, c.id); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	second := s.Staff("Hal Two", access.Head)
	if got := end(second, s.Head.Person); got != "<nil>" {
		t.Error("a head, by another:", got)
	}
	if _, err := st.Actor(ctx, teacher.Account, s.School.SchoolID); !fault.Is(err, fault.NotFound) {
		t.Error("still acts:", err)
	}
	teachers, err := st.Teachers(ctx, s.School.SchoolID)
	if err != nil || len(teachers) != 0 {
		t.Error("still teaches:", teachers, err)
	}
}

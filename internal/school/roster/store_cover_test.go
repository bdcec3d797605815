package roster_test

import (
	"context"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestCover(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	deputy := s.Staff("Dan Reed", access.SafeguardingDeputy, access.Teacher)
	before, err := ro.Cover(ctx, s.School)
	testkit.Must(t, err)
	away := func(who access.Actor, person string, first, last storage.Date) error {
		return ro.AddAbsence(ctx, who, roster.Absence{PersonID: person, FirstOn: first, LastOn: last})
	}
	for role, may := range map[access.Role]bool{access.Teacher: false, access.Leader: false, access.Administrator: false, access.Governor: false, access.Chair: false, access.CommentReader: false, access.SafeguardingLead: true, access.Head: true} {
		if err := away(s.Staff("Some "+string(role), role), deputy.Person, "2026-10-07", "2026-10-09"); (err == nil) != may {
			t.Errorf("%s: %v", role, err)
		}
	}
	for _, bad := range [][2]storage.Date{{"2026-10-09", "2026-10-07"}, {"soon", "2026-10-07"}, {"2026-10-07", "2036-10-07"}} {
		if err := away(s.Head, deputy.Person, bad[0], bad[1]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := away(s.Head, s.Staff("Ann Marsh", access.Teacher).Person, "2026-10-07", "2026-10-09"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a teacher has no cover: %v", err)
	}
	for _, m := range before.Team {
		if m.ID != deputy.Person {
			testkit.Must(t, away(s.Head, m.ID, "2026-10-08", "2026-10-20"))
		}
	}
	c, err := ro.Cover(ctx, s.School)
	testkit.Must(t, err)
	// The lead who was added above is always there.
	var always string
	for _, m := range c.Team {
		if m.Name() == "Some safeguarding_lead" {
			always = m.ID
		}
	}
	testkit.Must(t, away(s.Head, always, "2026-10-01", "2026-10-31"))
	c, err = ro.Cover(ctx, s.School)
	testkit.Must(t, err)
	if n := len(c.On("2026-10-10")); n != 0 {
		t.Errorf("on a Saturday: %d", n)
	}
	if there := c.On("2026-10-07"); len(there) != len(before.Team)-1 {
		t.Errorf("on Wednesday: %d", len(there))
	}
	if day, gap := c.Gap("2026-10-05", "2026-10-31"); !gap || day != "2026-10-08" {
		t.Errorf("%s, %v", day, gap)
	}
	if day, gap := c.Gap("2026-10-12", "2026-10-31"); gap {
		t.Errorf("the deputy is back, but not on %s", day)
	}
	if day, there := c.Next("2026-10-08"); day != "2026-10-12" || len(there) != 1 || there[0].ID != deputy.Person {
		t.Errorf("%s: %v", day, there)
	}
	for _, a := range c.Absences {
		testkit.Must(t, ro.RemoveAbsence(ctx, s.Head, a.ID))
	}
	if err := ro.RemoveAbsence(ctx, s.Head, "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	if c, err = ro.Cover(ctx, s.School); err != nil || len(c.On("2026-10-08")) != len(before.Team)+1 {
		t.Errorf("all are there again: %d, %v", len(c.On("2026-10-08")), err)
	}
}

package roster_test

import (
	"context"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func intake(role access.Role) roster.Intake {
	pupil, teacher, form := storage.NewID(), storage.NewID(), storage.NewID()
	return roster.Intake{
		People: []roster.Person{{ID: pupil, Kind: roster.Pupil, Given: "Esme", Family: "Wragg", Year: "9"},
			{ID: teacher, Kind: roster.Staff, Given: "Kofi", Family: "Lomax", SchoolID: "another school"}},
		Groups: []roster.Group{{ID: form, Kind: roster.Form, Name: "9A", Year: "9"}},
		Memberships: []roster.Membership{{GroupID: form, PersonID: pupil, Role: "pupil", BeganOn: "2026-09-01"},
			{GroupID: form, PersonID: teacher, Role: "teacher", BeganOn: "2026-09-01"}},
		Appointments: []roster.Appointment{{PersonID: teacher, Role: string(role), BeginsOn: "2026-09-01"}},
	}
}

func TestTakeIn(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	ro := roster.NewStore(s.DB)
	office, teacher := s.Staff("Colette Braithwaite", access.Administrator), s.Staff("Hannah Osgood", access.Teacher)
	if err := ro.TakeIn(ctx, teacher, intake(access.Teacher)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher: %v", err)
	}
	if err := ro.TakeIn(ctx, office, intake(access.Head)); !fault.Is(err, fault.Invalid) {
		t.Errorf("an administrator who makes heads: %v", err)
	}
	broken := intake(access.Teacher)
	broken.Memberships[0].PersonID = "nobody"
	if err := ro.TakeIn(ctx, office, broken); err == nil {
		t.Error("a form with nobody in it was taken in")
	}
	testkit.Must(t, ro.TakeIn(ctx, office, intake(access.Teacher)))
	testkit.Must(t, ro.TakeIn(ctx, s.Head, intake(access.Leader)))

	pupils, err := ro.Pupils(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	groups, err := ro.Groups(ctx, s.School.SchoolID, roster.Form)
	testkit.Must(t, err)
	sizes, err := ro.Sizes(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	taught, err := ro.Teachers(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	leaders, err := ro.Holders(ctx, s.School.SchoolID, access.Leader)
	testkit.Must(t, err)
	if len(pupils) != 2 || len(groups) != 2 || len(leaders) != 1 {
		t.Errorf("%d pupils, %d forms, %d leaders: what was refused has left something behind, or something is missing", len(pupils), len(groups), len(leaders))
	}
	for _, g := range groups {
		if sizes[g.ID] != 1 || len(taught[g.ID]) != 1 || taught[g.ID][0].Name() != "Kofi Lomax" {
			t.Errorf("%s: %d pupils, taught by %v", g.Name, sizes[g.ID], taught[g.ID])
		}
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 50)
	testkit.Must(t, err)
	notes := 0
	for _, e := range entries {
		if e.Action == "people.take_in" && e.Note == "2 people, 1 groups" {
			notes++
		}
	}
	if notes != 2 {
		t.Errorf("%d audit rows for two intakes", notes)
	}
}

package access_test

import (
	"testing"
	"time"

	"earshot/internal/school/access"
)

var monday = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

// TestPolicy says for every verb which roles it lets through, at the moment most favourable to them.
func TestPolicy(t *testing.T) {
	o := access.Object{School: "s", Owner: []string{"me"}, Readers: []string{"me"}, Settled: monday, LeadersFrom: monday.AddDate(0, 0, 3), Published: true, Now: monday.AddDate(0, 0, 9)}
	want := map[access.Verb][]access.Role{
		access.RunRounds:    {access.Head, access.Leader},
		access.SeeRound:     {access.Head, access.Leader, access.Teacher, access.SafeguardingLead, access.SafeguardingDeputy, access.CommentReader, access.Administrator, access.Governor, access.Chair}, // named here as a reader
		access.ReadUnit:     {access.Head, access.Leader, access.Teacher},
		access.ReadWhole:    {access.Head, access.Leader, access.Teacher, access.SafeguardingLead, access.SafeguardingDeputy, access.CommentReader, access.Governor, access.Chair},
		access.ManagePeople: {access.Head, access.Administrator},
		access.ManageSchool: {access.Head, access.Administrator},
		access.SeeCalendar:  {access.Head, access.Leader, access.Administrator},
		access.BrowseBank:   {access.Head, access.Leader, access.Teacher, access.SafeguardingLead, access.SafeguardingDeputy, access.Governor},
		access.ReadConcerns: {access.SafeguardingLead, access.SafeguardingDeputy, access.Head, access.Chair},
		access.KeepCover:    {access.SafeguardingLead, access.SafeguardingDeputy, access.Head},
		access.ReadComments: {access.SafeguardingLead, access.SafeguardingDeputy, access.CommentReader},
		access.ReadPacks:    {access.Head, access.Leader, access.Governor, access.Chair},
		access.ReadTrust:    {access.Head, access.Leader, access.Governor, access.TrustAnalyst},
		access.JoinTrust:    {access.Head},
	}
	for verb, roles := range want {
		may := map[access.Role]bool{}
		for _, r := range roles {
			may[r] = true
		}
		for _, r := range access.Roles {
			a := access.Actor{Account: "a", Person: "me", School: "s", Roles: []access.Role{r}}
			if got := access.Can(a, verb, o); got != may[r] {
				t.Errorf("%s may %s: %v", r, verb, got)
			}
			a.School = "other"
			if access.Can(a, verb, o) {
				t.Errorf("%s of another school may %s", r, verb)
			}
		}
		if access.Can(access.Actor{}, verb, o) || access.Can(access.Actor{School: "s"}, verb, o) {
			t.Errorf("nobody may %s", verb)
		}
		if clock := access.Can(access.Clock("s"), verb, o); clock != (verb == access.RunRounds) {
			t.Errorf("the clock may %s: %v", verb, clock)
		}
	}
}

func TestWhoLooksWhen(t *testing.T) {
	head := access.Actor{Account: "h", Person: "head", School: "s", Roles: []access.Role{access.Head}}
	teacher := access.Actor{Account: "t", Person: "ann", School: "s", Roles: []access.Role{access.Teacher}}
	governor := access.Actor{Account: "g", Person: "gov", School: "s", Roles: []access.Role{access.Governor}}
	o := access.Object{School: "s", Owner: []string{"ann"}, Readers: []string{"head", "gov"}}
	type may struct{ teacher, head, governor bool }
	look := func(o access.Object) may {
		return may{access.Can(teacher, access.ReadUnit, o), access.Can(head, access.ReadWhole, o), access.Can(governor, access.ReadWhole, o)}
	}
	open := o
	open.Now = monday
	if got := look(open); got != (may{}) {
		t.Errorf("while open: %+v", got)
	}
	settled := open
	settled.Settled, settled.LeadersFrom = monday, monday.AddDate(0, 0, 3)
	if got := look(settled); got != (may{teacher: true}) {
		t.Errorf("just settled: %+v", got)
	}
	settled.Now = settled.LeadersFrom
	if got := look(settled); got != (may{teacher: true, head: true}) {
		t.Errorf("three school days later: %+v", got)
	}
	settled.Published = true
	if got := look(settled); got != (may{true, true, true}) {
		t.Errorf("published: %+v", got)
	}
	if access.Can(head, access.ReadUnit, settled) {
		t.Error("a head reads a class they do not teach through the teacher's door")
	}
}

func TestDeadlineSkipsWeekends(t *testing.T) {
	for from, want := range map[string]time.Weekday{"2026-10-05": time.Thursday, "2026-10-07": time.Monday, "2026-10-09": time.Wednesday, "2026-10-10": time.Wednesday} {
		at, _ := time.Parse(time.DateOnly, from)
		if got := access.Deadline(at.Add(15*time.Hour), 3, time.UTC, nil); got.Weekday() != want || got.Hour() != 15 {
			t.Errorf("%s (%s): %s", from, at.Weekday(), got.Format("Mon 15:04"))
		}
	}
}

package safeguard_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

var ctx = context.Background()

func TestWhoReadsWhat(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	ask(t, st, s.School.SchoolID, safeguard.Form{Name: "Kim Archer 9B", Words: "Please come and find me."})
	ask(t, st, s.School.SchoolID, safeguard.Form{Words: "It is about Ms Lindqvist.", To: safeguard.Head})
	for role, want := range map[access.Role]int{access.Head: 2, access.SafeguardingLead: 1, access.SafeguardingDeputy: 1, access.Leader: 0, access.Teacher: 0, access.Governor: 0, access.Administrator: 0, access.TrustAnalyst: 0} {
		who := s.Staff("Somebody "+string(role), role)
		list, err := st.List(ctx, who)
		if len(list) != want || (want == 0) != fault.Is(err, fault.Forbidden) {
			t.Errorf("%s lists %d, %v", role, len(list), err)
		}
		if n, err := st.Waiting(ctx, who); err != nil || n != want {
			t.Errorf("%s is told of %d, %v", role, n, err)
		}
		all, err := st.List(ctx, s.Head)
		testkit.Must(t, err)
		for _, c := range all {
			if safeguard.May(who, c.GoesTo) {
				continue
			}
			if _, said, err := st.Open(ctx, who, c.ID); err == nil {
				t.Errorf("%s reads %+v", role, said)
			}
			if err := st.Handle(ctx, who, c.ID, safeguard.NoConcern, ""); err == nil {
				t.Errorf("%s deals with what is for %s", role, c.GoesTo)
			}
			if err := st.Remove(ctx, who, c.ID); err == nil {
				t.Errorf("%s deletes what is for %s", role, c.GoesTo)
			}
		}
	}
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	if list, err := st.List(ctx, other.Head); err != nil || len(list) > 0 {
		t.Errorf("the head of another school lists %d, %v", len(list), err)
	}
}

func TestFromNewToDeleted(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	ask(t, st, s.School.SchoolID, safeguard.Form{Name: " Kim ", Words: "Please come and find me."})
	var rows []safeguard.Concern
	testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
	if text := fmt.Sprintf("%+v", rows); len(rows) != 1 || strings.Contains(text, "Kim") || strings.Contains(text, "find me") {
		t.Fatalf("the table says %s", text)
	}
	id := rows[0].ID
	if err := st.Remove(ctx, lead, id); !fault.Is(err, fault.Conflict) {
		t.Errorf("deleted before anybody has dealt with it: %v", err)
	}
	c, said, err := st.Open(ctx, lead, id)
	if testkit.Must(t, err); said.Name != "Kim" || said.Words != "Please come and find me." || c.State != safeguard.Read || c.ArrivedAt == nil || c.AlertAt != nil {
		t.Errorf("%+v %+v", c, said)
	}
	testkit.Must(t, st.Handle(ctx, lead, id, safeguard.Recorded, "Spoken to at lunch."))
	if err := st.Handle(ctx, lead, id, safeguard.New, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("read was made new again: %v", err)
	}
	c, said, err = st.Open(ctx, lead, id)
	if testkit.Must(t, err); c.ArrivedAt != nil || c.HandledOn == "" || len(said.Notes) != 2 || said.Notes[0].By != lead.Name || said.Words == "" {
		t.Errorf("%+v %+v", c, said)
	}
	testkit.Must(t, st.Remove(ctx, lead, id))
	// An administrator who reads the audit does not learn that it exists.
	var entries int64
	testkit.Must(t, s.DB.Query(ctx).Table("audit").Where("kind = ?", "concern").Count(&entries).Error)
	if entries != 0 {
		t.Errorf("%d entries in the audit", entries)
	}
}

func TestNothingIsSentEmptyOrCut(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	for name, f := range map[string]safeguard.Form{"empty": {Words: " \n"}, "too long": {Words: strings.Repeat("a", 4001)}} {
		if _, err := st.Ask(ctx, s.School.SchoolID, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ask(t, st, s.School.SchoolID, safeguard.Form{Words: strings.Repeat("ü", 3000) + strings.Repeat("\r\n", 999) + "a"})
	// A second press, or a repeat after an answer that got lost, is the same message.
	for range 3 {
		ask(t, st, s.School.SchoolID, safeguard.Form{ID: "of this page", Name: "Ada"})
	}
	ask(t, st, s.School.SchoolID, safeguard.Form{Name: "Kim", To: "everybody"})
	list, err := st.List(ctx, s.Head)
	if testkit.Must(t, err); len(list) != 3 || list[0].GoesTo != safeguard.Team || list[1].GoesTo != safeguard.Team {
		t.Errorf("%+v", list)
	}
}

func TestWhoIsToldAndWhen(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	ask(t, st, s.School.SchoolID, safeguard.Form{Words: "Please come."})
	var told []string
	for range 6 {
		due, err := st.Alerts(ctx)
		testkit.Must(t, err)
		for _, a := range due {
			told = append(told, fmt.Sprint(a.Times, a.Roles))
			testkit.Must(t, st.Alerted(ctx, a, s.DB.Now().Add(time.Hour)))
		}
		if due, err := st.Alerts(ctx); err != nil || len(due) > 0 {
			t.Errorf("told twice at once: %v %v", due, err)
		}
		s.Clock.Forward(time.Hour)
	}
	if got := strings.Join(told, "; "); got != "0 [safeguarding_lead safeguarding_deputy]; 1 [safeguarding_lead safeguarding_deputy]; 2 [safeguarding_lead safeguarding_deputy head]; 3 [safeguarding_lead safeguarding_deputy head]; 4 [safeguarding_lead safeguarding_deputy head]; 5 [safeguarding_lead safeguarding_deputy head]" {
		t.Error(got)
	}
	ask(t, st, s.School.SchoolID, safeguard.Form{Words: "About the lead.", To: safeguard.Head})
	due, err := st.Alerts(ctx)
	testkit.Must(t, err)
	for _, a := range due {
		if a.Times == 0 && fmt.Sprint(a.Roles) != "[head]" {
			t.Errorf("what is for the head alone is told to %v", a.Roles)
		}
	}
	list, err := st.List(ctx, s.Head)
	testkit.Must(t, err)
	for _, c := range list {
		_, _, err := st.Open(ctx, s.Head, c.ID)
		testkit.Must(t, err)
	}
	if due, _ := st.Alerts(ctx); len(due) != 0 {
		t.Errorf("somebody has read it, and %v are told again", due)
	}
}

// ask sends a message of somebody who wants to talk.
func ask(t *testing.T, st safeguard.Store, school string, f safeguard.Form) string {
	t.Helper()
	id, err := st.Ask(context.Background(), school, f)
	testkit.Must(t, err)
	return id
}

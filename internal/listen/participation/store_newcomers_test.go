package participation_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// unit says how many a round asks in a unit, and how many of them opted out.
func unit(t *testing.T, s *testkit.School, r round.Round, name string) string {
	t.Helper()
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	for _, u := range units {
		if u.Name == name {
			return fmt.Sprintf("%d/%d", u.Size, u.Reading)
		}
	}
	return "none"
}

// waits says how many rounds wait for a pupil.
func waits(t *testing.T, s *testkit.School, p roster.Person) []participation.Asking {
	t.Helper()
	list, err := store(s).OpenFor(ctx, s.School.SchoolID, p.ID)
	testkit.Must(t, err)
	return list
}

func byID(t *testing.T, s *testkit.School) map[string]roster.Person {
	t.Helper()
	people, err := roster.NewStore(s.DB).Pupils(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	by := map[string]roster.Person{}
	for _, p := range people {
		by[p.SourceID] = p
	}
	return by
}

// Pupils who come while a round is open can be invited; those who opted out get a reading task and never the survey.
func TestNewcomersAndThoseWhoOptedOut(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 7, "8A": 9, "9A": 5})
	st := store(s)
	before := byID(t, s)
	f := s.Personal(round.Named, "first_say", groups[:2])
	draft, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
	testkit.Must(t, err)
	testkit.Must(t, st.SetOut(ctx, s.Head, draft, []string{before["7A-1"].ID, before["9A-1"].ID}))
	// A draft that is changed keeps who opted out.
	f.Title = "Changed"
	draft, err = s.Rounds().SaveDraft(ctx, s.Head, draft.ID, f)
	testkit.Must(t, err)
	r, err := collecting.Open(ctx, s.DB, s.Key, s.Bank, s.Head, draft.ID)
	testkit.Must(t, err)
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	look := func(id string) collecting.Outcome {
		t.Helper()
		list := waits(t, s, byID(t, s)[id])
		if len(list) != 1 {
			t.Fatalf("%d rounds wait for %s", len(list), id)
		}
		out, err := c.Look(ctx, r, list[0].Slip)
		testkit.Must(t, err)
		return out
	}
	if look("7A-1") != collecting.Reading || look("7A-2") != collecting.Stored || len(waits(t, s, before["9A-1"])) != 0 {
		t.Errorf("opted out: %s; another: %s", look("7A-1"), look("7A-2"))
	}
	if got := unit(t, s, r, "7A"); got != "7/1" {
		t.Errorf("7A has %s", got)
	}
	// What somebody who opted out sends is thanked for and kept nowhere.
	slip := waits(t, s, before["7A-1"])[0].Slip
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: slip, Receipt: "x", Answers: nil}); out != collecting.Reading || err != nil {
		t.Errorf("a reading task: %s, %v", out, err)
	}

	// Nobody has come yet.
	if come, err := st.Newcomers(ctx, r); err != nil || len(come) != 0 {
		t.Errorf("%d have come, %v", len(come), err)
	}
	if _, err := st.InviteNewcomers(ctx, s.Head, r); key(err) != "cards.no_newcomers" {
		t.Errorf("nobody has come: %v", err)
	}
	s.Pupils(map[string]int{"7A": 9, "8A": 10, "9A": 6}) // the list is read in again
	after := byID(t, s)
	come, err := st.Newcomers(ctx, r)
	testkit.Must(t, err)
	var names []string
	for _, h := range come {
		names = append(names, h.Person.SourceID)
	}
	if fmt.Sprint(names) != "[7A-8 7A-9 8A-10]" { // 9A is not asked
		t.Errorf("come are %v", names)
	}
	// One of them opted out, and is entered first.
	testkit.Must(t, st.SetOut(ctx, s.Head, r, []string{after["7A-1"].ID, after["7A-9"].ID}))
	if n, err := st.InviteNewcomers(ctx, s.Head, r); n != 2 || err != nil {
		t.Errorf("%d invited, %v", n, err)
	}
	if look("7A-8") != collecting.Stored || look("7A-9") != collecting.Reading || look("8A-10") != collecting.Stored || look("7A-1") != collecting.Reading {
		t.Error("the wrong ones can answer")
	}
	if a, b, year := unit(t, s, r, "7A"), unit(t, s, r, "8A"), unit(t, s, r, "Year 7"); a != "9/2" || b != "10/0" || year != "9/0" {
		t.Errorf("7A %s, 8A %s, Year 7 %s", a, b, year)
	}
	if _, err := st.InviteNewcomers(ctx, s.Head, r); key(err) != "cards.no_newcomers" {
		t.Errorf("pressed twice: %v", err)
	}
	// Back in, out again; who has answered stays as they are, and with them everybody.
	testkit.Must(t, st.SetOut(ctx, s.Head, r, []string{after["8A-1"].ID}))
	if look("7A-1") != collecting.Stored || look("7A-9") != collecting.Stored || look("8A-1") != collecting.Reading {
		t.Error("the list that was saved is not the one that holds")
	}
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: waits(t, s, after["7A-1"])[0].Slip, Receipt: "y"}); out != collecting.Stored || err != nil {
		t.Fatal(out, err)
	}
	err = st.SetOut(ctx, s.Head, r, []string{after["7A-1"].ID, after["7A-2"].ID})
	if said, _ := fault.Of(err); said == nil || said.Key != "cards.out_answered" || said.Values["Names"] != "Pupil 7A-1" {
		t.Errorf("somebody who has answered: %v", err)
	}
	if look("7A-2") != collecting.Stored || look("8A-1") != collecting.Reading {
		t.Error("something was changed all the same")
	}
	holders, err := st.Holders(ctx, r)
	testkit.Must(t, err)
	out := slices.DeleteFunc(holders, func(h participation.Holder) bool { return !h.Out })
	if len(out) != 1 || out[0].Person.ID != after["8A-1"].ID {
		t.Errorf("%d opted out", len(out))
	}
	for _, who := range []access.Actor{s.Staff("Theo Brandt", access.Teacher)} {
		if _, err := st.InviteNewcomers(ctx, who, r); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s invites: %v", who.Name, err)
		}
		if err := st.SetOut(ctx, who, r, nil); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s opts out: %v", who.Name, err)
		}
	}
	r = s.CloseAndSettle(r)
	if _, err := st.InviteNewcomers(ctx, s.Head, r); key(err) != "slips.not_open" {
		t.Errorf("after settling: %v", err)
	}
	if come, err := st.Newcomers(ctx, r); err != nil || len(come) != 0 {
		t.Errorf("after settling %d have come, %v", len(come), err)
	}
}

// In a small school newcomers are counted in the half in which their class is.
func TestNewcomersOfASmallSchool(t *testing.T) {
	s := testkit.NewSchool(t)
	school := s.School
	school.Roll = 80
	testkit.Must(t, roster.NewStore(s.DB).SaveSettings(ctx, s.Head, school))
	sizes := map[string]int{"1A": 12, "2A": 11, "3A": 8, "3B": 7, "4A": 13}
	r := named(s, s.Pupils(sizes))
	more := maps.Clone(sizes)
	more["2A"]++
	more["3B"] += 2
	s.Pupils(more)
	if n, err := store(s).InviteNewcomers(ctx, s.Head, r); n != 3 || err != nil {
		t.Fatalf("%d invited, %v", n, err)
	}
	if a, b, all := unit(t, s, r, "Year 1 to Year 2"), unit(t, s, r, "Year 3 to Year 4"), unit(t, s, r, "Riverside School"); a != "24/0" || b != "30/0" || all != "54/0" {
		t.Errorf("%s and %s, together %s", a, b, all)
	}
}

package participation_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
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
	// From here on the slips say who opted out, and the round's plan no more.
	if out := r.Choices().Out; len(out) != 0 {
		t.Errorf("the plan of the open round names %v", out)
	}
	// What somebody who opted out sends is thanked for and kept nowhere; then nothing waits for them, as for others.
	slip := waits(t, s, before["7A-1"])[0].Slip
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: slip, Receipt: "x", Answers: nil}); out != collecting.Reading || err != nil {
		t.Errorf("a reading task: %s, %v", out, err)
	}
	if len(waits(t, s, before["7A-1"])) != 0 {
		t.Error("a reading task that was sent still waits")
	}
	testkit.Must(t, collecting.TakeBack(ctx, s.DB, s.Key, r, c.Number(r, collecting.Sending{Code: slip, Receipt: "x"})))

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
	if s.DB.Kind() == storage.Postgres {
		for _, table := range []string{"slips", "invitations"} {
			var n int
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT count(DISTINCT xmin::text) FROM "+table+" WHERE round_id = ?", r.ID).Row().Scan(&n))
			if n != 1 {
				t.Errorf("%s was written by %d transactions: they tell who came late", table, n)
			}
		}
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
	// Back in, out again.
	testkit.Must(t, st.SetOut(ctx, s.Head, r, []string{after["8A-1"].ID}))
	if look("7A-1") != collecting.Stored || look("7A-9") != collecting.Stored || look("8A-1") != collecting.Reading {
		t.Error("the list that was saved is not the one that holds")
	}
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: waits(t, s, after["7A-1"])[0].Slip, Receipt: "y"}); out != collecting.Stored || err != nil {
		t.Fatal(out, err)
	}
	// Somebody who has answered is entered like the others, and nothing that leaders see tells them apart: their answer stays and
	// is counted, until they take it back.
	shown := func() string {
		t.Helper()
		rates, err := st.Rates(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		spent := 0
		for _, rate := range rates {
			spent += rate.Spent
		}
		unspent, err := st.Unspent(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		return fmt.Sprint(spent, " of ", spent+unspent)
	}
	outNow := func() (ids []string) {
		t.Helper()
		holders, err := st.Holders(ctx, r)
		testkit.Must(t, err)
		for _, h := range holders {
			if h.Out {
				ids = append(ids, h.Person.SourceID)
			}
		}
		return ids
	}
	was := shown()
	for _, list := range [][]string{{"7A-1"}, {"7A-2"}, {"7A-1", "7A-2"}} {
		var ids []string
		for _, id := range list {
			ids = append(ids, after[id].ID)
		}
		testkit.Must(t, st.SetOut(ctx, s.Head, r, ids))
		if got := shown(); got != was {
			t.Errorf("with %v out leaders see %s, before %s", list, got, was)
		}
		if got := outNow(); !slices.Equal(got, list) {
			t.Errorf("out are %v, entered %v", got, list)
		}
		if got := unit(t, s, r, "7A"); got != fmt.Sprintf("9/%d", len(list)) {
			t.Errorf("7A has %s", got)
		}
	}
	if was != "1 of 19" {
		t.Errorf("one has answered: %s", was)
	}
	var rows int64
	testkit.Must(t, s.DB.Query(ctx).Table("audit").Where("action = 'round.out' AND target = ? AND note = '2'", r.ID).Count(&rows).Error)
	if rows != 2 {
		t.Errorf("%d entries in the trail with two pupils", rows)
	}
	if n, _ := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID); n != 1 || len(waits(t, s, after["7A-1"])) != 0 {
		t.Errorf("%d answers wait", n)
	}
	testkit.Must(t, collecting.TakeBack(ctx, s.DB, s.Key, r, c.Number(r, collecting.Sending{Receipt: "y"})))
	if n, _ := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID); n != 0 || look("7A-1") != collecting.Reading {
		t.Errorf("taken back: %d answers wait, the card opens %s", n, look("7A-1"))
	}
	// A reading task that was sent without script; then they are asked after all, and their answer is taken. The number of the
	// reading task opens nothing any more.
	code := waits(t, s, after["7A-1"])[0].Slip
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: code}); out != collecting.Reading || err != nil {
		t.Fatal(out, err)
	}
	testkit.Must(t, st.SetOut(ctx, s.Head, r, []string{after["7A-2"].ID}))
	if out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: "z"}); out != collecting.Stored || err != nil {
		t.Fatal(out, err)
	}
	_ = collecting.TakeBack(ctx, s.DB, s.Key, r, c.Number(r, collecting.Sending{Code: code}))
	if n, _ := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID); n != 1 || len(waits(t, s, after["7A-1"])) != 0 {
		t.Errorf("%d answers wait, and %d rounds for whoever has answered", n, len(waits(t, s, after["7A-1"])))
	}
	for _, id := range []string{"7A-3", "7A-4"} {
		if out, err := c.Submit(ctx, r, collecting.Sending{Code: waits(t, s, after[id])[0].Slip, Receipt: id}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	for _, who := range []access.Actor{s.Staff("Theo Brandt", access.Teacher)} {
		if _, err := st.InviteNewcomers(ctx, who, r); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s invites: %v", who.Name, err)
		}
		if err := st.SetOut(ctx, who, r, nil); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s opts out: %v", who.Name, err)
		}
	}
	// A round that was opened when plans still kept who opted out forgets it when it settles, and a draft when it is cancelled.
	testkit.Must(t, s.DB.Write(ctx).Model(&round.Round{}).Where("id = ?", r.ID).Update("plan", strings.Replace(r.Plan, "{", `{"out":["`+after["7A-2"].ID+`"],`, 1)).Error)
	if kept, err := s.Rounds().ByID(ctx, r.SchoolID, r.ID); err != nil || len(kept.Choices().Out) != 1 {
		t.Fatal(kept.Plan, err)
	}
	draft, err = s.Rounds().SaveDraft(ctx, s.Head, "", f)
	testkit.Must(t, err)
	testkit.Must(t, st.SetOut(ctx, s.Head, draft, []string{after["7A-2"].ID}))
	cancelled, err := collecting.Cancel(ctx, s.DB, s.Key, s.Bank, s.Head, draft.ID, "It is not needed")
	testkit.Must(t, err)
	r = s.CloseAndSettle(r)
	for _, one := range []round.Round{r, cancelled} {
		if now, err := s.Rounds().ByID(ctx, r.SchoolID, one.ID); err != nil || strings.Contains(now.Plan, after["7A-2"].ID) {
			t.Errorf("a round that is %s names who opted out: %s, %v", now.State, now.Plan, err)
		}
	}
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

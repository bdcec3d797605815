package participation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// idsOf are the ids of the pupils in some forms, by name.
func idsOf(t *testing.T, s *testkit.School, forms ...string) (ids []string) {
	t.Helper()
	people, err := roster.NewStore(s.DB).Pupils(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	for _, p := range people {
		if form, _, _ := strings.Cut(p.Family, "-"); slices.Contains(forms, form) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// leave takes pupils off the roll: all of these forms but the first n of each.
func leave(t *testing.T, s *testkit.School, stay map[string]int) {
	t.Helper()
	var list roster.List
	for form, n := range stay {
		for i := range n {
			list.Rows = append(list.Rows, roster.ListRow{ID: fmt.Sprintf("%s-%d", form, i+1), Given: "Pupil", Family: fmt.Sprintf("%s-%d", form, i+1), Year: roster.YearOf(form), Form: form})
		}
	}
	plan, err := roster.NewStore(s.DB).Plan(ctx, s.Head, list, nil)
	testkit.Must(t, err)
	_, err = roster.NewStore(s.DB).Apply(ctx, s.Head, list, nil, roster.Confirm{Leavers: len(plan.Left)})
	testkit.Must(t, err)
}

func differ(a, b [3]int) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestCardsOfAFormAreApart(t *testing.T) {
	s := testkit.NewSchool(t)
	s.Pupils(map[string]int{"1A": 33, "1B": 30})
	st := store(s)
	made, err := st.MakeCards(ctx, s.Head, append(idsOf(t, s, "1A")[:30], idsOf(t, s, "1B")...))
	testkit.Must(t, err)
	// Those who come later are told apart from those before, of whom nothing but hashes is kept.
	more, err := st.MakeCards(ctx, s.Head, idsOf(t, s, "1A")[30:])
	testkit.Must(t, err)
	if len(made) != 60 || len(more) != 3 {
		t.Fatalf("%d and %d cards", len(made), len(more))
	}
	all := append(made, more...)
	codes := map[string]bool{}
	for i, a := range all {
		codes[a.Code] = true
		p := a.Pictures
		if p[0] == p[1] || p[1] == p[2] || p[0] == p[2] || participation.Picture(p[0]) == "" || participation.Picture(p[2]) == "" {
			t.Errorf("%s has the pictures %v", a.Name, p)
		}
		for _, b := range all[:i] {
			if a.FormID == b.FormID && differ(p, b.Pictures) < 2 {
				t.Errorf("%s and %s have %v and %v", a.Name, b.Name, p, b.Pictures)
			}
		}
	}
	if len(codes) != 63 {
		t.Errorf("%d different codes", len(codes))
	}
	if made[0].Form != "1A" || made[30].Form != "1B" || made[0].Name != "Pupil 1A-1" {
		t.Errorf("not by form and name: %v", made[0].Name)
	}
	// A form of more than there are ways to be apart still gets cards; the last of them have no pictures.
	s.Pupils(map[string]int{"1A": 33, "1B": 30, "2A": 140})
	large, err := st.MakeCards(ctx, s.Head, idsOf(t, s, "2A"))
	testkit.Must(t, err)
	with := 0
	for i, a := range large {
		if a.Pictures == [3]int{} {
			continue
		}
		with++
		for _, b := range large[:i] {
			if b.Pictures != [3]int{} && differ(a.Pictures, b.Pictures) < 2 {
				t.Errorf("%v and %v", a.Pictures, b.Pictures)
			}
		}
	}
	if len(large) != 140 || with < 60 || with > 132 {
		t.Errorf("%d of %d have pictures", with, len(large))
	}
}

func TestNoCodeOfACardIsStored(t *testing.T) {
	s := testkit.NewSchool(t)
	s.Pupils(map[string]int{"1A": 12})
	made, err := store(s).MakeCards(ctx, s.Head, idsOf(t, s, "1A"))
	testkit.Must(t, err)
	tables, err := s.DB.Columns(ctx)
	testkit.Must(t, err)
	looked := 0
	for table := range tables {
		if strings.HasPrefix(table, "goose") {
			continue
		}
		var rows []map[string]any
		testkit.Must(t, s.DB.Query(ctx).Table(table).Find(&rows).Error)
		for _, row := range rows {
			looked++
			text := strings.ToUpper(fmt.Sprint(row))
			for _, m := range made {
				if strings.Contains(text, m.Code) || strings.Contains(text, strings.ToUpper(fmt.Sprintf("%d-%d-%d", m.Pictures[0], m.Pictures[1], m.Pictures[2]))) && table == "cards" {
					t.Errorf("%s holds what stands on the card of %s", table, m.Name)
				}
			}
		}
	}
	if looked < 40 {
		t.Errorf("only %d rows looked at", looked)
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 50)
	testkit.Must(t, err)
	if !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Action == "cards.print" && e.Note == "12" }) {
		t.Errorf("the trail does not say how many cards were printed: %v", entries)
	}
}

func TestWhoMakesCardsAndForWhom(t *testing.T) {
	s := testkit.NewSchool(t)
	s.Pupils(map[string]int{"7A": 4, "7B": 4})
	st, ids := store(s), idsOf(t, s, "7A")
	for _, role := range []access.Role{access.Teacher, access.Administrator, access.SafeguardingLead} {
		if _, err := st.MakeCards(ctx, s.Staff("Sam "+string(role), role), ids); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s makes cards: %v", role, err)
		}
	}
	made, err := st.MakeCards(ctx, s.Staff("Lou Ash", access.Leader), append(ids[:2], s.Head.Person, s.Lead.ID, "nobody"))
	testkit.Must(t, err)
	if len(made) != 2 {
		t.Errorf("%d cards", len(made))
	}
	if _, err := st.MakeCards(ctx, s.Head, []string{s.Head.Person}); key(err) != "cards.nobody" {
		t.Errorf("a card for a head: %v", err)
	}
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	if _, err := participation.NewStore(s.DB, s.Key).MakeCards(ctx, other.Head, ids); key(err) != "cards.nobody" {
		t.Errorf("another school's head makes cards: %v", err)
	}
}

// named opens a round in which names are kept, which needs no keys.
func named(s *testkit.School, groups []roster.Group) round.Round {
	return s.Open(s.Personal(round.Named, "first_say", groups))
}

func TestACardOpensWhatWaitsForItsHolder(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 6, "7B": 6})
	st := store(s)
	before, err := st.MakeCards(ctx, s.Head, idsOf(t, s, "7A"))
	testkit.Must(t, err)
	waits := func(typed string) (titles string) {
		t.Helper()
		list, err := st.ByCard(ctx, typed)
		testkit.Must(t, err)
		for _, a := range list {
			titles += a.Title + " "
		}
		return titles
	}
	if got := waits(before[0].Code); got != "" {
		t.Errorf("before a round is open: %s", got)
	}
	r := named(s, groups)
	s.Open(s.Form(s.Survey("first_say"), groups)) // an anonymous one waits for nobody by name
	spell := strings.ToLower(before[0].Code[:4] + "-" + before[0].Code[4:8] + " " + before[0].Code[8:])
	if got := waits(spell); strings.Count(got, r.Title) != 1 || strings.TrimSpace(got) != r.Title {
		t.Errorf("with a round open: %q", got)
	}
	for _, wrong := range []string{"", "short", "000000000000", before[0].Code + "0"} {
		if got := waits(wrong); got != "" {
			t.Errorf("%q opens %s", wrong, got)
		}
	}
	// Each pupil has a slip of their own, and it is theirs.
	seen := map[string]bool{}
	for _, m := range before {
		list, err := st.ByCard(ctx, m.Code)
		testkit.Must(t, err)
		if len(list) != 1 || seen[list[0].Slip] || list[0].Code != r.Code {
			t.Fatalf("%s: %v", m.Name, list)
		}
		seen[list[0].Slip] = true
		hash := st.Hash(r.ID, list[0].Slip)
		whose, err := st.Whose(ctx, r.SchoolID, r.ID, []string{hash, "no slip"})
		testkit.Must(t, err)
		if len(whose) != 1 || whose[hash].PersonID != m.Person {
			t.Errorf("the slip of %s is of %v", m.Name, whose)
		}
	}
	// Spent, and it waits no more.
	list, err := st.ByCard(ctx, before[0].Code)
	testkit.Must(t, err)
	n, err := st.Spend(ctx, r.SchoolID, r.ID, []string{st.Hash(r.ID, list[0].Slip)})
	testkit.Must(t, err)
	if got := waits(before[0].Code); n != 1 || got != "" {
		t.Errorf("after answering: %d %s", n, got)
	}
	// Made anew, the old card is void and the new one is not.
	anew, err := st.MakeCards(ctx, s.Head, []string{before[1].Person})
	testkit.Must(t, err)
	if waits(before[1].Code) != "" || waits(anew[0].Code) == "" || waits(before[2].Code) == "" {
		t.Error("a card made anew voids the wrong one")
	}
	// Whoever leaves has a card that opens nothing.
	leave(t, s, map[string]int{"7A": 5, "7B": 6})
	if waits(before[5].Code) != "" || waits(before[4].Code) == "" {
		t.Error("cards of those who left")
	}
	_, err = s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	if got := waits(before[2].Code); got != "" {
		t.Errorf("after closing: %s", got)
	}
}

func TestPicturesOpenTheDoorOfTheirForm(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"1A": 8, "1B": 8})
	st := store(s)
	made, err := st.MakeCards(ctx, s.Head, idsOf(t, s, "1A", "1B"))
	testkit.Must(t, err)
	r := named(s, groups)
	doors := map[string]bool{}
	for _, g := range groups {
		door := st.Door(r.ID, g.ID)
		doors[door] = true
		found, err := st.BehindDoor(ctx, r, strings.ToLower(door))
		if err != nil || found.ID != g.ID {
			t.Errorf("the door of %s leads to %s (%v)", g.Name, found.Name, err)
		}
	}
	if len(doors) != 2 {
		t.Errorf("%d doors", len(doors))
	}
	if _, err := st.BehindDoor(ctx, r, "00000000"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no door: %v", err)
	}
	for i, m := range made {
		a, ok, err := st.ByPictures(ctx, r, m.FormID, m.Pictures)
		testkit.Must(t, err)
		whose, err := st.Whose(ctx, r.SchoolID, r.ID, []string{st.Hash(r.ID, a.Slip)})
		testkit.Must(t, err)
		if !ok || whose[st.Hash(r.ID, a.Slip)].PersonID != m.Person {
			t.Fatalf("the pictures of %s lead to %v", m.Name, a)
		}
		// One wrong tap leads nowhere, and never to somebody else.
		for place := range 3 {
			for wrong := 1; wrong <= len(participation.Pictures); wrong++ {
				tapped := m.Pictures
				if tapped[place] = wrong; tapped == m.Pictures || i > 1 {
					continue
				}
				if a, ok, err := st.ByPictures(ctx, r, m.FormID, tapped); err != nil || ok {
					t.Errorf("%v for %v opens %v (%v)", tapped, m.Pictures, a, err)
				}
			}
		}
	}
	// Once answered, and once closed, there is nothing behind it.
	a, _, err := st.ByPictures(ctx, r, made[0].FormID, made[0].Pictures)
	testkit.Must(t, err)
	_, err = st.Spend(ctx, r.SchoolID, r.ID, []string{st.Hash(r.ID, a.Slip)})
	testkit.Must(t, err)
	if _, ok, err := st.ByPictures(ctx, r, made[0].FormID, made[0].Pictures); ok || err != nil {
		t.Errorf("after answering: %v %v", ok, err)
	}
	door := st.Door(r.ID, groups[0].ID)
	r, err = s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	if _, err := st.BehindDoor(ctx, r, door); !fault.Is(err, fault.NotFound) {
		t.Errorf("after closing: %v", err)
	}
}

func TestPupilsAreInvitedWithOrWithoutACard(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 7, "8A": 9, "9A": 5})
	st := store(s)
	draft, err := s.Rounds().SaveDraft(ctx, s.Head, "", s.Personal(round.Named, "first_say", groups[:2]))
	testkit.Must(t, err)
	_, err = st.MakeCards(ctx, s.Head, idsOf(t, s, "7A")[:3])
	testkit.Must(t, err)
	without := func(r round.Round) int {
		t.Helper()
		list, err := st.WithoutCard(ctx, r)
		testkit.Must(t, err)
		return len(list)
	}
	if n := without(draft); n != 13 {
		t.Errorf("%d without a card in the draft", n)
	}
	r := named(s, groups[:2])
	if n := without(r); n != 13 {
		t.Errorf("%d without a card in the round", n)
	}
	if got := slips(t, s, r); got["7A"] != 7 || got["8A"] != 9 || len(got) != 2 {
		t.Errorf("slips: %v", got)
	}
	if err := st.InvitePupils(ctx, round.Round{SchoolID: r.SchoolID, Mode: round.Anonymous}, nil); key(err) != "slips.not_open" {
		t.Errorf("an anonymous round: %v", err)
	}
	// Groups of which only a size is known cannot be asked by name.
	f := s.Personal(round.Named, "first_say", append(groups[:1:1], s.Forms("10A 20")...))
	d, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
	testkit.Must(t, err)
	if _, err := collecting.Open(ctx, s.DB, s.Key, s.Bank, s.Head, d.ID); key(err) != "cards.no_names" {
		t.Errorf("a form without names: %v", err)
	}
}

// In a small school everybody is counted in the phase of their year.
func TestSmallSchoolPhases(t *testing.T) {
	s := testkit.NewSchool(t)
	school := s.School
	school.Roll = 80
	testkit.Must(t, roster.NewStore(s.DB).SaveSettings(ctx, s.Head, school))
	sizes := map[string]int{"R Elm": 9, "1A": 12, "2A": 11, "3A": 8, "3B": 7, "4A": 13, "6A": 10}
	r := named(s, s.Pupils(sizes))
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	name := map[string]string{}
	for _, u := range units {
		name[u.ID] = u.Name
	}
	var invitations []participation.Invitation
	testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&invitations).Error)
	people, err := roster.NewStore(s.DB).Pupils(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	formOf := map[string]string{}
	for _, p := range people {
		formOf[p.ID], _, _ = strings.Cut(p.Family, "-")
	}
	in := map[string]map[string]int{}
	for _, inv := range invitations {
		if in[name[inv.UnitID]] == nil {
			in[name[inv.UnitID]] = map[string]int{}
		}
		in[name[inv.UnitID]][formOf[inv.PersonID]]++
	}
	if got := fmt.Sprint(in); got != "map[Reception to Year 2:map[1A:12 2A:11 R Elm:9] Year 3 to Year 6:map[3A:8 3B:7 4A:13 6A:10]]" {
		t.Error(got)
	}
}

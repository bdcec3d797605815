package roster_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

var ctx = context.Background()

// pupils makes rows from lines like "1 Ann Bell 9 9A Maths:9x/Ma1 9x/En1".
func pupils(lines ...string) roster.List {
	l := roster.List{Hash: "abc"}
	for _, line := range lines {
		f := strings.Fields(line)
		row := roster.ListRow{ID: f[0], Given: f[1], Family: f[2], Year: f[3]}
		if len(f) > 4 && f[4] != "-" {
			row.Form = f[4]
		}
		for _, c := range f[min(5, len(f)):] {
			class := roster.ListClass{Name: c}
			if subject, name, ok := strings.Cut(c, ":"); ok {
				class = roster.ListClass{Subject: subject, Name: name}
			}
			row.Classes = append(row.Classes, class)
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

func apply(t *testing.T, s *testkit.School, l roster.List) roster.Report {
	t.Helper()
	st := roster.NewStore(s.DB)
	plan, err := st.Plan(ctx, s.Head, l, nil)
	testkit.Must(t, err)
	report, err := st.Apply(ctx, s.Head, l, nil, roster.Confirm{Leavers: len(plan.Left), Plan: plan.Fingerprint()})
	testkit.Must(t, err)
	if report != plan.Report() {
		t.Fatalf("planned %+v, did %+v", plan.Report(), report)
	}
	return report
}

// where lists who is in which group today, "9A: Ann Bo".
func where(t *testing.T, s *testkit.School) string {
	t.Helper()
	var rows []struct{ Group, Given string }
	err := s.DB.Query(ctx).Raw(`SELECT g.name AS "group", p.given FROM memberships m JOIN people p ON p.school_id = m.school_id AND p.id = m.person_id
		JOIN groups g ON g.school_id = m.school_id AND g.id = m.group_id
		WHERE m.role = 'pupil' AND m.ended_on = '' AND p.ended_on = '' AND g.ended_on = '' ORDER BY g.name, g.subject, p.given`).Scan(&rows).Error
	testkit.Must(t, err)
	var out []string
	for i, r := range rows {
		if i == 0 || rows[i-1].Group != r.Group {
			out = append(out, r.Group+":")
		}
		out = append(out, r.Given)
	}
	return strings.Join(out, " ")
}

func ids(t *testing.T, s *testkit.School) map[string]string {
	t.Helper()
	var people []roster.Person
	testkit.Must(t, s.DB.Query(ctx).Where("school_id = ? AND source = ?", s.School.SchoolID, roster.PupilList).Find(&people).Error)
	found := map[string]string{}
	for _, p := range people {
		found[p.SourceID] = p.ID
	}
	return found
}

var firstList = []string{"1 Ann Bell 9 9A Maths:9x/Ma1", "2 Bo Carr 9 9A Maths:9x/Ma2", "3 Cy Dunn 9 9B Maths:9x/Ma1", "4 Di Eve 10 10A"}

func TestImportAdds(t *testing.T) {
	s := testkit.NewSchool(t)
	r := apply(t, s, pupils(firstList...))
	if r.Added != 4 || r.Changes() != 4 || r.NewGroups != 5 {
		t.Errorf("%+v", r)
	}
	if got := where(t, s); got != "10A: Di 9A: Ann Bo 9B: Cy 9x/Ma1: Ann Cy 9x/Ma2: Bo" {
		t.Error(got)
	}
	groups, err := roster.NewStore(s.DB).Groups(ctx, s.School.SchoolID, roster.Class)
	testkit.Must(t, err)
	if len(groups) != 2 || groups[0].Subject != "Maths" || groups[0].Year != "9" {
		t.Errorf("%+v", groups)
	}
}

// The same file again changes nothing, in whatever order its rows stand.
func TestImportAgainIsNoChange(t *testing.T) {
	s := testkit.NewSchool(t)
	l := pupils(firstList...)
	apply(t, s, l)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rng.Shuffle(len(l.Rows), func(i, j int) { l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i] })
		r := apply(t, s, l)
		if r.Changes() != 0 || r.Unchanged != 4 || r.NewGroups+r.EndedGroups != 0 {
			t.Fatalf("%+v", r)
		}
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 100)
	testkit.Must(t, err)
	noted := 0
	for _, e := range entries {
		if e.Action == "people.import" && strings.Contains(e.Note, "unchanged 4, sha256 abc") && e.AccountID == s.Head.Account {
			noted++
		}
	}
	if noted != 5 {
		t.Errorf("%d of 5 imports are in the audit trail", noted)
	}
}

// The order of rows never matters, also where a list spells one group in two ways.
func TestImportDoesNotDependOnOrder(t *testing.T) {
	lines := []string{"1 Ann Bell 9 9a Maths:set1", "2 Bo Carr 9 9A maths:Set1", "3 Cy Dunn 8 9A set1", "4 Di Eve 9 9B English:set1"}
	var seen []string
	for range 6 {
		s := testkit.NewSchool(t)
		s.Classes("", "Set1 30")
		l := pupils(lines...)
		rand.Shuffle(len(l.Rows), func(i, j int) { l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i] })
		apply(t, s, l)
		if r := apply(t, s, l); r.Changes() != 0 || r.NewGroups+r.EndedGroups != 0 {
			t.Fatalf("again: %+v", r)
		}
		var groups []roster.Group
		testkit.Must(t, s.DB.Query(ctx).Order("kind, name, subject").Find(&groups).Error)
		text := where(t, s)
		for _, g := range groups {
			text += fmt.Sprintf(" [%s %s %s %s %d]", g.Kind, g.Name, g.Subject, g.Year, g.Size)
		}
		seen = append(seen, text)
	}
	if slices.Sort(seen); seen[0] != seen[5] {
		t.Errorf("%s\n%s", seen[0], seen[5])
	}
}

func TestImportChangesMovesAndEnds(t *testing.T) {
	s := testkit.NewSchool(t)
	apply(t, s, pupils(firstList...))
	before := ids(t, s)
	s.Clock.Forward(24 * time.Hour)
	second := pupils("1 Anna Bell 9 9A Maths:9x/Ma1", "2 Bo Carr 9 9B Maths:9x/Ma1", "4 Di Eve 10 10A", "5 Ed Fox 9 9B")
	plan, err := roster.NewStore(s.DB).Plan(ctx, s.Head, second, nil)
	testkit.Must(t, err)
	for what, got := range map[string]bool{
		"changed": len(plan.Changed) == 1 && plan.Changed[0].From == "Ann Bell, 9" && plan.Changed[0].To == "Anna Bell, 9",
		"moved":   len(plan.Moved) == 1 && plan.Moved[0].From == "9A, 9x/Ma2" && plan.Moved[0].To == "9B, 9x/Ma1",
		"left":    len(plan.Left) == 1 && plan.Left[0].Name == "Cy Dunn" && plan.Left[0].From == "9B, 9x/Ma1",
		"added":   len(plan.Added) == 1 && plan.Added[0].To == "9B",
		"rest":    plan.Unchanged == 1 && plan.OnRoll == 4 && slices.Equal(plan.Ending, []string{"9x/Ma2"}),
	} {
		if !got {
			t.Errorf("%s: %+v", what, plan)
		}
	}
	if got := where(t, s); !strings.Contains(got, "9B: Cy") {
		t.Error("planning changed something:", got)
	}
	apply(t, s, second)
	if got := where(t, s); got != "10A: Di 9A: Anna 9B: Bo Ed 9x/Ma1: Anna Bo" {
		t.Error(got)
	}
	var ended []roster.Membership
	testkit.Must(t, s.DB.Query(ctx).Where("person_id = ? AND ended_on <> ''", before["2"]).Find(&ended).Error)
	if len(ended) != 2 || ended[0].EndedOn != "2026-10-06" || ended[0].BeganOn != "2026-10-05" {
		t.Errorf("the old places end: %+v", ended)
	}

	// Whoever comes back is the same person as before.
	s.Clock.Forward(24 * time.Hour)
	third := second
	third.Rows = append(slices.Clone(second.Rows), pupils("3 Cy Dunn 9 9B Maths:9x/Ma2").Rows...)
	if r := apply(t, s, third); r.Back != 1 || r.Changes() != 1 || r.NewGroups != 1 {
		t.Errorf("%+v", r)
	}
	if after := ids(t, s); after["3"] != before["3"] || after["2"] != before["2"] {
		t.Error("somebody has a new id")
	}
	var n int64
	testkit.Must(t, s.DB.Query(ctx).Model(&roster.Group{}).Where("name = '9x/Ma2'").Count(&n).Error)
	if n != 1 {
		t.Errorf("%d groups of one name: the old one should have come back", n)
	}
}

// Somebody who changes class twice on one day is in one class in the end.
func TestImportTwiceOnOneDay(t *testing.T) {
	s := testkit.NewSchool(t)
	for _, form := range []string{"9A", "9B", "9A", "9B", "9A"} {
		apply(t, s, pupils("1 Ann Bell 9 "+form, "2 Bo Carr 9 9A", "3 Cy Dunn 9 9B"))
	}
	if got := where(t, s); got != "9A: Ann Bo 9B: Cy" {
		t.Error(got)
	}
}

// A form that was typed without names becomes the list's form, and keeps its id and teachers.
func TestImportAdoptsPastedGroups(t *testing.T) {
	s := testkit.NewSchool(t)
	form := s.Forms("9a 27, 9C 25")
	class := s.Classes("Maths", "9x/Ma1 30", s.Staff("Tom Reed", access.Teacher))
	apply(t, s, pupils("1 Ann Bell 9 9A 9x/Ma1", "2 Bo Carr 9 9A"))
	st := roster.NewStore(s.DB)
	sizes, err := st.Sizes(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	groups, err := st.Groups(ctx, s.School.SchoolID, "")
	testkit.Must(t, err)
	if len(groups) != 3 || sizes[form[0].ID] != 2 || sizes[class[0].ID] != 1 || sizes[form[1].ID] != 25 {
		t.Errorf("%+v %v", groups, sizes)
	}
	teachers, err := st.Teachers(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	if len(teachers[class[0].ID]) != 1 {
		t.Error("the teacher is gone")
	}
}

func TestImportBrakes(t *testing.T) {
	s := testkit.NewSchool(t)
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("%d P%d Q 9 %s", i, i, []string{"9A", "9B"}[i/18]))
	}
	apply(t, s, pupils(lines...))
	st := roster.NewStore(s.DB)
	_, err := st.Apply(ctx, s.Head, pupils(lines[3:]...), nil, roster.Confirm{Leavers: 2})
	if f, ok := fault.Of(err); !ok || f.Fields["leavers"].Key != "import.brake" || f.Fields["leavers"].Values["Count"] != 3 {
		t.Errorf("three of twenty: %v", err)
	}
	if r := apply(t, s, pupils(lines[2:]...)); r.Left != 2 {
		t.Errorf("two of twenty need no number: %+v", r)
	}
	groups, err := st.Groups(ctx, s.School.SchoolID, roster.Form)
	testkit.Must(t, err)
	asked := []string{groups[1].ID}
	_, err = st.Apply(ctx, s.Head, pupils(lines[2:18]...), asked, roster.Confirm{Leavers: 2})
	if f, ok := fault.Of(err); !ok || f.Key != "import.asked" || f.Values["Names"] != "9B" {
		t.Errorf("a class that is being asked: %v", err)
	}
	_, err = st.Apply(ctx, s.Head, pupils(lines[3:]...), nil, roster.Confirm{Plan: "another"})
	if f, ok := fault.Of(err); !ok || f.Key != "import.changed" {
		t.Errorf("another plan: %v", err)
	}
	if got := where(t, s); strings.Count(got, " ") != 19 {
		t.Error("a refused import changed something:", got)
	}
}

// People on lines that could not be used stay as they are; those the list calls leavers go.
func TestImportHoldsAndLeavers(t *testing.T) {
	s := testkit.NewSchool(t)
	apply(t, s, pupils(firstList...))
	l := pupils(firstList[1:]...)
	l.Held = []string{"1"}
	l.Rows[0].LeavesOn = "2026-10-04"
	l.Rows[1].LeavesOn = "2026-10-05"
	l.Rows[2].Left = true
	if r := apply(t, s, l); r.Left != 2 || r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	if got := where(t, s); got != "9A: Ann 9B: Cy 9x/Ma1: Ann Cy" {
		t.Error(got)
	}
}

func TestImportThatFailsChangesNothing(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	if _, err := st.Apply(ctx, s.Head, pupils("1 Ann Bell 9 9A", "1 Ann Bell 9 9A"), nil, roster.Confirm{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("one id twice: %v", err)
	}
	// The audit row comes last; if it cannot be written, nothing was.
	testkit.Must(t, s.DB.Write(ctx).Exec("ALTER TABLE audit RENAME TO away").Error)
	if _, err := st.Apply(ctx, s.Head, pupils(firstList...), nil, roster.Confirm{}); err == nil {
		t.Error("an import without its audit row")
	}
	var n int64
	for _, table := range []string{"memberships", "groups"} {
		testkit.Must(t, s.DB.Query(ctx).Table(table).Count(&n).Error)
		if n != 0 {
			t.Errorf("%d %s are left over", n, table)
		}
	}
	if len(ids(t, s)) != 0 {
		t.Error("people are left over")
	}
}

func TestImportIsForThoseWhoManagePeople(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	leader := s.Staff("Lee Moss", access.Leader)
	if _, err := st.Plan(ctx, leader, pupils(firstList...), nil); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if _, err := st.Apply(ctx, leader, pupils(firstList...), nil, roster.Confirm{}); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := func() error { _, err := st.EndStaff(ctx, leader, s.Lead.ID); return err }(); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

// Another school's list touches nobody here.
func TestImportStaysInItsSchool(t *testing.T) {
	s := testkit.NewSchool(t)
	apply(t, s, pupils(firstList...))
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	if r := apply(t, other, pupils("1 Zed Young 9 9A")); r.Added != 1 || r.Changes() != 1 {
		t.Errorf("%+v", r)
	}
	if r := apply(t, s, pupils(firstList...)); r.Changes() != 0 {
		t.Errorf("%+v", r)
	}
}

// A large school's roll-over, in which everybody changes form and class, is a few statements and no wait.
func TestImportOfALargeSchool(t *testing.T) {
	s := testkit.NewSchool(t)
	list := func(year int) roster.List {
		l := roster.List{}
		for i := range 1000 {
			y := fmt.Sprint(7 + i/200 + year)
			row := roster.ListRow{ID: fmt.Sprint(i), Given: "P", Family: fmt.Sprint(i), Year: y, Form: y + string(rune('A'+i%8))}
			for _, subject := range []string{"Ma", "En", "Sc", "Fr", "Hi", "Gg"} {
				row.Classes = append(row.Classes, roster.ListClass{Subject: subject, Name: fmt.Sprintf("%s/%s%d", y, subject, (i/3+len(subject))%7)})
			}
			l.Rows = append(l.Rows, row)
		}
		return l
	}
	for year := range 2 {
		start := time.Now()
		apply(t, s, list(year))
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("year %d took %v", year, took)
		} else {
			t.Logf("year %d: plan and apply in %v", year, took)
		}
		s.Clock.Forward(24 * time.Hour)
	}
	if r := apply(t, s, list(1)); r.Changes() != 0 {
		t.Errorf("%+v", r)
	}
}

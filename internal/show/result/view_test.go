package result

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
)

func TestWhoSeesWhat(t *testing.T) {
	settled := time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC) // a Monday: leaders from Thursday
	early, late := settled.Add(time.Hour), settled.AddDate(0, 0, 3)
	person := func(id string, roles ...access.Role) access.Actor {
		return access.Actor{Account: "a-" + id, Person: id, School: "s", Roles: roles}
	}
	sizes := map[string][]int{"y7": {25, 25, 25, 25}, "y8": {25, 25}}
	const all, sums, own, none = "school y7 7A 7B 7C 7D y8 8A 8B", "school y7 y8", "7A", ""
	// In the round about classes for learning, Year 8 has two teachers and Year 7 four, of whom Kit is one; so Year 7
	// alone could be shown beside the school only if the rest, Year 8, had enough.
	cases := []struct {
		name                   string
		who                    access.Actor
		school, classes, learn [4]string // settled early, settled late, published, open
	}{
		{"teacher of 7A", person("tess", access.Teacher), [4]string{}, [4]string{own, own, own, none}, [4]string{own, own, own, none}},
		{"other teacher", person("otto", access.Teacher), [4]string{}, [4]string{}, [4]string{}},
		{"leader", person("lee", access.Leader), [4]string{none, all, all, none}, [4]string{none, all, all, none}, [4]string{none, "school", "school", none}},
		{"head", person("hal", access.Head), [4]string{none, all, all, none}, [4]string{none, all, all, none}, [4]string{none, "school", "school", none}},
		{"leader who teaches 7B", person("kit", access.Leader, access.Teacher), [4]string{none, all, all, none}, [4]string{"7B", all, all, none}, [4]string{"7B", "school 7B", "school 7B", none}},
		{"governor who is named", person("gov", access.Governor), [4]string{none, none, sums, none}, [4]string{none, none, sums, none}, [4]string{none, none, "school", none}},
		{"governor who is not", person("guy", access.Governor), [4]string{}, [4]string{}, [4]string{}},
		{"safeguarding lead", person("sam", access.SafeguardingLead), [4]string{}, [4]string{}, [4]string{}},
		{"administrator", person("ada", access.Administrator), [4]string{}, [4]string{}, [4]string{}},
		{"administrator who is named", person("gov", access.Administrator), [4]string{}, [4]string{}, [4]string{}},
		{"leader of another school", access.Actor{Account: "a", Person: "lee", School: "other", Roles: []access.Role{access.Leader}}, [4]string{}, [4]string{}, [4]string{}},
		{"the clock", access.Clock("s"), [4]string{}, [4]string{}, [4]string{}},
		{"nobody", access.Actor{}, [4]string{}, [4]string{}, [4]string{}},
	}
	owners := map[string][]string{"7A": {"tess"}, "7B": {"kit"}, "7C": {"x"}, "7D": {"y"}, "8A": {"z"}, "8B": {"z2"}}
	rounds := map[string]*made{
		"school":  newMade(t, 4, round.AboutSchool, document(t, "first_say"), sizes),
		"classes": newMade(t, 4, round.AboutClasses, document(t, "first_class"), sizes),
		"learn":   newMade(t, 4, round.AboutClasses, document(t, "first_class"), sizes),
	}
	rounds["learn"].round.Purpose = access.ForLearning
	for kind, m := range rounds {
		m.round.Snapshot = `{"readers":[{"person":"gov"},{"person":"lee"}],"zone":"UTC"}`
		own := owners
		if kind == "school" {
			own = map[string][]string{}
		}
		m.teach = own
		rel := m.release(t)
		for _, c := range cases {
			want := map[string][4]string{"school": c.school, "classes": c.classes, "learn": c.learn}[kind]
			for i, state := range []string{"settled early", "settled late", "published", "open"} {
				r := m.round
				r.State, r.SettledAt = round.Settled, &settled
				now := late
				switch state {
				case "settled early":
					now = early
				case "published":
					r.State = round.Published
				case "open":
					r.State, r.SettledAt = round.Open, nil
				}
				v := View(rel, r, c.who, own, now)
				var sees []string
				for _, g := range v.Groups {
					sees = append(sees, g.Unit)
				}
				if got := strings.Join(sees, " "); got != want[i] {
					t.Errorf("%s, round %s, %s: sees %q, want %q", c.name, kind, state, got, want[i])
				}
				holdsOnly(t, v, rel)
			}
		}
	}
}

// holdsOnly fails if anything of a group that is not seen is left in the view, or a public row that nobody asked for.
func holdsOnly(t *testing.T, v Viewed, rel Release) {
	t.Helper()
	for _, q := range v.Questions {
		if q.Public != nil {
			t.Errorf("%s carries the public row", q.ID)
		}
		for _, row := range q.Rows {
			if !v.Sees(row.Unit) {
				t.Errorf("%s holds a row of %s, which is not seen", q.ID, row.Unit)
			}
			if g, _ := v.Group(row.Unit); g.Kind == round.UnitClass && q.About != bank.AboutThisClass {
				t.Errorf("%s is about %s and is shown for %s", q.ID, q.About, g.Name)
			}
		}
	}
	for _, s := range v.Sections {
		for _, row := range s.Rows {
			if !v.Sees(row.Unit) {
				t.Errorf("%s holds a sum of %s, which is not seen", s.ID, row.Unit)
			}
		}
	}
	for _, g := range v.Rates {
		if !v.Sees(g.Unit) && (g.Asked != 0 || g.Answered != 0) {
			t.Errorf("the rate of %s has numbers", g.Name)
		}
	}
	for _, q := range rel.Questions {
		if q.ID != "" && len(q.Rows) > 0 && q.Rows[0].Unit == "" {
			t.Fatal("the release itself was changed")
		}
	}
}

func TestRatesGoOnlyToThoseWhoMaySeeTheRound(t *testing.T) {
	m := newMade(t, 4, round.AboutClasses, document(t, "first_class"), map[string][]int{"y7": {25, 25, 25}})
	m.teach = map[string][]string{"7A": {"tess"}}
	rel := m.release(t)
	settled := time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)
	m.round.SettledAt = &settled
	names := func(v Viewed) (list []string) {
		for _, g := range v.Rates {
			list = append(list, g.Unit)
		}
		return list
	}
	teacher := View(rel, m.round, access.Actor{Account: "a", Person: "tess", School: "s", Roles: []access.Role{access.Teacher}}, m.teach, settled)
	if got := names(teacher); !slices.Equal(got, []string{"7A"}) || teacher.Rates[0].Answered == 0 {
		t.Errorf("a teacher sees the rates of %v", got)
	}
	leader := View(rel, m.round, access.Actor{Account: "a", Person: "l", School: "s", Roles: []access.Role{access.Leader}}, m.teach, settled)
	if got := names(leader); len(got) != 5 || leader.Rates[2].Answered != 0 || leader.Rates[2].Rate == "" {
		t.Errorf("a leader who waits sees %+v", leader.Rates)
	}
}

func TestPublic(t *testing.T) {
	m := newMade(t, 4, round.AboutSchool, document(t, "first_say"), map[string][]int{"y7": {25, 25, 25}})
	rel := m.release(t)
	if _, ok := Public(rel, m.round); ok {
		t.Error("a settled round has a public page")
	}
	m.round.State = round.Published
	v, ok := Public(rel, m.round)
	if !ok || len(v.Groups) != 1 || v.Groups[0].Kind != round.UnitSchool {
		t.Fatalf("the public sees %+v", v.Groups)
	}
	shown := 0
	for _, q := range v.Questions {
		for _, row := range q.Rows {
			if !row.Hidden {
				shown++
			}
			for _, b := range row.Bars {
				if b.Count > 0 && b.Count < 10 {
					t.Errorf("%s: the public sees a bar of %d", q.ID, b.Count)
				}
			}
		}
	}
	if shown < 5 {
		t.Errorf("the public sees %d questions", shown)
	}
	holdsOnly(t, v, rel)
	m.round.Purpose = access.ForLearning
	m.round.About = round.AboutClasses
	m.teach = map[string][]string{"7A": {"a"}, "7B": {"b"}}
	if _, ok := Public(m.release(t), m.round); ok {
		t.Error("the sum over two teachers is public")
	}
}

// A release of an earlier program holds sums of fewer questions than the school's under the same name. They are not shown.
func TestSumsOfOtherQuestionsAreNotShown(t *testing.T) {
	rel := Release{Groups: []Group{{Unit: "s", Kind: round.UnitSchool}, {Unit: "a"}, {Unit: "b"}},
		Sections: []Section{{ID: "deep", Rows: []Sum{{Unit: "s", Items: 4, Of: 4}, {Unit: "a", Items: 4, Of: 4}, {Unit: "b", Items: 2, Of: 4}}}}}
	v := Viewed{Release: rel}
	v.keep(func(g Group) bool { return true }, func(Question, string) bool { return true }, false)
	if rows := v.Sections[0].Rows; len(rows) != 2 || rows[1].Unit != "a" {
		t.Errorf("%+v", rows)
	}
	v = Viewed{Release: rel}
	v.keep(func(g Group) bool { return g.Unit == "b" }, func(Question, string) bool { return true }, false)
	if len(v.Sections) > 0 {
		t.Errorf("without the school: %+v", v.Sections)
	}
}

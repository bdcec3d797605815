package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
)

// TestImportBringsInARound runs the command as a person would: guess, correct, look, bring in.
func TestImportBringsInARound(t *testing.T) {
	t.Setenv("DATABASE_URL", "")
	ctx, dir := context.Background(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := place{Data: dir}
	db, err := p.open(ctx, nil)
	must(err)
	_, err = db.Migrate(ctx)
	must(err)
	key, err := keyed{}.open(p)
	must(err)
	ro := roster.NewStore(db)
	school, err := ro.CreateSchool(ctx, roster.School{Name: "Riverside School", Nation: "england", Roll: 900})
	must(err)
	person, err := ro.AddStaff(ctx, access.Clock(school.SchoolID), roster.StaffForm{Name: "Amara Okafor", Roles: []access.Role{access.Head}})
	must(err)
	account, err := identity.NewStore(db, key).EnsureAccount(ctx, "head@school.example", "Amara Okafor")
	must(err)
	must(ro.LinkAccount(ctx, school.SchoolID, person.ID, account.ID))
	must(db.Close())

	survey := filepath.Join(dir, "survey.yaml")
	must(os.WriteFile(survey, []byte(`survey: {title: "Lessons", audience: pupil_11_16, language: en-GB, minutes: 1}
scales:
  - id: agree2
    kind: agreement
    options: [{id: no, value: 1, label: "No"}, {id: maybe, value: 2, label: "Sometimes"}, {id: yes, value: 3, label: "Yes"}]
    favourable: [yes]
    favourable_words: "say yes"
items:
  - {id: own_a, scale: agree2, about: lessons, short: "Fair", text: "Is it fair?"}
sections:
  - {title: "All", items: [own_a]}
`), 0o600))
	answers := filepath.Join(dir, "answers.csv")
	must(os.WriteFile(answers, []byte("Name,Form,Is it fair?\n"+strings.Repeat("Ann,7A,Yes\nBo,7A,Sometime\nCy,7B,No\n", 10)), 0o600))
	mapped := filepath.Join(dir, "map.yaml")
	args := func(more ...string) []string {
		return append([]string{"import", "--data", dir, "--survey", survey, "--responses", answers, "--by", "head@school.example"}, more...)
	}
	fails := func(want string, more ...string) {
		t.Helper()
		if err := run(ctx, args(more...)); err == nil || !strings.Contains(sentence(err), want) {
			t.Errorf("%v: %v, want %q", more, err, want)
		}
	}
	if err := run(ctx, append([]string{"import", "--data", dir, "--survey", survey, "--responses", answers}, "--by", "nobody@school.example")); err == nil || !strings.Contains(sentence(err), "Nobody signs in with") {
		t.Errorf("by nobody: %v", err)
	}
	fails("without a map")
	must(run(ctx, args("--write-map", mapped)))
	text, err := os.ReadFile(mapped)
	must(err)
	if !strings.Contains(string(text), "Sometime: maybe") || strings.Contains(string(text), "Ann") {
		t.Errorf("the map:\n%s", text)
	}
	must(run(ctx, args("--map", mapped, "--dry-run")))
	fails("Nothing can be brought in yet", "--map", mapped)
	must(run(ctx, args("--map", mapped, "--asked", "2025-06-20", "--why", "we were asked to", "--may-change", "Marking.", "--told")))

	db, err = p.open(ctx, nil)
	must(err)
	defer db.Close()
	b, err := bank.Load()
	must(err)
	who, err := roster.NewStore(db).Actor(ctx, account.ID, school.SchoolID)
	must(err)
	rounds, err := round.NewStore(db, key, b).List(ctx, who)
	must(err)
	if len(rounds) != 1 || !rounds[0].BroughtIn() || rounds[0].State != round.Settled {
		t.Fatalf("%+v", rounds)
	}
	rel, err := result.NewStore(db, key, b).Latest(ctx, school.SchoolID, rounds[0].ID)
	must(err)
	row, ok := rel.Questions[0].Row(rel.School().Unit)
	if !ok || row.N != 30 || row.Share == nil || row.Share.X != 10 {
		t.Errorf("%+v", row)
	}
}

package result_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// mailed invites everybody and gives their codes, in the order of their addresses.
func mailed(t *testing.T, s *testkit.School, r round.Round) []string {
	t.Helper()
	ctx := context.Background()
	st := participation.NewStore(s.DB, s.Key)
	_, err := st.Invite(ctx, s.Head, r, 0)
	testkit.Must(t, err)
	type sent struct{ to, code string }
	var all []sent
	for {
		mails, err := st.TakeMails(ctx, 100)
		testkit.Must(t, err)
		if len(mails) == 0 {
			break
		}
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(t, err)
		for _, o := range out {
			url := o.Letter.Links[0].URL
			all = append(all, sent{o.Letter.Address, url[len(url)-participation.CodeLength:]})
			testkit.Must(t, st.Done(ctx, o.Mail, o.Letter.Address, nil))
		}
	}
	slices.SortFunc(all, func(a, b sent) int { return slices.Compare([]string{a.to}, []string{b.to}) })
	var codes []string
	for _, x := range all {
		codes = append(codes, x.code)
	}
	return codes
}

// groupsOf says which groups a release has and whether their figures are shown.
func groupsOf(rel result.Release) string {
	text := ""
	for _, g := range rel.Groups {
		text += fmt.Sprintf("%s %s %t; ", g.Kind, g.Name, g.Shown)
	}
	return text
}

func TestStaffAreShownTogetherFromTen(t *testing.T) {
	for _, c := range []struct {
		answer int
		shown  bool
	}{{9, false}, {10, true}} {
		t.Run(fmt.Sprint(c.answer), func(t *testing.T) {
			ctx := context.Background()
			s := testkit.NewSchool(t)
			f := s.Form(s.Survey("working_here"), nil)
			for i := range 14 {
				f.Plan.People = append(f.Plan.People, s.Staff(fmt.Sprint("T ", i), access.Teacher).Person)
			}
			r := s.Open(f)
			collector := collecting.NewCollector(s.DB, s.Key)
			t.Cleanup(collector.Stop)
			codes := s.Slips(r)["Riverside School"]
			if len(codes) != 14 {
				t.Fatalf("%d slips for 14 people", len(codes))
			}
			s.Answer(collector, r, codes, c.answer, rand.New(rand.NewPCG(1, 2)))
			r = s.CloseAndSettle(r)
			rel, err := result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, r.SchoolID, r.ID)
			testkit.Must(t, err)
			if len(rel.Groups) != 1 || rel.School().Shown != c.shown {
				t.Errorf("%s", groupsOf(rel))
			}
			for _, q := range rel.Questions {
				for _, row := range q.Rows {
					if row.Unit != rel.School().Unit || !c.shown && !row.Hidden {
						t.Errorf("%s is shown for %+v", q.Short, row)
					}
				}
			}
			if r.State = round.Published; c.shown {
				if _, ok := result.Public(rel, r); ok {
					t.Error("what staff said stands on a public page")
				}
			}
		})
	}
}

// Parents by e-mail, once for all their children: years and the school, with those of several years in the school alone.
func TestParentsAreShownByYear(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	specs := testkit.ManyFamilies(150) // thirty in each of five years
	for i := range 12 {
		specs = append(specs, fmt.Sprintf("Both B%d <z%d@home.example>: Kid K%d 7F, Kid L%d 9F", i, i, i, i))
	}
	r := s.Open(s.MailForm("first_home", s.Families(specs...)))
	collector := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(collector.Stop)
	codes := mailed(t, s, r)
	s.Answer(collector, r, codes, 162, rand.New(rand.NewPCG(3, 4)))
	r = s.CloseAndSettle(r)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if got := groupsOf(rel); got != "school Riverside School true; year Year 7 true; year Year 8 true; year Year 9 true; year Year 10 true; year Year 11 true; " {
		t.Error(got)
	}
	if school := rel.School(); school.Answered != 162 || school.Asked != 162 {
		t.Errorf("%+v", school)
	}
	sum := 0
	for _, g := range rel.Groups[1:] {
		sum += g.Answered
	}
	if sum != 150 {
		t.Errorf("%d in the years: those of several years belong to none", sum)
	}
}

// Five parents of children in several years would be the school less its years: some year has to go.
func TestParentsOfSeveralYearsAreNoRemainder(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	specs := testkit.ManyFamilies(100)
	for i := range 6 {
		specs = append(specs, fmt.Sprintf("Both B%d <z%d@home.example>: Kid K%d 7F, Kid L%d 9F", i, i, i, i))
	}
	r := s.Open(s.MailForm("first_home", s.Families(specs...)))
	collector := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(collector.Stop)
	s.Answer(collector, r, mailed(t, s, r), 106, rand.New(rand.NewPCG(3, 4)))
	r = s.CloseAndSettle(r)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	shown, sum := 0, 0
	for _, g := range rel.Groups[1:] {
		if g.Shown {
			shown++
			sum += g.Answered
		}
	}
	if rest := rel.School().Answered - sum; rest > 0 && rest < 10 {
		t.Errorf("the school less its years leaves %d people: %s", rest, groupsOf(rel))
	}
	if shown == 0 {
		t.Error("no year is shown at all")
	}
}

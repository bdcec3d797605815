package round_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// units says which units a round has: kind, name, size and how many answer in it.
func units(t *testing.T, s *testkit.School, r round.Round) string {
	t.Helper()
	list, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	var all []string
	for i, u := range list {
		if u.Position != i || u.IsLeaf() != (u.Own > 0) {
			t.Errorf("%+v", u)
		}
		all = append(all, fmt.Sprintf("%s %s %d/%d", u.Kind, u.Name, u.Size, u.Own))
	}
	return strings.Join(all, ", ")
}

var families = []string{
	"Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B",
	"Dan Bell <dan@home.example>: Bo Bell 7A, Cy Bell 9B",
	"Eve Carr: Fay Carr 7B, Gil Carr 7A",
	"Hal Dunn <hal@home.example>: Ivy Dunn 9A",
}

func TestParentsAreCountedByYearNeverByForm(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(f *round.Form)
		want string
	}{
		{"by e-mail, once for all children", func(f *round.Form) { f.Plan.Mail = true }, "school Riverside School 4/2, year Year 7 1/1, year Year 9 1/1"},
		{"by e-mail, once for each child", func(f *round.Form) { f.Plan.Mail, f.Plan.PerChild = true, true }, "school Riverside School 7/0, year Year 7 4/4, year Year 9 3/3"},
		{"on paper", func(f *round.Form) {}, "school Riverside School 5/0, year Year 7 3/3, year Year 9 2/2"},
		{"by an open link", func(f *round.Form) { f.Mode = round.OpenLink }, "school Riverside School 0/0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testkit.NewSchool(t)
			f := s.Form(s.Survey("first_home"), s.Families(families...))
			c.set(&f)
			r := s.Open(f)
			if got := units(t, s, r); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if r.Least != 10 {
				t.Errorf("groups of %d parents would be shown", r.Least)
			}
		})
	}
}

func TestParentsOfSomeForms(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Families(families...)
	f := s.Form(s.Survey("first_home"), groups[len(groups)-2:]) // 9A and 9B
	f.Plan.Mail = true
	r := s.Open(f)
	if got := units(t, s, r); got != "school Riverside School 3/0, year Year 9 3/3" {
		t.Error(got)
	}
	asked, err := s.Rounds().Asked(context.Background(), r)
	testkit.Must(t, err)
	for _, a := range asked {
		if a.Person.Kind != roster.Parent || len(a.Children) != 1 || a.Children[0].InYear != "9" {
			t.Errorf("%+v", a)
		}
	}
}

func TestParentsOfASmallSchoolAreCountedTogether(t *testing.T) {
	s := testkit.NewSchool(t)
	s.School.Roll = 90
	testkit.Must(t, roster.NewStore(s.DB).SaveSettings(context.Background(), s.Head, s.School))
	for i, set := range []func(f *round.Form){func(f *round.Form) { f.Plan.Mail = true }, func(f *round.Form) {}} {
		f := s.Form(s.Survey("first_home"), s.Families(families...))
		set(&f)
		if got, want := units(t, s, s.Open(f)), []string{"school Riverside School 4/4", "school Riverside School 5/5"}[i]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestStaffAreCountedTogether(t *testing.T) {
	s := testkit.NewSchool(t)
	f := s.Form(s.Survey("working_here"), nil)
	for i := range 12 {
		f.Plan.People = append(f.Plan.People, s.Staff(fmt.Sprint("Teacher ", i), access.Teacher).Person)
	}
	r := s.Open(f)
	if got := units(t, s, r); got != "school Riverside School 12/12" {
		t.Error(got)
	}
	if r.Least != 10 {
		t.Errorf("%d of the staff would be shown", r.Least)
	}
	promise, err := s.Rounds().Promise(context.Background(), r, bank.AnyDevice)
	testkit.Must(t, err)
	text := ""
	for _, p := range promise {
		text += p.Text + "\n"
	}
	for _, want := range []string{"This is anonymous", "groups of 10 or more", "play no part in appraisal", "shown for the whole school only"} {
		if !strings.Contains(text, want) {
			t.Errorf("the promise to staff does not say %q:\n%s", want, text)
		}
	}
}

func TestWhatKeepsARoundForAdultsFromOpening(t *testing.T) {
	for _, c := range []struct {
		name, want string
		form       func(s *testkit.School) round.Form
	}{
		{"mail to pupils", "round.mail_pupils", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_say"), s.Forms("9A 27"))
			f.Plan.Mail = true
			return f
		}},
		{"parents of a class", "round.adults_about", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_home"), s.Families(families...))
			f.About = round.AboutClasses
			return f
		}},
		{"staff for learning", "round.adults_purpose", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("working_here"), nil)
			f.Plan.People, f.Purpose = []string{s.Head.Person}, access.ForLearning
			return f
		}},
		{"nobody of the staff", "round.people", func(s *testkit.School) round.Form { return s.Form(s.Survey("working_here"), nil) }},
		{"somebody who is not on the staff list", "round.people_gone", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("working_here"), nil)
			f.Plan.People = []string{s.Head.Person, "aaaaaaaaaaaaaaaaaaaaaaaaaa"}
			return f
		}},
		{"a governor among the staff", "round.people_gone", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("working_here"), nil)
			f.Plan.People = []string{s.Staff("Winston Hall", access.Governor).Person}
			return f
		}},
		{"parents whom nobody knows, by e-mail", "round.no_parents", func(s *testkit.School) round.Form { return s.MailForm("first_home", s.Forms("9A 27")) }},
		{"fewer than ten", "round.least", func(s *testkit.School) round.Form {
			f := s.Form(s.Survey("first_home"), s.Families(families...))
			f.Least = 5
			return f
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			s := testkit.NewSchool(t)
			r, err := s.Rounds().SaveDraft(ctx, s.Head, "", c.form(s))
			if err == nil {
				_, err = s.Rounds().Open(ctx, s.Head, r.ID)
			}
			if key(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestPromiseOfARoundByMail(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(families...)))
	promise, err := s.Rounds().Promise(context.Background(), r, bank.AnyDevice)
	testkit.Must(t, err)
	text := ""
	for _, p := range promise {
		text += p.Text + "\n"
	}
	if !strings.Contains(text, "the school can see that you answered, but never what you said") || strings.Contains(text, "This is anonymous") {
		t.Error(text)
	}
}

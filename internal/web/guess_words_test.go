package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestAGuessNamesWhomItIsAbout: the whole school, a year or a form, in the words of the bank's mirrors.
func TestAGuessNamesWhomItIsAbout(t *testing.T) {
	s := newServer(t)
	teacher := s.Staff("Tia Cole", access.Teacher)
	r := s.Open(s.Form(s.Survey("how_is_learning"), s.Forms("9A 27, 9B 28, 10A 26, 10B 25")))
	names := func(path, want string) {
		t.Helper()
		body := s.open(s.Head, path)
		if n := strings.Count(body, "pupils in "+want+" would say"); n < 3 || n != strings.Count(body, " would say") {
			t.Errorf("%s asks %d times for %s\n%s", path, n, want, body)
		}
	}
	names("/rounds/"+r.ID+"/guess", "this school")
	if body := s.open(teacher, "/rounds/"+r.ID+"/guess"); strings.Contains(body, "this group") {
		t.Error("the whole staff guesses at a group")
	}
	r = s.settled(r, 4)
	s.Clock.Forward(8 * 24 * time.Hour)
	r, err := s.Rounds().Publish(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	for _, u := range units {
		want := u.Name
		if u.Kind == round.UnitSchool {
			want = "this school"
		}
		names("/rounds/"+r.ID+"/look/"+u.ID+"?all=1", want)
	}
}

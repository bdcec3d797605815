package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestPaperIsTypedInByThoseWhoMay(t *testing.T) {
	s := newServer(t)
	deputy, tutor := s.Staff("Nell Ford", access.SafeguardingDeputy), s.Staff("Ivo Hart", access.Teacher, access.SafeguardingDeputy)
	groups := s.Forms("9A 27, 9B 28")
	testkit.Must(t, roster.NewStore(s.DB).Teach(context.Background(), s.Head, groups[0].ID, []string{tutor.Person}))
	r := s.Open(s.Form(s.Survey("first_say"), groups))
	codes := s.Slips(r)
	q := s.Doc(r).Questions()[2]
	typed := func(code string, pairs ...string) url.Values {
		form := url.Values{"code": {code}, "receipt": {"r " + code}, "language": {"en"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	good := []string{q.ID, q.Options[1].ID, "compared", "8", "different", "1"}
	for _, c := range []struct {
		name   string
		who    access.Actor
		form   url.Values
		status int
		state  string
	}{
		{"the head", s.Head, typed(codes["9A"][0], good...), http.StatusForbidden, ""},
		{"a look before typing", deputy, typed(codes["9A"][0], "look", "1"), http.StatusOK, `"ready"`},
		{"the tutor of the class", tutor, typed(codes["9A"][0], "look", "1"), http.StatusForbidden, `"own_class"`},
		{"the tutor, without looking first", tutor, typed(codes["9A"][0], good...), http.StatusForbidden, `"own_class"`},
		{"the tutor of another class", tutor, typed(codes["9B"][0], good...), http.StatusOK, `"stored"`},
		{"no such code", deputy, typed("ABCDEFGH1234", good...), http.StatusNotFound, `"unknown_code"`},
		{"an answer that is not there", deputy, typed(codes["9A"][0], q.ID, "chips"), http.StatusUnprocessableEntity, "question 3 will not do"},
		{"a good sheet", deputy, typed(codes["9A"][0], good...), http.StatusOK, `"stored"`},
		{"the same sending again", deputy, typed(codes["9A"][0], good...), http.StatusOK, `"stored"`},
		{"the same sheet again", deputy, typed(codes["9A"][0], "look", "1"), http.StatusConflict, `"spent"`},
		{"the same sheet, without looking first", deputy, typed(codes["9A"][0], "receipt", "another"), http.StatusConflict, `"spent"`},
	} {
		res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(c.who), c.form)
		if res.StatusCode != c.status || !strings.Contains(body, c.state) {
			t.Errorf("%s: %d %s", c.name, res.StatusCode, body[:min(200, len(body))])
		}
	}
	twice, err := s.collector.TypedTwice(context.Background(), r)
	if err != nil || twice.Sheets != 2 || twice.Answers != 16 || twice.Different != 2 {
		t.Errorf("typed twice: %+v, %v", twice, err)
	}
	if _, body := s.do("GET", "/rounds/"+r.ID+"/typing", s.as(deputy), nil); strings.Contains(body, codes["9A"][1]) || !strings.Contains(body, "2 of 16 answers") {
		t.Error("the page knows codes, or not how the typing went")
	}
	s.CloseAndSettle(r)
	if res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(deputy), typed(codes["9A"][1], good...)); res.StatusCode != http.StatusGone {
		t.Errorf("after settling: %d %s", res.StatusCode, body)
	}
}

// Who sees what of the ways to answer: teachers are in the room, safeguarding staff type, leaders print.
func TestWaysToAnswer(t *testing.T) {
	s := newServer(t)
	teacher, deputy, governor := s.Staff("Lena Brandt", access.Teacher), s.Staff("Nell Ford", access.SafeguardingDeputy), s.Staff("Win Acht", access.Governor)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	const screen, typing, class, hands = "Screen for the room", "Type in paper", "Print paper sheets", "Count hands"
	expect := func(who access.Actor, want ...string) {
		t.Helper()
		res, body := s.do("GET", "/rounds/"+r.ID+"/ways", s.as(who), nil)
		if len(want) == 0 {
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", who.Name, res.StatusCode)
			}
			return
		}
		for _, text := range []string{screen, typing, class, hands} {
			shall := false
			for _, w := range want {
				shall = shall || w == text
			}
			if strings.Contains(body, text) != shall {
				t.Errorf("%s, %s: %q is there: %v", who.Name, r.State, text, !shall)
			}
		}
	}
	expect(s.Head, screen, class, hands)
	expect(deputy, screen, typing, hands)
	expect(teacher, screen, hands)
	expect(governor)
	var err error
	r, err = s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	expect(deputy, typing, hands)
	expect(teacher)
	if res, _ := s.do("GET", "/rounds/"+r.ID+"/paper", s.as(s.Head), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a sheet of a closed round: %d", res.StatusCode)
	}
	r, err = collecting.Settle(context.Background(), s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	expect(deputy)
	// Every question of this one is about the class, so nothing is asked aloud.
	r = s.Open(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24, 10/En2 25", teacher)))
	expect(s.Head, screen, class)
	expect(teacher, screen)
}

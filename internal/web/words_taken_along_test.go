package web_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// wroteAbout is what pupils write in the school of written.
var wroteAbout = []string{"Less noise and shouting in corridors", "A shorter lunch queue in the canteen", "Cleaner toilets with locks and soap"}

// written is a school with a published round of which 90 comments have been let go: three subjects in two years, each comment
// with a word of its own.
func written(t *testing.T) (s *server, r round.Round, governor access.Actor) {
	t.Helper()
	s = newServer(t)
	ctx := context.Background()
	governor = s.Staff("Gus Verne", access.Governor)
	s.Staff("Sal Ortiz", access.SafeguardingLead)
	doc, _, problems := survey.FromTemplate(s.Bank, "first_belong")
	problems = append(problems, doc.AddOwn("", survey.Own{Text: "What should change at school?", Short: "What should change", About: bank.AboutSchool, Type: survey.TypeLongText, Origin: survey.FromSchool})...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	f := s.Form(sv, s.Forms("7A 28, 7B 27, 8A 29, 8B 28"))
	f.Plan.Readers = append(f.Plan.Readers, governor.Person)
	r = s.heard(f, 7)
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	r, err = s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	box := doc.Questions()[len(doc.Questions())-1].ID
	for _, u := range units {
		for i := range 45 {
			if u.Kind == round.UnitYear {
				q := result.Quote{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), QuestionID: box, UnitID: u.ID, Words: fmt.Sprintf("%s, own%sx%dx.", wroteAbout[i%3], strings.ReplaceAll(u.Name, " ", ""), i)}
				testkit.Must(t, s.DB.Write(ctx).Create(&q).Error)
			}
		}
	}
	return s, r, governor
}

// TestThemesAreTakenAlong looks for what was written where staff write their reply, in the results, and in a pack for governors,
// which names themes and has nobody's words.
func TestThemesAreTakenAlong(t *testing.T) {
	s, r, governor := written(t)
	ctx := context.Background()
	st := action.NewStore(s.DB, s.Key, s.Bank)
	_, err := st.SaveAction(ctx, s.Head, r, "", action.Form{Answer: action.Trying, Heard: "Lunch is short.", Doing: "A second till.", OwnerID: s.Head.Person, Due: "2026-12-01"})
	testkit.Must(t, err)

	words := "/rounds/" + r.ID + "/words"
	if body := s.open(s.Head, words); strings.Count(body, "<blockquote") != 90 || !strings.Contains(body, "reading aid") {
		t.Errorf("%d of 90 comments can be read", strings.Count(body, "<blockquote"))
	}
	for _, page := range []string{"/rounds/" + r.ID + "/results", "/replies/" + r.ID + "/edit"} {
		if body := s.open(s.Head, page); !strings.Contains(body, `href="`+words+`"`) {
			t.Errorf("%s does not lead to what was written", page)
		}
	}
	if body := s.open(s.Head, "/replies/"+r.ID+"/edit"); strings.Count(body, ": 30 people</li>") != 3 {
		t.Error("the largest themes do not stand beside the reply")
	}
	res, pack := s.do("POST", "/packs", s.as(s.Head), url.Values{"title": {"Autumn"}, "rounds": {r.ID}, "do": {"preview"}})
	if res.StatusCode != 200 {
		t.Fatal(res.StatusCode, pack)
	}
	if !strings.Contains(pack, "in their own words") || strings.Count(pack, ": 30 people") < 3 || !strings.Contains(pack, "reading aid") {
		t.Error("the pack does not say what people wrote about")
	}
	if strings.Contains(pack, "ownYear") || strings.Contains(pack, wroteAbout[0]) {
		t.Error("the pack has what somebody wrote")
	}
	if body := s.open(governor, words); strings.Count(body, "<blockquote") != 90 || strings.Contains(body, "/words/theme") {
		t.Error("a governor who was named reads otherwise than staff, or may change themes")
	}
}

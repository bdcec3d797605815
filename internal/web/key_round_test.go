package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// drafted keeps a form as a draft and gives its page.
func (s *server) drafted(f round.Form) string {
	s.T.Helper()
	r, err := s.Rounds().SaveDraft(context.Background(), s.Head, "", f)
	testkit.Must(s.T, err)
	return "/rounds/" + r.ID
}

func TestADraftNamesThoseWhoLackAKey(t *testing.T) {
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	s.Staff("Dee Putnam", access.SafeguardingDeputy)
	head := s.as(s.Head)
	f := s.Form(s.Survey("first_say"), s.Pupils(map[string]int{"9A": 27, "9B": 28}))
	f.Mode, f.Plan.Policy = round.Confidential, "two"
	draft := s.drafted(f)
	says := func(wants ...string) {
		t.Helper()
		_, body := s.do("GET", draft, head, nil)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("the draft does not say %q\n%s", want, body)
			}
		}
	}
	says("Ruth Moss", "Dee Putnam", "have none yet", s.Head.Name+" has none yet", "Name the head and the chair of governors", "Name the chair under People, with an e-mail address.")
	s.keyed(lead) // made, and not tried
	chair := s.Chair("Cora Byrne")
	says("Ruth Moss has not tried their key this term.", "Dee Putnam")
	s.Holds(lead)
	s.Holds(chair)
	s.Holds(s.Head)
	_, body := s.do("GET", draft, head, nil)
	for _, gone := range []string{"has not tried", "Cora Byrne has none", "Name the chair under People"} {
		if strings.Contains(body, gone) {
			t.Errorf("the draft still says %q", gone)
		}
	}
}

func TestWhatIsTickedForConfidenceDoesNotGoSilently(t *testing.T) {
	s := newServer(t)
	head := s.as(s.Head)
	f := s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28"))
	form := url.Values{"survey": {f.SurveyID}, "title": {f.Title}, "why": {f.Why}, "may_change": {f.MayChange}, "about": {"school"}, "groups": f.Plan.Groups, "mode": {"named"},
		"purpose": {"school"}, "readers": f.Plan.Readers, "closes_at": {"2026-10-12"}, "reply_by": {"2026-11-10"}, "reply_place": {"in the newsletter"}, "linked": {"yes"}}
	for mode, want := range map[string]bool{"named": true, "anonymous": true, "confidential": false} {
		form.Set("mode", mode)
		res, body := s.do("POST", "/rounds", head, form)
		if res.StatusCode != 303 {
			t.Fatalf("%s: %d\n%s", mode, res.StatusCode, body)
		}
		if _, body := s.do("GET", res.Header.Get("Location"), head, nil); strings.Contains(body, "what you ticked there is left out") != want {
			t.Errorf("%s: said %v", mode, !want)
		}
	}
}

func TestADraftSaysInWhichLanguagesWordsRingLessSurely(t *testing.T) {
	s, _, f := boxed(t)
	head := s.as(s.Head)
	draft := s.drafted(f)
	const says = "ring less surely"
	if _, body := s.do("GET", draft, head, nil); strings.Contains(body, says) {
		t.Error("in English alone")
	}
	polish, _ := words.Find("pl")
	ctx, st := context.Background(), survey.NewStore(s.DB)
	sv, err := st.Find(ctx, s.Head, f.SurveyID)
	testkit.Must(t, err)
	doc, err := sv.Doc()
	testkit.Must(t, err)
	said := map[string]string{}
	for _, w := range doc.Words() {
		said[w.Key] = w.Text
	}
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, polish.Code, said))
	testkit.Must(t, st.Approve(ctx, s.Head, sv.ID, polish.Code, "Nusrat Malhi"))
	if _, body := s.do("GET", draft, head, nil); !strings.Contains(body, "Words in "+polish.English+" "+says) {
		t.Errorf("with %s\n%s", polish.English, body)
	}
}

package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// boxed is a round of one question and one box, at a server.
func boxed(t *testing.T) (*server, access.Actor, round.Form) {
	t.Helper()
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	doc, _, problems := survey.FromItems(s.Bank, "Learning here", bank.Pupils11to16, []string{"afl_s_goal"})
	if len(problems) > 0 {
		doc, _, problems = survey.FromItems(s.Bank, "Learning here", bank.Pupils11to16, []string{"afl_c_goal"})
	}
	if problems = append(problems, doc.AddItem(s.Bank, "", "voice_s_open_change")...); len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	return s, lead, s.Form(sv, s.Forms("9A 27, 9B 25"))
}

// held lists what lies with those who read, as the lead sees it.
func (s *server) held(t *testing.T, lead access.Actor, id string) []safeguard.Opened {
	t.Helper()
	ctx, st := context.Background(), safeguard.NewStore(s.DB, s.Key)
	_, err := st.Deal(ctx, lead.School, id, true)
	testkit.Must(t, err)
	list, err := st.Queue(ctx, safeguard.Reader{Actor: lead}, id)
	testkit.Must(t, err)
	return list
}

// TestWordsComeByEveryWay writes in a box without script, on a shared device, with an adult's help, sealed, and on paper.
func TestWordsComeByEveryWay(t *testing.T) {
	s, lead, f := boxed(t)
	r := s.Open(f)
	codes := s.Slips(r)["9A"]
	for i, route := range []string{"", "shared_device", "adult_helper"} {
		res, body := s.do("POST", "/a/"+r.Code, nil, url.Values{"code": {codes[i]}, "route": {route}, "q2": {"More time, " + route}, "q2_far": {"exact"}})
		if res.StatusCode != http.StatusOK {
			t.Errorf("%q: %d\n%s", route, res.StatusCode, body)
		}
	}
	res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(lead), url.Values{"code": {codes[3]}, "receipt": {"r4"}, "language": {"en"}, "q2": {"More soap"}, "q2_far": {"lead"}})
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `"stored"`) {
		t.Errorf("paper: %d %s", res.StatusCode, body)
	}
	if _, body = s.do("GET", "/rounds/"+r.ID+"/typing", s.as(lead), nil); !strings.Contains(body, "q2_far") || !strings.Contains(body, "in other words") {
		t.Error("whoever types is not asked how far the words may go")
	}
	// What is too long comes back whole, and neither it nor an answer is stored.
	long := strings.Repeat("so ", survey.MostLong/3) + "much"
	res, body = s.do("POST", "/a/"+r.Code, nil, url.Values{"code": {codes[4]}, "q2": {long}, "q2_far": {"exact"}})
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, long) || !strings.Contains(body, "more than 2000 characters") || !strings.Contains(body, `value="exact" checked`) {
		t.Errorf("too long: %d", res.StatusCode)
	}
	list := s.held(t, lead, r.ID)
	fars := map[safeguard.Far]int{}
	for _, o := range list {
		fars[o.Far]++
	}
	if len(list) != 4 || fars[safeguard.Exact] != 3 || fars[safeguard.LeadOnly] != 1 {
		t.Errorf("%d comments, %v", len(list), fars)
	}
	// The same press of Send again is the same sending: it adds no second comment.
	s.do("POST", "/a/"+r.Code, nil, url.Values{"code": {codes[0]}, "q2": {"More time, "}})
	if again := s.held(t, lead, r.ID); len(again) != 4 {
		t.Errorf("%d comments after a second press", len(again))
	}
}

// TestABoxNeedsSomebodyWhoReads opens no round with a box over a day on which nobody reads, says outside school hours when
// somebody will, and takes the box away where nobody reads for a week.
func TestABoxNeedsSomebodyWhoReads(t *testing.T) {
	s, _, f := boxed(t)
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	cover, err := ro.Cover(ctx, s.School.School)
	testkit.Must(t, err)
	day := func(n int) storage.Date { return storage.DateOf(s.DB.Now().AddDate(0, 0, n), time.UTC) }
	away := func(first, last int) {
		for _, m := range cover.Team {
			testkit.Must(t, ro.AddAbsence(ctx, s.Head, roster.Absence{PersonID: m.ID, FirstOn: day(first), LastOn: day(last)}))
		}
	}
	free := func() {
		now, err := ro.Cover(ctx, s.School.School)
		testkit.Must(t, err)
		for _, a := range now.Absences {
			testkit.Must(t, ro.RemoveAbsence(ctx, s.Head, a.ID))
		}
	}
	draft, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
	testkit.Must(t, err)
	away(9, 9) // answers arrive for two days after the last
	if _, err := s.Rounds().Open(ctx, s.Head, draft.ID); !fault.Is(err, fault.Conflict) {
		t.Fatalf("it opens over a day on which nobody reads: %v", err)
	}
	free()
	r, err := s.Rounds().Open(ctx, s.Head, draft.ID)
	testkit.Must(t, err)
	see := func() string {
		time.Sleep(2100 * time.Millisecond) // the page is drawn anew
		_, body := s.do("GET", "/a/"+r.Code, nil, nil)
		return body
	}
	if body := see(); !strings.Contains(body, "<textarea") || strings.Contains(body, "Nobody reads this until") {
		t.Error("on Monday at nine somebody reads")
	}
	away(0, 1)
	if body := see(); !strings.Contains(body, "<textarea") || !strings.Contains(body, "Nobody reads this until 7 October 2026, 08:30. In danger now? Call 999.") {
		t.Error("it does not say that nobody reads before Wednesday")
	}
	away(2, 20)
	if body := see(); strings.Contains(body, "<textarea") || !strings.Contains(body, "so there is no box to write in") {
		t.Error("there is a box that nobody reads")
	}
}

package web_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// heard is a round that most have answered and that has settled.
func (s *server) heard(f round.Form, seed uint64) round.Round {
	s.T.Helper()
	return s.settled(s.Open(f), seed)
}

// shown lists the ids of the things to try that a page shows, in its order.
func (s *server) shown(body string) (ids []string) {
	for _, t := range s.Bank.Tries {
		if strings.Contains(body, "<b>"+html.EscapeString(t.Title)+"</b>") || strings.Contains(body, "<b>"+t.Title+"</b>") {
			ids = append(ids, t.ID)
		}
	}
	at := func(id string) int {
		t, _ := s.Bank.Try(id)
		return strings.Index(unescaped(body), "<b>"+t.Title+"</b>")
	}
	slices.SortFunc(ids, func(a, b string) int { return at(a) - at(b) })
	return ids
}

func (s *server) open(who access.Actor, path string) string {
	s.T.Helper()
	res, body := s.do("GET", path, s.as(who), nil)
	if res.StatusCode != http.StatusOK {
		s.T.Fatalf("%s: %d", path, res.StatusCode)
	}
	return body
}

func (s *server) question(r round.Round, item string) string {
	s.T.Helper()
	for _, q := range s.Doc(r).Questions() {
		if q.Item == item {
			return q.ID
		}
	}
	s.T.Fatalf("nobody was asked %s", item)
	return ""
}

// TestThingsToTryBesideAnAnswer: a leader sees what may move the question, and takes it into what is being written.
func TestThingsToTryBesideAnAnswer(t *testing.T) {
	s := newServer(t)
	r := s.heard(s.Form(s.Survey("first_say"), s.Forms("7A 27, 7B 28, 8A 26")), 3)
	q := s.question(r, "voice_s_told")
	base := "/replies/" + r.ID + "/edit/answers"
	body := s.open(s.Head, base+"/new?question="+q)
	want := s.Bank.TriesFor("voice", "voice_s_told", bank.Pupils11to16)
	if got := s.shown(body); len(got) != 3 || got[0] != want[0].ID || want[0].Items[0] != "voice_s_told" {
		t.Errorf("beside the question stand %v", got)
	}
	item, _ := s.Bank.Item("voice_s_told")
	if !strings.Contains(unescaped(body), "Ask again: “"+item.Text+"”") {
		t.Error("it is not said which question to ask again")
	}
	if got := s.shown(s.open(s.Head, base+"/new")); got != nil {
		t.Errorf("without a question there stand %v", got)
	}

	typed := url.Values{"question": {q}, "heard": {"Nobody <tells> us."}, "doing": {"We begin in May."}, "due": {"2027-05-01"}, "quick": {"yes"}, "try": {want[0].ID}}
	res, body := s.do("POST", base, s.as(s.Head), typed)
	said := unescaped(body)
	if res.StatusCode != http.StatusOK || !strings.Contains(said, "We begin in May.\n"+want[0].Do+"</textarea>") || !strings.Contains(said, "Nobody <tells> us.") ||
		!strings.Contains(body, `value="2027-05-01"`) || !strings.Contains(body, `value="trying" checked`) || !strings.Contains(body, `value="yes" checked`) {
		t.Errorf("taking it over: %d\n%s", res.StatusCode, body)
	}
	typed.Set("answer", "together")
	typed.Set("staff", "")
	if _, body = s.do("POST", base, s.as(s.Head), typed); !strings.Contains(unescaped(body), ">"+want[0].Do+"</textarea>") || !strings.Contains(unescaped(body), ">We begin in May.</textarea>") {
		t.Errorf("in what the school does there is no %q:\n%s", want[0].Do, body)
	}
	typed.Set("try", "voice_try_nothing")
	if res, _ := s.do("POST", base, s.as(s.Head), typed); res.StatusCode != http.StatusNotFound {
		t.Errorf("something that is not there was taken over: %d", res.StatusCode)
	}
	w, err := action.NewStore(s.DB, s.Key, s.Bank).Whole(context.Background(), s.Head, r)
	testkit.Must(t, err)
	if len(w.Actions) > 0 {
		t.Errorf("taking over has stored %+v", w.Actions)
	}
}

// TestThingsToTryInTheJournal: they come after looking, and fit what was low.
func TestThingsToTryInTheJournal(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	lena := s.Staff("Lena Brandt", access.Teacher)
	r := s.heard(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 26, 10/En2 25", lena)), 3)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	owners, err := s.Rounds().UnitReaders(ctx, r)
	testkit.Must(t, err)
	view := result.View(rel, r, lena, owners, s.DB.Now())
	unit := view.Own[0]
	journal := "/rounds/" + r.ID + "/look/" + unit + "/journal"
	if got := s.shown(s.open(lena, journal)); got != nil {
		t.Errorf("before looking there stand %v", got)
	}
	low, share := "", 2.0
	for _, q := range view.For(unit) {
		if row, _ := q.Row(unit); row.Share != nil && float64(row.Share.X)/float64(row.Share.N) < share {
			low, share = q.Item, float64(row.Share.X)/float64(row.Share.N)
		}
	}
	st := action.NewStore(s.DB, s.Key, s.Bank)
	testkit.Must(t, st.Keep(ctx, lena, r, unit, action.Note{Looked: true, Guesses: map[string]string{}}))
	got := s.shown(s.open(lena, journal))
	if len(got) == 0 || len(got) > 3 {
		t.Fatalf("after looking there stand %v", got)
	}
	for i, id := range got {
		try, _ := s.Bank.Try(id)
		if try.School || i == 0 && !slices.Contains(try.Items, low) {
			t.Errorf("%s stands first; %s was lowest", id, low)
		}
	}
	// What was guessed too high comes before what is low.
	g, _ := view.Group(unit)
	for _, q := range view.For(unit) {
		row, _ := q.Row(unit)
		best := len(q.Options) - 1
		if q.Item == low || figure.Guessed(words.English(), q, row, g, best).Text != words.English().Say("figure.gap.worse") {
			continue
		}
		testkit.Must(t, st.Keep(ctx, lena, r, unit, action.Note{Looked: true, Guesses: map[string]string{q.ID: q.Options[best].Label}}))
		got := s.shown(s.open(lena, journal))
		if try, ok := s.Bank.Try(append(got, "")[0]); !ok || !slices.Contains(try.Items, q.Item) {
			t.Errorf("%s was guessed too high, but there stand %v", q.Item, got)
		}
		return
	}
	t.Error("nothing but what is lowest can be guessed too high: this tells nothing")
}

// TestThingsToTryUnderAGateway: all of them on the gateway's own page and in the bank.
func TestThingsToTryUnderAGateway(t *testing.T) {
	s := newServer(t)
	s.Clock.Forward(time.Hour)
	for _, g := range s.Bank.Gateways {
		want := len(s.Bank.TriesFor(g.ID, "", ""))
		for _, path := range []string{"/results/gateways/" + g.ID, "/bank?gateway=" + g.ID} {
			body := s.open(s.Head, path)
			if got := s.shown(body); len(got) != want || strings.Contains(body, `name="try"`) {
				t.Errorf("%s shows %v", path, got)
			}
		}
	}
	young := s.shown(s.open(s.Head, "/bank?gateway=l2l&audience=pupil_7_10"))
	if slices.Contains(young, "l2l_try_recall") || !slices.Contains(young, "l2l_try_one_more") {
		t.Errorf("for the young: %v", young)
	}
	if got := s.shown(s.open(s.Head, "/bank")); got != nil {
		t.Errorf("without a gateway: %v", got)
	}
}

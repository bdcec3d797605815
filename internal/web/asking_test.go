package web_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/testkit"
)

// TestAskingAgainNeedsAWord asks a school's pupils again while they are owed a reply, and for more minutes than a term has.
func TestAskingAgainNeedsAWord(t *testing.T) {
	s := newServer(t)
	ctx, head := context.Background(), s.as(s.Head)
	forms := s.Forms("7A 20, 8A 20")
	send := func(template, group, despite string) (int, string) {
		t.Helper()
		sv := s.Survey(template)
		res, body := s.do("POST", "/rounds", head, url.Values{"survey": {sv.ID}, "title": {"Once more"}, "about": {"school"}, "purpose": {"school"}, "mode": {"anonymous"}, "why": {"we want to know"},
			"may_change": {"Lunch."}, "reply_by": {string(storage.DateOf(s.DB.Now().AddDate(0, 0, 20), time.UTC))}, "closes_at": {string(storage.DateOf(s.DB.Now().AddDate(0, 0, 5), time.UTC))},
			"groups": {group}, "readers": {s.Head.Person}, "despite": {despite}})
		return res.StatusCode, body
	}
	if status, body := send("how_is_learning", forms[0].ID, ""); status != http.StatusSeeOther {
		t.Fatalf("the first survey: %d\n%s", status, body)
	}
	r := s.Open(s.Form(s.Survey("how_is_learning"), forms[:1]))
	s.Answer(s.collector, r, s.Slips(r)["7A"], 9, rand.New(rand.NewPCG(1, 2)))
	r = s.CloseAndSettle(r)
	if status, body := send("how_is_learning", forms[0].ID, ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "still owed a reply to “"+r.Title) {
		t.Errorf("owed a reply: %d\n%s", status, body)
	}
	if status, body := send("how_is_learning", forms[0].ID, "The trust asks."); status != http.StatusSeeOther {
		t.Errorf("with a word: %d\n%s", status, body)
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	head = s.as(s.Head) // the session has ended
	st := action.NewStore(s.DB, s.Key, s.Bank)
	_, err := st.SaveAction(ctx, s.Head, r, "", action.Form{Answer: action.No, Heard: "A longer break.", Doing: "The buses cannot wait."})
	testkit.Must(t, err)
	testkit.Must(t, st.Publish(ctx, s.Head, r))
	minutes := s.Doc(r).Minutes
	for asked := minutes; asked <= 20; asked += minutes {
		if status, body := send("how_is_learning", forms[0].ID, ""); (status == http.StatusSeeOther) != (asked+minutes <= 20) {
			t.Errorf("after %d minutes: %d\n%s", asked, status, body)
		}
		s.Open(s.Form(s.Survey("how_is_learning"), forms[:1]))
	}
	if status, body := send("how_is_learning", forms[0].ID, ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "minutes this term") {
		t.Errorf("more than a term has: %d\n%s", status, body)
	}
	if status, body := send("how_is_learning", forms[1].ID, ""); status != http.StatusSeeOther {
		t.Errorf("a year that was not asked: %d\n%s", status, body)
	}
	var drafts []round.Round
	testkit.Must(t, s.DB.Query(ctx).Where("plan LIKE ?", "%The trust asks.%").Find(&drafts).Error)
	if len(drafts) != 1 {
		t.Fatalf("%d drafts say why", len(drafts))
	}
	if _, body := s.do("GET", "/rounds/"+drafts[0].ID, head, nil); !strings.Contains(body, "The trust asks.") {
		t.Error("the round's page does not say why")
	}
}

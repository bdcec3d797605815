package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// keyed makes a key for somebody, as their browser would, and hands in its public half.
func (s *server) keyed(who access.Actor) *age.X25519Identity {
	s.T.Helper()
	id, err := age.GenerateX25519Identity()
	testkit.Must(s.T, err)
	_, err = envelope.NewStore(s.DB, s.Key).AddKey(context.Background(), who, id.Recipient().String())
	testkit.Must(s.T, err)
	return id
}

// confidential is an open round whose names are sealed under a policy.
func (s *server) confidential(p envelope.Policy) round.Round {
	s.T.Helper()
	ctx := context.Background()
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	plan := r.Choices()
	plan.Policy = string(p)
	text, err := json.Marshal(plan)
	testkit.Must(s.T, err)
	snap := r.AtOpening()
	holders, err := envelope.NewStore(s.DB, s.Key).Holders(ctx, r.SchoolID)
	testkit.Must(s.T, err)
	for _, h := range holders {
		if h.Key != nil {
			snap.Keys = append(snap.Keys, round.HeldKey{ID: h.Key.ID, Group: string(h.Group), Recipient: h.Key.Recipient, Name: h.Person.Name()})
		}
	}
	testkit.Must(s.T, s.DB.Write(ctx).Exec("UPDATE rounds SET mode = 'confidential', plan = ?, snapshot = ? WHERE school_id = ? AND id = ?", string(text), snap.Encode(), r.SchoolID, r.ID).Error)
	r, err = s.Rounds().ByID(ctx, r.SchoolID, r.ID)
	testkit.Must(s.T, err)
	return r
}

// seals puts an envelope into a round, sealed to everybody who holds a key now.
func (s *server) sealsName(r round.Round, tie, name, form string) {
	s.T.Helper()
	ctx := context.Background()
	st := envelope.NewStore(s.DB, s.Key)
	keys, err := st.Present(ctx, r)
	testkit.Must(s.T, err)
	e, err := keys.Seal(envelope.PolicyOf(r), envelope.Inside{V: 1, Round: r.Title, Kind: envelope.Comment, ID: tie, Person: "p-" + tie, Name: name, Form: form})
	testkit.Must(s.T, err)
	e.SchoolID, e.RoundID, e.ID = r.SchoolID, r.ID, tie
	testkit.Must(s.T, st.Add(ctx, []envelope.Envelope{e}))
	s.holdsComment(r, tie, "Nobody would miss me.")
}

// holdsComment hands a comment to those who read them.
func (s *server) holdsComment(r round.Round, tie, text string) {
	s.T.Helper()
	ctx := context.Background()
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(s.T, err)
	st := safeguard.NewStore(s.DB, s.Key)
	testkit.Must(s.T, st.Hold(ctx, r.SchoolID, r.ID, []safeguard.Remark{{Tie: tie, Question: "q1", Unit: units[0].ID, Language: "en", Words: text}}, safeguard.Adults{Chair: true}))
	_, err = st.Deal(ctx, r.SchoolID, r.ID, true)
	testkit.Must(s.T, err)
}

// fetch posts JSON as a page's script does, and reads the reply.
func (s *server) fetch(path string, cookie *http.Cookie, in, out any) (status int, body string) {
	s.T.Helper()
	data, err := json.Marshal(in)
	testkit.Must(s.T, err)
	req, err := http.NewRequest("POST", s.http.URL+path, bytes.NewReader(data))
	testkit.Must(s.T, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.AddCookie(cookie)
	res, err := noRedirect.Do(req)
	testkit.Must(s.T, err)
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	testkit.Must(s.T, err)
	if out != nil && res.StatusCode == http.StatusOK {
		testkit.Must(s.T, json.Unmarshal(reply, out))
	}
	return res.StatusCode, string(reply)
}

// opens opens what is sealed.
func opens(t *testing.T, sealed []byte, id age.Identity) []byte {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	testkit.Must(t, err)
	plain, err := io.ReadAll(r)
	testkit.Must(t, err)
	return plain
}

type sealedForBrowser struct {
	Sealed []byte `json:"sealed"`
}

// askFor asks for a name and gives the address of what came of it.
func (s *server) askFor(cookie *http.Cookie, r round.Round, tie string) string {
	s.T.Helper()
	res, body := s.do("POST", "/openings", cookie, url.Values{"round": {r.ID}, "envelope": {tie}, "kind": {"comment"}, "category": {"hurt"}, "reason": {"They wrote that somebody hits them."}})
	if res.StatusCode != 303 {
		s.T.Fatalf("asking: %d %s", res.StatusCode, body)
	}
	return res.Header.Get("Location")
}

func TestKeyPagesAreForThoseWhoHoldKeys(t *testing.T) {
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	s.keyed(lead)
	r := s.confidential(envelope.One)
	s.sealsName(r, "tie-1", "Ann Lee", "7B")
	opening := s.askFor(s.as(lead), r, "tie-1")
	ask := "/openings/new?round=" + r.ID + "&envelope=tie-1&kind=comment"
	for role, want := range map[access.Role][4]int{ // keys, openings, one of them, asking
		access.SafeguardingLead: {200, 200, 200, 200}, access.SafeguardingDeputy: {200, 200, 200, 200},
		access.Head: {200, 200, 200, 403}, access.Chair: {200, 200, 200, 403},
		access.Teacher: {403, 403, 403, 403}, access.Leader: {403, 403, 403, 403}, access.Governor: {403, 403, 403, 403},
		access.Administrator: {403, 403, 403, 403}, access.CommentReader: {403, 403, 403, 403}, access.TrustAnalyst: {403, 403, 403, 403},
	} {
		cookie := s.as(s.Staff("Sam "+string(role), role))
		for i, path := range []string{"/keys", "/openings", opening, ask} {
			res, body := s.do("GET", path, cookie, nil)
			if i == 3 && want[i] == 403 && res.StatusCode >= 400 && res.StatusCode < 500 {
				continue
			}
			if res.StatusCode != want[i] {
				t.Errorf("%s at %s: %d, want %d\n%s", role, path, res.StatusCode, want[i], body[:min(200, len(body))])
			}
			if strings.Contains(body, "Ann Lee") {
				t.Errorf("%s reads the name at %s", role, path)
			}
		}
		// Nobody but whoever asked gets what is sealed, not even of the same team.
		if status, body := s.fetch(opening+"/sealed", cookie, nil, nil); status < 400 || strings.Contains(body, "sealed\"") {
			t.Errorf("%s fetches the envelope: %d %s", role, status, body)
		}
		if status, _ := s.fetch(opening+"/opened", cookie, nil, nil); status < 400 {
			t.Errorf("%s says that they opened it: %d", role, status)
		}
	}
	if status, _ := s.fetch(opening+"/sealed", s.as(testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School").Head), nil, nil); status != 404 {
		t.Errorf("the head of another school: %d", status)
	}
}

func TestAKeyIsMadeTriedAndEnded(t *testing.T) {
	s := newServer(t)
	lead, teacher := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Tia Cole", access.Teacher)
	cookie := s.as(lead)
	_, body := s.do("GET", "/keys", cookie, nil)
	for _, want := range []string{"You have no key yet", "Ruth Moss", "no key yet", "gone for good"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	id, err := age.GenerateX25519Identity()
	testkit.Must(t, err)
	// A private half has no business here, and is not repeated either.
	for _, bad := range []string{"", "age1nonsense", id.String()} {
		res, _ := s.do("POST", "/keys", cookie, url.Values{"recipient": {bad}})
		_, body := s.do("GET", "/keys", cookie, nil)
		if res.StatusCode != 303 || !strings.Contains(body, "not the public half of a key") || !strings.Contains(body, "You have no key yet") || strings.Contains(body, id.String()) {
			t.Errorf("%q: %d\n%s", bad, res.StatusCode, body)
		}
	}
	if res, _ := s.do("POST", "/keys", s.as(teacher), url.Values{"recipient": {id.Recipient().String()}}); res.StatusCode != 403 {
		t.Errorf("a teacher hands in a key: %d", res.StatusCode)
	}
	if status, body := s.fetch("/keys/trial", cookie, nil, nil); status != 409 || !strings.Contains(body, "no key yet") {
		t.Errorf("a trial without a key: %d %s", status, body)
	}
	if res, _ := s.do("POST", "/keys", cookie, url.Values{"recipient": {id.Recipient().String()}}); res.StatusCode != 303 {
		t.Errorf("handing in: %d", res.StatusCode)
	}
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "Your key is there.") || !strings.Contains(body, "You have not tried your key this term.") {
		t.Errorf("after handing in\n%s", body)
	}
	var trial sealedForBrowser
	if status, body := s.fetch("/keys/trial", cookie, nil, &trial); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	s.do("POST", "/keys/proof", cookie, url.Values{"said": {"0123"}})
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "The trial was not opened") || !strings.Contains(body, "not tried this term") {
		t.Errorf("a wrong proof\n%s", body)
	}
	s.do("POST", "/keys/proof", cookie, url.Values{"said": {string(opens(t, trial.Sealed, id))}})
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "Your key works.") || !strings.Contains(body, "Last tried on 5 October 2026.") || strings.Contains(body, "You have not tried your key") {
		t.Errorf("a right proof\n%s", body)
	}
	// The same twice proves nothing, and the next term asks for it again.
	s.do("POST", "/keys/proof", cookie, url.Values{"said": {string(opens(t, trial.Sealed, id))}})
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "The trial was not opened") {
		t.Errorf("the same proof twice\n%s", body)
	}
	s.Clock.Forward(120 * 24 * time.Hour)
	cookie = s.as(lead)
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "You have not tried your key this term.") {
		t.Errorf("next term\n%s", body)
	}
	// Its holder ends it, or the head; nobody else.
	list, err := envelope.NewStore(s.DB, s.Key).Holders(context.Background(), lead.School)
	testkit.Must(t, err)
	var end string
	for _, k := range list {
		if k.Key != nil {
			end = "/keys/" + k.Key.ID + "/end"
		}
	}
	deputy := s.as(s.Staff("Dee Putnam", access.SafeguardingDeputy))
	if res, _ := s.do("POST", end, deputy, nil); res.StatusCode != 404 {
		t.Errorf("a deputy ends the lead's key: %d", res.StatusCode)
	}
	if _, body := s.do("GET", "/keys", deputy, nil); strings.Contains(body, end) {
		t.Error("a deputy is offered to end the lead's key")
	}
	if res, _ := s.do("POST", end, s.as(s.Head), nil); res.StatusCode != 303 {
		t.Errorf("the head ends it: %d", res.StatusCode)
	}
	if _, body = s.do("GET", "/keys", cookie, nil); !strings.Contains(body, "You have no key yet") {
		t.Errorf("after its end\n%s", body)
	}
}

func TestANameIsOpenedByOne(t *testing.T) {
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	id := s.keyed(lead)
	r := s.confidential(envelope.One)
	s.sealsName(r, "tie-1", "Ann Lee", "7B")
	cookie := s.as(lead)
	ask := "/openings/new?round=" + r.ID + "&envelope=tie-1&kind=comment"
	if _, body := s.do("GET", ask, cookie, nil); !strings.Contains(body, "Who is told:") || !strings.Contains(body, s.Head.Name) {
		t.Errorf("asking\n%s", body)
	}
	for _, wrong := range []string{"/openings/new?round=" + r.ID + "&envelope=tie-1&kind=else", "/openings/new?round=nothing&envelope=tie-1&kind=comment", "/openings/new"} {
		if res, _ := s.do("GET", wrong, cookie, nil); res.StatusCode != 404 {
			t.Errorf("%s: %d", wrong, res.StatusCode)
		}
	}
	form := url.Values{"round": {r.ID}, "envelope": {"tie-1"}, "kind": {"comment"}, "category": {"self"}, "reason": {"short"}}
	if res, body := s.do("POST", "/openings", cookie, form); res.StatusCode != 422 || !strings.Contains(body, "Say why you need to know") || !strings.Contains(body, ">short</textarea>") {
		t.Errorf("without a reason: %d\n%s", res.StatusCode, body)
	}
	form.Set("reason", "They wrote that somebody hits them.")
	form.Set("envelope", "tie-2")
	if res, _ := s.do("POST", "/openings", cookie, form); res.StatusCode != 404 {
		t.Errorf("an envelope that is not there: %d", res.StatusCode)
	}
	opening := s.askFor(cookie, r, "tie-1")
	var reply sealedForBrowser
	if status, body := s.fetch(opening+"/sealed", cookie, nil, &reply); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if inside := opens(t, reply.Sealed, id); !bytes.Contains(inside, []byte("Ann Lee")) {
		t.Errorf("inside stands %s", inside)
	}
	if status, _ := s.fetch(opening+"/opened", cookie, nil, nil); status != 200 {
		t.Errorf("opened: %d", status)
	}
	if _, body := s.do("GET", "/openings", s.as(s.Head), nil); !strings.Contains(body, "Opened") || !strings.Contains(body, "Ruth Moss asked") {
		t.Errorf("the list\n%s", body)
	}
	if _, body := s.do("GET", opening, s.as(s.Head), nil); !strings.Contains(body, "They wrote that somebody hits them.") || strings.Contains(body, "Show me the name") {
		t.Errorf("the head reads\n%s", body)
	}
	s.Clock.Forward(envelope.OpenFor)
	cookie = s.as(lead)
	if status, body := s.fetch(opening+"/sealed", cookie, nil, nil); status != 409 || !strings.Contains(body, "24 hours are over") {
		t.Errorf("a day later: %d %s", status, body)
	}
	if _, body := s.do("GET", opening, cookie, nil); strings.Contains(body, "data-open") {
		t.Errorf("a day later the page still opens\n%s", body)
	}
}

func TestANameIsOpenedByTwo(t *testing.T) {
	s := newServer(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
	idLead, idChair := s.keyed(lead), s.keyed(chair)
	r := s.confidential(envelope.Two)
	s.sealsName(r, "tie-1", "Ann Lee", "7B")
	cookie, second := s.as(lead), s.as(chair)
	opening := s.askFor(cookie, r, "tie-1")
	if status, body := s.fetch(opening+"/sealed", cookie, nil, nil); status != 409 || !strings.Contains(body, "Nobody has agreed yet") {
		t.Errorf("before anybody agreed: %d %s", status, body)
	}
	if _, body := s.do("GET", opening, cookie, nil); strings.Contains(body, "data-open") || !strings.Contains(body, "Waits for a second person") {
		t.Errorf("the asker's page\n%s", body)
	}
	if _, body := s.do("GET", opening, s.as(deputy), nil); strings.Contains(body, "data-open") {
		t.Errorf("a deputy may agree\n%s", body)
	}
	if _, body := s.do("GET", opening, second, nil); !strings.Contains(body, `data-open="outer"`) || !strings.Contains(body, "I do not agree") {
		t.Errorf("the chair's page\n%s", body)
	}
	var reply sealedForBrowser
	if status, body := s.fetch(opening+"/sealed", second, nil, &reply); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	inner := opens(t, reply.Sealed, idChair)
	if bytes.Contains(inner, []byte("Ann Lee")) {
		t.Fatal("the chair alone reads the name")
	}
	for what, bad := range map[string]string{"nothing": "", "no base64": "!", "a name": base64.StdEncoding.EncodeToString([]byte(`{"name":"Ann Lee"}`))} {
		if res, body := s.do("POST", opening+"/agree", second, url.Values{"inner": {bad}}); res.StatusCode != 422 || !strings.Contains(body, "is not sealed") {
			t.Errorf("%s is handed on: %d", what, res.StatusCode)
		}
	}
	agreed := url.Values{"inner": {base64.StdEncoding.EncodeToString(inner)}}
	if res, _ := s.do("POST", opening+"/agree", cookie, agreed); res.StatusCode != 404 {
		t.Errorf("the asker agrees with themselves: %d", res.StatusCode)
	}
	if res, body := s.do("POST", opening+"/agree", second, agreed); res.StatusCode != 303 {
		t.Fatalf("agreeing: %d %s", res.StatusCode, body)
	}
	if res, body := s.do("POST", opening+"/refuse", second, url.Values{"why": {"No, not now."}}); res.StatusCode != 409 || !strings.Contains(body, "agreed to this already") {
		t.Errorf("refusing afterwards: %d", res.StatusCode)
	}
	if status, body := s.fetch(opening+"/sealed", cookie, nil, &reply); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if inside := opens(t, reply.Sealed, idLead); !bytes.Contains(inside, []byte("Ann Lee")) {
		t.Errorf("inside stands %s", inside)
	}
	// Another one, refused.
	s.sealsName(r, "tie-2", "Ben Roe", "7C")
	opening = s.askFor(cookie, r, "tie-2")
	if res, body := s.do("POST", opening+"/refuse", second, url.Values{"why": {""}}); res.StatusCode != 422 || !strings.Contains(body, "Say in a sentence why not") {
		t.Errorf("refusing without a word: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", opening+"/refuse", second, url.Values{"why": {"We know already who it is."}}); res.StatusCode != 303 {
		t.Errorf("refusing: %d", res.StatusCode)
	}
	if _, body := s.do("GET", opening, cookie, nil); !strings.Contains(body, "We know already who it is.") || !strings.Contains(body, "Left sealed") {
		t.Errorf("after refusal\n%s", body)
	}
	if status, _ := s.fetch(opening+"/sealed", cookie, nil, nil); status != 409 {
		t.Errorf("after refusal it is handed out: %d", status)
	}
}

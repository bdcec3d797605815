package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

const aboutTheHead = "the headteacher is hitting me, i want to die"

// wroteToChair puts words about the head into a round, with the sealed name of whoever wrote them, and gives the concern.
func (s *server) wroteToChair(r round.Round, tie, name string) string {
	s.T.Helper()
	s.wroteComment(r, tie, name, aboutTheHead, aboutTheHead)
	var list []safeguard.Concern
	testkit.Must(s.T, s.DB.Query(context.Background()).Where("goes_to = 'chair'").Find(&list).Error)
	if len(list) != 1 {
		s.T.Fatalf("%d concerns for the chair", len(list))
	}
	return list[0].ID
}

// wroteComment puts words into a round, with the sealed name of whoever wrote them; the envelope says what was written, which may be
// something else than stands there.
func (s *server) wroteComment(r round.Round, tie, name, written, stands string) {
	s.T.Helper()
	ctx := context.Background()
	keys, err := envelope.NewStore(s.DB, s.Key).Present(ctx, r)
	testkit.Must(s.T, err)
	e, err := keys.Seal(envelope.PolicyOf(r), envelope.Inside{V: 1, Round: r.Title, Kind: envelope.Comment, ID: tie, Person: "p-" + tie, Name: name, Form: "7B", Mark: envelope.MarkOf(written)})
	testkit.Must(s.T, err)
	e.SchoolID, e.RoundID, e.ID = r.SchoolID, r.ID, tie
	testkit.Must(s.T, envelope.NewStore(s.DB, s.Key).Add(ctx, []envelope.Envelope{e}))
	s.holdsComment(r, tie, stands)
}

// handedOn gives back what was opened, as a browser does.
func handedOn(sealed []byte) url.Values {
	return url.Values{"inner": {base64.StdEncoding.EncodeToString(sealed)}}
}

func TestTheChairGetsANameThroughSomebodyWhomItIsNotAbout(t *testing.T) {
	for _, policy := range []envelope.Policy{envelope.One, envelope.Two} {
		t.Run(string(policy), func(t *testing.T) {
			s := newServer(t)
			lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
			s.keyed(lead)
			idDeputy, idHead := s.keyed(deputy), s.keyed(s.Head)
			var idChair *age.X25519Identity
			if policy == envelope.Two {
				idChair = s.keyed(chair)
			}
			r := s.confidential(policy)
			concern := s.wroteToChair(r, "tie-c", "Ann Lee")
			page := "/openings/new?concern=" + concern
			theirs := s.as(chair)
			if res, _ := s.do("GET", page, theirs, nil); res.StatusCode != 404 {
				t.Errorf("before the message was read: %d", res.StatusCode)
			}
			if _, body := s.do("POST", "/concerns/"+concern, theirs, nil); !strings.Contains(body, "I need to know who wrote it") || !strings.Contains(body, page) {
				t.Errorf("the message\n%s", body)
			}
			if idChair == nil { // the name can be sealed to nobody yet
				if _, body := s.do("GET", page, theirs, nil); !strings.Contains(body, "You need a key of your own first") || strings.Contains(body, "<textarea") {
					t.Errorf("without a key\n%s", body)
				}
				ask := url.Values{"concern": {concern}, "helper": {deputy.Person}, "reason": {"A child may be in danger at school."}}
				if res, body := s.do("POST", "/openings", theirs, ask); res.StatusCode != 409 || !strings.Contains(body, "You need a key of your own first") {
					t.Errorf("asking without a key: %d", res.StatusCode)
				}
				idChair = s.keyed(chair)
			}
			_, body := s.do("GET", page, theirs, nil)
			for _, want := range []string{"Ruth Moss", "Dee Putnam", "nor a word of what was written"} {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q\n%s", want, body)
				}
			}
			for who, cookie := range map[string]access.Actor{"the lead": lead, "the head": s.Head} {
				if res, _ := s.do("GET", page, s.as(cookie), nil); res.StatusCode != 404 {
					t.Errorf("%s asks in the chair's place: %d", who, res.StatusCode)
				}
			}
			form := url.Values{"concern": {concern}, "helper": {s.Head.Person}, "reason": {"short"}}
			if res, body := s.do("POST", "/openings", theirs, form); res.StatusCode != 422 || !strings.Contains(body, "Choose whom you ask.") || !strings.Contains(body, "Say in a sentence or two") || !strings.Contains(body, ">short</textarea>") {
				t.Errorf("asking the head, without a reason: %d\n%s", res.StatusCode, body)
			}
			form = url.Values{"concern": {concern}, "helper": {deputy.Person}, "reason": {"A child may be in danger at school."}}
			res, _ := s.do("POST", "/openings", theirs, form)
			opening := res.Header.Get("Location")
			if res.StatusCode != 303 || !strings.HasPrefix(opening, "/openings/") {
				t.Fatalf("asking: %d %s", res.StatusCode, opening)
			}
			if res, body := s.do("POST", "/openings", theirs, form); res.StatusCode != 409 || !strings.Contains(body, "You have asked for this one already") {
				t.Errorf("asking twice: %d", res.StatusCode)
			}
			// Nobody but the two of them learns that there is such a thing, not even on the page of what was done.
			for who, cookie := range map[string]access.Actor{"the lead": lead, "the head": s.Head} {
				for _, path := range []string{"/openings", "/"} {
					if _, body := s.do("GET", path, s.as(cookie), nil); strings.Contains(body, "Cora Byrne asked") || strings.Contains(body, opening) {
						t.Errorf("%s learns of it at %s", who, path)
					}
				}
				if res, _ := s.do("GET", opening, s.as(cookie), nil); res.StatusCode != 404 {
					t.Errorf("%s at the opening: %d", who, res.StatusCode)
				}
				if status, _ := s.fetch(opening+"/sealed", s.as(cookie), nil, nil); status != 404 {
					t.Errorf("%s fetches it: %d", who, status)
				}
			}
			if _, body := s.do("GET", "/school/audit", s.as(s.Head), nil); strings.Contains(body, "Asked for a sealed name") {
				t.Errorf("the head reads in what was done that the chair asks\n%s", body)
			}
			helps := s.as(deputy)
			var reply markedForBrowser
			if policy == envelope.Two {
				if status, _ := s.fetch(opening+"/sealed", helps, nil, nil); status != 404 {
					t.Errorf("the deputy fetches what is under the outer seal: %d", status)
				}
				if _, body := s.do("GET", opening, theirs, nil); !strings.Contains(body, `data-open="outer"`) {
					t.Errorf("the chair's page\n%s", body)
				}
				if status, body := s.fetch(opening+"/sealed", theirs, nil, &reply); status != 200 {
					t.Fatalf("%d %s", status, body)
				}
				inner := opens(t, reply.Sealed, idChair)
				if res, _ := s.do("POST", opening+"/agree", theirs, handedOn(sealTo(t, inner, []string{idChair.Recipient().String()}))); res.StatusCode != 422 {
					t.Errorf("something else as what was under the seal: %d", res.StatusCode)
				}
				if res, body := s.do("POST", opening+"/agree", theirs, handedOn(inner)); res.StatusCode != 303 {
					t.Fatalf("taking off the seal: %d %s", res.StatusCode, body)
				}
			}
			if status, body := s.fetch(opening+"/sealed", theirs, nil, nil); status != 409 || !strings.Contains(body, "has not opened it yet") {
				t.Errorf("the chair fetches it too soon: %d %s", status, body)
			}
			_, body = s.do("GET", opening, helps, nil)
			if !strings.Contains(body, `data-open="pass"`) || !strings.Contains(body, idChair.Recipient().String()) || !strings.Contains(body, "A child may be in danger at school.") || strings.Contains(body, "hitting") {
				t.Errorf("the deputy's page\n%s", body)
			}
			if _, body := s.do("GET", "/", helps, nil); !strings.Contains(body, "The chair of governors asks you") {
				t.Errorf("the deputy's first page says nothing\n%s", body)
			}
			reply = markedForBrowser{}
			if status, body := s.fetch(opening+"/sealed", helps, nil, &reply); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			if reply.Mark != "" {
				t.Error("the deputy is told what the words are like")
			}
			plain := opens(t, reply.Sealed, idDeputy)
			if res, _ := s.do("POST", opening+"/agree", helps, handedOn(plain)); res.StatusCode != 422 {
				t.Errorf("an open name is taken: %d", res.StatusCode)
			}
			if status, _ := s.fetch(opening+"/opened", theirs, nil, nil); status != 404 {
				t.Errorf("opened before it was: %d", status)
			}
			if res, body := s.do("POST", opening+"/agree", helps, handedOn(sealTo(t, plain, []string{idChair.Recipient().String()}))); res.StatusCode != 303 {
				t.Fatalf("handing on: %d %s", res.StatusCode, body)
			}
			if status, _ := s.fetch(opening+"/sealed", helps, nil, nil); status != 404 {
				t.Errorf("the deputy fetches it again: %d", status)
			}
			reply = markedForBrowser{}
			if status, body := s.fetch(opening+"/sealed", theirs, nil, &reply); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			if got := opens(t, reply.Sealed, idChair); !bytes.Contains(got, []byte("Ann Lee")) || reply.Mark != envelope.MarkOf(aboutTheHead) || !bytes.Contains(got, []byte(reply.Mark)) {
				t.Errorf("the chair opens %s, to be compared with %q", got, reply.Mark)
			}
			if _, err := age.Decrypt(bytes.NewReader(reply.Sealed), idHead); err == nil {
				t.Error("the head can open it")
			}
			if status, _ := s.fetch(opening+"/opened", theirs, nil, nil); status != 200 {
				t.Errorf("opened: %d", status)
			}
			if _, body := s.do("GET", "/openings", theirs, nil); !strings.Contains(body, "Opened") || !strings.Contains(body, "Cora Byrne asked") {
				t.Errorf("the chair's list\n%s", body)
			}
		})
	}
}

func TestWhomTheChairAsksCanSayNo(t *testing.T) {
	s := newServer(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
	s.keyed(lead)
	s.keyed(deputy)
	s.keyed(chair)
	r := s.confidential(envelope.One)
	concern := s.wroteToChair(r, "tie-c", "Ann Lee")
	theirs := s.as(chair)
	s.do("POST", "/concerns/"+concern, theirs, nil)
	form := url.Values{"concern": {concern}, "helper": {deputy.Person}, "reason": {"A child may be in danger at school."}}
	res, _ := s.do("POST", "/openings", theirs, form)
	opening := res.Header.Get("Location")
	why := url.Values{"why": {"I am her aunt: ask Ruth."}}
	for who, cookie := range map[string]access.Actor{"the lead": lead, "the chair": chair} {
		if res, _ := s.do("POST", opening+"/refuse", s.as(cookie), why); res.StatusCode != 404 {
			t.Errorf("%s refuses: %d", who, res.StatusCode)
		}
	}
	if res, _ := s.do("POST", opening+"/refuse", s.as(deputy), why); res.StatusCode != 303 {
		t.Fatalf("refusing: %d", res.StatusCode)
	}
	if _, body := s.do("GET", opening, theirs, nil); !strings.Contains(body, "I am her aunt: ask Ruth.") || !strings.Contains(body, "You can ask somebody else") {
		t.Errorf("the chair reads\n%s", body)
	}
	if status, _ := s.fetch(opening+"/sealed", s.as(deputy), nil, nil); status != 409 {
		t.Errorf("what was refused is handed out: %d", status)
	}
	form.Set("helper", lead.Person)
	if res, _ := s.do("POST", "/openings", theirs, form); res.StatusCode != 303 || slices.Contains([]string{"", opening}, res.Header.Get("Location")) {
		t.Errorf("asking another: %d", res.StatusCode)
	}
}

func TestTheListOfWhatWasDoneSaysInWhichRoundANameWasAskedFor(t *testing.T) {
	s := newServer(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	s.keyed(lead)
	r := s.confidential(envelope.One)
	s.sealsName(r, "tie-1", "Ann Lee", "7B")
	s.askFor(s.as(lead), r, "tie-1")
	_, body := s.do("GET", "/school/audit", s.as(s.Head), nil)
	_, row, ok := strings.Cut(body, "Asked for a sealed name")
	if row, _, _ = strings.Cut(row, "</tr>"); !ok || !strings.Contains(row, r.Title) {
		t.Errorf("the line says %q", row)
	}
	if _, body := s.do("GET", "/school/audit", s.as(s.Staff("Ada Poole", access.Administrator)), nil); !strings.Contains(body, "Asked for a sealed name") || strings.Contains(body, r.Title) {
		t.Error("an administrator reads the title of a round")
	}
}

// markedForBrowser is what a browser is given to open, and what to compare it with.
type markedForBrowser struct {
	Sealed []byte `json:"sealed"`
	Mark   string `json:"mark"`
}

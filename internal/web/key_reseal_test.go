package web_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"

	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// Names are sealed anew when a holder is new: by one in rounds of the policy of one, and in two steps where two are needed.
func TestNamesAreSealedAnew(t *testing.T) {
	s := newServer(t)
	lead, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Cora Byrne", access.Chair)
	idLead, idChair := s.keyed(lead), s.keyed(chair)
	r := s.confidential(envelope.One)
	for i := range 3 {
		s.sealsName(r, fmt.Sprint("tie-", i), "Ann Lee", "7B")
	}
	if _, body := s.do("GET", "/keys", s.as(lead), nil); strings.Contains(body, "Sealing names anew") {
		t.Error("there is something to seal anew although nothing has changed")
	}
	deputy := s.Staff("Dee Putnam", access.SafeguardingDeputy)
	idDeputy := s.keyed(deputy)
	_, body := s.do("GET", "/keys", s.as(lead), nil)
	if !strings.Contains(body, "3 sealed names are not sealed to everybody who holds a key now.") || !strings.Contains(body, "Seal them anew") {
		t.Errorf("the page says\n%s", body)
	}
	if _, body := s.do("GET", "/keys", s.as(chair), nil); strings.Contains(body, `id="reseal"`) {
		t.Error("the chair is offered to seal anew what one person seals")
	}
	type batch struct {
		List []envelope.Resealing `json:"list"`
	}
	var got batch
	if status, body := s.fetch("/keys/stale", s.as(lead), nil, &got); status != 200 || len(got.List) != 3 {
		t.Fatalf("%d %s", status, body)
	}
	for i := range got.List {
		plain := opens(t, got.List[i].Body, idLead)
		got.List[i].Body = sealTo(t, plain, got.List[i].Inner)
	}
	if status, _ := s.fetch("/keys/resealed", s.as(s.Staff("Tia Cole", access.Teacher)), got, nil); status != 403 {
		t.Errorf("a teacher hands in envelopes: %d", status)
	}
	if status, body := s.fetch("/keys/resealed", s.as(lead), batch{[]envelope.Resealing{{Round: got.List[0].Round, Envelope: got.List[0].Envelope, Body: []byte(`{"name":"Ann Lee"}`)}}}, nil); status != 422 {
		t.Errorf("a name is taken: %d %s", status, body)
	}
	if status, _ := s.fetch("/keys/resealed", s.as(lead), "what", nil); status != 422 {
		t.Errorf("something else is taken: %d", status)
	}
	if status, body := s.fetch("/keys/resealed", s.as(lead), got, nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if _, body := s.do("GET", "/keys", s.as(lead), nil); strings.Contains(body, "Sealing names anew") {
		t.Error("still something to seal anew")
	}
	// The deputy can open them now.
	var reply sealedForBrowser
	opening := s.askFor(s.as(deputy), r, "tie-1")
	if status, body := s.fetch(opening+"/sealed", s.as(deputy), nil, &reply); status != 200 || !bytes.Contains(opens(t, reply.Sealed, idDeputy), []byte("Ann Lee")) {
		t.Errorf("%d %s", status, body)
	}

	two := s.confidential(envelope.Two)
	s.sealsName(two, "tie-9", "Ben Roe", "7C")
	idHead := s.keyed(s.Head)
	if _, body := s.do("GET", "/keys", s.as(lead), nil); strings.Contains(body, `id="reseal"`) || !strings.Contains(body, "has to take off the outer seal first") {
		t.Errorf("before the outer seal is off\n%s", body)
	}
	if _, body := s.do("GET", "/keys", s.as(chair), nil); !strings.Contains(body, "Take off the outer seals") {
		t.Errorf("the chair reads\n%s", body)
	}
	if status, body := s.fetch("/keys/stale", s.as(chair), nil, &got); status != 200 || len(got.List) != 1 || !got.List[0].Peel {
		t.Fatalf("%d %s", status, body)
	}
	got.List[0].Body = opens(t, got.List[0].Body, idChair)
	if status, body := s.fetch("/keys/resealed", s.as(chair), got, nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	got = batch{}
	if status, body := s.fetch("/keys/stale", s.as(lead), nil, &got); status != 200 || len(got.List) != 1 || got.List[0].Peel {
		t.Fatalf("%d %s", status, body)
	}
	got.List[0].Body = sealTo(t, opens(t, got.List[0].Body, idLead), got.List[0].Inner)
	if status, body := s.fetch("/keys/resealed", s.as(lead), got, nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	opening = s.askFor(s.as(deputy), two, "tie-9")
	if status, body := s.fetch(opening+"/sealed", s.as(s.Head), nil, &reply); status != 200 || !bytes.Contains(opens(t, opens(t, reply.Sealed, idHead), idDeputy), []byte("Ben Roe")) {
		t.Errorf("%d %s", status, body)
	}
}

// sealTo seals something as a browser does.
func sealTo(t *testing.T, plain []byte, recipients []string) []byte {
	t.Helper()
	var to []age.Recipient
	for _, text := range recipients {
		r, err := age.ParseX25519Recipient(text)
		testkit.Must(t, err)
		to = append(to, r)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	testkit.Must(t, err)
	_, err = w.Write(plain)
	testkit.Must(t, err)
	testkit.Must(t, w.Close())
	return out.Bytes()
}

package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// What a leader sees of a round that asks parents in confidence: what it needs, who is not asked, and nothing on paper.
func TestPagesOfParentsInConfidence(t *testing.T) {
	p := newPosted(t)
	head := p.as(p.Head)
	groups := p.Families("Ann Bell <ann@home.example>: Bo Bell 7A", "Eve Carr: Fay Carr 7B", "Ruth Moss <ruth@work.example>: Lee Moss 7A")
	draft, err := p.Rounds().SaveDraft(context.Background(), p.Head, "", p.Personal(round.Confidential, "first_home", groups))
	testkit.Must(t, err)
	at := "/rounds/" + draft.ID
	if _, body := p.do("GET", at, head, nil); !strings.Contains(body, "need a key") || !strings.Contains(body, "cannot take part: in confidence nobody answers on paper") {
		t.Errorf("what the draft needs:\n%s", body)
	}
	if res, _ := p.do("POST", at+"/opening", head, url.Values{}); res.StatusCode != 409 {
		t.Errorf("it opens without keys: %d", res.StatusCode)
	}
	lead, _, _, _ := p.Holders()
	testkit.Must(t, roster.NewStore(p.DB).ChangeStaff(context.Background(), p.Head, lead.Person, roster.StaffForm{Name: "Ruth Moss", Email: "ruth@work.example", Roles: []access.Role{access.SafeguardingLead}}))
	if _, body := p.do("GET", at, head, nil); strings.Contains(body, "need a key") || !strings.Contains(body, "In confidence, by e-mail") || !strings.Contains(body, "Not asked, since they can open names</dt><dd>Ruth Moss") {
		t.Errorf("the draft:\n%s", body)
	}
	_, body := p.do("GET", at+"/edit", head, nil)
	if !strings.Contains(body, `value="confidential" checked`) || !strings.Contains(body, "More about asking in confidence") || strings.Contains(body, `name="flags"`) || strings.Contains(body, `name="linked"`) || strings.Contains(body, `value="named"`) {
		t.Errorf("the form:\n%s", body)
	}
	p.do("POST", at+"/opening", head, url.Values{})
	if _, body := p.do("GET", at, head, nil); !strings.Contains(body, "Invite those who are asked") || strings.Contains(body, "open link with a poster") || strings.Contains(body, "cards") {
		t.Errorf("the open round:\n%s", body)
	}
	_, body = p.do("GET", at+"/mail", head, nil)
	if !strings.Contains(body, "Send the invitation to one person") || !strings.Contains(body, "They cannot take part yet") || strings.Contains(body, "mail/slips") || !strings.Contains(body, "This is confidential, not anonymous") || strings.Contains(body, "Ruth Moss</bdi>") {
		t.Errorf("invitations:\n%s", body)
	}
	for _, page := range []string{"/screen", "/script", "/poster", "/ways", "/cards"} {
		if res, _ := p.do("GET", at+page, head, nil); res.StatusCode != 404 {
			t.Errorf("%s: %d", page, res.StatusCode)
		}
	}
	for _, action := range []string{"/slips", "/mail/slips"} {
		if res, body := p.do("POST", at+action, head, url.Values{}); res.StatusCode != 409 || strings.Contains(body, `class="qr"`) {
			t.Errorf("%s: %d", action, res.StatusCode)
		}
	}
	// What staff tick is read by nobody one by one.
	f := p.Personal(round.Confidential, "working_here", nil)
	f.Plan.People = []string{p.Head.Person}
	staff := p.Open(f)
	if res, _ := p.do("GET", "/worries/"+staff.ID, p.as(lead.Actor), nil); res.StatusCode != 404 {
		t.Errorf("answers of staff that may need somebody: %d", res.StatusCode)
	}
	if res, _ := p.do("GET", "/worries/"+draft.ID, p.as(lead.Actor), nil); res.StatusCode != 200 {
		t.Errorf("answers of parents that may need somebody: %d", res.StatusCode)
	}
}

// A promise in confidence is longer than others; the page that carries it still fits into one flight, in every language.
func TestAdultsInConfidenceFitInOneFlight(t *testing.T) {
	s := newServer(t)
	for _, l := range words.Languages()[1:] {
		f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, l.Code))}
		testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(context.Background(), s.Head, l.Code, language.Approved, f))
	}
	groups := s.Families("Ann Bell <ann@home.example>: Bo Bell 7A", "Dan Bell <dan@home.example>: Cy Bell 9B")
	s.Holders()
	for _, ready := range s.Bank.Templates {
		if bank.IsPupils(ready.Audience) {
			continue
		}
		for _, policy := range []string{"one", "two"} {
			f := s.Personal(round.Confidential, ready.ID, groups)
			if f.Plan.Policy = policy; ready.Audience == bank.Staff {
				f.Plan.Groups, f.Plan.People = nil, []string{s.Staff("Theo Brandt", access.Teacher).Person}
			}
			r := s.Open(f)
			largest, size := "", 0
			for _, l := range words.Languages() {
				n, requests, _ := s.firstView("/a/" + r.Code + "?lang=" + l.Code)
				if n > size {
					size, largest = n, l.Code
				}
				if n > most || requests > 3 {
					t.Errorf("%s in %s: %d bytes in %d requests", ready.ID, l.Code, n, requests)
				}
			}
			t.Logf("%s, %s: at most %d bytes (%s)", ready.ID, policy, size, largest)
		}
	}
}

// A leader invites pupils who have come since, and enters who opted out; lines that are nobody's are said, and nothing is lost.
func TestPagesForNewcomers(t *testing.T) {
	s := newServer(t)
	sizes := map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30}
	r := s.Open(s.Personal(round.Named, "first_say", s.Pupils(sizes)))
	head, at := s.as(s.Head), "/rounds/"+r.ID+"/cards"
	if _, body := s.do("GET", at, head, nil); strings.Contains(body, "Who has come since") || !strings.Contains(body, "Pupils who opted out") {
		t.Errorf("before anybody comes:\n%s", body)
	}
	if res, body := s.do("POST", at+"/newcomers", head, url.Values{}); res.StatusCode != 409 || !strings.Contains(body, "Nobody has come since") {
		t.Errorf("nobody: %d", res.StatusCode)
	}
	more := maps.Clone(sizes)
	more["7A"] += 3
	s.Pupils(more)
	if _, body := s.do("GET", "/rounds/"+r.ID, head, nil); !strings.Contains(body, "3 pupils have come since the round opened") {
		t.Errorf("the round's page:\n%s", body)
	}
	res, body := s.do("POST", at+"/out", head, url.Values{"out": {"7A-31\nNobody Known"}})
	if res.StatusCode != 422 || !strings.Contains(body, "Nobody Known</textarea>") || !strings.Contains(body, "Line 2") {
		t.Errorf("a line that is nobody's: %d\n%s", res.StatusCode, body)
	}
	if res, _ := s.do("POST", at+"/out", head, url.Values{"out": {"7a-31\r\n Pupil  8B-2 \r\n"}}); res.StatusCode != 303 {
		t.Errorf("opted out: %d", res.StatusCode)
	}
	if _, body = s.do("GET", at, head, nil); !strings.Contains(body, "2 pupils opted out.") || !strings.Contains(body, "7A-31\n8B-2</textarea>") || !strings.Contains(body, "Invite the 2 who have come") {
		t.Errorf("after opting out:\n%s", body)
	}
	if res, _ := s.do("POST", at+"/newcomers", head, url.Values{}); res.StatusCode != 303 {
		t.Errorf("inviting: %d", res.StatusCode)
	}
	if _, body = s.do("GET", "/rounds/"+r.ID, head, nil); strings.Contains(body, "have come since") || !strings.Contains(body, "Opted out</dt><dd>2 pupils opted out.") {
		t.Errorf("the round's page:\n%s", body)
	}
	// Whoever has answered is entered like everybody else: no page says who they are.
	people, err := roster.NewStore(s.DB).Pupils(context.Background(), r.SchoolID)
	testkit.Must(t, err)
	for _, p := range people {
		if p.SourceID == "7B-1" {
			if status, reply := s.asks("/a/"+r.Code, url.Values{"code": {s.SlipOf(r, p)}, "receipt": {strings.Repeat("ab", 16)}}); status != 200 {
				t.Fatal(status, reply)
			}
		}
	}
	before, _ := s.do("POST", at+"/out", head, url.Values{"out": {"7A-31\n7B-2"}})
	after, _ := s.do("POST", at+"/out", head, url.Values{"out": {"7A-31\n7B-1"}})
	if before.StatusCode != 303 || after.StatusCode != 303 {
		t.Errorf("opted out before answering: %d, after: %d", before.StatusCode, after.StatusCode)
	}
	if _, body = s.do("GET", at, head, nil); !strings.Contains(body, "7A-31\n7B-1</textarea>") || !strings.Contains(body, "Whoever has answered already stays in") {
		t.Errorf("the page:\n%s", body)
	}
	for _, who := range []access.Actor{s.Staff("Theo Brandt", access.Teacher)} {
		for _, action := range []string{"/newcomers", "/out"} {
			if res, _ := s.do("POST", at+action, s.as(who), url.Values{}); res.StatusCode != 403 {
				t.Errorf("%s%s: %d", who.Name, action, res.StatusCode)
			}
		}
	}
	holders, err := participation.NewStore(s.DB, s.Key).Holders(context.Background(), r)
	testkit.Must(t, err)
	if fmt.Sprint(len(holders)) != "123" {
		t.Errorf("%d are asked", len(holders))
	}
}

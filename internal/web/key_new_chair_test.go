package web_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestAHeadGetsAtNothingAboutThemselvesByMakingAChair(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	lead, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Chair("Cora Byrne")
	for _, who := range []access.Actor{lead, chair} { // long ago, as most are
		testkit.Must(t, s.DB.Write(ctx).Exec("UPDATE appointments SET begins_on = '2020-01-01' WHERE person_id = ?", who.Person).Error)
	}
	head := s.as(s.Head)
	form := func(who access.Actor, email string, roles ...string) url.Values {
		return url.Values{"name": {who.Name}, "email": {email}, "roles": roles}
	}
	for _, role := range []string{"head", "leader", "safeguarding_lead", "safeguarding_deputy", "administrator"} {
		res, body := s.do("POST", "/people/staff/"+s.Head.Person, head, form(s.Head, "", "head", role, "chair"))
		if res.StatusCode != 422 || !strings.Contains(body, "so nobody can be both") {
			t.Errorf("the head as %s and chair: %d", role, res.StatusCode)
		}
		if res, _ := s.do("POST", "/people/staff/new", head, url.Values{"name": {"Una New"}, "roles": {role, "chair"}}); res.StatusCode != 422 {
			t.Errorf("somebody new as %s and chair: %d", role, res.StatusCode)
		}
	}
	id, err := safeguard.NewStore(s.DB, s.Key).Ask(ctx, s.Head.School, safeguard.Form{Words: "The head shouts at me.", To: safeguard.Chair})
	testkit.Must(t, err)

	// A row from before, in which the head is chair as well.
	testkit.Must(t, s.DB.Write(ctx).Create(&roster.Appointment{SchoolID: s.Head.School, ID: "old", PersonID: s.Head.Person, Role: "chair", BeginsOn: "2020-01-01"}).Error)
	if res, _ := s.do("POST", "/concerns/"+id, head, nil); res.StatusCode != 404 {
		t.Errorf("a head who is chair reads it: %d", res.StatusCode)
	}
	both := access.Actor{Account: "a", School: s.Head.School, Roles: []access.Role{access.Head, access.Chair}}
	if safeguard.May(both, safeguard.Chair) || envelope.Sole(both) || !safeguard.May(chair, safeguard.Chair) || !envelope.Sole(chair) {
		t.Error("who reads what is for the chair alone")
	}

	// A chair of the head's own reads only what comes after them.
	s.Clock.Forward(time.Minute)
	if res, body := s.do("POST", "/people/staff/"+chair.Person, head, form(chair, s.Email(chair), "governor")); res.StatusCode != 303 {
		t.Fatalf("the chair goes: %d %s", res.StatusCode, body)
	}
	own := s.Staff("Pam Puppet", access.Chair)
	theirs := s.as(own)
	if res, _ := s.do("POST", "/concerns/"+id, theirs, nil); res.StatusCode != 404 {
		t.Errorf("a new chair reads what came before: %d", res.StatusCode)
	}
	if _, body := s.do("GET", "/concerns", theirs, nil); strings.Contains(body, id) || !strings.Contains(body, "before you") {
		t.Errorf("the new chair's list\n%s", body)
	}
	next, err := safeguard.NewStore(s.DB, s.Key).Ask(ctx, s.Head.School, safeguard.Form{Words: "The head shouts again.", To: safeguard.Chair})
	testkit.Must(t, err)
	if res, _ := s.do("POST", "/concerns/"+next, theirs, nil); res.StatusCode != 200 {
		t.Errorf("a new chair reads what comes after them: %d", res.StatusCode)
	}

	// Whoever is confirmed by the head's side stays as they are; a lead of long standing confirms.
	list, err := roster.NewStore(s.DB).Chairings(ctx, s.Head.School)
	testkit.Must(t, err)
	if len(list) != 1 || list[0].Name != "Pam Puppet" {
		t.Fatalf("to confirm: %+v", list)
	}
	confirm := "/chairs/" + list[0].ID + "/confirmation"
	late := s.Staff("Ned Late", access.SafeguardingLead)
	for who, cookie := range map[string]access.Actor{"the head": s.Head, "the new chair": own, "a lead of today": late} {
		if res, _ := s.do("POST", confirm, s.as(cookie), nil); res.StatusCode != 403 && res.StatusCode != 404 {
			t.Errorf("%s confirms: %d", who, res.StatusCode)
		}
		if _, body := s.do("GET", "/concerns", s.as(cookie), nil); strings.Contains(body, confirm) {
			t.Errorf("%s is asked to confirm", who)
		}
	}
	if _, body := s.do("GET", "/concerns", s.as(lead), nil); !strings.Contains(body, confirm) || !strings.Contains(body, "Pam Puppet") {
		t.Errorf("the lead is not asked\n%s", body)
	}
	if res, _ := s.do("POST", confirm, s.as(lead), nil); res.StatusCode != 303 {
		t.Errorf("the lead confirms: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", "/concerns/"+id, theirs, nil); res.StatusCode != 200 {
		t.Errorf("a confirmed chair: %d", res.StatusCode)
	}

	// A link for another password, or another address, may be somebody else.
	from := func() time.Time {
		t.Helper()
		who, err := roster.NewStore(s.DB).Actor(ctx, own.Account, own.School)
		testkit.Must(t, err)
		return who.ChairFrom
	}
	if !from().IsZero() {
		t.Error("a confirmed chair does not read all of it")
	}
	if res, _ := s.do("POST", "/people/staff/"+own.Person+"/invitation", head, nil); res.StatusCode != 200 || from().IsZero() {
		t.Errorf("whoever has a link for another password reads all of it: %d", res.StatusCode)
	}
	last := from()
	s.Clock.Forward(time.Minute)
	s.do("POST", "/people/staff/"+own.Person, head, form(own, "one@school.example", "chair"))
	if s.do("POST", "/people/staff/"+own.Person, head, form(own, "two@school.example", "chair")); !from().After(last) {
		t.Error("another address is no new appointment")
	}
}

func TestWhetherTheChairHasAKeyShowsToNobodyButTheLead(t *testing.T) {
	s := newServer(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Chair("Cora Byrne")
	s.keyed(lead)
	s.keyed(deputy)
	s.keyed(chair)
	s.confidential(envelope.One)
	holders, err := envelope.NewStore(s.DB, s.Key).Holders(context.Background(), s.Head.School)
	testkit.Must(t, err)
	i := slices.IndexFunc(holders, func(k envelope.KeyOf) bool { return k.Person.ID == chair.Person })
	end := "/keys/" + holders[i].Key.ID + "/end"
	for who, cookie := range map[string]access.Actor{"the head": s.Head, "the deputy": deputy} {
		_, body := s.do("GET", "/keys", s.as(cookie), nil)
		_, line, _ := strings.Cut(body, "Cora Byrne")
		if line, _, _ = strings.Cut(line, "</li>"); !strings.Contains(line, "not shown") || strings.Contains(line, "Made on") || strings.Contains(line, "has a key") || strings.Contains(body, end) {
			t.Errorf("%s reads of the chair's key: %s", who, line)
		}
		if res, _ := s.do("POST", end, s.as(cookie), nil); res.StatusCode != 404 {
			t.Errorf("%s ends the chair's key: %d", who, res.StatusCode)
		}
	}
	if _, body := s.do("GET", "/school/audit", s.as(s.Head), nil); strings.Count(body, "Made a key to sealed names") != 2 || strings.Count(body, "Tried their key to sealed names") > 2 {
		t.Errorf("what was done\n%s", body)
	}
	if _, body := s.do("GET", "/people/staff/"+chair.Person, s.as(s.Head), nil); strings.Contains(body, "Cora Byrne holds a key") {
		t.Error("the page of the chair says that there is a key")
	}
	if _, body := s.do("GET", "/keys", s.as(lead), nil); !strings.Contains(body, end) {
		t.Errorf("the lead's page\n%s", body)
	}
	if res, _ := s.do("POST", end, s.as(lead), nil); res.StatusCode != 303 {
		t.Errorf("the lead ends it: %d", res.StatusCode)
	}
	ended, err := envelope.NewStore(s.DB, s.Key).EndedKeys(context.Background())
	if testkit.Must(t, err); len(ended) != 1 || ended[0].PersonID != chair.Person || ended[0].EndedBy != lead.Person {
		t.Errorf("to be told: %+v", ended)
	}
}

func TestWhomTheChairAsksCannotAskForTheNameThemselves(t *testing.T) {
	s := newServer(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Chair("Cora Byrne")
	s.keyed(lead)
	s.keyed(deputy)
	s.keyed(chair)
	r := s.confidential(envelope.One)
	concern := s.wroteToChair(r, "tie-secret-c", "Ann Lee")
	s.sealsName(r, "tie-open", "Ben Roe", "7B")
	ask := func(tie, kind string) int {
		res, _ := s.do("POST", "/openings", s.as(deputy), url.Values{"round": {r.ID}, "envelope": {tie}, "kind": {kind}, "category": {"hurt"}, "reason": {"They wrote that somebody hits them."}})
		page, _ := s.do("GET", "/openings/new?"+url.Values{"round": {r.ID}, "envelope": {tie}, "kind": {kind}}.Encode(), s.as(deputy), nil)
		if (page.StatusCode == 200) != (res.StatusCode == 303) {
			t.Errorf("%s as %s: the page %d, asking %d", tie, kind, page.StatusCode, res.StatusCode)
		}
		return res.StatusCode
	}
	refused := func(when string) {
		t.Helper()
		for _, kind := range []string{envelope.Answer, envelope.Comment, envelope.Concern} {
			if status := ask("tie-secret-c", kind); status != 404 {
				t.Errorf("%s, as %s: %d", when, kind, status)
			}
		}
	}
	refused("before")
	theirs := s.as(chair)
	s.do("POST", "/concerns/"+concern, theirs, nil)
	res, _ := s.do("POST", "/openings", theirs, url.Values{"concern": {concern}, "helper": {deputy.Person}, "reason": {"A child may be in danger at school."}})
	opening := res.Header.Get("Location")
	if _, body := s.do("GET", opening, s.as(deputy), nil); !strings.Contains(body, `data-open="pass"`) || strings.Contains(body, "tie-secret-c") {
		t.Errorf("the deputy's page\n%s", body)
	}
	refused("after")
	if _, err := envelope.NewStore(s.DB, s.Key).Ask(context.Background(), deputy, envelope.Request{Round: r.ID, Envelope: "tie-secret-c", Kind: envelope.Comment, Category: "hurt", Reason: "They wrote that somebody hits them."}); err == nil {
		t.Error("the store lets whom the chair asked ask for the name")
	}
	if status := ask("tie-open", envelope.Answer); status != 404 {
		t.Errorf("a comment asked for as an answer: %d", status)
	}
	if status := ask("tie-open", envelope.Comment); status != 303 {
		t.Errorf("a comment that they read: %d", status)
	}
}

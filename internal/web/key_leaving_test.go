package web_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestWhoeverHoldsAKeyIsNotTakenOffUnawares(t *testing.T) {
	s := newServer(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
	s.keyed(lead)
	s.keyed(deputy)
	head := s.as(s.Head)
	form := func(who access.Actor, email string, roles ...string) url.Values {
		return url.Values{"name": {who.Name}, "email": {email}, "roles": roles}
	}
	page := func(who access.Actor) string { return "/people/staff/" + who.Person }
	// As long as nothing is asked in confidence, keys are nobody's business.
	if res, _ := s.do("POST", page(chair), head, form(chair, s.Email(chair), "chair")); res.StatusCode != 303 {
		t.Fatalf("an address: %d", res.StatusCode)
	}
	for range 2 { // there and back
		for _, role := range []string{"teacher", "safeguarding_lead"} {
			if res, body := s.do("POST", page(lead), head, form(lead, "", role)); res.StatusCode != 303 {
				t.Fatalf("a %s where nothing is sealed: %d %s", role, res.StatusCode, body)
			}
		}
	}
	staff, err := roster.NewStore(s.DB).StaffList(context.Background(), lead.School)
	testkit.Must(t, err)
	r := s.confidential(envelope.One)
	for _, m := range staff { // those whom the test school begins with
		if m.ID != lead.Person && m.ID != deputy.Person && (m.Is(access.SafeguardingLead) || m.Is(access.SafeguardingDeputy)) {
			if res, body := s.do("POST", "/people/staff/"+m.ID+"/ending", head, nil); res.StatusCode != 303 {
				t.Fatalf("%s, without a key and with two left, goes: %d\n%s", m.Name(), res.StatusCode, body)
			}
		}
	}
	s.sealsName(r, "tie-1", "Ann Lee", "7B")
	for what, c := range map[string]struct {
		who   access.Actor
		form  url.Values
		wants []string
	}{
		"the lead becomes a teacher": {lead, form(lead, "", "teacher"), []string{"Ruth Moss holds a key", "one person alone in their place holds a key", "fewer than two people keep pupils safe"}},
		"the chair goes":             {chair, form(chair, s.Email(chair), "governor"), []string{"Cora Byrne is the chair of governors who is told"}},
		"the chair has no address":   {chair, form(chair, "", "chair"), []string{"Cora Byrne is the chair of governors who is told"}},
	} {
		res, body := s.do("POST", page(c.who), head, c.form)
		if res.StatusCode != 422 || slices.ContainsFunc(c.wants, func(w string) bool { return !strings.Contains(body, w) }) || !strings.Contains(body, `value="yes"`) {
			t.Errorf("%s: %d\n%s", what, res.StatusCode, body)
		}
	}
	// What changes nothing of it asks nothing.
	if res, body := s.do("POST", page(lead), head, form(lead, "", "safeguarding_lead", "teacher")); res.StatusCode != 303 {
		t.Errorf("the lead teaches as well: %d\n%s", res.StatusCode, body)
	}
	if _, body := s.do("GET", page(deputy), head, nil); !strings.Contains(body, "Dee Putnam holds a key") || !strings.Contains(body, "take them off all the same") {
		t.Errorf("the deputy's page\n%s", body)
	}
	if res, body := s.do("POST", page(deputy)+"/ending", head, nil); res.StatusCode != 422 || !strings.Contains(body, "Dee Putnam holds a key") {
		t.Errorf("the deputy goes: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", page(deputy)+"/ending", head, url.Values{"sure": {"yes"}}); res.StatusCode != 303 {
		t.Errorf("the deputy goes all the same: %d", res.StatusCode)
	}
	if res, body := s.do("POST", page(lead), head, form(lead, "", "teacher")); res.StatusCode != 422 || !strings.Contains(body, "nobody in their place holds a key") {
		t.Errorf("the last one: %d\n%s", res.StatusCode, body)
	}
	sure := form(lead, "", "teacher")
	sure.Set("sure", "yes")
	if res, _ := s.do("POST", page(lead), head, sure); res.StatusCode != 303 {
		t.Errorf("the last one all the same: %d", res.StatusCode)
	}
}

func TestAllLinesThatAreWrongAreNamed(t *testing.T) {
	s := newServer(t)
	head := s.as(s.Head)
	post := func(lines []string) string {
		t.Helper()
		res, body := s.do("POST", "/people/flags", head, url.Values{"name": {"Free school meals"}, "people": {strings.Join(lines, "\n")}})
		if res.StatusCode != 422 {
			t.Errorf("%d", res.StatusCode)
		}
		return body
	}
	if body := post([]string{"Nobody One"}); !strings.Contains(body, "Line 1 is no pupil on your list.") {
		t.Errorf("one line\n%s", body)
	}
	lines := slices.Repeat([]string{"", "Nobody"}, 13)
	if body := post(lines); !strings.Contains(body, "13 lines are no pupils on your list: 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 3 more.") || !strings.Contains(body, "Nobody\n\nNobody") {
		t.Errorf("many lines\n%s", body)
	}
}

package round_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// Parents and staff are asked in confidence by mail and in no other way, and what needs a card or a pupil's list is refused.
func TestAdultsInConfidenceAreMailed(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	groups := s.Families(families...)
	for _, c := range []struct {
		name, field, key string
		set              func(f *round.Form)
	}{
		{"by name", "mode", "round.named_adults", func(f *round.Form) { f.Mode = round.Named }},
		{"by lists of pupils", "flags", "round.flags_adults", func(f *round.Form) { f.Plan.Flags = []string{"meals"} }},
		{"linked", "linked", "round.linked_adults", func(f *round.Form) { f.Plan.Linked = true }},
	} {
		f := s.Personal(round.Confidential, "first_home", groups)
		c.set(&f)
		_, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
		said, _ := fault.Of(err)
		if said == nil || said.Fields[c.field].Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	s.Holders()
	f := s.Personal(round.Confidential, "first_home", groups)
	f.Plan.Policy = "two"
	r := s.Open(f)
	if !r.Mailed() || !r.Personal() || !r.Worries() || r.PromiseMode() != bank.Confidential {
		t.Errorf("by mail %v, personal %v", r.Mailed(), r.Personal())
	}
	if got := units(t, s, r); got != "school Riverside School 4/2, year Year 7 1/1, year Year 9 1/1" {
		t.Error(got)
	}
	for _, route := range s.Rounds().Routes(r) {
		if route == bank.Paper || route == bank.HandsUp {
			t.Errorf("it can be answered by %s", route)
		}
	}
	promise, err := s.Rounds().Promise(ctx, r, bank.AnyDevice)
	testkit.Must(t, err)
	var first, more []string
	for _, p := range promise.Shown(bank.ShowFirst) {
		first = append(first, p.Text)
	}
	for _, p := range promise.Shown(bank.ShowMore) {
		more = append(more, p.Text)
	}
	for _, want := range []string{"confidential, not anonymous", "only two people together can unlock it", "Faye Hart"} {
		if !strings.Contains(strings.Join(first, " "), want) {
			t.Errorf("the first page does not say %q: %v", want, first)
		}
	}
	for _, want := range []string{"Your child’s name is locked away with yours", "can read answers that may mean somebody is in danger"} {
		if !strings.Contains(strings.Join(more, " "), want) {
			t.Errorf("the promise does not say %q: %v", want, more)
		}
	}
	if words := len(strings.Fields(strings.Join(first, " "))); words > 150 {
		t.Errorf("the first page has %d words", words)
	}
}

// Nobody's sealed name may lie with themselves: who can open names is not asked in confidence, nor a parent with their address.
func TestWhoOpensNamesIsNotAsked(t *testing.T) {
	for _, c := range []struct {
		policy string
		want   string
	}{{"one", "[Amara Okafor, Ann Bell, Theo Brandt]"}, {"two", "[Ann Bell, Theo Brandt]"}} {
		s := testkit.NewSchool(t)
		ctx := context.Background()
		groups := s.Families("Ann Bell <ann@home.example>: Bo Bell 7A", "Ruth Moss <ruth@work.example>: Lee Moss 7A")
		lead, _, head, chair := s.Holders()
		testkit.Must(t, roster.NewStore(s.DB).ChangeStaff(ctx, s.Head, lead.Person, roster.StaffForm{Name: "Ruth Moss", Email: "Ruth@Work.example", Roles: []access.Role{access.SafeguardingLead}}))
		theo := s.Staff("Theo Brandt", access.Teacher)
		names := map[string]bool{}
		parents := s.Personal(round.Confidential, "first_home", groups)
		staff := s.Personal(round.Confidential, "working_here", nil)
		staff.Plan.People = []string{lead.Person, s.Deputy.ID, head.Person, chair.Person, theo.Person}
		for _, f := range []round.Form{parents, staff} {
			f.Plan.Policy = c.policy
			r := s.Open(f)
			asked, err := s.Rounds().Asked(ctx, r)
			testkit.Must(t, err)
			for _, a := range asked {
				names[a.Person.Name()] = true
			}
		}
		var got []string
		for n := range names {
			got = append(got, n)
		}
		slices.Sort(got)
		if text := "[" + strings.Join(got, ", ") + "]"; text != c.want {
			t.Errorf("%s: asked are %s, want %s", c.policy, text, c.want)
		}
		staff.Plan.Policy, staff.Plan.People = c.policy, []string{lead.Person}
		r, err := s.Rounds().SaveDraft(ctx, s.Head, "", staff)
		testkit.Must(t, err)
		apart, err := s.Rounds().Apart(ctx, r)
		testkit.Must(t, err)
		if len(apart) != 1 || apart[0].ID != lead.Person {
			t.Errorf("apart are %v", apart)
		}
		// Without names nobody is left out.
		f := s.MailForm("working_here", nil)
		f.Plan.People = []string{lead.Person, head.Person}
		open := s.Open(f)
		if asked, err := s.Rounds().Asked(ctx, open); err != nil || len(asked) != 2 {
			t.Errorf("without names %d are asked, %v", len(asked), err)
		}
	}
}

package collecting_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// TestStaffInConfidence asks staff: each by their own link, never those who can open names, and the envelope says whose an answer is.
func TestStaffInConfidence(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	lead, deputy, _, _ := s.Holders()
	ro := roster.NewStore(s.DB)
	f := s.Personal(round.Confidential, "working_here", nil)
	for i := range 12 {
		p, err := ro.AddStaff(ctx, s.Head, roster.StaffForm{Name: fmt.Sprintf("Tess T%d", i), Email: fmt.Sprintf("t%d@work.example", i)})
		testkit.Must(t, err)
		f.Plan.People = append(f.Plan.People, p.ID)
	}
	f.Plan.People = append(f.Plan.People, lead.Person, s.Lead.ID, s.Head.Person)
	r := s.Open(f)
	if r.Least != 10 {
		t.Errorf("groups of %d members of staff would be shown", r.Least)
	}
	st := participation.NewStore(s.DB, s.Key)
	if _, err := st.PrintForPaper(ctx, s.Head, r); keyOf(err) != "slips.personal" {
		t.Errorf("slips that belong to nobody: %v", err)
	}
	apart, err := s.Rounds().Apart(ctx, r)
	testkit.Must(t, err)
	// Under the policy of one the head opens nothing, and is asked like everybody else.
	if len(apart) != 2 || !slices.ContainsFunc(apart, func(p roster.Person) bool { return p.ID == lead.Person }) {
		t.Errorf("apart are %v", apart)
	}
	_, err = st.Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	codes := letters(s, r)
	if len(codes) != 12 || codes[lead.Person] != nil {
		t.Fatalf("%d people have links", len(codes)) // the head has no address in this school
	}
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	rng, doc := rand.New(rand.NewPCG(3, 1)), s.Doc(r)
	sent := map[string]collecting.Sending{}
	for i, p := range f.Plan.People[:11] {
		sent[p] = collecting.Sending{Code: codes[p][0], Receipt: fmt.Sprint("r", i), Answers: testkit.Choose(rng, doc), Route: "own_device"}
		if out, err := c.Submit(ctx, r, sent[p]); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	// Who has come to keys since they were invited answers no more: their own name would lie with them.
	last := f.Plan.People[11]
	for _, role := range []access.Role{access.SafeguardingDeputy, access.Chair, access.Teacher} {
		testkit.Must(t, ro.ChangeStaff(ctx, s.Head, last, roster.StaffForm{Name: "Tess T11", Email: "t11@work.example", Roles: []access.Role{role}}))
		if role == access.Teacher {
			break
		}
		out, err := c.Submit(ctx, r, collecting.Sending{Code: codes[last][0], Receipt: "r-late", Answers: testkit.Choose(rng, doc), Route: "own_device"})
		if out == collecting.Stored || keyOf(err) != "answer.unknown_code" {
			t.Errorf("a %s answers: %q, %v", role, out, err)
		}
	}
	var envelopes []envelope.Envelope
	testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&envelopes).Error)
	whose := map[string]bool{}
	for _, e := range envelopes {
		in := s.Inside(deputy.Open(decoded(t, e.Body)))
		if !strings.HasPrefix(in.Name, "Tess T") || in.Form != "member of staff" || in.Round != r.Title {
			t.Errorf("%+v", in)
		}
		whose[in.Person] = true
	}
	if len(whose) != 11 {
		t.Errorf("envelopes of %d people", len(whose))
	}
	// The link is good again after an answer is taken back, and its holder is reminded like whoever has not answered.
	first := f.Plan.People[0]
	testkit.Must(t, collecting.TakeBack(ctx, s.DB, s.Key, r, c.Number(r, sent[first])))
	if out, err := c.Look(ctx, r, codes[first][0]); out != collecting.Stored || err != nil {
		t.Errorf("the link of an answer that was taken back: %s, %v", out, err)
	}
	s.Clock.Forward(24 * time.Hour)
	testkit.Must(t, st.Remind(ctx, access.Clock(r.SchoolID), r.ID, 1, participation.HoursOf(s.School)))
	reminded := letters(s, r)
	if len(reminded) != 2 || reminded[first] == nil || reminded[f.Plan.People[11]] == nil || reminded[first][0] != codes[first][0] {
		t.Errorf("%d are reminded", len(reminded))
	}
}

func keyOf(err error) string {
	if f, ok := fault.Of(err); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

// TestParentsInConfidencePerChild gives a parent a link for each child, and says in the envelope about which child an answer is, also
// when the child has left since. Long names and many children do not show in its length.
func TestParentsInConfidencePerChild(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	long := strings.Repeat("Äñ&", 30)
	groups := s.Families("Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B", "Dan "+long+" <dan@home.example>: K1 "+long+" 7A, K2 "+long+" 7A, K3 "+long+" 9B, K4 "+long+" 9B", "Di Ho: Ed Ho 9B")
	lead, _, _, _ := s.Holders()
	pupils := pupilsOf(s)
	gone := slices.IndexFunc(pupils, func(p roster.Person) bool { return p.Given == "Cy" })
	for _, per := range []bool{false, true} {
		f := s.Personal(round.Confidential, "first_home", groups)
		f.Plan.PerChild = per
		r := s.Open(f)
		_, err := participation.NewStore(s.DB, s.Key).Invite(ctx, s.Head, r, 0)
		testkit.Must(t, err)
		c := collecting.NewCollector(s.DB, s.Key)
		t.Cleanup(c.Stop)
		rng, doc := rand.New(rand.NewPCG(3, 1)), s.Doc(r)
		links, n := letters(s, r), 0
		if per { // a child leaves
			testkit.Must(t, s.DB.Write(ctx).Model(&roster.Person{}).Where("id = ?", pupils[gone].ID).Update("ended_on", "2026-10-05").Error)
		}
		for _, codes := range links {
			for _, code := range codes {
				n++
				if out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint(per, n), Answers: testkit.Choose(rng, doc)}); out != collecting.Stored || err != nil {
					t.Fatal(out, err)
				}
			}
		}
		var envelopes []envelope.Envelope
		testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&envelopes).Error)
		var forms []string
		for _, e := range envelopes {
			plain := lead.Open(decoded(t, e.Body))
			if len(plain) != 1024 {
				t.Errorf("an envelope of %d bytes", len(plain))
			}
			if in := s.Inside(plain); in.Name == "Ann Bell" {
				forms = append(forms, in.Form)
			} else if !strings.HasPrefix(in.Name, "Dan Ä") || !strings.HasPrefix(in.Form, "parent or carer of K") {
				t.Errorf("%+v", in)
			}
		}
		slices.Sort(forms)
		want := "[parent or carer of Bo Bell (7A), Cy Bell (9B)]"
		if per {
			want = "[parent or carer of Bo Bell (7A) parent or carer of Cy Bell (9B)]"
		}
		if fmt.Sprint(forms) != want {
			t.Errorf("%v, want %s", forms, want)
		}
	}
}

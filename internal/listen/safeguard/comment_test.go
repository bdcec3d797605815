package safeguard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/listen/safeguard"
	"earshot/internal/listen/screen"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// boxes is a school with a round in which people may write, and those who read it.
func boxes(t *testing.T) (s *testkit.School, st safeguard.Store, round string, lead safeguard.Reader) {
	t.Helper()
	s = testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("how_is_learning"), s.Forms("7A 20, 7B 20")))
	return s, safeguard.NewStore(s.DB, s.Key), r.ID, safeguard.Reader{Actor: s.Staff("Ruth Moss", access.SafeguardingLead)}
}

func hold(t *testing.T, s *testkit.School, st safeguard.Store, round string, a safeguard.Adults, texts ...string) {
	t.Helper()
	var list []safeguard.Remark
	for i, text := range texts {
		list = append(list, safeguard.Remark{Question: "q9", Unit: fmt.Sprintf("u%d", i%3), Language: "en", Words: text, Far: safeguard.Retold})
	}
	testkit.Must(t, st.Hold(ctx, s.School.SchoolID, round, list, a))
}

func TestCommentsAreHandedOverTogether(t *testing.T) {
	s, st, round, lead := boxes(t)
	hold(t, s, st, round, safeguard.Adults{}, strings.Split(strings.Repeat("More time for lunch.,", 9), ",")[:9]...)
	if n, err := st.Deal(ctx, s.School.SchoolID, round, false); err != nil || n != 0 {
		t.Errorf("nine were handed over: %d, %v", n, err)
	}
	if q, err := st.Queue(ctx, lead, round); err != nil || len(q) != 0 {
		t.Errorf("the lead sees %d of nine come, %v", len(q), err)
	}
	if n, err := st.Counts(ctx, s.School.SchoolID); err != nil || len(n) != 0 {
		t.Errorf("their number shows that some have come: %v, %v", n, err)
	}
	hold(t, s, st, round, safeguard.Adults{}, "The toilets are locked.")
	if n, err := st.Deal(ctx, s.School.SchoolID, round, false); err != nil || n != 10 {
		t.Errorf("ten: %d, %v", n, err)
	}
	hold(t, s, st, round, safeguard.Adults{}, "And cold.")
	if n, err := st.Deal(ctx, s.School.SchoolID, round, true); err != nil || n != 1 {
		t.Errorf("in the morning: %d, %v", n, err)
	}
	q, err := st.Queue(ctx, lead, round)
	if err != nil || len(q) != 11 {
		t.Fatalf("%d, %v", len(q), err)
	}
	for _, o := range q {
		if o.Unit != "" {
			t.Errorf("the queue tells the class: %+v", o.Written)
		}
	}
}

func TestWhoReadsComments(t *testing.T) {
	s, st, round, lead := boxes(t)
	hold(t, s, st, round, safeguard.Adults{}, "More time for lunch.")
	_, err := st.Deal(ctx, s.School.SchoolID, round, true)
	testkit.Must(t, err)
	q, err := st.Queue(ctx, lead, round)
	testkit.Must(t, err)
	for _, role := range access.Roles {
		who := safeguard.Reader{Actor: s.Staff("Somebody "+string(role), role)}
		may := role == access.SafeguardingLead || role == access.SafeguardingDeputy || role == access.CommentReader
		list, err := st.Queue(ctx, who, round)
		if may != (err == nil && len(list) == 1) || !may && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s lists %d, %v", role, len(list), err)
		}
		if _, err := st.ReadComment(ctx, who, round, q[0].ID); may != (err == nil) {
			t.Errorf("%s reads: %v", role, err)
		}
	}
	// Nobody reads what was written in a class of their own, or what names them.
	for _, who := range []safeguard.Reader{{Actor: s.Staff("Ann Marsh", access.CommentReader), Own: map[string]bool{"u0": true}}, {Actor: s.Staff("Bob Lunch", access.CommentReader)}} {
		if list, err := st.Queue(ctx, who, round); err != nil || len(list) > 0 {
			t.Errorf("%s reads %d, %v", who.Name, len(list), err)
		}
		if n, err := st.ToRead(ctx, who, round); err != nil || n > 0 {
			t.Errorf("%s is sent to read %d, %v", who.Name, n, err)
		}
		if _, err := st.Decide(ctx, who, round, q[0].ID, safeguard.Decision{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s decides: %v", who.Name, err)
		}
	}
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	stranger := other.Staff("Sue Else", access.SafeguardingLead)
	if list, err := st.Queue(ctx, safeguard.Reader{Actor: stranger}, round); err != nil || len(list) > 0 {
		t.Errorf("another school reads %d, %v", len(list), err)
	}
}

func TestFromHeldToReady(t *testing.T) {
	s, st, round, lead := boxes(t)
	hold(t, s, st, round, safeguard.Adults{}, "Mr Hill shouts at Kim.")
	_, err := st.Deal(ctx, s.School.SchoolID, round, true)
	testkit.Must(t, err)
	q, err := st.Queue(ctx, lead, round)
	testkit.Must(t, err)
	id := q[0].ID
	o, err := st.ReadComment(ctx, lead, round, id)
	if err != nil || o.State != safeguard.Seen || len(o.Notes) != 1 || o.Notes[0].By != "Ruth Moss" || o.Unit != "" {
		t.Fatalf("%+v, %v", o, err)
	}
	// Its writer wants it retold, so the same words again are refused, however they are dressed.
	for _, told := range []string{"", "Mr Hill shouts at Kim.", "mr hill  shouts, at kim!", "They said: Mr Hill shouts at Kim.", "Mr Hill often shouts at Kim, ok", "Mr Hill yells at Kim."} {
		if _, err := st.Decide(ctx, lead, round, id, safeguard.Decision{Release: true, Told: told}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is let go: %v", told, err)
		}
	}
	o, err = st.Decide(ctx, lead, round, id, safeguard.Decision{Release: true, Told: "Somebody finds that there is too much shouting.", Note: "Spoken to him."})
	if err != nil || o.State != safeguard.Ready || o.Words != "Mr Hill shouts at Kim." || o.Told == o.Words {
		t.Fatalf("%+v, %v", o, err)
	}
	if list, err := st.ReadyToGo(ctx, s.School.SchoolID, round); err != nil || len(list) != 1 || list[0].Unit != "u0" {
		t.Errorf("%+v, %v", list, err)
	}
	if o, err = st.Decide(ctx, lead, round, id, safeguard.Decision{}); err != nil || o.State != safeguard.Kept || o.Told != "" {
		t.Errorf("kept after all: %+v, %v", o, err)
	}
	// The class is shown to who says why, and to nobody else.
	if _, err := st.RevealComment(ctx, lead, round, id, "  "); !fault.Is(err, fault.Invalid) {
		t.Errorf("shown without a reason: %v", err)
	}
	o, err = st.RevealComment(ctx, lead, round, id, "I need to speak to the class.")
	if err != nil || o.Unit != "u0" || !slices.ContainsFunc(o.Notes, func(n safeguard.Note) bool { return n.Class && n.Text == "I need to speak to the class." }) {
		t.Errorf("%+v, %v", o, err)
	}
	deputy := safeguard.Reader{Actor: s.Staff("Dan Reed", access.SafeguardingDeputy)}
	if q, err = st.Queue(ctx, deputy, round); err != nil || q[0].Unit != "" || len(q[0].Notes) != 3 {
		t.Errorf("the deputy sees %+v, %v", q, err)
	}
	testkit.Must(t, st.Gone(ctx, s.School.SchoolID, round, []string{id}))
	if _, err := st.Decide(ctx, lead, round, id, safeguard.Decision{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("what has gone is decided again: %v", err)
	}
}

func TestLeadOnlyGoesNoFurther(t *testing.T) {
	s, st, round, lead := boxes(t)
	testkit.Must(t, st.Hold(ctx, s.School.SchoolID, round, []safeguard.Remark{{Question: "q9", Words: "Please read this.", Far: safeguard.LeadOnly, Language: "en"}}, safeguard.Adults{}))
	_, err := st.Deal(ctx, s.School.SchoolID, round, true)
	testkit.Must(t, err)
	q, _ := st.Queue(ctx, lead, round)
	if _, err := st.Decide(ctx, lead, round, q[0].ID, safeguard.Decision{Release: true, Told: "Somebody asks for something."}); !fault.Is(err, fault.Invalid) {
		t.Errorf("let go: %v", err)
	}
}

func TestUrgentWordsAreAConcernAtOnce(t *testing.T) {
	s, st, round, lead := boxes(t)
	adults := safeguard.Adults{Leads: []string{"Ruth Moss", "Dan Reed"}, Head: []string{"Kate Brook"}}
	for text, want := range map[string]safeguard.To{
		"i want to kill myself":                               safeguard.Team,
		"Mrs Brook touched me and i dont want to tell anyone": safeguard.Leads,
		"the headteacher hits me":                             safeguard.Leads,
		"Miss Moss hit me":                                    safeguard.Head,
		"moss and reed are boring":                            safeguard.Head, // nobody who reads comments could read it
		"moss and reed and brook are boring":                  safeguard.Team, // they are told of it, and see who reads it
		"Miss Moss is boring":                                 "",             // the deputy reads it
		"more football":                                       "",
	} {
		before, err := st.Alerts(ctx)
		testkit.Must(t, err)
		hold(t, s, st, round, adults, text)
		after, err := st.Alerts(ctx)
		testkit.Must(t, err)
		if len(after)-len(before) != map[bool]int{true: 0, false: 1}[want == ""] {
			t.Errorf("%q: %d alerts", text, len(after)-len(before))
		}
		if want == "" {
			continue
		}
		var rows []safeguard.Concern
		testkit.Must(t, s.DB.Query(ctx).Where("goes_to = ?", want).Find(&rows).Error)
		if len(rows) == 0 {
			t.Errorf("%q did not go to %s", text, want)
		}
		testkit.Must(t, s.DB.Write(ctx).Where("1 = 1").Delete(&safeguard.Concern{}).Error)
	}
	adults.Chair = true
	hold(t, s, st, round, adults, "Mrs Brook touched me and i dont want to tell anyone")
	chair := s.Staff("Cora Chair", access.Chair)
	list, err := st.List(ctx, chair)
	if err != nil || len(list) != 1 {
		t.Fatalf("the chair has %d, %v", len(list), err)
	}
	for _, who := range []access.Actor{s.Head, lead.Actor} {
		if list, _ := st.List(ctx, who); len(list) != 0 {
			t.Errorf("%s sees it too", who.Name)
		}
	}
	_, said, err := st.Open(ctx, chair, list[0].ID)
	if err != nil || !strings.Contains(said.Words, "touched") || said.Unit == "" {
		t.Errorf("%+v, %v", said, err)
	}
	testkit.Must(t, st.Reveal(ctx, chair, list[0].ID, "To speak with the form tutor."))
}

// The tables say neither what was written nor where, and a comment and its copy have nothing in common.
func TestCommentsAreLockedAndJoinNothing(t *testing.T) {
	s, st, round, lead := boxes(t)
	hold(t, s, st, round, safeguard.Adults{}, "i want to kill myself", "the toilets are disgusting")
	var comments []safeguard.Comment
	var concerns []safeguard.Concern
	testkit.Must(t, s.DB.Query(ctx).Find(&comments).Error)
	testkit.Must(t, s.DB.Query(ctx).Find(&concerns).Error)
	if len(comments) != 2 || len(concerns) != 1 {
		t.Fatalf("%d comments, %d concerns", len(comments), len(concerns))
	}
	text := fmt.Sprintf("%+v %+v", comments, concerns)
	for _, secret := range []string{"kill myself", "toilets", "disgusting"} {
		if strings.Contains(text, secret) {
			t.Errorf("a table tells %q", secret)
		}
	}
	for _, c := range comments {
		if c.ID == concerns[0].ID {
			t.Error("a concern has the id of its comment")
		}
	}
	// Settling writes them anew: other ids, and a class that was too small counts with others.
	testkit.Must(t, st.Rewrite(ctx, s.School.SchoolID, round, map[string]string{"u0": "whole", "u1": "whole"}))
	var after []safeguard.Comment
	testkit.Must(t, s.DB.Query(ctx).Find(&after).Error)
	for _, c := range after {
		if slices.ContainsFunc(comments, func(b safeguard.Comment) bool { return b.ID == c.ID || b.Body == c.Body }) || !c.Dealt {
			t.Errorf("%s stands as it did", c.ID)
		}
		o, err := st.RevealComment(ctx, lead, round, c.ID, "to see")
		if err != nil || o.Unit != "whole" {
			t.Errorf("%+v, %v", o, err)
		}
	}
	q, err := st.Queue(ctx, lead, round)
	if err != nil || len(q) != 2 || q[0].Finding.Tier != screen.Red || !q[0].Passed {
		t.Errorf("%+v, %v", q, err)
	}
	testkit.Must(t, st.PurgeComments(ctx, s.School.SchoolID, round))
	if q, _ = st.Queue(ctx, lead, round); len(q) > 0 {
		t.Error("they are still there")
	}
}

func TestPassedOnByAReader(t *testing.T) {
	s, st, round, lead := boxes(t)
	hold(t, s, st, round, safeguard.Adults{}, "something is not right with my coach")
	_, err := st.Deal(ctx, s.School.SchoolID, round, true)
	testkit.Must(t, err)
	q, _ := st.Queue(ctx, lead, round)
	if _, err := st.Pass(ctx, lead, round, q[0].ID, "everybody"); !fault.Is(err, fault.Invalid) {
		t.Errorf("passed to nobody known: %v", err)
	}
	o, err := st.Pass(ctx, lead, round, q[0].ID, safeguard.Head)
	if err != nil || o.State != safeguard.Kept || !o.Passed {
		t.Fatalf("%+v, %v", o, err)
	}
	list, err := st.List(ctx, s.Head)
	if err != nil || len(list) != 1 || list[0].State != safeguard.New {
		t.Errorf("%+v, %v", list, err)
	}
}

package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/rehearsal"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// demoOptions are those of a demo that settles without making releases: those are made in a wing above this one.
func demoOptions(t *testing.T) rehearsal.Options {
	t.Helper()
	b, err := bank.Load()
	testkit.Must(t, err)
	clock, key := &rehearsal.Clock{}, testkit.Key(t)
	db := testkit.DBAt(t, clock.Now)
	return rehearsal.Options{DB: db, Clock: clock, Key: key, Bank: b, BaseURL: "http://127.0.0.1:8080", Seed: 1, Settle: settler(db, key, b)}
}

func settler(db *storage.DB, key seal.Key, b *bank.Bank) func(context.Context, access.Actor, string) error {
	return func(ctx context.Context, who access.Actor, id string) error {
		_, err := collecting.Settle(ctx, db, key, b, who, id)
		return err
	}
}

func TestDemoSchool(t *testing.T) {
	ctx := context.Background()
	o := demoOptions(t)
	demo, err := rehearsal.Start(ctx, o)
	testkit.Must(t, err)
	t.Logf("built in %v on %s", demo.Took, o.DB.Kind())

	ro := roster.NewStore(o.DB)
	school, err := ro.School(ctx, demo.School)
	testkit.Must(t, err)
	pupils, err := ro.Pupils(ctx, demo.School)
	testkit.Must(t, err)
	if !school.Invented || school.Name != "Riverside School" || len(pupils) < 900 || school.Roll != len(pupils) {
		t.Errorf("%s, invented %v, roll %d, %d pupils", school.Name, school.Invented, school.Roll, len(pupils))
	}
	names := map[string]bool{}
	for _, p := range pupils {
		names[p.Name()] = true
	}
	if len(names) != len(pupils) {
		t.Errorf("%d names for %d pupils", len(names), len(pupils))
	}
	groups, err := ro.Groups(ctx, demo.School, "")
	testkit.Must(t, err)
	sizes, err := ro.Sizes(ctx, demo.School)
	testkit.Must(t, err)
	teachers, err := ro.Teachers(ctx, demo.School)
	testkit.Must(t, err)
	kinds, tiny := map[string]int{}, 0
	for _, g := range groups {
		kinds[g.Kind+g.Subject]++
		if n := sizes[g.ID]; n < 4 || n > 31 || g.Kind == roster.Form && n < 26 {
			t.Errorf("%s has %d pupils", g.Name, n)
		} else if n <= 6 {
			tiny++
		}
		if len(teachers[g.ID]) != 1 {
			t.Errorf("%s has %d teachers", g.Name, len(teachers[g.ID]))
		}
	}
	if want := map[string]int{"form": 30, "classEnglish": 14, "classScience": 7}; !maps.Equal(kinds, want) || tiny != 3 {
		t.Errorf("groups %v, %d tiny", kinds, tiny)
	}
	checkAccounts(t, o, demo)
	checkRounds(t, o, demo)
	checkLanguages(t, o, demo)
	checkAgreed(t, o, demo)
	checkSealed(t, o, demo)

	text, err := json.Marshal(demo)
	testkit.Must(t, err)
	var keys map[string]json.RawMessage
	testkit.Must(t, json.Unmarshal(text, &keys))
	for _, k := range []string{"url", "accounts", "answer", "slips", "link", "lesson", "rounds"} {
		if keys[k] == nil {
			t.Errorf("no %q in %s", k, text)
		}
		delete(keys, k)
	}
	if len(keys) > 0 {
		t.Errorf("too much in the JSON: %v", keys)
	}
	checkResume(t, o, demo)
}

func checkAccounts(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	roles := map[string]int{}
	for _, a := range demo.Accounts {
		roles[a.Role]++
		if p := identity.CheckNewPassword(a.Password, a.Email, rehearsal.SchoolName); p != nil {
			t.Errorf("%s: %s", a.Email, p.Key)
		}
		acc, err := identity.NewStore(o.DB, o.Key).SignIn(ctx, a.Email, a.Password, "")
		testkit.Must(t, err)
		who, err := roster.NewStore(o.DB).Actor(ctx, acc.ID, demo.School)
		testkit.Must(t, err)
		if !who.Is(access.Role(a.Role)) {
			t.Errorf("%s is %v", a.Email, who.Roles)
		}
	}
	want := map[string]int{"head": 1, "leader": 1, "teacher": 2, "safeguarding_lead": 1, "safeguarding_deputy": 1, "administrator": 1, "governor": 1, "chair": 1}
	if !maps.Equal(roles, want) {
		t.Errorf("accounts: %v", roles)
	}
}

// checkSealed says that the keys of the demo's accounts open the sealed names, and that one name has been asked for and opened.
func checkSealed(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	var all []envelope.Envelope
	testkit.Must(t, o.DB.Query(ctx).Order("id").Limit(3).Find(&all).Error)
	keys := map[string]int{}
	for _, a := range demo.Accounts {
		if a.Key == "" {
			continue
		}
		id, err := age.ParseX25519Identity(a.Key)
		testkit.Must(t, err)
		for _, e := range all {
			body, err := base64.StdEncoding.DecodeString(e.Body)
			testkit.Must(t, err)
			r, err := age.Decrypt(bytes.NewReader(body), id)
			testkit.Must(t, err)
			plain, err := io.ReadAll(r)
			testkit.Must(t, err)
			var in envelope.Inside
			testkit.Must(t, json.Unmarshal(plain, &in))
			if in.ID != e.ID || in.Name == "" || in.Form[0] != '7' && in.Form[0] != '8' {
				t.Errorf("inside stands %+v", in)
			}
			keys[a.Role]++
		}
	}
	if want := map[string]int{"safeguarding_lead": 3, "safeguarding_deputy": 3}; !maps.Equal(keys, want) {
		t.Errorf("envelopes opened by %v", keys)
	}
	list, err := envelope.NewStore(o.DB, o.Key).Openings(ctx, demo.Head)
	testkit.Must(t, err)
	if len(list) != 1 || list[0].OpenedAt == nil || list[0].Asked != "Ruth Lindqvist" || !list[0].Over(o.DB.Now()) {
		t.Errorf("openings: %+v", list)
	}
}

// checkAgreed says that the first teacher finds what was agreed with each of their classes, and the second nothing.
func checkAgreed(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	kept := []int{}
	for _, a := range demo.Accounts {
		if a.Role != string(access.Teacher) {
			continue
		}
		acc, err := identity.NewStore(o.DB, o.Key).SignIn(ctx, a.Email, a.Password, "")
		testkit.Must(t, err)
		who, err := roster.NewStore(o.DB).Actor(ctx, acc.ID, demo.School)
		testkit.Must(t, err)
		n, classes := 0, 0
		for _, d := range demo.Rounds {
			r, err := round.NewStore(o.DB, o.Key, o.Bank).ByID(ctx, demo.School, d.ID)
			testkit.Must(t, err)
			owners, err := round.NewStore(o.DB, o.Key, o.Bank).UnitReaders(ctx, r)
			testkit.Must(t, err)
			for unit, teachers := range owners {
				if slices.Contains(teachers, who.Person) {
					note, err := action.NewStore(o.DB, o.Key, o.Bank).Note(ctx, who, r, unit)
					testkit.Must(t, err)
					n, classes = n+len(note.Enough), classes+1
				}
			}
		}
		if classes == 0 {
			t.Errorf("%s has no class that answered", a.Email)
		}
		kept = append(kept, n/max(1, classes))
	}
	if !slices.Equal(kept, []int{2, 0}) {
		t.Errorf("the teachers agreed on %v questions with a class", kept)
	}
}

func checkRounds(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	rounds := round.NewStore(o.DB, o.Key, o.Bank)
	states := map[string]int{}
	for _, d := range demo.Rounds {
		r, err := rounds.ByID(ctx, demo.School, d.ID)
		testkit.Must(t, err)
		states[string(d.State)+" "+string(r.Mode)+" "+string(r.Purpose)+" "+r.Audience]++
		doc, err := rounds.Document(ctx, r)
		testkit.Must(t, err)
		if q, chosen := doc.Question(r.Choices().Outcome); chosen != (r.State == round.Published && r.Mode != round.Confidential) || chosen && q.Item != "belong_s_belong" && q.Item != "home_f_recommend" && q.Item != "work_w_voice" {
			t.Errorf("what matters most in %s is %q", r.Title, q.Item)
		}
		var n int
		testkit.Must(t, response.NewStore(o.DB).Each(ctx, r.SchoolID, r.ID, func(response.Response) error { n++; return nil }))
		waiting, err := response.NewStore(o.DB).Waits(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		t.Logf("%-40s %-10s opened %s, %4d responses, %3d waiting", r.Title, r.State, r.OpenedAt.Format("2 Jan 15:04"), n, waiting)
		if r.HasResults() == (n == 0) || r.HasResults() && waiting > 0 {
			t.Errorf("%s is %s with %d responses, %d waiting", r.Title, r.State, n, waiting)
		}
		if r.HasResults() && !r.SettledAt.Before(o.DB.Now()) || r.OpenedAt.After(o.DB.Now()) {
			t.Errorf("%s is from the future", r.Title)
		}
		if r.State == round.Settled && !o.DB.Now().Before(r.LeadersFrom()) {
			t.Errorf("leaders wait no longer for %s", r.Title)
		}
	}
	want := map[string]int{"published anonymous school pupil_11_16": 2, "published anonymous school parent": 1, "published anonymous school staff": 1,
		"published confidential school pupil_11_16": 1,
		"settled anonymous learning pupil_11_16":    1, "open anonymous school pupil_11_16": 1, "open open_link school parent": 1}
	if !maps.Equal(states, want) {
		t.Errorf("rounds: %v", states)
	}
	link, err := rounds.ByCode(ctx, codeOf(demo.Link))
	testkit.Must(t, err)
	if link.Mode != round.OpenLink {
		t.Errorf("the link leads to %s", link.Title)
	}
	checkSlips(t, o, demo)
}

func codeOf(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// checkSlips says that each slip of the demo is a pupil's that nobody has used.
func checkSlips(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	r, err := round.NewStore(o.DB, o.Key, o.Bank).ByCode(ctx, codeOf(demo.Answer))
	testkit.Must(t, err)
	st := participation.NewStore(o.DB, o.Key)
	var hashes []string
	for _, code := range demo.Slips {
		hashes = append(hashes, st.Hash(r.ID, code))
	}
	found, err := st.Look(ctx, r.SchoolID, r.ID, hashes)
	testkit.Must(t, err)
	if r.State != round.Open || len(found) != rehearsal.Slips {
		t.Errorf("%s is %s, %d slips", r.Title, r.State, len(found))
	}
	for _, s := range found {
		if s.Spent || s.Kind != participation.ForPupil {
			t.Errorf("slip %+v", s)
		}
	}
}

// checkResume starts again on the same data: once as it was left, once with a slip spent in every form.
func checkResume(t *testing.T, o rehearsal.Options, first rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	second, err := rehearsal.Start(ctx, o)
	testkit.Must(t, err)
	if second.Answer != first.Answer || second.Link != first.Link || second.Slips == first.Slips || len(second.Rounds) != len(first.Rounds) {
		t.Errorf("second start: %+v", second)
	}
	checkSlips(t, o, second)

	rounds := round.NewStore(o.DB, o.Key, o.Bank)
	r, err := rounds.ByCode(ctx, codeOf(first.Answer))
	testkit.Must(t, err)
	doc, err := rounds.Document(ctx, r)
	testkit.Must(t, err)
	answers := survey.Answers{}
	for _, q := range doc.Questions() {
		answers[q.ID] = survey.Answer{State: survey.Skipped}
	}
	c := collecting.NewCollector(o.DB, o.Key)
	defer c.Stop()
	for range 40 {
		demo, err := rehearsal.Resume(ctx, o)
		testkit.Must(t, err)
		checkSlips(t, o, demo)
		if demo.Answer != first.Answer {
			return // every form has begun, and another round was opened
		}
		out, err := c.Submit(ctx, r, collecting.Sending{Code: demo.Slips[3], Receipt: demo.Slips[3], Answers: answers, Route: "own_device"})
		if err != nil || out != collecting.Stored {
			t.Fatalf("%s, %v", out, err)
		}
	}
	t.Error("no new round after forty starts")
}

func TestDemoKeepsAwayFromOtherSchools(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	o := rehearsal.Options{DB: s.DB, Clock: &rehearsal.Clock{}, Key: s.Key, Bank: s.Bank}
	if _, err := rehearsal.Start(ctx, o); err != rehearsal.ErrOtherSchool {
		t.Errorf("start: %v", err)
	}
	if _, err := rehearsal.Build(ctx, o); err != rehearsal.ErrOtherSchool {
		t.Errorf("build: %v", err)
	}
}

func TestDemoThatWasBrokenOff(t *testing.T) {
	ctx := context.Background()
	o := demoOptions(t)
	o.Settle = func(context.Context, access.Actor, string) error { return context.Canceled }
	if _, err := rehearsal.Start(ctx, o); err == nil {
		t.Fatal("built without settling")
	}
	if _, err := rehearsal.Start(ctx, o); err != rehearsal.ErrHalfBuilt {
		t.Errorf("second start: %v", err)
	}
}

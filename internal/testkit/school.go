package testkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Password is the password of everybody the makers invent.
const Password = "three plain words here"

// School is a school with a small cast, for tests.
type School struct {
	T      testing.TB
	DB     *storage.DB
	Key    seal.Key
	Bank   *bank.Bank
	Clock  *Clock
	School roster.School
	Head   access.Actor
	Lead   roster.Person
	Deputy roster.Person
}

// NewSchool opens a database and founds Riverside School in it, with a head, a safeguarding lead and a deputy.
func NewSchool(t testing.TB) *School {
	t.Helper()
	clock := NewClock()
	return FoundSchool(t, DBAt(t, clock.Now), Key(t), clock, "Riverside School")
}

// FoundSchool founds one more school in a database.
func FoundSchool(t testing.TB, db *storage.DB, key seal.Key, clock *Clock, name string) *School {
	t.Helper()
	b, err := bank.Load()
	Must(t, err)
	s := &School{T: t, DB: db, Key: key, Bank: b, Clock: clock}
	ctx := context.Background()
	ro := roster.NewStore(db)
	s.School, err = ro.CreateSchool(ctx, roster.School{Name: name, Nation: "england", Roll: 900, Escalation: "Children’s social care: 01632 960001\nLocal authority designated officer: 01632 960002\nPolice, not urgent: 101"})
	Must(t, err)
	s.Head = s.Staff("Amara Okafor", access.Head)
	s.Lead, err = ro.AddStaff(ctx, access.Clock(s.School.SchoolID), roster.StaffForm{Name: "Ruth Lindqvist", Roles: []access.Role{access.SafeguardingLead}, Place: "Room 4"})
	Must(t, err)
	s.Deputy, err = ro.AddStaff(ctx, access.Clock(s.School.SchoolID), roster.StaffForm{Name: "Dai Pritchard", Roles: []access.Role{access.SafeguardingDeputy}})
	Must(t, err)
	return s
}

// Must stops the test on an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Email is the address of somebody made by Staff.
func (s *School) Email(who access.Actor) string { return who.Person + "@example.org" }

// Staff adds a member of staff who can sign in.
func (s *School) Staff(name string, roles ...access.Role) access.Actor {
	s.T.Helper()
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	p, err := ro.AddStaff(ctx, access.Clock(s.School.SchoolID), roster.StaffForm{Name: name, Roles: roles})
	Must(s.T, err)
	id := identity.NewStore(s.DB, s.Key)
	a, err := id.EnsureAccount(ctx, p.ID+"@example.org", name)
	Must(s.T, err)
	Must(s.T, s.DB.Write(ctx).Exec("UPDATE accounts SET password = ? WHERE id = ?", quickHash(s.T), a.ID).Error)
	Must(s.T, ro.LinkAccount(ctx, s.School.SchoolID, p.ID, a.ID))
	who, err := ro.Actor(ctx, a.ID, s.School.SchoolID)
	Must(s.T, err)
	return who
}

var hashed = sync.OnceValues(func() (string, error) { return identity.HashPassword(context.Background(), Password) })

// quickHash hashes the one test password once a run.
func quickHash(t testing.TB) string {
	t.Helper()
	h, err := hashed()
	Must(t, err)
	return h
}

// Forms adds forms without names, "9A 27, 9B 28"; Classes does the same for classes of a subject.
func (s *School) Forms(text string) []roster.Group { return s.groups(roster.Form, text, "") }

// Classes adds classes of one subject, each taught by its teacher.
func (s *School) Classes(subject, text string, teachers ...access.Actor) []roster.Group {
	s.T.Helper()
	groups := s.groups(roster.Class, text, subject)
	for i, g := range groups {
		if len(teachers) > 0 {
			Must(s.T, roster.NewStore(s.DB).Teach(context.Background(), s.Head, g.ID, []string{teachers[i%len(teachers)].Person}))
		}
	}
	return groups
}

func (s *School) groups(kind, text, subject string) []roster.Group {
	s.T.Helper()
	lines, problems := roster.ParseGroups(text)
	if len(problems) > 0 {
		s.T.Fatalf("groups: %v", problems)
	}
	for i := range lines {
		lines[i].Subject = subject
	}
	groups, err := roster.NewStore(s.DB).SaveGroups(context.Background(), s.Head, kind, lines)
	Must(s.T, err)
	return groups
}

// Rounds is the store of rounds.
func (s *School) Rounds() round.Store { return round.NewStore(s.DB, s.Key, s.Bank) }

// Survey stores a survey made from a template of the bank.
func (s *School) Survey(template string) survey.Survey {
	s.T.Helper()
	doc, _, problems := survey.FromTemplate(s.Bank, template)
	if len(problems) > 0 {
		s.T.Fatalf("template %s: %v", template, problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, template)
	Must(s.T, err)
	return sv
}

// Form is a round's form with everything said, ready to be changed by a test.
func (s *School) Form(sv survey.Survey, groups []roster.Group) round.Form {
	f := round.Form{SurveyID: sv.ID, Title: sv.Title, About: round.AboutSchool, Mode: round.Anonymous, Purpose: access.ForSchool,
		Why: "we want lessons to fit you", MayChange: "How lessons begin.", ReplyPlace: "on the school's website",
		ClosesAt: s.DB.Now().AddDate(0, 0, 7), ReplyBy: storage.DateOf(s.DB.Now().AddDate(0, 0, 21), time.UTC),
		Plan: round.Plan{Readers: []string{s.Head.Person}}}
	for _, g := range groups {
		f.Plan.Groups = append(f.Plan.Groups, g.ID)
		if g.Kind == roster.Class {
			f.About = round.AboutClasses
		}
	}
	return f
}

// Open opens a round of a survey.
func (s *School) Open(f round.Form) round.Round {
	s.T.Helper()
	ctx := context.Background()
	r, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
	Must(s.T, err)
	r, err = collecting.Open(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	Must(s.T, err)
	return r
}

// Slips prints all slips of a round: unit name -> codes.
func (s *School) Slips(r round.Round) map[string][]string {
	s.T.Helper()
	ctx := context.Background()
	units, err := s.Rounds().Units(ctx, r)
	Must(s.T, err)
	sheets, err := participation.NewStore(s.DB, s.Key).Print(ctx, s.Head, r, units)
	Must(s.T, err)
	codes := map[string][]string{}
	for _, sh := range sheets {
		codes[sh.Unit.Name] = sh.Slips
	}
	return codes
}

// Doc is what a round asks.
func (s *School) Doc(r round.Round) survey.Document {
	s.T.Helper()
	doc, err := s.Rounds().Document(context.Background(), r)
	Must(s.T, err)
	return doc
}

// Choose makes up answers with a seeded random choice; about one question in twelve is left out.
func Choose(rng *rand.Rand, doc survey.Document) survey.Answers {
	answers := survey.Answers{}
	for _, q := range doc.Questions() {
		if q.Type.IsText() || rng.IntN(12) == 0 {
			answers[q.ID] = survey.Answer{State: survey.Skipped}
			continue
		}
		answers[q.ID] = survey.Answer{State: survey.Answered, Options: []string{q.Options[rng.IntN(len(q.Options))].ID}}
	}
	return answers
}

// Answer sends made-up answers for the first n codes and fails the test unless each is stored.
func (s *School) Answer(c *collecting.Collector, r round.Round, codes []string, n int, rng *rand.Rand) {
	s.T.Helper()
	doc := s.Doc(r)
	for i, code := range codes[:n] {
		out, err := c.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: fmt.Sprintf("receipt-%s-%d", code, i), Answers: Choose(rng, doc), Route: "own_device"})
		if err != nil || out != collecting.Stored {
			s.T.Fatalf("answer %d: %s, %v", i, out, err)
		}
	}
}

// CloseAndSettle closes a round and settles it at once.
func (s *School) CloseAndSettle(r round.Round) round.Round {
	s.T.Helper()
	ctx := context.Background()
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	Must(s.T, err)
	if left := r.ClosesAt.Sub(s.DB.Now()); r.Personal() && left > 0 {
		s.Clock.Forward(left) // until then answers can be taken back
	}
	r, err = collecting.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	Must(s.T, err)
	Must(s.T, collecting.Scrub(ctx, s.DB))
	return r
}

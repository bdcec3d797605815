package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
)

// questions each survey has.
const questions = 22

// size is how large a school is, and how often it has asked.
type size struct {
	forms  int // and as many classes
	pupils int // in each, on the roll
	answer int // of those
	rounds int
}

// responses are all that such a school holds.
func (s size) responses() int { return s.forms * s.answer * s.rounds }

// school is one school of the trust.
type school struct {
	size
	head, analyst access.Actor
	teachers      []access.Actor
	forms         []roster.Group
	classes       []roster.Group
	surveys       map[round.About]survey.Survey
	rounds        []round.Round // all published, the oldest first
}

// builder makes schools with years of answers in a moment. Schools, surveys, rounds, releases and sums are made by the
// program itself, at the time at which they would have been; answers are written as settling writes them, many at a time.
type builder struct {
	db    *storage.DB
	key   seal.Key
	bank  *bank.Bank
	clock *clock
	docs  map[round.About]survey.Document
	made  int // schools

	mu    sync.Mutex
	costs costs         // of every release; of one made while nothing else was, statements and memory too
	asked *atomic.Int64 // statements, once they are counted
}

// clock is what the program takes for the time.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) now() time.Time {
	if t := c.at.Load(); t != nil {
		return *t
	}
	return time.Now()
}

// put sets the clock; without it, it runs on its own.
func (c *clock) put(t time.Time) { c.at.Store(&t) }
func (c *clock) run()            { c.at.Store(nil) }

// newBuilder works on a database that tells the time by a clock.
func newBuilder(db *storage.DB, clock *clock, key seal.Key, bk *bank.Bank) (*builder, error) {
	b := &builder{db: db, key: key, bank: bk, clock: clock}
	return b, b.write()
}

// write writes the two surveys: one about the school as a whole, and one about a class, which its teacher reads.
func (b *builder) write() error {
	b.docs = map[round.About]survey.Document{}
	for _, about := range []round.About{round.AboutSchool, round.AboutClasses} {
		var items []string
		for _, i := range b.bank.Items {
			if i.Audience == "pupil_11_16" && !i.IsText() && i.Sensitive == "" && (i.About == bank.AboutThisClass) == (about == round.AboutClasses) {
				items = append(items, i.ID)
			}
		}
		// From all of the bank, not from its first gateways alone.
		var picked []string
		for n := range questions {
			picked = append(picked, items[n*len(items)/questions])
		}
		doc, _, problems := survey.FromItems(b.bank, fmt.Sprintf("About %s", about), "pupil_11_16", picked)
		if len(problems) > 0 || len(doc.Questions()) != questions {
			return fmt.Errorf("a survey of %d questions: %v", len(doc.Questions()), problems)
		}
		b.docs[about] = doc
	}
	return nil
}

// teachersFor so many classes: each has four.
func teachersFor(classes int) int { return (classes + 3) / 4 }

// found makes a school with its people, forms and classes, and its two surveys.
func (b *builder) found(ctx context.Context, name string, sz size) (*school, error) {
	s := &school{size: sz, surveys: map[round.About]survey.Survey{}}
	ro := roster.NewStore(b.db)
	founded, err := ro.CreateSchool(ctx, roster.School{Name: name, Nation: "england", Roll: sz.forms * sz.pupils, Invented: true, Escalation: "Children’s social care: 01632 960001"})
	if err != nil {
		return nil, err
	}
	staff := func(n int, name string, roles ...access.Role) (access.Actor, error) {
		p, err := ro.AddStaff(ctx, access.Clock(founded.SchoolID), roster.StaffForm{Name: name, Roles: roles})
		if err != nil {
			return access.Actor{}, err
		}
		account, err := identity.NewStore(b.db, b.key).EnsureAccount(ctx, p.ID+"@bench.example", name)
		if err != nil {
			return access.Actor{}, err
		}
		if err := ro.LinkAccount(ctx, founded.SchoolID, p.ID, account.ID); err != nil {
			return access.Actor{}, err
		}
		return ro.Actor(ctx, account.ID, founded.SchoolID)
	}
	if s.head, err = staff(0, "Bench Head", access.Head, access.SafeguardingLead); err != nil {
		return nil, err
	}
	if _, err = staff(1, "Bench Deputy", access.SafeguardingDeputy); err != nil {
		return nil, err
	}
	if s.analyst, err = staff(2, "Bench Analyst", access.TrustAnalyst); err != nil {
		return nil, err
	}
	for i := range teachersFor(sz.forms) {
		t, err := staff(3+i, fmt.Sprintf("Bench Teacher%d", i+1), access.Teacher)
		if err != nil {
			return nil, err
		}
		s.teachers = append(s.teachers, t)
	}
	var forms, classes []roster.GroupLine
	for i := range sz.forms {
		year := fmt.Sprint(7 + i*5/sz.forms)
		forms = append(forms, roster.GroupLine{Name: fmt.Sprintf("%s-%d", year, i+1), Year: year, Size: sz.pupils})
		classes = append(classes, roster.GroupLine{Name: fmt.Sprintf("%sEn%d", year, i+1), Year: year, Size: sz.pupils, Subject: "English"})
	}
	if s.forms, err = ro.SaveGroups(ctx, s.head, roster.Form, forms); err != nil {
		return nil, err
	}
	if s.classes, err = ro.SaveGroups(ctx, s.head, roster.Class, classes); err != nil {
		return nil, err
	}
	for i, c := range s.classes {
		if err := ro.Teach(ctx, s.head, c.ID, []string{s.teachers[i/4].Person}); err != nil {
			return nil, err
		}
	}
	for about, doc := range b.docs {
		if s.surveys[about], err = survey.NewStore(b.db).Add(ctx, s.head, doc, ""); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Days that a round takes from its opening, and days between two rounds: ten rounds go into little more than a year.
const (
	daysOpen      = 5
	daysToSettle  = 7
	daysToPublish = 14
	daysBetween   = 40
)

// opening is when the nth of so many rounds opened; the last was published yesterday.
func opening(n, rounds int) time.Time {
	return time.Now().AddDate(0, 0, -daysToPublish-(rounds-1-n)*daysBetween-1)
}

// about says what a school's nth round of so many is about: every fourth about classes, never the first and the last.
func about(n, rounds int) round.About {
	if n%4 == 1 && n < rounds-1 {
		return round.AboutClasses
	}
	return round.AboutSchool
}

// build makes some schools of a size, with all their rounds.
func (b *builder) build(ctx context.Context, n int, sz size) ([]*school, error) {
	list := make([]*school, n)
	first := b.made
	b.clock.put(opening(0, sz.rounds).AddDate(0, 0, -1)) // people have their roles from then on
	defer b.clock.run()
	if err := together(n, func(i int) (err error) {
		list[i], err = b.found(ctx, fmt.Sprintf("Bench School %d", first+i+1), sz)
		return err
	}); err != nil {
		return nil, err
	}
	return list, b.ask(ctx, list)
}

// ask takes schools of one size through their rounds, all schools together, since there is one clock.
func (b *builder) ask(ctx context.Context, schools []*school) error {
	if len(schools) == 0 {
		return nil
	}
	rounds := schools[0].size.rounds
	for n := range rounds {
		opens := opening(n, rounds)
		crowd := newCrowd(b.docs[about(n, rounds)])
		open := make([]round.Round, len(schools))
		for _, step := range []struct {
			day int
			do  func(i int) error
		}{
			{0, func(i int) (err error) { open[i], err = b.open(ctx, schools[i], n); return err }},
			{daysOpen, func(i int) error { _, err := b.rounds().Close(ctx, schools[i].head, open[i].ID); return err }},
			{daysToSettle, func(i int) error { return b.settle(ctx, schools[i], open[i].ID, crowd, uint64(b.made+i)) }},
			{daysToSettle, func(i int) error { return b.release(ctx, schools[i], open[i].ID) }},
			{daysToPublish, func(i int) error {
				r, err := b.rounds().Publish(ctx, schools[i].head, open[i].ID)
				schools[i].rounds = append(schools[i].rounds, r)
				return err
			}},
		} {
			b.clock.put(opens.AddDate(0, 0, step.day))
			if err := together(len(schools), step.do); err != nil {
				return fmt.Errorf("round %d: %w", n+1, err)
			}
		}
	}
	b.made += len(schools)
	return nil
}

// together does n things, as many at a time as there are processors.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				errs[i] = do(int(i))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (b *builder) rounds() round.Store { return round.NewStore(b.db, b.key, b.bank) }

// open opens a school's nth round. Rounds about the school name the question that matters most.
func (b *builder) open(ctx context.Context, s *school, n int) (round.Round, error) {
	of := about(n, s.size.rounds)
	now := b.db.Now()
	f := round.Form{SurveyID: s.surveys[of].ID, Title: fmt.Sprintf("Round %d", n+1), About: of, Mode: round.Anonymous, Purpose: access.ForSchool, Why: "we measure",
		MayChange: "Speed.", ReplyPlace: "here", ClosesAt: now.AddDate(0, 0, daysOpen), ReplyBy: storage.DateOf(now.AddDate(0, 0, 30), time.UTC), Plan: round.Plan{Readers: []string{s.head.Person}}}
	groups := s.forms
	if of == round.AboutClasses {
		f.Purpose, groups = access.ForLearning, s.classes
	}
	for _, g := range groups {
		f.Plan.Groups = append(f.Plan.Groups, g.ID)
	}
	doc := b.docs[of]
	if i := slices.IndexFunc(doc.Questions(), func(q survey.Question) bool { return result.IsOutcome(doc, q) }); i >= 0 && of == round.AboutSchool {
		f.Plan.Outcome = doc.Questions()[i].ID
	}
	r, err := b.rounds().SaveDraft(ctx, s.head, "", f)
	if err != nil {
		return r, err
	}
	return b.rounds().Open(ctx, s.head, r.ID)
}

// count counts from now on what is asked of the database.
func (b *builder) count() (err error) {
	b.asked, err = countStatements(b.db)
	return err
}

// release makes the release of a settled round and notes what it cost.
func (b *builder) release(ctx context.Context, s *school, id string) error {
	asked := func() float64 {
		if b.asked == nil {
			return 0
		}
		return float64(b.asked.Load())
	}
	before, bytes, began := asked(), allocated(), time.Now()
	_, err := result.NewStore(b.db, b.key, b.bank).Make(ctx, s.head.School, id)
	c := cost{ms: time.Since(began).Seconds() * 1000, statements: asked() - before, allocated: float64(allocated()-bytes) / 1000}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.costs = append(b.costs, c)
	return err
}

// settle leaves a closed round as the mover leaves it, with answers that were never in the inbox.
func (b *builder) settle(ctx context.Context, s *school, id string, crowd crowd, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 60))
	return b.db.InTx(ctx, func(tx *storage.DB) error {
		rounds := round.NewStore(tx, b.key, b.bank)
		r, err := rounds.ByID(ctx, s.head.School, id)
		if err != nil {
			return err
		}
		units, err := rounds.Units(ctx, r)
		if err != nil {
			return err
		}
		answered := map[string]int{}
		var rows []response.Response
		for _, u := range units {
			if !u.IsLeaf() {
				continue
			}
			answered[u.ID] = s.answer
			class := crowd.class(rng)
			for range s.answer {
				pace := response.Usual
				if rng.IntN(25) == 0 {
					pace = response.Fast
				}
				rows = append(rows, response.Response{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), CellID: u.ID, Answers: crowd.person(rng, class), Pace: pace})
			}
		}
		participation.Shuffle(rows)
		if err := response.NewStore(tx).Add(ctx, rows); err != nil {
			return err
		}
		if err := rounds.CountUnits(ctx, r, answered, collecting.Cells(units, answered)); err != nil {
			return err
		}
		return rounds.MarkSettled(ctx, &r)
	})
}

// Package rehearsal makes up a school to try things in, and answers a round as many people would.
//
// # The model behind the demo school
//
// Riverside's pupils and parents do not exist. Their answers come from a model, which is written down here because
// figures that look real should say where they come from.
//
// Every answer begins as a level: how well the thing that is asked about stands with one person in one class. It is the
// sum of
//
//   - a tendency of the question's gateway (a table: Riverside is good at belonging and at knowing its pupils, poor at
//     asking them, at telling them what came of it and at leaving them a quiet moment; parents see it more kindly);
//   - something of its own for each question;
//   - the year: a little lower for older pupils, and a little different in each gateway;
//   - the form or class: a little better or worse altogether, and more so in single gateways. One class, 10En3, is far
//     from the others: hardly ever calm, and full of pupils who help each other;
//   - the person: some are pleased with most things, some with few. It stays with them through every round;
//   - chance, with the logistic distribution.
//
// Thresholds cut the level into the options of the question's scale, as in an ordered logit. Where the low end is the
// favourable one the level is turned round. Where the middle is best, a higher level draws people towards it from
// either side. Options without an order are chosen with weights of their own. One answer in twenty is "I don't know"
// where that can be said; that something "does not apply" is commoner for two questions.
//
// Two years are asked in confidence. About three pupils in ten stand in the school's list for free school meals; those see
// school a little less kindly there.
//
// Pupils who guess their class think a little less of it than it says of itself.
//
// Staff answer as pupils do, all in one group. Every third teacher guesses what pupils say, a little too favourably.
//
// Not everybody answers: of each form or class between 70 and 97 in a hundred pupils do, between 25 and 45 in a hundred
// parents, and three in four members of staff. One person in twelve leaves out about a fifth of the questions. One in 25 rushes: they choose the
// same place on every scale, and their pace is fast.
//
// Forms and classes have 27 to 31 pupils, save the last set of each subject, which has four to six: too few to show.
//
// The model is a pure function of its seed. Names come from two lists at random. What is not from the seed are ids,
// codes and dates: a new demo school always had its first round about seven weeks ago.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Reasons why there is no demo school.
var (
	// ErrOtherSchool: the database holds a school that is not the demo's. Nothing was changed.
	ErrOtherSchool = errors.New("this database holds another school, and the demo keeps away from it: choose an empty folder")
	// ErrHalfBuilt: an earlier start was broken off before the demo school was complete.
	ErrHalfBuilt = errors.New("the demo school in this folder was never finished: delete the folder and start again")
)

// Options say where the demo school goes.
type Options struct {
	DB      *storage.DB // opened with Now: Clock.Now
	Clock   *Clock
	Key     seal.Key
	Bank    *bank.Bank
	BaseURL string // of the server
	Seed    uint64
	// Settle settles a closed round and makes its release.
	Settle func(ctx context.Context, who access.Actor, roundID string) error
}

func (o Options) rounds() round.Store { return round.NewStore(o.DB, o.Key, o.Bank) }

// Clock tells a database the time. While the demo school's history is written it goes behind; otherwise, and from the
// start, it is right.
type Clock struct{ behind atomic.Int64 }

// Now is the time on the clock.
func (c *Clock) Now() time.Time { return time.Now().Add(-time.Duration(c.behind.Load())) }

// PutBack sets the clock to a moment in the past, from which it goes on.
func (c *Clock) PutBack(to time.Time) { c.behind.Store(int64(time.Since(to))) }

// Right sets the clock right again.
func (c *Clock) Right() { c.behind.Store(0) }

// Demo is what somebody needs who wants to try the demo school out.
type Demo struct {
	URL      string         `json:"url"`
	Accounts []DemoAccount  `json:"accounts"`
	Answer   string         `json:"answer"` // page of the open round, without a code
	Slips    [Slips]string  `json:"slips"`  // unspent codes of it
	Link     string         `json:"link"`   // page of the round with an open link
	Lesson   string         `json:"lesson"` // where a class tries to unmask somebody
	Rounds   []DemoRound    `json:"rounds"` // the newest first
	School   string         `json:"-"`      // its id
	Head     access.Actor   `json:"-"`
	Took     *time.Duration `json:"-"` // to build it; nil if it was there
}

// Slips is how many codes a demo hands out.
const Slips = 20

// DemoAccount is somebody who can sign in.
type DemoAccount struct {
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Key      string `json:"key,omitempty"` // to sealed names; as it would stand on their recovery sheet
}

// DemoRound is one round of the demo school.
type DemoRound struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	State round.State `json:"state"`
}

// Start returns the demo school of a database, making it if the database is empty.
func Start(ctx context.Context, o Options) (Demo, error) {
	taken, err := roster.NewStore(o.DB).Any(ctx)
	if err != nil {
		return Demo{}, err
	}
	if taken {
		return Resume(ctx, o)
	}
	return Build(ctx, o)
}

// Build makes Riverside School in an empty database: its people, seven weeks of rounds and their answers.
// ErrOtherSchool if the database is not empty.
func Build(ctx context.Context, o Options) (Demo, error) {
	began := time.Now()
	taken, err := roster.NewStore(o.DB).Any(ctx)
	if err != nil {
		return Demo{}, err
	}
	if taken {
		return Demo{}, ErrOtherSchool
	}
	defer o.Clock.Right()
	b := &builder{Options: o, model: model{seed: o.Seed}, today: time.Now().In(london()), collector: collecting.NewCollector(o.DB, o.Key)}
	defer b.collector.Stop()
	if err := b.people(ctx); err != nil {
		return Demo{}, fmt.Errorf("demo school: %w", err)
	}
	if err := b.history(ctx); err != nil {
		return Demo{}, fmt.Errorf("demo school: %w", err)
	}
	o.Clock.Right()
	d, err := o.describe(ctx, b.head, b.open, b.link)
	took := time.Since(began)
	d.Took = &took
	return d, err
}

// Resume finds the demo school of an earlier start and mints new slips for its open round: those of a form in which
// nobody has answered yet. Where the open round is over or has been used up, it opens another one. ErrOtherSchool and
// ErrHalfBuilt if there is no demo school to go on with.
func Resume(ctx context.Context, o Options) (Demo, error) {
	head, err := theHead(ctx, o.DB, SchoolName, cast[0].email)
	if err != nil {
		return Demo{}, err
	}
	all, err := o.rounds().List(ctx, head)
	if err != nil {
		return Demo{}, err
	}
	var open, link *round.Round
	linked := false
	for i, r := range all {
		linked = linked || r.Mode == round.OpenLink
		switch soon := o.DB.Now().Add(2 * time.Hour); {
		case r.State != round.Open || r.ClosesAt.Before(soon):
		case r.Mode == round.OpenLink && link == nil:
			link = &all[i]
		case r.Mode == round.Anonymous && bank.IsPupils(r.Audience) && open == nil:
			unit, err := o.untouched(ctx, r)
			if err != nil {
				return Demo{}, err
			}
			if unit != nil {
				open = &all[i]
			}
		}
	}
	if !linked { // the link is the last thing that Build makes
		return Demo{}, ErrHalfBuilt
	}
	b := &builder{Options: o, model: model{seed: o.Seed}, today: time.Now().In(london()), head: head}
	if open == nil {
		if open, err = b.openAgain(ctx); err != nil {
			return Demo{}, fmt.Errorf("demo school: %w", err)
		}
	}
	if link == nil {
		if link, err = b.openLink(ctx, b.today); err != nil {
			return Demo{}, fmt.Errorf("demo school: %w", err)
		}
	}
	return o.describe(ctx, head, open, link)
}

// untouched finds a form of a round that is large enough and in which nobody has answered; nil if there is none.
func (o Options) untouched(ctx context.Context, r round.Round) (*round.Unit, error) {
	units, err := o.rounds().Units(ctx, r)
	if err != nil {
		return nil, err
	}
	rates, err := participation.NewStore(o.DB, o.Key).Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return nil, err
	}
	for i := len(units) - 1; i >= 0; i-- {
		if u := units[i]; u.IsLeaf() && u.Size >= Slips && rates[u.ID].Spent == 0 {
			return &u, nil
		}
	}
	return nil, nil
}

// describe mints the slips and says what there is.
func (o Options) describe(ctx context.Context, head access.Actor, open, link *round.Round) (Demo, error) {
	base := strings.TrimSuffix(o.BaseURL, "/")
	d := Demo{URL: base, Answer: base + "/a/" + open.Code, Link: base + "/a/" + link.Code, School: head.School, Head: head}
	unit, err := o.untouched(ctx, *open)
	if err != nil {
		return Demo{}, err
	}
	if unit == nil {
		return Demo{}, fmt.Errorf("demo school: no form of %q is left to print slips for", open.Title)
	}
	sheets, err := participation.NewStore(o.DB, o.Key).Print(ctx, head, *open, []round.Unit{*unit})
	if err != nil {
		return Demo{}, err
	}
	copy(d.Slips[:], sheets[0].Slips)
	for i, m := range cast {
		if m.email == "" {
			continue
		}
		a := DemoAccount{Role: string(m.roles[0]), Email: m.email, Password: m.password}
		if slices.Contains(holders, i) {
			id, err := demoKey(o.Key, m)
			if err != nil {
				return Demo{}, err
			}
			a.Key = id.String()
		}
		d.Accounts = append(d.Accounts, a)
	}
	all, err := o.rounds().List(ctx, head)
	for _, r := range all {
		d.Rounds = append(d.Rounds, DemoRound{r.ID, r.Title, r.State})
		if d.Lesson == "" && r.State == round.Published && r.Mode == round.Anonymous && bank.IsPupils(r.Audience) && r.About == round.AboutSchool {
			d.Lesson = base + "/unmask/" + r.Code
		}
	}
	return d, err
}

// people founds the school and gives those of the cast who sign in their accounts.
func (b *builder) people(ctx context.Context) error {
	since := b.schoolDay(56)
	b.Clock.PutBack(since.Add(8 * time.Hour))
	b.town = everybody(b.model, storage.DateOf(since, since.Location()))
	return b.DB.InTx(ctx, func(tx *storage.DB) error {
		ro := roster.NewStore(tx)
		school, err := ro.CreateSchool(ctx, roster.School{Name: SchoolName, Nation: "england", Roll: len(b.town.pupils), Invented: true, Escalation: inventedEscalation})
		if err != nil {
			return err
		}
		if err := ro.TakeIn(ctx, access.Clock(school.SchoolID), b.town.intake); err != nil {
			return err
		}
		id := identity.NewStore(tx, b.Key)
		for i, m := range cast {
			if m.email == "" {
				continue
			}
			a, err := id.EnsureAccount(ctx, m.email, m.name)
			if err != nil {
				return err
			}
			if err := id.SetPassword(ctx, a.ID, m.password); err != nil {
				return err
			}
			if err := ro.LinkAccount(ctx, school.SchoolID, b.town.cast[i].ID, a.ID); err != nil {
				return err
			}
			if i == 0 {
				if b.head, err = ro.Actor(ctx, a.ID, school.SchoolID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Package intruder plays somebody who has a reason to find out what one pupil said, and tries hard.
//
// The intruder has the class register, which says who is in which form and set and who is a girl, and knows who was there to
// answer. They see everything that a head, or a teacher, may see of a school, through the same function as the pages. They
// do with it what can be done:
//
//   - the figures of a pupil's own form or class, as anybody would;
//   - differencing: all groups at once, so that a form less its neighbours comes out of the year;
//   - splits: what girls said, and what those said who describe themselves otherwise, with the register at hand;
//   - in a confidential round, what those said whom the school's list calls girls: the list is the register itself;
//   - what pupils wrote there and an adult let go, dealt out by its mood and by its order;
//   - earlier rounds, in which the same pupils answered the same questions;
//   - bounds: what is pinned because counts are whole and not below zero, near-unanimous forms among it.
//
// From what they know they estimate how many girls and how many others of each form gave each answer: the table of greatest
// entropy with these figures, by iterative proportional fitting (Deming and Stephan 1940). Then they do two things. They
// predict every pupil's answer to every question; and they are handed the answers of each form in random order, with nobody's
// name on them, which nobody ever is, and match them to the register.
//
// Predicting succeeds only as far as it beats somebody who knows nothing but the published figures of the smallest group that
// the pupil is in. Where bars are folded, that somebody goes by the next larger group and the public page, as anybody would. Matching succeeds
// only as far as it beats chance, which gets one pupil a form right.
//
// The same intruder is then given a school that hides nothing, to show that they are not a fool.
package intruder

import (
	"context"
	"fmt"
	"math"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
)

// Options say which school is attacked.
type Options struct {
	DB     *storage.DB // empty and migrated, opened with Now: Clock.Now
	Clock  *rehearsal.Clock
	Key    seal.Key
	Bank   *bank.Bank
	People int // pupils, thirty to a form
	Seed   uint64
}

// Report is how far the intruder got.
type Report struct {
	Pupils, Forms int
	Predictions   []Prediction
	Matches       []Match
	// Sure counts what follows for certain about a form, or about its girls or its others: that one or two of them gave an
	// answer, or, of so few, all.
	Sure int
	// ByList is how many questions of the confidential round were told by the school's list: with none, nothing was tried.
	ByList int
}

// Prediction is how often an intruder named the right answer, and how often somebody did who knew less.
type Prediction struct {
	Who, With      string
	Right, Of      int
	Plain          int // right by the figures of the pupil's own group alone
	Gained, Lost   int // right where the plain guess was wrong, and the other way round
	NothingIsMeant bool
}

// Match is how many rows without names went to the pupils they belong to.
type Match struct {
	Who            string
	Right, Of      int
	Chance         float64 // expected of somebody who deals them out at random
	NothingIsMeant bool
}

// sure is the one-sided 99% point of the normal distribution: so many attempts are made in one run that one in twenty would
// often be met by chance.
const sure = 2.326

// Beats says whether the gain is more than chance explains: a sign test over the answers on which the two differ.
func (p Prediction) Beats() bool {
	return float64(p.Gained-p.Lost) > sure*math.Sqrt(float64(p.Gained+p.Lost))+1
}

// Beats says whether more were right than chance explains. The number of right ones in a random order has mean and variance
// one a form.
func (m Match) Beats() bool { return float64(m.Right) > m.Most() }

// Most is how many chance gets right at most, 99 times in 100.
func (m Match) Most() float64 {
	// The number of those who get their own row back by chance is all but Poisson's.
	k, term := 0.0, math.Exp(-m.Chance)
	for sum := term; sum < 0.99; sum += term {
		k++
		term *= m.Chance / k
	}
	return k
}

// Found says whether the intruder got anywhere. What they do where nothing is hidden does not count.
func (r Report) Found() bool {
	found := r.Sure > 0
	for _, p := range r.Predictions {
		found = found || !p.NothingIsMeant && p.Beats()
	}
	for _, m := range r.Matches {
		found = found || !m.NothingIsMeant && m.Beats()
	}
	return found
}

// String is the report for people.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pupils in %d forms\n\nPredicting what a pupil said: right, and right by the pupil's own group alone\n", r.Pupils, r.Forms)
	for _, p := range r.Predictions {
		of := float64(max(1, p.Of))
		fmt.Fprintf(&b, "  %-22s %-36s %5.1f%%  %5.1f%%  (%d answers; %d gained, %d lost: %s)\n", p.Who, p.With, 100*float64(p.Right)/of, 100*float64(p.Plain)/of, p.Of, p.Gained, p.Lost, verdict(p.Beats()))
	}
	fmt.Fprintf(&b, "\nMatching answers without names to the register: right, by chance, and the most that chance gets\n")
	for _, m := range r.Matches {
		fmt.Fprintf(&b, "  %-22s %4d of %d, %.0f, %.0f: %s\n", m.Who, m.Right, m.Of, m.Chance, m.Most(), verdict(m.Beats()))
	}
	fmt.Fprintf(&b, "\nCertain of one or two pupils: %d\n", r.Sure)
	return b.String()
}

func verdict(beats bool) string {
	if beats {
		return "better"
	}
	return "no better"
}

// Run founds a school, lets it answer, and attacks it.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.People < 120 {
		return Report{}, fmt.Errorf("the intruder needs a school of 120 pupils or more")
	}
	defer o.Clock.Right()
	s := newSchool(o)
	if err := s.found(ctx); err != nil {
		return Report{}, fmt.Errorf("the school: %w", err)
	}
	for _, ask := range []func(context.Context) error{s.askBefore, s.askForms, s.askClasses, s.confide} {
		if err := ask(ctx); err != nil {
			return Report{}, fmt.Errorf("a round: %w", err)
		}
	}
	return s.attack(ctx)
}

package testkit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/roster"
)

// Trust makes a trust of this school and others, which it founds. Each asks a ready survey in two forms, and publishes what was
// said; then the clock adds it up. The others come back, each with its round, the school's own first. Schools differ: in some,
// answers lean to one end of the scales.
func (s *School) Trust(c *collecting.Collector, template string, others int) (trust roster.Trust, schools []*School, rounds []round.Round) {
	s.T.Helper()
	ctx := context.Background()
	trust, err := roster.NewStore(s.DB).CreateTrust(ctx, "Northfield Trust")
	Must(s.T, err)
	schools = []*School{s}
	for i := range others {
		schools = append(schools, FoundSchool(s.T, s.DB, s.Key, s.Clock, fmt.Sprintf("%s School", []string{"Ashdown", "Birchwood", "Coverdale", "Denholm", "Elmfield", "Fernhill", "Glenview", "Harland"}[i])))
	}
	for i, of := range schools {
		Must(s.T, roster.NewStore(s.DB).JoinTrust(ctx, of.Head, trust.ID))
		rounds = append(rounds, of.Publish(c, template, uint64(i)))
	}
	Must(s.T, s.SumTrusts())
	return trust, schools, rounds
}

// SumTrusts lets the clock make the sums that are due.
func (s *School) SumTrusts() error {
	return schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}.SumTrusts(context.Background())
}

// Publish takes a ready survey from its draft to published results: two forms, answered by nearly all.
func (s *School) Publish(c *collecting.Collector, template string, seed uint64) round.Round {
	s.T.Helper()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(seed, 77))
	form := s.Form(s.Survey(template), s.Forms("7A 30, 8A 28"))
	form.ClosesAt = s.DB.Now().AddDate(0, 0, 7)
	r := s.Open(form)
	doc, lean := s.Doc(r), 0.4+0.5*float64(seed%4)
	codes := s.Slips(r)
	for _, unit := range []string{"7A", "8A"} {
		for i, code := range codes[unit][:26] {
			answers := survey.Answers{}
			for _, q := range doc.Questions() {
				x := rng.Float64()
				for n := lean; n > 1; n -= 0.5 {
					x *= 0.5 + rng.Float64()/2
				}
				options := slices.DeleteFunc(slices.Clone(q.Options), func(o survey.Option) bool { return q.IsMissing(o.ID) })
				answers[q.ID] = survey.Answer{State: survey.Answered, Options: []string{options[min(int(x*float64(len(options))), len(options)-1)].ID}}
			}
			out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint(r.ID, unit, i), Answers: answers, Route: "own_device"})
			if err != nil || out != collecting.Stored {
				s.T.Fatalf("answer %d: %s, %v", i, out, err)
			}
		}
	}
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	Must(s.T, err)
	r, err = schedule.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	Must(s.T, err)
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	r, err = s.Rounds().Publish(ctx, s.Head, r.ID)
	Must(s.T, err)
	return r
}

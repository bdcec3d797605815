package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/rehearsal"
)

// many is the number of clients that the promises are about.
const many = 64

// crowds are how many answer at once, and how many answers each of them is worth measuring with.
var crowds = []struct{ clients, committed, posted int }{{1, 1500, 1000}, {8, 4000, 3000}, {many, 12000, 8000}, {256, 20000, 8000}}

// repeats of what is measured with many clients, of which the median counts: other programs run on every machine.
const repeats = 5

// rates measures how many answers a second are on disk and acknowledged: by the committer alone, over HTTP, and by
// pgbench, which writes the same rows in a transaction for each response.
func rates(ctx context.Context, s *sheet, p *place, base *baseline) error {
	var committerTo, httpTo []float64 // pgbench, turn by turn
	var gathered []float64            // to one a transaction, turn by turn
	for _, c := range crowds {
		times := 1
		if c.clients == many {
			times = repeats
		}
		var committed, posted, pgbench []float64
		for range times {
			n, err := committer(ctx, p, c.clients, c.committed)
			if err != nil {
				return err
			}
			committed = append(committed, n)
			if c.clients == many && p.name == "sqlite" {
				// With one client every transaction holds one answer.
				one, err := committer(ctx, p, 1, 1000)
				if err != nil {
					return err
				}
				gathered = append(gathered, n/one)
			}
			r, err := post(ctx, p, c.clients, c.posted)
			if err != nil {
				return err
			}
			posted = append(posted, r.Throughput)
			if p.name != "postgres" {
				continue
			}
			if n, err = base.run(ctx, c.clients); err != nil {
				return err
			}
			pgbench = append(pgbench, n)
		}
		s.add(fmt.Sprintf("%s_committer_%d_clients", p.name, c.clients), median(committed), "responses/s")
		s.add(fmt.Sprintf("%s_http_%d_clients", p.name, c.clients), median(posted), "responses/s")
		if c.clients == many && p.name == "postgres" {
			committerTo, httpTo = ratios(committed, pgbench), ratios(posted, pgbench)
		}
		if p.name == "postgres" {
			s.add(fmt.Sprintf("pgbench_%d_clients", c.clients), median(pgbench), "responses/s")
		}
	}
	all := s.value(fmt.Sprintf("%s_committer_%d_clients", p.name, many))
	if p.name == "sqlite" {
		s.add("sqlite_committer_64_to_one_a_transaction", median(gathered), "ratio", atLeast(5))
		plain, err := plainSQL(ctx, p, 6000)
		if err != nil {
			return err
		}
		s.add("sqlite_plain_sql_one_a_transaction", plain, "responses/s")
		s.add("sqlite_committer_64_to_plain_sql", all/plain, "ratio")
		return nil
	}
	s.add("postgres_committer_64_to_pgbench", median(committerTo), "ratio", atLeast(1.5))
	s.add("postgres_http_64_to_pgbench", median(httpTo), "ratio", atLeast(0.35))
	s.add("sqlite_http_64_to_pgbench", s.value("sqlite_http_64_clients")/s.value(fmt.Sprintf("pgbench_%d_clients", many)), "ratio")
	return nil
}

// asked opens a round for so many pupils and makes up what they say.
func (p *place) asked(ctx context.Context, people int) ([]*rehearsal.Pupil, error) {
	if err := p.school.Ask(ctx, people); err != nil {
		return nil, err
	}
	p.seed++
	return rehearsal.Pupils(p.school.Doc, p.school.Codes, p.seed)
}

// committer lets everybody of a new round submit, without HTTP, and returns the rate.
func committer(ctx context.Context, p *place, clients, people int) (float64, error) {
	pupils, err := p.asked(ctx, people)
	if err != nil {
		return 0, err
	}
	return p.submit(ctx, clients, pupils)
}

func (p *place) submit(ctx context.Context, clients int, pupils []*rehearsal.Pupil) (float64, error) {
	answers := make([]survey.Answers, len(pupils))
	for i, pupil := range pupils {
		var err error
		if answers[i], err = survey.DecodeAnswers([]byte(pupil.Answers)); err != nil {
			return 0, err
		}
	}
	collector := collecting.NewCollector(p.school.DB, p.school.Key)
	defer collector.Stop()
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(pupils)); i = next.Add(1) - 1 {
				out, err := collector.Submit(ctx, p.school.Round, collecting.Sending{Code: pupils[i].Code, Receipt: pupils[i].Receipt,
					Answers: answers[i], Pace: "usual", Route: "own_device"})
				if err != nil || out != collecting.Stored {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if n := failed.Load(); n > 0 {
		return 0, fmt.Errorf("%d of %d answers were not stored", n, len(pupils))
	}
	return float64(len(pupils)) / took.Seconds(), nil
}

// post lets everybody of a new round send over HTTP.
func post(ctx context.Context, p *place, clients, people int) (rehearsal.LoadReport, error) {
	pupils, err := p.asked(ctx, people)
	if err != nil {
		return rehearsal.LoadReport{}, err
	}
	return p.load(ctx, pupils, rehearsal.LoadOptions{Clients: clients, JustSend: true, Warm: true})
}

// load lets pupils answer and does not put up with a single failure.
func (p *place) load(ctx context.Context, pupils []*rehearsal.Pupil, o rehearsal.LoadOptions) (rehearsal.LoadReport, error) {
	o.URL = p.server.URL
	r, err := rehearsal.Load(ctx, o, p.school.Round.Code, pupils)
	if err == nil && r.Stored < r.People {
		err = fmt.Errorf("%d of %d answers did not arrive: %s", r.People-r.Stored, r.People, r.FirstError)
	}
	return r, err
}

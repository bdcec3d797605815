package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/rehearsal"
	"earshot/internal/schedule"
	"earshot/internal/school/identity"
	"earshot/internal/web/page"
)

// journeys measures whole journeys: page, style and script once a device, the look at the slip, the answers.
func journeys(ctx context.Context, s *sheet, p *place, base *baseline) error {
	for _, clients := range []int{8, many, 256} {
		pupils, err := p.asked(ctx, 4000)
		if err != nil {
			return err
		}
		before, err := p.server.Usage()
		if err != nil {
			return err
		}
		dbBefore, err := base.cpu()
		if err != nil {
			return err
		}
		r, err := p.load(ctx, pupils, rehearsal.LoadOptions{Clients: clients, Warm: true})
		if err != nil {
			return err
		}
		after, err := p.server.Usage()
		if err != nil {
			return err
		}
		dbAfter, err := base.cpu()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s_journeys_%d_clients", p.name, clients)
		each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(r.Stored) }
		s.add(name, r.Throughput, "journeys/s")
		if clients == many {
			s.add(name+"_server_cpu", each(after.CPU-before.CPU), "ms/journey", below(1))
		} else {
			s.add(name+"_server_cpu", each(after.CPU-before.CPU), "ms/journey")
		}
		if p.name == "postgres" {
			s.add(name+"_database_cpu", each(dbAfter-dbBefore), "ms/journey")
		}
		s.add(name+"_request_p50", r.Request.P50, "ms")
		s.add(name+"_request_p95", r.Request.P95, "ms")
		s.add(name+"_request_p99", r.Request.P99, "ms")
		if verdict, err := p.school.Verify(ctx, pupils); err != nil || !verdict.OK() {
			return fmt.Errorf("%v %s", err, verdict)
		}
		if p.name == "sqlite" && clients == many {
			s.add("first_view_bytes", float64(r.FirstView.Bytes), "bytes", atMost(14336))
			s.add("first_view_requests", float64(r.FirstView.Requests), "requests", atMost(3))
		}
	}
	return nil
}

// minute lets 1,500 pupils arrive within a minute, each on a device of their own that is 300 ms away.
func minute(ctx context.Context, s *sheet, p *place, _ *baseline) error {
	pupils, err := p.asked(ctx, 1500)
	if err != nil {
		return err
	}
	before, err := p.server.Usage()
	if err != nil {
		return err
	}
	r, err := p.load(ctx, pupils, rehearsal.LoadOptions{Clients: len(pupils), RTT: 300 * time.Millisecond, Over: time.Minute, Warm: true})
	if err != nil {
		return err
	}
	tries := 0
	for _, n := range r.Retries {
		tries += n
	}
	after, err := p.server.Usage()
	if err != nil {
		return err
	}
	name := p.name + "_1500_in_a_minute_300ms_away"
	s.add(name+"_server_cpu", (after.CPU-before.CPU).Seconds()*1000/float64(r.Stored), "ms/journey")
	s.add(name+"_p50", r.Request.P50, "ms")
	s.add(name+"_p99", r.Request.P99, "ms", below(1000))
	s.add(name+"_errors", float64(tries), "requests", atMost(0))
	return nil
}

// memory is the most that the server ever held until now, with 1,500 devices connected among others.
func memory(_ context.Context, s *sheet, p *place, _ *baseline) error {
	used, err := p.server.Usage()
	if err != nil {
		return err
	}
	s.add(p.name+"_server_memory", used.Megabytes(), "MB", atMost(150))
	return nil
}

// pages settles a round and times one form's page of results, the median of some.
func pages(ctx context.Context, s *sheet, p *place, _ *baseline) error {
	pupils, err := p.asked(ctx, 6000)
	if err != nil {
		return err
	}
	if _, err := p.submit(ctx, many, pupils); err != nil {
		return err
	}
	sc := p.school
	if _, err := round.NewStore(sc.DB, sc.Key, sc.Bank).Close(ctx, sc.Head, sc.Round.ID); err != nil {
		return err
	}
	began := time.Now()
	if _, err := schedule.Settle(ctx, sc.DB, sc.Key, sc.Bank, sc.Head, sc.Round.ID); err != nil {
		return err
	}
	s.add(p.name+"_settle_6000", time.Since(began).Seconds(), "s")
	// The three school days before leaders look are not what is measured.
	early := sc.DB.Now().AddDate(0, 0, -14)
	if err := sc.DB.Write(ctx).Exec("UPDATE rounds SET settled_at = ? WHERE id = ?", early, sc.Round.ID).Error; err != nil {
		return err
	}
	token, err := identity.NewStore(sc.DB, sc.Key).StartSession(ctx, sc.Head.Account, sc.Head.School)
	if err != nil {
		return err
	}
	var took []time.Duration
	for _, u := range sc.Units[2:43] {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.server.URL+"/rounds/"+sc.Round.ID+"/results/"+u.ID, nil)
		if err != nil {
			return err
		}
		req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: token})
		start := time.Now()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("class page: status %d", res.StatusCode)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	s.add(p.name+"_class_page", took[len(took)/2].Seconds()*1000, "ms")
	used, err := p.server.Usage()
	if err != nil {
		return err
	}
	s.add(p.name+"_server_memory_with_results", used.Megabytes(), "MB")
	return nil
}

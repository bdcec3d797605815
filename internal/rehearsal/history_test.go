package rehearsal

import (
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
)

// Whatever day somebody starts the demo, at a weekend or when the clocks change, its rounds follow the
// rules of real ones.
func TestHistoryFitsEveryDay(t *testing.T) {
	zone := london()
	for d := range 370 {
		for _, hour := range []int{0, 9, 23} {
			now := time.Date(2026, 1, 1+d, hour, 20, 0, 0, zone)
			b := &builder{today: now, town: &town{}}
			var before time.Time
			for _, p := range b.finished() {
				closes := p.form.ClosesAt
				leaders := access.Deadline(p.settles, round.LeadersWait, zone, nil)
				last := p.opens.AddDate(0, 0, p.days+1) // with a weekend among the days
				if !p.opens.After(before) || !last.Before(closes) || !closes.After(p.opens) || !p.settles.After(closes) || !p.settles.Before(now) {
					t.Fatalf("%s from %v: opens %v, closes %v, settles %v", p.template, now, p.opens, closes, p.settles)
				}
				if p.publishes.IsZero() && !leaders.After(now) {
					t.Fatalf("%s from %v: leaders may look from %v", p.template, now, leaders)
				}
				if !p.publishes.IsZero() && (p.publishes.Before(leaders) || !p.publishes.Before(now)) {
					t.Fatalf("%s from %v: published %v, leaders may look from %v", p.template, now, p.publishes, leaders)
				}
				reply := p.form.ReplyBy
				if reply <= dateOf(closes) || reply > dateOf(closes.AddDate(0, 3, 0)) || reply <= dateOf(now) {
					t.Fatalf("%s from %v: closes %v, reply by %s", p.template, now, closes, reply)
				}
				if weekend(p.opens) || weekend(closes) || weekend(p.settles) {
					t.Fatalf("%s from %v: something happens at a weekend", p.template, now)
				}
				before = p.opens
			}
			if p := b.nowOpen(at(b.schoolDay(1), 8, 45), nil); !p.opens.Add(2*time.Hour).Before(now) || !p.form.ClosesAt.After(now) {
				t.Fatalf("open round from %v: opens %v, closes %v", now, p.opens, p.form.ClosesAt)
			}
		}
	}
}

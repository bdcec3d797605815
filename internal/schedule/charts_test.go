package schedule_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
	"earshot/static"
)

// illustrated is a school with a settled round about classes, and a clock that draws.
func illustrated(t *testing.T) (*testkit.School, round.Round, schedule.Clock) {
	t.Helper()
	s := testkit.NewSchool(t)
	clock := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler),
		Charts: chart.NewEngine(static.Read("vendor/echarts/echarts.min.js"), static.Read("js/chart-fit.js"))}
	r := s.Open(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24", s.Staff("Lena Brandt", access.Teacher))))
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	for _, codes := range s.Slips(r) {
		s.Answer(c, r, codes, 20, rand.New(rand.NewPCG(1, 2)))
	}
	r = s.CloseAndSettle(r)
	return s, r, clock
}

func drawings(t *testing.T, s *testkit.School) (list []chart.Drawn) {
	t.Helper()
	testkit.Must(t, s.DB.Query(context.Background()).Order("hash").Find(&list).Error)
	return list
}

func TestChartsAreDrawnOnceAfterARelease(t *testing.T) {
	ctx := context.Background()
	s, r, clock := illustrated(t)
	testkit.Must(t, clock.Draw(ctx))
	if n := len(drawings(t, s)); n != 0 {
		t.Fatalf("%d charts before the release", n)
	}
	testkit.Must(t, clock.Tick(ctx)) // makes the release, and leaves charts to those who draw
	if n := len(drawings(t, s)); n != 0 {
		t.Errorf("%d charts drawn where rounds wait to be closed", n)
	}
	// Two servers at once draw each chart once.
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := clock.Draw(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	testkit.Must(t, clock.Draw(ctx))
	first := drawings(t, s)
	if len(first) < 10 {
		t.Fatalf("%d charts", len(first))
	}
	// A server that comes later, or is started again, draws nothing anew.
	s.Clock.Forward(time.Hour)
	testkit.Must(t, clock.Draw(ctx))
	if again := drawings(t, s); !slices.EqualFunc(first, again, func(a, b chart.Drawn) bool { return a.Hash == b.Hash && a.MadeAt.Equal(b.MadeAt) }) {
		t.Errorf("%d charts, then %d, some of them new", len(first), len(again))
	}
	// Restored from a backup, which leaves charts out.
	testkit.Must(t, chart.NewStore(s.DB).Forget(ctx, r.SchoolID))
	testkit.Must(t, clock.Draw(ctx))
	if again := drawings(t, s); len(again) != len(first) {
		t.Errorf("%d charts of %d are back", len(again), len(first))
	}
	// What a later program draws differently takes the place of all of them.
	later := clock
	later.Charts = chart.NewEngine(static.Read("vendor/echarts/echarts.min.js"), append(static.Read("js/chart-fit.js"), "\n// another version"...))
	testkit.Must(t, later.Draw(ctx))
	for _, d := range drawings(t, s) {
		if slices.ContainsFunc(first, func(f chart.Drawn) bool { return f.Hash == d.Hash }) {
			t.Fatalf("a chart of the program before is left")
		}
	}
}

// The numbers of a round stand in its charts: they go on the same day.
func TestChartsGoWithTheirNumbers(t *testing.T) {
	ctx := context.Background()
	s, r, clock := illustrated(t)
	testkit.Must(t, clock.Tick(ctx))
	testkit.Must(t, clock.Draw(ctx))
	if len(drawings(t, s)) == 0 {
		t.Fatal("nothing is drawn")
	}
	s.Clock.Forward(r.CountsUntil().Time(time.UTC).Add(48 * time.Hour).Sub(s.Clock.Now()))
	testkit.Must(t, clock.Tick(ctx))
	testkit.Must(t, clock.Draw(ctx))
	if _, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID); err == nil {
		t.Fatal("the release is still there")
	}
	if n := len(drawings(t, s)); n != 0 {
		t.Errorf("%d charts are left", n)
	}
}

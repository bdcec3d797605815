package schedule_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/schedule"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// TestARoundRunsByTheClock lets a round close, settle, release and be deleted with nobody touching it.
func TestARoundRunsByTheClock(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	codes := s.Slips(r)
	s.Answer(c, r, codes["9A"], 20, rand.New(rand.NewPCG(1, 2)))
	clock := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}
	state := func() round.State {
		t.Helper()
		testkit.Must(t, clock.Tick(ctx))
		now, err := s.Rounds().ByID(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		r = now
		return r.State
	}
	if got := state(); got != round.Open {
		t.Fatalf("before its last day: %s", got)
	}
	// Extended after the job was noted: it closes on the later day.
	_, err := s.Rounds().Extend(ctx, s.Head, r.ID, r.ClosesAt.AddDate(0, 0, 2), storage.DateOf(r.ClosesAt.AddDate(0, 0, 20), time.UTC))
	testkit.Must(t, err)
	s.Clock.Forward(7*24*time.Hour + time.Minute)
	if got := state(); got != round.Open {
		t.Errorf("on the day it was extended over: %s", got)
	}
	s.Clock.Forward(48 * time.Hour)
	if got := state(); got != round.Closed {
		t.Fatalf("after its last day: %s", got)
	}
	s.Answer(c, r, codes["9B"], 15, rand.New(rand.NewPCG(3, 4))) // late, on their way
	s.Clock.Forward(round.Grace - time.Hour)
	if got := state(); got != round.Closed {
		t.Errorf("an hour before the grace is over: %s", got)
	}
	s.Clock.Forward(2 * time.Hour)
	if got := state(); got != round.Settled {
		t.Fatalf("after the grace: %s", got)
	}
	results := result.NewStore(s.DB, s.Key, s.Bank)
	rel, err := results.Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if rel.School().Answered != 35 {
		t.Errorf("%d answered, want 35 with the late ones", rel.School().Answered)
	}
	testkit.Must(t, clock.Tick(ctx))

	count := func() (n int) {
		testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(response.Response) error { n++; return nil }))
		return n
	}
	s.Clock.Forward(r.DeleteOn().Time(time.UTC).Add(-24 * time.Hour).Sub(s.Clock.Now()))
	testkit.Must(t, clock.Tick(ctx))
	if count() != 35 {
		t.Error("answers were deleted before the day that was promised")
	}
	s.Clock.Forward(48 * time.Hour)
	testkit.Must(t, clock.Tick(ctx))
	if count() != 0 {
		t.Error("answers are there after the day they were promised to be deleted")
	}
	if _, err := results.Latest(ctx, r.SchoolID, r.ID); err != nil {
		t.Errorf("the group totals went with the answers: %v", err)
	}
	s.Clock.Forward(r.CountsUntil().Time(time.UTC).Add(48 * time.Hour).Sub(s.Clock.Now()))
	testkit.Must(t, clock.Tick(ctx))
	testkit.Must(t, clock.Tick(ctx))
	if _, err := results.Latest(ctx, r.SchoolID, r.ID); err == nil {
		t.Error("the group totals are there after their day")
	}
}

func TestTwoClocksDoEachThingOnce(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	s.Clock.Forward(8 * 24 * time.Hour)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			done <- schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}.Tick(ctx)
		}()
	}
	for range 2 {
		testkit.Must(t, <-done)
	}
	var closed int64
	s.DB.Query(ctx).Table("audit").Where("action = 'round.close' AND target = ?", r.ID).Count(&closed)
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

// TestWipingWaitsForReaders settles a round while somebody has the file open, as a backup does: the answers that lie in
// the log are wiped when they let go, by the clock.
func TestWipingWaitsForReaders(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	if s.DB.Kind() != storage.SQLite {
		return // PostgreSQL's VACUUM FULL waits for readers by itself
	}
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	s.Answer(c, r, s.Slips(r)["9A"], 12, rand.New(rand.NewPCG(1, 2)))
	var waiting []string
	testkit.Must(t, s.DB.Query(ctx).Raw("SELECT id FROM inbox").Scan(&waiting).Error)
	if len(waiting) != 12 {
		t.Fatalf("%d answers wait", len(waiting))
	}
	var file string
	testkit.Must(t, s.DB.Query(ctx).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file).Error)
	left := func() (n int) {
		for _, name := range []string{file, file + "-wal"} {
			data, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			for _, id := range waiting {
				n += bytes.Count(data, []byte(id))
			}
		}
		return n
	}
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	reading, letGo := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.DB.Snapshot(ctx, func(tx *storage.DB) error {
			var n int64
			err := tx.Query(ctx).Table("inbox").Count(&n).Error
			close(reading)
			<-letGo
			return err
		})
	}()
	<-reading
	// The one who asked goes away as well.
	gone, leave := context.WithCancel(ctx)
	leave()
	_, err = schedule.Settle(gone, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	if left() == 0 {
		t.Error("nothing is left while somebody reads: this test proves nothing")
	}
	close(letGo)
	testkit.Must(t, <-done)
	testkit.Must(t, schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}.Tick(ctx))
	if n := left(); n != 0 {
		t.Errorf("%d ids of waiting answers are still in the files", n)
	}
}

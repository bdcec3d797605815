package schedule_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"earshot/internal/listen/safeguard"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

func TestCommentsWaitForTenOrTheMorning(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	r := s.Open(s.Form(s.Survey("how_is_learning"), s.Forms("7A 20, 7B 20")))
	st := safeguard.NewStore(s.DB, s.Key)
	lead := safeguard.Reader{Actor: s.Staff("Ruth Moss", access.SafeguardingLead)}
	c := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}
	write := func(n int) {
		for range n {
			testkit.Must(t, st.Hold(ctx, r.SchoolID, r.ID, []safeguard.Remark{{Question: "q", Words: "The hall is cold.", Language: "en"}}, safeguard.Adults{}))
		}
	}
	seen := func() int {
		testkit.Must(t, c.Tick(ctx))
		q, err := st.Queue(ctx, lead, r.ID)
		testkit.Must(t, err)
		return len(q)
	}
	write(1)
	if n := seen(); n != 1 { // it is Monday, nine o'clock: the first of the day
		t.Errorf("in the morning: %d", n)
	}
	write(9)
	if n := seen(); n != 1 {
		t.Errorf("nine more during the day: %d", n)
	}
	write(1)
	if n := seen(); n != 11 {
		t.Errorf("ten more: %d", n)
	}
	write(2)
	s.Clock.Forward(10 * time.Hour)
	if n := seen(); n != 11 {
		t.Errorf("in the evening: %d", n)
	}
	s.Clock.Forward(14 * time.Hour)
	if n := seen(); n != 13 {
		t.Errorf("on Tuesday morning: %d", n)
	}
	for range 6 { // it closes, settles, is released, and then its answers are deleted
		s.Clock.Forward(120 * 24 * time.Hour)
		testkit.Must(t, c.Tick(ctx))
	}
	if n := seen(); n != 0 {
		t.Errorf("after the day of deletion: %d", n)
	}
}

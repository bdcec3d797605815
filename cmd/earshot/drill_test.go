package main

import (
	"context"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

func TestADrillIsWatchedToItsEnd(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	ended := make(chan error, 1)
	go func() { ended <- watchDrill(ctx, st, s.School, s.DB.Now, time.Hour, time.Millisecond) }()
	var waiting []safeguard.Concern
	for len(waiting) == 0 {
		var err error
		waiting, err = st.List(ctx, lead)
		testkit.Must(t, err)
		time.Sleep(time.Millisecond)
	}
	due, err := st.Alerts(ctx)
	testkit.Must(t, err)
	testkit.Must(t, st.Alerted(ctx, due[0], s.DB.Now().Add(time.Hour)))
	_, _, err = st.Open(ctx, lead, waiting[0].ID)
	testkit.Must(t, err)
	testkit.Must(t, st.Handle(ctx, lead, waiting[0].ID, safeguard.NoConcern, ""))
	select {
	case err := <-ended:
		testkit.Must(t, err)
	case <-time.After(30 * time.Second):
		t.Fatal("it is watched for ever")
	}

	go func() { ended <- watchDrill(ctx, st, s.School, s.DB.Now, time.Minute, time.Millisecond) }()
	time.Sleep(20 * time.Millisecond)
	s.Clock.Forward(2 * time.Minute)
	if err := <-ended; !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody read it: %v", err)
	}
}

func TestTheSchoolOfADrill(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	if got, err := schoolNamed(ctx, s.DB, ""); err != nil || got.SchoolID != s.School.SchoolID {
		t.Errorf("the only one: %v", err)
	}
	testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	for name, ok := range map[string]bool{"": false, "Hillside School": true, "Hillside": false} {
		if _, err := schoolNamed(ctx, s.DB, name); ok != (err == nil) {
			t.Errorf("%q of two: %v", name, err)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/roster"
)

type drillCommand struct {
	place
	keyed
	School string        `help:"Name of the school. It can be left out where there is one."`
	Wait   time.Duration `help:"How long to wait for adults: 90m, 8h." default:"8h"`
}

// Run sends a test message and says, as it happens, when adults were alerted, when one of them read it, and when it was dealt
// with. The server alerts; this only watches. It fails when nobody reads it in time.
func (d drillCommand) Run(ctx context.Context) error {
	db, err := d.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	key, err := d.keyed.open(d.place)
	if err != nil {
		return err
	}
	school, err := schoolNamed(ctx, db, d.School)
	if err != nil {
		return err
	}
	return watchDrill(ctx, safeguard.NewStore(db, key), school, db.Now, d.Wait, 5*time.Second)
}

// schoolNamed finds a school by its name; without a name, the only one.
func schoolNamed(ctx context.Context, db *storage.DB, name string) (roster.School, error) {
	found, err := roster.NewStore(db).SchoolsNamed(ctx, name)
	if err != nil {
		return roster.School{}, err
	}
	if len(found) != 1 {
		return roster.School{}, fault.New(fault.NotFound, "drill.which_school")
	}
	return found[0], nil
}

// watchDrill starts a drill and looks every so often until it has been dealt with or the time is over.
func watchDrill(ctx context.Context, st safeguard.Store, school roster.School, now func() time.Time, wait, every time.Duration) error {
	d, err := st.StartDrill(ctx, school.SchoolID)
	if err != nil {
		return err
	}
	fmt.Printf("A test message is on its way to the safeguarding team of %s. It is marked as a test.\n", school.Name)
	steps := []struct {
		name string
		at   func(safeguard.Drill) *time.Time
	}{
		{"alerted", func(d safeguard.Drill) *time.Time { return d.AlertedAt }},
		{"read", func(d safeguard.Drill) *time.Time { return d.ReadAt }},
		{"dealt with", func(d safeguard.Drill) *time.Time { return d.HandledAt }},
	}
	said, warned := map[string]bool{}, false
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if d, err = st.Drill(ctx, school.SchoolID, d.ID); err != nil {
			return err
		}
		for _, s := range steps {
			if at := s.at(d); at != nil && !said[s.name] {
				said[s.name] = true
				fmt.Printf("%-10s after %.1f minutes\n", s.name, at.Sub(d.StartedAt).Minutes())
			}
		}
		if d.HandledAt != nil {
			return nil
		}
		waited := now().Sub(d.StartedAt)
		if !warned && d.AlertedAt == nil && d.ReadAt == nil && waited > 2*time.Minute {
			warned = true
			fmt.Println("Nobody has been alerted yet. Is earshot serve running, and has it a mail server?")
		}
		if waited > wait {
			return fault.New(fault.NotFound, map[bool]string{true: "drill.not_handled", false: "drill.not_read"}[d.ReadAt != nil])
		}
		select {
		case <-ctx.Done():
			fmt.Println("Stopped watching. The message waits; what comes of it stands under Concerns.")
			return nil
		case <-tick.C:
		}
	}
}

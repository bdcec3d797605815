package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
)

// illustrate draws what is not drawn yet, again and again until ctx ends.
func (c Clock) illustrate(ctx context.Context, every time.Duration) {
	if c.Charts == nil {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	known := map[string]bool{}
	for {
		if err := c.draw(ctx, known); err != nil && ctx.Err() == nil {
			c.Log.Error("charts", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Draw draws the charts of all releases that have none. It may run on several servers at once: each release is leased. A
// release whose charts are gone, because the program draws them differently now, the database was restored from a
// backup, which leaves charts out, or another round's numbers were deleted, is drawn again.
func (c Clock) Draw(ctx context.Context) error { return c.draw(ctx, map[string]bool{}) }

// draw is Draw; known holds the notes of releases that were seen to be done, so that a server at rest asks little.
func (c Clock) draw(ctx context.Context, known map[string]bool) error {
	if err := c.noteCharts(ctx, known); err != nil {
		return err
	}
	for ctx.Err() == nil {
		j, ok, err := take(ctx, c.DB, "kind = ?", drawCharts)
		if err != nil || !ok {
			return err
		}
		err = c.drawRound(ctx, j)
		if err != nil && !fault.Is(err, fault.NotFound) {
			if ctx.Err() == nil {
				c.Log.Error("job failed", "kind", j.Kind, "school", j.SchoolID, "target", j.Target, "tries", j.Tries, "error", err)
			}
			continue
		}
		if err := finish(ctx, c.DB, j); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// noteCharts notes a job for every release without a note that its charts are there. A school that has no such note at
// all has charts of an older program, if any, and they go.
func (c Clock) noteCharts(ctx context.Context, known map[string]bool) error {
	all, err := releases(ctx, c.DB)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		school := all[0].SchoolID
		n := slices.IndexFunc(all, func(r release) bool { return r.SchoolID != school })
		if n < 0 {
			n = len(all)
		}
		if err := c.noteSchool(ctx, school, all[:n], known); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (c Clock) noteSchool(ctx context.Context, school string, list []release, known map[string]bool) error {
	var notes []string
	// With every release that is deleted, a school forgets its charts: what was known of them holds no longer.
	key := func(note string) string { return fmt.Sprintf("%s of %d", note, len(list)) }
	for _, rel := range list {
		if note := chart.Done(c.Charts.Version(), rel.ID); !known[key(note)] {
			notes = append(notes, note)
		}
	}
	if len(notes) == 0 {
		return nil
	}
	store := chart.NewStore(c.DB)
	there, err := store.Find(ctx, school, notes)
	if err != nil {
		return err
	}
	for note := range there {
		known[key(note)] = true
	}
	if len(there) == 0 && len(notes) == len(list) {
		if err := store.Forget(ctx, school); err != nil {
			return err
		}
	}
	for _, rel := range list {
		if known[key(chart.Done(c.Charts.Version(), rel.ID))] {
			continue
		}
		if err := reopen(ctx, c.DB, school, drawCharts, rel.RoundID); err != nil {
			return err
		}
	}
	return nil
}

// portion is how many charts are drawn between two writes.
const portion = 40

// drawRound draws every chart of a round's release, a portion at a time, so that what is drawn stays drawn whatever
// happens, and notes that they are there.
func (c Clock) drawRound(ctx context.Context, j Job) error {
	rel, err := result.NewStore(c.DB, c.Key, c.Bank).Latest(ctx, j.SchoolID, j.Target)
	if err != nil {
		return err
	}
	rounds := round.NewStore(c.DB, c.Key, c.Bank)
	r, err := rounds.ByID(ctx, j.SchoolID, j.Target)
	if err != nil {
		return err
	}
	owners, err := rounds.UnitReaders(ctx, r)
	if err != nil {
		return err
	}
	var list []chart.Drawing
	for _, f := range chart.Everything(words.English(), r, rel, owners) {
		list = append(list, chart.Drawings(f, c.Charts.Version())...)
	}
	store := chart.NewStore(c.DB)
	if list, err = store.Missing(ctx, j.SchoolID, list); err != nil {
		return err
	}
	for len(list) > 0 {
		part := list[:min(portion, len(list))]
		list = list[len(part):]
		drawn := map[string]string{}
		err := c.Charts.Draw(ctx, part, func(d chart.Drawing, svg string) error {
			drawn[d.Hash] = svg
			return nil
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// A chart that cannot be drawn here is drawn by the page's script; the others do not wait for it.
			c.Log.Error("chart", "school", j.SchoolID, "round", j.Target, "error", err)
		}
		if err := store.Keep(ctx, j.SchoolID, drawn); err != nil {
			return err
		}
		if err := renew(ctx, c.DB, j); err != nil {
			return err
		}
	}
	return store.Keep(ctx, j.SchoolID, map[string]string{chart.Done(c.Charts.Version(), rel.ID): ""})
}

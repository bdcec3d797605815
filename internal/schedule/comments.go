package schedule

import (
	"context"
	"strings"

	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/roster"
)

// noteComments hands what was written in boxes to those who read it: ten or more together at any time, and on the morning
// of each day of school whatever waits, so that nothing lies longer than a night.
func (c Clock) noteComments(ctx context.Context) error {
	st := safeguard.NewStore(c.DB, c.Key)
	waiting, err := st.Undealt(ctx)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if _, err := st.Deal(ctx, w.SchoolID, w.RoundID, false); err != nil {
			return err
		}
		school, err := roster.NewStore(c.DB).School(ctx, w.SchoolID)
		if err != nil {
			return err
		}
		if now := c.DB.Now(); participation.HoursOf(school).In(now) {
			today := string(storage.DateOf(now, school.Zone()))
			// Once a day: what comes later in the day waits for nine others or for the next morning.
			if err := set(ctx, c.DB, w.SchoolID, dealComments, w.RoundID+" "+today, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c Clock) dealComments(ctx context.Context, j Job) error {
	id, _, _ := strings.Cut(j.Target, " ")
	_, err := safeguard.NewStore(c.DB, c.Key).Deal(ctx, j.SchoolID, id, true)
	return err
}

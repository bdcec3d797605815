package schedule

import (
	"context"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// noteEnvelopes notes when sealed names are to be deleted, and what is to be forgotten of envelopes that stand half open.
func (c Clock) noteEnvelopes(ctx context.Context, rounds []round.Round) error {
	for _, r := range rounds {
		if r.Mode != round.Confidential || r.State == round.Open {
			continue
		}
		if err := set(ctx, c.DB, r.SchoolID, purgeNames, r.ID, r.UnsealOn().Time(r.Zone())); err != nil {
			return err
		}
	}
	st := envelope.NewStore(c.DB, c.Key)
	schools, err := st.Peeled(ctx)
	if err != nil {
		return err
	}
	for _, school := range schools {
		// From the first night on: whoever took an outer seal off, and whoever seals anew, are there on the same day.
		night := c.DB.Now().UTC().Truncate(24 * time.Hour).Add(26 * time.Hour)
		if err := set(ctx, c.DB, school, forgetPeeled, string(storage.DateOf(night, time.UTC)), night); err != nil {
			return err
		}
	}
	return st.Forget(ctx)
}

// purgeNames deletes the sealed names of a round on the day that was promised, and wipes them out of the files.
func (c Clock) purgeNames(ctx context.Context, who access.Actor, id string) error {
	return c.DB.InTx(ctx, func(tx *storage.DB) error {
		if err := envelope.NewStore(tx, c.Key).Purge(ctx, who.School, id); err != nil {
			return err
		}
		if err := reopen(ctx, tx, who.School, scrubRound, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.purge_names", "round", id, "")
	})
}

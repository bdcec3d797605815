package schedule

import (
	"context"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// BringIn makes a settled round of answers that were collected elsewhere, and its release, as Settle does. A release that
// cannot be made now has a job of its own.
func BringIn(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, f round.Brought, given []collecting.Given) (round.Round, error) {
	ctx = context.WithoutCancel(ctx)
	r, err := collecting.BringIn(ctx, db, key, b, who, f, given)
	if err != nil {
		return r, err
	}
	_, err = result.NewStore(db, key, b).Make(ctx, who.School, r.ID)
	return r, err
}

// Withdraw takes back a round that was brought in and is not published: its answers and its release are deleted, and wiped
// out of the files.
func Withdraw(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, id, reason string) (round.Round, error) {
	ctx = context.WithoutCancel(ctx)
	r, err := round.NewStore(db, key, b).Withdraw(ctx, who, id, reason, func(tx *storage.DB, r round.Round) error {
		if _, err := response.NewStore(tx).Purge(ctx, r.SchoolID, r.ID); err != nil {
			return err
		}
		return dropReleases(ctx, tx, r.SchoolID, r.ID)
	})
	if err != nil {
		return r, err
	}
	wipe, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	_ = collecting.ScrubPurged(wipe, db) // if it cannot be done now, its job does it
	return r, nil
}

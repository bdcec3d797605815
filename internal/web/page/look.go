package page

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// Look reads a round and what of its release the actor may see. made is false while there is no release. A round that
// the actor may not know of is not found.
func (k *Kit) Look(ctx context.Context, who access.Actor, id string) (r round.Round, v result.Viewed, made bool, err error) {
	if r, err = k.Rounds().Find(ctx, who, id); err != nil {
		return
	}
	if r.State == round.Draft || r.State == round.Cancelled {
		return r, v, false, fault.New(fault.NotFound, "fault.not_found")
	}
	if !r.HasResults() {
		return
	}
	rel, err := result.NewStore(k.DB, k.Key, k.Bank).Latest(ctx, r.SchoolID, r.ID)
	if fault.Is(err, fault.NotFound) {
		return r, v, false, nil // settled a moment ago
	}
	if err != nil {
		return
	}
	owners, err := k.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return
	}
	return r, result.View(rel, r, who, owners, k.DB.Now()), true, nil
}

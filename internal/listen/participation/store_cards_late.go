package participation

import (
	"context"
	"slices"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// lateFor is how long somebody with a card is told that a round is over. After that nothing waits, as before it.
const lateFor = 60 * 24 * time.Hour

// TooLate finds the round that whoever holds the card with this code comes too late for: of the personal rounds that asked a
// group they are in, the one that was closed or cancelled last. It is the same for those who answered it. ok is false where
// there is none, and for a code that leads to nobody.
func (s Store) TooLate(ctx context.Context, typed string) (r round.Round, ok bool, err error) {
	code, ok := seal.CleanCode(typed, CodeLength)
	if !ok {
		return r, false, nil
	}
	d, err := identity.NewStore(s.db, s.key).LookUp(ctx, identity.CardKind, code)
	if err != nil {
		return r, false, unlessNotFound(err)
	}
	p, err := roster.NewStore(s.db).Person(ctx, d.SchoolID, d.Target)
	if err != nil || p.Kind != roster.Pupil {
		return r, false, unlessNotFound(err)
	}
	var rounds []round.Round
	over := []round.State{round.Closed, round.Settled, round.Published, round.Cancelled}
	err = s.db.Query(ctx).Where("school_id = ? AND state IN ? AND mode IN ? AND opened_at IS NOT NULL", p.SchoolID, over, []round.Mode{round.Confidential, round.Named}).
		Order("opened_at DESC, id").Find(&rounds).Error
	if err != nil || len(rounds) == 0 {
		return r, false, err
	}
	var groups []string
	err = s.db.Query(ctx).Model(&roster.Membership{}).Where("school_id = ? AND person_id = ? AND role = ? AND ended_on = ''", p.SchoolID, p.ID, roster.Pupil).Pluck("group_id", &groups).Error
	if err != nil {
		return r, false, err
	}
	var last time.Time
	for _, one := range rounds {
		asked := slices.ContainsFunc(one.Choices().Groups, func(g string) bool { return slices.Contains(groups, g) })
		if ended := ended(one); asked && bank.IsPupils(one.Audience) && ended.After(last) && s.db.Now().Sub(ended) < lateFor {
			r, last = one, ended
		}
	}
	return r, !last.IsZero(), nil
}

// ended is when a round was closed or cancelled; zero if nobody knows.
func ended(r round.Round) time.Time {
	switch {
	case r.CancelledAt != nil:
		return *r.CancelledAt
	case r.ClosedAt != nil:
		return *r.ClosedAt
	}
	return time.Time{}
}

func unlessNotFound(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

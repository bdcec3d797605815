package schedule

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
)

// sumYears is for how many school years the sums of a trust are kept: as long as its schools keep their totals.
const sumYears = 8

// SumTrusts makes the sums of trusts in which something has changed, where enough schools have come for it.
func (c Clock) SumTrusts(ctx context.Context) error {
	trusts, what, err := unseen(ctx, c.DB)
	if err != nil {
		return err
	}
	for _, t := range trusts {
		if err := c.sumTrust(ctx, t.ID); err != nil {
			return err
		}
		if err := roster.NewStore(c.DB).SumsSeen(ctx, t.ID, what[t.ID]); err != nil {
			return err
		}
	}
	return nil
}

// sumTrust makes the sums of one trust.
func (c Clock) sumTrust(ctx context.Context, trust string) error {
	rounds, err := published(ctx, c.DB, trust)
	if err != nil {
		return err
	}
	history, err := roster.NewStore(c.DB).TrustHistory(ctx, trust)
	if err != nil {
		return err
	}
	rounds = countsFor(trust, history, rounds)
	results := result.NewStore(c.DB, c.Key, c.Bank)
	if err := results.MakeTotals(ctx, rounds); err != nil {
		return err
	}
	given := make([]result.Given, len(rounds))
	for i, r := range rounds {
		given[i] = result.Given{School: r.SchoolID, Round: r.ID, Published: *r.PublishedAt}
	}
	if _, err := results.SumTrust(ctx, trust, given); err != nil {
		return err
	}
	return results.PurgeSums(ctx, result.SchoolYear(c.DB.Now())-sumYears+1)
}

// countsFor leaves the rounds that count for a trust. A round counts for one trust alone, that in which its school was when it
// was published, or else the first that it joined afterwards: counted in two, it would let somebody who has seen both subtract
// schools from each other. What closed before the school year in which the school joined does not count.
func countsFor(trust string, history []roster.TrustSchool, rounds []round.Round) (list []round.Round) {
	for _, r := range rounds {
		for _, m := range history {
			if m.SchoolID != r.SchoolID || m.LeftAt != nil && m.LeftAt.Before(*r.PublishedAt) {
				continue
			}
			if m.TrustID == trust && yearOf(r) >= result.SchoolYear(m.JoinedAt.In(r.Zone())) {
				list = append(list, r)
			}
			break
		}
	}
	return list
}

func yearOf(r round.Round) int {
	at := r.ClosesAt
	if r.ClosedAt != nil {
		at = *r.ClosedAt
	}
	return result.SchoolYear(at.In(r.Zone()))
}

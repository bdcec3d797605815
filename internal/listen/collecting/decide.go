package collecting

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
)

type decision struct {
	outcome Outcome
	cell    string
	receipt string // hash, of what is stored
}

// decide settles what becomes of each sending to one round, as the database stands inside this transaction.
func (c *Collector) decide(ctx context.Context, tx *storage.DB, items []*item, of []int, state round.State, root string) (map[int]decision, []string, error) {
	decided := map[int]decision{}
	var hashes []string
	for _, i := range of {
		hashes = append(hashes, items[i].slip)
	}
	slips, err := participation.NewStore(tx, c.key).Look(ctx, items[of[0]].school, items[of[0]].round, hashes)
	if err != nil {
		return nil, nil, err
	}
	receipt := func(i int) string { return c.receiptFor(items[i], slips[items[i].slip]) }
	if state != round.Open && state != round.Closed {
		// What is over is over, but a device that only missed our answer may know that its own is safe.
		known, err := c.known(ctx, tx, items, of, receipt)
		for _, i := range of {
			decided[i] = decision{outcome: Over}
			if known[receipt(i)] {
				decided[i] = decision{outcome: Already}
			}
		}
		return decided, nil, err
	}
	// A receipt matters only where something has been sent before: for slips already spent, for open links, and where an
	// answer may have been taken back.
	var again []int
	for _, i := range of {
		if items[i].mode == round.OpenLink || items[i].number != "" || slips[items[i].slip].Spent {
			again = append(again, i)
		}
	}
	known, err := c.known(ctx, tx, items, again, receipt)
	if err != nil {
		return nil, nil, err
	}
	var spend []string
	for _, i := range of {
		it := items[i]
		slip, found := slips[it.slip]
		sent := c.receiptFor(it, slip)
		switch {
		case known[sent] && (it.mode == round.OpenLink || it.number != "" || slip.Spent):
			decided[i] = decision{outcome: Already}
		case it.mode == round.OpenLink:
			known[sent] = true
			decided[i] = decision{Stored, root, sent}
		case !found:
			decided[i] = decision{outcome: UnknownCode}
		case slip.Spent:
			decided[i] = decision{outcome: Spent}
		default:
			slip.Spent = true
			slips[it.slip] = slip
			known[sent] = true
			spend = append(spend, it.slip)
			decided[i] = decision{Stored, slip.UnitID, sent}
			if slip.Kind == participation.Reading { // used like the others, so that nobody can tell by trying it again
				decided[i] = decision{Reading, slip.UnitID, sent}
			}
		}
	}
	return decided, spend, nil
}

func (c *Collector) known(ctx context.Context, tx *storage.DB, items []*item, of []int, receipt func(int) string) (map[string]bool, error) {
	if len(of) == 0 {
		return map[string]bool{}, nil
	}
	var hashes []string
	for _, i := range of {
		hashes = append(hashes, receipt(i))
	}
	return response.NewStore(tx).Known(ctx, items[of[0]].school, items[of[0]].round, hashes)
}

// Look says what a code would be taken as, and spends nothing: Stored for a slip that is good, Reading for a
// look-alike that is, Spent for one that was used, UnknownCode otherwise.
func (c *Collector) Look(ctx context.Context, r round.Round, typed string) (Outcome, error) {
	code, ok := seal.CleanCode(typed, participation.CodeLength)
	if !ok || !r.Slips() {
		return UnknownCode, nil
	}
	st := participation.NewStore(c.db, c.key)
	hash := st.Hash(r.ID, code)
	slips, err := st.Look(ctx, r.SchoolID, r.ID, []string{hash})
	slip, found := slips[hash]
	switch {
	case err != nil:
		return "", err
	case !found:
		return UnknownCode, nil
	case slip.Spent:
		return Spent, nil
	case slip.Kind == participation.Reading:
		return Reading, nil
	}
	return Stored, nil
}

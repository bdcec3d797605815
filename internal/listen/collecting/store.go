package collecting

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
)

// roundNow reads a round's state inside a transaction that is about to store answers, and holds the round as it is
// until the end: settling waits for us or we for it, so no answer can slip in behind the mover's back. It also returns
// the unit that stands for everybody.
func roundNow(ctx context.Context, tx *storage.DB, school, id string) (round.State, string, error) {
	var r round.Round
	err := tx.Write(ctx).Clauses(clause.Locking{Strength: "SHARE"}).
		Select("state").Where("school_id = ? AND id = ?", school, id).Take(&r).Error
	if err != nil {
		return "", "", storage.Fault(err, "fault.not_found")
	}
	var root round.Unit
	err = tx.Write(ctx).Select("id").Where("school_id = ? AND round_id = ? AND parent_id = ''", school, id).Take(&root).Error
	return r.State, root.ID, err
}

func sorted(counts map[response.Tally]int) []response.Tally {
	tallies := slices.SortedFunc(maps.Keys(counts), func(a, b response.Tally) int {
		return cmp.Or(cmp.Compare(a.RoundID, b.RoundID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for i := range tallies {
		tallies[i].Count = counts[tallies[i]]
	}
	return tallies
}

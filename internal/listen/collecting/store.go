package collecting

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
)

// roundNow reads a round's state inside a transaction that is about to store answers, and holds the round as it is
// until the end: settling waits for us or we for it, so no answer can slip in behind the mover's back. It also returns
// the unit that stands for everybody.
func roundNow(ctx context.Context, tx *storage.DB, school, id string) (round.State, string, error) {
	var found struct {
		State round.State
		Root  string
	}
	err := tx.Write(ctx).Model(&round.Round{}).Clauses(clause.Locking{Strength: "SHARE", Table: clause.Table{Name: "rounds"}}).
		Select("rounds.state AS state, units.id AS root").
		Joins("JOIN units ON units.school_id = rounds.school_id AND units.round_id = rounds.id AND units.parent_id = ''").
		Where("rounds.school_id = ? AND rounds.id = ?", school, id).Take(&found).Error
	return found.State, found.Root, storage.Fault(err, "fault.not_found")
}

// dropMark deletes the mark of a reading task, beside which no answer waits. One that is gone already is gorm.ErrRecordNotFound.
func dropMark(ctx context.Context, tx *storage.DB, school, roundID, id string) error {
	res := tx.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Delete(&response.Mark{})
	if res.Error == nil && res.RowsAffected != 1 {
		return gorm.ErrRecordNotFound
	}
	return res.Error
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

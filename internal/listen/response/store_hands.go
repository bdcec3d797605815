package response

import (
	"context"

	"earshot/internal/base/storage"
)

// Hand is how many in one room raised a hand for an option, or put a counter into its box. Everybody in the room saw it,
// so it is no response, and is never added to any.
type Hand struct {
	SchoolID   string `gorm:"primaryKey"`
	RoundID    string `gorm:"primaryKey"`
	UnitID     string `gorm:"primaryKey"`
	QuestionID string `gorm:"primaryKey"`
	OptionID   string `gorm:"primaryKey"`
	Count      int
}

// PutHands stores the counts of one room in the place of those it had.
func (s Store) PutHands(ctx context.Context, school, roundID, unit string, rows []Hand) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Where("school_id = ? AND round_id = ? AND unit_id = ?", school, roundID, unit).Delete(&Hand{}).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		return tx.Write(ctx).Create(&rows).Error
	})
}

// Hands reads all counts of a round.
func (s Store) Hands(ctx context.Context, school, roundID string) ([]Hand, error) {
	var rows []Hand
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Order("unit_id, question_id, option_id").Find(&rows).Error
	return rows, err
}

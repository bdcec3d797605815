package response

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Mark is what stands beside a response, or one that waits, of a confidential or named round. Anonymous rounds have none.
type Mark struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"` // of the response
	Tie      string // of the envelope or the name
	Flags    string // of the roster as the round opened: ids with spaces between
	Link     string // made on a device from a personal card: the same in every round
	Back     string // what taking it back needs, locked; empty once the round has settled
}

// TakeMarks stores marks, in the order of their random ids.
func (s Store) TakeMarks(ctx context.Context, marks []Mark) error {
	if len(marks) == 0 {
		return nil
	}
	slices.SortFunc(marks, func(a, b Mark) int { return strings.Compare(a.ID, b.ID) })
	return s.db.Write(ctx).CreateInBatches(&marks, 200).Error
}

// Marks reads the marks of a round by the response they stand beside.
func (s Store) Marks(ctx context.Context, school, roundID string) (map[string]Mark, error) {
	var rows []Mark
	err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error
	by := make(map[string]Mark, len(rows))
	for _, m := range rows {
		by[m.ID] = m
	}
	return by, err
}

// MoveMarks puts the marks of a round beside the responses that came of those that waited: old id -> new id. It writes them
// anew in the order of the new ids, and forgets how to take them back and
// the numbers of cards.
func (s Store) MoveMarks(ctx context.Context, school, roundID string, ids map[string]string) error {
	by, err := s.Marks(ctx, school, roundID)
	if err != nil || len(by) == 0 {
		return err
	}
	if err := s.DropMarks(ctx, school, roundID); err != nil {
		return err
	}
	var rows []Mark
	for old, m := range by {
		m.ID, m.Back, m.Link = ids[old], "", ""
		if m.ID != "" {
			rows = append(rows, m)
		}
	}
	return s.TakeMarks(ctx, rows)
}

// ForgetFlags takes the flags away that stand beside the responses of a round, once what can be shown of them has been counted. It
// writes every row, so that the database does not remember which had some.
func (s Store) ForgetFlags(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Model(&Mark{}).Where("school_id = ? AND round_id = ?", school, roundID).Update("flags", "").Error
}

// DropMarks deletes all marks of a round.
func (s Store) DropMarks(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Mark{}).Error
}

// WaitingMark finds the mark of one answer that waits; nil if there is none.
func (s Store) WaitingMark(ctx context.Context, school, roundID, id string) (*Mark, error) {
	var rows []Mark
	err := s.db.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// TakeBack deletes one answer that waits, and its mark. An answer that is gone already is gorm.ErrRecordNotFound.
func (s Store) TakeBack(ctx context.Context, school, roundID, id string) error {
	for _, row := range []any{&Mark{}, &Waiting{}} {
		res := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Delete(row)
		if res.Error == nil && res.RowsAffected != 1 {
			return gorm.ErrRecordNotFound
		} else if res.Error != nil {
			return res.Error
		}
	}
	return nil
}

// ForgetReceipt deletes a receipt.
func (s Store) ForgetReceipt(ctx context.Context, school, roundID, receipt string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND hash = ?", school, roundID, receipt).Delete(&Receipt{}).Error
}

// Followed is one bit of one answer, by a hash of the number that a personal card makes and the wording of the question.
type Followed struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	Wording  string `gorm:"primaryKey"`
	Hash     string `gorm:"primaryKey"`
	Good     bool   // a favourable answer
}

// TableName is the table they live in.
func (Followed) TableName() string { return "followed" }

// Follow stores them, in the order of their hashes.
func (s Store) Follow(ctx context.Context, rows []Followed) error {
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b Followed) int {
		return cmp.Or(strings.Compare(a.Hash, b.Hash), strings.Compare(a.Wording, b.Wording))
	})
	return s.db.Write(ctx).CreateInBatches(&rows, 400).Error
}

// FollowedIn reads a round's by wording: hash -> good.
func (s Store) FollowedIn(ctx context.Context, school, roundID string) (map[string]map[string]bool, error) {
	var rows []Followed
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error
	by := map[string]map[string]bool{}
	for _, f := range rows {
		if by[f.Wording] == nil {
			by[f.Wording] = map[string]bool{}
		}
		by[f.Wording][f.Hash] = f.Good
	}
	return by, err
}

// CountLess takes one from each of these tallies.
func (s Store) CountLess(ctx context.Context, tallies []Tally) error {
	for _, t := range tallies {
		err := s.db.Write(ctx).Exec("UPDATE tallies SET count = count - 1 WHERE school_id = ? AND round_id = ? AND kind = ? AND name = ? AND count > 0",
			t.SchoolID, t.RoundID, t.Kind, t.Name).Error
		if err != nil {
			return err
		}
	}
	return nil
}

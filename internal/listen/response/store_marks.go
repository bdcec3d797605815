package response

import (
	"context"
	"slices"
	"strings"
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
// anew in the order of the new ids, and forgets how to take them back.
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
		m.ID, m.Back = ids[old], ""
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
	err := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// TakeBack deletes one answer that waits, its mark and its receipt.
func (s Store) TakeBack(ctx context.Context, school, roundID, id, receipt string) error {
	for _, row := range []any{&Mark{}, &Waiting{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Delete(row).Error; err != nil {
			return err
		}
	}
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND hash = ?", school, roundID, receipt).Delete(&Receipt{}).Error
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

// Package response holds what was said: the inbox where an answer waits, the receipts that keep it from being taken
// twice, and the responses themselves. It knows no slip and no person.
package response

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/base/storage"
)

// Response is what one person said, its cell, and nothing else.
type Response struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	CellID   string // the unit it is counted in
	Answers  string // survey.Answers, encoded
	Pace     string // usual or fast
}

// Waiting is a response on its way: it lies in the inbox until the round settles.
type Waiting struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	CellID   string
	Answers  string
	Pace     string
}

// TableName is where waiting responses live.
func (Waiting) TableName() string { return "inbox" }

// Receipt is the hash of a number that a device made up for one sending, so that a repeat is known as one.
type Receipt struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	Hash     string `gorm:"primaryKey"`
}

// Tally counts something about a whole round that must not stand in a row: the route people used, the day they came.
type Tally struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	Kind     string `gorm:"primaryKey"`
	Name     string `gorm:"primaryKey"`
	Count    int
}

// Paces.
const (
	Usual = "usual"
	Fast  = "fast"
)

// Store keeps responses.
type Store struct{ db *storage.DB }

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB) Store { return Store{db} }

// Known says which of these receipts have been seen.
func (s Store) Known(ctx context.Context, school, roundID string, hashes []string) (map[string]bool, error) {
	var rows []string
	err := s.db.Write(ctx).Model(&Receipt{}).Where("school_id = ? AND round_id = ? AND ?", school, roundID, s.db.In("hash", hashes)).Pluck("hash", &rows).Error
	known := map[string]bool{}
	for _, h := range rows {
		known[h] = true
	}
	return known, err
}

// Take stores the receipts and the waiting responses of one round together. A receipt that is there already stays as it
// is. Both are written in the order of their random keys, not in the order in which they came.
func (s Store) Take(ctx context.Context, school, roundID string, receipts []string, waiting []Waiting) error {
	slices.Sort(receipts)
	slices.SortFunc(waiting, func(a, b Waiting) int { return strings.Compare(a.ID, b.ID) })
	if s.db.Kind() == storage.SQLite {
		return s.takeEach(ctx, school, roundID, receipts, waiting)
	}
	// One statement that always reads the same, however many rows there are: each column travels as one list.
	var ids, cells, answers, paces []string
	for _, w := range waiting {
		ids, cells, answers, paces = append(ids, w.ID), append(cells, w.CellID), append(answers, w.Answers), append(paces, w.Pace)
	}
	return s.db.Write(ctx).Exec(`WITH kept AS (
			INSERT INTO receipts (school_id, round_id, hash) SELECT ?, ?, unnest(?::text[]) ON CONFLICT DO NOTHING)
		INSERT INTO inbox (school_id, round_id, id, cell_id, answers, pace)
		SELECT ?, ?, * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[])`,
		school, roundID, storage.Array(receipts),
		school, roundID, storage.Array(ids), storage.Array(cells), storage.Array(answers), storage.Array(paces)).Error
}

func (s Store) takeEach(ctx context.Context, school, roundID string, receipts []string, waiting []Waiting) error {
	rows := make([][]any, len(receipts))
	for i, hash := range receipts {
		rows[i] = []any{school, roundID, hash}
	}
	if _, err := s.db.Each(ctx, "INSERT INTO receipts (school_id, round_id, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows); err != nil {
		return err
	}
	rows = make([][]any, len(waiting))
	for i, w := range waiting {
		rows[i] = []any{school, roundID, w.ID, w.CellID, w.Answers, w.Pace}
	}
	_, err := s.db.Each(ctx, "INSERT INTO inbox (school_id, round_id, id, cell_id, answers, pace) VALUES (?, ?, ?, ?, ?, ?)", rows)
	return err
}

// Count adds to tallies. They are given sorted, so that two servers do not deadlock.
func (s Store) Count(ctx context.Context, tallies []Tally) error {
	if len(tallies) == 0 {
		return nil
	}
	return s.db.Write(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "school_id"}, {Name: "round_id"}, {Name: "kind"}, {Name: "name"}},
		DoUpdates: clause.Assignments(map[string]any{"count": gorm.Expr("tallies.count + excluded.count")}),
	}).Create(&tallies).Error
}

// Tallies reads the tallies of a round.
func (s Store) Tallies(ctx context.Context, school, roundID string) ([]Tally, error) {
	var rows []Tally
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Order("kind, name").Find(&rows).Error
	return rows, err
}

// Inbox reads all that waits in a round.
func (s Store) Inbox(ctx context.Context, school, roundID string) ([]Waiting, error) {
	var rows []Waiting
	err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error
	return rows, err
}

// Waits counts what waits in a round.
func (s Store) Waits(ctx context.Context, school, roundID string) (int, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Waiting{}).Where("school_id = ? AND round_id = ?", school, roundID).Count(&n).Error
	return int(n), err
}

// Move stores responses and empties the inbox of the round.
func (s Store) Move(ctx context.Context, school, roundID string, rows []Response) error {
	if err := s.Add(ctx, rows); err != nil {
		return err
	}
	return s.DropInbox(ctx, school, roundID)
}

// Add stores responses that were never in the inbox, in the order in which they are given: their caller has shuffled them.
func (s Store) Add(ctx context.Context, rows []Response) error {
	if len(rows) == 0 {
		return nil
	}
	return s.db.Write(ctx).CreateInBatches(&rows, 500).Error
}

// DropInbox deletes all that waits in a round.
func (s Store) DropInbox(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Waiting{}).Error
}

// RewriteReceipts writes the receipts of a round anew in the order that shuffle gives, in one transaction.
func (s Store) RewriteReceipts(ctx context.Context, school, roundID string, shuffle func([]Receipt)) error {
	var rows []Receipt
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Receipt{}).Error; err != nil {
		return err
	}
	shuffle(rows)
	return s.db.Write(ctx).CreateInBatches(&rows, 500).Error
}

// Each calls f with every response of a round, in no particular order.
func (s Store) Each(ctx context.Context, school, roundID string, f func(Response) error) error {
	rows, err := s.db.Query(ctx).Model(&Response{}).Where("school_id = ? AND round_id = ?", school, roundID).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r Response
		if err := rows.Scan(&r.SchoolID, &r.RoundID, &r.ID, &r.CellID, &r.Answers, &r.Pace); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Purge deletes everything that was said in a round.
func (s Store) Purge(ctx context.Context, school, roundID string) (int, error) {
	for _, table := range []any{&Waiting{}, &Receipt{}, &Hand{}, &Mark{}, &Followed{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(table).Error; err != nil {
			return 0, err
		}
	}
	res := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Response{})
	return int(res.RowsAffected), res.Error
}

// Package response holds what was said: the inbox where an answer waits, the receipts that keep it from being taken
// twice, and the responses themselves. It knows no slip and no person.
package response

import (
	"context"
	"encoding/json"
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
	err := s.db.Write(ctx).Model(&Receipt{}).Where("school_id = ? AND round_id = ? AND hash IN ?", school, roundID, storage.Padded(hashes)).Pluck("hash", &rows).Error
	known := map[string]bool{}
	for _, h := range rows {
		known[h] = true
	}
	return known, err
}

// Take stores receipts and waiting responses together. However many there are, it takes two statements that always read
// the same: the rows travel as one JSON text each. A receipt that is there already stays as it is.
func (s Store) Take(ctx context.Context, receipts []Receipt, waiting []Waiting) error {
	if len(receipts) == 0 {
		return nil
	}
	text, err := json.Marshal(waiting)
	if err != nil {
		return err
	}
	hashes, err := json.Marshal(receipts)
	if err != nil {
		return err
	}
	rows := "json_each(?)"
	field := func(name string) string { return "json_extract(value, '$." + name + "')" }
	if s.db.Kind() == storage.Postgres {
		rows = "jsonb_array_elements(?::jsonb) AS e(value)"
		field = func(name string) string { return "value->>'" + name + "'" }
	}
	insert := func(table string, columns []string, names []string, data []byte) error {
		var values []string
		for _, name := range names {
			values = append(values, field(name))
		}
		return s.db.Write(ctx).Exec("INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(values, ", ")+" FROM "+rows+" WHERE true ON CONFLICT DO NOTHING", string(data)).Error
	}
	if err := insert("receipts", []string{"school_id", "round_id", "hash"}, []string{"SchoolID", "RoundID", "Hash"}, hashes); err != nil {
		return err
	}
	return insert("inbox", []string{"school_id", "round_id", "id", "cell_id", "answers", "pace"},
		[]string{"SchoolID", "RoundID", "ID", "CellID", "Answers", "Pace"}, text)
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
	if len(rows) > 0 {
		if err := s.db.Write(ctx).CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
	}
	return s.DropInbox(ctx, school, roundID)
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
	for _, table := range []any{&Waiting{}, &Receipt{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(table).Error; err != nil {
			return 0, err
		}
	}
	res := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Response{})
	return int(res.RowsAffected), res.Error
}

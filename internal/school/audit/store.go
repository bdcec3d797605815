// Package audit writes down what was done, by whom and to what, in the same transaction as the deed.
// It never holds an answer, a pupil's name, or who looked at their own class's result.
package audit

import (
	"context"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// Entry is one deed.
type Entry struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	At        time.Time
	AccountID string
	Action    string // round.open
	Kind      string // round
	Target    string
	Note      string
}

// TableName is the table entries live in.
func (Entry) TableName() string { return "audit" }

// Record adds an entry. Call it inside the transaction of the deed itself.
func Record(ctx context.Context, tx *storage.DB, who access.Actor, action, kind, target, note string) error {
	return tx.Write(ctx).Create(&Entry{
		SchoolID: who.School, ID: storage.NewID(), At: tx.Now(), AccountID: who.Account,
		Action: action, Kind: kind, Target: target, Note: note,
	}).Error
}

// Recent lists the newest entries of a school, newest first.
func Recent(ctx context.Context, db *storage.DB, who access.Actor, limit int) ([]Entry, error) {
	var entries []Entry
	if !access.Can(who, access.ManageSchool, access.Object{School: who.School}) {
		return nil, nil
	}
	err := db.Query(ctx).Where("school_id = ?", who.School).Order("at DESC, id").Limit(limit).Find(&entries).Error
	return entries, err
}

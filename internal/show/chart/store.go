package chart

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/base/storage"
)

// Drawn is a chart of a school as SVG, under the hash of its drawing. The table is a cache: what is not in it is drawn
// again. A page looks a chart up by what it shows, so it can show no more than the page.
type Drawn struct {
	SchoolID string `gorm:"primaryKey"`
	Hash     string `gorm:"primaryKey"`
	SVG      string `gorm:"column:svg"` // empty: not a drawing but a note that all drawings of a release are there
	MadeAt   time.Time
}

// TableName is the table that drawn charts live in.
func (Drawn) TableName() string { return "charts" }

// Store keeps drawn charts.
type Store struct{ db *storage.DB }

// NewStore works on db.
func NewStore(db *storage.DB) Store { return Store{db} }

// Find gives those of a school's charts that are there, by hash, in one query.
func (s Store) Find(ctx context.Context, school string, hashes []string) (map[string]string, error) {
	found := map[string]string{}
	if len(hashes) == 0 {
		return found, nil
	}
	var rows []Drawn
	if err := s.db.Query(ctx).Select("hash", "svg").Where("school_id = ? AND ?", school, s.db.In("hash", hashes)).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		found[r.Hash] = r.SVG
	}
	return found, nil
}

// Missing gives the drawings that are not there, each once.
func (s Store) Missing(ctx context.Context, school string, list []Drawing) ([]Drawing, error) {
	var missing []Drawing
	seen := map[string]bool{}
	for len(list) > 0 {
		part := list[:min(500, len(list))]
		list = list[len(part):]
		hashes := make([]string, len(part))
		for i, d := range part {
			hashes[i] = d.Hash
		}
		var there []string
		if err := s.db.Query(ctx).Model(&Drawn{}).Where("school_id = ? AND ?", school, s.db.In("hash", hashes)).Pluck("hash", &there).Error; err != nil {
			return nil, err
		}
		for _, h := range there {
			seen[h] = true
		}
		for _, d := range part {
			if !seen[d.Hash] {
				seen[d.Hash] = true
				missing = append(missing, d)
			}
		}
	}
	return missing, nil
}

// Keep stores drawn charts. One that is there already stays.
func (s Store) Keep(ctx context.Context, school string, list map[string]string) error {
	rows := make([]Drawn, 0, len(list))
	for hash, svg := range list {
		rows = append(rows, Drawn{SchoolID: school, Hash: hash, SVG: svg, MadeAt: s.db.Now()})
	}
	if len(rows) == 0 {
		return nil
	}
	return s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 100).Error
}

// Forget deletes all charts of a school: numbers that were promised to be deleted stand in them too. What may still be
// shown is drawn again.
func (s Store) Forget(ctx context.Context, school string) error {
	return s.db.Write(ctx).Where("school_id = ?", school).Delete(&Drawn{}).Error
}

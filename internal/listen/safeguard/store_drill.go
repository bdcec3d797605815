package safeguard

import (
	"context"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
)

// Drill is one test message on its way: when it was sent, and when somebody was told of it, read it and dealt with it.
type Drill struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	ConcernID string
	StartedAt time.Time
	AlertedAt *time.Time
	ReadAt    *time.Time
	HandledAt *time.Time
}

// StartDrill sends a test message to the safeguarding team, by the way that a pupil's takes. It is marked for those who read
// it, and counted nowhere. Faults: Conflict concern.drill_on while another waits.
func (s Store) StartDrill(ctx context.Context, school string) (Drill, error) {
	now := s.db.Now()
	d := Drill{SchoolID: school, ID: storage.NewID(), ConcernID: storage.NewID(), StartedAt: now}
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		var waiting int64
		if err := tx.Write(ctx).Model(&Concern{}).Where("school_id = ? AND drill = ? AND state IN ?", school, true, []State{New, Read}).Count(&waiting).Error; err != nil {
			return err
		}
		if waiting > 0 {
			return fault.New(fault.Conflict, "concern.drill_on")
		}
		c := Concern{SchoolID: school, ID: d.ConcernID, GoesTo: Team, State: New, ArrivedAt: &now, AlertAt: &now, Drill: true}
		if err := s.lock(&c, Said{Words: words.English().Say("concern.drill_words")}); err != nil {
			return err
		}
		if err := tx.Write(ctx).Create(&c).Error; err != nil {
			return err
		}
		return tx.Write(ctx).Create(&d).Error
	})
	return d, err
}

// TryOut is StartDrill for somebody who may.
func (s Store) TryOut(ctx context.Context, who access.Actor) (Drill, error) {
	if !access.Can(who, access.KeepCover, access.Object{School: who.School}) {
		return Drill{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.StartDrill(ctx, who.School)
}

// drilled notes when something first happened to a test message; for every other concern it does nothing.
func (s Store) drilled(ctx context.Context, c Concern, what string) error {
	if !c.Drill {
		return nil
	}
	return s.db.Write(ctx).Model(&Drill{}).Where("school_id = ? AND concern_id = ? AND "+what+" IS NULL", c.SchoolID, c.ID).Update(what, s.db.Now()).Error
}

// Drill finds one as it stands now.
func (s Store) Drill(ctx context.Context, school, id string) (d Drill, err error) {
	err = s.db.Query(ctx).Where("school_id = ? AND id = ?", school, id).Take(&d).Error
	return d, storage.Fault(err, "fault.not_found")
}

// LastDrill is the last one of a school; ok is false where nobody has ever tried it.
func (s Store) LastDrill(ctx context.Context, school string) (d Drill, ok bool, err error) {
	var list []Drill
	err = s.db.Query(ctx).Where("school_id = ?", school).Order("started_at DESC").Limit(1).Find(&list).Error
	if len(list) == 0 {
		return d, false, err
	}
	return list[0], true, err
}

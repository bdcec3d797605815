package survey

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Survey is a questionnaire being written: the draft that versions are made from.
type Survey struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	Title     string
	Audience  string
	Document  string // JSON of a Document
	Template  string // of the bank, if it began as one
	CreatedAt time.Time
	ChangedAt time.Time
}

// Version is what was asked, word for word. It never changes; another asking makes another version.
type Version struct {
	SchoolID string `gorm:"primaryKey"`
	SurveyID string `gorm:"primaryKey"`
	Number   int    `gorm:"primaryKey"`
	Hash     string
	Document string
	MadeAt   time.Time
}

// Doc reads the draft.
func (s Survey) Doc() (Document, error) { return decode(s.Document) }

// Doc reads what is asked.
func (v Version) Doc() (Document, error) { return decode(v.Document) }

func decode(text string) (Document, error) {
	var d Document
	err := json.Unmarshal([]byte(text), &d)
	return d, err
}

// Store keeps surveys and their versions.
type Store struct{ db *storage.DB }

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB) Store { return Store{db} }

func mayWrite(who access.Actor) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// Add stores a new draft.
func (s Store) Add(ctx context.Context, who access.Actor, d Document, template string) (Survey, error) {
	if err := mayWrite(who); err != nil {
		return Survey{}, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return Survey{}, err
	}
	now := s.db.Now()
	sv := Survey{SchoolID: who.School, ID: storage.NewID(), Title: strings.TrimSpace(d.Title), Audience: d.Audience,
		Document: string(text), Template: template, CreatedAt: now, ChangedAt: now}
	if sv.Title == "" {
		return Survey{}, fault.Field("title", "survey.title")
	}
	return sv, s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Create(&sv).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "survey.add", "survey", sv.ID, template)
	})
}

// Save replaces the draft. Versions already made stay as they are.
func (s Store) Save(ctx context.Context, who access.Actor, id string, d Document) error {
	if err := mayWrite(who); err != nil {
		return err
	}
	if strings.TrimSpace(d.Title) == "" {
		return fault.Field("title", "survey.title")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		res := tx.Write(ctx).Model(&Survey{}).Where("school_id = ? AND id = ?", who.School, id).
			Updates(map[string]any{"title": strings.TrimSpace(d.Title), "audience": d.Audience, "document": string(text), "changed_at": tx.Now()})
		if res.Error == nil && res.RowsAffected == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if res.Error != nil {
			return res.Error
		}
		return audit.Record(ctx, tx, who, "survey.save", "survey", id, "")
	})
}

// Find reads one survey.
func (s Store) Find(ctx context.Context, who access.Actor, id string) (Survey, error) {
	if err := mayWrite(who); err != nil {
		return Survey{}, err
	}
	var sv Survey
	err := s.db.Query(ctx).Where("school_id = ? AND id = ?", who.School, id).Take(&sv).Error
	return sv, storage.Fault(err, "fault.not_found")
}

// List names the surveys of a school, the newest change first.
func (s Store) List(ctx context.Context, who access.Actor) ([]Survey, error) {
	if err := mayWrite(who); err != nil {
		return nil, err
	}
	var all []Survey
	err := s.db.Query(ctx).Omit("document").Where("school_id = ?", who.School).Order("changed_at DESC, id").Find(&all).Error
	return all, err
}

// Freeze makes a version of the draft, or returns the newest one where nothing that is asked has changed.
func (s Store) Freeze(ctx context.Context, who access.Actor, id string) (Version, error) {
	var v Version
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx)
		sv, err := st.Find(ctx, who, id)
		if err != nil {
			return err
		}
		d, err := sv.Doc()
		if err != nil {
			return err
		}
		var newest []Version
		if err := tx.Query(ctx).Where("school_id = ? AND survey_id = ?", who.School, id).Order("number DESC").Limit(1).Find(&newest).Error; err != nil {
			return err
		}
		text := sv.Document
		if d.Kept != nil { // what was beside the questions in a file was not asked
			d.Kept = nil
			asked, err := json.Marshal(d)
			if err != nil {
				return err
			}
			text = string(asked)
		}
		v = Version{SchoolID: who.School, SurveyID: id, Number: 1, Hash: d.Hash(), Document: text, MadeAt: tx.Now()}
		if len(newest) == 1 {
			if newest[0].Hash == v.Hash {
				v = newest[0]
				return nil
			}
			v.Number = newest[0].Number + 1
		}
		return tx.Write(ctx).Create(&v).Error
	})
	return v, err
}

// Version reads one version. It has no actor: what is asked is shown to everyone who answers.
func (s Store) Version(ctx context.Context, school, id string, number int) (Version, error) {
	var v Version
	err := s.db.Query(ctx).Where("school_id = ? AND survey_id = ? AND number = ?", school, id, number).Take(&v).Error
	return v, storage.Fault(err, "fault.not_found")
}

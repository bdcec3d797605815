package survey

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Translation is the questions of a survey in another language.
type Translation struct {
	SchoolID   string `gorm:"primaryKey"`
	SurveyID   string `gorm:"primaryKey"`
	Language   string `gorm:"primaryKey"`
	Body       string // the draft, JSON: key of Words -> text
	Approved   string // as it was when a named person last read it; what people see
	ApprovedBy string // empty: nobody has read it
	ApprovedAt *time.Time
	ChangedAt  time.Time
}

// Said reads the words of the draft, by the key of Words.
func (t Translation) Said() map[string]string { return said(t.Body) }

func said(body string) map[string]string {
	said := map[string]string{}
	_ = json.Unmarshal([]byte(body), &said) // written by this package, or empty
	return said
}

// IsApproved says whether a named person has read it as it stands.
func (t Translation) IsApproved() bool { return t.ApprovedBy != "" && t.Approved == t.Body }

// maxTranslated is the longest that one translated piece may be.
const maxTranslated = 2000

// Translations reads all translations of a survey, drafts among them, by language.
func (s Store) Translations(ctx context.Context, school, surveyID string) ([]Translation, error) {
	var all []Translation
	err := s.db.Query(ctx).Where("school_id = ? AND survey_id = ?", school, surveyID).Order("language").Find(&all).Error
	return all, err
}

// Translate stores the words of a translation as a draft. Words that are empty are left out; those of pieces that the
// survey no longer has are kept, so that a version already asked keeps its language.
func (s Store) Translate(ctx context.Context, who access.Actor, surveyID, language string, said map[string]string) error {
	return s.change(ctx, who, surveyID, language, "survey.translate", func(t *Translation, _ Document) error {
		have := t.Said()
		for key, text := range said {
			text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) // as browsers send the end of a line
			if IsStrange(text) || !utf8.ValidString(text) {
				return fault.Field(key, "translation.strange")
			}
			if len([]rune(text)) > maxTranslated {
				return fault.Field(key, "translation.long")
			}
			if have[key] = text; text == "" {
				delete(have, key)
			}
		}
		body, err := json.Marshal(have)
		t.Body = string(body)
		return err
	})
}

// Approve says that somebody by this name has read a translation and that it means the same. It must be complete.
func (s Store) Approve(ctx context.Context, who access.Actor, surveyID, language, reader string) error {
	reader = strings.TrimSpace(reader)
	if IsStrange(reader) {
		return fault.Field("reader", "translation.strange")
	}
	if reader == "" || len([]rune(reader)) > maxTitle {
		return fault.Field("reader", "translation.reader")
	}
	return s.change(ctx, who, surveyID, language, "survey.approve_translation", func(t *Translation, d Document) error {
		if _, missing := d.In(language, t.Said()); missing > 0 {
			return fault.New(fault.Invalid, "translation.missing", fault.Values{"Count": missing})
		}
		now := s.db.Now()
		t.Approved, t.ApprovedBy, t.ApprovedAt = t.Body, reader, &now
		return nil
	})
}

func (s Store) change(ctx context.Context, who access.Actor, surveyID, language, action string, f func(*Translation, Document) error) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		sv, err := NewStore(tx).Find(ctx, who, surveyID)
		if err != nil {
			return err
		}
		d, err := sv.Doc()
		if err != nil {
			return err
		}
		t := Translation{SchoolID: who.School, SurveyID: surveyID, Language: language, Body: "{}"}
		var have []Translation
		if err := tx.Query(ctx).Where("school_id = ? AND survey_id = ? AND language = ?", who.School, surveyID, language).Find(&have).Error; err != nil {
			return err
		}
		if len(have) == 1 {
			t = have[0]
		}
		if err := f(&t, d); err != nil {
			return err
		}
		t.ChangedAt = tx.Now()
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&t).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, action, "survey", surveyID, language)
	})
}

// Languages are the languages in which a version of a survey can be asked, with its words: those with every piece of it
// read and approved. It has no actor: what is asked is shown to everyone who answers.
func (s Store) Languages(ctx context.Context, school, surveyID string, d Document) (map[string]Document, error) {
	all, err := s.Translations(ctx, school, surveyID)
	if err != nil {
		return nil, err
	}
	out := map[string]Document{}
	for _, t := range all {
		if translated, missing := d.In(t.Language, said(t.Approved)); t.ApprovedBy != "" && missing == 0 {
			out[t.Language] = translated
		}
	}
	return out, nil
}

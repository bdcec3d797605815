package action

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// ReplyLanguage is a reply in another language.
type ReplyLanguage struct {
	SchoolID   string `gorm:"primaryKey"`
	RoundID    string `gorm:"primaryKey"`
	Language   string `gorm:"primaryKey"`
	Body       string // JSON: key of a piece -> Said
	ApprovedBy string // who has read it as it stands; empty: nobody
	ApprovedAt *time.Time
	ChangedAt  time.Time
}

// Said is a piece in another language, with the English that it was written for.
type Said struct {
	English string `json:"english"`
	Text    string `json:"text"`
}

// Pieces reads its words by the key of the piece.
func (l ReplyLanguage) Pieces() map[string]Said {
	said := map[string]Said{}
	_ = json.Unmarshal([]byte(l.Body), &said) // written by this package
	return said
}

// Of is a piece in this language. ok is false where there are no words for it, nobody has read them, or the English has
// changed since: then people read the English.
func (l ReplyLanguage) Of(p Piece) (string, bool) {
	said, ok := l.Pieces()[p.Key]
	return said.Text, ok && l.ApprovedBy != "" && said.English == p.Text && said.Text != ""
}

// Complete says whether everything of a reply can be read in this language.
func (l ReplyLanguage) Complete(w Whole) bool {
	for _, p := range w.Pieces() {
		if _, ok := l.Of(p); !ok {
			return false
		}
	}
	return len(w.Pieces()) > 0
}

// Languages reads all languages of a reply, drafts among them.
func (s Store) Languages(ctx context.Context, r round.Round) ([]ReplyLanguage, error) {
	var all []ReplyLanguage
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Order("language").Find(&all).Error
	return all, err
}

// Translate stores a reply in another language. reader is who says that it means the same; without one it is a draft.
func (s Store) Translate(ctx context.Context, who access.Actor, r round.Round, language, reader string, texts map[string]string) error {
	if err := mayReply(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		w, err := s.with(tx).whole(ctx, r)
		if err != nil {
			return err
		}
		said, fields := map[string]Said{}, map[string]fault.Problem{}
		for _, p := range w.Pieces() {
			text := strings.TrimSpace(texts[p.Key])
			if len([]rune(text)) > 2*maxWords {
				fields[p.Key] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": 2 * maxWords}}
			}
			if text != "" {
				said[p.Key] = Said{p.Text, text}
			} else if reader != "" {
				fields[p.Key] = fault.Problem{Key: "action.untranslated"}
			}
		}
		if reader = strings.TrimSpace(reader); len([]rune(reader)) > 120 {
			fields["reader"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": 120}}
		}
		if err := fault.Fields(fields); err != nil {
			return err
		}
		body, err := json.Marshal(said)
		if err != nil {
			return err
		}
		now := tx.Now()
		l := ReplyLanguage{SchoolID: r.SchoolID, RoundID: r.ID, Language: language, Body: string(body), ChangedAt: now}
		if reader != "" {
			l.ApprovedBy, l.ApprovedAt = reader, &now
		}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&l).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "reply.translate", "round", r.ID, language)
	})
}

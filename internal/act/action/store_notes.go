package action

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
)

// StoredNote is a note as it lies in the database. Its id is a keyed hash and its body is locked under a key of the
// server's that is in neither the database nor a backup of it, so that they do not even tell who has kept something.
type StoredNote struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	RoundID  string
	Body     string
}

// TableName is the table notes live in.
func (StoredNote) TableName() string { return "notes" }

const noteUse = "note"

func (s Store) noteID(who access.Actor, r round.Round, unit string) string {
	return s.key.Hash(noteUse, who.School, r.ID, unit, who.Person)
}

// Note reads what the actor has kept about a group of a round; the zero value where that is nothing. It is theirs alone:
// there is no way to ask for somebody else's.
func (s Store) Note(ctx context.Context, who access.Actor, r round.Round, unit string) (Note, error) {
	var rows []StoredNote
	id := s.noteID(who, r, unit)
	if err := s.db.Query(ctx).Where("school_id = ? AND id = ?", who.School, id).Find(&rows).Error; err != nil || len(rows) == 0 {
		return Note{}, err
	}
	locked, err := base64.StdEncoding.DecodeString(rows[0].Body)
	if err != nil {
		return Note{}, fmt.Errorf("note: %w", err)
	}
	body, err := s.key.Unlock(locked, noteUse, who.School, id, who.Person)
	if err != nil {
		return Note{}, err
	}
	var n Note
	return n, json.Unmarshal(body, &n)
}

// Keep stores a note, or forgets it if there is nothing in it. It leaves no trace in the audit: that somebody guesses or
// reflects is nobody's business.
func (s Store) Keep(ctx context.Context, who access.Actor, r round.Round, unit string, n Note) error {
	if !who.SignedIn() || who.School != r.SchoolID {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := fault.Fields(n.problems()); err != nil {
		return err
	}
	id := s.noteID(who, r, unit)
	if n.Empty() && !n.Looked {
		return s.db.Write(ctx).Where("school_id = ? AND id = ?", who.School, id).Delete(&StoredNote{}).Error
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	locked, err := s.key.Lock(padded(body, 512), noteUse, who.School, id, who.Person)
	if err != nil {
		return err
	}
	row := StoredNote{SchoolID: who.School, ID: id, RoundID: r.ID, Body: base64.StdEncoding.EncodeToString(locked)}
	return s.db.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// padded makes a body as long as the next of few sizes, so that its length does not tell a page of reflection from an empty
// one.
func padded(body []byte, size int) []byte {
	for size < len(body) {
		size *= 4
	}
	return append(body, bytes.Repeat([]byte(" "), size-len(body))...)
}

// Purge deletes what staff have kept for themselves and guessed about a round, on the day its answers are deleted. The
// reply stays, with what became of it.
func (s Store) Purge(ctx context.Context, school, roundID string) error {
	for _, table := range []any{&StoredNote{}, &StaffGuess{}, &Share{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(table).Error; err != nil {
			return err
		}
	}
	return nil
}

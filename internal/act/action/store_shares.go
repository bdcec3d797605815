package action

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Share is what a teacher chose to show of a class to one other person: sentences as they stood, and the teacher's own
// words. It is the only way in which anybody else comes to see one class of a round for learning.
type Share struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	RoundID  string
	Title    string // class and round
	FromID   string
	FromName string
	ToID     string
	ToName   string
	Body     string // JSON of []string: the lines
	Words    string // the teacher's own
	MadeAt   time.Time
}

// Lines reads the sentences.
func (s Share) Lines() (lines []string) {
	_ = json.Unmarshal([]byte(s.Body), &lines) // written by this package
	return lines
}

// Show gives lines and words of the actor's class to another member of staff. The caller has checked that the class is
// the actor's own and that the lines are what the actor sees.
func (s Store) Show(ctx context.Context, who access.Actor, r round.Round, title, to string, lines []string, words string) error {
	fields := map[string]fault.Problem{}
	m, err := roster.NewStore(s.db).Staff(ctx, who.School, to)
	if err != nil || to == who.Person {
		fields["to"] = fault.Problem{Key: "action.share_to"}
	}
	if words = strings.TrimSpace(words); len([]rune(words)) > maxJournal {
		fields["words"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxJournal}}
	}
	if len(lines) == 0 && words == "" {
		fields["lines"] = fault.Problem{Key: "action.share_none"}
	}
	if err := fault.Fields(fields); err != nil {
		return err
	}
	body, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	row := Share{SchoolID: who.School, ID: storage.NewID(), RoundID: r.ID, Title: title, FromID: who.Person, FromName: who.Name, ToID: to, ToName: m.Name(), Body: string(body), Words: words, MadeAt: s.db.Now()}
	return s.db.Write(ctx).Create(&row).Error
}

// Shares lists what the actor has shown to others, and what others have shown to the actor, the newest first.
func (s Store) Shares(ctx context.Context, who access.Actor) (given, got []Share, err error) {
	if !who.SignedIn() {
		return nil, nil, nil
	}
	var all []Share
	err = s.db.Query(ctx).Where("school_id = ? AND (from_id = ? OR to_id = ?)", who.School, who.Person, who.Person).Order("made_at DESC, id").Find(&all).Error
	for _, row := range all {
		if row.FromID == who.Person {
			given = append(given, row)
		} else {
			got = append(got, row)
		}
	}
	return given, got, err
}

// TakeBack deletes what the actor has shown.
func (s Store) TakeBack(ctx context.Context, who access.Actor, id string) error {
	done := s.db.Write(ctx).Where("school_id = ? AND id = ? AND from_id = ?", who.School, id, who.Person).Delete(&Share{})
	if done.Error == nil && done.RowsAffected == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return done.Error
}

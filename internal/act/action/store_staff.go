package action

import (
	"context"
	"encoding/json"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// StaffGuess is what one member of staff guessed for the picture of the whole staff: given knowingly, without a name.
type StaffGuess struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"` // random
	Guesses  string // JSON: question -> the guessed option, in its words
}

// TableName is the table these guesses live in.
func (StaffGuess) TableName() string { return "staff_guesses" }

// LeastStaff is how many members of staff have to have guessed before anything of it is shown.
const LeastStaff = 10

// given is the note that says that somebody has given their guesses for the staff's picture. It holds none of them.
const givenUse = "staff"

// Gave says whether the actor has given their guesses for the picture of the whole staff.
func (s Store) Gave(ctx context.Context, who access.Actor, r round.Round) (bool, error) {
	n, err := s.Note(ctx, who, r, givenUse)
	return n.Looked, err
}

// Give adds the actor's guesses to the picture of the whole staff, once, and only until the round is published: from
// then on the picture stands still, so that nobody can watch one guess arrive.
func (s Store) Give(ctx context.Context, who access.Actor, r round.Round, guesses map[string]string) error {
	if r.State == round.Published || r.State == round.Cancelled || r.State == round.Draft {
		return fault.New(fault.Conflict, "action.guess_late")
	}
	if len(guesses) == 0 {
		return fault.New(fault.Invalid, "action.guess_none")
	}
	if !access.Can(who, access.BrowseBank, access.Object{School: who.School}) || who.School != r.SchoolID {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := s.with(tx)
		if gave, err := st.Gave(ctx, who, r); err != nil {
			return err
		} else if gave {
			return fault.New(fault.Conflict, "action.guess_twice")
		}
		body, err := json.Marshal(guesses)
		if err != nil {
			return err
		}
		row := StaffGuess{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), Guesses: string(body)}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		return st.Keep(ctx, who, r, givenUse, Note{Looked: true})
	})
}

// StaffPicture says, for each question that enough staff guessed, in how many tenths of the guesses the middle answer is
// a favourable one. It is there once the round is published, and never before. favourable says which options are.
func (s Store) StaffPicture(ctx context.Context, r round.Round, favourable func(question, option string) bool) (n int, tenths map[string]int, err error) {
	if r.State != round.Published || r.Audience == bank.Staff {
		return 0, nil, nil
	}
	var rows []StaffGuess
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&rows).Error; err != nil || len(rows) < LeastStaff {
		return 0, nil, err
	}
	asked, good := map[string]int{}, map[string]int{}
	for _, row := range rows {
		var guesses map[string]string
		if err := json.Unmarshal([]byte(row.Guesses), &guesses); err != nil {
			return 0, nil, err
		}
		for q, option := range guesses {
			asked[q]++
			if favourable(q, option) {
				good[q]++
			}
		}
	}
	tenths = map[string]int{}
	for q, m := range asked {
		if m >= LeastStaff {
			tenths[q] = (20*good[q] + m) / (2 * m) // to the nearest tenth
		}
	}
	return len(rows), tenths, nil
}

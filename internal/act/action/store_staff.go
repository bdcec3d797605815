package action

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"strings"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// StaffGuess is what one member of staff guessed for the picture of the whole staff: given knowingly, without a name. It is
// locked under a key that is in neither the database nor a backup of it. With each guess that is given, all of the round
// are locked and written anew in random order under new ids, so that neither the table nor the order in which it was
// written tells which came when.
type StaffGuess struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"` // random
	Guesses  string // locked; question -> the guessed option, in its words
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
		// Two guesses at once would each write the others anew.
		if err := tx.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Select("id").Where("school_id = ? AND id = ?", r.SchoolID, r.ID).Take(&round.Round{}).Error; err != nil {
			return err
		}
		all, err := st.staffGuesses(ctx, r)
		if err != nil {
			return err
		}
		all = append(all, guesses)
		mathrand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		rows := make([]StaffGuess, len(all))
		for i, g := range all {
			if rows[i], err = st.lockGuess(r, g); err != nil {
				return err
			}
		}
		if err := tx.Write(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Delete(&StaffGuess{}).Error; err != nil {
			return err
		}
		if err := tx.Write(ctx).Create(&rows).Error; err != nil {
			return err
		}
		return st.Keep(ctx, who, r, givenUse, Note{Looked: true})
	})
}

const staffUse = "staff guess"

// guessSize is the least length of what is locked, so that it does not tell how much somebody guessed.
const guessSize = 4096

func (s Store) lockGuess(r round.Round, guesses map[string]string) (StaffGuess, error) {
	row := StaffGuess{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID()}
	body, err := json.Marshal(guesses)
	if err != nil {
		return row, err
	}
	locked, err := s.key.Lock(padded(body, guessSize), staffUse, r.SchoolID, r.ID, row.ID)
	row.Guesses = base64.StdEncoding.EncodeToString(locked)
	return row, err
}

// staffGuesses reads all guesses that were given for a round, in no order. Those of earlier programs are not locked.
func (s Store) staffGuesses(ctx context.Context, r round.Round) (all []map[string]string, err error) {
	var rows []StaffGuess
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		body := []byte(row.Guesses)
		if !strings.HasPrefix(row.Guesses, "{") {
			locked, err := base64.StdEncoding.DecodeString(row.Guesses)
			if err != nil {
				return nil, fmt.Errorf("staff guess: %w", err)
			}
			if body, err = s.key.Unlock(locked, staffUse, r.SchoolID, r.ID, row.ID); err != nil {
				continue // after a restore without the key they are gone, as what people keep for themselves is
			}
		}
		var guesses map[string]string
		if err := json.Unmarshal(body, &guesses); err != nil {
			return nil, fmt.Errorf("staff guess: %w", err)
		}
		all = append(all, guesses)
	}
	return all, nil
}

// StaffPicture says, for each question that enough staff guessed, in how many tenths of the guesses the middle answer is
// a favourable one. It is there once the round is published, and never before. favourable says which options are.
func (s Store) StaffPicture(ctx context.Context, r round.Round, favourable func(question, option string) bool) (n int, tenths map[string]int, err error) {
	if r.State != round.Published || r.Audience == bank.Staff {
		return 0, nil, nil
	}
	all, err := s.staffGuesses(ctx, r)
	if err != nil || len(all) < LeastStaff {
		return 0, nil, err
	}
	asked, good := map[string]int{}, map[string]int{}
	for _, guesses := range all {
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
	return len(all), tenths, nil
}

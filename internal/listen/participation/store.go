// Package participation knows who may answer and which slip has: never what was said.
package participation

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// CodeLength is how many characters a slip has: 60 random bits.
const CodeLength = 12

// Kinds of slips.
const (
	ForPupil = "pupil"
	Spare    = "spare"   // for a lost slip or a newcomer
	Reading  = "reading" // looks like the others and opens a reading task: for those who opted out
	// Stays is the slip of somebody who opted out after answering: the answer stays unless they take it back. It is written like a
	// spare slip, which no round with cards has.
	Stays = Spare
)

// Slip is a single-use code on paper, kept only as its keyed hash.
type Slip struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	Hash     string `gorm:"primaryKey"`
	UnitID   string
	Kind     string
	Spent    bool
}

// Sheet is what is printed for one class, once: afterwards the codes exist on paper alone.
type Sheet struct {
	Unit   round.Unit
	Slips  []string // shuffled; those for reading are among them and look the same
	Spares []string
}

// Store keeps slips.
type Store struct {
	db  *storage.DB
	key seal.Key
}

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB, key seal.Key) Store { return Store{db, key} }

// Hash is how a code of a round is stored.
func (s Store) Hash(roundID, code string) string { return s.key.Hash("slip", roundID, code) }

// Spares is how many extra slips a class gets: a tenth, at least two.
func Spares(size int) int { return max(2, (size+9)/10) }

// Print mints the slips of the given units and returns the codes, which are stored nowhere. Printing a class again
// voids its unspent slips, and is refused once one of them is spent: two valid slips for one pupil would be two votes.
func (s Store) Print(ctx context.Context, who access.Actor, r round.Round, units []round.Unit) ([]Sheet, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: r.SchoolID}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if r.State != round.Open || r.Mode != round.Anonymous || r.Mailed() {
		return nil, fault.New(fault.Conflict, "slips.not_open")
	}
	var sheets []Sheet
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		sheets = nil
		var rows []Slip
		for _, u := range units {
			if !u.IsLeaf() {
				continue
			}
			var spent int64
			of := tx.Query(ctx).Model(&Slip{}).Where("school_id = ? AND round_id = ? AND unit_id = ?", r.SchoolID, r.ID, u.ID)
			// Of those for reading none is a vote.
			if err := of.Where("spent AND kind <> ?", Reading).Count(&spent).Error; err != nil {
				return err
			}
			if spent > 0 {
				return fault.New(fault.Conflict, "slips.begun", fault.Values{"Name": u.Name})
			}
			if err := tx.Write(ctx).Where("school_id = ? AND round_id = ? AND unit_id = ?", r.SchoolID, r.ID, u.ID).Delete(&Slip{}).Error; err != nil {
				return err
			}
			sheet := Sheet{Unit: u}
			size := u.Here()
			for i := range size + Spares(size) {
				code := seal.NewCode(CodeLength)
				slip := Slip{SchoolID: r.SchoolID, RoundID: r.ID, Hash: s.Hash(r.ID, code), UnitID: u.ID, Kind: ForPupil}
				switch {
				case i >= size:
					slip.Kind = Spare
					sheet.Spares = append(sheet.Spares, code)
				case i < u.Reading:
					slip.Kind = Reading
					sheet.Slips = append(sheet.Slips, code)
				default:
					sheet.Slips = append(sheet.Slips, code)
				}
				rows = append(rows, slip)
			}
			Shuffle(sheet.Slips)
			sheets = append(sheets, sheet)
		}
		if len(sheets) == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		Shuffle(rows)
		if err := tx.Write(ctx).CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
		if tx.Kind() == storage.Postgres {
			// Thousands of rows have come at once. Until PostgreSQL knows that, it looks a code up by reading the round.
			if err := tx.Write(ctx).Exec("ANALYZE slips").Error; err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, who, "slips.print", "round", r.ID, "")
	})
	return sheets, err
}

// Shuffle puts things in a random order that nobody can work back: its seed comes from the system's randomness.
func Shuffle[T any](things []T) {
	var seed [32]byte
	rand.Read(seed[:])
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
}

// ShuffleN is Shuffle for things that are swapped by their places.
func ShuffleN(n int, swap func(i, j int)) {
	var seed [32]byte
	rand.Read(seed[:])
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(n, swap)
}

// Unspend makes a slip good again whose answer was taken back. That of somebody who has opted out since opens a reading task.
func (s Store) Unspend(ctx context.Context, school, roundID, hash string) error {
	return s.db.Write(ctx).Model(&Slip{}).Where("school_id = ? AND round_id = ? AND hash = ?", school, roundID, hash).
		Updates(map[string]any{"spent": false, "kind": gorm.Expr("CASE WHEN kind = ? THEN ? ELSE kind END", Stays, Reading)}).Error
}

// UnspendReading makes a slip for reading good again. One that has become another's since, because its holder is asked after all,
// is left as it is: it may have an answer.
func (s Store) UnspendReading(ctx context.Context, school, roundID, hash string) error {
	return s.db.Write(ctx).Model(&Slip{}).Where("school_id = ? AND round_id = ? AND hash = ? AND kind = ?", school, roundID, hash, Reading).Update("spent", false).Error
}

// Look finds the slips of a round by their hashes.
func (s Store) Look(ctx context.Context, school, roundID string, hashes []string) (map[string]Slip, error) {
	var rows []Slip
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND ?", school, roundID, s.db.In("hash", hashes)).Find(&rows).Error
	found := map[string]Slip{}
	for _, r := range rows {
		found[r.Hash] = r
	}
	return found, err
}

// Spend marks unspent slips as used and says how many it changed; a caller that gets fewer than it asked for has lost
// a race and must look again.
func (s Store) Spend(ctx context.Context, school, roundID string, hashes []string) (int, error) {
	slices.Sort(hashes) // two servers that take the same rows in the same order do not deadlock
	if s.db.Kind() == storage.SQLite {
		rows := make([][]any, len(hashes))
		for i, hash := range hashes {
			rows[i] = []any{school, roundID, hash}
		}
		return s.db.Each(ctx, "UPDATE slips SET spent = true WHERE school_id = ? AND round_id = ? AND hash = ? AND NOT spent", rows)
	}
	res := s.db.Write(ctx).Model(&Slip{}).Where("school_id = ? AND round_id = ? AND ? AND NOT spent", school, roundID, s.db.In("hash", hashes)).Update("spent", true)
	return int(res.RowsAffected), res.Error
}

// Unprinted picks the classes that have no paper yet. Printing means these, unless one class is named on purpose: a
// second press of the same button must not make void what was just handed out.
func (s Store) Unprinted(ctx context.Context, r round.Round, units []round.Unit) ([]round.Unit, error) {
	rates, err := s.Rates(ctx, r.SchoolID, r.ID)
	return slices.DeleteFunc(slices.Clone(units), func(u round.Unit) bool { return !u.IsLeaf() || rates[u.ID].Printed > 0 }), err
}

// Rate is how many slips of a unit went out and came back.
type Rate struct {
	Printed int // for pupils, without spares; by mail also those that lie ready for people who are invited later
	Spent   int
}

// Rates counts slips by unit. Reading slips count as neither, used or not.
func (s Store) Rates(ctx context.Context, school, roundID string) (map[string]Rate, error) {
	var rows []struct {
		UnitID string
		Kind   string
		Spent  bool
		N      int
	}
	err := s.db.Query(ctx).Model(&Slip{}).Select("unit_id, kind, spent, count(*) AS n").
		Where("school_id = ? AND round_id = ?", school, roundID).Group("unit_id, kind, spent").Find(&rows).Error
	rates := map[string]Rate{}
	for _, row := range rows {
		r := rates[row.UnitID]
		if row.Kind == ForPupil {
			r.Printed += row.N
		}
		if row.Spent && row.Kind != Reading {
			r.Spent += row.N
		}
		rates[row.UnitID] = r
	}
	return rates, err
}

// Unspent says how many slips have not come back yet, without spares and without those that lie ready for people who are invited
// later. Reading slips are among them: were they not, entering that somebody opted out would show whether they have answered.
func (s Store) Unspent(ctx context.Context, school, roundID string) (int, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Slip{}).Where("school_id = ? AND round_id = ? AND kind <> ? AND NOT spent", school, roundID, Spare).Count(&n).Error
	if err != nil {
		return 0, err
	}
	mailing, err := s.Mailing(ctx, school, roundID)
	if err != nil || mailing == nil {
		return int(n), err
	}
	ready, err := s.ready(ctx, school, roundID)
	for _, free := range ready.free {
		n -= int64(len(free))
	}
	return int(n), err
}

// Forget deletes all slips of a round, and whom they belong to.
func (s Store) Forget(ctx context.Context, school, roundID string) error {
	if err := s.ForgetPeople(ctx, school, roundID); err != nil {
		return err
	}
	return s.forgetSlips(ctx, school, roundID)
}

func (s Store) forgetSlips(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Slip{}).Error
}

// Rewrite writes all slips of a round anew in random order and one transaction, so that neither a row's place nor the
// transaction that last touched it tells when a slip was spent.
func (s Store) Rewrite(ctx context.Context, school, roundID string) error {
	var rows []Slip
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	if err := s.forgetSlips(ctx, school, roundID); err != nil {
		return err
	}
	Shuffle(rows)
	return s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 500).Error
}

package result

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Stored is a release as it lies in the database. It is written once and never changed.
type Stored struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	MadeAt   time.Time
	Body     string // JSON of a Release
}

// TableName is the table releases live in.
func (Stored) TableName() string { return "releases" }

// Store makes and reads releases.
type Store struct {
	db   *storage.DB
	key  seal.Key
	bank *bank.Bank
}

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB, key seal.Key, b *bank.Bank) Store { return Store{db, key, b} }

// Make counts a settled round and stores its release. A round has one: made again, it is the one that is there already.
// Conflict when the round has not settled. Its caller has been let in already: settling, and the clock.
func (s Store) Make(ctx context.Context, school, roundID string) (Release, error) {
	have, err := s.Latest(ctx, school, roundID)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return have, err
	}
	rounds := round.NewStore(s.db, s.key, s.bank)
	r, err := rounds.ByID(ctx, school, roundID)
	if err != nil {
		return Release{}, err
	}
	if !r.HasResults() {
		return Release{}, fault.New(fault.Conflict, "figure.not_settled")
	}
	// The answers of a settled round change no more, so they are counted before the transaction: deciding takes a while,
	// and in the meantime others want to write.
	rel, err := s.count(ctx, rounds, r)
	if err != nil {
		return Release{}, err
	}
	body, err := json.Marshal(rel)
	if err != nil {
		return Release{}, err
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		if now, err := round.NewStore(tx, s.key, s.bank).Lock(ctx, school, roundID); err != nil {
			return err
		} else if !now.HasResults() {
			return fault.New(fault.Conflict, "figure.not_settled") // withdrawn in the meantime
		}
		have, err := Store{tx, s.key, s.bank}.Latest(ctx, school, roundID)
		if err == nil || !fault.Is(err, fault.NotFound) {
			rel = have // another server was faster
			return err
		}
		rel.ID, rel.MadeAt = storage.NewID(), tx.Now()
		row := Stored{SchoolID: school, RoundID: roundID, ID: rel.ID, MadeAt: rel.MadeAt, Body: string(body)}
		if err := tx.Write(ctx).Create(&row).Error; err != nil {
			return err
		}
		if err := writeTotals(ctx, tx, totals(rel, r, s.bank)); err != nil {
			return err
		}
		// A set of flags that only one pupil of a class has would say whose an answer is, to whoever has the lists.
		if err := response.NewStore(tx).ForgetFlags(ctx, school, roundID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, access.Clock(school), "release.make", "round", roundID, "")
	})
	return rel, err
}

func (s Store) count(ctx context.Context, rounds round.Store, r round.Round) (Release, error) {
	units, err := rounds.Units(ctx, r)
	if err != nil {
		return Release{}, err
	}
	teach, err := rounds.UnitReaders(ctx, r)
	if err != nil {
		return Release{}, err
	}
	doc, err := rounds.Document(ctx, r)
	if err != nil {
		return Release{}, err
	}
	t := newTally(doc, units, r.Choices().Outcome)
	marks := map[string]response.Mark{}
	if r.Personal() {
		t.by(r.AtOpening().Flags)
		if marks, err = response.NewStore(s.db).Marks(ctx, r.SchoolID, r.ID); err != nil {
			return Release{}, err
		}
	}
	err = response.NewStore(s.db).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		if err != nil {
			return err
		}
		return t.addWith(row.CellID, answers, row.Pace == response.Fast, marks[row.ID].Flags)
	})
	if err != nil {
		return Release{}, err
	}
	rel, err := asking{round: r, units: units, teach: teach, doc: doc, bank: s.bank}.build(t)
	if err != nil {
		return Release{}, err
	}
	past, err := s.earlierOf(ctx, rounds, r)
	if err != nil {
		return Release{}, err
	}
	rel.follow(past, teach)
	if rel.Linked, err = s.linkedTo(ctx, r, doc, past); err != nil {
		return Release{}, err
	}
	hands, err := response.NewStore(s.db).Hands(ctx, r.SchoolID, r.ID)
	rel.Hands = handsOf(doc, hands)
	return rel, err
}

// head is a release without its body.
const head = "school_id, round_id, id, made_at"

// Latest reads the newest release of a round; NotFound before there is one. What of it somebody may see, View decides.
// Nobody may change it.
func (s Store) Latest(ctx context.Context, school, roundID string) (Release, error) {
	var row Stored
	err := s.db.Query(ctx).Select(head).Where("school_id = ? AND round_id = ?", school, roundID).Order("made_at DESC, id").Take(&row).Error
	if err != nil {
		return Release{}, storage.Fault(err, "fault.not_found")
	}
	if rel, ok := decoded.get(row.ID); ok {
		return rel, nil
	}
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, row.ID).Take(&row).Error; err != nil {
		return Release{}, storage.Fault(err, "fault.not_found")
	}
	return row.release()
}

// LatestOf reads the newest release of each of these rounds, in two queries at most. A round without one is left out.
func (s Store) LatestOf(ctx context.Context, school string, rounds []string) (map[string]Release, error) {
	if len(rounds) == 0 {
		return nil, nil
	}
	var rows []Stored
	err := s.db.Query(ctx).Select(head).Where("school_id = ? AND ?", school, s.db.In("round_id", rounds)).Order("made_at, id DESC").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	latest := map[string]string{}
	for _, row := range rows {
		latest[row.RoundID] = row.ID
	}
	of := map[string]Release{}
	var missing []string
	for round, id := range latest {
		if rel, ok := decoded.get(id); ok {
			of[round] = rel
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return of, nil
	}
	if err := s.db.Query(ctx).Where("school_id = ? AND ?", school, s.db.In("id", missing)).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		if of[row.RoundID], err = row.release(); err != nil {
			return nil, err
		}
	}
	return of, nil
}

func (row Stored) release() (Release, error) {
	var rel Release
	if err := json.Unmarshal([]byte(row.Body), &rel); err != nil {
		return Release{}, fmt.Errorf("release %s: %w", row.ID, err)
	}
	rel.ID, rel.MadeAt = row.ID, row.MadeAt
	decoded.put(rel)
	return rel, nil
}

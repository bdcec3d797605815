package result

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
)

// StoredSum is one question's sum over schools of a trust, for one school year.
type StoredSum struct {
	TrustID string `gorm:"primaryKey"`
	Voice   string `gorm:"primaryKey"`
	Year    int    `gorm:"primaryKey"`
	Wording string `gorm:"primaryKey"` // empty: how many answered
	Edition int
	MadeAt  time.Time
	Counted string // JSON: school -> round
	Body    string // JSON of TrustSum
}

// TableName is the table sums live in.
func (StoredSum) TableName() string { return "trust_sums" }

// Given is a published round that counts for a trust.
type Given struct {
	School, Round string
	Published     time.Time
}

// writeTotals puts a release's lines into the compact table, in the transaction of the release.
func writeTotals(ctx context.Context, tx *storage.DB, list []Total) error {
	if err := ForgetTotals(ctx, tx, list[0].SchoolID, list[0].RoundID); err != nil {
		return err
	}
	return tx.Write(ctx).CreateInBatches(&list, 50).Error
}

// ForgetTotals deletes a round's lines, together with its release. What a trust has summed stays.
func ForgetTotals(ctx context.Context, tx *storage.DB, school, roundID string) error {
	return tx.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Total{}).Error
}

// MakeTotals writes the lines of releases that an older program made. Rounds that have theirs cost one query a school.
func (s Store) MakeTotals(ctx context.Context, list []round.Round) error {
	bySchool := map[string][]round.Round{}
	for _, r := range list {
		bySchool[r.SchoolID] = append(bySchool[r.SchoolID], r)
	}
	for school, rounds := range bySchool {
		var have []string
		if err := s.db.Query(ctx).Model(&Total{}).Where("school_id = ? AND question_id = ''", school).Pluck("round_id", &have).Error; err != nil {
			return err
		}
		for _, r := range rounds {
			if slices.Contains(have, r.ID) {
				continue
			}
			rel, err := s.Latest(ctx, school, r.ID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			lines := totals(rel, r, s.bank) // of a release that is gone: that there is nothing
			if err := s.db.InTx(ctx, func(tx *storage.DB) error { return writeTotals(ctx, tx, lines) }); err != nil {
				return err
			}
		}
	}
	return nil
}

type sumKey struct {
	voice, wording string
	year           int
}

// SumTrust makes a trust's sums again, where enough further schools have come for it. Of each school the round that was published
// first in a school year counts, for good: sums of different days then differ by whole steps of enough schools, and by nothing
// else. It returns how many sums were made.
func (s Store) SumTrust(ctx context.Context, trust string, given []Given) (made int, err error) {
	var stored []StoredSum
	if err := s.db.Query(ctx).Where("trust_id = ?", trust).Find(&stored).Error; err != nil {
		return 0, err
	}
	have, counted := map[sumKey]StoredSum{}, map[sumKey]map[string]string{}
	needed := map[string][]string{} // rounds by school
	for _, row := range stored {
		key, rounds := sumKey{row.Voice, row.Wording, row.Year}, map[string]string{}
		if err := json.Unmarshal([]byte(row.Counted), &rounds); err != nil {
			return 0, fmt.Errorf("sum of a trust: %w", err)
		}
		have[key], counted[key] = row, rounds
		for school, id := range rounds {
			needed[school] = append(needed[school], id)
		}
	}
	given = slices.Clone(given)
	slices.SortFunc(given, func(a, b Given) int { return a.Published.Compare(b.Published) })
	for _, g := range given {
		needed[g.School] = append(needed[g.School], g.Round)
	}
	lines, err := s.totalsOf(ctx, needed)
	if err != nil {
		return 0, err
	}
	blocks := map[sumKey]map[string]Total{}
	for _, g := range given {
		for _, t := range lines[g.Round] {
			key := sumKey{t.Voice, t.Wording, t.Year}
			_, in := counted[key][t.SchoolID]
			_, waits := blocks[key][t.SchoolID]
			if in || waits || t.Answered == 0 {
				continue
			}
			if blocks[key] == nil {
				blocks[key] = map[string]Total{}
			}
			blocks[key][t.SchoolID] = t
		}
	}
	for key, block := range blocks {
		var all []Total
		for _, t := range block {
			all = append(all, t)
		}
		if !enough(all) {
			continue
		}
		before, whole := s.linesAgain(key, counted[key], lines)
		if !whole {
			continue // numbers of a school that is in it were deleted: this sum stays as it is
		}
		ok, err := s.keepSum(ctx, trust, key, have[key].Edition, append(before, all...))
		if err != nil {
			return made, err
		}
		if ok {
			made++
		}
	}
	return made, nil
}

// totalsOf reads the lines of some rounds, by round.
func (s Store) totalsOf(ctx context.Context, rounds map[string][]string) (map[string][]Total, error) {
	of := map[string][]Total{}
	for school, ids := range rounds {
		slices.Sort(ids)
		var list []Total
		err := s.db.Query(ctx).Where("school_id = ? AND ?", school, s.db.In("round_id", slices.Compact(ids))).Order("round_id, question_id").Find(&list).Error
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			of[t.RoundID] = append(of[t.RoundID], t)
		}
	}
	return of, nil
}

// linesAgain finds the lines that are in a sum; whole is false where one is gone.
func (s Store) linesAgain(key sumKey, counted map[string]string, lines map[string][]Total) (list []Total, whole bool) {
	for school, id := range counted {
		i := slices.IndexFunc(lines[id], func(t Total) bool {
			return t.SchoolID == school && sumKey{t.Voice, t.Wording, t.Year} == key
		})
		if i < 0 {
			return nil, false
		}
		list = append(list, lines[id][i])
	}
	return list, true
}

// keepSum stores a sum over these lines, unless another server has made one since edition was read.
func (s Store) keepSum(ctx context.Context, trust string, key sumKey, edition int, list []Total) (bool, error) {
	slices.SortFunc(list, func(a, b Total) int { return strings.Compare(a.SchoolID, b.SchoolID) })
	counted := map[string]string{}
	for _, t := range list {
		counted[t.SchoolID] = t.RoundID
	}
	now := s.db.Now()
	sum := sumUp(list, s.bank)
	sum.Edition, sum.MadeAt = edition+1, now
	row := StoredSum{TrustID: trust, Voice: key.voice, Year: key.year, Wording: key.wording, Edition: sum.Edition, MadeAt: now,
		Counted: encoded(counted), Body: encoded(sum)}
	if edition == 0 {
		res := s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		return res.RowsAffected == 1, res.Error
	}
	res := s.db.Write(ctx).Model(&StoredSum{}).Where("trust_id = ? AND voice = ? AND year = ? AND wording = ? AND edition = ?", trust, key.voice, key.year, key.wording, edition).
		Select("edition", "made_at", "counted", "body").Updates(&row)
	return res.RowsAffected == 1, res.Error
}

// TrustSums reads the sums of a trust: of one voice and school year, without how many answered.
func (s Store) TrustSums(ctx context.Context, trust, voice string, year int) ([]TrustSum, error) {
	return s.sums(ctx, "trust_id = ? AND voice = ? AND year = ? AND wording <> ''", trust, voice, year)
}

// TrustWordings reads the sums of one wording through the school years, the newest first.
func (s Store) TrustWordings(ctx context.Context, trust, wording string) ([]TrustSum, error) {
	return s.sums(ctx, "trust_id = ? AND wording = ? AND wording <> ''", trust, wording)
}

// TrustLately reads the newest sum of each wording of one voice, of a school year or the one before.
func (s Store) TrustLately(ctx context.Context, trust, voice string, year int) (map[string]TrustSum, error) {
	list, err := s.sums(ctx, "trust_id = ? AND voice = ? AND year IN (?, ?) AND wording <> ''", trust, voice, year, year-1)
	of := map[string]TrustSum{}
	for _, sum := range list { // the newest first
		if _, there := of[sum.Question.Wording]; !there {
			of[sum.Question.Wording] = sum
		}
	}
	return of, err
}

func (s Store) sums(ctx context.Context, which string, args ...any) ([]TrustSum, error) {
	var bodies []string
	if err := s.db.Query(ctx).Model(&StoredSum{}).Where(which, args...).Order("year DESC, voice, wording").Pluck("body", &bodies).Error; err != nil {
		return nil, err
	}
	list := make([]TrustSum, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &list[i]); err != nil {
			return nil, fmt.Errorf("sum of a trust: %w", err)
		}
	}
	return list, nil
}

// Took is how many answered in a trust's schools, each school the first time it asked a voice in a school year.
type Took struct {
	Voice    string
	Year     int
	Schools  []string // ids
	Answered int
}

// TrustTook reads who took part, the newest school year first.
func (s Store) TrustTook(ctx context.Context, trust string) ([]Took, error) {
	var rows []StoredSum
	if err := s.db.Query(ctx).Where("trust_id = ? AND wording = ''", trust).Order("year DESC, voice").Find(&rows).Error; err != nil {
		return nil, err
	}
	var list []Took
	for _, row := range rows {
		var sum TrustSum
		counted := map[string]string{}
		if err := json.Unmarshal([]byte(row.Body), &sum); err != nil {
			return nil, fmt.Errorf("sum of a trust: %w", err)
		}
		if err := json.Unmarshal([]byte(row.Counted), &counted); err != nil {
			return nil, fmt.Errorf("sum of a trust: %w", err)
		}
		t := Took{Voice: row.Voice, Year: row.Year, Answered: sum.Row().Share.N}
		for school := range counted {
			t.Schools = append(t.Schools, school)
		}
		slices.Sort(t.Schools)
		list = append(list, t)
	}
	return list, nil
}

// PurgeSums deletes sums of school years whose schools' totals have been deleted by now, as was promised.
func (s Store) PurgeSums(ctx context.Context, before int) error {
	return s.db.Write(ctx).Where("year < ?", before).Delete(&StoredSum{}).Error
}

package envelope

import (
	"context"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Store keeps envelopes, names, keys and openings.
type Store struct {
	db  *storage.DB
	key seal.Key
}

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB, key seal.Key) Store { return Store{db, key} }

// rounds is the store of rounds without the bank, whose texts are not needed here.
func (s Store) rounds() round.Store { return round.NewStore(s.db, s.key, nil) }

// PolicyOf is the policy of a round.
func PolicyOf(r round.Round) Policy {
	if Policy(r.Choices().Policy) == Two {
		return Two
	}
	return One
}

// Add puts envelopes into the database, in the order of their random ids.
func (s Store) Add(ctx context.Context, rows []Envelope) error {
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b Envelope) int { return strings.Compare(a.ID, b.ID) })
	return s.db.Write(ctx).CreateInBatches(&rows, 200).Error
}

// AddNames puts names into the database, in the order of their random ids.
func (s Store) AddNames(ctx context.Context, rows []Name) error {
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b Name) int { return strings.Compare(a.ID, b.ID) })
	return s.db.Write(ctx).CreateInBatches(&rows, 200).Error
}

// Rewrite writes the envelopes and names of a round anew in one transaction, in random order: what a database remembers of a
// row's making then says nothing about the slip that was spent with it.
func (s Store) Rewrite(ctx context.Context, school, roundID string, shuffle func(n int, swap func(i, j int))) error {
	var envelopes []Envelope
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&envelopes).Error; err != nil {
		return err
	}
	var names []Name
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&names).Error; err != nil {
		return err
	}
	if len(envelopes)+len(names) == 0 {
		return nil
	}
	if err := s.Purge(ctx, school, roundID); err != nil {
		return err
	}
	shuffle(len(envelopes), func(i, j int) { envelopes[i], envelopes[j] = envelopes[j], envelopes[i] })
	shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	if len(envelopes) > 0 {
		if err := s.db.Write(ctx).CreateInBatches(&envelopes, 200).Error; err != nil {
			return err
		}
	}
	if len(names) > 0 {
		return s.db.Write(ctx).CreateInBatches(&names, 200).Error
	}
	return nil
}

// Purge deletes the envelopes and names of a round: from then on nobody can find out whose anything is.
func (s Store) Purge(ctx context.Context, school, roundID string) error {
	for _, table := range []any{&Envelope{}, &Name{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(table).Error; err != nil {
			return err
		}
	}
	return nil
}

// Remove deletes the envelopes or names with these ids, for an answer that was taken back.
func (s Store) Remove(ctx context.Context, school, roundID string, ids []string) error {
	for _, table := range []any{&Envelope{}, &Name{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND ?", school, roundID, s.db.In("id", ids)).Delete(table).Error; err != nil {
			return err
		}
	}
	return nil
}

// Count is how many sealed names a round has.
func (s Store) Count(ctx context.Context, school, roundID string) (int, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Envelope{}).Where("school_id = ? AND round_id = ?", school, roundID).Count(&n).Error
	return int(n), err
}

// Names reports whether somebody may see who said what in a named round: those whom the promise names as its readers, as long
// as they have business with results.
func Names(who access.Actor, r round.Round) bool {
	named := slices.ContainsFunc(r.AtOpening().Readers, func(n round.Reader) bool { return n.Person == who.Person })
	return named && who.School == r.SchoolID && r.Mode == round.Named && who.Is(access.Head, access.Leader, access.Governor, access.Chair, access.Teacher) && !who.Is(access.Administrator)
}

// People says who is behind ties of a named round, to its readers. Fault: NotFound.
func (s Store) People(ctx context.Context, who access.Actor, r round.Round) (map[string]roster.Person, error) {
	if !Names(who, r) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.people(ctx, r)
}

// Writer says who wrote a comment of a named round, to those who read comments: they see names, as the promise says beside the
// box. ok is false where that is not known, or not theirs to know.
func (s Store) Writer(ctx context.Context, who access.Actor, r round.Round, tie string) (p roster.Person, ok bool, err error) {
	if who.School != r.SchoolID || r.Mode != round.Named || !access.Can(who, access.ReadComments, access.Object{School: who.School}) {
		return p, false, nil
	}
	people, err := s.people(ctx, r)
	p, ok = people[tie]
	return p, ok, err
}

func (s Store) people(ctx context.Context, r round.Round) (map[string]roster.Person, error) {
	var rows []Name
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&rows).Error; err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range rows {
		ids = append(ids, n.PersonID)
	}
	people, err := roster.NewStore(s.db).PeopleEver(ctx, r.SchoolID, ids)
	if err != nil {
		return nil, err
	}
	by := map[string]roster.Person{}
	for _, n := range rows {
		by[n.ID] = people[n.PersonID]
	}
	return by, nil
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func decode(text string) ([]byte, error) { return base64.StdEncoding.DecodeString(text) }

// some picks at most n of a list, any: those who seal anew on two machines at once seldom take the same.
func some[T any](list []T, n int) []T {
	list = slices.Clone(list)
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(n, len(list))]
}

// Has says whether a round still has the sealed name of an answer or a comment.
func (s Store) Has(ctx context.Context, school, roundID, id string) (bool, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Envelope{}).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Count(&n).Error
	return n > 0, err
}

package safeguard

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"

	"gorm.io/gorm/clause"
)

// Store keeps concerns.
type Store struct {
	db  *storage.DB
	key seal.Key
}

// NewStore works on db, which may be a transaction. key locks what is written.
func NewStore(db *storage.DB, key seal.Key) Store { return Store{db, key} }

const use = "concern"

func (s Store) lock(c *Concern, said Said) error {
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	locked, err := s.key.Lock(body, use, c.SchoolID, c.ID)
	c.Body = base64.StdEncoding.EncodeToString(locked)
	return err
}

func (s Store) unlock(c Concern) (said Said, err error) {
	locked, err := base64.StdEncoding.DecodeString(c.Body)
	if err != nil {
		return said, fmt.Errorf("concern: %w", err)
	}
	body, err := s.key.Unlock(locked, use, c.SchoolID, c.ID)
	if err != nil {
		return said, err
	}
	return said, json.Unmarshal(body, &said)
}

// Ask takes in that somebody wants to talk. When it returns without an error it is on disk, and adults are alerted at the
// next tick of the clock. It has no actor: whoever writes is nobody that the program knows. The id is that of the concern;
// the same message sent again has the same.
func (s Store) Ask(ctx context.Context, school string, f Form) (id string, err error) {
	if err := fault.Fields(f.problems()); err != nil {
		return "", err
	}
	if f.To != Chair {
		f.To = f.Adults.away(f.To, f.Words)
	}
	now := s.db.Now()
	said := Said{Name: f.Name, Words: f.Words}
	c := Concern{SchoolID: school, ID: s.key.Hash(use, school, f.ID), GoesTo: f.To, State: New, ArrivedAt: &now, AlertAt: &now}
	if f.ID == "" {
		c.ID = storage.NewID()
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		var have []Concern
		if err := tx.Write(ctx).Where("school_id = ? AND id = ?", school, c.ID).Limit(1).Find(&have).Error; err != nil {
			return err
		}
		if len(have) == 1 {
			before, err := s.unlock(have[0])
			if err != nil || before.Name == said.Name && before.Words == said.Words {
				return err
			}
			c.ID = storage.NewID() // the page was shown again, and somebody wrote something else on it
		}
		if err := s.lock(&c, said); err != nil {
			return err
		}
		return tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&c).Error
	})
	return c.ID, err
}

// List lists what the actor may read, what nobody has read first; it opens nothing.
func (s Store) List(ctx context.Context, who access.Actor) ([]Concern, error) {
	if !access.Can(who, access.ReadConcerns, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var all []Concern
	if err := s.db.Query(ctx).Where("school_id = ?", who.School).Find(&all).Error; err != nil {
		return nil, err
	}
	all, _, err := s.readable(who, all)
	if err != nil {
		return nil, err
	}
	place := func(c Concern) int { return slices.Index([]State{New, Read}, c.State) & 3 } // what is dealt with has -1, and goes last
	slices.SortFunc(all, func(a, b Concern) int {
		switch {
		case place(a) != place(b):
			return place(a) - place(b)
		case a.ArrivedAt != nil && b.ArrivedAt != nil:
			return a.ArrivedAt.Compare(*b.ArrivedAt) // who has waited longest comes first
		}
		return strings.Compare(b.HandledOn+b.ID, a.HandledOn+a.ID)
	})
	return all, nil
}

// Waiting counts what nobody has read yet of what the actor may read; 0 for everybody else. What adults sent to try it out
// does not count.
func (s Store) Waiting(ctx context.Context, who access.Actor) (int, error) {
	if !access.Can(who, access.ReadConcerns, access.Object{School: who.School}) {
		return 0, nil
	}
	var list []Concern
	err := s.db.Query(ctx).Where("school_id = ? AND state = ? AND drill = ? AND goes_to IN ?", who.School, New, false, open(who)).Find(&list).Error
	if err == nil {
		list, _, err = s.readable(who, list)
	}
	return len(list), err
}

func (s Store) find(ctx context.Context, who access.Actor, id string) (Concern, error) {
	var c Concern
	err := s.db.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", who.School, id).Take(&c).Error
	if err != nil {
		return c, storage.Fault(err, "fault.not_found")
	}
	if may, err := s.may(who, c); err != nil || !may {
		return Concern{}, cmp.Or(err, error(fault.New(fault.NotFound, "fault.not_found")))
	}
	return c, nil
}

// Open reads a concern. From then on it counts as read, adults are not alerted any more, and who opened it stands beside it.
func (s Store) Open(ctx context.Context, who access.Actor, id string) (c Concern, said Said, err error) {
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		if c, err = st.find(ctx, who, id); err != nil {
			return err
		}
		if said, err = st.unlock(c); err != nil {
			return err
		}
		known := slices.ContainsFunc(said.Notes, func(n Note) bool { return n.By == who.Name && n.Text == "" })
		if known && c.State != New {
			return nil
		}
		if !known { // who has read it stands inside, where only those who may read it see that it exists
			said.Notes = append(said.Notes, Note{By: who.Name, On: st.today()})
			if err := st.lock(&c, said); err != nil {
				return err
			}
		}
		if c.State == New {
			c.State, c.AlertAt = Read, nil
		}
		if err := st.drilled(ctx, c, "read_at"); err != nil {
			return err
		}
		return tx.Write(ctx).Save(&c).Error
	})
	return c, said, err
}

// Seen is a concern for somebody who has opened it before; for everybody else it is not there.
func (s Store) Seen(ctx context.Context, who access.Actor, id string) (c Concern, said Said, err error) {
	err = s.db.Query(ctx).Where("school_id = ? AND id = ?", who.School, id).Take(&c).Error
	if err != nil {
		return c, said, storage.Fault(err, "fault.not_found")
	}
	if may, err := s.may(who, c); err != nil || !may {
		return Concern{}, said, cmp.Or(err, error(fault.New(fault.NotFound, "fault.not_found")))
	}
	if said, err = s.unlock(c); err != nil {
		return c, said, err
	}
	if !slices.ContainsFunc(said.Notes, func(n Note) bool { return n.By == who.Name && n.Text == "" }) {
		return Concern{}, Said{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return c, said, nil
}

// Handle writes down what an adult has done, with a note. Once it has been dealt with, the time it came is forgotten.
func (s Store) Handle(ctx context.Context, who access.Actor, id string, state State, note string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		c, err := st.find(ctx, who, id)
		if err != nil {
			return err
		}
		said, err := st.unlock(c)
		if err != nil {
			return err
		}
		if !slices.Contains(append(slices.Clone(Handled), Read), state) {
			return fault.Field("state", "concern.state")
		}
		if note = strings.TrimSpace(note); len([]rune(note)) > maxWords {
			return fault.Field("note", "talk.long")
		}
		today := st.today()
		if note != "" {
			said.Notes = append(said.Notes, Note{By: who.Name, On: today, Text: note})
			if err := st.lock(&c, said); err != nil {
				return err
			}
		}
		if c.State, c.AlertAt = state, nil; slices.Contains(Handled, state) {
			c.ArrivedAt, c.HandledOn = nil, today
			if err := st.drilled(ctx, c, "handled_at"); err != nil {
				return err
			}
		}
		return tx.Write(ctx).Save(&c).Error
	})
}

// Reveal shows somebody from which class a copy of a comment comes. Why they need it is written down, for all who read it.
func (s Store) Reveal(ctx context.Context, who access.Actor, id, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return fault.Field("why", "comment.why")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		c, err := st.find(ctx, who, id)
		if err != nil {
			return err
		}
		said, err := st.unlock(c)
		if err != nil {
			return err
		}
		if !slices.Contains(said.Revealed, who.Person) {
			said.Revealed = append(said.Revealed, who.Person)
		}
		said.Notes = append(said.Notes, Note{By: who.Name, On: st.today(), Text: why, Class: true})
		if err := st.lock(&c, said); err != nil {
			return err
		}
		return tx.Write(ctx).Save(&c).Error
	})
}

// Remove deletes what has been dealt with and is kept where the school keeps its records, and with it the way back to whoever
// wrote it.
func (s Store) Remove(ctx context.Context, who access.Actor, id string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		c, err := Store{tx, s.key}.find(ctx, who, id)
		if err != nil {
			return err
		}
		if c.Open() {
			return fault.New(fault.Conflict, "concern.still_open")
		}
		if err := (Store{tx, s.key}).endThreads(ctx, c); err != nil {
			return err
		}
		return tx.Write(ctx).Delete(&c).Error
	})
}

package safeguard

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

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
// next tick of the clock. It has no actor: whoever writes is nobody that the program knows.
func (s Store) Ask(ctx context.Context, school string, f Form) error {
	if err := fault.Fields(f.problems()); err != nil {
		return err
	}
	now := s.db.Now()
	id := s.key.Hash(use, school, f.ID) // what a page carries can be read by whoever sees it, and is no key to anything
	if f.ID == "" {
		id = storage.NewID()
	}
	c := Concern{SchoolID: school, ID: id, GoesTo: f.To, State: New, ArrivedAt: &now, AlertAt: &now}
	if err := s.lock(&c, Said{Name: f.Name, Words: f.Words}); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		return tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&c).Error
	})
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
	all = slices.DeleteFunc(all, func(c Concern) bool { return !May(who, c.GoesTo) })
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

// Waiting counts what nobody has read yet of what the actor may read; 0 for everybody else.
func (s Store) Waiting(ctx context.Context, who access.Actor) (int, error) {
	if !access.Can(who, access.ReadConcerns, access.Object{School: who.School}) {
		return 0, nil
	}
	var n int64
	err := s.db.Query(ctx).Model(&Concern{}).Where("school_id = ? AND state = ? AND goes_to IN ?", who.School, New, open(who)).Count(&n).Error
	return int(n), err
}

func (s Store) find(ctx context.Context, who access.Actor, id string) (Concern, error) {
	var c Concern
	err := s.db.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", who.School, id).Take(&c).Error
	if err == nil && !May(who, c.GoesTo) {
		return Concern{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return c, storage.Fault(err, "fault.not_found")
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
		if slices.ContainsFunc(said.Notes, func(n Note) bool { return n.By == who.Name && n.Text == "" }) {
			return nil
		}
		// Who has read it stands inside, where only those who may read it see that it exists.
		said.Notes = append(said.Notes, Note{By: who.Name, On: string(storage.DateOf(tx.Now(), time.UTC))})
		if err := st.lock(&c, said); err != nil {
			return err
		}
		if c.State == New {
			c.State, c.AlertAt = Read, nil
		}
		return tx.Write(ctx).Save(&c).Error
	})
	return c, said, err
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
		today := string(storage.DateOf(tx.Now(), time.UTC))
		if note != "" {
			said.Notes = append(said.Notes, Note{By: who.Name, On: today, Text: note})
			if err := st.lock(&c, said); err != nil {
				return err
			}
		}
		if c.State, c.AlertAt = state, nil; slices.Contains(Handled, state) {
			c.ArrivedAt, c.HandledOn = nil, today
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

// Remove deletes what has been dealt with and is kept where the school keeps its records.
func (s Store) Remove(ctx context.Context, who access.Actor, id string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		c, err := Store{tx, s.key}.find(ctx, who, id)
		if err != nil {
			return err
		}
		if c.Open() {
			return fault.New(fault.Conflict, "concern.still_open")
		}
		return tx.Write(ctx).Delete(&c).Error
	})
}

// Alert is that adults have to be told of something nobody has read: not what, and not by whom.
type Alert struct {
	SchoolID string
	ID       string
	Roles    []access.Role // who is told
	Times    int           // how often they have been before
}

// Alerts lists what is due.
func (s Store) Alerts(ctx context.Context) ([]Alert, error) {
	var due []Concern
	err := s.db.Query(ctx).Where("alert_at <= ? AND state = ?", s.db.Now(), New).Order("alert_at").Limit(50).Find(&due).Error
	var list []Alert
	for _, c := range due {
		a := Alert{SchoolID: c.SchoolID, ID: c.ID, Times: c.Alerts, Roles: readers[c.GoesTo]}
		if c.GoesTo == Team && c.Alerts < withHead {
			a.Roles = readers[Leads]
		}
		list = append(list, a)
	}
	return list, err
}

// Alerted writes down that adults have been told, and when they are told again if nobody reads it.
func (s Store) Alerted(ctx context.Context, a Alert, again time.Time) error {
	return s.db.Write(ctx).Model(&Concern{}).Where("school_id = ? AND id = ? AND alerts = ?", a.SchoolID, a.ID, a.Times).
		Updates(map[string]any{"alerts": a.Times + 1, "alert_at": again.UTC()}).Error
}

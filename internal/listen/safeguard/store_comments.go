package safeguard

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/screen"
	"earshot/internal/school/access"
)

const commentUse = "comment"

func (s Store) lockComment(c *Comment, w Written) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	locked, err := s.key.Lock(body, commentUse, c.SchoolID, c.RoundID, c.ID)
	c.Body = base64.StdEncoding.EncodeToString(locked)
	return err
}

func (s Store) unlockComment(c Comment) (w Written, err error) {
	locked, err := base64.StdEncoding.DecodeString(c.Body)
	if err != nil {
		return w, fmt.Errorf("comment: %w", err)
	}
	body, err := s.key.Unlock(locked, commentUse, c.SchoolID, c.RoundID, c.ID)
	if err != nil {
		return w, err
	}
	return w, json.Unmarshal(body, &w)
}

// Hold takes in what was written in the boxes of a round, inside the transaction that stores the answers. It is screened
// before, so that what cannot wait is a concern from the same moment on.
func (s Store) Hold(ctx context.Context, school, roundID string, remarks []Remark, adults Adults) error {
	var rows []Comment
	var urgent []Concern
	for _, m := range remarks {
		finding, err := screen.Read(m.Language, m.Words)
		if err != nil {
			return err
		}
		w := Written{Question: m.Question, Unit: m.Unit, Words: m.Words, Far: m.Far, Finding: finding, Tie: m.Tie}
		if to, at := adults.route(m.Words, finding.Tier.Urgent()); at {
			w.Passed = true
			c, err := s.copied(school, roundID, w, to)
			if err != nil {
				return err
			}
			urgent = append(urgent, c)
		}
		c := Comment{SchoolID: school, RoundID: roundID, ID: cmp.Or(m.ID, storage.NewID()), State: Held}
		if err := s.lockComment(&c, w); err != nil {
			return err
		}
		rows = append(rows, c)
	}
	// In the order of their random ids, not in the order in which they came.
	slices.SortFunc(rows, func(a, b Comment) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(urgent, func(a, b Concern) int { return strings.Compare(a.ID, b.ID) })
	if len(urgent) > 0 {
		if err := s.db.Write(ctx).Create(&urgent).Error; err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return s.db.Write(ctx).Create(&rows).Error
}

// copied makes a concern of a comment. It has an id of its own, and nothing in either says which belongs to which.
func (s Store) copied(school, roundID string, w Written, to To) (Concern, error) {
	now := s.db.Now()
	c := Concern{SchoolID: school, ID: storage.NewID(), GoesTo: to, State: New, ArrivedAt: &now, AlertAt: &now}
	return c, s.lock(&c, Said{Words: w.Words, Round: roundID, Unit: w.Unit, Far: w.Far, Tie: w.Tie})
}

// TakeBack deletes comments whose writer takes their answer back, and returns the ties of those that nobody has passed on: a
// concern keeps its way to whoever may be in danger.
func (s Store) TakeBack(ctx context.Context, school, roundID string, ids []string) (ties []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []Comment
	of := func() *gorm.DB {
		return s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND id IN ?", school, roundID, ids)
	}
	if err := of().Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, c := range rows {
		w, err := s.unlockComment(c)
		if err != nil {
			return nil, err
		}
		if !w.Passed {
			ties = append(ties, w.Tie)
		}
	}
	return ties, of().Delete(&Comment{}).Error
}

// Batch is how many comments are handed to the readers at a time: with fewer, somebody who sees one come might know whose
// it is. At the beginning of a day of school, and when a round settles, they are handed over however few they are.
const Batch = 10

// Deal hands the comments that wait in a round to its readers, if there are enough of them or if it must be now.
func (s Store) Deal(ctx context.Context, school, roundID string, now bool) (int, error) {
	var n int64
	waiting := s.db.Query(ctx).Model(&Comment{}).Where("school_id = ? AND round_id = ? AND dealt = ?", school, roundID, false)
	if err := waiting.Count(&n).Error; err != nil || n == 0 || n < Batch && !now {
		return 0, err
	}
	res := s.db.Write(ctx).Model(&Comment{}).Where("school_id = ? AND round_id = ? AND dealt = ?", school, roundID, false).Update("dealt", true)
	return int(res.RowsAffected), res.Error
}

// Undealt lists the rounds of a school in which comments wait to be handed over.
func (s Store) Undealt(ctx context.Context) ([]Comment, error) {
	var rows []Comment
	err := s.db.Query(ctx).Model(&Comment{}).Select("school_id", "round_id").Where("dealt = ?", false).Group("school_id, round_id").Find(&rows).Error
	return rows, err
}

// Rewrite writes the comments of a round anew, with new ids, in the order of these: what the database remembers of a row's
// making then says nothing about the answer it came with. cells says in which group each class is counted now.
func (s Store) Rewrite(ctx context.Context, school, roundID string, cells map[string]string) error {
	rows, err := s.all(ctx, school, roundID)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := s.PurgeComments(ctx, school, roundID); err != nil {
		return err
	}
	for i := range rows {
		w, err := s.unlockComment(rows[i])
		if err != nil {
			return err
		}
		if now, ok := cells[w.Unit]; ok {
			w.Unit = now
		}
		rows[i].ID, rows[i].Dealt = storage.NewID(), true
		if err := s.lockComment(&rows[i], w); err != nil {
			return err
		}
	}
	slices.SortFunc(rows, func(a, b Comment) int { return strings.Compare(a.ID, b.ID) })
	return s.db.Write(ctx).CreateInBatches(&rows, 200).Error
}

func (s Store) all(ctx context.Context, school, roundID string) ([]Comment, error) {
	var rows []Comment
	err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&rows).Error
	return rows, err
}

// PurgeComments deletes the comments of a round.
func (s Store) PurgeComments(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Comment{}).Error
}

// Opened is a comment with what is in it.
type Opened struct {
	Comment
	Written
}

// Reader is somebody who reads comments, and the groups that are their own classes. What is written there is not for them,
// nor is what names them.
type Reader struct {
	access.Actor
	Own map[string]bool
}

// NewReader is somebody who reads the comments of a round. teach are the people whose own class each group is.
func NewReader(who access.Actor, teach map[string][]string) Reader {
	own := map[string]bool{}
	for unit, people := range teach {
		own[unit] = slices.Contains(people, who.Person)
	}
	return Reader{Actor: who, Own: own}
}

// ToRead is how many comments of a round nobody has read, of those that a reader may read.
func (s Store) ToRead(ctx context.Context, who Reader, roundID string) (n int, err error) {
	list, err := s.Queue(ctx, who, roundID)
	for _, o := range list {
		if o.State == Held {
			n++
		}
	}
	return n, err
}

func (r Reader) may(w Written) bool { return !r.Own[w.Unit] && !names(screen.Words(w.Words), r.Name) }

// sees takes out what a reader has not asked for: the class.
func (r Reader) sees(o Opened) Opened {
	if !slices.Contains(o.Revealed, r.Person) {
		o.Unit = ""
	}
	return o
}

// Queue lists the comments of a round that a reader may read, those first that somebody should read sooner. What nobody has
// read comes before what somebody has, and what is done with last. Within the same place the order is that of random ids.
func (s Store) Queue(ctx context.Context, who Reader, roundID string) ([]Opened, error) {
	if !access.Can(who.Actor, access.ReadComments, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var rows []Comment
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND dealt = ?", who.School, roundID, true).Find(&rows).Error; err != nil {
		return nil, err
	}
	var list []Opened
	for _, c := range rows {
		w, err := s.unlockComment(c)
		if err != nil {
			return nil, err
		}
		if who.may(w) {
			list = append(list, who.sees(Opened{c, w}))
		}
	}
	place := []Standing{Held, Seen, Ready, Kept, Released}
	slices.SortFunc(list, func(a, b Opened) int {
		return cmp.Or(slices.Index(place, a.State)-slices.Index(place, b.State), screen.Sooner(a.Finding.Tier, b.Finding.Tier), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// Count is how the comments of a round stand.
type Count struct{ Held, Read, Ready, Kept, Released int }

// Counts says for each round of a school how the comments stand that have been handed over: a number that grew with each one
// would let somebody see it come.
func (s Store) Counts(ctx context.Context, school string) (map[string]Count, error) {
	var rows []struct {
		RoundID string
		State   Standing
		N       int
	}
	err := s.db.Query(ctx).Model(&Comment{}).Select("round_id, state, COUNT(*) AS n").Where("school_id = ? AND dealt = ?", school, true).Group("round_id, state").Find(&rows).Error
	counts := map[string]Count{}
	for _, row := range rows {
		c := counts[row.RoundID]
		switch row.State {
		case Held:
			c.Held = row.N
		case Seen:
			c.Read = row.N
		case Ready:
			c.Ready = row.N
		case Kept:
			c.Kept = row.N
		case Released:
			c.Released = row.N
		}
		counts[row.RoundID] = c
	}
	return counts, err
}

// change finds one comment, lets f work on it and stores it.
func (s Store) change(ctx context.Context, who Reader, roundID, id string, f func(st Store, o *Opened) error) (o Opened, err error) {
	if !access.Can(who.Actor, access.ReadComments, access.Object{School: who.School}) {
		return o, fault.New(fault.Forbidden, "fault.forbidden")
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		err := tx.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND round_id = ? AND id = ? AND dealt = ?", who.School, roundID, id, true).Take(&o.Comment).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		if o.Written, err = st.unlockComment(o.Comment); err != nil {
			return err
		}
		if !who.may(o.Written) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := f(st, &o); err != nil {
			return err
		}
		if err := st.lockComment(&o.Comment, o.Written); err != nil {
			return err
		}
		return tx.Write(ctx).Save(&o.Comment).Error
	})
	return who.sees(o), err
}

func (s Store) today() string { return string(storage.DateOf(s.db.Now(), time.UTC)) }

// ReadComment opens one. From then on it counts as read; who read it stands beside it.
func (s Store) ReadComment(ctx context.Context, who Reader, roundID, id string) (Opened, error) {
	return s.change(ctx, who, roundID, id, func(st Store, o *Opened) error {
		if o.State == Held {
			o.State = Seen
		}
		if !slices.ContainsFunc(o.Notes, func(n Note) bool { return n.By == who.Name && n.Text == "" }) {
			o.Notes = append(o.Notes, Note{By: who.Name, On: st.today()})
		}
		return nil
	})
}

// Decide writes down whether a comment may go to staff, and in which words. It can be changed until it has gone.
func (s Store) Decide(ctx context.Context, who Reader, roundID, id string, d Decision) (Opened, error) {
	return s.change(ctx, who, roundID, id, func(st Store, o *Opened) error {
		if o.State == Released {
			return fault.New(fault.Conflict, "comment.gone")
		}
		if err := fault.Fields(d.problems(o.Written)); err != nil {
			return err
		}
		o.State, o.Told = Kept, ""
		if d.Release {
			o.State, o.Told = Ready, cmp.Or(d.Told, o.Words)
		}
		if d.Note != "" {
			o.Notes = append(o.Notes, Note{By: who.Name, On: st.today(), Text: d.Note})
		}
		return nil
	})
}

// RevealComment shows a reader which class a comment comes from. Why they need it is written down, for all who read it.
func (s Store) RevealComment(ctx context.Context, who Reader, roundID, id, why string) (Opened, error) {
	if why = strings.TrimSpace(why); why == "" {
		return Opened{}, fault.Field("why", "comment.why")
	}
	return s.change(ctx, who, roundID, id, func(st Store, o *Opened) error {
		if !slices.Contains(o.Revealed, who.Person) {
			o.Revealed = append(o.Revealed, who.Person)
		}
		o.Notes = append(o.Notes, Note{By: who.Name, On: st.today(), Text: why, Class: true})
		return nil
	})
}

// Pass makes a concern of a comment: a copy with an id of its own, for those who deal with it. The comment goes no further.
func (s Store) Pass(ctx context.Context, who Reader, roundID, id string, to To) (Opened, error) {
	if !slices.Contains(Tos, to) {
		return Opened{}, fault.Field("to", "concern.state")
	}
	return s.change(ctx, who, roundID, id, func(st Store, o *Opened) error {
		if o.State == Released {
			return fault.New(fault.Conflict, "comment.gone")
		}
		c, err := st.copied(who.School, roundID, o.Written, to)
		if err != nil {
			return err
		}
		o.State, o.Told, o.Passed = Kept, "", true
		return st.db.Write(ctx).Create(&c).Error
	})
}

// ReadyToGo lists the comments of a round that adults have let go to staff, for whoever makes a release.
func (s Store) ReadyToGo(ctx context.Context, school, roundID string) ([]Opened, error) {
	var rows []Comment
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND state = ?", school, roundID, Ready).Find(&rows).Error; err != nil {
		return nil, err
	}
	var list []Opened
	for _, c := range rows {
		w, err := s.unlockComment(c)
		if err != nil {
			return nil, err
		}
		list = append(list, Opened{c, w})
	}
	return list, nil
}

// Gone marks comments as released.
func (s Store) Gone(ctx context.Context, school, roundID string, ids []string) error {
	return s.db.Write(ctx).Model(&Comment{}).Where("school_id = ? AND round_id = ? AND ?", school, roundID, s.db.In("id", ids)).Update("state", Released).Error
}

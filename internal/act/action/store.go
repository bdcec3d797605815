package action

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

// Store keeps replies and actions.
type Store struct {
	db   *storage.DB
	key  seal.Key
	bank *bank.Bank
}

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB, key seal.Key, b *bank.Bank) Store { return Store{db, key, b} }

func (s Store) with(tx *storage.DB) Store { return Store{tx, s.key, s.bank} }

func (s Store) rounds() round.Store { return round.NewStore(s.db, s.key, s.bank) }

func mayReply(who access.Actor) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// Answerable says whether a reply to a round can be begun: from settling. Before that nobody can know what to reply to.
func Answerable(r round.Round) bool { return r.HasResults() }

// Replies lists the rounds that are owed a reply, those first whose day comes first, and then those that have one, the
// newest first. All staff may know: what a school owes to those whom it asked is no secret.
func (s Store) Replies(ctx context.Context, who access.Actor) ([]Owed, error) {
	school := who.School
	if !who.SignedIn() {
		return nil, nil
	}
	var rounds []round.Round
	err := s.db.Query(ctx).Where("school_id = ? AND state IN ?", school, []round.State{round.Settled, round.Published}).Find(&rounds).Error
	if err != nil {
		return nil, err
	}
	var replies []Reply
	if err := s.db.Query(ctx).Where("school_id = ?", school).Find(&replies).Error; err != nil {
		return nil, err
	}
	var counts []struct {
		RoundID string
		N       int
	}
	if err := s.db.Query(ctx).Model(&Action{}).Where("school_id = ?", school).Select("round_id, count(*) AS n").Group("round_id").Find(&counts).Error; err != nil {
		return nil, err
	}
	var list []Owed
	for _, r := range rounds {
		o := Owed{Round: r}
		for _, reply := range replies {
			if reply.RoundID == r.ID {
				o.PublishedAt = reply.PublishedAt
			}
		}
		for _, c := range counts {
			if c.RoundID == r.ID {
				o.Actions = c.N
			}
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Owed) int {
		switch {
		case (a.PublishedAt == nil) != (b.PublishedAt == nil):
			if a.PublishedAt == nil {
				return -1
			}
			return 1
		case a.PublishedAt == nil:
			return strings.Compare(string(a.ReplyBy)+a.ID, string(b.ReplyBy)+b.ID)
		}
		return b.PublishedAt.Compare(*a.PublishedAt)
	})
	return list, nil
}

// Whole reads the reply to a round with all its actions, published or not, for those who write it. Its zero value stands
// for one that nobody has begun.
func (s Store) Whole(ctx context.Context, who access.Actor, r round.Round) (Whole, error) {
	if err := mayReply(who); err != nil {
		return Whole{}, err
	}
	return s.whole(ctx, r)
}

func (s Store) whole(ctx context.Context, r round.Round) (Whole, error) {
	w := Whole{Reply: Reply{SchoolID: r.SchoolID, RoundID: r.ID}}
	var replies []Reply
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&replies).Error; err != nil {
		return w, err
	}
	if len(replies) == 1 {
		w.Reply = replies[0]
	}
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Order("position, id").Find(&w.Actions).Error
	return w, err
}

// Shown reads what everybody may read of a round's reply.
func (s Store) Shown(ctx context.Context, r round.Round) (Whole, error) {
	w, err := s.whole(ctx, r)
	return w.Shown(), err
}

// Last is the newest published reply to rounds of one voice that has words for the next survey; ok is false where there
// is none. It is read without an actor, because it stands on the first page of a survey.
func (s Store) Last(ctx context.Context, school, voice string) (r round.Round, last Reply, ok bool, err error) {
	var replies []Reply
	err = s.db.Query(ctx).Where("school_id = ? AND published_at IS NOT NULL AND last_heard <> ''", school).Order("published_at DESC, round_id").Find(&replies).Error
	for _, last = range replies {
		if r, err = s.rounds().ByID(ctx, school, last.RoundID); err != nil {
			return r, last, false, err
		}
		if Voice(r.Audience) == voice {
			return r, last, true, nil
		}
	}
	return round.Round{}, Reply{}, false, err
}

// ReplyForm is what somebody writes of a reply as a whole.
type ReplyForm struct {
	WriterID  string
	Opening   string
	LastHeard string
	LastDid   string
	LastWont  string
}

func (f *ReplyForm) problems() map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	if f.Opening = strings.TrimSpace(f.Opening); len([]rune(f.Opening)) > maxWords {
		fields["opening"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxWords}}
	}
	for name, text := range map[string]*string{"last_heard": &f.LastHeard, "last_did": &f.LastDid, "last_wont": &f.LastWont} {
		if *text = strings.TrimSpace(*text); len([]rune(*text)) > maxLast {
			fields[name] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxLast}}
		}
	}
	if f.LastHeard != "" && f.LastDid == "" && f.LastWont == "" {
		fields["last_did"] = fault.Problem{Key: "action.last_did"}
	}
	return fields
}

// SaveReply stores the words of a reply as a whole.
func (s Store) SaveReply(ctx context.Context, who access.Actor, r round.Round, f ReplyForm) error {
	if err := mayReply(who); err != nil {
		return err
	}
	if !Answerable(r) {
		return fault.New(fault.Conflict, "action.early")
	}
	if err := fault.Fields(f.problems()); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		w, err := s.with(tx).whole(ctx, r)
		if err != nil {
			return err
		}
		reply := w.Reply
		before := changed([2]string{reply.Opening, f.Opening}, [2]string{reply.LastHeard, f.LastHeard}, [2]string{reply.LastDid, f.LastDid}, [2]string{reply.LastWont, f.LastWont})
		if before.any {
			reply.ChangedAt = tx.Now()
		}
		reply.WriterID, reply.Opening, reply.LastHeard, reply.LastDid, reply.LastWont = f.WriterID, f.Opening, f.LastHeard, f.LastDid, f.LastWont
		if f.WriterID != "" {
			if _, err := roster.NewStore(tx).Staff(ctx, who.School, f.WriterID); err != nil {
				return fault.Field("writer", "action.owner_gone")
			}
		}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&reply).Error; err != nil {
			return err
		}
		if reply.PublishedAt != nil && before.any {
			return audit.Record(ctx, tx, who, "reply.change", "round", r.ID, before.text)
		}
		return audit.Record(ctx, tx, who, "reply.write", "round", r.ID, "")
	})
}

// earlier are the words that stood where others stand now.
type earlier struct {
	any  bool
	text string
}

// changed compares pieces as they were with what they become. People may have read what was published, so it is kept.
func changed(pieces ...[2]string) (e earlier) {
	var was []string
	for _, p := range pieces {
		if p[0] != p[1] {
			e.any = true
			if p[0] != "" {
				was = append(was, p[0])
			}
		}
	}
	e.text = strings.Join(was, " / ")
	return e
}

// SaveAction stores one answer of a reply; an empty id makes a new one. What is published already changes at once, and
// the page says since when.
func (s Store) SaveAction(ctx context.Context, who access.Actor, r round.Round, id string, f Form) (Action, error) {
	if err := mayReply(who); err != nil {
		return Action{}, err
	}
	if !Answerable(r) {
		return Action{}, fault.New(fault.Conflict, "action.early")
	}
	var a Action
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		w, err := s.with(tx).whole(ctx, r)
		if err != nil {
			return err
		}
		a = Action{SchoolID: r.SchoolID, ID: storage.NewID(), RoundID: r.ID, Steps: "[]", State: Planned, CreatedAt: tx.Now()}
		for _, have := range w.Actions {
			a.Position = max(a.Position, have.Position+1)
		}
		if id != "" {
			i := slices.IndexFunc(w.Actions, func(have Action) bool { return have.ID == id })
			if i < 0 {
				return fault.New(fault.NotFound, "fault.not_found")
			}
			a = w.Actions[i]
		}
		today := storage.DateOf(tx.Now(), r.Zone())
		if a.Due != "" && a.Due == f.Due {
			today = min(today, a.Due) // a day that has passed since it was written is not written anew
		}
		fields := f.problems(today)
		owner := ""
		if f.OwnerID != "" {
			m, err := roster.NewStore(tx).Staff(ctx, who.School, f.OwnerID)
			if err != nil {
				fields["owner"] = fault.Problem{Key: "action.owner_gone"}
			}
			owner = m.Name()
		}
		if err := fault.Fields(fields); err != nil {
			return err
		}
		if f.QuestionID != "" {
			doc, err := s.with(tx).rounds().Document(ctx, r)
			if err != nil {
				return err
			}
			if _, ok := doc.Question(f.QuestionID); !ok {
				return fault.Field("question", "action.question")
			}
		}
		before := changed([2]string{string(a.Answer), string(f.Answer)}, [2]string{a.Heard, f.Heard}, [2]string{a.Doing, f.Doing}, [2]string{a.Pupils, f.Pupils},
			[2]string{a.Staff, f.Staff}, [2]string{string(a.Due), string(f.Due)}, [2]string{a.OwnerName, owner})
		if before.any {
			a.ChangedAt = tx.Now()
		}
		a.Answer, a.Heard, a.Doing, a.Pupils, a.Staff = f.Answer, f.Heard, f.Doing, f.Pupils, f.Staff
		a.QuestionID, a.OwnerID, a.OwnerName, a.Due, a.Quick = f.QuestionID, f.OwnerID, owner, f.Due, f.Quick
		if a.Answer == Done {
			a.State = Finished
		} else if a.State == Finished && id != "" && a.Became == "" {
			a.State = Planned // it was called done, and is something to do now
		}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error; err != nil {
			return err
		}
		if a.PublishedAt != nil && before.any {
			return audit.Record(ctx, tx, who, "reply.change", "round", r.ID, before.text)
		}
		return audit.Record(ctx, tx, who, "reply.answer", "round", r.ID, a.ID)
	})
	return a, err
}

// RemoveAction takes back an answer that nobody has read. A published one stays: what became of it is said instead.
func (s Store) RemoveAction(ctx context.Context, who access.Actor, r round.Round, id string) error {
	if err := mayReply(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		done := tx.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ? AND published_at IS NULL", r.SchoolID, r.ID, id).Delete(&Action{})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.New(fault.Conflict, "action.published")
		}
		return audit.Record(ctx, tx, who, "reply.take_back", "round", r.ID, id)
	})
}

// PublishQuick lets everybody read one small answer at once, before the whole reply.
func (s Store) PublishQuick(ctx context.Context, who access.Actor, r round.Round, id string) error {
	if err := mayReply(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		done := tx.Write(ctx).Model(&Action{}).Where("school_id = ? AND round_id = ? AND id = ? AND quick = ? AND published_at IS NULL", r.SchoolID, r.ID, id, true).Update("published_at", tx.Now())
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.New(fault.Conflict, "action.not_quick")
		}
		return audit.Record(ctx, tx, who, "reply.publish_quick", "round", r.ID, id)
	})
}

// Publish lets everybody read the reply: all that is written of it. Done again, it publishes what was added since. A
// round whose results are not published yet is published with it.
func (s Store) Publish(ctx context.Context, who access.Actor, r round.Round) error {
	if err := mayReply(who); err != nil {
		return err
	}
	if !r.HasResults() {
		return fault.New(fault.Conflict, "action.unsettled")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := s.with(tx)
		if r.State == round.Settled {
			if _, err := st.rounds().Publish(ctx, who, r.ID); err != nil {
				return err
			}
		}
		w, err := st.whole(ctx, r)
		if err != nil {
			return err
		}
		if len(w.Actions) == 0 {
			return fault.New(fault.Conflict, "action.empty")
		}
		now := tx.Now()
		reply := w.Reply
		if reply.PublishedAt == nil {
			reply.PublishedAt, reply.PublishedBy = &now, who.Name
		}
		if reply.ChangedAt.IsZero() || reply.PublishedAt.Equal(now) {
			reply.ChangedAt = now
		}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&reply).Error; err != nil {
			return err
		}
		err = tx.Write(ctx).Model(&Action{}).Where("school_id = ? AND round_id = ? AND published_at IS NULL", r.SchoolID, r.ID).Update("published_at", now).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "reply.publish", "round", r.ID, "")
	})
}

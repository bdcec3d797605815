package round

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Store keeps rounds.
type Store struct {
	db   *storage.DB
	key  seal.Key
	bank *bank.Bank
}

// NewStore works on db, which may be a transaction. key hashes the public codes for the directory.
func NewStore(db *storage.DB, key seal.Key, b *bank.Bank) Store { return Store{db, key, b} }

func (s Store) with(tx *storage.DB) Store { return Store{tx, s.key, s.bank} }

// Find reads a round that the actor may know of; NotFound otherwise.
func (s Store) Find(ctx context.Context, who access.Actor, id string) (Round, error) {
	r, err := s.find(ctx, who.School, id)
	if err != nil {
		return Round{}, err
	}
	o := r.Object(s.db.Now())
	if access.Can(who, access.SeeRound, o) {
		return r, nil
	}
	owners, err := s.UnitReaders(ctx, r)
	if err != nil {
		return Round{}, err
	}
	for _, o.Owner = range owners {
		if access.Can(who, access.SeeRound, o) {
			return r, nil
		}
	}
	return Round{}, fault.New(fault.NotFound, "fault.not_found")
}

func (s Store) find(ctx context.Context, school, id string) (Round, error) {
	var r Round
	err := s.db.Query(ctx).Where("school_id = ? AND id = ?", school, id).Take(&r).Error
	return r, storage.Fault(err, "fault.not_found")
}

// ByID reads a round for a caller that has already been let in: collecting, the clock, the making of a release.
func (s Store) ByID(ctx context.Context, school, id string) (Round, error) {
	return s.find(ctx, school, id)
}

// List names the rounds the actor may know of, the newest first.
func (s Store) List(ctx context.Context, who access.Actor) ([]Round, error) {
	var all []Round
	if err := s.db.Query(ctx).Where("school_id = ?", who.School).Order("created_at DESC, id").Find(&all).Error; err != nil {
		return nil, err
	}
	// What was brought in stands where it was asked, or an old survey would pass for what was said last.
	slices.SortStableFunc(all, func(a, b Round) int { return b.since().Compare(a.since()) })
	var mine []string
	if err := s.db.Query(ctx).Model(&UnitReader{}).Where("school_id = ? AND person_id = ?", who.School, who.Person).
		Distinct().Pluck("round_id", &mine).Error; err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r Round) bool {
		o := r.Object(s.db.Now())
		if slices.Contains(mine, r.ID) {
			o.Owner = []string{who.Person}
		}
		return !access.Can(who, access.SeeRound, o)
	}), nil
}

// Opened names the rounds of a school that people can answer now. That a round is open is no secret in a school; the
// address stands on every slip.
func (s Store) Opened(ctx context.Context, school string) ([]Round, error) {
	var open []Round
	err := s.db.Query(ctx).Where("school_id = ? AND state = ?", school, Open).Order("opened_at, id").Find(&open).Error
	return open, err
}

// Units lists a round's units, parents before children, in the order of every page.
func (s Store) Units(ctx context.Context, r Round) ([]Unit, error) {
	var units []Unit
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Order("position").Find(&units).Error
	return units, err
}

// UnitReaders lists, for each class of a round, the people who taught it when the round opened.
func (s Store) UnitReaders(ctx context.Context, r Round) (map[string][]string, error) {
	var rows []UnitReader
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Order("unit_id, name, person_id").Find(&rows).Error
	owners := map[string][]string{}
	for _, row := range rows {
		owners[row.UnitID] = append(owners[row.UnitID], row.PersonID)
	}
	return owners, err
}

// UnitReaderNames names everybody who teaches a class of a round, as it was when the round opened.
func (s Store) UnitReaderNames(ctx context.Context, r Round) ([]string, error) {
	var names []string
	err := s.db.Query(ctx).Model(&UnitReader{}).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Distinct("name").Order("name").Pluck("name", &names).Error
	return names, err
}

func (s Store) mayRun(who access.Actor) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// SaveDraft stores what is known of a round before it opens; an empty id makes a new one. Fields tell what is missing.
func (s Store) SaveDraft(ctx context.Context, who access.Actor, id string, f Form) (Round, error) {
	if err := s.mayRun(who); err != nil {
		return Round{}, err
	}
	var r Round
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		school, err := roster.NewStore(tx).School(ctx, who.School)
		if err != nil {
			return err
		}
		sv, err := survey.NewStore(tx).Find(ctx, who, f.SurveyID)
		if err != nil {
			return err
		}
		if err := fault.Fields(f.problems(tx.Now(), sv.Audience, school.Zone())); err != nil {
			return err
		}
		closes := storage.DateOf(f.ClosesAt, school.Zone())
		if quiet, ok := school.Days().QuietIn(closes, closes); ok {
			return fault.Field("closes_at", "calendar.quiet_close", quietValues(quiet))
		}
		v, err := survey.NewStore(tx).Freeze(ctx, who, sv.ID)
		if err != nil {
			return err
		}
		doc, err := v.Doc()
		if err != nil {
			return err
		}
		if err := fit(doc, f); err != nil {
			return err
		}
		if id != "" {
			if r, err = s.with(tx).find(ctx, who.School, id); err != nil {
				return err
			}
			f.Plan.Out = r.Choices().Out // chosen on a page of its own
		}
		plan, err := json.Marshal(f.Plan)
		if err != nil {
			return err
		}
		old := r
		r = Round{SchoolID: who.School, ID: id, SurveyID: sv.ID, Version: v.Number, Title: f.Title, Audience: sv.Audience,
			About: f.About, Mode: f.Mode, Purpose: f.Purpose, State: Draft, Why: f.Why, MayChange: f.MayChange,
			ReplyBy: f.ReplyBy, ReplyPlace: f.ReplyPlace, ClosesAt: f.ClosesAt.UTC(), Plan: string(plan),
			Least: max(f.Least, LeastFor(sv.Audience)), CreatedBy: who.Person, CreatedAt: tx.Now()}
		if id == "" {
			r.ID, r.Code = storage.NewID(), seal.NewCode(6)
			if err := tx.Write(ctx).Create(&r).Error; err != nil {
				return storage.Fault(err, "fault.not_found")
			}
			return audit.Record(ctx, tx, who, "round.draft", "round", r.ID, "")
		}
		if old.State != Draft {
			return fault.New(fault.Conflict, "round.not_draft")
		}
		r.Code, r.CreatedAt, r.CreatedBy = old.Code, old.CreatedAt, old.CreatedBy
		if err := tx.Write(ctx).Save(&r).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.draft", "round", r.ID, "")
	})
	return r, err
}

// fit refuses a survey that does not go with what the round is about.
func fit(doc survey.Document, f Form) error {
	for _, q := range doc.Questions() {
		if q.About == bank.AboutThisClass && f.About != AboutClasses {
			return fault.Field("about", "round.class_items")
		}
	}
	return nil
}

// lock takes the round for a change of state, so that two servers cannot move it at once.
func (s Store) lock(ctx context.Context, school, id string) (Round, error) {
	var r Round
	err := s.db.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", school, id).Take(&r).Error
	return r, storage.Fault(err, "fault.not_found")
}

// Lock is lock for the mover, which settles a round together with its answers.
func (s Store) Lock(ctx context.Context, school, id string) (Round, error) {
	return s.lock(ctx, school, id)
}

// move runs one change of state: only from the named states, with its audit row, in one transaction.
func (s Store) move(ctx context.Context, who access.Actor, id, action string, from []State, change func(tx Store, r *Round) error) (Round, error) {
	if err := s.mayRun(who); err != nil {
		return Round{}, err
	}
	var r Round
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := s.with(tx)
		var err error
		if r, err = st.lock(ctx, who.School, id); err != nil {
			return err
		}
		if !slices.Contains(from, r.State) {
			return fault.New(fault.Conflict, "round.state."+action, fault.Values{"State": string(r.State)})
		}
		note := string(r.State)
		if err := change(st, &r); err != nil {
			return err
		}
		if err := tx.Write(ctx).Save(&r).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round."+action, "round", r.ID, note)
	})
	return r, err
}

// Close ends the handing out of pages. Answers on their way still arrive until the round settles.
func (s Store) Close(ctx context.Context, who access.Actor, id string) (Round, error) {
	return s.move(ctx, who, id, "close", []State{Open}, func(st Store, r *Round) error {
		now := st.db.Now()
		r.State, r.ClosedAt = Closed, &now
		return nil
	})
}

// Extend moves the closing day to later. Nothing else of an open round can change; its promise named a date that may
// move, and the reply moves with it if it has to.
func (s Store) Extend(ctx context.Context, who access.Actor, id string, closes time.Time, replyBy storage.Date) (Round, error) {
	return s.move(ctx, who, id, "extend", []State{Open}, func(st Store, r *Round) error {
		if !closes.After(r.ClosesAt) {
			return fault.Field("closes_at", "round.extend_later")
		}
		if closes.After(r.ClosesAt.AddDate(0, 2, 0)) {
			return fault.Field("closes_at", "round.extend_far")
		}
		if !replyBy.Valid() || replyBy <= storage.DateOf(closes, r.Zone()) {
			return fault.Field("reply_by", "round.reply_after")
		}
		school, err := roster.NewStore(st.db).School(ctx, r.SchoolID)
		if err != nil {
			return err
		}
		// What was fixed before the quiet days were may go on as it was; only the days that are added count.
		added := storage.DateOf(r.ClosesAt, school.Zone()).Time(time.UTC).AddDate(0, 0, 1)
		if quiet, ok := school.Days().QuietIn(storage.DateOf(added, time.UTC), storage.DateOf(closes, school.Zone())); ok {
			return fault.Field("closes_at", "calendar.quiet_close", quietValues(quiet))
		}
		r.ClosesAt, r.ReplyBy = closes.UTC(), replyBy
		return nil
	})
}

// Publish lets all named readers look.
func (s Store) Publish(ctx context.Context, who access.Actor, id string) (Round, error) {
	return s.move(ctx, who, id, "publish", []State{Settled}, func(st Store, r *Round) error {
		now := st.db.Now()
		// Publishing early would take from teachers the days in which they look first.
		if now.Before(r.LeadersFrom()) && !who.IsClock() {
			return fault.New(fault.Conflict, "round.publish_early", fault.Values{"Date": r.LeadersFrom().In(r.Zone()).Format("Monday 2 January")})
		}
		r.State, r.PublishedAt = Published, &now
		return nil
	})
}

// MarkSettled is the mover's last step, in its transaction.
func (s Store) MarkSettled(ctx context.Context, r *Round) error {
	now := s.db.Now()
	r.State, r.SettledAt = Settled, &now
	if err := r.setOut(nil); err != nil { // it was kept longer once
		return err
	}
	return s.db.Write(ctx).Save(r).Error
}

// CountUnits writes down, at settling, how many answered in each unit and in which unit's cell they are counted.
func (s Store) CountUnits(ctx context.Context, r Round, answered map[string]int, cells map[string]string) error {
	for unit, cell := range cells {
		err := s.db.Write(ctx).Model(&Unit{}).Where("school_id = ? AND round_id = ? AND id = ?", r.SchoolID, r.ID, unit).
			Updates(map[string]any{"answered": answered[unit], "cell_id": cell}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// Cancel ends a round for good. Its reason is shown to everyone who still comes. Slips and waiting answers go with it;
// collecting deletes them in the same transaction by after.
func (s Store) Cancel(ctx context.Context, who access.Actor, id, reason string, after func(tx *storage.DB, r Round) error) (Round, error) {
	if reason == "" {
		return Round{}, fault.Field("reason", "round.cancel_reason")
	}
	return s.move(ctx, who, id, "cancel", []State{Draft, Open}, func(st Store, r *Round) error {
		now := st.db.Now()
		r.State, r.CancelledAt, r.CancelReason = Cancelled, &now, reason
		if err := r.setOut(nil); err != nil {
			return err
		}
		return after(st.db, *r)
	})
}

// ByCode finds a round by the public code in its address.
func (s Store) ByCode(ctx context.Context, code string) (Round, error) {
	clean, ok := seal.CleanCode(code, 6)
	if !ok {
		return Round{}, fault.New(fault.NotFound, "round.no_code")
	}
	d, err := identity.NewStore(s.db, s.key).LookUp(ctx, "round", clean)
	if fault.Is(err, fault.NotFound) {
		return Round{}, fault.New(fault.NotFound, "round.no_code")
	} else if err != nil {
		return Round{}, err // a database that is away for a moment is no reason to say that there is no such round
	}
	return s.find(ctx, d.SchoolID, d.Target)
}

// Adults lists, for each unit, everybody who teaches it or is its tutor, then or now: those who must not count its hands
// or type in its sheets. Unlike UnitReaders it gives nobody a right to read anything.
func (s Store) Adults(ctx context.Context, r Round) (map[string][]string, error) {
	all, err := s.UnitReaders(ctx, r)
	if err != nil {
		return nil, err
	}
	now, err := roster.NewStore(s.db).Teachers(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	units, err := s.Units(ctx, r)
	if err != nil {
		return nil, err
	}
	adults := map[string][]string{}
	for _, u := range units {
		adults[u.ID] = append(adults[u.ID], all[u.ID]...)
		for _, p := range now[u.GroupID] {
			adults[u.ID] = append(adults[u.ID], p.ID)
		}
	}
	return adults, nil
}

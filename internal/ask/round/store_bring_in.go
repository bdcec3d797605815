package round

import (
	"context"
	"encoding/json"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// BringIn makes a round of answers that were collected elsewhere: closed on the day they were given, ready to be settled
// by the caller in the same transaction. units are in the order of every page, and of says which is whose group; an answer
// of no group belongs to the school. Fields tell what is missing; Conflict says that it has been brought in already.
func (s Store) BringIn(ctx context.Context, who access.Actor, f Brought) (r Round, units []Unit, of map[string]string, err error) {
	if err := s.mayRun(who); err != nil {
		return r, nil, nil, err
	}
	now, ro := s.db.Now(), roster.NewStore(s.db)
	school, err := ro.School(ctx, who.School)
	if err != nil {
		return r, nil, nil, err
	}
	if f.ID == "" {
		f.ID = storage.NewID()
	} else if _, err := s.find(ctx, who.School, f.ID); err == nil {
		return r, nil, nil, fault.New(fault.Conflict, "bring_in.again")
	} else if !fault.Is(err, fault.NotFound) {
		return r, nil, nil, err
	}
	v, err := survey.NewStore(s.db).FreezeLess(ctx, who, f.SurveyID, f.Without)
	if err != nil {
		return r, nil, nil, err
	}
	doc, err := v.Doc()
	if err != nil {
		return r, nil, nil, err
	}
	if err := fault.Fields(f.problems(doc, school, now)); err != nil {
		return r, nil, nil, err
	}
	if p := doc.CanOpenWith(doc.Audience); len(p) > 0 {
		return r, nil, nil, fault.New(fault.Conflict, p[0].Key, fault.Values(anyMap(p[0].Values)))
	}
	if err := s.twin(ctx, who.School, f, doc, school.Zone()); err != nil {
		return r, nil, nil, err
	}
	plan, err := json.Marshal(Plan{Readers: f.Readers})
	if err != nil {
		return r, nil, nil, err
	}
	day := f.Asked.Time(school.Zone())
	closed := time.Date(day.Year(), day.Month(), day.Day(), 16, 0, 0, 0, school.Zone()).UTC()
	if closed.After(now) {
		closed = now
	}
	r = Round{SchoolID: who.School, ID: f.ID, Code: seal.NewCode(6), SurveyID: f.SurveyID, Version: v.Number, Title: f.Title, Audience: doc.Audience,
		About: f.about(doc), Mode: Anonymous, Purpose: f.Purpose, State: Closed, Why: f.Why, MayChange: f.MayChange, ReplyBy: f.ReplyBy, ReplyPlace: f.ReplyPlace,
		ClosesAt: closed, ClosedAt: &closed, Plan: string(plan), Least: LeastFor(doc.Audience), CreatedBy: who.Person, CreatedAt: now, Origin: FromFile}
	snap, err := s.whoReads(ctx, r, school, ro)
	if err != nil {
		return r, nil, nil, err
	}
	snap.Lead, snap.Deputies = Helper{}, nil // nobody was told of them
	r.Snapshot = snap.Encode()
	promise := brought(r)
	r.PromiseHash = promise.Hash()
	if err := s.db.Write(ctx).Create(&r).Error; err != nil {
		return r, nil, nil, storage.Fault(err, "fault.not_found")
	}
	units, of = f.units(Unit{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), Kind: UnitSchool, Name: school.Name})
	readers, err := s.broughtReaders(ctx, f, units, ro)
	if err != nil {
		return r, nil, nil, err
	}
	if err := s.db.Write(ctx).CreateInBatches(&units, 200).Error; err != nil {
		return r, nil, nil, err
	}
	if len(readers) > 0 {
		if err := s.db.Write(ctx).CreateInBatches(&readers, 200).Error; err != nil {
			return r, nil, nil, err
		}
	}
	parts, err := json.Marshal(promise)
	if err != nil {
		return r, nil, nil, err
	}
	row := Promise{SchoolID: r.SchoolID, RoundID: r.ID, Route: string(pageRoute), Hash: r.PromiseHash, Parts: string(parts)}
	if err := s.db.Write(ctx).Create(&row).Error; err != nil {
		return r, nil, nil, err
	}
	if err := identity.NewStore(s.db, s.key).ListRound(ctx, r.Code, r.SchoolID, r.ID); err != nil {
		return r, nil, nil, err
	}
	return r, units, of, audit.Record(ctx, s.db, who, "round.bring_in", "round", r.ID, "")
}

// twin refuses answers that seem to be here already: the same questions, put to the same groups at about the same time. Two
// versions of one file differ by a few people, and their figures would tell what these said.
func (s Store) twin(ctx context.Context, school string, f Brought, doc survey.Document, zone *time.Location) error {
	var rounds []Round
	err := s.db.Query(ctx).Where("school_id = ? AND origin = ? AND audience = ? AND id <> ? AND state IN ?", school, FromFile, doc.Audience, f.ID, []State{Settled, Published}).Find(&rounds).Error
	if err != nil {
		return err
	}
	asks := map[string]bool{}
	for _, q := range doc.Questions() {
		asks[q.Trend()] = true
	}
	groups := map[string]bool{}
	for _, g := range f.Groups {
		groups[g.Name] = true
	}
	for _, r := range rounds {
		if away := f.Asked.Time(zone).Sub(r.ClosesAt); away > apart || away < -apart {
			continue
		}
		have, err := s.document(ctx, r)
		if err != nil {
			return err
		}
		same := false
		for _, q := range have.Questions() {
			same = same || asks[q.Trend()]
		}
		units, err := s.Units(ctx, r)
		if err != nil {
			return err
		}
		shared := len(groups) == 0 || len(units) == 1
		for _, u := range units {
			shared = shared || u.IsLeaf() && groups[u.Name]
		}
		if same && shared {
			return fault.New(fault.Conflict, "bring_in.twin", fault.Values{"Title": r.Title, "Date": SayDate(storage.DateOf(r.ClosesAt, zone))})
		}
	}
	return nil
}

// brought stands in the place of the promise: Earshot made none.
func brought(r Round) bank.Promise {
	return bank.Promise{{Part: FromFile, Show: bank.ShowFirst, Text: r.WhereFrom()}}
}

// WhereFrom says where the answers of a brought-in round come from; empty for every other.
func (r Round) WhereFrom() string {
	if !r.BroughtIn() {
		return ""
	}
	return words.English().Say("bring_in.where_from", words.V{"Date": SayDate(storage.DateOf(r.CreatedAt, r.Zone()))})
}

// broughtReaders are the teachers of the classes, where these are classes of today. Every such class has to be there: a class
// that is not would be another teacher's, or nobody's.
func (s Store) broughtReaders(ctx context.Context, f Brought, units []Unit, ro roster.Store) (readers []UnitReader, err error) {
	if f.Kind != UnitClass || !f.Taught {
		return nil, nil
	}
	school := units[0].SchoolID
	all, err := ro.Groups(ctx, school, roster.Class)
	if err != nil {
		return nil, err
	}
	teachers, err := ro.Teachers(ctx, school)
	if err != nil {
		return nil, err
	}
	for i := range units {
		u := &units[i]
		if u.Kind != UnitClass {
			continue
		}
		for _, g := range all {
			if g.Name == u.Name && g.Subject == u.Subject {
				u.GroupID = g.ID
			}
		}
		if u.GroupID == "" {
			return nil, fault.Field("taught", "bring_in.no_class", fault.Values{"Name": u.Name, "Subject": u.Subject})
		}
		if len(teachers[u.GroupID]) == 0 && f.Purpose == access.ForLearning {
			return nil, fault.Field("taught", "round.no_teacher", fault.Values{"Name": u.Name})
		}
		for _, t := range teachers[u.GroupID] {
			readers = append(readers, UnitReader{SchoolID: u.SchoolID, RoundID: u.RoundID, UnitID: u.ID, PersonID: t.ID, Name: t.Name()})
		}
	}
	return readers, nil
}

// Withdraw takes back a round that was brought in, before it is published: nobody but leaders and the teachers of its
// classes can have read it, and no other round's figures stand beside its own. What was said goes with it, by after, in
// the same transaction; of the round stays that it was there.
func (s Store) Withdraw(ctx context.Context, who access.Actor, id, reason string, after func(tx *storage.DB, r Round) error) (Round, error) {
	if reason == "" {
		return Round{}, fault.Field("reason", "bring_in.reason")
	}
	return s.move(ctx, who, id, "withdraw", []State{Settled}, func(st Store, r *Round) error {
		if r.BroughtIn() && !r.OnTrial(st.db.Now()) {
			return fault.New(fault.Conflict, "bring_in.too_late")
		}
		if !r.BroughtIn() {
			return fault.New(fault.Conflict, "bring_in.not_brought")
		}
		now := st.db.Now()
		r.State, r.CancelledAt, r.CancelReason = Cancelled, &now, reason
		units, err := st.Units(ctx, *r)
		if err != nil {
			return err
		}
		nothing := map[string]string{}
		for _, u := range units {
			nothing[u.ID] = ""
		}
		if err := st.CountUnits(ctx, *r, nil, nothing); err != nil {
			return err
		}
		return after(st.db, *r)
	})
}

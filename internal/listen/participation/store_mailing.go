package participation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

// Recipient is somebody a round asks by mail.
type Recipient struct {
	Person    roster.Person
	Asked     []round.Asked
	Failure   string // what a mail server said of their address
	Problem   string // of the last try, if it waits
	mail      *Mail  // their invitation, if there is one
	uninvited []round.Asked
}

// Post is how a round's mails stand, for the people who run it. It says nothing about who has answered.
type Post struct {
	Begun     bool
	InvitedAt time.Time
	Reminders int
	Ready     []Recipient // would get an invitation now
	Sent      []Recipient
	Waiting   []Recipient
	Failed    []Recipient // their address does not work
	Stopped   []Recipient // they asked for no mail
	NoAddress []Recipient
	Asked     int // people asked
}

// Paper lists those whom no mail reaches, and who can be given paper.
func (p Post) Paper() []Recipient { return slices.Concat(p.NoAddress, p.Failed, p.Stopped) }

// code is the slip of an invitation.
func (s Store) code(roundID, invitation string) string {
	return s.key.Code(CodeLength, "mailed slip", roundID, invitation)
}

// rounds is the store of rounds without the bank, whose texts mailings have no need of.
func (s Store) rounds() round.Store { return round.NewStore(s.db, s.key, nil) }

// Post reads how the mails of a round stand.
func (s Store) Post(ctx context.Context, r round.Round) (Post, error) {
	p := Post{Reminders: RemindersMost}
	mailing, err := s.Mailing(ctx, r.SchoolID, r.ID)
	if err != nil {
		return p, err
	}
	if mailing != nil {
		p.Begun, p.InvitedAt, p.Reminders = true, mailing.InvitedAt, mailing.Reminders
	}
	asked, err := s.rounds().Asked(ctx, r)
	if err != nil {
		return p, err
	}
	addresses, err := s.addresses(ctx, r.SchoolID)
	if err != nil {
		return p, err
	}
	var mails []Mail
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND kind = ?", r.SchoolID, r.ID, InvitationMail).Find(&mails).Error; err != nil {
		return p, err
	}
	var invitations []Invitation
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&invitations).Error; err != nil {
		return p, err
	}
	invited := map[[2]string]bool{}
	for _, i := range invitations {
		invited[[2]string{i.PersonID, i.ChildID}] = true
	}
	byPerson := map[string]int{}
	var all []Recipient
	for _, a := range asked {
		i, ok := byPerson[a.Person.ID]
		if !ok {
			i = len(all)
			byPerson[a.Person.ID] = i
			all = append(all, Recipient{Person: a.Person})
		}
		all[i].Asked = append(all[i].Asked, a)
		if !invited[[2]string{a.Person.ID, a.Child}] {
			all[i].uninvited = append(all[i].uninvited, a)
		}
	}
	for i := range mails {
		if at, ok := byPerson[mails[i].PersonID]; ok {
			all[at].mail = &mails[i]
		}
	}
	p.Asked = len(all)
	for _, rec := range all {
		p.sort(rec, addresses[rec.Person.Email])
	}
	return p, nil
}

// sort puts a recipient where they belong.
func (p *Post) sort(rec Recipient, a Address) {
	// A pupil never gets mail, whatever a list may say of them.
	mayGet := rec.Person.Kind == roster.Parent || rec.Person.Kind == roster.Staff
	switch {
	case rec.Person.Email == "" || !mayGet:
		p.NoAddress = append(p.NoAddress, rec)
	case a.StoppedOn != "" && (rec.mail == nil || rec.mail.State != Sent): // else they have their link
		p.Stopped = append(p.Stopped, rec)
	case a.FailedOn != "" && rec.mail != nil && rec.mail.State == Failed:
		rec.Failure = a.Failure
		p.Failed = append(p.Failed, rec)
	case a.StoppedOn == "" && (rec.mail == nil || len(rec.uninvited) > 0 || rec.mail.State == Failed):
		p.Ready = append(p.Ready, rec) // new, one more child, or an address that was mended
	case rec.mail.State == Waiting:
		rec.Problem = rec.mail.Problem
		p.Waiting = append(p.Waiting, rec)
	default:
		p.Sent = append(p.Sent, rec)
	}
}

// Mailing reads what is known of a round's mails; nil before the first invitation.
func (s Store) Mailing(ctx context.Context, school, roundID string) (*Mailing, error) {
	var found []Mailing
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Mailings lists the mailings of rounds that still remind somebody.
func (s Store) Mailings(ctx context.Context) ([]Mailing, error) {
	var all []Mailing
	err := s.db.Query(ctx).Where("reminders > 0").Find(&all).Error
	return all, err
}

func (s Store) addresses(ctx context.Context, school string) (map[string]Address, error) {
	var rows []Address
	err := s.db.Query(ctx).Where("school_id = ?", school).Find(&rows).Error
	known := map[string]Address{}
	for _, a := range rows {
		known[a.Email] = a
	}
	return known, err
}

// Invite makes the slips of everybody whom a mail can reach and who has none yet, and puts their invitations into the
// queue. Pressed again, it reaches those who were added or whose address was mended since. It returns to how many a mail
// goes out, which it does when the school is at work. Faults: Conflict mail.not_open; Conflict mail.nobody; Conflict
// mail.too_late, where the round closes before that.
func (s Store) Invite(ctx context.Context, who access.Actor, r round.Round, reminders int) (int, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: r.SchoolID}) || r.SchoolID != who.School {
		return 0, fault.New(fault.Forbidden, "fault.forbidden")
	}
	n := 0
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx, s.key)
		r, err := st.rounds().Lock(ctx, r.SchoolID, r.ID)
		if err != nil {
			return err
		}
		if r.State != round.Open || !r.Mailed() {
			return fault.New(fault.Conflict, "mail.not_open")
		}
		units, err := st.rounds().Units(ctx, r)
		if err != nil {
			return err
		}
		p, err := st.Post(ctx, r)
		if err != nil {
			return err
		}
		if n = len(p.Ready); n == 0 {
			return fault.New(fault.Conflict, "mail.nobody")
		}
		school, err := roster.NewStore(tx).School(ctx, r.SchoolID)
		if err != nil {
			return err
		}
		due := MailHoursOf(school).Next(tx.Now())
		if !due.Before(r.ClosesAt) {
			return fault.New(fault.Conflict, "mail.too_late")
		}
		if err := st.invite(ctx, r, units, p.Ready, due.UTC()); err != nil {
			return err
		}
		m := Mailing{SchoolID: r.SchoolID, RoundID: r.ID, InvitedAt: due.UTC(), Reminders: min(max(reminders, 0), RemindersMost)}
		key := []clause.Column{{Name: "school_id"}, {Name: "round_id"}}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"reminders"})}).Create(&m).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "mail.invite", "round", r.ID, fmt.Sprint(n))
	})
	return n, err
}

func (s Store) invite(ctx context.Context, r round.Round, units []round.Unit, ready []Recipient, due time.Time) error {
	var invitations []Invitation
	var mails []Mail
	for _, rec := range ready {
		for _, a := range rec.uninvited {
			u, ok := round.UnitFor(units, a)
			if !ok {
				u = units[0] // a year that nobody was in when the round opened: counted in the school
			}
			invitations = append(invitations, Invitation{SchoolID: r.SchoolID, RoundID: r.ID, PersonID: a.Person.ID, ChildID: a.Child, UnitID: u.ID})
		}
		m := Mail{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), PersonID: rec.Person.ID, Kind: InvitationMail, State: Waiting, DueAt: due}
		if rec.mail != nil {
			m.ID = rec.mail.ID
		}
		mails = append(mails, m)
	}
	// No order of rows may tell which slip belongs to which person.
	Shuffle(invitations)
	Shuffle(mails)
	if len(invitations) > 0 {
		if err := s.seat(ctx, r, units, invitations); err != nil {
			return err
		}
	}
	key := []clause.Column{{Name: "school_id"}, {Name: "round_id"}, {Name: "id"}}
	again := clause.AssignmentColumns([]string{"state", "tries", "due_at", "taken_until", "problem"})
	if err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: again}).CreateInBatches(&mails, 400).Error; err != nil {
		return err
	}
	if s.db.Kind() == storage.Postgres {
		return s.db.Write(ctx).Exec("ANALYZE slips").Error
	}
	return nil
}

// open lists a round's invitations whose slip has not been used, for some people or, with none named, for all.
func (s Store) open(ctx context.Context, school, roundID string, people []string) ([]Invitation, error) {
	var list []Invitation
	q := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID)
	if len(people) > 0 {
		q = q.Where("person_id IN ?", storage.Padded(people))
	}
	if err := q.Find(&list).Error; err != nil {
		return nil, err
	}
	var left []Invitation
	for part := range slices.Chunk(list, 400) {
		hashes := make([]string, len(part))
		for i, inv := range part {
			hashes[i] = s.Hash(roundID, s.code(roundID, inv.ID))
		}
		slips, err := s.Look(ctx, school, roundID, hashes)
		if err != nil {
			return nil, err
		}
		for i, inv := range part {
			if slip, ok := slips[hashes[i]]; ok && !slip.Spent {
				left = append(left, inv)
			}
		}
	}
	slices.SortFunc(left, func(a, b Invitation) int { return strings.Compare(a.ID, b.ID) })
	return left, nil
}

// Remind puts the nth reminder into the queue for everybody who was invited, has not answered and can be reached. The
// round must be open. How many they are stands nowhere: from two such numbers anybody could count the answers.
func (s Store) Remind(ctx context.Context, who access.Actor, roundID string, n int, h Hours) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx, s.key)
		r, err := st.rounds().Lock(ctx, who.School, roundID)
		if err != nil {
			return err
		}
		mailing, err := st.Mailing(ctx, r.SchoolID, r.ID)
		if err != nil {
			return err
		}
		due := h.Next(tx.Now())
		if mailing == nil || n > mailing.Reminders || r.State != round.Open || !due.Before(r.ClosesAt) {
			return nil
		}
		var sent []string
		err = tx.Query(ctx).Model(&Mail{}).Where("school_id = ? AND round_id = ? AND kind = ? AND state = ?", r.SchoolID, r.ID, InvitationMail, Sent).Pluck("person_id", &sent).Error
		if err != nil {
			return err
		}
		left, err := st.open(ctx, r.SchoolID, r.ID, nil)
		if err != nil {
			return err
		}
		// Whoever has come to open names since they were invited is not asked any more.
		opens, err := st.rounds().Openers(ctx, r)
		if err != nil {
			return err
		}
		if opens != nil {
			var ids []string
			for _, inv := range left {
				ids = append(ids, inv.PersonID)
			}
			people, err := roster.NewStore(tx).PeopleEver(ctx, r.SchoolID, ids)
			if err != nil {
				return err
			}
			left = slices.DeleteFunc(left, func(inv Invitation) bool { return opens(people[inv.PersonID]) })
		}
		var mails []Mail
		waits := map[string]bool{} // for whom no reminder is in the list yet
		for _, person := range sent {
			waits[person] = true
		}
		for _, inv := range left {
			if waits[inv.PersonID] {
				delete(waits, inv.PersonID)
				mails = append(mails, Mail{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), PersonID: inv.PersonID, Kind: ReminderKind(n), State: Waiting, DueAt: due.UTC()})
			}
		}
		if len(mails) > 0 {
			Shuffle(mails)
			if err := tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&mails, 400).Error; err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, who, "mail.remind", "round", r.ID, fmt.Sprint("reminder ", n))
	})
}

// ForgetPeople deletes whom a round's slips belong to and every trace of its mails. From here on nobody can tell who
// answered, not even with the key.
func (s Store) ForgetPeople(ctx context.Context, school, roundID string) error {
	for _, table := range []any{&Invitation{}, &Mail{}, &Mailing{}} {
		if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(table).Error; err != nil {
			return err
		}
	}
	return nil
}

package participation

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/roster"
)

// How mails are tried again. A letter that a server puts off is tried a dozen times over about two days; a server that is
// away costs no letter a try.
const (
	triesMost = 12
	lease     = 15 * time.Minute
	awayFor   = 2 * time.Minute
)

func backoff(tries int) time.Duration {
	return min(2*time.Minute<<min(tries, 8), 6*time.Hour)
}

// TakeMails leases up to n mails that are due, of one school.
func (s Store) TakeMails(ctx context.Context, n int) ([]Mail, error) {
	now := s.db.Now()
	free := "state = ? AND due_at <= ? AND (taken_until IS NULL OR taken_until < ?)"
	var due []Mail
	if err := s.db.Query(ctx).Where(free, Waiting, now, now).Order("due_at, id").Limit(n).Find(&due).Error; err != nil || len(due) == 0 {
		return nil, err
	}
	due = slices.DeleteFunc(due, func(m Mail) bool { return m.SchoolID != due[0].SchoolID })
	var mine []Mail
	for _, m := range due {
		res := s.db.Write(ctx).Model(&Mail{}).Where("school_id = ? AND round_id = ? AND id = ? AND "+free, m.SchoolID, m.RoundID, m.ID, Waiting, now, now).
			Update("taken_until", now.Add(lease))
		if res.Error != nil {
			return nil, res.Error
		}
		if res.RowsAffected == 1 {
			mine = append(mine, m)
		}
	}
	return mine, nil
}

func (s Store) change(ctx context.Context, m Mail, to map[string]any) error {
	to["taken_until"] = nil
	return s.db.Write(ctx).Model(&Mail{}).Where("school_id = ? AND round_id = ? AND id = ?", m.SchoolID, m.RoundID, m.ID).Updates(to).Error
}

// Drop ends a mail that there is no reason to send any more.
func (s Store) Drop(ctx context.Context, m Mail) error {
	return s.change(ctx, m, map[string]any{"state": Dropped})
}

// Wait puts a mail off to a time, without counting it as a try.
func (s Store) Wait(ctx context.Context, m Mail, until time.Time) error {
	return s.change(ctx, m, map[string]any{"due_at": until.UTC()})
}

// Done writes down what became of a mail to an address: sent, put off, or refused for good.
func (s Store) Done(ctx context.Context, m Mail, email string, err error) error {
	if err == nil {
		if err := s.Heal(ctx, m.SchoolID, email); err != nil {
			return err
		}
		return s.change(ctx, m, map[string]any{"state": Sent, "problem": ""})
	}
	if mail.IsAway(err) {
		return s.change(ctx, m, map[string]any{"due_at": s.db.Now().Add(awayFor), "problem": AwayProblem})
	}
	said, refused := mail.IsRefused(err)
	if later, ok := errors.AsType[mail.Later](err); ok {
		said = later.Said
	}
	if m.Tries++; !refused && m.Tries < triesMost {
		return s.change(ctx, m, map[string]any{"tries": m.Tries, "due_at": s.db.Now().Add(backoff(m.Tries)), "problem": said})
	}
	a := Address{SchoolID: m.SchoolID, Email: email, FailedOn: storage.DateOf(s.db.Now(), time.UTC), Failure: said}
	key := []clause.Column{{Name: "school_id"}, {Name: "email"}}
	err = s.db.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"failed_on", "failure"})}).Create(&a).Error
	if err != nil {
		return err
	}
	return s.change(ctx, m, map[string]any{"state": Failed, "tries": m.Tries, "problem": said})
}

// AwayProblem stands for a mail server that cannot be reached.
const AwayProblem = "away"

// Away puts off all mails of a school for a while: the server that sends them cannot be reached.
func (s Store) Away(ctx context.Context, school string) error {
	until := s.db.Now().Add(awayFor)
	return s.db.Write(ctx).Model(&Mail{}).Where("school_id = ? AND state = ? AND due_at < ?", school, Waiting, until).
		Updates(map[string]any{"due_at": until, "problem": AwayProblem}).Error
}

// Outgoing is a mail with its letter.
type Outgoing struct {
	Mail   Mail
	Letter mail.Letter
}

// Letters writes the letters of some mails of one school, as things stand at this moment. What there is no reason to send
// any more is dropped: the round is over, somebody has answered, or wants no mail. What would go out when the school is not
// at work waits.
func (s Store) Letters(ctx context.Context, school roster.School, mails []Mail, baseURL string, b *bank.Bank) ([]Outgoing, error) {
	byRound := map[string][]Mail{}
	for _, m := range mails {
		byRound[m.RoundID] = append(byRound[m.RoundID], m)
	}
	var out []Outgoing
	for roundID, of := range byRound {
		r, err := s.rounds().ByID(ctx, school.SchoolID, roundID)
		if err != nil {
			return nil, err
		}
		list, err := s.lettersOf(ctx, school, r, of, baseURL, b)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (s Store) lettersOf(ctx context.Context, school roster.School, r round.Round, mails []Mail, baseURL string, b *bank.Bank) ([]Outgoing, error) {
	now := s.db.Now()
	hours := MailHoursOf(school)
	var people []string
	for _, m := range mails {
		people = append(people, m.PersonID)
	}
	known, err := roster.NewStore(s.db).PeopleByID(ctx, r.SchoolID, people)
	if err != nil {
		return nil, err
	}
	addresses, err := s.addresses(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	left, err := s.open(ctx, r.SchoolID, r.ID, people)
	if err != nil {
		return nil, err
	}
	var children []string
	links := map[string][]Invitation{}
	for _, inv := range left {
		links[inv.PersonID] = append(links[inv.PersonID], inv)
		if inv.ChildID != "" {
			children = append(children, inv.ChildID)
		}
	}
	names, err := roster.NewStore(s.db).PeopleByID(ctx, r.SchoolID, children)
	if err != nil {
		return nil, err
	}
	w, err := s.Writer(ctx, words.English(), r, baseURL, b)
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	for _, m := range mails {
		p, ok := known[m.PersonID]
		// The last lock on the door: whatever has gone wrong before, a pupil gets no mail.
		mayGet := ok && (p.Kind == roster.Parent || p.Kind == roster.Staff)
		switch {
		case r.State != round.Open || !now.Before(r.ClosesAt) || !mayGet || p.Email == "" || addresses[p.Email].StoppedOn != "" || len(links[p.ID]) == 0:
			err = s.Drop(ctx, m)
		case !hours.In(now):
			err = s.Wait(ctx, m, hours.Next(now))
		default:
			out = append(out, Outgoing{m, w.Letter(p, m.Kind, s.linksOf(w, links[p.ID], names), s.StopURL(baseURL, p))})
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s Store) linksOf(w Writer, invitations []Invitation, names map[string]roster.Person) []Personal {
	var list []Personal
	for _, inv := range invitations {
		list = append(list, Personal{Code: s.code(inv.RoundID, inv.ID), Child: names[inv.ChildID].Given})
	}
	slices.SortStableFunc(list, func(a, b Personal) int { return roster.CompareNames(a.Child, b.Child) })
	return list
}

// StopURL is where somebody asks for no more mail about surveys. It says nothing about a round and never ends, so that the
// link in an old mail still works.
func (s Store) StopURL(baseURL string, p roster.Person) string {
	return baseURL + "/u/" + p.SchoolID + p.ID + s.key.Code(stopCode, "no more mail", p.SchoolID, p.ID)
}

const (
	idLength = 26 // of storage.NewID
	stopCode = 20
)

// Stopper finds who a link of StopURL belongs to. NotFound for any other text.
func (s Store) Stopper(ctx context.Context, token string) (roster.Person, error) {
	none := fault.New(fault.NotFound, "mail.no_token")
	if len(token) != 2*idLength+stopCode {
		return roster.Person{}, none
	}
	school, person := token[:idLength], token[idLength:2*idLength]
	if !sameCode(token[2*idLength:], s.key.Code(stopCode, "no more mail", school, person)) {
		return roster.Person{}, none
	}
	p, err := roster.NewStore(s.db).Person(ctx, school, person)
	if err != nil || p.Email == "" {
		return roster.Person{}, none
	}
	return p, nil
}

// Stop keeps in mind that the owner of an address wants no more mail about surveys, or, with stop false, that they do
// again. What waits for them is dropped when its time comes.
func (s Store) Stop(ctx context.Context, p roster.Person, stop bool) error {
	a := Address{SchoolID: p.SchoolID, Email: p.Email}
	if stop {
		a.StoppedOn = storage.DateOf(s.db.Now(), time.UTC)
	}
	key := []clause.Column{{Name: "school_id"}, {Name: "email"}}
	return s.db.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"stopped_on"})}).Create(&a).Error
}

// Stopped says whether the owner of an address wants no more mail.
func (s Store) Stopped(ctx context.Context, school, email string) (bool, error) {
	all, err := s.addresses(ctx, school)
	return all[email].StoppedOn != "", err
}

// Addresses is what is known of a school's addresses, by address.
func (s Store) Addresses(ctx context.Context, school string) (map[string]Address, error) {
	return s.addresses(ctx, school)
}

// Heal forgets that an address did not work: mail has reached it, or somebody has looked into it.
func (s Store) Heal(ctx context.Context, school, email string) error {
	return s.db.Write(ctx).Model(&Address{}).Where("school_id = ? AND email = ? AND failed_on <> ''", school, email).
		Updates(map[string]any{"failed_on": "", "failure": ""}).Error
}

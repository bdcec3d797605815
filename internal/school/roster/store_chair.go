package roster

import (
	"context"
	"slices"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Chairing is a time during which somebody chairs the governors. The chair reads what is about the head, and the head appoints: so
// a new chair reads what came before them only once somebody of the safeguarding team has confirmed them.
type Chairing struct {
	SchoolID    string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"`
	PersonID    string
	Since       time.Time
	MadeBy      string // their row in the school; empty: the program
	Address     string // where they could be told when it began
	EndedAt     *time.Time
	EndedBy     string
	ConfirmedBy string // empty beside a time: nobody had chaired before
	ConfirmedAt *time.Time
	Told        int
	Name        string `gorm:"-"` // for pages and mails
	Made        string `gorm:"-"`
	Ended       string `gorm:"-"`
}

// How far telling others of a chairing has come.
const (
	ToldBegun = 1 << iota
	ToldEnded
)

// standing leaves out that somebody chairs the governors where they also are or appoint whom the chair hears about. Nobody can be
// both any more; rows from before say that somebody is.
func standing(held []Appointment) []Appointment {
	apart := slices.ContainsFunc(held, func(a Appointment) bool { return slices.Contains(access.NeverChair, access.Role(a.Role)) })
	return slices.DeleteFunc(held, func(a Appointment) bool { return apart && a.Role == string(access.Chair) })
}

// chairing is the open chairing of a person; nil if there is none.
func (s Store) chairing(ctx context.Context, school, person string) (*Chairing, error) {
	var have []Chairing
	err := s.db.Query(ctx).Where("school_id = ? AND person_id = ? AND ended_at IS NULL", school, person).Order("since DESC").Limit(1).Find(&have).Error
	if err != nil || len(have) == 0 {
		return nil, err
	}
	return &have[0], nil
}

// chairFrom is from when on somebody who chairs the governors reads what is for the chair alone; zero: all of it.
func (s Store) chairFrom(ctx context.Context, school, person string) (time.Time, error) {
	c, err := s.chairing(ctx, school, person)
	switch {
	case err != nil:
		return time.Time{}, err
	case c == nil: // nobody wrote down since when
		return s.db.Now(), nil
	case c.ConfirmedAt != nil:
		return time.Time{}, nil
	}
	return c.Since, nil
}

// noteChair writes down that somebody chairs the governors from now on, or no longer does. anew says that whoever acts as them may
// be somebody else: another address, or a link for another password.
func (s Store) noteChair(ctx context.Context, who access.Actor, p Person, chairs, anew bool) error {
	c, err := s.chairing(ctx, p.SchoolID, p.ID)
	if err != nil {
		return err
	}
	now := s.db.Now()
	if c != nil && (!chairs || anew) {
		c.EndedAt, c.EndedBy = &now, who.Person
		if err := s.db.Write(ctx).Save(c).Error; err != nil {
			return err
		}
	}
	if c != nil && chairs && !anew && c.Address == "" && p.Email != "" {
		return s.db.Write(ctx).Model(c).Update("address", p.Email).Error
	}
	if !chairs || c != nil && !anew {
		return nil
	}
	var before int64
	if err := s.db.Query(ctx).Model(&Chairing{}).Where("school_id = ?", p.SchoolID).Count(&before).Error; err != nil {
		return err
	}
	next := Chairing{SchoolID: p.SchoolID, ID: storage.NewID(), PersonID: p.ID, Since: now, MadeBy: who.Person, Address: p.Email}
	if before == 0 {
		next.ConfirmedAt = &now // nothing can have come for a chair before
	}
	return s.db.Write(ctx).Create(&next).Error
}

// ChairAnew is for a link with which a chair of governors who has a password chooses another: whoever holds it becomes them, so it
// counts as a new appointment. For everybody else it does nothing.
func (s Store) ChairAnew(ctx context.Context, who access.Actor, m StaffMember) error {
	if !m.Is(access.Chair) {
		return nil
	}
	return s.noteChair(ctx, who, m.Person, true, true)
}

// Chairings lists those who chair the governors of a school and have not been confirmed, with names.
func (s Store) Chairings(ctx context.Context, school string) ([]Chairing, error) {
	var list []Chairing
	err := s.db.Query(ctx).Where("school_id = ? AND ended_at IS NULL AND confirmed_at IS NULL", school).Order("since, id").Find(&list).Error
	if err != nil {
		return nil, err
	}
	return list, s.nameChairings(ctx, school, list)
}

func (s Store) nameChairings(ctx context.Context, school string, list []Chairing) error {
	var ids []string
	for _, c := range list {
		ids = append(ids, c.PersonID, c.MadeBy, c.EndedBy)
	}
	people, err := s.PeopleEver(ctx, school, slices.DeleteFunc(ids, func(id string) bool { return id == "" }))
	for i := range list {
		c := &list[i]
		c.Name, c.Made, c.Ended = people[c.PersonID].Name(), people[c.MadeBy].Name(), people[c.EndedBy].Name()
	}
	return err
}

// newTeam is how long somebody whom the head appointed to the safeguarding team together with a chair, or after them, waits until
// they can confirm that chair.
const newTeam = 30 * 24 * time.Hour

// MayConfirm says whether somebody may confirm a chair: of the safeguarding team, and not head; neither the chair nor whoever
// appointed them; and already of the team before that day, or for thirty days since.
func (s Store) MayConfirm(ctx context.Context, who access.Actor, c Chairing) (bool, error) {
	if who.School != c.SchoolID || !who.Is(access.SafeguardingLead, access.SafeguardingDeputy) || who.Is(access.Head) || who.Person == c.PersonID || who.Person == c.MadeBy {
		return false, nil
	}
	if s.db.Now().Sub(c.Since) >= newTeam {
		return true, nil
	}
	var n int64
	day, before := storage.DateOf(c.Since, time.UTC), storage.DateOf(c.Since.AddDate(0, 0, -1), time.UTC)
	err := s.db.Query(ctx).Model(&Appointment{}).Where("school_id = ? AND person_id = ? AND role IN ? AND begins_on < ? AND (ends_on = '' OR ends_on >= ?)",
		c.SchoolID, who.Person, []access.Role{access.SafeguardingLead, access.SafeguardingDeputy}, day, before).Count(&n).Error
	return n > 0, err
}

// ConfirmChair lets a chair of governors read what came before them. Fault: NotFound, also for those who may not.
func (s Store) ConfirmChair(ctx context.Context, who access.Actor, id string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx)
		var c Chairing
		err := tx.Write(ctx).Where("school_id = ? AND id = ? AND ended_at IS NULL AND confirmed_at IS NULL", who.School, id).Take(&c).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		if may, err := st.MayConfirm(ctx, who, c); err != nil || !may {
			if err == nil {
				err = fault.New(fault.NotFound, "fault.not_found")
			}
			return err
		}
		now := tx.Now()
		c.ConfirmedBy, c.ConfirmedAt = who.Person, &now
		if err := tx.Write(ctx).Save(&c).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "chair.confirm", "person", c.PersonID, "")
	})
}

// EverChairs are the people of a school who chair the governors or have done so.
func (s Store) EverChairs(ctx context.Context, school string) (ids []string, err error) {
	err = s.db.Query(ctx).Model(&Chairing{}).Where("school_id = ?", school).Distinct("person_id").Pluck("person_id", &ids).Error
	return ids, err
}

// ChairingsToTell lists chairings, of all schools, of whose beginning or end not everybody has been told, with names.
func (s Store) ChairingsToTell(ctx context.Context) ([]Chairing, error) {
	var list []Chairing
	err := s.db.Query(ctx).Where("told = 0 OR ended_at IS NOT NULL AND told <> ?", ToldBegun|ToldEnded).Order("since, id").Limit(100).Find(&list).Error
	for i := range list {
		if err == nil {
			err = s.nameChairings(ctx, list[i].SchoolID, list[i:i+1])
		}
	}
	return list, err
}

// leftChair is for how long somebody who has chaired is still told who follows them.
const leftChair = 30 * 24 * time.Hour

// LeftChair are those who chaired a school's governors until lately, each with the address at which they could be told then, not
// where whoever appoints says that they can be now.
func (s Store) LeftChair(ctx context.Context, school string) (left []Person, err error) {
	var list []Chairing
	err = s.db.Query(ctx).Where("school_id = ? AND ended_at >= ? AND address <> ''", school, s.db.Now().Add(-leftChair)).Order("since, id").Find(&list).Error
	if err == nil {
		err = s.nameChairings(ctx, school, list)
	}
	for _, c := range list {
		left = append(left, Person{ID: c.PersonID, Family: c.Name, Email: c.Address})
	}
	return left, err
}

// ToldChairing notes how far telling has come.
func (s Store) ToldChairing(ctx context.Context, c Chairing, told int) error {
	return s.db.Write(ctx).Model(&Chairing{}).Where("school_id = ? AND id = ?", c.SchoolID, c.ID).Update("told", told).Error
}

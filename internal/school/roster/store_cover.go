package roster

import (
	"cmp"
	"context"
	"slices"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Absence is a run of days on which somebody of the safeguarding team is not there. Both ends belong to it.
type Absence struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	PersonID string
	FirstOn  storage.Date
	LastOn   storage.Date
}

// Cover is who reads, day by day: the safeguarding team, and when each of them is away.
type Cover struct {
	Team     []StaffMember // the lead first
	Absences []Absence
	days     Calendar
}

// Cover reads it.
func (s Store) Cover(ctx context.Context, school School) (Cover, error) {
	staff, err := s.StaffList(ctx, school.SchoolID)
	if err != nil {
		return Cover{}, err
	}
	c := Cover{days: school.Days()}
	for _, role := range []access.Role{access.SafeguardingLead, access.SafeguardingDeputy} {
		for _, m := range staff {
			if m.Is(role) && !slices.ContainsFunc(c.Team, func(have StaffMember) bool { return have.ID == m.ID }) {
				c.Team = append(c.Team, m)
			}
		}
	}
	err = s.db.Query(ctx).Where("school_id = ?", school.SchoolID).Find(&c.Absences).Error
	slices.SortFunc(c.Absences, func(a, b Absence) int { return cmp.Or(cmp.Compare(a.FirstOn, b.FirstOn), cmp.Compare(a.ID, b.ID)) })
	return c, err
}

// On lists who of the team is there on a day; nobody on a day that is none of school.
func (c Cover) On(day storage.Date) (there []StaffMember) {
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || c.days.Off(day) {
		return nil
	}
	for _, m := range c.Team {
		if !slices.ContainsFunc(c.Absences, func(a Absence) bool { return a.PersonID == m.ID && a.FirstOn <= day && day <= a.LastOn }) {
			there = append(there, m)
		}
	}
	return there
}

// Gap is the first day of school from one to another on which nobody of the team is there.
func (c Cover) Gap(first, last storage.Date) (storage.Date, bool) {
	for day := first; day <= last; day = dayAfter(day) {
		at, err := time.Parse(time.DateOnly, string(day))
		school := err == nil && at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && !c.days.Off(day)
		if school && len(c.On(day)) == 0 {
			return day, true
		}
	}
	return "", false
}

// Next is the first day from one on, within a year, on which somebody of the team is there, and who.
func (c Cover) Next(from storage.Date) (storage.Date, []StaffMember) {
	for range 366 {
		if there := c.On(from); len(there) > 0 {
			return from, there
		}
		from = dayAfter(from)
	}
	return "", nil
}

// AddAbsence writes down that somebody of the team will not be there. Any of them, and the head, may.
func (s Store) AddAbsence(ctx context.Context, who access.Actor, a Absence) error {
	if !access.Can(who, access.KeepCover, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	m, err := s.Staff(ctx, who.School, a.PersonID)
	if err != nil || !m.Is(access.SafeguardingLead) && !m.Is(access.SafeguardingDeputy) {
		return fault.Field("person", "cover.person")
	}
	first, err1 := time.Parse(time.DateOnly, string(a.FirstOn))
	last, err2 := time.Parse(time.DateOnly, string(a.LastOn))
	if err1 != nil || err2 != nil || last.Before(first) || last.Sub(first) > 366*24*time.Hour {
		return fault.Field("first", "cover.dates")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		a.SchoolID, a.ID = who.School, storage.NewID()
		if err := tx.Write(ctx).Create(&a).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "cover.change", "person", a.PersonID, string(a.FirstOn)+" "+string(a.LastOn))
	})
}

// RemoveAbsence takes one back.
func (s Store) RemoveAbsence(ctx context.Context, who access.Actor, id string) error {
	if !access.Can(who, access.KeepCover, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		res := tx.Write(ctx).Where("school_id = ? AND id = ?", who.School, id).Delete(&Absence{})
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return audit.Record(ctx, tx, who, "cover.change", "absence", id, "taken back")
	})
}

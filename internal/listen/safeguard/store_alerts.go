package safeguard

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/school/access"
)

// Alert is that adults have to be told of something nobody has read: not what, and not by whom.
type Alert struct {
	SchoolID string
	ID       string
	GoesTo   To
	Roles    []access.Role // who is told
	Times    int           // how often they have been before
	drill    bool
}

// atOnce is how many alerts are worked on at a time. More than that at once is a prank, and the rest comes next.
const atOnce = 1000

// Alerts lists what is due, those of one school together.
func (s Store) Alerts(ctx context.Context) ([]Alert, error) {
	var due []Concern
	err := s.db.Query(ctx).Omit("body").Where("alert_at <= ? AND state = ?", s.db.Now(), New).Order("alert_at").Limit(atOnce).Find(&due).Error
	slices.SortStableFunc(due, func(a, b Concern) int { return strings.Compare(a.SchoolID, b.SchoolID) })
	var list []Alert
	for _, c := range due {
		a := Alert{SchoolID: c.SchoolID, ID: c.ID, GoesTo: c.GoesTo, Times: c.Alerts, Roles: readers[c.GoesTo], drill: c.Drill}
		if c.GoesTo == Team && c.Alerts < withHead {
			a.Roles = readers[Leads]
		}
		list = append(list, a)
	}
	return list, err
}

// Alerted writes down that adults have been told, and when they are told again if nobody reads it.
func (s Store) Alerted(ctx context.Context, a Alert, again time.Time) error {
	err := s.db.Write(ctx).Model(&Concern{}).Where("school_id = ? AND id = ? AND alerts = ?", a.SchoolID, a.ID, a.Times).
		Updates(map[string]any{"alerts": a.Times + 1, "alert_at": again.UTC()}).Error
	if err != nil {
		return err
	}
	return s.drilled(ctx, Concern{SchoolID: a.SchoolID, ID: a.ID, Drill: a.drill}, "alerted_at")
}

// Told is when an adult was last alerted.
type Told struct {
	SchoolID string `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
	At       time.Time
}

// TableName is the table it lives in.
func (Told) TableName() string { return "told" }

// How long an adult who has been alerted is left before the next alert: one who has not yet looked is told again soon
// enough by the mail that lies there, and one who has looked is told of what came after that.
const (
	gapUnread = 15 * time.Minute
	gapRead   = 5 * time.Minute
)

// Quiet says until when each adult of a school is left alone, by their id. A message that comes in between is kept like
// any other, and they are told of it then. roles says what somebody may read.
func (s Store) Quiet(ctx context.Context, school string, roles map[string][]access.Role) (map[string]time.Time, error) {
	var told []Told
	if err := s.db.Query(ctx).Where("school_id = ?", school).Find(&told).Error; err != nil {
		return nil, err
	}
	var unread []To
	if err := s.db.Query(ctx).Model(&Concern{}).Where("school_id = ? AND state = ? AND alerts > 0", school, New).Distinct().Pluck("goes_to", &unread).Error; err != nil {
		return nil, err
	}
	until := map[string]time.Time{}
	for _, t := range told {
		gap := gapRead
		if slices.ContainsFunc(unread, func(to To) bool { return ReadBy(to, roles[t.PersonID]) }) {
			gap = gapUnread
		}
		until[t.PersonID] = t.At.Add(gap)
	}
	return until, nil
}

// Unread counts what nobody has read, for each place it goes to. Tests do not count.
func (s Store) Unread(ctx context.Context, school string) (map[To]int, error) {
	var rows []struct {
		GoesTo To
		N      int
	}
	err := s.db.Query(ctx).Model(&Concern{}).Select("goes_to, COUNT(*) AS n").Where("school_id = ? AND state = ? AND drill = ?", school, New, false).Group("goes_to").Find(&rows).Error
	counts := map[To]int{}
	for _, row := range rows {
		counts[row.GoesTo] = row.N
	}
	return counts, err
}

// ReadBy says whether somebody with these roles reads what goes to a place.
func ReadBy(to To, roles []access.Role) bool {
	return slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(readers[to], r) })
}

// Tell writes down that somebody has been alerted now.
func (s Store) Tell(ctx context.Context, school, person string) error {
	return s.db.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&Told{school, person, s.db.Now()}).Error
}

// PutOff puts off an alert because those who would be told have only just been told of another.
func (s Store) PutOff(ctx context.Context, a Alert, until time.Time) error {
	return s.db.Write(ctx).Model(&Concern{}).Where("school_id = ? AND id = ? AND alerts = ?", a.SchoolID, a.ID, a.Times).
		Update("alert_at", until.UTC()).Error
}

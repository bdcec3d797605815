package participation

import (
	"slices"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/school/roster"
)

// Mailing is what is known of a round's mails as a whole.
type Mailing struct {
	SchoolID  string `gorm:"primaryKey"`
	RoundID   string `gorm:"primaryKey"`
	InvitedAt time.Time
	Reminders int // how many go out at most
}

// Invitation says that somebody holds a slip of a round. Which one it is stands nowhere: the code is derived from the
// server's key and the invitation's id, so that a reminder carries the same link and nothing needs to be kept.
type Invitation struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	PersonID string
	ChildID  string // empty: one answer for all their children, or of a member of staff
	UnitID   string
	Slip     string // its hash, in confidential and named rounds; elsewhere empty, and worked out
	Flags    string // what the school's lists said of them when the round opened: ids with spaces between
}

// Kinds of mails.
const (
	InvitationMail = "invitation"
	FirstReminder  = "reminder_1"
	LastReminder   = "reminder_2"
)

// States of a mail.
const (
	Waiting = "waiting"
	Sent    = "sent"
	Failed  = "failed"  // the address does not work
	Dropped = "dropped" // there was no reason to send it any more
)

// Mail is one mail on its way. It has no words: they are written when it is sent.
type Mail struct {
	SchoolID   string `gorm:"primaryKey"`
	RoundID    string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	PersonID   string
	Kind       string
	State      string
	Tries      int
	DueAt      time.Time
	TakenUntil *time.Time
	Problem    string // of the last try
}

// Address is what is known of an e-mail address of a school beside whose it is.
type Address struct {
	SchoolID  string       `gorm:"primaryKey"`
	Email     string       `gorm:"primaryKey"`
	StoppedOn storage.Date // its owner wants no more mail about surveys
	FailedOn  storage.Date
	Failure   string
}

// RemindersMost is how often at most somebody is reminded.
const RemindersMost = 2

// ReminderKind is the kind of the nth reminder, from 1.
func ReminderKind(n int) string { return []string{FirstReminder, LastReminder}[n-1] }

// Hours are a school's hours: Monday to Friday, from its opening to its closing, and not in its holidays.
type Hours struct {
	Opens, Closes string // "08:30"
	Zone          *time.Location
	Off           func(storage.Date) bool // days besides weekends that are none of school; nil for none
}

// HoursOf are the hours of a school.
func HoursOf(s roster.School) Hours {
	return Hours{Opens: s.OpensAt, Closes: s.ClosesAt, Zone: s.Zone(), Off: s.Days().Off}
}

// MailHoursOf are the hours in which invitations and reminders go out: not on days that the school wants quiet.
func MailHoursOf(s roster.School) Hours {
	h := HoursOf(s)
	h.Off = s.Days().Still
	return h
}

func (h Hours) at(day time.Time, clock, otherwise string) time.Time {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		t, _ = time.Parse("15:04", otherwise)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, h.Zone)
}

// In says whether the school is at work.
func (h Hours) In(t time.Time) bool {
	t = t.In(h.Zone)
	return h.isSchoolDay(t) && !t.Before(h.at(t, h.Opens, "08:30")) && t.Before(h.at(t, h.Closes, "16:00"))
}

// Next is the first moment from t on at which the school is at work.
func (h Hours) Next(t time.Time) time.Time {
	if h.In(t) {
		return t
	}
	t = t.In(h.Zone)
	for day := t; ; day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, h.Zone) {
		if opens := h.at(day, h.Opens, "08:30"); h.isSchoolDay(day) && !opens.Before(t) {
			return opens
		}
	}
}

func (h Hours) isSchoolDay(t time.Time) bool {
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && (h.Off == nil || !h.Off(storage.DateOf(t, h.Zone)))
}

// Reminders says when those are reminded who have not answered: about half way through, and on the school day before the
// last; an hour after school begins, never on the day after the invitation, never two days running, and never after the
// round closes. A short round has fewer than it might.
func Reminders(invited, closes time.Time, most int, h Hours) []time.Time {
	var days []time.Time // school days on which there is still time to answer
	from := invited.In(h.Zone)
	for day := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, h.Zone); day.Before(closes); day = day.AddDate(0, 0, 1) {
		at := h.at(day, h.Opens, "08:30").Add(time.Hour)
		if h.isSchoolDay(day) && h.In(at) && at.Add(time.Hour).Before(closes) {
			days = append(days, at)
		}
	}
	n := len(days)
	if n < 2 || most < 1 {
		return nil
	}
	first := max(1, n/2-1)
	times := []time.Time{days[first]}
	for _, last := range []int{n - 2, n - 1} {
		if most > 1 && last >= first+2 {
			times = append(times, days[last])
			break
		}
	}
	return slices.Clip(times)
}

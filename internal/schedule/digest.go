package schedule

import (
	"context"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/base/mail"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// mondayOf is the Monday of the week that it is at t.
func mondayOf(t time.Time, zone *time.Location) storage.Date {
	t = t.In(zone)
	return storage.DateOf(time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 12, 0, 0, 0, zone), zone)
}

// Digests sends the mails of the week that are due: to everybody who wants one and for whom something waits, an hour after
// school begins on the first day of school in a week.
func (c Clock) Digests(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	week := mondayOf(c.DB.Now(), time.UTC)
	schools, err := withoutJob(ctx, c.DB, sendDigests, string(week))
	if err != nil {
		return err
	}
	for _, school := range schools {
		if err := set(ctx, c.DB, school.SchoolID, sendDigests, string(week), digestAt(participation.HoursOf(school), week)); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		j, ok, err := take(ctx, c.DB, "kind = ?", sendDigests)
		if err != nil || !ok {
			return err
		}
		done, err := c.digest(ctx, j)
		if err != nil || !done {
			return err
		}
		if err := finish(ctx, c.DB, j); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// digestAt is when the mails of a week go out; later than the week where it has no day of school.
func digestAt(h participation.Hours, week storage.Date) time.Time {
	return h.Next(week.Time(h.Zone)).Add(anHour)
}

// digestBefore is when those before a week's went out: a week earlier, or before the holidays.
func digestBefore(h participation.Hours, week storage.Date) time.Time {
	for monday := week.Time(h.Zone).AddDate(0, 0, -7); ; monday = monday.AddDate(0, 0, -7) {
		if at := digestAt(h, storage.DateOf(monday, h.Zone)); at.Before(monday.AddDate(0, 0, 7)) {
			return at
		}
	}
}

// digest does one school's week; done is false where it has to wait: for the school to be at work, or for the mail server.
func (c Clock) digest(ctx context.Context, j Job) (done bool, err error) {
	school, err := roster.NewStore(c.DB).School(ctx, j.SchoolID)
	if err != nil {
		return false, err
	}
	hours, now := participation.HoursOf(school), c.DB.Now()
	if string(mondayOf(now, time.UTC)) != j.Target {
		return true, nil // a week of holidays, or one in which no server ran: the next has a mail of its own
	}
	if !hours.In(now) {
		return false, set(ctx, c.DB, j.SchoolID, j.Kind, j.Target, hours.Next(now))
	}
	staff, err := roster.NewStore(c.DB).StaffList(ctx, j.SchoolID)
	if err != nil {
		return false, err
	}
	for _, m := range staff {
		if m.AccountID == nil {
			continue // they cannot sign in to see to anything
		}
		if away, err := c.digestFor(ctx, school, m, j.Target, digestBefore(hours, storage.Date(j.Target))); err != nil || away {
			return false, err
		}
	}
	return true, nil
}

// digestFor writes to one person, if they want it and something waits. What has come since the mails before counts. away says that the mail server is not there.
func (c Clock) digestFor(ctx context.Context, school roster.School, m roster.StaffMember, week string, since time.Time) (away bool, err error) {
	st := action.NewStore(c.DB, c.Key, c.Bank)
	account, err := identity.NewStore(c.DB, c.Key).Account(ctx, *m.AccountID)
	if err != nil || account.DisabledAt != nil || account.Password == "" {
		return false, err
	}
	m.Email = account.Email
	who, err := roster.NewStore(c.DB).Actor(ctx, *m.AccountID, m.SchoolID)
	if err != nil {
		return false, err
	}
	choice, err := st.Digest(ctx, m.SchoolID, m.ID)
	if err != nil || !choice.Wanted(who) {
		return false, err
	}
	waits, err := st.Waits(ctx, who, school.Zone(), since)
	if err != nil || len(waits) == 0 {
		return false, err
	}
	if ok, err := st.ClaimDigest(ctx, m.SchoolID, m.ID, week); err != nil || !ok {
		return false, err
	}
	for _, result := range c.Mail.Send(ctx, []mail.Letter{st.DigestLetter(school, m, waits, c.BaseURL)}) {
		if result == nil {
			continue
		}
		c.Log.Warn("digest not sent", "error", result)
		if mail.IsAway(result) {
			return true, st.ReturnDigest(context.WithoutCancel(ctx), m.SchoolID, m.ID)
		}
	}
	return false, nil
}

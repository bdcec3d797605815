package schedule

import (
	"context"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// lot is how many mails go out over one connection.
const lot = 50

// reminders are the jobs of the first and the last reminder.
var reminders = []string{remindFirst, remindLast}

func (c Clock) participation() participation.Store { return participation.NewStore(c.DB, c.Key) }

// noteReminders writes down when the open rounds whose invitations are out remind those who have not answered. A round
// that is kept open longer reminds later.
func (c Clock) noteReminders(ctx context.Context, rounds []round.Round) error {
	mailings, err := c.participation().Mailings(ctx)
	if err != nil {
		return err
	}
	for _, m := range mailings {
		i := slices.IndexFunc(rounds, func(r round.Round) bool { return r.SchoolID == m.SchoolID && r.ID == m.RoundID })
		if i < 0 || rounds[i].State != round.Open {
			continue
		}
		hours, err := c.mailHours(ctx, m.SchoolID)
		if err != nil {
			return err
		}
		for n, at := range participation.Reminders(m.InvitedAt, rounds[i].ClosesAt, m.Reminders, hours) {
			if err := set(ctx, c.DB, m.SchoolID, reminders[n], m.RoundID, at.UTC()); err != nil {
				return err
			}
		}
	}
	return nil
}

// mailHours are those in which invitations and reminders go out.
func (c Clock) mailHours(ctx context.Context, school string) (participation.Hours, error) {
	s, err := roster.NewStore(c.DB).School(ctx, school)
	return participation.MailHoursOf(s), err
}

func (c Clock) remind(ctx context.Context, who access.Actor, j Job) error {
	hours, err := c.mailHours(ctx, j.SchoolID)
	if err != nil {
		return err
	}
	return c.participation().Remind(ctx, who, j.Target, slices.Index(reminders, j.Kind)+1, hours)
}

// deliver sends what waits, again and again until ctx ends.
func (c Clock) deliver(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := c.Alert(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("alerts", "error", err)
		}
		if err := c.TellOpenings(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("openings", "error", err)
		}
		if err := c.TellChairs(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("chairs", "error", err)
		}
		if err := c.TellEndedKeys(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("ended keys", "error", err)
		}
		if err := c.Digests(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("digests", "error", err)
		}
		if err := c.Post(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("mail", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Post sends the mails that are due. It may run on several servers at once: each mail is leased. A server that dies between
// handing a mail over and writing it down sends it a second time, with the same links.
func (c Clock) Post(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	st := c.participation()
	for ctx.Err() == nil {
		mails, err := st.TakeMails(ctx, lot)
		if err != nil || len(mails) == 0 {
			return err
		}
		school, err := roster.NewStore(c.DB).School(ctx, mails[0].SchoolID)
		if err != nil {
			return err
		}
		out, err := st.Letters(ctx, school, mails, c.BaseURL, c.Bank)
		if err != nil {
			return err
		}
		letters := make([]mail.Letter, len(out))
		for i, o := range out {
			letters[i] = o.Letter
		}
		if len(letters) == 0 {
			continue
		}
		away := false
		for i, result := range c.Mail.Send(ctx, letters) {
			if away = away || mail.IsAway(result); away && i == 0 {
				// Never what a letter says nor to whom it goes: the reason is about the server alone.
				c.Log.Warn("mail server", "error", result)
			}
			if err := st.Done(context.WithoutCancel(ctx), out[i].Mail, out[i].Letter.Address, result); err != nil {
				return err
			}
		}
		if away {
			if err := st.Away(ctx, school.SchoolID); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

package schedule

import (
	"context"
	"slices"
	"time"

	"earshot/internal/base/mail"
	"earshot/internal/base/words"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// How long of school a concern may lie unread before adults are told again, and what lies between two days of school.
const (
	anHour = time.Hour
	aNight = 16 * time.Hour
)

// Alert tells adults that somebody wants to talk: at once, after an hour of school if nobody has read it, and after another,
// when the head is told as well. What was written is never in a mail.
func (c Clock) Alert(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	st := safeguard.NewStore(c.DB, c.Key)
	due, err := st.Alerts(ctx)
	if err != nil {
		return err
	}
	v := words.English()
	for _, a := range due {
		school, err := roster.NewStore(c.DB).School(ctx, a.SchoolID)
		if err != nil {
			return err
		}
		hours, err := c.hours(ctx, a.SchoolID)
		if err != nil {
			return err
		}
		var letters []mail.Letter
		told := map[string]bool{}
		roles := a.Roles
		for i := 0; i < len(roles); i++ {
			role := roles[i]
			holders, err := roster.NewStore(c.DB).Holders(ctx, a.SchoolID, role)
			if err != nil {
				return err
			}
			for _, m := range holders {
				if m.Email == "" || told[m.Email] {
					continue
				}
				told[m.Email] = true
				key := "concern.mail.first"
				if a.Times > 0 {
					key = "concern.mail.again"
				}
				letters = append(letters, mail.Letter{School: school.Name, Name: m.Name(), Address: m.Email, Lang: v.Lang, Dir: v.Dir,
					Subject: v.Say("concern.mail.subject"), Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{v.Say(key, words.V{"School": school.Name})},
					Links: []mail.Link{{Text: v.Say("concern.mail.link"), URL: c.BaseURL + "/concerns"}}, After: []string{v.Say("concern.mail.last")}})
			}
			if i == len(roles)-1 && len(letters) == 0 && !slices.Contains(roles, access.Head) {
				roles = append(slices.Clone(roles), access.Head) // nobody else can be told
			}
		}
		sent := false
		for _, result := range c.Mail.Send(ctx, letters) {
			if result == nil {
				sent = true
			} else {
				c.Log.Warn("alert not sent", "error", result)
			}
		}
		if !sent {
			continue // it is tried again at the next tick
		}
		again := hours.Next(c.DB.Now()).Add(anHour)
		if a.Times >= 2 {
			again = hours.Next(c.DB.Now().Add(aNight)).Add(anHour) // and then every day of school, until somebody reads it
		}
		if err := st.Alerted(context.WithoutCancel(ctx), a, again); err != nil {
			return err
		}
	}
	return nil
}

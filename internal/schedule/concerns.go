package schedule

import (
	"context"
	"slices"
	"time"

	"earshot/internal/base/mail"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
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
// when the head is told as well. What was written is never in a mail. However many messages there are, an adult gets one mail
// at a time, and the next no sooner than a while later.
func (c Clock) Alert(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	due, err := safeguard.NewStore(c.DB, c.Key).Alerts(ctx)
	if err != nil {
		return err
	}
	for len(due) > 0 {
		n := slices.IndexFunc(due, func(a safeguard.Alert) bool { return a.SchoolID != due[0].SchoolID })
		if n < 0 {
			n = len(due)
		}
		if err := c.alertSchool(ctx, due[:n]); err != nil {
			return err
		}
		due = due[n:]
	}
	return nil
}

// adult is somebody who is told.
type adult struct {
	roster.StaffMember
	first  bool // of something they have not been told of before
	unread int  // how many messages wait for them
}

func (c Clock) alertSchool(ctx context.Context, due []safeguard.Alert) error {
	st, people := safeguard.NewStore(c.DB, c.Key), roster.NewStore(c.DB)
	school, err := people.School(ctx, due[0].SchoolID)
	if err != nil {
		return err
	}
	staff, err := people.StaffList(ctx, school.SchoolID)
	if err != nil {
		return err
	}
	roles := map[string][]access.Role{}
	for _, m := range staff {
		for _, role := range access.Roles {
			if m.Is(role) {
				roles[m.ID] = append(roles[m.ID], role)
			}
		}
	}
	quiet, err := st.Quiet(ctx, school.SchoolID, roles)
	if err != nil {
		return err
	}
	unread, err := st.Unread(ctx, school.SchoolID)
	if err != nil {
		return err
	}
	now := c.DB.Now()
	told := map[string]*adult{} // by address: somebody who is listed twice is told once
	of := make([][]string, len(due))
	for i, a := range due {
		who := toldOf(a, staff)
		for _, m := range who {
			if until := quiet[m.ID]; until.After(now) {
				continue
			}
			if told[m.Email] == nil {
				told[m.Email] = &adult{StaffMember: m}
				for to, n := range unread {
					if safeguard.ReadBy(to, roles[m.ID]) {
						told[m.Email].unread += n
					}
				}
			}
			told[m.Email].first = told[m.Email].first || a.Times == 0
			of[i] = append(of[i], m.Email)
		}
		if len(who) > 0 && len(of[i]) == 0 {
			next := quiet[who[0].ID]
			for _, m := range who {
				if quiet[m.ID].Before(next) {
					next = quiet[m.ID]
				}
			}
			if err := st.PutOff(ctx, a, next); err != nil {
				return err
			}
		}
	}
	reached, err := c.tell(ctx, school, told)
	if err != nil {
		return err
	}
	hours := participation.HoursOf(school)
	for i, a := range due {
		if !slices.ContainsFunc(of[i], func(email string) bool { return reached[email] }) {
			continue // it is tried again
		}
		again := hours.Next(now).Add(anHour)
		if a.Times >= 2 {
			again = hours.Next(now.Add(aNight)).Add(anHour) // and then every day of school, until somebody reads it
		}
		if err := st.Alerted(context.WithoutCancel(ctx), a, again); err != nil {
			return err
		}
	}
	return nil
}

// toldOf are those who are told of one message. Where nobody of the team can be told, the head is, but never of what the
// team or the chair is to read without the head.
func toldOf(a safeguard.Alert, staff []roster.StaffMember) (who []roster.StaffMember) {
	holders := func(roles ...access.Role) {
		for _, m := range staff {
			if m.Email != "" && slices.ContainsFunc(roles, m.Is) {
				who = append(who, m)
			}
		}
	}
	if holders(a.Roles...); len(who) == 0 && a.GoesTo == safeguard.Team {
		holders(access.Head)
	}
	return who
}

// tell sends one mail to each and says who could be reached.
func (c Clock) tell(ctx context.Context, school roster.School, told map[string]*adult) (map[string]bool, error) {
	v := words.English()
	var letters []mail.Letter
	var to []*adult
	for email, m := range told {
		key, values := "concern.mail.first", words.V{"School": school.Name}
		switch {
		case m.unread > 1:
			key, values["Count"] = "concern.mail.several", m.unread
		case !m.first:
			key = "concern.mail.again"
		}
		to = append(to, m)
		letters = append(letters, mail.Letter{School: school.Name, Name: m.Name(), Address: email, Lang: v.Lang, Dir: v.Dir,
			Subject: v.Say("concern.mail.subject"), Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{v.Say(key, values)},
			Links: []mail.Link{{Text: v.Say("concern.mail.link"), URL: c.BaseURL + "/concerns"}}, After: []string{v.Say("concern.mail.last")}})
	}
	reached := map[string]bool{}
	if len(letters) == 0 {
		return reached, nil
	}
	for i, result := range c.Mail.Send(ctx, letters) {
		if result != nil {
			c.Log.Warn("alert not sent", "error", result)
			continue
		}
		reached[to[i].Email] = true
		if err := safeguard.NewStore(c.DB, c.Key).Tell(context.WithoutCancel(ctx), school.SchoolID, to[i].ID); err != nil {
			return reached, err
		}
	}
	return reached, nil
}

package schedule

import (
	"context"
	"slices"

	"earshot/internal/base/mail"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// TellChairs tells the safeguarding team, those who chair the governors and those who did until lately that somebody was made chair, or
// no longer is: whoever appoints people could otherwise appoint somebody to read what is about themselves.
func (c Clock) TellChairs(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	people := roster.NewStore(c.DB)
	due, err := people.ChairingsToTell(ctx)
	if err != nil {
		return err
	}
	for _, k := range due {
		school, err := people.School(ctx, k.SchoolID)
		if err != nil {
			return err
		}
		to, err := c.hearOfChair(ctx, k)
		if err != nil {
			return err
		}
		v := words.English()
		told, first := k.Told|roster.ToldBegun, v.Say("chair.mail.begun_nobody", words.V{"Name": k.Name})
		switch {
		case k.Told&roster.ToldBegun == 0 && k.Made != "":
			first = v.Say("chair.mail.begun", words.V{"By": k.Made, "Name": k.Name})
		case k.Told&roster.ToldBegun != 0:
			told, first = k.Told|roster.ToldEnded, v.Say("chair.mail.ended", words.V{"By": k.Ended, "Name": k.Name})
		}
		reached := len(to) == 0 // then there is nobody to be told
		var letters []mail.Letter
		for _, m := range to {
			l := mail.Letter{School: school.Name, Name: m.Name(), Address: m.Email, Lang: v.Lang, Dir: v.Dir, Subject: v.Say("chair.mail.subject", words.V{"School": school.Name}),
				Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{first, v.Say("chair.mail.what")},
				Links: []mail.Link{{Text: v.Say("opening.mail.open"), URL: c.BaseURL + "/concerns"}}, After: []string{v.Say("chair.mail.last")}}
			letters = append(letters, l)
		}
		for _, result := range c.Mail.Send(ctx, letters) {
			if result != nil {
				c.Log.Warn("change of chair not told", "error", result)
			}
			reached = reached || result == nil
		}
		if !reached {
			continue // it is tried again
		}
		if err := people.ToldChairing(context.WithoutCancel(ctx), k, told); err != nil {
			return err
		}
	}
	return nil
}

// hearOfChair are those who are told of a chairing: each address once.
func (c Clock) hearOfChair(ctx context.Context, k roster.Chairing) (to []roster.Person, err error) {
	people := roster.NewStore(c.DB)
	staff, err := people.StaffList(ctx, k.SchoolID)
	if err != nil {
		return nil, err
	}
	add := func(p roster.Person) {
		if p.Email != "" && !slices.ContainsFunc(to, func(have roster.Person) bool { return have.Email == p.Email }) {
			to = append(to, p)
		}
	}
	for _, m := range staff {
		if slices.ContainsFunc([]access.Role{access.Chair, access.SafeguardingLead, access.SafeguardingDeputy}, m.Is) {
			add(m.Person)
		}
	}
	left, err := people.LeftChair(ctx, k.SchoolID)
	for _, p := range left {
		add(p)
	}
	return to, err
}

// TellEndedKeys tells holders of keys to sealed names that somebody else has ended theirs.
func (c Clock) TellEndedKeys(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	st, people := envelope.NewStore(c.DB, c.Key), roster.NewStore(c.DB)
	due, err := st.EndedKeys(ctx)
	if err != nil {
		return err
	}
	for _, h := range due {
		school, err := people.School(ctx, h.SchoolID)
		if err != nil {
			return err
		}
		of, err := people.PeopleEver(ctx, h.SchoolID, []string{h.PersonID, h.EndedBy})
		if err != nil {
			return err
		}
		m, by, v := of[h.PersonID], of[h.EndedBy], words.English()
		if m.Email != "" {
			l := mail.Letter{School: school.Name, Name: m.Name(), Address: m.Email, Lang: v.Lang, Dir: v.Dir, Subject: v.Say("key.mail.subject", words.V{"School": school.Name}),
				Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{v.Say("key.mail.ended", words.V{"By": by.Name()})},
				Links: []mail.Link{{Text: v.Say("key.mail.link"), URL: c.BaseURL + "/keys"}}, After: []string{v.Say("key.mail.last")}}
			if result := c.Mail.Send(ctx, []mail.Letter{l}); result[0] != nil {
				c.Log.Warn("end of a key not told", "error", result[0])
				continue // it is tried again
			}
		}
		if err := st.ToldEnded(context.WithoutCancel(ctx), h); err != nil {
			return err
		}
	}
	return nil
}

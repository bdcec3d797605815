package schedule

import (
	"context"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// TellOpenings tells others that somebody asked for a sealed name: a second person first, then the chair of governors. No name
// and nothing of the reason is in a mail.
func (c Clock) TellOpenings(ctx context.Context) error {
	if c.Mail == nil {
		return nil
	}
	due, err := envelope.NewStore(c.DB, c.Key).ToTell(ctx)
	if err != nil {
		return err
	}
	for _, o := range due {
		if err := c.tellOpening(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (c Clock) tellOpening(ctx context.Context, o envelope.Opening) error {
	st, people := envelope.NewStore(c.DB, c.Key), roster.NewStore(c.DB)
	school, err := people.School(ctx, o.SchoolID)
	if err != nil {
		return err
	}
	r, err := round.NewStore(c.DB, c.Key, c.Bank).ByID(ctx, o.SchoolID, o.RoundID)
	if err != nil {
		return err
	}
	staff, err := people.StaffList(ctx, o.SchoolID)
	if err != nil {
		return err
	}
	o.Policy = envelope.PolicyOf(r)
	second := secondOf(o, staff)
	chair := others(o, staff, second, access.Chair)
	if o.ForChair() { // nobody else: it is about the head or the safeguarding team
		second, chair = only(staff, o.AgreedBy), only(staff, o.AskedBy)
		if o.AgreedAt == nil && o.Refused == "" {
			chair = nil // there is no answer yet
		}
	}
	type step struct {
		told int
		to   []roster.StaffMember
	}
	steps := []step{{envelope.ToldSecond, second}, {envelope.ToldChair, chair}}
	if !o.ForChair() && (o.AgreedAt != nil || o.Refused != "") {
		steps = append(steps, step{envelope.ToldAsker, only(staff, o.AskedBy)})
	}
	for _, step := range steps {
		if o.Told&step.told != 0 || o.ForChair() && step.told == envelope.ToldChair && len(chair) == 0 {
			continue
		}
		if !c.mailOpening(ctx, o, school, r.Title, step.to) {
			continue // it is tried again; that one mailbox refuses must not keep the other from being told
		}
		o.Told |= step.told
		if err := st.Told(context.WithoutCancel(ctx), o.SchoolID, o.ID, o.Told); err != nil {
			return err
		}
	}
	return nil
}

// secondOf are those who are told first: whoever is head, without the one who asked, and unless it is about the head; where there is nobody, the chair; where
// there is no chair either, the others of the safeguarding team.
func secondOf(o envelope.Opening, staff []roster.StaffMember) []roster.StaffMember {
	if o.PastHead {
		staff = slices.DeleteFunc(slices.Clone(staff), func(m roster.StaffMember) bool { return m.Is(access.Head) })
	}
	for _, roles := range [][]access.Role{{access.Head}, {access.Chair}, {access.SafeguardingLead, access.SafeguardingDeputy}} {
		if list := others(o, staff, nil, roles...); len(list) > 0 {
			return list
		}
	}
	return nil
}

// only is one of the staff, if they can be told.
func only(staff []roster.StaffMember, id string) []roster.StaffMember {
	return slices.DeleteFunc(slices.Clone(staff), func(m roster.StaffMember) bool { return m.ID != id || m.Email == "" })
}

// others are those who hold one of the roles and can be told, without the one who asked and those who have been told.
func others(o envelope.Opening, staff, told []roster.StaffMember, roles ...access.Role) (list []roster.StaffMember) {
	for _, m := range staff {
		known := slices.ContainsFunc(told, func(t roster.StaffMember) bool { return t.ID == m.ID })
		if m.Email != "" && m.ID != o.AskedBy && !known && slices.ContainsFunc(roles, m.Is) {
			list = append(list, m)
		}
	}
	return list
}

// mailOpening tells people and says whether one of them could be reached, or whether there is nobody to be told.
func (c Clock) mailOpening(ctx context.Context, o envelope.Opening, school roster.School, title string, to []roster.StaffMember) bool {
	if len(to) == 0 {
		return true
	}
	v, key, link, last := words.English(), "opening.mail.one", "opening.mail.link", "opening.mail.last"
	switch {
	case o.ForChair() && to[0].ID == o.AskedBy:
		key, link, last = "opening.mail.answered", "opening.mail.open", "opening.mail.last_chair"
	case to[0].ID == o.AskedBy:
		key, link = "opening.mail.answered", "opening.mail.open"
	case o.Kind == envelope.All:
		key = "opening.mail.all"
	case o.ForChair():
		key, last = "opening.mail.helper", "opening.mail.last_chair"
	case o.Policy == envelope.Two:
		key = "opening.mail.two"
	}
	letters := make([]mail.Letter, len(to))
	for i, m := range to {
		letters[i] = mail.Letter{School: school.Name, Name: m.Name(), Address: m.Email, Lang: v.Lang, Dir: v.Dir, Subject: v.Say("opening.mail.subject", words.V{"School": school.Name}),
			Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{v.Say(key, words.V{"Round": title})},
			Links: []mail.Link{{Text: v.Say(link), URL: c.BaseURL + "/openings/" + o.ID}}, After: []string{v.Say(last)}}
	}
	reached := false
	for _, result := range c.Mail.Send(ctx, letters) {
		if result != nil {
			c.Log.Warn("opening not told", "error", result)
			continue
		}
		reached = true
	}
	return reached
}

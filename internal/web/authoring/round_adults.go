package authoring

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// mailed stands among the modes of the form for slips that come by e-mail.
const mailed = "mailed"

// modeOf is how a mode is called on pages.
func modeOf(m round.Mode, plan round.Plan) string {
	switch {
	case m == round.Anonymous && plan.Mail:
		return mailed
	case m == round.Confidential && plan.Mail:
		return "confidential_mail"
	}
	return string(m)
}

// readMode reads how people answer.
func readMode(typed string, plan *round.Plan) round.Mode {
	if typed == mailed {
		plan.Mail = true
		return round.Anonymous
	}
	return round.Mode(typed)
}

// adultsForm is what a new round for parents or staff begins with: everybody, by e-mail if that is set up.
func (p Pages) adultsForm(ctx context.Context, who access.Actor, audience string, f *round.Form) error {
	f.About, f.Purpose = round.AboutSchool, access.ForSchool
	f.Plan.Mail = p.Mail != nil && f.Mode == round.Anonymous
	if audience == bank.Staff {
		staff, err := p.Roster().StaffList(ctx, who.School)
		for _, m := range staff {
			if m.Kind == roster.Staff {
				f.Plan.People = append(f.Plan.People, m.ID)
			}
		}
		return err
	}
	families, err := p.Roster().Families(ctx, who.School)
	f.Plan.Mail = f.Plan.Mail && len(families) > 0
	return err
}

// adultsFields are the questions that a round for parents or staff asks in place of those for pupils.
func (p Pages) adultsFields(c echo.Context, who access.Actor, audience string, f round.Form) (fields []page.Field, err error) {
	v := page.Voice(c)
	mode := page.Field{Name: "mode", Label: "How do people answer?"}
	is := modeOf(f.Mode, f.Plan)
	add := func(value, hint string) {
		mode.Options = append(mode.Options, page.Option{Value: value, Label: v.Say("mode." + value), Hint: v.Say(hint), Chosen: value == is})
	}
	if p.Mail != nil || f.Plan.Mail || f.Mode == round.Confidential {
		add(mailed, "mode.mailed.hint")
		mode.Options = append(mode.Options, page.Option{Value: string(round.Confidential), Label: v.Say("mode.confidential_mail"), Hint: v.Say("mode.confidential_mail.hint"), Chosen: f.Mode == round.Confidential})
	}
	if audience == bank.Staff {
		add("anonymous", "mode.anonymous.staff.hint")
	} else {
		add("anonymous", "mode.anonymous.parent.hint")
	}
	add("open_link", "mode.open_link.adults.hint")
	if audience == bank.Staff {
		people := page.Field{Name: "people", Label: "Whom do you ask?", Several: true, Hint: v.Say("shown.staff", words.V{"Least": round.LeastFor(audience)})}
		staff, err := p.Roster().StaffList(c.Request().Context(), who.School)
		if err != nil {
			return nil, err
		}
		for _, m := range staff {
			if m.Kind != roster.Staff {
				continue
			}
			hint := ""
			if m.Email == "" {
				hint = v.Say("mail.why.none")
			}
			people.Options = append(people.Options, page.Option{Value: m.ID, Label: m.Name(), Hint: hint, Chosen: slices.Contains(f.Plan.People, m.ID)})
		}
		return []page.Field{people, mode}, nil
	}
	groups, err := p.groupField(c, who, f)
	if err != nil {
		return nil, err
	}
	groups.Label, groups.Hint = "Whose parents do you ask?", v.Say("shown.parents", words.V{"Least": round.LeastFor(audience)})
	per := page.Field{Name: "per", Label: "By e-mail: how often does a parent answer?"}
	for _, value := range []string{"family", "child"} {
		per.Options = append(per.Options, page.Option{Value: value, Label: v.Say("per." + value), Hint: v.Say("per." + value + ".hint"), Chosen: (value == "child") == f.Plan.PerChild})
	}
	return []page.Field{groups, mode, per}, nil
}

// unmailed says before opening whom the invitations of a round by e-mail cannot reach; empty if they reach everybody.
func (p Pages) unmailed(c echo.Context, r round.Round) (string, error) {
	v := page.Voice(c)
	list, err := p.Rounds().Asked(c.Request().Context(), r)
	if err != nil {
		return "", err
	}
	people := map[string]bool{} // by id: has an address
	without := 0
	few := "draft.few_mailed"
	if r.Personal() {
		few = "draft.few_mailed_personal" // there is no paper
	}
	for _, a := range list {
		if _, known := people[a.Person.ID]; !known && a.Person.Email == "" {
			without++
		}
		people[a.Person.ID] = a.Person.Email != ""
	}
	switch {
	case len(people) == 0 && r.Audience == bank.Staff:
		return v.Say("round.people_apart"), nil
	case len(people) == 0:
		return v.Say("round.no_parents"), nil
	case without == len(people) && r.Audience == bank.Staff:
		return v.Say("draft.nobody_mailed_staff"), nil
	case without == len(people):
		return v.Say("draft.nobody_mailed"), nil
	case without > 0:
		return v.Say(few, words.V{"Count": without, "All": len(people)}), nil
	}
	return "", nil
}

// adultsAsked says whom a round for parents or staff asks, by year; asked is what was found by forms.
func (p Pages) adultsAsked(c echo.Context, r round.Round, asked []string) ([]string, error) {
	ctx, v := c.Request().Context(), page.Voice(c)
	if r.Mode == round.OpenLink || r.State == round.Draft && !r.Mailed() && r.Audience == bank.Parents {
		return asked, nil
	}
	var units []round.Unit
	if r.State != round.Draft {
		var err error
		if units, err = p.Rounds().Units(ctx, r); err != nil {
			return nil, err
		}
	} else {
		list, err := p.Rounds().Asked(ctx, r)
		if err != nil {
			return nil, err
		}
		units = draftUnits(list)
	}
	var lines []string
	for _, u := range units {
		switch {
		case u.Here() == 0:
		case r.Audience == bank.Staff:
			lines = append(lines, v.Say("whom.staff", words.V{"Count": u.Here()}))
		case u.ParentID == "" && len(units) > 1:
			lines = append(lines, v.Say("whom.own", words.V{"Size": u.Here()}))
		default:
			lines = append(lines, v.Say("whom.group", words.V{"Name": u.Name, "Size": u.Here()}))
		}
	}
	return lines, nil
}

// draftUnits are the units that a draft would have if it were opened now, as far as the list of whom it asks needs them.
func draftUnits(list []round.Asked) []round.Unit {
	units := []round.Unit{{Kind: round.UnitSchool}}
	for _, a := range list {
		i := 0
		if a.InYear {
			if i = slices.IndexFunc(units, func(u round.Unit) bool { return u.Kind == round.UnitYear && u.GroupID == a.Year }); i < 0 {
				i, units = len(units), append(units, round.Unit{Kind: round.UnitYear, Name: round.YearName(a.Year), GroupID: a.Year, ParentID: "school"})
			}
		}
		units[i].Own++
	}
	slices.SortStableFunc(units[1:], func(a, b round.Unit) int { return roster.CompareYears(a.GroupID, b.GroupID) })
	return units
}

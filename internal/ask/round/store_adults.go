package round

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// adults refuses what does not go with a round for parents or staff, and settles what they have no choice in: such a round
// is about the school.
func (f *Form) adults(audience string, fields map[string]fault.Problem) {
	if f.About != AboutSchool {
		fields["about"] = fault.Problem{Key: "round.adults_about"}
	}
	if f.Purpose != access.ForSchool {
		fields["purpose"] = fault.Problem{Key: "round.adults_purpose"}
	}
	f.Plan.Reading = nil
	if audience == bank.Staff {
		f.Plan.Groups, f.Plan.PerChild = nil, false
		if len(f.Plan.People) == 0 && f.Mode != OpenLink {
			fields["people"] = fault.Problem{Key: "round.people"}
		}
	} else {
		f.Plan.People = nil
	}
	if f.Mode == OpenLink {
		f.Plan.Groups, f.Plan.People, f.Plan.Mail, f.Plan.PerChild = nil, nil, false, false
	}
}

// Asked is one answer that a round by e-mail asks for.
type Asked struct {
	Person   roster.Person  // a parent or a member of staff: never a pupil
	Child    string         // the one child it is about; empty if it is about all of them, or of staff
	Children []roster.Child // whom it is about
	Year     string         // of the children, as a group has it; only where InYear
	InYear   bool           // it is counted in that year, not in the school alone
}

// Asked lists the answers a round for parents or staff asks for, by the roster as it is now. Parents of children in several
// years, who answer once, are counted in the school: nobody could say in which year. Whoever can open a sealed name is not
// asked in confidence: nobody's name may lie with themselves.
func (s Store) Asked(ctx context.Context, r Round) ([]Asked, error) {
	list, err := s.chosen(ctx, r)
	if err != nil || r.Mode != Confidential {
		return list, err
	}
	opens, err := s.openers(ctx, r)
	return slices.DeleteFunc(list, func(a Asked) bool { return opens(a.Person) }), err
}

// Apart lists those who were chosen and are not asked in confidence, since they can open sealed names.
func (s Store) Apart(ctx context.Context, r Round) ([]roster.Person, error) {
	if r.Mode != Confidential {
		return nil, nil
	}
	list, err := s.chosen(ctx, r)
	if err != nil {
		return nil, err
	}
	opens, err := s.openers(ctx, r)
	var apart []roster.Person
	for _, a := range list {
		if opens(a.Person) && !slices.ContainsFunc(apart, func(p roster.Person) bool { return p.ID == a.Person.ID }) {
			apart = append(apart, a.Person)
		}
	}
	return apart, err
}

// Openers tells who can open sealed names of a round by mail in confidence now, also where they came to it after they were invited;
// nil for other rounds.
func (s Store) Openers(ctx context.Context, r Round) (func(roster.Person) bool, error) {
	if r.Mode != Confidential || !r.Mailed() {
		return nil, nil
	}
	return s.openers(ctx, r)
}

// openers tells who takes part in opening a sealed name of a round: whoever has the role, and a parent with the same address.
func (s Store) openers(ctx context.Context, r Round) (func(roster.Person) bool, error) {
	roles := []access.Role{access.SafeguardingLead, access.SafeguardingDeputy, access.Chair}
	if r.Choices().Policy == "two" {
		roles = append(roles, access.Head)
	}
	staff, err := roster.NewStore(s.db).StaffList(ctx, r.SchoolID)
	staff = slices.DeleteFunc(staff, func(m roster.StaffMember) bool { return !slices.ContainsFunc(roles, m.Is) })
	return func(p roster.Person) bool {
		return slices.ContainsFunc(staff, func(m roster.StaffMember) bool {
			return m.ID == p.ID || m.Email != "" && strings.EqualFold(m.Email, p.Email)
		})
	}, err
}

// chosen lists the answers that a round for parents or staff would ask for by its groups or people alone.
func (s Store) chosen(ctx context.Context, r Round) ([]Asked, error) {
	school, err := roster.NewStore(s.db).School(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	plan := r.Choices()
	var list []Asked
	if r.Audience == bank.Staff {
		staff, err := roster.NewStore(s.db).StaffList(ctx, r.SchoolID)
		for _, m := range staff {
			if slices.Contains(plan.People, m.ID) && m.Kind == roster.Staff {
				list = append(list, Asked{Person: m.Person})
			}
		}
		return list, err
	}
	families, err := roster.NewStore(s.db).Families(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	for _, f := range families {
		children := slices.DeleteFunc(slices.Clone(f.Children), func(c roster.Child) bool { return !slices.Contains(plan.Groups, c.Group) })
		switch {
		case len(children) == 0:
		case plan.PerChild:
			for _, c := range children {
				list = append(list, Asked{Person: f.Parent, Child: c.ID, Children: []roster.Child{c}, Year: c.InYear, InYear: !school.IsSmall()})
			}
		default:
			a := Asked{Person: f.Parent, Children: children, Year: children[0].InYear, InYear: !school.IsSmall()}
			if slices.ContainsFunc(children, func(c roster.Child) bool { return c.InYear != a.Year }) {
				a.Year, a.InYear = "", false
			}
			list = append(list, a)
		}
	}
	return list, nil
}

// UnitFor finds the unit that an answer is counted in; ok is false where the round has none for it, because the roster has
// changed since it opened.
func UnitFor(units []Unit, a Asked) (Unit, bool) {
	for _, u := range units {
		if a.InYear && u.Kind == UnitYear && u.Name == YearName(a.Year) || !a.InYear && u.ParentID == "" {
			return u, true
		}
	}
	return Unit{}, false
}

// openAdults writes the units of a round for parents, the school and the years of their children, or for staff, the school
// alone. Neither is ever counted by form or class.
func (s Store) openAdults(ctx context.Context, r Round, school roster.School) error {
	root := Unit{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), Kind: UnitSchool, Name: school.Name}
	units := []Unit{root}
	add := func(year string, inYear bool, n int) {
		units[0].Size += n
		if !inYear {
			units[0].Own += n
			return
		}
		name := YearName(year)
		i := slices.IndexFunc(units, func(u Unit) bool { return u.Kind == UnitYear && u.Name == name })
		if i < 0 {
			u := root
			u.ID, u.ParentID, u.Kind, u.Name, u.Subject = storage.NewID(), root.ID, UnitYear, name, year
			i, units = len(units), append(units, u)
		}
		units[i].Size += n
		units[i].Own += n
	}
	if r.Mailed() || r.Audience == bank.Staff {
		asked, err := s.Asked(ctx, r)
		if err != nil {
			return err
		}
		if len(asked) == 0 && r.Audience == bank.Parents {
			return fault.Field("groups", "round.no_parents")
		}
		if r.Audience == bank.Staff {
			apart, err := s.Apart(ctx, r)
			if err != nil {
				return err
			}
			if len(asked)+len(apart) != len(r.Choices().People) {
				return fault.Field("people", "round.people_gone")
			}
			if len(asked) == 0 {
				return fault.Field("people", "round.people_apart")
			}
		}
		for _, a := range asked {
			add(a.Year, a.InYear, 1)
		}
	} else if err := s.paperParents(ctx, r, school, add); err != nil {
		return err
	}
	slices.SortStableFunc(units[1:], func(a, b Unit) int { return roster.CompareYears(a.Subject, b.Subject) })
	for i := range units {
		units[i].Position = i
		units[i].Subject = "" // it told years apart while they were built
	}
	return s.db.Write(ctx).CreateInBatches(&units, 200).Error
}

// paperParents counts a slip for each child, since paper goes home with the children and needs no parent's name.
func (s Store) paperParents(ctx context.Context, r Round, school roster.School, add func(year string, inYear bool, n int)) error {
	ro := roster.NewStore(s.db)
	groups, err := ro.Groups(ctx, r.SchoolID, roster.Form)
	if err != nil {
		return err
	}
	sizes, err := ro.Sizes(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	found := 0
	for _, g := range groups {
		if !slices.Contains(r.Choices().Groups, g.ID) {
			continue
		}
		found++
		if sizes[g.ID] == 0 {
			return fault.Field("groups", "round.group_empty", fault.Values{"Name": g.Name})
		}
		add(g.Year, !school.IsSmall(), sizes[g.ID])
	}
	if found != len(r.Choices().Groups) {
		return fault.Field("groups", "round.group_gone")
	}
	return nil
}

package participation

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/school/roster"
)

// ChildrenOf lists about whom parents are asked, by the ids of their invitations: the one child of the invitation, or all of theirs
// in the groups of the round. Children are as the roster has them now, with forms; the one child of an invitation is named also
// after it has left.
func (s Store) ChildrenOf(ctx context.Context, r round.Round, invitations []Invitation) (map[string][]roster.Child, error) {
	ro := roster.NewStore(s.db)
	var parents, children []string
	for _, inv := range invitations {
		if inv.ChildID != "" {
			children = append(children, inv.ChildID)
		} else {
			parents = append(parents, inv.PersonID)
		}
	}
	var links []roster.Link
	if len(parents) > 0 {
		if err := s.db.Query(ctx).Where("school_id = ? AND may_ask AND ?", r.SchoolID, s.db.In("parent_id", parents)).Find(&links).Error; err != nil {
			return nil, err
		}
	}
	for _, l := range links {
		children = append(children, l.PupilID)
	}
	known, err := ro.PeopleEver(ctx, r.SchoolID, children)
	if err != nil {
		return nil, err
	}
	forms, err := ro.Groups(ctx, r.SchoolID, roster.Form)
	if err != nil {
		return nil, err
	}
	var members []roster.Membership
	if len(children) > 0 {
		err = s.db.Query(ctx).Where("school_id = ? AND role = ? AND ended_on = '' AND ?", r.SchoolID, roster.Pupil, s.db.In("person_id", children)).Find(&members).Error
		if err != nil {
			return nil, err
		}
	}
	child := func(id string) roster.Child {
		c := roster.Child{Person: known[id]}
		for _, m := range members {
			if i := slices.IndexFunc(forms, func(g roster.Group) bool { return m.PersonID == id && g.ID == m.GroupID }); i >= 0 {
				c.Form, c.Group = forms[i].Name, forms[i].ID
			}
		}
		return c
	}
	of := map[string][]roster.Child{}
	for _, inv := range invitations {
		if inv.ChildID != "" {
			of[inv.ID] = []roster.Child{child(inv.ChildID)}
			continue
		}
		for _, l := range links {
			if c := child(l.PupilID); l.ParentID == inv.PersonID && slices.Contains(r.Choices().Groups, c.Group) {
				of[inv.ID] = append(of[inv.ID], c)
			}
		}
		slices.SortFunc(of[inv.ID], func(a, b roster.Child) int { return cmp.Compare(a.Name()+a.ID, b.Name()+b.ID) })
	}
	return of, nil
}

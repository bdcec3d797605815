package participation

import (
	"context"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Asking is a round that waits for one pupil's answer.
type Asking struct {
	Code     string // of the round, in its address
	Title    string
	ClosesAt time.Time
	Zone     *time.Location
	Slip     string // the pupil's code for this round alone
}

// ByCard lists what waits for whoever holds the card with this code. A code that cannot be one, one that nobody knows, a card
// that was made anew and one of somebody who has left take the same look-ups and come to the same: nothing waits.
func (s Store) ByCard(ctx context.Context, typed string) ([]Asking, error) {
	code, ok := seal.CleanCode(typed, CodeLength)
	if !ok {
		code = ""
	}
	d, err := identity.NewStore(s.db, s.key).LookUp(ctx, identity.CardKind, code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	p, err := roster.NewStore(s.db).Person(ctx, d.SchoolID, d.Target)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if p.Kind != roster.Pupil {
		p = roster.Person{}
	}
	return s.OpenFor(ctx, p.SchoolID, p.ID)
}

// OpenFor lists the open rounds for which a pupil has an invitation and has not used its slip.
func (s Store) OpenFor(ctx context.Context, school, person string) ([]Asking, error) {
	rounds, err := s.rounds().Opened(ctx, school)
	if err != nil {
		return nil, err
	}
	ids := []string{""}
	for _, r := range rounds {
		if r.Personal() {
			ids = append(ids, r.ID)
		}
	}
	var invitations []Invitation
	if err := s.db.Query(ctx).Where("school_id = ? AND ? AND person_id = ?", school, s.db.In("round_id", ids), person).Find(&invitations).Error; err != nil {
		return nil, err
	}
	in := map[string]Invitation{}
	for _, inv := range invitations {
		in[inv.RoundID] = inv
	}
	var list []Asking
	for _, r := range rounds {
		inv, ok := in[r.ID]
		if !ok {
			continue
		}
		a, unspent, err := s.asking(ctx, r, inv)
		if err != nil {
			return nil, err
		}
		if unspent {
			list = append(list, a)
		}
	}
	return list, nil
}

// asking is what an invitation opens; unspent is false where it has been answered.
func (s Store) asking(ctx context.Context, r round.Round, inv Invitation) (a Asking, unspent bool, err error) {
	code := s.code(r.ID, inv.ID)
	hash := s.Hash(r.ID, code)
	slips, err := s.Look(ctx, r.SchoolID, r.ID, []string{hash})
	slip, ok := slips[hash]
	return Asking{Code: r.Code, Title: r.Title, ClosesAt: r.ClosesAt, Zone: r.Zone(), Slip: code}, ok && !slip.Spent, err
}

// BehindDoor finds the form whose children tap their pictures at a door of an open personal round; NotFound where there is no
// such door.
func (s Store) BehindDoor(ctx context.Context, r round.Round, typed string) (roster.Group, error) {
	gone := fault.New(fault.NotFound, "cards.no_door")
	door, ok := seal.CleanCode(typed, DoorLength)
	if !ok || !r.Personal() || r.State != round.Open {
		return roster.Group{}, gone
	}
	forms, err := roster.NewStore(s.db).Groups(ctx, r.SchoolID, roster.Form)
	if err != nil {
		return roster.Group{}, err
	}
	for _, g := range forms {
		if seal.Same(s.Door(r.ID, g.ID), door) {
			return g, nil
		}
	}
	return roster.Group{}, gone
}

// ByPictures finds what waits in a round for the child of a form whose card has these pictures; ok is false where nothing
// does: nobody has them, or they have answered.
func (s Store) ByPictures(ctx context.Context, r round.Round, form string, tapped [3]int) (a Asking, ok bool, err error) {
	hash := s.pictures(form, tapped)
	if hash == "" {
		return a, false, nil
	}
	var ids []string
	err = s.db.Query(ctx).Model(&Card{}).Joins("JOIN memberships ON memberships.school_id = cards.school_id AND memberships.person_id = cards.person_id").
		Where("cards.school_id = ? AND cards.pictures = ? AND memberships.group_id = ? AND memberships.role = ? AND memberships.ended_on = ''", r.SchoolID, hash, form, roster.Pupil).
		Distinct().Pluck("cards.person_id", &ids).Error
	if err != nil || len(ids) != 1 {
		return a, false, err
	}
	var found []Invitation
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND person_id = ?", r.SchoolID, r.ID, ids[0]).Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
		return a, false, err
	}
	return s.asking(ctx, r, found[0])
}

package envelope

import (
	"context"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Loss is what a school loses when somebody goes, or no longer is what they were, while names are or will be sealed.
type Loss string

const (
	LosesKey   Loss = "key"   // they hold a key
	LosesLast  Loss = "last"  // after that nobody of their group holds one
	LosesTwo   Loss = "two"   // after that one alone of their group holds one
	LosesChair Loss = "chair" // after that there is no chair of governors who can be told
	LosesTeam  Loss = "team"  // after that fewer than two are of the safeguarding team
)

// Alive says whether keys matter to a school now: a confidential round is prepared or asked, or there are sealed names.
func (s Store) Alive(ctx context.Context, school string) (bool, error) {
	var n, left int64
	err := s.db.Query(ctx).Model(&round.Round{}).Where("school_id = ? AND mode = ? AND state IN ?", school, round.Confidential, []round.State{round.Draft, round.Open, round.Closed}).Count(&n).Error
	if err == nil && n == 0 {
		err = s.db.Query(ctx).Model(&Envelope{}).Where("school_id = ?", school).Count(&left).Error
	}
	return n+left > 0, err
}

// Losses says what a school loses of its keys once somebody is only what form says, or nothing at all if it is empty. Schools to
// which keys do not matter lose nothing.
func (s Store) Losses(ctx context.Context, school, person string, form roster.StaffForm) (list []Loss, err error) {
	if alive, err := s.Alive(ctx, school); err != nil || !alive {
		return nil, err
	}
	holders, err := s.Holders(ctx, school)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(holders, func(k KeyOf) bool { return k.Person.ID == person })
	if i < 0 {
		return nil, nil
	}
	was := holders[i]
	is := func(r access.Role) bool { return slices.Contains(form.Roles, r) }
	goes := groupOf(is) != was.Group
	keys, team, chairs := 0, 0, 0
	for _, k := range holders {
		switch {
		case k.Person.ID == person:
			continue
		case k.ToldAsChair():
			chairs++
		}
		if k.Group == was.Group && k.Key != nil {
			keys++
		}
		if k.Group == Safeguarding {
			team++
		}
	}
	second := true
	if was.Person.Is(access.Chair) { // whether the chair has a key shows only where one is needed
		if second, err = s.NeedsSecond(ctx, school); err != nil {
			return nil, err
		}
	}
	if goes && was.Key != nil && second {
		if list = append(list, LosesKey); keys == 0 {
			list = append(list, LosesLast)
		} else if keys == 1 {
			list = append(list, LosesTwo)
		}
	}
	if goes && was.Group == Safeguarding && team < 2 {
		list = append(list, LosesTeam)
	}
	if was.ToldAsChair() && chairs == 0 && (!is(access.Chair) || form.Email == "") {
		list = append(list, LosesChair)
	}
	return list, nil
}

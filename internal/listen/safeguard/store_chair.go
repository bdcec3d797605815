package safeguard

import (
	"context"
	"slices"

	"earshot/internal/school/access"
)

// may says whether somebody may read a concern. A chair of governors whom nobody has confirmed yet reads what came after they were
// appointed and nobody read before them: the head appoints, and must not get at what is about the head through a chair of their own.
func (s Store) may(who access.Actor, c Concern) (bool, error) {
	if !May(who, c.GoesTo) || c.GoesTo != Chair || who.ChairFrom.IsZero() {
		return May(who, c.GoesTo), nil
	}
	if c.ArrivedAt == nil || c.ArrivedAt.Before(who.ChairFrom) {
		return false, nil
	}
	// What had been dealt with and came back to life has a new time, and those who read it stand inside.
	said, err := s.unlock(c)
	return err == nil && !slices.ContainsFunc(said.Notes, func(n Note) bool { return n.By != who.Name }), err
}

// readable keeps what somebody may read of a list, and says how many there are that are older than a chair whom nobody has confirmed.
func (s Store) readable(who access.Actor, all []Concern) (list []Concern, older int, err error) {
	for _, c := range all {
		switch may, err := s.may(who, c); {
		case err != nil:
			return nil, 0, err
		case may:
			list = append(list, c)
		case May(who, c.GoesTo):
			older++
		}
	}
	return list, older, nil
}

// Older counts what is for the chair of governors alone and waits for somebody to confirm that the actor is the chair.
func (s Store) Older(ctx context.Context, who access.Actor) (n int, err error) {
	if !May(who, Chair) || who.ChairFrom.IsZero() {
		return 0, nil
	}
	var all []Concern
	if err := s.db.Query(ctx).Where("school_id = ? AND goes_to = ?", who.School, Chair).Find(&all).Error; err != nil {
		return 0, err
	}
	_, n, err = s.readable(who, all)
	return n, err
}

// Stands says whether somebody can see what a sealed name of a round is tied to, a comment that they read or a concern, so that they
// may ask for the name; and that it is in no concern that goes past them.
func (s Store) Stands(ctx context.Context, who Reader, roundID, tie string) (bool, error) {
	var concerns []Concern
	if err := s.db.Query(ctx).Where("school_id = ?", who.School).Find(&concerns).Error; err != nil {
		return false, err
	}
	stands := false
	for _, c := range concerns {
		said, err := s.unlock(c)
		if err != nil {
			return false, err
		}
		if said.Round != roundID || said.Tie != tie {
			continue
		}
		if may, err := s.may(who.Actor, c); err != nil || !may {
			return false, err
		}
		stands = true
	}
	if stands || !access.Can(who.Actor, access.ReadComments, access.Object{School: who.School}) {
		return stands, nil
	}
	list, err := s.Queue(ctx, who, roundID)
	return slices.ContainsFunc(list, func(o Opened) bool { return o.Tie == tie }), err
}

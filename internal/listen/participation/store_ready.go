package participation

import (
	"context"
	"strconv"

	"earshot/internal/ask/round"
)

// Slips of a round by mail are made ahead: with the first invitations come some more for every unit, which look like theirs. Whoever
// is invited later, and perhaps alone, takes one of those. So a new invitation brings no new slip that would lie beside it, and
// neither PostgreSQL's marks of transactions nor two copies of the database join the two without the server's key.

// Ready is how many slips lie ready in a unit for those who are invited later: a tenth of those invited now, at least five.
func Ready(invited int) int { return max(5, (invited+9)/10) }

// readyID is the id of the invitation that the nth slip of a unit is for, whether or not anybody has it. Only the server's key tells.
func (s Store) readyID(roundID, unit string, n int) string {
	return s.key.Hash("mailed invitation", roundID, unit, strconv.Itoa(n))[:32]
}

// stock is what lies ready in a round by mail.
type stock struct {
	free   map[string][]string // unit -> ids of invitations that nobody has and whose slips are there
	next   map[string]int      // unit -> number of its first slip that is not there
	hashes map[string]bool     // of all slips that were made ahead, with somebody or not
	begun  bool                // there are invitations
}

// ready works out what lies ready.
func (s Store) ready(ctx context.Context, school, roundID string) (stock, error) {
	st := stock{free: map[string][]string{}, next: map[string]int{}, hashes: map[string]bool{}}
	var ids []string
	if err := s.db.Query(ctx).Model(&Invitation{}).Where("school_id = ? AND round_id = ?", school, roundID).Pluck("id", &ids).Error; err != nil {
		return st, err
	}
	var slips []Slip
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Find(&slips).Error; err != nil {
		return st, err
	}
	taken, there, units := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		taken[id] = true
	}
	for _, slip := range slips {
		there[slip.Hash], units[slip.UnitID] = true, true
	}
	for unit := range units {
		for {
			id := s.readyID(roundID, unit, st.next[unit])
			hash := s.Hash(roundID, s.code(roundID, id))
			if !there[hash] {
				break
			}
			st.next[unit]++
			st.hashes[hash] = true
			if !taken[id] {
				st.free[unit] = append(st.free[unit], id)
			}
		}
	}
	st.begun = len(ids) > 0
	return st, nil
}

// seat gives new invitations their ids, and so the slips that lie ready for them, and stores them. Where too few lie ready it makes
// them, and some more for later; then all slips and invitations of the round are written anew.
func (s Store) seat(ctx context.Context, r round.Round, units []round.Unit, invitations []Invitation) error {
	have, err := s.ready(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	needed := map[string]int{}
	for _, inv := range invitations {
		needed[inv.UnitID]++
	}
	var more []Slip
	for _, u := range units {
		if have.begun && needed[u.ID] <= len(have.free[u.ID]) {
			continue
		}
		for n := needed[u.ID] + Ready(needed[u.ID]) - len(have.free[u.ID]); n > 0; n-- {
			id := s.readyID(r.ID, u.ID, have.next[u.ID])
			have.next[u.ID]++
			have.free[u.ID] = append(have.free[u.ID], id)
			more = append(more, Slip{SchoolID: r.SchoolID, RoundID: r.ID, Hash: s.Hash(r.ID, s.code(r.ID, id)), UnitID: u.ID, Kind: ForPupil})
		}
		Shuffle(have.free[u.ID])
	}
	for i := range invitations {
		free := have.free[invitations[i].UnitID]
		invitations[i].ID, have.free[invitations[i].UnitID] = free[0], free[1:]
	}
	if err := s.db.Write(ctx).CreateInBatches(&invitations, 400).Error; err != nil || len(more) == 0 {
		return err
	}
	Shuffle(more)
	if err := s.db.Write(ctx).CreateInBatches(&more, 400).Error; err != nil || !have.begun {
		return err
	}
	return s.rewriteAll(ctx, r)
}

// rewriteAll writes the slips and the invitations of a round anew in random order and one transaction, so that nothing in a row shows
// which of them came later than the others. The round is locked, so that nobody answers meanwhile.
func (s Store) rewriteAll(ctx context.Context, r round.Round) error {
	if err := s.Rewrite(ctx, r.SchoolID, r.ID); err != nil {
		return err
	}
	var rows []Invitation
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	if err := s.db.Write(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Delete(&Invitation{}).Error; err != nil {
		return err
	}
	Shuffle(rows)
	return s.db.Write(ctx).CreateInBatches(&rows, 400).Error
}

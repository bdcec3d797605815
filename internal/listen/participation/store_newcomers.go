package participation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

// placed is a pupil and the unit they answer in.
type placed struct {
	person, unit string
	out          bool // they opted out
}

// place makes the invitations and slips of pupils.
func (s Store) place(ctx context.Context, r round.Round, list []placed) error {
	var flags, people []string
	for _, f := range r.AtOpening().Flags {
		flags = append(flags, f.ID)
	}
	for _, p := range list {
		people = append(people, p.person)
	}
	has := map[string][]string{}
	if len(flags) > 0 {
		var err error
		if has, err = roster.NewStore(s.db).FlagsOf(ctx, r.SchoolID, people, flags); err != nil {
			return err
		}
	}
	var invitations []Invitation
	var slips []Slip
	for _, p := range list {
		inv := Invitation{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), PersonID: p.person, UnitID: p.unit, Flags: strings.Join(has[p.person], " ")}
		inv.Slip = s.Hash(r.ID, s.code(r.ID, inv.ID))
		slip := Slip{SchoolID: r.SchoolID, RoundID: r.ID, Hash: inv.Slip, UnitID: p.unit, Kind: ForPupil}
		if p.out {
			slip.Kind = Reading
		}
		invitations, slips = append(invitations, inv), append(slips, slip)
	}
	Shuffle(invitations)
	Shuffle(slips)
	if err := s.db.Write(ctx).CreateInBatches(&invitations, 400).Error; err != nil {
		return err
	}
	if err := s.db.Write(ctx).CreateInBatches(&slips, 400).Error; err != nil {
		return err
	}
	if s.db.Kind() == storage.Postgres {
		return s.db.Write(ctx).Exec("ANALYZE slips").Error
	}
	return nil
}

// invitee is somebody with an invitation, and its slip.
type invitee struct {
	Invitation
	slip Slip
}

// out says whether somebody opted out, before they answered or after.
func (i invitee) out() bool { return i.slip.Kind == Reading || i.slip.Kind == Stays }

// invited lists the pupils of a personal round who have an invitation.
func (s Store) invited(ctx context.Context, r round.Round) ([]invitee, error) {
	var rows []Invitation
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&rows).Error; err != nil {
		return nil, err
	}
	var list []invitee
	for part := range slices.Chunk(rows, 400) {
		var hashes []string
		for _, inv := range part {
			hashes = append(hashes, inv.Slip)
		}
		slips, err := s.Look(ctx, r.SchoolID, r.ID, hashes)
		if err != nil {
			return nil, err
		}
		for _, inv := range part {
			list = append(list, invitee{inv, slips[inv.Slip]})
		}
	}
	return list, nil
}

// Newcomers lists the pupils who are in a group of an open personal round today and have no invitation: they have come since it
// opened. There are none of other rounds, where a spare slip is for them.
func (s Store) Newcomers(ctx context.Context, r round.Round) ([]Holder, error) {
	if r.State != round.Open || !r.Personal() || !bank.IsPupils(r.Audience) {
		return nil, nil
	}
	members, err := s.members(ctx, r.SchoolID, r.Choices().Groups)
	if err != nil {
		return nil, err
	}
	come := map[string]bool{}
	for _, m := range members {
		come[m.PersonID] = true
	}
	invited, err := s.invited(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, i := range invited {
		delete(come, i.PersonID)
	}
	if len(come) == 0 {
		return nil, nil
	}
	all, err := s.pupils(ctx, r.SchoolID)
	return slices.DeleteFunc(all, func(h Holder) bool { return !come[h.Person.ID] }), err
}

// InviteNewcomers gives those who have come since a personal round opened a slip of their own, to which their card leads, and
// says how many they are. From here on they count among those who are asked. Faults: Forbidden; Conflict slips.not_open,
// cards.no_newcomers.
func (s Store) InviteNewcomers(ctx context.Context, who access.Actor, r round.Round) (int, error) {
	n := 0
	err := s.running(ctx, who, r, func(st Store, r round.Round) error {
		come, err := st.Newcomers(ctx, r)
		if err != nil {
			return err
		}
		if n = len(come); n == 0 {
			return fault.New(fault.Conflict, "cards.no_newcomers")
		}
		return st.add(ctx, who, r, come, nil)
	})
	return n, err
}

// running locks an open personal round and lets f work on it in one transaction.
func (s Store) running(ctx context.Context, who access.Actor, r round.Round, f func(st Store, r round.Round) error) error {
	if !access.Can(who, access.RunRounds, access.Object{School: r.SchoolID}) || r.SchoolID != who.School {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx, s.key)
		r, err := st.rounds().Lock(ctx, r.SchoolID, r.ID)
		if err != nil {
			return err
		}
		if r.State != round.Open || !r.Personal() {
			return fault.New(fault.Conflict, "slips.not_open")
		}
		return f(st, r)
	})
}

// add invites newcomers; out are those among them who opted out.
func (s Store) add(ctx context.Context, who access.Actor, r round.Round, come []Holder, out []string) error {
	units, err := s.rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	members, err := s.members(ctx, r.SchoolID, r.Choices().Groups)
	if err != nil {
		return err
	}
	seats, err := s.seats(ctx, r, units, members)
	if err != nil {
		return err
	}
	unit := map[string]string{}
	for _, m := range members {
		unit[m.PersonID] = seats[m.GroupID]
	}
	var list []placed
	more, reading := map[string]int{}, map[string]int{}
	for _, h := range come {
		p := placed{h.Person.ID, unit[h.Person.ID], slices.Contains(out, h.Person.ID)}
		list = append(list, p)
		more[p.unit]++
		if p.out {
			reading[p.unit]++
		}
	}
	if err := s.place(ctx, r, list); err != nil {
		return err
	}
	if err := s.rewriteAll(ctx, r); err != nil {
		return err
	}
	return s.rounds().Grow(ctx, who, r, more, reading)
}

// seats finds the unit of each group of a round that is open. In a small school, whose units are two halves that no group belongs to
// by name, it is where most of the group were invited, or else most of its year.
func (s Store) seats(ctx context.Context, r round.Round, units []round.Unit, members []roster.Membership) (map[string]string, error) {
	seats := map[string]string{}
	for _, u := range units {
		if u.IsLeaf() && u.GroupID != "" {
			seats[u.GroupID] = u.ID
		}
	}
	if len(seats) > 0 {
		return seats, nil
	}
	groups, err := roster.NewStore(s.db).Groups(ctx, r.SchoolID, "")
	if err != nil {
		return nil, err
	}
	year := map[string]string{}
	for _, g := range groups {
		year[g.ID] = "year " + g.Year
	}
	invited, err := s.invited(ctx, r)
	if err != nil {
		return nil, err
	}
	was := map[string]string{}
	for _, i := range invited {
		was[i.PersonID] = i.UnitID
	}
	votes := map[string]map[string]int{} // group or year -> unit -> people
	for _, m := range members {
		for _, of := range []string{m.GroupID, year[m.GroupID]} {
			if votes[of] == nil {
				votes[of] = map[string]int{}
			}
			if was[m.PersonID] != "" {
				votes[of][was[m.PersonID]]++
			}
		}
	}
	most := func(of string) (unit string) {
		for _, u := range units {
			if votes[of][u.ID] > votes[of][unit] {
				unit = u.ID
			}
		}
		return unit
	}
	for _, m := range members {
		if seats[m.GroupID] = most(m.GroupID); seats[m.GroupID] == "" {
			seats[m.GroupID] = most(year[m.GroupID])
		}
		if seats[m.GroupID] == "" {
			seats[m.GroupID] = units[len(units)-1].ID // nobody of that year was asked: the older half
		}
	}
	return seats, nil
}

// SetOut says which pupils opted out of a personal round: their cards open a reading task in it, and those who stand in the list no
// more are asked. Whoever has answered stands in the list like the others; their answer stays unless they take it back, and then
// their card opens the reading task too. Nothing here may show who they are or how many. Pupils whom the round does not ask are
// passed over. Faults: Forbidden; Conflict slips.not_open.
func (s Store) SetOut(ctx context.Context, who access.Actor, r round.Round, people []string) error {
	if r.State == round.Draft {
		return s.rounds().SetOut(ctx, who, r.ID, people)
	}
	return s.running(ctx, who, r, func(st Store, r round.Round) error {
		come, err := st.Newcomers(ctx, r)
		if err != nil {
			return err
		}
		if come = slices.DeleteFunc(come, func(h Holder) bool { return !slices.Contains(people, h.Person.ID) }); len(come) > 0 {
			if err := st.add(ctx, who, r, come, people); err != nil {
				return err
			}
		}
		invited, err := st.invited(ctx, r)
		if err != nil {
			return err
		}
		reading := map[string]int{}
		for _, i := range invited {
			out := slices.Contains(people, i.PersonID)
			if out == i.out() {
				continue
			}
			switch {
			case out && i.slip.Spent:
				i.slip.Kind = Stays
			case out:
				i.slip.Kind = Reading
			case i.slip.Kind == Reading:
				i.slip.Kind, i.slip.Spent = ForPupil, false // they have read at most
			default:
				i.slip.Kind = ForPupil
			}
			reading[i.UnitID] += map[bool]int{true: 1, false: -1}[out]
			if err := st.db.Write(ctx).Save(&i.slip).Error; err != nil {
				return err
			}
		}
		if err := st.rewriteAll(ctx, r); err != nil {
			return err
		}
		if err := st.rounds().Grow(ctx, who, r, nil, reading); err != nil {
			return err
		}
		return audit.Record(ctx, st.db, who, "round.out", "round", r.ID, fmt.Sprint(len(people)))
	})
}

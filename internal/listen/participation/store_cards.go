package participation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Holder is a pupil whom a round asks, with the form they are in now.
type Holder struct {
	Person roster.Person
	Form   roster.Group // the zero value for a pupil without one
	Card   bool         // they have a card
	Out    bool         // they opted out: their card opens a reading task
}

// pupils lists the pupils on the roll with their forms and cards, by form and then by name.
func (s Store) pupils(ctx context.Context, school string) ([]Holder, error) {
	ro := roster.NewStore(s.db)
	people, err := ro.Pupils(ctx, school)
	if err != nil {
		return nil, err
	}
	forms, err := ro.Groups(ctx, school, roster.Form)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for i, g := range forms {
		place[g.ID] = i
	}
	members, err := s.members(ctx, school, nil)
	if err != nil {
		return nil, err
	}
	in := map[string]roster.Group{}
	for _, m := range members {
		if i, ok := place[m.GroupID]; ok {
			in[m.PersonID] = forms[i]
		}
	}
	cards, err := s.cards(ctx, school)
	if err != nil {
		return nil, err
	}
	all := make([]Holder, len(people))
	for i, p := range people {
		_, has := cards[p.ID]
		all[i] = Holder{Person: p, Form: in[p.ID], Card: has}
	}
	at := func(h Holder) int {
		if i, ok := place[h.Form.ID]; ok {
			return i
		}
		return len(forms)
	}
	slices.SortStableFunc(all, func(a, b Holder) int { return cmp.Compare(at(a), at(b)) }) // they came by name
	return all, nil
}

// members lists which pupils are in which groups today; of all groups where none is named.
func (s Store) members(ctx context.Context, school string, groups []string) ([]roster.Membership, error) {
	var rows []roster.Membership
	q := s.db.Query(ctx).Where("school_id = ? AND role = ? AND ended_on = ''", school, roster.Pupil)
	if len(groups) > 0 {
		q = q.Where("?", s.db.In("group_id", groups))
	}
	err := q.Order("group_id, person_id").Find(&rows).Error
	return rows, err
}

func (s Store) cards(ctx context.Context, school string) (map[string]Card, error) {
	var rows []Card
	err := s.db.Query(ctx).Where("school_id = ?", school).Find(&rows).Error
	all := map[string]Card{}
	for _, c := range rows {
		all[c.PersonID] = c
	}
	return all, err
}

// MakeCards makes cards for pupils of the school and returns what to print on them; the codes are stored nowhere. Cards they
// had before are void from now on. Those who are no pupils on the roll are left out. Faults: Forbidden; Conflict cards.nobody.
func (s Store) MakeCards(ctx context.Context, who access.Actor, people []string) ([]Printed, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var made []Printed
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		made = nil
		st := NewStore(tx, s.key)
		// Two leaders who print at once must not deal the same pictures twice in a form.
		if err := tx.Write(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("school_id = ?", who.School).Take(&roster.School{}).Error; err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		all, err := st.pupils(ctx, who.School)
		if err != nil {
			return err
		}
		wanted := map[string]bool{}
		for _, id := range people {
			wanted[id] = true
		}
		taken, err := st.taken(ctx, who.School, all, wanted)
		if err != nil {
			return err
		}
		today := storage.DateOf(tx.Now(), time.UTC)
		var rows []Card
		codes := map[string]string{}
		for _, h := range all {
			if !wanted[h.Person.ID] {
				continue
			}
			p := Printed{Person: h.Person.ID, Name: h.Person.Name(), FormID: h.Form.ID, Form: h.Form.Name, Code: seal.NewCode(CodeLength)}
			if h.Form.ID != "" {
				p.Pictures = deal(taken[h.Form.ID])
				taken[h.Form.ID] = append(taken[h.Form.ID], p.Pictures)
			}
			made = append(made, p)
			codes[p.Code] = p.Person
			rows = append(rows, Card{SchoolID: who.School, PersonID: p.Person, MadeOn: today, Pictures: s.pictures(p.FormID, p.Pictures)})
		}
		if len(made) == 0 {
			return fault.New(fault.Conflict, "cards.nobody")
		}
		key := []clause.Column{{Name: "school_id"}, {Name: "person_id"}}
		anew := clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"made_on", "pictures"})}
		if err := tx.Write(ctx).Clauses(anew).CreateInBatches(&rows, 400).Error; err != nil {
			return err
		}
		if err := identity.NewStore(tx, s.key).ListCards(ctx, who.School, codes); err != nil {
			return err
		}
		target := "" // of one card it is written down whose: whoever has it could answer in their place
		if len(made) == 1 {
			target = made[0].Person
		}
		return audit.Record(ctx, tx, who, "cards.print", "cards", target, fmt.Sprint(len(made)))
	})
	return made, err
}

// taken lists, for each form in which somebody gets a card, the pictures of those in it who keep theirs.
func (s Store) taken(ctx context.Context, school string, all []Holder, wanted map[string]bool) (map[string][][3]int, error) {
	cards, err := s.cards(ctx, school)
	if err != nil {
		return nil, err
	}
	hashes := map[string]map[string]bool{}
	for _, h := range all {
		if wanted[h.Person.ID] && h.Form.ID != "" && hashes[h.Form.ID] == nil {
			hashes[h.Form.ID] = map[string]bool{}
		}
	}
	for _, h := range all {
		if c, ok := cards[h.Person.ID]; ok && !wanted[h.Person.ID] && c.Pictures != "" && hashes[h.Form.ID] != nil {
			hashes[h.Form.ID][c.Pictures] = true
		}
	}
	taken := map[string][][3]int{}
	for form, of := range hashes {
		taken[form] = s.dealt(form, of)
	}
	return taken, nil
}

// Holders lists the pupils whom a round asks: of a draft those in its groups today, of a round that is open those who were
// invited and have not left.
func (s Store) Holders(ctx context.Context, r round.Round) ([]Holder, error) {
	asked, out := map[string]bool{}, map[string]bool{}
	if r.OpenedAt == nil {
		for _, id := range r.Choices().Out {
			out[id] = true
		}
		groups := r.Choices().Groups
		if len(groups) == 0 {
			return nil, nil
		}
		members, err := s.members(ctx, r.SchoolID, groups)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			asked[m.PersonID] = true
		}
	} else {
		invited, err := s.invited(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, i := range invited {
			asked[i.PersonID], out[i.PersonID] = true, i.out()
		}
	}
	all, err := s.pupils(ctx, r.SchoolID)
	for i := range all {
		all[i].Out = out[all[i].Person.ID]
	}
	return slices.DeleteFunc(all, func(h Holder) bool { return !asked[h.Person.ID] }), err
}

// WithoutCard lists the pupils whom a round asks and who have no card yet.
func (s Store) WithoutCard(ctx context.Context, r round.Round) ([]roster.Person, error) {
	all, err := s.Holders(ctx, r)
	var list []roster.Person
	for _, h := range all {
		if !h.Card {
			list = append(list, h.Person)
		}
	}
	return list, err
}

// InvitePupils makes an invitation and a slip for every pupil who is in a group of a personal round today, whether or not
// they have a card; the slips of those who opted out open a reading task. Call it once, with the round's units, inside the transaction that opens the round. Faults: Conflict
// slips.not_open where the round is not personal; Conflict cards.no_names with Name where a group's pupils are not known.
func (s Store) InvitePupils(ctx context.Context, r round.Round, units []round.Unit) error {
	if !r.Personal() {
		return fault.New(fault.Conflict, "slips.not_open")
	}
	in, err := s.unitsOf(ctx, r, units)
	if err != nil {
		return err
	}
	var groups []string
	for _, g := range in {
		groups = append(groups, g.group.ID)
	}
	if len(groups) == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	members, err := s.members(ctx, r.SchoolID, groups)
	if err != nil {
		return err
	}
	people := map[string][]string{}
	for _, m := range members {
		people[m.GroupID] = append(people[m.GroupID], m.PersonID)
	}
	var list []placed
	seen := map[string]bool{}
	for _, g := range in {
		if len(people[g.group.ID]) == 0 {
			return fault.New(fault.Conflict, "cards.no_names", fault.Values{"Name": g.group.Name})
		}
		for _, person := range people[g.group.ID] {
			if !seen[person] {
				seen[person] = true
				list = append(list, placed{person, g.unit, slices.Contains(r.Choices().Out, person)})
			}
		}
	}
	return s.place(ctx, r, list)
}

// seat is a group and the unit in which its pupils answer.
type seat struct {
	group roster.Group
	unit  string
}

// unitsOf finds the unit of each group of a round. In a small school the units are two phases of whole years, which were cut
// from the same list of groups, by their sizes: so the first groups fill the first phase.
func (s Store) unitsOf(ctx context.Context, r round.Round, units []round.Unit) ([]seat, error) {
	kind := map[round.About]string{round.AboutSchool: roster.Form, round.AboutClasses: roster.Class}[r.About]
	groups, err := roster.NewStore(s.db).Groups(ctx, r.SchoolID, kind)
	if err != nil {
		return nil, err
	}
	chosen := r.Choices().Groups
	groups = slices.DeleteFunc(groups, func(g roster.Group) bool { return !slices.Contains(chosen, g.ID) })
	sizes, err := roster.NewStore(s.db).Sizes(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	var phases []round.Unit
	byGroup := map[string]string{}
	for _, u := range units {
		switch {
		case u.Kind == round.UnitPhase:
			phases = append(phases, u)
		case u.IsLeaf():
			byGroup[u.GroupID] = u.ID
		}
	}
	var in []seat
	at, full := 0, 0
	for _, g := range groups {
		if len(phases) == 0 {
			in = append(in, seat{g, byGroup[g.ID]})
			continue
		}
		if full == phases[at].Size && at < len(phases)-1 {
			at, full = at+1, 0
		}
		full += sizes[g.ID]
		in = append(in, seat{g, phases[at].ID})
	}
	if i := slices.IndexFunc(in, func(g seat) bool { return g.unit == "" }); i >= 0 {
		return nil, fmt.Errorf("participation: the round has no unit for the group %s", in[i].group.ID)
	}
	return in, nil
}

// Whose finds the invitations of a round by the hashes of their slips: hash -> invitation. Slips of nobody are left out. Which slip
// a mailed invitation stands for is kept nowhere, so that it is worked out here, for as long as a call lasts.
func (s Store) Whose(ctx context.Context, school, roundID string, hashes []string) (map[string]Invitation, error) {
	found := map[string]Invitation{}
	if len(hashes) == 0 {
		return found, nil
	}
	var rows []Invitation
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND ?", school, roundID, s.db.In("slip", hashes)).Find(&rows).Error
	for _, inv := range rows {
		if inv.Slip != "" {
			found[inv.Slip] = inv
		}
	}
	if err != nil || len(found) == len(hashes) {
		return found, err
	}
	wanted := map[string]bool{}
	for _, h := range hashes {
		wanted[h] = true
	}
	var mailed []Invitation
	err = s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND slip = ''", school, roundID).Find(&mailed).Error
	for _, inv := range mailed {
		if hash := s.Hash(roundID, s.code(roundID, inv.ID)); wanted[hash] {
			found[hash] = inv
		}
	}
	return found, err
}

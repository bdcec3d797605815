package round

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// MostFlags is by how many things of the school's lists a round's results may be told apart: more would point at people.
const MostFlags = 3

// personal checks what is said of a confidential or named round, and takes out what has no meaning in others.
func (f *Form) personal(audience string, fields map[string]fault.Problem) {
	plan := &f.Plan
	if f.Mode != Confidential {
		plan.Policy, plan.Flags, plan.Linked = "", nil, false
	}
	if f.Mode != Confidential && f.Mode != Named {
		return
	}
	plan.Reading, plan.Mail = nil, isAdults(audience)
	if isAdults(audience) {
		f.personalAdults(fields)
	} else if f.Mode == Named && (f.About == AboutClasses || f.Purpose == access.ForLearning) {
		// Whoever reads by name what a class says of its teacher could judge them by it.
		fields["mode"] = fault.Problem{Key: "round.named_classes"}
	}
	if f.Mode == Confidential && plan.Policy != "one" && plan.Policy != "two" {
		plan.Policy = "one"
	}
	if len(plan.Flags) > MostFlags {
		fields["flags"] = fault.Problem{Key: "round.flags", Values: fault.Values{"Most": MostFlags}}
	}
}

// personalAdults refuses what parents and staff are not asked: with their names, told apart by what lists say of pupils, or
// followed from round to round, for which they would need a card.
func (f *Form) personalAdults(fields map[string]fault.Problem) {
	if f.Mode == Named {
		fields["mode"] = fault.Problem{Key: "round.named_adults"}
	}
	if len(f.Plan.Flags) > 0 {
		fields["flags"] = fault.Problem{Key: "round.flags_adults"}
	}
	if f.Plan.Linked {
		fields["linked"] = fault.Problem{Key: "round.linked_adults"}
	}
}

// personal puts into the snapshot who holds keys and what results may be told apart by. Faults: those of with; Conflict
// round.flags_small in a small school, round.flag_gone.
func (s Store) personal(ctx context.Context, r Round, school roster.School, snap *Snapshot, with []Personal) error {
	if len(with) == 0 {
		return fault.New(fault.Conflict, "round.state.open", fault.Values{"State": string(r.State)})
	}
	var err error
	if r.Mode == Confidential {
		if snap.Keys, err = with[0].Keys(s.db, r); err != nil {
			return err
		}
	}
	return s.flags(ctx, r, school, snap)
}

// flags puts into the snapshot what results may be told apart by.
func (s Store) flags(ctx context.Context, r Round, school roster.School, snap *Snapshot) error {
	chosen := r.Choices().Flags
	if len(chosen) == 0 {
		return nil
	}
	if school.IsSmall() {
		return fault.New(fault.Conflict, "round.flags_small")
	}
	flags, err := roster.NewStore(s.db).Flags(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	for _, f := range flags {
		if slices.Contains(chosen, f.ID) {
			snap.Flags = append(snap.Flags, Flag{ID: f.ID, Name: f.Name})
		}
	}
	if len(snap.Flags) != len(chosen) {
		return fault.New(fault.Conflict, "round.flag_gone")
	}
	return nil
}

// flagNames says what results may be told apart by, as a list in a sentence.
func (s Snapshot) flagNames(v words.Voice) string {
	var names []string
	for _, f := range s.Flags {
		names = append(names, f.Name)
	}
	return listed(v, names)
}

// keyHolders are those who can open sealed names, as a list in a sentence.
func (s Snapshot) keyHolders(v words.Voice) string {
	var names []string
	for _, k := range s.Keys {
		if !slices.Contains(names, k.Name) {
			names = append(names, k.Name)
		}
	}
	return listed(v, names)
}

// namedReaders are those who see who said what in a named round.
func (s Snapshot) namedReaders(v words.Voice) string {
	var names []string
	for _, r := range s.Readers {
		names = append(names, r.Name)
	}
	return listed(v, names)
}

func listed(v words.Voice, names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return v.Say("paper.or", words.V{"First": strings.Join(names[:len(names)-1], ", "), "Last": names[len(names)-1]})
}

// AnyConfidential says whether a school has a confidential round, from its draft on.
func (s Store) AnyConfidential(ctx context.Context, school string) (bool, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Round{}).Where("school_id = ? AND mode = ? AND state <> ?", school, Confidential, Cancelled).Count(&n).Error
	return n > 0, err
}

package roster

import (
	"context"
	"fmt"
	"slices"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Intake is a whole roll at once: people, groups, who is in which, and who holds which role. Whoever makes it gives
// people and groups their ids, so that the rest can refer to them; the school is filled in.
type Intake struct {
	People       []Person
	Groups       []Group
	Memberships  []Membership
	Appointments []Appointment
}

// TakeIn adds a whole roll in one transaction, with one audit row that holds its counts. Forbidden unless the actor
// keeps the school's people; only a head may bring roles that only a head may give.
func (s Store) TakeIn(ctx context.Context, who access.Actor, in Intake) error {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) && !who.IsClock() {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if !who.Is(access.Head) && !who.IsClock() &&
		slices.ContainsFunc(in.Appointments, func(a Appointment) bool { return guarded(access.Role(a.Role)) }) {
		return fault.Field("roles", "staff.head_only")
	}
	people, groups := slices.Clone(in.People), slices.Clone(in.Groups)
	memberships, appointments := slices.Clone(in.Memberships), slices.Clone(in.Appointments)
	for i := range people {
		people[i].SchoolID = who.School
	}
	for i := range groups {
		groups[i].SchoolID = who.School
	}
	for i := range memberships {
		memberships[i].SchoolID = who.School
	}
	for i := range appointments {
		appointments[i].SchoolID = who.School
		if appointments[i].ID == "" {
			appointments[i].ID = storage.NewID()
		}
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		// People and groups first: the rest refers to them.
		for _, rows := range []struct {
			n    int
			list any
		}{{len(people), &people}, {len(groups), &groups}, {len(memberships), &memberships}, {len(appointments), &appointments}} {
			if rows.n == 0 {
				continue
			}
			if err := tx.Write(ctx).CreateInBatches(rows.list, 500).Error; err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, who, "people.take_in", "school", who.School,
			fmt.Sprintf("%d people, %d groups", len(people), len(groups)))
	})
}

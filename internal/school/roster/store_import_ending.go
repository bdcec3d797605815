package roster

import (
	"context"
	"slices"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// endPeople ends people today, and their places in groups with them.
func (s Store) endPeople(ctx context.Context, school string, people []string, today storage.Date) error {
	for part := range slices.Chunk(people, batch) {
		err := s.db.Write(ctx).Model(&Person{}).Where("school_id = ? AND id IN ? AND ended_on = ''", school, part).Update("ended_on", today).Error
		if err != nil {
			return err
		}
		err = s.db.Write(ctx).Model(&Membership{}).Where("school_id = ? AND person_id IN ? AND ended_on = ''", school, part).Update("ended_on", today).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// endGroups ends groups that nobody is in. Their teachers' places end as well: a group of the same name next year must
// not bring back last year's teacher as its reader.
func (s Store) endGroups(ctx context.Context, school string, groups []string, today storage.Date) error {
	for part := range slices.Chunk(groups, batch) {
		err := s.db.Write(ctx).Model(&Group{}).Where("school_id = ? AND id IN ?", school, part).Update("ended_on", today).Error
		if err != nil {
			return err
		}
		err = s.db.Write(ctx).Model(&Membership{}).Where("school_id = ? AND group_id IN ? AND ended_on = ''", school, part).Update("ended_on", today).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// EndStaff takes a member of staff off the list today, with their roles and classes, and returns who it was. Faults:
// Conflict staff.oneself, staff.last_head; Forbidden staff.head_only when somebody who is no head would end a head, a
// leader, an administrator or a safeguarding lead.
func (s Store) EndStaff(ctx context.Context, who access.Actor, id string) (StaffMember, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return StaffMember{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var m StaffMember
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx)
		var err error
		if m, err = st.Staff(ctx, who.School, id); err != nil {
			return err
		}
		if m.ID == who.Person {
			return fault.New(fault.Conflict, "staff.oneself")
		}
		if !who.Is(access.Head) && m.HoldsKeys() {
			return fault.New(fault.Forbidden, "staff.head_only")
		}
		if m.Is(access.Head) {
			heads, err := st.Holders(ctx, who.School, access.Head)
			if err != nil {
				return err
			}
			if len(heads) < 2 {
				return fault.New(fault.Conflict, "staff.last_head")
			}
		}
		today := storage.DateOf(tx.Now(), time.UTC)
		if err := st.endPeople(ctx, who.School, []string{id}, today); err != nil {
			return err
		}
		err = tx.Write(ctx).Model(&Appointment{}).Where("school_id = ? AND person_id = ? AND (ends_on = '' OR ends_on > ?)", who.School, id, today).
			Update("ends_on", today).Error
		if err != nil {
			return err
		}
		if err := st.noteChair(ctx, who, m.Person, false, false); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "staff.end", "person", id, "")
	})
	return m, err
}

// HoldsKeys says whether they hold a role that only a head gives and takes. Whoever could change such a person's
// address or hand out their link could become them.
func (m StaffMember) HoldsKeys() bool {
	return slices.ContainsFunc(m.Held, func(a Appointment) bool { return guarded(access.Role(a.Role)) })
}

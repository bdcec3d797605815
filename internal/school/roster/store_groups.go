package roster

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Years are the years a group can be in, in the order in which pages show them.
var Years = []string{"N1", "N2", "R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"}

// GroupForm is what can be changed about a group.
type GroupForm struct {
	Subject string // of a class
	Year    string // one of Years, or empty
	Size    int    // where no names are held
}

const (
	subjectMost = 40
	sizeMost    = 400
)

// ChangeGroup changes the subject and year of a group and, where its pupils are not known by name, its size. What a
// group does not have, such as the subject of a form, is left alone. Rounds that are open keep what they were opened
// with.
func (s Store) ChangeGroup(ctx context.Context, who access.Actor, id string, f GroupForm) (Group, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return Group{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var g Group
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		err := tx.Query(ctx).Where("school_id = ? AND id = ? AND ended_on = ''", who.School, id).Take(&g).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		named, err := NewStore(tx).Named(ctx, who.School, id)
		if err != nil {
			return err
		}
		if err := g.change(f, named); err != nil {
			return err
		}
		err = tx.Write(ctx).Model(&Group{}).Where("school_id = ? AND id = ?", who.School, id).Select("subject", "year", "size").Updates(&g).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "group.change", "group", id, "")
	})
	return g, err
}

// Named says whether the pupils of a group are known by name.
func (s Store) Named(ctx context.Context, school, group string) (bool, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Membership{}).Where("school_id = ? AND group_id = ? AND role = ? AND ended_on = ''", school, group, Pupil).Count(&n).Error
	return n > 0, err
}

func (g *Group) change(f GroupForm, named bool) error {
	fields := map[string]fault.Problem{}
	if g.Kind == Class {
		subject := strings.Join(strings.Fields(f.Subject), " ")
		if subject == "" || len([]rune(subject)) > subjectMost {
			fields["subject"] = fault.Problem{Key: "group.subject"}
		}
		g.Subject = subject
	}
	if f.Year != "" && f.Year != g.Year && !slices.Contains(Years, f.Year) {
		fields["year"] = fault.Problem{Key: "group.year"}
	}
	g.Year = f.Year
	if !named {
		if f.Size != g.Size && (f.Size < 1 || f.Size > sizeMost) {
			fields["size"] = fault.Problem{Key: "group.size"}
		}
		g.Size = f.Size
	}
	return fault.Fields(fields)
}

// mayTeach refuses, unless a head asks, to make somebody who holds a role that only a head gives a teacher of the group.
// Whoever teaches a class reads its results, and an administrator must not be able to let themselves or a leader do so.
// Those who teach it already may stay.
func (s Store) mayTeach(ctx context.Context, who access.Actor, group string, people []string) error {
	if who.Is(access.Head) {
		return nil
	}
	teachers, err := s.Teachers(ctx, who.School)
	if err != nil {
		return err
	}
	staff, err := s.StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	for _, m := range staff {
		teaches := slices.ContainsFunc(teachers[group], func(p Person) bool { return p.ID == m.ID })
		if slices.Contains(people, m.ID) && m.HoldsKeys() && !teaches {
			return fault.Field("teachers", "group.head_only", fault.Values{"Name": m.Name()})
		}
	}
	return nil
}

// SizeOf is how many pupils are in some groups together.
func (s Store) SizeOf(ctx context.Context, school string, groups []string) (n int, err error) {
	sizes, err := s.Sizes(ctx, school)
	for _, id := range groups {
		n += sizes[id]
	}
	return n, err
}

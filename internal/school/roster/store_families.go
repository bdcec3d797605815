package roster

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
)

// Link says that a parent or carer belongs to a pupil. Two parents of a pupil have a link each and know nothing of one
// another.
type Link struct {
	SchoolID string `gorm:"primaryKey"`
	ParentID string `gorm:"primaryKey"`
	PupilID  string `gorm:"primaryKey"`
	MayAsk   bool   // the school may write to them about this child
}

// TableName is the table links live in.
func (Link) TableName() string { return "families" }

// Family is a parent with those of their children whom the school may ask them about.
type Family struct {
	Parent   Person
	Children []Child
}

// Child is a pupil on the roll, with their form.
type Child struct {
	Person
	Form   string // its name
	Group  string // its id
	InYear string // the form's year, or the pupil's own where the form has none
}

// Families lists the parents who have a child on the roll, by name. A link about which the school must not write is left
// out; a parent of whom nothing is left is not in the list.
func (s Store) Families(ctx context.Context, school string) ([]Family, error) {
	var parents []Person
	if err := s.db.Query(ctx).Where("school_id = ? AND kind = ? AND ended_on = ''", school, Parent).Find(&parents).Error; err != nil {
		return nil, err
	}
	if len(parents) == 0 {
		return nil, nil
	}
	var links []Link
	if err := s.db.Query(ctx).Where("school_id = ? AND may_ask", school).Find(&links).Error; err != nil {
		return nil, err
	}
	children, err := s.children(ctx, school)
	if err != nil {
		return nil, err
	}
	of := map[string][]Child{}
	for _, l := range links {
		if c, ok := children[l.PupilID]; ok {
			of[l.ParentID] = append(of[l.ParentID], c)
		}
	}
	var list []Family
	for _, p := range parents {
		f := Family{Parent: p, Children: of[p.ID]}
		if len(f.Children) == 0 {
			continue
		}
		slices.SortFunc(f.Children, func(a, b Child) int {
			return cmp.Or(CompareYears(a.InYear, b.InYear), CompareNames(a.Form, b.Form), cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.ID, b.ID))
		})
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b Family) int { return comparePeople(a.Parent, b.Parent) })
	return list, nil
}

func comparePeople(a, b Person) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a.Family), strings.ToLower(b.Family)), cmp.Compare(strings.ToLower(a.Given), strings.ToLower(b.Given)), cmp.Compare(a.ID, b.ID))
}

// children are the pupils on the roll by their id, each with their form.
func (s Store) children(ctx context.Context, school string) (map[string]Child, error) {
	var pupils []Person
	if err := s.db.Query(ctx).Where("school_id = ? AND kind = ? AND ended_on = ''", school, Pupil).Find(&pupils).Error; err != nil {
		return nil, err
	}
	forms, err := s.Groups(ctx, school, Form)
	if err != nil {
		return nil, err
	}
	byID := map[string]Group{}
	for _, g := range forms {
		byID[g.ID] = g
	}
	var members []Membership
	if err := s.db.Query(ctx).Where("school_id = ? AND role = ? AND ended_on = ''", school, Pupil).Find(&members).Error; err != nil {
		return nil, err
	}
	in := map[string]Group{}
	for _, m := range members {
		if g, ok := byID[m.GroupID]; ok {
			in[m.PersonID] = g
		}
	}
	children := map[string]Child{}
	for _, p := range pupils {
		g := in[p.ID]
		children[p.ID] = Child{Person: p, Form: g.Name, Group: g.ID, InYear: cmp.Or(g.Year, p.Year)}
	}
	return children, nil
}

// Person finds somebody of a school who has not left, of any kind.
func (s Store) Person(ctx context.Context, school, id string) (Person, error) {
	var p Person
	err := s.db.Query(ctx).Where("school_id = ? AND id = ? AND ended_on = ''", school, id).Take(&p).Error
	return p, storage.Fault(err, "fault.not_found")
}

// PeopleByID finds several people of a school who have not left.
func (s Store) PeopleByID(ctx context.Context, school string, ids []string) (map[string]Person, error) {
	found := map[string]Person{}
	for part := range slices.Chunk(ids, batch) {
		var people []Person
		if err := s.db.Query(ctx).Where("school_id = ? AND id IN ? AND ended_on = ''", school, storage.Padded(part)).Find(&people).Error; err != nil {
			return nil, err
		}
		for _, p := range people {
			found[p.ID] = p
		}
	}
	return found, nil
}

// PeopleEver is PeopleByID with those who have left.
func (s Store) PeopleEver(ctx context.Context, school string, ids []string) (map[string]Person, error) {
	found := map[string]Person{}
	for part := range slices.Chunk(ids, batch) {
		var people []Person
		if err := s.db.Query(ctx).Where("school_id = ? AND id IN ?", school, storage.Padded(part)).Find(&people).Error; err != nil {
			return nil, err
		}
		for _, p := range people {
			found[p.ID] = p
		}
	}
	return found, nil
}

// ChangeParentEmail mends a parent's address; an empty one takes it away. NotFound unless they are a parent: a pupil never
// has an address, and that of staff is what they sign in with.
func (s Store) ChangeParentEmail(ctx context.Context, who access.Actor, id, typed string) (Person, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return Person{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	email, ok := identity.FoldEmail(typed)
	if !ok && strings.TrimSpace(typed) != "" {
		return Person{}, fault.Field("email", "email.wrong")
	}
	var p Person
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		var err error
		if p, err = NewStore(tx).Person(ctx, who.School, id); err != nil {
			return err
		}
		if p.Kind != Parent {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		p.Email = email
		err = tx.Write(ctx).Model(&Person{}).Where("school_id = ? AND id = ?", who.School, id).Update("email", email).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "parent.email", "parent", id, "")
	})
	return p, err
}

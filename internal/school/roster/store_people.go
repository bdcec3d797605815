package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
)

// StaffMember is a member of staff or governor with what they do.
type StaffMember struct {
	Person
	Held []Appointment
}

// Is says whether they hold a role.
func (m StaffMember) Is(role access.Role) bool {
	return slices.ContainsFunc(m.Held, func(a Appointment) bool { return a.Role == string(role) })
}

// Place is where a pupil finds them.
func (m StaffMember) Place() string {
	for _, a := range m.Held {
		if a.Place != "" {
			return a.Place
		}
	}
	return ""
}

// StaffList lists the staff and governors of a school with the roles they hold today, by name.
func (s Store) StaffList(ctx context.Context, school string) ([]StaffMember, error) {
	var people []Person
	err := s.db.Query(ctx).Where("school_id = ? AND kind IN ? AND ended_on = ''", school, []string{Staff, Governor}).
		Order("family, given, id").Find(&people).Error
	if err != nil {
		return nil, err
	}
	var held []Appointment
	today := storage.DateOf(s.db.Now(), time.UTC)
	err = s.db.Query(ctx).Where("school_id = ? AND begins_on <= ? AND (ends_on = '' OR ends_on >= ?)", school, today, today).
		Order("role, id").Find(&held).Error
	if err != nil {
		return nil, err
	}
	list := make([]StaffMember, len(people))
	for i, p := range people {
		list[i].Person = p
		for _, a := range held {
			if a.PersonID == p.ID {
				list[i].Held = append(list[i].Held, a)
			}
		}
		list[i].Held = standing(list[i].Held)
	}
	return list, nil
}

// Holders lists who holds a role today.
func (s Store) Holders(ctx context.Context, school string, role access.Role) ([]StaffMember, error) {
	list, err := s.StaffList(ctx, school)
	return slices.DeleteFunc(list, func(m StaffMember) bool { return !m.Is(role) }), err
}

// Staff finds a member of staff or governor.
func (s Store) Staff(ctx context.Context, school, id string) (StaffMember, error) {
	list, err := s.StaffList(ctx, school)
	if err != nil {
		return StaffMember{}, err
	}
	i := slices.IndexFunc(list, func(m StaffMember) bool { return m.ID == id })
	if i < 0 {
		return StaffMember{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return list[i], nil
}

// StaffForm is what is asked about a member of staff.
type StaffForm struct {
	Name  string
	Email string // may be empty: a safeguarding lead is named before they ever sign in
	Roles []access.Role
	Place string
}

func (f *StaffForm) problems() map[string]fault.Problem {
	f.Name, f.Email, f.Place = strings.TrimSpace(f.Name), strings.TrimSpace(f.Email), strings.TrimSpace(f.Place)
	fields := map[string]fault.Problem{}
	if f.Name == "" || len(f.Name) > 100 {
		fields["name"] = fault.Problem{Key: "name.empty"}
	}
	if email, ok := identity.FoldEmail(f.Email); ok {
		f.Email = email
	} else if f.Email != "" {
		fields["email"] = fault.Problem{Key: "email.wrong"}
	}
	for _, r := range f.Roles {
		if !r.Valid() {
			fields["roles"] = fault.Problem{Key: "staff.role"}
		}
	}
	if slices.Contains(f.Roles, access.Chair) && slices.ContainsFunc(f.Roles, func(r access.Role) bool { return slices.Contains(access.NeverChair, r) }) {
		fields["roles"] = fault.Problem{Key: "staff.chair_apart"}
	}
	return fields
}

// AddStaff adds a member of staff with roles.
func (s Store) AddStaff(ctx context.Context, who access.Actor, f StaffForm) (Person, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) && !who.IsClock() {
		return Person{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := fault.Fields(f.problems()); err != nil {
		return Person{}, err
	}
	if !who.Is(access.Head) && !who.IsClock() && slices.ContainsFunc(f.Roles, guarded) {
		return Person{}, fault.Field("roles", "staff.head_only")
	}
	given, family, found := cutLast(f.Name)
	if !found {
		given, family = "", f.Name
	}
	p := Person{SchoolID: who.School, ID: storage.NewID(), Kind: Staff, Given: given, Family: family, Email: f.Email}
	if len(f.Roles) == 1 && (f.Roles[0] == access.Governor || f.Roles[0] == access.TrustAnalyst) {
		p.Kind = Governor // no member of staff, who would be asked in a round for staff
	}
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := NewStore(tx).addressFree(ctx, p); err != nil {
			return err
		}
		if err := tx.Write(ctx).Create(&p).Error; err != nil {
			return err
		}
		if err := NewStore(tx).appoint(ctx, p, f); err != nil {
			return err
		}
		if err := NewStore(tx).noteChair(ctx, who, p, slices.Contains(f.Roles, access.Chair), false); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "staff.add", "person", p.ID, roleNames(f.Roles))
	})
	return p, err
}

// addressFree refuses an address that somebody else who may sign in has. A teacher may be a parent of the school as well.
func (s Store) addressFree(ctx context.Context, p Person) error {
	if p.Email == "" {
		return nil
	}
	var n int64
	err := s.db.Query(ctx).Model(&Person{}).Where("school_id = ? AND email = ? AND ended_on = '' AND id <> ? AND kind <> ?", p.SchoolID, p.Email, p.ID, Parent).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.Field("email", "staff.twice")
	}
	return err
}

// ChangeStaff changes name, address and roles. Nobody can take away the last head, and only a head may make heads and
// safeguarding leads or change their address, or let an administrator teach: an administrator who could would hold the
// keys to what they must not read. Somebody who signs in at this school alone signs in with the new address from now on.
func (s Store) ChangeStaff(ctx context.Context, who access.Actor, id string, f StaffForm) error {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := fault.Fields(f.problems()); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx)
		m, err := st.Staff(ctx, who.School, id)
		if err != nil {
			return err
		}
		if !who.Is(access.Head) {
			for _, r := range access.Roles {
				if guarded(r) && m.Is(r) != slices.Contains(f.Roles, r) {
					return fault.Field("roles", "staff.head_only")
				}
			}
			if m.Is(access.Administrator) && !m.Is(access.Teacher) && slices.Contains(f.Roles, access.Teacher) {
				return fault.Field("roles", "staff.teaching_administrator")
			}
		}
		if f.Email != m.Email {
			if err := st.changeAddress(ctx, tx, who, m, f.Email); err != nil {
				return err
			}
		}
		if m.Is(access.Head) && !slices.Contains(f.Roles, access.Head) {
			heads, err := st.Holders(ctx, who.School, access.Head)
			if err != nil {
				return err
			}
			if len(heads) < 2 {
				return fault.Field("roles", "staff.last_head")
			}
		}
		given, family, found := cutLast(f.Name)
		if !found {
			given, family = "", f.Name
		}
		err = tx.Write(ctx).Model(&Person{}).Where("school_id = ? AND id = ?", who.School, id).
			Updates(map[string]any{"given": given, "family": family, "email": f.Email}).Error
		if err != nil {
			return err
		}
		today := storage.DateOf(tx.Now(), time.UTC)
		if err := tx.Write(ctx).Where("school_id = ? AND person_id = ? AND begins_on = ?", who.School, id, today).Delete(&Appointment{}).Error; err != nil {
			return err
		}
		yesterday := storage.DateOf(tx.Now().AddDate(0, 0, -1), time.UTC)
		err = tx.Write(ctx).Model(&Appointment{}).Where("school_id = ? AND person_id = ? AND ends_on = ''", who.School, id).Update("ends_on", yesterday).Error
		if err != nil {
			return err
		}
		if err := st.appoint(ctx, m.Person, f); err != nil {
			return err
		}
		moved := m.Email != "" && f.Email != m.Email
		m.Email = f.Email
		if err := st.noteChair(ctx, who, m.Person, slices.Contains(f.Roles, access.Chair), moved); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "staff.change", "person", id, roleNames(f.Roles))
	})
}

// changeAddress checks a new address of somebody and hands it on to the account they sign in with, unless another
// school trusts that account too. The old address must not go on opening it: it may be somebody else's next year.
func (s Store) changeAddress(ctx context.Context, tx *storage.DB, who access.Actor, m StaffMember, email string) error {
	if m.HoldsKeys() && !who.Is(access.Head) {
		return fault.Field("email", "invitation.head_only")
	}
	m.Email = email
	if err := s.addressFree(ctx, m.Person); err != nil || email == "" || m.AccountID == nil {
		return err
	}
	schools, err := s.Schools(ctx, *m.AccountID)
	if err != nil || slices.ContainsFunc(schools, func(other School) bool { return other.SchoolID != who.School }) {
		return err
	}
	return identity.ChangeEmail(ctx, tx, *m.AccountID, email)
}

// SignIn is the account that a link for somebody opens: the one they have, or else that of their address, which is made
// if there is none. Faults: Invalid invitation.no_email; Conflict invitation.taken when somebody else of the school
// signs in with that account, so that no link hands it to a second person.
func (s Store) SignIn(ctx context.Context, id identity.Store, m StaffMember) (identity.Account, error) {
	if m.AccountID != nil {
		return id.Account(ctx, *m.AccountID)
	}
	email, ok := identity.FoldEmail(m.Email)
	if !ok {
		return identity.Account{}, fault.Field("email", "invitation.no_email")
	}
	a, err := id.EnsureAccount(ctx, email, m.Name())
	if err != nil {
		return identity.Account{}, err
	}
	var n int64
	err = s.db.Query(ctx).Model(&Person{}).Where("school_id = ? AND account_id = ? AND ended_on = '' AND id <> ?", m.SchoolID, a.ID, m.ID).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "invitation.taken")
	}
	return a, err
}

// guarded roles are given and taken by a head alone.
func guarded(r access.Role) bool { return r != access.Teacher && r != access.Governor }

func (s Store) appoint(ctx context.Context, p Person, f StaffForm) error {
	today := storage.DateOf(s.db.Now(), time.UTC)
	for _, r := range f.Roles {
		place := ""
		if r == access.SafeguardingLead || r == access.SafeguardingDeputy {
			place = f.Place
		}
		a := Appointment{SchoolID: p.SchoolID, ID: storage.NewID(), PersonID: p.ID, Role: string(r), Place: place, BeginsOn: today}
		if err := s.db.Write(ctx).Create(&a).Error; err != nil {
			return err
		}
	}
	return nil
}

// LinkAccount lets an account act as a person.
func (s Store) LinkAccount(ctx context.Context, school, person, account string) error {
	return s.db.Write(ctx).Model(&Person{}).Where("school_id = ? AND id = ?", school, person).Update("account_id", account).Error
}

// Pupils lists the pupils on the roll.
func (s Store) Pupils(ctx context.Context, school string) ([]Person, error) {
	var people []Person
	err := s.db.Query(ctx).Where("school_id = ? AND kind = ? AND ended_on = ''", school, Pupil).Order("family, given, id").Find(&people).Error
	return people, err
}

func roleNames(roles []access.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, " ")
}

func cutLast(name string) (before, after string, found bool) {
	i := strings.LastIndex(name, " ")
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

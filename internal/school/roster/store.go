package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Store keeps schools, groups and people.
type Store struct{ db *storage.DB }

// NewStore works on db, which may be a transaction.
func NewStore(db *storage.DB) Store { return Store{db} }

// CreateSchool adds a school. It is the one deed that needs no actor: nobody has a role before the school exists.
func (s Store) CreateSchool(ctx context.Context, school School) (School, error) {
	fields := school.problems()
	if err := fault.Fields(fields); err != nil {
		return School{}, err
	}
	school.SchoolID = storage.NewID()
	school.CreatedAt = s.db.Now()
	return school, s.db.Write(ctx).Create(&school).Error
}

func (s *School) problems() map[string]fault.Problem {
	s.Name = strings.TrimSpace(s.Name)
	fields := map[string]fault.Problem{}
	if s.Name == "" || len(s.Name) > 120 {
		fields["school"] = fault.Problem{Key: "school.name"}
	}
	if !slices.Contains(Nations, s.Nation) {
		fields["nation"] = fault.Problem{Key: "school.nation"}
	}
	if s.TimeZone == "" {
		s.TimeZone = "Europe/London"
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		fields["time_zone"] = fault.Problem{Key: "school.time_zone"}
	}
	s.AskingMinutes = s.Asking()
	if s.Roll < 1 || s.Roll > 20000 {
		fields["roll"] = fault.Problem{Key: "school.roll"}
	}
	for _, hour := range []*string{&s.OpensAt, &s.ClosesAt} {
		if *hour == "" {
			*hour = map[bool]string{true: "08:30", false: "16:00"}[hour == &s.OpensAt]
		}
		if _, err := time.Parse("15:04", *hour); err != nil {
			fields["hours"] = fault.Problem{Key: "school.hours"}
		}
	}
	return fields
}

// Any says whether there is any school yet.
func (s Store) Any(ctx context.Context) (bool, error) {
	var n int64
	err := s.db.Query(ctx).Model(&School{}).Limit(1).Count(&n).Error
	return n > 0, err
}

// School finds a school by its id.
func (s Store) School(ctx context.Context, id string) (School, error) {
	var school School
	err := s.db.Query(ctx).Where("school_id = ?", id).Take(&school).Error
	return school, storage.Fault(err, "fault.not_found")
}

// Schools lists the schools an account serves.
func (s Store) Schools(ctx context.Context, account string) ([]School, error) {
	var schools []School
	err := s.db.Query(ctx).Where("school_id IN (?)",
		s.db.Query(ctx).Model(&Person{}).Select("school_id").Where("account_id = ? AND ended_on = ''", account)).
		Order("name").Find(&schools).Error
	return schools, err
}

// SchoolsNamed lists the schools of a name; all of them without one.
func (s Store) SchoolsNamed(ctx context.Context, name string) ([]School, error) {
	var schools []School
	err := s.db.Query(ctx).Where("name = ? OR ? = ''", name, name).Order("name").Find(&schools).Error
	return schools, err
}

// SaveSettings changes a school's settings.
func (s Store) SaveSettings(ctx context.Context, who access.Actor, school School) error {
	if !access.Can(who, access.ManageSchool, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := fault.Fields(school.problems()); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		err := tx.Write(ctx).Model(&School{}).Where("school_id = ?", who.School).
			Select("name", "nation", "time_zone", "roll", "opens_at", "closes_at", "helplines").Updates(&school).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "school.settings", "school", who.School, "")
	})
}

// Actor finds out what an account may do in a school today.
func (s Store) Actor(ctx context.Context, account, school string) (access.Actor, error) {
	var p Person
	err := s.db.Query(ctx).Where("school_id = ? AND account_id = ? AND ended_on = ''", school, account).Take(&p).Error
	if err != nil {
		return access.Actor{}, storage.Fault(err, "fault.not_found")
	}
	var held []Appointment
	today := storage.DateOf(s.db.Now(), time.UTC)
	err = s.db.Query(ctx).Where("school_id = ? AND person_id = ? AND begins_on <= ? AND (ends_on = '' OR ends_on >= ?)",
		school, p.ID, today, today).Find(&held).Error
	if err != nil {
		return access.Actor{}, err
	}
	a := access.Actor{Account: account, Person: p.ID, School: school, Name: p.Name()}
	for _, h := range standing(held) {
		a.Roles = append(a.Roles, access.Role(h.Role))
	}
	if a.Is(access.Chair) {
		a.ChairFrom, err = s.chairFrom(ctx, school, p.ID)
	}
	return a, err
}

// Groups lists the groups of a kind that are running, in the school's order; kind "" lists both.
func (s Store) Groups(ctx context.Context, school, kind string) ([]Group, error) {
	var groups []Group
	q := s.db.Query(ctx).Where("school_id = ? AND ended_on = ''", school)
	if kind != "" {
		q = q.Where("kind = ?", kind)
	}
	if err := q.Find(&groups).Error; err != nil {
		return nil, err
	}
	SortGroups(groups)
	return groups, nil
}

// SortGroups puts groups in the order of every page: by year, then by name.
func SortGroups(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int {
		if c := CompareYears(a.Year, b.Year); c != 0 {
			return c
		}
		return CompareNames(a.Name, b.Name)
	})
}

// SaveGroups adds groups that hold no names, or changes the stated size of those that are there. Groups that are not
// named stay as they are. A group whose pupils are known keeps counting them.
func (s Store) SaveGroups(ctx context.Context, who access.Actor, kind string, lines []GroupLine) ([]Group, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) && !who.Is(access.Leader) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var saved []Group
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		saved = nil
		have, err := NewStore(tx).Groups(ctx, who.School, kind)
		if err != nil {
			return err
		}
		for _, line := range lines {
			i := slices.IndexFunc(have, func(g Group) bool { return strings.EqualFold(g.Name, line.Name) })
			if i >= 0 {
				g := have[i]
				g.Size, g.Subject, g.Year = line.Size, line.Subject, line.Year
				if err := tx.Write(ctx).Model(&Group{}).Where("school_id = ? AND id = ?", g.SchoolID, g.ID).
					Select("size", "subject", "year").Updates(&g).Error; err != nil {
					return err
				}
				saved = append(saved, g)
				continue
			}
			g := Group{SchoolID: who.School, ID: storage.NewID(), Kind: kind, Name: line.Name, Year: line.Year,
				Subject: line.Subject, Size: line.Size, Source: "pasted"}
			if err := tx.Write(ctx).Create(&g).Error; err != nil {
				return err
			}
			saved = append(saved, g)
		}
		return audit.Record(ctx, tx, who, "groups.save", "groups", kind, "")
	})
	SortGroups(saved)
	return saved, err
}

// Sizes counts the pupils of each running group: those known by name, or else the stated size.
func (s Store) Sizes(ctx context.Context, school string) (map[string]int, error) {
	var rows []struct {
		GroupID string
		N       int
	}
	err := s.db.Query(ctx).Model(&Membership{}).Select("group_id, count(*) AS n").
		Where("school_id = ? AND role = ? AND ended_on = ''", school, Pupil).Group("group_id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	groups, err := s.Groups(ctx, school, "")
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	for _, g := range groups {
		sizes[g.ID] = g.Size
	}
	for _, r := range rows {
		sizes[r.GroupID] = r.N
	}
	return sizes, nil
}

// InTwo names two of the given groups that have a pupil in common; none where each pupil is in one of them at most.
func (s Store) InTwo(ctx context.Context, school string, groups []string) ([]string, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	var pairs []struct{ First, Second string }
	err := s.db.Query(ctx).Table("memberships AS a").Select("f.name AS first, g.name AS second").
		Joins("JOIN memberships AS b ON b.school_id = a.school_id AND b.person_id = a.person_id AND b.role = a.role AND b.ended_on = '' AND b.group_id > a.group_id").
		Joins("JOIN groups AS f ON f.school_id = a.school_id AND f.id = a.group_id").
		Joins("JOIN groups AS g ON g.school_id = b.school_id AND g.id = b.group_id").
		Where("a.school_id = ? AND a.role = ? AND a.ended_on = '' AND a.group_id IN ? AND b.group_id IN ?", school, Pupil, groups, groups).
		Limit(1).Find(&pairs).Error
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	return []string{pairs[0].First, pairs[0].Second}, nil
}

// Teachers lists who teaches each running group.
func (s Store) Teachers(ctx context.Context, school string) (map[string][]Person, error) {
	var rows []struct {
		GroupID string
		Person
	}
	err := s.db.Query(ctx).Model(&Membership{}).Select("memberships.group_id, people.*").
		Joins("JOIN people ON people.school_id = memberships.school_id AND people.id = memberships.person_id").
		Where("memberships.school_id = ? AND memberships.role = 'teacher' AND memberships.ended_on = '' AND people.ended_on = ''", school).
		Order("people.family, people.given").Find(&rows).Error
	teachers := map[string][]Person{}
	for _, r := range rows {
		if !slices.ContainsFunc(teachers[r.GroupID], func(p Person) bool { return p.ID == r.Person.ID }) {
			teachers[r.GroupID] = append(teachers[r.GroupID], r.Person)
		}
	}
	return teachers, err
}

// Teach names the teachers of a group; those not named any more end today.
func (s Store) Teach(ctx context.Context, who access.Actor, group string, people []string) error {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) && !who.Is(access.Leader) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := NewStore(tx).mayTeach(ctx, who, group, people); err != nil {
			return err
		}
		today := storage.DateOf(tx.Now(), time.UTC)
		err := tx.Write(ctx).Model(&Membership{}).
			Where("school_id = ? AND group_id = ? AND role = 'teacher' AND ended_on = '' AND person_id NOT IN ?", who.School, group, append([]string{""}, people...)).
			Update("ended_on", today).Error
		if err != nil {
			return err
		}
		var running []string
		err = tx.Query(ctx).Model(&Membership{}).Where("school_id = ? AND group_id = ? AND role = 'teacher' AND ended_on = ''", who.School, group).Pluck("person_id", &running).Error
		if err != nil {
			return err
		}
		for _, p := range people {
			if slices.Contains(running, p) {
				continue
			}
			running = append(running, p)
			m := Membership{SchoolID: who.School, GroupID: group, PersonID: p, Role: "teacher", BeganOn: today}
			err := tx.Write(ctx).Clauses(clause.OnConflict{DoUpdates: clause.Assignments(map[string]any{"ended_on": ""}), Columns: membershipKey}).Create(&m).Error
			if err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, who, "group.teachers", "group", group, "")
	})
}

var membershipKey = []clause.Column{{Name: "school_id"}, {Name: "group_id"}, {Name: "person_id"}, {Name: "role"}, {Name: "began_on"}}

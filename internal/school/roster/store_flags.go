package roster

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Flag is something that the school's lists say of pupils, such as that they have free school meals.
type Flag struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	Name     string // as charts and the promise say it
	People   int    `gorm:"-"` // how many have it
}

// Flagged says that it is so of somebody.
type Flagged struct {
	SchoolID string `gorm:"primaryKey"`
	FlagID   string `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
}

// TableName is the table it lives in.
func (Flagged) TableName() string { return "flagged" }

// flagsMost is how many a school may keep.
const flagsMost = 12

// Flags lists a school's flags by name, and of how many pupils they are.
func (s Store) Flags(ctx context.Context, school string) ([]Flag, error) {
	var list []Flag
	if err := s.db.Query(ctx).Where("school_id = ?", school).Order("name, id").Find(&list).Error; err != nil {
		return nil, err
	}
	var counts []struct {
		FlagID string
		N      int
	}
	err := s.db.Query(ctx).Model(&Flagged{}).Select("flag_id, COUNT(*) AS n").Where("school_id = ?", school).Group("flag_id").Find(&counts).Error
	for _, c := range counts {
		for i := range list {
			if list[i].ID == c.FlagID {
				list[i].People = c.N
			}
		}
	}
	return list, err
}

// FlagsOf says which of these flags each person has, sorted.
func (s Store) FlagsOf(ctx context.Context, school string, people, flags []string) (map[string][]string, error) {
	var rows []Flagged
	err := s.db.Write(ctx).Where("school_id = ? AND ? AND ?", school, s.db.In("flag_id", flags), s.db.In("person_id", people)).Order("flag_id").Find(&rows).Error
	of := map[string][]string{}
	for _, r := range rows {
		of[r.PersonID] = append(of[r.PersonID], r.FlagID)
	}
	return of, err
}

// SaveFlag sets of whom something is so: lines, each the id of a pupil in the school's own list or their whole name. Without a
// line that is nobody's, all is stored, or nothing. Faults: Forbidden; Invalid flag.name, flag.many, flag.unknown, flag.two,
// flag.unknown_two, each with all lines that are wrong.
func (s Store) SaveFlag(ctx context.Context, who access.Actor, id, name, lines string) (Flag, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return Flag{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > 60 {
		return Flag{}, fault.Field("name", "flag.name")
	}
	f := Flag{SchoolID: who.School, ID: id, Name: name}
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := NewStore(tx)
		have, err := st.Flags(ctx, who.School)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(have, func(h Flag) bool { return h.ID == id })
		switch {
		case id != "" && !known:
			return fault.New(fault.NotFound, "fault.not_found")
		case slices.ContainsFunc(have, func(h Flag) bool { return h.ID != id && strings.EqualFold(h.Name, name) }):
			return fault.Field("name", "flag.taken")
		case id == "" && len(have) >= flagsMost:
			return fault.Field("name", "flag.many", fault.Values{"Most": flagsMost})
		case id == "":
			f.ID = storage.NewID()
		}
		people, err := st.flagged(ctx, who.School, lines)
		if err != nil {
			return err
		}
		f.People = len(people)
		key := []clause.Column{{Name: "school_id"}, {Name: "id"}}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"name"})}).Create(&f).Error; err != nil {
			return err
		}
		if err := tx.Write(ctx).Where("school_id = ? AND flag_id = ?", who.School, f.ID).Delete(&Flagged{}).Error; err != nil {
			return err
		}
		var rows []Flagged
		for _, p := range people {
			rows = append(rows, Flagged{who.School, f.ID, p})
		}
		if len(rows) > 0 {
			if err := tx.Write(ctx).CreateInBatches(&rows, 400).Error; err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, who, "flag.save", "flag", f.ID, fmt.Sprint(len(people)))
	})
	return f, err
}

// flagged finds the pupils that lines name.
func (s Store) flagged(ctx context.Context, school, lines string) ([]string, error) {
	pupils, err := s.Pupils(ctx, school)
	if err != nil {
		return nil, err
	}
	by := map[string][]string{}
	for _, p := range pupils {
		if p.SourceID != "" {
			by[strings.ToLower(p.SourceID)] = append(by[strings.ToLower(p.SourceID)], p.ID)
		}
		by[strings.ToLower(p.Name())] = append(by[strings.ToLower(p.Name())], p.ID)
	}
	var found []string
	var unknown, two []int
	for n, line := range strings.Split(lines, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		switch ids := by[strings.ToLower(line)]; {
		case len(ids) == 0:
			unknown = append(unknown, n+1)
		case len(ids) > 1:
			two = append(two, n+1)
		case !slices.Contains(found, ids[0]):
			found = append(found, ids[0])
		}
	}
	key := "flag.unknown"
	switch {
	case len(unknown) > 0 && len(two) > 0:
		key = "flag.unknown_two"
	case len(two) > 0:
		key = "flag.two"
	case len(unknown) == 0:
		return found, nil
	}
	first, more := linesSaid(unknown)
	firstTwo, moreTwo := linesSaid(two)
	return nil, fault.Field("people", key, fault.Values{"Count": len(unknown) + len(two), "Lines": first, "More": more, "Two": firstTwo, "MoreTwo": moreTwo})
}

// linesMost is how many lines that are wrong are named one by one.
const linesMost = 10

// linesSaid lists the first lines by number, and how many more there are.
func linesSaid(list []int) (first string, more int) {
	var said []string
	for _, n := range list[:min(len(list), linesMost)] {
		said = append(said, strconv.Itoa(n))
	}
	return strings.Join(said, ", "), max(0, len(list)-linesMost)
}

// FlagLines lists the pupils of a flag as SaveFlag reads them: by id where the school's list has one, else by name.
func (s Store) FlagLines(ctx context.Context, who access.Actor, id string) ([]string, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var ids []string
	if err := s.db.Query(ctx).Model(&Flagged{}).Where("school_id = ? AND flag_id = ?", who.School, id).Pluck("person_id", &ids).Error; err != nil {
		return nil, err
	}
	people, err := s.PeopleByID(ctx, who.School, ids)
	var lines []string
	for _, p := range people {
		if p.SourceID != "" {
			lines = append(lines, p.SourceID)
		} else {
			lines = append(lines, p.Name())
		}
	}
	slices.SortFunc(lines, CompareNames)
	return lines, err
}

// RemoveFlag forgets a flag and of whom it was. Rounds that are open keep what they took.
func (s Store) RemoveFlag(ctx context.Context, who access.Actor, id string) error {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Where("school_id = ? AND flag_id = ?", who.School, id).Delete(&Flagged{}).Error; err != nil {
			return err
		}
		res := tx.Write(ctx).Where("school_id = ? AND id = ?", who.School, id).Delete(&Flag{})
		if res.Error == nil && res.RowsAffected == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		} else if res.Error != nil {
			return res.Error
		}
		return audit.Record(ctx, tx, who, "flag.remove", "flag", id, "")
	})
}

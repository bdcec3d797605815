package roster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// PupilList is the source of people and groups that came from a flat pupil list.
const PupilList = "pupil list"

// List is a pupil list that has been read and checked. It is the whole truth about who is on the roll: whoever came
// from an earlier list and is not in this one has left.
type List struct {
	Hash string // SHA-256 of the file, for the audit trail
	Rows []ListRow
	Held []string // ids that stand in the file on a line that cannot be used: these people stay as they are
}

// ListRow is one pupil of a list.
type ListRow struct {
	ID       string // as the list has it
	Given    string
	Family   string
	Year     string
	Form     string
	Classes  []ListClass
	Left     bool         // the list itself says that they are not on the roll
	LeavesOn storage.Date // their last day, where the list names it
}

// ListClass is a class as a list names it; the subject may be empty.
type ListClass struct {
	Subject string
	Name    string
}

// hash is of the fields that are kept, so that the same row is known again without comparing it.
func (r ListRow) hash() string {
	parts := []string{r.Given, r.Family, r.Year, r.Form}
	for _, c := range r.Classes {
		parts = append(parts, c.Subject+"\x01"+c.Name)
	}
	slices.Sort(parts[4:])
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func (r ListRow) onRoll(today storage.Date) bool {
	return !r.Left && (r.LeavesOn == "" || r.LeavesOn >= today)
}

// Plan is what a list would change, with names for the person who has to confirm it.
type Plan struct {
	Added     []PlanLine
	Changed   []PlanLine // name or year
	Moved     []PlanLine // form or classes
	Left      []PlanLine
	Back      []PlanLine // had left, and are in the list again
	Unchanged int
	OffRoll   int      // rows of people who have left
	OnRoll    int      // pupils of earlier lists who are on the roll now
	NewGroups []string // forms and classes that are made
	Regrouped int      // forms and classes that get a subject, a year, or the names of their pupils
	Ending    []string // forms and classes that nobody is in any more
	Emptied   []string // groups of an open round that would lose all their pupils
}

// PlanLine is one pupil of a plan.
type PlanLine struct {
	ID   string // as the list has it
	Name string
	Year string
	From string // groups, or name and year, as they are
	To   string // as they would be
}

// Braked says whether so many would leave that somebody has to type the number: more than one in ten. An export of
// one year group taken for the whole school looks like that.
func (p Plan) Braked() bool { return len(p.Left)*10 > p.OnRoll }

// Fingerprint is the same for two plans that would do the same.
func (p Plan) Fingerprint() string {
	h := sha256.New()
	for i, lines := range [][]PlanLine{p.Added, p.Changed, p.Moved, p.Left, p.Back} {
		for _, l := range lines {
			h.Write([]byte{byte(i)})
			h.Write([]byte(strings.Join([]string{l.ID, l.Name, l.Year, l.From, l.To}, "\x00")))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Report counts what was done.
type Report struct {
	Added, Changed, Moved, Left, Back, Unchanged int
	NewGroups, EndedGroups, Regrouped            int
}

// Changes is how many people were touched.
func (r Report) Changes() int { return r.Added + r.Changed + r.Moved + r.Left + r.Back }

// GroupChanges is how many forms and classes were touched.
func (r Report) GroupChanges() int { return r.NewGroups + r.EndedGroups + r.Regrouped }

// Report is the plan in numbers.
func (p Plan) Report() Report {
	return Report{Added: len(p.Added), Changed: len(p.Changed), Moved: len(p.Moved), Left: len(p.Left), Back: len(p.Back),
		Unchanged: p.Unchanged, NewGroups: len(p.NewGroups), EndedGroups: len(p.Ending), Regrouped: p.Regrouped}
}

// Confirm is what somebody agreed to when they saw the plan.
type Confirm struct {
	Leavers int    // the number typed, where the plan asked for it
	Plan    string // fingerprint of the plan they saw; empty to apply whatever the plan is now
}

// Plan works out what a list would change and writes nothing. asked are the groups of rounds that are open.
func (s Store) Plan(ctx context.Context, who access.Actor, list List, asked []string) (Plan, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return Plan{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	w, err := s.work(ctx, who, list, asked)
	return w.plan, err
}

// work is a plan together with the rows that it would write.
type work struct {
	plan    Plan
	people  []Person            // to add or to change
	left    []string            // people who leave
	groups  []Group             // to add or to change
	ending  []string            // groups that end
	joining []Membership        // to add
	leaving map[string][]string // group -> people who leave it
}

func (s Store) work(ctx context.Context, who access.Actor, list List, asked []string) (work, error) {
	held, err := checkList(list)
	if err != nil {
		return work{}, err
	}
	var people []Person
	if err := s.db.Query(ctx).Where("school_id = ? AND source = ? AND kind = ?", who.School, PupilList, Pupil).Find(&people).Error; err != nil {
		return work{}, err
	}
	var members []Membership
	if err := s.db.Query(ctx).Where("school_id = ? AND role = ? AND ended_on = ''", who.School, Pupil).Find(&members).Error; err != nil {
		return work{}, err
	}
	var groups []Group
	if err := s.db.Query(ctx).Where("school_id = ?", who.School).Order("id").Find(&groups).Error; err != nil {
		return work{}, err
	}
	today := storage.DateOf(s.db.Now(), time.UTC)
	rows := make([]ListRow, 0, len(list.Rows))
	w := work{leaving: map[string][]string{}}
	for _, row := range list.Rows {
		if row.onRoll(today) {
			rows = append(rows, row)
		} else {
			w.plan.OffRoll++
		}
	}
	d := differ{work: &w, school: who.School, today: today, in: map[string][]string{}, names: map[string]string{}, size: map[string]int{}}
	d.resolve(groups, rows)
	for _, m := range members {
		d.in[m.PersonID] = append(d.in[m.PersonID], m.GroupID)
		d.size[m.GroupID]++
	}
	before := map[string]int{}
	for g, n := range d.size {
		before[g] = n
	}
	d.compare(people, rows, held)
	d.endGroups(groups, before, asked)
	return w, nil
}

// checkList refuses a list that would corrupt people: an empty id, or one id twice.
func checkList(list List) (held map[string]bool, err error) {
	held = map[string]bool{}
	for _, id := range list.Held {
		held[id] = true
	}
	seen := map[string]bool{}
	for _, row := range list.Rows {
		if row.ID == "" || seen[row.ID] || held[row.ID] {
			return nil, fault.New(fault.Invalid, "import.twice")
		}
		seen[row.ID] = true
	}
	return held, nil
}

// OnRoll counts the pupils who are known by name, for pages that need no names.
func (s Store) OnRoll(ctx context.Context, school string) (int, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Person{}).Where("school_id = ? AND kind = ? AND ended_on = ''", school, Pupil).Count(&n).Error
	return int(n), err
}

package round

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// FromFile is the origin of a round whose answers were collected elsewhere and brought in from a file. Nobody was asked
// here, and Earshot promised nothing.
const FromFile = "file"

// BroughtIn says whether the answers of a round were collected elsewhere.
func (r Round) BroughtIn() bool { return r.Origin == FromFile }

// Trial is how long nobody may look at what was brought in, so that a wrong file can be withdrawn before anybody has seen
// a figure of it.
const Trial = 24 * time.Hour

// OnTrial says whether a brought-in round can still be withdrawn, and shows nothing yet.
func (r Round) OnTrial(now time.Time) bool {
	return r.BroughtIn() && r.State == Settled && r.SettledAt != nil && now.Before(r.SettledAt.Add(Trial))
}

// apart is how far from each other the days of two askings have to lie for their answers to be two askings, and not two
// versions of one file.
const apart = 60 * 24 * time.Hour

// since is when a round belongs in a list.
func (r Round) since() time.Time {
	if r.BroughtIn() {
		return r.ClosesAt
	}
	return r.CreatedAt
}

// Brought is what a leader says about answers that were collected elsewhere.
type Brought struct {
	// ID is that of the round to be, made up before: the same brought in twice is a Conflict. Empty: a new one.
	ID         string
	SurveyID   string
	Without    []string // questions of the survey that the file has no answers to
	Title      string
	Why        string
	MayChange  string
	Purpose    access.Purpose
	Asked      storage.Date // the last day on which people answered
	ReplyBy    storage.Date
	ReplyPlace string
	Readers    []string // people
	Kind       string   // of the groups: UnitClass, UnitForm, UnitYear; empty where there are none
	Subject    string   // of classes
	Taught     bool     // the classes are those that the school has now, with the teachers they have now
	Groups     []BroughtGroup
	Size       int // people asked altogether, where there are no groups; 0: not known
	// Told says that somebody has made sure: those who answered were told that their answers may be used like this.
	Told bool
}

// BroughtGroup is a class, form or year that the file tells apart.
type BroughtGroup struct {
	Name string // of a year as rosters write it
	Year string // as rosters write it, or as the file says; empty: not known
	Size int    // people asked; 0: not known
}

// about is what a round of these answers is about.
func (f Brought) about(doc survey.Document) About {
	ofClass := func(q survey.Question) bool { return q.About == bank.AboutThisClass }
	if f.Kind == UnitClass || slices.ContainsFunc(doc.Questions(), ofClass) {
		return AboutClasses
	}
	return AboutSchool
}

// problems says what is missing, and what does not go together.
func (f *Brought) problems(doc survey.Document, school roster.School, now time.Time) map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	wrong := func(field, key string, values ...fault.Values) {
		p := fault.Problem{Key: key}
		if len(values) > 0 {
			p.Values = values[0]
		}
		fields[field] = p
	}
	for name, text := range map[string]*string{"title": &f.Title, "why": &f.Why, "may_change": &f.MayChange} {
		if *text = strings.TrimSpace(*text); *text == "" {
			wrong(name, "bring_in."+name)
		} else if len([]rune(*text)) > 300 {
			wrong(name, "round.long")
		}
	}
	today := storage.DateOf(now, school.Zone())
	if !f.Asked.Valid() || f.Asked > today || f.Asked < "1990-01-01" {
		wrong("asked", "bring_in.asked")
	}
	switch {
	case !f.ReplyBy.Valid() || f.ReplyBy <= today:
		wrong("reply_by", "bring_in.reply_by")
	case f.ReplyBy > storage.DateOf(now.AddDate(0, 3, 0), school.Zone()):
		wrong("reply_by", "round.reply_late")
	}
	if len(f.Readers) == 0 {
		wrong("readers", "round.readers")
	}
	if !f.Told {
		wrong("told", "bring_in.told")
	}
	if f.Purpose != access.ForLearning && f.Purpose != access.ForSchool {
		wrong("purpose", "round.purpose")
	}
	if f.Subject = strings.TrimSpace(f.Subject); f.Kind == UnitClass && f.Subject == "" {
		wrong("subject", "bring_in.subject")
	} else if len([]rune(f.Subject)) > 60 {
		wrong("subject", "round.long")
	}
	switch {
	case f.Kind == "" && len(f.Groups) > 0:
		wrong("kind", "bring_in.kind")
	case f.Kind == "":
	case f.Kind != UnitClass && f.Kind != UnitForm && f.Kind != UnitYear:
		wrong("kind", "bring_in.kind")
	case school.IsSmall():
		wrong("kind", "bring_in.small")
	case doc.Audience == bank.Staff:
		wrong("kind", "bring_in.staff")
	case doc.Audience == bank.Parents && f.Kind != UnitYear:
		wrong("kind", "bring_in.parents")
	case f.Kind == UnitForm && f.about(doc) == AboutClasses:
		wrong("kind", "bring_in.class_items")
	}
	seen := map[string]bool{}
	for _, g := range f.Groups {
		if strings.TrimSpace(g.Name) == "" || seen[g.Name] || g.Size < 0 {
			wrong("kind", "bring_in.groups")
		}
		seen[g.Name] = true
	}
	switch {
	case isAdults(doc.Audience) && f.Purpose != access.ForSchool:
		wrong("purpose", "round.adults_purpose")
	case f.Purpose == access.ForLearning && f.about(doc) == AboutClasses && (f.Kind != UnitClass || !f.Taught):
		wrong("purpose", "bring_in.learning")
	}
	return fields
}

// units are the school, its years and the groups, parents before children, and which unit is whose group. A group without a
// year stands in the school.
func (f Brought) units(root Unit) (list []Unit, of map[string]string) {
	groups := slices.Clone(f.Groups)
	slices.SortStableFunc(groups, func(a, b BroughtGroup) int {
		if f.Kind == UnitYear {
			return roster.CompareYears(a.Name, b.Name)
		}
		return cmp.Or(roster.CompareYears(a.Year, b.Year), roster.CompareNames(a.Name, b.Name))
	})
	root.Size = f.Size
	if len(groups) > 0 {
		root.Size = sumOf(groups)
	}
	list, of = []Unit{root}, map[string]string{"": root.ID}
	for i, g := range groups {
		u := root
		u.ID, u.ParentID, u.Kind, u.Name, u.Size = storage.NewID(), root.ID, f.Kind, g.Name, g.Size
		switch {
		case f.Kind == UnitYear:
			u.Name = yearCalled(g.Name)
		case g.Year != "":
			if i == 0 || groups[i-1].Year != g.Year {
				y := root
				y.ID, y.ParentID, y.Kind, y.Name = storage.NewID(), root.ID, UnitYear, yearCalled(g.Year)
				y.Size = sumOf(slices.DeleteFunc(slices.Clone(groups), func(other BroughtGroup) bool { return other.Year != g.Year }))
				list = append(list, y)
			}
			for _, y := range list {
				if y.Kind == UnitYear && y.Name == yearCalled(g.Year) {
					u.ParentID = y.ID
				}
			}
		}
		if f.Kind == UnitClass {
			u.Subject = f.Subject
		}
		of[g.Name] = u.ID
		list = append(list, u)
	}
	for i := range list {
		list[i].Position = i
	}
	return list, of
}

// sumOf adds up how many were asked; 0 where that is not known of every group: a sum of some is nobody's number.
func sumOf(groups []BroughtGroup) int {
	sum := 0
	for _, g := range groups {
		if g.Size == 0 {
			return 0
		}
		sum += g.Size
	}
	return sum
}

// yearCalled is how a year is called on a page; what no roster knows as a year keeps its own name.
func yearCalled(year string) string {
	if roster.YearOf(year) == year {
		return YearName(year)
	}
	return year
}

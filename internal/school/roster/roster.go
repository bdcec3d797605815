// Package roster knows schools, groups and people: who belongs where.
package roster

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
)

// SmallSchool is the roll under which a school is shown as a whole and in two phases only.
const SmallSchool = 120

// School is one school and its settings.
type School struct {
	SchoolID  string `gorm:"primaryKey"`
	Name      string
	Nation    string
	TimeZone  string
	Roll      int // pupils in the whole school, as the head said
	OpensAt   string
	ClosesAt  string
	Helplines string
	Invented  bool
	CreatedAt time.Time
	Calendar  string // JSON of Calendar
	// AskingMinutes is how many minutes a term people are asked for before somebody has to say why more.
	AskingMinutes int
	// Escalation is whom adults call outside school: one a line, name and number.
	Escalation string
}

// Nations are the choices of where a school is; each has its own helplines.
var Nations = []string{"england", "wales", "scotland", "northern_ireland", "other"}

// Zone is the school's time zone; UTC if it is not known on this machine.
func (s School) Zone() *time.Location { return storage.Zone(s.TimeZone) }

// IsSmall says whether the school is small enough that people may guess.
func (s School) IsSmall() bool { return s.Roll < SmallSchool }

// Kinds of people.
const (
	Pupil    = "pupil"
	Staff    = "staff"
	Parent   = "parent"
	Governor = "governor"
)

// Person is a pupil, a member of staff, a parent or a governor of one school.
type Person struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	Kind      string
	Given     string
	Family    string
	Email     string
	AccountID *string
	Year      string
	Source    string
	SourceID  string
	RowHash   string
	EndedOn   storage.Date
}

// TableName is the table people live in.
func (Person) TableName() string { return "people" }

// Name is the person's name as it is said.
func (p Person) Name() string { return strings.TrimSpace(p.Given + " " + p.Family) }

// Kinds of groups. A pupil has one form and many classes.
const (
	Form  = "form"
	Class = "class"
)

// Group is a form or a class.
type Group struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	Kind     string
	Name     string
	Year     string
	Subject  string
	Size     int // as stated, where no names are held; otherwise 0
	Source   string
	EndedOn  storage.Date
}

// Membership puts a person in a group, for a time.
type Membership struct {
	SchoolID string       `gorm:"primaryKey"`
	GroupID  string       `gorm:"primaryKey"`
	PersonID string       `gorm:"primaryKey"`
	Role     string       `gorm:"primaryKey"` // pupil or teacher
	BeganOn  storage.Date `gorm:"primaryKey"`
	EndedOn  storage.Date
}

// Appointment is a role a person holds, for a time.
type Appointment struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	PersonID string
	Role     string
	Place    string // where a pupil finds them
	BeginsOn storage.Date
	EndsOn   storage.Date
}

// GroupLine is one group as a head types it: "9A 27".
type GroupLine struct {
	Name    string
	Year    string
	Size    int
	Subject string // for classes
}

var (
	pasteSplit = regexp.MustCompile(`[,;\n\r]+`)
	pasteLine  = regexp.MustCompile(`^(.+?)[\s:=(-]+(\d{1,3})\)?(?:\s*pupils?)?$`)
	leadingNum = regexp.MustCompile(`^(?:(?:year|yr|y|class|form)\s*)?(\d{1,2})`)
	youngYears = regexp.MustCompile(`^(N1|N2|R|reception)`)
)

// YearOf guesses the year of a group from its name: "9A" is in year 9, "10x/Ma1" in year 10, "R Elm" in R.
// It is empty where the name says nothing.
func YearOf(name string) string {
	folded := strings.ToLower(strings.TrimSpace(name))
	if m := leadingNum.FindStringSubmatch(folded); m != nil {
		if n, _ := strconv.Atoi(m[1]); n >= 1 && n <= 13 {
			return strconv.Itoa(n)
		}
	}
	if m := youngYears.FindString(strings.TrimSpace(name)); m != "" {
		return strings.ToUpper(m[:min(len(m), 2)])[:yearLen(m)]
	}
	return ""
}

func yearLen(m string) int {
	if m[0] == 'N' {
		return 2
	}
	return 1
}

// ParseGroups reads what a head pastes: "9A 27, 9B 28", one on a line or with commas between. Each problem names the
// piece it stands in.
func ParseGroups(text string) ([]GroupLine, []fault.Problem) {
	var lines []GroupLine
	var problems []fault.Problem
	seen := map[string]bool{}
	for piece := range slices.Values(pasteSplit.Split(text, -1)) {
		piece = strings.Join(strings.Fields(piece), " ")
		if piece == "" {
			continue
		}
		m := pasteLine.FindStringSubmatch(piece)
		if m == nil {
			problems = append(problems, fault.Problem{Key: "groups.unread", Values: fault.Values{"Piece": shorten(piece)}})
			continue
		}
		size, _ := strconv.Atoi(m[2])
		name := strings.TrimSpace(m[1])
		switch {
		case len([]rune(name)) > 40:
			problems = append(problems, fault.Problem{Key: "groups.long", Values: fault.Values{"Piece": shorten(piece)}})
		case size < 1 || size > 400:
			problems = append(problems, fault.Problem{Key: "groups.size", Values: fault.Values{"Piece": shorten(piece)}})
		case seen[strings.ToLower(name)]:
			problems = append(problems, fault.Problem{Key: "groups.twice", Values: fault.Values{"Name": name}})
		default:
			seen[strings.ToLower(name)] = true
			lines = append(lines, GroupLine{Name: name, Year: YearOf(name), Size: size})
		}
	}
	return lines, problems
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// CompareYears orders years as a school does: nursery, reception, then by number.
func CompareYears(a, b string) int {
	rank := func(y string) int {
		switch y {
		case "":
			return 99
		case "N1":
			return -3
		case "N2":
			return -2
		case "R":
			return -1
		}
		if n, err := strconv.Atoi(y); err == nil {
			return n
		}
		return 98
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// CompareNames orders names so that 9B comes before 10A.
func CompareNames(a, b string) int {
	ra, rb := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	digits := func(r []rune) (int, int) {
		n, i := 0, 0
		for i < len(r) && r[i] >= '0' && r[i] <= '9' && i < 9 {
			n, i = n*10+int(r[i]-'0'), i+1
		}
		return n, i
	}
	for len(ra) > 0 && len(rb) > 0 {
		na, ia := digits(ra)
		nb, ib := digits(rb)
		if ia > 0 && ib > 0 {
			if c := cmp.Compare(na, nb); c != 0 {
				return c
			}
			ra, rb = ra[ia:], rb[ib:]
			continue
		}
		if c := cmp.Compare(ra[0], rb[0]); c != 0 {
			return c
		}
		ra, rb = ra[1:], rb[1:]
	}
	return cmp.Compare(len(ra), len(rb))
}

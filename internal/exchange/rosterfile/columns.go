package rosterfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"earshot/internal/base/fault"
)

// aliases are the headings seen in real exports, the best first: the name a pupil goes by before the one in the
// papers. They are compared without spaces, signs and capitals.
var aliases = map[Field][]string{
	ID: {"MIS ID", "Student ID", "Pupil ID", "id", "Adno", "Adm No", "Admission No", "Admission Number", "External Id", "UPI",
		"Pupil No", "Pupil Number", "Student Number", "Source ID"},
	Given:  {"Preferred Forename", "Preferred First Name", "Chosen Forename", "Known As", "Forename", "First Name", "Given Name", "Forenames", "Legal Forename", "Legal First Name"},
	Family: {"Preferred Surname", "Preferred Last Name", "Chosen Surname", "Surname", "Last Name", "Family Name", "Legal Surname", "Legal Last Name"},
	Name:   {"Preferred Name", "Full Name", "Name", "Pupil Name", "Student Name", "Pupil", "Student"},
	Year: {"Year", "Year Group", "NC Year", "current_nc_year", "National Curriculum Year", "Curriculum Year", "Curriculum Year Group",
		"NC Year Actual", "Yr", "Yr Group", "Year Grp"},
	Form:    {"Reg", "Reg Group", "Registration Group", "Registration Form", "Reg Form", "Form", "Form Group", "Tutor Group", "Registration"},
	Leaving: {"Leaving Date", "Date of Leaving", "Leave Date", "DOL"},
	Status:  {"enrolment_status", "Enrollment Status", "Enrolment", "is_leaver", "Leaver", "Student Status", "Pupil Status", "On Roll"},
}

var classHeading = regexp.MustCompile(`^(class|classes|classname|classnames|teachinggroups?|teachingclass|teachingclasses|sets?)\d*$`)

// leftOut are headings of what such exports also hold and Earshot does not need. Nobody has to delete these columns:
// they are recognised and never kept.
var leftOut = regexp.MustCompile(`^(upn|formerupn|uln|gender|sex|legalsex|sen|senstatus|senprovision|senneed.*|pp|premiumpupilindicator|pupilpremium.*|disadvantaged|` +
	`fsm.*|eligibleforfreemeals|freeschoolmeals.*|freemeals|ever6.*|eal|englishasadditionallanguage.*|firstlanguage|homelanguage|ethnic.*|nationality|religion|` +
	`inleacare|everincare|incare|lookedafter.*|servicechild.*|isyoungcarer|youngcarer|dob|dateofbirth|birthdate|age|address.*|postcode|phone.*|mobile.*|telephone.*|` +
	`e?mail.*|contact.*|parent.*|guardian.*|mother.*|father.*|emergency.*|medical.*|doctor.*|allerg.*|dietary.*|attendance.*|exclu.*|suspen.*|behaviour.*|photo.*)$`)

func fold(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, heading)
}

// propose finds the column of each field by its heading.
func propose(columns []string) Mapping {
	m := Mapping{}
	for field, names := range aliases {
		for _, name := range names {
			if i := slices.IndexFunc(columns, func(c string) bool { return fold(c) == fold(name) }); i >= 0 {
				m[field] = []int{i}
				break
			}
		}
	}
	for i, c := range columns {
		if classHeading.MatchString(fold(c)) {
			m[Classes] = append(m[Classes], i)
		}
	}
	if m.has(Given) && m.has(Family) {
		delete(m, Name)
	} else if m.has(Name) {
		delete(m, Given)
		delete(m, Family)
	}
	return m
}

func (m Mapping) has(f Field) bool { return len(m[f]) > 0 }

// LeftOut says whether a heading is of something that is never kept, whoever asks for it.
func LeftOut(heading string) bool { return leftOut.MatchString(fold(heading)) }

// within drops columns that the file does not have, and those that are never kept.
func (m Mapping) within(columns []string) Mapping {
	kept := Mapping{}
	for _, f := range Fields {
		for _, i := range m[f] {
			if i >= 0 && i < len(columns) && !LeftOut(columns[i]) && !slices.Contains(kept[f], i) && (f == Classes || len(kept[f]) == 0) {
				kept[f] = append(kept[f], i)
			}
		}
	}
	return kept
}

func (m Mapping) uses(column int) bool {
	for _, columns := range m {
		if slices.Contains(columns, column) {
			return true
		}
	}
	return false
}

// header reads the first record; it is false when the list cannot be read any further.
func (r *reader) header(rec record, m Mapping) bool {
	if rec.shape == broken {
		r.report(Stop, rec.line, "", "", "R01", "r01.header")
		return false
	}
	cells := rec.cells
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > MaxColumns {
		r.report(Stop, rec.line, "", "", "F03", "f03.columns", fault.Values{"Most": MaxColumns})
		return false
	}
	for i, c := range cells {
		if c == "" {
			c = fmt.Sprintf("(%d)", i+1)
		}
		r.list.Columns = append(r.list.Columns, shorten(c))
	}
	if m == nil {
		m = propose(cells)
	}
	m = m.within(cells)
	r.list.Mapping = m
	found := strings.Join(r.list.Columns, ", ")
	missing := func(key string) {
		r.report(Stop, rec.line, "", "", "H01", "h01."+key, fault.Values{"Found": found})
	}
	if !m.has(ID) {
		missing("id")
	}
	if !m.has(Name) && !(m.has(Given) && m.has(Family)) {
		missing("names")
	}
	if !m.has(Year) && !m.has(Form) {
		missing("year")
	}
	var respelt []string
	for i, c := range r.list.Columns {
		switch {
		case m.uses(i):
			if spelling, known := spellingOf(c); known && spelling != c {
				respelt = append(respelt, c)
			}
		case LeftOut(c):
			r.report(Info, rec.line, c, "", "H03", "h03.private", fault.Values{"Column": c})
		default:
			r.report(Info, rec.line, c, "", "H03", "h03", fault.Values{"Column": c})
		}
	}
	if len(respelt) > 0 {
		r.report(Info, rec.line, "", "", "H02", "h02", fault.Values{"Columns": strings.Join(respelt, ", ")})
	}
	return !Stops(r.problems)
}

// spellingOf is the usual spelling of a heading that is known.
func spellingOf(heading string) (string, bool) {
	for _, names := range aliases {
		for _, name := range names {
			if fold(name) == fold(heading) {
				return name, true
			}
		}
	}
	return "", false
}

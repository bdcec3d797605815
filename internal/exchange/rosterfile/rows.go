package rosterfile

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/roster"
)

// Lengths of cells beyond which a stray quotation mark is more likely than a name.
const (
	idMost    = 100
	nameMost  = 100
	groupMost = 40
)

// line is a row with where it stands.
type line struct {
	roster.ListRow
	at   int
	gone bool // repeated with other content: neither line can be trusted
}

func (r *reader) rows(records []record) {
	var lines []line
	first := map[string]int{} // id -> index in lines
	for _, rec := range records {
		row, ok := r.row(rec)
		if !ok {
			// Whoever stands on a line that cannot be used must not be taken for somebody who has left.
			if id := r.cell(rec, ID); id != "" {
				r.list.Held = append(r.list.Held, id)
			}
			continue
		}
		i, twice := first[row.ID]
		if !twice {
			first[row.ID] = len(lines)
			lines = append(lines, line{ListRow: row, at: rec.line})
			continue
		}
		values := fault.Values{"Value": shorten(row.ID), "Line": lines[i].at}
		if sameRow(lines[i].ListRow, row) && !lines[i].gone {
			r.report(Info, rec.line, r.column(ID), row.ID, "V02", "v02.same", values)
			continue
		}
		r.report(Skip, rec.line, r.column(ID), row.ID, "V02", "v02", values)
		if !lines[i].gone {
			lines[i].gone = true
			r.report(Skip, lines[i].at, r.column(ID), row.ID, "V02", "v02", fault.Values{"Value": shorten(row.ID), "Line": rec.line})
			r.list.Held = append(r.list.Held, row.ID)
		}
	}
	for _, l := range lines {
		if !l.gone {
			r.list.Rows = append(r.list.Rows, l.ListRow)
		}
	}
	// A line that could not be used may stand beside a good one of the same pupil.
	slices.Sort(r.list.Held)
	r.list.Held = slices.DeleteFunc(slices.Compact(r.list.Held), func(id string) bool {
		i, ok := first[id]
		return ok && !lines[i].gone
	})
}

func sameRow(a, b roster.ListRow) bool {
	return a.Given == b.Given && a.Family == b.Family && a.Year == b.Year && a.Form == b.Form && slices.Equal(a.Classes, b.Classes) &&
		a.Left == b.Left && a.LeavesOn == b.LeavesOn
}

func (r *reader) column(f Field) string {
	if c := r.list.Mapping[f]; len(c) > 0 {
		return r.list.Columns[c[0]]
	}
	return ""
}

func (r *reader) cell(rec record, f Field) string {
	if c := r.list.Mapping[f]; len(c) > 0 && c[0] < len(rec.cells) && len(rec.cells[c[0]]) <= 4*idMost {
		return rec.cells[c[0]]
	}
	return ""
}

// row reads one record; ok is false when it has to be left out.
func (r *reader) row(rec record) (roster.ListRow, bool) {
	cells := rec.cells
	for len(cells) > len(r.list.Columns) && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case rec.shape == joined:
		r.report(Skip, rec.line, "", "", "R02", "r02")
		return roster.ListRow{}, false
	case rec.shape == broken:
		r.report(Skip, rec.line, "", "", "R01", "r01.quote")
		return roster.ListRow{}, false
	case len(cells) != len(r.list.Columns):
		r.report(Skip, rec.line, "", "", "R01", "r01", fault.Values{"Have": len(cells), "Want": len(r.list.Columns)})
		return roster.ListRow{}, false
	}
	rec.cells = cells
	for i, c := range cells {
		if r.list.Mapping.uses(i) && strings.ContainsFunc(c, isControl) {
			r.report(Skip, rec.line, r.list.Columns[i], "", "R01", "r01.control")
			return roster.ListRow{}, false
		}
	}
	row := roster.ListRow{ID: r.cell(rec, ID), Form: r.cell(rec, Form)}
	if row.Given, row.Family = r.cell(rec, Given), r.cell(rec, Family); r.list.Mapping.has(Name) && !(r.list.Mapping.has(Given) && r.list.Mapping.has(Family)) {
		row.Given, row.Family = cutName(r.cell(rec, Name))
	}
	if row.ID == "" {
		r.report(Skip, rec.line, r.column(ID), "", "V01", "v01")
		return row, false
	}
	if row.Given == "" && row.Family == "" {
		r.report(Skip, rec.line, cmp.Or(r.column(Family), r.column(Name)), "", "V01", "v01.name")
		return row, false
	}
	row.Classes = r.classes(rec)
	if r.tooLong(rec, row) {
		return row, false
	}
	r.year(rec, &row)
	r.leaver(rec, &row)
	if row.Form == "" && len(row.Classes) == 0 && !row.Left {
		r.report(Warn, rec.line, r.column(Form), "", "L02", "l02.group")
	}
	return row, true
}

func (r *reader) tooLong(rec record, row roster.ListRow) bool {
	long := func(f Field, text string, most int) bool {
		if len([]rune(text)) <= most {
			return false
		}
		value := text
		if f == Given || f == Family {
			value = mask(text)
		}
		r.report(Skip, rec.line, r.column(f), value, "R01", "r01.long", fault.Values{"Most": most})
		return true
	}
	if long(ID, row.ID, idMost) || long(Given, row.Given, nameMost) || long(Family, row.Family, nameMost) || long(Form, row.Form, groupMost) {
		return true
	}
	return slices.ContainsFunc(row.Classes, func(c roster.ListClass) bool {
		return long(Classes, c.Name, groupMost) || long(Classes, c.Subject, groupMost)
	})
}

// cutName cuts "Okafor, Amara" and "Amara Okafor".
func cutName(name string) (given, family string) {
	if family, given, found := strings.Cut(name, ","); found {
		return strings.TrimSpace(given), strings.TrimSpace(family)
	}
	i := strings.LastIndex(name, " ")
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// classes reads "Maths: 10x/Ma1; 10x/En2" from one column or several.
func (r *reader) classes(rec record) []roster.ListClass {
	var list []roster.ListClass
	for _, i := range r.list.Mapping[Classes] {
		for _, piece := range strings.FieldsFunc(rec.cells[i], func(c rune) bool { return c == ';' || c == '|' || c == ',' }) {
			piece = strings.TrimSpace(piece)
			if piece == "" {
				continue
			}
			class := roster.ListClass{Name: piece}
			if subject, name, found := strings.Cut(piece, ": "); found && subject != "" && name != "" {
				class = roster.ListClass{Subject: strings.TrimSpace(subject), Name: strings.TrimSpace(name)}
			}
			list = append(list, class)
		}
	}
	compare := func(a, b roster.ListClass) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(strings.ToLower(a.Subject), strings.ToLower(b.Subject)))
	}
	slices.SortFunc(list, compare)
	return slices.CompactFunc(list, func(a, b roster.ListClass) bool { return compare(a, b) == 0 })
}

var (
	yearNumber = regexp.MustCompile(`^(?:nc )?(?:(?:year|yr|y)\.? ?(?:group )?)?0?(\d{1,2})$`)
	yearYoung  = regexp.MustCompile(`^(?:(?:year|yr|y|nursery) ?)?(r|rec|reception|n1|n2|1|2)$`)
)

// yearOf reads a year as lists write it: "Year  4", "4", "Yr 10", "R", "N1".
func yearOf(text string) (string, bool) {
	text = strings.ToLower(text)
	if m := yearNumber.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return strconv.Itoa(n), n >= 1 && n <= 13
	}
	m := yearYoung.FindStringSubmatch(text)
	switch {
	case m == nil:
		return "", false
	case m[1][0] == 'r':
		return "R", true
	case m[1][0] == 'n':
		return strings.ToUpper(m[1]), true
	}
	return "N" + m[1], true // nursery 1
}

func (r *reader) year(rec record, row *roster.ListRow) {
	typed := r.cell(rec, Year)
	if typed != "" {
		year, ok := yearOf(typed)
		if ok {
			row.Year = year
			return
		}
		r.report(Warn, rec.line, r.column(Year), typed, "V06", "v06", fault.Values{"Value": shorten(typed)})
	}
	row.Year = roster.YearOf(row.Form)
	if row.Year == "" && typed == "" {
		r.report(Warn, rec.line, cmp.Or(r.column(Year), r.column(Form)), "", "L02", "l02.year")
	}
}

var leaverWords = []string{"l", "leaver", "left", "former", "formerpupil", "formerstudent", "offroll", "notonroll", "inactive", "withdrawn", "alumni",
	"applicant", "preadmission", "future", "pending"}

// leaver reads whether somebody is still on the roll. What is not understood counts as on the roll: nobody is put out
// of a school by a word that a program does not know.
func (r *reader) leaver(rec record, row *roster.ListRow) {
	if status := fold(r.cell(rec, Status)); status != "" {
		yes := slices.Contains([]string{"true", "t", "yes", "y", "1"}, status)
		no := slices.Contains([]string{"false", "f", "no", "n", "0"}, status)
		switch fold(r.column(Status)) {
		case "isleaver", "leaver":
			row.Left = yes || slices.Contains(leaverWords, status)
		case "onroll":
			row.Left = no || slices.Contains(leaverWords, status)
		default:
			row.Left = slices.Contains(leaverWords, status)
		}
	}
	if typed := r.cell(rec, Leaving); typed != "" {
		day, ok := dateOf(typed)
		if !ok {
			r.report(Warn, rec.line, r.column(Leaving), typed, "V04", "v04", fault.Values{"Value": shorten(typed)})
		}
		row.LeavesOn = day
	}
}

// dateOf reads a date as lists write it, the day before the month.
func dateOf(text string) (storage.Date, bool) {
	text, _, _ = strings.Cut(text, "T")
	if day, rest, found := strings.Cut(text, " "); found && strings.Contains(rest, ":") {
		text = day
	}
	for _, layout := range []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006", "2 Jan 2006", "2-Jan-2006", "2 January 2006", "2006/01/02"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 1900 {
			return storage.Date(t.Format(time.DateOnly)), true
		}
	}
	return "", false
}

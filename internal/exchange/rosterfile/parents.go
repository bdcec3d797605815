package rosterfile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// ParentField is something about one parent that a list can tell.
type ParentField string

const (
	ParentName     ParentField = "name" // both names in one column
	ParentGiven    ParentField = "given"
	ParentFamily   ParentField = "family"
	ParentEmail    ParentField = "email"
	ParentKey      ParentField = "key"      // the id that the list gives them
	ParentPriority ParentField = "priority" // 1 is the first to be called
	ParentDuty     ParentField = "duty"     // parental responsibility
	ParentBarred   ParentField = "barred"   // a court order, or no contact
)

// ParentFields are all of them, in the order of every page.
var ParentFields = []ParentField{ParentName, ParentGiven, ParentFamily, ParentEmail, ParentKey, ParentPriority, ParentDuty, ParentBarred}

// MaxParents is how many parents one line of a list may hold.
const MaxParents = 4

// ParentMapping says which columns hold what, counted from 0: the pupil's id, and one block of columns for each parent
// that a line can hold. Pupil is -1 where no column has it.
type ParentMapping struct {
	Pupil  int                   `json:"pupil"`
	Blocks []map[ParentField]int `json:"blocks"`
}

// ParentList is a list of parents as it was read, with what a person needs to correct the reading.
type ParentList struct {
	roster.ParentList
	Columns []string
	Mapping ParentMapping
}

// ReadParents reads a file with one line for each parent of a pupil, or one for each pupil with the parents in columns of
// their own, as a pupil list has them. Without a mapping it uses the one that the headings suggest. If a problem stops the
// list, it has no rows.
func ReadParents(file string, data []byte, m *ParentMapping) (ParentList, []Problem) {
	r := parentReader{reader: reader{file: shorten(file)}}
	sum := sha256.Sum256(data)
	r.list.Hash = hex.EncodeToString(sum[:])
	if records, ok := r.records(data); ok && r.header(records[0], m) {
		for _, rec := range records[1:] {
			r.line(rec)
		}
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	if Stops(r.problems) {
		r.list.Rows, r.list.Held = nil, nil
	}
	return r.list, r.problems
}

type parentReader struct {
	reader
	list ParentList
}

// say reports what only a list of parents can have wrong with it.
func (r *parentReader) say(s Severity, line int, column, value, code, key string, values ...fault.Values) {
	r.report(s, line, column, value, code, key, values...)
	r.problems[len(r.problems)-1].Key = "parents_list." + key
}

func (r *parentReader) records(data []byte) ([]record, bool) {
	if len(data) > MaxBytes {
		r.report(Stop, 0, "", "", "F03", "f03.bytes", fault.Values{"Most": MaxBytes >> 20})
		return nil, false
	}
	text, encoding := decode(data)
	if encoding == "" {
		r.report(Stop, 0, "", "", "F02", "f02.not_text")
		return nil, false
	}
	if encoding != "UTF-8" {
		r.report(Warn, 0, "", "", "F02", "f02", fault.Values{"Encoding": encoding})
	}
	records := cutRecords(text)
	switch {
	case len(records) == 0:
		r.report(Stop, 1, "", "", "H01", "h01.empty")
	case len(records)-1 > MaxRows:
		r.report(Stop, 0, "", "", "F03", "f03.rows", fault.Values{"Have": len(records) - 1, "Most": MaxRows})
	default:
		return records, true
	}
	return nil, false
}

func (r *parentReader) header(rec record, m *ParentMapping) bool {
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
		r.list.Columns = append(r.list.Columns, shorten(cmp.Or(c, "("+strconv.Itoa(i+1)+")")))
	}
	if m == nil {
		m = proposeParents(cells)
	}
	r.list.Mapping = m.within(len(cells))
	found := fault.Values{"Found": strings.Join(r.list.Columns, ", ")}
	if r.list.Mapping.Pupil < 0 {
		r.say(Stop, rec.line, "", "", "H01", "h01.pupil", found)
	}
	named := func(block map[ParentField]int) bool {
		return hasField(block, ParentName) || hasField(block, ParentFamily) || hasField(block, ParentEmail)
	}
	if !slices.ContainsFunc(r.list.Mapping.Blocks, named) {
		r.say(Stop, rec.line, "", "", "H01", "h01.parent", found)
	}
	return !Stops(r.problems)
}

func hasField(block map[ParentField]int, f ParentField) bool {
	_, ok := block[f]
	return ok
}

// within drops columns that the file does not have.
func (m ParentMapping) within(columns int) ParentMapping {
	kept := ParentMapping{Pupil: m.Pupil}
	if m.Pupil < 0 || m.Pupil >= columns {
		kept.Pupil = -1
	}
	for _, block := range m.Blocks[:min(len(m.Blocks), MaxParents)] {
		b := map[ParentField]int{}
		for f, i := range block {
			if i >= 0 && i < columns && slices.Contains(ParentFields, f) {
				b[f] = i
			}
		}
		kept.Blocks = append(kept.Blocks, b)
	}
	return kept
}

func (r *parentReader) line(rec record) {
	cells := rec.cells
	for len(cells) > len(r.list.Columns) && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	at := func(i int, ok bool) string {
		if !ok || i < 0 || i >= len(cells) || len(cells[i]) > 4*idMost {
			return ""
		}
		return cells[i]
	}
	pupil := at(r.list.Mapping.Pupil, true)
	skip := func(key string, values ...fault.Values) {
		r.report(Skip, rec.line, "", "", strings.ToUpper(key[:3]), key, values...)
		// Whoever stands on a line that cannot be used must not be taken for somebody who has left.
		if pupil != "" {
			r.list.Held = append(r.list.Held, pupil)
		}
	}
	switch {
	case rec.shape == joined:
		skip("r02")
		return
	case rec.shape == broken:
		skip("r01.quote")
		return
	case len(cells) != len(r.list.Columns):
		skip("r01", fault.Values{"Have": len(cells), "Want": len(r.list.Columns)})
		return
	case slices.ContainsFunc(cells, func(c string) bool { return strings.ContainsFunc(c, isControl) }):
		skip("r01.control")
		return
	case pupil == "":
		r.say(Skip, rec.line, r.list.Columns[r.list.Mapping.Pupil], "", "V01", "v01.pupil")
		return
	}
	for _, block := range r.list.Mapping.Blocks {
		cell := func(f ParentField) string {
			i, ok := block[f]
			return at(i, ok)
		}
		row, ok := r.parent(rec.line, pupil, block, cell)
		if ok {
			r.list.Rows = append(r.list.Rows, row)
		}
	}
}

// parent reads one parent of one line; ok is false where the cells are empty.
func (r *parentReader) parent(line int, pupil string, block map[ParentField]int, cell func(ParentField) string) (roster.ParentRow, bool) {
	row := roster.ParentRow{Key: cell(ParentKey), Pupil: pupil, Given: cell(ParentGiven), Family: cell(ParentFamily), MayAsk: mayAsk(block, cell)}
	if row.Given == "" && row.Family == "" {
		row.Given, row.Family = cutName(cell(ParentName))
	}
	typed := cell(ParentEmail)
	if row.Given == "" && row.Family == "" && typed == "" {
		return row, false
	}
	for _, name := range []string{row.Given, row.Family, row.Key} {
		if len([]rune(name)) > nameMost {
			r.report(Skip, line, "", mask(name), "R01", "r01.long", fault.Values{"Most": nameMost})
			r.list.Held = append(r.list.Held, pupil)
			return row, false
		}
	}
	if typed != "" {
		email, ok := identity.FoldEmail(typed)
		if !ok {
			r.say(Warn, line, r.list.Columns[block[ParentEmail]], mask(typed), "V05", "v05")
		}
		row.Email = email
	}
	if row.Given == "" && row.Family == "" && row.Email == "" {
		return row, false
	}
	return row, true
}

// mayAsk decides by what the list tells whether the school may write to somebody about a child: never against a court
// order or a wish for no contact; where the list says who has parental responsibility or who is called first, only those
// who have it or are among the first two.
func mayAsk(block map[ParentField]int, cell func(ParentField) string) bool {
	no := func(text string) bool {
		return slices.Contains([]string{"", "n", "no", "f", "false", "0", "none"}, fold(text))
	}
	if !no(cell(ParentBarred)) {
		return false
	}
	duty, priority := hasField(block, ParentDuty), hasField(block, ParentPriority)
	if !duty && !priority {
		return true
	}
	n, err := strconv.Atoi(cell(ParentPriority))
	return duty && !no(cell(ParentDuty)) || priority && err == nil && n >= 1 && n <= 2
}

// ParentBrakes are the problems of a plan: too many would leave, lines are about pupils that nobody knows, or a pupil's own
// name stands where a parent's should.
func ParentBrakes(file string, p roster.ParentPlan) []Problem {
	r := parentReader{reader: reader{file: shorten(file)}}
	if p.Braked() {
		r.say(Stop, 0, "", "", "B01", "b01", fault.Values{"Count": len(p.Left), "Known": p.Known})
	}
	for _, id := range p.Strangers {
		r.say(Skip, 0, "", shorten(id), "L04", "l04", fault.Values{"Value": shorten(id)})
	}
	for _, id := range p.Own {
		r.say(Skip, 0, "", shorten(id), "L05", "l05", fault.Values{"Value": shorten(id)})
	}
	if p.NotAsked > 0 {
		r.say(Info, 0, "", "", "L06", "l06", fault.Values{"Count": p.NotAsked})
	}
	return r.problems
}

package authoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// columnsPage asks what the columns of a file are.
type columnsPage struct {
	page.Base
	Errors    page.Errors
	Carried   carried
	Rows      string
	Notes     []string
	Questions []page.Field
	Scales    []scaleFields
	Unit      page.Field
	Kind      page.Field
	Subject   page.Field
	Year      page.Field
	Asked     page.Field
	Groups    []groupFields
	Dropped   []droppedColumn
}

// scaleFields ask what the values stand for that some questions have in common.
type scaleFields struct {
	Title  string
	Hint   string
	Values []page.Field
	Split  page.Field // of several choices in one cell
}

// groupFields ask about one class of the file.
type groupFields struct {
	Value            string
	Name, Year, Size page.Field
}

type droppedColumn struct{ Heading, Why string }

var columnsTemplate = page.New("authoring/bring_in_columns", "base", columnsPage{})

// field is a name of a form's field for something that stands in a file.
func fieldOf(what string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return what + "-" + hex.EncodeToString(sum[:6])
}

func (p Pages) drawColumns(c echo.Context, who access.Actor, status int, u carried, m responsefile.Mapping, scales []responsefile.Scale, found []responsefile.Problem, errs page.Errors) error {
	v := page.Voice(c)
	u.Mapping, u.Once = "", ""
	u.Seal = p.sealCarried(who, u)
	d := columnsPage{Base: p.NewBase(c, "What the columns are"), Errors: errs, Carried: u, Rows: v.Say("bring_in.rows", words.V{"Count": u.table.Rows()})}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: "Bring in answers", URL: "/rounds/bring-in"}, {Text: "Columns", Here: true}}
	d.Notes = linesOf(v, found)
	for _, col := range u.table.Columns {
		if col.Kind != responsefile.Usable {
			d.Dropped = append(d.Dropped, droppedColumn{col.Heading, v.Say("bring_in.holds." + string(col.Kind))})
		}
	}
	choose := func(name, label, heading string) page.Field {
		f := page.Field{Name: name, Label: label, Options: []page.Option{{Value: "", Label: v.Say("bring_in.no_column")}}}
		for i, col := range u.table.Columns {
			if col.Kind == responsefile.Usable {
				f.Options = append(f.Options, page.Option{Value: strconv.Itoa(i), Label: col.Heading, Chosen: col.Heading == heading})
			}
		}
		return f
	}
	for _, q := range u.docs[0].Questions() {
		if !q.Type.IsText() {
			d.Questions = append(d.Questions, choose("q-"+q.ID, q.Text, m.Questions[q.ID].Column))
		}
	}
	for _, s := range scales {
		if f, ok := scaleOf(v, s, u.docs[0]); ok {
			d.Scales = append(d.Scales, f)
		}
	}
	d.groups(v, u, m, choose)
	for _, f := range []*page.Field{&d.Unit, &d.Kind, &d.Subject, &d.Year} {
		f.Error = errs.Of(f.Name)
	}
	return columnsTemplate.Send(c, status, d)
}

// scaleOf asks for the values of one scale; ok is false where every value stands for itself.
func scaleOf(v words.Voice, s responsefile.Scale, doc survey.Document) (scaleFields, bool) {
	f := scaleFields{Hint: v.Say("bring_in.questions", words.V{"Count": len(s.Questions)})}
	var labels []string
	for _, o := range s.Options {
		labels = append(labels, o.Label)
	}
	f.Title = strings.Join(labels, " · ")
	if q, ok := doc.Question(s.Questions[0]); ok && (len(s.Questions) == 1 || s.Number) {
		f.Title = q.Text
	}
	if s.Several {
		f.Split = page.Field{Name: fieldOf("split", s.Key), Label: "What stands between several choices in one cell?"}
		for _, sign := range responsefile.Splits {
			f.Split.Options = append(f.Split.Options, page.Option{Value: sign, Label: sign, Chosen: sign == s.Split})
		}
	}
	for _, value := range s.Values {
		hint := v.Say("bring_in.times", words.V{"Count": value.Count})
		switch {
		case !value.Known:
			hint += " · " + v.Say("bring_in.by.nobody")
		case value.How != "" && value.How != "words":
			hint += " · " + v.Say("bring_in.by."+value.How)
		}
		field := page.Field{Name: fieldOf("v", s.Key, value.Text), Label: "“" + value.Text + "”", Hint: hint}
		if !value.Known {
			field.Options = append(field.Options, page.Option{Value: responsefile.Unsaid, Label: v.Say("bring_in.choose"), Chosen: true})
		}
		for _, o := range s.Options {
			field.Options = append(field.Options, page.Option{Value: o.ID, Label: o.Label, Chosen: value.Known && o.ID == value.Option})
		}
		field.Options = append(field.Options, page.Option{Value: "", Label: v.Say("bring_in.no_answer"), Chosen: value.Known && value.Option == ""})
		f.Values = append(f.Values, field)
	}
	return f, len(f.Values) > 0
}

func (d *columnsPage) groups(v words.Voice, u carried, m responsefile.Mapping, choose func(name, label, heading string) page.Field) {
	unit := responsefile.Unit{}
	if m.Unit != nil {
		unit = *m.Unit
	}
	d.Unit = choose("unit", "Which column says the class, form or year?", unit.Column)
	d.Year = choose("year", "Which column says the year, if another one does?", m.Year)
	d.Kind = page.Field{Name: "kind", Label: "What are these groups?"}
	for _, kind := range responsefile.Kinds {
		d.Kind.Options = append(d.Kind.Options, page.Option{Value: kind, Label: v.Say("bring_in.kind." + kind), Chosen: kind == unit.Kind})
	}
	d.Subject = page.Field{Name: "subject", Label: "Subject of the classes", Value: unit.Subject}
	d.Asked = page.Field{Name: "asked_all", Type: "number", Label: "How many were asked altogether?", Value: positive(m.Asked),
		Hint: "If no column says the class. Leave it empty if you do not know: then results say so."}
	col, ok := u.table.Column(unit.Column)
	if !ok || len(col.Values) > responsefile.MaxGroups {
		return
	}
	values := slices.Clone(col.Values)
	slices.SortFunc(values, roster.CompareNames)
	for _, value := range values {
		name := value
		if n, ok := unit.Values[value]; ok {
			name = n
		}
		d.Groups = append(d.Groups, groupFields{value,
			page.Field{Name: fieldOf("name", value), Label: "Name of " + value, Value: name},
			page.Field{Name: fieldOf("in", value), Label: "Year of " + value, Value: unit.Years[name]},
			page.Field{Name: fieldOf("size", value), Type: "number", Label: "Number asked in " + value, Value: positive(unit.Sizes[name])}})
	}
}

func positive(n int) string {
	if n > 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// readColumns reads what somebody says about the columns. Values that were not on the page, because another column was
// chosen, are guessed.
func readColumns(c echo.Context, u carried) (m responsefile.Mapping, scales []responsefile.Scale) {
	said := func(name string) (string, bool) {
		list := c.Request().Form[name] // read with the table
		if len(list) == 0 {
			return "", false
		}
		return strings.TrimSpace(list[0]), true
	}
	heading := func(name string) string {
		text, _ := said(name)
		if i, err := strconv.Atoi(text); err == nil && i >= 0 && i < len(u.table.Columns) {
			return u.table.Columns[i].Heading
		}
		return ""
	}
	m.Questions = map[string]responsefile.Source{}
	for _, q := range u.docs[0].Questions() {
		if h := heading("q-" + q.ID); h != "" {
			m.Questions[q.ID] = responsefile.Source{Column: h}
		}
	}
	for _, s := range m.Scales(u.table, u.docs, nil) {
		if split, ok := said(fieldOf("split", s.Key)); ok && slices.Contains(responsefile.Splits, split) {
			for _, id := range s.Questions {
				src := m.Questions[id]
				src.Split = split
				m.Questions[id] = src
			}
		}
	}
	scales = m.Answers(u.table, u.docs, func(scale, value string) (string, bool) { return said(fieldOf("v", scale, value)) })
	if text, _ := said("asked_all"); text != "" {
		m.Asked, _ = strconv.Atoi(text)
	}
	m.Year = heading("year")
	column := heading("unit")
	if column == "" {
		m.Year = ""
		return m, scales
	}
	m.Asked = 0
	unit := &responsefile.Unit{Column: column, Values: map[string]string{}, Years: map[string]string{}, Sizes: map[string]int{}}
	unit.Kind, _ = said("kind")
	if unit.Kind == round.UnitYear {
		m.Year = ""
	}
	if unit.Kind == round.UnitClass {
		unit.Subject, _ = said("subject")
	}
	col, _ := u.table.Column(column)
	for _, value := range col.Values {
		name := value
		if text, ok := said(fieldOf("name", value)); ok && text != "" {
			name = text
			unit.Values[value] = name
		}
		if text, ok := said(fieldOf("in", value)); ok && text != "" && unit.Kind != round.UnitYear && m.Year == "" {
			unit.Years[name] = text
		} else if !ok && m.Year == "" && unit.Kind != round.UnitYear {
			if year := responsefile.YearFromName(name); year != "" {
				unit.Years[name] = year
			}
		}
		if text, _ := said(fieldOf("size", value)); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				n = -1 // reading the file says so
			}
			unit.Sizes[name] = n
		}
	}
	m.Unit = unit
	return m, scales
}

// previewResponses reads the answers as the columns say, and shows what would be brought in. From the last page it leads
// back to the columns.
func (p Pages) previewResponses(c echo.Context, who access.Actor) error {
	u, err := p.readCarried(c, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawBringIn(c, who, status, errs)
	} else if err != nil {
		return err
	}
	if u.Mapping != "" {
		var m responsefile.Mapping
		if err := json.Unmarshal([]byte(u.Mapping), &m); err != nil {
			return err
		}
		return p.drawColumns(c, who, http.StatusOK, u, m, saidBefore(u, m), nil, page.Errors{})
	}
	v := page.Voice(c)
	m, scales := readColumns(c, u)
	for _, s := range scales {
		if slices.ContainsFunc(s.Values, func(value responsefile.Value) bool { return !value.Known }) {
			return p.drawColumns(c, who, http.StatusUnprocessableEntity, u, m, scales, nil, page.Errors{Summary: v.Say("bring_in.unsure")})
		}
	}
	if m.Unit != nil && m.Unit.Kind == round.UnitClass && m.Unit.Subject == "" {
		errs, status, _ := page.Explain(c, fault.Field("subject", "bring_in.subject"))
		return p.drawColumns(c, who, status, u, m, scales, nil, errs)
	}
	reading, found := responsefile.Apply(u.table, m, u.docs, today(c, p.DB.Now()))
	if responsefile.Stops(found) {
		return p.drawColumns(c, who, http.StatusUnprocessableEntity, u, m, scales, nil, page.Errors{Summary: v.Say("bring_in.stopped"), Lines: linesOf(v, found)})
	}
	return p.drawPreview(c, who, http.StatusOK, u, m, reading, found, page.Errors{})
}

// saidBefore are the scales of a mapping in which everything has been said.
func saidBefore(u carried, m responsefile.Mapping) []responsefile.Scale {
	byKey := map[string]responsefile.Source{}
	for _, s := range m.Scales(u.table, u.docs, nil) {
		for _, id := range s.Questions {
			all := byKey[s.Key]
			if all.Values == nil {
				all.Values = map[string]string{}
			}
			for value, option := range m.Questions[id].Values {
				all.Values[value] = option
			}
			byKey[s.Key] = all
		}
	}
	return m.Scales(u.table, u.docs, func(scale, value string) (string, bool) {
		option, ok := byKey[scale].Values[value]
		return option, ok
	})
}

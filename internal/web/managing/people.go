package managing

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type peoplePage struct {
	page.Base
	Roll    string // how many pupils are known by name; empty if none is
	Forms   []groupLine
	Classes []groupLine
	Staff   []staffLine
	Missing string // who has to be named before anybody can be asked
	Subject string // that classes have no subject yet
	Form    page.Form
}

// groupLine is a form or class with the number of its pupils. Who they are stands on no page.
type groupLine struct {
	Name     string
	URL      string
	Subject  string
	Pupils   string
	Teachers string
}

type staffLine struct {
	Name  string
	URL   string
	Roles string
	Hint  string
}

var peopleTemplate = page.New("managing/people", "base", peoplePage{})

func (p Pages) people(c echo.Context, who access.Actor) error {
	return p.drawPeople(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawPeople(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	groups, err := p.Roster().Groups(ctx, who.School, "")
	if err != nil {
		return err
	}
	sizes, err := p.Roster().Sizes(ctx, who.School)
	if err != nil {
		return err
	}
	teachers, err := p.Roster().Teachers(ctx, who.School)
	if err != nil {
		return err
	}
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	roll, err := p.Roster().OnRoll(ctx, who.School)
	if err != nil {
		return err
	}
	accounts, err := p.accounts(c, staff...)
	if err != nil {
		return err
	}
	d := peoplePage{Base: p.NewBase(c, "People"), Form: groupsForm(c, errs)}
	d.Main = "wide"
	if roll > 0 {
		d.Roll = v.Say("people.roll", words.V{"Count": roll})
	}
	nameless := 0
	for _, g := range groups {
		line := groupLine{Name: g.Name, URL: "/people/groups/" + g.ID, Subject: g.Subject, Pupils: itoa(sizes[g.ID]), Teachers: names(teachers[g.ID])}
		if g.Size > 0 && sizes[g.ID] == g.Size {
			line.Pupils = v.Say("people.typed", words.V{"Count": g.Size})
		}
		if g.Kind == roster.Form {
			d.Forms = append(d.Forms, line)
		} else {
			d.Classes = append(d.Classes, line)
			if g.Subject == "" {
				nameless++
			}
		}
	}
	if nameless > 0 {
		d.Subject = v.Say("people.no_subject", words.V{"Count": nameless})
	}
	leads, deputies := 0, 0
	for _, m := range staff {
		d.Staff = append(d.Staff, staffLine{Name: m.Name(), URL: "/people/staff/" + m.ID, Roles: roleNames(v, m), Hint: signInState(v, m, accounts)})
		if m.Is(access.SafeguardingLead) {
			leads++
		} else if m.Is(access.SafeguardingDeputy) {
			deputies++
		}
	}
	if leads == 0 || leads+deputies < 2 {
		d.Missing = v.Say("people.no_lead")
	}
	return peopleTemplate.Send(c, status, d)
}

func names(people []roster.Person) string {
	var list []string
	for _, t := range people {
		list = append(list, t.Name())
	}
	return strings.Join(list, ", ")
}

func roleNames(v words.Voice, m roster.StaffMember) string {
	var list []string
	for _, role := range access.Roles {
		if m.Is(role) {
			list = append(list, roleName(v, string(role)))
		}
	}
	return strings.Join(list, ", ")
}

func signInState(v words.Voice, m roster.StaffMember, accounts map[string]identity.Account) string {
	switch {
	case m.AccountID != nil:
		return v.Say("people.signs_in", words.V{"Email": accounts[*m.AccountID].Email})
	case m.Email != "":
		return v.Say("people.not_yet", words.V{"Email": m.Email})
	}
	return v.Say("people.no_email")
}

func groupsForm(c echo.Context, errs page.Errors) page.Form {
	kind := c.FormValue("kind")
	if kind == "" {
		kind = roster.Form
	}
	return page.NewForm(errs,
		page.Field{Name: "groups", Label: "Groups, and how many pupils are in each", Rows: 4, Value: c.FormValue("groups"),
			Hint: "One a line or with commas: 9A 27, 9B 28. A name that is there already gets the new number; the others stay."},
		page.Field{Name: "kind", Label: "What are these?", Options: []page.Option{
			{Value: roster.Form, Label: "Forms or tutor groups", Chosen: kind == roster.Form},
			{Value: roster.Class, Label: "Classes of one subject", Chosen: kind == roster.Class},
		}},
		page.Field{Name: "subject", Label: "Subject, if they are classes", Value: c.FormValue("subject")})
}

func (p Pages) saveGroups(c echo.Context, who access.Actor) error {
	lines, err := readGroups(c)
	if err == nil {
		_, err = p.Roster().SaveGroups(c.Request().Context(), who, c.FormValue("kind"), lines)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawPeople(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people", page.Voice(c).Say("people.groups_saved", words.V{"Count": len(lines)}))
}

func readGroups(c echo.Context) ([]roster.GroupLine, error) {
	kind, subject := c.FormValue("kind"), strings.TrimSpace(c.FormValue("subject"))
	lines, problems := roster.ParseGroups(c.FormValue("groups"))
	fields := map[string]fault.Problem{}
	switch {
	case len(problems) > 0:
		fields["groups"] = problems[0]
	case len(lines) == 0:
		fields["groups"] = fault.Problem{Key: "groups.none"}
	}
	if kind != roster.Form && kind != roster.Class {
		fields["kind"] = fault.Problem{Key: "groups.kind"}
	}
	if kind == roster.Class {
		if subject == "" || len([]rune(subject)) > 40 {
			fields["subject"] = fault.Problem{Key: "groups.subject"}
		}
		for i := range lines {
			lines[i].Subject = subject
		}
	}
	return lines, fault.Fields(fields)
}

type groupPage struct {
	page.Base
	ID    string
	Facts string
	Form  page.Form
	Class bool
	Named bool // its pupils are known by name, so nobody types how many there are
	None  bool // there is nobody to choose
}

var groupTemplate = page.New("managing/group", "base", groupPage{})

func (p Pages) group(c echo.Context, who access.Actor) error {
	return p.drawGroup(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) findGroup(c echo.Context, who access.Actor) (roster.Group, error) {
	groups, err := p.Roster().Groups(c.Request().Context(), who.School, "")
	if err != nil {
		return roster.Group{}, err
	}
	for _, g := range groups {
		if g.ID == c.Param("id") {
			return g, nil
		}
	}
	return roster.Group{}, notFound()
}

func (p Pages) drawGroup(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	g, err := p.findGroup(c, who)
	if err != nil {
		return err
	}
	sizes, err := p.Roster().Sizes(ctx, who.School)
	if err != nil {
		return err
	}
	teachers, err := p.Roster().Teachers(ctx, who.School)
	if err != nil {
		return err
	}
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	d := groupPage{Base: p.NewBase(c, g.Name), ID: g.ID, Facts: v.Say("pupils.count", words.V{"Count": sizes[g.ID]})}
	if g.Subject != "" {
		d.Facts = g.Subject + ", " + d.Facts
	}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: g.Name, Here: true}}
	field := page.Field{Name: "teachers", Label: "Who teaches it?", Several: true, Hint: "They read what this class says before anybody else does."}
	if g.Kind == roster.Form {
		field.Label, field.Hint = "Who is the form's tutor?", "They get no page of results for their form."
	}
	ticked, sent := chosen(c, "teachers")
	if _, other := readGroup(c); other || !sent {
		for _, t := range teachers[g.ID] {
			ticked = append(ticked, t.ID)
		}
	}
	field.Options = teacherOptions(v, staff, ticked)
	d.None = len(field.Options) == 0
	known, err := p.Roster().Named(ctx, who.School, g.ID)
	if err != nil {
		return err
	}
	d.Class, d.Named = g.Kind == roster.Class, known
	f := roster.GroupForm{Subject: g.Subject, Year: g.Year, Size: g.Size}
	size := itoa(g.Size)
	if typed, ok := readGroup(c); ok {
		f, size = typed, c.FormValue("size")
	}
	year := page.Field{Name: "year", Label: "Year", Options: []page.Option{{Value: "", Label: v.Say("people.year.none")}}}
	for _, y := range yearsWith(g.Year) {
		year.Options = append(year.Options, page.Option{Value: y, Label: yearName(v, y), Chosen: y == f.Year})
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "subject", Label: "Subject", Value: f.Subject, Hint: "A round about classes asks the classes of one subject."},
		year,
		page.Field{Name: "size", Label: "How many pupils are in it?", Value: size},
		field)
	return groupTemplate.Send(c, status, d)
}

// yearsWith are the years to choose from, with the one that a group has now.
func yearsWith(year string) []string {
	if year == "" || slices.Contains(roster.Years, year) {
		return roster.Years
	}
	return append(slices.Clone(roster.Years), year)
}

func yearName(v words.Voice, year string) string {
	if _, err := strconv.Atoi(year); err != nil {
		return year
	}
	return v.Say("people.year", words.V{"Year": year})
}

// readGroup reads the form about a group; ok is false when another form of the page was sent.
func readGroup(c echo.Context) (f roster.GroupForm, ok bool) {
	form, err := c.FormParams()
	if err != nil || c.Request().Method != http.MethodPost || !form.Has("year") {
		return f, false
	}
	return roster.GroupForm{Subject: form.Get("subject"), Year: form.Get("year"), Size: atoi(form.Get("size"))}, true
}

func (p Pages) saveGroup(c echo.Context, who access.Actor) error {
	f, _ := readGroup(c)
	g, err := p.Roster().ChangeGroup(c.Request().Context(), who, c.Param("id"), f)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawGroup(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people", page.Voice(c).Say("people.group_saved", words.V{"Name": g.Name}))
}

func (p Pages) saveTeachers(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	g, err := p.findGroup(c, who)
	if err != nil {
		return err
	}
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	ticked, _ := chosen(c, "teachers")
	known := 0
	for _, o := range teacherOptions(page.Voice(c), staff, ticked) {
		if o.Chosen {
			known++
		}
	}
	if known != len(ticked) {
		err = fault.Field("teachers", "people.teacher_gone")
	} else {
		err = p.Roster().Teach(ctx, who, g.ID, ticked)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawGroup(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people", page.Voice(c).Say("people.teachers_saved", words.V{"Name": g.Name}))
}

package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type startPage struct {
	page.Base
	Form page.Form
	Have []string // groups that are there already
}

var startTemplate = page.New("authoring/start", "base", startPage{})

func (p Pages) start(c echo.Context, who access.Actor) error {
	return p.drawStart(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawStart(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	have, err := p.Roster().Groups(c.Request().Context(), who.School, "")
	if err != nil {
		return err
	}
	d := startPage{Base: p.NewBase(c, "Whom do you want to ask?")}
	for _, g := range have {
		d.Have = append(d.Have, g.Name)
	}
	kind := c.FormValue("kind")
	if kind == "" {
		kind = roster.Form
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "groups", Label: "Groups, and how many pupils are in each", Rows: 5, Value: c.FormValue("groups"),
			Hint: "One a line or with commas: 9A 27, 9B 28. No pupil's name is needed."},
		page.Field{Name: "kind", Label: "What are these?", Options: []page.Option{
			{Value: roster.Form, Label: "Forms or tutor groups", Hint: "Each pupil is in exactly one. For questions about school and lessons in general.", Chosen: kind == roster.Form},
			{Value: roster.Class, Label: "Classes of one subject", Hint: "For questions about this class. Their teacher sees the results first.", Chosen: kind == roster.Class},
		}},
		page.Field{Name: "subject", Label: "Subject, if they are classes", Value: c.FormValue("subject")},
		page.Field{Name: "teacher", Label: "Who teaches them, if they are classes?", Value: c.FormValue("teacher"),
			Hint: "If different people do, name one now and change it under People."})
	return startTemplate.Send(c, status, d)
}

func (p Pages) saveStart(c echo.Context, who access.Actor) error {
	kind, err := p.addGroups(c, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStart(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/start/survey?kind="+kind, "")
}

func (p Pages) addGroups(c echo.Context, who access.Actor) (string, error) {
	ctx := c.Request().Context()
	kind := c.FormValue("kind")
	lines, problems := roster.ParseGroups(c.FormValue("groups"))
	fields := map[string]fault.Problem{}
	have, err := p.Roster().Groups(ctx, who.School, kind)
	if err != nil {
		return "", err
	}
	switch {
	case kind != roster.Form && kind != roster.Class:
		fields["kind"] = fault.Problem{Key: "groups.kind"}
	case len(problems) > 0:
		fields["groups"] = problems[0]
	case len(lines) == 0 && len(have) == 0:
		fields["groups"] = fault.Problem{Key: "groups.none"}
	}
	subject, teacher := strings.TrimSpace(c.FormValue("subject")), strings.TrimSpace(c.FormValue("teacher"))
	if kind == roster.Class && len(lines) > 0 {
		if subject == "" {
			fields["subject"] = fault.Problem{Key: "groups.subject"}
		}
		if teacher == "" {
			fields["teacher"] = fault.Problem{Key: "groups.teacher"}
		}
		for i := range lines {
			lines[i].Subject = subject
		}
	}
	if err := fault.Fields(fields); err != nil || len(lines) == 0 {
		return kind, err
	}
	groups, err := p.Roster().SaveGroups(ctx, who, kind, lines)
	if err != nil || kind != roster.Class {
		return kind, err
	}
	person, err := p.namedStaff(c, who, teacher, access.Teacher, "")
	if err != nil {
		return kind, err
	}
	for _, g := range groups {
		if err := p.Roster().Teach(ctx, who, g.ID, []string{person}); err != nil {
			return kind, err
		}
	}
	return kind, nil
}

// namedStaff finds a member of staff by name, or adds one with a role.
func (p Pages) namedStaff(c echo.Context, who access.Actor, name string, role access.Role, place string) (string, error) {
	ctx := c.Request().Context()
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(staff, func(m roster.StaffMember) bool { return strings.EqualFold(m.Name(), strings.TrimSpace(name)) })
	if i < 0 {
		person, err := p.Roster().AddStaff(ctx, who, roster.StaffForm{Name: name, Roles: []access.Role{role}, Place: place})
		return person.ID, err
	}
	m := staff[i]
	if m.Is(role) {
		return m.ID, nil
	}
	f := roster.StaffForm{Name: m.Name(), Email: m.Email, Place: m.Place(), Roles: []access.Role{role}}
	if place != "" {
		f.Place = place
	}
	for _, a := range m.Held {
		f.Roles = append(f.Roles, access.Role(a.Role))
	}
	return m.ID, p.Roster().ChangeStaff(ctx, who, m.ID, f)
}

type startSurveyPage struct {
	page.Base
	Errors    page.Errors
	Kind      string
	Templates []templateCard
}

type templateCard struct {
	ID       string
	Title    string
	Purpose  string
	Audience string
	Minutes  string
	Ask      []string
	LeftOut  string
	Blocked  string // why it does not go with the groups
}

var startSurveyTemplate = page.New("authoring/start_survey", "base", startSurveyPage{})

func (p Pages) startSurvey(c echo.Context, _ access.Actor) error {
	d := startSurveyPage{Base: p.NewBase(c, "What do you want to ask?"), Kind: c.QueryParam("kind")}
	for _, t := range p.Bank.Set("first_four") {
		d.Templates = append(d.Templates, p.card(c, t, d.Kind))
	}
	return startSurveyTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) card(c echo.Context, t bank.Template, kind string) templateCard {
	v := page.Voice(c)
	card := templateCard{ID: t.ID, Title: t.Title, Purpose: t.Purpose, Audience: p.audienceName(t.Audience), Minutes: v.Say("minutes.about", words.V{"Count": t.Minutes})}
	doc, left, _ := survey.FromTemplate(p.Bank, t.ID)
	for _, q := range doc.Questions() {
		card.Ask = append(card.Ask, q.Text)
		if q.About == bank.AboutThisClass && kind == roster.Form {
			card.Blocked = v.Say("start.needs_classes")
		}
	}
	if len(left) > 0 {
		card.LeftOut = v.Say(left[0].Key, words.V{"short": left[0].Short})
	}
	return card
}

func (p Pages) saveStartSurvey(c echo.Context, who access.Actor) error {
	sv, err := p.fromTemplate(c, who, c.FormValue("template"))
	if err != nil {
		return err
	}
	return p.Done(c, "/rounds/new?survey="+sv.ID+"&kind="+c.FormValue("kind"), "")
}

func (p Pages) fromTemplate(c echo.Context, who access.Actor, id string) (survey.Survey, error) {
	doc, _, problems := survey.FromTemplate(p.Bank, id)
	if len(problems) > 0 {
		return survey.Survey{}, notFound()
	}
	return survey.NewStore(p.DB).Add(c.Request().Context(), who, doc, id)
}

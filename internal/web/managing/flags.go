package managing

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// flagsPage lists what the school's lists say of pupils, as far as results of confidential rounds may be told apart by it.
type flagsPage struct {
	page.Base
	Flags []flagLine
	Form  page.Form
}

type flagLine struct {
	ID     string
	Name   string
	People string
}

// flagPage changes one.
type flagPage struct {
	page.Base
	ID   string
	Form page.Form
}

var (
	flagsTemplate = page.New("managing/flags", "base", flagsPage{})
	flagTemplate  = page.New("managing/flag", "base", flagPage{})
)

func flagForm(errs page.Errors, name, lines string) page.Form {
	return page.NewForm(errs,
		page.Field{Name: "name", Label: "What is it?", Value: name, Hint: "As charts and pupils read it: “Free school meals”, “Help with English”. Kindly, since pupils see it."},
		page.Field{Name: "people", Label: "Of whom is it so?", Rows: 10, Value: lines, Hint: "One pupil a line: their number in your pupil list, or first and last name."})
}

func (p Pages) flags(c echo.Context, who access.Actor) error {
	return p.drawFlags(c, who, http.StatusOK, flagForm(page.Errors{}, "", ""))
}

func (p Pages) drawFlags(c echo.Context, who access.Actor, status int, form page.Form) error {
	list, err := p.Roster().Flags(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	d := flagsPage{Base: p.NewBase(c, "Groups by your lists"), Form: form}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: d.Title, Here: true}}
	for _, f := range list {
		d.Flags = append(d.Flags, flagLine{f.ID, f.Name, page.Voice(c).Say("pupils.count", words.V{"Count": f.People})})
	}
	return flagsTemplate.Send(c, status, d)
}

func (p Pages) addFlag(c echo.Context, who access.Actor) error {
	name, lines := c.FormValue("name"), c.FormValue("people")
	_, err := p.Roster().SaveFlag(c.Request().Context(), who, "", name, lines)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawFlags(c, who, status, flagForm(errs, name, lines))
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people/flags", "Saved.")
}

func (p Pages) flag(c echo.Context, who access.Actor) (roster.Flag, error) {
	list, err := p.Roster().Flags(c.Request().Context(), who.School)
	if err != nil {
		return roster.Flag{}, err
	}
	for _, f := range list {
		if f.ID == c.Param("id") {
			return f, nil
		}
	}
	return roster.Flag{}, notFound()
}

func (p Pages) editFlag(c echo.Context, who access.Actor) error {
	f, err := p.flag(c, who)
	if err != nil {
		return err
	}
	lines, err := p.Roster().FlagLines(c.Request().Context(), who, f.ID)
	if err != nil {
		return err
	}
	return p.drawFlag(c, http.StatusOK, f, flagForm(page.Errors{}, f.Name, strings.Join(lines, "\n")))
}

func (p Pages) drawFlag(c echo.Context, status int, f roster.Flag, form page.Form) error {
	d := flagPage{Base: p.NewBase(c, f.Name), ID: f.ID, Form: form}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Groups by your lists", URL: "/people/flags"}, {Text: f.Name, Here: true}}
	return flagTemplate.Send(c, status, d)
}

func (p Pages) saveFlag(c echo.Context, who access.Actor) error {
	f, err := p.flag(c, who)
	if err != nil {
		return err
	}
	name, lines := c.FormValue("name"), c.FormValue("people")
	_, err = p.Roster().SaveFlag(c.Request().Context(), who, f.ID, name, lines)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawFlag(c, status, f, flagForm(errs, name, lines))
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people/flags", "Saved.")
}

func (p Pages) removeFlag(c echo.Context, who access.Actor) error {
	if err := p.Roster().RemoveFlag(c.Request().Context(), who, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, "/people/flags", "Deleted.")
}

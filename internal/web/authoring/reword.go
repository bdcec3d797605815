package authoring

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type rewordPage struct {
	page.Base
	ID       string
	Question string
	Form     page.Form
}

var rewordTemplate = page.New("authoring/reword", "base", rewordPage{})

func (p Pages) rewordQuestion(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	q, ok := doc.Question(c.Param("question"))
	if !ok || q.Origin == survey.FromBank {
		return notFound()
	}
	return p.drawReword(c, http.StatusOK, doc, q.Text, q.Short, "", page.Errors{})
}

func (p Pages) drawReword(c echo.Context, status int, doc survey.Document, text, short, same string, errs page.Errors) error {
	d := rewordPage{Base: p.NewBase(c, "Change the words"), ID: c.Param("id"), Question: c.Param("question")}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + c.Param("id")}, {Text: "Change the words", Here: true}}
	d.Form = page.NewForm(errs,
		page.Field{Name: "text", Label: "The question", Rows: 2, Value: text},
		page.Field{Name: "short", Label: "Short name for charts", Value: short},
		page.Field{Name: "same", Label: "Does it still mean exactly the same?", Hint: "If it does, answers before and after may stand in one trend, with your name beside it.", Options: []page.Option{
			{Value: "no", Label: "No, it is another question now", Chosen: same != "yes"},
			{Value: "yes", Label: "Yes, I only corrected a slip", Chosen: same == "yes"}}})
	return rewordTemplate.Send(c, status, d)
}

func (p Pages) saveWording(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	text, short, same := strings.TrimSpace(c.FormValue("text")), strings.TrimSpace(c.FormValue("short")), c.FormValue("same")
	by := ""
	if same == "yes" {
		by = who.Name
	}
	before := len(doc.Problems())
	if !doc.Reword(c.Param("question"), text, short, by) {
		return notFound()
	}
	if problems := doc.Problems(); len(problems) > before {
		return p.drawReword(c, http.StatusUnprocessableEntity, doc, text, short, same, problemsFault(c, problems[before:]))
	}
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
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
	return p.drawReword(c, http.StatusOK, doc, q, "", page.Errors{})
}

// drawReword shows a question with the words it has, or that somebody typed a moment ago.
func (p Pages) drawReword(c echo.Context, status int, doc survey.Document, q survey.Question, same string, errs page.Errors) error {
	d := rewordPage{Base: p.NewBase(c, "Change the words"), ID: c.Param("id"), Question: c.Param("question")}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + c.Param("id")}, {Text: "Change the words", Here: true}}
	d.Form = page.NewForm(errs,
		page.Field{Name: "text", Label: "The question", Rows: 2, Value: q.Text},
		page.Field{Name: "short", Label: "Short name for charts", Value: q.Short},
		page.Field{Name: "same", Label: "Does it still mean exactly the same?", Hint: "If it does, answers before and after may stand in one trend, with your name beside it.", Options: []page.Option{
			{Value: "no", Label: "No, it is another question now", Chosen: same != "yes"},
			{Value: "yes", Label: "Yes, I only corrected a slip", Chosen: same == "yes"}}})
	if q.Type != survey.TypeNote && bank.IsPupils(doc.Audience) {
		d.Form.Fields["aloud"] = aloudField(q.Aloud)
	}
	if aboutOnePerson(q.Text, q.About, q.Type) {
		d.Form.Fields["person"] = personField(errs, c.FormValue("person") == "yes")
	}
	return rewordTemplate.Send(c, status, d)
}

func (p Pages) saveWording(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	text, short, same := typedText(c, "text"), strings.TrimSpace(c.FormValue("short")), c.FormValue("same")
	by := ""
	if same == "yes" {
		by = who.Name
	}
	before := doc.Problems()
	if !doc.Reword(c.Param("question"), text, short, by) {
		return notFound()
	}
	doc.MarkAloud(c.Param("question"), c.FormValue("aloud") == "yes")
	q, _ := doc.Question(c.Param("question"))
	if errs, status, wrong := page.Explain(c, asksAboutPerson(c, q.Text, q.About, q.Type)); wrong {
		return p.drawReword(c, status, doc, q, same, errs)
	}
	if problems := newProblems(before, doc.Problems()); len(problems) > 0 {
		q, _ := doc.Question(c.Param("question"))
		q.Text, q.Short = text, short
		return p.drawReword(c, http.StatusUnprocessableEntity, doc, q, same, problemsFault(c, problems))
	}
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

// newProblems are those that were not there before.
func newProblems(before, now []survey.Problem) []survey.Problem {
	return slices.DeleteFunc(slices.Clone(now), func(pr survey.Problem) bool {
		return slices.ContainsFunc(before, func(old survey.Problem) bool {
			same := func(name string) bool { return old.Values[name] == pr.Values[name] }
			return old.Key == pr.Key && same("question") && same("section") && same("choice") && same("grid") && same("title") && same("what")
		})
	})
}

// typedText reads a text of one or more lines, whose ends browsers send in two characters.
func typedText(c echo.Context, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(c.FormValue(name), "\r\n", "\n"))
}

package protecting

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// outsidePage is where the team writes down whom adults call outside school.
type outsidePage struct {
	page.Base
	Form page.Form
}

var outsideTemplate = page.New("protecting/outside", "base", outsidePage{})

func (p Pages) outside(c echo.Context, who access.Actor) error {
	school := page.School(c)
	return p.drawOutside(c, http.StatusOK, cmp.Or(school.Escalation, roster.SuggestedEscalation(school.Nation)), page.Errors{})
}

func (p Pages) drawOutside(c echo.Context, status int, text string, errs page.Errors) error {
	d := outsidePage{Base: p.NewBase(c, "Whom to call outside school")}
	d.Crumbs = []page.Link{{Text: "Concerns", URL: "/concerns"}, {Text: "Whom to call", Here: true}}
	d.Form = page.NewForm(errs, page.Field{Name: "escalation", Label: "One a line: name and number", Rows: 8, Value: text, Hint: "Children’s social care: 01632 960001"})
	return outsideTemplate.Send(c, status, d)
}

func (p Pages) saveOutside(c echo.Context, who access.Actor) error {
	err := p.Roster().SaveEscalation(c.Request().Context(), who, c.FormValue("escalation"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawOutside(c, status, c.FormValue("escalation"), errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/concerns", "Kept.")
}

// answer leaves an adult's words for somebody who has a way back.
func (p Pages) answer(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	err := p.store().Answer(ctx, who, c.Param("id"), c.FormValue("answer"))
	errs, status, ok := page.Explain(c, err)
	if err != nil && !ok {
		return err
	}
	k, said, err := p.store().Open(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	if !ok {
		c.Request().Form.Del("answer") // it has gone, and the box is empty for the next
		status = http.StatusOK
	}
	return p.draw(c, status, who, k, &said, errs)
}

// talked is what went to and fro, for adults.
func talked(said safeguard.Said) (list []talkLine) {
	for _, l := range said.Talk {
		list = append(list, talkLine{By: l.By, On: round.SayDate(storage.Date(l.On)), Text: l.Text, Theirs: l.By == ""})
	}
	return list
}

package improving

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// agreementPage is one page on how the school uses what it hears, for the staff room's wall.
type agreementPage struct {
	page.Base
	Heading string
	Lines   []string
	Signed  string
	May     bool // this reader can sign it
	Tabs    []page.Link
}

var agreementTemplate = page.New("improving/agreement", "base", agreementPage{})

func (p Pages) agreement(c echo.Context, who access.Actor) error {
	a, ok, err := p.store().Agreement(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	d := agreementPage{Base: p.NewBase(c, v.Say("agreement.title")), Heading: v.Say("agreement.title"), Lines: action.AgreementLines(), May: who.Is(access.Head) && !ok, Tabs: tabs(who, "/agreement")}
	if ok {
		d.Signed = "Signed by " + a.SignedBy + " on " + a.SignedAt.In(page.School(c).Zone()).Format("2 January 2006") + "."
	}
	return agreementTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) signAgreement(c echo.Context, who access.Actor) error {
	if err := p.store().Sign(c.Request().Context(), who); err != nil {
		return err
	}
	return p.Done(c, "/agreement", "Signed. Print it for the staff room.")
}

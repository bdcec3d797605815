package authoring

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// waysPage lists the ways in which one round can be answered beside a phone of one's own.
type waysPage struct {
	page.Base
	ID        string
	Shared    string // address for a device that several people use
	Slips     bool   // paper, helpers and hands need slips
	Units     []page.Option
	Languages []page.Option
	Typists   []string // who may type in paper
	CanType   bool
	Languaged bool // there is more than one language to print in
}

var waysTemplate = page.New("authoring/ways", "base", waysPage{})

// ways shows them with what each needs.
func (p Pages) ways(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	if r.State != round.Open {
		return notFound()
	}
	d := waysPage{Base: p.NewBase(c, "Ways to answer"), ID: r.ID, Shared: p.address(r) + "/shared", Slips: r.Mode == round.Anonymous && bank.IsPupils(r.Audience)}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Ways to answer", Here: true}}
	d.CanType = access.Can(who, access.TypePaper, access.Object{School: who.School})
	snap := r.AtOpening()
	for _, h := range append([]round.Helper{snap.Lead}, snap.Deputies...) {
		if h.Name != "" {
			d.Typists = append(d.Typists, h.Name)
		}
	}
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.IsLeaf() {
			d.Units = append(d.Units, page.Option{Value: u.ID, Label: u.Name})
		}
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	in, err := survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	if err != nil {
		return err
	}
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	d.Languages = []page.Option{{Value: "en", Label: "English", Chosen: true}}
	for _, l := range spoken {
		if _, ok := in[l.Code]; ok {
			d.Languages = append(d.Languages, page.Option{Value: l.Code, Label: l.English})
		}
	}
	d.Languaged = len(d.Languages) > 1
	return waysTemplate.Send(c, http.StatusOK, d)
}

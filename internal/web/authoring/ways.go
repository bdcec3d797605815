package authoring

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// waysPage lists the ways in which one round can be answered, with what each needs of the person who looks.
type waysPage struct {
	page.Base
	ID        string
	Open      bool // otherwise only paper and counts still come in
	Slips     bool // a code is needed
	Tablet    bool // which ways there are for those who are asked
	Helper    bool
	Paper     bool
	Hands     bool
	Leads     bool
	Shared    string // address for a device that several people use
	QRSize    int
	QRPath    string
	Units     []page.Option // classes whose slips may still be printed as sheets
	Begun     int           // classes in which somebody has answered already
	Languages []page.Option // there is more than one only where the questions are translated
	Others    []sheetCount  // one for each language then
	Errors    page.Errors
	Typists   string // who may type in paper
	CanType   bool
}

// sheetCount is the field for how many sheets of a class come in a language.
type sheetCount struct{ Name, Label, Value, Error string }

var waysTemplate = page.New("authoring/ways", "base", waysPage{})

// ways shows them. Besides whoever may know of the round, any teacher may look while it is open: they are in the room.
func (p Pages) ways(c echo.Context, who access.Actor) error {
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	return p.drawWays(c, who, http.StatusOK, r, page.Errors{})
}

// drawWays shows the ways into a round, with what is wrong in the form for sheets if that is why they are shown again.
func (p Pages) drawWays(c echo.Context, who access.Actor, status int, r round.Round, errs page.Errors) error {
	ctx := c.Request().Context()
	if !r.Takes() || r.Mailed() {
		return notFound()
	}
	var err error
	shared := p.address(r) + "/shared"
	d := waysPage{Base: p.NewBase(c, "Ways to answer"), ID: r.ID, Open: r.State == round.Open, Slips: r.Mode == round.Anonymous,
		Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Shared: page.Bare(shared)}
	if d.QRSize, d.QRPath, err = page.QR(shared); err != nil {
		return err
	}
	has := func(route bank.Route) bool { return slices.Contains(p.Rounds().Routes(r), route) }
	d.Tablet, d.Helper, d.Paper = d.Open && has(bank.SharedDevice), d.Open && has(bank.AdultHelper) && bank.IsPupils(r.Audience), has(bank.Paper)
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: d.Title, Here: true}}
	d.CanType = access.Can(who, access.TypePaper, access.Object{School: who.School})
	snap := r.AtOpening()
	var typists []string
	for _, h := range append([]round.Helper{snap.Lead}, snap.Deputies...) {
		if h.Name != "" {
			typists = append(typists, h.Name)
		}
	}
	if last := len(typists) - 1; last > 0 {
		typists = []string{strings.Join(typists[:last], ", "), typists[last]}
	}
	d.Typists = strings.Join(typists, " or ")
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	d.Hands = has(bank.HandsUp) && len(collecting.ForHands(doc)) > 0
	d.Errors = errs
	if err := p.languagesOfSheets(c, r, &d); err != nil {
		return err
	}
	if err := p.sheetsLeft(c, r, &d); err != nil {
		return err
	}
	return waysTemplate.Send(c, status, d)
}

// languagesOfSheets lists the languages that sheets can be in, as they were chosen if the form comes back.
func (p Pages) languagesOfSheets(c echo.Context, r round.Round, d *waysPage) error {
	offered, err := p.offered(c.Request().Context(), r)
	for _, l := range offered {
		typed := c.FormValue(inLanguage(l.Code))
		d.Languages = append(d.Languages, page.Option{Value: l.Code, Label: l.English, Chosen: l.Code == cmp.Or(c.FormValue("lang"), offered[0].Code)})
		d.Others = append(d.Others, sheetCount{Name: inLanguage(l.Code), Label: l.English, Value: cmp.Or(typed, "0"), Error: d.Errors.Of(inLanguage(l.Code))})
	}
	return err
}

// sheetsLeft lists the classes that can still be printed: where somebody has answered, the slips have to stay as they are.
func (p Pages) sheetsLeft(c echo.Context, r round.Round, d *waysPage) error {
	ctx := c.Request().Context()
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	rates, err := participation.NewStore(p.DB, p.Key).Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	for _, u := range units {
		if !u.IsLeaf() {
			continue
		}
		if rates[u.ID].Spent > 0 {
			d.Begun++
			continue
		}
		o := page.Option{Value: u.ID, Label: u.Name, Chosen: u.ID == c.FormValue("unit")}
		if len(d.Languages) > 1 {
			o.Label = fmt.Sprintf("%s, %d sheets", u.Name, sheetsOf(u))
		}
		if rates[u.ID].Printed > 0 {
			o.Label += " (its slips become void)"
		}
		d.Units = append(d.Units, o)
	}
	return nil
}

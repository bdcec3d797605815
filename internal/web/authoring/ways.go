package authoring

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
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
	Typists   string        // who may type in paper
	CanType   bool
}

var waysTemplate = page.New("authoring/ways", "base", waysPage{})

// ways shows them. Besides whoever may know of the round, any teacher may look while it is open: they are in the room.
func (p Pages) ways(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	if !r.Takes() || r.Mailed() {
		return notFound()
	}
	shared := p.address(r) + "/shared"
	d := waysPage{Base: p.NewBase(c, "Ways to answer"), ID: r.ID, Open: r.State == round.Open, Slips: r.Mode == round.Anonymous,
		Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Shared: bare(shared)}
	if d.QRSize, d.QRPath, err = qrPath(shared); err != nil {
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
	if err := p.sheetsLeft(ctx, r, &d); err != nil {
		return err
	}
	spoken, _, err := p.paperLanguages(ctx, r)
	if err != nil {
		return err
	}
	d.Languages = []page.Option{{Value: "en", Label: "English", Chosen: true}}
	for _, l := range spoken {
		d.Languages = append(d.Languages, page.Option{Value: l.Code, Label: l.English})
	}
	return waysTemplate.Send(c, http.StatusOK, d)
}

// sheetsLeft lists the classes that can still be printed: where somebody has answered, the slips have to stay as they are.
func (p Pages) sheetsLeft(ctx context.Context, r round.Round, d *waysPage) error {
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	rates, err := participation.NewStore(p.DB, p.Key).Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	for _, u := range units {
		switch {
		case !u.IsLeaf():
		case rates[u.ID].Spent > 0:
			d.Begun++
		case rates[u.ID].Printed > 0:
			d.Units = append(d.Units, page.Option{Value: u.ID, Label: u.Name + " (its slips become void)"})
		default:
			d.Units = append(d.Units, page.Option{Value: u.ID, Label: u.Name})
		}
	}
	return nil
}

// paperLanguages are the languages beside English that a round's sheets can be printed in, and its questions in each:
// those whose texts about safety have been read, and whose questions are approved.
func (p Pages) paperLanguages(ctx context.Context, r round.Round) ([]language.Spoken, map[string]survey.Document, error) {
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil || r.Audience == bank.Staff {
		return nil, nil, err
	}
	in, err := survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	if err != nil {
		return nil, nil, err
	}
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	return slices.DeleteFunc(spoken, func(l language.Spoken) bool { return in[l.Code].Title == "" }), in, err
}

// tongueOf is the language that sheets are asked for in, and the questions in it. Empty means English.
func (p Pages) tongueOf(ctx context.Context, r round.Round, code string) (round.Tongue, survey.Document, error) {
	if code == "" || code == words.Languages()[0].Code {
		doc, err := p.Rounds().Document(ctx, r)
		return round.English(), doc, err
	}
	spoken, in, err := p.paperLanguages(ctx, r)
	if err != nil {
		return round.Tongue{}, survey.Document{}, err
	}
	i := slices.IndexFunc(spoken, func(l language.Spoken) bool { return l.Code == code })
	if i < 0 {
		return round.Tongue{}, survey.Document{}, notFound()
	}
	return round.Tongue{Voice: spoken[i].Voice, Texts: spoken[i].Texts}, in[code], nil
}

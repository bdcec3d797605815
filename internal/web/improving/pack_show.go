package improving

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// packPage is a pack on paper: two to four pages.
type packPage struct {
	page.Base
	Slides    []page.Slide
	Links     []page.Link
	Made      string
	Guess     string // where the reader guesses first; empty where they have, or cannot
	Withdrawn string // by whom, when and why
	Preview   []hidden
	May       bool // the reader can withdraw it
	Form      page.Form
	ID        string
}

// hidden is a value that goes with the button which makes the pack that is previewed.
type hidden struct{ Name, Value string }

var packTemplate = page.New("improving/pack", "screen", packPage{})

// frozen reads a pack and its slides.
func (p Pages) frozen(c echo.Context, who access.Actor) (action.Pack, slides.Deck, error) {
	var d slides.Deck
	k, err := p.store().Pack(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return k, d, err
	}
	return k, d, json.Unmarshal([]byte(k.Body), &d)
}

func (p Pages) pack(c echo.Context, who access.Actor) error {
	return p.drawPack(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawPack(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	d, err := p.newPack(c, who, k.Title, deck)
	if err != nil {
		return err
	}
	if d.Guess, err = p.guessFirst(c, who, k.RoundIDs()); err != nil {
		return err
	}
	d.ID, d.Links, d.Withdrawn = k.ID, packLinks(k, "/packs", "All packs"), withdrawn(c, k, "board.withdrawn_why")
	d.May = k.WithdrawnAt == nil && access.Can(who, access.RunRounds, access.Object{School: who.School})
	d.Form = page.NewForm(errs, page.Field{Name: "because", Label: "Withdraw it, because …", Value: c.FormValue("because"), Hint: "The copy stays and says so: when, by whom and why. Make another that is right."})
	d.Made = "Made by " + k.MadeBy + " on " + round.SayDate(storage.DateOf(k.MadeAt, page.School(c).Zone())) + ". Fingerprint " + k.Hash[:12] + "."
	return packTemplate.Send(c, status, d)
}

// newPack draws a deck as pages.
func (p Pages) newPack(c echo.Context, who access.Actor, title string, deck slides.Deck) (packPage, error) {
	s, err := p.NewSlides(c.Request().Context(), p.NewBase(c, title), who.School, deck.Paper())
	d := packPage{Base: s.Base, Slides: s.Slides}
	for i := len(d.Slides) - 1; i > 0; i-- { // on paper one heading stands over all slides that continue
		if d.Slides[i].Title == d.Slides[i-1].Title {
			d.Slides[i].Title = ""
		}
	}
	d.CSS, d.JS = []string{static.Path("css/report.css")}, nil
	return d, err
}

// drawPreview shows a pack that is not made yet, with what it would be made from.
func (p Pages) drawPreview(c echo.Context, who access.Actor, title string, rounds []string, ask string, deck slides.Deck) error {
	d, err := p.newPack(c, who, title, deck)
	if err != nil {
		return err
	}
	d.Preview = []hidden{{"title", title}, {"ask", ask}}
	for _, id := range rounds {
		d.Preview = append(d.Preview, hidden{"rounds", id})
	}
	return packTemplate.Send(c, http.StatusOK, d)
}

// guessFirst is where somebody guesses what pupils said before they read it; empty where they have looked already, or may
// not look for themselves.
func (p Pages) guessFirst(c echo.Context, who access.Actor, rounds []string) (string, error) {
	ctx := c.Request().Context()
	for _, id := range rounds {
		r, view, made, err := p.Look(ctx, who, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if !made || !bank.IsPupils(r.Audience) {
			continue
		}
		school := view.School().Unit
		if !view.Sees(school) || len(guessable(view, school)) == 0 {
			return "", nil
		}
		n, err := p.store().Note(ctx, who, r, school)
		if err != nil || n.Looked {
			return "", err
		}
		return lookURL(r, school), nil
	}
	return "", nil
}

func packLinks(k action.Pack, back, text string) []page.Link {
	return []page.Link{{Text: text, URL: back}, {Text: "Show as slides", URL: "/packs/" + k.ID + "/slides"}, {Text: "Save as one file", URL: "/packs/" + k.ID + "/files/pack.html"}, {Text: "PowerPoint", URL: "/packs/" + k.ID + "/files/pack.pptx"}}
}

func (p Pages) packSlides(c echo.Context, who access.Actor) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	deck = marked(c, k, deck)
	d, err := p.NewSlides(c.Request().Context(), p.NewBase(c, k.Title), who.School, deck)
	if err != nil {
		return err
	}
	d.Links = slices.DeleteFunc(packLinks(k, "/packs/"+k.ID, "To print"), func(l page.Link) bool { return strings.HasSuffix(l.URL, "/slides") })
	guess, err := p.guessFirst(c, who, k.RoundIDs())
	if err != nil {
		return err
	}
	if guess != "" {
		d.Links = append([]page.Link{{Text: "Guess three first", URL: guess}}, d.Links...)
	}
	return slidesTemplate.Send(c, http.StatusOK, d)
}

// marked is a frozen deck as it is shown: with a slide before it that says that it was withdrawn, if it was.
func marked(c echo.Context, k action.Pack, deck slides.Deck) slides.Deck {
	if said := withdrawn(c, k, "board.withdrawn_why"); said != "" {
		return deck.Withdrawn(page.Voice(c).Say("board.withdrawn"), said)
	}
	return deck
}

func (p Pages) packFile(c echo.Context, who access.Actor) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	deck = marked(c, k, deck)
	var body []byte
	kind := ""
	switch c.Param("file") {
	case "pack.pptx":
		kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		body, err = slides.PowerPoint(deck)
	case "pack.html":
		kind = "text/html; charset=utf-8"
		v := page.Voice(c)
		var d page.Slides
		if d, err = p.NewSlides(c.Request().Context(), page.Base{Title: k.Title, School: deck.School, Lang: v.Lang, Dir: v.Dir, Demo: page.School(c).Invented}, who.School, deck); err == nil {
			body, err = d.File(slidesTemplate)
		}
	default:
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+c.Param("file")+`"`)
	return c.Blob(http.StatusOK, kind, body)
}

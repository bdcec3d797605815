package exploring

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
	"earshot/static"
)

// presentPage is a round's results on a wall, slide by slide.
type presentPage struct {
	page.Base
	Slides []slide
	Links  []page.Link
}

type slide struct {
	Number int
	slides.Slide
	Figure *page.Figure
}

var presentTemplate = page.New("exploring/present", "screen", presentPage{})

func presentURL(r round.Round, g result.Group) string { return resultsURL(r, g.Unit) + "/present" }

// present shows the slides of one group, the school or another.
func (p Pages) present(c echo.Context, who access.Actor) error {
	r, view, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	d, err := p.newPresentPage(c.Request().Context(), page.Voice(c), r, view, g)
	if err != nil {
		return err
	}
	base := p.NewBase(c, r.Title)
	base.CSS, base.JS = []string{static.Path("css/slides.css")}, []string{static.Path("js/slides.js")}
	d.Base = base
	unit := g.Unit
	if g.Kind == round.UnitSchool {
		unit = ""
	}
	d.Links = []page.Link{{Text: "Results", URL: resultsURL(r, unit)}, {Text: "Save as one file", URL: filesURL(r, g) + "/results.html"}, {Text: "PowerPoint", URL: filesURL(r, g) + "/results.pptx"}}
	return presentTemplate.Send(c, http.StatusOK, d)
}

// presentFile is the same as one file that needs no network.
func (p Pages) presentFile(c echo.Context, r round.Round, view result.Viewed, g result.Group) ([]byte, error) {
	d, err := p.newPresentPage(c.Request().Context(), page.Voice(c), r, view, g)
	if err != nil {
		return nil, err
	}
	d.Base = page.Base{Title: r.Title, School: r.AtOpening().School, Lang: page.Voice(c).Lang, Dir: page.Voice(c).Dir}
	d.CSS, d.JS = []string{static.Path("css/slides.css")}, []string{static.Path("js/slides.js")}
	body, err := presentTemplate.Bytes(d)
	if err != nil {
		return nil, err
	}
	return page.Standalone(body), nil
}

func (p Pages) newPresentPage(ctx context.Context, v words.Voice, r round.Round, view result.Viewed, g result.Group) (presentPage, error) {
	var d presentPage
	var figures []*page.Figure
	for i, s := range deck(v, r, view, g).Slides {
		one := slide{Number: i + 1, Slide: s}
		if s.Figure != nil {
			f := page.PlainFigure(*s.Figure)
			one.Figure = &f
			figures = append(figures, &f)
		}
		d.Slides = append(d.Slides, one)
	}
	return d, p.Illustrate(ctx, r.SchoolID, figures...)
}

func filesURL(r round.Round, g result.Group) string {
	if g.Kind == round.UnitSchool {
		return resultsURL(r, "") + "/files"
	}
	return resultsURL(r, g.Unit) + "/files"
}

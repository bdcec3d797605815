package exploring

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// presentTemplate is a round's results on a wall, slide by slide.
var presentTemplate = page.New("exploring/present", "screen", page.Slides{})

func presentURL(r round.Round, g result.Group) string { return resultsURL(r, g.Unit) + "/present" }

// present shows the slides of one group, the school or another.
func (p Pages) present(c echo.Context, who access.Actor) error {
	r, view, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	d, err := p.NewSlides(c.Request().Context(), p.NewBase(c, r.Title), r.SchoolID, deck(page.Voice(c), r, view, g))
	if err != nil {
		return err
	}
	unit := g.Unit
	if g.Kind == round.UnitSchool {
		unit = ""
	}
	d.Links = []page.Link{{Text: "Results", URL: resultsURL(r, unit)}, {Text: "Save as one file", URL: filesURL(r, g) + "/results.html"}, {Text: "PowerPoint", URL: filesURL(r, g) + "/results.pptx"}}
	return presentTemplate.Send(c, http.StatusOK, d)
}

// presentFile is the same as one file that needs no network.
func (p Pages) presentFile(c echo.Context, r round.Round, view result.Viewed, g result.Group) ([]byte, error) {
	base := page.Base{Title: r.Title, School: r.AtOpening().School, Lang: page.Voice(c).Lang, Dir: page.Voice(c).Dir}
	d, err := p.NewSlides(c.Request().Context(), base, r.SchoolID, deck(page.Voice(c), r, view, g))
	if err != nil {
		return nil, err
	}
	return d.File(presentTemplate)
}

func filesURL(r round.Round, g result.Group) string {
	if g.Kind == round.UnitSchool {
		return resultsURL(r, "") + "/files"
	}
	return resultsURL(r, g.Unit) + "/files"
}

package improving

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// wall is for reading the figures with the class, on the big screen: only what pupils may see of themselves.
func (p Pages) wall(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.mine(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, r, g.Unit)
	if err != nil {
		return err
	}
	d, err := p.NewSlides(ctx, p.NewBase(c, r.Title), r.SchoolID, wallDeck(page.Voice(c), view, g, n.Agreed))
	if err != nil {
		return err
	}
	d.Links = []page.Link{{Text: "Back", URL: lookURL(r, g.Unit) + "/journal"}}
	return slidesTemplate.Send(c, http.StatusOK, d)
}

// wallDeck is what a class sees of itself: how to talk about it, one sentence a question, and what it agreed on.
func wallDeck(v words.Voice, view result.Viewed, g result.Group, agreed string) slides.Deck {
	d := slides.Deck{Title: g.Name}
	d.Slides = append(d.Slides, slides.Slide{Title: v.Say("wall.title", words.V{"Group": g.Name}), Lead: v.Say("wall.lead"),
		Lists: []slides.List{{Lines: []string{v.Say("wall.alone"), v.Say("wall.pairs"), v.Say("wall.paper"), v.Say("wall.sentence")}}}, Small: v.Say("wall.small")})
	for _, q := range view.For(g.Unit) {
		if text, ok := figure.ForPupils(v, q, g); ok {
			d.Slides = append(d.Slides, slides.Slide{Title: q.Text, Lead: text, Small: v.Say("wall.ask")})
		}
	}
	end := slides.Slide{Title: v.Say("wall.end"), Lead: agreed, Small: v.Say("wall.end_small")}
	d.Slides = append(d.Slides, end)
	return d
}

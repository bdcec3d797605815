package improving

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
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
	v, doc, links, err := p.wallLanguage(c, r)
	if err != nil {
		return err
	}
	title := r.Title
	if doc != nil {
		title = doc.Title
		view.Questions = slices.Clone(view.Questions)
		for i, q := range view.Questions {
			view.Questions[i], _ = page.InWords(v, q, doc)
		}
	}
	base := p.NewBase(c, title)
	base.Lang, base.Dir = v.Lang, v.Dir
	d, err := p.NewSlides(ctx, base, r.SchoolID, wallDeck(v, view, g, n))
	if err != nil {
		return err
	}
	d.Links = append([]page.Link{{Text: "Back", URL: lookURL(r, g.Unit) + "/journal"}}, links...)
	return slidesTemplate.Send(c, http.StatusOK, d)
}

// wallLanguage is the language in which the class reads: ?lang= of those in which the school may ask and the questions have
// been translated. links lead to the others.
func (p Pages) wallLanguage(c echo.Context, r round.Round) (v words.Voice, doc *survey.Document, links []page.Link, err error) {
	ctx := c.Request().Context()
	v = page.Voice(c)
	english, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return v, nil, nil, err
	}
	docs, err := survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, english)
	if err != nil {
		return v, nil, nil, err
	}
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	for _, l := range spoken {
		in, ok := docs[l.Code]
		switch {
		case !ok:
		case l.Code == c.QueryParam("lang"):
			v, doc = l.Voice, &in
		default:
			links = append(links, page.Link{Text: l.Name, URL: "?lang=" + l.Code})
		}
	}
	if doc != nil {
		links = append([]page.Link{{Text: "English", URL: "?lang=en"}}, links...)
	}
	return v, doc, links, err
}

// wallDeck is what a class sees of itself: how to talk about it, one sentence a question, and what it agreed on.
func wallDeck(v words.Voice, view result.Viewed, g result.Group, n action.Note) slides.Deck {
	d := slides.Deck{Title: g.Name}
	d.Slides = append(d.Slides, slides.Slide{Title: v.Say("wall.title", words.V{"Group": g.Name}), Lead: v.Say("wall.lead"),
		Lists: []slides.List{{Lines: []string{v.Say("wall.alone"), v.Say("wall.pairs"), v.Say("wall.paper"), v.Say("wall.sentence")}}}, Small: v.Say("wall.small")})
	for _, q := range view.For(g.Unit) {
		if text, ok := figure.ForPupils(v, q, g); ok {
			d.Slides = append(d.Slides, slides.Slide{Title: q.Text, Lead: text, Lists: enoughOnWall(v, q, g, n), Small: v.Say("wall.ask")})
		}
	}
	d.Slides = append(d.Slides, thoughtSlides(v, view, g)...)
	end := slides.Slide{Title: v.Say("wall.end"), Lead: n.Agreed, Small: v.Say("wall.end_small")}
	d.Slides = append(d.Slides, end)
	return d
}

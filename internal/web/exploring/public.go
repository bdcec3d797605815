package exploring

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// publicPage is what everybody may read of a published round, pupils first: short, without script, and with nothing but
// the whole school.
type publicPage struct {
	page.Base
	Lead    string
	When    string // it was asked
	Rate    string
	Facts   []fact
	Asked   string
	Figures []page.Figure
	Method  string
	Small   string
}

type fact struct{ Name, Text string }

var publicTemplate = page.New("exploring/public", "base", publicPage{})

// lookPublic reads a published round and what anybody may see of it.
func (p Pages) lookPublic(ctx context.Context, code string) (round.Round, result.Viewed, error) {
	r, err := p.Rounds().ByCode(ctx, code)
	if err != nil {
		return r, result.Viewed{}, err
	}
	if r.State != round.Published {
		return r, result.Viewed{}, notFound()
	}
	rel, err := result.NewStore(p.DB, p.Key, p.Bank).Latest(ctx, r.SchoolID, r.ID)
	if err != nil {
		return r, result.Viewed{}, err
	}
	view, ok := result.Public(rel, r)
	if !ok {
		return r, view, notFound()
	}
	return r, view, nil
}

func (p Pages) public(c echo.Context) error {
	ctx := c.Request().Context()
	r, view, err := p.lookPublic(ctx, c.Param("code"))
	if err != nil {
		return err
	}
	d := newPublicPage(page.Voice(c), r, view)
	base := p.NewBase(c, r.Title)
	snap := r.AtOpening()
	base.School, base.Demo = snap.School, snap.Invented
	d.Base = base
	if err := p.Illustrate(ctx, r.SchoolID, d.figures()...); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return publicTemplate.Send(c, http.StatusOK, d)
}

func newPublicPage(v words.Voice, r round.Round, view result.Viewed) publicPage {
	school := view.School()
	d := publicPage{Lead: v.Say("public.lead"), When: asked(v, r), Rate: figure.Rate(v, view.Release, school), Asked: v.Say("public.asked"),
		Method: v.Say("public.method"), Small: v.Say("public.small")}
	d.Facts = []fact{{v.Say("public.why"), v.Say("public.because", words.V{"Why": strings.TrimRight(r.Why, ". ")})}, {v.Say("public.change"), r.MayChange}, {v.Say("public.reply"), v.Say("public.reply_by", words.V{"Date": round.SayDate(r.ReplyBy), "Place": r.ReplyPlace})}}
	for _, q := range view.Questions {
		d.Figures = append(d.Figures, page.PlainFigure(figure.Question(v, view.Release, q, school)))
	}
	return d
}

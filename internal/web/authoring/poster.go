package authoring

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// posterPage is one sheet for a wall: a round by an open link, for a parents' evening or a staff room.
type posterPage struct {
	page.Base
	Name    string
	Heading string
	Why     string
	Scan    string
	Type    string
	Address string
	QRSize  int
	QRPath  string
	Facts   []fact
}

var posterTemplate = page.New("authoring/poster", "print", posterPage{})

func (p Pages) poster(c echo.Context, who access.Actor) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	if r.Mode != round.OpenLink || r.State != round.Open {
		return notFound()
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	d := posterPage{Base: p.NewBase(c, "Poster"), Name: r.AtOpening().School, Heading: r.Title, Why: v.Say("public.because", words.V{"Why": strings.TrimRight(r.Why, ".!… ")}),
		Scan: v.Say("poster.scan"), Type: v.Say("poster.type"), Address: page.Bare(p.address(r))}
	once := "poster.3"
	if r.Audience != bank.Parents {
		once = "poster.3.staff"
	}
	d.Facts = []fact{{v.Say("poster.how_long"), v.Say("poster.takes", words.V{"Count": doc.Minutes})},
		{v.Say("poster.free"), v.Say("poster.1") + " " + v.Say("poster.2") + " " + v.Say(once)},
		{v.Say("poster.last"), round.SayDate(storage.DateOf(r.ClosesAt, r.Zone()))},
		{v.Say("public.reply"), v.Say("public.reply_by", words.V{"Date": round.SayDate(r.ReplyBy), "Place": r.ReplyPlace})}}
	if d.QRSize, d.QRPath, err = page.QR(p.address(r)); err != nil {
		return err
	}
	return posterTemplate.Send(c, http.StatusOK, d)
}

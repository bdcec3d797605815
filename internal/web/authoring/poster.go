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
	Lines   []string
	Until   string
	Reply   string
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
		Scan: v.Say("poster.scan"), Type: v.Say("poster.type"), Address: bare(p.address(r)),
		Until: v.Say("poster.until", words.V{"Date": round.SayDate(storage.DateOf(r.ClosesAt, r.Zone()))}),
		Reply: v.Say("poster.reply", words.V{"Date": round.SayDate(r.ReplyBy), "Place": r.ReplyPlace})}
	once := "poster.3"
	if r.Audience != bank.Parents {
		once = "poster.3.staff"
	}
	d.Lines = []string{v.Say("poster.takes", words.V{"Count": doc.Minutes}), v.Say("poster.1"), v.Say("poster.2"), v.Say(once)}
	if d.QRSize, d.QRPath, err = qrPath(p.address(r)); err != nil {
		return err
	}
	return posterTemplate.Send(c, http.StatusOK, d)
}

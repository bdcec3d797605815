package improving

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// repliesPage says what is owed to whom, and what has been said.
type repliesPage struct {
	page.Base
	Owed  []owedLine
	Given []owedLine
	Leads bool
	Tabs  []page.Link
}

// tabs are the sides of this activity: what is said, what is done, and what governors are shown.
func tabs(who access.Actor, here string) (list []page.Link) {
	for _, l := range []page.Link{{Text: "Replies", URL: "/replies"}, {Text: "Actions", URL: "/actions"}, {Text: "For governors", URL: "/packs"}, {Text: "How we use this", URL: "/agreement"}} {
		if l.Here = l.URL == here; l.URL != "/packs" || access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
			list = append(list, l)
		}
	}
	return list
}

type owedLine struct {
	Title string
	URL   string
	Whom  string
	Text  string
	Late  bool
}

var repliesTemplate = page.New("improving/replies", "base", repliesPage{})

// whom says to whom a reply is owed.
func whom(audience string) string {
	switch {
	case bank.IsPupils(audience):
		return "Pupils"
	case audience == bank.Parents:
		return "Parents and carers"
	}
	return "Staff"
}

func (p Pages) replies(c echo.Context, who access.Actor) error {
	d := repliesPage{Base: p.NewBase(c, "Replies"), Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Tabs: tabs(who, "/replies")}
	list, err := p.store().Replies(c.Request().Context(), who)
	if err != nil {
		return err
	}
	today := storage.DateOf(p.DB.Now(), page.School(c).Zone())
	for _, o := range list {
		line := owedLine{Title: o.Title, URL: "/replies/" + o.ID, Whom: whom(o.Audience), Late: o.Late(today)}
		switch {
		case o.PublishedAt != nil:
			line.Text = "Given on " + day(o.Round, *o.PublishedAt)
		case line.Late:
			line.Text = "Was due by " + round.SayDate(o.ReplyBy) + " and is late"
		default:
			line.Text = "Due by " + round.SayDate(o.ReplyBy)
		}
		if d.Leads {
			line.URL = replyURL(o.Round)
		}
		if o.PublishedAt != nil {
			d.Given = append(d.Given, line)
		} else {
			d.Owed = append(d.Owed, line)
		}
	}
	return repliesTemplate.Send(c, http.StatusOK, d)
}

// readPage is a reply as those read it who were asked.
type readPage struct {
	page.Base
	Notice *page.Notice
	Reply  action.Read
	Edit   string
	Public string
}

var readTemplate = page.New("improving/read", "base", readPage{})

// read shows any member of staff what was published of a reply.
func (p Pages) read(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	list, err := p.store().Replies(ctx, who)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.ID != c.Param("id") {
			continue
		}
		w, err := p.store().Shown(ctx, o.Round)
		if err != nil {
			return err
		}
		return p.drawRead(c, o.Round, w, nil)
	}
	return notFound()
}

// preview shows the whole of it as it would be read if it were published now.
func (p Pages) preview(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	w, err := p.store().Whole(c.Request().Context(), who, r)
	if err != nil {
		return err
	}
	if w.PublishedAt == nil {
		now := p.DB.Now()
		w.PublishedAt, w.PublishedBy = &now, who.Name
	}
	return p.drawRead(c, r, w, &page.Notice{Title: "As it will be read.", Text: "This is the reply with everything that is written of it now. Nobody else sees this page."})
}

func (p Pages) drawRead(c echo.Context, r round.Round, w action.Whole, notice *page.Notice) error {
	d := readPage{Base: p.NewBase(c, r.Title), Notice: notice, Reply: action.Say(page.Voice(c), r, w, action.ReplyLanguage{}, p.today(r))}
	d.Crumbs = []page.Link{{Text: "Replies", URL: "/replies"}, {Text: r.Title, Here: true}}
	if notice != nil {
		d.Edit = replyURL(r)
	}
	if r.Audience != bank.Staff && notice == nil {
		d.Public = p.BaseURL + "/r/" + r.Code
	}
	return readTemplate.Send(c, http.StatusOK, d)
}

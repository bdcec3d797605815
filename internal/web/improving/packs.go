package improving

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/web/page"
)

// packsPage lists what governors were shown, and lets leaders make the next one.
type packsPage struct {
	page.Base
	Packs []packLine
	Leads bool
	Form  page.Form
	None  bool // no round is published yet
	Tabs  []page.Link
}

type packLine struct {
	Title string
	URL   string
	Text  string
}

var packsTemplate = page.New("improving/packs", "base", packsPage{})

func (p Pages) packs(c echo.Context, who access.Actor) error {
	return p.drawPacks(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawPacks(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx := c.Request().Context()
	list, err := p.store().Packs(ctx, who)
	if err != nil {
		return err
	}
	d := packsPage{Base: p.NewBase(c, "For governors"), Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Tabs: tabs(who, "/packs")}
	zone := page.School(c).Zone()
	for _, k := range list {
		d.Packs = append(d.Packs, packLine{k.Title, "/packs/" + k.ID, figure.Join("Made by "+k.MadeBy+" on "+round.SayDate(storage.DateOf(k.MadeAt, zone))+".", withdrawn(c, k, "board.withdrawn_short"))})
	}
	if d.Leads {
		rounds, err := p.published(ctx, who)
		if err != nil {
			return err
		}
		choose := page.Field{Name: "rounds", Label: "What it tells of", Several: true, Hint: "The newest published round of each voice is ticked. One of each is enough."}
		seen := map[string]bool{}
		form, _ := c.FormParams()
		for _, r := range rounds {
			voice := action.Voice(r.Audience)
			ticked := !seen[voice]
			if c.Request().Method == http.MethodPost {
				ticked = slices.Contains(form["rounds"], r.ID)
			}
			choose.Options = append(choose.Options, page.Option{Value: r.ID, Label: r.Title, Hint: whom(r.Audience) + ", published on " + day(r, *r.PublishedAt), Chosen: ticked})
			seen[voice] = true
		}
		d.None = len(rounds) == 0
		d.Form = page.NewForm(errs,
			page.Field{Name: "title", Label: "Title", Value: c.FormValue("title"), Hint: "Such as: Governors' meeting, autumn"},
			choose,
			page.Field{Name: "ask", Label: "Questions governors may ask, one a line", Rows: 3, Value: c.FormValue("ask"), Hint: "Four stand there already. Add what you want to be asked."})
	}
	return packsTemplate.Send(c, status, d)
}

// published are the published rounds whose school figures the actor may see, the newest first.
func (p Pages) published(ctx context.Context, who access.Actor) (list []round.Round, err error) {
	all, err := p.Rounds().List(ctx, who)
	for _, r := range all {
		if r.State == round.Published && r.ReadBy(access.Governor) { // of no others can a pack tell
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b round.Round) int { return b.PublishedAt.Compare(*a.PublishedAt) })
	return list, err
}

// makePack makes a pack for good, or shows it as it would be made now.
func (p Pages) makePack(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if form.Get("do") == "change" {
		return p.packs(c, who)
	}
	in, follows, err := p.board(c, who, form["rounds"])
	if err != nil {
		return err
	}
	f := action.PackForm{Title: strings.TrimSpace(form.Get("title")), Follows: follows}
	in.Title = f.Title
	for _, line := range splitLines(form.Get("ask")) {
		if len(in.Ask) < 6 {
			in.Ask = append(in.Ask, line)
		}
	}
	var deck slides.Deck
	if len(in.Voices) > 0 {
		f.Rounds, deck = in.Rounds(), slides.ForBoard(page.Voice(c), p.Bank, in)
		if f.Body, err = json.Marshal(deck); err != nil {
			return err
		}
	}
	var k action.Pack
	switch preview := form.Get("do") == "preview"; {
	case preview:
		if err = f.Problems(); err == nil {
			return p.drawPreview(c, who, f.Title, form["rounds"], form.Get("ask"), deck)
		}
	default:
		k, err = p.store().Freeze(ctx, who, f)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawPacks(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/packs/"+k.ID, "The pack is made, and stays as it is. Governors can read it when they sign in.")
}

// withdrawPack says of a pack that it should not be used any more.
func (p Pages) withdrawPack(c echo.Context, who access.Actor) error {
	err := p.store().Withdraw(c.Request().Context(), who, c.Param("id"), c.FormValue("because"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawPack(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/packs", "The pack is withdrawn. Its copy stays, and says so to everybody who opens it.")
}

// withdrawn says when, by whom and why a pack was withdrawn; empty while it stands.
func withdrawn(c echo.Context, k action.Pack, key string) string {
	if k.WithdrawnAt == nil {
		return ""
	}
	return page.Voice(c).Say(key, words.V{"Name": k.WithdrawnBy, "Date": round.SayDate(storage.DateOf(*k.WithdrawnAt, page.School(c).Zone())), "Reason": k.WithdrawnBecause})
}

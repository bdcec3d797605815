package exploring

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// heard is one voice with what it said last, as far as the reader may see it.
type heard struct {
	Name  string
	round round.Round
	view  result.Viewed
}

// voices are the three, in the order in which they stand beside each other. They are never added up.
var voices = []struct {
	name string
	of   func(audience string) bool
}{
	{"Pupils", bank.IsPupils},
	{"Parents and carers", func(a string) bool { return a == bank.Parents }},
	{"Staff", func(a string) bool { return a == bank.Staff }},
}

const (
	aYear      = 366 * 24 * time.Hour // what counts as lately
	mostRounds = 4                    // of one voice that are looked through
)

// hear finds what each voice said last, in rounds whose school figures the reader may see.
func (p Pages) hear(ctx context.Context, who access.Actor) (latest []heard, err error) {
	all, err := p.Rounds().List(ctx, who)
	if err != nil {
		return nil, err
	}
	now := p.DB.Now()
	var ids []string
	tried := make([][]round.Round, len(voices))
	for _, r := range all {
		if !r.HasResults() || r.ClosedAt == nil || now.Sub(*r.ClosedAt) > aYear {
			continue
		}
		for i, v := range voices {
			if v.of(r.Audience) && len(tried[i]) < mostRounds {
				tried[i] = append(tried[i], r)
				ids = append(ids, r.ID)
			}
		}
	}
	releases, err := result.NewStore(p.DB, p.Key, p.Bank).LatestOf(ctx, who.School, ids)
	if err != nil {
		return nil, err
	}
	for i, v := range voices {
		for _, r := range tried[i] {
			rel, ok := releases[r.ID]
			if !ok {
				continue
			}
			owners, err := p.Rounds().UnitReaders(ctx, r)
			if err != nil {
				return nil, err
			}
			view := result.View(rel, r, who, owners, now)
			if school := view.School(); view.Sees(school.Unit) {
				latest = append(latest, heard{v.name, r, view})
				break
			}
		}
	}
	return latest, nil
}

// schoolPage is where a school stands: what each voice said last, and which gateways nobody was asked about.
type schoolPage struct {
	page.Base
	Voices   []voiceBlock
	Heads    []string
	Nine     []gatewayLine
	Others   []gatewayLine
	Never    []string
	MayAsk   bool
	NoVoices bool
}

type voiceBlock struct {
	Name           string
	Round          page.Link
	When, Rate     string
	Strong, Weak   []standing
	Order          string
	Up, Down       []standing
	Moved, Unsure  string
	Trust          string // how the school lies beside its trust
	Missing, Reach string
}

type gatewayLine struct {
	Name  string
	URL   string
	Cells []string
}

var schoolTemplate = page.New("exploring/school", "base", schoolPage{})

// school is the home of results.
func (p Pages) school(c echo.Context, who access.Actor) error {
	latest, err := p.hear(c.Request().Context(), who)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	d := schoolPage{Base: p.NewBase(c, "Results"), NoVoices: len(latest) == 0, MayAsk: access.Can(who, access.RunRounds, access.Object{School: who.School})}
	for _, h := range latest {
		b := block(v, h)
		all, err := p.beside(c.Request().Context(), who, h.round, h.view)
		if err != nil {
			return err
		}
		b.Trust = figure.AllBesideTrust(v, all)
		d.Voices = append(d.Voices, b)
		d.Heads = append(d.Heads, h.Name)
	}
	for _, gw := range p.Bank.Gateways {
		line := gatewayLine{Name: gw.Name, URL: "/results/gateways/" + gw.ID}
		asked := false
		for _, h := range latest {
			text, some := covered(v, h, gw.ID)
			line.Cells = append(line.Cells, text)
			asked = asked || some
		}
		if !asked {
			d.Never = append(d.Never, gw.Name)
		}
		if gw.Hargreaves {
			d.Nine = append(d.Nine, line)
		} else {
			d.Others = append(d.Others, line)
		}
	}
	return schoolTemplate.Send(c, http.StatusOK, d)
}

func block(v words.Voice, h heard) voiceBlock {
	school := h.view.School()
	against := figure.Compare(h.view, school.Unit)
	d := resultsPage{}
	d.changes(v, h.view, school, against)
	stand := figure.Stand(v, h.view, school.Unit)
	b := voiceBlock{Name: h.Name, Round: page.Link{Text: h.round.Title, URL: resultsURL(h.round, "")}, When: asked(v, h.round),
		Rate: figure.Rate(v, h.view.Release, school), Strong: standings(stand.Strong), Weak: standings(stand.Weak),
		Up: d.Up, Down: d.Down, Moved: d.Moved, Unsure: d.Unsure}
	switch {
	case stand.Alike:
		b.Order = v.Say("figure.standings.alike")
	case stand.Overlap:
		b.Order = v.Say("figure.standings.overlap")
	}
	b.Missing, b.Reach = figure.Missing(v, h.view.Audience, h.view.Rates, false)
	return b
}

// covered says what a voice was asked of a gateway.
func covered(v words.Voice, h heard, gateway string) (text string, some bool) {
	n := 0
	school := h.view.School().Unit
	var shares []string
	for _, q := range h.view.For(school) {
		if q.Gateway != gateway {
			continue
		}
		n++
		if row, _ := q.Row(school); row.Share != nil && !q.Several {
			shares = append(shares, v.Say("figure.standing", words.V{"Percent": figure.Percent(row.Share.X, row.Share.N), "Words": q.FavourableWords}))
		}
	}
	if n == 0 {
		return v.Say("figure.gateway.none"), false
	}
	for _, s := range h.view.Sections {
		if sum, ok := s.Row(school); ok && s.ID == gateway {
			return v.Say("figure.gateway.share", words.V{"Percent": strconv.Itoa(figure.Percent(sum.X, sum.N)), "Count": sum.Items}), true
		}
	}
	if len(shares) == n && n <= 2 {
		return strings.Join(shares, "; "), true
	}
	return v.Say("figure.gateway.asked", words.V{"Count": n}), true
}

// gatewayPage is one gateway: what each voice said about it, side by side.
type gatewayPage struct {
	page.Base
	About  string
	Voices []gatewayVoice
	Silent []string // voices that were not asked
	Ready  int      // questions that the bank has ready
	Link   string
	Tries  page.Tries
}

type gatewayVoice struct {
	Name   string
	Round  page.Link
	When   string
	Figure page.Figure
}

var gatewayTemplate = page.New("exploring/gateway", "base", gatewayPage{})

func (p Pages) gateway(c echo.Context, who access.Actor) error {
	gw, ok := p.Bank.Gateway(c.Param("gateway"))
	if !ok {
		return notFound()
	}
	latest, err := p.hear(c.Request().Context(), who)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	d := gatewayPage{Base: p.NewBase(c, gw.Name), About: gw.About}
	d.Crumbs = []page.Link{{Text: "Results", URL: "/results"}, {Text: gw.Name, Here: true}}
	d.JS = page.ChartScripts()
	d.Tries = page.NewTries(p.Bank, p.Bank.TriesFor(gw.ID, "", ""), "", "")
	for _, i := range p.Bank.Items {
		if i.Gateway == gw.ID {
			d.Ready++
		}
	}
	if access.Can(who, access.BrowseBank, access.Object{School: who.School}) {
		d.Link = "/bank?gateway=" + gw.ID
	}
	for _, h := range latest {
		f, ok := figure.Gateway(v, h.view, gw.ID, h.Name)
		if !ok {
			d.Silent = append(d.Silent, h.Name)
			continue
		}
		d.Voices = append(d.Voices, gatewayVoice{h.Name, page.Link{Text: h.round.Title, URL: resultsURL(h.round, "")}, asked(v, h.round), page.NewFigure(f)})
	}
	if err := p.Illustrate(c.Request().Context(), who.School, d.figures()...); err != nil {
		return err
	}
	return gatewayTemplate.Send(c, http.StatusOK, d)
}

package answering

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// handsPage is where somebody counts raised hands, or the counters in each box, of one class.
type handsPage struct {
	page.Base
	ID        string
	Heading   string
	Unit      string
	Units     []handsUnit // to choose from, as long as none is chosen
	Own       bool        // some are not there because the reader teaches them
	Size      string
	Counted   bool // somebody has counted here already
	Promise   []string
	Questions []handsQuestion
	Left      string   // how many questions are left out; empty if none
	Why       []string // and why
	Errors    page.Errors
}

type handsUnit struct{ Text, URL, Hint string }

type handsQuestion struct {
	ID      string
	Text    string
	Error   string
	Options []handsOption
}

type handsOption struct {
	Name, Label, Value string
	Wrong              bool
}

var handsTemplate = page.New("answering/hands", "base", handsPage{})

// roomOf finds a round that a teacher may count for, although it is not their own.
func (p Pages) roomOf(c echo.Context, who access.Actor) (round.Round, []round.Unit, map[string][]string, error) {
	ctx := c.Request().Context()
	r, err := p.Rounds().ByID(ctx, who.School, c.Param("id"))
	if err != nil {
		return r, nil, nil, err
	}
	if r.Mode != round.Anonymous || !r.Takes() || !bank.IsPupils(r.Audience) {
		return r, nil, nil, fault.New(fault.Conflict, "hands.not_open")
	}
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return r, nil, nil, err
	}
	teach, err := p.Rounds().Adults(ctx, r)
	return r, slices.DeleteFunc(units, func(u round.Unit) bool { return !u.IsLeaf() }), teach, err
}

func (p Pages) hands(c echo.Context, who access.Actor) error {
	return p.drawHands(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawHands(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx := c.Request().Context()
	r, units, teach, err := p.roomOf(c, who)
	if err != nil {
		return err
	}
	d := handsPage{Base: p.NewBase(c, "Count hands"), ID: r.ID, Heading: r.Title, Unit: c.QueryParam("unit"), Errors: errs}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Count hands", Here: true}}
	have, err := p.Collector.Hands(ctx, r)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	var unit round.Unit
	for _, u := range units {
		if u.ID == d.Unit {
			unit = u
		}
		if slices.Contains(teach[u.ID], who.Person) {
			d.Own = true
			continue
		}
		line := handsUnit{Text: u.Name, URL: "?unit=" + u.ID}
		if len(have[u.ID]) > 0 {
			line.Hint = v.Say("hands.counted")
		}
		d.Units = append(d.Units, line)
	}
	if unit.ID == "" {
		return handsTemplate.Send(c, status, d)
	}
	if slices.Contains(teach[unit.ID], who.Person) {
		return fault.New(fault.Forbidden, "hands.own_class")
	}
	d.Heading, d.Counted = unit.Name+": "+r.Title, len(have[unit.ID]) > 0
	d.Size = v.Say("hands.size", words.V{"Name": unit.Name, "Count": unit.Size})
	promise, err := p.Rounds().Promise(ctx, r, bank.HandsUp)
	if err != nil {
		return err
	}
	for _, part := range promise.Shown(bank.ShowFirst) {
		d.Promise = append(d.Promise, part.Text)
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	reasons, left := collecting.NotForHands(doc)
	sum := 0
	for _, why := range reasons {
		sum += left[why]
		d.Why = append(d.Why, v.Say("hands.left."+why, words.V{"Count": left[why]}))
	}
	if sum > 0 {
		d.Left = v.Say("hands.left", words.V{"Count": sum, "All": len(doc.Questions())})
	}
	for _, q := range collecting.ForHands(doc) {
		hq := handsQuestion{ID: q.ID, Text: q.Text}
		for _, o := range q.Options {
			name := q.ID + "." + o.ID
			hq.Options = append(hq.Options, handsOption{Name: name, Label: o.Label, Wrong: errs.Of(name) != "", Value: c.FormValue(name)})
			hq.Error = cmp.Or(hq.Error, errs.Of(name)) // the same for each
		}
		d.Questions = append(d.Questions, hq)
	}
	return handsTemplate.Send(c, status, d)
}

func (p Pages) countHands(c echo.Context, who access.Actor) error {
	r, units, _, err := p.roomOf(c, who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(units, func(u round.Unit) bool { return u.ID == c.QueryParam("unit") })
	if i < 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	doc, err := p.Rounds().Document(c.Request().Context(), r)
	if err != nil {
		return err
	}
	counts := map[string]map[string]string{}
	for _, q := range collecting.ForHands(doc) {
		counts[q.ID] = map[string]string{}
		for _, o := range q.Options {
			counts[q.ID][o.ID] = c.FormValue(q.ID + "." + o.ID)
		}
	}
	err = p.Collector.CountHands(c.Request().Context(), who, r, units[i], counts)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawHands(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID+"/hands", page.Voice(c).Say("hands.saved"))
}

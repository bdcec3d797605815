package exploring

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// waitingPage stands where results will be: when, for whom, and who is still missing.
type waitingPage struct {
	page.Base
	Notice  page.Notice
	Rates   []rateLine
	Missing string
	Reach   string
}

var waitingTemplate = page.New("exploring/waiting", "base", waitingPage{})

func (p Pages) wait(c echo.Context, who access.Actor, r round.Round, v result.Viewed) error {
	voice := page.Voice(c)
	d := waitingPage{Base: p.NewBase(c, r.Title)}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Results", Here: true}}
	rates := v.Rates
	switch r.State {
	case round.Open:
		d.Notice = page.Notice{Title: "Still open.", Text: "Results come after the round has closed on " + at(r, r.ClosesAt) + " and settled two days later."}
	case round.Closed:
		d.Notice = page.Notice{Title: "Closed.", Text: "Answers on their way still arrive. Results come when the round settles, by " + at(r, r.SettlesAt()) + "."}
	default:
		d.Notice = page.Notice{Title: "Being counted.", Text: "The round has just settled. Open this page again in a minute."}
		if v.Format > 0 {
			d.Notice = *waitingNotice(r, who, v)
			switch {
			case v.Whole && v.Purpose == access.ForLearning:
				d.Notice = page.Notice{Title: "Nothing to add up.", Text: "This round is for learning, and so few teachers took part, or so few people answered, that a sum would point at somebody. Each teacher sees their own classes."}
			case v.Whole:
				d.Notice = page.Notice{Title: figure.Hidden(voice, v.Release), Text: "So few people answered this round that any figure would point at one of them."}
			}
		}
	}
	if !r.HasResults() {
		var err error
		if rates, err = p.ratesNow(c, who, r); err != nil {
			return err
		}
	}
	if r.State == round.Open {
		shown := "nothing is shown"
		if len(rates) > 0 {
			shown = "only these steps are shown"
		}
		d.Notice.Text += " Until then " + shown + ", so that nobody can watch one answer arrive."
	}
	for _, g := range rates {
		d.Rates = append(d.Rates, rateLine{Name: g.Called(), Leaf: g.IsLeaf(), Text: figure.ShortRate(voice, result.Release{}, g)})
	}
	d.Missing, d.Reach = figure.Missing(voice, r.Audience, rates, r.State == round.Open)
	return waitingTemplate.Send(c, http.StatusOK, d)
}

// waitingNotice says from when somebody may look. Leaders wait in every round alike.
func waitingNotice(r round.Round, who access.Actor, v result.Viewed) *page.Notice {
	if who.Is(access.Head, access.Leader) {
		from := "You may look from " + at(r, r.LeadersFrom()) + "."
		if slices.ContainsFunc(v.Rates, func(g result.Group) bool { return g.Kind == round.UnitClass }) {
			return &page.Notice{Title: "Teachers look first.", Text: from + " Until then, for three school days after the round settled, each teacher has their own classes to themselves."}
		}
		return &page.Notice{Title: "Not open to leaders yet.", Text: from + " Results open to leaders three school days after a round settles, in every round alike."}
	}
	return &page.Notice{Title: "Not published yet.", Text: "You were named as a reader of this round. You may look once it is published; the school's reply is due by " + round.SayDate(r.ReplyBy) + "."}
}

// ratesNow bands how many slips have come back, while a round takes answers. A teacher who has no other business with the
// round learns of their own classes alone.
func (p Pages) ratesNow(c echo.Context, who access.Actor, r round.Round) ([]result.Group, error) {
	if !r.Slips() {
		return nil, nil
	}
	ctx := c.Request().Context()
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return nil, err
	}
	owners, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return nil, err
	}
	came, err := participation.NewStore(p.DB, p.Key).Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return nil, err
	}
	all := access.Can(who, access.SeeRound, r.Object(p.DB.Now()))
	spent := map[string]int{}
	for _, u := range slices.Backward(units) { // children come after their parents
		spent[u.ID] += came[u.ID].Spent
		spent[u.ParentID] += spent[u.ID]
	}
	var list []result.Group
	for _, u := range units {
		if all || slices.Contains(owners[u.ID], who.Person) {
			list = append(list, result.Group{Unit: u.ID, Kind: u.Kind, Name: u.Name, Subject: u.Subject, Parent: u.ParentID, Rate: result.RateOf(spent[u.ID], u.Size)})
		}
	}
	return list, nil
}

package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

type roundsPage struct {
	page.Base
	Rounds []roundLine
	Leads  bool
}

var roundsTemplate = page.New("authoring/rounds", "base", roundsPage{})

func (p Pages) rounds(c echo.Context, who access.Actor) error {
	all, err := p.Rounds().List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := roundsPage{Base: p.NewBase(c, "Rounds"), Leads: access.Can(who, access.RunRounds, access.Object{School: who.School})}
	for _, r := range all {
		d.Rounds = append(d.Rounds, p.roundLine(c, r))
	}
	return roundsTemplate.Send(c, http.StatusOK, d)
}

type roundPage struct {
	page.Base
	Errors    page.Errors
	ID        string
	State     string
	Leads     bool
	Draft     bool
	Open      bool
	Closed    bool
	Settled   bool
	Slips     bool // people answer with slips of paper
	Mailed    bool // with links that come by e-mail
	Personal  bool // with a card of their own: it is confidential or named
	Needs     []needed
	Named     bool // those who read the results may see who said what
	Worries   bool // of a confidential round, for those who keep children safe
	Pupils    bool // pupils are asked
	Minute    bool // it begins with a minute without the screen
	Guess     bool // staff may guess what pupils say
	SurveyID  string
	Sheets    []sheetLine
	Unprinted int // classes whose slips have not been printed
	Facts     []fact
	Questions []questionLine
	Promise   bank.Promise
	Rates     []rateLine
	Unspent   string
	Address   string
	Extend    page.Form
	Results   bool
	Publish   bool
	Public    string // where everybody reads it, once it is published
	Unmailed  string // of a draft by e-mail: whom no invitation can reach
	BroughtIn bool   // its answers were collected elsewhere
	Withdraw  bool   // they can still be taken back
}

type fact struct{ Name, Text string }

// sheetLine is one class on the way from printing to answering.
type sheetLine struct {
	ID      string
	Name    string
	State   string
	Printed bool
	Begun   bool
}

type rateLine struct {
	Name string
	Band string
	Leaf bool
}

var roundTemplate = page.New("authoring/round", "base", roundPage{})

func (p Pages) round(c echo.Context, who access.Actor) error {
	r, err := p.Rounds().Find(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawRound(c, who, http.StatusOK, r, page.Errors{})
}

// Address is where a round is answered, as it is printed and shown.
func (p Pages) address(r round.Round) string { return p.BaseURL + "/a/" + r.Code }

func (p Pages) drawRound(c echo.Context, who access.Actor, status int, r round.Round, errs page.Errors) error {
	ctx := c.Request().Context()
	v := page.Voice(c)
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	now := p.DB.Now()
	d := roundPage{Base: p.NewBase(c, r.Title), Errors: errs, ID: r.ID, State: stateName(c, r.State), Slips: r.Mode == round.Anonymous && !r.Mailed(),
		Mailed: r.Mailed(), Personal: r.Personal(), Pupils: bank.IsPupils(r.Audience), SurveyID: r.SurveyID,
		Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}),
		Draft: r.State == round.Draft, Open: r.State == round.Open, Closed: r.State == round.Closed, Settled: r.HasResults(),
		Address: p.address(r), Questions: questionsOf(doc, v)}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, Here: true}}
	d.Results = r.HasResults()
	d.Guess = d.Leads && guessed(r)
	if r.State == round.Published {
		if rel, err := result.NewStore(p.DB, p.Key, p.Bank).Latest(ctx, r.SchoolID, r.ID); err == nil {
			if _, ok := result.Public(rel, r); ok {
				d.Public = p.BaseURL + "/r/" + r.Code
			}
		}
	}
	d.Publish = r.State == round.Settled && !now.Before(r.LeadersFrom())
	if d.BroughtIn = r.BroughtIn(); d.BroughtIn {
		d.Withdraw = r.OnTrial(now)
		if d.Facts, err = p.broughtFacts(c, r); err != nil {
			return err
		}
	} else {
		d.Facts = p.facts(c, r)
		whom, err := p.whom(c, r)
		if err != nil {
			return err
		}
		d.Facts = append(d.Facts, whom...)
	}
	if d.Draft {
		minutes, err := p.budget(c, who, r.Choices().Groups, doc)
		if err != nil {
			return err
		}
		d.Facts = append(d.Facts, fact{"Minutes asked for", minutes})
	}
	if d.Draft && doc.HasText() {
		words, err := p.wordsToRead(c, r, doc)
		if err != nil {
			return err
		}
		d.Facts = append(d.Facts, words)
	}
	if unheard, err := p.unheard(c, r, doc); err != nil {
		return err
	} else if unheard != "" && !d.BroughtIn {
		d.Facts = append(d.Facts, fact{"Other languages", unheard})
	}
	if d.Minute = r.Choices().Minute && !d.BroughtIn; d.Minute {
		d.Facts = append(d.Facts, fact{"How it begins", "With a minute without the screen."})
	}
	if why := r.Choices().Despite; why != "" {
		d.Facts = append(d.Facts, fact{"Why we ask all the same", why})
	}
	if q, ok := doc.Question(r.Choices().Outcome); ok {
		d.Facts = append(d.Facts, fact{"What matters most", q.Text})
	}
	d.Named = r.HasResults() && envelope.Names(who, r)
	d.Worries = r.Worries() && r.HasResults() && access.Can(who, access.OpenEnvelopes, access.Object{School: who.School})
	own, err := p.personalFacts(c, r)
	if err != nil {
		return err
	}
	d.Facts = append(d.Facts, own...)
	if d.Needs, err = p.personalNeeds(c, r); err != nil {
		return err
	}
	if d.Draft && d.Mailed {
		if d.Unmailed, err = p.unmailed(c, r); err != nil {
			return err
		}
	}
	if r.State != round.Cancelled && !d.BroughtIn {
		// Before opening it shows what would be promised; where that cannot be said yet, opening says why.
		if d.Promise, err = p.Rounds().PreviewPromise(ctx, r); err != nil && r.State != round.Draft {
			return err
		}
	}
	if err := p.rates(c, who, r, &d); err != nil {
		return err
	}
	d.Extend = page.NewForm(errs,
		page.Field{Name: "closes_at", Type: "date", Label: "New last day", Value: string(storage.DateOf(r.ClosesAt, page.School(c).Zone()))},
		page.Field{Name: "reply_by", Type: "date", Label: "Reply by", Value: string(r.ReplyBy)})
	return roundTemplate.Send(c, status, d)
}

// rates fills in how many have answered, in bands: exact numbers while a round is open would let somebody watch one
// answer arrive.
func (p Pages) rates(c echo.Context, who access.Actor, r round.Round, d *roundPage) error {
	if r.State != round.Open && r.State != round.Closed {
		return nil
	}
	ctx := c.Request().Context()
	v := page.Voice(c)
	if r.Mode == round.OpenLink {
		n, err := response.NewStore(p.DB).Waits(ctx, r.SchoolID, r.ID)
		if err != nil {
			return err
		}
		band := v.Say("band.few")
		if n >= 10 {
			band = v.Say("band.about", words.V{"Count": n / 10 * 10})
		}
		d.Rates = []rateLine{{Name: "Answers so far", Band: band}}
		return nil
	}
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	st := participation.NewStore(p.DB, p.Key)
	rates, err := st.Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	spent := map[string]int{}
	for i := len(units) - 1; i >= 0; i-- { // children come after their parents
		u := units[i]
		spent[u.ID] += rates[u.ID].Spent
		spent[u.ParentID] += spent[u.ID]
	}
	owners, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.IsLeaf() && d.Slips && d.Leads && r.State == round.Open {
			line := sheetLine{ID: u.ID, Name: u.Name, Printed: rates[u.ID].Printed > 0, Begun: rates[u.ID].Spent > 0}
			line.State = v.Say("slips.state." + map[bool]string{true: "printed", false: "unprinted"}[line.Printed])
			if line.Begun {
				line.State = v.Say("slips.state.begun")
			}
			if !line.Printed {
				d.Unprinted++
			}
			d.Sheets = append(d.Sheets, line)
		}
		// A teacher sees how their own class is doing, not how a colleague's is.
		if !d.Leads && !slices.Contains(owners[u.ID], who.Person) {
			continue
		}
		d.Rates = append(d.Rates, rateLine{Name: u.Name, Leaf: u.IsLeaf() && u.ParentID != "", Band: v.Say("band." + string(result.RateOf(spent[u.ID], u.Size)))})
	}
	unspent, err := st.Unspent(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	// To the nearest ten: leaders decide with it whether to settle early, and need no more.
	if unspent > 0 && d.Leads {
		d.Unspent = v.Say(unusedSay(r), words.V{"Count": max(10, (unspent+5)/10*10)})
	}
	return nil
}

// unusedSay is what has not been used yet, by how a round is answered.
func unusedSay(r round.Round) string {
	switch {
	case r.Mailed() && r.Personal():
		return "mail.unspent_links"
	case r.Mailed():
		return "mail.unspent"
	case r.Personal():
		return "cards.unspent"
	}
	return "slips.unspent"
}

// done ends one of a round's moves: on success back to the round, on a fault the page again with what is wrong.
func (p Pages) done(c echo.Context, who access.Actor, r round.Round, err error, key string) error {
	if errs, status, ok := page.Explain(c, err); ok {
		current, findErr := p.Rounds().Find(c.Request().Context(), who, c.Param("id"))
		if findErr != nil {
			return findErr
		}
		return p.drawRound(c, who, status, current, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID, page.Voice(c).Say(key))
}

func (p Pages) openRound(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err == nil && r.State == round.Draft {
		err = p.acts().MayOpen(ctx, who, r)
	}
	if err == nil && r.Mode == round.Confidential && p.Mail == nil {
		err = fault.New(fault.Conflict, "round.no_mail")
	}
	if err == nil {
		r, err = collecting.Open(ctx, p.DB, p.Key, p.Bank, who, r.ID)
	}
	if r.Mode == round.OpenLink {
		return p.done(c, who, r, err, "round.opened_link")
	}
	switch {
	case r.Mailed():
		return p.done(c, who, r, err, "round.opened_mail")
	case r.Personal():
		return p.done(c, who, r, err, "round.opened_personal")
	}
	return p.done(c, who, r, err, "round.opened")
}

func (p Pages) closeRound(c echo.Context, who access.Actor) error {
	r, err := p.Rounds().Close(c.Request().Context(), who, c.Param("id"))
	return p.done(c, who, r, err, "round.closed")
}

func (p Pages) extendRound(c echo.Context, who access.Actor) error {
	r, err := p.Rounds().Extend(c.Request().Context(), who, c.Param("id"), closing(c, c.FormValue("closes_at")), storage.Date(c.FormValue("reply_by")))
	return p.done(c, who, r, err, "round.extended")
}

func (p Pages) settleRound(c echo.Context, who access.Actor) error {
	r, err := schedule.Settle(c.Request().Context(), p.DB, p.Key, p.Bank, who, c.Param("id"))
	return p.done(c, who, r, err, "round.settled_now")
}

func (p Pages) publishRound(c echo.Context, who access.Actor) error {
	r, err := p.Rounds().Publish(c.Request().Context(), who, c.Param("id"))
	return p.done(c, who, r, err, "round.published_now")
}

func (p Pages) cancelRound(c echo.Context, who access.Actor) error {
	r, err := collecting.Cancel(c.Request().Context(), p.DB, p.Key, p.Bank, who, c.Param("id"), strings.TrimSpace(c.FormValue("reason")))
	return p.done(c, who, r, err, "round.cancelled_now")
}

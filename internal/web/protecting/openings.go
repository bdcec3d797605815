package protecting

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// openingsPage lists what was asked for, without a name of anybody it is about.
type openingsPage struct {
	page.Base
	List []openingLine
}

type openingLine struct{ Title, URL, State, Text string }

// newOpeningPage asks why somebody wants to know a name, and says who will be told.
type newOpeningPage struct {
	page.Base
	What, Promise, Told   string
	Round, Envelope, Kind string
	Do                    string
	Form                  page.Form
}

// openingPage is one of them. A name that a browser opens on it is never sent back here.
type openingPage struct {
	page.Base
	State                 string
	Round, What           string
	Asked, On             string
	Agreed, Opened, Until string
	Helper                string // whom the chair asked to open it for them
	Category, Reason      string
	Refused               string
	Next                  string // what happens now, or what the reader can do
	Action                string
	Open                  string // what the reader's browser opens: the name, the outer seal, the name for the chair, or nothing
	To                    string // the public half of the chair's key, where it is sealed to them
	Do                    string
	Refuse                bool
	Key                   keyPanel
	Form                  page.Form
}

var (
	openingsTemplate   = page.New("protecting/openings", "base", openingsPage{})
	newOpeningTemplate = page.New("protecting/opening_new", "base", newOpeningPage{})
	openingTemplate    = page.New("protecting/opening", "base", openingPage{})
)

// whyOpen are the categories of reasons in words.
var whyOpen = map[string]string{
	"danger": "Somebody is in danger now",
	"hurt":   "Somebody is being hurt",
	"self":   "Somebody may harm themselves",
	"other":  "Another reason",
	"reseal": "To seal names anew",
	"chair":  "It is for the chair of governors alone",
}

// whose says what a name is asked for.
var whose = map[string]string{envelope.Answer: "An answer", envelope.Comment: "A comment", envelope.Concern: "A comment that cannot wait", envelope.All: "Many names"}

func stateOf(o envelope.Opening, now time.Time) string {
	switch {
	case o.Kind == envelope.All:
		return "Sealed anew"
	case o.Refused != "":
		return "Left sealed"
	case o.OpenedAt != nil:
		return "Opened"
	case o.ForChair() && o.AgreedAt != nil && !o.Over(now):
		return "Opened for the chair"
	case o.Over(now):
		return "Over, not opened"
	case o.ForChair():
		return "Not answered yet"
	case o.Policy == envelope.Two && o.AgreedBy == "":
		return "Waits for a second person"
	case o.Policy == envelope.Two:
		return "Agreed to"
	}
	return "Not opened yet"
}

func (p Pages) openings(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	list, err := p.envelopes().Openings(ctx, who)
	if err != nil {
		return err
	}
	d := openingsPage{Base: p.NewBase(c, "Names that somebody asked for")}
	d.Crumbs = []page.Link{{Text: "Keys", URL: "/keys"}, {Text: "Names asked for", Here: true}}
	titles := map[string]string{}
	for _, o := range list {
		if titles[o.RoundID] == "" {
			r, err := p.Rounds().ByID(ctx, who.School, o.RoundID)
			if err != nil {
				return err
			}
			titles[o.RoundID] = r.Title
		}
		d.List = append(d.List, openingLine{Title: o.AskedAt.In(page.School(c).Zone()).Format("Monday 2 January 2006 at 15:04"), URL: "/openings/" + o.ID,
			State: stateOf(o, p.DB.Now()), Text: map[bool]string{true: o.Asked + "’s browser sealed names anew", false: o.Asked + " asked"}[o.Kind == envelope.All] + ", in “" + titles[o.RoundID] + "”. " + whyOpen[o.Category] + "."})
	}
	return openingsTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) newOpening(c echo.Context, who access.Actor) error {
	if c.QueryParam("concern") != "" {
		return p.drawForChair(c, http.StatusOK, who, page.Errors{})
	}
	if !access.Can(who, access.OpenEnvelopes, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return p.drawNewOpening(c, http.StatusOK, who, page.Errors{})
}

func (p Pages) drawNewOpening(c echo.Context, status int, who access.Actor, errs page.Errors) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().ByID(ctx, who.School, c.FormValue("round"))
	if err != nil {
		return err
	}
	if stands, err := p.stands(ctx, who, envelope.Request{Round: r.ID, Envelope: c.FormValue("envelope"), Kind: c.FormValue("kind")}); err != nil || !stands {
		return cmp.Or(err, error(fault.New(fault.NotFound, "fault.not_found")))
	}
	d := newOpeningPage{Base: p.NewBase(c, "Whose is it?"), Round: r.ID, Envelope: c.FormValue("envelope"), Kind: c.FormValue("kind"), Do: "Write it down and go on"}
	what, ok := whose[d.Kind]
	if !ok || d.Envelope == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	d.What = what + " in “" + r.Title + "”. Whoever wrote it was promised that a name is opened only when somebody may be in danger."
	names, err := p.second(c, who)
	if err != nil {
		return err
	}
	d.Told = names + ", at once and by mail: that you asked, without any name and without what you write here. They read that when they have signed in."
	if p.Mail == nil {
		d.Told = "nobody by itself, because mail is not set up here. Tell them yourself, today: " + names + ". They read why when they have signed in."
	}
	d.Promise = "As soon as you have said why, your browser shows you the name, for 24 hours from now."
	if envelope.PolicyOf(r) == envelope.Two {
		d.Promise = "In this survey two people are always needed. The head or the chair of governors has to read why you ask, and agree; then your browser shows you the name, for 24 hours from now."
		d.Do = "Ask them"
	}
	category := page.Field{Name: "category", Label: "Why do you need to know?"}
	for _, id := range envelope.Categories {
		category.Options = append(category.Options, page.Option{Value: id, Label: whyOpen[id], Chosen: c.FormValue("category") == id})
	}
	d.Form = page.NewForm(errs, category, page.Field{Name: "past_head", Label: "Is it about the head?", Several: true, Options: []page.Option{{Value: "yes", Label: "It is about the head", Hint: "Then the head neither learns of it nor decides it: the chair of governors does.", Chosen: c.FormValue("past_head") != ""}}}, page.Field{Name: "reason", Label: "In your own words", Rows: 4, Value: c.FormValue("reason"),
		Hint: "What was said, what you fear, and what you will do once you know. A sentence or two."})
	return newOpeningTemplate.Send(c, status, d)
}

// second names those who are told when somebody asks for a name.
func (p Pages) second(c echo.Context, who access.Actor) (string, error) {
	staff, err := p.Roster().StaffList(c.Request().Context(), who.School)
	var names []string
	for _, m := range staff {
		switch {
		case m.ID == who.Person:
		case m.Is(access.Head):
			names = append(names, m.Name()+" (head)")
		case m.Is(access.Chair):
			names = append(names, m.Name()+" (chair of governors)")
		}
	}
	return cmp.Or(strings.Join(names, ", "), "the others of the safeguarding team"), err
}

func (p Pages) ask(c echo.Context, who access.Actor) error {
	if c.FormValue("concern") != "" {
		return p.askForChair(c, who)
	}
	q := envelope.Request{Round: c.FormValue("round"), Envelope: c.FormValue("envelope"),
		Kind: c.FormValue("kind"), Category: c.FormValue("category"), Reason: c.FormValue("reason"), PastHead: c.FormValue("past_head") != ""}
	if !access.Can(who, access.OpenEnvelopes, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	// What nobody shows them is nothing whose name they can ask for, whatever they know its envelope is called.
	if stands, err := p.stands(c.Request().Context(), who, q); err != nil || !stands {
		return cmp.Or(err, error(fault.New(fault.NotFound, "fault.not_found")))
	}
	o, err := p.envelopes().Ask(c.Request().Context(), who, q)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawNewOpening(c, status, who, errs)
	} else if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/openings/"+o.ID)
}

func (p Pages) opening(c echo.Context, who access.Actor) error {
	return p.drawOpening(c, http.StatusOK, who, page.Errors{})
}

func (p Pages) drawOpening(c echo.Context, status int, who access.Actor, errs page.Errors) error {
	ctx := c.Request().Context()
	o, err := p.envelopes().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	r, err := p.Rounds().ByID(ctx, who.School, o.RoundID)
	if err != nil {
		return err
	}
	keys, err := p.envelopes().Holders(ctx, who.School)
	if err != nil {
		return err
	}
	now := p.DB.Now()
	say := func(t time.Time) string {
		return t.In(page.School(c).Zone()).Format("Monday 2 January 2006 at 15:04")
	}
	d := openingPage{Base: p.keyBase(c, "A sealed name", "js/keys-opening.js"), State: stateOf(o, now), Round: r.Title, What: whose[o.Kind],
		Asked: o.Asked, On: say(o.AskedAt), Category: whyOpen[o.Category] + ".", Reason: o.Reason, Refused: o.Refused, Action: "/openings/" + o.ID, Key: p.keyPanel(c, who, keys)}
	d.Crumbs = []page.Link{{Text: "Keys", URL: "/keys"}, {Text: "Names asked for", URL: "/openings"}, {Text: "A sealed name", Here: true}}
	if o.ForChair() {
		d.Helper = o.Agreed
	} else if o.AgreedAt != nil {
		d.Agreed = o.Agreed + ", " + say(*o.AgreedAt)
	}
	if o.OpenedAt != nil {
		d.Opened = say(*o.OpenedAt)
	}
	if !o.Over(now) {
		d.Until = say(o.Until)
	}
	if d.next(who, o, now); o.ForChair() {
		if err := p.forChair(ctx, &d, who, o, now); err != nil {
			return err
		}
	}
	d.Form = page.NewForm(errs, page.Field{Name: "why", Label: "Why not? One sentence for whoever asked", Value: c.FormValue("why")})
	return openingTemplate.Send(c, status, d)
}

// next says what happens now, and what the reader can do about it.
func (d *openingPage) next(who access.Actor, o envelope.Opening, now time.Time) {
	asker, two := who.Person == o.AskedBy, o.Policy == envelope.Two
	second := two && !asker && envelope.GroupOf(who) == envelope.Second && o.AgreedBy == ""
	switch {
	case o.Kind == envelope.All:
		d.Next = "Names were sealed anew, so that everybody who holds a key now can open them when it has to be. " + d.Asked + "’s browser had each of them for a moment; none was shown. If nobody has come, gone, or made a new key, ask them why."
	case o.Refused != "":
		d.Next = "It stays sealed. If things change, ask again and say what has changed."
	case o.Over(now):
		d.Next = "Its 24 hours are over. It opens nothing any more."
	case asker && two && o.AgreedBy == "":
		d.Next = "The head and the chair have been told. Once one of them has agreed, open this page again. If it cannot wait, call them; if a child is in danger now, call 999 first."
	case asker:
		d.Open, d.Do = "name", "Show me the name"
		d.Next = "The name is opened in your browser. The server learns that you opened it, and never what stood in it."
	case second:
		d.Open, d.Do, d.Refuse = "outer", "I agree: take off the outer seal", true
		d.Next = "Whoever took part was promised that two people have to agree. Read why " + d.Asked + " asks, and call them if you want to know more. You do not see the name: your browser takes off the outer seal, and the safeguarding team opens what is under it."
	case two && o.AgreedBy == "":
		d.Next = "The head or the chair has to agree."
	case who.Is(access.Chair):
		d.Next = "If this does not seem right to you, talk to whoever asked today, and to your local authority's designated officer."
	default:
		d.Next = "If this does not seem right to you, talk today to whoever asked, and to the chair of governors."
	}
}

// sealed hands out what the reader's browser opens now.
func (p Pages) sealed(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	body, err := p.envelopes().Sealed(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	o, err := p.envelopes().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	mark := ""
	if who.Person == o.AskedBy { // who opens it for somebody else learns nothing of what it belongs to
		if mark, err = p.mark(ctx, o); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, sealedReply{Sealed: body, ID: o.EnvelopeID, Mark: mark})
}

func (p Pages) opened(c echo.Context, who access.Actor) error {
	if err := p.envelopes().Opened(c.Request().Context(), who, c.Param("id")); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]bool{"kept": true})
}

// agree takes what the second person's browser took the outer seal from: it is still sealed to the safeguarding team.
func (p Pages) agree(c echo.Context, who access.Actor) error {
	inner, err := base64.StdEncoding.DecodeString(c.FormValue("inner"))
	if err != nil {
		inner = nil // the store says so in words
	}
	err = p.envelopes().Agree(c.Request().Context(), who, c.Param("id"), inner)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawOpening(c, status, who, errs)
	} else if err != nil {
		return err
	}
	o, err := p.envelopes().Find(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	done := "You agreed. Tell whoever asked: they can open it now."
	switch {
	case o.ForChair() && who.Person == o.AskedBy:
		done = "The outer seal is off. " + o.Agreed + " can open it for you now."
	case o.ForChair():
		done = "It is sealed to the chair of governors now, and you have not seen it. They are told."
	}
	return p.Done(c, "/openings/"+c.Param("id"), done)
}

func (p Pages) refuse(c echo.Context, who access.Actor) error {
	err := p.envelopes().Refuse(c.Request().Context(), who, c.Param("id"), c.FormValue("why"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawOpening(c, status, who, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/openings/"+c.Param("id"), "It stays sealed, and whoever asked can read why.")
}

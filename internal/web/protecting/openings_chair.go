package protecting

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// chairOpeningPage asks the chair of governors whom of the safeguarding team they ask to open a name for them, and why.
type chairOpeningPage struct {
	page.Base
	Round, Concern string
	Two            bool // the chair takes off an outer seal first
	NoKey          bool // the chair has no key to which it could be sealed
	Nobody         bool // nobody is left to ask
	Back           bool // the writer can be answered all the same
	Form           page.Form
}

var chairOpeningTemplate = page.New("protecting/opening_chair", "base", chairOpeningPage{})

// forSole finds a concern that is for the chair alone, once they have read it. Fault: NotFound, for everybody and everything else.
func (p Pages) forSole(ctx context.Context, who access.Actor, id string) (safeguard.Said, error) {
	k, said, err := p.store().Seen(ctx, who, id)
	if err == nil && (k.GoesTo != safeguard.Chair || said.Tie == "" || !envelope.Sole(who)) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return said, err
}

func (p Pages) drawForChair(c echo.Context, status int, who access.Actor, errs page.Errors) error {
	ctx, id := c.Request().Context(), c.FormValue("concern")
	said, err := p.forSole(ctx, who, id)
	if err != nil {
		return err
	}
	r, err := p.Rounds().ByID(ctx, who.School, said.Round)
	if err != nil {
		return err
	}
	list, err := p.envelopes().Helpers(ctx, who, said.Round, said.Tie)
	if err != nil {
		return err
	}
	holders, err := p.envelopes().Holders(ctx, who.School)
	if err != nil {
		return err
	}
	d := chairOpeningPage{Base: p.NewBase(c, "Whose is it?"), Round: r.Title, Concern: id, Two: envelope.PolicyOf(r) == envelope.Two, Nobody: len(list) == 0}
	d.Crumbs = []page.Link{{Text: "Somebody wants to talk", URL: "/concerns"}, {Text: d.Title, Here: true}}
	d.NoKey = p.keyPanel(c, who, holders).Recipient == ""
	if d.Back, err = p.store().HasWayBack(ctx, who, id); err != nil {
		return err
	}
	helper := page.Field{Name: "helper", Label: "Whom do you ask?", Hint: "Nobody whom it is about, and nobody who is close to them."}
	for _, k := range list {
		helper.Options = append(helper.Options, page.Option{Value: k.Person.ID, Label: k.Person.Name(), Hint: roleOf(k), Chosen: c.FormValue("helper") == k.Person.ID})
	}
	d.Form = page.NewForm(errs, helper, page.Field{Name: "reason", Label: "Why do you need to know?", Rows: 3, Value: c.FormValue("reason"),
		Hint: "They read this. Say what you fear and what you will do, but not what was written, nor about whom."})
	return chairOpeningTemplate.Send(c, status, d)
}

func roleOf(k envelope.KeyOf) string {
	if k.Person.Is(access.SafeguardingLead) {
		return "safeguarding lead"
	}
	return "safeguarding deputy"
}

func (p Pages) askForChair(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	said, err := p.forSole(ctx, who, c.FormValue("concern"))
	if err != nil {
		return err
	}
	o, err := p.envelopes().AskFor(ctx, who, envelope.Request{Round: said.Round, Envelope: said.Tie, Reason: c.FormValue("reason")}, c.FormValue("helper"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawForChair(c, status, who, errs)
	} else if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/openings/"+o.ID)
}

// forChair says what happens now in an opening that the chair asked for, and what the reader can do about it.
func (p Pages) forChair(ctx context.Context, d *openingPage, who access.Actor, o envelope.Opening, now time.Time) error {
	d.Open, d.Do, d.Refuse = "", "", false
	asker, turn := who.Person == o.AskedBy, o.Turn()
	if !asker {
		d.What = "A message for the chair of governors alone"
	}
	switch {
	case o.Refused != "" && asker:
		d.Next = "It stays sealed. You can ask somebody else of the safeguarding team."
	case o.Refused != "":
		d.Next = "It stays sealed."
	case o.Over(now):
		d.Next = "Its 24 hours are over. It opens nothing any more."
	case asker && turn == envelope.Peel:
		d.Open, d.Do = "outer", "Take off the outer seal"
		d.Next = "In this survey two people are always needed: you take off the outer seal in your browser, then " + o.Agreed + " can open it for you."
	case asker && turn == envelope.Pass:
		d.Next = o.Agreed + " has been asked. Call them if it cannot wait; if a child is in danger now, call 999 first. Once they have opened it for you, open this page again."
		if p.Mail == nil {
			d.Next = strings.Replace(d.Next, "has been asked.", "finds it under Concerns → Keys → Names asked for. Mail is not set up here, so tell them.", 1)
		}
	case asker:
		d.Open, d.Do = "name", "Show me the name"
		d.Next = "It is sealed to your key now. The name is opened in your browser; the server never learns it."
	case turn == envelope.Peel:
		d.Next = "The chair has to take off the outer seal first. Open this page again then."
	case turn == envelope.Pass:
		to, err := p.envelopes().ToChair(ctx, o)
		if fault.Is(err, fault.Conflict) {
			d.Next, d.Refuse = "Whoever asked has no key any more, so that it cannot be sealed to them. Call them: they make a new key, and ask again.", false
			return nil
		} else if err != nil {
			return err
		}
		d.Open, d.Do, d.To, d.Refuse = "pass", "Open it for the chair", to, true
		d.Next = "Something was written in a confidential survey that is for the chair of governors alone. They need to know who wrote it, and only somebody of the safeguarding team can open the name. Your browser opens it, shows it to nobody, and seals it to the chair’s key. Talk about it to nobody else, above all not to the head. If you have doubts, call " + o.Asked + " first."
	default:
		d.Next = "It is sealed to the chair of governors now. You have not seen it. Talk about it to nobody else."
	}
	return nil
}

// mark is the mark of the answer or words that an opening is about, for whoever asked to compare with the one in the envelope. It is
// empty where they are not there any more.
func (p Pages) mark(ctx context.Context, o envelope.Opening) (mark string, err error) {
	if o.Kind != envelope.Answer {
		text, ok, err := p.store().Tied(ctx, o.SchoolID, o.RoundID, o.EnvelopeID)
		if err == nil && ok {
			mark = envelope.MarkOf(text)
		}
		return mark, err
	}
	st := response.NewStore(p.DB)
	marks, err := st.Marks(ctx, o.SchoolID, o.RoundID)
	if err != nil {
		return "", err
	}
	err = st.Each(ctx, o.SchoolID, o.RoundID, func(row response.Response) error {
		if marks[row.ID].Tie == o.EnvelopeID {
			mark = envelope.MarkOf(row.Answers)
		}
		return nil
	})
	return mark, err
}

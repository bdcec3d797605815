package managing

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// mePage is what somebody has set for themselves.
type mePage struct {
	page.Base
	Form   page.Form
	NoMail bool // the program sends none
}

var meTemplate = page.New("managing/me", "base", mePage{})

func (p Pages) acts() action.Store { return action.NewStore(p.DB, p.Key, p.Bank) }

func (p Pages) me(c echo.Context, who access.Actor) error {
	return p.drawMe(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawMe(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	have, err := p.acts().Digest(c.Request().Context(), who.School, who.Person)
	if err != nil {
		return err
	}
	wanted := have.Wanted(who)
	d := mePage{Base: p.NewBase(c, "Your settings"), NoMail: p.Mail == nil}
	d.Form = page.NewForm(errs, page.Field{Name: "choice", Label: page.Voice(c).Say("digest.title"),
		Hint:    "What waits for you: replies that are owed, what you see to, packs to read, classes to look at. It comes once a week at most, in school hours, and only if something waits. It has no figures in it.",
		Options: []page.Option{{Value: action.DigestOn, Label: "Send it to me", Chosen: wanted}, {Value: action.DigestOff, Label: "Do not send it", Chosen: !wanted}}})
	return meTemplate.Send(c, status, d)
}

func (p Pages) saveMe(c echo.Context, who access.Actor) error {
	err := p.acts().ChooseDigest(c.Request().Context(), who.School, who.Person, c.FormValue("choice"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawMe(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/me", page.Voice(c).Say("digest.saved"))
}

// endPage is where the link in a mail of the week leads. Opening it changes nothing: programs that look through mail follow
// every link.
type endPage struct {
	page.Base
	Token  string
	Text   string
	Done   bool
	Button string
	Choice string // what the button chooses
}

var endTemplate = page.New("managing/digest_end", "base", endPage{})

func (p Pages) endDigest(c echo.Context) error {
	return p.drawEnd(c, "")
}

// saveEndDigest takes the button of the page, and the one click of a mail program.
func (p Pages) saveEndDigest(c echo.Context) error {
	choice := action.DigestOff
	if c.FormValue("choice") == action.DigestOn {
		choice = action.DigestOn
	}
	person, err := p.acts().DigestOf(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	if err := p.acts().ChooseDigest(c.Request().Context(), person.SchoolID, person.ID, choice); err != nil {
		return err
	}
	return p.drawEnd(c, choice)
}

// drawEnd says what was chosen a moment ago, or, with nothing chosen, asks.
func (p Pages) drawEnd(c echo.Context, chose string) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	person, err := p.acts().DigestOf(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	school, err := p.Roster().School(ctx, person.SchoolID)
	if err != nil {
		return err
	}
	d := endPage{Base: p.NewBase(c, v.Say("digest.title")), Token: c.Param("token"), Done: chose != "", Button: v.Say("digest.end"), Choice: action.DigestOff}
	d.School, d.Nav, d.Person = school.Name, nil, ""
	switch chose {
	case action.DigestOff:
		d.Text, d.Button, d.Choice = v.Say("digest.ended"), v.Say("digest.again"), action.DigestOn
	case action.DigestOn:
		d.Text = v.Say("digest.resumed")
	default:
		d.Text = v.Say("digest.ask", words.V{"School": school.Name})
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return endTemplate.Send(c, http.StatusOK, d)
}

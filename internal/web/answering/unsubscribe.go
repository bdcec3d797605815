package answering

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// stopPage is where somebody asks for no more mail about surveys, or for it again. Opening it changes nothing: programs
// that look through mail follow every link.
type stopPage struct {
	page.Base
	Token  string
	Ask    string // the question; empty once it is answered
	Done   string
	Else   string
	Button string
	Again  bool // the button undoes
}

var stopTemplate = page.New("answering/unsubscribe", "base", stopPage{})

func (p Pages) stopper(c echo.Context) (roster.Person, participation.Store, error) {
	st := participation.NewStore(p.DB, p.Key)
	person, err := st.Stopper(c.Request().Context(), c.Param("token"))
	return person, st, err
}

func (p Pages) stopMail(c echo.Context) error {
	person, st, err := p.stopper(c)
	if err != nil {
		return err
	}
	stopped, err := st.Stopped(c.Request().Context(), person.SchoolID, person.Email)
	if err != nil {
		return err
	}
	return p.drawStop(c, person, stopped, false)
}

// saveStopMail takes the button of the page, and the one click of a mail program, which brings "List-Unsubscribe=One-Click".
func (p Pages) saveStopMail(c echo.Context) error {
	person, st, err := p.stopper(c)
	if err != nil {
		return err
	}
	again := c.FormValue("again") == "yes"
	if err := st.Stop(c.Request().Context(), person, !again); err != nil {
		return err
	}
	return p.drawStop(c, person, !again, again)
}

// drawStop says how things stand and offers the other. resumed says that somebody has just asked for mail again.
func (p Pages) drawStop(c echo.Context, person roster.Person, stopped, resumed bool) error {
	v := page.Voice(c)
	school, err := p.Roster().School(c.Request().Context(), person.SchoolID)
	if err != nil {
		return err
	}
	values := words.V{"School": school.Name, "Email": person.Email}
	d := stopPage{Base: p.NewBase(c, v.Say("stop.title")), Token: c.Param("token"), Else: v.Say("stop.else")}
	d.School, d.Nav, d.Person = school.Name, nil, ""
	switch {
	case stopped:
		d.Done, d.Button, d.Again = v.Say("stop.done", values), v.Say("stop.undo"), true
	case resumed:
		d.Done, d.Button = v.Say("stop.undone", values), v.Say("stop.button")
	default:
		d.Ask, d.Button = v.Say("stop.ask", values), v.Say("stop.button")
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return stopTemplate.Send(c, http.StatusOK, d)
}

package answering

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// shutPage is where an adult opens a door again at which too many wrong pictures were tapped.
type shutPage struct {
	page.Base
	Form   string // its name
	Round  string // its title
	Action string
	Door   string // where the pictures are
}

var shutTemplate = page.New("answering/card_door_open", "base", shutPage{})

// doorOf finds a door for somebody who works at its school.
func (p Pages) doorOf(c echo.Context, who access.Actor) (door, error) {
	d, err := p.atDoor(c, c.QueryParams())
	if err != nil {
		return d, err
	}
	if d.over || d.round.SchoolID != who.School || who.OnlyAnalyst() {
		return d, fault.New(fault.NotFound, "fault.not_found")
	}
	return d, nil
}

func (p Pages) shutDoor(c echo.Context, who access.Actor) error {
	d, err := p.doorOf(c, who)
	if err != nil {
		return err
	}
	address := doorAddress(d.round, d.code)
	c.SetCookie(p.adultCookie(address, "1", 0))
	return shutTemplate.Send(c, http.StatusOK, shutPage{Base: p.NewBase(c, "Open the door again"), Form: d.form.Name, Round: d.round.Title, Action: address + "/open", Door: address})
}

// openDoor lets children tap again, on all devices, and signs the adult out here: it may be the tablet that goes to a child next.
func (p Pages) openDoor(c echo.Context, who access.Actor) error {
	d, err := p.doorOf(c, who)
	if err != nil {
		return err
	}
	tries.open(d.name(), d.device)
	address := doorAddress(d.round, d.code)
	if err := p.signOutHere(c, address); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// adultCookie marks a device on which an adult has come to open a door. Whichever way the pictures are reached from there, the
// adult is signed out before a child sees them.
func (p Pages) adultCookie(address, value string, age int) *http.Cookie {
	return &http.Cookie{Name: "earshot-door-adult", Value: value, Path: address, MaxAge: age, HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteStrictMode}
}

// leaveDoor signs an adult out who came to open the door and went back to the pictures.
func (p Pages) leaveDoor(c echo.Context, d door) error {
	if ck, err := c.Cookie("earshot-door-adult"); err != nil || ck.Value == "" {
		return nil
	}
	return p.signOutHere(c, doorAddress(d.round, d.code))
}

func (p Pages) signOutHere(c echo.Context, address string) error {
	if session := p.Cookie(c, page.SessionCookie); session != "" {
		if err := p.Identity().EndSession(c.Request().Context(), session); err != nil {
			return err
		}
	}
	p.SetCookie(c, page.SessionCookie, "", 0)
	c.SetCookie(p.adultCookie(address, "", -1))
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return nil
}

package protecting

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// recordPage is one concern on paper, or as a file, for the records that a school keeps of safeguarding.
type recordPage struct {
	page.Base
	Made    string
	State   string
	To      string
	Came    string
	Handled string
	Drill   bool
	Copy    bool
	Class   string
	Said    safeguard.Said
	Talk    []talkLine
	Notes   []noteLine // what adults wrote
	Read    []noteLine // who read it, and when
	Calls   []roster.Contact
	File    string // address of the same as a file
}

var recordTemplate = page.New("protecting/record", "print", recordPage{})

// record is for those who have opened the concern already: a link must not read it for them. As a file it loads nothing, and
// no program runs in it.
func (p Pages) record(c echo.Context, who access.Actor) error {
	k, said, err := p.store().Seen(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	school := page.School(c)
	zone := school.Zone()
	d := recordPage{Base: p.NewBase(c, "Record of a concern"), State: states[k.State], To: to(k), Drill: k.Drill, Said: said, Talk: talked(said), Calls: school.WhoToCall(),
		Made: p.DB.Now().In(zone).Format("Monday 2 January 2006 at 15:04"), Copy: said.Unit != "", File: "/concerns/" + k.ID + "/record?file=1"}
	if k.ArrivedAt != nil {
		d.Came = k.ArrivedAt.In(zone).Format("Monday 2 January 2006 at 15:04")
	}
	if k.HandledOn != "" {
		d.Handled = round.SayDate(storage.Date(k.HandledOn))
	}
	if d.Copy {
		if d.Class, err = p.class(c, who, said); err != nil {
			return err
		}
	}
	for _, n := range noted(said) {
		if n.Text == "" {
			d.Read = append(d.Read, n)
		} else {
			d.Notes = append(d.Notes, n)
		}
	}
	if c.QueryParam("file") == "" {
		return recordTemplate.Send(c, http.StatusOK, d)
	}
	d.File = ""
	html, err := recordTemplate.Bytes(d)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="concern-`+k.ID[:min(8, len(k.ID))]+`.html"`)
	return c.Stream(http.StatusOK, "text/html; charset=utf-8", bytes.NewReader(page.Standalone(html)))
}

// staffRoomPage is one page for a wall that every adult passes: whom to tell, and what happens then.
type staffRoomPage struct {
	page.Base
	Team  []helper
	Head  []helper
	Chair []string // who chair the governors, with their addresses
}

type helper struct{ Name, Post, Place string }

var staffRoomTemplate = page.New("protecting/staff_room", "print", staffRoomPage{})

func (p Pages) staffRoom(c echo.Context, who access.Actor) error {
	if who.OnlyAnalyst() {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	staff, err := p.Roster().StaffList(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	d := staffRoomPage{Base: p.NewBase(c, "If a pupil tells you something")}
	for _, m := range staff {
		if m.Is(access.Chair) {
			d.Chair = append(d.Chair, strings.TrimSpace(m.Name()+" "+m.Email))
		}
	}
	for _, post := range []struct {
		role access.Role
		name string
	}{{access.SafeguardingLead, "safeguarding lead"}, {access.SafeguardingDeputy, "deputy"}, {access.Head, "head teacher"}} {
		for _, m := range staff {
			if !m.Is(post.role) {
				continue
			}
			if post.role == access.Head {
				d.Head = append(d.Head, helper{m.Name(), post.name, ""})
			} else if !slices.ContainsFunc(d.Team, func(h helper) bool { return h.Name == m.Name() }) {
				d.Team = append(d.Team, helper{m.Name(), post.name, m.Place()})
			}
		}
	}
	return staffRoomTemplate.Send(c, http.StatusOK, d)
}

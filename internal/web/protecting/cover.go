package protecting

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// coverPage says who is there to read, and takes down when somebody is not.
type coverPage struct {
	page.Base
	Today []string // who reads today
	Weeks []coverDay
	Away  []awayLine
	Form  page.Form
}

// coverDay is a day of school on which nobody is there.
type coverDay struct{ Day string }

type awayLine struct{ ID, Name, Days string }

var coverTemplate = page.New("protecting/cover", "base", coverPage{})

// ahead is how many days the page looks for gaps.
const ahead = 60

func (p Pages) cover(c echo.Context, who access.Actor) error {
	return p.drawCover(c, http.StatusOK, page.Errors{})
}

func (p Pages) drawCover(c echo.Context, status int, errs page.Errors) error {
	ctx := c.Request().Context()
	school := page.School(c)
	cover, err := p.Roster().Cover(ctx, school)
	if err != nil {
		return err
	}
	d := coverPage{Base: p.NewBase(c, "Who is there to read")}
	today := storage.DateOf(p.DB.Now(), school.Zone())
	for _, m := range cover.On(today) {
		d.Today = append(d.Today, m.Name())
	}
	last := storage.DateOf(p.DB.Now().AddDate(0, 0, ahead), school.Zone())
	for from := today; ; {
		day, gap := cover.Gap(from, last)
		if !gap {
			break
		}
		d.Weeks = append(d.Weeks, coverDay{round.SayDate(day)})
		from = storage.DateOf(day.Time(time.UTC).AddDate(0, 0, 1), time.UTC)
	}
	person := page.Field{Name: "person", Label: "Who is away?"}
	for _, m := range cover.Team {
		person.Options = append(person.Options, page.Option{Value: m.ID, Label: m.Name(), Chosen: c.FormValue("person") == m.ID})
	}
	for _, a := range cover.Absences {
		if a.LastOn < today {
			continue
		}
		if i := slices.IndexFunc(cover.Team, func(m roster.StaffMember) bool { return m.ID == a.PersonID }); i >= 0 {
			days := round.SayDate(a.FirstOn)
			if a.LastOn != a.FirstOn {
				days += " to " + round.SayDate(a.LastOn)
			}
			d.Away = append(d.Away, awayLine{a.ID, cover.Team[i].Name(), days})
		}
	}
	d.Form = page.NewForm(errs, person, page.Field{Name: "first", Label: "First day away", Type: "date", Value: c.FormValue("first")}, page.Field{Name: "last", Label: "Last day away", Type: "date", Value: c.FormValue("last")})
	return coverTemplate.Send(c, status, d)
}

func (p Pages) addAbsence(c echo.Context, who access.Actor) error {
	err := p.Roster().AddAbsence(c.Request().Context(), who, roster.Absence{PersonID: c.FormValue("person"), FirstOn: storage.Date(c.FormValue("first")), LastOn: storage.Date(c.FormValue("last"))})
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawCover(c, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/cover", "Kept.")
}

func (p Pages) removeAbsence(c echo.Context, who access.Actor) error {
	if err := p.Roster().RemoveAbsence(c.Request().Context(), who, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, "/cover", "Taken back.")
}

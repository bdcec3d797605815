package protecting

import (
	"net/http"
	"slices"
	"strings"
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
	None  string   // why nobody does
	Next  string   // the day on which somebody reads next, and who
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
	d.Today = namesOf(cover.On(today))
	if len(d.Today) == 0 {
		d.None, d.Next = nobodyToday(school, cover, today), "From today on nobody of the safeguarding team is there for a year."
		if day, there := cover.Next(today); len(there) > 0 {
			d.Next = "Next: " + strings.Join(namesOf(there), ", ") + ", on " + day.Time(time.UTC).Format("Monday 2 January 2006") + "."
		}
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

func namesOf(team []roster.StaffMember) (names []string) {
	for _, m := range team {
		names = append(names, m.Name())
	}
	return names
}

// nobodyToday says why nobody reads today: it is no day of school, or it is one and everybody is away.
func nobodyToday(school roster.School, cover roster.Cover, today storage.Date) string {
	if _, gap := cover.Gap(today, today); gap {
		if len(cover.Team) == 0 {
			return "Today is a day of school, and nobody belongs to the safeguarding team."
		}
		return "Today is a day of school, and everybody of the safeguarding team is away."
	}
	for _, span := range school.Days().Holidays {
		if span.Has(today) {
			return "Today is no day of school: " + span.Name + "."
		}
	}
	return "Today is " + today.Time(time.UTC).Weekday().String() + ", which is no day of school."
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

package exploring

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// questionPage is everything that may be said of one question: what was answered, by whom, and over time.
type questionPage struct {
	page.Base
	Heading string
	Round   page.Link
	About   []fact // gateway, whom the answers are about, where the words come from
	First   page.Figure
	Others  []page.Figure
	Groups  []page.Link
	Least   int
	Trust   page.Link // the question in the school's trust
}

var questionTemplate = page.New("exploring/asked", "base", questionPage{})

func questionURL(r round.Round, q result.Question, g result.Group) string {
	url := "/rounds/" + r.ID + "/questions/" + q.ID
	if g.Kind == round.UnitSchool {
		return url
	}
	return url + "?unit=" + g.Unit
}

// question is one question of a round, for the school or for one group.
func (p Pages) question(c echo.Context, who access.Actor) error {
	r, view, made, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	unit := c.QueryParam("unit")
	if unit == "" && made {
		unit = view.School().Unit
	}
	g, ok := view.Group(unit)
	at := slices.IndexFunc(view.Questions, func(q result.Question) bool { return q.ID == c.Param("question") })
	if !made || !ok || at < 0 {
		return notFound()
	}
	q := view.Questions[at]
	if _, ok := q.Row(g.Unit); !ok {
		return notFound()
	}
	d := newQuestionPage(page.Voice(c), p.Bank, r, view, q, g)
	if g.Kind == round.UnitSchool {
		all, err := p.beside(c.Request().Context(), who, r, view)
		if err != nil {
			return err
		}
		if b, ok := all[q.ID]; ok {
			d.besideTrust(page.Voice(c), b)
		}
	}
	d.Base = p.NewBase(c, d.Heading)
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Results", URL: resultsURL(r, "")}}
	if g.Kind != round.UnitSchool {
		d.Crumbs = append(d.Crumbs, page.Link{Text: g.Name, URL: resultsURL(r, g.Unit)})
	}
	d.Crumbs = append(d.Crumbs, page.Link{Text: q.Short, Here: true})
	d.JS = page.ChartScripts()
	if err := p.Illustrate(c.Request().Context(), r.SchoolID, d.figures()...); err != nil {
		return err
	}
	return questionTemplate.Send(c, http.StatusOK, d)
}

func newQuestionPage(v words.Voice, b *bank.Bank, r round.Round, view result.Viewed, q result.Question, g result.Group) questionPage {
	d := questionPage{Heading: q.Text, Round: page.Link{Text: r.Title, URL: resultsURL(r, "")}, Least: view.Least}
	if gw, ok := b.Gateway(q.Gateway); ok {
		d.About = append(d.About, fact{"Gateway", gw.Name})
	}
	d.About = append(d.About, fact{"About", aboutWords[q.About]}, fact{"Asked of", askedOf(v, view, g)})
	against := figure.Compare(view, g.Unit)
	f := figure.Question(v, view.Release, q, g)
	f.Title = g.Name
	f.Lines = figure.Compared(v, view, q, g, against)
	d.First = page.NewFigure(f)
	add := func(f figure.Figure, ok bool) {
		if ok {
			d.Others = append(d.Others, page.NewFigure(f))
		}
	}
	add(figure.SideBySide(v, view, q, g))
	add(figure.OverTime(v, view, q, g, month(v, r), against))
	if g.Kind == round.UnitSchool {
		for _, s := range view.Splits {
			add(figure.Parted(v, view, s, s.Compared(), q))
		}
		add(figure.Linked(v, view, q))
	}
	for _, other := range view.Groups {
		if _, ok := q.Row(other.Unit); ok && other.Unit != g.Unit {
			d.Groups = append(d.Groups, page.Link{Text: other.Name, URL: questionURL(r, q, other)})
		}
	}
	return d
}

// month is when a round closed.
func month(v words.Voice, r round.Round) string {
	at := r.ClosesAt
	if r.ClosedAt != nil {
		at = *r.ClosedAt
	}
	return at.In(r.Zone()).Format("January 2006")
}

func askedOf(v words.Voice, view result.Viewed, g result.Group) string {
	return figure.Rate(v, view.Release, g)
}

var aboutWords = map[bank.About]string{
	bank.AboutThisClass: "this class", bank.AboutLessons: "lessons in general", bank.AboutSchool: "the school", bank.AboutMe: "the person who answers",
	bank.AboutHome: "home",
}

package improving

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// sharePage is where a teacher chooses what to show of a class, to whom, and sees exactly what they will see.
type sharePage struct {
	page.Base
	Heading string
	Form    page.Form
	Seen    *shown // as the other person will read it; nil before it is asked for
	Back    string
}

// shown is what somebody reads of a class that is not theirs.
type shown struct {
	ID    string
	Title string
	From  string
	To    string
	When  string
	Lines []string
	Words string
	Mark  string // of exactly this
}

var shareTemplate = page.New("improving/share", "base", sharePage{})

// own finds a class of the actor's own.
func (p Pages) own(ctx context.Context, who access.Actor, id, unit string) (round.Round, result.Viewed, result.Group, error) {
	r, view, g, err := p.mine(ctx, who, id, unit)
	if err == nil && !slices.Contains(view.Own, unit) {
		err = notFound()
	}
	return r, view, g, err
}

// sentences are what the class has said, a line a question.
func sentences(v words.Voice, view result.Viewed, g result.Group) (ids, lines []string) {
	for _, q := range view.For(g.Unit) {
		if row, _ := q.Row(g.Unit); !row.Hidden {
			ids = append(ids, q.ID)
			lines = append(lines, figure.Join(q.Text, figure.Question(v, view.Release, q, g).Sentence))
		}
	}
	return ids, lines
}

func (p Pages) share(c echo.Context, who access.Actor) error {
	r, view, g, err := p.own(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	return p.drawShare(c, who, http.StatusOK, r, view, g, nil, page.Errors{})
}

func (p Pages) drawShare(c echo.Context, who access.Actor, status int, r round.Round, view result.Viewed, g result.Group, seen *shown, errs page.Errors) error {
	d := sharePage{Base: p.NewBase(c, "Show something of "+g.Name), Heading: g.Called(), Seen: seen, Back: lookURL(r, g.Unit) + "/journal"}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID + "/look"}, {Text: g.Name, Here: true}}
	staff, err := p.staff(c, c.FormValue("to"), "Choose a person")
	if err != nil {
		return err
	}
	colleagues, err := p.Roster().StaffList(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	staff = slices.DeleteFunc(staff, func(o page.Option) bool {
		return o.Value == who.Person || o.Value != "" && !slices.ContainsFunc(colleagues, func(m roster.StaffMember) bool {
			return m.ID == o.Value && slices.ContainsFunc([]access.Role{access.Head, access.Leader, access.Teacher, access.SafeguardingLead, access.SafeguardingDeputy}, m.Is)
		})
	})
	form, _ := c.FormParams()
	lines := page.Field{Name: "lines", Label: "What of it", Several: true, Hint: "Nothing is ticked to begin with."}
	ids, said := sentences(page.Voice(c), view, g)
	for i, id := range ids {
		lines.Options = append(lines.Options, page.Option{Value: id, Label: said[i], Chosen: slices.Contains(form["lines"], id)})
	}
	d.Form = page.NewForm(errs, page.Field{Name: "to", Label: "To whom", Options: staff}, lines,
		page.Field{Name: "words", Label: "Your own words", Rows: 3, Value: c.FormValue("words")})
	return shareTemplate.Send(c, status, d)
}

// show lets the teacher see first what the other person will see; pressed again, it is given.
func (p Pages) show(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.own(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	seen := shown{Title: g.Called() + ": " + r.Title, From: who.Name, Words: form.Get("words")}
	ids, said := sentences(page.Voice(c), view, g)
	for i, id := range ids {
		if slices.Contains(form["lines"], id) {
			seen.Lines = append(seen.Lines, said[i])
		}
	}
	if m, err := p.Roster().Staff(ctx, who.School, form.Get("to")); err == nil {
		seen.To = m.Name()
	}
	// What is given is what was seen: anything changed since is shown once more.
	seen.Mark = p.Key.Hash("share", append([]string{who.Person, r.ID, g.Unit, form.Get("to"), seen.Words}, seen.Lines...)...)
	if form.Get("sure") != seen.Mark && seen.To != "" && (len(seen.Lines) > 0 || seen.Words != "") {
		return p.drawShare(c, who, http.StatusOK, r, view, g, &seen, page.Errors{})
	}
	err = p.store().Show(ctx, who, r, seen.Title, form.Get("to"), seen.Lines, seen.Words)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawShare(c, who, status, r, view, g, nil, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/shared", "Shown. You can take it back at any time.")
}

// sharedPage lists what is shown between colleagues.
type sharedPage struct {
	page.Base
	Given []shown
	Got   []shown
}

var sharedTemplate = page.New("improving/shared", "base", sharedPage{})

func (p Pages) shared(c echo.Context, who access.Actor) error {
	given, got, err := p.store().Shares(c.Request().Context(), who)
	if err != nil {
		return err
	}
	zone := page.School(c).Zone()
	line := func(s action.Share) shown {
		return shown{ID: s.ID, Title: s.Title, From: s.FromName, To: s.ToName, When: round.SayDate(storage.DateOf(s.MadeAt, zone)), Lines: s.Lines(), Words: s.Words}
	}
	d := sharedPage{Base: p.NewBase(c, "Shown between colleagues")}
	for _, s := range given {
		d.Given = append(d.Given, line(s))
	}
	for _, s := range got {
		d.Got = append(d.Got, line(s))
	}
	return sharedTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) takeBack(c echo.Context, who access.Actor) error {
	if err := p.store().TakeBack(c.Request().Context(), who, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, "/shared", "Taken back. They cannot read it any more.")
}

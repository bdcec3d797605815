package improving

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// enoughPage is where a teacher notes, before there is a result, what teacher and class would call good enough.
type enoughPage struct {
	page.Base
	Heading string
	Form    page.Form
	Fields  []page.Field
	Agreed  []labelled // once there are results: as it was agreed
	Late    bool       // there are
	Due     string     // when there will be
	Back    string
}

var enoughTemplate = page.New("improving/enough", "base", enoughPage{})

// taught are the classes of a round that the actor taught when it opened; results need not be there yet.
func (p Pages) taught(ctx context.Context, who access.Actor, r round.Round) (list []round.Unit, err error) {
	if !who.Is(access.Teacher, access.Head, access.Leader) {
		return nil, nil
	}
	owners, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return nil, err
	}
	units, err := p.Rounds().Units(ctx, r)
	for _, u := range units {
		if u.Kind == round.UnitClass && slices.Contains(owners[u.ID], who.Person) {
			list = append(list, u)
		}
	}
	return list, err
}

// canAgree says whether it is still time to agree what would be good enough: until there are results. That somebody opened the
// figures is written down nowhere, so no later moment could be held to.
func canAgree(r round.Round) bool { return r.State == round.Open || r.State == round.Closed }

// resultsDue is the day on which there will be results, if no leader asks for them sooner.
func resultsDue(r round.Round) string {
	due := r.SettlesAt()
	if due.IsZero() { // it is open
		due = r.ClosesAt.Add(round.Grace)
	}
	return due.In(r.Zone()).Format("Monday 2 January")
}

// toAgree finds one of the actor's classes, and the questions of which can be agreed what would be good enough.
func (p Pages) toAgree(c echo.Context, who access.Actor) (r round.Round, u round.Unit, list []survey.Question, err error) {
	ctx := c.Request().Context()
	if r, err = p.Rounds().Find(ctx, who, c.Param("id")); err != nil {
		return
	}
	if !canAgree(r) && !r.HasResults() {
		return r, u, nil, notFound()
	}
	mine, err := p.taught(ctx, who, r)
	if err != nil {
		return
	}
	i := slices.IndexFunc(mine, func(u round.Unit) bool { return u.ID == c.Param("unit") })
	if i < 0 {
		return r, u, nil, notFound()
	}
	list, _, err = p.agreeable(ctx, r)
	return r, mine[i], list, err
}

// agreeable are the questions of a round that are shown by class and have favourable answers; any says whether there are.
func (p Pages) agreeable(ctx context.Context, r round.Round) (list []survey.Question, any bool, err error) {
	doc, err := p.Rounds().Document(ctx, r)
	for _, q := range doc.Questions() {
		if q.CanBeGuessed() && doc.ShownBy(q) == survey.ByClass {
			list = append(list, q)
		}
	}
	return list, len(list) > 0, err
}

func (p Pages) enough(c echo.Context, who access.Actor) error {
	r, u, list, err := p.toAgree(c, who)
	if err != nil {
		return err
	}
	n, err := p.store().Note(c.Request().Context(), who, r, u.ID)
	if err != nil {
		return err
	}
	return p.drawEnough(c, http.StatusOK, r, u, list, n, page.Errors{})
}

func (p Pages) drawEnough(c echo.Context, status int, r round.Round, u round.Unit, list []survey.Question, n action.Note, errs page.Errors) error {
	d := enoughPage{Base: p.NewBase(c, "What would be good enough?"), Heading: u.Name, Late: !canAgree(r), Due: resultsDue(r), Back: "/rounds/" + r.ID + "/look"}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: d.Back}, {Text: u.Name, Here: true}}
	var fields []page.Field
	for _, q := range list {
		said := n.Enough[q.ID] / 10
		if d.Late {
			if said > 0 {
				d.Agreed = append(d.Agreed, labelled{q.Text, strconv.Itoa(said) + " in ten say " + q.FavourableWords})
			}
			continue
		}
		f := page.Field{Name: "enough-" + q.ID, Label: q.Text, Hint: "How many in ten say " + q.FavourableWords + "?", Options: []page.Option{{Label: "Not agreed", Chosen: said == 0}}}
		for tenths := 1; tenths <= 10; tenths++ {
			f.Options = append(f.Options, page.Option{Value: strconv.Itoa(tenths), Label: strconv.Itoa(tenths) + " in ten", Chosen: tenths == said})
		}
		fields = append(fields, f)
	}
	d.Form = page.NewForm(errs, fields...)
	for _, f := range fields {
		d.Fields = append(d.Fields, d.Form.At(f.Name))
	}
	return enoughTemplate.Send(c, status, d)
}

// mostAgreed is on how many questions a teacher and a class agree: with more, none of them is what they work on.
const mostAgreed = 3

// saveEnough keeps what was agreed, until there are results.
func (p Pages) saveEnough(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, u, list, err := p.toAgree(c, who)
	if err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, r, u.ID)
	if err != nil {
		return err
	}
	if !canAgree(r) {
		errs, status, _ := page.Explain(c, fault.New(fault.Conflict, "action.enough_late"))
		return p.drawEnough(c, status, r, u, list, n, errs)
	}
	n.Enough = map[string]int{}
	for _, q := range list {
		text := c.FormValue("enough-" + q.ID)
		if text == "" {
			continue
		}
		tenths, err := strconv.Atoi(text)
		if err != nil || tenths < 1 || tenths > 10 {
			tenths = -1 // the store says what is wrong
		}
		n.Enough[q.ID] = 10 * tenths
	}
	if len(n.Enough) > mostAgreed {
		err = fault.New(fault.Invalid, "action.enough_many")
	} else {
		err = p.store().Keep(ctx, who, r, u.ID, n)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawEnough(c, status, r, u, list, n, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, lookURL(r, u.ID)+"/enough", "Kept. Only you can read it, until you show it to the class on the screen.")
}

// enoughOnWall is what a class reads of what was agreed, beside what it said.
func enoughOnWall(v words.Voice, q result.Question, g result.Group, n action.Note) []slides.List {
	if said := n.Enough[q.ID] / 10; said > 0 {
		return []slides.List{{Lines: figure.EnoughForPupils(v, q, g, said)}}
	}
	return nil
}

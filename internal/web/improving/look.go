package improving

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// few is how many guesses are asked for at first.
const few = 3

// guessPage asks what somebody expects, before they look.
type guessPage struct {
	page.Base
	Heading string
	Lead    string
	Fields  []page.Field
	More    string // address of the page with all questions; empty on it
	Skip    string
	Seen    string // who else can see the figures
	Look    bool   // nothing has been looked at yet, so it can be looked at without guessing
	Staff   bool
	Errors  page.Errors
}

var guessTemplate = page.New("improving/guess", "base", guessPage{})

// guessable are the questions that can be guessed for a group: their answers have an order, and they are not sensitive. In
// a round about classes what is about this class is guessed by class, and only the rest for a year or the school.
func guessable(view result.Viewed, unit string) (list []result.Question) {
	g, _ := view.Group(unit)
	wider := 0
	for _, q := range view.For(unit) {
		if row, _ := q.Row(unit); figure.Guessable(q) && q.Guesses == "" && !q.Sensitive && !row.Hidden {
			list = append(list, q)
			if q.About != bank.AboutThisClass {
				wider++
			}
		}
	}
	if g.Kind != round.UnitClass && wider > 0 {
		list = slices.DeleteFunc(list, func(q result.Question) bool { return q.About == bank.AboutThisClass })
	}
	return list
}

// thisGroup stands in the bank's mirrors for whoever is guessed at; wholeSchool is put in its place where that is everybody.
const thisGroup, wholeSchool = "pupils in this group", "pupils in this school"

// guessField asks for one guess, in the words of the bank's mirror where there is one; whose says whose answer is guessed.
func (p Pages) guessField(id, item, text, hint, whose string, labels []string, chosen string) page.Field {
	f := page.Field{Name: id, Label: text, Hint: hint}
	if m, ok := p.Bank.Mirror(item); ok {
		f.Label, f.Hint = strings.ReplaceAll(m.Text, thisGroup, whose), ""
	}
	for _, label := range labels {
		f.Options = append(f.Options, page.Option{Value: label, Label: label, Chosen: label == chosen})
	}
	return f
}

// options are the labels of a question that can be guessed: "I don't know" is no middle.
func options(q result.Question) (labels []string) {
	for _, o := range q.Options {
		if !o.Missing {
			labels = append(labels, o.Label)
		}
	}
	return labels
}

// look asks for guesses first, and then shows what was said, one question at a time.
func (p Pages) look(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.mine(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, r, g.Unit)
	if err != nil {
		return err
	}
	if n.Looked {
		return p.reveal(c, r, view, g, n)
	}
	return p.drawGuess(c, http.StatusOK, r, view, g, page.Errors{})
}

func (p Pages) drawGuess(c echo.Context, status int, r round.Round, view result.Viewed, g result.Group, errs page.Errors) error {
	d := guessPage{Base: p.NewBase(c, g.Called()), Heading: g.Called(), Look: true, Errors: errs}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID + "/look"}, {Text: g.Name, Here: true}}
	var err error
	if d.Seen, err = p.seen(c.Request().Context(), r, g); err != nil {
		return err
	}
	list := guessable(view, g.Unit)
	d.Lead = figure.Rate(page.Voice(c), view.Release, g)
	hint, whose := "Most in "+g.Name+" would say:", "pupils in "+g.Name
	switch g.Kind {
	case round.UnitClass:
		hint = "My pupils in this class would say:"
	case round.UnitSchool:
		hint, whose = "Most would say:", wholeSchool
	}
	if c.QueryParam("all") == "" && len(list) > few {
		list, d.More = list[:few], lookURL(r, g.Unit)+"?all=1"
	}
	for _, q := range list {
		d.Fields = append(d.Fields, p.guessField(q.ID, q.Item, q.Text, hint, whose, options(q), c.FormValue(q.ID)))
	}
	return guessTemplate.Send(c, status, d)
}

// guess keeps what was guessed, and from then on shows what was said.
func (p Pages) guess(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.mine(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	st := p.store()
	n, err := st.Note(ctx, who, r, g.Unit)
	if err != nil {
		return err
	}
	if !n.Looked {
		n.Guesses = map[string]string{}
		for _, q := range guessable(view, g.Unit) {
			if label := c.FormValue(q.ID); slices.Contains(options(q), label) {
				n.Guesses[q.ID] = label
			}
		}
		if len(n.Guesses) == 0 && c.FormValue("do") != "look" {
			errs, status, _ := page.Explain(c, fault.New(fault.Invalid, "action.guess_none"))
			return p.drawGuess(c, status, r, view, g, errs)
		}
		n.Looked = true
		if err := st.Keep(ctx, who, r, g.Unit, n); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, lookURL(r, g.Unit)+"?n=1")
}

// revealPage is one question: what was guessed, and what was said.
type revealPage struct {
	page.Base
	Place  string
	Text   string
	Enough []string // what was agreed to be good enough, beside what was said
	Gap    figure.Gap
	Figure page.Figure
	Back   string
	On     string
	Link   string // what leads on
	Wall   string // the slides for the class
	Class  bool
}

var revealTemplate = page.New("improving/reveal", "base", revealPage{})

type guessed struct {
	result.Question
	row result.Row
	gap figure.Gap
}

// inTurn puts what was guessed, or agreed on beforehand, into the order in which it is shown: a strength first, then the gaps, the biggest last.
func inTurn(v words.Voice, view result.Viewed, g result.Group, n action.Note) (list []guessed) {
	for _, q := range view.For(g.Unit) {
		label, ok := n.Guesses[q.ID]
		row, _ := q.Row(g.Unit)
		if i := slices.IndexFunc(q.Options, func(o result.Option) bool { return o.Label == label }); ok && i >= 0 {
			list = append(list, guessed{q, row, figure.Guessed(v, q, row, g, i)})
		} else if n.Enough[q.ID] > 0 {
			list = append(list, guessed{Question: q, row: row})
		}
	}
	slices.SortStableFunc(list, func(a, b guessed) int { return cmp.Compare(a.gap.Size, b.gap.Size) })
	strong := func(x guessed) float64 {
		if x.row.Share == nil || x.row.Share.N == 0 {
			return -1
		}
		return float64(x.row.Share.X) / float64(x.row.Share.N)
	}
	best := -1
	for i, x := range list[:max(0, len(list)-1)] { // the biggest gap stays where it is
		if s := strong(x); s >= .5 && (best < 0 || s > strong(list[best])) {
			best = i
		}
	}
	if best > 0 {
		x := list[best]
		list = slices.Insert(slices.Delete(list, best, best+1), 0, x)
	}
	return list
}

func (p Pages) reveal(c echo.Context, r round.Round, view result.Viewed, g result.Group, n action.Note) error {
	v := page.Voice(c)
	list := inTurn(v, view, g, n)
	if len(list) == 0 {
		return c.Redirect(http.StatusSeeOther, p.results(r, view, g))
	}
	at, err := strconv.Atoi(c.QueryParam("n"))
	if err != nil || at < 1 || at > len(list) {
		at = 1
	}
	x := list[at-1]
	d := revealPage{Base: p.NewBase(c, g.Called()), Place: "Question " + strconv.Itoa(at) + " / " + strconv.Itoa(len(list)), Text: x.Text, Gap: x.gap,
		Figure: page.NewFigure(figure.Question(v, view.Release, x.Question, g)), Class: g.Kind == round.UnitClass}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID + "/look"}, {Text: g.Name, Here: true}}
	d.JS = page.ChartScripts()
	d.Figure.Title = "All their answers" // the question stands over the page
	if said := n.Enough[x.ID] / 10; said > 0 {
		d.Enough = figure.Enough(v, x.Question, g, said)
	}
	if at > 1 {
		d.Back = lookURL(r, g.Unit) + "?n=" + strconv.Itoa(at-1)
	}
	d.On, d.Link = lookURL(r, g.Unit)+"?n="+strconv.Itoa(at+1), "Next"
	if at == len(list) {
		d.On, d.Link = lookURL(r, g.Unit)+"/journal", "What I make of it"
	}
	if err := p.Illustrate(c.Request().Context(), r.SchoolID, &d.Figure); err != nil {
		return err
	}
	return revealTemplate.Send(c, http.StatusOK, d)
}

package exploring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// resultsPage is one group's results: the school's, a year's, a form's or a class's.
type resultsPage struct {
	page.Base
	Heading  string
	Group    string
	Rate     string
	When     string // it was asked
	Notice   *page.Notice
	Own      bool // the reader's own class
	Figures  bool // there is a group whose figures are on this page
	Links    []page.Link
	Classes  []rateLine // the reader's own, to choose from
	Rates    []rateLine
	Missing  string
	Reach    string
	Strong   []standing
	Weak     []standing
	Order    string     // what cannot be told of the order of these
	Up       []standing // higher than last time
	Down     []standing
	Moved    string // what else there is to say of last time
	Unsure   string // what cannot be told
	Trust    string // how the school lies beside its trust
	Sections *page.Figure
	Matters  *page.Figure // what goes with the question that matters most
	Parted   []parted
	Unparted []string // what the results were to be told apart by, and cannot be
	Quality  *page.Figure
	Hands    []page.Figure // what rooms showed by raising hands, apart
	Heat     *page.Figure
	Parts    []part
	None     *none       // the questions of which nothing can be shown here
	Contents []page.Link // on paper
	Hidden   []string
	HiddenAs string // why
	Kept     string
	Open     bool // by an open link
	Least    int
	Files    []page.Link
	Present  string // the address of the slides
	Report   string // and of the report
	Whole    bool
	Words    string // the address of what people wrote, if any of it may be read
}

// part is a run of questions under one heading of the survey.
type part struct {
	ID      string
	Heading string
	Figures []page.Figure
}

// none says once of which questions nothing can be shown of a group, why, and what helps.
type none struct {
	Heading, Text string
	Questions     []page.Link
}

// parted is how the answers of parts of the school differ, in words; the figures stand on the questions' own pages.
type parted struct {
	ID    string
	Title string
	Lines []partedLine
	Rest  string // of the questions where no difference can be told
}

type partedLine struct {
	Question page.Link
	Text     string
}

type rateLine struct {
	Name string
	URL  string
	Leaf bool
	Text string
}

type standing struct {
	Text  string
	Share string
}

var resultsTemplate = page.New("exploring/results", "base", resultsPage{})

// results is the overview of a round.
func (p Pages) results(c echo.Context, who access.Actor) error {
	r, v, made, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	switch {
	case !made:
		return p.wait(c, who, r, v)
	case v.Empty() && waits(r, who):
		return p.wait(c, who, r, v)
	case v.Empty():
		return notFound()
	}
	school := v.School()
	if !v.Sees(school.Unit) && len(v.Own) == 1 {
		school, _ = v.Group(v.Own[0]) // nothing else to choose from
	}
	return p.draw(c, who, r, v, school)
}

// group is the results of one year, form or class.
func (p Pages) group(c echo.Context, who access.Actor) error {
	r, v, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	return p.draw(c, who, r, v, g)
}

func (p Pages) draw(c echo.Context, who access.Actor, r round.Round, v result.Viewed, g result.Group) error {
	d := newResultsPage(page.Voice(c), p.Bank, r, v, g)
	if g.Kind == round.UnitSchool {
		all, err := p.beside(c.Request().Context(), who, r, v)
		if err != nil {
			return err
		}
		d.besideTrust(page.Voice(c), all)
	}
	base := p.NewBase(c, d.Heading)
	base.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Results", URL: resultsURL(r, ""), Here: g.Kind == round.UnitSchool || g.Unit == ""}}
	if g.Unit != "" && g.Kind != round.UnitSchool {
		base.Crumbs = append(base.Crumbs, page.Link{Text: g.Name, Here: true})
	}
	if d.Figures {
		base.JS = page.ChartScripts()
	}
	d.Base = base
	if !v.Whole && waits(r, who) {
		d.Notice = waitingNotice(r, who, v)
	}
	words, err := p.wordsIn(c.Request().Context(), r, v, g)
	if err != nil {
		return err
	}
	d.Words = words
	if err := p.Illustrate(c.Request().Context(), r.SchoolID, d.figures()...); err != nil {
		return err
	}
	return resultsTemplate.Send(c, http.StatusOK, d)
}

func resultsURL(r round.Round, unit string) string {
	if unit == "" {
		return "/rounds/" + r.ID + "/results"
	}
	return "/rounds/" + r.ID + "/results/" + unit
}

// newResultsPage builds a page from what the reader may see. g is the group it is about; without one, a reader of several
// classes chooses.
func newResultsPage(v words.Voice, b *bank.Bank, r round.Round, view result.Viewed, g result.Group) resultsPage {
	d := resultsPage{Heading: r.Title, Open: view.Open, Least: view.Least, Whole: view.Whole, Own: slices.Contains(view.Own, g.Unit),
		HiddenAs: figure.Hidden(v, view.Release), When: asked(v, r)}
	whole := g.Kind == round.UnitSchool
	if g.Unit != "" && !whole {
		d.Heading = g.Name + ": " + r.Title
	}
	d.rates(v, r, view, g)
	if g.Unit == "" {
		d.classes(v, r, view)
		return d
	}
	d.links(r, view, g)
	d.Group, d.Rate = g.Name, figure.Rate(v, view.Release, g)
	if !g.Shown {
		d.Hidden = append(d.Hidden, g.Name)
	}
	d.Files, d.Present, d.Report = files(r, g), presentURL(r, g), resultsURL(r, g.Unit)+"/report"
	against := figure.Compare(view, g.Unit)
	d.questions(v, r, view, g, against)
	if f, ok := figure.Sections(v, view, g); ok {
		f.Note = figure.Join(aboutSections(v, b, view, g), f.Note)
		made := page.NewFigure(f)
		d.Sections = &made
	}
	if whole {
		if f, ok := figure.HeatMap(v, view); ok {
			made := page.NewFigure(f)
			d.Heat = &made
		} else if d.Sections != nil {
			d.Sections.Note = figure.Join(d.Sections.Note, figure.NoHeatMap(v, view))
		}
		d.Kept = kept(v, view.Report)
		d.school(v, r, view)
		for _, h := range view.Hands {
			d.Hands = append(d.Hands, page.NewFigure(figure.Hands(v, h)))
		}
	}
	d.changes(v, view, g, against)
	stand := figure.Stand(v, view, g.Unit)
	d.Strong, d.Weak = standings(stand.Strong), standings(stand.Weak)
	switch {
	case stand.Alike:
		d.Order = v.Say("figure.standings.alike")
	case stand.Overlap:
		d.Order = v.Say("figure.standings.overlap")
	}
	d.Contents = d.contents()
	return d
}

// changes says what moved since last time, and what cannot be told.
func (d *resultsPage) changes(v words.Voice, view result.Viewed, g result.Group, against figure.Against) {
	c := figure.Changed(v, view, g.Unit, against.Last)
	d.Up, d.Down = standings(c.Up), standings(c.Down)
	if len(against.Last) > 0 {
		d.Moved = c.Say(v)
	}
	if unsure := figure.Unsure(v, view, g); unsure != "" {
		d.Unsure = unsure
	}
}

// school adds what is said of the whole school alone.
func (d *resultsPage) school(v words.Voice, r round.Round, view result.Viewed) {
	if f, ok := figure.Matters(v, view); ok {
		made := page.NewFigure(f)
		d.Matters = &made
	}
	if f, ok := figure.Quality(v, view); ok {
		made := page.NewFigure(f)
		d.Quality = &made
	}
	for _, f := range r.AtOpening().Flags {
		if !slices.ContainsFunc(view.Splits, func(s result.Split) bool { return s.By == f.ID }) {
			d.Unparted = append(d.Unparted, v.Say("figure.part.unshown", words.V{"Label": f.Name}))
		}
	}
	for _, s := range view.Splits {
		if s.Kind == result.SplitPace {
			continue
		}
		p, told := parted{ID: "parts" + s.By, Title: figure.PartedTitle(v, view, s)}, 0
		compared := s.Compared()
		for _, q := range view.Questions {
			text := figure.Told(v, view, s, compared, q)
			if len(compared[q.ID]) > 0 {
				told++
			}
			if text != "" {
				p.Lines = append(p.Lines, partedLine{page.Link{Text: q.Text, URL: questionURL(r, q, view.School())}, text})
			}
		}
		if rest := told - len(p.Lines); rest > 0 {
			p.Rest = v.Say("figure.part.rest", words.V{"Count": rest})
		}
		if told > 0 {
			d.Parted = append(d.Parted, p)
		}
	}
}

func standings(list []figure.Standing) (lines []standing) {
	for _, s := range list {
		lines = append(lines, standing(s))
	}
	return lines
}

// aboutSections explains the sections that are shown for a group: each takes in the gateways of the questions that it is made
// of, and of no others.
func aboutSections(v words.Voice, b *bank.Bank, view result.Viewed, g result.Group) string {
	all := []string{v.Say("figure.sections.about")}
	asked := map[string]bool{}
	for _, q := range view.For(g.Unit) {
		if _, ok := q.Summed(g.Unit); ok && q.Part == survey.AskedAll && !q.Several {
			asked[q.Gateway] = true
		}
	}
	for _, s := range figure.SectionsOf(view) {
		if _, ok := s.Row(g.Unit); !ok || !s.Whole {
			continue
		}
		var gateways []string
		for _, gw := range b.Gateways {
			if gw.Group == s.ID && asked[gw.ID] {
				gateways = append(gateways, gw.Name)
			}
		}
		if len(gateways) > 0 {
			all = append(all, v.Say("figure.sections.takes", words.V{"Name": s.Name, "Gateways": figure.List(v, gateways)}))
		}
	}
	return strings.Join(all, " ")
}

// kept says how much of the round could be shown.
func kept(v words.Voice, rep result.Report) string {
	said := words.V{"Groups": rep.GroupsKept, "OfGroups": rep.Groups}
	switch tenths := (20*rep.BarsKept + rep.Bars) / max(1, 2*rep.Bars); {
	case rep.BarsKept == rep.Bars:
		return v.Say("figure.kept_all", said)
	case tenths >= 10:
		return v.Say("figure.kept_groups", said)
	default:
		said["Count"] = max(1, tenths)
		return v.Say("figure.kept", said)
	}
}

// classes lists the reader's own classes, each with its rate, where they have to choose one.
func (d *resultsPage) classes(v words.Voice, r round.Round, view result.Viewed) {
	for _, g := range view.Groups {
		if slices.Contains(view.Own, g.Unit) {
			d.Classes = append(d.Classes, rateLine{Name: g.Called(), URL: resultsURL(r, g.Unit), Text: figure.Rate(v, view.Release, g)})
		}
	}
	if !slices.ContainsFunc(view.Rates, func(g result.Group) bool { return !slices.Contains(view.Own, g.Unit) }) {
		d.Rates = nil // the list has them all
	}
}

// links leads to the groups inside this one that the reader may see.
func (d *resultsPage) links(r round.Round, view result.Viewed, g result.Group) {
	for _, other := range view.Groups {
		inside := other.Parent == g.Unit || slices.Contains(view.Own, other.Unit)
		if other.Unit != g.Unit && inside && other.Kind != round.UnitSchool {
			d.Links = append(d.Links, page.Link{Text: other.Called(), URL: resultsURL(r, other.Unit)})
		}
	}
}

// rates lists who answered and who is missing, for this group and those inside it.
func (d *resultsPage) rates(v words.Voice, r round.Round, view result.Viewed, g result.Group) {
	var here []result.Group
	inside := map[string]bool{g.Unit: true}
	for _, other := range view.Rates {
		if !inside[other.Unit] && !inside[other.Parent] && g.Unit != "" {
			continue
		}
		inside[other.Unit] = true
		line := rateLine{Name: other.Called(), Leaf: other.IsLeaf(), Text: figure.ShortRate(v, view.Release, other)}
		if view.Sees(other.Unit) && other.Unit != g.Unit {
			line.URL = resultsURL(r, other.Unit)
		}
		d.Rates = append(d.Rates, line)
		here = append(here, other)
		if !other.Shown && !other.Nobody && other.Unit != g.Unit {
			d.Hidden = append(d.Hidden, other.Name)
		}
	}
	if len(d.Rates) == 1 {
		d.Rates = nil // the sentence above says it
	}
	d.Missing, d.Reach = figure.Missing(v, view.Audience, here, false)
}

package exploring

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
	"earshot/static"
)

// reportPage is a round's results on paper: a few pages for a school, one for a class.
type reportPage struct {
	page.Base
	Heading        string
	Rate, When     string
	Why            string
	Strong, Weak   []standing
	Order          string
	Up, Down       []standing
	Moved, Unsure  string
	Parts          []reportPart
	None           *none
	Sections, Heat *page.Figure // their tables
	Rates          []rateLine
	Missing, Reach string
	Kept, Hidden   string
	Back           page.Link
}

type reportPart struct {
	Heading string
	Rows    []reportRow
}

type reportRow struct {
	Text, Sentence     string
	Bar                bool
	Percent, Low, High int
}

var reportTemplate = page.New("exploring/report", "screen", reportPage{})

func (p Pages) report(c echo.Context, who access.Actor) error {
	r, view, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	d := newReportPage(page.Voice(c), r, view, g)
	base := p.NewBase(c, d.Heading)
	base.CSS = []string{static.Path("css/report.css")}
	d.Base = base
	return reportTemplate.Send(c, http.StatusOK, d)
}

// Report is the report of one group of a round as one HTML file, as a head of the school may see it now. An empty name means
// the whole school. It is for the command line, where whoever has the machine stands in for nobody in particular.
func (p Pages) Report(ctx context.Context, code, name string) ([]byte, error) {
	r, err := p.Rounds().ByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	head := access.Actor{Account: "report", School: r.SchoolID, Roles: []access.Role{access.Head}}
	r, view, made, err := p.look(ctx, head, r.ID)
	if err != nil {
		return nil, err
	}
	if !made || view.Empty() {
		return nil, fault.New(fault.Conflict, "figure.not_yet")
	}
	for _, g := range view.Groups {
		if g.Name == name || name == "" && g.Kind == round.UnitSchool {
			v := words.English()
			d := newReportPage(v, r, view, g)
			d.Base = page.Base{Title: d.Heading, School: r.AtOpening().School, Lang: v.Lang, Dir: v.Dir, CSS: []string{static.Path("css/report.css")}}
			body, err := reportTemplate.Bytes(d)
			return page.Standalone(body), err
		}
	}
	return nil, notFound()
}

func newReportPage(v words.Voice, r round.Round, view result.Viewed, g result.Group) reportPage {
	against := figure.Compare(view, g.Unit)
	var moved resultsPage
	moved.changes(v, view, g, against)
	stand := figure.Stand(v, view, g.Unit)
	d := reportPage{Heading: r.Title, Rate: figure.Rate(v, view.Release, g), When: asked(v, r), Strong: standings(stand.Strong), Weak: standings(stand.Weak),
		Up: moved.Up, Down: moved.Down, Moved: moved.Moved, Unsure: moved.Unsure, Back: page.Link{Text: "Back to the results.", URL: resultsURL(r, "")}}
	if r.Why != "" {
		d.Why = v.Say("public.because", words.V{"Why": r.Why})
	}
	if g.Kind == round.UnitSchool {
		d.Kept = kept(v, view.Report)
		d.Missing, d.Reach = figure.Missing(v, view.Audience, view.Rates, false)
	} else {
		d.Heading, d.Back.URL = g.Name+": "+r.Title, resultsURL(r, g.Unit)
	}
	if stand.Overlap {
		d.Order = v.Say("figure.standings.overlap")
	}
	var hidden []page.Link
	for _, q := range view.For(g.Unit) {
		row, ok := q.Row(g.Unit)
		if !ok || row.Hidden {
			hidden = append(hidden, page.Link{Text: q.Text})
			continue
		}
		line := reportRow{Text: q.Text, Sentence: figure.Brief(v, view, q, g, against)}
		if s := row.Share; s != nil && !q.Several {
			line.Bar, line.Percent = true, figure.Percent(s.X, s.N)
			line.Low, line.High = figure.Percent(int(1000*s.Low), 1000), figure.Percent(int(1000*s.High), 1000)
		}
		if len(d.Parts) == 0 || d.Parts[len(d.Parts)-1].Heading != q.Heading {
			d.Parts = append(d.Parts, reportPart{Heading: q.Heading})
		}
		last := &d.Parts[len(d.Parts)-1]
		last.Rows = append(last.Rows, line)
	}
	if heading, text := figure.None(v, view.Release, g, len(hidden), len(d.Parts) > 0); text != "" {
		d.None = &none{heading, text, hidden}
	}
	d.groups(v, view, g)
	return d
}

// groups adds what is said of the whole school's parts: sections, forms beside each other, and who answered.
func (d *reportPage) groups(v words.Voice, view result.Viewed, g result.Group) {
	if f, ok := figure.Sections(v, view, g); ok {
		made := page.PlainFigure(f)
		d.Sections = &made
	}
	if g.Kind != round.UnitSchool {
		return
	}
	if f, ok := figure.HeatMap(v, view); ok {
		made := page.PlainFigure(f)
		d.Heat = &made
	}
	if len(view.Rates) > 1 {
		for _, other := range view.Rates {
			d.Rates = append(d.Rates, rateLine{Name: other.Called(), Leaf: other.IsLeaf(), Text: figure.ShortRate(v, view.Release, other)})
		}
	}
}

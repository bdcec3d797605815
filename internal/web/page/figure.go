package page

import (
	"context"
	"html/template"
	"sync"

	"earshot/internal/show/chart"
	"earshot/internal/show/figure"
	"earshot/static"
)

// Figure is a picture with its sentence and its numbers, drawn by the part "figure". Illustrate puts the picture in.
type Figure struct {
	ID       string
	Title    string
	TitleIn  string // the language of the title, where it is not the page's
	Sentence string
	Doubt    string
	Note     string
	Lines    []string      // how it compares
	More     Link          // to the question's own page; empty for none
	Option   template.JS   // for ECharts; empty: no script draws it
	Wide     template.HTML // drawn on the server; empty where it is not yet
	Narrow   template.HTML // the same for a telephone
	Heat     bool          // on a telephone its table is the picture
	Table    Table

	drawings []chart.Drawing
}

// Table is drawn by the part "table".
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Cell
}

// Cell is one cell of a table.
type Cell struct {
	Text    string
	Number  bool
	Hidden  bool
	Heading bool
	Share   int // 1..9 in a heat map
	Bar     int // per cent, drawn beside the number
}

// NewFigure makes a figure ready for a page, with its chart.
func NewFigure(f figure.Figure) Figure {
	out := PlainFigure(f)
	if len(out.drawings) > 0 {
		// It comes from the encoder, which leaves nothing in it that could end a script element.
		out.Option = template.JS(out.drawings[0].Option)
	}
	return out
}

// PlainFigure is NewFigure for pages that load no script: its chart is the one that was drawn on the server, if it was.
func PlainFigure(f figure.Figure) Figure {
	out := Figure{ID: f.ID, Title: f.Title, Sentence: f.Sentence, Doubt: f.Doubt, Note: f.Note, Lines: f.Lines, Heat: f.Heat != nil, drawings: chart.Drawings(f, Charts().Version()), Table: Table{Caption: f.Table.Caption, Head: f.Table.Head}}
	for _, row := range f.Table.Rows {
		cells := make([]Cell, len(row))
		for i, c := range row {
			cells[i] = Cell{Text: c.Text, Number: c.Number, Hidden: c.Hidden, Heading: c.Heading, Share: c.Share, Bar: c.Bar}
		}
		out.Table.Rows = append(out.Table.Rows, cells)
	}
	return out
}

// Illustrate puts the charts that were drawn on the server into a page's figures, with one query for all of them. What
// has not been drawn stays without: a script draws it, or the table stands alone. Figures may be nil.
func (k *Kit) Illustrate(ctx context.Context, school string, figures ...*Figure) error {
	var hashes []string
	for _, f := range figures {
		if f != nil {
			for _, d := range f.drawings {
				hashes = append(hashes, d.Hash)
			}
		}
	}
	found, err := chart.NewStore(k.DB).Find(ctx, school, hashes)
	if err != nil {
		return err
	}
	for _, f := range figures {
		if f != nil {
			f.Hang(found)
		}
	}
	return nil
}

// Hang puts a figure's drawings into it from a list by hash. They were cleaned when they were drawn.
func (f *Figure) Hang(found map[string]string) {
	for _, d := range f.drawings {
		if d.Width == chart.Narrow {
			f.Narrow = template.HTML(found[d.Hash])
		} else {
			f.Wide = template.HTML(found[d.Hash])
		}
	}
}

// Pictures points to every figure of a list, for Illustrate.
func Pictures(list []Figure) []*Figure {
	out := make([]*Figure, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// Drawn draws charts at once, for pages that are not a school's. It gives them by hash.
func Drawn(ctx context.Context, list []chart.Drawing) (map[string]string, error) {
	found := map[string]string{}
	err := Charts().Draw(ctx, list, func(d chart.Drawing, svg string) error {
		found[d.Hash] = svg
		return nil
	})
	return found, err
}

// Charts is the engine that draws charts, with the very scripts that draw them in pages.
var Charts = sync.OnceValue(func() *chart.Engine {
	return chart.NewEngine(static.Read("vendor/echarts/echarts.min.js"), static.Read("js/chart-fit.js"))
})

// ChartScripts are what a page with charts loads, in this order. ECharts itself is loaded when a chart needs it.
func ChartScripts() []string {
	return []string{static.Path("js/chart-fit.js"), static.Path("js/chart.js")}
}

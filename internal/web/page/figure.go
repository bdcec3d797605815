package page

import (
	"earshot/internal/show/chart"
	"earshot/internal/show/figure"
	"earshot/static"
)

// Figure is a picture with its sentence and its numbers, drawn by the part "figure".
type Figure struct {
	ID       string
	Title    string
	Sentence string
	Doubt    string
	Note     string
	Option   any    // for ECharts; nil: the table alone
	Height   string // short, tall, rows-7, or empty
	Table    Table
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
}

// NewFigure makes a figure ready for a page, with its chart.
func NewFigure(f figure.Figure) Figure {
	out := PlainFigure(f)
	if option := chart.Option(f); option != nil {
		out.Option, out.Height = option, chart.Height(f)
	}
	return out
}

// PlainFigure is NewFigure without a chart, for pages that load no script.
func PlainFigure(f figure.Figure) Figure {
	out := Figure{ID: f.ID, Title: f.Title, Sentence: f.Sentence, Doubt: f.Doubt, Note: f.Note, Table: Table{Caption: f.Table.Caption, Head: f.Table.Head}}
	for _, row := range f.Table.Rows {
		cells := make([]Cell, len(row))
		for i, c := range row {
			cells[i] = Cell{Text: c.Text, Number: c.Number, Hidden: c.Hidden, Heading: c.Heading, Share: c.Share}
		}
		out.Table.Rows = append(out.Table.Rows, cells)
	}
	return out
}

// ChartScripts are what a page with charts loads, in this order.
func ChartScripts() []string {
	return []string{static.Path("vendor/echarts/echarts.min.js"), static.Path("js/chart.js")}
}

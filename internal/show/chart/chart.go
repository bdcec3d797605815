// Package chart turns a figure into an option of ECharts, and is the only place that knows go-echarts. An option is
// data: no function, no markup, and colours by the names that the style sheets give them, so that static/js/chart.js can
// draw it under a policy that forbids scripts inside a page.
package chart

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

// The narrowest bars that a per cent fits into.
const (
	labelLeast  = 8
	middleLeast = 16 // of a piece that is drawn in two halves
)

// Option is what ECharts draws for a figure; nil for one that is a table alone.
func Option(f figure.Figure) map[string]any {
	var option map[string]any
	switch {
	case f.Likert != nil && len(f.Likert.Rows) > 0:
		option = likert(*f.Likert)
	case f.Bars != nil && len(f.Bars.Rows) > 0:
		option = bars(*f.Bars)
	case f.Heat != nil && len(f.Heat.Cells) > 0:
		option = heat(*f.Heat)
	default:
		return nil
	}
	// Left to itself, the description would be a list of numbers, half of them below zero.
	set(option, map[string]any{"description": f.Sentence}, "aria", "label")
	return option
}

// Height names the class of the style sheet that gives a chart its height.
func Height(f figure.Figure) string {
	rows := 0
	switch {
	case f.Likert != nil:
		rows = len(f.Likert.Rows)
	case f.Bars != nil:
		rows = (len(f.Bars.Rows) + 1) / 2
	case f.Heat != nil:
		rows = (len(f.Heat.Rows) + 3) / 2
	}
	if rows == 0 {
		return ""
	}
	return "rows-" + strconv.Itoa(min(rows, 16))
}

func colour(token string) string { return "var(--" + token + ")" }

// piece is one series of a diverging bar: all pieces of one name on one side.
type piece struct {
	name string
	tone figure.Tone
	side int // -1 or 1
	half bool
	data []opts.BarData
}

// likert is a diverging stacked bar. What belongs in the middle is drawn half on either side of zero; bars are stacked
// outwards, so the innermost come first.
func likert(l figure.Likert) map[string]any {
	var left, right []*piece
	var names []string
	named := map[string]bool{}
	at := func(list *[]*piece, p figure.Piece, side int) *piece {
		for _, s := range *list {
			if s.name == p.Label && s.tone == p.Tone {
				return s
			}
		}
		s := &piece{name: p.Label, tone: p.Tone, side: side, half: p.Side == 0, data: make([]opts.BarData, len(l.Rows))}
		for i := range s.data {
			s.data[i] = opts.BarData{Value: 0}
		}
		*list = append(*list, s)
		return s
	}
	labels := make([]string, len(l.Rows))
	for i, row := range l.Rows {
		labels[i] = row.Label
		for _, p := range row.Pieces {
			if !named[p.Label] {
				named[p.Label] = true
				names = append(names, p.Label)
			}
			if p.Side <= 0 {
				at(&left, p, -1).data[i] = bar(p, -1)
			}
			if p.Side >= 0 {
				at(&right, p, 1).data[i] = bar(p, 1)
			}
		}
	}
	reach := widestSide(l)
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Bottom: "0", Left: "0", Type: "plain"}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithGridOpts(opts.Grid{Left: "0", Right: "0", Top: "4", Bottom: "72", ContainLabel: opts.Bool(len(l.Rows) > 1)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: -reach, Max: reach, Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Show: opts.Bool(len(l.Rows) > 1)}),
		charts.WithAriaOpts(&opts.Aria{Enabled: opts.Bool(true), Decal: &opts.AriaDecal{Show: opts.Bool(true)}}),
	)
	c.SetXAxis(labels).XYReversal()
	// Pieces come from left to right: on the left the last one is the innermost.
	slices.Reverse(left)
	outwards := func(a, b *piece) int { return a.rank() - b.rank() }
	slices.SortStableFunc(left, outwards)
	slices.SortStableFunc(right, outwards)
	order := append(left, right...)
	for _, s := range order {
		s.add(c)
	}
	option := plain(c)
	set(option, map[string]any{"inverse": true, "axisTick": map[string]any{"show": false}, "axisLine": map[string]any{"show": false}}, "yAxis", "0")
	set(option, map[string]any{"width": 130, "overflow": "break", "lineHeight": 15, "color": colour("ink")}, "yAxis", "0", "axisLabel")
	set(option, map[string]any{"data": names, "itemWidth": 18, "itemHeight": 12, "selectedMode": false}, "legend")
	set(option, map[string]any{"color": colour("ink")}, "legend", "textStyle")
	// Texts for the tooltip, which go-echarts has no field for.
	for n, s := range order {
		for i, row := range l.Rows {
			for _, p := range row.Pieces {
				if p.Label == s.name && p.Tone == s.tone && (p.Side == 0 || p.Side == s.side) {
					set(option, map[string]any{"text": p.Text}, "series", strconv.Itoa(n), "data", strconv.Itoa(i))
				}
			}
		}
		set(option, map[string]any{"disabled": true}, "series", strconv.Itoa(n), "emphasis")
		set(option, map[string]any{"hideOverlap": true}, "series", strconv.Itoa(n), "labelLayout")
	}
	return option
}

// widestSide is how far the axis reaches either way: the same on both sides, so that the middle stays in the middle.
func widestSide(l figure.Likert) int {
	reach := 60
	for _, row := range l.Rows {
		sides := map[int]int{}
		for _, p := range row.Pieces {
			sides[p.Side] += p.Percent
		}
		half := (sides[0] + 1) / 2
		reach = max(reach, sides[-1]+half, sides[1]+half)
	}
	return min(100, (reach+9)/10*10)
}

// rank is how far from the middle a series lies. Rows that fold differently share the series they can.
func (s *piece) rank() int {
	switch {
	case s.half:
		return 0
	case s.tone == figure.Agree1 || s.tone == figure.Disagree1:
		return 1
	}
	return 2
}

func (s *piece) add(c *charts.Bar) {
	c.AddSeries(s.name, s.data,
		charts.WithBarChartOpts(opts.BarChart{Stack: "answers"}), widest("36"),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour(string(s.tone)), BorderColor: colour("ground"), BorderWidth: 1}),
	)
}

// widest keeps the bar of a chart with a single row from filling it.
func widest(pixels string) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.BarMaxWidth = pixels })
}

// bar is one piece of one row. The half of a middle piece that lies on the right carries its label.
func bar(p figure.Piece, side int) opts.BarData {
	value := float64(p.Percent * side)
	label := p.Percent >= labelLeast
	position := "inside"
	if p.Side == 0 {
		value /= 2
		label = p.Percent >= middleLeast && side > 0
		position = "insideLeft" // on the line between the halves
	}
	d := opts.BarData{Value: value, Label: &opts.Label{Show: opts.Bool(false)}}
	if label {
		d.Label = &opts.Label{Show: opts.Bool(true), Position: position, Color: colour("on-" + string(p.Tone)), Formatter: strconv.Itoa(p.Percent) + "%"}
	}
	return d
}

// bars are plain horizontal bars, from zero to a hundred.
func bars(b figure.Bars) map[string]any {
	labels := make([]string, len(b.Rows))
	data := make([]opts.BarData, len(b.Rows))
	for i, row := range b.Rows {
		labels[i] = row.Label
		data[i] = opts.BarData{Value: row.Percent, Label: &opts.Label{Show: opts.Bool(true), Position: "right", Color: colour("ink"), Formatter: strconv.Itoa(row.Percent) + "%"}}
	}
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: "44", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category"}),
		charts.WithAriaOpts(&opts.Aria{Enabled: opts.Bool(true)}),
	)
	c.SetXAxis(labels).XYReversal()
	c.AddSeries("", data, widest("26"), charts.WithItemStyleOpts(opts.ItemStyle{Color: colour("line-1")}))
	option := plain(c)
	set(option, map[string]any{"inverse": true, "axisTick": map[string]any{"show": false}}, "yAxis", "0")
	set(option, map[string]any{"width": 130, "overflow": "break", "lineHeight": 15, "color": colour("ink")}, "yAxis", "0", "axisLabel")
	for i, row := range b.Rows {
		set(option, map[string]any{"text": row.Text}, "series", "0", "data", strconv.Itoa(i))
	}
	return option
}

// The nine colours of a heat map, from low to high, as in the style sheet's .share-1 to .share-9, with the colour of the
// text on each.
var steps = [9][2]string{
	{"disagree-2", "on-disagree-2"}, {"share-2", "on-share-2"}, {"disagree-1", "on-disagree-1"}, {"share-4", "on-neutral"}, {"neutral", "on-neutral"},
	{"share-6", "on-neutral"}, {"agree-1", "on-agree-1"}, {"share-8", "on-share-8"}, {"agree-2", "on-agree-2"},
}

func heat(h figure.Heat) map[string]any {
	c := charts.NewHeatMap()
	data := make([]opts.HeatMapData, len(h.Cells))
	for i, cell := range h.Cells {
		data[i] = opts.HeatMapData{Value: []int{cell.Column, cell.Row, cell.Percent}}
	}
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithGridOpts(opts.Grid{Left: "0", Right: "0", Top: "4", Bottom: "0", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: h.Columns, Position: "top"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: h.Rows}),
		charts.WithVisualMapOpts(opts.VisualMap{Type: "piecewise", Show: opts.Bool(false), Dimension: "2"}),
		charts.WithAriaOpts(&opts.Aria{Enabled: opts.Bool(true)}),
	)
	c.AddSeries("", data, charts.WithItemStyleOpts(opts.ItemStyle{BorderColor: colour("ground"), BorderWidth: 2}))
	option := plain(c)
	var pieces []any
	for i, step := range steps {
		low, high := bounds(i + 1)
		pieces = append(pieces, map[string]any{"gte": low, "lte": high, "color": colour(step[0])})
	}
	set(option, map[string]any{"pieces": pieces, "dimension": 2}, "visualMap", "0")
	set(option, map[string]any{"inverse": true}, "yAxis", "0")
	for _, axis := range []string{"xAxis", "yAxis"} {
		set(option, map[string]any{"axisTick": map[string]any{"show": false}, "axisLine": map[string]any{"show": false}, "splitArea": map[string]any{"show": false}}, axis, "0")
		set(option, map[string]any{"color": colour("ink"), "interval": 0, "width": 110, "overflow": "break", "lineHeight": 15}, axis, "0", "axisLabel")
	}
	set(option, map[string]any{"disabled": true}, "series", "0", "emphasis")
	for i, cell := range h.Cells {
		step := steps[figure.Step(cell.Percent)-1]
		set(option, map[string]any{"text": cell.Text,
			"label": map[string]any{"show": true, "formatter": strconv.Itoa(cell.Percent) + "%", "color": colour(step[1])}},
			"series", "0", "data", strconv.Itoa(i))
	}
	return option
}

// bounds are the lowest and the highest whole per cent of a step.
func bounds(step int) (low, high int) {
	low, high = 101, -1
	for p := range 101 {
		if figure.Step(p) == step {
			low, high = min(low, p), max(high, p)
		}
	}
	return low, high
}

type drawn interface {
	Validate()
	JSON() map[string]any
}

// plain turns typed options into plain JSON values, so that fields which go-echarts does not know can be added. Never
// Render: its HTML has scripts inside, and does not escape what people write.
func plain(c drawn) map[string]any {
	c.Validate()
	typed := c.JSON()
	for _, unused := range []string{"title", "toolbox", "color"} {
		delete(typed, unused)
	}
	text, err := json.Marshal(typed)
	if err != nil {
		panic("chart: " + err.Error()) // made of strings and numbers only
	}
	var option map[string]any
	if err := json.Unmarshal(text, &option); err != nil {
		panic("chart: " + err.Error())
	}
	// An HTML tooltip needs styles inside the page.
	set(option, map[string]any{"renderMode": "richText"}, "tooltip")
	return option
}

// set adds fields to the map at a path of keys and indices, and makes the maps on the way that are not there.
func set(option map[string]any, fields map[string]any, path ...string) {
	at := option
	for i := 0; i < len(path); i++ {
		next := at[path[i]]
		if list, ok := next.([]any); ok && i+1 < len(path) {
			n, _ := strconv.Atoi(path[i+1])
			if n >= len(list) {
				return
			}
			m, _ := list[n].(map[string]any)
			if m == nil {
				m = map[string]any{}
				list[n] = m
			}
			at = m
			i++
			continue
		}
		m, ok := next.(map[string]any)
		if !ok {
			m = map[string]any{}
			at[path[i]] = m
		}
		at = m
	}
	for k, v := range fields {
		at[k] = v
	}
}

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

// The places of a diverging bar, in pixels: a row, and what lies between the last one and the legend.
const (
	rowHeight = 44
	rowsTop   = 4
	legendGap = 4
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

// piece is one series of a diverging bar: all pieces of one name and tone on one side.
type piece struct {
	name string
	tone figure.Tone
	side int
	data []opts.BarData
}

// stack is the name of the one stack of a diverging bar. The script knows such a chart by it: it gives all of a page the
// same axis, and takes the labels away from pieces that are too narrow for them.
const stack = "answers"

// likert is a diverging stacked bar. A first series that is not drawn reaches from zero to where a row begins, and the
// others follow from left to right, so that what belongs in the middle is one piece on either side of zero.
func likert(l figure.Likert) map[string]any {
	labels := make([]string, len(l.Rows))
	start := &piece{data: make([]opts.BarData, len(l.Rows))}
	var list []*piece
	least, most := -20, 20
	for i, row := range l.Rows {
		labels[i] = row.Label
		left, all := 0.0, 0
		for _, p := range row.Pieces {
			all += p.Percent
			switch p.Side {
			case -1:
				left += float64(p.Percent)
			case 0:
				left += float64(p.Percent) / 2
			}
			at(&list, p, len(l.Rows)).data[i] = bar(p)
		}
		start.data[i] = opts.BarData{Value: -left}
		least, most = min(least, -tens(left)), max(most, tens(float64(all)-left))
	}
	slices.SortStableFunc(list, func(a, b *piece) int { return a.side*a.rank() - b.side*b.rank() })
	several := len(l.Rows) > 1
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Left: "0", Type: "plain"}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithGridOpts(opts.Grid{Left: "0", Right: "0", ContainLabel: opts.Bool(several)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: least, Max: most, Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Show: opts.Bool(several)}),
		charts.WithAriaOpts(&opts.Aria{Enabled: opts.Bool(true), Decal: &opts.AriaDecal{Show: opts.Bool(true)}}),
	)
	c.SetXAxis(labels).XYReversal()
	start.add(c)
	var names []string
	for _, s := range list {
		s.add(c)
		if !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	option := plain(c)
	height := rowHeight * len(l.Rows)
	set(option, map[string]any{"top": rowsTop, "height": height}, "grid", "0")
	set(option, map[string]any{"inverse": true, "axisTick": map[string]any{"show": false}, "axisLine": map[string]any{"show": false}}, "yAxis", "0")
	set(option, map[string]any{"width": 130, "overflow": "break", "fontSize": 14, "lineHeight": 16, "color": colour("ink")}, "yAxis", "0", "axisLabel")
	set(option, map[string]any{"data": names, "top": rowsTop + height + legendGap, "padding": 0, "itemWidth": 18, "itemHeight": 12, "selectedMode": false}, "legend")
	set(option, map[string]any{"color": colour("ink")}, "legend", "textStyle")
	// The line in the middle lies behind the pieces. It hangs on the series that is not drawn.
	set(option, map[string]any{"silent": true, "stackStrategy": "all", "itemStyle": map[string]any{"opacity": 0, "decal": map[string]any{"symbol": "none"}},
		"markLine": map[string]any{"silent": true, "symbol": "none", "z": 1, "animation": false, "label": map[string]any{"show": false},
			"lineStyle": map[string]any{"type": "solid", "width": 1, "opacity": 1, "color": colour("line")}, "data": []any{map[string]any{"xAxis": 0}}}}, "series", "0")
	for n, s := range list {
		series := strconv.Itoa(n + 1)
		// Texts for the tooltip, which go-echarts has no field for.
		for i, row := range l.Rows {
			for _, p := range row.Pieces {
				if s.holds(p) && p.Percent > 0 {
					set(option, map[string]any{"text": p.Text}, "series", series, "data", strconv.Itoa(i))
					set(option, map[string]any{"textBorderColor": colour(string(p.Tone)), "textBorderWidth": 3}, "series", series, "data", strconv.Itoa(i), "label")
				}
			}
		}
		set(option, map[string]any{"decal": decal(s.tone)}, "series", series, "itemStyle")
		set(option, map[string]any{"stackStrategy": "all"}, "series", series)
		set(option, map[string]any{"disabled": true}, "series", series, "emphasis")
	}
	return option
}

// tens rounds up to the next ten per cent.
func tens(x float64) int { return int(x+9.5) / 10 * 10 }

// at is the series that a piece belongs to, made when it is the first one there.
func at(list *[]*piece, p figure.Piece, rows int) *piece {
	for _, s := range *list {
		if s.holds(p) {
			return s
		}
	}
	s := &piece{name: p.Label, tone: p.Tone, side: p.Side, data: make([]opts.BarData, rows)}
	for i := range s.data {
		s.data[i] = opts.BarData{Value: 0}
	}
	*list = append(*list, s)
	return s
}

func (s *piece) holds(p figure.Piece) bool {
	return s.name == p.Label && s.tone == p.Tone && s.side == p.Side
}

// rank is how far from the middle a series lies. Rows that fold differently share the series they can.
func (s *piece) rank() int {
	if s.tone == figure.Agree1 || s.tone == figure.Disagree1 {
		return 1
	}
	return 2
}

func (s *piece) add(c *charts.Bar) {
	style := opts.ItemStyle{BorderColor: colour("ground"), BorderWidth: 1}
	if s.tone != "" {
		style.Color = colour(string(s.tone))
	}
	c.AddSeries(s.name, s.data, charts.WithBarChartOpts(opts.BarChart{Stack: stack}), widest("36"), charts.WithItemStyleOpts(style))
}

// decal is the pattern of a tone, the same in every chart: stripes on the unfavourable side, closer together at its end;
// dots on what is neither. The favourable side and the middle are plain.
func decal(t figure.Tone) map[string]any {
	stripes := func(name string, width, gap int) map[string]any {
		return map[string]any{"symbol": "rect", "color": colour(name), "dashArrayX": []any{1, 0}, "dashArrayY": []any{width, gap}, "rotation": -0.785}
	}
	switch t {
	case figure.Disagree2:
		return stripes("decal", 2, 5)
	case figure.Disagree1:
		return stripes("stripe", 2, 10)
	case figure.Unclear:
		return map[string]any{"symbol": "circle", "symbolSize": 0.5, "color": colour("line"), "dashArrayX": []any{[]any{5, 9}, []any{0, 7, 5, 2}}, "dashArrayY": []any{5, 4}}
	}
	return map[string]any{"symbol": "none"}
}

// widest keeps the bar of a chart with a single row from filling it.
func widest(pixels string) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.BarMaxWidth = pixels })
}

// bar is one piece of one row.
func bar(p figure.Piece) opts.BarData {
	d := opts.BarData{Value: p.Percent, Label: &opts.Label{Show: opts.Bool(false)}}
	if p.Percent > 0 {
		d.Label = &opts.Label{Show: opts.Bool(true), Position: "inside", Color: colour("on-" + string(p.Tone)), Formatter: strconv.Itoa(p.Percent) + "%"}
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
	set(option, map[string]any{"interval": 0, "width": 130, "overflow": "break", "fontSize": 14, "lineHeight": 16, "color": colour("ink")}, "yAxis", "0", "axisLabel")
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

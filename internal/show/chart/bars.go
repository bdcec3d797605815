package chart

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

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
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category"}),
	)
	c.SetXAxis(labels).XYReversal()
	c.AddSeries("", data, charts.WithItemStyleOpts(opts.ItemStyle{Color: colour("line-1")}))
	option := plain(c)
	layout(option, "bars", nil)
	rows(option)
	set(option, map[string]any{"show": true, "lineStyle": map[string]any{"color": colour("line")}}, "yAxis", "0", "axisLine")
	set(option, map[string]any{"disabled": true}, "series", "0", "emphasis")
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
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: h.Columns, Position: "top"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: h.Rows}),
		charts.WithVisualMapOpts(opts.VisualMap{Type: "piecewise", Show: opts.Bool(false), Dimension: "2"}),
	)
	c.AddSeries("", data, charts.WithItemStyleOpts(opts.ItemStyle{BorderColor: colour("ground"), BorderWidth: 2}))
	option := plain(c)
	var pieces []any
	for i, step := range steps {
		low, high := bounds(i + 1)
		pieces = append(pieces, map[string]any{"gte": low, "lte": high, "color": colour(step[0])})
	}
	set(option, map[string]any{"pieces": pieces, "dimension": 2, "seriesIndex": 0}, "visualMap", "0")
	layout(option, "heat", nil)
	set(option, map[string]any{"inverse": true}, "yAxis", "0")
	for _, axis := range []string{"xAxis", "yAxis"} {
		set(option, map[string]any{"axisTick": map[string]any{"show": false}, "axisLine": map[string]any{"show": false}, "splitArea": map[string]any{"show": false}}, axis, "0")
		set(option, map[string]any{"color": colour("ink"), "interval": 0}, axis, "0", "axisLabel")
	}
	set(option, map[string]any{"disabled": true}, "series", "0", "emphasis")
	for i, cell := range h.Cells {
		step := steps[figure.Step(cell.Percent)-1]
		set(option, map[string]any{"text": cell.Text,
			"label": map[string]any{"show": true, "formatter": strconv.Itoa(cell.Percent) + "%", "color": colour(step[1])}},
			"series", "0", "data", strconv.Itoa(i))
		if figure.Step(cell.Percent) <= striped {
			set(option, map[string]any{"decal": decal(figure.Disagree1)}, "series", "0", "data", strconv.Itoa(i), "itemStyle")
			set(option, map[string]any{"textBorderColor": colour(step[0]), "textBorderWidth": 3}, "series", "0", "data", strconv.Itoa(i), "label")
		}
	}
	option["series"] = append(option["series"].([]any), withheld(h))
	return option
}

// withheld marks the squares that are hidden, so that they are not taken for a gap in the picture.
func withheld(h figure.Heat) map[string]any {
	shown := map[[2]int]bool{}
	for _, cell := range h.Cells {
		shown[[2]int{cell.Row, cell.Column}] = true
	}
	data := []any{}
	for i := range h.Rows {
		for j := range h.Columns {
			if !shown[[2]int{i, j}] {
				data = append(data, map[string]any{"value": []any{j, i, 0}, "itemStyle": map[string]any{"color": colour("ground")},
					"label": map[string]any{"show": true, "formatter": "–", "color": colour("soft")}})
			}
		}
	}
	return map[string]any{"type": "heatmap", "silent": true, "data": data, "emphasis": map[string]any{"disabled": true}}
}

// striped are the steps, from the lowest, that have stripes as well as a colour: as in the style sheet.
const striped = 3

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

package chart

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

// Sizes of dots, in pixels.
const (
	dotSize       = 12
	strongDotSize = 15
)

// dots is one dot a row on its interval. A best guess is hollow; what the page is about is larger, and bold.
func dots(d figure.Dots) map[string]any {
	labels := make([]string, len(d.Rows))
	data := make([]opts.ScatterData, len(d.Rows))
	var intervals []any
	for i, row := range d.Rows {
		labels[i] = row.Label
		data[i] = opts.ScatterData{Value: []int{row.Percent, i}, SymbolSize: dotSize}
		if row.Strong {
			data[i].SymbolSize = strongDotSize
		}
		if row.Low < row.High {
			intervals = append(intervals, line(row.Low, i, row.High, i, 3, "line"))
		}
	}
	c := charts.NewScatter()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: labels}),
	)
	c.AddSeries("", data)
	option := plain(c)
	layout(option, "dots", map[string]any{"line": d.Line, "lineLabel": d.LineLabel, "level": d.Level})
	percents(option, "xAxis", 0, 100, 25)
	rows(option)
	if d.Line >= 0 {
		intervals = append(intervals, map[string]any{"xAxis": d.Line, "lineStyle": map[string]any{"type": "dashed", "width": 1.5, "color": colour("line-2")},
			"label": map[string]any{"show": d.LineLabel != "", "formatter": d.LineLabel, "position": "start", "color": colour("ink")}})
	}
	set(option, map[string]any{"disabled": true}, "series", "0", "emphasis")
	set(option, map[string]any{"markLine": markLine(intervals, "line")}, "series", "0")
	for i, row := range d.Rows {
		style := map[string]any{"color": colour("line-1"), "borderColor": colour("ground"), "borderWidth": 1.5, "opacity": 1}
		if row.Guess {
			style = map[string]any{"color": colour("ground"), "borderColor": colour("line-1"), "borderWidth": 2.5, "opacity": 1}
		}
		label := halo(map[string]any{"show": true, "position": "top", "distance": 3, "formatter": strconv.Itoa(row.Percent) + "%", "color": colour("ink")})
		if row.Strong {
			label["fontWeight"] = bold
		}
		set(option, map[string]any{"text": row.Text, "itemStyle": style, "label": label}, "series", "0", "data", strconv.Itoa(i))
	}
	return option
}

// bold is the weight of text that stands out.
const bold = 600

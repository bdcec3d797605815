package chart

import (
	"math"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

// scatter is a point for each question. A line at nothing, and one at the middle share, part it into four.
func scatter(s figure.Scatter) map[string]any {
	data := make([]opts.ScatterData, len(s.Points))
	var marks []any
	left, right, low, high := 0.0, 0.4, 100, 0
	shares := make([]int, len(s.Points))
	for i, p := range s.Points {
		data[i] = opts.ScatterData{Value: []float64{p.X, float64(p.Percent)}, SymbolSize: pointSize + 2}
		left, right = min(left, p.X, p.Low), max(right, p.X, p.High)
		low, high = min(low, p.Percent), max(high, p.Percent)
		shares[i] = p.Percent
		if p.Low < p.High {
			marks = append(marks, line(p.Low, p.Percent, p.High, p.Percent, 1.5, "line"))
		}
	}
	slices.Sort(shares)
	middle := float64(shares[(len(shares)-1)/2]+shares[len(shares)/2]) / 2
	c := charts.NewScatter()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}),
	)
	c.AddSeries("", data)
	option := plain(c)
	layout(option, "scatter", map[string]any{"across": s.Across, "upwards": s.Upwards})
	// Room above and below, so that no point lies on an edge.
	percents(option, "yAxis", max(0, low/10*10-10), min(100, (high+9)/10*10+10), 10)
	set(option, map[string]any{"min": math.Floor(left*5+.01) / 5, "max": math.Ceil(right*5-.01) / 5, "interval": 0.2, "axisTick": map[string]any{"show": false},
		"splitLine": map[string]any{"show": false}, "axisLine": map[string]any{"show": true, "onZero": false, "lineStyle": map[string]any{"color": colour("line")}},
		"axisLabel": map[string]any{"color": colour("soft")}}, "xAxis", "0")
	quadrant := map[string]any{"type": "dashed", "width": 1.5, "color": colour("soft")}
	marks = append(marks,
		map[string]any{"xAxis": 0, "lineStyle": quadrant},
		map[string]any{"yAxis": middle, "lineStyle": quadrant, "label": map[string]any{"show": s.MiddleLabel != "", "formatter": s.MiddleLabel, "position": "insideEndTop", "color": colour("soft")}})
	set(option, map[string]any{"disabled": true}, "series", "0", "emphasis")
	set(option, map[string]any{"markLine": markLine(marks, "line"), "itemStyle": map[string]any{"color": colour("line-1"), "borderColor": colour("ground"), "borderWidth": 1, "opacity": 1}}, "series", "0")
	for i, p := range s.Points {
		label := halo(map[string]any{"show": false, "formatter": p.Label, "color": colour("ink")})
		set(option, map[string]any{"text": p.Text, "low": p.Low, "high": p.High, "label": label}, "series", "0", "data", strconv.Itoa(i))
	}
	return option
}

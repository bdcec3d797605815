package chart

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

// The lines of a slope differ in colour and in the shape of their points.
var (
	lineColours = []string{"line-1", "line-2", "line-3", "ink"}
	lineSymbols = []string{"circle", "rect", "triangle"}
)

const (
	// spread is how far beside its time a point stands for each line, so that intervals do not cover each other: a part of
	// the whole width.
	spread    = 0.014
	pointSize = 9
	// mostLabelled is the number of lines up to which every point has its number; with more, the last alone.
	mostLabelled = 2
)

func hasPoints(s figure.Slope) bool {
	for _, l := range s.Lines {
		if len(l.Points) > 0 {
			return true
		}
	}
	return false
}

// run is a part of a line without a break or a gap.
type run struct {
	line   int
	points []figure.SlopePoint
	gap    bool // leads over times at which nothing was asked: dotted, without points
}

// runs cuts lines at their breaks and gaps.
func runs(s figure.Slope) (list []run, breaks []float64) {
	seen := map[float64]bool{}
	for i, l := range s.Lines {
		for n, p := range l.Points {
			if n == 0 {
				list = append(list, run{line: i, points: l.Points[:1:1]})
				continue
			}
			before := l.Points[n-1]
			switch {
			case p.Break:
				if at := float64(before.Time+p.Time) / 2; !seen[at] {
					seen[at] = true
					breaks = append(breaks, at)
				}
				list = append(list, run{line: i, points: []figure.SlopePoint{p}})
			case p.Time > before.Time+1:
				list = append(list, run{line: i, points: []figure.SlopePoint{before, p}, gap: true}, run{line: i, points: []figure.SlopePoint{p}})
			default:
				last := &list[len(list)-1]
				last.points = append(last.points, p)
			}
		}
	}
	return list, breaks
}

// slope is a line for each group, from time to time, with its name at its end.
func slope(s figure.Slope) map[string]any {
	list, breaks := runs(s)
	c := charts.NewLine()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}),
	)
	place := func(p figure.SlopePoint, line int) float64 {
		return float64(p.Time) + spread*float64(len(s.Times))*(float64(line)-float64(len(s.Lines)-1)/2)
	}
	for _, r := range list {
		data := make([]opts.LineData, len(r.points))
		for i, p := range r.points {
			data[i] = opts.LineData{Value: []float64{place(p, r.line), float64(p.Percent)}}
		}
		c.AddSeries(s.Lines[r.line].Label, data)
	}
	option := plain(c)
	ends := make([]map[string]any, 0, len(s.Lines))
	for i, l := range s.Lines {
		if len(l.Points) > 0 {
			last := l.Points[len(l.Points)-1]
			ends = append(ends, map[string]any{"line": i, "label": l.Label + " " + strconv.Itoa(last.Percent) + "%", "percent": last.Percent, "time": last.Time})
		}
	}
	layout(option, "slope", map[string]any{"times": s.Times, "ends": ends, "breaks": breaks, "breakLabel": s.BreakLabel, "labelled": len(s.Lines) <= mostLabelled})
	percents(option, "yAxis", 0, 100, 25)
	set(option, map[string]any{"min": -0.3, "max": float64(len(s.Times)) - 0.7, "interval": 1, "axisTick": map[string]any{"show": false}, "splitLine": map[string]any{"show": false},
		"axisLine": map[string]any{"show": true, "onZero": false, "lineStyle": map[string]any{"color": colour("line")}}, "axisLabel": map[string]any{"color": colour("ink")}}, "xAxis", "0")
	for n, r := range list {
		colouring, symbol := lineColours[r.line%len(lineColours)], lineSymbols[r.line%len(lineSymbols)]
		series := strconv.Itoa(n)
		set(option, map[string]any{"line": r.line, "symbol": symbol, "symbolSize": pointSize, "showSymbol": true, "clip": false,
			"lineStyle": map[string]any{"color": colour(colouring), "width": 2.5}, "itemStyle": map[string]any{"color": colour(colouring), "opacity": 1}, "emphasis": map[string]any{"disabled": true}}, "series", series)
		if r.gap {
			set(option, map[string]any{"symbol": "none", "silent": true}, "series", series)
			set(option, map[string]any{"width": 1.5, "type": "dotted"}, "series", series, "lineStyle")
			continue
		}
		var intervals []any
		for i, p := range r.points {
			x := place(p, r.line)
			if p.Low < p.High {
				intervals = append(intervals, line(x, p.Low, x, p.High, 2, "line"))
			}
			label := halo(map[string]any{"show": false, "formatter": strconv.Itoa(p.Percent) + "%", "color": colour("ink")})
			set(option, map[string]any{"text": p.Text, "time": p.Time, "low": p.Low, "high": p.High, "label": label}, "series", series, "data", strconv.Itoa(i))
		}
		if len(intervals) > 0 {
			set(option, map[string]any{"markLine": markLine(intervals, "line")}, "series", series)
		}
	}
	var marks []any
	for _, at := range breaks {
		marks = append(marks, map[string]any{"xAxis": at, "lineStyle": map[string]any{"type": "dashed", "color": colour("soft")},
			"label": map[string]any{"show": s.BreakLabel != "", "formatter": s.BreakLabel, "position": "end", "color": colour("soft")}})
	}
	if len(marks) > 0 {
		list, _ := option["series"].([]any)
		option["series"] = append(list, map[string]any{"type": "line", "data": []any{}, "silent": true, "clip": false,
			"lineStyle": map[string]any{"color": colour("soft")}, "itemStyle": map[string]any{"color": colour("soft")}, "markLine": markLine(marks, "soft")})
	}
	return option
}

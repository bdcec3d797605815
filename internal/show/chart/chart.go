// Package chart turns a figure into an option of ECharts, and is the only place that knows go-echarts. An option is
// data: no function, no markup, and colours by the names that the style sheets give them, so that static/js/chart.js can
// draw it under a policy that forbids scripts inside a page.
package chart

import (
	"encoding/json"
	"strconv"

	"earshot/internal/show/figure"
)

// Option is what ECharts draws for a figure; nil for one that is a table alone. It is the same at every width: where
// things stand, static/js/chart-fit.js decides, in a page and on the server alike, from what is under "layout".
func Option(f figure.Figure) map[string]any {
	var option map[string]any
	switch {
	case f.Likert != nil && len(f.Likert.Rows) > 0:
		option = likert(*f.Likert)
	case f.Bars != nil && len(f.Bars.Rows) > 0:
		option = bars(*f.Bars)
	case f.Heat != nil && len(f.Heat.Cells) > 0:
		option = heat(*f.Heat)
	case f.Dots != nil && len(f.Dots.Rows) > 0:
		option = dots(*f.Dots)
	case f.Slope != nil && hasPoints(*f.Slope):
		option = slope(*f.Slope)
	case f.Scatter != nil && len(f.Scatter.Points) > 0:
		option = scatter(*f.Scatter)
	default:
		return nil
	}
	// Left to itself, the description would be a list of numbers, half of them below zero.
	set(option, map[string]any{"enabled": true}, "aria")
	set(option, map[string]any{"description": f.Sentence}, "aria", "label")
	return option
}

// layout tells the script what kind of picture it lays out, and what it cannot see in the option.
func layout(option map[string]any, kind string, more map[string]any) {
	set(option, map[string]any{"kind": kind}, "layout")
	set(option, more, "layout")
}

func colour(token string) string { return "var(--" + token + ")" }

// rows is how the labels of rows stand on the left of a picture.
func rows(option map[string]any) {
	set(option, map[string]any{"inverse": true, "axisTick": map[string]any{"show": false}}, "yAxis", "0")
	set(option, map[string]any{"show": false}, "yAxis", "0", "axisLine")
	set(option, map[string]any{"interval": 0, "color": colour("ink")}, "yAxis", "0", "axisLabel")
}

// markLine are straight lines behind the marks of a series: places of an axis, or pairs of points.
func markLine(data []any, token string) map[string]any {
	return map[string]any{"silent": true, "symbol": "none", "z": 1, "animation": false, "label": map[string]any{"show": false},
		"lineStyle": map[string]any{"type": "solid", "width": 1, "opacity": 1, "color": colour(token)}, "data": data}
}

// line is one line between two points, of its own width and colour.
func line(x1, y1, x2, y2 any, width float64, token string) []any {
	return []any{
		map[string]any{"coord": []any{x1, y1}, "lineStyle": map[string]any{"width": width, "color": colour(token)}},
		map[string]any{"coord": []any{x2, y2}},
	}
}

// percents is an axis from low to high per cent, with lines across the picture that are hardly seen.
func percents(option map[string]any, axis string, low, high, step int) {
	set(option, map[string]any{"type": "value", "min": low, "max": high, "interval": step, "show": true,
		"axisLine": map[string]any{"show": false}, "axisTick": map[string]any{"show": false},
		"axisLabel": map[string]any{"formatter": "{value}%", "color": colour("soft")},
		"splitLine": map[string]any{"show": true, "lineStyle": map[string]any{"color": colour("hair"), "width": 1}}}, axis, "0")
}

// halo keeps a label readable where lines run through it.
func halo(label map[string]any) map[string]any {
	label["textBorderColor"], label["textBorderWidth"] = colour("ground"), 3
	return label
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

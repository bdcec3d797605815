package chart

import (
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"earshot/internal/show/figure"
)

// piece is one series of a diverging bar: all pieces of one name and tone on one side.
type piece struct {
	name string
	tone figure.Tone
	side int
	data []opts.BarData
}

// stack is the name of the one stack of a diverging bar.
const stack = "answers"

// likert is a diverging stacked bar. A first series that is not drawn reaches from zero to where a row begins, and the
// others follow from left to right, so that what belongs in the middle is one piece on either side of zero.
func likert(l figure.Likert) map[string]any {
	labels := make([]string, len(l.Rows))
	start := &piece{data: make([]opts.BarData, len(l.Rows))}
	var list []*piece
	mostLeft, mostRight := 0, 0
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
		mostLeft, mostRight = max(mostLeft, int(left+.5)), max(mostRight, int(float64(all)-left+.5))
	}
	least, most := window(mostLeft, mostRight)
	slices.SortStableFunc(list, func(a, b *piece) int { return a.side*a.rank() - b.side*b.rank() })
	several := len(l.Rows) > 1
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Left: "0", Type: "plain"}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "text"}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: least, Max: most, Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Show: opts.Bool(several)}),
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
	layout(option, "likert", nil)
	rows(option)
	set(option, map[string]any{"data": names, "padding": 0, "itemWidth": 18, "itemHeight": 12, "selectedMode": false}, "legend")
	set(option, map[string]any{"color": colour("ink")}, "legend", "textStyle")
	// The line in the middle lies behind the pieces. It hangs on the series that is not drawn.
	set(option, map[string]any{"silent": true, "stackStrategy": "all", "itemStyle": map[string]any{"opacity": 0},
		"markLine": markLine([]any{map[string]any{"xAxis": 0}}, "line")}, "series", "0")
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
		if d := decal(s.tone); d != nil {
			set(option, map[string]any{"decal": d}, "series", series, "itemStyle")
		}
		set(option, map[string]any{"stackStrategy": "all"}, "series", series)
		set(option, map[string]any{"disabled": true}, "series", series, "emphasis")
	}
	return option
}

// window is the part of the axis, in per cent, that all diverging bars of a program show: with the same ends everywhere,
// one per cent is as long on one page as on another, and the line in the middle stands still. Where more lies to the
// left than it holds, the line moves to the right; only where both sides are full, everything is drawn smaller.
func window(left, right int) (least, most int) {
	switch {
	case left <= narrowSide:
		return -narrowSide, 100
	case right <= narrowSide:
		return -100, narrowSide
	}
	return -100, 100
}

const narrowSide = 70

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
	c.AddSeries(s.name, s.data, charts.WithBarChartOpts(opts.BarChart{Stack: stack}), charts.WithItemStyleOpts(style))
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
	return nil
}

// bar is one piece of one row.
func bar(p figure.Piece) opts.BarData {
	d := opts.BarData{Value: p.Percent, Label: &opts.Label{Show: opts.Bool(false)}}
	if p.Percent > 0 {
		d.Label = &opts.Label{Show: opts.Bool(true), Position: "inside", Color: colour("on-" + string(p.Tone)), Formatter: strconv.Itoa(p.Percent) + "%"}
	}
	return d
}

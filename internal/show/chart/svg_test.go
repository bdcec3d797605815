package chart_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/show/chart"
	"earshot/internal/show/figure"
	"earshot/static"
)

func newEngine() *chart.Engine {
	return chart.NewEngine(static.Read("vendor/echarts/echarts.min.js"), static.Read("js/chart-fit.js"))
}

var engine = sync.OnceValue(newEngine)

// drawnBy draws figures by name and width.
func drawnBy(t *testing.T, e *chart.Engine, list map[string]figure.Figure) map[string]string {
	t.Helper()
	var all []chart.Drawing
	names := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		for _, d := range chart.Drawings(list[name], e.Version()) {
			names[d.Hash] = fmt.Sprintf("%s %d", name, d.Width)
			all = append(all, d)
		}
	}
	svgs := map[string]string{}
	err := e.Draw(context.Background(), all, func(d chart.Drawing, svg string) error {
		svgs[names[d.Hash]] = svg
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(svgs) != len(all) || len(all) == 0 {
		t.Fatalf("%d of %d drawn", len(svgs), len(all))
	}
	return svgs
}

// element is one element of a drawing with its attributes and text.
type element struct {
	name, text string
	attrs      map[string]string
}

func elementsOf(t *testing.T, svg string) (list []element) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	var open []int
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attrs: map[string]string{}}
			for _, a := range x.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open = append(open, len(list))
			list = append(list, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				list[open[len(open)-1]].text += string(x)
			}
		}
	}
}

// A drawing stands in pages whose policy forbids styles and scripts inside them, in light, in dark and on paper.
func TestDrawingsMayStandInAnyPage(t *testing.T) {
	sheet := stylesheet(t)
	seen := map[string]string{} // ids
	for name, svg := range drawnBy(t, engine(), figures) {
		list := elementsOf(t, svg)
		if list[0].name != "svg" || list[0].attrs["role"] != "img" || list[1].name != "title" || list[2].name != "desc" || list[2].text == "" {
			t.Errorf("%s begins with %+v", name, list[:3])
		}
		ids := map[string]bool{}
		for _, e := range list {
			if id := e.attrs["id"]; id != "" {
				if seen[id] != "" {
					t.Errorf("%s and %s share the id %s", name, seen[id], id)
				}
				seen[id], ids[id] = name, true
			}
		}
		for _, e := range list {
			if slices.Contains([]string{"style", "script", "image", "use", "a", "foreignObject"}, e.name) {
				t.Errorf("%s has a %s", name, e.name)
			}
			for key, value := range e.attrs {
				if key == "style" || key == "class" && e.name != "svg" || strings.HasPrefix(key, "on") || strings.Contains(key, "href") || strings.Contains(value, "//") && key != "xmlns" {
					t.Errorf("%s: %s %s=%q", name, e.name, key, value)
				}
				switch inside, ok := strings.CutPrefix(value, "url(#"); {
				case ok && !ids[strings.TrimSuffix(inside, ")")]:
					t.Errorf("%s refers to %s, which is not in it", name, value)
				case !ok && (key == "fill" || key == "stroke") && value != "none":
					token := strings.TrimSuffix(strings.TrimPrefix(value, "var("), ")")
					if !strings.HasPrefix(value, "var(--") || !strings.Contains(sheet, token+":") {
						t.Errorf("%s: the %s %q is not in the style sheet", name, key, value)
					}
				}
			}
		}
	}
}

func stylesheet(t *testing.T) string {
	t.Helper()
	sheet, err := os.ReadFile("../../../static/css/staff.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(sheet)
}

// Whatever was drawn before in the same machine, and in whichever machine, the same figure gives the same drawing.
func TestEqualFiguresGiveEqualDrawings(t *testing.T) {
	once := drawnBy(t, engine(), figures)
	for name := range figures {
		for key, svg := range drawnBy(t, newEngine(), map[string]figure.Figure{name: figures[name]}) {
			if svg != once[key] {
				t.Errorf("%s differs:\n%s\n%s", key, once[key], svg)
			}
		}
	}
	other := figures["bars"]
	other.Sentence = "Another sentence."
	if chart.Drawings(other, "v")[0].Hash == chart.Drawings(figures["bars"], "v")[0].Hash || chart.Drawings(other, "v")[0].Hash == chart.Drawings(other, "w")[0].Hash {
		t.Error("different drawings share a hash")
	}
}

var percents = regexp.MustCompile(`\d+%`)

// Every number of a figure can be read in its drawing for a wide page.
func TestDrawingsShowTheirNumbers(t *testing.T) {
	want := map[string]string{
		"likert": "22% 34% 33% 11% 15% 20% 60%", "ideal": "30% 44% 26%", "bars": "60% 12%", "heat": "61% 8% 100%", "dots": "40% 71% 55%", "slope": "31% 42% 66% 69% 81% 77%",
	}
	words := map[string]string{"likert": "Never or not often|Told what changed", "bars": "Football", "heat": "Deep learning|–|7B", "dots": "School|7A", "slope": "Pupils 69%|Parents 77%|words changed|August", "scatter": "Told what changed|Asked|Safe|middle|How closely"}
	all := drawnBy(t, engine(), figures)
	for name := range figures {
		var said []string
		for _, e := range elementsOf(t, all[name+" 714"]) {
			if e.name == "text" {
				said = append(said, e.text)
			}
		}
		text := strings.Join(said, "\n")
		for _, number := range strings.Fields(want[name]) {
			if !slices.Contains(percents.FindAllString(text, -1), number) {
				t.Errorf("%s: no %s in %q", name, number, said)
			}
		}
		for word := range strings.SplitSeq(words[name], "|") {
			if !strings.Contains(text, word) {
				t.Errorf("%s: no %q in %q", name, word, said)
			}
		}
	}
}

// Text lies inside the picture, as wide as the font makes it.
func TestTextStaysInside(t *testing.T) {
	long := "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch and the rest of a name that is far too long for any chart"
	f := figure.Figure{Sentence: "s", Dots: &figure.Dots{Line: 98, LineLabel: "The whole school: 98%", Rows: []figure.Dot{{Label: long, Percent: 100, Low: 95, High: 100}, {Label: "7B", Percent: 0, High: 5}}}}
	for name, svg := range drawnBy(t, engine(), map[string]figure.Figure{"long": f}) {
		for _, e := range elementsOf(t, svg) {
			var x, y float64
			if _, err := fmt.Sscanf(e.attrs["transform"], "translate(%f %f)", &x, &y); e.name != "text" || err != nil {
				continue
			}
			width := 7.0 * float64(len([]rune(e.text))) // no letter but W and M is wider in 13 or 14 pixels
			from, to := x, x+width
			switch e.attrs["text-anchor"] {
			case "end":
				from, to = x-width, x
			case "middle":
				from, to = x-width/2, x+width/2
			}
			var wide float64
			fmt.Sscan(elementsOf(t, svg)[0].attrs["width"], &wide)
			if from < -20 || to > wide+20 {
				t.Errorf("%s: %q reaches from %.0f to %.0f", name, e.text, from, to)
			}
		}
	}
}

// However close the points of a scatter lie, no two of its texts cover each other, and each point is named: at its own
// height by words, or, where there is no room for them, by a number that a list explains.
func TestLabelsOfPointsNeverOverlap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 8))
	list := map[string]figure.Figure{}
	for n := range 6 {
		sc := &figure.Scatter{Across: "How closely it goes with this", Upwards: "Favourable answers", MiddleLabel: "half of the questions"}
		for i := range 4 + 5*n {
			x := float64(rnd.IntN(5)) / 20
			sc.Points = append(sc.Points, figure.ScatterPoint{Label: fmt.Sprintf("Question %d%s", i+100, strings.Repeat(" with words", rnd.IntN(4))), X: x, Low: x - .1, High: x + .1, Percent: 40 + rnd.IntN(5+10*n), Text: "t"})
		}
		list[fmt.Sprint(4+5*n)] = figure.Figure{Sentence: "s", Scatter: sc}
	}
	for name, svg := range drawnBy(t, engine(), list) {
		type box struct {
			text                     string
			left, right, top, bottom float64
		}
		var boxes []box
		for _, e := range elementsOf(t, svg) {
			if e.name != "text" {
				continue
			}
			var x, y, down float64
			fmt.Sscanf(e.attrs["transform"], "translate(%f %f)", &x, &y) // a text at the corner has none
			fmt.Sscan(e.attrs["y"], &down)
			y += down
			w := 5.5 * float64(len([]rune(e.text)))
			b := box{e.text, x, x + w, y - 6, y + 6}
			switch e.attrs["text-anchor"] {
			case "end":
				b.left, b.right = x-w, x
			case "middle":
				b.left, b.right = x-w/2, x+w/2
			}
			boxes = append(boxes, b)
		}
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
					t.Errorf("%s: %q and %q overlap: %v %v", name, a.text, b.text, a, b)
				}
			}
		}
		for i := range list[strings.Fields(name)[0]].Scatter.Points {
			if !slices.ContainsFunc(boxes, func(b box) bool { return strings.HasPrefix(b.text, fmt.Sprintf("Question %d", i+100)) }) {
				t.Errorf("%s: point %d has no name", name, i)
			}
		}
	}
}

func TestWhatPeopleWriteStaysText(t *testing.T) {
	evil := "</text></svg><script>alert(1)</script>\x00\x01<svg onload=alert(1)> {a|b} ]]> & \u2028"
	f := figure.Figure{Sentence: evil, Bars: &figure.Bars{Rows: []figure.BarRow{{Label: evil, Percent: 50, Text: evil}}}}
	f.Table.Caption = evil
	for name, svg := range drawnBy(t, engine(), map[string]figure.Figure{"evil": f}) {
		for _, e := range elementsOf(t, svg) {
			if e.name == "script" || e.attrs["onload"] != "" {
				t.Errorf("%s: %s", name, svg)
			}
		}
	}
}

// A chart that takes too long is given up, and the others of its list are not.
func TestTimeLimit(t *testing.T) {
	short := newEngine()
	short.Limit = time.Millisecond
	began := time.Now()
	err := short.Draw(context.Background(), chart.Drawings(figures["likert"], ""), func(d chart.Drawing, svg string) error {
		t.Errorf("drawn in a millisecond: %s", svg)
		return nil
	})
	if err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	broken := chart.Drawing{Hash: strings.Repeat("0", 64), Option: []byte(`{"layout":{"kind":"none"}}`), Width: chart.Wide}
	n := 0
	err = engine().Draw(context.Background(), append([]chart.Drawing{broken}, chart.Drawings(figures["bars"], "")...), func(chart.Drawing, string) error { n++; return nil })
	if err == nil || n != 2 {
		t.Errorf("%d drawn beside one that cannot be: %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := engine().Draw(ctx, chart.Drawings(figures["bars"], ""), func(chart.Drawing, string) error { t.Error("drawn after the end"); return nil }); err == nil {
		t.Error("an ended drawing says nothing")
	}
}

package chart_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/show/chart"
	"earshot/internal/show/figure"
)

var update = flag.Bool("update", false, "write the golden files anew")

func piece(label string, tone figure.Tone, side, percent int) figure.Piece {
	return figure.Piece{Label: label, Tone: tone, Side: side, Percent: percent, Text: label + "!"}
}

var figures = map[string]figure.Figure{
	"likert": {Sentence: "In 9B, 12 of 27 (44%) said often or almost always.", Likert: &figure.Likert{Rows: []figure.LikertRow{
		{Label: "Told what changed", Pieces: []figure.Piece{piece("Never or not often", figure.Disagree2, -1, 22), piece("Sometimes", figure.Neutral, 0, 34), piece("Often", figure.Agree1, 1, 33), piece("Almost always", figure.Agree2, 1, 11)}},
		{Label: "Asked", Pieces: []figure.Piece{piece("Never", figure.Disagree2, -1, 5), piece("Not often", figure.Disagree1, -1, 15), piece("Sometimes", figure.Neutral, 0, 20), piece("Often or almost always", figure.Agree2, 1, 60)}},
	}}},
	"ideal": {Sentence: "In 9B, 12 of 27 (44%) said about right.", Likert: &figure.Likert{Rows: []figure.LikertRow{
		{Label: "9B", Pieces: []figure.Piece{piece("A bit too slow", figure.Disagree1, -1, 30), piece("About right", figure.Agree2, 0, 44), piece("A bit too fast", figure.Disagree1, 1, 26)}},
	}}},
	"bars": {Sentence: "Most chose football.", Bars: &figure.Bars{Rows: []figure.BarRow{{Label: "Football", Percent: 60, Text: "Football: 60%"}, {Label: "Chess", Percent: 12, Text: "Chess: 12%"}}}},
	"heat": {Sentence: "Each square is a share.", Heat: &figure.Heat{Rows: []string{"7A", "7B"}, Columns: []string{"Deep learning", "Foundations"},
		Cells: []figure.HeatCell{{Row: 0, Column: 0, Percent: 61, Text: "7A: 61%"}, {Row: 0, Column: 1, Percent: 8, Text: "7A: 8%"}, {Row: 1, Column: 1, Percent: 100, Text: "7B: 100%"}}}},
	"dots": {Sentence: "The forms lie between 40% and 71%.", Dots: &figure.Dots{Line: 58, LineLabel: "School", Rows: []figure.Dot{
		{Label: "7A", Percent: 40, Low: 28, High: 53, Strong: true, Text: "7A: 40%"}, {Label: "7B", Percent: 71, Low: 60, High: 80, Guess: true, Text: "7B: 71%"}, {Label: "7C", Percent: 55, Low: 55, High: 55, Text: "7C: 55%"}}}},
	"slope": {Sentence: "Higher than last time.", Slope: &figure.Slope{Times: []string{"May", "June", "July", "August"}, BreakLabel: "words changed", Lines: []figure.SlopeLine{
		{Label: "Pupils", Points: []figure.SlopePoint{{Time: 0, Percent: 31, Low: 25, High: 37, Text: "a"}, {Time: 1, Percent: 42, Low: 36, High: 48, Text: "b"}, {Time: 2, Percent: 66, Low: 60, High: 72, Break: true, Text: "c"}, {Time: 3, Percent: 69, Low: 63, High: 75, Text: "d"}}},
		{Label: "Parents", Points: []figure.SlopePoint{{Time: 0, Percent: 81, Low: 70, High: 90, Text: "e"}, {Time: 3, Percent: 77, Low: 77, High: 77, Text: "f"}}}}}},
	"scatter": {Sentence: "These go with it.", Scatter: &figure.Scatter{Across: "How closely", Upwards: "Favourable", MiddleLabel: "middle", Points: []figure.ScatterPoint{
		{Label: "Asked", X: .41, Low: .3, High: .52, Percent: 44, Text: "Asked"}, {Label: "Told what changed", X: -.1, Low: -.2, High: .05, Percent: 62, Text: "Told"}, {Label: "Safe", X: .2, Low: .1, High: .3, Percent: 80, Text: "Safe"}}}},
}

func TestOptionsAreAsAgreed(t *testing.T) {
	for name, f := range figures {
		got, err := json.MarshalIndent(chart.Option(f), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != string(want) {
			t.Errorf("%s differs from %s; run with -update if that is meant. Got:\n%s", name, file, got)
		}
	}
}

// Nothing in an option may need a function, a colour of its own, or markup.
func TestOptionsAreDataAlone(t *testing.T) {
	for name, f := range figures {
		option := chart.Option(f)
		walk(t, name, "", option)
		aria, _ := option["aria"].(map[string]any)
		label, _ := aria["label"].(map[string]any)
		if label["description"] != f.Sentence {
			t.Errorf("%s: a screen reader hears %v", name, label)
		}
		if tip, _ := option["tooltip"].(map[string]any); tip["renderMode"] != "richText" {
			t.Errorf("%s: the tooltip is HTML", name)
		}
	}
}

func walk(t *testing.T, name, key string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			walk(t, name, k, x)
		}
	case []any:
		for _, x := range v {
			walk(t, name, key, x)
		}
	case string:
		if strings.Contains(v, "__f__") || strings.Contains(v, "function") || strings.Contains(v, "<") || strings.HasPrefix(v, "#") {
			t.Errorf("%s: %s is %q", name, key, v)
		}
		if strings.Contains(strings.ToLower(key), "color") && !strings.HasPrefix(v, "var(--") {
			t.Errorf("%s: %s is %q, not the name of a colour", name, key, v)
		}
	}
}

func TestStackedBarsStandOnEitherSideOfTheMiddle(t *testing.T) {
	option := chart.Option(figures["likert"])
	var values []float64
	var names []string
	for _, s := range option["series"].([]any) {
		series := s.(map[string]any)
		if series["stackStrategy"] != "all" {
			t.Errorf("%v is stacked by its sign", series["name"])
		}
		value := series["data"].([]any)[0].(map[string]any)["value"].(float64)
		if value != 0 {
			name, _ := series["name"].(string)
			names, values = append(names, name), append(values, value)
		}
	}
	if fmt.Sprint(names, values) != "[ Never or not often Sometimes Often Almost always] [-39 22 34 33 11]" {
		t.Errorf("from left to right: %q %v", names, values)
	}
}

// One per cent is as long in one diverging bar as in another, as long as there is room.
func TestDivergingBarsShareOneAxis(t *testing.T) {
	for _, c := range []struct{ left, right, min, max int }{{20, 80, -70, 100}, {70, 30, -70, 100}, {85, 15, -100, 70}, {85, 90, -100, 100}} {
		f := figure.Figure{Likert: &figure.Likert{Rows: []figure.LikertRow{
			{Label: "a", Pieces: []figure.Piece{piece("No", figure.Disagree2, -1, c.left)}},
			{Label: "b", Pieces: []figure.Piece{piece("Yes", figure.Agree2, 1, c.right)}}}}}
		axis := chart.Option(f)["xAxis"].([]any)[0].(map[string]any)
		if axis["min"] != float64(c.min) || axis["max"] != float64(c.max) {
			t.Errorf("%d left, %d right: the axis reaches from %v to %v", c.left, c.right, axis["min"], axis["max"])
		}
	}
}

func TestSlopeIsCutAtBreaksAndGaps(t *testing.T) {
	var drawn []string
	for _, s := range chart.Option(figures["slope"])["series"].([]any) {
		series := s.(map[string]any)
		var shares []string
		for _, d := range series["data"].([]any) {
			shares = append(shares, fmt.Sprint(d.(map[string]any)["value"].([]any)[1]))
		}
		style, _ := series["lineStyle"].(map[string]any)
		drawn = append(drawn, fmt.Sprint(strings.Join(shares, "-"), style["type"]))
	}
	if got := strings.Join(drawn, " "); got != "31-42<nil> 66-69<nil> 81<nil> 81-77dotted 77<nil> <nil>" {
		t.Errorf("runs: %s", got)
	}
}

func TestFigureWithoutSeriesIsATable(t *testing.T) {
	if o := chart.Option(figure.Figure{Sentence: "Hidden."}); o != nil {
		t.Errorf("an empty figure is drawn: %v", o)
	}
	for _, empty := range []figure.Figure{{Bars: &figure.Bars{}}, {Dots: &figure.Dots{}}, {Slope: &figure.Slope{Times: []string{"May"}, Lines: []figure.SlopeLine{{Label: "a"}}}}, {Scatter: &figure.Scatter{}}, {Heat: &figure.Heat{Rows: []string{"7A"}}}} {
		if len(chart.Drawings(empty, "")) > 0 {
			t.Errorf("drawn: %+v", empty)
		}
	}
}

// What people write can neither leave the script element nor become code: the page's template escapes the option.
func TestTitlesStayText(t *testing.T) {
	f := figures["bars"]
	f.Bars = &figure.Bars{Rows: []figure.BarRow{{Label: `</script><script>alert(1)</script>`, Percent: 50, Text: `__f__alert(1)__f__`}}}
	text, err := json.Marshal(chart.Option(f))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "</script>") {
		t.Errorf("a label leaves the script element: %s", text)
	}
}

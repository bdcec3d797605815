// Package figure makes a release ready to draw: title, sentence, doubt, table and series. It is pure, knows no colours
// in numbers and no charting library, and says everything in words that stand in package words. There is no rank in it,
// no traffic light, and no mean of a scale whose best is in the middle.
package figure

import (
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Figure is one picture with all that is said beside it. At most one of the pictures is set.
type Figure struct {
	ID       string
	Title    string
	Sentence string
	Doubt    string
	Note     string
	Lines    []string // how it compares with others and with last time
	Table    Table
	Likert   *Likert
	Bars     *Bars
	Heat     *Heat
	Dots     *Dots
	Slope    *Slope
	Scatter  *Scatter
}

// Table is the figure's numbers.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Cell
}

// Cell is one cell of a table.
type Cell struct {
	Text    string
	Heading bool // names its row
	Number  bool
	Hidden  bool // withheld so that nobody can be worked out
	Share   int  // 1..9 in a heat map, from low to high; 0 elsewhere
	Bar     int  // per cent, drawn beside the number; 0 for no bar
}

// Tone names a colour of the one diverging palette.
type Tone string

// The tones, from the favourable to the unfavourable end.
const (
	Agree2    Tone = "agree-2"
	Agree1    Tone = "agree-1"
	Neutral   Tone = "neutral"
	Disagree1 Tone = "disagree-1"
	Disagree2 Tone = "disagree-2"
	// Unclear is for what is neither: no answer, or "I don't know", alone or counted together with an answer.
	Unclear Tone = "missing"
)

// Likert is a diverging bar for each row: unfavourable answers to the left, favourable ones to the right.
type Likert struct {
	Rows []LikertRow
}

// LikertRow is one question, or one group.
type LikertRow struct {
	Label  string
	Pieces []Piece // from left to right
}

// Piece is a run of answers in a bar.
type Piece struct {
	Label   string
	Tone    Tone
	Side    int // -1 left, 1 right, 0 half of it on either side
	Percent int
	Text    string // for who points at it
}

// Bars are plain bars from zero, for answers without an order.
type Bars struct {
	Rows []BarRow
}

// BarRow is one plain bar.
type BarRow struct {
	Label   string
	Percent int
	Text    string
}

// Heat is a table of shares as a picture.
type Heat struct {
	Rows, Columns []string
	Cells         []HeatCell
}

// HeatCell is one square; hidden ones are not in the list.
type HeatCell struct {
	Row, Column, Percent int
	Text                 string
}

// Dots are shares with their intervals, one below the other on one axis from 0 to 100 per cent.
type Dots struct {
	Rows []Dot
	// Line is a share that the others are compared with, such as the school's; -1 for none.
	Line      int
	LineLabel string
	// Level says that several of these stand below each other: the axis begins at the same place in each.
	Level bool
}

// Dot is one share. Low and High are whole per cent; both are Percent where everybody asked answered.
type Dot struct {
	Label              string
	Percent, Low, High int
	Guess              bool   // drawn towards the mean of all: a best guess, drawn hollow
	Strong             bool   // the one that the page is about
	Text               string // for who points at it
}

// Slope follows shares over time, from left to right.
type Slope struct {
	Times []string
	Lines []SlopeLine
	// BreakLabel is what stands at a break, in few words; empty for nothing.
	BreakLabel string
}

// SlopeLine is one group or one voice. A time at which it was not asked has no point.
type SlopeLine struct {
	Label  string
	Points []SlopePoint
}

// SlopePoint is one share. After a break (the words were changed) it is not joined to the point before.
type SlopePoint struct {
	Time               int // in Slope.Times
	Percent, Low, High int
	Break              bool
	Text               string
}

// Scatter is questions by how closely they go with the one that matters most (across) and by their share (upwards).
type Scatter struct {
	Across, Upwards string // what the axes say
	MiddleLabel     string // what stands at the line of the middle share, in few words; empty for nothing
	Points          []ScatterPoint
}

// ScatterPoint is one question. X and its bounds are correlations, -1..1; Percent is its share.
type ScatterPoint struct {
	Label        string
	X, Low, High float64
	Percent      int
	Text         string
}

// Step is the place of a share among the nine colours of a heat map, from low to high.
func Step(percent int) int { return max(1, min(9, 1+percent*9/100)) }

// who names the people of a round in the key of a sentence.
func who(audience string) string {
	switch audience {
	case bank.Parents:
		return "parent"
	case bank.Staff:
		return "staff"
	}
	return "pupil"
}

// Hidden is the sentence for a group or figure that is held back.
func Hidden(v words.Voice, rel result.Release) string {
	return v.Say("figure.hidden." + who(rel.Audience))
}

// None says that nothing can be shown of so many questions of a group, why, and what helps; nothing where count is 0.
// others says that other questions of the group can be shown.
func None(v words.Voice, rel result.Release, g result.Group, count int, others bool) (heading, text string) {
	said := words.V{"Group": g.Name, "Count": count}
	switch {
	case count == 0:
		return "", ""
	case others:
		return v.Say("figure.none.some_title"), v.Say("figure.none.some."+who(rel.Audience), said)
	}
	return v.Say("figure.none.title"), v.Say("figure.none.all."+who(rel.Audience), said)
}

// percent rounds a share to whole per cent.
func percent(x, n int) int {
	if n <= 0 {
		return 0
	}
	return (200*x + n) / (2 * n)
}

// alternatives joins labels: "Never, not often or sometimes".
func alternatives(v words.Voice, labels []string, key string) string {
	if len(labels) == 0 {
		return ""
	}
	all := labels[0]
	for i, label := range labels[1:] {
		join := "figure.comma"
		if i == len(labels)-2 {
			join = key
		}
		if key == "figure.or" {
			label = lower(label)
		}
		all = v.Say(join, words.V{"First": all, "Last": label})
	}
	return all
}

// lower makes a label fit into the middle of a sentence, but leaves names and "I" as they are.
func lower(label string) string {
	first, rest, _ := strings.Cut(label, " ")
	if first == "I" || strings.HasPrefix(first, "I’") || strings.HasPrefix(first, "I'") || first != strings.ToUpper(first[:1])+first[1:] ||
		len(first) > 1 && first == strings.ToUpper(first) {
		return label
	}
	if rest == "" {
		return strings.ToLower(first[:1]) + first[1:]
	}
	return strings.ToLower(first[:1]) + first[1:] + " " + rest
}

func number(n int) Cell { return Cell{Text: strconv.Itoa(n), Number: true} }

func sayPercent(v words.Voice, p int) string {
	return v.Say("figure.percent", words.V{"Percent": p})
}

// Join puts sentences behind each other, without those that are empty.
func Join(sentences ...string) string {
	var all []string
	for _, s := range sentences {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// List joins names: "7A, 7B and 8C".
func List(v words.Voice, names []string) string { return alternatives(v, names, "figure.and") }

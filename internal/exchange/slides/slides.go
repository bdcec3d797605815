// Package slides tells a round's results in slides: as PowerPoint with charts of its own kind, and as one HTML file that
// works without a network. Both are made from the same figures as the pages.
package slides

import (
	"strconv"

	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// Deck is what is shown, slide by slide.
type Deck struct {
	School string
	Title  string
	Lang   string
	Dir    string // ltr or rtl
	Slides []Slide
}

// Slide has a heading, what is said, and perhaps one chart or a list. Notes are for whoever speaks.
type Slide struct {
	Title  string
	Lead   string
	Lists  []List
	Figure *figure.Figure
	Small  string // in small print below: doubt, and what is hidden
	Notes  string
	Wall   bool   `json:",omitempty"` // for a screen alone: on paper it says nothing
	LeadIn string `json:",omitempty"` // the language of the lead, where it is not the deck's
}

// List is a heading and some lines.
type List struct {
	Heading string
	Lines   []string
}

// About is what the deck says of the round itself.
type About struct {
	School, Title, When, Why, Kept string
}

// Results makes the deck of one group: who answered, what is strong, what to work on, what changed, each question, and what
// is not known.
func Results(v words.Voice, view result.Viewed, g result.Group, about About) Deck {
	d := Deck{School: about.School, Title: about.Title, Lang: v.Lang, Dir: v.Dir}
	say := func(key string, values ...words.V) string { return v.Say("slides."+key, values...) }
	rate := figure.Rate(v, view.Release, g)
	d.add(Slide{Title: about.Title, Lead: g.Name, Small: about.When, Notes: say("notes.first")})
	missing, reach := figure.Missing(v, view.Audience, view.Rates, false)
	who := Slide{Title: say("who"), Lead: rate, Notes: figure.Join(missing, reach)}
	if missing != "" {
		who.Lists = []List{{Lines: []string{missing}}}
	}
	if about.Why != "" {
		who.Small = about.Why
	}
	d.add(who)
	stand := figure.Stand(v, view, g.Unit)
	if len(stand.Strong) > 0 {
		d.add(Slide{Title: say("standing"), Lists: []List{{say("strong"), lines(stand.Strong)}, {say("weak"), lines(stand.Weak)}}, Small: order(v, stand), Notes: say("notes.standing")})
	}
	against := figure.Compare(view, g.Unit)
	if c := figure.Changed(v, view, g.Unit, against.Last); len(against.Last) > 0 {
		s := Slide{Title: say("changed"), Lead: c.Say(v)}
		if len(c.Up) > 0 {
			s.Lists = append(s.Lists, List{say("up"), lines(c.Up)})
		}
		if len(c.Down) > 0 {
			s.Lists = append(s.Lists, List{say("down"), lines(c.Down)})
		}
		d.add(s)
	}
	if f, ok := figure.Sections(v, view, g); ok {
		d.figure(f, "")
	}
	if f, ok := figure.Matters(v, view); ok && g.Unit == view.School().Unit {
		f.Scatter = nil // a list of words is easier to follow on a wall
		s := Slide{Title: f.Title, Lead: f.Sentence, Small: f.Doubt}
		d.add(s)
	}
	for _, q := range view.For(g.Unit) {
		f := figure.Question(v, view.Release, q, g)
		if row, _ := q.Row(g.Unit); row.Hidden {
			continue
		}
		notes := ""
		for _, line := range figure.Compared(v, view, q, g, against) {
			notes = figure.Join(notes, line)
		}
		d.figure(f, notes)
	}
	d.add(Slide{Title: say("unknown"), Lists: []List{{Lines: unknown(v, view, g, about)}}, Notes: say("notes.last")})
	return d
}

func (d *Deck) add(s Slide) { d.Slides = append(d.Slides, s) }

func (d *Deck) figure(f figure.Figure, notes string) {
	d.add(Slide{Title: f.Title, Lead: f.Sentence, Figure: &f, Small: figure.Join(f.Doubt, f.Note), Notes: notes})
}

func lines(list []figure.Standing) (all []string) {
	for _, s := range list {
		all = append(all, s.Text+" "+s.Share)
	}
	return all
}

func order(v words.Voice, s figure.Standings) string {
	if s.Overlap {
		return v.Say("figure.standings.overlap")
	}
	return ""
}

// unknown is what an honest speaker says at the end.
func unknown(v words.Voice, view result.Viewed, g result.Group, about About) []string {
	all := []string{v.Say("slides.silent", words.V{"Count": g.Asked - g.Answered})}
	if g.Asked <= g.Answered {
		all = nil
	}
	if wide := figure.Unsure(v, view, g); wide != "" {
		all = append(all, wide)
	}
	if about.Kept != "" {
		all = append(all, about.Kept)
	}
	return append(all, v.Say("slides.why"))
}

// Bar is one answer in a picture that fills a slide: a bar from zero, long enough to be seen from the back of a hall.
type Bar struct {
	Label   string
	Percent int
	Tone    figure.Tone
}

// Bars are the bars of a figure about one group, and the per cent that fill the width: 40 at least, in steps of 20.
// A figure of several groups has none.
func Bars(f *figure.Figure) (bars []Bar, most int) {
	switch {
	case f == nil:
	case f.Likert != nil && len(f.Likert.Rows) == 1:
		for _, p := range f.Likert.Rows[0].Pieces {
			bars = append(bars, Bar{p.Label, p.Percent, p.Tone})
		}
	case f.Bars != nil:
		for _, row := range f.Bars.Rows {
			bars = append(bars, Bar{row.Label, row.Percent, figure.Agree2})
		}
	}
	most = 40
	for _, b := range bars {
		most = max(most, (b.Percent+19)/20*20)
	}
	return bars, most
}

// chartData is a figure as a table of series: categories across, one row of numbers a series.
type chartData struct {
	stacked    bool
	most       int // per cent at the end of the axis
	categories []string
	series     []series
}

type series struct {
	name    string
	colour  string
	colours []string // of each category, where they differ
	values  []int    // per cent; -1 for none
	low     []int    // distances of an interval's ends, where there is one
	high    []int
}

// colours of the house's diverging palette on white, as in the style sheets for print; none of them is red or green.
var colours = map[figure.Tone]string{
	figure.Agree2: "12566B", figure.Agree1: "86B9CB", figure.Neutral: "DDD2C0", figure.Disagree1: "F0B27A", figure.Disagree2: "B5521B", figure.Unclear: "EFEBE3",
}

const plainColour = "12566B"

// dataOf turns what a figure draws into numbers; ok is false for one that is a table alone.
func dataOf(f *figure.Figure) (d chartData, ok bool) {
	d.most = 100
	if bars, most := Bars(f); len(bars) > 0 {
		s := series{name: f.Title, colour: plainColour}
		for _, b := range bars {
			d.categories, s.values, s.colours = append(d.categories, b.Label), append(s.values, b.Percent), append(s.colours, colours[b.Tone])
		}
		d.most, d.series = most, []series{s}
		return d, true
	}
	switch {
	case f == nil:
		return d, false
	case f.Likert != nil && len(f.Likert.Rows) > 0:
		d.stacked = true
		at := map[string]int{}
		for i, row := range f.Likert.Rows {
			d.categories = append(d.categories, row.Label)
			for _, p := range row.Pieces {
				key := p.Label + strconv.Itoa(p.Side)
				if _, known := at[key]; !known {
					at[key] = len(d.series)
					s := series{name: p.Label, colour: colours[p.Tone]}
					for range f.Likert.Rows {
						s.values = append(s.values, 0)
					}
					d.series = append(d.series, s)
				}
				d.series[at[key]].values[i] = p.Percent
			}
		}
	case f.Dots != nil && len(f.Dots.Rows) > 0:
		s := series{name: f.Title, colour: plainColour}
		for _, row := range f.Dots.Rows {
			d.categories = append(d.categories, row.Label)
			s.values, s.low, s.high = append(s.values, row.Percent), append(s.low, row.Percent-row.Low), append(s.high, row.High-row.Percent)
		}
		d.series = []series{s}
	}
	return d, len(d.series) > 0
}

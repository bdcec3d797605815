package figure

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
	"earshot/internal/show/stat"
)

// Question is the figure of one question for one group. A question that is not shown for the group is hidden.
func Question(v words.Voice, rel result.Release, q result.Question, g result.Group) Figure {
	row, ok := q.Row(g.Unit)
	f := Figure{ID: q.ID, Title: q.Text, Sentence: Hidden(v, rel)}
	if !ok || row.Hidden {
		return f
	}
	if q.Several {
		return several(v, rel, q, row, g, f)
	}
	p := spread(v, q, row)
	f.Sentence, f.Doubt = headline(v, rel, q, row, g, p), doubt(v, rel, row.Share, row.Band)
	f.Table = Table{Caption: q.Text, Head: []string{v.Say("figure.head.answer"), v.Say("figure.head.people"), v.Say("figure.head.share")}}
	banded := row.Band == nil
	for _, part := range p.parts {
		cells := part.cells(v, rel)
		if b := row.Band; b != nil && part.hidden && slices.Equal(part.options, b.Options) {
			cells[1], cells[2], banded = Cell{}, Cell{Text: sayBand(v, b), Number: true}, true
		}
		f.Table.Rows = append(f.Table.Rows, cells)
	}
	if b := row.Band; !banded {
		line := []Cell{{Text: bandLabel(v, q, b), Heading: true}, {}, {Text: sayBand(v, b), Number: true}}
		f.Table.Rows = append([][]Cell{line}, f.Table.Rows...)
	}
	f.Note = p.note(v, rel)
	switch {
	case p.rest > 0 || len(p.parts) == 0:
	case q.Kind == bank.Choice:
		f.Bars = p.bars(v)
	default:
		f.Likert = &Likert{Rows: []LikertRow{{Label: g.Name, Pieces: pieces(v, q, p)}}}
	}
	return f
}

// part is one line of a distribution: an option, or several that are counted together.
type part struct {
	label   string
	options []int
	count   int
	based   bool // belongs to the base of shares
	silent  bool
	missing bool
	hidden  bool
	percent int
}

func (p part) cells(v words.Voice, rel result.Release) []Cell {
	row := []Cell{{Text: p.label, Heading: true}, number(p.count), {Number: true}}
	switch {
	case p.hidden:
		row[1], row[2] = Cell{Text: Hidden(v, rel), Hidden: true}, Cell{}
	case p.based:
		row[2].Text = sayPercent(v, p.percent)
	}
	return row
}

// distribution is all that may be said of the answers to one question in one group.
type distribution struct {
	parts  []part
	base   int
	rest   int // people whose answers are hidden
	folded bool
}

// spread puts released bars into the order of the scale, with whole per cents that add up to 100. Those who gave no
// answer stand apart, unless they had to be counted together with others.
func spread(v words.Voice, q result.Question, row result.Row) distribution {
	var d distribution
	mixed, total := false, 0
	seen := map[int]bool{}
	for _, b := range row.Bars {
		p := part{count: b.Count, options: slices.Clone(b.Options), silent: b.NoAnswer, missing: len(b.Options) > 0}
		slices.Sort(p.options)
		var labels []string
		for _, o := range p.options {
			seen[o] = true
			labels = append(labels, q.Options[o].Label)
			if !q.Options[o].Missing {
				p.based, p.missing = true, false
			}
		}
		if b.NoAnswer {
			labels = append(labels, v.Say("figure.no_answer"))
		}
		p.label = alternatives(v, labels, "figure.or")
		for _, o := range p.options {
			mixed = mixed || p.based && q.Options[o].Missing
		}
		mixed = mixed || p.based && b.NoAnswer
		d.folded = d.folded || len(labels) > 1
		total += b.Count
		d.parts = append(d.parts, p)
	}
	if len(d.parts) == 0 {
		return d
	}
	d.rest = max(0, row.N-total)
	if d.rest > 0 {
		for o, option := range q.Options {
			if !seen[o] {
				d.parts = append(d.parts, part{label: option.Label, options: []int{o}, hidden: true, missing: option.Missing})
			}
		}
	}
	slices.SortStableFunc(d.parts, func(a, b part) int { return cmp.Compare(a.place(len(q.Options)), b.place(len(q.Options))) })
	counts := make([]int, len(d.parts)+1)
	for i := range d.parts {
		p := &d.parts[i]
		p.based = (p.based || mixed) && !p.hidden
		if p.based {
			counts[i] = p.count
			d.base += p.count
		}
	}
	counts[len(d.parts)] = d.rest
	d.base += d.rest
	for i, whole := range stat.WholePercents(counts)[:len(d.parts)] {
		d.parts[i].percent = whole
	}
	return d
}

func (p part) place(options int) int {
	switch {
	case len(p.options) == 0:
		return 2 * options
	case p.missing:
		return options + p.options[0]
	}
	return p.options[0]
}

func (d distribution) note(v words.Voice, rel result.Release) string {
	var notes []string
	for _, p := range d.parts {
		switch {
		case p.based || p.hidden || p.count == 0:
		case p.missing && !p.silent:
			notes = append(notes, v.Say("figure.note_missing", words.V{"X": p.count, "Label": p.label}))
		case p.silent && len(p.options) == 0:
			notes = append(notes, v.Say("figure.note_silent", words.V{"Count": p.count}))
		}
	}
	if d.folded {
		notes = append(notes, v.Say("figure.note_folded"))
	}
	if d.rest > 0 {
		notes = append(notes, v.Say("figure.note_rest."+who(rel.Audience)))
	}
	return join(notes...)
}

func (d distribution) bars(v words.Voice) *Bars {
	b := &Bars{}
	for _, p := range d.parts {
		if p.based {
			b.Rows = append(b.Rows, BarRow{Label: p.label, Percent: p.percent, Text: pointed(v, p)})
		}
	}
	return b
}

func pointed(v words.Voice, p part) string {
	return p.label + ": " + v.Say("figure.percent", words.V{"Percent": p.percent}) + " (" + number(p.count).Text + ")"
}

// headline is the figure's one sentence.
func headline(v words.Voice, rel result.Release, q result.Question, row result.Row, g result.Group, d distribution) string {
	said := words.V{"Group": g.Name, "Words": q.FavourableWords}
	switch s := row.Share; {
	case s != nil:
		said["X"], said["N"], said["Percent"] = s.X, s.N, percent(s.X, s.N)
		if s.OfAll {
			return v.Say("figure.share_all", said)
		}
		return v.Say("figure.share", said)
	case row.Band != nil:
		said["Words"] = bandWords(v, q, row.Band)
		return v.Say(bandKey(row.Band), said)
	case q.HasHeadline() && d.rest == 0:
		return v.Say("figure.partly", said)
	}
	return top(v, g, d)
}

// top names the answer that was chosen most, of a question without a favourable side.
func top(v words.Voice, g result.Group, d distribution) string {
	var most []part
	for _, p := range d.parts {
		switch {
		case !p.based || p.count == 0:
		case len(most) == 0 || p.count > most[0].count:
			most = []part{p}
		case p.count == most[0].count:
			most = append(most, p)
		}
	}
	if len(most) == 0 {
		return v.Say("figure.partly", words.V{"Group": g.Name})
	}
	said := words.V{"Group": g.Name, "Label": most[0].label, "X": most[0].count, "N": d.base, "Percent": percent(most[0].count, d.base)}
	switch {
	case d.rest > 0:
		return v.Say("figure.top_shown", said)
	case len(most) > 1:
		var labels []string
		for _, p := range most {
			labels = append(labels, v.Say("figure.quoted", words.V{"Label": p.label}))
		}
		said["Labels"] = alternatives(v, labels, "figure.and")
		return v.Say("figure.top_tie", said)
	}
	return v.Say("figure.top", said)
}

func bandKey(b *result.Band) string {
	if b.High == 100 {
		return "figure.band.high." + number(b.Low).Text
	}
	return "figure.band.low." + number(b.High).Text
}

func sayBand(v words.Voice, b *result.Band) string {
	if b.High == 100 {
		return v.Say("figure.at_least", words.V{"Percent": b.Low})
	}
	return v.Say("figure.at_most", words.V{"Percent": b.High})
}

// bandWords are the scale's words for the favourable answers, or the one answer that the band is about.
func bandWords(v words.Voice, q result.Question, b *result.Band) string {
	if q.FavourableWords != "" && isFavourable(q, b.Options) {
		return q.FavourableWords
	}
	return v.Say("figure.quoted", words.V{"Label": bandLabel(v, q, b)})
}

func bandLabel(v words.Voice, q result.Question, b *result.Band) string {
	var labels []string
	for _, o := range b.Options {
		labels = append(labels, q.Options[o].Label)
	}
	return alternatives(v, labels, "figure.or")
}

// isFavourable says whether these are all the favourable options and no other.
func isFavourable(q result.Question, options []int) bool {
	n := 0
	for _, o := range q.Options {
		if o.Favourable && !o.Missing {
			n++
		}
	}
	for _, o := range options {
		if !q.Options[o].Favourable {
			return false
		}
	}
	return n == len(options)
}

// doubt says how far a share may be trusted.
func doubt(v words.Voice, rel result.Release, s *result.Share, b *result.Band) string {
	if s == nil {
		return join(when(rel.Open, v.Say("figure.doubt_open_plain")), when(b != nil, v.Say("figure.doubt_band")))
	}
	low, high := int(math.Round(100*s.Low)), int(math.Round(100*s.High))
	said := words.V{"Low": low, "High": high}
	switch {
	case rel.Open:
		return v.Say("figure.doubt_open", said)
	case s.Census:
		return v.Say("figure.doubt_census")
	case !s.Sampled:
		return v.Say("figure.doubt_unknown", said)
	case low == high:
		return v.Say("figure.doubt_close", said)
	}
	return v.Say("figure.doubt", said)
}

func when(yes bool, sentence string) string {
	if yes {
		return sentence
	}
	return ""
}

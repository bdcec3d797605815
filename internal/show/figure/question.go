package figure

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
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
	f.Sentence, f.Doubt = headline(v, rel, q, row, g, p), doubt(v, rel, q, g, row.Share, row.Band)
	if q.Guesses != "" {
		f.Sentence = Join(f.Sentence, guessSentence(v, rel, q, row, g))
	}
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
	f.Note = Join(asked(v, q, row, g), p.note(v, rel))
	switch {
	case p.rest > 0 || len(p.parts) == 0:
	case q.Kind == bank.Choice || q.Guesses != "":
		f.Bars = p.bars(v)
	default:
		f.Likert = &Likert{Rows: []LikertRow{{Label: g.Name, Pieces: pieces(v, q, p)}}}
	}
	return f
}

// asked says how many were asked, where that is not everybody.
func asked(v words.Voice, q result.Question, row result.Row, g result.Group) string {
	if q.Part == survey.AskedAll || row.N == 0 {
		return ""
	}
	return v.Say("figure.asked."+string(q.Part), words.V{"N": row.N, "M": g.Answered})
}

// part is one line of a distribution: an option, or several that are counted together.
type part struct {
	label   string
	options []int
	count   int
	based   bool // belongs to the base of shares
	silent  bool
	missing bool // nothing but options such as "I don't know"
	unclear bool // such options, or silence, are in it together with answers, or alone
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

// spread puts released bars into the order of the scale, with whole per cents that add up to 100 where all of them are
// shown. Those who gave no answer stand apart, unless they had to be counted together with others.
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
			if q.Options[o].Missing {
				p.unclear = true
			} else {
				p.based, p.missing = true, false
			}
		}
		if b.NoAnswer {
			p.unclear = true
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
	for i := range d.parts {
		p := &d.parts[i]
		p.based = (p.based || mixed) && !p.hidden
		if p.based {
			d.base += p.count
		}
	}
	shown := d.base
	d.base += d.rest
	if s := row.Share; s != nil && d.rest > 0 && s.N >= shown {
		d.base = s.N // the sentence's
	}
	d.round(q, row.Share)
	return d
}

// round gives every part its whole per cent. The favourable parts add up to what the sentence says, and where nothing is
// hidden all of them add up to 100; else each is rounded by itself, so that one number has one per cent everywhere.
func (d *distribution) round(q result.Question, s *result.Share) {
	var good, rest []*part
	x := 0
	for i := range d.parts {
		p := &d.parts[i]
		switch {
		case !p.based:
		case p.favourable(q):
			good, x = append(good, p), x+p.count
		default:
			rest = append(rest, p)
		}
	}
	if s == nil || s.X != x || s.N != d.base {
		good, rest = nil, append(good, rest...)
	}
	goal := 100
	if len(good) > 0 {
		share := percent(x, d.base)
		goal -= share
		apportion(good, d.base, share)
	}
	if d.rest > 0 || s == nil && !q.HasHeadline() && !apportion(rest, d.base, goal) {
		for _, p := range rest {
			p.percent = percent(p.count, d.base)
		}
		return
	}
	apportion(rest, d.base, goal)
}

// favourable says whether everybody in the part gave a favourable answer.
func (p part) favourable(q result.Question) bool {
	for _, o := range p.options {
		if !q.Options[o].Favourable || q.Options[o].Missing {
			return false
		}
	}
	return len(p.options) > 0 && !p.silent
}

// apportion rounds the parts' shares of n so that they add up to a goal, which is their sum rounded up or down: those
// with the largest remainders are rounded up. fair is false where that parts two equal numbers that are the largest.
func apportion(parts []*part, n, goal int) (fair bool) {
	if n <= 0 {
		return true
	}
	order := slices.Clone(parts)
	for _, p := range parts {
		p.percent = 100 * p.count / n
		goal -= p.percent
	}
	slices.SortStableFunc(order, func(a, b *part) int {
		return cmp.Or(cmp.Compare(100*b.count%n, 100*a.count%n), cmp.Compare(b.count, a.count))
	})
	for i, p := range order {
		if i < goal {
			p.percent++
		}
	}
	most := map[int]bool{}
	largest := 0
	for _, p := range parts {
		if p.count > largest {
			largest, most = p.count, map[int]bool{}
		}
		if p.count == largest {
			most[p.percent] = true
		}
	}
	return len(most) <= 1
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
	return Join(notes...)
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
	said := words.V{"Group": g.Name, "Label": most[0].label, "X": most[0].count, "N": d.base, "Percent": most[0].percent}
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
func doubt(v words.Voice, rel result.Release, q result.Question, g result.Group, s *result.Share, b *result.Band) string {
	if s == nil {
		return Join(when(rel.Open, v.Say("figure.doubt_open_plain")), when(b != nil, v.Say("figure.doubt_band")))
	}
	low, high := int(math.Round(100*s.Low)), int(math.Round(100*s.High))
	said := words.V{"Low": low, "High": high}
	most := when(2*g.Answered < g.Asked, v.Say("figure.doubt_most"))
	switch {
	case rel.Open:
		return v.Say("figure.doubt_open", said)
	case s.Census:
		return v.Say("figure.doubt_census")
	case !s.Sampled && (q.Part == survey.AskedRouted || q.Part == survey.AskedChosen):
		return v.Say("figure.doubt_part", said)
	case !s.Sampled:
		return v.Say("figure.doubt_unknown", said)
	case low == high:
		return Join(v.Say("figure.doubt_close", said), most)
	}
	return Join(v.Say("figure.doubt", said), most)
}

func when(yes bool, sentence string) string {
	if yes {
		return sentence
	}
	return ""
}

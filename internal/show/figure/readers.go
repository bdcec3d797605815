package figure

import (
	"math"
	"slices"

	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Translated is a question in the words of another language, with its options in their order. The words for its favourable
// answers are those of the options.
func Translated(v words.Voice, q result.Question, text string, labels []string) result.Question {
	q.Text, q.Options = text, slices.Clone(q.Options)
	var good []string
	for i := range q.Options {
		if i < len(labels) {
			q.Options[i].Label = labels[i]
		}
		if o := q.Options[i]; o.Favourable && !o.Missing {
			good = append(good, o.Label)
		}
	}
	if q.FavourableWords != "" {
		q.FavourableWords = alternatives(v, good, "figure.or")
	}
	return q
}

// ForReaders is Question in few and plain sentences, which stand in words in every language that people answer in: for those
// who answered, on the page that everybody may read. Its table is its picture. It tells the same numbers as Question.
func ForReaders(v words.Voice, rel result.Release, q result.Question, g result.Group) Figure {
	row, ok := q.Row(g.Unit)
	f := Figure{ID: q.ID, Title: q.Text, Sentence: v.Say("public.hidden")}
	if !ok || row.Hidden {
		return f
	}
	f.Table = Table{Caption: q.Text, Head: []string{v.Say("public.head_answer"), v.Say("public.head_people"), v.Say("public.head_share")}}
	var share *result.Share
	if q.Several {
		share = f.severalForReaders(v, q, row)
	} else {
		share = f.oneForReaders(v, q, row)
	}
	f.Doubt = likely(v, rel, share)
	if row.N < g.Answered && row.N > 0 {
		f.Note = Join(v.Say("public.part", words.V{"N": row.N, "M": g.Answered}), f.Note)
	}
	return f
}

// oneForReaders fills in a question with one answer, and gives the share that the sentence states.
func (f *Figure) oneForReaders(v words.Voice, q result.Question, row result.Row) *result.Share {
	d := spread(v, q, row)
	banded := row.Band == nil
	for _, p := range d.parts {
		cells := []Cell{{Text: p.label, Heading: true}, number(p.count), {Number: true}}
		switch {
		case p.hidden && row.Band != nil && slices.Equal(p.options, row.Band.Options):
			cells[1], cells[2], banded = Cell{}, Cell{Text: mark(row.Band), Number: true}, true
		case p.hidden:
			cells[1], cells[2] = Cell{Text: "–", Hidden: true}, Cell{}
		case p.based:
			cells[2] = Cell{Text: sayPercent(v, p.percent), Number: true, Bar: p.percent}
		}
		f.Table.Rows = append(f.Table.Rows, cells)
	}
	if b := row.Band; !banded {
		line := []Cell{{Text: bandLabel(v, q, b), Heading: true}, {}, {Text: mark(b), Number: true}}
		f.Table.Rows = append([][]Cell{line}, f.Table.Rows...)
	}
	said := words.V{"Words": q.FavourableWords}
	switch s := row.Share; {
	case s != nil:
		said["X"], said["N"], said["Percent"] = s.X, s.N, percent(s.X, s.N)
		f.Sentence = v.Say("public.share", said)
		f.Note = when(s.OfAll, v.Say("public.of_all"))
	case row.Band != nil:
		f.Sentence = bandForReaders(v, row.Band, bandWords(v, q, row.Band))
	case q.HasHeadline() && d.rest == 0:
		f.Sentence = v.Say("public.partly")
	default:
		f.Sentence = topForReaders(v, d)
	}
	f.Note = Join(f.Note, when(d.folded, v.Say("public.folded")))
	return row.Share
}

// topForReaders names what was chosen most.
func topForReaders(v words.Voice, d distribution) string {
	var labels []string
	best := part{}
	for _, p := range d.parts {
		switch {
		case !p.based || p.count == 0 || p.count < best.count:
		case p.count == best.count:
			labels = append(labels, p.label)
		default:
			best, labels = p, []string{p.label}
		}
	}
	said := words.V{"Words": slashed(labels), "X": best.count, "N": d.base, "Percent": best.percent}
	switch {
	case len(labels) == 0:
		return v.Say("public.partly")
	case d.rest > 0:
		return Join(v.Say("public.share", said), v.Say("public.partly"))
	case len(labels) > 1:
		return v.Say("public.top_tie", said)
	}
	return v.Say("public.top", said)
}

// severalForReaders fills in a question with several answers, and gives the share of the one that was chosen most.
func (f *Figure) severalForReaders(v words.Voice, q result.Question, row result.Row) *result.Share {
	var top *result.Share
	var label string
	complete := true
	for o, e := range row.Each {
		cells := []Cell{{Text: q.Options[o].Label, Heading: true}, {Text: "–", Hidden: true}, {}}
		switch {
		case e.Share != nil:
			p := percent(e.Share.X, e.Share.N)
			cells[1], cells[2] = number(e.Share.X), Cell{Text: sayPercent(v, p), Number: true, Bar: p}
			if top == nil || e.Share.X > top.X {
				top, label = e.Share, q.Options[o].Label
			}
		case e.Band != nil:
			cells[1], cells[2] = Cell{}, Cell{Text: mark(e.Band), Number: true}
			complete = complete && e.Band.Low == 0
		default:
			complete = false
		}
		f.Table.Rows = append(f.Table.Rows, cells)
	}
	if row.NoAnswer != nil && *row.NoAnswer > 0 {
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: v.Say("figure.no_answer"), Heading: true}, number(*row.NoAnswer), {}})
	}
	f.Note = v.Say("public.several")
	if top == nil {
		f.Sentence = v.Say("public.partly")
		return nil
	}
	said := words.V{"Words": label, "X": top.X, "N": top.N, "Percent": percent(top.X, top.N)}
	if complete {
		f.Sentence = v.Say("public.top", said)
	} else {
		f.Sentence = Join(v.Say("public.share", said), v.Say("public.partly"))
	}
	return top
}

// likely says how far a share may be trusted, to those who answered.
func likely(v words.Voice, rel result.Release, s *result.Share) string {
	switch {
	case rel.Open:
		return v.Say("public.unverified")
	case s == nil:
		return ""
	case s.Census:
		return v.Say("public.all_answered")
	case !s.Sampled:
		return ""
	}
	return v.Say("public.likely", words.V{"Low": int(math.Round(100 * s.Low)), "High": int(math.Round(100 * s.High))})
}

// RateForReaders says how many answered; nothing where that is only told in a band.
func RateForReaders(v words.Voice, rel result.Release, g result.Group) string {
	switch {
	case g.Answered == 0:
		return ""
	case rel.Open || g.Asked < g.Answered:
		return v.Say("public.rate_count", words.V{"N": g.Answered})
	}
	return v.Say("public.rate", words.V{"X": g.Answered, "N": g.Asked, "Percent": percent(g.Answered, g.Asked)})
}

func bandForReaders(v words.Voice, b *result.Band, said string) string {
	if b.High == 100 {
		return v.Say("public.band_high", words.V{"Percent": b.Low, "Words": said})
	}
	return v.Say("public.band_low", words.V{"Percent": b.High, "Words": said})
}

// mark is a band without words.
func mark(b *result.Band) string {
	if b.High == 100 {
		return "≥ " + number(b.Low).Text + "%"
	}
	return "≤ " + number(b.High).Text + "%"
}

// slashed sets labels beside each other in any language.
func slashed(labels []string) string {
	all := ""
	for i, label := range labels {
		if i > 0 {
			all += " / "
		}
		all += label
	}
	return all
}

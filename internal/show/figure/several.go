package figure

import (
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// several is the figure of a question with several choices: one plain bar an option.
func several(v words.Voice, rel result.Release, q result.Question, row result.Row, g result.Group, f Figure) Figure {
	f.Table = Table{Caption: q.Text, Head: []string{v.Say("figure.head.answer"), v.Say("figure.head.people"), v.Say("figure.head.share")}}
	f.Bars = &Bars{}
	top, complete := -1, true
	var silent string
	for o, e := range row.Each {
		label := q.Options[o].Label
		cells := []Cell{{Text: label, Heading: true}, {Text: Hidden(v, rel), Hidden: true}, {}}
		switch {
		case e.Share != nil:
			p := percent(e.Share.X, e.Share.N)
			cells[1], cells[2] = number(e.Share.X), Cell{Text: sayPercent(v, p), Number: true}
			f.Bars.Rows = append(f.Bars.Rows, BarRow{Label: label, Percent: p, Text: pointed(v, part{label: label, percent: p, count: e.Share.X})})
			if top < 0 || e.Share.X > row.Each[top].Share.X {
				top = o
			}
		case e.Band != nil:
			cells[1], cells[2] = Cell{}, Cell{Text: sayBand(v, e.Band), Number: true}
			complete = complete && e.Band.Low == 0
		default:
			complete = false
		}
		f.Table.Rows = append(f.Table.Rows, cells)
	}
	if row.NoAnswer != nil && *row.NoAnswer > 0 {
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: v.Say("figure.no_answer"), Heading: true}, number(*row.NoAnswer), {}})
		silent = v.Say("figure.note_silent", words.V{"Count": *row.NoAnswer})
	}
	counted := v.Say("figure.note_several")
	if q.Places > 0 {
		counted = v.Say("figure.note_ranking", words.V{"Places": q.Places})
	}
	f.Note = Join(asked(v, q, row, g), counted, silent, when(!complete, v.Say("figure.note_rest."+who(rel.Audience))))
	if top < 0 {
		f.Bars = nil
		f.Sentence = v.Say("figure.partly", words.V{"Group": g.Name})
		return f
	}
	best := row.Each[top].Share
	said := words.V{"Group": g.Name, "Label": q.Options[top].Label, "X": best.X, "N": best.N, "Percent": percent(best.X, best.N)}
	f.Sentence = v.Say("figure.top", said)
	if !complete {
		f.Sentence = v.Say("figure.top_shown", said)
	}
	f.Doubt = doubt(v, rel, q, g, best, nil)
	return f
}

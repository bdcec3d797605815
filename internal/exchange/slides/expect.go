package slides

import (
	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// few is how many questions are guessed before anything is shown.
const few = 3

// expect asks whoever looks at the wall what they expect, and then shows what was said, one question a slide. The questions
// are those that everybody may guess for themselves beforehand.
func (d *Deck) expect(v words.Voice, in Board) {
	for _, x := range in.Voices {
		if !bank.IsPupils(x.View.Audience) {
			continue
		}
		school := x.View.School()
		var list []result.Question
		var lines []string
		for _, q := range x.View.For(school.Unit) {
			if row, _ := q.Row(school.Unit); len(list) < few && figure.Guessable(q) && !q.Sensitive && !row.Hidden {
				list, lines = append(list, q), append(lines, q.Text)
			}
		}
		if len(list) == 0 {
			return
		}
		from := len(d.Slides)
		d.add(Slide{Title: v.Say("board.expect"), Lead: v.Say("board.expect_lead", words.V{"Voice": x.Name}), Lists: []List{{Lines: lines}}, Notes: v.Say("board.notes.expect")})
		for _, q := range list {
			d.figure(figure.Question(v, x.View.Release, q, school), v.Say("board.notes.reveal"))
		}
		for i := range d.Slides[from:] {
			d.Slides[from+i].Wall = true
		}
		return
	}
}

// Paper is the deck without what is for a screen alone.
func (d Deck) Paper() Deck {
	var kept []Slide
	for _, s := range d.Slides {
		if !s.Wall {
			kept = append(kept, s)
		}
	}
	d.Slides = kept
	return d
}

// Withdrawn is a frozen deck as it is shown once it was withdrawn: the same, after a slide that says so.
func (d Deck) Withdrawn(title, said string) Deck {
	d.Slides = append([]Slide{{Title: title, Lead: said}}, d.Slides...)
	return d
}

// Rounds are the rounds that a pack tells of.
func (in Board) Rounds() (ids []string) {
	for _, x := range in.Voices {
		ids = append(ids, x.Round)
	}
	return ids
}

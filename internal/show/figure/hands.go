package figure

import (
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Hands is the figure of what rooms showed by raising hands or with counters. It has no bars beside those of the answers:
// the two are different things.
func Hands(v words.Voice, h result.Hands) Figure {
	f := Figure{ID: "hands-" + h.Question, Title: h.Text, Sentence: v.Say("hands.tie"), Note: v.Say("hands.about", words.V{"Rooms": h.Rooms})}
	f.Table = Table{Caption: h.Text, Head: []string{v.Say("figure.head.answer"), v.Say("figure.head.people")}}
	all, top, tie, hidden := 0, 0, false, false
	for i, label := range h.Options {
		cell := number(h.Counts[i])
		if h.Counts[i] == result.FewHands {
			cell, hidden = Cell{Text: v.Say("hands.few"), Hidden: true}, true
		}
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: label, Heading: true}, cell})
		all += max(0, h.Counts[i])
		if i > 0 && h.Counts[i] == h.Counts[top] {
			tie = true
		}
		if h.Counts[i] > h.Counts[top] {
			top, tie = i, false
		}
	}
	// Nothing that is hidden is more than what is shown, and only the whole would give it back.
	most := words.V{"Label": h.Options[top], "X": h.Counts[top], "N": all}
	switch {
	case h.Counts[top] <= 0: // hidden, or nobody
		f.Sentence = v.Say("hands.none")
	case hidden && !tie:
		f.Sentence = v.Say("hands.most", most)
	case !tie:
		f.Sentence = v.Say("hands.sentence", most)
	}
	if hidden {
		f.Note += " " + v.Say("hands.hidden")
	}
	return f
}

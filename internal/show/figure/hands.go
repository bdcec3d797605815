package figure

import (
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Hands is the figure of what rooms showed by raising hands or with counters. It has no bars beside those of the answers:
// the two are different things.
func Hands(v words.Voice, h result.Hands) Figure {
	f := Figure{ID: "hands-" + h.Question, Title: h.Text, Sentence: v.Say("hands.none"), Note: v.Say("hands.about", words.V{"Rooms": h.Rooms})}
	f.Table = Table{Caption: h.Text, Head: []string{v.Say("figure.head.answer"), v.Say("figure.head.people")}}
	all, top, tie := 0, -1, false
	for i, label := range h.Options {
		cell := number(h.Counts[i])
		if h.Counts[i] == result.FewHands {
			cell = Cell{Text: v.Say("hands.few"), Hidden: true}
			all = -len(h.Options) * 1000 // then the whole is not said either
		}
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: label, Heading: true}, cell})
		all += max(0, h.Counts[i])
		switch {
		case top < 0 || h.Counts[i] > h.Counts[top]:
			top, tie = i, false
		case h.Counts[i] == h.Counts[top]:
			tie = true
		}
	}
	if all > 0 && !tie {
		f.Sentence = v.Say("hands.sentence", words.V{"Label": h.Options[top], "X": h.Counts[top], "N": all})
	}
	return f
}

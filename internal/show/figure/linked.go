package figure

import (
	"strconv"

	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Linked is how the same pupils answered a question now and in an earlier confidential round. ok is false where that cannot be
// told.
func Linked(v words.Voice, view result.Viewed, q result.Question) (f Figure, ok bool) {
	for _, l := range view.Linked {
		if l.Question != q.ID {
			continue
		}
		values := words.V{"Title": l.Title, "Count": l.People, "Became": l.Became, "Ceased": l.Ceased, "Words": q.FavourableWords}
		f = Figure{ID: "linked-" + q.ID, Title: v.Say("figure.linked.title", values)}
		f.Sentence = Join(v.Say("figure.linked.sentence", values), v.Say("figure.linked."+string(l.Verdict), values))
		f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.linked.head"), v.Say("figure.head.share")}}
		for _, row := range []struct {
			key string
			n   int
		}{{"both", l.Both}, {"became", l.Became}, {"ceased", l.Ceased}, {"neither", l.Neither}} {
			f.Table.Rows = append(f.Table.Rows, []Cell{{Text: v.Say("figure.linked." + row.key), Heading: true}, {Text: strconv.Itoa(row.n) + "%", Number: true}})
		}
		f.Doubt = v.Say("figure.linked.doubt")
		f.Note = v.Say("figure.linked.note")
		return f, true
	}
	return Figure{}, false
}

package authoring

import (
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
)

// paperParts lays a survey out for paper, where nothing can be left out by itself: a hint says so instead.
func paperParts(v words.Voice, doc survey.Document) []paperPart {
	var parts []paperPart
	numbers := map[string]int{}
	for n, q := range doc.Questions() {
		numbers[q.ID] = n + 1
	}
	chosen := map[string]bool{}
	for _, s := range doc.Sections {
		for _, c := range doc.Choices { // before the first of its topics
			if c.ID == s.Choice && !chosen[c.ID] {
				chosen[c.ID] = true
				parts = append(parts, paperPart{Title: c.Text, Text: v.Say("answer.choose_most", words.V{"Count": max(c.Pick, 1)})})
			}
		}
		part := paperPart{Title: s.Title, Text: s.Text, Hint: onlyIf(v, doc, s.ShowIf, numbers)}
		if s.Choice != "" {
			part.Hint = v.Say("answer.optional_part")
		}
		if asks := countAsked(s); s.Ask > 0 && s.Ask < asks {
			part.Hint = strings.TrimSpace(part.Hint + " " + v.Say("paper.any_of", words.V{"Count": s.Ask}))
		}
		for i, q := range s.Questions {
			pq := onPaper(v, q, numbers[q.ID] == 1)
			pq.Number, pq.OnlyIf = numbers[q.ID], onlyIf(v, doc, q.ShowIf, numbers)
			if i == 0 || s.Questions[i-1].Grid != q.Grid {
				pq.Grid = q.Grid
			}
			part.Questions = append(part.Questions, pq)
		}
		parts = append(parts, part)
	}
	return parts
}

// countAsked is how many questions a part has, without its notes.
func countAsked(s survey.Section) int {
	n := 0
	for _, q := range s.Questions {
		if q.Type != survey.TypeNote {
			n++
		}
	}
	return n
}

// onPaper lays one question out. The first of all says how boxes are filled in.
func onPaper(v words.Voice, q survey.Question, first bool) paperQuestion {
	pq := paperQuestion{Text: q.Text, Columns: 1}
	switch q.Type {
	case survey.TypeNumber:
		pq.Hint, pq.Figure = v.Say("paper.number", words.V{"Min": q.Min, "Max": q.Max}), true
		return pq
	case survey.TypeText:
		pq.Lines = 1
	case survey.TypeLongText:
		pq.Lines = 4
	case survey.TypeSeveral:
		pq.Hint = v.Say("paper.several", words.V{"Count": q.AtMost})
		if q.AtMost >= len(q.Options) {
			pq.Hint = v.Say("paper.any")
		}
	case survey.TypeRanking:
		pq.Hint = v.Say("paper.rank", words.V{"Count": q.AtMost})
	case survey.TypeScale, survey.TypeSingle:
		if first {
			pq.Hint = v.Say("paper.one")
		}
	}
	for i, o := range q.Options {
		box := paperBox{Key: string(collecting.TypingKeys[i]), Label: o.Label}
		if q.Type == survey.TypeRanking { // numbers are written into its boxes
			box.Key = ""
		}
		if q.IsMissing(o.ID) || !inOneRow(q) {
			pq.Boxes = append(pq.Boxes, box)
		} else {
			pq.Row = append(pq.Row, box)
		}
	}
	pq.Columns = columns(pq.Boxes)
	return pq
}

// What fits into a column of a fifth of a sheet, and of a third and a half, in letters of 14 pt.
const (
	rowWidth, rowWord = 30, 13
	third, half       = 14, 26
)

// inOneRow says whether the answers that count can stand in one row, in their order, each below its box.
func inOneRow(q survey.Question) bool {
	if q.IsSeveral() || len(q.Options)-len(q.Missing) > 5 {
		return false
	}
	return !slices.ContainsFunc(q.Options, func(o survey.Option) bool {
		tooWide := slices.ContainsFunc(strings.Fields(o.Label), func(word string) bool { return utf8.RuneCountInString(word) > rowWord })
		return !q.IsMissing(o.ID) && (tooWide || utf8.RuneCountInString(o.Label) > rowWidth)
	})
}

// columns says in how many columns boxes stand, so that no label needs a second line.
func columns(boxes []paperBox) int {
	longest := 0
	for _, b := range boxes {
		longest = max(longest, utf8.RuneCountInString(b.Label))
	}
	switch {
	case longest <= third:
		return 3
	case longest <= half:
		return 2
	}
	return 1
}

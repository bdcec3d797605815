package result

import (
	"earshot/internal/ask/survey"
	"earshot/internal/listen/response"
)

// Hands is what rooms showed by raising hands or with counters: sums over rooms, apart from all responses.
type Hands struct {
	Question string   `json:"question"`
	Text     string   `json:"text"`
	Rooms    int      `json:"rooms"`
	Options  []string `json:"options"`
	Counts   []int    `json:"counts"` // FewHands where there are too few to say
}

// FewHands stands for one or two: a number so small points at somebody in a room, even if that room saw it.
const FewHands = -1

// handsOf sums over at least two rooms and careful people: of one room, everybody in it knows, and nobody else needs to.
func handsOf(doc survey.Document, rows []response.Hand) []Hands {
	var list []Hands
	for _, q := range doc.Questions() {
		h := Hands{Question: q.ID, Text: q.Text, Counts: make([]int, len(q.Options))}
		rooms, all := map[string]bool{}, 0
		for i, o := range q.Options {
			h.Options = append(h.Options, o.Label)
			for _, row := range rows {
				if row.QuestionID == q.ID && row.OptionID == o.ID {
					h.Counts[i] += row.Count
					all += row.Count
					rooms[row.UnitID] = true
				}
			}
		}
		if len(rooms) < 2 || all < careful {
			continue
		}
		for i, n := range h.Counts {
			if n > 0 && n < 3 {
				h.Counts[i] = FewHands
			}
		}
		h.Rooms = len(rooms)
		list = append(list, h)
	}
	return list
}

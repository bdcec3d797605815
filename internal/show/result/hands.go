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

// FewHands stands for a number that is not said: one or two, which point at somebody in a room even if that room saw it,
// or another that would give it back.
const FewHands = -1

// leastRooms is how many rooms have to be counted before their sum is said. Of one room, everybody in it knows, and nobody
// else needs to; with two, whoever counted one takes it from the sum and has the other.
const leastRooms = 3

// handsOf sums over enough rooms and careful people.
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
		if len(rooms) < leastRooms || all < careful {
			continue
		}
		fold(h.Counts)
		h.Rooms = len(rooms)
		list = append(list, h)
	}
	return list
}

// fold hides one and two and, where that leaves one hidden number that the whole would give back, the smallest other.
func fold(counts []int) {
	hidden, smallest := 0, -1
	for i, n := range counts {
		switch {
		case n > 0 && n < 3:
			counts[i] = FewHands
			hidden++
		case n > 0 && (smallest < 0 || n < counts[smallest]):
			smallest = i
		}
	}
	if hidden == 1 && smallest >= 0 {
		counts[smallest] = FewHands
	}
}

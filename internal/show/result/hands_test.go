package result

import (
	"slices"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/listen/response"
)

// shown are the counts of one question after so many rooms; nil where nothing is said at all.
func shown(rooms ...[]int) []int {
	q := survey.Question{ID: "q1", Type: survey.TypeScale, Text: "How often?"}
	for _, id := range []string{"a", "b", "c", "d"} {
		q.Options = append(q.Options, survey.Option{ID: id, Label: "Option " + id})
	}
	other := q
	other.ID = "q2"
	doc := survey.Document{Sections: []survey.Section{{ID: "s1", Questions: []survey.Question{other, q}}}}
	var rows []response.Hand
	for room, counts := range rooms {
		for i, n := range counts {
			rows = append(rows, response.Hand{UnitID: string(rune('A' + room)), QuestionID: "q1", OptionID: q.Options[i].ID, Count: n})
		}
	}
	list := handsOf(doc, rows)
	if len(list) == 0 {
		return nil
	}
	h := list[0]
	if len(list) > 1 || h.Question != "q1" || h.Text != "How often?" || h.Rooms != len(rooms) || !slices.Equal(h.Options, []string{"Option a", "Option b", "Option c", "Option d"}) {
		return []int{-99}
	}
	return h.Counts
}

func TestHandsAreSumsOverRooms(t *testing.T) {
	const few = FewHands
	for name, c := range map[string]struct {
		rooms [][]int
		want  []int
	}{
		"no room":  {nil, nil},
		"one room": {[][]int{{9, 9, 9, 9}}, nil},
		"two rooms, of which each gives away the other": {[][]int{{9, 9, 9, 9}, {9, 9, 9, 9}}, nil},
		"too few hands":            {[][]int{{3, 1, 0, 0}, {1, 2, 0, 0}, {1, 1, 0, 0}}, nil},
		"enough":                   {[][]int{{3, 4, 0, 0}, {1, 2, 5, 0}, {1, 1, 0, 0}}, []int{5, 7, 5, 0}},
		"four rooms":               {[][]int{{3, 4, 3, 3}, {2, 2, 5, 2}, {1, 1, 1, 1}, {0, 1, 0, 1}}, []int{6, 8, 9, 7}},
		"nobody is not few":        {[][]int{{10, 0, 0, 2}, {5, 0, 0, 4}, {5, 0, 0, 2}}, []int{20, 0, 0, 8}},
		"one or two are not shown": {[][]int{{9, 1, 1, 9}, {5, 0, 1, 9}, {4, 0, 0, 0}}, []int{18, few, few, 18}},
		// The one that is hidden would be what is left of the whole, so the smallest other goes with it.
		"nor what gives them back":            {[][]int{{9, 1, 3, 9}, {5, 0, 1, 9}, {4, 0, 0, 0}}, []int{18, few, few, 18}},
		"also where only two were raised for": {[][]int{{9, 1, 0, 0}, {5, 0, 0, 0}, {4, 0, 0, 0}}, []int{few, few, 0, 0}},
	} {
		if got := shown(c.rooms...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

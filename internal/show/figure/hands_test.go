package figure_test

import (
	"strings"
	"testing"

	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

func TestHandsSayWhatWasShownMost(t *testing.T) {
	const few = result.FewHands
	for name, c := range map[string]struct {
		counts   []int
		sentence string
		cells    string
		hidden   bool
	}{
		"all can be said":       {[]int{3, 12, 5}, "By hands: “Sometimes” was shown most, by 12 of 20.", "3 12 5", false},
		"two alike":             {[]int{12, 3, 12}, "By hands: no single answer was shown most.", "12 3 12", false},
		"two alike, then more":  {[]int{5, 5, 9}, "By hands: “Often” was shown most, by 9 of 19.", "5 5 9", false},
		"the first is the most": {[]int{9, 5, 5}, "By hands: “Never” was shown most, by 9 of 19.", "9 5 5", false},
		// The whole would give back what is hidden.
		"some are hidden":  {[]int{few, 12, few}, "By hands: “Sometimes” was shown by 12, and no other answer by more.", "not shown,12,not shown", true},
		"nobody and a few": {[]int{few, few, 0}, "By hands: too few to name one answer.", "not shown,not shown,0", true},
		"all are hidden":   {[]int{few, few, few}, "By hands: too few to name one answer.", "not shown,not shown,not shown", true},
	} {
		f := figure.Hands(words.English(), result.Hands{Question: "q1", Text: "How often?", Rooms: 3, Options: []string{"Never", "Sometimes", "Often"}, Counts: c.counts})
		if f.Sentence != c.sentence || f.ID != "hands-q1" || f.Title != "How often?" || len(f.Table.Rows) != 3 {
			t.Errorf("%s: %q", name, f.Sentence)
		}
		var cells []string
		for i, row := range f.Table.Rows {
			cells = append(cells, row[1].Text)
			if row[1].Hidden != (c.counts[i] == few) || !row[0].Heading {
				t.Errorf("%s: row %+v", name, row)
			}
		}
		if got := strings.Join(cells, ","); got != strings.ReplaceAll(c.cells, " ", ",") && got != c.cells {
			t.Errorf("%s: %s", name, got)
		}
		if !strings.Contains(f.Note, "3 rooms") || !strings.Contains(f.Note, "not added to the answers") || strings.Contains(f.Note, "one or two people") != c.hidden {
			t.Errorf("%s: %q", name, f.Note)
		}
	}
}

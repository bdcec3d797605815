package figure

import (
	"math"

	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Enough says whether a group's share reaches what its teacher and class called good enough before they looked, so many of
// ten, with what cannot be told. It is empty where no share is shown.
func Enough(v words.Voice, q result.Question, g result.Group, said int) []string {
	row, shown := q.Row(g.Unit)
	if !shown || row.Hidden || row.Share == nil {
		return nil
	}
	return enough(v, said, int(math.Round(10*row.Share.Low)), int(math.Round(10*row.Share.High)), true)
}

// EnoughForPupils is the same for a screen that everybody looks at: from nothing but what ForPupils says there.
func EnoughForPupils(v words.Voice, q result.Question, g result.Group, said int) []string {
	if _, ok := ForPupils(v, q, g); !ok {
		return nil
	}
	row, _ := q.Row(g.Unit)
	switch x, rest := row.Share.X, row.Share.N-row.Share.X; {
	case x >= leastForPupils && rest >= leastForPupils:
		return Enough(v, q, g, said)
	case x > rest:
		return enough(v, said, 5, 10, false)
	default:
		return enough(v, said, 0, 5, false)
	}
}

// enough compares so many of ten with a share between low and high tenths; told says that these may be said.
func enough(v words.Voice, said, low, high int, told bool) []string {
	lines := []string{v.Say("guess.enough", words.V{"Tenths": said})}
	switch {
	case !told:
	case low == high:
		lines = append(lines, v.Say("guess.enough.at", words.V{"Tenths": low}))
	default:
		lines = append(lines, v.Say("guess.enough.range", words.V{"From": low, "To": high}))
	}
	switch {
	case low >= said:
		return append(lines, v.Say("guess.enough.there"))
	case high < said:
		return append(lines, v.Say("guess.enough.short"))
	case !told:
		lines = append(lines, v.Say("guess.enough.untold"))
	}
	return append(lines, v.Say("guess.enough.unsure"))
}

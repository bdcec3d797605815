package figure

import (
	"math"

	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Enough says whether a group's share reaches what its teacher and class called good enough before there was a result, so many of
// ten, with what cannot be told. It is empty where no share is shown.
func Enough(v words.Voice, q result.Question, g result.Group, said int) []string {
	row, shown := q.Row(g.Unit)
	if !shown || row.Hidden || row.Share == nil {
		return nil
	}
	// The share is said as everywhere else; whether it is enough is judged by how far it could be off.
	return enough(v, said, int(math.Round(10*row.Share.Low)), int(math.Round(10*row.Share.High)), tenths(row.Share.X, row.Share.N))
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
		return enough(v, said, 5, 10, -1)
	default:
		return enough(v, said, 0, 5, -1)
	}
}

// enough compares so many of ten with a share between low and high tenths; is below zero where the share may not be said.
func enough(v words.Voice, said, low, high, is int) []string {
	lines := []string{v.Say("guess.enough", words.V{"Tenths": said})}
	if is >= 0 {
		lines = append(lines, v.Say("guess.enough.at", words.V{"Tenths": is}))
	}
	switch {
	case low >= said:
		return append(lines, v.Say("guess.enough.there"))
	case high < said:
		return append(lines, v.Say("guess.enough.short"))
	case is == said:
		return append(lines, v.Say("guess.enough.close"))
	case is < 0:
		lines = append(lines, v.Say("guess.enough.untold"))
	}
	return append(lines, v.Say("guess.enough.unsure"))
}

package figure

import (
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// leastForPupils is the least number of people that a page for pupils tells anything of.
const leastForPupils = 10

// ForPupils says of one question what a class may see of itself on a screen that everybody looks at: the favourable
// share, where at least ten gave such an answer and ten did not. Where one of the two is smaller, only on which side
// of one half it lies is said, and only in a group of twenty or more, so that no single pupil can be thought to be the
// one who differs. ok is false where nothing can be said.
func ForPupils(v words.Voice, q result.Question, g result.Group) (text string, ok bool) {
	row, shown := q.Row(g.Unit)
	if !shown || row.Hidden || q.Sensitive || row.Share == nil || q.FavourableWords == "" {
		return "", false
	}
	x, rest := row.Share.X, row.Share.N-row.Share.X
	said := words.V{"X": x, "N": row.Share.N, "Words": q.FavourableWords}
	switch {
	case x >= leastForPupils && rest >= leastForPupils:
		return v.Say("wall.share", said), true
	case row.Share.N < 2*leastForPupils:
		return "", false
	case x > rest:
		return v.Say("wall.most", said), true
	}
	return v.Say("wall.few", said), true
}

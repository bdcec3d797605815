package improving

import (
	"cmp"
	"context"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// again finds out what became of questions: whether a later round asked them in the same words, and what it says. It looks
// at no round that governors were not named to read.
type again struct {
	p      Pages
	rounds []round.Round // published, the newest first
	views  map[string]result.Viewed
}

// view is what a pack may tell of a round.
func (a again) view(ctx context.Context, r round.Round) (result.Viewed, bool, error) {
	if v, ok := a.views[r.ID]; ok {
		return v, len(v.Groups) > 0, nil
	}
	rel, err := result.NewStore(a.p.DB, a.p.Key, a.p.Bank).Latest(ctx, r.SchoolID, r.ID)
	if fault.Is(err, fault.NotFound) {
		return result.Viewed{}, false, nil // its figures were deleted on their day
	}
	if err != nil {
		return result.Viewed{}, false, err
	}
	v, ok := result.ForBoard(rel, r)
	a.views[r.ID] = v
	return v, ok, nil
}

// trend is what a question is followed by over time.
func trend(q result.Question) string { return cmp.Or(q.Trend, q.Wording) }

// since is how the newest later round compares, for the whole school, with what an earlier one said to a question.
func (a again) since(ctx context.Context, v words.Voice, earlier, words string) (c result.Comparison, when string, ok bool, err error) {
	for _, r := range a.rounds {
		if r.ID == earlier {
			continue
		}
		view, shown, err := a.view(ctx, r)
		if err != nil {
			return c, "", false, err
		}
		if !shown {
			continue
		}
		compared := view.SinceRound(view.School().Unit, earlier)
		for _, q := range view.Questions {
			if c, ok := compared[q.ID]; ok && trend(q) == words {
				return c, v.Date(storage.DateOf(*r.PublishedAt, r.Zone()).Time(r.Zone())), true, nil
			}
		}
	}
	return c, "", false, nil
}

// moved says whether the question moved that a promise should move; empty while nobody has asked it again.
func (a again) moved(ctx context.Context, v words.Voice, r round.Round, question string) (string, error) {
	view, ok, err := a.view(ctx, r)
	if err != nil || !ok {
		return "", err
	}
	for _, q := range view.Questions {
		if q.ID != question {
			continue
		}
		c, when, ok, err := a.since(ctx, v, r.ID, trend(q))
		if err != nil || !ok {
			return "", err
		}
		return v.Say("board.again."+string(c.Verdict), shares(c, words.V{"When": when})), nil
	}
	return "", nil
}

func shares(c result.Comparison, values words.V) words.V {
	values["Percent"], values["Other"] = figure.Percent(c.Share.X, c.Share.N), figure.Percent(c.To.X, c.To.N)
	return values
}

// toFollow are the questions that a pack names to work on.
func toFollow(v words.Voice, r round.Round, view result.Viewed) (list []action.Followed) {
	school := view.School().Unit
	for _, weak := range figure.Stand(v, view, school).Weak {
		for _, q := range view.For(school) {
			row, _ := q.Row(school)
			if q.Text == weak.Text && row.Share != nil {
				list = append(list, action.Followed{Round: r.ID, Trend: trend(q), Text: q.Text,
					Then: v.Say("board.then", words.V{"Percent": figure.Percent(row.Share.X, row.Share.N), "Words": q.FavourableWords})})
				break
			}
		}
	}
	return list
}

// became says what became of what an earlier pack named.
func (a again) became(ctx context.Context, v words.Voice, list []action.Followed) (lines []string, err error) {
	for _, f := range list {
		c, when, ok, err := a.since(ctx, v, f.Round, f.Trend)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			lines = append(lines, v.Say("board.became.not_asked", words.V{"Text": f.Text, "Then": f.Then}))
		default:
			lines = append(lines, v.Say("board.became."+string(c.Verdict), shares(c, words.V{"Text": f.Text, "When": when})))
		}
	}
	return lines, nil
}

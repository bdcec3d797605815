package result

import (
	"context"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// Before is what the same question gave in an earlier round. It is copied into a release when that is made, from releases
// alone, so that a page needs no other.
type Before struct {
	Round string `json:"round"`
	Title string `json:"title"`
	Day   string `json:"day"` // the round closed, as 2006-01-02
	// Changed says that the words or the scale were others: shown, never compared.
	Changed   bool        `json:"changed,omitempty"`
	Published bool        `json:"published,omitempty"` // by the time this release was made
	Rows      []BeforeRow `json:"rows,omitempty"`
	Public    *BeforeRow  `json:"public,omitempty"`
}

// BeforeRow is a group's share then. Unit is the group's in this round.
type BeforeRow struct {
	Unit       string `json:"unit"`
	Share      Share  `json:"share"`
	Population int    `json:"population,omitempty"`
}

// mostBefore is how many earlier rounds a question is followed through.
const mostBefore = 6

// earlier is a round with its release and who taught its classes.
type earlier struct {
	round round.Round
	rel   Release
	teach map[string][]string
	day   string
}

// earlierOf reads the releases of a school's earlier rounds with the same people, about the same thing, newest first.
func (s Store) earlierOf(ctx context.Context, rounds round.Store, r round.Round) ([]earlier, error) {
	var ids []string
	err := s.db.Query(ctx).Model(&Stored{}).Where("school_id = ? AND round_id <> ?", r.SchoolID, r.ID).Order("made_at DESC, round_id").Limit(30).Pluck("round_id", &ids).Error
	if err != nil {
		return nil, err
	}
	var list []earlier
	for _, id := range ids {
		before, err := rounds.ByID(ctx, r.SchoolID, id)
		if err != nil {
			return nil, err
		}
		if before.Audience != r.Audience || before.About != r.About || before.Purpose != r.Purpose || before.ClosedAt == nil || r.ClosedAt != nil && !before.ClosedAt.Before(*r.ClosedAt) {
			continue
		}
		if before.BroughtIn() && before.State != round.Published {
			continue // it may still be withdrawn, and a release is for good
		}
		rel, err := s.Latest(ctx, r.SchoolID, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		teach, err := rounds.UnitReaders(ctx, before)
		if err != nil {
			return nil, err
		}
		list = append(list, earlier{before, rel, teach, string(storage.DateOf(*before.ClosedAt, before.Zone()))})
		if len(list) == mostBefore {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b earlier) int { return b.round.ClosedAt.Compare(*a.round.ClosedAt) })
	return list, nil
}

// follow adds to a release what its questions gave before.
func (rel *Release) follow(list []earlier, teach map[string][]string) {
	for i := range rel.Questions {
		q := &rel.Questions[i]
		if !q.HasHeadline() || q.Several {
			continue
		}
		for _, e := range list {
			if b, ok := q.before(*rel, e, teach); ok {
				q.Before = append(q.Before, b)
			}
		}
	}
}

func (q Question) trend() string {
	if q.Trend != "" {
		return q.Trend
	}
	return q.Wording
}

// before finds the same question in an earlier round: by its wording, else by its item.
func (q Question) before(rel Release, e earlier, teach map[string][]string) (Before, bool) {
	var was *Question
	for i := range e.rel.Questions {
		other := &e.rel.Questions[i]
		if other.trend() == q.trend() {
			was = other
			break
		}
		if other.Item == q.Item && q.Item != "" && other.HasHeadline() && !other.Several && was == nil {
			was = other
		}
	}
	if was == nil || was.Part != q.Part || q.Part == survey.AskedChosen || q.Part == survey.AskedRouted {
		return Before{}, false
	}
	b := Before{Round: e.round.ID, Title: e.round.Title, Day: e.day, Changed: was.trend() != q.trend(), Published: e.round.State == round.Published}
	for _, g := range rel.Groups {
		if !g.Shown {
			continue
		}
		then, ok := e.same(g, teach[g.Unit], rel.About)
		if !ok {
			continue
		}
		if row, ok := was.Row(then.Unit); ok && row.Share != nil {
			b.Rows = append(b.Rows, BeforeRow{Unit: g.Unit, Share: *row.Share, Population: then.Population()})
		}
	}
	if p := was.Public; p != nil && p.Share != nil && b.Published {
		b.Public = &BeforeRow{Unit: rel.School().Unit, Share: *p.Share, Population: e.rel.School().Population()}
	}
	return b, len(b.Rows) > 0 || b.Public != nil
}

// same finds the group of the same name. A class is the same only with the same teachers: another teacher's result is not
// the reader's to see. In a round for learning a sum counts only if a leader who teaches could see it then too.
func (e earlier) same(g Group, teachers []string, about round.About) (Group, bool) {
	for _, then := range e.rel.Groups {
		if then.Kind != g.Kind || !then.Shown || g.Kind != round.UnitSchool && (then.Name != g.Name || then.Subject != g.Subject) {
			continue
		}
		switch {
		case g.Kind == round.UnitClass:
			return then, sameSet(e.teach[then.Unit], teachers)
		case e.rel.Purpose == access.ForLearning && about == round.AboutClasses:
			return then, then.LeadersTeaching
		}
		return then, true
	}
	return Group{}, false
}

func sameSet(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return len(x) > 0 && slices.Equal(slices.Compact(x), slices.Compact(y))
}

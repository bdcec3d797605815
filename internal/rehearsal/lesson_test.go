package rehearsal

import (
	"context"
	"slices"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// What the lesson makes up again is what the demo school's pupils said: question by question it adds up to what is told of
// the form.
func TestTheLessonKnowsWhatWasSaid(t *testing.T) {
	ctx := context.Background()
	b, err := bank.Load()
	testkit.Must(t, err)
	clock := &Clock{}
	db := testkit.DBAt(t, clock.Now)
	o := Options{DB: db, Clock: clock, Key: testkit.Key(t), Bank: b, BaseURL: "http://here", Seed: 3}
	o.Settle = func(ctx context.Context, who access.Actor, roundID string) error {
		if _, err := collecting.Settle(ctx, db, o.Key, b, who, roundID); err != nil {
			return err
		}
		_, err := result.NewStore(db, o.Key, b).Make(ctx, who.School, roundID)
		return err
	}
	d, err := Build(ctx, o)
	testkit.Must(t, err)
	r, err := round.NewStore(db, o.Key, b).ByCode(ctx, d.Lesson[len("http://here/unmask/"):])
	testkit.Must(t, err)
	rel, err := result.NewStore(db, o.Key, b).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	doc, err := o.rounds().Document(ctx, r)
	testkit.Must(t, err)
	form := rel.Groups[slices.IndexFunc(rel.Groups, func(g result.Group) bool { return g.Name == LessonForm })]
	secret := Secret(o.Seed, doc, LessonForm)
	if len(secret) != form.Answered || len(secret) < 10 {
		t.Fatalf("%d pupils, %d answered", len(secret), form.Answered)
	}
	compared := 0
	for _, q := range rel.Questions {
		row, ok := q.Row(form.Unit)
		asked, _ := doc.Question(q.ID)
		if !ok || row.Share == nil {
			continue
		}
		x := 0
		for _, p := range secret {
			answer := p.Said[q.ID]
			if answer.State == survey.Answered && asked.IsFavourable(answer.Options[0]) {
				x++
			}
		}
		if compared++; x != row.Share.X {
			t.Errorf("%s: %d, the release has %d", q.Short, x, row.Share.X)
		}
	}
	if compared < 5 {
		t.Errorf("%d questions compared", compared)
	}
	if others := Secret(o.Seed+1, doc, LessonForm); len(others) > 0 && others[0].Name == secret[0].Name && others[1].Name == secret[1].Name {
		t.Error("another seed makes the same pupils")
	}
}

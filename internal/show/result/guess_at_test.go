package result

import (
	"testing"

	"earshot/internal/ask/round"
)

// TestAGuessCountsIntoNothingElse: the same answers with and without a guess give the same figures of everything else.
func TestAGuessCountsIntoNothingElse(t *testing.T) {
	for seed := range uint64(3) {
		plain := document(t, "first_class")
		doc := document(t, "first_class")
		if p := doc.AddGuess(bankOf(t), "q3", ""); len(p) > 0 {
			t.Fatal(p)
		}
		with := newMade(t, seed, round.AboutClasses, doc, someSizes)
		rel := with.release(t)
		without := *with
		without.doc = plain
		before := without.release(t)
		var guess Question
		for _, q := range rel.Questions {
			if q.Guesses == "" {
				continue
			}
			guess = q
			for _, o := range q.Options {
				if o.Favourable || q.FavourableWords != "" || q.HasHeadline() {
					t.Errorf("a guess has favourable answers: %+v", q)
				}
			}
			for _, row := range q.Rows {
				if row.Share != nil || row.Guess != nil {
					t.Errorf("a guess has a share: %+v", row)
				}
			}
		}
		if guess.Guesses != "l2l_c_mistake" || len(guess.Rows) < 3 {
			t.Fatalf("no guess is released: %+v", guess)
		}
		if encoded(rel.Sections) != encoded(before.Sections) || encoded(rel.Matters) != encoded(before.Matters) || encoded(rel.Groups) != encoded(before.Groups) {
			t.Error("a guess changes sections, what goes together or groups")
		}
		for _, s := range rel.Splits {
			for _, row := range s.Rows {
				if row.Question == guess.ID {
					t.Errorf("a guess is parted by %s", s.Kind)
				}
			}
		}
		asked, _ := doc.Question(guess.ID)
		if IsOutcome(doc, asked) {
			t.Error("a guess can be what matters most")
		}
		for _, q := range before.Questions {
			for _, now := range rel.Questions {
				if now.ID == q.ID && encoded(now) != encoded(q) {
					t.Errorf("a guess changes the figures of %s", q.ID)
				}
			}
		}
	}
}

package survey_test

import (
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

func TestPulseAsksTheSameWordsAgain(t *testing.T) {
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, _, problems := survey.FromTemplate(b, "how_is_learning")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	all := d.Questions()
	p := d.Pulse("Did it help?", []string{all[5].ID, all[2].ID, "gone"})
	got := p.Questions()
	if len(got) != 2 || p.Minutes != 1 || p.Title != "Did it help?" || p.Audience != d.Audience {
		t.Fatalf("%+v", p)
	}
	for i, from := range []survey.Question{all[2], all[5]} {
		if got[i].Trend() != from.Trend() || got[i].Text != from.Text || got[i].ID == from.ID && i == 1 {
			t.Errorf("%+v, from %+v", got[i], from)
		}
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
	var ids []string
	for _, q := range all {
		ids = append(ids, q.ID)
	}
	if n := len(d.Pulse("x", ids).Questions()); n != 3 {
		t.Errorf("a pulse of %d questions", n)
	}
}

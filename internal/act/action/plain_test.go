package action_test

import (
	"testing"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
)

func TestHardWords(t *testing.T) {
	long := "We looked at every single thing that you told us about your lessons and we shall think about it together"
	pieces := []action.Piece{{Key: "short", Text: "We mended the lock. It works."}, {Key: "long", Text: long + "."}, {Key: "word", Text: "Our differentiation works."}}
	for _, c := range []struct {
		audience string
		want     map[string]action.Reading
	}{
		{bank.Pupils7to10, map[string]action.Reading{"long": {Sentence: 20, Most: 14}, "word": {Most: 14, Long: "differentiation"}}},
		{bank.Pupils11to16, map[string]action.Reading{"word": {Most: 20, Long: "differentiation"}}},
		{bank.Parents, nil},
	} {
		got := action.Hard(c.audience, pieces)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", c.audience, got)
		}
		for _, r := range got {
			want := c.want[r.Key]
			if r.Sentence != want.Sentence || r.Most != want.Most || r.Long != want.Long {
				t.Errorf("%s: %+v, want %+v", c.audience, r, want)
			}
		}
	}
}

package survey_test

import (
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// In the bank's survey of belonging and safety, danger is what a person would call it: also where often is bad.
func TestWorst(t *testing.T) {
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	doc, _, problems := survey.FromTemplate(b, "first_belong")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	found := map[string]string{}
	for _, q := range doc.Questions() {
		id := q.Worst()
		if id != "" && (q.Sensitive == "" || q.IsFavourable(id) || q.IsMissing(id)) {
			t.Errorf("%s: %s", q.Item, id)
		}
		for _, o := range q.Options {
			if o.ID == id {
				found[q.Item] = o.Label
			}
		}
	}
	for item, want := range map[string]string{"belong_s_safe": "Not safe at all", "belong_s_unkind": "Almost always"} {
		if found[item] != want {
			t.Errorf("%s: %q, want %q", item, found[item], want)
		}
	}
}

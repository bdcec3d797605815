package survey_test

import (
	"context"
	"slices"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/testkit"
)

func TestLess(t *testing.T) {
	s := testkit.NewSchool(t)
	doc, _, problems := survey.FromTemplate(s.Bank, "first_say")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	all := doc.Questions()
	doc.Sections[0].Questions = append(slices.Clone(doc.Sections[0].Questions), survey.Question{ID: "q99", Type: survey.TypeNote, Text: "Thank you."})
	whole := doc.Hash()
	less, wrong := doc.Less([]string{all[0].ID, "q77"})
	if len(wrong) > 0 || len(less.Questions()) != len(all)-1 || less.Questions()[0].Wording != all[1].Wording {
		t.Errorf("%v, %d questions", wrong, len(less.Questions()))
	}
	var ids []string
	for _, q := range all {
		ids = append(ids, q.ID)
	}
	if none, _ := doc.Less(ids); len(none.Sections) != 0 {
		t.Errorf("a note stands alone: %+v", none.Sections)
	}
	if doc.Hash() != whole {
		t.Error("the document itself was changed")
	}
	second := &doc.Sections[len(doc.Sections)-1]
	last := slices.IndexFunc(second.Questions, func(q survey.Question) bool { return q.ID == all[len(all)-1].ID })
	second.Questions[last].ShowIf = "${" + all[0].ID + "} != ''"
	if _, wrong := doc.Less([]string{all[0].ID}); len(wrong) != 1 || wrong[0].Values["question"] != all[0].ID {
		t.Errorf("a question that decides was taken out: %v", wrong)
	}
	if _, wrong := doc.Less([]string{all[0].ID, all[len(all)-1].ID}); len(wrong) > 0 {
		t.Errorf("both are out: %v", wrong)
	}
}

func TestFreezeLess(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	st := survey.NewStore(s.DB)
	doc, err := sv.Doc()
	testkit.Must(t, err)
	number := func(without ...string) int {
		v, err := st.FreezeLess(ctx, s.Head, sv.ID, without)
		testkit.Must(t, err)
		asked, err := v.Doc()
		testkit.Must(t, err)
		if len(asked.Questions()) != len(doc.Questions())-len(without) || asked.Hash() != v.Hash {
			t.Errorf("version %d asks %d questions", v.Number, len(asked.Questions()))
		}
		return v.Number
	}
	first := doc.Questions()[0].ID
	if a, b, c, d := number(), number(first), number(), number(first); a != 1 || b != 2 || c != 3 || d != 2 {
		t.Errorf("versions %d, %d, %d, %d", a, b, c, d)
	}
}

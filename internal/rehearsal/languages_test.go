package rehearsal_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

// checkLanguages says that the demo's open round can be read in four languages beside English, and what is published of
// learning in two, with every word of them, and that a draft asks in every way there is.
func checkLanguages(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	offered, err := language.NewStore(o.DB, o.Bank).Approved(ctx, demo.School)
	testkit.Must(t, err)
	slices.Sort(offered)
	if want := []string{"ar", "cy", "pa", "pl", "ur"}; !slices.Equal(offered, want) {
		t.Errorf("offered: %v", offered)
	}
	rounds := round.NewStore(o.DB, o.Key, o.Bank)
	r, err := rounds.ByCode(ctx, codeOf(demo.Answer))
	testkit.Must(t, err)
	checkTranslated(t, o, r, "ar", "cy", "pl", "ur")
	published := 0
	for _, d := range demo.Rounds {
		if strings.HasPrefix(d.Title, "How is learning for you?") {
			r, err := rounds.ByID(ctx, demo.School, d.ID)
			testkit.Must(t, err)
			checkTranslated(t, o, r, "ar", "pl")
			if published++; r.State != round.Published {
				t.Errorf("%s is %s", r.Title, r.State)
			}
		}
	}
	if published != 2 {
		t.Errorf("%d published rounds can be read in other languages", published)
	}
	checkDraft(t, o, demo)
}

// checkTranslated says that a round's questions can be read in these languages, each answer in words of its own.
func checkTranslated(t *testing.T, o rehearsal.Options, r round.Round, codes ...string) {
	t.Helper()
	ctx := context.Background()
	doc, err := round.NewStore(o.DB, o.Key, o.Bank).Document(ctx, r)
	testkit.Must(t, err)
	in, err := survey.NewStore(o.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	testkit.Must(t, err)
	if got := slices.Sorted(maps.Keys(in)); !slices.Equal(got, codes) {
		t.Errorf("the questions of %s are in %v", r.Title, got)
	}
	english := map[string]bool{}
	for _, w := range doc.Words() {
		english[w.Text] = true
	}
	for code, translated := range in {
		if english[translated.Title] {
			t.Errorf("%s: the title is %q", code, translated.Title)
		}
		for _, q := range translated.Questions() {
			labels := map[string]bool{}
			for _, o := range q.Options {
				labels[o.Label] = !english[o.Label]
			}
			if english[q.Text] || len(labels) != len(q.Options) || slices.Contains(slices.Collect(maps.Values(labels)), false) {
				t.Errorf("%s: %q with %d answers that differ of %d", code, q.Text, len(labels), len(q.Options))
			}
		}
	}
}

func checkDraft(t *testing.T, o rehearsal.Options, demo rehearsal.Demo) {
	t.Helper()
	ctx := context.Background()
	st := survey.NewStore(o.DB)
	all, err := st.List(ctx, demo.Head)
	testkit.Must(t, err)
	i := slices.IndexFunc(all, func(s survey.Survey) bool { return s.Template == "" })
	if i < 0 {
		t.Fatal("there is no draft")
	}
	sv, err := st.Find(ctx, demo.Head, all[i].ID)
	testkit.Must(t, err)
	doc, err := sv.Doc()
	testkit.Must(t, err)
	kinds, grid, rule := map[survey.Type]bool{}, false, false
	for _, s := range doc.Sections {
		for _, q := range s.Questions {
			kinds[q.Type] = true
			grid, rule = grid || q.Grid != "", rule || q.ShowIf != ""
		}
	}
	for _, want := range survey.Types() {
		if !kinds[want] && want != survey.TypeText { // written like many words, in a smaller box
			t.Errorf("nothing in the draft is answered by %s", want)
		}
	}
	drawn := slices.ContainsFunc(doc.Sections, func(s survey.Section) bool { return s.Ask > 0 })
	if !grid || !rule || !drawn || len(doc.Choices) != 1 {
		t.Errorf("grid %v, rule %v, draw %v, %d choices of topics", grid, rule, drawn, len(doc.Choices))
	}
	for _, p := range doc.CanOpenWith(bank.Pupils11to16, bank.AnyDevice) {
		t.Errorf("the draft: %s %v", p.Key, p.Values)
	}
}

package survey_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// urdu makes up a translation of every piece of a document.
func urdu(d survey.Document) map[string]string {
	said := map[string]string{}
	for _, w := range d.Words() {
		said[w.Key] = "اردو " + w.Text
	}
	return said
}

// offered are the languages in which a document can be asked.
func offered(t *testing.T, s *testkit.School, id string, d survey.Document) map[string]survey.Document {
	t.Helper()
	in, err := survey.NewStore(s.DB).Languages(context.Background(), s.School.SchoolID, id, d)
	testkit.Must(t, err)
	return in
}

func TestADraftIsNotShown(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	doc, err := sv.Doc()
	testkit.Must(t, err)
	st := survey.NewStore(s.DB)
	said := urdu(doc)
	first := doc.Words()[1]

	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", said))
	if in := offered(t, s, sv.ID, doc); len(in) > 0 {
		t.Errorf("a draft is offered: %v", slices.Collect(maps.Keys(in)))
	}
	// A piece that is taken back is missing, and what is missing cannot be approved.
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{first.Key: "  "}))
	err = st.Approve(ctx, s.Head, sv.ID, "ur", "Nusrat Malhi")
	if f, ok := fault.Of(err); !ok || f.Kind != fault.Invalid || f.Values["Count"] != 1 {
		t.Errorf("approved with a piece missing: %v", err)
	}
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{first.Key: " " + said[first.Key] + " "}))
	for _, reader := range []string{"", "   ", strings.Repeat("N", 121)} {
		if f, ok := fault.Of(st.Approve(ctx, s.Head, sv.ID, "ur", reader)); !ok || f.Fields["reader"].Key == "" {
			t.Errorf("approved by %q", reader)
		}
	}
	testkit.Must(t, st.Approve(ctx, s.Head, sv.ID, "ur", " Nusrat Malhi "))
	in := offered(t, s, sv.ID, doc)
	ur, ok := in["ur"]
	if !ok || len(in) != 1 || ur.Language != "ur" || ur.Title != said[doc.Words()[0].Key] {
		t.Fatalf("offered %v", slices.Collect(maps.Keys(in)))
	}
	for i, q := range ur.Questions() {
		was := doc.Questions()[i]
		if q.Text != "اردو "+was.Text || q.ID != was.ID || q.Wording != was.Wording || q.Options[0].Label != "اردو "+was.Options[0].Label || q.Options[0].ID != was.Options[0].ID {
			t.Errorf("question %d is %+v", i+1, q)
		}
	}
	all, err := st.Translations(ctx, s.School.SchoolID, sv.ID)
	testkit.Must(t, err)
	if len(all) != 1 || all[0].ApprovedBy != "Nusrat Malhi" || !all[0].IsApproved() || all[0].ApprovedAt == nil {
		t.Errorf("stored %+v", all)
	}

	// Whoever changes a word afterwards makes a draft; people go on seeing what was read.
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{first.Key: "کچھ اور"}))
	if got := offered(t, s, sv.ID, doc)["ur"].Questions()[0].Text; got != said[first.Key] {
		t.Errorf("people see %q", got)
	}
	if all, err = st.Translations(ctx, s.School.SchoolID, sv.ID); err != nil || all[0].IsApproved() || all[0].Said()[first.Key] != "کچھ اور" {
		t.Errorf("the draft is %+v, %v", all, err)
	}
	testkit.Must(t, st.Approve(ctx, s.Head, sv.ID, "ur", "Samir Haddadin"))
	if got := offered(t, s, sv.ID, doc)["ur"].Questions()[0].Text; got != "کچھ اور" {
		t.Errorf("after reading it again people see %q", got)
	}
}

// A changed question has no translation, so the language falls away for it. What was asked before keeps its language.
func TestChangedWordsFallBack(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	before, err := sv.Doc()
	testkit.Must(t, err)
	st := survey.NewStore(s.DB)
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", urdu(before)))
	testkit.Must(t, st.Approve(ctx, s.Head, sv.ID, "ur", "Nusrat Malhi"))
	asked, err := st.Freeze(ctx, s.Head, sv.ID)
	testkit.Must(t, err)

	after, err := sv.Doc()
	testkit.Must(t, err)
	after.Sections[0].Questions[2].Text = "How easy is it to tell adults at school what you think?"
	testkit.Must(t, st.Save(ctx, s.Head, sv.ID, after))
	if in := offered(t, s, sv.ID, after); len(in) > 0 {
		t.Error("a question nobody has translated is offered in Urdu")
	}
	version, err := st.Version(ctx, s.School.SchoolID, sv.ID, asked.Number)
	testkit.Must(t, err)
	was, err := version.Doc()
	testkit.Must(t, err)
	if got := offered(t, s, sv.ID, was)["ur"].Questions()[2].Text; got != "اردو "+before.Questions()[2].Text {
		t.Errorf("the version that was asked reads %q in Urdu", got)
	}
	// Translating the new words does not take the old ones away.
	piece := map[string]string{}
	for _, w := range after.Words() {
		if w.Text == after.Questions()[2].Text {
			piece[w.Key] = "نیا سوال"
		}
	}
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", piece))
	if in := offered(t, s, sv.ID, after); len(in) > 0 {
		t.Error("the new words are offered before anybody has read them")
	}
	testkit.Must(t, st.Approve(ctx, s.Head, sv.ID, "ur", "Nusrat Malhi"))
	if got := offered(t, s, sv.ID, after)["ur"].Questions()[2].Text; got != "نیا سوال" {
		t.Errorf("the new version reads %q", got)
	}
	if got := offered(t, s, sv.ID, was)["ur"].Questions()[2].Text; got != "اردو "+before.Questions()[2].Text {
		t.Errorf("now the version that was asked reads %q", got)
	}
}

// A label is translated once for all questions with the same scale, and apart for another scale.
func TestLabelsAreTranslatedOnceForAScale(t *testing.T) {
	s := testkit.NewSchool(t)
	doc, err := s.Survey("first_say").Doc()
	testkit.Must(t, err)
	often := map[string]int{}
	for _, w := range doc.Words() {
		if w.Part == "option" {
			often[w.Text]++
		}
	}
	// Two questions ask "how often" with five answers, and one has "I don't know" besides.
	if often["Never"] != 2 || often["Very safe"] != 1 {
		t.Errorf("pieces %v", often)
	}
}

func TestOnlyLeadersTranslate(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	doc, err := sv.Doc()
	testkit.Must(t, err)
	st := survey.NewStore(s.DB)
	first := doc.Words()[0].Key
	if f, ok := fault.Of(st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{first: strings.Repeat("ا", 2001)})); !ok || f.Fields[first].Key == "" {
		t.Error("a novel was taken for a title")
	}
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	for who, want := range map[*access.Actor]fault.Kind{new(s.Staff("Lena Brandt", access.Teacher)): fault.Forbidden, &other.Head: fault.NotFound} {
		if err := st.Translate(ctx, *who, sv.ID, "ur", urdu(doc)); !fault.Is(err, want) {
			t.Errorf("translate as %s: %v", who.Name, err)
		}
		if err := st.Approve(ctx, *who, sv.ID, "ur", "Nusrat Malhi"); !fault.Is(err, want) {
			t.Errorf("approve as %s: %v", who.Name, err)
		}
	}
	if all, err := st.Translations(ctx, s.School.SchoolID, sv.ID); err != nil || len(all) > 0 {
		t.Errorf("stored %v, %v", all, err)
	}
}

// No text may hold what a database refuses, what no page shows, or what makes words read as others.
func TestStrangeTranslations(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	sv := s.Survey("first_say")
	doc, err := sv.Doc()
	testkit.Must(t, err)
	st := survey.NewStore(s.DB)
	piece := doc.Words()[1].Key
	for _, text := range []string{"a\x00b", "a\x07b", "a\u202eb", "a\u2067b", "a\xffb"} {
		f, ok := fault.Of(st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{piece: text}))
		if !ok || f.Fields[piece].Key != "translation.strange" {
			t.Errorf("%q: %v", text, f)
		}
	}
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", map[string]string{piece: "پہلی\r\nدوسری"}))
	all, err := st.Translations(ctx, s.School.SchoolID, sv.ID)
	if err != nil || len(all) != 1 || all[0].Said()[piece] != "پہلی\nدوسری" {
		t.Errorf("%+v, %v", all, err)
	}
	testkit.Must(t, st.Translate(ctx, s.Head, sv.ID, "ur", urdu(doc)))
	for _, reader := range []string{"Nusrat\x00", "Nusrat\u202e"} {
		if f, ok := fault.Of(st.Approve(ctx, s.Head, sv.ID, "ur", reader)); !ok || f.Fields["reader"].Key != "translation.strange" {
			t.Errorf("approved by %q", reader)
		}
	}
}

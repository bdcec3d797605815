package theme

import (
	"slices"
	"strings"
	"testing"
)

// called finds the theme in which most of a subject's comments are.
func called(t *testing.T, r Reading, id string) Theme {
	t.Helper()
	i := slices.IndexFunc(r.Themes, func(th Theme) bool { return th.ID == id })
	if i < 0 {
		t.Fatalf("no theme %s in %+v", id, r.Themes)
	}
	return r.Themes[i]
}

// of finds the theme in which most comments are about a subject.
func of(t *testing.T, r Reading, list []Comment, about []int, subject string) Theme {
	t.Helper()
	i := slices.IndexFunc(r.Themes, func(th Theme) bool {
		return 2*right(th, list, about, subject) > len(th.Members)
	})
	if i < 0 {
		t.Fatalf("no theme about %s in %d themes", subject, len(r.Themes))
	}
	return r.Themes[i]
}

// right counts a theme's comments that are about a subject.
func right(th Theme, list []Comment, about []int, subject string) (n int) {
	for i, c := range list {
		if _, in := slices.BinarySearch(th.Members, c.ID); in && subjects[about[i]].name == subject {
			n++
		}
	}
	return n
}

func TestARenamedThemeIsKnownAgain(t *testing.T) {
	first, about := made(300, 1)
	found := of(t, Find(first, nil, "en"), first, about, "food")
	rule := Rule{ID: "r1", Name: "What we eat", Words: found.Words}
	now := called(t, Find(first, []Rule{rule}, "en"), "r1")
	if now.Name != "What we eat" || !slices.Equal(now.Members, found.Members) || !now.Ruled || now.Pinned {
		t.Errorf("a name changed more than the name: %+v", now)
	}
	next, about := made(420, 99) // the next survey: other people, other words
	later := called(t, Find(next, []Rule{rule}, "en"), "r1")
	if n := right(later, next, about, "food"); n < 50 || n*10 < len(later.Members)*8 {
		t.Errorf("the next time %d of %d are about food", n, len(later.Members))
	}
}

func TestThemesThatWereMergedAreOne(t *testing.T) {
	list, about := made(300, 1)
	before := Find(list, nil, "en")
	a, b := of(t, before, list, about, "food"), of(t, before, list, about, "toilets")
	after := Find(list, []Rule{{ID: "m", Name: "Breaks", Words: slices.Concat(a.Words, b.Words)}}, "en")
	both := slices.Sorted(slices.Values(slices.Concat(a.Members, b.Members)))
	if got := called(t, after, "m"); !slices.Equal(got.Members, both) || len(after.Themes) != len(before.Themes)-1 {
		t.Errorf("%d comments in %d themes, not %d", len(got.Members), len(after.Themes), len(both))
	}
}

func TestAPinnedThemeIsThereEvenIfNotFound(t *testing.T) {
	list, _ := made(300, 1)
	for i := range list {
		if i%20 == 0 {
			list[i].Text += " and the bus was late"
		}
	}
	rule := Rule{ID: "p", Name: "The way to school", Words: []string{"bus", "road", "walk"}}
	if r := Find(list, []Rule{rule}, "en"); slices.ContainsFunc(r.Themes, func(th Theme) bool { return th.ID == "p" }) {
		t.Error("a theme that is not pinned was made out of nothing")
	}
	rule.Pinned = true
	r := Find(list, []Rule{rule}, "en")
	if got := r.Themes[0]; got.ID != "p" || got.Writers != 15 || !got.Pinned || !slices.Equal(got.Words, []string{"bus"}) {
		t.Errorf("%+v", got)
	}
	// Nine are too few for a theme; their comments are still there.
	few := slices.Clone(list)
	kept := 0
	for i := range few {
		if strings.Contains(few[i].Text, "bus") {
			if kept++; kept > 9 {
				few[i].Text = strings.ReplaceAll(few[i].Text, "bus", "train")
			}
		}
	}
	r = Find(few, []Rule{rule}, "en")
	if slices.ContainsFunc(r.Themes, func(th Theme) bool { return th.ID == "p" }) {
		t.Error("a theme of nine writers is shown")
	}
	n := len(r.Other)
	for _, th := range r.Themes {
		n += len(th.Members)
	}
	if n != len(few) {
		t.Errorf("%d comments of %d, %d in none", n, len(few), len(r.Other))
	}
}

func TestOnePersonWritesOnceOnAQuestion(t *testing.T) {
	// Nine people who write on two questions are nine, or ten at least, never eighteen.
	var list []Comment
	for i := range 18 {
		list = append(list, Comment{ID: string(rune('a' + i)), Text: "the bus " + string(rune('a'+i)), Question: []string{"one", "two"}[i%2]})
	}
	rule := []Rule{{ID: "p", Words: []string{"bus"}, Pinned: true}}
	if r := Find(list, rule, "en"); len(r.Themes) != 0 {
		t.Errorf("%+v", r.Themes)
	}
	for i := range list {
		list[i].Question = "one"
	}
	if r := Find(list, rule, "en"); len(r.Themes) != 1 || r.Themes[0].Writers != 18 {
		t.Errorf("%+v", r.Themes)
	}
}

func TestMarked(t *testing.T) {
	for _, c := range []struct{ text, words, want string }{
		{"The Businesses’ toilets aren’t clean; toilet paper!", "toilet", "The Businesses’ [toilets] aren’t clean; [toilet] paper!"},
		{"A minimum wage, and wage the minimum", "minimum wage", "A [minimum] [wage], and wage the minimum"},
		{"ﬁne food", "fine", "[ﬁne] food"},
		{"nothing here", "toilet", "nothing here"},
		{"", "toilet", ""},
	} {
		got, whole := "", ""
		for _, p := range Mark(c.text, []string{c.words}, "en") {
			whole += p.Text
			if p.Marked {
				got += "[" + p.Text + "]"
			} else {
				got += p.Text
			}
		}
		if got != c.want || whole != c.text {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestOtherLanguages(t *testing.T) {
	for _, l := range []string{"en", "ar", "bn", "fr", "pl", "pt", "ro", "so", "uk", "ur", "pt-BR"} {
		if !HasStopWords(l) {
			t.Errorf("no words to leave out in %s", l)
		}
	}
	for _, l := range []string{"cy", "pa"} {
		if HasStopWords(l) {
			t.Errorf("words to leave out in %s: the README says there are none", l)
		}
	}
	for _, c := range []struct{ language, text, want string }{
		{"pl", "Toalety są brudne, ale stołówka jest dobra", "[toalety brudne stołówka dobra]"},
		{"bn", "আমাদের বিদ্যালয়ের শৌচাগার", "[বিদ্যালয়ের শৌচাগার]"},
		{"cy", "Mae'r toiledau yn fudr", "[mae'r toiledau yn fudr]"},
	} {
		if words, _ := terms(c.text, c.language, nil); "["+strings.Join(words, " ")+"]" != normal(c.want) {
			t.Errorf("%s: %q, not %q", c.language, words, c.want)
		}
	}
}

func TestAlikeIsCareful(t *testing.T) {
	texts := []string{
		"More time for lunch on Friday please",
		"more time for lunch on friday, please!",
		"No more time for lunch on Friday please",  // says no
		"More time for lunch on Friday 3 please",   // another number
		"More time for lunch on Friday 4 please",   //
		"More time for lunch on Friday please sir", // seven of eight
		"",
		"",
	}
	got := Alike(texts)
	if len(got) != 1 || !slices.Equal(got[0], []int{0, 1, 5}) {
		t.Errorf("%v", got)
	}
}

package theme

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// classOf turns what was found into classes by the comments' place in a list; the other comments are a class of their own.
func classOf(list []Comment, r Reading) []int {
	at := map[string]int{}
	for i, t := range r.Themes {
		for _, id := range t.Members {
			at[id] = i + 1
		}
	}
	class := make([]int, len(list))
	for i, c := range list {
		class[i] = at[c.ID]
	}
	return class
}

func TestFindsWhatCommentsAreAbout(t *testing.T) {
	for _, n := range []int{120, 400, 900} {
		list, about := made(n, 1)
		r := Find(list, nil, "en")
		nmi, purity := agreement(about, classOf(list, r))
		t.Logf("%d comments: %d themes, %d in none, NMI %.3f, purity %.3f", n, len(r.Themes), len(r.Other), nmi, purity)
		if len(r.Themes) != len(subjects) || nmi < 0.8 || purity < 0.85 {
			t.Errorf("%d comments: %d themes, NMI %.3f, purity %.3f: %+v", n, len(r.Themes), nmi, purity, r.Themes)
		}
		if r.IsAid() != (n < 100) {
			t.Error("what is a reading aid is told wrongly")
		}
		var ids []string
		for _, th := range r.Themes {
			ids = append(ids, th.Members...)
			if th.Writers < WritersLeast || th.Writers != len(th.Members) {
				t.Errorf("%s: %d writers of %d comments", th.Name, th.Writers, len(th.Members))
			}
		}
		ids = append(ids, r.Other...)
		slices.Sort(ids)
		if len(slices.Compact(ids)) != n {
			t.Errorf("%d comments went in and %d came out", n, len(ids))
		}
	}
}

func TestTheOrderOfCommentsSaysNothing(t *testing.T) {
	list, _ := made(200, 3)
	rules := []Rule{{ID: "b", Name: "Food", Words: []string{"canteen", "lunch", "queue"}}, {ID: "a", Words: []string{"toilet"}, Pinned: true}}
	want := Find(list, rules, "en")
	random := rand.New(rand.NewPCG(7, 7))
	for range 3 {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		slices.Reverse(rules)
		if got := Find(list, rules, "en"); !reflect.DeepEqual(got, want) {
			t.Errorf("in another order: %+v, not %+v", got, want)
		}
	}
}

func TestFewCommentsHaveNoThemesOfTheirOwn(t *testing.T) {
	list, _ := made(44, 1)
	if r := Find(list, nil, "en"); len(r.Themes) != 0 || len(r.Other) != 44 {
		t.Errorf("%+v", r)
	}
	if r := Find(nil, nil, "en"); len(r.Themes) != 0 || len(r.Other) != 0 {
		t.Errorf("%+v", r)
	}
	// What nobody could sort is still handed over.
	same := make([]Comment, 60)
	for i := range same {
		same[i] = Comment{ID: string(rune('A' + i)), Text: "?!"}
	}
	if r := Find(same, nil, "en"); len(r.Themes) != 0 || len(r.Other) != 60 {
		t.Errorf("%+v", r)
	}
}

func TestGoldenFind(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	list, texts := goldenComments(t, folder)
	_, truth := classes(list)
	var comments []Comment
	for i, text := range texts {
		comments = append(comments, Comment{ID: string(rune(0x4e00 + i)), Text: text})
	}
	r := Find(comments, nil, "en")
	nmi, purity := agreement(truth, classOf(comments, r))
	t.Logf("%d themes, %d of %d in none, NMI %.3f, purity %.3f", len(r.Themes), len(r.Other), len(texts), nmi, purity)
	var want struct {
		NMF struct{ NMI, Purity float64 }
	}
	expected(t, folder, "quality", &want)
	if nmi < 0.9*want.NMF.NMI || purity < 0.9*want.NMF.Purity {
		t.Errorf("with as many themes as were chosen they agree less with the conversations than the reference does")
	}
}

func BenchmarkFind2000(b *testing.B) {
	list, _ := made(2000, 1)
	for b.Loop() {
		Find(list, nil, "en")
	}
}

func BenchmarkAlike2000(b *testing.B) {
	list, _ := made(2000, 1)
	var texts []string
	for _, c := range list {
		texts = append(texts, c.Text)
	}
	for b.Loop() {
		Alike(texts)
	}
}

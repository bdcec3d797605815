package chart

import (
	"fmt"
	"reflect"
	"sync"
	"testing"

	"earshot/internal/show/figure"
)

func figureOf(percent int) figure.Figure {
	return figure.Figure{ID: "q1", Title: "A title", Sentence: "Some said so.", Table: figure.Table{Caption: "Answers"},
		Bars: &figure.Bars{Rows: []figure.BarRow{{Label: "Yes", Percent: percent}}}}
}

// Whatever is remembered, a figure has the drawings it would have had; and what is not in its chart does not matter.
func TestRememberedDrawingsAreTheFiguresOwn(t *testing.T) {
	plain := figureOf(40)
	want := drawings(plain, "1")
	if len(want) != 2 {
		t.Fatalf("%d drawings", len(want))
	}
	for range 2 {
		if got := Drawings(plain, "1"); !reflect.DeepEqual(got, want) {
			t.Errorf("remembered otherwise: %+v", got)
		}
	}
	around := figureOf(40)
	around.ID, around.Title, around.Note, around.Lines = "other", "Another title", "A note", []string{"More than before"}
	if got := Drawings(around, "1"); !reflect.DeepEqual(got, want) {
		t.Errorf("other words around it change the chart: %+v", got)
	}
	for name, change := range map[string]func(f *figure.Figure){
		"number":   func(f *figure.Figure) { f.Bars = figureOf(41).Bars },
		"label":    func(f *figure.Figure) { f.Bars = &figure.Bars{Rows: []figure.BarRow{{Label: "No", Percent: 40}}} },
		"sentence": func(f *figure.Figure) { f.Sentence = "Others said so." },
		"caption":  func(f *figure.Figure) { f.Table.Caption = "More answers" },
	} {
		f := figureOf(40)
		change(&f)
		if got := Drawings(f, "1"); got[0].Hash == want[0].Hash || !reflect.DeepEqual(got, drawings(f, "1")) {
			t.Errorf("another %s: %+v", name, got)
		}
	}
	if got := Drawings(plain, "2"); got[0].Hash == want[0].Hash {
		t.Error("another version of the engine has the same drawings")
	}
}

func TestMemoryForgetsWhatNobodyAsksFor(t *testing.T) {
	one := []Drawing{{Option: make([]byte, 96)}}
	m := &memory{most: 1000} // 500 in each half: five drawings of 100
	for i := range 8 {
		m.put(fmt.Sprint("a", i), one)
		if _, ok := m.get("a0"); !ok {
			t.Fatalf("asked for a moment ago, and gone after %d", i)
		}
	}
	for i := range 20 {
		m.put(fmt.Sprint("b", i), one)
	}
	if _, ok := m.get("a0"); ok {
		t.Error("kept for ever")
	}
	if _, ok := m.get("b19"); !ok {
		t.Error("the last one is gone")
	}
	if n := len(m.fresh) + len(m.old); n > 10 {
		t.Errorf("%d drawings are kept", n)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				if f := figureOf(i % 50); !reflect.DeepEqual(Drawings(f, "1")[1].Option, drawings(f, "1")[1].Option) {
					t.Error("somebody else's drawing")
				}
			}
		})
	}
	wg.Wait()
}

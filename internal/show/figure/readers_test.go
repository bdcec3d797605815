package figure_test

import (
	"regexp"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// asked is a question of which much, some and nothing may be shown, of one answer and of several.
func forReaders() (list []result.Question) {
	add := func(kind bank.Kind, several bool, row result.Row) {
		row.Unit, row.N = "s", 40
		list = append(list, result.Question{ID: "q", Text: "How often?", Kind: kind, Several: several, FavourableWords: "often or always",
			Options: []result.Option{{Label: "Never"}, {Label: "Often", Favourable: true}, {Label: "Always", Favourable: true}, {Label: "I don’t know", Missing: true}}, Rows: []result.Row{row}})
	}
	share := &result.Share{X: 25, N: 40, Low: .5, High: .7, Sampled: true}
	bars := []result.Bar{{Options: []int{0}, Count: 15}, {Options: []int{1}, Count: 15}, {Options: []int{2}, Count: 10}}
	add(bank.Unipolar, false, result.Row{Share: share, Bars: bars})
	add(bank.Unipolar, false, result.Row{Share: &result.Share{X: 25, N: 40, OfAll: true, Census: true}, Bars: []result.Bar{{Options: []int{0}, NoAnswer: true, Count: 15}, {Options: []int{1, 2}, Count: 25}}})
	add(bank.Unipolar, false, result.Row{Band: &result.Band{Options: []int{1, 2}, Low: 90, High: 100}})
	add(bank.Unipolar, false, result.Row{Band: &result.Band{Options: []int{1, 2}, Low: 0, High: 10}})
	add(bank.Choice, false, result.Row{Bars: bars})
	add(bank.Choice, false, result.Row{Bars: bars[1:]})
	add(bank.Choice, true, result.Row{Each: []result.Each{{Share: share}, {}, {Band: &result.Band{Low: 0, High: 10}}, {}}})
	add(bank.Unipolar, false, result.Row{Hidden: true})
	for i := range list[4:6] {
		q := &list[4+i]
		q.FavourableWords = ""
		for o := range q.Options {
			q.Options[o].Favourable = false
		}
	}
	return list
}

// Everything that the page for everybody says of a question can be said in each language: no sentence is missing, and in
// other letters than Latin ones no English is left.
func TestForReadersInEveryLanguage(t *testing.T) {
	latin := regexp.MustCompile(`[A-Za-z]`)
	labels := []string{"١", "٢", "٣", "٤"}
	g := result.Group{Unit: "s", Name: "Riverside", Shown: true, Asked: 60, Answered: 44}
	other := map[string]bool{"ar": true, "ur": true, "bn": true, "pa": true, "uk": true}
	seen := 0
	for _, l := range words.Languages()[1:] {
		v := words.In(l.Code)
		for n, q := range forReaders() {
			for _, open := range []bool{false, true} {
				rel := result.Release{Audience: bank.Pupils11to16, Open: open}
				f := figure.ForReaders(v, rel, figure.Translated(v, q, "؟", labels), g)
				said := strings.Join([]string{f.Title, f.Sentence, f.Doubt, f.Note, strings.Join(f.Table.Head, " "), text(f.Table), figure.RateForReaders(v, rel, g)}, "\n")
				if strings.Contains(said, "[") || other[l.Code] && latin.MatchString(said) || strings.Contains(said, "said") || strings.Contains(said, "no value") {
					t.Errorf("%s, question %d: %s", l.Code, n, said)
				}
				seen++
			}
		}
	}
	if seen < 11*8*2 {
		t.Errorf("only %d figures", seen)
	}
}

// The plain figure tells no other number than the one that staff read.
func TestForReadersTellsTheSameNumbers(t *testing.T) {
	number := regexp.MustCompile(`\d+`)
	v := words.English()
	g := result.Group{Unit: "s", Name: "Riverside", Shown: true, Asked: 60, Answered: 44}
	for n, q := range forReaders() {
		rel := result.Release{Audience: bank.Pupils11to16}
		full, plain := figure.Question(v, rel, q, g), figure.ForReaders(v, rel, q, g)
		known := map[string]bool{"44": true, "40": true}
		for _, x := range number.FindAllString(text(full.Table)+full.Sentence+full.Doubt+full.Note, -1) {
			known[x] = true
		}
		for _, x := range number.FindAllString(text(plain.Table)+plain.Sentence+plain.Doubt, -1) {
			if !known[x] && n != 2 && n != 3 { // bands are said in words to staff
				t.Errorf("question %d tells %s: %q\n%s", n, x, plain.Sentence, text(plain.Table))
			}
		}
	}
	f := figure.ForReaders(v, result.Release{}, forReaders()[0], g)
	if f.Sentence != "25 of 40 (63%) said often or always." || f.Table.Rows[1][2].Bar != 38 || !strings.Contains(f.Doubt, "50% and 70%") {
		t.Errorf("%q %+v %q", f.Sentence, f.Table.Rows, f.Doubt)
	}
}

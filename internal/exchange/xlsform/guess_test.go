package xlsform

import (
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
)

func TestAGuessGoesOutAndComesBack(t *testing.T) {
	d, _, _ := survey.FromTemplate(loadBank(t), "first_class")
	if p := d.AddGuess(loadBank(t), "q3", ""); p != nil {
		t.Fatal(p)
	}
	data := write(t, d, nil)
	form := read(t, data, Options{})
	i := slices.IndexFunc(form.Document.Questions(), func(q survey.Question) bool { return q.Guesses == "l2l_c_mistake" })
	if i != 3 || form.Document.Problems() != nil {
		t.Fatalf("it came back at %d: %v", i, form.Document.Problems())
	}
	form.Document.Kept = nil
	comesBack(t, form.Document, nil)
	// In a language of the form it stands in its usual words.
	said := map[string]string{}
	for _, w := range d.Words() {
		if q, _ := d.Question(w.Place); q.Guesses == "" {
			said[w.Key] = "pl " + w.Text
		}
	}
	form = read(t, write(t, d, translations{"pl": said}), Options{})
	polish, missing := form.Document.In("pl", form.Translations["pl"])
	if q := polish.Questions()[3]; missing > 0 || !strings.HasPrefix(q.Text, "Jak myślisz") || q.Options[0].Label != "Prawie nikt" {
		t.Errorf("%d missing: %+v", missing, q)
	}
	sheets, _ := open(data)
	for _, s := range sheets {
		if s.name == "_voice" {
			col := slices.Index(s.rows[0], "guesses")
			for _, row := range s.rows {
				if len(row) > col && row[col] == "l2l_c_mistake" {
					row[col] = "afl_c_level"
				}
			}
		}
	}
	file, err := save(sheets)
	if err != nil {
		t.Fatal(err)
	}
	_, problems := Read(file, loadBank(t), Options{})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "afl_c_level, which is not asked") {
		t.Errorf("%v", problems)
	}
}

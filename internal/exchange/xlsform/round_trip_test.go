package xlsform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/exchange/surveyfile"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func loadBank(t testing.TB) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type translations = map[string]map[string]string

func write(t *testing.T, d survey.Document, said translations) []byte {
	t.Helper()
	data, err := Write(d, said, loadBank(t))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, data []byte, o Options) Form {
	t.Helper()
	form, problems := Read(data, loadBank(t), o)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return form
}

// asRead is how a document comes back: numbered anew and, where it is the school's own, from a file.
func asRead(d survey.Document) survey.Document {
	out := d
	out.Last, out.Kept = nil, nil
	out.Sections = append([]survey.Section(nil), d.Sections...)
	for i := range out.Sections {
		out.Sections[i].Questions = append([]survey.Question(nil), d.Sections[i].Questions...)
		for j := range out.Sections[i].Questions {
			if q := &out.Sections[i].Questions[j]; q.Origin == survey.FromSchool {
				q.Origin = survey.FromFile
			}
		}
	}
	return out
}

// comesBack writes a document and reads it, twice, and compares.
func comesBack(t *testing.T, d survey.Document, said translations) {
	t.Helper()
	first := write(t, d, said)
	form := read(t, first, Options{})
	if diff := cmp.Diff(asRead(d), asRead(form.Document)); diff != "" {
		t.Errorf("%s: the document changed:\n%s", d.Title, diff)
	}
	if said == nil {
		said = translations{}
	}
	if diff := cmp.Diff(said, form.Translations); diff != "" {
		t.Errorf("%s: the translations changed:\n%s", d.Title, diff)
	}
	if form.Document.Kept != nil && form.Document.Kept.Sheets != nil {
		t.Errorf("%s: our own file was kept beside the document", d.Title)
	}
	second, problems := open(write(t, form.Document, form.Translations))
	if problems != nil {
		t.Fatal(problems)
	}
	sheets, _ := open(first)
	if diff := cmp.Diff(sheets, second, cmp.AllowUnexported(sheet{})); diff != "" {
		t.Errorf("%s: written again, the file is another:\n%s", d.Title, diff)
	}
}

// Every ready survey of the bank goes out and comes in as it was.
func TestReadySurveysComeBack(t *testing.T) {
	b := loadBank(t)
	n := 0
	for _, template := range b.Templates {
		d, _, problems := survey.FromTemplate(b, template.ID)
		if len(problems) > 0 || !bank.CanAnswer(d.Audience) || len(d.Questions()) == 0 {
			continue
		}
		n++
		comesBack(t, d, nil)
	}
	if n < 10 {
		t.Errorf("only %d ready surveys were tried", n)
	}
}

// everyKind is the demo's survey that asks in every way there is.
func everyKind(t *testing.T) survey.Document {
	t.Helper()
	data, err := os.ReadFile("../../rehearsal/every_kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := surveyfile.Read(data, loadBank(t))
	if problems != nil {
		t.Fatal(problems)
	}
	return d
}

func TestEveryKindComesBack(t *testing.T) {
	d := everyKind(t)
	d.Intro = "This is about your day."
	d.Sections[0].ShowIf, d.Sections[1].ShowIf = "", "selected(${q2}, 'packed') or ${q3} > 5"
	for i := range d.Sections[1].Questions {
		d.Sections[1].Questions[i].ShowIf = "selected(${q4}, 'yard')"
	}
	comesBack(t, d, nil)

	// All of it in Welsh, some in Arabic; one piece reads the same in both languages, one begins like a formula.
	said := translations{"cy": {}, "ar": {}}
	for i, w := range d.Words() {
		said["cy"][w.Key] = "=CY " + w.Text
		if i%3 == 0 {
			said["ar"][w.Key] = "عربي " + w.Text
		}
	}
	said["ar"][d.Words()[1].Key] = d.Words()[1].Text
	comesBack(t, d, said)
}

// The demo's survey with its real translations.
func TestDemoTranslationsComeBack(t *testing.T) {
	data, err := os.ReadFile("../../rehearsal/translations.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]string
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	b := loadBank(t)
	n := 0
	for _, template := range b.Templates {
		d, _, problems := survey.FromTemplate(b, template.ID)
		if len(problems) > 0 || !bank.CanAnswer(d.Audience) {
			continue
		}
		said := translations{}
		for _, w := range d.Words() {
			for code, text := range all[w.Text] {
				if said[code] == nil {
					said[code] = map[string]string{}
				}
				said[code][w.Key] = text
				n++
			}
		}
		comesBack(t, d, said)
	}
	if n < 100 {
		t.Errorf("only %d translated pieces were tried", n)
	}
}

// realForms is where workbooks of other people lie, when they are at hand: they are not part of this repository.
func realForms(t *testing.T) []string {
	shared := os.Getenv("EARSHOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared") // beside the repository
	}
	files, err := filepath.Glob(filepath.Join(shared, "data", "xlsform", "*.xls*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Logf("no workbooks of other people in %s: nothing tried", shared)
	}
	return files
}

func TestRealForms(t *testing.T) {
	b := loadBank(t)
	want := map[string]string{ // what each is told; "" for those that can be read
		"case_insensitivity.xlsx": "Sheet SURVEY, row 3, column A (TYPE): The choices of this question stand outside",
		"field-list.xlsx":         "",
		"flat_xlsform_test.xlsx":  "Sheet survey, row 48, column A (type): The type deviceid collects what tells who somebody is",
		"group.xlsx":              "Sheet survey, row 4, column A (type): The type phone number collects what tells who",
		"specify_other.xlsx":      "Sheet survey, row 2, column A (type): An answer of one’s own cannot hang on a question.",
		"table-list.xls":          "save it as an Excel workbook (.xlsx)",
		"tutorial.xls":            "save it as an Excel workbook (.xlsx)",
		"xlsform_spec_test.xlsx":  "Sheet survey, row 15, column A (type): Questions that repeat cannot be asked here.",
		"yes_or_no_question.xlsx": "",
	}
	for _, path := range realForms(t) {
		name := filepath.Base(path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		form, problems := Read(data, b, Options{Audience: bank.Parents, Title: "A form of others"})
		says, known := want[name]
		switch {
		case says == "" && known && len(problems) > 0 || says != "" && !strings.Contains(problems.Error(), says):
			t.Errorf("%s:\n%v", name, problems)
		case len(problems) == 0:
			again, second := twice(t, form, Options{Audience: bank.Parents, Title: "Something else"})
			if diff := cmp.Diff(asRead(form.Document), asRead(again.Document)); diff != "" {
				t.Errorf("%s came back changed:\n%s", name, diff)
			}
			before, _ := open(data)
			keeps(t, name, before, second)
		}
		for _, p := range problems {
			if strings.Contains(p.Message, "This will not do") || strings.Contains(p.Message, "{most}") {
				t.Errorf("%s: no sentence: %v", name, p)
			}
		}
	}
}

// twice writes a form and reads it again.
func twice(t *testing.T, form Form, o Options) (Form, []sheet) {
	t.Helper()
	data := write(t, form.Document, form.Translations)
	sheets, problems := open(data)
	if problems != nil {
		t.Fatal(problems)
	}
	return read(t, data, o), sheets
}

// keeps asks that every cell of a file is where it was after reading and writing it, with the blank ones filled at most.
func keeps(t *testing.T, name string, before, after []sheet) {
	t.Helper()
	for _, was := range before {
		if strings.HasPrefix(was.name, "_") {
			continue
		}
		found := false
		for _, is := range after {
			if is.name != was.name {
				continue
			}
			found = true
			for i, cells := range was.rows {
				for j, c := range cells {
					if strings.TrimSpace(c) != "" && (i >= len(is.rows) || j >= len(is.rows[i]) || is.rows[i][j] != c) {
						t.Errorf("%s: sheet %s, row %d, column %d was %q", name, was.name, i+1, j+1, c)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s: the sheet %s is gone", name, was.name)
		}
	}
}

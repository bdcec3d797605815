package xlsform

import (
	"strconv"
	"strings"
	"testing"

	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"

	"github.com/google/go-cmp/cmp"
)

// An import that nobody touched is written as it was: unknown columns, appearances, remarks and the order of everything.
func TestUntouched(t *testing.T) {
	nested := strings.NewReplacer("end_group | queue | | | | | | | f", "begin group | inner | | ${minutes} > 5 | | | | | x\nselect_multiple Other | which | Which? | | count-selected(.) <= 2 | | | |\nend group | | | | | | | | y\nend_group | queue | | | | | | | f",
		"unused | a | Nobody asks this | | |", "Other | Is-1 | One | | | \nOther | 2 | Two\nOther | DREI | Three\nunused | a | Nobody").Replace(lunch)
	for name, text := range map[string]string{"lunch": lunch, "nested": nested,
		"bare":      strings.ReplaceAll(strings.ReplaceAll(lunch, "label::English (en)", "label"), "| English (en) |", "| |"),
		"capitals":  strings.NewReplacer("--- survey\ntype | name", "--- SURVEY\nTYPE | Name", "--- choices\nlist_name", "--- Choices\nlist name").Replace(lunch),
		"one colon": strings.NewReplacer("label::", "label:", "hint::", "hint:").Replace(lunch),
		"curly":     strings.ReplaceAll(lunch, "'Canteen'", "‘Canteen’"),
		"formula":   strings.ReplaceAll(strings.ReplaceAll(lunch, "Thank you.", "=1+1"), "a remark", "=HYPERLINK(\"http://example.org\")"),
	} {
		t.Run(name, func(t *testing.T) {
			data := book(t, text)
			form := read(t, data, pupils)
			again, after := twice(t, form, Options{})
			before, _ := open(data)
			keeps(t, name, before, after)
			for i, s := range before {
				if diff := cmp.Diff(trimmed(s.rows), trimmed(after[i].rows)); diff != "" {
					t.Errorf("sheet %s changed:\n%s", s.name, diff)
				}
			}
			if diff := cmp.Diff(asRead(form.Document), asRead(again.Document)); diff != "" {
				t.Errorf("it came back changed:\n%s", diff)
			}
			third, last := twice(t, again, Options{})
			if diff := cmp.Diff(after, last, cmp.AllowUnexported(sheet{})); diff != "" || third.Document.Hash() != form.Document.Hash() {
				t.Errorf("the third time it is another file:\n%s", diff)
			}
		})
	}
}

// rowsOf is a sheet as text again.
func rowsOf(sheets []sheet, name string) string {
	var b strings.Builder
	for _, s := range sheets {
		if s.name == name {
			for _, cells := range s.rows {
				b.WriteString(strings.Join(cells, "|") + "\n")
			}
		}
	}
	return b.String()
}

// What is changed in Earshot is changed in the file, and the rest of the file stays.
func TestChangesGoIntoTheFile(t *testing.T) {
	form := read(t, book(t, lunch), pupils)
	d := form.Document
	if !d.Reword("q2", "How long is the queue, in minutes?", "", "") {
		t.Fatal("not reworded")
	}
	d.Title = "Lunch time"
	said := translations{"cy": {}}
	for _, w := range d.Words() {
		if w.Part == "text" {
			said["cy"][w.Key] = "CY " + w.Text
		}
	}
	again, sheets := twice(t, Form{Document: d, Translations: said}, Options{})
	rows := rowsOf(sheets, "survey")
	for _, want := range []string{
		"type|name|label::English (en)|relevant|constraint|required|appearance|hint::English (en)|my column|label::Cymraeg (cy)\n",
		"select_one lunch|Lunch|What do you do for lunch?|||yes|minimal|Think of this week|a|CY What do you do for lunch?\n",
		"begin_group|queue|The queue|selected(${Lunch}, 'Canteen')|||w4||b|The queue\n",
		"integer|minutes|How long is the queue, in minutes?||. >= 0 and . <= 60||||c|CY How long is the queue, in minutes?\n",
		"||||||||a remark\ncalculate|twice|||||||d\n",
	} {
		if !strings.Contains(rows, want) {
			t.Errorf("%q is not in\n%s", want, rows)
		}
	}
	if got := rowsOf(sheets, "settings"); !strings.Contains(got, "Lunch time|lunch_1|") || strings.Contains(got, "|7|") {
		t.Errorf("settings are\n%s", got)
	}
	if again.Document.Title != "Lunch time" || again.Document.Sections[0].Title != "Lunch" || again.Document.Questions()[1].Wording != d.Questions()[1].Wording {
		// The first part was given the title of the form; changed apart from it, it gets a group of its own.
		t.Errorf("%+v", again.Document)
	}
	if diff := cmp.Diff(said, again.Translations); diff != "" {
		t.Error(diff)
	}
}

// A question taken out or added changes the order of rows; what else stood there goes with what it stood before.
func TestRowsComeAndGo(t *testing.T) {
	form := read(t, book(t, lunch), pupils)
	d := form.Document
	d.Remove("q3")
	scale, _ := loadBank(t).Scale("freq5")
	d.AddOwn("s1", survey.Own{Text: "How often is it loud?", About: "school", Origin: survey.FromSchool, Scale: scale})
	if found := d.AddItem(loadBank(t), "s1", "org_s_fair"); len(found) > 0 {
		t.Fatal(found)
	}
	again, sheets := twice(t, Form{Document: d}, Options{})
	rows := rowsOf(sheets, "survey")
	want := `type|name|label::English (en)|relevant|constraint|required|appearance|hint::English (en)|my column
begin_group|part_1|Lunch
select_one lunch|Lunch|What do you do for lunch?|||yes|minimal|Think of this week|a
select_one freq5|` + d.Sections[0].Questions[1].Item + `|How often is it loud?||||likert
select_one freq5|org_s_fair|How often are school rules used in a fair way?||||likert
end_group
begin_group|queue|The queue|selected(${Lunch}, 'Canteen')|||w4||b
integer|minutes|How many minutes do you stand in it?||. >= 0 and . <= 60||||c
||||||||a remark
calculate|twice|||||||d
end_group|queue|||||||f
`
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(renumbered(d), asRead(again.Document)); diff != "" {
		t.Error(diff)
	}
}

// renumbered is a document with the numbers that it has when it is read again.
func renumbered(d survey.Document) survey.Document {
	out := asRead(d)
	ids := map[string]string{}
	n := 0
	for i := range out.Sections {
		s := &out.Sections[i]
		s.ID = "s" + strconv.Itoa(i+1)
		for j := range s.Questions {
			n++
			ids[s.Questions[j].ID] = "q" + strconv.Itoa(n)
			s.Questions[j].ID = "q" + strconv.Itoa(n)
		}
	}
	change := func(text string) string {
		e, err := expression.Parse(text)
		if err != nil || text == "" {
			return text
		}
		return e.Renamed(func(id string) string { return ids[id] }, func(_, option string) string { return option })
	}
	for i := range out.Sections {
		out.Sections[i].ShowIf = change(out.Sections[i].ShowIf)
		for j := range out.Sections[i].Questions {
			out.Sections[i].Questions[j].ShowIf = change(out.Sections[i].Questions[j].ShowIf)
		}
	}
	return out
}

// Whatever is done to a survey that came from a file with groups within groups, its own file says the same.
func TestAnyChangeComesBack(t *testing.T) {
	text := `
--- survey
type | name | label | relevant | appearance | mine
note | hello | Hello | | | 1
select_one a | one | One? | | quick | 2
begin group | outer | Outer | ${one} = 'x' | | 3
select_one a | two | Two? | ${one} != '' | | 4
begin group | inner | | ${two} = 'y' | field-list | 5
begin group | grid | How much? | | table-list | 6
select_one a | g1 | This | | | 7
select_one a | g2 | That | | | 8
end group | | | | | 9
select_multiple b | three | Three? | | | 10
end group | | | | | 11
rank b | four | Four? | | | 12
end group
hidden | h | | | | 13
integer | five | Five? | | | 14
begin group | last | Last | | | 15
select_one a | six | Six? | ${five} > 3 | | 16
end group
note | bye | Goodbye | | | 17
--- choices
list_name | name | label | mine
a | x | X | 1
a | y | Y |
b | k | K |
b | l | L | 2
b | m | M |
`
	text = strings.Replace(text, "Five? | |", "Five? | |", 1)
	text = strings.ReplaceAll(text, "| appearance | mine", "| appearance | mine | constraint")
	text = strings.Replace(text, "| 14", "| 14 | . > 0 and . < 10", 1)
	form := read(t, book(t, text), pupils.titled("Many groups"))
	for name, change := range map[string]func(d *survey.Document){
		"nothing":  func(*survey.Document) {},
		"title":    func(d *survey.Document) { d.Title = "Another" },
		"heading":  func(d *survey.Document) { d.Sections[1].Title = "Outside" },
		"headings": func(d *survey.Document) { d.Sections[3].Title = "More" },
		"rule":     func(d *survey.Document) { d.Sections[2].ShowIf = "${q2} = 'y'" },
		"no rule":  func(d *survey.Document) { d.Sections[1].ShowIf = "" },
		"own rule": func(d *survey.Document) { d.Sections[1].Questions[0].ShowIf = "" },
		"draw":     func(d *survey.Document) { d.Sections[2].Ask = 2 },
		"page":     func(d *survey.Document) { d.Sections[1].Text = "Now come others." },
		"intro":    func(d *survey.Document) { d.Intro = "Welcome" },
		"grid":     func(d *survey.Document) { regrid(d, "How often?") },
		"no grid":  func(d *survey.Document) { regrid(d, "") },
		"words":    func(d *survey.Document) { d.Reword("q4", "That one", "", "") },
		"topics": func(d *survey.Document) {
			d.Sections[0].Choice, d.Sections[1].Choice, d.Sections[1].ShowIf = "c1", "c1", ""
			for i := range d.Sections[1].Questions { // nobody who chose one topic has answered the other
				d.Sections[1].Questions[i].ShowIf = ""
			}
			d.Sections[2].ShowIf = "${q3} = 'y'"
			d.Choices = []survey.Choice{{ID: "c1", Text: "Choose", Pick: 1}}
		},
		"order": func(d *survey.Document) {
			s := d.Sections[2].Questions
			s[0], s[1], s[2] = s[2], s[0], s[1]
		},
		"minutes": func(d *survey.Document) { d.Minutes = 9 },
	} {
		d := asRead(form.Document)
		d.Kept = form.Document.Kept
		change(&d)
		for i := range d.Sections {
			for j := range d.Sections[i].Questions {
				if q := &d.Sections[i].Questions[j]; q.Type != survey.TypeNote {
					q.Wording = q.MakeWording()
				}
			}
		}
		if found := d.Problems(); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
			continue
		}
		again, sheets := twice(t, Form{Document: d}, Options{})
		if diff := cmp.Diff(renumbered(d), asRead(again.Document)); diff != "" {
			t.Errorf("%s:\n%s\n%s", name, diff, rowsOf(sheets, "survey"))
		}
		if rows := rowsOf(sheets, "survey"); !strings.Contains(rows, "hidden|h||||13") || !strings.Contains(rows, "quick|2") {
			t.Errorf("%s: what Earshot has no place for is gone:\n%s", name, rows)
		}
	}
	for _, q := range form.Document.Questions() {
		d := asRead(form.Document)
		d.Kept = form.Document.Kept
		d.Remove(q.ID)
		if len(d.Problems()) > 0 {
			continue // others hang on it
		}
		d.Last = nil
		again, _ := twice(t, Form{Document: d}, Options{})
		if diff := cmp.Diff(renumbered(d), asRead(again.Document)); diff != "" {
			t.Errorf("without %s:\n%s", q.Item, diff)
		}
	}
}

func (o Options) titled(title string) Options {
	o.Title = title
	return o
}

func regrid(d *survey.Document, text string) {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; q.Grid != "" {
				q.Grid = text
			}
		}
	}
}

// Words of the bank that somebody changed in the file are no longer the bank's.
func TestBankWordsChanged(t *testing.T) {
	b := loadBank(t)
	d, _, _ := survey.FromTemplate(b, "first_say")
	sheets, _ := open(write(t, d, nil))
	sheets[0].rows[1][2] = "How is it now?"
	data, err := save(sheets)
	if err != nil {
		t.Fatal(err)
	}
	form := read(t, data, Options{})
	q, was := form.Document.Questions()[0], d.Questions()[0]
	if q.Item != survey.OwnPrefix+was.Item || q.Origin != survey.FromFile || q.Text != "How is it now?" || q.About != was.About || q.Sensitive != was.Sensitive || q.Wording == was.Wording {
		t.Errorf("%+v", q)
	}
	if !strings.Contains(form.Notes.Error(), "it became a question of your own") {
		t.Error(form.Notes)
	}
	if next := form.Document.Questions()[1]; next.Origin != survey.FromBank || next.Wording != d.Questions()[1].Wording {
		t.Errorf("%+v", next)
	}
	// Our own sheets are checked as well.
	for i := range sheets[3].rows {
		for j, c := range sheets[3].rows[i] {
			if c == string(was.About) && j == 4 {
				sheets[3].rows[i][j] = "everything"
			}
		}
	}
	data, err = save(sheets)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := Read(data, b, Options{}); len(problems) == 0 || !strings.Contains(problems.Error(), "Sheet _voice, row 3, column E (about): everything is not one of: this_class, lessons") {
		t.Error(problems)
	}
}

// Scores make an order; without a favourable end, or out of order, they do not.
func TestScores(t *testing.T) {
	form := `
--- survey
type | name | label
select_one how | good | How was it?
--- choices
list_name | name | label | score | favourable | missing
how | bad | Bad | 0 | |
how | fair | Fair | 5 | |
how | good | Good | 10 | yes |
how | dk | I don't know | | | yes
--- settings
form_title
How was it
`
	q := read(t, book(t, form), pupils).Document.Questions()[0]
	if q.Type != survey.TypeScale || q.FavourableWords != "good" || q.Options[2].Value != 3 || q.Options[3].Value != 0 || !q.IsMissing("dk") || !q.IsFavourable("good") {
		t.Errorf("%+v", q)
	}
	for _, text := range []string{strings.Replace(form, "| 10 | yes", "| 10 |", 1), strings.Replace(form, "| 10 |", "| 3 |", 1)} {
		got := read(t, book(t, text), pupils)
		if q := got.Document.Questions()[0]; q.Type != survey.TypeSingle || q.Options[0].Value != 0 || len(got.Notes) < 2 {
			t.Errorf("%+v\n%v", q, got.Notes)
		}
		comes, _ := twice(t, got, Options{})
		if diff := cmp.Diff(asRead(got.Document), asRead(comes.Document)); diff != "" {
			t.Error(diff)
		}
	}
}

package xlsform

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// book makes a workbook of sheets written as text: "--- name" begins a sheet, a line is a row, and | stands between cells.
func book(t testing.TB, text string) []byte {
	t.Helper()
	var sheets []sheet
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if name, ok := strings.CutPrefix(line, "--- "); ok {
			sheets = append(sheets, sheet{name: name})
			continue
		}
		var cells []string
		for _, c := range strings.Split(line, "|") {
			cells = append(cells, strings.TrimSpace(c))
		}
		s := &sheets[len(sheets)-1]
		s.rows = append(s.rows, cells)
	}
	data, err := save(sheets)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var pupils = Options{Audience: bank.Pupils11to16}

const lunch = `
--- survey
type | name | label::English (en) | relevant | constraint | required | appearance | hint::English (en) | my column
select_one lunch | Lunch | What do you do for lunch? | | | yes | minimal | Think of this week | a
begin_group | queue | The queue | selected(${Lunch}, 'Canteen') | | | w4 | | b
integer | minutes | How many minutes do you stand in it? | | . >= 0 and . <= 60 | | | | c
 | | | | | | | | a remark
calculate | twice | | | | | | | d
note | bye | Thank you. | | | | | | e
end_group | queue | | | | | | | f
--- choices
list_name | name | label::English (en) | score | favourable | colour
lunch | Canteen | I eat in the canteen | | | red
lunch | packed | I bring my own | | | blue
unused | a | Nobody asks this | | |
--- settings
form_title | form_id | version | default_language | style
Lunch | lunch_1 | 7 | English (en) | pages
--- notes to self
Ask Ms Brown
`

func TestReadForm(t *testing.T) {
	form := read(t, book(t, lunch), pupils)
	d := form.Document
	if d.Title != "Lunch" || d.Language != "en" || d.Audience != bank.Pupils11to16 || d.Minutes != 1 || len(d.Sections) != 2 {
		t.Fatalf("%+v", d)
	}
	var got []string
	for _, s := range d.Sections {
		got = append(got, s.Title+" ["+s.ShowIf+"]")
		for _, q := range s.Questions {
			got = append(got, q.ID+" "+q.Item+" "+string(q.Type)+" "+string(q.About)+" "+q.Text)
		}
	}
	want := []string{"Lunch []", "q1 own_lunch single school What do you do for lunch?", "The queue [selected(${q1}, 'canteen')]",
		"q2 own_minutes number school How many minutes do you stand in it?", "q3 own_bye note  Thank you."}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if q, _ := d.Question("q2"); q.Min != 0 || q.Max != 60 || len(q.Options) != 5 {
		t.Errorf("%+v", q)
	}
	said := strings.Join(form.Notes.Lines(), "\n")
	for _, want := range []string{
		"taken to be about: school",
		"Sheet survey, column F (required): Required is taken as a gentle reminder",
		"Sheet survey, row 5: This row has no type, name or label",
		"Sheet survey, row 6, column A (type): A calculate is not worked out here.",
		"kept for saving the form again: hint::English (en), my column.",
		"Earshot decides itself how a question looks. Kept for saving the form again: minimal, w4.",
		"The choice Canteen is called canteen here.",
		"their part was given the title Lunch.",
		"Sheet choices, row 1: Not used here, but kept for saving the form again: colour.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing is said like %q:\n%s", want, said)
		}
	}
	if len(d.Problems()) > 0 || d.Kept == nil || !slices.Equal(d.Kept.Notes, form.Notes.Lines()) {
		t.Error(d.Problems(), d.Kept)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		old, new string
		says     string
	}{
		// Types.
		{"select_one lunch |", "select_one_from_file lunch.csv |", "row 2, column A (type): The choices of this question stand in another file."},
		{"select_one lunch |", "select_one lunch or_other |", "Add a choice “other” to the list, and a text question with relevant, such as selected(${sex}, 'other')."},
		{"select_one lunch |", "geopoint |", "The type geopoint collects where somebody is"},
		{"select_one lunch |", "image |", "takes a picture"},
		{"select_one lunch |", "barcode |", "A barcode cannot be asked for"},
		{"select_one lunch |", "username |", "tells who somebody is"},
		{"select_one lunch |", "date |", "an exact day or time can point at a person"},
		{"select_one lunch |", "decimal |", "counts whole numbers only"},
		{"select_one lunch |", "acknowledge |", "A box to tick is no question"},
		{"select_one lunch |", "select_one ${minutes} |", "Questions that repeat"},
		{"select_one lunch |", "pick lunch |", "The type pick lunch is not known"},
		{"select_one lunch |", " |", "row 2, column A (type): This row has a name or a label but no type"},
		{"begin_group | queue", "begin_repeat | queue", "row 3, column A (type): Questions that repeat cannot be asked here"},
		{"end_group | queue |", " | |", "row 3, column A (type): The group that begins here has no end_group."},
		{"begin_group | queue | The queue | selected(${Lunch}, 'Canteen') | | | w4 | | b", " | | | | | | | |", "row 8, column A (type): There is no group to end here."},
		// Names and words.
		{"| Lunch | What", "| | What", "row 2, column B (name): This row has no name."},
		{"| Lunch | What", "| 1st | What", "The name 1st cannot be used."},
		{"| minutes |", "| Lunch |", "row 4, column B (name): The name Lunch is used in row 2 already."},
		{"How many minutes do you stand in it?", "", "row 4, column C (label::English (en)): There are no words to read in label."},
		{"How many minutes", "How, ${Lunch}, many minutes", "The words have ${Lunch}, an earlier answer put into a text"},
		{"How many minutes", strings.Repeat("Very many ", 60) + "minutes", "The text has more than 500 characters."},
		{"name | label::English (en) | relevant", "label::English (en) | name | label::English (en)", "Two columns stand for label."},
		{"type | name", "typ | name", "Sheet survey, row 1: There is no column type."},
		// Choices.
		{"select_one lunch |", "select_one lunches |", "There is no list lunches in the sheet choices."},
		{"lunch | packed", "lunch | Canteen", "Sheet choices, row 3, column B (name): The list lunch has the name Canteen in row 2 already."},
		{"lunch | packed", " | packed", "Sheet choices, row 3, column A (list_name): This choice belongs to no list."},
		{"lunch | packed", "lunch | ", "This choice has no name."},
		{"I bring my own", "", "Sheet choices, row 3, column C (label::English (en)): There are no words to read in label."},
		{"I bring my own", "I EAT in the canteen", "Two choices of the list have the label I EAT in the canteen."},
		{"lunch | packed | I bring my own | | | blue\n", "", "The list has fewer than two choices that count."},
		{"select_one lunch |", "select_multiple lunch |", "There are fewer than three choices"},
		{"--- choices", "--- choice", "There is no sheet called choices, but one called choice. Did you mean it? Call it choices."},
		{"--- survey", "--- servey", "There is no sheet called survey, but one called servey."},
		{"--- survey", "--- questions", "There is no sheet called survey. Add it"},
		{"--- notes to self", "--- entities\nlist_name | label", "Sheet entities: Earshot does not work with what the sheet entities is for."},
		{"| style\nLunch | lunch_1 | 7 | English (en) | pages", "| allow_choice_duplicates\nLunch | lunch_1 | 7 | English (en) | yes", "Choices with the same name in one list cannot be counted apart."},
		{"required | appearance", "required | choice_filter", "row 2, column G (choice_filter): Choices that hang on an earlier answer cannot be asked."},
		// Rules.
		{"'Canteen')", "'Canteen'", "row 3, column D (relevant): The condition selected(${Lunch}, 'Canteen' cannot be read near its end."},
		{"selected(${Lunch}, 'Canteen')", "pulldata('a', 'b')", "The condition uses pulldata, which is not known here. There are: boolean, coalesce,"},
		{"selected(${Lunch}, 'Canteen')", "position(..) > 1", "The condition uses position"},
		{"selected(${Lunch}, 'Canteen')", "/data/x[1] = 2", "cannot be read near"},
		{"selected(${Lunch}, 'Canteen')", "${Dinner} = 'a'", "The condition looks at Dinner, and nothing in this form has that name."},
		{"selected(${Lunch}, 'Canteen')", "${twice} > 3", "The condition looks at twice, which nobody answers"},
		{"selected(${Lunch}, 'Canteen')", "${queue} = 'a'", "The condition looks at queue, which is a group."},
		{"selected(${Lunch}, 'Canteen')", "${minutes} > 3", "The condition looks at minutes, which is asked at the same place or later, in row 4."},
		{"What do you do for lunch? | |", "What do you do for lunch? | ${minutes} > 3 |", "row 2, column D (relevant): The condition looks at minutes"},
		{"What do you do for lunch? | |", "What do you do for lunch? | ${Lunch} = 'packed' |", "The condition of Lunch looks at Lunch itself"},
		{"'Canteen')", "'salad')", "The condition selected(${Lunch}, 'salad') looks for the answer salad, which is not there."},
		{"selected(${Lunch}, 'Canteen')", "today() = '2026-01-01'", "The condition uses today, which hangs on the day"},
		{"selected(${Lunch}, 'Canteen')", "${Lunch} = 'Canteen' and ${Lunch} = 'packed'", "can never be true"},
		{". >= 0 and . <= 60", "", "A whole number needs a least and a largest answer."},
		{". >= 0 and . <= 60", ". >= 0", "The constraint . >= 0 cannot be kept here."},
		{". >= 0 and . <= 60", "regex(., '[0-9]+')", "cannot be kept here"},
		{"lunch? | | | yes", "lunch? | | . != 'packed' | yes", "The constraint . != 'packed' cannot be kept here."},
		// The form.
		{"Lunch | lunch_1 | 7 | English (en)", " | | 7 | English (en)", "The form has no title"},
		{"(en)", "(xx-long-and-odd-123456789)", "It is not clear which language"},
		{"::English (en)", "::Klingon", "It is not clear which language"},
	} {
		t.Run(c.new, func(t *testing.T) {
			text := strings.Replace(lunch, c.old, c.new, 1)
			if strings.Contains(c.old, "English (en)") && !strings.Contains(c.old, "|") || c.old == "(en)" || c.old == "::English (en)" {
				text = strings.ReplaceAll(strings.ReplaceAll(lunch, c.old, c.new), "| English (en) |", "| |")
			}
			if text == lunch {
				t.Fatal("nothing was changed")
			}
			form, problems := Read(book(t, text), loadBank(t), pupils)
			if form.Document.Title != "" || form.Translations != nil {
				t.Error("half a form was read")
			}
			if !strings.Contains(problems.Error(), c.says) {
				t.Errorf("it says:\n%v", problems)
			}
			if strings.Contains(problems.Error(), "This will not do") || strings.Contains(problems.Error(), "${q") {
				t.Errorf("no words for people:\n%v", problems)
			}
		})
	}
	if _, problems := Read(book(t, lunch), loadBank(t), Options{}); len(problems) != 1 || !strings.Contains(problems.Error(), "who will answer") {
		t.Error(problems)
	}
}

// Every mistake at once is said at once.
func TestManyMistakes(t *testing.T) {
	text := strings.NewReplacer("select_one lunch", "image", "integer", "date", "calculate", "geopoint").Replace(lunch)
	if _, problems := Read(book(t, text), loadBank(t), Options{}); len(problems) != 4 {
		t.Errorf("%d: %v", len(problems), problems)
	}
}

// Every code has its sentence, and no sentence is left without a use.
func TestSentences(t *testing.T) {
	for _, key := range survey.Keys() {
		switch key {
		case survey.UnknownTemplate, survey.UnknownItem, survey.RetiredItem, survey.UnknownSection, survey.AudienceUnknown, survey.SectionID, survey.QuestionID, survey.QuestionItem,
			survey.QuestionWording, survey.QuestionType, survey.QuestionAbout, survey.QuestionSensitive, survey.QuestionOrigin, survey.OptionID, survey.MissingUnknown,
			survey.QuestionDecides, survey.RouteUnknown:
			continue // cannot happen to a form: it is found before, or is made by this package
		}
		if documentSentences[key] == "" {
			t.Errorf("there is no sentence for %s", key)
		}
	}
	for _, all := range []map[string]string{sentences, notes, documentSentences} {
		for code := range maps.Keys(all) {
			if !strings.HasSuffix(strings.TrimRight(all[code], "0123456789"), ".") && !strings.Contains(all[code], "for example: ") && !strings.Contains(all[code], "{columns}") {
				t.Errorf("%s is no whole sentence: %s", code, all[code])
			}
		}
	}
}

func TestTypes(t *testing.T) {
	for text, want := range map[string]asks{
		"select_one a":                       {selectOne, "a", true},
		"Select_One  A":                      {selectOne, "A", true},
		"select one from a":                  {selectOne, "a", true},
		"select1 a":                          {selectOne, "a", true},
		"select all that apply from a":       {selectMany, "a", true},
		"select_multiple a":                  {selectMany, "a", true},
		"rank a":                             {ranked, "a", true},
		"begin group":                        {beginGroup, "", true},
		"END_GROUP":                          {endGroup, "", true},
		"int":                                {number, "", true},
		"select_multiple a or_other":         {kind: typeOther},
		"select one from a or specify other": {kind: typeOther},
		"select multiple from file a.csv":    {kind: typeFile},
		"select_one_external a":              {kind: typeExternal},
		"begin repeat":                       {kind: typeRepeat},
		"end repeat":                         {endGroup, "", true},
		"background-audio":                   {kind: typePrivate},
		"select_one":                         {kind: typeUnknown},
		"osm buildings":                      {kind: typePlace},
		"dateTime":                           {kind: typeDate},
	} {
		if got := parseType(text); got != want {
			t.Errorf("%s is %+v", text, got)
		}
	}
}

func TestBounds(t *testing.T) {
	for text, want := range map[string][2]int{
		". >= 0 and . <= 60":      {0, 60},
		".>0 and .<100":           {1, 99},
		"( . <= 7) and (. >= -3)": {-3, 7},
		"not(. < 1 or . > 5)":     {1, 5},
		"5 >= . and 2 <= .":       {2, 5},
		". >= 0.5 and . < 2.5":    {1, 2},
		". = 4 or . = 5":          {4, 5},
	} {
		if least, most, ok := bounds(text); !ok || least != want[0] || most != want[1] {
			t.Errorf("%s: %d %d %v", text, least, most, ok)
		}
	}
	for _, text := range []string{". >= 0", ". < 5", ". = 1 or . = 4", ". != 3", "${a} >= 0 and . < 3", "string-length(.) < 3", ". mod 2 = 0", "1 = 1", ""} {
		if least, most, ok := bounds(text); ok {
			t.Errorf("%s: %d to %d", text, least, most)
		}
	}
}

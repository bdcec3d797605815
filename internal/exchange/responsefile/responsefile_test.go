package responsefile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

const small = `
survey: {title: "Lessons", audience: pupil_11_16, language: en-GB, minutes: 2}
scales:
  - id: agree4
    kind: agreement
    options:
      - {id: no_way, value: 1, label: "Strongly disagree"}
      - {id: no, value: 2, label: "Disagree"}
      - {id: yes, value: 3, label: "Agree"}
      - {id: very, value: 4, label: "Strongly agree"}
    favourable: [yes, very]
    favourable_words: "agree"
  - id: likely
    kind: agreement
    options:
      - {id: one, value: 1, label: "Likely"}
      - {id: two, value: 2, label: "Certain"}
    favourable: [two]
    favourable_words: "are certain"
  - id: clubs
    kind: choice
    options:
      - {id: chess, value: null, label: "Chess"}
      - {id: games, value: null, label: "Games, indoors"}
      - {id: music, value: null, label: "Music"}
items:
  - {id: own_a, scale: agree4, about: lessons, short: "Fair marks", text: "My work is marked fairly."}
  - {id: own_b, scale: agree4, about: lessons, short: "Time to think", text: "I have enough time to think."}
  - {id: own_c, scale: likely, about: lessons, short: "Likely", text: "I will choose this subject again."}
  - {id: own_d, scale: clubs, type: several, at_most: 3, about: school, short: "Clubs", text: "Which clubs would you go to?"}
  - {id: own_e, type: number, min: 0, max: 10, bands: [3, 6], about: home, short: "Books", text: "How many books did you read this month?"}
sections:
  - {title: "Everything", items: [own_a, own_b, own_c, own_d, own_e]}
`

func read(t *testing.T, text string) survey.Document {
	t.Helper()
	b, err := bank.Load()
	testkit.Must(t, err)
	doc, problems := surveyfile.Read([]byte(text), b)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc
}

// said lists problems as a person reads them.
func said(list []responsefile.Problem) string {
	v := words.English()
	var lines []string
	for _, p := range list {
		lines = append(lines, fmt.Sprintf("%s %s: %s", p.Severity, p.Where(v), p.Say(v)))
	}
	return strings.Join(lines, "\n")
}

func hasAll(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

// workbook makes a workbook of a table.
func workbook(t *testing.T, rows [][]any, more ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		testkit.Must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	for _, change := range more {
		change(f)
	}
	var b bytes.Buffer
	testkit.Must(t, f.Write(&b))
	return b.Bytes()
}

func TestTablesAsText(t *testing.T) {
	plain := "Fair marks;Café\nAgree;\"a;b\"\n\nDisagree;x\n"
	wide := utf16.Encode([]rune(plain))
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range wide {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for name, data := range map[string][]byte{
		"UTF-8": []byte(plain), "with a mark": []byte("\ufeff" + plain), "Windows": []byte(strings.ReplaceAll(plain, "é", "\xe9")),
		"UTF-16 little": little, "UTF-16 big": big, "CRLF": []byte(strings.ReplaceAll(plain, "\n", "\r\n")), "CR": []byte(strings.ReplaceAll(plain, "\n", "\r")),
		"tabs": []byte(strings.ReplaceAll(strings.ReplaceAll(plain, "\"a;b\"", "a;b"), ";C", "\tC")), "sep": []byte("sep=;\n" + plain),
	} {
		if name == "tabs" {
			data = []byte("Fair marks\tCafé\nAgree\ta;b\nDisagree\tx\n")
		}
		table, problems := responsefile.Read(data)
		if responsefile.Stops(problems) || table.Rows() != 2 || len(table.Columns) != 2 {
			t.Errorf("%s: %d rows, %d columns\n%s", name, table.Rows(), len(table.Columns), said(problems))
			continue
		}
		if c := table.Columns[1]; c.Heading != "Café" || c.Value(0) != "a;b" || c.Value(1) != "x" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestWhatTellsWhoSomebodyIsIsDropped(t *testing.T) {
	var b strings.Builder
	b.WriteString("Timestamp,Name,E-mail address,When,Contact,Comments,My work is marked fairly.\n")
	for i := range 900 {
		fmt.Fprintf(&b, "2025/06/12 10:%02d:12 AM EET,Ann%d Bell,ann%d@home.example,12/06/2025 10:%02d,%s,Something only I would say %d,Agree\n",
			i%60, i, i, i%60, map[bool]string{true: "me@home.example", false: "none"}[i == 700], i)
	}
	table, problems := responsefile.Read([]byte(b.String()))
	if responsefile.Stops(problems) || table.Rows() != 900 {
		t.Fatal(said(problems))
	}
	packed, err := table.Pack()
	testkit.Must(t, err)
	again, err := responsefile.Unpack(packed)
	testkit.Must(t, err)
	want := []responsefile.Kind{responsefile.Person, responsefile.Person, responsefile.Person, responsefile.Time, responsefile.Email, responsefile.Words, responsefile.Usable}
	for i, c := range again.Columns {
		if c.Kind != want[i] || c.Kind != responsefile.Usable && (len(c.Values) > 0 || len(c.Cells) > 0) {
			t.Errorf("%s is %q with %d values, want %q and none", c.Heading, c.Kind, len(c.Values), want[i])
		}
	}
	doc := read(t, small)
	for _, c := range again.Columns[:6] {
		_, problems := responsefile.Apply(again, responsefile.Mapping{Questions: map[string]responsefile.Source{"q1": {Column: c.Heading}}}, []survey.Document{doc}, "2026-01-01")
		if !responsefile.Stops(problems) || !strings.Contains(said(problems), "Choose another column") {
			t.Errorf("%s can be an answer: %s", c.Heading, said(problems))
		}
		_, problems = responsefile.Apply(again, responsefile.Mapping{Unit: &responsefile.Unit{Column: c.Heading, Kind: "form"}, Questions: map[string]responsefile.Source{"q1": {Column: again.Columns[6].Heading}}}, []survey.Document{doc}, "2026-01-01")
		if !responsefile.Stops(problems) {
			t.Errorf("%s can be a class", c.Heading)
		}
	}
}

// A question may have such a word in it.
func TestAQuestionIsNoName(t *testing.T) {
	table, _ := responsefile.Read([]byte("I have enough time to think.,What is the date of birth of your teacher?,Do they know your name\nAgree,a,b\n"))
	for _, c := range table.Columns {
		if c.Kind != responsefile.Usable {
			t.Errorf("%q is taken for %s", c.Heading, c.Kind)
		}
	}
}

func TestGuessing(t *testing.T) {
	doc := read(t, small)
	said2, _ := doc.In("pl", map[string]string{})
	for i := range said2.Sections[0].Questions {
		q := &said2.Sections[0].Questions[i]
		for j := range q.Options {
			if q.Options[j].Label == "Agree" {
				q.Options[j].Label = "Zgadzam się"
			}
		}
	}
	docs := []survey.Document{doc, said2}
	table, problems := responsefile.Read([]byte(strings.Join([]string{
		"Timestamp\tForm\tIn lessons [My work is marked fairly.]\t2. I have enough time to think\tI will chose this subject again.\tClubs\tq5\tExtra",
		"x\t9A\tStrong agree\t4\tCertain\tChess, Games, indoors\t3\tfoo",
		"x\t9A\tAgree\t1\tLikely\tMusic\t12\tbar",
		"x\t9B\tzgadzam się\t2.0\tUnlikely\t\t99\tfoo",
		"x\t9B\t3 - Agree\t3\tCertain\tGames, indoors\t0\tbar",
		"x\t9B\tNA\t97\tno answer\tChess,Music\t\tfoo",
	}, "\n")))
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	m := responsefile.Guess(table, docs)
	if m.Unit == nil || m.Unit.Column != "Form" || m.Unit.Kind != "form" || m.Unit.Years["9A"] != "9" {
		t.Errorf("class: %+v", m.Unit)
	}
	for id, want := range map[string]string{"q1": "In lessons [My work is marked fairly.]", "q2": "2. I have enough time to think", "q3": "I will chose this subject again.", "q4": "Clubs", "q5": "q5"} {
		if m.Questions[id].Column != want {
			t.Errorf("%s stands in %q, want %q", id, m.Questions[id].Column, want)
		}
	}
	for value, want := range map[string]string{"Strong agree": "very", "Agree": "yes", "zgadzam się": "yes", "3 - Agree": "yes", "NA": ""} {
		if got, ok := m.Questions["q1"].Values[value]; !ok || got != want {
			t.Errorf("q1: %q stands for %q (%v), want %q", value, got, ok, want)
		}
	}
	for value, want := range map[string]string{"4": "very", "1": "no_way", "2.0": "no", "97": ""} {
		if got, ok := m.Questions["q2"].Values[value]; !ok || got != want {
			t.Errorf("q2: %q stands for %q (%v), want %q", value, got, ok, want)
		}
	}
	if _, ok := m.Questions["q3"].Values["Unlikely"]; ok {
		t.Error("unlikely is taken for likely")
	}
	if m.Questions["q4"].Split != "," {
		t.Errorf("choices stand apart by %q", m.Questions["q4"].Split)
	}
	scales := m.Scales(table, docs, nil)
	hasAll(t, "doubts", said(responsefile.Doubts(scales)), "“Strong agree” is taken for “Strongly agree”", "1 being “Strongly disagree”", "not understood")

	_, problems = responsefile.Apply(table, m, docs, "2026-01-01")
	hasAll(t, "unknown values", said(problems), "Row 4, column “I will chose this subject again.”: “Unlikely” is none of the answers", "Row 3, column “q5”: “12” is none of the answers")
	m.Questions["q3"].Values["Unlikely"], m.Questions["q5"].Values["12"] = "", ""
	r, problems := responsefile.Apply(table, m, docs, "2026-01-01")
	if responsefile.Stops(problems) || len(r.Rows) != 5 || len(r.Without) != 0 {
		t.Fatalf("%d rows, without %v: %s", len(r.Rows), r.Without, said(problems))
	}
	got := fmt.Sprint(r.Counts[0].Options, r.Counts[0].None, r.Counts[1].Options, r.Counts[1].None, r.Counts[2].Options, r.Counts[2].None, r.Counts[3].Options, r.Counts[3].None, r.Counts[4].Options, r.Counts[4].None)
	if want := "[0 0 3 1] 1 [1 1 1 1] 1 [1 2] 2 [2 2 2] 1 [1 1 0] 3"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	if len(r.Groups) != 2 || r.Groups[0].Name != "9A" || r.Groups[0].Answers != 2 || r.Groups[1].Year != "9" {
		t.Errorf("%+v", r.Groups)
	}
}

// Zero may be the first place or no answer; only a person knows.
func TestNumbersFromZeroAreNotGuessed(t *testing.T) {
	docs := []survey.Document{read(t, small)}
	for text, want := range map[string]int{"q1\n0\n1\n2\n3\n": 0, "q1\n0\n1\n2\n3\n4\n": 5, "q1\n1\n2\n3\n": 3, "q1\n0\n1\n5\n": 0} {
		table, _ := responsefile.Read([]byte(text))
		m := responsefile.Guess(table, docs)
		if got := len(m.Questions["q1"].Values); got != want {
			t.Errorf("%q: %d values are guessed, want %d", text, got, want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	manyColumns := strings.Repeat("a,", 9_999) + "a\n1\n"
	old := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...)
	table := workbook(t, [][]any{{"q1"}, {"Agree"}})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":              {nil, "The file is empty"},
		"blanks":               {[]byte(" \n \n"), "The file is empty"},
		"headings alone":       {[]byte("q1,q2\n"), "no row below the headings"},
		"10,000 columns":       {[]byte(manyColumns), "more than 500 columns"},
		"a stray quotation":    {[]byte("q1,q2\nAgree,x\nA\"gree,y\n"), "Row 3: A quotation mark"},
		"an open quotation":    {[]byte("q1,q2\nAgree,x\n\"Agree,y\nAgree,z\n"), "Row 3: A quotation mark"},
		"too many cells":       {[]byte("q1,q2\nAgree,x,y\n"), "Row 2: This row has 3 cells, but there are 2 headings"},
		"a formula":            {[]byte("q1,q2\nAgree,x\n=A2+1,x\n"), "Row 3, column “q1”: “=A2+1” is a formula"},
		"an old workbook":      {old, "Excel 97–2003"},
		"a locked workbook":    {append(slices.Clone(old), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...), "has a password"},
		"a picture":            {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "neither a workbook nor a table"},
		"half a workbook":      {table[:len(table)/2], "cannot be read"},
		"something zipped":     {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "neither a workbook nor a table"},
		"an unworked formula":  {workbook(t, [][]any{{"q1", "q2"}, {"Agree", "x"}}, func(f *excelize.File) { testkit.Must(t, f.SetCellFormula("Sheet1", "A3", "A2")) }), "Row 3, column “q1”: In this cell stands a formula that was never worked out"},
		"an empty workbook":    {workbook(t, nil), "The file is empty"},
		"more rows than fit":   {[]byte("q1\n" + strings.Repeat("Agree\n", responsefile.MaxRows+1)), "more than 50000 rows"},
		"more than twenty MiB": {bytes.Repeat([]byte("q1\n"), 8<<20), "larger than 20 MB"},
	} {
		table, problems := responsefile.Read(c.data)
		if !responsefile.Stops(problems) || table.Rows() > 0 {
			t.Errorf("%s: read with %d rows", name, table.Rows())
		}
		hasAll(t, name, said(problems), c.want)
	}
}

func TestOddFilesAreRead(t *testing.T) {
	docs := []survey.Document{read(t, small)}
	huge := strings.Repeat("x", 3<<20)
	table, problems := responsefile.Read([]byte("q1,q1,,Story\nAgree,Disagree,,\"" + huge + "\"\nAgree,,,\n"))
	hasAll(t, "twice", said(problems), "Two columns are called “q1”", "“q1 (2)”")
	if c, _ := table.Column("Story"); c.Kind != responsefile.Words {
		t.Errorf("a huge cell is kept: %q", c.Kind)
	}
	if m := responsefile.Guess(table, docs); m.Questions["q1"].Column != "" {
		t.Errorf("one of two columns of the same name was guessed: %+v", m.Questions)
	}
	_, problems = responsefile.Apply(table, responsefile.Mapping{Questions: map[string]responsefile.Source{"q1": {Column: "q1"}}}, docs, "2026-01-01")
	hasAll(t, "which", said(problems), "cannot be told which one is meant")
	r, problems := responsefile.Apply(table, responsefile.Mapping{Questions: map[string]responsefile.Source{"q1": {Column: "q1 (2)"}}}, docs, "2026-01-01")
	if len(r.Rows) != 1 || r.Blank != 1 {
		t.Errorf("%d rows, %d blank: %s", len(r.Rows), r.Blank, said(problems))
	}

	book := workbook(t, [][]any{{}, {"q1", "q5", "Worked out"}, {"Agree", 3, nil}, {"Strongly agree", 9.0, nil}, {nil, nil, nil}, {"Disagree", nil, nil}}, func(f *excelize.File) {
		testkit.Must(t, f.SetCellFormula("Sheet1", "C3", "1+1")) // no result, in a column that nobody needs
		_, err := f.NewSheet("Notes")
		testkit.Must(t, err)
		testkit.Must(t, f.SetCellValue("Notes", "A1", "private"))
	})
	table, problems = responsefile.Read(book)
	hasAll(t, "sheets", said(problems), "Only the sheet “Sheet1” is read")
	m := responsefile.Guess(table, docs)
	r, problems = responsefile.Apply(table, m, docs, "2026-01-01")
	if got := fmt.Sprint(r.Counts[0].Options, r.Counts[1].Options, r.Counts[1].None, table.Lines); got != "[0 1 1 1] [0 1 1] 1 [3 4 6]" {
		t.Errorf("%s: %s", got, said(problems))
	}
}

func TestMappingsThatCannotBe(t *testing.T) {
	docs := []survey.Document{read(t, small)}
	var b strings.Builder
	b.WriteString("q1,q2,who,class\n")
	for i := range 60 {
		fmt.Fprintf(&b, "Agree,Often,P%d,9A\n", i)
	}
	table, problems := responsefile.Read([]byte(b.String()))
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	src := func(column string) responsefile.Source { return responsefile.Source{Column: column} }
	for want, m := range map[string]responsefile.Mapping{
		"which the file does not have":               {Questions: map[string]responsefile.Source{"q1": src("Q1")}},
		"answers both “Fair marks” and":              {Questions: map[string]responsefile.Source{"q1": src("q1"), "q2": src("q1")}},
		"Row 2, column “q2”: “Often” is none":        {Questions: map[string]responsefile.Source{"q2": src("q2")}},
		"cannot answer “Fair marks”":                 {Questions: map[string]responsefile.Source{"q1": src("who")}},
		"has no question q9":                         {Questions: map[string]responsefile.Source{"q1": src("q1"), "q9": src("q2")}},
		"No column answers":                          {Questions: map[string]responsefile.Source{}},
		"tells people apart and not classes":         {Unit: &responsefile.Unit{Column: "who"}, Questions: map[string]responsefile.Source{"q1": src("q1")}},
		"cannot tell the class or the year":          {Unit: &responsefile.Unit{Column: "q1"}, Questions: map[string]responsefile.Source{"q1": src("q1")}},
		"none of the answers to “Fair marks”":        {Questions: map[string]responsefile.Source{"q1": {Column: "q1", Values: map[string]string{"Agree": "nonsense"}}}},
		"is none of the classes":                     {Unit: &responsefile.Unit{Column: "class", Only: true}, Questions: map[string]responsefile.Source{"q1": src("q1")}},
		"60 answered, so 12 cannot be all":           {Unit: &responsefile.Unit{Column: "class", Sizes: map[string]int{"9A": 12}}, Questions: map[string]responsefile.Source{"q1": src("q1")}},
		"60 answered, so 13 cannot be all who were ": {Asked: 13, Questions: map[string]responsefile.Source{"q1": src("q1")}},
	} {
		r, problems := responsefile.Apply(table, m, docs, "2026-01-01")
		if !responsefile.Stops(problems) || len(r.Rows) > 0 {
			t.Errorf("%q does not stop it", want)
		}
		hasAll(t, want, said(problems), want)
	}
}

func TestMappingAsYAML(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "map:",
		"questions: {}":                          "no questions",
		"questions: {q1: {values: {a: b}}}":      "q1 has no column",
		"questions: {q1: {colum: Q}}":            `"colum" is unknown`,
		"quest: {}":                              "field quest not found",
		"questions: {q1: Q}\nunit: {only: true}": "unit has no column",
		"questions: {q1: Q}\nunit: {column: a, kind: team}": "it can be a class",
	} {
		if _, err := responsefile.ReadMapping(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	table, _ := responsefile.Read([]byte("Form,q1\n9A,Agree\n9B,Strong agree\n"))
	m := responsefile.Guess(table, []survey.Document{read(t, small)})
	text, err := m.Write()
	testkit.Must(t, err)
	again, err := responsefile.ReadMapping(bytes.NewReader(text))
	testkit.Must(t, err)
	if again.Questions["q1"].Values["Strong agree"] != "very" || again.Unit.Years["9B"] != "9" {
		t.Errorf("%s\n%+v", text, again)
	}
}

// The mapping's file is the replay's: what one reads the other reads.
func TestReplayReadsTheSameMap(t *testing.T) {
	text := "unit: {column: class, values: {\"1\": \"9A\"}, only: true}\nno_answer: [\"\", \"NA\"]\nquestions: {q1: {column: Q1, values: {\"1\": \"never\"}, only: true, split: \";\"}}\n"
	theirs, err := rehearsal.ReadMap(strings.NewReader(text))
	testkit.Must(t, err)
	ours, err := responsefile.ReadMapping(strings.NewReader(text))
	testkit.Must(t, err)
	if theirs.Unit.Name != ours.Unit.Column || theirs.Questions["q1"].Values["1"] != ours.Questions["q1"].Values["1"] || !slices.Equal(theirs.NoAnswer, ours.NoAnswer) {
		t.Errorf("%+v\n%+v", theirs, ours)
	}
}

// A column of own words is dropped, whatever they begin with; only a column that would be brought in stops for a formula.
func TestFormulasStopOnlyWhatComesIn(t *testing.T) {
	long := strings.Repeat("I would like to say that lessons are fine as they are. ", 6)
	text := "q,words\nOften,\"=HYPERLINK(\"\"http://x\"\")\"\nNever,\"" + long + "\"\nOften,\"" + long + "again\"\n"
	_, list := responsefile.Read([]byte(text))
	if responsefile.Stops(list) {
		t.Errorf("own words stop the file: %s", said(list))
	}
	if _, list := responsefile.Read([]byte("q,r\nOften,=SUM(A1)\nNever,Often\n")); !responsefile.Stops(list) {
		t.Error("a formula among answers does not stop the file")
	}
}

package rosterfile_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"earshot/internal/base/words"
	"earshot/internal/exchange/rosterfile"
	"earshot/internal/school/roster"
)

const plain = "MIS ID,Forename,Surname,Year,Reg Group,Classes\n" +
	"1,Zoë,Çelik,Year  9,9A,Maths: 9x/Ma1; 9x/En2\n" +
	"2,Ann,O'Neil,Yr 10,10B,\n"

func codes(problems []rosterfile.Problem) string {
	var list []string
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s:%d", p.Code, p.Line))
	}
	return strings.Join(list, " ")
}

func TestPlainList(t *testing.T) {
	l, problems := rosterfile.Read("list.csv", []byte(plain), nil)
	if len(problems) > 0 {
		t.Fatal(codes(problems))
	}
	want := roster.ListRow{ID: "1", Given: "Zoë", Family: "Çelik", Year: "9", Form: "9A",
		Classes: []roster.ListClass{{Name: "9x/En2"}, {Subject: "Maths", Name: "9x/Ma1"}}}
	if len(l.Rows) != 2 || fmt.Sprint(l.Rows[0]) != fmt.Sprint(want) || l.Rows[1].Family != "O'Neil" || l.Rows[1].Year != "10" {
		t.Errorf("%+v", l.Rows)
	}
	if len(l.Hash) != 64 {
		t.Error("no hash")
	}
}

func wide(s string, order [2]int, mark bool) []byte {
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	out := make([]byte, 2*len(units))
	for i, u := range units {
		out[2*i+order[0]], out[2*i+order[1]] = byte(u), byte(u>>8)
	}
	return out
}

// However a spreadsheet writes the file, the same pupils come out.
func TestEncodingsAndSeparators(t *testing.T) {
	old := strings.NewReplacer("ë", "\xeb", "Ç", "\xc7").Replace(plain)
	quoted := regexp.MustCompile(`[^,\n]+`).ReplaceAllString(plain, `"$0"`)
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"UTF-8":                {[]byte(plain), ""},
		"UTF-8 with a mark":    {[]byte("\ufeff" + plain), ""},
		"Windows-1252":         {[]byte(old), "F02:0"},
		"UTF-16, little":       {wide(plain, [2]int{0, 1}, true), "F02:0"},
		"UTF-16, big":          {wide(plain, [2]int{1, 0}, true), "F02:0"},
		"UTF-16, no mark":      {wide(plain, [2]int{0, 1}, false), "F02:0"},
		"UTF-16, big, no mark": {wide(plain, [2]int{1, 0}, false), "F02:0"},
		"decomposed":           {[]byte(strings.Replace(plain, "ë", "e\u0308", 1)), ""},
		"tabs":                 {[]byte(strings.ReplaceAll(plain, ",", "\t")), ""},
		"semicolons":           {[]byte(strings.ReplaceAll(strings.ReplaceAll(plain, ";", "|"), ",", ";")), ""},
		"quoted":               {[]byte(quoted), ""},
		"Windows lines":        {[]byte(strings.ReplaceAll(plain, "\n", "\r\n")), ""},
		"old Mac lines":        {[]byte(strings.ReplaceAll(plain, "\n", "\r")), ""},
		"blank lines":          {[]byte("\n" + strings.ReplaceAll(plain, "\n", "\n,,,,,\n\n")), ""},
		"Excel's first line":   {[]byte("sep=,\n" + plain), ""},
		"no last line end":     {[]byte(strings.TrimSuffix(plain, "\n")), ""},
	} {
		l, problems := rosterfile.Read("list.csv", c.data, nil)
		if codes(problems) != c.code || len(l.Rows) != 2 || l.Rows[0].Given != "Zoë" || l.Rows[0].Family != "Çelik" || len(l.Rows[0].Classes) != 2 {
			t.Errorf("%s: %s %+v", name, codes(problems), l.Rows)
		}
	}
}

func TestFilesThatStop(t *testing.T) {
	many := "id,name,year\n" + strings.Repeat("x,y,9\n", rosterfile.MaxRows+1)
	for name, c := range map[string]struct{ data, key string }{
		"nothing":          {"", "pupil_list.h01.empty"},
		"spaces":           {" \n\r\n\t", "pupil_list.h01.empty"},
		"a workbook":       {"PK\x03\x04rest", "pupil_list.f02.not_text"},
		"bytes":            {"\x00\x01\x02\x03\x04", "pupil_list.f02.not_text"},
		"too large":        {strings.Repeat("x", rosterfile.MaxBytes+1), "pupil_list.f03.bytes"},
		"too many rows":    {many, "pupil_list.f03.rows"},
		"too many columns": {"id,name,year" + strings.Repeat(",c", 60) + "\n", "pupil_list.f03.columns"},
		"one long line":    {strings.Repeat("x", 1<<20), "pupil_list.h01.id"},
		"long, separators": {strings.Repeat(",x", 1<<19), "pupil_list.f03.columns"},
		"no id":            {"Forename,Surname,Year\nA,B,9\n", "pupil_list.h01.id"},
		"no names":         {"id,Forename,Year\n1,B,9\n", "pupil_list.h01.names"},
		"no year":          {"id,name\n1,B\n", "pupil_list.h01.year"},
		"open header":      {"id,\"name,year\n1,B,9\n", "pupil_list.r01.header"},
	} {
		l, problems := rosterfile.Read("list.csv", []byte(c.data), nil)
		i := slices.IndexFunc(problems, func(p rosterfile.Problem) bool { return p.Severity == rosterfile.Stop })
		if i < 0 || problems[i].Key != c.key || len(l.Rows) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestHeaderAlone(t *testing.T) {
	l, problems := rosterfile.Read("", []byte("id,name,year\n"), nil)
	if len(l.Rows) > 0 || codes(problems) != "H02:1" || rosterfile.Stops(problems) {
		t.Error(l, problems)
	}
}

// One bad line never takes a good one with it, and nobody on a bad line is taken for a leaver.
func TestLines(t *testing.T) {
	head := "id,Forename,Surname,Year,Form\n"
	good := "99,Good,Pupil,9,9A\n"
	for name, c := range map[string]struct{ rows, codes, held string }{
		"too few cells":           {"1,Ann,Bell\n", "R01:2", "1"},
		"too many cells":          {"1,Ann,Bell,9,9A,x\n", "R01:2", "1"},
		"empty cells at the end":  {"1,Ann,Bell,9,9A,,,\n", "", ""},
		"a line break":            {"1,Ann,\"Bell\nBay\",9,9A\n", "R02:2", "1"},
		"three line breaks":       {"1,Ann,\"B\n\n\nBay\",9,9A\n", "R02:2", "1"},
		"a stray quotation mark":  {"1,Ann,\"Bell,9,9A\n", "R01:2", "1"},
		"two in two lines":        {"1,Ann,\"Bell,9,9A\n2,Bo,\"Carr,9,9A\n", "R01:2 R01:3", "1 2"},
		"text after a quotation":  {"1,Ann,\"Bell\" x,9,9A\n", "R01:2", "1"},
		"a quotation mark inside": {"1,Ann,O\"Neil,9,9A\n", "", ""},
		"doubled inside":          {"1,Ann,\"Be\"\"ll\",9,9A\n", "", ""},
		"nothing in a cell":       {"1,A\x00nn,Bell,9,9A\n", "R01:2", "1"},
		"no id":                   {",Ann,Bell,9,9A\n", "V01:2", ""},
		"no name":                 {"1,,,9,9A\n", "V01:2", "1"},
		"twice, the same":         {"1,Ann,Bell,9,9A\n1,Ann,Bell,9,9A\n", "V02:3", ""},
		"twice, different":        {"1,Ann,Bell,9,9A\n1,Ann,Bell,9,9B\n", "V02:2 V02:3", "1"},
		"three times":             {"1,Ann,Bell,9,9A\n1,Ann,Bell,9,9B\n1,Ann,Bell,9,9A\n", "V02:2 V02:3 V02:4", "1"},
		"good and bad":            {"1,Ann,Bell,9,9A\n1,Ann\n", "R01:3", ""},
		"a strange year":          {"1,Ann,Bell,Yr12B,9A\n", "V06:2", ""},
		"no year":                 {"1,Ann,Bell,,Elm\n", "L02:2", ""},
		"no form":                 {"1,Ann,Bell,9,\n", "L02:2", ""},
		"a long name":             {"1," + strings.Repeat("n", 101) + ",Bell,9,9A\n", "R01:2", "1"},
	} {
		l, problems := rosterfile.Read("list.csv", []byte(head+c.rows+good), nil)
		if codes(problems) != c.codes || strings.Join(l.Held, " ") != c.held {
			t.Errorf("%s: codes %q, held %v", name, codes(problems), l.Held)
		}
		if len(l.Rows) == 0 || l.Rows[len(l.Rows)-1].ID != "99" {
			t.Errorf("%s: the good line is lost: %v", name, l.Rows)
		}
		for _, p := range problems {
			if strings.Contains(fmt.Sprint(p), "Ann") || strings.Contains(fmt.Sprint(p), "nnnn") {
				t.Errorf("%s: a name in %v", name, p)
			}
		}
	}
}

func TestYears(t *testing.T) {
	for typed, want := range map[string]string{"Year  4": "4", "4": "4", "04": "4", "Yr 10": "10", "y7": "7", "NC Year 9": "9", "Year Group 8": "8",
		"R": "R", "Reception": "R", "Year R": "R", "N1": "N1", "nursery 2": "N2", "13": "13", "14": "", "Yr12B": "", "Elm": ""} {
		l, _ := rosterfile.Read("", []byte("id,name,year,form\n1,A B,"+typed+",Oak\n"), nil)
		if len(l.Rows) != 1 || l.Rows[0].Year != want {
			t.Errorf("%q: %v", typed, l.Rows)
		}
	}
	l, _ := rosterfile.Read("", []byte("id,name,form\n1,\"Bell, Ann\",9A\n"), nil)
	if l.Rows[0].Year != "9" || l.Rows[0].Given != "Ann" || l.Rows[0].Family != "Bell" {
		t.Error("year and name from one column each:", l.Rows)
	}
}

func TestLeavers(t *testing.T) {
	for _, c := range []struct {
		column, value string
		left          bool
		on            string
	}{
		{"Leaving Date", "2026-07-17", false, "2026-07-17"}, {"Leaving Date", "17/07/2026", false, "2026-07-17"},
		{"Leaving Date", "7/8/2026 00:00:00", false, "2026-08-07"}, {"Leaving Date", "2026-07-17T00:00:00", false, "2026-07-17"},
		{"Leaving Date", "soon", false, ""}, {"enrolment_status", "C", false, ""}, {"enrolment_status", "Leaver", true, ""},
		{"is_leaver", "true", true, ""}, {"is_leaver", "0", false, ""}, {"Student Status", "OnRoll", false, ""}, {"On Roll", "No", true, ""},
	} {
		l, _ := rosterfile.Read("", []byte("id,name,year,form,"+c.column+"\n1,A B,9,9A,"+c.value+"\n"), nil)
		if len(l.Rows) != 1 || l.Rows[0].Left != c.left || string(l.Rows[0].LeavesOn) != c.on {
			t.Errorf("%s %s: %+v", c.column, c.value, l.Rows)
		}
	}
}

// What is not needed is recognised, named and left out, even when somebody maps it.
func TestLeavesOutWhatIsNotNeeded(t *testing.T) {
	data := []byte("UPN,MIS ID,Forename,Surname,Year,SEN Status,Pupil Premium Indicator,Ethnicity,Colour\nA123,1,Ann,Bell,9,E,Y,WBRI,red\n")
	for _, m := range []rosterfile.Mapping{nil, {rosterfile.ID: {1}, rosterfile.Given: {2}, rosterfile.Family: {3}, rosterfile.Year: {4}, rosterfile.Form: {5}, rosterfile.Classes: {7, 6}}} {
		l, problems := rosterfile.Read("", data, m)
		if text := fmt.Sprint(l.Rows); strings.Contains(text, "WBRI") || strings.Contains(text, "E}") || strings.Contains(text, "A123") || len(l.Rows) != 1 {
			t.Error(text)
		}
		private := 0
		for _, p := range problems {
			if p.Key == "pupil_list.h03.private" {
				private++
			}
		}
		if private != 4 {
			t.Errorf("%d columns named: %s", private, codes(problems))
		}
	}
}

func TestMappingByHand(t *testing.T) {
	data := []byte("Key,A,B,C,Class 1,Class 2\n1,Ann,Bell,9,9x/Ma1,9x/En1\n")
	l, problems := rosterfile.Read("", data, nil)
	if !rosterfile.Stops(problems) || len(l.Columns) != 6 {
		t.Fatal(codes(problems))
	}
	m := l.Mapping
	m[rosterfile.ID], m[rosterfile.Given], m[rosterfile.Family], m[rosterfile.Year] = []int{0}, []int{1}, []int{2}, []int{3, 77}
	l, problems = rosterfile.Read("", data, m)
	if rosterfile.Stops(problems) || len(l.Rows) != 1 || len(l.Rows[0].Classes) != 2 || l.Rows[0].Year != "9" {
		t.Error(codes(problems), l.Rows)
	}
}

func TestTableIsHarmless(t *testing.T) {
	_, problems := rosterfile.Read("=cmd.csv", []byte("id,name,year,form\n=1+1,Ann,x,9A\n=1+1,Bo,x,9B\n"), nil)
	var out strings.Builder
	if err := rosterfile.WriteTable(&out, words.English(), problems); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != len(problems)+1 {
		t.Fatal(err, len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("%q would run", cell)
			}
		}
	}
}

// Every key the reader can report has both its sentences.
func TestEveryProblemHasItsSentences(t *testing.T) {
	v := words.English()
	key := regexp.MustCompile(`"((?:f02|f03|h01|h02|h03|r01|r02|v01|v02|v04|v06|l02|b01|b02)(?:\.[a-z0-9_]+)*)"`)
	keys := []string{"h01.id", "h01.names", "h01.year"}
	for _, file := range []string{"rosterfile.go", "columns.go", "rows.go"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(data), -1) {
			keys = append(keys, m[1])
		}
	}
	if len(keys) < 25 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for _, k := range keys {
		for _, part := range []string{".what", ".do"} {
			if !v.Has("pupil_list." + k + part) {
				t.Errorf("no sentence for %s%s", k, part)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(plain))
	f.Add(wide(plain, [2]int{0, 1}, true))
	f.Add([]byte("id;name;year\n1;\"a\nb\";9\n2;\"x;9\n"))
	f.Add([]byte("sep=\t\nid\tname\tyear\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, problems := rosterfile.Read("f", data, nil)
		seen := map[string]bool{}
		for _, r := range l.Rows {
			if r.ID == "" || seen[r.ID] {
				t.Fatalf("id %q", r.ID)
			}
			seen[r.ID] = true
		}
		for _, id := range l.Held {
			if seen[id] {
				t.Fatalf("%q is held and listed", id)
			}
		}
		for _, p := range problems {
			if p.Code == "" || p.Severity == "" {
				t.Fatal(p)
			}
		}
	})
}

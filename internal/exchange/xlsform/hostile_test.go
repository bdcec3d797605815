package xlsform

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"

	"github.com/xuri/excelize/v2"
)

// refuses reads something that is no form, within a second or two and little memory, and returns what is said.
func refuses(t *testing.T, data []byte) string {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	form, problems := Read(data, loadBank(t), pupils)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<30 {
		t.Errorf("it took %d MB", used>>20)
	}
	if len(problems) == 0 || form.Document.Title != "" {
		t.Fatal("it was taken")
	}
	return problems.Error()
}

func TestNoWorkbooks(t *testing.T) {
	var other bytes.Buffer
	z := zip.NewWriter(&other)
	w, _ := z.Create("mimetype")
	fmt.Fprint(w, "application/vnd.oasis.opendocument.spreadsheet")
	z.Close()
	f := excelize.NewFile()
	var locked bytes.Buffer
	if err := f.Write(&locked, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	good := book(t, lunch)
	for says, data := range map[string][]byte{
		"The file is empty.":                  nil,
		"This is no Excel workbook":           []byte("survey:\n  title: x\n"),
		"no Excel workbook (.xlsx)":           other.Bytes(),
		"protected with a password":           locked.Bytes(),
		"This is an old Excel file":           append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...),
		"The file is larger than 4 MB":        append([]byte("PK\x03\x04"), make([]byte, MaxBytes)...),
		"Save the form as one and choose":     good[:len(good)/2],
		"There is no sheet called survey.":    book(t, "--- Sheet1\nhello"),
		"There is no column type.":            book(t, "--- survey\n"),
		"There are more than 400 columns.":    book(t, "--- survey\n"+strings.Repeat("x|", 10_000)),
		"There are more than 5000 rows.":      book(t, "--- survey\ntype|name\n"+strings.Repeat("note|x\n", 100_000)),
		"more than 200000 cells":              book(t, "--- survey\ntype|name\n"+strings.Repeat(strings.Repeat("x|", 100)+"\n", 2500)),
		"The workbook has more than 50 sheet": book(t, strings.Repeat("--- s%d\na\n", 1)+manySheetsOf(60)),
	} {
		if got := refuses(t, data); !strings.Contains(got, says) || strings.Contains(got, "{") {
			t.Errorf("%s: it says %.300s", says, got)
		}
	}
}

func manySheetsOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "--- sheet %d\na\n", i)
	}
	return b.String()
}

// rezip writes a workbook anew with some of its parts changed or added.
func rezip(t *testing.T, data []byte, parts map[string]func(old string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name, text string) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if change, ok := parts[f.Name]; ok {
			put(f.Name, change(b.String()))
			delete(parts, f.Name)
		} else {
			put(f.Name, b.String())
		}
	}
	for name, make := range parts {
		put(name, make(""))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A small file that unpacks to a large one is not unpacked, whether it says how large it is or not.
func TestBombs(t *testing.T) {
	data := rezip(t, book(t, lunch), map[string]func(string) string{"xl/media/zeros.bin": func(string) string { return strings.Repeat("\x00", maxUnzip+1) }})
	if got := refuses(t, data); !strings.Contains(got, "unpacks to far more") {
		t.Error(got)
	}
	many := map[string]func(string) string{}
	for i := range maxParts + 1 {
		many[fmt.Sprintf("xl/x%d.xml", i)] = func(string) string { return "" }
	}
	if got := refuses(t, rezip(t, book(t, lunch), many)); !strings.Contains(got, "unpacks to far more") {
		t.Error(got)
	}
	// A part that says it is small: its sizes in the directory at the end are written over.
	data = rezip(t, book(t, lunch), map[string]func(string) string{"xl/worksheets/sheet1.xml": func(old string) string { return old + strings.Repeat(" ", maxUnzip+1) }})
	at := bytes.LastIndex(data, []byte("xl/worksheets/sheet1.xml")) - 46
	copy(data[at+24:at+28], []byte{100, 0, 0, 0})
	refuses(t, data)
}

// One cell at the far end of the last row there can be, and a hundred thousand of them.
func TestFarCells(t *testing.T) {
	for _, cells := range []string{`<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>`, strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 100_000)} {
		data := rezip(t, book(t, lunch), map[string]func(string) string{"xl/worksheets/sheet1.xml": func(old string) string {
			return strings.Replace(old, "</sheetData>", cells+"</sheetData>", 1)
		}})
		if got := refuses(t, data); !strings.Contains(got, "There are more than") && !strings.Contains(got, "damaged") {
			t.Error(got)
		}
	}
}

var formula = regexp.MustCompile(`<c [^>]*r="C2"[^>]*>(<f>[^<]*)</f>(?:<v>[^<]*</v>)?</c>`)

// Of a formula only what it came to is read, links to other files are not followed, and entities are not unfolded.
func TestOnlyTexts(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(book(t, lunch)))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellFormula("survey", "C2", `[1]Sheet1!$A$1`); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{{"</f><v>What is it?</v>", "What is it?"}, {"</f>", ""}} {
		data := rezip(t, b.Bytes(), map[string]func(string) string{"xl/worksheets/sheet1.xml": func(old string) string {
			return formula.ReplaceAllString(old, `<c r="C2" t="str">$1`+c.text+"</c>")
		}})
		form, problems := Read(data, loadBank(t), pupils)
		if c.want == "" && !strings.Contains(problems.Error(), "row 2, column C (label::English (en)): There are no words to read") || c.want != "" && (problems != nil || form.Document.Questions()[0].Text != c.want) {
			t.Error(c.text, problems)
		}
	}
	laughs := rezip(t, book(t, lunch), map[string]func(string) string{"xl/sharedStrings.xml": func(old string) string {
		return strings.Replace(old, "<sst", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><sst`, 1)
	}})
	Read(laughs, loadBank(t), pupils)
	// What goes out is text in every cell, whatever it begins with, and no formula anywhere.
	form := read(t, book(t, strings.NewReplacer("Thank you.", "=1+1", "a remark", "@SUM(A1)", "I bring my own", "+44", "| style\n", "| =cmd|' /C calc'!A0\n").Replace(lunch)), pupils)
	data := write(t, form.Document, nil)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/") && (strings.Contains(b.String(), "<f>") || strings.Count(b.String(), "<c ") != strings.Count(b.String(), `t="s"`)) {
			t.Errorf("%s has a cell that is no text", part.Name)
		}
	}
}

// Broken in any way, a workbook is refused or read, and never brings the program down.
func TestBrokenAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 21))
	b := loadBank(t)
	good := book(t, lunch)
	words := []string{"begin_group", "end_group", "select_one lunch", "rank lunch", "${Lunch}", "note", "", "integer", "label::Cymraeg (cy)", "name", "type", "x", "=1", "selected(${minutes}, 'x')", ". > 3 and . < 9",
		"table-list", strings.Repeat("long ", 300), "\u202e", "select_multiple lunch", "hidden", "yes", "outside_1", "section", "question", "page", "intro", "choice", "c1"}
	taken := 0
	for n := range 600 {
		switch n % 3 {
		case 0: // bytes of the file
			data := bytes.Clone(good)
			for range 1 + rng.IntN(20) {
				data[rng.IntN(len(data))] = byte(rng.IntN(256))
			}
			Read(data, b, pupils)
		case 1: // the text of a part
			part := []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"}[rng.IntN(6)]
			Read(rezip(t, good, map[string]func(string) string{part: func(old string) string {
				from := rng.IntN(len(old))
				to := min(len(old), from+rng.IntN(40))
				return old[:from] + []string{"", "<", "r=\"-1\"", "99999999999", "</row>"}[rng.IntN(5)] + old[to:]
			}}), b, pupils)
		default: // cells that say something else
			sheets, _ := open(good)
			sheets = append(sheets, sheet{"_voice", [][]string{slices.Clone(voiceColumns), {"section", "outside_1"}, {"question", "Lunch"}}})
			for range 1 + rng.IntN(4) {
				s := sheets[rng.IntN(len(sheets))]
				row := s.rows[rng.IntN(len(s.rows))]
				if len(row) > 0 {
					row[rng.IntN(len(row))] = words[rng.IntN(len(words))]
				}
			}
			form, problems := newReader(sheets, b, pupils).read()
			if len(problems) > 0 {
				continue
			}
			if found := form.Document.Problems(); len(found) > 0 {
				t.Fatalf("a document with problems was read: %v", found)
			}
			taken++
			r := newReader(sheets, b, pupils)
			form, _ = r.read()
			r.keep(&form)
			again, _ := twice(t, form, Options{Audience: bank.Pupils11to16})
			if again.Document.Hash() != asRead(form.Document).Hash() {
				t.Fatalf("it came back changed:\n%s", rowsOf(sheets, "survey"))
			}
		}
	}
	if taken < 20 {
		t.Errorf("only %d changed forms could be read, so little was tried", taken)
	}
}

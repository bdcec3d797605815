package resultfile_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/exchange/resultfile"
	"earshot/internal/show/result"
)

// view is a small round: a scale, a choice, one form that is shown and one that is not.
func view() result.Viewed {
	n := 4
	share := result.Share{X: 30, N: 50, Low: 0.5, High: 0.7, Sampled: true}
	scale := result.Question{ID: "q1", Item: "i1", Wording: "w1", Text: "=HYPERLINK(\"x\")", Short: "Scale", Kind: bank.Unipolar, About: bank.AboutSchool, FavourableWords: "often",
		Options: []result.Option{{Label: "Never"}, {Label: "Sometimes"}, {Label: "Often", Favourable: true}},
		Rows: []result.Row{{Unit: "s", N: 54, Share: &share, NoAnswer: &n, Bars: []result.Bar{{Options: []int{0}, Count: 8}, {Options: []int{1}, Count: 12}, {Options: []int{2}, Count: 30}, {NoAnswer: true, Count: 4}}},
			{Unit: "7A", N: 20, Guess: &result.Guess{Share: 0.55, Low: 0.4, High: 0.7}, Share: &result.Share{X: 10, N: 20, Low: 0.3, High: 0.7}, Bars: []result.Bar{{Options: []int{0, 1}, Count: 10}, {Options: []int{2}, Count: 10}}}}}
	choice := result.Question{ID: "q2", Text: "Which?", Short: "Which", Kind: bank.Choice, About: bank.AboutSchool, Options: []result.Option{{Label: "+Art"}, {Label: "Chess"}},
		Rows: []result.Row{{Unit: "s", N: 54, Bars: []result.Bar{{Options: []int{0}, Count: 24}, {Options: []int{1}, Count: 30}}}}}
	rel := result.Release{Audience: bank.Pupils11to16, Least: 5, Questions: []result.Question{scale, choice},
		Groups: []result.Group{{Unit: "s", Kind: round.UnitSchool, Name: "Riverside School", Shown: true, Asked: 60, Answered: 54, Leaders: true},
			{Unit: "7A", Kind: round.UnitForm, Name: "7A", Parent: "s", Shown: true, Asked: 24, Answered: 20}, {Unit: "7B", Kind: round.UnitForm, Name: "7B", Parent: "s"}},
		Splits:  []result.Split{{Kind: result.SplitSelf, Question: "q2", Parts: []result.Part{{ID: "a", Label: "@Art", N: 24}, {ID: result.PartOther, N: 30}}, Rows: []result.SplitRow{{Question: "q1", Shares: []*result.PartShare{{Share: result.Share{X: 11, N: 24, OfAll: true}}, nil}}}}},
		Matters: []result.Matter{{Question: "q2", R: 0.35, Low: 0.1, High: 0.55}}}
	return result.Viewed{Release: rel, Rates: rel.Groups, Whole: true}
}

func TestTableHasEveryFigureOnce(t *testing.T) {
	v := view()
	var lines []string
	for _, row := range resultfile.Table(words.English(), v, v.Groups) {
		if len(row) != 17 {
			t.Errorf("%d columns: %v", len(row), row)
		}
		lines = append(lines, strings.Join([]string{row[0], row[5], row[9], row[10], row[11], row[12], row[13]}, "|"))
	}
	all := "\n" + strings.Join(lines, "\n") + "\n"
	for _, want := range []string{"Riverside School|q1|share|often|30|50|60.0", "Riverside School|q1|answer|Often|30||60", "7A|q1|share|often|10|20|50.0", "7A|q1|best guess|often|||55.0",
		"7A|q1|rest of the school|unsure|20|30|66.7", "7B||hidden||||", "@Art|q1|share|often|11|24|45.8", "Riverside School|q2|correlation||||0.35", "Riverside School|q2|answer|Chess|30||56"} {
		if strings.Count(all, "\n"+want+"\n") != 1 {
			t.Errorf("%q stands %d times in %s", want, strings.Count(all, want), all)
		}
	}
}

func TestWorkbookOpensAndRunsNothing(t *testing.T) {
	v := view()
	body, err := resultfile.Workbook(words.English(), v, v.Groups, resultfile.About{School: "Riverside School", Title: "-1+1", Notes: []string{"=1+1"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.GetSheetList(), ", "); got != "Read me, Shares, Answers, All figures, Codebook" {
		t.Error(got)
	}
	texts := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, err := f.GetCellFormula(sheet, at); err != nil || formula != "" {
					t.Errorf("%s %s is the formula %q, %v", sheet, at, formula, err)
				}
				if strings.HasPrefix(text, "=") {
					texts++
				}
			}
		}
	}
	if texts < 4 {
		t.Errorf("the texts that look like formulas stand %d times: they were lost", texts)
	}
	if extent, err := f.GetSheetDimension("All figures"); err != nil || !strings.HasPrefix(extent, "A1:Q") {
		t.Errorf("the table is said to reach over %q, %v", extent, err)
	}
	if share, _ := f.GetCellValue("Shares", "C2"); share != "60%" {
		t.Errorf("the school's share is %q", share)
	}
	if number, _ := f.GetCellValue("Answers", "B3"); number != "8" {
		t.Errorf("the first answer has %q", number)
	}
}

// TestNoQuestionIsPartedOnPaper: every sheet of the answers begins with a question, and none holds more than a page of A4
// does at the scale at which it is printed.
func TestNoQuestionIsPartedOnPaper(t *testing.T) {
	v := view()
	scale, heads := v.Questions[0], map[string]bool{}
	v.Questions = nil
	for i := range 17 {
		q := scale
		q.ID, q.Text = "q"+strconv.Itoa(i), strings.Repeat("How often does this happen in lessons? ", 1+i%4)+strconv.Itoa(i)
		heads[q.Text] = true
		v.Questions = append(v.Questions, q)
	}
	body, err := resultfile.Workbook(words.English(), v, v.Groups, resultfile.About{School: "Riverside School", Title: "Paper"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	layout, err := f.GetPageLayout("Answers")
	if err != nil || layout.AdjustTo == nil || *layout.AdjustTo == 0 {
		t.Fatalf("%+v, %v: programs heed no breaks without a scale", layout, err)
	}
	margins, err := f.GetPageMargins("Answers")
	if err != nil {
		t.Fatal(err)
	}
	page := (8.27 - *margins.Top - *margins.Bottom) * 72 / float64(*layout.AdjustTo) * 100
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	xml, err := fs.ReadFile(z, "xl/worksheets/sheet3.xml")
	if err != nil {
		t.Fatal(err)
	}
	from, sheets := 1, 0
	ends := []int{}
	for _, m := range regexp.MustCompile(`<brk id="([0-9]+)"`).FindAllStringSubmatch(string(xml), -1) {
		end, _ := strconv.Atoi(m[1])
		ends = append(ends, end)
	}
	rows, err := f.GetRows("Answers")
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range append(ends, len(rows)) {
		if text, _ := f.GetCellValue("Answers", "A"+strconv.Itoa(from)); !heads[text] {
			t.Errorf("a sheet begins with %q", text)
		}
		high := 0.0
		for row := from; row <= end; row++ {
			h, err := f.GetRowHeight("Answers", row)
			if err != nil {
				t.Fatal(err)
			}
			high += h
		}
		if sheets++; high > page {
			t.Errorf("rows %d to %d are %.0f points high, and a page %.0f", from, end, high, page)
		}
		from = end + 1
	}
	if sheets < 4 || sheets > 9 {
		t.Errorf("17 questions stand on %d sheets", sheets)
	}
}

func TestEmptyWorkbook(t *testing.T) {
	if _, err := resultfile.Workbook(words.English(), result.Viewed{}, nil, resultfile.About{}); err != nil {
		t.Error(err)
	}
}

func TestCodebookAndSyntaxKnowEveryColumn(t *testing.T) {
	v := view()
	head := resultfile.Table(words.English(), v, nil)[0]
	syntax := resultfile.Syntax("it's.csv")
	if !strings.Contains(syntax, "/FILE='it''s.csv'") || strings.Count(syntax, "\n    ") != len(head) {
		t.Errorf("the syntax does not read %d columns:\n%s", len(head), syntax)
	}
	for _, line := range strings.Split(syntax, "\n") {
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "''") {
			t.Errorf("no format or label: %q", line)
		}
	}
	book := resultfile.Codebook(v)
	if len(book) < 1+3+2 || book[3][10] != "Often" || book[3][11] != "yes" {
		t.Errorf("%q", book)
	}
}

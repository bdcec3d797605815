package resultfile

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// The colours of a printed chart: the house's diverging palette, which needs no red and green.
var palette = map[figure.Tone]string{
	figure.Agree2: "1B5E84", figure.Agree1: "7FB2CF", figure.Neutral: "D9D4CA", figure.Disagree1: "E8B27D", figure.Disagree2: "B5611C", figure.Unclear: "F1EEE8",
}

// About is what a workbook's first sheet says.
type About struct {
	School, Title, When, Rate string
	Notes                     []string
}

// Workbook is a spreadsheet of some groups: what to know first, shares by group, the first group's answers with a chart
// each, the whole table, and the codebook. Texts are always texts there, whatever they begin with.
func Workbook(v words.Voice, view result.Viewed, groups []result.Group, about About) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w := &workbook{File: f, extent: map[string][2]int{}, scale: map[string]uint{}}
	w.head = w.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.upright = w.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{TextRotation: 90, Horizontal: "center", Vertical: "bottom"}})
	w.wrap = w.style(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.right = w.style(&excelize.Style{Alignment: &excelize.Alignment{Horizontal: "right"}})
	w.percent = w.style(&excelize.Style{NumFmt: 9, Alignment: &excelize.Alignment{Vertical: "top"}})
	w.keep(f.SetSheetName("Sheet1", "Read me"))
	w.readMe(about)
	w.shares(view, groups)
	if len(groups) > 0 {
		w.answers(v, view, groups[0])
	}
	for _, name := range f.GetSheetList() {
		w.paper(name)
	}
	// What is written as a stream comes last: whoever touches such a sheet again reads it all.
	w.plain("All figures", Table(v, view, groups), []float64{18, 9, 8, 9, 22, 10, 22, 22, 44, 14, 26, 8, 8, 8, 8, 8, 60})
	w.plain("Codebook", Codebook(view), []float64{22, 26, 26, 44, 12, 16, 12, 9, 12, 8, 30, 10, 16})
	if w.err != nil {
		return nil, w.err
	}
	var b bytes.Buffer
	_, err := f.WriteTo(&b)
	return b.Bytes(), err
}

type workbook struct {
	*excelize.File
	head, upright, wrap, percent, right int
	extent                              map[string][2]int // of each sheet, the last column and row
	scale                               map[string]uint   // in per cent, of sheets that are not made as wide as the paper
	err                                 error
}

func (w *workbook) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *workbook) style(s *excelize.Style) int {
	id, err := w.NewStyle(s)
	w.keep(err)
	return id
}

// paper lays a sheet out for printing, and says how far it reaches: left to itself it says that it ends at its first cell,
// and strict readers believe it.
func (w *workbook) paper(name string) {
	if e := w.extent[name]; e[0] > 0 {
		w.keep(w.SetSheetDimension(name, "A1:"+cell(e[0], e[1])))
	}
	layout := &excelize.PageLayoutOptions{Size: new(9), Orientation: new("landscape")} // A4
	if scale, ok := w.scale[name]; ok {
		layout.AdjustTo = new(scale)
	} else {
		layout.FitToWidth, layout.FitToHeight = new(1), new(0)
		w.keep(w.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: new(true)}))
	}
	w.keep(w.SetPageLayout(name, layout))
}

// repeat prints some rows, and columns if there are any, on every sheet of paper.
func (w *workbook) repeat(sheet, columns, rows string) {
	refers := fmt.Sprintf("'%s'!%s", sheet, rows)
	if columns != "" {
		refers = fmt.Sprintf("'%s'!%s,%s", sheet, columns, refers)
	}
	w.keep(w.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: refers, Scope: sheet}))
}

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // columns and rows are counted from one
	}
	return name
}

// put writes a text as a text and a number as a number.
func (w *workbook) put(sheet string, column, row int, value any, style int) {
	at := cell(column, row)
	e := w.extent[sheet]
	w.extent[sheet] = [2]int{max(e[0], column), max(e[1], row)}
	if s, ok := value.(string); ok {
		w.keep(w.SetCellStr(sheet, at, s))
	} else {
		w.keep(w.SetCellValue(sheet, at, value))
	}
	if style > 0 {
		w.keep(w.SetCellStyle(sheet, at, at, style))
	}
}

// high makes a row high enough for a text in a column of so many characters; programs do not all do it by themselves. It
// gives the height in points.
func (w *workbook) high(sheet string, row int, text string, width int) float64 {
	lines := 1 + len([]rune(text))/width
	if lines > 1 {
		w.keep(w.SetRowHeight(sheet, row, 15.5*float64(lines)))
	}
	return 15.5 * float64(lines)
}

func (w *workbook) sheet(name string, widths []float64) {
	_, err := w.NewSheet(name)
	w.keep(err)
	w.widths(name, widths)
}

func (w *workbook) widths(name string, widths []float64) {
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		w.keep(err)
		w.keep(w.SetColWidth(name, column, column, width))
	}
}

func (w *workbook) readMe(a About) {
	const name = "Read me"
	w.widths(name, []float64{100})
	w.put(name, 1, 1, a.Title, w.head)
	row := 2
	for _, line := range append([]string{a.School, a.When, a.Rate}, a.Notes...) {
		if line != "" {
			w.put(name, 1, row, line, w.wrap)
			w.high(name, row, line, 100)
			row++
		}
	}
}

// onPaper is how many groups stand beside their questions on one sheet of A4 and can still be read.
const onPaper = 16

// longest is how many letters the longest name of a group has, up to what a heading may be high.
func longest(groups []result.Group) int {
	most := 0
	for _, g := range groups {
		most = max(most, len([]rune(g.Name)))
	}
	return min(most, 40)
}

// shares is questions by groups, in the order of the round.
func (w *workbook) shares(view result.Viewed, groups []result.Group) {
	const name = "Shares"
	w.sheet(name, []float64{60, 30})
	w.put(name, 1, 1, "Question", w.head)
	w.put(name, 2, 1, "Counted as favourable", w.head)
	var shown []result.Group
	for _, g := range groups {
		if g.Shown {
			shown = append(shown, g)
			w.put(name, 2+len(shown), 1, g.Name, w.upright)
		}
	}
	if len(shown) > 0 {
		first, _ := excelize.ColumnNumberToName(3)
		last, err := excelize.ColumnNumberToName(2 + len(shown))
		w.keep(err)
		w.keep(w.SetColWidth(name, first, last, 6))
		w.keep(w.SetRowHeight(name, 1, 6*float64(longest(shown))+12))
	}
	w.repeat(name, "$A:$B", "$1:$1")
	if len(shown) > onPaper {
		w.scale[name] = 80 // it goes on sideways
	}
	row := 1
	for _, q := range view.Questions {
		if !q.HasHeadline() || q.Several {
			continue
		}
		row++
		w.put(name, 1, row, q.Text, w.wrap)
		w.put(name, 2, row, q.FavourableWords, w.wrap)
		// The higher of the two decides.
		if w.high(name, row, q.Text, 60); len(q.FavourableWords)*2 > len(q.Text) {
			w.high(name, row, q.FavourableWords, 30)
		}
		for i, g := range shown {
			if r, ok := q.Row(g.Unit); ok && r.Share != nil {
				w.put(name, 3+i, row, float64(r.Share.X)/float64(r.Share.N), w.percent)
			}
		}
	}
	w.keep(w.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}))
	if row > 1 && len(shown) > 0 {
		w.keep(w.SetConditionalFormat(name, "C2:"+cell(2+len(shown), row), []excelize.ConditionalFormatOptions{{Type: "3_color_scale", Criteria: "=",
			MinType: "num", MidType: "num", MaxType: "num", MinValue: "0", MidValue: "0.5", MaxValue: "1",
			MinColor: "#" + palette[figure.Disagree1], MidColor: "#FFFFFF", MaxColor: "#" + palette[figure.Agree1]}}))
	}
}

// rowsAChart is how many rows of the sheet a chart takes up.
const rowsAChart = 9

// Answers are printed at this scale in per cent, with margins in inches, so that a chart stands beside its numbers; a sheet of
// A4 then holds so many points of them. Programs heed breaks between pages only at a fixed scale.
const (
	answersScale  = 75
	answersMargin = .5
	answersHigh   = (8.27 - 2*answersMargin) * 72 / answersScale * 100
)

// answers are the distributions of one group, each with a chart of the spreadsheet's own. On paper none is parted.
func (w *workbook) answers(v words.Voice, view result.Viewed, g result.Group) {
	const name = "Answers"
	w.sheet(name, []float64{44, 10, 10})
	w.scale[name] = answersScale
	w.keep(w.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: new(answersMargin), Right: new(answersMargin), Top: new(answersMargin), Bottom: new(answersMargin)}))
	row, used := 1, 0.0
	for _, q := range view.For(g.Unit) {
		f := figure.Question(v, view.Release, q, g)
		w.put(name, 1, row, q.Text, w.head)
		w.put(name, 1, row+1, f.Sentence, w.wrap)
		high := w.high(name, row, q.Text, 44) + w.high(name, row+1, f.Sentence, 44)
		first := row + 2
		at := first
		var parts []part
		for _, cells := range f.Table.Rows {
			w.put(name, 1, at, cells[0].Text, w.wrap)
			high += w.high(name, at, cells[0].Text, 44)
			if n, err := strconv.Atoi(cells[1].Text); err == nil {
				w.put(name, 2, at, n, 0)
				if q.Several || f.Likert == nil {
					parts = append(parts, part{row: at})
				}
			} else {
				w.put(name, 2, at, cells[1].Text, 0)
			}
			w.put(name, 3, at, cells[2].Text, w.right)
			at++
		}
		if f.Likert != nil {
			parts = likertParts(f, first)
		}
		w.chart(name, row, g.Name, q, parts)
		next := max(at+1, row+2+rowsAChart)
		high += 15.5 * float64(next-at)
		if used += high; used > answersHigh && row > 1 {
			w.keep(w.InsertPageBreak(name, cell(1, row)))
			used = high
		}
		row = next
	}
}

type part struct {
	row  int
	tone figure.Tone
}

// likertParts finds the row of each piece of a bar, from left to right.
func likertParts(f figure.Figure, first int) (parts []part) {
	for _, p := range f.Likert.Rows[0].Pieces {
		for i, cells := range f.Table.Rows {
			if cells[0].Text == p.Label {
				parts = append(parts, part{first + i, p.Tone})
			}
		}
	}
	return parts
}

// chart draws one question: a stacked bar for a scale, bars for a choice.
func (w *workbook) chart(sheet string, row int, group string, q result.Question, parts []part) {
	if len(parts) < 2 {
		return
	}
	c := &excelize.Chart{Type: excelize.BarPercentStacked, Legend: excelize.ChartLegend{Position: "bottom"}, Dimension: excelize.ChartDimension{Width: 560, Height: 170},
		Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: group}}}, ShowBlanksAs: "gap", PlotArea: excelize.ChartPlotArea{ShowVal: true},
		Format: excelize.GraphicOptions{AltText: q.Text}, GapWidth: new(uint(40)),
		YAxis: excelize.ChartAxis{None: true}}
	if q.Kind == bank.Choice || q.Several {
		first, last := parts[0].row, parts[len(parts)-1].row
		c.Type, c.Legend.Position = excelize.Bar, "none"
		c.XAxis.ReverseOrder = true
		c.Series = []excelize.ChartSeries{{Name: group, Categories: area(sheet, 1, first, last), Values: area(sheet, 2, first, last),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{palette[figure.Agree2]}}}}
	} else {
		for _, p := range parts {
			c.Series = append(c.Series, excelize.ChartSeries{Name: area(sheet, 1, p.row, p.row), Values: area(sheet, 2, p.row, p.row),
				Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{palette[p.tone]}}})
		}
		c.XAxis.None = true
	}
	w.keep(w.AddChart(sheet, cell(5, row), c))
}

func area(sheet string, column, first, last int) string {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, name, first, name, last)
}

// plain is a table as it is, with numbers as numbers. It is written as a stream: a large school has fifty thousand lines.
func (w *workbook) plain(name string, rows [][]string, widths []float64) {
	_, err := w.NewSheet(name)
	w.keep(err)
	w.extent[name] = [2]int{len(rows[0]), len(rows)}
	w.paper(name)
	w.repeat(name, "", "$1:$1")
	out, err := w.NewStreamWriter(name)
	if w.keep(err); w.err != nil {
		return
	}
	for i, width := range widths {
		w.keep(out.SetColWidth(i+1, i+1, width))
	}
	w.keep(out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	line := make([]any, len(rows[0]))
	for r, texts := range rows {
		for c, text := range texts {
			line[c] = value(text, r > 0 && numeric[rows[0][c]])
			if r == 0 {
				line[c] = excelize.Cell{StyleID: w.head, Value: text}
			}
		}
		w.keep(out.SetRow(cell(1, r+1), line))
	}
	w.keep(out.Flush())
}

// value is a number as a number, if one is expected, a text as a text, and nothing as nothing.
func value(text string, number bool) any {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && number {
		return n
	}
	return text
}

var numeric = map[string]bool{"asked": true, "answered": true, "people": true, "of": true, "percent": true, "low": true, "high": true}

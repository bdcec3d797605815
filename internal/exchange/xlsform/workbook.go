package xlsform

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What is read at most: far more than a hundred questions in a dozen languages need, and little enough to hold in memory.
const (
	MaxBytes   = 4 << 20
	maxUnzip   = 24 << 20 // of everything in the file
	maxParts   = 500
	maxSheets  = 50
	maxRows    = 5000
	maxColumns = 400
	maxCells   = 200_000
	maxCell    = 32_767 // characters, as in every spreadsheet
)

// sheet is a sheet of a workbook as texts; rows and cells that are empty at the end are left out.
type sheet struct {
	name string
	rows [][]string
}

var (
	ole       = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
	encrypted = utf16("EncryptedPackage")
)

func utf16(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// Looks says whether a file is a workbook rather than a text, by what it begins with or else by its name.
func Looks(data []byte, name string) bool {
	name = strings.ToLower(name)
	for _, end := range []string{".xlsx", ".xls", ".xlsm", ".ods"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, ole)
}

// open reads the texts of a workbook. Formulas count as what they came to when the file was saved; nothing is worked out,
// and nothing outside the file is looked at.
func open(data []byte) (sheets []sheet, problems Problems) {
	switch {
	case len(data) == 0:
		return nil, fileProblem(fileEmpty)
	case len(data) > MaxBytes:
		return nil, fileProblem(fileBig, "most", strconv.Itoa(MaxBytes>>20))
	case bytes.HasPrefix(data, ole) && bytes.Contains(data, encrypted):
		return nil, fileProblem(filePassword)
	case bytes.HasPrefix(data, ole):
		return nil, fileProblem(fileOld)
	}
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fileProblem(fileOther)
	}
	size, workbook := uint64(0), false
	for _, f := range parts.File {
		// A part that unpacks to more than it says is refused by package zip.
		if size += min(f.UncompressedSize64, maxUnzip+1); size > maxUnzip || len(parts.File) > maxParts {
			return nil, fileProblem(fileUnpacks)
		}
		workbook = workbook || strings.EqualFold(f.Name, "[Content_Types].xml")
	}
	if !workbook {
		return nil, fileProblem(fileOther)
	}
	defer func() {
		// The library is written for good workbooks; a bad one must not take the server with it.
		if recover() != nil {
			sheets, problems = nil, fileProblem(fileBroken)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		return nil, fileProblem(fileBroken)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > maxSheets {
		return nil, fileProblem(manySheets, "most", strconv.Itoa(maxSheets))
	}
	left := maxCells
	for _, name := range names { // hidden ones too: programs that make forms hide some
		s, wrong := readSheet(f, name, &left)
		if wrong != nil {
			return nil, wrong
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

func readSheet(f *excelize.File, name string, left *int) (sheet, Problems) {
	s := sheet{name: name}
	wrong := func(code string, most int) (sheet, Problems) {
		return s, Problems{{Sheet: quoted(name), Code: code, Message: say(sentences[code], "most", strconv.Itoa(most))}}
	}
	rows, err := f.Rows(name)
	if err != nil {
		return s, nil // a chart has a sheet of its own, without rows
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return s, fileProblem(fileBroken)
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) == 0 {
			continue
		}
		if len(cells) > maxColumns {
			return wrong(manyColumns, maxColumns)
		}
		if n > maxRows {
			return wrong(manyRows, maxRows)
		}
		if *left -= len(cells); *left < 0 {
			return s, fileProblem(manyCells, "most", strconv.Itoa(maxCells))
		}
		for len(s.rows) < n-1 {
			s.rows = append(s.rows, nil)
		}
		for i, c := range cells {
			if len(c) > 4*maxCell {
				return s, Problems{{Sheet: quoted(name), Row: n, Column: i + 1, Code: longCell, Message: say(sentences[longCell])}}
			}
			cells[i] = strings.ReplaceAll(strings.ReplaceAll(c, "\r\n", "\n"), "_x000D_", "")
		}
		s.rows = append(s.rows, append([]string(nil), cells...))
	}
	if err := rows.Error(); err != nil {
		return s, fileProblem(fileBroken)
	}
	return s, nil
}

// save writes sheets as a workbook in which every cell is a text, also when somebody edits it.
func save(sheets []sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, fmt.Errorf("xlsform: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EEF2"}}})
	if err != nil {
		return nil, fmt.Errorf("xlsform: %w", err)
	}
	for i, s := range sheets {
		if err := saveSheet(f, i, s, text, head); err != nil {
			return nil, fmt.Errorf("xlsform: sheet %d: %w", i+1, err)
		}
	}
	f.SetActiveSheet(0)
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("xlsform: %w", err)
	}
	return b.Bytes(), nil
}

// widest is how many characters a column shows at most; longer texts go on in the next line.
const widest = 50

func saveSheet(f *excelize.File, n int, s sheet, text, head int) error {
	var err error
	if n == 0 {
		err = f.SetSheetName("Sheet1", s.name)
	} else {
		_, err = f.NewSheet(s.name)
	}
	if err != nil {
		return err
	}
	widths, most := map[int]float64{}, 1
	for i, cells := range s.rows {
		lines := 1
		for j, c := range cells {
			if c == "" {
				continue
			}
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(s.name, at, c); err != nil {
				return err
			}
			style := text
			if i == 0 {
				style = head
			}
			if err := f.SetCellStyle(s.name, at, at, style); err != nil {
				return err
			}
			most = max(most, j+1)
			widths[j] = min(max(widths[j], float64(len([]rune(c)))+2, 10), widest)
			lines = max(lines, 1+len([]rune(c))/(widest-4)+strings.Count(c, "\n"))
		}
		if lines > 1 { // programs do not all make room by themselves
			if err := f.SetRowHeight(s.name, i+1, min(15.5*float64(lines), 400)); err != nil {
				return err
			}
		}
	}
	for j, w := range widths {
		if j >= 100 { // each costs as much as all before it
			continue
		}
		name, err := excelize.ColumnNumberToName(j + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(s.name, name, name, w); err != nil {
			return err
		}
	}
	if err := f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: new(true)}); err != nil {
		return err
	}
	if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: new(9), Orientation: new("landscape"), FitToWidth: new(1), FitToHeight: new(0)}); err != nil { // A4
		return err
	}
	// pyxform reads no further than the sheet says it goes.
	last, err := excelize.CoordinatesToCellName(most, max(1, len(s.rows)))
	if err != nil {
		return err
	}
	if err := f.SetSheetDimension(s.name, "A1:"+last); err != nil {
		return err
	}
	return f.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

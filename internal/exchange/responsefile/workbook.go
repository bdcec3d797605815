package responsefile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"earshot/internal/base/fault"
)

const (
	maxUnzip = 160 << 20 // of everything in a workbook
	maxParts = 1000
)

var (
	ole       = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1} // Excel before 2007
	encrypted = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
)

// workbook reads the first sheet with anything on it. Formulas count as what they came to when the file was saved; nothing
// is worked out, and nothing outside the file is looked at.
func (f *filling) workbook(data []byte) {
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		f.add(Stop, 0, "", "broken")
		return
	}
	size, found := uint64(0), false
	for _, p := range parts.File {
		// A part that unpacks to more than it says is refused by package zip.
		if size += min(p.UncompressedSize64, maxUnzip+1); size > maxUnzip || len(parts.File) > maxParts {
			f.add(Stop, 0, "", "unpacks")
			return
		}
		found = found || p.Name == "xl/workbook.xml"
	}
	if !found {
		f.add(Stop, 0, "", "not_table")
		return
	}
	defer func() {
		// The library is written for good workbooks; a bad one must not take the server with it.
		if recover() != nil {
			f.add(Stop, 0, "", "broken")
		}
	}()
	// Both limits are the same, so that nothing is ever written into a temporary file.
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		f.add(Stop, 0, "", "broken")
		return
	}
	defer book.Close()
	others := 0
	sheet := ""
	for _, name := range book.GetSheetList() {
		if sheet != "" {
			others++
			continue
		}
		if f.sheet(book, name); f.Columns != nil || Stops(f.list) {
			sheet = name
		}
	}
	if sheet == "" {
		f.add(Stop, 0, "", "empty")
		return
	}
	if others > 0 {
		f.add(Info, 0, "", "sheet", fault.Values{"Name": shorten(sheet)})
	}
	f.blankFormulas(parts, sheet)
}

func (f *filling) sheet(book *excelize.File, name string) {
	rows, err := book.Rows(name)
	if err != nil {
		return // a chart has a sheet of its own, without rows
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			f.add(Stop, n, "", "broken")
			return
		}
		if f.Columns == nil {
			if strings.TrimSpace(strings.Join(cells, "")) == "" {
				continue
			}
			if !f.heading(n, cells) {
				return
			}
		} else if !f.row(n, cells) {
			return
		}
	}
	if rows.Error() != nil {
		f.add(Stop, 0, "", "broken")
	}
}

// blankFormulas finds cells with a formula and no result: they look empty, and would count as no answer.
func (f *filling) blankFormulas(parts *zip.Reader, sheet string) {
	read := func(name string, into any) bool {
		p, err := parts.Open(strings.TrimPrefix(name, "/"))
		if err != nil {
			return false
		}
		defer p.Close()
		return xml.NewDecoder(p).Decode(into) == nil
	}
	var book struct {
		Sheets []struct {
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if !read("xl/workbook.xml", &book) || !read("xl/_rels/workbook.xml.rels", &rels) {
		return
	}
	for _, s := range book.Sheets {
		name, id := "", ""
		for _, a := range s.Attrs {
			switch a.Name.Local {
			case "name":
				name = a.Value
			case "id":
				id = a.Value
			}
		}
		for _, r := range rels.List {
			if name == sheet && r.ID == id {
				target := r.Target
				if !strings.HasPrefix(target, "/") {
					target = path.Join("xl", target)
				}
				f.scan(parts, strings.TrimPrefix(target, "/"))
				return
			}
		}
	}
}

func (f *filling) scan(parts *zip.Reader, name string) {
	p, err := parts.Open(name)
	if err != nil {
		return
	}
	defer p.Close()
	data, err := io.ReadAll(io.LimitReader(p, maxUnzip))
	if err != nil || !bytes.Contains(data, []byte("<f")) {
		return
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	ref, formula, value, in := "", false, false, ""
	for len(f.list) < mostProblems {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch in = t.Name.Local; in {
			case "c":
				ref, formula, value = "", false, false
				for _, a := range t.Attr {
					if a.Name.Local == "r" {
						ref = a.Value
					}
				}
			case "f":
				formula = true
			}
		case xml.CharData:
			value = value || (in == "v" || in == "t") && len(bytes.TrimSpace(t)) > 0
		case xml.EndElement:
			in = ""
			if t.Name.Local == "c" && formula && !value {
				f.blank(ref)
			}
		}
	}
}

// blank reports one cell, unless its column is dropped anyway or is empty, and answers nothing.
func (f *filling) blank(ref string) {
	column, row, err := excelize.CellNameToCoordinates(ref)
	if err != nil || column > len(f.Columns) || f.Columns[column-1].Kind != Usable || len(f.Columns[column-1].Values) == 0 {
		return
	}
	f.add(Stop, row, f.Columns[column-1].Heading, "blank_formula")
}

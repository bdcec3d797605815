package slides

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// PowerPoint writes a deck as a presentation of 16 to 9. Every text is a text box that can be edited, and every chart one of
// PowerPoint's own with its numbers behind it.
func PowerPoint(d Deck) ([]byte, error) {
	p := &pack{deck: d}
	p.zip = zip.NewWriter(&p.out)
	for i, s := range d.Slides {
		if err := p.slide(i+1, s); err != nil {
			return nil, err
		}
	}
	p.frame()
	if p.err == nil {
		p.err = p.zip.Close()
	}
	return p.out.Bytes(), p.err
}

type pack struct {
	deck   Deck
	out    bytes.Buffer
	zip    *zip.Writer
	charts int
	types  []string // overrides of content types
	err    error
}

func (p *pack) write(name string, body string) {
	if p.err != nil {
		return
	}
	w, err := p.zip.Create(name)
	if err == nil {
		_, err = w.Write([]byte(body))
	}
	p.err = err
}

func (p *pack) part(name, kind, body string) {
	p.write(name, body)
	p.types = append(p.types, `<Override PartName="/`+name+`" ContentType="application/vnd.openxmlformats-officedocument.`+kind+`+xml"/>`)
}

// escape makes a text fit into XML; characters that XML cannot hold are left out.
func escape(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s))); err != nil {
		return ""
	}
	return b.String()
}

const (
	header     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	spaces     = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	relsHead   = header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	relsEnd    = `</Relationships>`
	office     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wide, tall = 12192000, 6858000 // EMU of a slide
	margin     = 720000
)

func relation(id int, kind, target string) string {
	return fmt.Sprintf(`<Relationship Id="rId%d" Type="%s%s" Target="%s"/>`, id, office, kind, target)
}

// box is a text on a slide.
type box struct {
	id         int
	name       string
	x, y, w, h int
	size       int // hundredths of a point
	least      int // the size below which the text would have to go; 0 for none
	bold       bool
	colour     string
	paragraphs []string
	bullets    bool
	title      bool
}

func (p *pack) text(b box) string {
	var s strings.Builder
	placeholder := ""
	if b.title {
		placeholder = `<p:ph type="title"/>`
	}
	fmt.Fprintf(&s, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="%s"/><p:cNvSpPr txBox="%s"/><p:nvPr>%s</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>`,
		b.id, escape(b.name), flag(!b.title), placeholder, b.x, b.y, b.w, b.h)
	anchor := "t"
	if b.title {
		anchor = "b" // next to what is said
	}
	// LibreOffice shrinks far more than is needed, so only what is too long for the least size is left to the program.
	shrink := `<a:noAutofit/>`
	if b.size <= b.least {
		shrink = `<a:normAutofit/>`
	}
	s.WriteString(`<p:txBody><a:bodyPr wrap="square" lIns="0" rIns="0" tIns="0" bIns="0" anchor="` + anchor + `">` + shrink + `</a:bodyPr><a:lstStyle/>`)
	right := ""
	if p.deck.Dir == "rtl" {
		right = ` algn="r" rtl="1"`
	}
	for _, line := range b.paragraphs {
		bullet := `<a:buNone/>`
		indent := ""
		if b.bullets {
			bullet, indent = `<a:buChar char="•"/>`, ` marL="285750" indent="-285750"`
		}
		fmt.Fprintf(&s, `<a:p><a:pPr%s%s><a:spcAft><a:spcPts val="600"/></a:spcAft>%s</a:pPr><a:r><a:rPr lang="%s" sz="%d" b="%s"><a:solidFill><a:srgbClr val="%s"/></a:solidFill></a:rPr><a:t>%s</a:t></a:r></a:p>`,
			right, indent, bullet, escape(p.deck.Lang), b.size, flag(b.bold), b.colour, escape(line))
	}
	s.WriteString(`</p:txBody></p:sp>`)
	return s.String()
}

const (
	ink  = "26221C"
	soft = "5E584C"
)

// fit is the size, in hundredths of a point, in which paragraphs fill a box without running over it: an estimate, with
// letters half as wide as they are high, which is a little more than they are.
func fit(paragraphs []string, w, h, least, most int) int {
	const emu = 127 // in a hundredth of a point
	for size := most; size > least; size -= 100 {
		lines := 0
		for _, p := range paragraphs {
			perLine := max(1, (w-200000)/(emu*size/2))
			lines += (len([]rune(p)) + perLine - 1) / perLine
		}
		if lines*emu*size*5/4+len(paragraphs)*emu*600 <= h {
			return size
		}
	}
	return least
}

// bold is a width as bold letters fill it.
func bold(width int) int { return width * 85 / 100 }

// slide lays one slide out: heading, what is said, then a chart or lists side by side, and small print at the foot. Text is
// as large as there is room for.
func (p *pack) slide(n int, s Slide) error {
	var shapes strings.Builder
	rels := relsHead + relation(1, "slideLayout", "../slideLayouts/slideLayout1.xml") + relation(2, "notesSlide", fmt.Sprintf("../notesSlides/notesSlide%d.xml", n))
	width, foot := wide-2*margin, tall-900000
	if s.Small == "" {
		foot = tall - 450000
	}
	title := []string{s.Title}
	y, high, most := 380000, 1050000, 3600
	switch {
	case n == 1:
		y, high, most = 1900000, 1700000, 6000
	case fit(title, bold(width), 650000, 100, most) == most:
		high = 650000 // one line
	}
	shapes.WriteString(p.text(box{id: 2, name: "Title", x: margin, y: y, w: width, h: high, size: fit(title, bold(width), high, 2400, most), least: 2400, bold: true, colour: ink, paragraphs: title, title: true}))
	y += high + 120000
	data, drawn := dataOf(s.Figure)
	if s.Lead != "" {
		lead := []string{s.Lead}
		high := foot - y
		most := 4000
		if drawn || len(s.Lists) > 0 {
			high, most = 900000, 2600
		}
		size := fit(lead, width, high, 1600, most)
		shapes.WriteString(p.text(box{id: 3, name: "What is said", x: margin, y: y, w: width, h: high, size: size, least: 1600, colour: ink, paragraphs: lead}))
		if fit(lead, width, 450000, 100, most) == size {
			high = 550000 // one line
		}
		y += high + 80000
	}
	if drawn {
		p.charts++
		rels += relation(3, "chart", fmt.Sprintf("../charts/chart%d.xml", p.charts))
		shapes.WriteString(fmt.Sprintf(`<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="Chart" descr="%s"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rId3"/></a:graphicData></a:graphic></p:graphicFrame>`,
			escape(s.Lead), margin, y, width, foot-y))
		if err := p.chart(data); err != nil {
			return err
		}
	}
	p.lists(&shapes, s.Lists, y, foot-y)
	if s.Small != "" {
		small := []string{s.Small}
		shapes.WriteString(p.text(box{id: 5, name: "Small print", x: margin, y: foot + 60000, w: width, h: 640000, size: fit(small, width, 640000, 1000, 1600), least: 1000, colour: soft, paragraphs: small}))
	}
	p.part(fmt.Sprintf("ppt/slides/slide%d.xml", n), "presentationml.slide", header+`<p:sld `+spaces+`><p:cSld>`+tree(shapes.String())+`</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`)
	p.write(fmt.Sprintf("ppt/slides/_rels/slide%d.xml.rels", n), rels+relsEnd)
	p.notes(n, s.Notes)
	return nil
}

// lists stand beside each other, or four of them two by two, all in one size.
func (p *pack) lists(shapes *strings.Builder, lists []List, y, high int) {
	if len(lists) == 0 {
		return
	}
	columns, rows := len(lists), 1
	if columns > 3 {
		columns, rows = 2, (len(lists)+1)/2
	}
	each, tallest := (wide-2*margin)/columns, high/rows
	// All headings are of one size, on one line or, where one of them is long, on two.
	heading, headSize := 0, 0
	headings := func(high int) int {
		size := 2200
		for _, l := range lists {
			if l.Heading != "" {
				heading = high
				size = min(size, fit([]string{l.Heading}, bold(each-250000), high-40000, 1400, 2200))
			}
		}
		return size
	}
	if headSize = headings(480000); headSize < 1800 {
		headSize = headings(820000)
	}
	size := 2800
	for _, l := range lists {
		size = min(size, fit(l.Lines, each-550000, tallest-heading, 1200, 2800))
	}
	for i, l := range lists {
		column := i % columns
		if p.deck.Dir == "rtl" {
			column = columns - 1 - column
		}
		x, top := margin+column*each, y+i/columns*tallest
		end := top + tallest
		if head := []string{l.Heading}; l.Heading != "" {
			shapes.WriteString(p.text(box{id: 10 + 2*i, name: l.Heading, x: x, y: top, w: each - 250000, h: heading - 40000, size: headSize, least: 1400, bold: true, colour: ink, paragraphs: head}))
			top += heading
		}
		shapes.WriteString(p.text(box{id: 11 + 2*i, name: "List", x: x, y: top, w: each - 250000, h: end - top, size: size, least: 1200, colour: ink, paragraphs: l.Lines, bullets: len(l.Lines) > 1}))
	}
}

func tree(shapes string) string {
	return `<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>` + shapes + `</p:spTree>`
}

func (p *pack) chart(d chartData) error {
	book, err := workbook(d)
	if err != nil {
		return err
	}
	p.part(fmt.Sprintf("ppt/charts/chart%d.xml", p.charts), "drawingml.chart", chartXML(d))
	p.write(fmt.Sprintf("ppt/charts/_rels/chart%d.xml.rels", p.charts), relsHead+relation(1, "package", fmt.Sprintf("../embeddings/numbers%d.xlsx", p.charts))+relsEnd)
	p.write(fmt.Sprintf("ppt/embeddings/numbers%d.xlsx", p.charts), string(book))
	return nil
}

func (p *pack) notes(n int, text string) {
	body := `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>` +
		`<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="` + escape(p.deck.Lang) + `"/><a:t>` + escape(text) + `</a:t></a:r></a:p></p:txBody></p:sp>`
	p.part(fmt.Sprintf("ppt/notesSlides/notesSlide%d.xml", n), "presentationml.notesSlide", header+`<p:notes `+spaces+`><p:cSld>`+tree(body)+`</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>`)
	p.write(fmt.Sprintf("ppt/notesSlides/_rels/notesSlide%d.xml.rels", n), relsHead+relation(1, "notesMaster", "../notesMasters/notesMaster1.xml")+relation(2, "slide", "../slides/slide"+strconv.Itoa(n)+".xml")+relsEnd)
}

const colourMap = `<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>`

// frame writes what holds the slides together.
func (p *pack) frame() {
	var ids, rels strings.Builder
	rels.WriteString(relation(1, "slideMaster", "slideMasters/slideMaster1.xml") + relation(2, "notesMaster", "notesMasters/notesMaster1.xml") + relation(3, "theme", "theme/theme1.xml"))
	for i := range p.deck.Slides {
		fmt.Fprintf(&ids, `<p:sldId id="%d" r:id="rId%d"/>`, 256+i, 10+i)
		rels.WriteString(relation(10+i, "slide", fmt.Sprintf("slides/slide%d.xml", i+1)))
	}
	p.part("ppt/presentation.xml", "presentationml.presentation.main", header+`<p:presentation `+spaces+`><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="rId2"/></p:notesMasterIdLst><p:sldIdLst>`+
		ids.String()+`</p:sldIdLst><p:sldSz cx="`+strconv.Itoa(wide)+`" cy="`+strconv.Itoa(tall)+`"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`)
	p.write("ppt/_rels/presentation.xml.rels", relsHead+rels.String()+relsEnd)
	background := `<p:bg><p:bgPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>`
	p.part("ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster", header+`<p:sldMaster `+spaces+`><p:cSld>`+background+tree("")+`</p:cSld>`+colourMap+`<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`)
	p.write("ppt/slideMasters/_rels/slideMaster1.xml.rels", relsHead+relation(1, "slideLayout", "../slideLayouts/slideLayout1.xml")+relation(2, "theme", "../theme/theme1.xml")+relsEnd)
	title := `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-GB"/></a:p></p:txBody></p:sp>`
	p.part("ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout", header+`<p:sldLayout `+spaces+` type="titleOnly"><p:cSld name="Title">`+tree(title)+`</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`)
	p.write("ppt/slideLayouts/_rels/slideLayout1.xml.rels", relsHead+relation(1, "slideMaster", "../slideMasters/slideMaster1.xml")+relsEnd)
	p.part("ppt/notesMasters/notesMaster1.xml", "presentationml.notesMaster", header+`<p:notesMaster `+spaces+`><p:cSld>`+background+tree("")+`</p:cSld>`+colourMap+`</p:notesMaster>`)
	p.write("ppt/notesMasters/_rels/notesMaster1.xml.rels", relsHead+relation(1, "theme", "../theme/theme2.xml")+relsEnd)
	p.part("ppt/theme/theme1.xml", "theme", theme)
	p.part("ppt/theme/theme2.xml", "theme", theme)
	p.write("docProps/core.xml", header+`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>`+escape(p.deck.Title)+`</dc:title><dc:creator>`+escape(p.deck.School)+`</dc:creator><dc:language>`+escape(p.deck.Lang)+`</dc:language></cp:coreProperties>`)
	p.write("_rels/.rels", relsHead+relation(1, "officeDocument", "ppt/presentation.xml")+
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`+relsEnd)
	p.write("[Content_Types].xml", header+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`+
		`<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`+strings.Join(p.types, "")+`</Types>`)
}

// theme names fonts and colours; every presentation has to have one.
const theme = header + `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Earshot"><a:themeElements><a:clrScheme name="Earshot"><a:dk1><a:srgbClr val="26221C"/></a:dk1><a:lt1><a:srgbClr val="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="5E584C"/></a:dk2><a:lt2><a:srgbClr val="FBF6EA"/></a:lt2>` +
	`<a:accent1><a:srgbClr val="12566B"/></a:accent1><a:accent2><a:srgbClr val="86B9CB"/></a:accent2><a:accent3><a:srgbClr val="DDD2C0"/></a:accent3><a:accent4><a:srgbClr val="F0B27A"/></a:accent4><a:accent5><a:srgbClr val="B5521B"/></a:accent5><a:accent6><a:srgbClr val="5E584C"/></a:accent6><a:hlink><a:srgbClr val="12566B"/></a:hlink><a:folHlink><a:srgbClr val="5E584C"/></a:folHlink></a:clrScheme>` +
	`<a:fontScheme name="Earshot"><a:majorFont><a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/></a:minorFont></a:fontScheme>` +
	`<a:fmtScheme name="Earshot"><a:fillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:fillStyleLst><a:lnStyleLst><a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln><a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln><a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln></a:lnStyleLst>` +
	`<a:effectStyleLst><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle></a:effectStyleLst><a:bgFillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`

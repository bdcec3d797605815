package slides

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const chartSpaces = `xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// chartXML is a chart of PowerPoint's own: horizontal bars, stacked to a hundred or from zero. It holds its numbers twice, as
// a reference into the workbook that is embedded beside it and as a copy, because programs draw the copy.
func chartXML(d chartData) string {
	var b strings.Builder
	grouping, overlap := "clustered", "0"
	if d.stacked {
		grouping, overlap = "percentStacked", "100"
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace ` + chartSpaces + `><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>` +
		`<c:barChart><c:barDir val="bar"/><c:grouping val="` + grouping + `"/><c:varyColors val="0"/>`)
	for i, s := range d.series {
		b.WriteString(seriesXML(d, i, s))
	}
	b.WriteString(`<c:gapWidth val="45"/><c:overlap val="` + overlap + `"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>`)
	// The first category stands on top.
	b.WriteString(`<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>` +
		`<c:spPr><a:ln><a:solidFill><a:srgbClr val="8A8578"/></a:solidFill></a:ln></c:spPr>` + textXML(2000) + `<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>`)
	most := strconv.Itoa(d.most)
	if d.stacked {
		most = "1"
	}
	b.WriteString(`<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:max val="` + most + `"/><c:min val="0"/></c:scaling><c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="0" sourceLinked="0"/>` +
		`<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1001"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>`)
	b.WriteString(`<c:spPr><a:noFill/></c:spPr></c:plotArea>`)
	if d.stacked {
		b.WriteString(`<c:legend><c:legendPos val="b"/><c:overlay val="0"/>` + textXML(1800) + `</c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>`)
	return b.String()
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func textXML(hundredths int) string {
	return `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="` + strconv.Itoa(hundredths) + `"><a:solidFill><a:srgbClr val="26221C"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>`
}

func seriesXML(d chartData, i int, s series) string {
	column := string(rune('B' + i))
	last := len(d.categories) + 1
	var b strings.Builder
	fmt.Fprintf(&b, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:strRef><c:f>Sheet1!$%s$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx>`, i, i, column, escape(s.name))
	fmt.Fprintf(&b, `<c:spPr><a:solidFill><a:srgbClr val="%s"/></a:solidFill><a:ln w="9525"><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:ln></c:spPr><c:invertIfNegative val="0"/>`, s.colour)
	for i, colour := range s.colours {
		fmt.Fprintf(&b, `<c:dPt><c:idx val="%d"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr><a:solidFill><a:srgbClr val="%s"/></a:solidFill></c:spPr></c:dPt>`, i, colour)
	}
	b.WriteString(`<c:dLbls>`)
	for place, n := range s.values {
		if d.stacked && n < 5 { // too narrow for a number
			fmt.Fprintf(&b, `<c:dLbl><c:idx val="%d"/><c:delete val="1"/></c:dLbl>`, place)
		}
	}
	colour, place := "26221C", `<c:dLblPos val="outEnd"/>`
	if d.stacked {
		place = `<c:dLblPos val="ctr"/>`
		if dark(s.colour) {
			colour = "FFFFFF"
		}
	}
	if s.low != nil {
		place, colour = `<c:dLblPos val="inBase"/>`, "FFFFFF" // away from the line of the interval
	}
	b.WriteString(`<c:numFmt formatCode="0&quot;%&quot;" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="2000" b="1"><a:solidFill><a:srgbClr val="` + colour +
		`"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>` + place + `<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`)
	if s.low != nil {
		b.WriteString(`<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/><c:plus>` + numbers("Sheet1!$D$2:$D$"+strconv.Itoa(last), s.high) + `</c:plus><c:minus>` +
			numbers("Sheet1!$C$2:$C$"+strconv.Itoa(last), s.low) + `</c:minus><c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="26221C"/></a:solidFill></a:ln></c:spPr></c:errBars>`)
	}
	fmt.Fprintf(&b, `<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>`, last, len(d.categories))
	for i, c := range d.categories {
		fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, escape(c))
	}
	b.WriteString(`</c:strCache></c:strRef></c:cat><c:val>` + numbers(fmt.Sprintf("Sheet1!$%s$2:$%s$%d", column, column, last), s.values) + `</c:val></c:ser>`)
	return b.String()
}

func numbers(reference string, values []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<c:numRef><c:f>%s</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="%d"/>`, reference, len(values))
	for i, n := range values {
		fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%d</c:v></c:pt>`, i, n)
	}
	b.WriteString(`</c:numCache></c:numRef>`)
	return b.String()
}

// dark says whether white is read better on a colour than black.
func dark(colour string) bool {
	n, err := strconv.ParseUint(colour, 16, 32)
	if err != nil {
		return false
	}
	return 299*(n>>16&255)+587*(n>>8&255)+114*(n&255) < 128_000
}

// workbook holds the numbers of a chart, so that "Edit data" works.
func workbook(d chartData) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	var firstErr error
	keep := func(err error) {
		if firstErr == nil {
			firstErr = err
		}
	}
	set := func(column, row int, value any) {
		at, err := excelize.CoordinatesToCellName(column, row)
		keep(err)
		if s, ok := value.(string); ok {
			keep(f.SetCellStr("Sheet1", at, s))
		} else {
			keep(f.SetCellValue("Sheet1", at, value))
		}
	}
	for i, c := range d.categories {
		set(1, i+2, c)
	}
	for i, s := range d.series {
		set(i+2, 1, s.name)
		for row, n := range s.values {
			set(i+2, row+2, n)
			if s.low != nil {
				set(3, row+2, s.low[row])
				set(4, row+2, s.high[row])
			}
		}
	}
	if firstErr != nil {
		return nil, firstErr
	}
	var b bytes.Buffer
	_, err := f.WriteTo(&b)
	return b.Bytes(), err
}

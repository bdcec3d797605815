package slides_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"earshot/internal/exchange/slides"
	"earshot/internal/show/figure"
)

func deck(dir string) slides.Deck {
	likert := figure.Figure{Title: "A & B <c>", Sentence: "60% said often", Likert: &figure.Likert{Rows: []figure.LikertRow{{Label: "School", Pieces: []figure.Piece{
		{Label: "Never", Tone: figure.Disagree2, Side: -1, Percent: 16}, {Label: "Sometimes", Tone: figure.Neutral, Percent: 24}, {Label: "Often", Tone: figure.Agree2, Side: 1, Percent: 60}}}}}}
	dots := figure.Figure{Title: "Groups", Dots: &figure.Dots{Rows: []figure.Dot{{Label: "7A", Percent: 40, Low: 30, High: 52}, {Label: "7B", Percent: 55, Low: 55, High: 55}}}}
	groups := figure.Figure{Title: "Beside each other", Likert: &figure.Likert{}}
	for i, name := range []string{"7A", "7B"} {
		groups.Likert.Rows = append(groups.Likert.Rows, figure.LikertRow{Label: name, Pieces: []figure.Piece{{Label: "No", Tone: figure.Disagree2, Side: -1, Percent: 30 + i}, {Label: "Yes", Tone: figure.Agree2, Side: 1, Percent: 70 - i}}})
	}
	return slides.Deck{School: "Riverside", Title: "Round", Lang: "en", Dir: dir, Slides: []slides.Slide{
		{Title: "Round", Lead: "Riverside"}, {Title: likert.Title, Lead: likert.Sentence, Figure: &likert, Notes: "Say \"thanks\" \x01&"}, {Title: "Groups", Figure: &dots}, {Title: groups.Title, Figure: &groups},
		{Title: "Lists", Lists: []slides.List{{Heading: "Strong", Lines: []string{"one", "two"}}, {Heading: "Weak", Lines: []string{"three"}}}},
		{Title: "No picture", Figure: &figure.Figure{Title: "x"}}}}
}

func open(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := files[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		files[f.Name] = string(text)
	}
	return files
}

// A presentation that lacks a part, or has one that nothing leads to, is "repaired" by PowerPoint or refused.
func TestPackageHoldsTogether(t *testing.T) {
	for _, dir := range []string{"ltr", "rtl"} {
		body, err := slides.PowerPoint(deck(dir))
		if err != nil {
			t.Fatal(err)
		}
		files := open(t, body)
		reached := map[string]bool{"[Content_Types].xml": true}
		for name, text := range files {
			if strings.HasSuffix(name, ".xlsx") {
				if _, err := excelize.OpenReader(strings.NewReader(text)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			d := xml.NewDecoder(strings.NewReader(text))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				e, ok := token.(xml.StartElement)
				if !ok || e.Name.Local != "Relationship" {
					continue
				}
				for _, a := range e.Attr {
					if a.Name.Local == "Target" {
						to := path.Join(path.Dir(path.Dir(name)), a.Value)
						reached[to], reached[name] = true, true
						if _, ok := files[to]; !ok {
							t.Errorf("%s leads to %s, which is not there", name, to)
						}
					}
				}
			}
		}
		for name := range files {
			if !reached[name] {
				t.Errorf("nothing leads to %s", name)
			}
			if strings.HasPrefix(name, "ppt/") && strings.HasSuffix(name, ".xml") && !strings.Contains(files["[Content_Types].xml"], `PartName="/`+name+`"`) {
				t.Errorf("%s has no type", name)
			}
		}
		slide := files["ppt/slides/slide2.xml"]
		if !strings.Contains(slide, "A &amp; B &lt;c&gt;") || strings.Contains(slide, `rtl="1"`) != (dir == "rtl") || !strings.Contains(slide, `descr="60% said often"`) {
			t.Error(slide)
		}
		if notes := files["ppt/notesSlides/notesSlide2.xml"]; !strings.Contains(notes, "Say &#34;thanks&#34; &amp;") {
			t.Error(notes)
		}
	}
}

func TestChartsHoldTheirNumbers(t *testing.T) {
	body, err := slides.PowerPoint(deck("ltr"))
	if err != nil {
		t.Fatal(err)
	}
	files := open(t, body)
	single, dots, stacked := files["ppt/charts/chart1.xml"], files["ppt/charts/chart2.xml"], files["ppt/charts/chart3.xml"]
	if strings.Count(single, "<c:ser>") != 1 || strings.Count(single, "<c:dPt>") != 3 || !strings.Contains(single, `<c:max val="60"/>`) || !strings.Contains(single, "<c:v>Sometimes</c:v>") || !strings.Contains(single, "<c:v>60</c:v>") || strings.Contains(single, "errBars") {
		t.Error(single)
	}
	if strings.Count(stacked, "<c:ser>") != 2 || !strings.Contains(stacked, "percentStacked") || !strings.Contains(stacked, "<c:v>70</c:v>") {
		t.Error(stacked)
	}
	if strings.Count(dots, "<c:ser>") != 1 || !strings.Contains(dots, "<c:v>12</c:v>") || !strings.Contains(dots, "errBars") {
		t.Error(dots)
	}
	if _, more := files["ppt/charts/chart4.xml"]; more {
		t.Error("a figure without numbers has a chart")
	}
	f, err := excelize.OpenReader(strings.NewReader(files["ppt/embeddings/numbers2.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := f.GetCellValue("Sheet1", "D2"); n != "12" {
		t.Errorf("the interval's upper part behind the chart is %q", n)
	}
}

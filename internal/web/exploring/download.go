package exploring

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/exchange/resultfile"
	"earshot/internal/exchange/sheet"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// kinds are the files that a reader can take away. All hold the same figures as the pages.
var kinds = []struct{ ending, name string }{
	{"xlsx", "Workbook with charts (Excel, LibreOffice)"},
	{"pptx", "Slides with charts (PowerPoint, LibreOffice)"},
	{"html", "Slides as one file for a browser, without a network"},
	{"csv", "Table (CSV)"},
	{"codebook.csv", "What the columns and answers mean (CSV)"},
	{"plain.csv", "The same table for R, SPSS or PSPP (CSV)"},
	{"sps", "Syntax that reads it into SPSS or PSPP"},
}

// download is all that the reader may see of a round as a file.
func (p Pages) download(c echo.Context, who access.Actor) error {
	r, v, _, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	if v.Empty() {
		return notFound()
	}
	return p.send(c, r, v, v.Groups, c.Param("file"))
}

func (p Pages) downloadGroup(c echo.Context, who access.Actor) error {
	r, v, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	return p.send(c, r, v, []result.Group{g}, c.Param("file"))
}

// send writes results.xlsx, results.csv and so on.
func (p Pages) send(c echo.Context, r round.Round, view result.Viewed, groups []result.Group, file string) error {
	v := page.Voice(c)
	ending, ok := strings.CutPrefix(file, "results.")
	name := "results-" + strings.ToLower(r.Code) + "." + ending
	var body []byte
	var err error
	kind := "text/csv; charset=utf-8"
	switch {
	case !ok:
		return notFound()
	case ending == "csv":
		body, err = asCSV(resultfile.Table(v, view, groups), sheet.Write)
	case ending == "codebook.csv":
		body, err = asCSV(resultfile.Codebook(view), sheet.Write)
	case ending == "plain.csv": // for SPSS: without the mark that a spreadsheet needs
		body, err = asCSV(resultfile.Table(v, view, groups), plainly)
	case ending == "sps":
		kind, body = "text/plain; charset=utf-8", []byte(resultfile.Syntax("results-"+strings.ToLower(r.Code)+".plain.csv"))
	case ending == "xlsx":
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		body, err = resultfile.Workbook(v, view, groups, resultfile.About{School: r.AtOpening().School, Title: r.Title, When: asked(v, r),
			Rate: figure.Rate(v, view.Release, groups[0]), Notes: []string{v.Say("figure.file.about"), v.Say("figure.file.hidden"), kept(v, view.Report)}})
	case ending == "pptx":
		kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		body, err = slides.PowerPoint(deck(v, r, view, groups[0]))
	case ending == "html":
		kind = "text/html; charset=utf-8"
		body, err = p.presentFile(c, r, view, groups[0])
	default:
		return notFound()
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, kind, body)
}

func asCSV(rows [][]string, write func(io.Writer, [][]string) error) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b, rows)
	return b.Bytes(), err
}

// plainly writes CSV for a program that runs nothing it reads. Somebody may open it with a spreadsheet all the same.
func plainly(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = sheet.Harmless(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// deck is what a reader shows of one group on a wall.
func deck(v words.Voice, r round.Round, view result.Viewed, g result.Group) slides.Deck {
	about := slides.About{School: r.AtOpening().School, Title: r.Title, When: asked(v, r), Kept: kept(v, view.Report)}
	if r.Why != "" {
		about.Why = v.Say("public.because", words.V{"Why": r.Why})
	}
	return slides.Results(v, view, g, about)
}

// files are the links to what can be taken away.
func files(r round.Round, g result.Group) []page.Link {
	var links []page.Link
	for _, k := range kinds {
		links = append(links, page.Link{Text: k.name, URL: filesURL(r, g) + "/results." + k.ending})
	}
	return links
}

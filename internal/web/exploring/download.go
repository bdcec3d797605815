package exploring

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/exchange/sheet"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// download is all that the reader may see of a round as one table for a spreadsheet.
func (p Pages) download(c echo.Context, who access.Actor) error {
	r, v, _, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	if v.Empty() {
		return notFound()
	}
	return sendCSV(c, r, v, v.Groups)
}

func (p Pages) downloadGroup(c echo.Context, who access.Actor) error {
	r, v, g, err := p.lookAt(c.Request().Context(), who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	return sendCSV(c, r, v, []result.Group{g})
}

func sendCSV(c echo.Context, r round.Round, v result.Viewed, groups []result.Group) error {
	body, err := encodeCSV(table(page.Voice(c), v, groups))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="results-`+strings.ToLower(r.Code)+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", body)
}

// encodeCSV writes a table for a spreadsheet.
func encodeCSV(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	err := sheet.Write(&b, rows)
	return b.Bytes(), err
}

var heading = []string{"group", "kind", "asked", "answered", "rate", "question", "item", "wording", "text", "line", "answer", "people", "of", "percent", "low", "high", "note"}

// table lists the same figures as the pages: one line for what is said of a question, and one for each bar of it.
func table(v words.Voice, view result.Viewed, groups []result.Group) [][]string {
	rows := [][]string{heading}
	for _, g := range groups {
		start := []string{g.Name, g.Kind, count(g.Asked), count(g.Answered), figure.Rate(v, view.Release, g)}
		blank := make([]string, 5)
		add := func(question []string, rest ...string) {
			line := append(append([]string{}, start...), question...)
			line = append(line, rest...)
			rows = append(rows, append(line, make([]string, len(heading)-len(line))...)[:len(heading)])
		}
		if !g.Shown {
			add(blank[:4], "hidden", "", "", "", "", "", "", figure.Hidden(v, view.Release))
			continue
		}
		add(blank[:4], "rate")
		for _, s := range view.Sections {
			if sum, ok := s.Row(g.Unit); ok {
				add(blank[:4], "section", s.Name, strconv.Itoa(sum.X), strconv.Itoa(sum.N), ratio(sum.X, sum.N))
			}
		}
		for _, q := range view.For(g.Unit) {
			named := []string{q.ID, q.Item, q.Wording, q.Text}
			row, _ := q.Row(g.Unit)
			f := figure.Question(v, view.Release, q, g)
			if row.Hidden {
				add(named, "hidden", "", "", "", "", "", "", f.Sentence)
				continue
			}
			if s := row.Share; s != nil {
				add(named, "share", q.FavourableWords, strconv.Itoa(s.X), strconv.Itoa(s.N), ratio(s.X, s.N), tenth(s.Low), tenth(s.High), join(f.Sentence, f.Doubt, f.Note))
			} else {
				add(named, "sentence", "", "", "", "", "", "", join(f.Sentence, f.Doubt, f.Note))
			}
			for i, cells := range f.Table.Rows {
				line := []string{"answer", cells[0].Text, cells[1].Text, "", strings.TrimSuffix(cells[2].Text, "%"), "", "", ""}
				if cells[1].Hidden {
					line[2], line[7] = "", cells[1].Text
				}
				if i < len(row.Each) && row.Each[i].Share != nil {
					s := row.Each[i].Share
					line[3], line[4], line[5], line[6] = strconv.Itoa(s.N), ratio(s.X, s.N), tenth(s.Low), tenth(s.High)
				}
				add(named, line...)
			}
		}
	}
	for _, h := range ofSchool(view.Hands, groups) {
		for i, label := range h.Options {
			n := strconv.Itoa(h.Counts[i])
			if h.Counts[i] == result.FewHands {
				n = ""
			}
			line := append(make([]string, 5), h.Question, "", "", h.Text, "hands", label, n)
			rows = append(rows, append(line, make([]string, len(heading)-len(line))...))
		}
	}
	return rows
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func ratio(x, n int) string {
	if n == 0 {
		return ""
	}
	return tenth(float64(x) / float64(n))
}

// tenth is a share as per cent with one decimal.
func tenth(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) }

func join(sentences ...string) string {
	var all []string
	for _, s := range sentences {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// ofSchool gives hands only with the school's own figures: they are sums over rooms.
func ofSchool(hands []result.Hands, groups []result.Group) []result.Hands {
	if len(groups) == 0 || groups[0].Kind != round.UnitSchool {
		return nil
	}
	return hands
}

package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// split is how a round's answers are parted by what people said of themselves, or by the question that matters most.
func (a *asked) split() *result.Split {
	for i, s := range a.rel.Splits {
		if s.Kind != result.SplitPace {
			return &a.rel.Splits[i]
		}
	}
	return nil
}

// newSight works out what a reader may find of a round, from the release and the test's own idea of who may see what.
func newSight(e *everything, a *asked, r reader) *sight {
	s := &sight{asked: a, reader: r, facts: map[fact]bool{}, tables: map[string]string{}, pairs: map[[2]int]bool{}, counts: map[int]bool{0: true}}
	s.units, s.own = r.mySet(a)
	s.pairs[[2]int{a.rel.Report.GroupsKept, a.rel.Report.Groups}] = true
	school := a.rel.School()
	if ok := a.rel.Purpose != "learning" || school.LeadersTeaching; ok && a.doc.Audience != bank.Staff {
		s.group(school)
		for _, q := range a.rel.Questions {
			if q.Public != nil {
				s.row(q, *q.Public)
			}
		}
	}
	for _, g := range a.rel.Groups {
		if !s.units[g.Unit] && !s.own[g.Unit] {
			continue
		}
		s.group(g)
		for _, q := range a.rel.Questions {
			row, ok := q.Row(g.Unit)
			if !ok || !s.units[g.Unit] && q.About != bank.AboutThisClass {
				continue
			}
			s.row(q, row)
			if whole, ok := q.Row(school.Unit); ok && s.units[school.Unit] && row.Share != nil && whole.Share != nil {
				s.share(whole.Share.X-row.Share.X, whole.Share.N-row.Share.N)
			}
			for _, b := range q.Before {
				for _, was := range b.Rows {
					if was.Unit == g.Unit {
						s.share(was.Share.X, was.Share.N)
					}
				}
			}
		}
		for _, sum := range a.rel.Sections {
			if x, ok := sum.Row(g.Unit); ok {
				s.share(x.X, x.N)
				s.pairs[[2]int{x.Items, x.Of}], s.counts[x.Of], s.counts[x.Items] = true, true, true
			}
		}
	}
	if s.units[school.Unit] {
		for _, split := range a.rel.Splits {
			for _, p := range split.Parts {
				s.counts[p.N] = true
				s.pairs[[2]int{school.Answered - p.N, school.Answered}] = true
			}
			for _, row := range split.Rows {
				for _, p := range row.Shares {
					if p != nil {
						s.share(p.Share.X, p.Share.N)
					}
				}
			}
		}
	}
	return s
}

func (s *sight) share(x, n int) { s.pairs[[2]int{x, n}], s.counts[x], s.counts[n] = true, true, true }

func (s *sight) group(g result.Group) { s.share(g.Answered, g.Asked) }

// row allows what a row of a release says.
func (s *sight) row(q result.Question, row result.Row) {
	g, _ := s.rel.Group(row.Unit)
	s.share(row.N, g.Answered)
	if row.Share != nil {
		s.share(row.Share.X, row.Share.N)
	}
	for _, b := range row.Bars {
		for _, n := range []int{row.N, answered(row)} {
			s.share(b.Count, n)
		}
	}
	for _, each := range row.Each {
		if each.Share != nil {
			s.share(each.Share.X, each.Share.N)
		}
	}
	if row.NoAnswer != nil {
		s.counts[*row.NoAnswer] = true
	}
}

// answered is how many of a row stand in bars of answers alone.
func answered(row result.Row) (n int) {
	for _, b := range row.Bars {
		if len(b.Options) > 0 {
			n += b.Count
		}
	}
	return n
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	ofPairs = regexp.MustCompile(`\b(\d+) of (?:the )?(\d+)\b( questions)?`)
	numCell = regexp.MustCompile(`<td class="num">(\d+)</td>`)
	pointed = regexp.MustCompile(`\d+% \((\d+)\)`)
	cached  = regexp.MustCompile(`<(?:c:v|a:t)>([^<]*)</`)
)

// read takes one page or file apart.
func (e *everything) read(url, kind, body string, about []*sight) {
	switch {
	case strings.HasSuffix(url, "/results.plain.csv"):
		about[0].tables[strings.TrimSuffix(url, "plain.csv")] = body
		e.table(url, body, about[0])
	case strings.HasSuffix(url, "/results.csv"):
		plain := about[0].tables[strings.TrimSuffix(url, "csv")]
		if numbers(strings.ReplaceAll(strings.TrimPrefix(body, "\ufeff"), "'-", "-")) != numbers(plain) || plain == "" {
			e.T.Errorf("%s as %s: the two tables have other numbers", url, about[0].reader.name)
		}
	case strings.HasSuffix(url, ".xlsx"):
		e.workbook(url, body, about[0])
	case strings.HasSuffix(url, ".pptx"):
		e.slides(url, body, about)
	case strings.Contains(kind, "json") && len(about) == 1:
		e.program(url, body, about[0])
	case strings.Contains(kind, "html"):
		e.sentences(url, body, about)
		for _, m := range numCell.FindAllStringSubmatch(body, -1) {
			e.count(url, m[1], about)
		}
		for _, m := range pointed.FindAllStringSubmatch(body, -1) {
			e.count(url, m[1], about)
		}
	}
	if len(about) == 1 {
		e.names(url, body, about[0])
	}
}

// names fails where a class of somebody else is named in a table of a round for learning. Who took part is told to leaders
// and named readers, in steps, on pages.
func (e *everything) names(url, body string, s *sight) {
	if s.rel.Purpose != "learning" || !strings.Contains(url, "/files/") {
		return
	}
	for _, g := range s.rel.Groups {
		if g.Kind == round.UnitClass && !s.own[g.Unit] && strings.Contains(body, g.Name) && strings.Contains(url, ".csv") {
			e.T.Errorf("%s as %s names %s", url, s.reader.name, g.Name)
		}
	}
}

func (e *everything) sentences(url, text string, about []*sight) {
	text = strings.ReplaceAll(tags.ReplaceAllString(text, " "), "\u00a0", " ")
	for _, m := range ofPairs.FindAllStringSubmatch(text, -1) {
		x, _ := strconv.Atoi(m[1])
		n, _ := strconv.Atoi(m[2])
		if m[3] == "" && !slices.ContainsFunc(about, func(s *sight) bool { return s.pairs[[2]int{x, n}] }) {
			e.T.Errorf("%s as %s says %q, which is none of what they may see", url, about[0].reader.name, m[0])
		}
	}
}

func (e *everything) count(url, text string, about []*sight) {
	n, _ := strconv.Atoi(text)
	if n == 1 || n == 2 {
		e.T.Errorf("%s as %s counts %d", url, about[0].reader.name, n)
	}
	if !slices.ContainsFunc(about, func(s *sight) bool { return s.counts[n] }) {
		e.T.Errorf("%s as %s counts %d, which is none of what they may see", url, about[0].reader.name, n)
	}
}

// numbers are all cells of a table that are numbers.
func numbers(table string) string {
	rows, _ := csv.NewReader(strings.NewReader(table)).ReadAll()
	var all []string
	for _, row := range rows {
		for _, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err == nil {
				all = append(all, cell)
			}
		}
	}
	return strings.Join(all, " ")
}

func (e *everything) workbook(url, body string, s *sight) {
	f, err := excelize.OpenReader(strings.NewReader(body))
	testkit.Must(e.T, err)
	defer f.Close()
	plain, err := csv.NewReader(strings.NewReader(s.tables[strings.TrimSuffix(url, "xlsx")])).ReadAll()
	testkit.Must(e.T, err)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		testkit.Must(e.T, err)
		for r, row := range rows {
			for c, cell := range row {
				e.sentences(url, cell, []*sight{s})
				x, err := strconv.ParseFloat(cell, 64)
				switch {
				case err != nil || sheet == "Codebook":
				case sheet == "All figures":
					if want, _ := strconv.ParseFloat(plain[r][c], 64); want != x {
						e.T.Errorf("%s as %s: %q has %s where the table has %s", url, s.reader.name, sheet, cell, plain[r][c])
					}
				case sheet == "Answers":
					e.count(url, cell, []*sight{s})
				case sheet == "Shares":
					known := false
					for p := range s.pairs {
						known = known || p[1] > 0 && float64(p[0])/float64(p[1])-x < 1e-9 && x-float64(p[0])/float64(p[1]) < 1e-9
					}
					if !known {
						e.T.Errorf("%s as %s: a share of %v is none of what they may see", url, s.reader.name, x)
					}
				default:
					e.T.Errorf("%s: the sheet %q is new: say here what its numbers are", url, sheet)
				}
			}
		}
	}
}

// slides reads texts, and the numbers that charts keep, which are per cents.
func (e *everything) slides(url, body string, about []*sight) {
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	testkit.Must(e.T, err)
	for _, f := range z.File {
		r, err := f.Open()
		testkit.Must(e.T, err)
		text, err := io.ReadAll(r)
		testkit.Must(e.T, err)
		switch {
		case strings.HasSuffix(f.Name, ".xlsx"):
			e.behind(url, text, about)
			continue
		case !strings.HasSuffix(f.Name, ".xml"):
			continue
		}
		e.sentences(url, string(text), about)
		for _, m := range cached.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(f.Name, "chart") {
				e.percent(url, m[1], about)
			}
		}
	}
}

// behind reads the table behind a chart.
func (e *everything) behind(url string, body []byte, about []*sight) {
	f, err := excelize.OpenReader(bytes.NewReader(body))
	testkit.Must(e.T, err)
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		testkit.Must(e.T, err)
		for _, row := range rows {
			for _, cell := range row {
				e.percent(url, cell, about)
			}
		}
	}
}

// percent fails for a per cent that is none of a share that the reader may see; other texts are passed over.
func (e *everything) percent(url, text string, about []*sight) {
	percent, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return
	}
	for _, s := range about {
		for p := range s.pairs {
			share := 100 * float64(p[0]) / float64(max(1, p[1]))
			if share-percent <= 1 && percent-share <= 1 {
				return
			}
		}
	}
	e.T.Errorf("%s as %s: a chart has %s, which is none of what they may see", url, about[0].reader.name, text)
}

// setOf finds the options, and no answer, that a label is made of.
func (e *everything) setOf(q survey.Question, label string) (set uint64) {
	type named struct {
		label string
		at    int
	}
	list := []named{{"No answer", len(q.Options)}}
	for i, o := range q.Options {
		list = append(list, named{o.Label, i})
	}
	slices.SortFunc(list, func(a, b named) int { return len(b.label) - len(a.label) })
	rest := strings.ToLower(label) // the first word of an answer is small after "or"
	for _, o := range list {
		o.label = strings.ToLower(o.label)
		if at := strings.Index(rest, o.label); at >= 0 {
			set |= 1 << o.at
			rest = rest[:at] + rest[at+len(o.label):]
		}
	}
	if rest = strings.Trim(strings.ReplaceAll(rest, " or ", ""), ", "); rest != "" {
		e.T.Errorf("%q: the label %q is not made of its answers: %q is left", q.Text, label, rest)
	}
	return set
}

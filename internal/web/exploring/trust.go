package exploring

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/exchange/sheet"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// trustPage is what was said in a trust's schools, added up: one voice in one school year. No school stands beside a number.
type trustPage struct {
	page.Base
	Heading  string
	None     bool // the school is in no trust
	Voices   []page.Link
	Years    []page.Link
	Took     string
	Schools  []trustSchool
	Gone     string
	All      *page.Figure // every question, where they are few
	Parts    []trustPart
	Nothing  string
	JoinLink bool // the reader may join one
	Files    []page.Link
}

type trustSchool struct {
	Name string
	Took bool
}

// trustPart is one gateway.
type trustPart struct {
	Name      string
	Share     string       // of its questions together; empty for too few
	Figure    *page.Figure // its questions, where those of the whole page are many
	Questions []trustLine
}

type trustLine struct {
	Question page.Link
	Text     string
	Spread   string
}

var trustTemplate = page.New("exploring/trust", "base", trustPage{})

// trustSight is what a reader may see of their trust, for one voice in one school year.
type trustSight struct {
	trust roster.Trust
	voice string
	year  int
	took  []result.Took
	sums  []result.TrustSum // in the bank's order
}

// here says which of the took is the one that is looked at.
func (s trustSight) here() (result.Took, bool) {
	for _, t := range s.took {
		if t.Voice == s.voice && t.Year == s.year {
			return t, true
		}
	}
	return result.Took{}, false
}

// lookTrust reads the sums of the reader's trust in three queries, however many schools there are. Without a voice and a year it
// takes the newest year, and in it the first voice.
func (p Pages) lookTrust(ctx context.Context, who access.Actor, voice, year string) (s trustSight, err error) {
	if !access.Can(who, access.ReadTrust, access.Object{School: who.School}) {
		return s, notFound()
	}
	if s.trust, err = p.Roster().TrustOf(ctx, who.School); err != nil {
		return s, err
	}
	results := result.NewStore(p.DB, p.Key, p.Bank)
	if s.took, err = results.TrustTook(ctx, s.trust.ID); err != nil {
		return s, err
	}
	for _, t := range s.took { // the newest year first
		if (year == "" || year == strconv.Itoa(t.Year)) && (voice == "" || voice == t.Voice) && (s.year == 0 || t.Year == s.year && place(t.Voice) < place(s.voice)) {
			s.voice, s.year = t.Voice, t.Year
		}
	}
	if s.year == 0 && len(s.took) > 0 {
		return s, notFound() // an address with a voice or a year that is not there
	}
	s.sums, err = results.TrustSums(ctx, s.trust.ID, s.voice, s.year)
	order := map[string]int{}
	for i, item := range p.Bank.Items {
		order[item.ID] = i
	}
	slices.SortStableFunc(s.sums, func(a, b result.TrustSum) int { return order[a.Question.Item] - order[b.Question.Item] })
	return s, err
}

// trustVoices are the three in the order of all pages.
var trustVoices = []string{result.VoicePupils, result.VoiceParents, result.VoiceStaff}

func place(voice string) int { return slices.Index(trustVoices, voice) }

func trustURL(voice string, year int) string {
	return "/trust?" + url.Values{"voice": {voice}, "year": {strconv.Itoa(year)}}.Encode()
}

func trustQuestionURL(wording string) string { return "/trust/questions/" + url.PathEscape(wording) }

// trust is the trust's own page.
func (p Pages) trust(c echo.Context, who access.Actor) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	s, err := p.lookTrust(ctx, who, c.QueryParam("voice"), c.QueryParam("year"))
	if fault.Is(err, fault.NotFound) && s.trust.ID == "" && access.Can(who, access.ReadTrust, access.Object{School: who.School}) {
		d := trustPage{Base: p.NewBase(c, "Trust"), Heading: "Trust", None: true, JoinLink: access.Can(who, access.JoinTrust, access.Object{School: who.School})}
		return trustTemplate.Send(c, http.StatusOK, d)
	}
	if err != nil {
		return err
	}
	d := trustPage{Base: p.NewBase(c, s.trust.Name), Heading: s.trust.Name}
	d.JS = page.ChartScripts()
	d.choose(v, s)
	if err := p.tookPart(ctx, v, s, &d); err != nil {
		return err
	}
	if len(s.sums) == 0 {
		d.Nothing = v.Say("figure.trust.nothing")
	} else {
		query := "?" + url.Values{"voice": {s.voice}, "year": {strconv.Itoa(s.year)}}.Encode()
		d.Files = []page.Link{{Text: "Table (CSV)", URL: "/trust/files/sums.csv" + query}}
	}
	if len(s.sums) <= fewQuestions {
		d.All = drawn(figure.TrustQuestions(v, "all", s.sums))
	}
	for _, gw := range p.Bank.Gateways {
		var sums []result.TrustSum
		part := trustPart{Name: gw.Name}
		for _, sum := range s.sums {
			if sum.Question.Gateway == gw.ID {
				sums = append(sums, sum)
				part.Questions = append(part.Questions, trustLine{page.Link{Text: sum.Question.Text, URL: trustQuestionURL(sum.Question.Wording)}, figure.TrustSentence(v, sum), figure.TrustSpread(v, sum)})
			}
		}
		if part.Share = figure.TrustSection(v, sums); len(s.sums) > fewQuestions {
			part.Figure = drawn(figure.TrustQuestions(v, gw.ID, sums))
		}
		if len(sums) > 0 {
			d.Parts = append(d.Parts, part)
		}
	}
	return trustTemplate.Send(c, http.StatusOK, d)
}

// fewQuestions stand in one figure; of more, each gateway has its own.
const fewQuestions = 24

func drawn(f figure.Figure, ok bool) *page.Figure {
	if !ok {
		return nil
	}
	made := page.NewFigure(f)
	return &made
}

// choose offers the other voices of the year, and the other years of the voice.
func (d *trustPage) choose(v words.Voice, s trustSight) {
	for _, voice := range trustVoices {
		if slices.ContainsFunc(s.took, func(t result.Took) bool { return t.Voice == voice && t.Year == s.year }) {
			d.Voices = append(d.Voices, page.Link{Text: v.Say("voice." + voice), URL: trustURL(voice, s.year), Here: voice == s.voice})
		}
	}
	for _, t := range s.took {
		if t.Voice == s.voice {
			d.Years = append(d.Years, page.Link{Text: figure.Year(v, t.Year), URL: trustURL(t.Voice, t.Year), Here: t.Year == s.year})
		}
	}
	if len(d.Years) < 2 {
		d.Years = nil
	}
}

// tookPart says which schools took part, by name and beside no number, and how many people altogether.
func (p Pages) tookPart(ctx context.Context, v words.Voice, s trustSight, d *trustPage) error {
	schools, err := p.Roster().TrustSchools(ctx, s.trust.ID)
	if err != nil {
		return err
	}
	took, any := s.here()
	gone := len(took.Schools)
	for _, school := range schools {
		line := trustSchool{school.Name, slices.Contains(took.Schools, school.SchoolID)}
		if line.Took {
			gone--
		}
		d.Schools = append(d.Schools, line)
	}
	if any {
		d.Took = v.Say("figure.trust.took", words.V{"N": took.Answered, "Count": len(took.Schools), "When": figure.Year(v, took.Year)})
	}
	if gone > 0 {
		d.Gone = v.Say("figure.trust.gone", words.V{"Count": gone})
	}
	return nil
}

// trustQuestionPage is one question in a trust, through the school years.
type trustQuestionPage struct {
	page.Base
	Heading string
	Trust   page.Link
	About   []fact
	First   page.Figure
	Years   []page.Figure // the line through the years, and then each earlier year
}

var trustQuestionTemplate = page.New("exploring/trust_question", "base", trustQuestionPage{})

func (p Pages) trustQuestion(c echo.Context, who access.Actor) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	if !access.Can(who, access.ReadTrust, access.Object{School: who.School}) {
		return notFound()
	}
	trust, err := p.Roster().TrustOf(ctx, who.School)
	if err != nil {
		return err
	}
	sums, err := result.NewStore(p.DB, p.Key, p.Bank).TrustWordings(ctx, trust.ID, c.Param("wording"))
	if err != nil {
		return err
	}
	if len(sums) == 0 {
		return notFound()
	}
	newest := sums[0]
	sums = slices.DeleteFunc(sums, func(s result.TrustSum) bool { return s.Voice != newest.Voice })
	d := trustQuestionPage{Base: p.NewBase(c, newest.Question.Text), Heading: newest.Question.Text, Trust: page.Link{Text: trust.Name, URL: trustURL(newest.Voice, newest.Year)}}
	d.Crumbs = []page.Link{{Text: trust.Name, URL: d.Trust.URL}, {Text: newest.Question.Short, Here: true}}
	d.JS = page.ChartScripts()
	if gw, ok := p.Bank.Gateway(newest.Question.Gateway); ok {
		d.About = append(d.About, fact{"Gateway", gw.Name})
	}
	d.About = append(d.About, fact{"About", aboutWords[newest.Question.About]}, fact{"Asked of", v.Say("voice." + newest.Voice)})
	d.First = page.NewFigure(figure.Trust(v, newest, trust.Name))
	if f, ok := figure.TrustYears(v, sums); ok {
		d.Years = append(d.Years, page.NewFigure(f))
	}
	for _, sum := range sums[1:] {
		d.Years = append(d.Years, page.NewFigure(figure.Trust(v, sum, trust.Name)))
	}
	return trustQuestionTemplate.Send(c, http.StatusOK, d)
}

// trustFile is the sums of one voice and year as a table.
func (p Pages) trustFile(c echo.Context, who access.Actor) error {
	if c.Param("file") != "sums.csv" {
		return notFound()
	}
	s, err := p.lookTrust(c.Request().Context(), who, c.QueryParam("voice"), c.QueryParam("year"))
	if err != nil {
		return err
	}
	rows := [][]string{{"school year", "voice", "gateway", "item", "wording", "question", "counts as favourable", "schools", "answers", "favourable", "share", "share low", "share high", "middle half low", "middle half high"}}
	for _, sum := range s.sums {
		q, share := sum.Question, sum.Row().Share
		row := []string{figure.Year(page.Voice(c), sum.Year), sum.Voice, q.Gateway, q.Item, q.Wording, q.Text, q.FavourableWords, strconv.Itoa(sum.Schools), strconv.Itoa(share.N), strconv.Itoa(share.X),
			strconv.FormatFloat(float64(share.X)/float64(max(1, share.N)), 'f', 3, 64), strconv.FormatFloat(share.Low, 'f', 2, 64), strconv.FormatFloat(share.High, 'f', 2, 64), "", ""}
		if m := sum.Middle; m != nil {
			row[13], row[14] = strconv.FormatFloat(float64(m.Low)/100, 'f', 2, 64), strconv.FormatFloat(float64(m.High)/100, 'f', 2, 64)
		}
		rows = append(rows, row)
	}
	body, err := asCSV(rows, sheet.Write)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="trust-sums.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", body)
}

// apiTrust is what a program reads of the reader's trust.
type apiTrust struct {
	Trust string            `json:"trust"`
	Took  []apiTook         `json:"took"` // which voices and school years there are
	Sums  []result.TrustSum `json:"sums"`
}

type apiTook struct {
	Voice    string `json:"voice"`
	Year     int    `json:"year"` // in which the school year began
	Schools  int    `json:"schools"`
	Answered int    `json:"answered"`
}

// apiTrustSums is the trust's page for a program: one voice in one school year, given as ?voice= and ?year=.
func (p Pages) apiTrustSums(c echo.Context, who access.Actor) error {
	s, err := p.lookTrust(c.Request().Context(), who, c.QueryParam("voice"), c.QueryParam("year"))
	if err != nil {
		return err
	}
	out := apiTrust{Trust: s.trust.Name, Took: []apiTook{}, Sums: s.sums}
	for _, t := range s.took {
		out.Took = append(out.Took, apiTook{t.Voice, t.Year, len(t.Schools), t.Answered})
	}
	return c.JSON(http.StatusOK, out)
}

package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

type translationsPage struct {
	page.Base
	ID        string
	Staff     bool // staff answer, and they do in English
	Languages []translationLine
}

type translationLine struct {
	Name, English, URL string
	Tag, Dir           string
	State              string
	Read               bool // the words around the questions have been read too
}

type translatePage struct {
	page.Base
	ID            string
	Language      words.Language
	From, FromDir string
	State         string
	Approved      bool // people see it as it stands
	Read          bool // the words around the questions have been read too
	Errors        page.Errors
	Pieces        []pieceLine
	First         string // the first piece that is still missing
	Missing       int
	Reader        string
}

type pieceLine struct {
	Key, Place, Text, Said, Error string
	Answer                        bool // one of the answers to the question above
	Rows                          int
}

var (
	translationsTemplate = page.New("authoring/translations", "base", translationsPage{})
	translateTemplate    = page.New("authoring/translate", "base", translatePage{})
)

// translations lists the languages of a survey and how far each is.
func (p Pages) translations(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	have, err := survey.NewStore(p.DB).Translations(c.Request().Context(), who.School, c.Param("id"))
	if err != nil {
		return err
	}
	read, err := language.NewStore(p.DB, p.Bank).Approved(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	d := translationsPage{Base: p.NewBase(c, "Translations"), ID: c.Param("id"), Staff: doc.Audience == bank.Staff}
	d.CSS = letters()
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + d.ID}, {Text: "Translations", Here: true}}
	for _, l := range words.Languages()[1:] {
		line := translationLine{Name: l.Name, English: l.English, Tag: l.Tag, Dir: l.Dir, URL: "/surveys/" + d.ID + "/languages/" + l.Code,
			State: page.Voice(c).Say("translation.state_none"), Read: slices.Contains(read, l.Code)}
		for _, t := range have {
			if t.Language == l.Code {
				line.State = translationState(c, doc, t)
			}
		}
		d.Languages = append(d.Languages, line)
	}
	return translationsTemplate.Send(c, http.StatusOK, d)
}

func translationState(c echo.Context, doc survey.Document, t survey.Translation) string {
	v := page.Voice(c)
	_, missing := doc.In(t.Language, t.Said())
	switch {
	case missing > 0:
		return v.Say("translation.state_missing", words.V{"Count": missing})
	case translationStands(doc, t):
		return v.Say("translation.state_approved", words.V{"Name": t.ApprovedBy, "Date": day(c, *t.ApprovedAt)})
	case t.ApprovedBy != "":
		return v.Say("translation.state_changed", words.V{"Name": t.ApprovedBy})
	}
	return v.Say("translation.state_draft")
}

// translationStands says whether people see a translation as it stands now.
func translationStands(doc survey.Document, t survey.Translation) bool {
	_, missing := doc.In(t.Language, t.Said())
	return missing == 0 && t.IsApproved()
}

func (p Pages) translate(c echo.Context, who access.Actor) error {
	return p.drawTranslate(c, who, http.StatusOK, nil, page.Errors{})
}

// letters is the style sheet that chooses fonts for other languages.
func letters() []string { return []string{static.Path("css/languages.css")} }

// drawTranslate shows every piece beside its translation; typed, if there is any, is what somebody wrote a moment ago.
func (p Pages) drawTranslate(c echo.Context, who access.Actor, status int, typed map[string]string, errs page.Errors) error {
	ctx := c.Request().Context()
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	l, ok := words.Find(c.Param("language"))
	if !ok || l.Code == "en" {
		return notFound()
	}
	have, err := survey.NewStore(p.DB).Translations(ctx, who.School, c.Param("id"))
	if err != nil {
		return err
	}
	read, err := language.NewStore(p.DB, p.Bank).Approved(ctx, who.School)
	if err != nil {
		return err
	}
	from, _ := words.Find(doc.Language)
	d := translatePage{Base: p.NewBase(c, "Questions in "+l.English), ID: c.Param("id"), Language: l, From: from.Tag, FromDir: from.Dir,
		Errors: errs, Reader: c.FormValue("reader"), State: page.Voice(c).Say("translation.state_none"), Read: slices.Contains(read, l.Code)}
	d.CSS = letters()
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + d.ID}, {Text: "Translations", URL: "/surveys/" + d.ID + "/languages"}, {Text: l.English, Here: true}}
	said := map[string]string{}
	for _, t := range have {
		if t.Language == l.Code {
			said, d.State, d.Approved = t.Said(), translationState(c, doc, t), translationStands(doc, t)
		}
	}
	said = doc.Said(l.Code, said)
	for _, w := range doc.Words() {
		line := pieceLine{Key: w.Key, Place: placeOf(doc, w), Text: w.Text, Said: said[w.Key], Error: errs.Of(w.Key), Answer: w.Part == "option", Rows: 1 + len([]rune(w.Text))/45}
		if typed != nil {
			line.Said = typed[w.Key]
		}
		if line.Said == "" {
			d.Missing++
			if d.First == "" {
				d.First = w.Key
			}
		}
		d.Pieces = append(d.Pieces, line)
	}
	return translateTemplate.Send(c, status, d)
}

// placeOf says where a piece stands.
func placeOf(doc survey.Document, w survey.Words) string {
	switch w.Part {
	case "title":
		return "Title"
	case "intro":
		return "Introduction"
	case "section":
		return "Heading"
	case "page":
		return "Words before a part"
	case "choice":
		return "Choice of topics"
	case "option":
		return "Answer"
	}
	for n, q := range doc.Questions() {
		if q.ID == w.Place {
			return "Question " + itoa(n+1)
		}
	}
	return "Note"
}

func (p Pages) saveTranslation(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	l, ok := words.Find(c.Param("language"))
	if !ok || l.Code == "en" {
		return notFound()
	}
	typed := map[string]string{}
	for _, w := range doc.Words() {
		typed[w.Key] = strings.TrimSpace(c.FormValue(w.Key))
	}
	st := survey.NewStore(p.DB)
	ctx := c.Request().Context()
	err = st.Translate(ctx, who, c.Param("id"), l.Code, typed)
	if err == nil && c.FormValue("do") == "approve" {
		err = st.Approve(ctx, who, c.Param("id"), l.Code, c.FormValue("reader"))
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawTranslate(c, who, status, typed, errs)
	} else if err != nil {
		return err
	}
	done := "translation.saved"
	if c.FormValue("do") == "approve" {
		done = "translation.approved"
	}
	return p.Done(c, "/surveys/"+c.Param("id")+"/languages/"+l.Code, page.Voice(c).Say(done, words.V{"Language": l.English}))
}

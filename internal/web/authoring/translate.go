package authoring

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type translationsPage struct {
	page.Base
	ID        string
	Languages []translationLine
}

type translationLine struct {
	Name, English, URL string
	Tag, Dir           string
	State              string
}

type translatePage struct {
	page.Base
	ID, Language  string
	Name          string // of the language, in English
	ToTag, ToDir  string
	From, FromDir string
	State         string
	Errors        page.Errors
	Pieces        []pieceLine
	Missing       int
	Reader        string
}

type pieceLine struct {
	Key, Place, Text, Said, Error string
	Long                          bool
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
	d := translationsPage{Base: p.NewBase(c, "Languages"), ID: c.Param("id")}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + d.ID}, {Text: "Languages", Here: true}}
	for _, l := range words.Languages()[1:] {
		line := translationLine{Name: l.Name, English: l.English, Tag: l.Tag, Dir: l.Dir, URL: "/surveys/" + d.ID + "/languages/" + l.Code, State: "not begun"}
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
	case t.IsApproved():
		return v.Say("translation.state_approved", words.V{"Name": t.ApprovedBy, "Date": day(c, *t.ApprovedAt)})
	case t.ApprovedBy != "":
		return v.Say("translation.state_changed", words.V{"Name": t.ApprovedBy})
	}
	return v.Say("translation.state_draft")
}

func (p Pages) translate(c echo.Context, who access.Actor) error {
	return p.drawTranslate(c, who, http.StatusOK, nil, page.Errors{})
}

// drawTranslate shows every piece beside its translation; typed, if there is any, is what somebody wrote a moment ago.
func (p Pages) drawTranslate(c echo.Context, who access.Actor, status int, typed map[string]string, errs page.Errors) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	l, ok := words.Find(c.Param("language"))
	if !ok || l.Code == "en" {
		return notFound()
	}
	have, err := survey.NewStore(p.DB).Translations(c.Request().Context(), who.School, c.Param("id"))
	if err != nil {
		return err
	}
	from, _ := words.Find(doc.Language)
	d := translatePage{Base: p.NewBase(c, l.English), ID: c.Param("id"), Language: l.Code, Name: l.English, ToTag: l.Tag, ToDir: l.Dir, From: from.Tag, FromDir: from.Dir,
		Errors: errs, Reader: c.FormValue("reader"), State: page.Voice(c).Say("translation.state_none")}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + d.ID}, {Text: "Languages", URL: "/surveys/" + d.ID + "/languages"}, {Text: l.English, Here: true}}
	said := map[string]string{}
	for _, t := range have {
		if t.Language == l.Code {
			said, d.State = t.Said(), translationState(c, doc, t)
		}
	}
	_, d.Missing = doc.In(l.Code, said)
	for _, w := range doc.Words() {
		line := pieceLine{Key: w.Key, Place: placeOf(doc, w), Text: w.Text, Said: said[w.Key], Error: errs.Of(w.Key), Long: len(w.Text) > 60}
		if typed != nil {
			line.Said = typed[w.Key]
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
	return p.Done(c, "/surveys/"+c.Param("id")+"/languages/"+l.Code, page.Voice(c).Say("survey.saved"))
}

package improving

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// languagePage has a reply and its words in another language side by side.
type languagePage struct {
	page.Base
	ID       string
	Language words.Language
	Errors   page.Errors
	Pieces   []pieceLine
	Reader   page.Field
}

type pieceLine struct {
	English string
	page.Field
	Stale bool // the English has changed since
}

var languageTemplate = page.New("improving/language", "base", languagePage{})

// spoken finds a language that the school may ask in.
func (p Pages) spoken(c echo.Context, r round.Round) (words.Language, error) {
	codes, err := language.NewStore(p.DB, p.Bank).Approved(c.Request().Context(), r.SchoolID)
	if err != nil {
		return words.Language{}, err
	}
	for _, code := range codes {
		if l, ok := words.Find(code); ok && code == c.Param("language") {
			return l, nil
		}
	}
	return words.Language{}, notFound()
}

func (p Pages) translate(c echo.Context, who access.Actor) error {
	r, w, err := p.whole(c, who)
	if err != nil {
		return err
	}
	return p.drawLanguage(c, http.StatusOK, r, w, nil, page.Errors{})
}

func (p Pages) drawLanguage(c echo.Context, status int, r round.Round, w action.Whole, typed map[string]string, errs page.Errors) error {
	l, err := p.spoken(c, r)
	if err != nil {
		return err
	}
	have, err := p.store().Languages(c.Request().Context(), r)
	if err != nil {
		return err
	}
	d := languagePage{Base: p.NewBase(c, "The reply in "+l.English), ID: r.ID, Language: l, Errors: errs}
	d.Crumbs = crumbs(r, page.Link{Text: l.English, Here: true})
	said, reader := map[string]action.Said{}, ""
	for _, h := range have {
		if h.Language == l.Code {
			said, reader = h.Pieces(), h.ApprovedBy
		}
	}
	for _, piece := range w.Pieces() {
		line := pieceLine{English: piece.Text, Field: page.Field{Name: piece.Key, Label: piece.Text, Rows: 2, Value: said[piece.Key].Text, Error: errs.Of(piece.Key)}}
		line.Stale = line.Value != "" && said[piece.Key].English != piece.Text
		if typed != nil {
			line.Value = typed[piece.Key]
		}
		d.Pieces = append(d.Pieces, line)
	}
	d.Reader = page.Field{Name: "reader", Label: "Who speaks the language and has read it", Value: reader, Error: errs.Of("reader"),
		Hint: "A name. Leave it empty to keep a draft: people read the English until somebody has read this."}
	return languageTemplate.Send(c, status, d)
}

func (p Pages) saveTranslation(c echo.Context, who access.Actor) error {
	r, w, err := p.whole(c, who)
	if err != nil {
		return err
	}
	l, err := p.spoken(c, r)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, piece := range w.Pieces() {
		typed[piece.Key] = c.FormValue(piece.Key)
	}
	err = p.store().Translate(c.Request().Context(), who, r, l.Code, c.FormValue("reader"), typed)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawLanguage(c, status, r, w, typed, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "Kept.")
}

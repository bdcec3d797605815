package authoring

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// A paperSplit says in which languages the sheets of a class come. What is not in one of the others is in the first.
type paperSplit struct {
	most   string       // empty means English
	others []paperShare // in the order of the page
}

type paperShare struct {
	code   string
	sheets int // of each class
}

// inLanguage is the form's field for the number of sheets in a language.
func inLanguage(code string) string { return "in-" + code }

// offered are the languages that a round's sheets can be printed in, English first.
func (p Pages) offered(ctx context.Context, r round.Round) ([]words.Language, error) {
	all := []words.Language{words.Languages()[0]}
	spoken, _, err := p.paperLanguages(ctx, r)
	for _, l := range spoken {
		all = append(all, l.Language)
	}
	return all, err
}

// readSplit reads how many sheets are wanted in which language. Each class has the given number of sheets at least.
func readSplit(form url.Values, offered []words.Language, sheets int) (paperSplit, error) {
	english := offered[0].Code
	split := paperSplit{most: form.Get("lang")}
	if split.most == "" {
		split.most = english
	}
	wrong, sum := map[string]fault.Problem{}, 0
	known := func(code string) bool {
		return slices.ContainsFunc(offered, func(l words.Language) bool { return l.Code == code })
	}
	for _, l := range offered {
		name := inLanguage(l.Code)
		typed := strings.TrimSpace(form.Get(name))
		n, err := strconv.ParseUint(typed, 10, 16)
		switch {
		case typed == "" || err == nil && n == 0:
		case err != nil:
			wrong[name] = fault.Problem{Key: "sheets.number", Values: fault.Values{"Language": l.English}}
		case l.Code == split.most:
			wrong[name] = fault.Problem{Key: "sheets.most", Values: fault.Values{"Language": l.English}}
		default:
			split.others = append(split.others, paperShare{l.Code, int(n)})
			sum += int(n)
		}
	}
	if sum > sheets {
		wrong["others"] = fault.Problem{Key: "sheets.too_many", Values: fault.Values{"Most": sheets}}
	}
	// A language may have gone since the form was shown: its translation was changed, or its texts about safety were.
	gone := !known(split.most)
	for name, typed := range form {
		code, is := strings.CutPrefix(name, inLanguage(""))
		gone = gone || is && !known(code) && strings.Trim(typed[0], " 0") != ""
	}
	if gone {
		wrong["lang"] = fault.Problem{Key: "sheets.gone"}
	}
	return split, fault.Fields(wrong)
}

// printSheets mints the codes of classes and shows each on a questionnaire, in one language or in several. Printing makes
// earlier slips void, so everything that can fail comes first.
func (p Pages) printSheets(c echo.Context, who access.Actor, r round.Round, units []round.Unit) error {
	ctx := c.Request().Context()
	offered, err := p.offered(ctx, r)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	least := 0
	for _, u := range units {
		if n := sheetsOf(u); u.IsLeaf() && (least == 0 || n < least) {
			least = n
		}
	}
	split, err := readSplit(form, offered, least)
	if errs, status, ok := page.Explain(c, err); ok && least > 0 {
		return p.drawWays(c, who, status, r, errs)
	}
	var forms []paperForm
	for _, share := range append([]paperShare{{code: split.most}}, split.others...) {
		f, err := p.newForm(c, r, share.code)
		if err != nil {
			return err
		}
		forms = append(forms, f)
	}
	sheets, err := participation.NewStore(p.DB, p.Key).Print(ctx, who, r, units)
	if err != nil {
		return p.done(c, who, r, err, "")
	}
	return p.drawSheets(c, r, sheets, forms, split.others)
}

// sheetsOf is how many sheets a class gets, with its spares.
func sheetsOf(u round.Unit) int { return u.Here() + participation.Spares(u.Here()) }

// paperLanguages are the languages beside English that a round's sheets can be printed in, and its questions in each:
// those whose texts about safety have been read, and whose questions are approved.
func (p Pages) paperLanguages(ctx context.Context, r round.Round) ([]language.Spoken, map[string]survey.Document, error) {
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil || r.Audience == bank.Staff {
		return nil, nil, err
	}
	in, err := survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	if err != nil {
		return nil, nil, err
	}
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	return slices.DeleteFunc(spoken, func(l language.Spoken) bool { return in[l.Code].Title == "" }), in, err
}

// tongueOf is the language that sheets are asked for in, and the questions in it. Empty means English.
func (p Pages) tongueOf(ctx context.Context, r round.Round, code string) (round.Tongue, survey.Document, error) {
	if code == "" || code == words.Languages()[0].Code {
		doc, err := p.Rounds().Document(ctx, r)
		return round.English(), doc, err
	}
	spoken, in, err := p.paperLanguages(ctx, r)
	if err != nil {
		return round.Tongue{}, survey.Document{}, err
	}
	i := slices.IndexFunc(spoken, func(l language.Spoken) bool { return l.Code == code })
	if i < 0 {
		return round.Tongue{}, survey.Document{}, notFound()
	}
	return round.Tongue{Voice: spoken[i].Voice, Texts: spoken[i].Texts}, in[code], nil
}

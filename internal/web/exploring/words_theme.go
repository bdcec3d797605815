package exploring

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/show/theme"
	"earshot/internal/web/page"
)

// themePage is where leaders name a theme, merge it with another, or keep it for every survey.
type themePage struct {
	page.Base
	Heading string
	Action  string
	Form    page.Form
	Merge   *page.Form // none where there is no other theme
	Ruled   bool
	ID      string
}

var themeTemplate = page.New("exploring/theme", "base", themePage{})

func themeURL(r round.Round, question, id string) string {
	return wordsURL(r) + "/theme?" + url.Values{"question": {question}, "theme": {id}}.Encode()
}

// heard reads what was written in a round, as far as the actor may see it.
func (p Pages) heard(c echo.Context, who access.Actor) (r round.Round, list []result.Heard, err error) {
	r, v, made, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return r, nil, err
	}
	if !made || v.Empty() {
		return r, nil, notFound()
	}
	list, err = result.NewStore(p.DB, p.Key, p.Bank).Heard(c.Request().Context(), v, r)
	return r, list, err
}

// theme shows what can be made of one theme.
func (p Pages) theme(c echo.Context, who access.Actor) error {
	return p.drawTheme(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawTheme(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	r, list, err := p.heard(c, who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(h result.Heard) bool { return h.Question == c.QueryParam("question") })
	if i < 0 {
		return notFound()
	}
	themes := list[i].Reading.Themes
	at := slices.IndexFunc(themes, func(t theme.Theme) bool { return t.ID == c.QueryParam("theme") })
	if at < 0 {
		return notFound()
	}
	t := themes[at]
	d := themePage{Base: p.NewBase(c, t.Name), Heading: t.Name, Action: themeURL(r, list[i].Question, t.ID), Ruled: t.Ruled, ID: t.ID}
	d.Crumbs = []page.Link{{Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Results", URL: resultsURL(r, "")}, {Text: "In their own words", URL: wordsURL(r)}, {Text: "A theme", Here: true}}
	name, words, pinned := t.Name, strings.Join(t.Words, ", "), t.Pinned
	rules, err := result.NewStore(p.DB, p.Key, p.Bank).ThemeRules(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(rules, func(r theme.Rule) bool { return r.ID == t.ID }); at >= 0 {
		words = strings.Join(rules[at].Words, ", ") // those too that nobody wrote this time
	}
	if c.Request().Method == http.MethodPost {
		name, words, pinned = c.FormValue("name"), c.FormValue("words"), c.FormValue("pinned") == "yes"
	}
	d.Form = page.NewForm(errs, page.Field{Name: "name", Label: "What to call it", Value: name},
		page.Field{Name: "words", Label: "Words that define it", Hint: "Separated by commas, the strongest first. By them the next survey finds the theme again.", Rows: 3, Value: words},
		page.Field{Name: "pinned", Label: "In the next surveys", Several: true, Options: []page.Option{{Value: "yes", Chosen: pinned, Label: "Keep it in every survey",
			Hint: "Whoever writes the first of these words, or two of the others, is then counted here, whatever else they write about."}}})
	merge := page.Field{Name: "with", Label: "Which one is the same?"}
	for _, other := range themes {
		if other.ID != t.ID {
			merge.Options = append(merge.Options, page.Option{Value: other.ID, Label: other.Name})
		}
	}
	if len(merge.Options) > 0 {
		form := page.NewForm(errs, merge)
		d.Merge = &form
	}
	return themeTemplate.Send(c, status, d)
}

// changeTheme stores what a leader made of a theme.
func (p Pages) changeTheme(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, v, _, err := p.look(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	st := result.NewStore(p.DB, p.Key, p.Bank)
	change := result.ThemeChange{Question: c.QueryParam("question"), Theme: c.QueryParam("theme"), Name: c.FormValue("name"), Words: c.FormValue("words"), Pinned: c.FormValue("pinned") == "yes"}
	done := "The theme is changed. The next surveys have it too."
	switch c.FormValue("do") {
	case "forget":
		if err := st.ForgetTheme(ctx, who, c.FormValue("rule")); err != nil {
			return err
		}
		return p.Done(c, wordsURL(r), "What was set for the theme is forgotten.")
	case "merge":
		if change.With = c.FormValue("with"); change.With == "" {
			err = fault.Field("with", "theme.with")
		}
		done = "Both are one theme now, and will be in the next surveys."
	}
	if err == nil {
		err = st.ChangeTheme(ctx, who, v, r, change)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		if status == http.StatusConflict {
			return p.Done(c, wordsURL(r), errs.Summary)
		}
		return p.drawTheme(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, wordsURL(r), done)
}

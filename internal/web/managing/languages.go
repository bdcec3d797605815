package managing

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/language"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

type languagesPage struct {
	page.Base
	Languages []languageLine
}

type languageLine struct {
	Name, English, Tag, Dir string
	URL                     string
	State                   string
	Offered                 bool
}

// languagePage is all texts of one language beside the English: to be corrected and approved, or to be read.
type languagePage struct {
	page.Base
	Language   words.Language
	URL        string
	State      string
	Offered    bool
	Also       string // that there is a draft beside what is approved
	Own        string // how many sentences are the school's own
	MayApprove bool
	Errors     page.Errors
	Hash       string
	Sections   []languageSection
	Reader     page.Field
	Role       page.Field
	Ticks      []page.Field
}

type languageSection struct {
	Title string
	Texts []languageText
}

type languageText struct {
	Name, English, Said string
	Rows                int
	Error               string
	Marks               []string // that it has changed, is the school's own, stands in several places
}

var (
	languagesTemplate     = page.New("managing/languages", "base", languagesPage{})
	languageTemplate      = page.New("managing/languages_one", "base", languagePage{})
	languagePaperTemplate = page.New("managing/languages_paper", "base", languagePage{})
)

// letters is the style sheet that chooses fonts for other languages.
func letters() []string { return []string{static.Path("css/languages.css")} }

// readings is the store of what speakers have read.
func (p Pages) readings() language.Store { return language.NewStore(p.DB, p.Bank) }

func (p Pages) languages(c echo.Context, who access.Actor) error {
	if !language.May(who) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	d := languagesPage{Base: p.NewBase(c, "Languages")}
	d.CSS = letters()
	for _, l := range words.Languages()[1:] {
		approved, draft, err := p.readingsOf(c, who, l.Code)
		if err != nil {
			return err
		}
		line := languageLine{Name: l.Name, English: l.English, Tag: l.Tag, Dir: l.Dir, URL: "/school/languages/" + l.Code}
		line.State, line.Offered = languageState(c, language.Texts(p.Bank, l.Code), approved, draft)
		d.Languages = append(d.Languages, line)
	}
	return languagesTemplate.Send(c, http.StatusOK, d)
}

// readingsOf finds what is approved and what is a draft; the zero reading where there is none.
func (p Pages) readingsOf(c echo.Context, who access.Actor, code string) (approved, draft language.Reading, err error) {
	all, err := p.readings().Readings(c.Request().Context(), who.School)
	for _, r := range all {
		switch {
		case r.Language != code:
		case r.State == language.Approved:
			approved = r
		default:
			draft = r
		}
	}
	return approved, draft, err
}

// languageState says in a sentence where a language stands, and whether it is offered.
func languageState(c echo.Context, texts []language.Text, approved, draft language.Reading) (string, bool) {
	v := page.Voice(c)
	day := func(t time.Time) string { return v.Date(t.In(page.School(c).Zone())) }
	switch {
	case approved.Holds(texts):
		return v.Say("language.state.approved", words.V{"Reader": approved.Reader, "Role": approved.Role, "Date": day(approved.SavedAt)}), true
	case approved.State != "":
		since := approved.Since(texts)
		return v.Say("language.state.changed", words.V{"Count": len(since.New) + len(since.Changed) + since.Gone, "Reader": approved.Reader, "Date": day(approved.SavedAt)}), false
	case draft.State != "":
		return v.Say("language.state.draft", words.V{"Date": day(draft.SavedAt)}), false
	}
	return v.Say("language.state.none"), false
}

func (p Pages) language(c echo.Context, who access.Actor) error {
	d, err := p.newLanguage(c, who, nil, page.Errors{})
	if err != nil {
		return err
	}
	if !d.MayApprove {
		return languagePaperTemplate.Send(c, http.StatusOK, d)
	}
	return languageTemplate.Send(c, http.StatusOK, d)
}

// languagePaper is the same to be printed and read with a pen in the hand.
func (p Pages) languagePaper(c echo.Context, who access.Actor) error {
	d, err := p.newLanguage(c, who, nil, page.Errors{})
	if err != nil {
		return err
	}
	return languagePaperTemplate.Send(c, http.StatusOK, d)
}

// newLanguage gathers the page of one language. What was typed a moment ago, if anything, stands before what is stored.
func (p Pages) newLanguage(c echo.Context, who access.Actor, typed *language.Form, errs page.Errors) (languagePage, error) {
	l, ok := words.Find(c.Param("code"))
	texts := language.Texts(p.Bank, l.Code)
	switch {
	case !language.May(who):
		return languagePage{}, fault.New(fault.Forbidden, "fault.forbidden")
	case !ok || l.Code != c.Param("code") || len(texts) == 0:
		return languagePage{}, notFound()
	}
	approved, draft, err := p.readingsOf(c, who, l.Code)
	if err != nil {
		return languagePage{}, err
	}
	v := page.Voice(c)
	last := approved // what the boxes hold: the newest that somebody wrote
	if draft.State != "" {
		last = draft
	}
	form := language.Form{Reader: last.Reader, Role: last.Role, Named: last.Named, Written: last.Corrected()}
	if typed != nil {
		form = *typed
	}
	d := languagePage{Base: p.NewBase(c, l.English), Language: l, URL: "/school/languages/" + l.Code, Errors: errs, Hash: language.Hash(texts),
		MayApprove: access.Can(who, access.RunRounds, access.Object{School: who.School})}
	d.Main, d.CSS = "wide", letters()
	d.Crumbs = []page.Link{{Text: "Languages", URL: "/school/languages"}, {Text: l.English, Here: true}}
	d.State, d.Offered = languageState(c, texts, approved, draft)
	if approved.State != "" && draft.State != "" {
		d.Also = v.Say("language.also_draft", words.V{"Date": v.Date(draft.SavedAt.In(page.School(c).Zone()))})
	}
	d.sections(v, texts, form.Written, last)
	d.Reader = page.Field{Name: "reader", Label: "Read by", Value: form.Reader, Error: errs.Of("reader"), Autocomplete: "off", Hint: "The name of the person who read the texts."}
	d.Role = page.Field{Name: "role", Label: "How do they know the language?", Value: form.Role, Error: errs.Of("role"), Autocomplete: "off",
		Hint: "Such as: speaks Urdu at home, teaching assistant."}
	d.Ticks = []page.Field{
		{Name: "named", Label: "Who they are", Several: true, Error: errs.Of("named"),
			Options: []page.Option{{Value: "yes", Label: "The school has asked this person to read the texts", Chosen: form.Named}}},
		{Name: "read_all", Label: "What they say", Several: true, Error: errs.Of("read_all"),
			Options: []page.Option{{Value: "yes", Label: "I have read all of these and they say the same as the English", Chosen: form.ReadAll}}},
	}
	return d, nil
}

func (d *languagePage) sections(v words.Voice, texts []language.Text, written map[string]string, last language.Reading) {
	var since language.Changes
	if last.State != "" {
		since = last.Since(texts)
	}
	in := func(list []language.Text, t language.Text) bool {
		return slices.ContainsFunc(list, func(o language.Text) bool { return o.Name() == t.Name() })
	}
	own := 0
	for _, s := range language.Sections() {
		section := languageSection{Title: v.Say("language.section." + s)}
		for _, t := range texts {
			if t.Section != s {
				continue
			}
			line := languageText{Name: t.Name(), English: t.English, Said: t.Said, Error: d.Errors.Of(t.Name())}
			if in(since.Changed, t) {
				line.Marks = append(line.Marks, v.Say("language.mark.changed"))
			}
			if in(since.New, t) {
				line.Marks = append(line.Marks, v.Say("language.mark.new"))
			}
			if sentence, ok := written[t.Name()]; ok && sentence != t.Said {
				line.Said = sentence
				line.Marks = append(line.Marks, v.Say("language.mark.own", words.V{"Said": t.Said}))
				own++
			}
			if len(t.Names) > 1 {
				line.Marks = append(line.Marks, v.Say("language.times", words.V{"Count": len(t.Names)}))
			}
			line.Rows = 1 + len([]rune(line.Said))/50
			section.Texts = append(section.Texts, line)
		}
		d.Sections = append(d.Sections, section)
	}
	if own > 0 {
		d.Own = v.Say("language.corrections", words.V{"Count": own})
	}
}

// saveLanguage keeps a draft, approves, or takes an approval back.
func (p Pages) saveLanguage(c echo.Context, who access.Actor) error {
	l, ok := words.Find(c.Param("code"))
	if !ok || l.Code != c.Param("code") {
		return notFound()
	}
	ctx, v, here := c.Request().Context(), page.Voice(c), "/school/languages/"+l.Code
	if c.FormValue("do") == "take_back" {
		if err := p.readings().TakeBack(ctx, who, l.Code); err != nil {
			return err
		}
		return p.Done(c, here, v.Say("language.taken_back", words.V{"Language": l.English}))
	}
	f := language.Form{Reader: c.FormValue("reader"), Role: c.FormValue("role"), Named: c.FormValue("named") != "", ReadAll: c.FormValue("read_all") != "",
		Hash: c.FormValue("hash"), Written: map[string]string{}}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	for _, t := range language.Texts(p.Bank, l.Code) {
		if typed := form[t.Name()]; len(typed) > 0 {
			f.Written[t.Name()] = strings.Join(strings.Fields(typed[0]), " ")
		}
	}
	state := language.Draft
	if c.FormValue("do") == "approve" {
		state = language.Approved
	}
	err = p.readings().Save(ctx, who, l.Code, state, f)
	if errs, status, ok := page.Explain(c, err); ok {
		d, err := p.newLanguage(c, who, &f, errs)
		if err != nil {
			return err
		}
		return languageTemplate.Send(c, status, d)
	} else if err != nil {
		return err
	}
	return p.Done(c, here, v.Say("language."+string(state), words.V{"Language": l.English}))
}

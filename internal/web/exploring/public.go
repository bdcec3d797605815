package exploring

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// publicPage is what everybody may read of a round, pupils first: the school's reply, and once the round is published what
// was said; short, without script, and with nothing but the whole school.
type publicPage struct {
	page.Base
	Languages []languageLink
	Reply     action.Read
	Lead      string
	When      string // it was asked
	Rate      string
	Facts     []reason
	Thought   string // heading over what pupils thought of themselves
	Thoughts  []figure.Thought
	Asked     string
	Figures   []page.Figure
	TitleIn   string // the language of the title, where it is not the page's
	Method    string
	Small     string
}

// languageLink leads to the page in another language.
type languageLink struct {
	words.Language
	URL  string
	Here bool
}

type fact struct{ Name, Text string }

// reason is one of the school's own words about a round; Lang is set where they are in another language than the page.
type reason struct{ Name, Text, Lang string }

var publicTemplate = page.New("exploring/public", "base", publicPage{})

// lookPublic reads a published round and what anybody may see of it.
func (p Pages) lookPublic(ctx context.Context, code string) (round.Round, result.Viewed, error) {
	r, err := p.Rounds().ByCode(ctx, code)
	if err != nil {
		return r, result.Viewed{}, err
	}
	if r.State != round.Published {
		return r, result.Viewed{}, notFound()
	}
	rel, err := result.NewStore(p.DB, p.Key, p.Bank).Latest(ctx, r.SchoolID, r.ID)
	if err != nil {
		return r, result.Viewed{}, err
	}
	view, ok := result.Public(rel, r)
	if !ok {
		return r, view, notFound()
	}
	return r, view, nil
}

func (p Pages) public(c echo.Context) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().ByCode(ctx, c.Param("code"))
	if err != nil {
		return err
	}
	if r.Audience == bank.Staff || r.State != round.Open && r.State != round.Closed && !action.Answerable(r) {
		return notFound()
	}
	v, code, links, err := p.readers(c, r)
	if err != nil {
		return err
	}
	doc, err := p.InLanguage(ctx, r, code)
	if err != nil {
		return err
	}
	var d publicPage
	_, view, err := p.lookPublic(ctx, c.Param("code"))
	switch {
	case err == nil:
		d = newPublicPage(v, r, view, doc)
		d.thoughts(v, view, doc)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	d.Languages = links
	title := r.Title
	switch {
	case doc != nil:
		title = doc.Title
	case code != "":
		d.TitleIn = words.English().Lang
	}
	base := p.NewBase(c, title)
	snap := r.AtOpening()
	base.School, base.Demo, base.Lang, base.Dir = snap.School, snap.Invented, v.Lang, v.Dir
	d.Base = base
	d.Facts = aboutRound(v, r)
	if d.Reply, err = p.reply(ctx, v, code, r); err != nil {
		return err
	}
	if err := p.Illustrate(ctx, r.SchoolID, d.figures()...); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	c.Response().Header().Add("Vary", "Accept-Language")
	return publicTemplate.Send(c, http.StatusOK, d)
}

// readers finds the language of whoever reads, among those that the school may ask in.
func (p Pages) readers(c echo.Context, r round.Round) (v words.Voice, code string, links []languageLink, err error) {
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(c.Request().Context(), r.SchoolID)
	want := words.Match(c.Request().Header.Get("Accept-Language"))
	if asked, ok := words.Find(c.QueryParam("lang")); ok {
		want = asked.Code
	}
	v = words.English()
	for _, l := range spoken {
		if l.Code == want {
			v, code = l.Voice, l.Code
		}
	}
	if len(spoken) > 0 {
		en, _ := words.Find("en")
		links = append(links, languageLink{en, "?lang=en", code == ""})
	}
	for _, l := range spoken {
		links = append(links, languageLink{l.Language, "?lang=" + l.Code, l.Code == code})
	}
	return v, code, links, err
}

// reply is what may be read of the round's reply, in the reader's language as far as somebody has read it.
func (p Pages) reply(ctx context.Context, v words.Voice, code string, r round.Round) (action.Read, error) {
	st := action.NewStore(p.DB, p.Key, p.Bank)
	w, err := st.Shown(ctx, r)
	if err != nil {
		return action.Read{}, err
	}
	all, err := st.Languages(ctx, r)
	var in action.ReplyLanguage
	for _, l := range all {
		if l.Language == code {
			in = l
		}
	}
	return action.Say(v, r, w, in, storage.DateOf(p.DB.Now(), r.Zone())), err
}

// aboutRound says why the round was asked, in the school's words. Those are English, and stand by themselves on a page in
// another language.
func aboutRound(v words.Voice, r round.Round) []reason {
	why, lang := strings.TrimRight(r.Why, ". "), ""
	if english := words.English(); v.Lang == english.Lang {
		why = v.Say("public.because", words.V{"Why": why})
	} else {
		lang = english.Lang
	}
	reasons := []reason{{v.Say("public.why"), why, lang}, {v.Say("public.change"), r.MayChange, lang}}
	if r.ReplyPlace != "" {
		reasons = append(reasons, reason{v.Say("public.place"), r.ReplyPlace, lang})
	}
	return reasons
}

// askedIn says when a round was asked, or that it was asked elsewhere, in any language.
func askedIn(v words.Voice, r round.Round) string {
	day := func(t time.Time) string { return v.Date(t.In(r.Zone())) }
	if r.BroughtIn() {
		return v.Say("public.brought_in", words.V{"Asked": day(r.ClosesAt), "Date": day(r.CreatedAt)})
	}
	from, to := day(*r.OpenedAt), day(*r.ClosedAt)
	if from == to {
		return v.Say("public.asked_on", words.V{"From": from})
	}
	return v.Say("public.asked_from", words.V{"From": from, "To": to})
}

// newPublicPage fills in what was said. In English each question has its chart; in another language, whose letters no chart
// can be drawn with before somebody reads them, bars stand in its table. doc is the questionnaire in that language, if any.
func newPublicPage(v words.Voice, r round.Round, view result.Viewed, doc *survey.Document) publicPage {
	school, english := view.School(), v.Lang == words.English().Lang
	d := publicPage{Lead: v.Say("public.lead"), When: asked(v, r), Rate: figure.RateForReaders(v, view.Release, school), Asked: v.Say("public.asked"),
		Method: v.Say("public.method"), Small: v.Say("public.small")}
	if english {
		d.Rate = figure.Rate(v, view.Release, school)
	} else if r.BroughtIn() || r.OpenedAt != nil && r.ClosedAt != nil {
		d.When = askedIn(v, r)
	}
	for _, q := range view.Questions {
		if english {
			d.Figures = append(d.Figures, page.PlainFigure(figure.Question(v, view.Release, q, school)))
			continue
		}
		q, translated := page.InWords(v, q, doc)
		made := page.PlainFigure(figure.ForReaders(v, view.Release, q, school))
		if !translated {
			made.TitleIn = words.English().Lang
		}
		d.Figures = append(d.Figures, made)
	}
	return d
}

// thoughts fills in what pupils thought of themselves and what they are.
func (d *publicPage) thoughts(v words.Voice, view result.Viewed, doc *survey.Document) {
	all := make([]result.Question, len(view.Questions))
	for i, q := range view.Questions {
		all[i], _ = page.InWords(v, q, doc)
	}
	view.Questions = all
	d.Thought, d.Thoughts = v.Say("guess.title"), figure.Thoughts(v, view, view.School())
}

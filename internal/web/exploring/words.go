package exploring

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/show/theme"
	"earshot/internal/web/page"
)

// wordsPage is what people wrote in a round and let others read, by question and theme.
type wordsPage struct {
	page.Base
	Round     string
	Groups    []page.Link
	Questions []wordsQuestion
	Least     int
	NoBox     bool       // nobody was asked to write anything
	Set       []setTheme // what the school made of themes, for those who may change it
	Action    string
	Results   string
}

// wordsQuestion is what was written on one question.
type wordsQuestion struct {
	ID, Text string
	Count    int
	Aid      bool // so few that themes are no more than a help for reading
	Few      bool // too few to look for themes at all
	Themes   []wordsTheme
	Other    []wordsQuote
}

type wordsTheme struct {
	Name    string
	Count   int
	Words   string
	Pinned  bool
	Change  string // where leaders change it
	First   []wordsQuote
	Further []wordsQuote
}

type wordsQuote struct {
	Pieces []theme.Piece
	Group  string
	Retold bool
	Like   []wordsQuote // others that say much the same
}

type setTheme struct{ ID, Name, Text string }

// firstQuotes are how many of a theme stand open; the others open by a press.
const firstQuotes = 5

// shownWords are how many of a theme's words are listed, and marked where they stand.
const shownWords = 8

var wordsTemplate = page.New("exploring/words", "base", wordsPage{})

func wordsURL(r round.Round) string { return "/rounds/" + r.ID + "/words" }

// wordsIn is the address of what can be read from a page of results: the school's leads to all that the actor may see, a group's
// to its own.
func (p Pages) wordsIn(ctx context.Context, r round.Round, v result.Viewed, g result.Group) (string, error) {
	st := result.NewStore(p.DB, p.Key, p.Bank)
	if g.Unit == "" || g.Kind == round.UnitSchool {
		ok, err := st.HasWords(ctx, v, r.SchoolID, r.ID)
		if !ok {
			return "", err
		}
		return wordsURL(r), nil
	}
	quotes, err := st.Quotes(ctx, v, r.SchoolID, r.ID)
	if len(quotes[g.Unit]) == 0 {
		return "", err
	}
	return wordsURL(r) + "?unit=" + g.Unit, nil
}

// words shows what people wrote: of all groups that the actor may see, or of one.
func (p Pages) words(c echo.Context, who access.Actor) error {
	r, v, made, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	if !made || v.Empty() && waits(r, who) {
		return p.wait(c, who, r, v)
	}
	if v.Empty() {
		return notFound()
	}
	unit := c.QueryParam("unit")
	if unit != "" && !v.Sees(unit) {
		return notFound()
	}
	d := wordsPage{Base: p.NewBase(c, "In their own words"), Round: r.Title, Least: theme.WritersLeast, Action: wordsURL(r), Results: resultsURL(r, "")}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Results", URL: resultsURL(r, "")}, {Text: "In their own words", Here: true}}
	doc, err := p.Rounds().Document(c.Request().Context(), r)
	if err != nil {
		return err
	}
	if !doc.HasText() {
		d.NoBox = true
		return wordsTemplate.Send(c, http.StatusOK, d)
	}
	list, err := result.NewStore(p.DB, p.Key, p.Bank).Heard(c.Request().Context(), v, r)
	if err != nil {
		return err
	}
	d.groups(r, v, list, unit)
	leads := access.Can(who, access.RunRounds, access.Object{School: who.School})
	for _, h := range list {
		if q := wordsOf(r, v, h, unit, leads); q.Count > 0 {
			d.Questions = append(d.Questions, q)
		}
	}
	if leads {
		rules, err := result.NewStore(p.DB, p.Key, p.Bank).ThemeRules(c.Request().Context(), who.School)
		if err != nil {
			return err
		}
		for _, rule := range rules {
			set := setTheme{ID: rule.ID, Name: rule.Name}
			if rule.Name == "" {
				set.Name = "A theme without a name"
			}
			if rule.Pinned {
				set.Text = "Kept in every survey."
			}
			d.Set = append(d.Set, set)
		}
	}
	return wordsTemplate.Send(c, http.StatusOK, d)
}

// groups leads to the groups that have words, where there are several.
func (d *wordsPage) groups(r round.Round, v result.Viewed, list []result.Heard, unit string) {
	has := map[string]bool{}
	for _, h := range list {
		for _, q := range h.Quotes {
			has[q.UnitID] = true
		}
	}
	if len(has) < 2 {
		return
	}
	d.Groups = []page.Link{{Text: "Everybody", URL: wordsURL(r), Here: unit == ""}}
	for _, g := range v.Groups {
		if has[g.Unit] {
			d.Groups = append(d.Groups, page.Link{Text: groupOf(g), URL: wordsURL(r) + "?unit=" + g.Unit, Here: g.Unit == unit})
		}
	}
}

// groupOf names a group of writers.
func groupOf(g result.Group) string {
	if g.Kind == round.UnitSchool {
		return "Whole school"
	}
	return g.Called()
}

// wordsOf lays out what was written on one question: in one group, or in all that are seen. Themes are those of all; in one
// group a theme needs as many writers there as anywhere.
func wordsOf(r round.Round, v result.Viewed, h result.Heard, unit string, leads bool) wordsQuestion {
	out := wordsQuestion{ID: h.Question, Text: h.Text}
	quotes := map[string]result.Quote{}
	for _, q := range h.Quotes {
		if unit == "" || q.UnitID == unit {
			quotes[q.ID] = q
		}
	}
	out.Count = len(quotes)
	out.Aid = h.Reading.IsAid() && len(h.Reading.Themes) > 0
	out.Few = len(h.Reading.Themes) == 0
	in := func(ids []string) (list []result.Quote) {
		for _, id := range ids {
			if q, ok := quotes[id]; ok {
				list = append(list, q)
			}
		}
		return list
	}
	draw := func(list []result.Quote, words []string) []wordsQuote { return fold(v, list, words, h.Language) }
	other := in(h.Reading.Other)
	for _, t := range h.Reading.Themes {
		list := in(t.Members)
		if len(list) < theme.WritersLeast {
			other = append(other, list...)
			continue
		}
		words := theme.Single(t.Words)
		words = words[:min(shownWords, len(words))]
		made := wordsTheme{Name: t.Name, Count: min(t.Writers, len(list)), Words: strings.Join(words, ", "), Pinned: t.Pinned}
		if leads && unit == "" {
			made.Change = themeURL(r, h.Question, t.ID)
		}
		drawn := draw(list, words)
		made.First, made.Further = drawn[:min(firstQuotes, len(drawn))], drawn[min(firstQuotes, len(drawn)):]
		out.Themes = append(out.Themes, made)
	}
	slices.SortFunc(other, func(a, b result.Quote) int { return strings.Compare(a.ID, b.ID) })
	out.Other = draw(other, nil)
	return out
}

// fold puts quotes that say nearly the same under the first of them. All are there to be read.
func fold(v result.Viewed, list []result.Quote, words []string, language string) []wordsQuote {
	texts := make([]string, len(list))
	drawn := make([]wordsQuote, len(list))
	for i, q := range list {
		texts[i] = q.Words
		drawn[i] = wordsQuote{Pieces: theme.Mark(q.Words, words, language), Retold: q.Retold}
		if g, ok := v.Group(q.UnitID); ok {
			drawn[i].Group = groupOf(g)
		}
	}
	under := map[int]bool{}
	for _, group := range theme.Alike(texts) {
		for _, i := range group[1:] {
			drawn[group[0]].Like = append(drawn[group[0]].Like, drawn[i])
			under[i] = true
		}
	}
	var out []wordsQuote
	for i, q := range drawn {
		if !under[i] {
			out = append(out, q)
		}
	}
	return out
}

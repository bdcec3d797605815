package answering

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

// tongues are the languages one round can be read in.
type tongues struct {
	list   []words.Language
	docs   map[string]survey.Document // the questions in the languages that have them
	spoken map[string]round.Tongue    // with the school's corrections
}

// tonguesOf finds the languages of a round: those whose safety texts a speaker at this school has read. The questions are
// in them too where their translation is approved. Staff answer in English: the bank has nothing for them in another language.
func (p Pages) tonguesOf(ctx context.Context, r round.Round, doc survey.Document) (tongues, error) {
	t := tongues{list: words.Languages()[:1], spoken: map[string]round.Tongue{"en": {Voice: voiceFor(r, words.English())}}}
	if r.Audience == bank.Staff {
		return t, nil
	}
	all, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	if err != nil {
		return t, err
	}
	for _, l := range all {
		t.list = append(t.list, l.Language)
		t.spoken[l.Code] = round.Tongue{Voice: voiceFor(r, l.Voice), Texts: l.Texts}
	}
	t.docs, err = survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	return t, err
}

// ofCards is what is said instead where pupils come with a card of their own and there are no slips: sentence -> the one that
// takes its place. The gaps of both are the same.
var ofCards = map[string]string{"answer.code": "card.label", "answer.code_wrong": "card.code_wrong", "answer.unknown_code": "card.nothing", "start.unknown_code": "card.nothing",
	"answer.spent": "card.spent", "start.spent": "card.spent", "stored.3": "stored.3_personal"}

// voiceFor is a voice as it speaks of one round.
func voiceFor(r round.Round, v words.Voice) words.Voice {
	if !r.Personal() || !bank.IsPupils(r.Audience) {
		return v
	}
	said := map[string]string{}
	for slip, card := range ofCards {
		said[slip] = v.Say(card)
	}
	return v.With(said)
}

// voice says sentences in a language, with the school's corrections.
func (t tongues) voice(code string) words.Voice { return t.tongue(code).Voice }

func (t tongues) tongue(code string) round.Tongue {
	if in, ok := t.spoken[code]; ok {
		return in
	}
	return round.English()
}

// reading finds out how somebody reads: the language they chose, or the one their browser asks for.
func (t tongues) reading(c echo.Context, route bank.Route) reading {
	return t.chosen(c, route, c.QueryParams())
}

// chosen is reading with the choice in the fields of a form that was sent: the address it goes to says no language.
func (t tongues) chosen(c echo.Context, route bank.Route, from url.Values) reading {
	as := reading{route: route, language: "en"}
	has := func(code string) bool {
		return slices.ContainsFunc(t.list, func(l words.Language) bool { return l.Code == code })
	}
	if want := words.Match(c.Request().Header.Get("Accept-Language")); has(want) {
		as.language = want
	}
	if want := from.Get("lang"); has(want) {
		as.language = want
	}
	_, translated := t.docs[as.language]
	as.both = from.Get("both") != "" && translated && as.language != "en"
	return as
}

// reader is whom a page is drawn for.
func (t tongues) reader(doc survey.Document, as reading) reader {
	to := reader{voice: t.voice(as.language), doc: doc, route: as.route}
	if in, ok := t.docs[as.language]; ok {
		to.doc = in
		if as.both {
			to.also = &doc
		}
	}
	return to
}

// links lead to the same page in the other languages; none where there is but one.
func (t tongues) links(as reading) []languageView { return t.linksFrom("?", as) }

// linksFrom is links, with what the address says beside the language: "?a=X7K2M9&".
func (t tongues) linksFrom(here string, as reading) []languageView {
	if len(t.list) < 2 {
		return nil
	}
	if as.route != bank.AnyDevice {
		here = "?ready=1&"
	}
	var list []languageView
	for _, l := range t.list {
		list = append(list, languageView{Name: l.Name, Tag: l.Tag, Dir: l.Dir, URL: here + "lang=" + l.Code, Current: l.Code == as.language && !as.both})
	}
	if _, ok := t.docs[as.language]; ok && as.language != "en" {
		v := t.voice(as.language)
		link := languageView{Name: v.Say("lang.both"), Tag: v.Lang, Dir: v.Dir, URL: here + "lang=" + as.language + "&both=1"}
		if as.both {
			link.Name, link.URL = v.Say("lang.one"), here+"lang="+as.language
		}
		list = append(list, link)
	}
	return list
}

// sameLanguage compares languages without their regions: en and en-GB are one.
func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return a == b
}

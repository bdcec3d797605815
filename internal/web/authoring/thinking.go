package authoring

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// thinkingPage is cards of paper for the minute before the first question: a page in one of the round's languages, with four
// cards that are alike.
type thinkingPage struct {
	page.Base
	ID    string
	Cards []thinkingCard // one language's
	Links []page.Link    // to the others
	Sheet []struct{}     // the cards of one page
}

type thinkingCard struct {
	Language   string // its English name, for whoever hands them out
	Tag, ToDir string
	School     string
	Heading    string
	Lead, Keep string
	Prompts    []string
	Lines      []struct{} // to write on, below each
}

var thinkingTemplate = page.New("authoring/thinking", "print", thinkingPage{})

const (
	cardsPerPage = 4
	promptsMost  = 6
)

// thinking prints the cards of a round that begins with a minute, for whoever is in the room.
func (p Pages) thinking(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	if !r.Choices().Minute || r.State == round.Cancelled {
		return notFound()
	}
	d := thinkingPage{Base: p.NewBase(c, "Thinking cards"), ID: r.ID, Sheet: make([]struct{}, cardsPerPage)}
	d.CSS = []string{static.Path("css/thinking.css")}
	codes := []string{words.Languages()[0].Code}
	spoken, _, err := p.paperLanguages(ctx, r)
	if err != nil {
		return err
	}
	for _, l := range spoken {
		if l.Code != codes[0] {
			codes = append(codes, l.Code)
		}
	}
	wanted := c.QueryParam("language")
	if !slices.Contains(codes, wanted) {
		wanted = codes[0]
	}
	for _, code := range codes {
		if l, ok := words.Find(code); ok && len(codes) > 1 {
			d.Links = append(d.Links, page.Link{Text: l.English, URL: "/rounds/" + r.ID + "/thinking?language=" + code, Here: code == wanted})
		}
		if code != wanted {
			continue
		}
		in, doc, err := p.tongueOf(ctx, r, code)
		if err != nil {
			return err
		}
		l, _ := words.Find(code)
		v := in.Voice
		card := thinkingCard{Language: l.English, Tag: v.Lang, ToDir: v.Dir, School: page.School(c).Name, Heading: v.Say("minute.card"), Lead: v.Say("minute.about"), Keep: v.Say("minute.card_keep")}
		for _, s := range doc.Sections {
			if s.Title != "" && len(card.Prompts) < promptsMost {
				card.Prompts = append(card.Prompts, s.Title)
			}
		}
		if len(card.Prompts) < 2 {
			card.Prompts = []string{v.Say("minute.good"), v.Say("minute.change")}
		}
		card.Lines = make([]struct{}, max(1, promptsMost/len(card.Prompts)))
		d.Cards = append(d.Cards, card)
	}
	return thinkingTemplate.Send(c, http.StatusOK, d)
}

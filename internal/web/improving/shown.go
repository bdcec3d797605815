package improving

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// posterPage is a reply on one sheet for a wall.
type posterPage struct {
	page.Base
	Name    string
	Heading string
	Round   action.Words // its title
	Reply   action.Read
	Many    bool // so much that the letters are smaller
	Scan    string
	Type    string
	Address string
	QRSize  int
	QRPath  string
	Links   []page.Link // in other languages
	Paper   string      // A4 or A3
	Other   page.Link   // the same on the other
}

var posterTemplate = page.New("improving/poster", "print", posterPage{})

// tongue is the language asked for, if the school may ask in it, with the words of the reply in it.
func (p Pages) tongue(c echo.Context, r round.Round) (v words.Voice, in action.ReplyLanguage, err error) {
	ctx, code := c.Request().Context(), c.QueryParam("lang")
	if v = page.Voice(c); code == "" {
		return v, in, nil
	}
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	if err != nil {
		return v, in, err
	}
	have, err := p.store().Languages(ctx, r)
	for _, l := range spoken {
		for _, h := range have {
			if l.Code == code && h.Language == code {
				return l.Voice, h, err
			}
		}
	}
	return v, in, err
}

// titleIn is what a round is called in a language: as its survey is called there, or its own title, which is in English.
func (p Pages) titleIn(ctx context.Context, r round.Round, code string) (action.Words, error) {
	doc, err := p.InLanguage(ctx, r, code)
	switch {
	case err != nil || code == "":
		return action.Words{Text: r.Title}, err
	case doc == nil:
		return action.Words{Text: r.Title, Lang: words.English().Lang, Dir: words.English().Dir}, nil
	}
	return action.Words{Text: doc.Title}, nil
}

// whole reads a reply to be shown: all of it, as it would be published now.
func (p Pages) whole(c echo.Context, who access.Actor) (round.Round, action.Whole, error) {
	r, err := p.find(c, who)
	if err != nil {
		return r, action.Whole{}, err
	}
	w, err := p.store().Whole(c.Request().Context(), who, r)
	return r, w, err
}

func (p Pages) poster(c echo.Context, who access.Actor) error {
	r, w, err := p.whole(c, who)
	if err != nil {
		return err
	}
	v, in, err := p.tongue(c, r)
	if err != nil {
		return err
	}
	title, err := p.titleIn(c.Request().Context(), r, in.Language)
	if err != nil {
		return err
	}
	d := posterPage{Base: p.NewBase(c, "Poster"), Name: r.AtOpening().School, Heading: v.Say("reply.poster"), Round: title, Reply: action.Say(v, r, w, in, p.today(r)),
		Many: len(w.Actions) > 5, Scan: v.Say("reply.scan"), Type: v.Say("reply.type"), Address: page.Bare(p.BaseURL + "/r/" + r.Code)}
	d.Lang, d.Dir = v.Lang, v.Dir
	if d.QRSize, d.QRPath, err = page.QR(p.BaseURL + "/r/" + r.Code); err != nil {
		return err
	}
	have, err := p.store().Languages(c.Request().Context(), r)
	if err != nil {
		return err
	}
	paper, lang := c.QueryParam("paper"), in.Language
	at := func(lang, paper string) string {
		return replyURL(r) + "/poster?" + url.Values{"lang": {lang}, "paper": {paper}}.Encode()
	}
	d.Paper, d.Other = "A4", page.Link{Text: "Make it A3", URL: at(lang, "a3")}
	if paper == "a3" {
		d.Paper, d.Other = "A3", page.Link{Text: "Make it A4", URL: at(lang, "a4")}
		d.CSS = append(d.CSS, static.Path("css/a3.css"))
	}
	if lang != "" {
		d.Links = append(d.Links, page.Link{Text: "English", URL: at("", paper)})
	}
	for _, h := range have {
		if l, ok := words.Find(h.Language); ok && h.ApprovedBy != "" && l.Code != lang {
			d.Links = append(d.Links, page.Link{Text: l.English, URL: at(l.Code, paper)})
		}
	}
	return posterTemplate.Send(c, http.StatusOK, d)
}

var slidesTemplate = page.New("improving/slides", "screen", page.Slides{})

// slides show a reply to a class: one slide for each kind of answer.
func (p Pages) slides(c echo.Context, who access.Actor) error {
	r, w, err := p.whole(c, who)
	if err != nil {
		return err
	}
	v, in, err := p.tongue(c, r)
	if err != nil {
		return err
	}
	title, err := p.titleIn(c.Request().Context(), r, in.Language)
	if err != nil {
		return err
	}
	base := p.NewBase(c, title.Text)
	base.Lang, base.Dir = v.Lang, v.Dir
	d, err := p.NewSlides(c.Request().Context(), base, r.SchoolID, deck(v, r, title, action.Say(v, r, w, in, p.today(r))))
	if err != nil {
		return err
	}
	d.Links = []page.Link{{Text: "Reply", URL: replyURL(r)}}
	return slidesTemplate.Send(c, http.StatusOK, d)
}

// fits is how many answers stand on one slide.
const fits = 3

func deck(v words.Voice, r round.Round, title action.Words, read action.Read) slides.Deck {
	d := slides.Deck{School: r.AtOpening().School, Title: title.Text, Lang: v.Lang, Dir: v.Dir}
	d.Slides = append(d.Slides, slides.Slide{Title: v.Say("reply.poster"), Lead: title.Text, LeadIn: title.Lang, Small: read.State, Notes: read.Opening.Text})
	for _, group := range read.Answers {
		for from := 0; from < len(group.Lines); from += fits {
			s := slides.Slide{Title: group.Heading}
			for _, line := range group.Lines[from:min(from+fits, len(group.Lines))] {
				list := slides.List{Heading: line.Heard.Text}
				for _, text := range []string{line.Doing.Text, before(read.Pupils, line.Pupils.Text), before(read.Staff, line.Staff.Text), line.Facts, before(read.Became, line.Became.Text)} {
					if text != "" {
						list.Lines = append(list.Lines, text)
					}
				}
				s.Lists = append(s.Lists, list)
			}
			d.Slides = append(d.Slides, s)
		}
	}
	return d
}

func before(words, text string) string {
	if text == "" {
		return ""
	}
	return words + " " + text
}

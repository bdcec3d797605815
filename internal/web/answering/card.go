package answering

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/web/page"
)

// cardPage is where a pupil comes with their own card: a box for its code, or the surveys that wait for them.
type cardPage struct {
	answerFrame
	Languages []languageView
	Language  string // that was chosen; empty where the browser asks for it
	Label     string
	Hint      string
	Button    string
	Problem   string
	Code      string // as it was typed
	Moment    string // what is said while it is asked for
	Offline   string
	Waiting   []waitingView // then there is no form
	Plain     string        // what to do with the codes of the surveys
	Own       string
}

// waitingView is one survey that waits for the holder of a card.
type waitingView struct {
	Title string
	URL   string
	Last  string
	Code  []string // the slip's, in fours
}

// cardReply is the answer to a card's code from the script: the surveys that wait, or why there are none.
type cardReply struct {
	Waiting []cardLink `json:"waiting,omitempty"`
	Over    string     `json:"over,omitempty"` // where a page says what became of the survey that somebody comes too late for
	Message string     `json:"message,omitempty"`
}

type cardLink struct {
	URL  string `json:"url"`
	Slip string `json:"slip"`
}

var cardTemplate = page.New("answering/card", "answer", cardPage{})

// cardsOf is where the languages of the page for cards are remembered, beside rounds. No round has such a code.
const cardsOf = "/c"

// cardTongues are the languages of pages that do not know yet which school somebody belongs to: those that any school here has
// had read by a speaker. Where there is one school alone, they are said with its corrections.
func (p Pages) cardTongues(ctx context.Context) (tongues, error) {
	if have, ok := p.asked.Load(cardsOf); ok && time.Now().Before(have.(*asked).expires) {
		return have.(*asked).tongues, nil
	}
	t := tongues{list: words.Languages()[:1], spoken: map[string]round.Tongue{"en": round.English()}}
	schools, err := p.Roster().SchoolsNamed(ctx, "")
	if err != nil {
		return t, err
	}
	for _, school := range schools {
		all, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, school.SchoolID)
		if err != nil {
			return t, err
		}
		for _, l := range all {
			if _, have := t.spoken[l.Code]; have {
				continue
			}
			voice := l.Voice
			if len(schools) > 1 { // what one school says may be untrue of another
				voice = words.In(l.Code)
			}
			t.spoken[l.Code] = round.Tongue{Voice: voice}
		}
	}
	for _, l := range words.Languages()[1:] {
		if _, have := t.spoken[l.Code]; have {
			t.list = append(t.list, l)
		}
	}
	p.asked.Store(cardsOf, &asked{tongues: t, expires: time.Now().Add(15 * remember)})
	return t, nil
}

func (p Pages) newCard(c echo.Context, as reading, t tongues, chosen string) cardPage {
	v := t.voice(as.language)
	d := cardPage{answerFrame: frame(v, round.Round{}), Languages: t.links(as), Label: v.Say("card.label"), Hint: v.Say("answer.code_hint"), Button: v.Say("find.button"),
		Moment: v.Say("card.moment"), Offline: v.Say("card.offline")}
	if chosen == as.language {
		d.Language = chosen
	}
	d.Title = v.Say("card.title")
	c.Response().Header().Set("Cache-Control", "no-store")
	return d
}

// card asks for the code of a card. One that was scanned stands after the # and is never in what a browser asks for.
func (p Pages) card(c echo.Context) error {
	t, err := p.cardTongues(c.Request().Context())
	if err != nil {
		return err
	}
	return cardTemplate.Send(c, http.StatusOK, p.newCard(c, t.reading(c, bank.AnyDevice), t, c.QueryParam("lang")))
}

// openCard leads from the code of a card to the survey that waits for its holder, or lists them where there are several. It
// is a POST, so that a code never stands in an address.
func (p Pages) openCard(c echo.Context) error {
	ctx := c.Request().Context()
	t, err := p.cardTongues(ctx)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	as := t.chosen(c, bank.AnyDevice, form)
	v := t.voice(as.language)
	d := p.newCard(c, as, t, form.Get("lang"))
	waiting, err := participation.NewStore(p.DB, p.Key).ByCard(ctx, form.Get("code"))
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		late, over, err := participation.NewStore(p.DB, p.Key).TooLate(ctx, form.Get("code"))
		if err != nil {
			return err
		}
		if over { // the page of the survey says why
			address := inLanguage("/a/"+late.Code, d.Language)
			if wantsJSON(c) {
				return c.JSON(http.StatusGone, cardReply{Over: address})
			}
			return c.Redirect(http.StatusSeeOther, address)
		}
		if wantsJSON(c) {
			return c.JSON(http.StatusNotFound, cardReply{Message: v.Say("card.nothing")})
		}
		d.Problem, d.Code = v.Say("card.nothing"), form.Get("code")
		return cardTemplate.Send(c, http.StatusNotFound, d)
	}
	if wantsJSON(c) {
		var reply cardReply
		for _, a := range waiting {
			reply.Waiting = append(reply.Waiting, cardLink{URL: slipAddress(a, d.Language), Slip: a.Slip})
		}
		return c.JSON(http.StatusOK, reply)
	}
	// Without script what stands after the # fills in no box: whoever has none reads the code and types it.
	if len(waiting) == 1 && form.Get("plain") == "" {
		return c.Redirect(http.StatusSeeOther, slipAddress(waiting[0], d.Language))
	}
	first, err := p.askFor(ctx, waiting[0].Code)
	if err != nil {
		return err
	}
	v = first.tongues.voice(as.language) // now it is known which school it is
	d.answerFrame = frame(v, first.round)
	d.Title, d.Languages = v.Say("card.choose"), nil
	d.Own, d.Plain = v.Say("card.own"), v.Say("card.plain")
	for _, a := range waiting {
		last := storage.DateOf(a.ClosesAt, a.Zone)
		d.Waiting = append(d.Waiting, waitingView{Title: a.Title, URL: slipAddress(a, d.Language), Code: fours(a.Slip), Last: v.Say("card.last", words.V{"Date": v.Date(last.Time(time.UTC))})})
	}
	return cardTemplate.Send(c, http.StatusOK, d)
}

// slipAddress is where a survey is answered, in the language that somebody chose on the way; empty: whatever it chooses itself.
func slipAddress(a participation.Asking, chosen string) string {
	return inLanguage("/a/"+a.Code, chosen) + "#" + a.Slip
}

// inLanguage is an address with the language that was chosen, if one was.
func inLanguage(address, chosen string) string {
	if chosen == "" {
		return address
	}
	return address + "?lang=" + chosen
}

// slipBehind is the slip of a round that a typed code leads to: the code itself, or, in a round with cards, what the card with
// that code leads to. Somebody without script sees their card and not the slip.
func (p Pages) slipBehind(ctx context.Context, r round.Round, typed string) (string, error) {
	if !r.Personal() {
		return typed, nil
	}
	if state, err := p.Collector.Look(ctx, r, typed); err != nil || state != collecting.UnknownCode {
		return typed, err
	}
	waiting, err := participation.NewStore(p.DB, p.Key).ByCard(ctx, typed)
	for _, a := range waiting {
		if a.Code == r.Code {
			return a.Slip, err
		}
	}
	return typed, err
}

// tooLate says whether a typed code is none of a round's slips because it belongs to a card, and cards open no round that is over.
func (p Pages) tooLate(ctx context.Context, r round.Round, code string) (bool, error) {
	if !r.Personal() || r.State == round.Open {
		return false, nil
	}
	state, err := p.Collector.Look(ctx, r, code)
	return state == collecting.UnknownCode, err
}

// fours cuts a code into pieces that are easy to read and to type.
func fours(code string) (parts []string) {
	for piece := range slices.Chunk([]byte(code), 4) {
		parts = append(parts, string(piece))
	}
	return parts
}

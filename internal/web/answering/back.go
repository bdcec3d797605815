package answering

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/safeguard"
	"earshot/internal/web/page"
)

// backPage is where somebody who wrote reads what an adult answered: first it asks for the digits of their receipt. Nothing
// of it is kept on the device, and nothing in an address says which thread it is.
type backPage struct {
	answerFrame
	Languages []languageView // as long as nothing has been typed
	Action    string
	Problem   string
	Say       backWords
	Digits    string // as they were typed; empty before
	Open      bool
	Lines     []string
	Replies   []backReply
	ID        string
	Words     string
}

type backReply struct{ By, On, Text string }

type backWords struct{ Digits, Open, More, Send, Leave string }

var backTemplate = page.New("answering/back", "answer", backPage{})

// findAddress is where the digits are typed. It says the survey they came from, so that the page speaks the languages of its
// school.
func (p Pages) findAddress(v words.Voice, r round.Round) string {
	return "/talk?" + url.Values{"a": {r.Code}, "lang": {codeOf(v)}}.Encode()
}

// backTongues are the languages of the page: those of the survey that led here, or, where none did, of all schools here.
func (p Pages) backTongues(c echo.Context) (tongues, round.Round) {
	ctx := c.Request().Context()
	if code := c.QueryParam("a"); code != "" {
		if a, err := p.askFor(ctx, code); err == nil {
			return a.tongues, a.round
		}
	}
	t, err := p.cardTongues(ctx)
	if err != nil {
		p.Log.Warn("languages not read", "error", err) // English is there all the same
	}
	return t, round.Round{}
}

func (p Pages) newBack(c echo.Context) (backPage, words.Voice) {
	t, r := p.backTongues(c)
	as := t.reading(c, bank.AnyDevice)
	as.both = false
	t.docs = nil // nothing here is asked in two languages
	v, here := t.voice(as.language), "?"
	if r.Code != "" {
		here = "?" + url.Values{"a": {r.Code}}.Encode() + "&"
	}
	d := backPage{answerFrame: frame(v, r), Languages: t.linksFrom(here, as), Action: "/talk" + here + "lang=" + as.language}
	d.Title, d.Help.Intro = v.Say("talk.find"), ""
	d.Say = backWords{Digits: v.Say("talk.digits"), Open: v.Say("talk.open"), More: v.Say("talk.more"), Send: v.Say("talk.send"), Leave: v.Say("talk.leave")}
	c.Response().Header().Set("Cache-Control", "no-store")
	return d, v
}

func (p Pages) findBack(c echo.Context) error {
	d, _ := p.newBack(c)
	return backTemplate.Send(c, http.StatusOK, d)
}

// openBack opens a thread with the digits in a form, and sends another message where one was written. Whatever goes wrong,
// what was typed comes back.
func (p Pages) openBack(c echo.Context) error {
	ctx := c.Request().Context()
	d, v := p.newBack(c)
	d.Digits, d.Words, d.ID = c.FormValue("digits"), c.FormValue("words"), c.FormValue("id")
	_, more := c.Request().PostForm["words"]
	st := safeguard.NewStore(p.DB, p.Key)
	var b safeguard.Back
	var err error
	if more {
		b, err = st.Write(ctx, d.Digits, d.ID, d.Words, collecting.Adults)
	} else {
		b, err = st.Back(ctx, d.Digits)
	}
	status := http.StatusOK
	problem, mine := fault.Of(err)
	switch {
	case mine && problem.Kind == fault.NotFound:
		d.Problem, d.Words = v.Say("talk.no_receipt"), ""
		return backTemplate.Send(c, http.StatusNotFound, d)
	case mine && problem.Kind == fault.Invalid:
		status, d.Problem = http.StatusUnprocessableEntity, v.Say(problem.Fields["words"].Key)
		if b, err = st.Back(ctx, d.Digits); err != nil {
			return err
		}
	case err != nil:
		if !mine || problem.Kind != fault.Busy {
			p.Log.Error("thread not opened", "error", err) // never what it said
		}
		d.Problem, d.Open = v.Say("talk.try_later"), more
		if more {
			d.Languages = nil
		}
		return backTemplate.Send(c, http.StatusServiceUnavailable, d)
	default:
		d.Words, d.ID = "", storage.NewID()
		if more {
			d.Lines = append(d.Lines, v.Say("talk.sent_title")+".")
		}
	}
	d.Open, d.Languages = true, nil // to go to another language would lose the digits
	key := "talk.read"
	if b.State == safeguard.New {
		key = "talk.unread"
	}
	d.Lines = append(d.Lines, v.Say(key))
	if len(b.Replies) == 0 {
		d.Lines = append(d.Lines, v.Say("talk.no_answer"))
	}
	d.Lines = append(d.Lines, v.Say("talk.nobody"), v.Say("talk.hidden"), v.Say("talk.call"))
	for _, r := range b.Replies {
		day := storage.Date(r.On)
		d.Replies = append(d.Replies, backReply{r.By, v.Date(day.Time(time.UTC)), r.Text})
	}
	return backTemplate.Send(c, status, d)
}

// Package answering is where pupils, parents and staff find a survey and answer it.
package answering

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// Pages has the handlers of this activity and what they remember of rounds for a moment.
type Pages struct {
	*page.Kit
	asked *sync.Map // code -> *asked
}

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k, &sync.Map{}}
	r.Public("GET", "/a", p.find)
	r.Public("POST", "/a", p.lookUp)
	r.Public("GET", "/a/worker.js", worker)
	r.Public("GET", "/a/:code", p.answer)
	r.Public("POST", "/a/:code", p.send)
	r.Public("GET", "/a/:code/shared", p.answerOn(bank.SharedDevice))
	r.Public("GET", "/a/:code/helper", p.answerOn(bank.AdultHelper))
	r.Public("GET", "/a/:code/minute", p.minute)
	r.Public("GET", "/a/:code/words", p.extraWords)
	r.Public("GET", "/a/:code/stored", p.stored)
	r.Public("GET", "/a/:code/talk", p.talk)
	r.Public("POST", "/a/:code/talk", p.sendTalk)
	r.Public("GET", "/a/:code/away", p.talkAway)
	r.Public("GET", "/a/:code/back", p.taking)
	r.Public("POST", "/a/:code/back", p.takeBack)
	r.Public("GET", "/talk", p.findBack)
	r.Public("POST", "/talk", p.openBack)
	r.Public("POST", "/a/:code/task", p.task)
	r.Public("POST", "/a/:code/sealed", p.sealed)
	r.Public("GET", "/u/:token", p.stopMail)
	r.Public("POST", "/u/:token", p.saveStopMail)
	r.Public("GET", "/stored", p.stored)
	r.Public("GET", "/c", p.card)
	r.Public("POST", "/c", p.openCard)
	r.Public("GET", "/c/:code/:door", p.door)
	r.Public("POST", "/c/:code/:door", p.tap)
	r.Staff("GET", "/c/:code/:door/open", p.shutDoor)
	r.Staff("POST", "/c/:code/:door/open", p.openDoor)
	r.For(access.RunRounds, "GET", "/surveys/:id/preview", p.previewSurvey)
	r.For(access.RunRounds, "GET", "/rounds/:id/preview", p.previewRound)
	r.For(access.CountHands, "GET", "/rounds/:id/hands", p.hands)
	r.For(access.CountHands, "POST", "/rounds/:id/hands", p.countHands)
	r.For(access.TypePaper, "GET", "/rounds/:id/typing", p.typing)
	r.For(access.TypePaper, "POST", "/rounds/:id/typing", p.typeIn)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{answerTemplate, outcomeTemplate, findTemplate, stopTemplate, talkTemplate, backTemplate, minuteTemplate, takingTemplate, cardTemplate, doorTemplate, shutTemplate}
}

var (
	answerTemplate  = page.New("answering/answer", "answer", answerPage{})
	outcomeTemplate = page.New("answering/outcome", "answer", outcomePage{})
	findTemplate    = page.New("answering/find", "answer", findPage{})
)

// asked is what one round asks, and its pages, each drawn and compressed once for everybody who reads it alike.
type asked struct {
	round   round.Round
	doc     survey.Document
	tongues tongues
	minute  bool // it begins with a minute without the screen
	last    *told
	expires time.Time
	drawn   sync.Map // reading -> *drawn
}

// reading is what one drawn page differs from another by.
type reading struct {
	route    bank.Route
	language string
	both     bool
}

type drawn struct {
	plain  []byte
	zipped []byte
	etag   string
}

// remember is how long a drawn page is used before the round is looked at again. Whether an answer is taken is decided
// anew with every answer, so nothing hangs on it.
const remember = 2 * time.Second

// receiptMark stands in an open link's page where each reader gets a number of their own.
const receiptMark = "receipt-of-this-page"

func (p Pages) ask(c echo.Context) (*asked, error) {
	return p.askFor(c.Request().Context(), c.Param("code"))
}

func (p Pages) askFor(ctx context.Context, typed string) (*asked, error) {
	code, _ := seal.CleanCode(typed, 6)
	if have, ok := p.asked.Load(code); ok && time.Now().Before(have.(*asked).expires) {
		return have.(*asked), nil
	}
	r, err := p.Rounds().ByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return nil, err
	}
	a := &asked{round: r, doc: doc, minute: r.Choices().Minute, expires: time.Now().Add(remember)}
	if a.tongues, err = p.tonguesOf(ctx, r, doc); err != nil {
		return nil, err
	}
	if a.last, err = p.lastReply(ctx, r); err != nil {
		return nil, err
	}
	p.asked.Store(code, a)
	return a, nil
}

// page draws the page for those who read alike, or takes it as it was drawn a moment ago.
func (p Pages) page(ctx context.Context, a *asked, as reading) (*drawn, error) {
	if have, ok := a.drawn.Load(as); ok {
		return have.(*drawn), nil
	}
	d, err := p.drawFor(ctx, a, as)
	if err != nil {
		return nil, err
	}
	if a.round.Mode == round.OpenLink {
		d.Receipt = receiptMark
	}
	made := &drawn{}
	if made.plain, err = answerTemplate.Bytes(d); err != nil {
		return nil, err
	}
	if made.zipped, err = zip(made.plain); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(made.plain)
	made.etag = `"` + hex.EncodeToString(sum[:8]) + `"`
	a.drawn.Store(as, made)
	return made, nil
}

// drawFor is the page as one sort of reader sees it.
func (p Pages) drawFor(ctx context.Context, a *asked, as reading) (answerPage, error) {
	to := a.tongues.reader(a.doc, as)
	promise, err := p.Rounds().PromiseIn(ctx, a.round, as.route, a.tongues.tongue(as.language))
	if _, silent := errors.AsType[bank.NotInLanguage](err); silent {
		// A promise is given whole or in English; a page that cannot be shown at all would be worse.
		return p.drawFor(ctx, a, reading{route: as.route, language: "en"})
	}
	if err != nil {
		return answerPage{}, err
	}
	d := drawAnswer(to, a.round, promise)
	if a.doc.HasText() {
		if err := p.box(ctx, &d, to.voice, a.round); err != nil {
			return answerPage{}, err
		}
	}
	d.Last = a.last.lines(to.voice, as.language)
	d.More, d.Extras = true, "/a/"+a.round.Code+"/words?lang="+as.language
	d.Languages, d.Language, d.Both = a.tongues.links(as), as.language, as.both
	return d, nil
}

func zip(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (p Pages) answer(c echo.Context) error { return p.answerOn(bank.AnyDevice)(c) }

// answerOn shows the page for one way of answering.
func (p Pages) answerOn(route bank.Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		a, err := p.ask(c)
		if fault.Is(err, fault.NotFound) {
			return p.drawFind(c, http.StatusNotFound, page.Voice(c).Say("round.no_code"))
		} else if err != nil {
			return err
		}
		as := a.tongues.reading(c, route)
		if a.round.State != round.Open {
			return p.over(c, a, as)
		}
		if a.minute && route == bank.AnyDevice && c.Request().URL.RawQuery == "" {
			// What stands after the # goes along. Every link back to here says something after a ?, so it comes once.
			c.Response().Header().Set("Cache-Control", "no-store")
			return c.Redirect(http.StatusSeeOther, "/a/"+a.round.Code+"/minute")
		}
		if route != bank.AnyDevice && c.QueryParam("ready") == "" {
			return outcomeTemplate.Send(c, http.StatusOK, adultPage(a.tongues.voice(as.language), route, a.round, "?ready=1&lang="+as.language))
		}
		made, err := p.page(c.Request().Context(), a, as)
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h.Set("Vary", "Accept-Encoding, Accept-Language")
		body, zipped := made.plain, made.zipped
		if a.round.Mode == round.OpenLink {
			h.Set("Cache-Control", "no-store")
			body = bytes.Replace(body, []byte(receiptMark), []byte(storage.NewID()), 1)
			if zipped, err = zip(body); err != nil {
				return err
			}
		} else {
			h.Set("Cache-Control", "public, max-age=30")
			if route == bank.SharedDevice { // the last person's page must not come back
				h.Set("Cache-Control", "no-store")
			}
			h.Set("ETag", made.etag)
			if c.Request().Header.Get("If-None-Match") == made.etag {
				return c.NoContent(http.StatusNotModified)
			}
		}
		if static.AcceptsGzip(c.Request()) {
			h.Set("Content-Encoding", "gzip")
			body = zipped
		}
		return c.HTMLBlob(http.StatusOK, body)
	}
}

// over says kindly why there is nothing to answer.
func (p Pages) over(c echo.Context, a *asked, as reading) error {
	r := a.round
	v := a.tongues.voice(as.language)
	if r.State == round.Draft {
		return fault.New(fault.NotFound, "round.no_code")
	}
	d := outcomePage{answerFrame: frame(v, r), Lines: []string{overSentence(v, r)}}
	d.Title = v.Say("answer.over.title")
	d.Late = &lateView{Round: r.Code, Settled: !r.Takes(), Words: wordsOf(v, lateKeys)}
	c.Response().Header().Set("Cache-Control", "no-store")
	return outcomeTemplate.Send(c, http.StatusGone, d)
}

// overSentence says why nobody can begin a round any more.
func overSentence(v words.Voice, r round.Round) string {
	switch {
	case r.State == round.Cancelled:
		return v.Say("answer.over.cancelled", words.V{"Reason": r.CancelReason})
	case r.Takes(): // what was answered before, and waits on a device
		return v.Say("answer.over.begun", words.V{"Date": v.Date(r.ReplyBy.Time(time.UTC))})
	}
	return v.Say("answer.over.closed", words.V{"Date": v.Date(r.ReplyBy.Time(time.UTC))})
}

// task says whether a slip opens its reading task. It spends nothing.
func (p Pages) task(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	form, err := c.FormParams()
	if err != nil {
		return fault.New(fault.Invalid, "answer.unread").Because(err)
	}
	v := a.tongues.voice(a.tongues.chosen(c, bank.AnyDevice, form).language)
	if !a.round.Slips() {
		return c.JSON(http.StatusOK, taskReply{State: "go"})
	}
	if _, ok := seal.CleanCode(c.FormValue("code"), participation.CodeLength); !ok {
		return c.JSON(http.StatusOK, taskReply{State: "unknown_code", Message: v.Say("start.unknown_code")})
	}
	slip, err := p.slipBehind(c.Request().Context(), a.round, c.FormValue("code"))
	if err != nil {
		return err
	}
	state, err := p.Collector.Look(c.Request().Context(), a.round, slip)
	if err != nil {
		return err
	}
	late, err := p.tooLate(c.Request().Context(), a.round, slip)
	if err != nil {
		return err
	}
	if late {
		return c.JSON(http.StatusOK, taskReply{State: "closed", Message: overSentence(v, a.round)})
	}
	reply := taskReply{State: "go"}
	switch state {
	case collecting.Reading:
		_, most := a.doc.Asks()
		reply = taskReply{State: "reading", Pages: readingTask(v, most)}
	case collecting.UnknownCode, collecting.Spent:
		// Said before anybody answers in vain. A tab that has sent already does not ask again.
		reply = taskReply{State: string(state), Message: v.Say("start." + string(state))}
	}
	return c.JSON(http.StatusOK, reply)
}

// worker is the script that keeps the page on the device. It has to stand above the pages it minds.
func worker(c echo.Context) error {
	r := c.Request().Clone(c.Request().Context())
	r.URL.Path = "/static/js/worker.js"
	static.Handler().ServeHTTP(c.Response(), r)
	return nil
}

// extraWords are the sentences of answer-more.js in one language, and the round's public key, to which a device seals what it
// cannot send.
func (p Pages) extraWords(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	box, err := p.Key.Box(a.round.Code)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.JSON(http.StatusOK, moreWords(a.tongues.voice(c.QueryParam("lang")), box))
}

func moreWords(v words.Voice, box seal.Box) map[string]string {
	said := wordsOf(v, extraKeys)
	said["key"] = box.Public()
	return said
}

func wordsOf(v words.Voice, keys []string) map[string]string {
	said := map[string]string{}
	for _, key := range keys {
		said[key] = v.Say(key)
	}
	return said
}

type findPage struct {
	answerFrame
	Label   string
	Hint    string
	Button  string
	Problem string
	Back    linkView // to what an adult answered
}

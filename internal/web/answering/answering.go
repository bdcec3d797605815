// Package answering is where pupils, parents and staff find a survey and answer it.
package answering

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
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
	r.Public("GET", "/a/:code", p.answer)
	r.Public("POST", "/a/:code", p.send)
	r.Public("POST", "/a/:code/task", p.task)
	r.Public("GET", "/stored", p.stored)
	r.For(access.RunRounds, "GET", "/surveys/:id/preview", p.previewSurvey)
	r.For(access.RunRounds, "GET", "/rounds/:id/preview", p.previewRound)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{answerTemplate, outcomeTemplate, findTemplate}
}

var (
	answerTemplate  = page.New("answering/answer", "answer", answerPage{})
	outcomeTemplate = page.New("answering/outcome", "answer", outcomePage{})
	findTemplate    = page.New("answering/find", "answer", findPage{})
)

// asked is what one round asks, drawn and compressed once for everybody.
type asked struct {
	round   round.Round
	doc     survey.Document
	thanks  thanksReply
	plain   []byte
	zipped  []byte
	etag    string
	expires time.Time
}

// remember is how long a drawn page is used before the round is looked at again. Whether an answer is taken is decided
// anew with every answer, so nothing hangs on it.
const remember = 2 * time.Second

// receiptMark stands in an open link's page where each reader gets a number of their own.
const receiptMark = "receipt-of-this-page"

func (p Pages) ask(c echo.Context) (*asked, error) {
	code, _ := seal.CleanCode(c.Param("code"), 6)
	if have, ok := p.asked.Load(code); ok && time.Now().Before(have.(*asked).expires) {
		return have.(*asked), nil
	}
	ctx := c.Request().Context()
	r, err := p.Rounds().ByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return nil, err
	}
	a := &asked{round: r, doc: doc, thanks: thanksFor(page.Voice(c), p.Bank, r), expires: time.Now().Add(remember)}
	if r.State == round.Open {
		promise, err := p.Rounds().Promise(ctx, r)
		if err != nil {
			return nil, err
		}
		d := drawAnswer(page.Voice(c), r, doc, promise)
		if r.Mode == round.OpenLink {
			d.Receipt = receiptMark
		}
		if a.plain, err = answerTemplate.Bytes(d); err != nil {
			return nil, err
		}
		if a.zipped, err = zip(a.plain); err != nil {
			return nil, err
		}
		sum := sha256.Sum256(a.plain)
		a.etag = `"` + hex.EncodeToString(sum[:8]) + `"`
	}
	p.asked.Store(code, a)
	return a, nil
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

func (p Pages) answer(c echo.Context) error {
	a, err := p.ask(c)
	if fault.Is(err, fault.NotFound) {
		return p.drawFind(c, http.StatusNotFound, page.Voice(c).Say("round.no_code"))
	} else if err != nil {
		return err
	}
	if a.round.State != round.Open {
		return p.over(c, a.round)
	}
	h := c.Response().Header()
	h.Set("Vary", "Accept-Encoding")
	body, zipped := a.plain, a.zipped
	if a.round.Mode == round.OpenLink {
		h.Set("Cache-Control", "no-store")
		body = bytes.Replace(body, []byte(receiptMark), []byte(storage.NewID()), 1)
		if zipped, err = zip(body); err != nil {
			return err
		}
	} else {
		h.Set("Cache-Control", "public, max-age=30")
		h.Set("ETag", a.etag)
		if c.Request().Header.Get("If-None-Match") == a.etag {
			return c.NoContent(http.StatusNotModified)
		}
	}
	if strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = zipped
	}
	return c.HTMLBlob(http.StatusOK, body)
}

// over says kindly why there is nothing to answer.
func (p Pages) over(c echo.Context, r round.Round) error {
	v := page.Voice(c)
	if r.State == round.Draft {
		return fault.New(fault.NotFound, "round.no_code")
	}
	key, status := "answer.over.closed", http.StatusGone
	if r.State == round.Cancelled {
		key = "answer.over.cancelled"
	}
	d := outcomePage{answerFrame: frame(v, r), Lines: []string{v.Say(key, words.V{"Reason": r.CancelReason, "Date": round.SayDate(r.ReplyBy)})}}
	d.Title = v.Say("answer.over.title")
	return outcomeTemplate.Send(c, status, d)
}

func wantsJSON(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get("Accept"), "application/json")
}

// send takes an answer, from the script or from the plain form: both bring the same fields.
func (p Pages) send(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.New(fault.Invalid, "answer.unread").Because(err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	answers, problems := a.doc.Read(func(name string) []string { return form[name] }, string(storage.DateOf(p.DB.Now(), a.round.Zone())))
	if len(problems) == 0 {
		problems = a.doc.Check(answers)
	}
	if len(problems) > 0 {
		return p.invalid(c, a, form, problems)
	}
	route := "plain_form"
	if wantsJSON(c) {
		route = "own_device"
	}
	outcome, err := p.Collector.Submit(c.Request().Context(), a.round, collecting.Sending{
		Code: form.Get("code"), Receipt: form.Get("receipt"), Pace: form.Get("pace"), Route: route, Answers: answers})
	if f, ok := fault.Of(err); ok && wantsJSON(c) && f.Kind == fault.Busy {
		c.Response().Header().Set("Retry-After", "3")
		return c.JSON(http.StatusServiceUnavailable, sendReply{State: "busy", Message: page.Voice(c).Say(f.Key)})
	} else if ok && f.Kind == fault.Busy {
		return p.redraw(c, http.StatusServiceUnavailable, a, form, func(d *answerPage) { d.Problem = page.Voice(c).Say(f.Key) })
	} else if err != nil {
		return err
	}
	return p.tell(c, a, form, outcome)
}

// status of each outcome, for the script.
var status = map[collecting.Outcome]int{
	collecting.Stored: http.StatusOK, collecting.Already: http.StatusOK, collecting.Reading: http.StatusOK,
	collecting.Spent: http.StatusConflict, collecting.UnknownCode: http.StatusNotFound, collecting.Over: http.StatusGone,
}

func (p Pages) tell(c echo.Context, a *asked, form map[string][]string, outcome collecting.Outcome) error {
	v := page.Voice(c)
	thanks := a.thanks
	reply := sendReply{State: string(outcome), Message: v.Say("answer." + string(outcome))}
	switch outcome {
	case collecting.Stored, collecting.Already, collecting.Reading:
		// A look-alike slip is thanked like any other: the screen must not tell the neighbour.
		if outcome == collecting.Reading {
			reply.State = string(collecting.Stored)
		}
		reply.Message, reply.Thanks = "", &thanks
	case collecting.Over:
		reply.Message = v.Say("answer.over.closed", words.V{"Date": round.SayDate(a.round.ReplyBy)})
		if a.round.State == round.Cancelled {
			reply.Message = v.Say("answer.over.cancelled", words.V{"Reason": a.round.CancelReason})
		}
	}
	if wantsJSON(c) {
		return c.JSON(status[outcome], reply)
	}
	switch outcome {
	case collecting.Spent, collecting.UnknownCode:
		return p.redraw(c, status[outcome], a, form, func(d *answerPage) { d.CodeError, d.Problem = reply.Message, reply.Message })
	case collecting.Over:
		return p.over(c, a.round)
	}
	d := outcomePage{answerFrame: frame(v, a.round), Lines: thanks.Lines}
	d.Title = thanks.Title
	return outcomeTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) invalid(c echo.Context, a *asked, form map[string][]string, problems []survey.Problem) error {
	v := page.Voice(c)
	fields := map[string]string{}
	for _, pr := range problems {
		values := words.V{}
		for k, val := range pr.Values {
			values[k] = val
		}
		fields[pr.Values["question"]] = v.Say(pr.Key, values)
	}
	message := v.Say("answer.invalid")
	if wantsJSON(c) {
		return c.JSON(http.StatusUnprocessableEntity, sendReply{State: "invalid", Message: message, Fields: fields})
	}
	return p.redraw(c, http.StatusUnprocessableEntity, a, form, func(d *answerPage) {
		d.Problem = message
		for i := range d.Questions {
			d.Questions[i].Error = fields[d.Questions[i].ID]
		}
	})
}

// redraw gives a plain form back with everything that was typed.
func (p Pages) redraw(c echo.Context, code int, a *asked, form map[string][]string, change func(*answerPage)) error {
	promise, err := p.Rounds().Promise(c.Request().Context(), a.round)
	if err != nil {
		return err
	}
	d := drawAnswer(page.Voice(c), a.round, a.doc, promise)
	for i := range d.Questions {
		q := &d.Questions[i]
		for j := range q.Options {
			for _, chosen := range form[q.ID] {
				q.Options[j].Chosen = q.Options[j].Chosen || chosen == q.Options[j].Value
			}
		}
	}
	first := func(name string) string {
		if values := form[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	d.Code, d.Receipt = first("code"), ""
	if a.round.Mode == round.OpenLink {
		d.Receipt = first("receipt")
	}
	change(&d)
	return answerTemplate.Send(c, code, d)
}

// task says whether a slip opens its reading task. It spends nothing.
func (p Pages) task(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	v := page.Voice(c)
	if a.round.Mode != round.Anonymous {
		return c.JSON(http.StatusOK, taskReply{State: "go"})
	}
	if _, ok := seal.CleanCode(c.FormValue("code"), participation.CodeLength); !ok {
		return c.JSON(http.StatusOK, taskReply{State: "unknown_code", Message: v.Say("start.unknown_code")})
	}
	state, err := p.Collector.Look(c.Request().Context(), a.round, c.FormValue("code"))
	if err != nil {
		return err
	}
	reply := taskReply{State: "go"}
	switch state {
	case collecting.Reading:
		reply = taskReply{State: "reading", Pages: readingTask(v, len(a.doc.Questions()))}
	case collecting.UnknownCode, collecting.Spent:
		// Said before anybody answers in vain. A tab that has sent already does not ask again.
		reply = taskReply{State: string(state), Message: v.Say("start." + string(state))}
	}
	return c.JSON(http.StatusOK, reply)
}

type findPage struct {
	answerFrame
	Label   string
	Hint    string
	Button  string
	Problem string
}

// find is for those who have only the short code of the survey.
func (p Pages) find(c echo.Context) error {
	return p.drawFind(c, http.StatusOK, "")
}

// lookUp leads from the short code to the survey. It is a POST, so that a slip typed into the wrong box never stands in
// an address.
func (p Pages) lookUp(c echo.Context) error {
	typed := c.FormValue("code")
	if code, ok := seal.CleanCode(typed, 6); ok {
		return c.Redirect(http.StatusSeeOther, "/a/"+code)
	}
	key := "round.no_code"
	if _, ok := seal.CleanCode(typed, participation.CodeLength); ok {
		key = "find.slip"
	}
	return p.drawFind(c, http.StatusNotFound, page.Voice(c).Say(key))
}

func (p Pages) drawFind(c echo.Context, code int, problem string) error {
	v := page.Voice(c)
	d := findPage{answerFrame: frame(v, round.Round{}), Label: v.Say("find.label"), Hint: v.Say("find.hint"), Button: v.Say("find.button"), Problem: problem}
	d.Title = v.Say("find.title")
	return findTemplate.Send(c, code, d)
}

// stored says in plain words what is kept about somebody who answers, and until when.
func (p Pages) stored(c echo.Context) error {
	v := page.Voice(c)
	d := outcomePage{answerFrame: frame(v, round.Round{})}
	d.Title = v.Say("stored.title")
	for _, key := range []string{"stored.1", "stored.2", "stored.3", "stored.4", "stored.5"} {
		d.Lines = append(d.Lines, v.Say(key))
	}
	return outcomeTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) previewSurvey(c echo.Context, who access.Actor) error {
	sv, err := survey.NewStore(p.DB).Find(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	doc, err := sv.Doc()
	if err != nil {
		return err
	}
	school := page.School(c)
	r := round.Round{Title: sv.Title, Audience: sv.Audience, Mode: round.Anonymous}
	r.Snapshot = round.Snapshot{School: school.Name, Nation: school.Nation, Helplines: school.Helplines}.Encode()
	return p.preview(c, r, doc, nil)
}

func (p Pages) previewRound(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	promise, err := p.Rounds().PreviewPromise(ctx, r)
	if err != nil {
		return err
	}
	if r.Snapshot == "" {
		school := page.School(c)
		r.Snapshot = round.Snapshot{School: school.Name, Nation: school.Nation, Helplines: school.Helplines, Zone: school.TimeZone}.Encode()
	}
	return p.preview(c, r, doc, promise)
}

// preview shows the page as those who answer will see it. It leads nowhere: there is no round to send to.
func (p Pages) preview(c echo.Context, r round.Round, doc survey.Document, promise bank.Promise) error {
	v := page.Voice(c)
	d := drawAnswer(v, r, doc, promise)
	d.Action, d.NeedsCode = "", false
	d.DemoNote, d.Preview = v.Say("preview.note"), true
	return answerTemplate.Send(c, http.StatusOK, d)
}

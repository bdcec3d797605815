package answering

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/web/page"
)

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
	return p.take(c, a, form)
}

// sealed takes an answer that waited on a device, sealed to the round's key: the same fields as send, which only this
// program can read. Before it may stand the 12 characters of another code, for an answer whose own was refused. Whoever
// finds a device may send what is sealed on it, so the reply says what became of it and never what is in it: a state, as
// JSON, whatever the request accepts.
func (p Pages) sealed(c echo.Context) error {
	c.Request().Header.Set("Accept", "application/json")
	a, err := p.ask(c)
	if fault.Is(err, fault.NotFound) {
		return c.JSON(http.StatusNotFound, sendReply{State: "no_round", Message: page.Voice(c).Say("round.no_code")})
	} else if err != nil {
		return err
	}
	box, err := p.Key.Box(a.round.Code)
	if err != nil {
		return err
	}
	unreadable := func() error {
		v := a.tongues.voice(a.tongues.reading(c, bank.AnyDevice).language)
		return c.JSON(http.StatusUnprocessableEntity, sendReply{State: "unreadable", Message: v.Say("answer.unread")})
	}
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fault.New(fault.Invalid, "answer.unread").Because(err)
	}
	code := ""
	// What is sealed begins with a point of the curve, whose first byte is 4.
	if len(data) > participation.CodeLength && data[0] != 4 {
		code, data = string(data[:participation.CodeLength]), data[participation.CodeLength:]
	}
	plain, err := box.Open(data)
	if err != nil {
		return unreadable()
	}
	form, err := url.ParseQuery(string(plain))
	if err != nil {
		return unreadable()
	}
	if code != "" {
		form.Set("code", code)
	}
	c.Set(sealedKey, true)
	return p.take(c, a, form)
}

// sealedKey marks a request whose answers came sealed.
const sealedKey = "sealed"

func (p Pages) take(c echo.Context, a *asked, form url.Values) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	as := a.tongues.chosen(c, routeOf(c, form), form)
	today := string(storage.DateOf(p.DB.Now(), a.round.Zone()))
	answers, problems := a.doc.Read(func(name string) []string { return form[name] }, today)
	if len(problems) == 0 {
		problems = a.doc.Check(answers)
	}
	remarks, long := a.doc.Wrote(func(name string) []string { return form[name] }, answers)
	if problems = append(problems, long...); len(problems) > 0 {
		return p.invalid(c, a, as, form, problems)
	}
	route := "plain_form"
	if as.route != bank.AnyDevice {
		route = string(as.route)
	} else if wantsJSON(c) {
		route = "own_device"
	}
	v := a.tongues.voice(as.language)
	slip, err := p.slipBehind(c.Request().Context(), a.round, form.Get("code"))
	if err != nil {
		return err
	}
	sending := collecting.Sending{
		Code: slip, Receipt: form.Get("receipt"), Pace: form.Get("pace"), Route: route, Language: as.language, Answers: answers, Remarks: remarks, Link: form.Get("link")}
	outcome, err := p.Collector.Submit(c.Request().Context(), a.round, sending)
	if err == nil && outcome == collecting.UnknownCode {
		if late, problem := p.tooLate(c.Request().Context(), a.round, slip); problem != nil {
			err = problem
		} else if late {
			outcome = collecting.Over
		}
	}
	if f, ok := fault.Of(err); ok && f.Kind == fault.Busy {
		// Not all at once again: a whole school may be waiting.
		c.Response().Header().Set("Retry-After", strconv.Itoa(2+rand.IntN(9)))
		if wantsJSON(c) {
			return c.JSON(http.StatusServiceUnavailable, sendReply{State: "busy", Message: v.Say(f.Key)})
		}
		return p.redraw(c, http.StatusServiceUnavailable, a, as, form, func(d *answerPage) { d.Problem = v.Say(f.Key) })
	} else if err != nil {
		return err
	}
	number := p.Collector.Number(a.round, sending)
	// Whoever finds a slip, or what a device has sealed, may send it again: only the device that made the receipt is told more
	// than once with which number the answer can be taken back. Whoever sends first what a device has sealed could have thrown
	// it away as well.
	first := outcome == collecting.Stored || outcome == collecting.Reading
	if !first && (c.Get(sealedKey) != nil || sending.Receipt == "") || c.Get(sealedKey) != nil && as.route == bank.SharedDevice {
		number = ""
	}
	return p.tell(c, a, as, form, outcome, number)
}

// routeOf is the way an answer says it came: only the ways that have a page of their own are told apart.
func routeOf(c echo.Context, form url.Values) bank.Route {
	switch route := bank.Route(form.Get("route")); route {
	case bank.SharedDevice, bank.AdultHelper:
		return route
	}
	return bank.AnyDevice
}

// status of each outcome, for the script.
var status = map[collecting.Outcome]int{
	collecting.Stored: http.StatusOK, collecting.Already: http.StatusOK, collecting.Reading: http.StatusOK,
	collecting.Spent: http.StatusConflict, collecting.UnknownCode: http.StatusNotFound, collecting.Over: http.StatusGone,
}

func (p Pages) tell(c echo.Context, a *asked, as reading, form url.Values, outcome collecting.Outcome, number string) error {
	v := a.tongues.voice(as.language)
	thanks := p.thanksFor(a.tongues, as.language, a.round)
	reply := sendReply{State: string(outcome), Message: v.Say("answer." + string(outcome))}
	switch outcome {
	case collecting.Stored, collecting.Already, collecting.Reading:
		// A look-alike slip is thanked like any other, with a number: the screen must not tell the neighbour.
		if outcome == collecting.Reading {
			reply.State = string(collecting.Stored)
		}
		thanks.Number = p.numberFor(v, a.round, number)
		reply.Message, reply.Thanks = "", &thanks
	case collecting.Over:
		reply.Message = v.Say("answer.over.closed", words.V{"Date": v.Date(a.round.ReplyBy.Time(time.UTC))})
		if a.round.State == round.Cancelled {
			reply.Message = overSentence(v, a.round)
		}
	}
	if wantsJSON(c) {
		return c.JSON(status[outcome], reply)
	}
	switch outcome {
	case collecting.Spent, collecting.UnknownCode:
		return p.redraw(c, status[outcome], a, as, form, func(d *answerPage) { d.CodeError, d.Problem = reply.Message, reply.Message })
	case collecting.Over:
		return p.over(c, a, as)
	}
	d := outcomePage{answerFrame: frame(v, a.round), Lines: thanks.Lines, Link: *thanks.Link, Number: thanks.Number}
	d.Title = thanks.Title
	return outcomeTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) invalid(c echo.Context, a *asked, as reading, form url.Values, problems []survey.Problem) error {
	v := a.tongues.voice(as.language)
	fields := map[string]string{}
	for _, pr := range problems {
		values := words.V{}
		for k, val := range pr.Values {
			values[k] = val
		}
		key := pr.Key
		if key == survey.AnswerNumber {
			key = "answer.number_wrong"
			values["Min"], values["Max"] = values["min"], values["max"]
		}
		fields[pr.Values["question"]] = v.Say(key, values)
	}
	message := v.Say("answer.invalid")
	if c.Get(sealedKey) != nil { // there is nothing on a screen that could be marked
		fields, message = nil, v.Say("answer.unread")
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusUnprocessableEntity, sendReply{State: "invalid", Message: message, Fields: fields})
	}
	return p.redraw(c, http.StatusUnprocessableEntity, a, as, form, func(d *answerPage) {
		d.Problem = message
		for i := range d.Questions {
			d.Questions[i].Error = fields[d.Questions[i].ID]
		}
	})
}

// redraw gives a plain form back with everything that was typed.
func (p Pages) redraw(c echo.Context, code int, a *asked, as reading, form url.Values, change func(*answerPage)) error {
	d, err := p.drawFor(c.Request().Context(), a, as)
	if err != nil {
		return err
	}
	d.fill(form)
	d.Code, d.Receipt = form.Get("code"), ""
	if a.round.Mode == round.OpenLink {
		d.Receipt = form.Get("receipt")
	}
	change(&d)
	return answerTemplate.Send(c, code, d)
}

// fill puts what was typed back into a form.
func (d *answerPage) fill(form url.Values) {
	for i := range d.Questions {
		q := &d.Questions[i]
		d.Questions[i].Value, d.Questions[i].Far = form.Get(q.ID), form.Get(q.FarName())
		for j := range q.Options {
			q.Options[j].Chosen = slices.Contains(form[q.ID], q.Options[j].Value)
		}
		for n := range q.Places {
			for j := range q.Places[n].Options {
				o := &q.Places[n].Options[j]
				o.Chosen = n < len(form[q.ID]) && form[q.ID][n] == o.Value
			}
		}
	}
}

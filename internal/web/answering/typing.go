package answering

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// typingPage is where sheets of paper are typed in, with the number keys.
type typingPage struct {
	page.Base
	ID        string
	Heading   string
	Plan      typingPlan
	Languages []page.Option
	Checked   string // how the sheets that were typed twice came out
}

// typingPlan reaches static/js/typing.js as JSON.
type typingPlan struct {
	Action    string            `json:"action"`
	Share     float64           `json:"share"` // of the sheets that are asked for again
	Questions []typingQuestion  `json:"questions"`
	Words     map[string]string `json:"words"`
}

type typingQuestion struct {
	ID      string      `json:"id"`
	Number  int         `json:"n"`
	Text    string      `json:"text"`
	Type    survey.Type `json:"type"`
	Most    int         `json:"most,omitempty"`
	Options [][2]string `json:"options,omitempty"`
}

var typingTemplate = page.New("answering/typing", "base", typingPage{})

// twice is how many of a hundred sheets are typed a second time.
const twice = 5

// typing shows the page. Only those may type whom the promise names, and never the sheets of a class they teach.
func (p Pages) typing(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	if r.Mode != round.Anonymous || !r.Takes() {
		return fault.New(fault.Conflict, "typing.not_open")
	}
	v := page.Voice(c)
	d := typingPage{Base: p.NewBase(c, "Type in paper"), ID: r.ID, Heading: r.Title,
		Plan: typingPlan{Action: "/rounds/" + r.ID + "/typing", Share: twice / 100., Words: map[string]string{}}}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Type in paper", Here: true}}
	for _, key := range []string{"code", "again", "same", "differ", "first", "second", "saved", "save", "stopped"} {
		d.Plan.Words[key] = v.Say("typing." + key)
	}
	for _, l := range words.Languages() {
		d.Languages = append(d.Languages, page.Option{Value: l.Code, Label: l.English, Chosen: l.Code == "en"})
	}
	for n, q := range doc.Questions() {
		tq := typingQuestion{ID: q.ID, Number: n + 1, Text: q.Text, Type: q.Type}
		if q.IsSeveral() {
			tq.Most = q.AtMost
		}
		if q.Type.HasOptions() {
			for _, o := range q.Options {
				tq.Options = append(tq.Options, [2]string{o.ID, o.Label})
			}
		}
		d.Plan.Questions = append(d.Plan.Questions, tq)
	}
	counts, err := p.Collector.TypedTwice(ctx, r)
	if err != nil {
		return err
	}
	if counts.Sheets > 0 {
		d.Checked = v.Say("typing.checked", words.V{"Count": counts.Sheets, "Answers": counts.Answers, "Different": counts.Different})
	}
	return typingTemplate.Send(c, http.StatusOK, d)
}

// typeIn takes one sheet. The answer is JSON: state and message as for those who answer themselves.
func (p Pages) typeIn(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.New(fault.Invalid, "answer.unread").Because(err)
	}
	v := page.Voice(c)
	refuse := func(status int, state, key string) error {
		return c.JSON(status, sendReply{State: state, Message: v.Say(key)})
	}
	if r.Mode != round.Anonymous || !r.Takes() {
		return refuse(http.StatusGone, "closed", "typing.not_open")
	}
	unit, err := p.Collector.UnitOf(ctx, r, form.Get("code"))
	if err != nil {
		return err
	}
	if unit == "" {
		return refuse(http.StatusNotFound, "unknown_code", "typing.unknown_code")
	}
	teach, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return err
	}
	if slices.Contains(teach[unit], who.Person) {
		return refuse(http.StatusForbidden, "own_class", "typing.own_class")
	}
	answers, problems := doc.Read(func(name string) []string { return form[name] }, string(storage.DateOf(p.DB.Now(), r.Zone())))
	if len(problems) == 0 {
		problems = doc.Check(answers)
	}
	if len(problems) > 0 {
		return refuse(http.StatusUnprocessableEntity, "invalid", "typing.invalid")
	}
	language, _ := words.Find(form.Get("language"))
	outcome, err := p.Collector.Submit(ctx, r, collecting.Sending{Code: form.Get("code"), Receipt: form.Get("receipt"), Route: "paper", Language: language.Code, Answers: answers})
	if fault.Is(err, fault.Busy) {
		return refuse(http.StatusServiceUnavailable, "busy", "typing.busy")
	} else if err != nil {
		return err
	}
	reply := sendReply{State: string(outcome)}
	switch outcome {
	case collecting.Stored:
		compared, _ := strconv.Atoi(form.Get("compared"))
		different, _ := strconv.Atoi(form.Get("different"))
		if compared > 0 && compared <= len(doc.Questions()) && different >= 0 && different <= compared {
			if err := p.Collector.Checked(ctx, r, compared, different); err != nil {
				return err
			}
		}
		reply.Message = v.Say("typing.saved")
	case collecting.Already, collecting.Reading:
		reply.State, reply.Message = string(collecting.Stored), v.Say("typing.saved")
	case collecting.Spent:
		reply.Message = v.Say("typing.spent")
	case collecting.UnknownCode:
		reply.Message = v.Say("typing.unknown_code")
	case collecting.Over:
		reply.Message = v.Say("typing.not_open")
	}
	return c.JSON(status[outcome], reply)
}

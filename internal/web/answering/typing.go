package answering

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
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
	Languages []page.Option // of the sheets; one alone is not asked for
	Checked   string        // how the sheets that were typed twice came out
}

// typingPlan reaches static/js/typing.js as JSON.
type typingPlan struct {
	Action    string            `json:"action"`
	Keys      string            `json:"keys"`  // one for each option, as they are printed beside the boxes
	Share     float64           `json:"share"` // of the sheets that are asked for again
	Questions []typingQuestion  `json:"questions"`
	Words     map[string]string `json:"words"`
}

type typingQuestion struct {
	ID      string      `json:"id"`
	Number  int         `json:"n"`
	Text    string      `json:"text"`
	Type    survey.Type `json:"type"`
	Most    int         `json:"most,omitempty"` // of several answers, or places of an order
	Min     int         `json:"min"`            // of a number
	Max     int         `json:"max,omitempty"`
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
		Plan: typingPlan{Action: "/rounds/" + r.ID + "/typing", Keys: collecting.TypingKeys, Share: twice / 100., Words: map[string]string{}}}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Type in paper", Here: true}}
	for _, key := range []string{"code", "again", "same", "differ", "first", "second", "saved", "save", "stopped", "checking", "begun", "unchecked", "done"} {
		d.Plan.Words[key] = v.Say("typing." + key)
	}
	d.Plan.Words["number"] = v.Say("typing.number", words.V{"Min": "{min}", "Max": "{max}"})
	tongues, err := p.tonguesOf(ctx, r, doc)
	if err != nil {
		return err
	}
	for _, l := range tongues.list {
		if _, in := tongues.docs[l.Code]; in || l.Code == "en" {
			d.Languages = append(d.Languages, page.Option{Value: l.Code, Label: l.English, Chosen: l.Code == "en"})
		}
	}
	far, err := p.farOnPaper(ctx, r, doc)
	if err != nil {
		return err
	}
	for n, q := range doc.Questions() {
		tq := typingQuestion{ID: q.ID, Number: n + 1, Text: q.Text, Type: q.Type, Min: q.Min, Max: q.Max}
		if q.Grid != "" {
			tq.Text = q.Grid + " " + q.Text
		}
		if q.IsSeveral() {
			tq.Most = q.AtMost
		}
		if q.Type.HasOptions() {
			for _, o := range q.Options {
				tq.Options = append(tq.Options, [2]string{o.ID, o.Label})
			}
		}
		if q.Type.IsText() && tq.Max == 0 {
			tq.Max = survey.MostLong
			if q.Type == survey.TypeText {
				tq.Max = survey.MostFew
			}
		}
		d.Plan.Questions = append(d.Plan.Questions, tq)
		if q.Type.IsText() && len(far.Options) > 0 {
			far.ID, far.Number = survey.FarField(q.ID), n+1
			d.Plan.Questions = append(d.Plan.Questions, far)
		}
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

// farOnPaper asks how far words may go, as it stands on the sheets: the keys are those printed beside its boxes.
func (p Pages) farOnPaper(ctx context.Context, r round.Round, doc survey.Document) (typingQuestion, error) {
	q := typingQuestion{Type: survey.TypeSingle}
	if !doc.HasText() {
		return q, nil
	}
	promise, err := p.Rounds().Promise(ctx, r, bank.Paper)
	if fault.Is(err, fault.NotFound) {
		return q, nil // it cannot be answered on paper
	}
	for _, part := range promise {
		if far, ok := fars[part.Part]; ok {
			q.Options = append(q.Options, [2]string{string(far), part.Text})
		} else if part.Part == "words_ask" {
			q.Text = part.Text
		}
	}
	return q, err
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
	state, err := p.sheetState(ctx, who, r, form.Get("code"))
	if err != nil {
		return err
	}
	switch {
	case state == collecting.UnknownCode:
		return refuse(http.StatusNotFound, string(state), "typing.unknown_code")
	case state == ownClass:
		return refuse(http.StatusForbidden, string(state), "typing.own_class")
	case form.Get("look") != "" && state == collecting.Spent:
		return refuse(http.StatusConflict, string(state), "typing.spent")
	case form.Get("look") != "": // before anything is typed in vain
		return c.JSON(http.StatusOK, sendReply{State: "ready"})
	}
	answers, problems := doc.Read(func(name string) []string { return form[name] }, string(storage.DateOf(p.DB.Now(), r.Zone())))
	if len(problems) == 0 {
		problems = doc.Check(answers)
	}
	remarks, long := doc.Wrote(func(name string) []string { return form[name] }, answers)
	if problems = append(problems, long...); len(problems) > 0 {
		return c.JSON(http.StatusUnprocessableEntity, sendReply{State: "invalid", Message: v.Say("typing.invalid", words.V{"Number": problems[0].Values["number"]})})
	}
	language, _ := words.Find(form.Get("language"))
	outcome, err := p.Collector.Submit(ctx, r, collecting.Sending{Code: form.Get("code"), Receipt: form.Get("receipt"), Route: "paper", Language: language.Code, Answers: answers, Remarks: remarks})
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

// ownClass is the state of a sheet that somebody else has to type in.
const ownClass collecting.Outcome = "own_class"

// sheetState says whether somebody may type in a sheet: empty if they may, otherwise UnknownCode, Spent or ownClass.
func (p Pages) sheetState(ctx context.Context, who access.Actor, r round.Round, code string) (collecting.Outcome, error) {
	unit, spent, err := p.Collector.UnitOf(ctx, r, code)
	if err != nil {
		return "", err
	}
	teach, err := p.Rounds().Adults(ctx, r)
	switch {
	case err != nil:
		return "", err
	case unit == "":
		return collecting.UnknownCode, nil
	case slices.Contains(teach[unit], who.Person):
		return ownClass, nil
	case spent:
		return collecting.Spent, nil
	}
	return "", nil
}

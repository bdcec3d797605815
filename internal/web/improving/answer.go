package improving

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/web/page"
)

// answerPage is where one answer of a reply is written.
type answerPage struct {
	page.Base
	ID        string // of the round
	Action    string // empty for a new one
	Form      page.Form
	Said      string // what the figures say of the question
	Tries     page.Tries
	Published bool
}

var answerTemplate = page.New("improving/answer", "base", answerPage{})

// mostTries is how many things to try stand beside a question.
const mostTries = 3

func itoa(n int) string { return strconv.Itoa(n) }

// answerURL is where an answer is sent; a new one has no id.
func answerURL(r round.Round, id string) string {
	if id == "" {
		return replyURL(r) + "/answers"
	}
	return replyURL(r) + "/answers/" + id
}

func (p Pages) newAnswer(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	return p.drawAnswer(c, who, http.StatusOK, r, action.Action{}, action.Form{QuestionID: c.QueryParam("question")}, page.Errors{})
}

// one finds an answer of a round.
func (p Pages) one(c echo.Context, who access.Actor) (round.Round, action.Action, error) {
	r, err := p.find(c, who)
	if err != nil {
		return r, action.Action{}, err
	}
	w, err := p.store().Whole(c.Request().Context(), who, r)
	if err != nil {
		return r, action.Action{}, err
	}
	for _, a := range w.Actions {
		if a.ID == c.Param("action") {
			return r, a, nil
		}
	}
	return r, action.Action{}, notFound()
}

func (p Pages) editAnswer(c echo.Context, who access.Actor) error {
	r, a, err := p.one(c, who)
	if err != nil {
		return err
	}
	return p.drawAnswer(c, who, http.StatusOK, r, a, action.Form{Answer: a.Answer, Heard: a.Heard, Doing: a.Doing, Pupils: a.Pupils, Staff: a.Staff,
		QuestionID: a.QuestionID, OwnerID: a.OwnerID, Due: a.Due, Quick: a.Quick}, page.Errors{})
}

func (p Pages) drawAnswer(c echo.Context, who access.Actor, status int, r round.Round, a action.Action, f action.Form, errs page.Errors) error {
	ctx := c.Request().Context()
	d := answerPage{Base: p.NewBase(c, "An answer"), ID: r.ID, Action: a.ID, Published: a.PublishedAt != nil}
	d.Crumbs = crumbs(r, page.Link{Text: "An answer", Here: true})
	staff, err := p.staff(c, f.OwnerID, "Choose a person")
	if err != nil {
		return err
	}
	answer := page.Field{Name: "answer", Label: "What is the answer?"}
	for _, o := range []struct {
		answer      action.Answer
		label, hint string
	}{
		{action.Done, "Done", "It has been seen to."}, {action.Together, "We do it together", "They do something, and the school does something."},
		{action.Trying, "We are trying it", "For a while, to see whether it helps."}, {action.NotNow, "Not now", "With the reason."}, {action.No, "No", "With the reason."}} {
		answer.Options = append(answer.Options, page.Option{Value: string(o.answer), Label: o.label, Hint: o.hint, Chosen: f.Answer == o.answer})
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	question := page.Field{Name: "question", Label: "Which question should it move?", Hint: "Then the next round shows whether it did.", Options: []page.Option{{Label: "None of them"}}}
	for _, q := range doc.Questions() {
		question.Options = append(question.Options, page.Option{Value: q.ID, Label: q.Text, Chosen: q.ID == f.QuestionID})
		if q.ID == f.QuestionID {
			tries := p.Bank.TriesFor(q.Gateway, q.Item, r.Audience)
			d.Tries = page.NewTries(p.Bank, tries[:min(mostTries, len(tries))], q.Item, r.Audience)
			d.Tries.Lead = "Small things around this question, the nearest first. What you take over stands in the answer, to be put in your own words."
			d.Tries.Action = answerURL(r, a.ID) + "#doing"
		}
	}
	quick := page.Field{Name: "quick", Label: "A small thing", Several: true, Options: []page.Option{{Value: "yes", Chosen: f.Quick,
		Label: "A small fix, such as a lock, a queue or a charger", Hint: "It can be answered today, before the whole reply."}}}
	d.Form = page.NewForm(errs, question, answer, quick,
		page.Field{Name: "heard", Label: "What you heard", Rows: 2, Value: f.Heard, Hint: "In their words, as short as you can: “Feedback comes too late to use.” It stands after “You said”."},
		page.Field{Name: "doing", Label: "What you answer", Rows: 3, Value: f.Doing, Hint: "What has been done, what you try, or why not."},
		page.Field{Name: "pupils", Label: "What they do", Rows: 2, Value: f.Pupils},
		page.Field{Name: "staff", Label: "What the school does", Rows: 2, Value: f.Staff},
		page.Field{Name: "owner", Label: "Who sees to it", Options: staff, Hint: "Their name stands beside it."},
		page.Field{Name: "due", Type: "date", Label: "By when", Value: string(f.Due)})
	if d.Said, err = p.said(c, who, r, f.QuestionID); err != nil {
		return err
	}
	return answerTemplate.Send(c, status, d)
}

// said is what the figures say of one question, for whoever may see them.
func (p Pages) said(c echo.Context, who access.Actor, r round.Round, question string) (string, error) {
	_, view, made, err := p.Look(c.Request().Context(), who, r.ID)
	if err != nil || !made || !view.Sees(view.School().Unit) {
		return "", err
	}
	for _, q := range view.For(view.School().Unit) {
		if q.ID == question {
			return figure.Question(page.Voice(c), view.Release, q, view.School()).Sentence, nil
		}
	}
	return "", nil
}

func answerForm(c echo.Context) action.Form {
	return action.Form{Answer: action.Answer(c.FormValue("answer")), Heard: c.FormValue("heard"), Doing: c.FormValue("doing"), Pupils: c.FormValue("pupils"),
		Staff: c.FormValue("staff"), QuestionID: c.FormValue("question"), OwnerID: c.FormValue("owner"), Due: storage.Date(c.FormValue("due")), Quick: c.FormValue("quick") == "yes"}
}

// taking adds a thing to try to what is being written, and keeps all that was typed. Nothing is stored by it.
func taking(f action.Form, t bank.Try) action.Form {
	text := &f.Doing
	switch f.Answer {
	case "":
		f.Answer = action.Trying
	case action.Together:
		text = &f.Staff
	}
	*text = strings.TrimSpace(strings.TrimSpace(*text) + "\n" + t.Do)
	return f
}

func (p Pages) addAnswer(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	return p.keep(c, who, r, action.Action{})
}

func (p Pages) changeAnswer(c echo.Context, who access.Actor) error {
	r, a, err := p.one(c, who)
	if err != nil {
		return err
	}
	return p.keep(c, who, r, a)
}

func (p Pages) keep(c echo.Context, who access.Actor, r round.Round, a action.Action) error {
	f := answerForm(c)
	if id := c.FormValue("try"); id != "" {
		t, ok := p.Bank.Try(id)
		if !ok {
			return notFound()
		}
		return p.drawAnswer(c, who, http.StatusOK, r, a, taking(f, t), page.Errors{})
	}
	_, err := p.store().SaveAction(c.Request().Context(), who, r, a.ID, f)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawAnswer(c, who, status, r, a, f, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "Kept.")
}

func (p Pages) publishQuick(c echo.Context, who access.Actor) error {
	r, a, err := p.one(c, who)
	if err != nil {
		return err
	}
	err = p.store().PublishQuick(c.Request().Context(), who, r, a.ID)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawReply(c, who, status, r, nil, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "Everybody can read this answer now.")
}

func (p Pages) removeAnswer(c echo.Context, who access.Actor) error {
	r, a, err := p.one(c, who)
	if err != nil {
		return err
	}
	err = p.store().RemoveAction(c.Request().Context(), who, r, a.ID)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawReply(c, who, status, r, nil, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "Taken back. Nobody had read it.")
}

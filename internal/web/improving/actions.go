package improving

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// actionsPage lists what is to be seen to.
type actionsPage struct {
	page.Base
	Mine   []actionLine
	Others []actionLine
	Leads  bool
	Tabs   []page.Link
}

type actionLine struct {
	Title string
	URL   string
	State string
	Text  string
	Late  bool
}

var actionsTemplate = page.New("improving/actions", "base", actionsPage{})

// stateNames say how far an action has come.
var stateNames = map[action.State]string{action.Planned: "Not begun", action.Doing: "Under way", action.Finished: "Done", action.Dropped: "Given up"}

func (p Pages) actions(c echo.Context, who access.Actor) error {
	mine, others, err := p.store().Actions(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := actionsPage{Base: p.NewBase(c, "Actions"), Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Tabs: tabs(who, "/actions")}
	today := storage.DateOf(p.DB.Now(), page.School(c).Zone())
	for _, a := range mine {
		d.Mine = append(d.Mine, newActionLine(a, today, false))
	}
	for _, a := range others {
		d.Others = append(d.Others, newActionLine(a, today, true))
	}
	return actionsTemplate.Send(c, http.StatusOK, d)
}

// said is what an action says it does, in one line.
func said(a action.Action) string {
	if a.Answer == action.Together {
		return a.Staff
	}
	return a.Doing
}

func newActionLine(a action.Action, today storage.Date, owner bool) actionLine {
	line := actionLine{Title: said(a), URL: "/actions/" + a.ID, State: stateNames[a.State], Late: a.Overdue(today)}
	var facts []string
	if owner && a.OwnerName != "" {
		facts = append(facts, a.OwnerName)
	}
	if a.Due != "" && a.Open() {
		if line.Late {
			facts = append(facts, "was due by "+round.SayDate(a.Due))
		} else {
			facts = append(facts, "by "+round.SayDate(a.Due))
		}
	}
	steps, done := a.StepList(), 0
	for _, s := range steps {
		if s.Done {
			done++
		}
	}
	if len(steps) > 0 && a.Open() {
		facts = append(facts, itoa(done)+" of "+itoa(len(steps))+" steps done")
	}
	facts = append(facts, "heard: "+a.Heard)
	line.Text = strings.Join(facts, " · ")
	return line
}

// actionPage is one action for whoever sees to it.
type actionPage struct {
	page.Base
	ID    string
	Heard string
	Round page.Link
	Facts string
	Form  page.Form
	Steps []stepLine
	Moves string // the question that it should move
	Pulse bool   // this reader can ask it again
}

type stepLine struct {
	N    int
	Text string
	Done bool
}

var actionTemplate = page.New("improving/action", "base", actionPage{})

func (p Pages) action(c echo.Context, who access.Actor) error {
	a, r, err := p.store().Find(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawAction(c, who, http.StatusOK, r, a, page.Errors{})
}

func (p Pages) drawAction(c echo.Context, who access.Actor, status int, r round.Round, a action.Action, errs page.Errors) error {
	d := actionPage{Base: p.NewBase(c, said(a)), ID: a.ID, Heard: a.Heard, Round: page.Link{Text: r.Title, URL: "/replies/" + r.ID}}
	d.Crumbs = []page.Link{{Text: "Actions", URL: "/actions"}, {Text: "An action", Here: true}}
	d.Facts = a.OwnerName
	if a.Due != "" {
		d.Facts += ", by " + round.SayDate(a.Due)
	}
	if a.QuestionID != "" {
		doc, err := p.Rounds().Document(c.Request().Context(), r)
		if err != nil {
			return err
		}
		if q, ok := doc.Question(a.QuestionID); ok {
			d.Moves = q.Text
			d.Pulse = access.Can(who, access.RunRounds, access.Object{School: who.School})
		}
	}
	for i, s := range a.StepList() {
		d.Steps = append(d.Steps, stepLine{i, s.Text, s.Done})
	}
	for range 3 {
		d.Steps = append(d.Steps, stepLine{N: len(d.Steps)})
	}
	state := page.Field{Name: "state", Label: "How far has it come?"}
	for _, s := range action.States {
		state.Options = append(state.Options, page.Option{Value: string(s), Label: stateNames[s], Chosen: s == a.State})
	}
	d.Form = page.NewForm(errs, state,
		page.Field{Name: "became", Label: "What became of it", Rows: 2, Value: a.Became, Hint: "Pupils and governors read this. Leave it empty while there is nothing to say."},
		page.Field{Name: "steps"})
	return actionTemplate.Send(c, status, d)
}

func (p Pages) report(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	a, r, err := p.store().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	progress := action.Progress{State: action.State(form.Get("state")), Became: form.Get("became")}
	done := map[string]bool{}
	for _, n := range form["done"] {
		done[n] = true
	}
	for i, text := range form["step"] {
		progress.Steps = append(progress.Steps, action.Step{Text: text, Done: done[itoa(i)]})
	}
	_, err = p.store().Report(ctx, who, a.ID, progress)
	if errs, status, ok := page.Explain(c, err); ok {
		a.State, a.Became = progress.State, progress.Became
		a = a.WithSteps(progress.Steps)
		return p.drawAction(c, who, status, r, a, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/actions", "Kept.")
}

// pulse asks again, in the same words, what an action should move, with up to two other questions that the same reply
// should move, and leads to preparing the round.
func (p Pages) pulse(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	a, r, err := p.store().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	w, err := p.store().Whole(ctx, who, r)
	if err != nil {
		return err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	if _, ok := doc.Question(a.QuestionID); !ok {
		return notFound()
	}
	ids := []string{a.QuestionID}
	for _, other := range w.Actions {
		if other.QuestionID != "" && len(ids) < 3 && other.QuestionID != a.QuestionID {
			ids = append(ids, other.QuestionID)
		}
	}
	sv, err := survey.NewStore(p.DB).Add(ctx, who, doc.Pulse(page.Voice(c).Say("pulse.title", words.V{"Title": r.Title}), ids), "")
	if err != nil {
		return err
	}
	return p.Done(c, "/rounds/new?survey="+sv.ID, "The same questions, in the same words. Ask the same groups, and the results say what moved and what cannot be told.")
}

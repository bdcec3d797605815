package exploring

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/rehearsal"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// unmaskPage is a lesson: a class tries to find out what an invented pupil said.
type unmaskPage struct {
	page.Base
	Lead, How, More string
	Action          string
	Look            page.Form
	LookText        string
	Told            string // heading of the figures
	Figures         []page.Figure
	Guess           *page.Form
	Send            string
	Pupil, Question int
	Notice          *page.Notice
	Score           []string
	Forget          string
	Why             string
	Because         []string
}

var unmaskTemplate = page.New("exploring/unmask", "base", unmaskPage{})

const (
	guessesCookie = "earshot-unmask" // this browser's guesses, until it is closed; nothing of them is stored
	mostGuesses   = 60
	explained     = 5 // guesses, until the page tells why it is hard
)

// guess is one try: numbers of a pupil, a question and an option.
type guess struct{ pupil, question, option int }

// lesson is all that the page works on.
type lesson struct {
	round     round.Round
	view      result.Viewed
	form      result.Group
	pupils    []rehearsal.Invented
	questions []result.Question
	asked     []survey.Question // beside them
}

// lessonOf finds the round that the lesson is about. It is for the demo school alone, and only where the pupils can be made up
// again as they were: not found for anything else.
func (p Pages) lessonOf(ctx context.Context, code string) (l lesson, err error) {
	if l.round, err = p.Rounds().ByCode(ctx, code); err != nil {
		return l, err
	}
	if !l.round.AtOpening().Invented || l.round.State != round.Published {
		return l, notFound()
	}
	head := access.Actor{Account: "lesson", School: l.round.SchoolID, Roles: []access.Role{access.Head}}
	if l.round, l.view, _, err = p.look(ctx, head, l.round.ID); err != nil {
		return l, err
	}
	doc, err := p.Rounds().Document(ctx, l.round)
	if err != nil {
		return l, err
	}
	l.pupils = rehearsal.Secret(p.Seed, doc, rehearsal.LessonForm)
	for _, g := range l.view.Groups {
		if g.Name == rehearsal.LessonForm && g.Kind == round.UnitForm {
			l.form = g
		}
	}
	for _, q := range l.view.For(l.form.Unit) {
		if asked, ok := doc.Question(q.ID); ok && !q.Several {
			l.questions, l.asked = append(l.questions, q), append(l.asked, asked)
		}
	}
	if !l.form.Shown || l.form.Answered != len(l.pupils) || !l.same() {
		return l, notFound()
	}
	return l, nil
}

// same says whether the pupils that were made up again said what is told of the form: else they are others, of another seed.
func (l lesson) same() bool {
	for i, q := range l.questions {
		row, _ := q.Row(l.form.Unit)
		if row.Share == nil {
			continue
		}
		x := 0
		for p := range l.pupils {
			if at := l.said(p, i); at < len(q.Options) && q.Options[at].Favourable {
				x++
			}
		}
		if x != row.Share.X {
			return false
		}
	}
	return len(l.questions) > 0
}

// said is the place of what a pupil said among the options; the last place is nothing.
func (l lesson) said(pupil, question int) int {
	q := l.asked[question]
	for _, id := range q.Counted(l.pupils[pupil].Said[q.ID]) {
		return slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.ID == id })
	}
	return len(q.Options)
}

// easy is how often the answer that most of the form gave is right, as far as is told; a folded bar counts for each of the
// answers in it alike.
func (l lesson) easy(question int) (chance float64) {
	q := l.questions[question]
	chance = 1 / float64(len(q.Options)+1)
	row, _ := q.Row(l.form.Unit)
	for _, b := range row.Bars {
		in := len(b.Options)
		if b.NoAnswer {
			in++
		}
		chance = max(chance, float64(b.Count)/float64(max(1, row.N)*in))
	}
	return chance
}

func (l lesson) valid(g guess) bool {
	return g.pupil >= 0 && g.pupil < len(l.pupils) && g.question >= 0 && g.question < len(l.questions) && g.option >= 0 && g.option <= len(l.asked[g.question].Options)
}

// guesses reads what the browser keeps. Whatever does not fit is left out.
func (l lesson) guesses(text string) (list []guess) {
	for part := range strings.SplitSeq(text, "_") {
		var g guess
		if _, err := fmt.Sscanf(part, "%d.%d.%d", &g.pupil, &g.question, &g.option); err == nil && l.valid(g) && !g.among(list) && len(list) < mostGuesses {
			list = append(list, g)
		}
	}
	return list
}

// among says whether somebody has guessed at this answer already.
func (g guess) among(list []guess) bool {
	return slices.ContainsFunc(list, func(other guess) bool { return other.pupil == g.pupil && other.question == g.question })
}

func (p Pages) unmask(c echo.Context) error {
	l, err := p.lessonOf(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	return p.drawLesson(c, http.StatusOK, l, page.Errors{})
}

// unmaskGuess takes a guess, or forgets them all.
func (p Pages) unmaskGuess(c echo.Context) error {
	l, err := p.lessonOf(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	url := "/unmask/" + l.round.Code
	if c.FormValue("forget") != "" {
		p.SetCookie(c, guessesCookie, "", 0)
		return c.Redirect(http.StatusSeeOther, url)
	}
	g := guess{number(c.FormValue("pupil")), number(c.FormValue("question")), number(c.FormValue("answer"))}
	if !l.valid(g) {
		errs, status, _ := page.Explain(c, fault.Field("answer", "lesson.choose", nil))
		return p.drawLesson(c, status, l, errs)
	}
	list := l.guesses(p.Cookie(c, guessesCookie))
	if !g.among(list) {
		list = append(list, g)
	}
	var kept []string
	for _, one := range list {
		kept = append(kept, fmt.Sprintf("%d.%d.%d", one.pupil, one.question, one.option))
	}
	p.SetCookie(c, guessesCookie, strings.Join(kept, "_"), 0)
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("%s?pupil=%d&question=%d#told", url, g.pupil, g.question))
}

// number reads a whole number; -1 for anything else.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func (p Pages) drawLesson(c echo.Context, status int, l lesson, errs page.Errors) error {
	v := page.Voice(c)
	d := unmaskPage{Base: p.NewBase(c, v.Say("lesson.title")), Action: "/unmask/" + l.round.Code, More: v.Say("lesson.more"), LookText: v.Say("lesson.look"), Send: v.Say("lesson.send"), Forget: v.Say("lesson.again")}
	snap := l.round.AtOpening()
	d.School, d.Demo = snap.School, true
	d.Lead, d.How = v.Say("lesson.lead", words.V{"School": snap.School}), v.Say("lesson.how", words.V{"Form": l.form.Name})
	pupil, question := number(c.FormValue("pupil")), number(c.FormValue("question"))
	who := page.Field{Name: "pupil", Label: v.Say("lesson.pupil")}
	for i, one := range l.pupils {
		who.Options = append(who.Options, page.Option{Value: strconv.Itoa(i), Label: one.Name, Chosen: i == pupil})
	}
	what := page.Field{Name: "question", Label: v.Say("lesson.question")}
	for i, q := range l.questions {
		what.Options = append(what.Options, page.Option{Value: strconv.Itoa(i), Label: q.Text, Chosen: i == question})
	}
	d.Look = page.NewForm(page.Errors{}, who, what)
	list := l.guesses(p.Cookie(c, guessesCookie))
	if l.valid(guess{pupil, question, 0}) {
		d.Pupil, d.Question, d.Told = pupil, question, v.Say("lesson.told")
		l.tell(&d, v, pupil, question, list, errs)
	}
	l.score(&d, v, list)
	var figures []*page.Figure
	for i := range d.Figures {
		figures = append(figures, &d.Figures[i])
	}
	if err := p.Illustrate(c.Request().Context(), l.round.SchoolID, figures...); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return unmaskTemplate.Send(c, status, d)
}

// tell puts in what is shown of a question for the form and the groups around it, and the guess or what became of it.
func (l lesson) tell(d *unmaskPage, v words.Voice, pupil, question int, list []guess, errs page.Errors) {
	q, name := l.questions[question], l.pupils[pupil].Name
	for _, g := range l.view.Groups {
		if _, ok := q.Row(g.Unit); ok && (g.Unit == l.form.Unit || g.Unit == l.form.Parent || g.Kind == round.UnitSchool) {
			f := figure.Question(v, l.view.Release, q, g)
			f.ID, f.Title = "told-"+g.Unit, g.Name
			d.Figures = append(d.Figures, page.PlainFigure(f))
		}
	}
	slices.Reverse(d.Figures) // the form first
	for _, g := range list {
		if g.pupil == pupil && g.question == question {
			d.Notice = &page.Notice{Title: v.Say("lesson.wrong", words.V{"Name": name}), Text: v.Say("lesson.already")}
			if l.said(pupil, question) == g.option {
				d.Notice = &page.Notice{Kind: "success", Title: v.Say("lesson.right", words.V{"Name": name}), Text: v.Say("lesson.already")}
			}
			return
		}
	}
	answer := page.Field{Name: "answer", Label: v.Say("lesson.guess", words.V{"Name": name})}
	for i, o := range q.Options {
		answer.Options = append(answer.Options, page.Option{Value: strconv.Itoa(i), Label: o.Label})
	}
	answer.Options = append(answer.Options, page.Option{Value: strconv.Itoa(len(q.Options)), Label: v.Say("lesson.none")})
	form := page.NewForm(errs, answer)
	d.Guess = &form
}

// score holds the guesses against what is expected of somebody who knows nothing but what is told.
func (l lesson) score(d *unmaskPage, v words.Voice, list []guess) {
	if len(list) == 0 {
		return
	}
	right, expected := 0, 0.0
	for _, g := range list {
		expected += l.easy(g.question)
		if l.said(g.pupil, g.question) == g.option {
			right++
		}
	}
	d.Score = []string{v.Say("lesson.score", words.V{"Count": len(list), "Right": right}), v.Say("lesson.expected", words.V{"Expected": strconv.FormatFloat(expected, 'f', 1, 64)})}
	if len(list) < explained {
		d.Score = append(d.Score, v.Say("lesson.fewer"))
		return
	}
	verdict := "lesson.same"
	if float64(right) > expected+1 {
		verdict = "lesson.lucky"
	}
	d.Score = append(d.Score, v.Say(verdict))
	d.Why = v.Say("lesson.why")
	for _, key := range []string{"names", "ten", "fold", "minus", "rest"} {
		d.Because = append(d.Because, v.Say("lesson.why_"+key, words.V{"Form": l.form.Name}))
	}
}

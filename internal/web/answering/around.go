package answering

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

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
	d := findPage{answerFrame: frame(v, round.Round{}), Label: v.Say("find.label"), Hint: v.Say("find.hint"), Button: v.Say("find.button"), Problem: problem, Back: linkView{v.Say("talk.find_link"), "/talk"}}
	d.Title = v.Say("find.title")
	return findTemplate.Send(c, code, d)
}

// stored says in plain words what is kept about somebody who answers, and until when: in the language they answered in.
func (p Pages) stored(c echo.Context) error {
	in, r := round.English(), round.Round{}
	if c.Param("code") != "" {
		a, err := p.ask(c)
		if err != nil {
			return err
		}
		in, r = a.tongues.tongue(a.tongues.reading(c, bank.AnyDevice).language), a.round
	}
	v := in.Voice
	d := outcomePage{answerFrame: frame(v, r)}
	d.Title = v.Say("stored.title")
	for _, key := range storedKeys(r) {
		if strings.HasPrefix(key, "p_") {
			if text, ok := p.Bank.Say(in.Texts, key); ok {
				d.Lines = append(d.Lines, text)
			}
			continue
		}
		d.Lines = append(d.Lines, v.Say(key))
	}
	return outcomeTemplate.Send(c, http.StatusOK, d)
}

// The bank's texts about answers that wait while what was mailed still belongs to somebody.
const (
	waitingMailed       = "p_waiting_mailed_parent"
	waitingInConfidence = "p_waiting_conf_parent"
)

// storedKeys are the sentences about what is kept, by how a round is answered: of the interface, or of the bank.
func storedKeys(r round.Round) []string {
	adult := r.Audience == bank.Parents || r.Audience == bank.Staff
	switch {
	case r.Mode == round.Confidential && adult && r.Worries():
		return []string{"stored.1_confidential", "stored.2_worries", "stored.2_personal", waitingInConfidence, "stored.4", "stored.5"}
	case r.Mode == round.Confidential && adult:
		return []string{"stored.1_confidential", "stored.2_personal", waitingInConfidence, "stored.4", "stored.5"}
	case r.Mode == round.Confidential:
		return []string{"stored.1_confidential", "stored.2_worries", "stored.2_personal", "stored.3", "stored.4", "stored.5"}
	case r.Mode == round.Named:
		return []string{"stored.1_named", "stored.2_personal", "stored.4", "stored.5"}
	case r.Mailed():
		return []string{"stored.1_adult", "stored.2_mailed", waitingMailed, "stored.4", "stored.5"}
	case r.Mode == round.OpenLink:
		return []string{"stored.1_adult", "stored.2_link", "stored.4", "stored.5"}
	case adult:
		return []string{"stored.1_adult", "stored.2_adult", "stored.3", "stored.4", "stored.5"}
	}
	return []string{"stored.1", "stored.2", "stored.3", "stored.4", "stored.5"}
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
	return p.preview(c, r, doc, nil, nil, c.QueryParam("minute") != "")
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
	last, err := p.lastReply(ctx, r)
	if err != nil {
		return err
	}
	return p.preview(c, r, doc, promise, last, r.Choices().Minute && c.QueryParam("ready") == "")
}

// preview shows the page as those who answer will see it, or the minute before it. It leads nowhere: there is no round to
// send to. Whether there is a minute is for a round to say, so the preview of a survey has a link to it.
func (p Pages) preview(c echo.Context, r round.Round, doc survey.Document, promise bank.Promise, last *told, minute bool) error {
	v := page.Voice(c)
	to, here := reader{voice: v, doc: doc, route: bank.AnyDevice}, c.Request().URL.Path
	if minute {
		d := drawMinute(to, r, here+"?ready=1")
		d.DemoNote, d.Preview = v.Say("preview.note"), true
		return minuteTemplate.Send(c, http.StatusOK, d)
	}
	d := drawAnswer(to, r, promise)
	d.Last = last.lines(v, "")
	d.Action, d.NeedsCode = "", false
	d.DemoNote, d.Preview = v.Say("preview.note"), true
	if r.ID == "" {
		d.Aside = linkView{"With a quiet minute first", here + "?minute=1"}
	}
	return answerTemplate.Send(c, http.StatusOK, d)
}

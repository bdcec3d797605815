package improving

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// staffGuess asks any member of staff for guesses that make the picture of the whole staff.
func (p Pages) staffGuess(c echo.Context, who access.Actor) error {
	r, doc, err := p.staffRound(c, who)
	if err != nil {
		return err
	}
	return p.drawStaffGuess(c, who, http.StatusOK, r, doc, page.Errors{})
}

// staffRound finds a round of pupils about the school that has not been published. That it exists is no secret among
// staff.
func (p Pages) staffRound(c echo.Context, who access.Actor) (round.Round, survey.Document, error) {
	ctx := c.Request().Context()
	if !access.Can(who, access.BrowseBank, access.Object{School: who.School}) {
		return round.Round{}, survey.Document{}, notFound()
	}
	r, err := p.Rounds().ByID(ctx, who.School, c.Param("id"))
	if err != nil {
		return r, survey.Document{}, err
	}
	if !bank.IsPupils(r.Audience) || r.About != round.AboutSchool || r.State == round.Draft || r.State == round.Cancelled {
		return r, survey.Document{}, notFound()
	}
	doc, err := p.Rounds().Document(ctx, r)
	return r, doc, err
}

// toGuess are the questions of a round that the whole staff guesses.
func (p Pages) toGuess(doc survey.Document) (list []survey.Question) {
	for _, q := range doc.Questions() {
		if _, ok := p.Bank.Mirror(q.Item); ok && q.Sensitive == "" && q.HasOrder() {
			list = append(list, q)
		}
	}
	return list
}

func (p Pages) drawStaffGuess(c echo.Context, who access.Actor, status int, r round.Round, doc survey.Document, errs page.Errors) error {
	d := guessPage{Base: p.NewBase(c, r.Title), Heading: "What do you think pupils say?", Staff: true, Skip: "/", Errors: errs}
	gave, err := p.store().Gave(c.Request().Context(), who, r)
	if err != nil {
		return err
	}
	switch {
	case gave:
		d.Lead = "You have given your guesses. The picture of the whole staff stands beside what pupils said once the round is published, if ten or more have guessed."
	case r.State == round.Published:
		d.Lead = "The results are published, so the guesses of the staff are closed. You can still guess for yourself before you look."
		d.More = "/rounds/" + r.ID + "/look"
	default:
		for _, q := range p.toGuess(doc) {
			var labels []string
			for _, o := range q.Options {
				if !q.IsMissing(o.ID) {
					labels = append(labels, o.Label)
				}
			}
			d.Fields = append(d.Fields, p.guessField(q.ID, q.Item, q.Text, "Most would say:", wholeSchool, labels, c.FormValue(q.ID)))
		}
	}
	return guessTemplate.Send(c, status, d)
}

func (p Pages) giveGuess(c echo.Context, who access.Actor) error {
	r, doc, err := p.staffRound(c, who)
	if err != nil {
		return err
	}
	guesses := map[string]string{}
	for _, q := range p.toGuess(doc) {
		for _, o := range q.Options {
			if o.Label == c.FormValue(q.ID) && !q.IsMissing(o.ID) {
				guesses[q.ID] = o.Label
			}
		}
	}
	err = p.store().Give(c.Request().Context(), who, r, guesses)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStaffGuess(c, who, status, r, doc, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/", "Thank you. Your guesses count in the picture of the whole staff, and your name is not with them.")
}

package authoring

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

func (p Pages) acts() action.Store { return action.NewStore(p.DB, p.Key, p.Bank) }

// against says in words what speaks against asking; minutes are left out while nobody has chosen whom to ask.
func (p Pages) against(c echo.Context, who access.Actor, f round.Form, doc survey.Document, minutes bool) (lines []string, err error) {
	v := page.Voice(c)
	a, err := p.acts().Against(c.Request().Context(), who, doc, f.Plan.Groups)
	for _, o := range a.Owed {
		lines = append(lines, v.Say("asking.owed", words.V{"Title": o.Title, "Date": round.SayDate(o.ReplyBy)}))
	}
	if minutes && a.TooMuch() {
		lines = append(lines, v.Say("asking.minutes", words.V{"Asked": a.Asked, "Count": a.Minutes, "Most": a.Most}))
	}
	return lines, err
}

// budget says how many minutes people have been asked for in this term, with which survey, and of how many.
func (p Pages) budget(c echo.Context, who access.Actor, groups []string, doc survey.Document) (string, error) {
	a, err := p.acts().Against(c.Request().Context(), who, doc, groups)
	key := "asking.budget"
	if !a.OwnTerms {
		key = "asking.budget_months"
	}
	return page.Voice(c).Say(key, words.V{"Count": a.Minutes, "Asked": a.Asked, "Most": a.Most, "Term": a.Term.Name, "From": round.SayDate(a.Term.First)}), err
}

// checkAsking refuses to go on without a word where something speaks against asking.
func (p Pages) checkAsking(c echo.Context, who access.Actor, f round.Form) error {
	f.Plan.Despite = strings.TrimSpace(f.Plan.Despite)
	if len([]rune(f.Plan.Despite)) > 300 {
		return fault.Field("despite", "round.long")
	}
	if f.Plan.Despite != "" || f.SurveyID == "" {
		return nil
	}
	_, doc, err := p.draft(c, who, f.SurveyID)
	if err != nil {
		return err
	}
	lines, err := p.against(c, who, f, doc, true)
	if err == nil && len(lines) > 0 {
		err = fault.Field("despite", "asking.why")
	}
	return err
}

// despiteField asks why people are asked again; without a name where nothing speaks against it.
func despiteField(lines []string, said string, wrong bool) page.Field {
	if len(lines) == 0 && said == "" && !wrong {
		return page.Field{}
	}
	return page.Field{Name: "despite", Label: "Why do you ask all the same?", Value: said, Rows: 2, Hint: strings.Join(slices.Concat(lines, []string{"It stands on the round's page."}), " ")}
}

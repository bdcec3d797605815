package authoring

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// askingMost is how many minutes a term people are asked for before somebody has to say why more.
const askingMost = 20

// term is the first day of the term that a day lies in, as terms are in Britain: autumn, spring and summer.
func term(t time.Time) time.Time {
	month := time.September
	switch {
	case t.Month() < time.April:
		month = time.January
	case t.Month() < time.September:
		month = time.April
	}
	return time.Date(t.Year(), month, 1, 0, 0, 0, 0, t.Location())
}

// tooMuch says what speaks against asking: a reply that the same people are still owed, and minutes that they have been
// asked for this term. It is empty where nothing does.
func (p Pages) tooMuch(c echo.Context, who access.Actor, f round.Form, doc survey.Document, minutes bool) (lines []string, err error) {
	ctx, v := c.Request().Context(), page.Voice(c)
	owed, err := action.NewStore(p.DB, p.Key, p.Bank).Replies(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		if o.PublishedAt == nil && action.Voice(o.Audience) == action.Voice(doc.Audience) && doc.Minutes > 2 {
			lines = append(lines, v.Say("asking.owed", words.V{"Title": o.Title, "Date": round.SayDate(o.ReplyBy)}))
		}
	}
	if !minutes {
		return lines, nil
	}
	asked, err := p.askedThisTerm(ctx, who, f, doc, page.School(c).Zone())
	if err == nil && asked+doc.Minutes > askingMost {
		lines = append(lines, v.Say("asking.minutes", words.V{"Asked": asked, "Count": doc.Minutes, "Most": askingMost}))
	}
	return lines, err
}

// askedThisTerm is the most minutes that somebody in the round's years has been asked for this term, by rounds of the same
// voice that were opened.
func (p Pages) askedThisTerm(ctx context.Context, who access.Actor, f round.Form, doc survey.Document, zone *time.Location) (int, error) {
	rounds, err := p.Rounds().List(ctx, who)
	if err != nil {
		return 0, err
	}
	groups, err := p.Roster().Groups(ctx, who.School, "")
	if err != nil {
		return 0, err
	}
	yearOf := map[string]string{}
	for _, g := range groups {
		yearOf[g.ID] = g.Year
	}
	years := map[string]bool{}
	for _, id := range f.Plan.Groups {
		years[yearOf[id]] = true
	}
	from, minutes := term(p.DB.Now().In(zone)), map[string]int{}
	for _, r := range rounds {
		if r.OpenedAt == nil || r.State == round.Cancelled || r.OpenedAt.Before(from) || action.Voice(r.Audience) != action.Voice(doc.Audience) {
			continue
		}
		asked, err := p.Rounds().Document(ctx, r)
		if err != nil {
			return 0, err
		}
		touched := map[string]bool{}
		for _, id := range r.Choices().Groups {
			if year := yearOf[id]; years[year] || !bank.IsPupils(doc.Audience) {
				touched[year] = true
			}
		}
		for year := range touched {
			minutes[year] += asked.Minutes
		}
	}
	most := 0
	for _, n := range minutes {
		most = max(most, n)
	}
	return most, nil
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
	lines, err := p.tooMuch(c, who, f, doc, true)
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

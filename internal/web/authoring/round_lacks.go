package authoring

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/web/page"
)

// keysLacking says who has to do what before a confidential round can open: each by name, so that whoever prepares it knows whom
// to ask.
func (p Pages) keysLacking(ctx context.Context, v words.Voice, r round.Round) (list []needed, err error) {
	st := envelope.NewStore(p.DB, p.Key)
	holders, err := st.Holders(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	keys, people := page.Link{Text: "Keys", URL: "/keys"}, page.Link{Text: "People", URL: "/people"}
	for _, g := range []envelope.Group{envelope.Safeguarding, envelope.Second} {
		if g == envelope.Second && envelope.PolicyOf(r) != envelope.Two {
			continue
		}
		var without, untried []string
		have, n := 0, 0
		for _, k := range holders {
			switch {
			case k.Group != g:
				continue
			case k.Key == nil:
				without = append(without, k.Person.Name())
			default:
				if have++; k.Due {
					untried = append(untried, k.Person.Name())
				}
			}
			n++
		}
		if have < 2 && len(without) > 0 {
			list = append(list, needed{v.Say("key.lacks."+string(g), words.V{"Count": len(without), "Names": and(without)}), keys})
		}
		if n < 2 {
			list = append(list, needed{v.Say("key.alone." + string(g)), people})
		}
		if len(untried) > 0 {
			list = append(list, needed{v.Say("key.untried", words.V{"Count": len(untried), "Names": and(untried)}), keys})
		}
	}
	if !slices.ContainsFunc(holders, envelope.KeyOf.ToldAsChair) {
		list = append(list, needed{v.Say("key.no_chair"), people})
	}
	return list, nil
}

// unheard says in which languages of a survey with boxes words that cannot wait are found less surely: their lists of phrases have
// been read by no speaker. It is empty where English is the only one.
func (p Pages) unheard(c echo.Context, r round.Round, doc survey.Document) (string, error) {
	if !doc.HasText() {
		return "", nil
	}
	asked, err := survey.NewStore(p.DB).Languages(c.Request().Context(), r.SchoolID, r.SurveyID, doc)
	var names []string
	for _, l := range words.Languages() {
		if _, ok := asked[l.Code]; ok && l.Code != "en" {
			names = append(names, l.English)
		}
	}
	if err != nil || len(names) == 0 {
		return "", err
	}
	return page.Voice(c).Say("comment.unheard", words.V{"Languages": and(names)}), nil
}

// leftOut says that what was ticked for a confidential round has no meaning in the way that was chosen, so that it does not go
// silently; empty where nothing was ticked.
func leftOut(v words.Voice, f round.Form) string {
	if f.Mode == round.Confidential || len(f.Plan.Flags) == 0 && !f.Plan.Linked {
		return ""
	}
	return v.Say("round.left_out")
}

// and lists things in a sentence: a, b and c.
func and(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

package exploring

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// namedPage lists who has answered a round by name, for those whom pupils were told of.
type namedPage struct {
	page.Base
	Forms []namedForm
}

type namedForm struct {
	Name   string
	People []page.Link
}

// namedOnePage is what one person said.
type namedOnePage struct {
	page.Base
	Form string
	Said []namedLine
}

type namedLine struct{ Question, Answer string }

var (
	namedTemplate    = page.New("exploring/named", "base", namedPage{})
	namedOneTemplate = page.New("exploring/named_one", "base", namedOnePage{})
)

// byName reads a named round with who is behind each response. Leaders wait as they do everywhere, so that a teacher who was
// named looks first.
func (p Pages) byName(c echo.Context, who access.Actor) (r round.Round, people map[string]roster.Person, marks map[string]response.Mark, err error) {
	ctx := c.Request().Context()
	if r, err = p.Rounds().Find(ctx, who, c.Param("id")); err != nil {
		return r, nil, nil, err
	}
	if !r.HasResults() || who.Is(access.Head, access.Leader) && r.State != round.Published && p.DB.Now().Before(r.LeadersFrom()) {
		return r, nil, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if people, err = envelope.NewStore(p.DB, p.Key).People(ctx, who, r); err != nil {
		return r, nil, nil, err
	}
	marks, err = response.NewStore(p.DB).Marks(ctx, r.SchoolID, r.ID)
	return r, people, marks, err
}

func (p Pages) named(c echo.Context, who access.Actor) error {
	r, people, marks, err := p.byName(c, who)
	if err != nil {
		return err
	}
	units, err := p.Rounds().Units(c.Request().Context(), r)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, u := range units {
		names[u.ID] = u.Name
	}
	d := namedPage{Base: p.NewBase(c, "Who said what")}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: d.Title, Here: true}}
	by := map[string][]page.Link{}
	err = response.NewStore(p.DB).Each(c.Request().Context(), r.SchoolID, r.ID, func(row response.Response) error {
		tie := marks[row.ID].Tie
		if person, ok := people[tie]; ok {
			by[names[row.CellID]] = append(by[names[row.CellID]], page.Link{Text: person.Name(), URL: "/rounds/" + r.ID + "/named/" + tie})
		}
		return nil
	})
	for name, list := range by {
		slices.SortFunc(list, func(a, b page.Link) int {
			return cmp.Or(strings.Compare(a.Text, b.Text), strings.Compare(a.URL, b.URL))
		})
		d.Forms = append(d.Forms, namedForm{name, list})
	}
	slices.SortFunc(d.Forms, func(a, b namedForm) int { return roster.CompareNames(a.Name, b.Name) })
	if err != nil {
		return err
	}
	return namedTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) namedOne(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, people, marks, err := p.byName(c, who)
	if err != nil {
		return err
	}
	person, ok := people[c.Param("tie")]
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	d := namedOnePage{Base: p.NewBase(c, person.Name())}
	d.Crumbs = []page.Link{{Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Who said what", URL: "/rounds/" + r.ID + "/named"}, {Text: d.Title, Here: true}}
	found := false
	err = response.NewStore(p.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		if marks[row.ID].Tie != c.Param("tie") {
			return nil
		}
		found = true
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		if err != nil {
			return err
		}
		for _, q := range doc.Questions() {
			if text := saidBy(q, answers[q.ID]); text != "" {
				d.Said = append(d.Said, namedLine{q.Text, text})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		// What was written in a box has a tie of its own, and is read where comments are.
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return namedOneTemplate.Send(c, http.StatusOK, d)
}

// saidBy is an answer in its words; empty for a question that was not put to them.
func saidBy(q survey.Question, a survey.Answer) string {
	switch a.State {
	case survey.NotAsked, survey.NotRelevant, "":
		return ""
	case survey.Skipped:
		return "No answer"
	}
	var list []string
	if a.Number != nil {
		list = append(list, strconv.Itoa(*a.Number))
	}
	for _, id := range a.Options {
		for _, o := range q.Options {
			if o.ID == id {
				list = append(list, o.Label)
			}
		}
	}
	return strings.Join(list, ", ")
}

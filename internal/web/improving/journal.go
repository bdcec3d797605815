package improving

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// prompts are what the journal asks, in the words that stand over its boxes.
var prompts = map[string]string{
	"expected": "What did I expect?", "surprised": "What surprises me?", "meant": "What might they mean?",
	"ask": "What would I ask them?", "keep": "One thing to keep", "try": "One thing to try",
}

// journalPage is what somebody makes of it, for themselves.
type journalPage struct {
	page.Base
	Heading string
	Form    page.Form
	Fields  []page.Field
	Guessed []labelled // what was guessed and what was said, to write beside
	Class   bool
	Tries   page.Tries
	Results string
	Packs   string // for those who came from one; empty for everybody else
	Share   string
	Wall    string
	All     string
}

var journalTemplate = page.New("improving/journal", "base", journalPage{})

func (p Pages) journal(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.mine(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, r, g.Unit)
	if err != nil {
		return err
	}
	return p.drawJournal(c, http.StatusOK, who, r, view, g, n, page.Errors{})
}

func (p Pages) drawJournal(c echo.Context, status int, who access.Actor, r round.Round, view result.Viewed, g result.Group, n action.Note, errs page.Errors) error {
	d := journalPage{Base: p.NewBase(c, "What I make of it"), Heading: g.Called(), Class: g.Kind == round.UnitClass, Results: p.results(r, view, g),
		Wall: lookURL(r, g.Unit) + "/wall", Share: lookURL(r, g.Unit) + "/share", All: "/journal"}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID + "/look"}, {Text: g.Name, Here: true}}
	if g.Kind == round.UnitSchool && access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
		d.Packs = "/packs"
	}
	for _, x := range inTurn(page.Voice(c), view, g, n) {
		if x.gap.Guess != "" {
			d.Guessed = append(d.Guessed, labelled{x.Text, "You guessed “" + x.gap.Guess + "”. " + x.gap.Said + " " + x.gap.Text})
		}
	}
	d.Tries = p.toTry(page.Voice(c), r, view, g, n)
	var fields []page.Field
	for _, prompt := range action.Prompts {
		fields = append(fields, page.Field{Name: prompt, Label: prompts[prompt], Rows: 2, Value: n.Journal[prompt]})
	}
	agreed := page.Field{Name: "agreed", Label: "What the class agreed on", Rows: 2, Value: n.Agreed,
		Hint: "After reading the figures together: one sentence that the class says aloud and you type. No names."}
	d.Form = page.NewForm(errs, append(fields, agreed)...)
	for _, f := range fields {
		d.Fields = append(d.Fields, d.Form.At(f.Name))
	}
	return journalTemplate.Send(c, status, d)
}

func (p Pages) saveJournal(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, view, g, err := p.mine(ctx, who, c.Param("id"), c.Param("unit"))
	if err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, r, g.Unit)
	if err != nil {
		return err
	}
	n.Journal = map[string]string{}
	for _, prompt := range action.Prompts {
		n.Journal[prompt] = c.FormValue(prompt)
	}
	n.Agreed = c.FormValue("agreed")
	err = p.store().Keep(ctx, who, r, g.Unit, n)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawJournal(c, status, who, r, view, g, n, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, lookURL(r, g.Unit)+"/journal", "Kept. Only you can read it.")
}

// notesPage is somebody's whole journal.
type notesPage struct {
	page.Base
	Notes []noteLine
}

type noteLine struct {
	Title string
	URL   string
	Lines []labelled
}

type labelled struct{ Label, Text string }

var notesTemplate = page.New("improving/notes", "base", notesPage{})

// kept gathers all that the actor has kept, the newest round first.
func (p Pages) kept(ctx context.Context, who access.Actor) (list []noteLine, err error) {
	rounds, err := p.Rounds().List(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := p.store().Replies(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, o := range all { // what everybody may see can be guessed too
		if !slices.ContainsFunc(rounds, func(r round.Round) bool { return r.ID == o.ID }) {
			rounds = append(rounds, o.Round)
		}
	}
	for _, r := range rounds {
		if !r.HasResults() {
			continue
		}
		s, err := p.sees(ctx, who, r.ID)
		if fault.Is(err, fault.NotFound) || err == nil && !s.made {
			continue
		} else if err != nil {
			return nil, err
		}
		for _, g := range slices.Concat(s.view.Groups, s.public.Groups) {
			view, _, ok := s.of(g.Unit)
			if !ok {
				continue
			}
			n, err := p.store().Note(ctx, who, r, g.Unit)
			if err != nil {
				return nil, err
			}
			if n.Empty() {
				continue
			}
			line := noteLine{Title: g.Called() + ": " + r.Title, URL: lookURL(r, g.Unit) + "/journal"}
			for _, q := range view.For(g.Unit) {
				if guess := n.Guesses[q.ID]; guess != "" {
					line.Lines = append(line.Lines, labelled{q.Text, "I guessed “" + guess + "”."})
				}
				if tenths := n.Enough[q.ID] / 10; tenths > 0 {
					line.Lines = append(line.Lines, labelled{q.Text, "We said beforehand: " + strconv.Itoa(tenths) + " in ten would be good enough."})
				}
			}
			for _, prompt := range action.Prompts {
				if text := n.Journal[prompt]; text != "" {
					line.Lines = append(line.Lines, labelled{prompts[prompt], text})
				}
			}
			if n.Agreed != "" {
				line.Lines = append(line.Lines, labelled{"What the class agreed on", n.Agreed})
			}
			list = append(list, line)
		}
	}
	return list, nil
}

func (p Pages) notes(c echo.Context, who access.Actor) error {
	d := notesPage{Base: p.NewBase(c, "Your journal")}
	var err error
	if d.Notes, err = p.kept(c.Request().Context(), who); err != nil {
		return err
	}
	return notesTemplate.Send(c, http.StatusOK, d)
}

// notesFile is the same as plain text, to take away.
func (p Pages) notesFile(c echo.Context, who access.Actor) error {
	notes, err := p.kept(c.Request().Context(), who)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, n := range notes {
		fmt.Fprintf(&b, "%s\n\n", n.Title)
		for _, l := range n.Lines {
			fmt.Fprintf(&b, "%s\n%s\n\n", l.Label, l.Text)
		}
		b.WriteString("\n")
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="journal.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
}

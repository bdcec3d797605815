package protecting

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/listen/screen"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// commentsPage lists the rounds in which people may write, and how far their words have been read.
type commentsPage struct {
	page.Base
	Rounds []commentRound
}

type commentRound struct {
	Title, URL, Status, Text string
}

var commentsTemplate = page.New("protecting/comments", "base", commentsPage{})

func (p Pages) comments(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	d := commentsPage{Base: p.NewBase(c, "Comments")}
	counts, err := p.store().Counts(ctx, who.School)
	if err != nil {
		return err
	}
	rounds, err := p.Rounds().List(ctx, who)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		n, any := counts[r.ID]
		if r.State == round.Cancelled {
			continue
		}
		doc, err := p.Rounds().Document(ctx, r)
		if err != nil {
			return err
		}
		if !any && !doc.HasText() {
			continue
		}
		if r.State == round.Draft {
			people, err := p.Roster().SizeOf(ctx, r.SchoolID, r.Choices().Groups)
			if err != nil {
				return err
			}
			people += len(r.Choices().People)
			n := safeguard.Expected(people, doc.Boxes())
			d.Rounds = append(d.Rounds, commentRound{Title: r.Title, URL: "/rounds/" + r.ID, Status: "draft",
				Text: fmt.Sprintf("Not open yet. It asks %d people; if one in two writes, about %d comments come, which take about %d minutes to read.", people, n, safeguard.Minutes(n))})
			continue
		}
		line := commentRound{Title: r.Title, URL: "/comments/" + r.ID, Status: state(n)}
		if r.State == round.Open || r.State == round.Closed {
			line.Text = fmt.Sprintf("Words may still arrive until %s.", round.SayDate(storage.DateOf(r.ClosesAt.Add(round.Grace), r.Zone())))
		}
		d.Rounds = append(d.Rounds, line)
	}
	return commentsTemplate.Send(c, http.StatusOK, d)
}

func state(n safeguard.Count) string {
	switch {
	case n.Held+n.Read > 0:
		return fmt.Sprintf("%d to read", n.Held+n.Read)
	case n.Ready > 0:
		return fmt.Sprintf("%d ready for staff", n.Ready)
	}
	return "nothing handed over to read"
}

// queuePage is the comments of one round.
type queuePage struct {
	page.Base
	ID      string
	Lead    string
	Held    int
	Minutes int
	Groups  []queueGroup
	Ready   int
	Settled bool
	Form    page.Form
}

type queueGroup struct {
	Title string
	Lines []queueLine
	Done  bool // nothing is left to do about these
}

type queueLine struct{ URL, Text, Status string }

var queueTemplate = page.New("protecting/queue", "base", queuePage{})

// reader is the actor with the groups of a round that are their own classes.
func (p Pages) reader(ctx context.Context, who access.Actor, id string) (round.Round, safeguard.Reader, error) {
	r, err := p.Rounds().Find(ctx, who, id)
	if err != nil {
		return r, safeguard.Reader{}, err
	}
	teach, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return r, safeguard.Reader{}, err
	}
	return r, safeguard.NewReader(who, teach), nil
}

func (p Pages) queue(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, reader, err := p.reader(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	list, err := p.store().Queue(ctx, reader, r.ID)
	if err != nil {
		return err
	}
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	d := queuePage{Base: p.NewBase(c, r.Title), ID: r.ID, Settled: r.HasResults()}
	d.Crumbs = []page.Link{{Text: "Comments", URL: "/comments"}, {Text: r.Title, Here: true}}
	groups := []queueGroup{{Title: "Read, nothing decided"}, {Title: "Staff may read them"}, {Title: "Kept here", Done: true}, {Title: "Let go to staff", Done: true}}
	place := map[safeguard.Standing]int{safeguard.Seen: 0, safeguard.Ready: 1, safeguard.Kept: 2, safeguard.Released: 3}
	for _, o := range list {
		if o.State == safeguard.Held {
			d.Held++
			continue
		}
		q, _ := doc.Question(o.Question)
		line := queueLine{URL: "/comments/" + r.ID + "/" + o.ID, Text: opening(o.Words), Status: q.Short}
		g := &groups[place[o.State]]
		g.Lines = append(g.Lines, line)
		if o.State == safeguard.Ready {
			d.Ready++
		}
	}
	d.Minutes = safeguard.Minutes(d.Held)
	d.Groups = slices.DeleteFunc(groups, func(g queueGroup) bool { return len(g.Lines) == 0 })
	return queueTemplate.Send(c, http.StatusOK, d)
}

// opening is the first words of a comment, to know it again by.
func opening(s string) string {
	all := []rune(strings.Join(strings.Fields(s), " "))
	if len(all) > 60 {
		return string(all[:60]) + " …"
	}
	return string(all)
}

// next opens the comment that somebody should read first.
func (p Pages) next(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, reader, err := p.reader(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	list, err := p.store().Queue(ctx, reader, r.ID)
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].State != safeguard.Held {
		return p.Done(c, "/comments/"+r.ID, "Everything that has been handed over is read.")
	}
	if _, err := p.store().ReadComment(ctx, reader, r.ID, list[0].ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/comments/"+r.ID+"/"+list[0].ID)
}

// commentPage is one comment with what can be done about it.
type commentPage struct {
	page.Base
	Action   string
	Whose    behind
	Question string
	Words    string
	Screen   string // why it comes early; empty: the screen found nothing, which says nothing
	Far      string
	LeadOnly bool
	Class    string // where it was written, once somebody has said why they need it
	Notes    []safeguard.Note
	Passed   bool
	Gone     bool
	Left     int // comments that nobody has read
	Form     page.Form
	Why      page.Form
	To       page.Form
}

var commentTemplate = page.New("protecting/comment", "base", commentPage{})

var fars = map[safeguard.Far]string{
	safeguard.LeadOnly: "They asked that only you and the safeguarding team read it.",
	safeguard.Retold:   "They asked that staff hear what they mean, in other words.",
	safeguard.Exact:    "They said that staff may read their exact words. Take out names, and anything that points at one person.",
}

// abouts are the categories of the screen's list in words.
var abouts = map[string]string{"suicide": "wanting to die", "self_harm": "self-harm", "mental_health": "low mood or worry", "eating": "eating", "abuse_home": "harm at home", "neglect": "neglect", "sexual": "sexual harm",
	"exploitation": "exploitation", "violence": "violence or weapons", "bullying": "bullying", "runaway": "running away", "substance": "drugs or alcohol", "radicalisation": "extremism", "disclosure": "asking for help, or an adult’s conduct", "watch": "a word to look at twice"}

func screened(f screen.Finding) string {
	var list []string
	for _, c := range f.Categories {
		if name := abouts[c]; name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	text := ""
	switch {
	case f.Tier == screen.Personal:
		text = "It comes early because somebody writes of themselves."
	case len(list) > 0:
		text = "It comes early because its words may be about: " + strings.Join(list, ", ") + "."
	}
	if f.NoList {
		text += " There is no list of phrases for the language of the page, so read it with care."
	}
	return strings.TrimSpace(text)
}

func (p Pages) comment(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, reader, err := p.reader(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	list, err := p.store().Queue(ctx, reader, r.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o safeguard.Opened) bool { return o.ID == c.Param("comment") })
	if i < 0 || list[i].State == safeguard.Held {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return p.drawComment(c, http.StatusOK, r, reader, list[i], page.Errors{})
}

func (p Pages) drawComment(c echo.Context, status int, r round.Round, reader safeguard.Reader, o safeguard.Opened, errs page.Errors) error {
	ctx := c.Request().Context()
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	q, _ := doc.Question(o.Question)
	d := commentPage{Base: p.NewBase(c, "A comment"), Action: "/comments/" + r.ID + "/" + o.ID, Question: q.Text, Words: o.Words, Screen: screened(o.Finding),
		Far: fars[o.Far], LeadOnly: o.Far == safeguard.LeadOnly, Notes: dated(o.Notes), Passed: o.Passed, Gone: o.State == safeguard.Released}
	if !bank.IsPupils(r.Audience) {
		d.Far = "Say in other words what they mean, without what points at one person."
	}
	d.Crumbs = []page.Link{{Text: "Comments", URL: "/comments"}, {Text: r.Title, URL: "/comments/" + r.ID}, {Text: "A comment", Here: true}}
	if o.Unit != "" {
		units, err := p.Rounds().Units(ctx, r)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(units, func(u round.Unit) bool { return u.ID == o.Unit }); at >= 0 {
			d.Class = units[at].Name
		}
	}
	if d.Whose, err = p.whose(ctx, reader.Actor, r.ID, o.Tie, envelope.Comment); err != nil {
		return err
	}
	if d.Left, err = p.store().ToRead(ctx, reader, r.ID); err != nil {
		return err
	}
	told := o.Told
	if told == "" && o.Far == safeguard.Exact {
		told = o.Words
	}
	if c.Request().Method == http.MethodPost && errs.Summary != "" {
		told = c.FormValue("told")
	}
	d.Form = page.NewForm(errs, page.Field{Name: "told", Label: "What staff may read", Rows: 4, Value: told}, page.Field{Name: "note", Label: "A note for those who read comments", Value: c.FormValue("note")})
	d.Why = page.NewForm(errs, page.Field{Name: "why", Label: "Why you need to know the class", Value: c.FormValue("why")})
	to := page.Field{Name: "to", Label: "Whom is it for?"}
	for _, t := range []struct {
		to    safeguard.To
		label string
	}{{safeguard.Team, "The safeguarding team and the head"}, {safeguard.Leads, "The safeguarding team alone"}, {safeguard.Head, "The head alone: it is about an adult in school"}, {safeguard.Chair, "The chair of governors alone: it is about the head or the safeguarding lead"}} {
		to.Options = append(to.Options, page.Option{Value: string(t.to), Label: t.label, Chosen: c.FormValue("to") == string(t.to)})
	}
	d.To = page.NewForm(errs, to)
	return commentTemplate.Send(c, status, d)
}

// dated writes the days of notes as they are written everywhere.
func dated(notes []safeguard.Note) []safeguard.Note {
	list := slices.Clone(notes)
	for i := range list {
		list[i].On = round.SayDate(storage.Date(list[i].On))
	}
	return list
}

// act does something to a comment and shows it again where that is refused.
func (p Pages) act(c echo.Context, who access.Actor, do func(safeguard.Reader, round.Round) error, done func(round.Round) error) error {
	ctx := c.Request().Context()
	r, reader, err := p.reader(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	err = do(reader, r)
	if errs, status, ok := page.Explain(c, err); ok {
		list, err := p.store().Queue(ctx, reader, r.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(o safeguard.Opened) bool { return o.ID == c.Param("comment") })
		if i < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return p.drawComment(c, status, r, reader, list[i], errs)
	} else if err != nil {
		return err
	}
	return done(r)
}

func (p Pages) decide(c echo.Context, who access.Actor) error {
	return p.act(c, who, func(reader safeguard.Reader, r round.Round) error {
		_, err := p.store().Decide(c.Request().Context(), reader, r.ID, c.Param("comment"), safeguard.Decision{Release: c.FormValue("release") == "yes", Told: c.FormValue("told"), Note: c.FormValue("note")})
		return err
	}, func(r round.Round) error { return p.next(c, who) })
}

func (p Pages) reveal(c echo.Context, who access.Actor) error {
	return p.act(c, who, func(reader safeguard.Reader, r round.Round) error {
		_, err := p.store().RevealComment(c.Request().Context(), reader, r.ID, c.Param("comment"), c.FormValue("why"))
		return err
	}, func(r round.Round) error {
		return p.Done(c, "/comments/"+r.ID+"/"+c.Param("comment"), "That you asked for the class stands beside the comment.")
	})
}

func (p Pages) pass(c echo.Context, who access.Actor) error {
	return p.act(c, who, func(reader safeguard.Reader, r round.Round) error {
		_, err := p.store().Pass(c.Request().Context(), reader, r.ID, c.Param("comment"), safeguard.To(c.FormValue("to")))
		return err
	}, func(r round.Round) error {
		return p.Done(c, "/comments/"+r.ID, "Passed on. They are told at once that something waits, without what it says.")
	})
}

// let hands to staff what may go.
func (p Pages) let(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	gone, waiting, err := result.NewStore(p.DB, p.Key, p.Bank).Let(ctx, who, c.Param("id"))
	if errs, _, ok := page.Explain(c, err); ok {
		return p.Done(c, "/comments/"+c.Param("id"), errs.Summary)
	} else if err != nil {
		return err
	}
	text := fmt.Sprintf("%d let go. Those who may read the results read them from the day on which they may.", gone)
	if gone == 0 {
		text = "None can go yet."
	}
	if waiting > 0 {
		text += fmt.Sprintf(" %d wait for others to go with them: words are shown only where ten people wrote, so that nobody knows whose they are. What is said of one class needs four teachers’ classes before anybody but its own teacher reads it.", waiting)
	}
	return p.Done(c, "/comments/"+c.Param("id"), text)
}

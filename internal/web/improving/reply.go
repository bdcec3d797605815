package improving

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/show/theme"
	"earshot/internal/web/page"
)

// replyPage is where a reply is written.
type replyPage struct {
	page.Base
	ID        string
	Whom      string
	State     string
	Late      bool
	Notice    *page.Notice
	Heard     []heardLine // what was said, to be answered
	Strong    []heardLine
	Wrote     []string // the largest themes of what was written
	Words     string   // where it is read; empty if nothing may be
	Answers   []answers
	Form      page.Form
	Hard      []string
	Publish   string // what the button says; empty while it cannot be published
	Why       string // it cannot
	Published bool
	Public    string
	Languages []page.Link
	HasLast   bool
}

// heardLine is one thing that was said, with a link that begins an answer to it.
type heardLine struct {
	Text  string
	Share string
	URL   string
}

type answers struct {
	Heading string
	Lines   []answerLine
}

type answerLine struct {
	ID     string
	Heard  string
	Doing  string
	Facts  string
	Status string
	Quick  bool // can go ahead of the reply
	Remove bool
}

var replyTemplate = page.New("improving/reply", "base", replyPage{})

func (p Pages) edit(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	return p.drawReply(c, who, http.StatusOK, r, nil, page.Errors{})
}

// drawReply draws the page; form, if there is one, is what was typed and could not be kept.
func (p Pages) drawReply(c echo.Context, who access.Actor, status int, r round.Round, form *action.ReplyForm, errs page.Errors) error {
	ctx := c.Request().Context()
	w, err := p.store().Whole(ctx, who, r)
	if err != nil {
		return err
	}
	d := replyPage{Base: p.NewBase(c, "Reply: "+r.Title), ID: r.ID, Whom: strings.ToLower(whom(r.Audience)), Published: w.PublishedAt != nil, HasLast: r.Audience != bank.Staff}
	d.Crumbs = []page.Link{{Text: "Replies", URL: "/replies"}, {Text: r.Title, Here: true}}
	now := action.Say(page.Voice(c), r, w.Shown(), action.ReplyLanguage{}, p.today(r))
	d.State, d.Late = now.State, now.Late
	if err := p.heard(c, who, r, &d); err != nil {
		return err
	}
	d.Answers = lines(r, w)
	f := action.ReplyForm{WriterID: w.WriterID, Opening: w.Opening, LastHeard: w.LastHeard, LastDid: w.LastDid, LastWont: w.LastWont}
	if form != nil {
		f = *form
	}
	staff, err := p.staff(c, f.WriterID, "Nobody yet")
	if err != nil {
		return err
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "writer", Label: "Who writes it", Options: staff},
		page.Field{Name: "opening", Label: "What you say first", Rows: 3, Value: f.Opening, Hint: "Thank them, and say who has read it. Two sentences do."},
		page.Field{Name: "last_heard", Label: "Last time you said:", Value: f.LastHeard, Hint: "Such as: feedback comes too late to use"},
		page.Field{Name: "last_did", Label: "We did:", Value: f.LastDid, Hint: "Such as: every Friday lesson begins with ten minutes for it"},
		page.Field{Name: "last_wont", Label: "We won't:", Value: f.LastWont, Hint: "If there is something: a no with its reason is remembered too"})
	for _, h := range action.Hard(r.Audience, w.Pieces()) {
		d.Hard = append(d.Hard, hard(h))
	}
	switch {
	case len(w.Actions) == 0:
		d.Why = "Add at least one answer."
	case r.State == round.Settled && p.DB.Now().Before(r.LeadersFrom()):
		d.Why = "Results open to leaders on " + r.LeadersFrom().In(r.Zone()).Format("Monday 2 January") + ", so that teachers look first. The reply can be published from then on."
	case d.Published && len(w.Shown().Actions) == len(w.Actions):
		d.Why = "All of it is published."
	case d.Published:
		d.Publish = "Publish what was added"
	default:
		d.Publish = "Publish the reply"
	}
	if r.Audience != bank.Staff {
		d.Public = p.BaseURL + "/r/" + r.Code
	}
	if d.Languages, err = p.languages(c, r, w); err != nil {
		return err
	}
	return replyTemplate.Send(c, status, d)
}

// mostNamed is how many themes are named beside a reply.
const mostNamed = 3

// largest names what most people wrote about, as far as a view goes, and says where their words can be read.
func (p Pages) largest(ctx context.Context, r round.Round, view result.Viewed) (lines []string, url string, err error) {
	heard, err := result.NewStore(p.DB, p.Key, p.Bank).Heard(ctx, view, r)
	if err != nil || len(heard) == 0 {
		return nil, "", err
	}
	var themes []theme.Theme
	for _, h := range heard {
		themes = append(themes, h.Reading.Themes...)
	}
	slices.SortStableFunc(themes, func(a, b theme.Theme) int { return cmp.Compare(b.Writers, a.Writers) })
	for _, t := range themes[:min(mostNamed, len(themes))] {
		lines = append(lines, fmt.Sprintf("%s: %d people", t.Name, t.Writers))
	}
	return lines, "/rounds/" + r.ID + "/words", nil
}

// heard fills in what the figures say, for whoever may see them.
func (p Pages) heard(c echo.Context, who access.Actor, r round.Round, d *replyPage) error {
	_, view, made, err := p.Look(c.Request().Context(), who, r.ID)
	if err != nil || !made {
		return err
	}
	if d.Wrote, d.Words, err = p.largest(c.Request().Context(), r, view); err != nil {
		return err
	}
	school := view.School()
	if !view.Sees(school.Unit) {
		return nil
	}
	stand := figure.Stand(page.Voice(c), view, school.Unit)
	line := func(s figure.Standing) heardLine {
		l := heardLine{Text: s.Text, Share: s.Share, URL: replyURL(r) + "/answers/new"}
		for _, q := range view.Questions {
			if q.Text == s.Text {
				l.URL += "?question=" + q.ID
			}
		}
		return l
	}
	for _, s := range stand.Weak {
		d.Heard = append(d.Heard, line(s))
	}
	for _, s := range stand.Strong {
		d.Strong = append(d.Strong, line(s))
	}
	return nil
}

// lines are the answers as whoever writes them sees them.
func lines(r round.Round, w action.Whole) []answers {
	v := words.English()
	var list []answers
	for _, answer := range action.Answers {
		group := answers{Heading: v.Say("reply.is." + string(answer))}
		for _, a := range w.By(answer) {
			line := answerLine{ID: a.ID, Heard: a.Heard, Doing: a.Doing, Quick: a.Quick && a.PublishedAt == nil && w.PublishedAt == nil, Remove: a.PublishedAt == nil}
			if answer == action.Together {
				line.Doing = v.Say("reply.pupils."+map[bool]string{true: "pupils", false: "adults"}[bank.IsPupils(r.Audience)]) + " " + a.Pupils + " " + v.Say("reply.staff") + " " + a.Staff
			}
			if a.OwnerName != "" {
				line.Facts = a.OwnerName
				if a.Due != "" {
					line.Facts += ", by " + round.SayDate(a.Due)
				}
			}
			line.Status = "Not published yet"
			if a.PublishedAt != nil {
				line.Status = "Published on " + day(r, *a.PublishedAt)
			}
			group.Lines = append(group.Lines, line)
		}
		if len(group.Lines) > 0 {
			list = append(list, group)
		}
	}
	return list
}

// hard says what readers may find hard.
func hard(h action.Reading) string {
	var said []string
	if h.Sentence > 0 {
		said = append(said, "a sentence of "+itoa(h.Sentence)+" words, where they read up to "+itoa(h.Most)+" at once")
	}
	if h.Long != "" {
		said = append(said, "the word “"+h.Long+"”")
	}
	text := []rune(h.Text)
	if len(text) > 60 {
		text = append(text[:60], '…')
	}
	return "“" + string(text) + "” has " + strings.Join(said, " and ") + "."
}

// staff are the choices of somebody to write or see to something.
func (p Pages) staff(c echo.Context, chosen, nobody string) ([]page.Option, error) {
	list, err := p.Roster().StaffList(c.Request().Context(), page.School(c).SchoolID)
	options := []page.Option{{Label: nobody, Chosen: chosen == ""}}
	for _, m := range list {
		options = append(options, page.Option{Value: m.ID, Label: m.Name(), Chosen: m.ID == chosen})
	}
	return options, err
}

// languages links to the reply in each language that the school may ask in.
func (p Pages) languages(c echo.Context, r round.Round, w action.Whole) ([]page.Link, error) {
	ctx := c.Request().Context()
	spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	have, err := p.store().Languages(ctx, r)
	if err != nil {
		return nil, err
	}
	var list []page.Link
	for _, l := range spoken {
		state := "not begun"
		for _, h := range have {
			switch {
			case h.Language != l.Code:
			case h.Complete(w):
				state = "read by " + h.ApprovedBy
			default:
				state = "a draft: people read English until it is complete and read"
			}
		}
		list = append(list, page.Link{Text: l.English + ": " + state, URL: replyURL(r) + "/languages/" + l.Code})
	}
	return list, nil
}

func (p Pages) save(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	f := action.ReplyForm{WriterID: c.FormValue("writer"), Opening: c.FormValue("opening"), LastHeard: c.FormValue("last_heard"), LastDid: c.FormValue("last_did"), LastWont: c.FormValue("last_wont")}
	err = p.store().SaveReply(c.Request().Context(), who, r, f)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawReply(c, who, status, r, &f, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "Kept.")
}

func (p Pages) publish(c echo.Context, who access.Actor) error {
	r, err := p.find(c, who)
	if err != nil {
		return err
	}
	err = p.store().Publish(c.Request().Context(), who, r)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawReply(c, who, status, r, nil, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, replyURL(r), "The reply is published. Hang up the poster, or show the slides, so that it is heard.")
}

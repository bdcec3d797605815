// Package protecting is where safeguarding leads, deputies and the head read that somebody wants to talk, and say what they
// have done.
package protecting

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.For(access.ReadConcerns, "GET", "/concerns", p.list)
	r.For(access.ReadConcerns, "GET", "/concerns/:id", p.show)
	r.For(access.ReadConcerns, "POST", "/concerns/:id", p.open)
	r.For(access.ReadConcerns, "POST", "/concerns/:id/handling", p.handle)
	r.For(access.ReadConcerns, "POST", "/concerns/:id/removal", p.remove)
	r.For(access.ReadConcerns, "POST", "/concerns/:id/class", p.revealConcern)
	r.For(access.ReadConcerns, "POST", "/concerns/:id/answer", p.answer)
	r.For(access.ReadConcerns, "GET", "/concerns/:id/record", p.record)
	r.For(access.KeepCover, "POST", "/drills", p.tryOut)
	r.For(access.KeepCover, "GET", "/outside", p.outside)
	r.For(access.KeepCover, "POST", "/outside", p.saveOutside)
	r.For(access.OpenEnvelopes, "POST", "/chairs/:id/confirmation", p.confirmChair)
	r.Staff("GET", "/staff-room", p.staffRoom)
	r.For(access.ReadComments, "GET", "/comments", p.comments)
	r.For(access.ReadComments, "GET", "/comments/:id", p.queue)
	r.For(access.ReadComments, "POST", "/comments/:id/next", p.next)
	r.For(access.ReadComments, "POST", "/comments/:id/release", p.let)
	r.For(access.ReadComments, "GET", "/comments/:id/:comment", p.comment)
	r.For(access.ReadComments, "POST", "/comments/:id/:comment/decision", p.decide)
	r.For(access.ReadComments, "POST", "/comments/:id/:comment/class", p.reveal)
	r.For(access.ReadComments, "POST", "/comments/:id/:comment/concern", p.pass)
	r.For(access.OpenEnvelopes, "GET", "/worries/:id", p.worries)
	r.For(access.KeepCover, "GET", "/cover", p.cover)
	r.For(access.KeepCover, "POST", "/cover", p.addAbsence)
	r.For(access.KeepCover, "POST", "/cover/:id/removal", p.removeAbsence)
	r.For(access.HoldKeys, "GET", "/keys", p.keys)
	r.For(access.HoldKeys, "POST", "/keys", p.addKey)
	r.For(access.HoldKeys, "POST", "/keys/trial", p.trial)
	r.For(access.HoldKeys, "POST", "/keys/proof", p.proof)
	r.For(access.HoldKeys, "POST", "/keys/stale", p.nextStale)
	r.For(access.HoldKeys, "POST", "/keys/resealed", p.resealed)
	r.For(access.HoldKeys, "POST", "/keys/:id/end", p.endKey)
	r.For(access.HoldKeys, "GET", "/openings", p.openings)
	r.For(access.HoldKeys, "GET", "/openings/new", p.newOpening) // the safeguarding team, and the chair in what is for them alone
	r.For(access.HoldKeys, "POST", "/openings", p.ask)
	r.For(access.HoldKeys, "GET", "/openings/:id", p.opening)
	r.For(access.HoldKeys, "POST", "/openings/:id/sealed", p.sealed)
	r.For(access.HoldKeys, "POST", "/openings/:id/opened", p.opened)
	r.For(access.HoldKeys, "POST", "/openings/:id/agree", p.agree)
	r.For(access.HoldKeys, "POST", "/openings/:id/refuse", p.refuse)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{listTemplate, concernTemplate, commentsTemplate, queueTemplate, commentTemplate, coverTemplate, recordTemplate, outsideTemplate, worriesTemplate, staffRoomTemplate,
		keysTemplate, openingsTemplate, newOpeningTemplate, openingTemplate, chairOpeningTemplate}
}

func (p Pages) store() safeguard.Store { return safeguard.NewStore(p.DB, p.Key) }

// listPage lists what waits and what has been dealt with, without a word of it.
type listPage struct {
	page.Base
	Waiting []line
	Done    []line
	Mail    bool // alerts go out by mail
	Keeps   bool // the reader belongs to those who keep it working
	Keys    bool // the school has, or prepares, a confidential round
	Drill   string
	Due     bool // nobody has tried it out this term
	Older   bool // the reader is a new chair, and something came before them
	Chairs  []newChair
	NoCalls bool // nobody has written down whom to call
}

// newChair is a chair of governors whom the reader can confirm.
type newChair struct{ ID, Name, Made, On string }

type line struct {
	ID    string
	Title string
	State string
	Text  string
	New   bool
	Drill bool
}

var listTemplate = page.New("protecting/list", "base", listPage{})

var states = map[safeguard.State]string{safeguard.New: "Nobody has read it", safeguard.Read: "Read", safeguard.NoConcern: "No concern", safeguard.Recorded: "Recorded elsewhere", safeguard.Referred: "Referred"}

func (p Pages) list(c echo.Context, who access.Actor) error {
	all, err := p.store().List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := listPage{Base: p.NewBase(c, "Somebody wants to talk"), Mail: p.Mail != nil}
	zone := page.School(c).Zone()
	if d.Keeps = access.Can(who, access.KeepCover, access.Object{School: who.School}); d.Keeps {
		if d.Drill, d.Due, err = p.lastDrill(c, who); err != nil {
			return err
		}
		d.NoCalls = !page.School(c).CanEscalate()
	}
	if d.Keys, err = p.hasKeys(c, who); err != nil {
		return err
	}
	older, err := p.store().Older(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d.Older = older > 0
	if d.Chairs, err = p.newChairs(c, who); err != nil {
		return err
	}
	for _, k := range all {
		l := line{ID: k.ID, Title: "Somebody wants to talk", State: states[k.State], New: k.State == safeguard.New, Drill: k.Drill, Text: to(k)}
		if k.ArrivedAt != nil {
			l.Title = "Came on " + k.ArrivedAt.In(zone).Format("Monday 2 January at 15:04")
			if wait := p.DB.Now().Sub(*k.ArrivedAt); k.State == safeguard.New && wait > time.Hour {
				l.Text += " It has waited for " + hours(wait) + "."
			}
		}
		if k.Drill {
			l.Text = "A test: nobody wrote it. " + l.Text
		}
		if k.Open() {
			d.Waiting = append(d.Waiting, l)
		} else {
			l.Title = "Dealt with on " + round.SayDate(storage.Date(k.HandledOn))
			d.Done = append(d.Done, l)
		}
	}
	return listTemplate.Send(c, http.StatusOK, d)
}

func hours(d time.Duration) string {
	if d < 2*time.Hour {
		return "over an hour"
	}
	if d < 48*time.Hour {
		return "hours"
	}
	return "days"
}

func to(k safeguard.Concern) string {
	switch k.GoesTo {
	case safeguard.Head:
		return "For the head alone."
	case safeguard.Chair:
		return "For the chair of governors alone."
	case safeguard.Leads:
		return "For the safeguarding team alone."
	}
	return "For the safeguarding team and the head."
}

// concernPage is one of them, opened.
type concernPage struct {
	page.Base
	ID    string
	State string
	To    string
	Came  string
	Open  bool
	Said  *safeguard.Said // nil before it is opened
	Form  page.Form
	Drill bool
	Calls []roster.Contact // whom to call outside school
	// What went to and fro with somebody who has a way back.
	Way    bool
	Talk   []talkLine
	Notes  []noteLine
	Answer page.Form
	// Of a copy of a comment: where it was written, once somebody has said why they need it.
	Whose behind // of a confidential or named round
	Copy  bool
	Class string
	Why   page.Form
}

// talkLine is one message after the first; noteLine what an adult did or wrote beside it. Days are said in words.
type talkLine struct {
	By, On, Text string
	Theirs       bool
}

type noteLine struct {
	By, On, Text string
	Class        bool // why they asked for the class
}

func noted(said safeguard.Said) (list []noteLine) {
	for _, n := range said.Notes {
		list = append(list, noteLine{n.By, round.SayDate(storage.Date(n.On)), n.Text, n.Class})
	}
	return list
}

var concernTemplate = page.New("protecting/concern", "base", concernPage{})

// show asks whoever comes to open it: that somebody reads it is written down, and a page that is only looked at by a
// program or fetched ahead must not count as having been read.
func (p Pages) show(c echo.Context, who access.Actor) error {
	all, err := p.store().List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.ID == c.Param("id") {
			return p.draw(c, http.StatusOK, who, k, nil, page.Errors{})
		}
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

func (p Pages) open(c echo.Context, who access.Actor) error {
	k, said, err := p.store().Open(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.draw(c, http.StatusOK, who, k, &said, page.Errors{})
}

func (p Pages) draw(c echo.Context, status int, who access.Actor, k safeguard.Concern, said *safeguard.Said, errs page.Errors) error {
	d := concernPage{Base: p.NewBase(c, "Somebody wants to talk"), ID: k.ID, State: states[k.State], To: to(k), Open: k.Open(), Said: said}
	d.Crumbs = []page.Link{{Text: "Somebody wants to talk", URL: "/concerns"}, {Text: states[k.State], Here: true}}
	if k.ArrivedAt != nil {
		d.Came = "Came on " + k.ArrivedAt.In(page.School(c).Zone()).Format("Monday 2 January at 15:04") + "."
	}
	d.Drill, d.Calls = k.Drill, page.School(c).WhoToCall()
	if said != nil {
		way, err := p.store().HasWayBack(c.Request().Context(), who, k.ID)
		if err != nil {
			return err
		}
		d.Way, d.Talk, d.Notes = way, talked(*said), noted(*said)
		if d.Whose, err = p.whose(c.Request().Context(), who, said.Round, said.Tie, envelope.Concern); err != nil {
			return err
		}
		if d.Whose.Others && k.GoesTo == safeguard.Chair && envelope.Sole(who) {
			d.Whose.Ask, d.Whose.Others, d.Whose.Sole = "/openings/new?"+url.Values{"concern": {k.ID}}.Encode(), false, true
		}
		d.Answer = page.NewForm(errs, page.Field{Name: "answer", Label: "Your answer", Rows: 4, Value: c.FormValue("answer"),
			Hint: "They read it with your name when they come back with their 16 numbers; nothing tells them that it is here. Ask who they are, and say when and where somebody is there for them. Nobody can come to them unless they say who they are."})
	}
	if said != nil {
		said.Notes = dated(said.Notes)
	}
	if said != nil && said.Unit != "" {
		class, err := p.class(c, who, *said)
		if err != nil {
			return err
		}
		d.Copy, d.Class, d.Title = true, class, "Words that cannot wait"
		d.Why = page.NewForm(errs, page.Field{Name: "why", Label: "Why you need to know the class", Value: c.FormValue("why")})
	}
	state := page.Field{Name: "state", Label: "What has been done?"}
	for _, s := range []struct {
		state safeguard.State
		label string
		hint  string
	}{
		{safeguard.Read, "Still on it", ""}, {safeguard.Recorded, "Recorded where we keep our records", ""},
		{safeguard.Referred, "Referred to somebody outside school", ""}, {safeguard.NoConcern, "No concern", "Somebody tried it out, or it has sorted itself out."}} {
		state.Options = append(state.Options, page.Option{Value: string(s.state), Label: s.label, Hint: s.hint, Chosen: k.State == s.state})
	}
	d.Form = page.NewForm(errs, state, page.Field{Name: "note", Label: "A note for those who read this too", Rows: 3, Value: c.FormValue("note")})
	return concernTemplate.Send(c, status, d)
}

// class is where a copy of a comment was written, for somebody who has said why they need it; empty for everybody else.
func (p Pages) class(c echo.Context, who access.Actor, said safeguard.Said) (string, error) {
	ctx := c.Request().Context()
	if !slices.Contains(said.Revealed, who.Person) {
		return "", nil
	}
	units, err := p.Rounds().Units(ctx, round.Round{SchoolID: who.School, ID: said.Round})
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(units, func(u round.Unit) bool { return u.ID == said.Unit })
	if i < 0 {
		return "", nil
	}
	return units[i].Name, nil
}

func (p Pages) revealConcern(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	err := p.store().Reveal(ctx, who, c.Param("id"), c.FormValue("why"))
	if errs, status, ok := page.Explain(c, err); ok {
		k, said, err := p.store().Open(ctx, who, c.Param("id"))
		if err != nil {
			return err
		}
		return p.draw(c, status, who, k, &said, errs)
	} else if err != nil {
		return err
	}
	k, said, err := p.store().Open(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.draw(c, http.StatusOK, who, k, &said, page.Errors{})
}

func (p Pages) handle(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	err := p.store().Handle(ctx, who, c.Param("id"), safeguard.State(c.FormValue("state")), c.FormValue("note"))
	if errs, status, ok := page.Explain(c, err); ok {
		k, said, err := p.store().Open(ctx, who, c.Param("id"))
		if err != nil {
			return err
		}
		return p.draw(c, status, who, k, &said, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/concerns", "Kept.")
}

func (p Pages) remove(c echo.Context, who access.Actor) error {
	err := p.store().Remove(c.Request().Context(), who, c.Param("id"))
	if errs, _, ok := page.Explain(c, err); ok {
		return p.Done(c, "/concerns", errs.Summary)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/concerns", "Deleted.")
}

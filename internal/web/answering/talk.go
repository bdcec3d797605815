package answering

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// talkPage is where somebody writes to an adult who can help. It is a page of its own, beside the survey: what is written
// here is sent now or not at all, and never waits on a device.
type talkPage struct {
	answerFrame
	Action  string
	Lines   []string
	People  []helpPerson
	Problem string
	ID      string // made with the page: the same message sent again is known by it
	Name    string
	Words   string
	Head    bool // the head alone
	Say     talkWords
	Back    linkView
	Sent    []string // what is said once it has been sent; then there is no form
}

// talkWords are what stands beside the boxes.
type talkWords struct {
	Name, NameHint, Words, To, Team, Head, Send, NotSent string
}

var talkTemplate = page.New("answering/talk", "answer", talkPage{})

// talkTo finds the round, in every state in which somebody may still have its address, and the reader's language.
func (p Pages) talkTo(c echo.Context) (r round.Round, v words.Voice, err error) {
	a, err := p.ask(c)
	if err != nil {
		return r, v, err
	}
	if a.round.OpenedAt == nil {
		return r, v, fault.New(fault.NotFound, "round.no_code")
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return a.round, a.tongues.voice(a.tongues.reading(c, bank.AnyDevice).language), nil
}

// talkAddress is the page in the language of a voice: what a browser asks for may be another.
func talkAddress(v words.Voice, r round.Round) string {
	return "/a/" + r.Code + "/talk?lang=" + codeOf(v)
}

func codeOf(v words.Voice) string {
	l, _ := words.Find(v.Lang)
	return l.Code
}

func (p Pages) newTalk(c echo.Context, r round.Round, v words.Voice) (talkPage, error) {
	d := talkPage{answerFrame: frame(v, r), Action: talkAddress(v, r), Back: linkView{v.Say("talk.back"), "/a/" + r.Code + "?lang=" + codeOf(v)}}
	d.Title, d.Help.Write, d.Help.Intro = v.Say("talk.title"), linkView{}, ""
	people, err := p.helpersToday(c, r, v)
	if err != nil {
		return d, err
	}
	d.People, d.Help.People = people, people
	d.ID = storage.NewID()
	school, err := p.Roster().School(c.Request().Context(), r.SchoolID)
	if err != nil {
		return d, err
	}
	now, hours := p.DB.Now(), participation.HoursOf(school)
	d.Lines = []string{v.Say("talk.lead")}
	switch {
	case p.Mail == nil: // nobody is told; it waits until somebody signs in
		d.Lines = append(d.Lines, v.Say("talk.call"))
	case hours.In(now):
		d.Lines = append(d.Lines, v.Say("talk.when_now"), v.Say("talk.call"))
	default:
		next := hours.Next(now).In(hours.Zone)
		d.Lines = append(d.Lines, v.Say("talk.when_later", words.V{"When": moment(v, next)}))
	}
	d.Lines = append(d.Lines, v.Say("talk.keep"))
	line := ""
	if len(d.Help.Lines) > 0 {
		// A number stays on one line, and keeps its own direction where the sentence runs from right to left.
		line = d.Help.Lines[0].Name + ", \u2066" + strings.ReplaceAll(d.Help.Lines[0].Phone, " ", "\u00a0") + "\u2069"
	}
	notSent := v.Say("talk.not_sent_short", words.V{"Line": line})
	if len(d.People) > 0 {
		who := d.People[0].Name
		if place := d.People[0].Place; place != "" {
			who += " (" + place + ")"
		}
		notSent = v.Say("talk.not_sent", words.V{"Who": who, "Line": line})
	}
	d.Say = talkWords{Name: v.Say("talk.name"), NameHint: v.Say("talk.name_hint"), Words: v.Say("talk.words"), To: v.Say("talk.to"), Team: v.Say("talk.to_team"), Head: v.Say("talk.to_head"),
		Send: v.Say("talk.send"), NotSent: notSent}
	return d, nil
}

// helpersToday are those who read what is sent: whoever holds these posts now. At opening it may have been others.
func (p Pages) helpersToday(c echo.Context, r round.Round, v words.Voice) (list []helpPerson, err error) {
	for _, post := range []struct {
		role access.Role
		name string
	}{{access.SafeguardingLead, "help.lead"}, {access.SafeguardingDeputy, "help.deputy"}} {
		holders, err := p.Roster().Holders(c.Request().Context(), r.SchoolID, post.role)
		if err != nil {
			return nil, err
		}
		for _, m := range holders {
			list = append(list, helpPerson{Name: m.Name(), Role: v.Say(post.name), Place: m.Place()})
		}
	}
	return list, nil
}

func (p Pages) talk(c echo.Context) error {
	r, v, err := p.talkTo(c)
	if err != nil {
		return err
	}
	d, err := p.newTalk(c, r, v)
	if err != nil {
		return err
	}
	return talkTemplate.Send(c, http.StatusOK, d)
}

// sendTalk answers 200 only once it is on disk. Whatever goes wrong, the page comes back with everything in its boxes and
// says that it has not been sent.
func (p Pages) sendTalk(c echo.Context) error {
	r, v, err := p.talkTo(c)
	if err != nil {
		return err
	}
	d, err := p.newTalk(c, r, v)
	if err != nil {
		return err
	}
	if id := c.FormValue("id"); len(id) > 20 && len(id) < 60 {
		d.ID = id
	}
	f := safeguard.Form{ID: d.ID, Name: c.FormValue("name"), Words: c.FormValue("words"), To: safeguard.To(c.FormValue("to"))}
	status := http.StatusOK
	err = safeguard.NewStore(p.DB, p.Key).Ask(c.Request().Context(), r.SchoolID, f)
	problem, mine := fault.Of(err)
	switch {
	case err == nil:
		d.Title, d.Sent = v.Say("talk.sent_title"), []string{v.Say("talk.call")}
		if p.Mail != nil {
			d.Sent[0] = v.Say("talk.sent")
		}
		if strings.TrimSpace(f.Name) == "" {
			d.Sent = append(d.Sent, v.Say("talk.sent_no_name"))
		}
	case mine && problem.Kind == fault.Invalid:
		status, d.Problem = http.StatusUnprocessableEntity, v.Say(problem.Fields["words"].Key)
	default:
		p.Log.Error("request to talk not stored", "error", err) // never what it said
		status, d.Problem = http.StatusServiceUnavailable, d.Say.NotSent
	}
	if wantsJSON(c) {
		return c.JSON(status, map[string]any{"title": d.Title, "lines": d.Sent, "problem": d.Problem})
	}
	d.Name, d.Words, d.Head = f.Name, f.Words, f.To == safeguard.Head
	return talkTemplate.Send(c, status, d)
}

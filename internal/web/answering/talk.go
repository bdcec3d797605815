package answering

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
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
	To      safeguard.To
	Chair   bool // somebody chairs the governors who can be told
	Say     talkWords
	Back    linkView
	Find    linkView // to the answer of an adult, with the digits of a receipt
	Sent    []string // what is said once it has been sent; then there is no form
	Receipt *receiptView
	adults  safeguard.Adults
}

// receiptView is the way back, shown this once.
type receiptView struct {
	Title  string   `json:"title"`
	Digits string   `json:"digits"`
	Lines  []string `json:"lines"`
}

// talkWords are what stands beside the boxes.
type talkWords struct {
	Name, NameHint, Words, To, Team, Head, Chair, NoChair, Send, NotSent string
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

// talkPlaces are the pages of a survey that are not the usual one, as they stand in its address.
var talkPlaces = map[bank.Route]string{bank.SharedDevice: "shared", bank.AdultHelper: "helper"}

func codeOf(v words.Voice) string {
	l, _ := words.Find(v.Lang)
	return l.Code
}

func (p Pages) newTalk(c echo.Context, r round.Round, v words.Voice) (talkPage, error) {
	d := talkPage{answerFrame: frame(v, r), Action: talkAddress(v, r), Back: linkView{v.Say("talk.back"), "/a/" + r.Code + "?lang=" + codeOf(v)}}
	for _, place := range talkPlaces {
		if c.QueryParam("on") == place {
			d.Action += "&on=" + place
			d.Back.URL = "/a/" + r.Code + "/" + place + "?ready=1&lang=" + codeOf(v)
		}
	}
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
	adults, err := collecting.Adults(c.Request().Context(), p.DB, r.SchoolID)
	if err != nil {
		return d, err
	}
	adults.Chair = adults.Chair && p.Mail != nil
	d.To, d.Chair, d.adults = safeguard.Team, adults.Chair, adults
	d.Find = linkView{v.Say("talk.find_link"), p.findAddress(v, r)}
	toHead := v.Say("talk.to_head")
	if d.Chair {
		toHead = v.Say("talk.to_head_chair")
	}
	d.Say = talkWords{Name: v.Say("talk.name"), NameHint: v.Say("talk.name_hint"), Words: v.Say("talk.words"), To: v.Say("talk.to"), Team: v.Say("talk.to_team"), Head: toHead,
		Chair: v.Say("talk.to_chair"), NoChair: v.Say("talk.no_chair", words.V{"Line": line}),
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

// openTalk is the page as it is found, with the round and the reader's language.
func (p Pages) openTalk(c echo.Context) (r round.Round, v words.Voice, d talkPage, err error) {
	if r, v, err = p.talkTo(c); err == nil {
		d, err = p.newTalk(c, r, v)
	}
	return r, v, d, err
}

func (p Pages) talk(c echo.Context) error {
	_, _, d, err := p.openTalk(c)
	if err != nil {
		return err
	}
	return talkTemplate.Send(c, http.StatusOK, d)
}

// talkAway is what the page says without a connection: that nothing can be sent, whom to go to and whom to call. A device
// keeps it beside the survey. It is the same for everybody who reads the survey in this language.
func (p Pages) talkAway(c echo.Context) error {
	_, v, d, err := p.openTalk(c)
	if err != nil {
		return err
	}
	d.Sent = []string{v.Say("talk.away"), d.Say.NotSent}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return talkTemplate.Send(c, http.StatusOK, d)
}

// sendTalk answers 200 only once it is on disk. Whatever goes wrong, the page comes back with everything in its boxes and
// says that it has not been sent.
func (p Pages) sendTalk(c echo.Context) error {
	r, v, d, err := p.openTalk(c)
	if err != nil {
		return err
	}
	if id := c.FormValue("id"); len(id) > 20 && len(id) < 60 {
		d.ID = id
	}
	f := safeguard.Form{ID: d.ID, Name: c.FormValue("name"), Words: c.FormValue("words"), To: safeguard.To(c.FormValue("to")), Adults: d.adults}
	status, id := http.StatusOK, ""
	if f.To == safeguard.Chair && !d.Chair {
		err = fault.Field("words", "talk.no_chair") // nobody could be told, and nobody else may read it
	} else {
		id, err = safeguard.NewStore(p.DB, p.Key).Ask(c.Request().Context(), r.SchoolID, f)
	}
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
		d.Receipt = p.receipt(c.Request().Context(), v, r, id)
	case mine && problem.Kind == fault.Invalid:
		status, d.Problem = http.StatusUnprocessableEntity, v.Say(problem.Fields["words"].Key)
		if f.To == safeguard.Chair && !d.Chair {
			d.Problem = d.Say.NoChair
		}
	default:
		p.Log.Error("request to talk not stored", "error", err) // never what it said
		status, d.Problem = http.StatusServiceUnavailable, d.Say.NotSent
	}
	if wantsJSON(c) {
		return c.JSON(status, map[string]any{"title": d.Title, "lines": d.Sent, "problem": d.Problem, "receipt": d.Receipt})
	}
	d.Name, d.Words = f.Name, f.Words
	if f.To == safeguard.Head || f.To == safeguard.Chair {
		d.To = f.To
	}
	return talkTemplate.Send(c, status, d)
}

// receiptWithin is how long somebody waits for their receipt. What they wrote is on disk by then; without a receipt it is as
// safe, only nobody can answer it.
const receiptWithin = 4 * time.Second

// receipt makes the way back to somebody who has just written; nil where that cannot be done now.
func (p Pages) receipt(ctx context.Context, v words.Voice, r round.Round, concern string) *receiptView {
	ctx, cancel := context.WithTimeout(ctx, receiptWithin)
	defer cancel()
	digits, err := safeguard.NewStore(p.DB, p.Key).WayBack(ctx, r.SchoolID, concern)
	if err != nil {
		p.Log.Warn("no receipt made", "error", err)
	}
	if err != nil || digits == "" {
		return nil
	}
	address := "\u2066" + strings.TrimPrefix(strings.TrimPrefix(p.BaseURL, "https://"), "http://") + "/talk\u2069"
	return &receiptView{Title: v.Say("talk.receipt_title"), Digits: safeguard.InFours(digits),
		Lines: []string{v.Say("talk.receipt"), v.Say("talk.receipt_how", words.V{"Address": address})}}
}

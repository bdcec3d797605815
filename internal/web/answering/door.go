package answering

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// doorPage is where the young children of a form tap the three pictures of their card, on a device that an adult gives them.
type doorPage struct {
	answerFrame
	Languages []languageView
	Language  string // that was chosen; empty where the browser asks for it
	Action    string
	Form      string // its name
	Problem   string
	Taps      string // what has been tapped: "3-7"
	Step      string // what to tap now
	Steps     string // JSON: what is said before each tap
	Slots     []string
	Pictures  []pictureView
	Again     string
	Moment    string
	Offline   string
	Shut      []linkView // what can be done where no pictures can be tapped any more; then there are none
}

type pictureView struct {
	Number int
	Name   string
	Label  string // for those who hear it
}

// doorReply is the answer to three pictures from the script: where to go, or why nowhere.
type doorReply struct {
	URL     string `json:"url,omitempty"`
	Message string `json:"message,omitempty"`
	Shut    bool   `json:"shut,omitempty"` // there are no pictures any more
}

var doorTemplate = page.New("answering/card_door", "answer", doorPage{})

// door is a round and the form whose children tap.
type door struct {
	*asked
	form   roster.Group
	code   string
	as     reading
	voice  words.Voice
	chosen string // the language that was chosen, if one was
	device string // the mark of the device; no two doors give it the same
	over   bool   // the survey is over, and there is no door any more
}

// name is what its tries are counted under.
func (d door) name() string { return d.round.ID + d.form.ID }

// atDoor finds what a door leads to.
func (p Pages) atDoor(c echo.Context, from url.Values) (d door, err error) {
	if d.asked, err = p.ask(c); err != nil {
		return d, err
	}
	d.code = c.Param("door")
	if d.over = d.round.Personal() && d.round.OpenedAt != nil && d.round.State != round.Open; d.over {
		return d, nil
	}
	if d.form, err = participation.NewStore(p.DB, p.Key).BehindDoor(c.Request().Context(), d.round, d.code); err != nil {
		return d, err
	}
	d.as = d.tongues.chosen(c, bank.AnyDevice, from)
	d.as.both = false
	d.voice = d.tongues.voice(d.as.language)
	if from.Get("lang") == d.as.language {
		d.chosen = d.as.language
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	d.device = p.deviceAt(c, doorAddress(d.round, d.code))
	return d, nil
}

// deviceAt is the mark of a device at one door: a random one, which is sent to that door alone and only tells its tries from
// those of others.
func (p Pages) deviceAt(c echo.Context, address string) string {
	const name = "earshot-door"
	if ck, err := c.Cookie(name); err == nil && len(ck.Value) > 20 && len(ck.Value) < 60 {
		return ck.Value
	}
	id := storage.NewID()
	c.SetCookie(&http.Cookie{Name: name, Value: id, Path: address, HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteStrictMode})
	return id
}

// doorAddress is a door's address on this server.
func doorAddress(r round.Round, door string) string { return "/c/" + r.Code + "/" + door }

var stepKeys = []string{"card.first", "card.second", "card.third"}

func (d door) draw(tapped []int) doorPage {
	v := d.voice
	view := doorPage{answerFrame: frame(v, d.round), Languages: d.tongues.links(d.as), Language: d.chosen, Action: doorAddress(d.round, d.code), Form: d.form.Name,
		Again: v.Say("card.again"), Moment: v.Say("card.moment"), Offline: v.Say("card.offline")}
	view.Title = v.Say("card.door")
	var steps, taps []string
	for _, key := range stepKeys {
		steps = append(steps, v.Say(key))
	}
	text, _ := json.Marshal(steps) // strings always encode
	view.Step, view.Steps = steps[min(len(tapped), len(steps)-1)], string(text)
	for i := range stepKeys {
		name := ""
		if i < len(tapped) {
			name = participation.Picture(tapped[i])
			taps = append(taps, strconv.Itoa(tapped[i]))
		}
		view.Slots = append(view.Slots, name)
	}
	view.Taps = strings.Join(taps, "-")
	for i, name := range participation.Pictures {
		view.Pictures = append(view.Pictures, pictureView{i + 1, name, v.Say("card.picture." + name)})
	}
	return view
}

// drawNow is the page before anything is tapped: the pictures, or why there are none.
func (d door) drawNow() doorPage {
	if !tries.shut(d.name(), d.device) {
		return d.draw(nil)
	}
	view := doorPage{answerFrame: frame(d.voice, d.round), Languages: d.tongues.links(d.as), Form: d.form.Name, Problem: d.voice.Say("card.shut")}
	view.Title = d.voice.Say("card.title")
	view.Shut = []linkView{{d.voice.Say("card.adult"), doorAddress(d.round, d.code) + "/open"}, {d.voice.Say("card.typed"), inLanguage("/c", d.chosen)}}
	return view
}

// door shows the pictures.
func (p Pages) door(c echo.Context) error {
	d, err := p.atDoor(c, c.QueryParams())
	if err != nil {
		return err
	}
	if err := p.leaveDoor(c, d); err != nil {
		return err
	}
	if d.over {
		return c.Redirect(http.StatusSeeOther, "/a/"+d.round.Code)
	}
	return doorTemplate.Send(c, http.StatusOK, d.drawNow())
}

// tap takes the next picture, and with the third leads to the survey on a device that several people use. Pictures that open
// nothing, and those of a child who has answered, come to the same sentence.
func (p Pages) tap(c echo.Context) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	d, err := p.atDoor(c, form)
	if err != nil {
		return err
	}
	if err := p.leaveDoor(c, d); err != nil {
		return err
	}
	if d.over {
		if wantsJSON(c) {
			return c.JSON(http.StatusGone, doorReply{URL: "/a/" + d.round.Code})
		}
		return c.Redirect(http.StatusSeeOther, "/a/"+d.round.Code)
	}
	tapped := tappedOf(form)
	if len(tapped) < len(stepKeys) {
		return doorTemplate.Send(c, http.StatusOK, d.draw(tapped))
	}
	what, first := tries.enter(d.name(), d.device)
	switch what {
	case isShut:
		return p.shut(c, d, http.StatusTooManyRequests, "card.shut")
	case wait:
		return p.shut(c, d, http.StatusServiceUnavailable, "card.busy")
	}
	// Pictures that nobody has and those of a child who has answered take the same time.
	if !pause(ctx, first) {
		return ctx.Err()
	}
	began := time.Now()
	a, ok, err := participation.NewStore(p.DB, p.Key).ByPictures(ctx, d.round, d.form.ID, [3]int(tapped))
	if err != nil {
		return err
	}
	if !ok {
		if !pause(ctx, refuseAfter-time.Since(began)) {
			return ctx.Err()
		}
		return p.shut(c, d, http.StatusNotFound, "card.no_pictures")
	}
	tries.right(d.name(), d.device, a.Slip)
	// The door stands in the address, so that the device can come back to it for the next child.
	next := url.Values{"ready": {"1"}, "door": {d.code}}
	if d.chosen != "" {
		next.Set("lang", d.chosen)
	}
	address := "/a/" + a.Code + "/" + talkPlaces[bank.SharedDevice] + "?" + next.Encode() + "#" + a.Slip
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, doorReply{URL: address})
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// refuseAfter is how long it takes to say that pictures open nothing.
const refuseAfter = 300 * time.Millisecond

// pause waits, unless whoever asked has gone.
func pause(ctx context.Context, long time.Duration) bool {
	select {
	case <-time.After(long):
		return true
	case <-ctx.Done():
		return false
	}
}

// shut says why a door stays shut, and is ready for three pictures again unless an adult has to open it.
func (p Pages) shut(c echo.Context, d door, status int, key string) error {
	view := d.drawNow()
	if wantsJSON(c) {
		return c.JSON(status, doorReply{Message: d.voice.Say(key), Shut: view.Shut != nil})
	}
	if view.Shut == nil {
		view.Problem = d.voice.Say(key)
	}
	return doorTemplate.Send(c, status, view)
}

// tappedOf reads the pictures of a form: those before, and the one that was tapped now. Tapping one twice counts once, and
// whoever starts again has tapped none.
func tappedOf(form url.Values) (tapped []int) {
	if form.Get("again") != "" {
		return nil
	}
	for _, text := range append(strings.Split(form.Get("taps"), "-"), form.Get("tap")) {
		n, err := strconv.Atoi(text)
		if err != nil || participation.Picture(n) == "" || len(tapped) == len(stepKeys) || slices.Contains(tapped, n) {
			continue
		}
		tapped = append(tapped, n)
	}
	return tapped
}

package protecting

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// keysPage says who holds a key to sealed names. The key of whoever reads it is made, tried and used by the page's script; the
// server never has it.
type keysPage struct {
	page.Base
	Groups   []keyGroup
	Key      keyPanel
	HasKey   bool
	Mine     string // when it was made
	Tried    string
	Due      bool   // it has not been tried this term
	Stale    string // how many names are not sealed to all keys; empty where there are none
	StaleHow string
	StaleDo  string // what the reader can do about them; empty for nothing
	Today    string
	Address  string // of this page, for the recovery sheet
}

type keyGroup struct {
	Title, Hint string
	People      []keyLine
}

// keyLine is somebody who may hold a key.
type keyLine struct {
	Name, Roles, Status, Text string
	End                       string // where the reader may end it; empty if they may not
}

// keyPanel is the part of a page in which somebody opens their key.
type keyPanel struct {
	Place     string // the name under which the reader's keys lie in their browser
	Recipient string // the public half of their present key; empty without one
	Today     storage.Date
}

var keysTemplate = page.New("protecting/keys", "base", keysPage{})

func (p Pages) envelopes() envelope.Store { return envelope.NewStore(p.DB, p.Key) }

// keyBase is the base of a page on which keys are used.
func (p Pages) keyBase(c echo.Context, title, script string) page.Base {
	b := p.NewBase(c, title)
	b.CSS = append(b.CSS, static.Path("css/keys.css"))
	b.JS = append(b.JS, static.Path(script))
	return b
}

func (p Pages) keyPanel(c echo.Context, who access.Actor, list []envelope.KeyOf) keyPanel {
	k := keyPanel{Place: "earshot-key " + who.School + " " + who.Person, Today: storage.DateOf(p.DB.Now(), page.School(c).Zone())}
	if i := mine(list, who); i >= 0 && list[i].Key != nil {
		k.Recipient = list[i].Key.Recipient
	}
	return k
}

func mine(list []envelope.KeyOf, who access.Actor) int {
	return slices.IndexFunc(list, func(k envelope.KeyOf) bool { return k.Person.ID == who.Person })
}

func (p Pages) keys(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	list, err := p.envelopes().Holders(ctx, who.School)
	if err != nil {
		return err
	}
	d := keysPage{Base: p.keyBase(c, "Keys to sealed names", "js/keys.js"), Key: p.keyPanel(c, who, list)}
	needed, err := p.envelopes().NeedsSecond(ctx, who.School)
	if err != nil {
		return err
	}
	d.Today, d.Address = round.SayDate(d.Key.Today), page.Bare(p.BaseURL)+"/keys"
	if i := mine(list, who); i >= 0 && list[i].Key != nil {
		d.HasKey, d.Due = true, list[i].Due
		d.Mine, d.Tried = "You made it on "+round.SayDate(list[i].Key.MadeOn)+".", tried(list[i])
	}
	for _, g := range []struct {
		group       envelope.Group
		title, hint string
	}{
		{envelope.Safeguarding, "Safeguarding lead and deputies", "They open a name when somebody may be in danger."},
		{envelope.Second, "Head and chair of governors", "They are told. Where a survey promises that two people are always needed, one of them takes off an outer seal first, and cannot see the name."},
	} {
		part := keyGroup{Title: g.title, Hint: g.hint}
		for _, k := range list {
			if k.Group == g.group {
				part.People = append(part.People, lineOf(who, k, needed))
			}
		}
		d.Groups = append(d.Groups, part)
	}
	if err := p.stale(c, who, &d); err != nil {
		return err
	}
	return keysTemplate.Send(c, http.StatusOK, d)
}

func tried(k envelope.KeyOf) string {
	if k.Key.ProvedOn == "" {
		return "It has not been tried yet."
	}
	return "Last tried on " + round.SayDate(k.Key.ProvedOn) + "."
}

// lineOf is somebody who may hold a key. Of a chair others learn that there is one where the school needs it, needed, and nothing else.
func lineOf(who access.Actor, k envelope.KeyOf, needed bool) keyLine {
	v := words.English()
	l := keyLine{Name: k.Person.Name(), Status: "no key yet"}
	var roles []string
	for _, r := range access.Roles {
		if k.Person.Is(r) && access.Can(access.Actor{Account: "-", School: "-", Roles: []access.Role{r}}, access.HoldKeys, access.Object{School: "-"}) {
			roles = append(roles, strings.ToLower(v.Say("role."+string(r))))
		}
	}
	l.Roles = strings.Join(roles, ", ")
	if k.Secret(who) && !needed {
		l.Status, l.Text = "not shown", "Only the chair and the safeguarding lead see here whether there is a key. It is best made ahead, so that nobody can tell from it that something came for the chair."
		return l
	}
	if k.Key == nil {
		return l
	}
	l.Status, l.Text = "has a key", "Made on "+round.SayDate(k.Key.MadeOn)+". "+tried(k)
	if k.Due {
		l.Status = "not tried this term"
	}
	if k.Secret(who) {
		l.Text = ""
	}
	if k.MayEnd(who) {
		l.End = "/keys/" + k.Key.ID + "/end"
	}
	return l
}

// stale fills in what there is to seal anew, and what the reader can do about it.
func (p Pages) stale(c echo.Context, who access.Actor, d *keysPage) error {
	ctx := c.Request().Context()
	n, err := p.envelopes().Stale(ctx, who.School)
	if err != nil || n == 0 {
		return err
	}
	d.Stale = fmt.Sprintf("%d sealed names are not sealed to everybody who holds a key now.", n)
	if n == 1 {
		d.Stale = "One sealed name is not sealed to everybody who holds a key now."
	}
	can, _, err := p.envelopes().CanReseal(ctx, who)
	if err != nil {
		return err
	}
	second := envelope.GroupOf(who) == envelope.Second
	switch {
	case can == 0 && !second:
		d.StaleHow = "Somebody to whose key they are sealed can mend that here: their browser opens each and seals it anew. No name is shown to anybody."
	case can > 0 && second:
		d.StaleDo = "Take off the outer seals"
		d.StaleHow = fmt.Sprintf("In %d of them two people are always needed. Your browser takes off the outer seal; today still, somebody of the safeguarding team has to seal them anew here. What they have not done by night is as it was before.", can)
	case can > 0:
		d.StaleDo = "Seal them anew"
		d.StaleHow = fmt.Sprintf("Your browser can open %d of them and seal them to everybody. No name is shown to anybody.", can)
		if can == n {
			d.StaleHow = "Your browser opens each and seals it to everybody. No name is shown to anybody."
		}
	}
	if can < n && !second {
		d.StaleHow += " Where two people are always needed, the head or the chair has to take off the outer seal first, on this page, on the same day."
	} else if can < n {
		d.StaleHow += " The safeguarding team has to go on, on this page."
	}
	if can > 0 {
		d.StaleHow += " That you did is written down, and the head and the chair of governors are told."
	}
	d.StaleHow = strings.TrimSpace(d.StaleHow)
	return nil
}

func (p Pages) addKey(c echo.Context, who access.Actor) error {
	_, err := p.envelopes().AddKey(c.Request().Context(), who, c.FormValue("recipient"))
	return p.toKeys(c, err, "Your key is there. Try it once now, so that you know that it works.")
}

// toKeys leads back to the page of keys with what came of something.
func (p Pages) toKeys(c echo.Context, err error, sentence string) error {
	if errs, _, ok := page.Explain(c, err); ok {
		return p.Done(c, "/keys", errs.Summary)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/keys", sentence)
}

func (p Pages) endKey(c echo.Context, who access.Actor) error {
	err := p.envelopes().EndKey(c.Request().Context(), who, c.Param("id"))
	return p.toKeys(c, err, "Ended. Nothing is sealed to that key from now on.")
}

// sealedReply is something sealed for a browser to open.
type sealedReply struct {
	Sealed []byte `json:"sealed"`         // age, base64
	ID     string `json:"id,omitempty"`   // of the envelope, as it stands in it too
	Mark   string `json:"mark,omitempty"` // of what a name is asked for; empty where it is not there any more
}

// trial hands out something sealed to the reader's own key.
func (p Pages) trial(c echo.Context, who access.Actor) error {
	sealed, err := p.envelopes().Try(c.Request().Context(), who)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, sealedReply{Sealed: sealed})
}

// proof takes what the reader's browser found in it.
func (p Pages) proof(c echo.Context, who access.Actor) error {
	err := p.envelopes().Prove(c.Request().Context(), who, c.FormValue("said"))
	return p.toKeys(c, err, "Your key works. "+cmp.Or(round.SayDate(storage.DateOf(p.DB.Now(), page.School(c).Zone())), "Today")+" is written down as the day on which you tried it.")
}

// staleBatch is how many envelopes a browser takes at a time.
const staleBatch = 40

type staleReply struct {
	List []envelope.Resealing `json:"list"`
	Left int                  `json:"left"`
}

func (p Pages) nextStale(c echo.Context, who access.Actor) error {
	list, left, err := p.envelopes().NextStale(c.Request().Context(), who, staleBatch)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, staleReply{append([]envelope.Resealing{}, list...), left})
}

func (p Pages) resealed(c echo.Context, who access.Actor) error {
	var done staleReply
	if err := json.NewDecoder(c.Request().Body).Decode(&done); err != nil || len(done.List) > staleBatch {
		return fault.New(fault.Invalid, "key.unread").Because(err)
	}
	if err := p.envelopes().Reseal(c.Request().Context(), who, done.List); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]int{"taken": len(done.List)})
}

package answering

import (
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
	"earshot/internal/web/page"
)

// takingPage is where somebody takes their answers back, in a round whose answers belong to somebody.
type takingPage struct {
	answerFrame
	Action  string
	Label   string
	Button  string
	Number  string // as typed
	Problem string
	Worry   string
	Done    []string
}

var takingTemplate = page.New("answering/taking", "answer", takingPage{})

// numberView is the number with which an answer can be taken back, shown this once.
type numberView struct {
	Title string   `json:"title"`
	Parts []string `json:"parts"` // in fours
	Lines []string `json:"lines"`
	Done  string   `json:"done"` // on the button that takes it off a device which others use next
	Link  linkView `json:"link"` // to where it is typed, for a device of somebody's own
}

// numberFor says with which number, until when and where an answer can be taken back; nil where it cannot.
func (p Pages) numberFor(v words.Voice, r round.Round, number string) *numberView {
	if number == "" {
		return nil
	}
	last, address := v.Date(storage.DateOf(r.ClosesAt, r.Zone()).Time(time.UTC)), "/a/"+r.Code+"/back"
	return &numberView{Title: v.Say("taking.write"), Parts: fours(number), Done: v.Say("taking.written"), Link: linkView{v.Say("taking.title"), address + "?lang=" + codeOf(v)},
		Lines: []string{v.Say("taking.until", words.V{"Date": last}), v.Say("taking.where", words.V{"Address": apart(page.Bare(p.BaseURL + address))})}}
}

// apart keeps letters and digits in their order inside a sentence from right to left.
func apart(text string) string { return "\u2066" + text + "\u2069" }

func (p Pages) drawTaking(c echo.Context, status int, a *asked, typed, problem string) error {
	as := a.tongues.reading(c, bank.AnyDevice)
	v := a.tongues.voice(as.language)
	d := takingPage{answerFrame: frame(v, a.round), Action: "/a/" + a.round.Code + "/back?lang=" + as.language, Label: v.Say("taking.label"),
		Button: v.Say("taking.button"), Number: typed, Worry: v.Say("taking.worry")}
	d.Title = v.Say("taking.title")
	if problem != "" {
		d.Problem = v.Say(problem)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return takingTemplate.Send(c, status, d)
}

func (p Pages) taking(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	if !a.round.Personal() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if !a.round.Takes() {
		return p.drawTaking(c, http.StatusGone, a, "", "back.settled")
	}
	return p.drawTaking(c, http.StatusOK, a, "", "")
}

func (p Pages) takeBack(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(c.FormValue("number"))
	if len(typed) > 60 {
		typed = ""
	}
	err = collecting.TakeBack(c.Request().Context(), p.DB, p.Key, a.round, typed)
	if f, ok := fault.Of(err); ok && (f.Kind == fault.NotFound || f.Kind == fault.Conflict) {
		status := map[fault.Kind]int{fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusGone}[f.Kind]
		return p.drawTaking(c, status, a, typed, f.Key)
	} else if err != nil {
		return err
	}
	v := a.tongues.voice(a.tongues.reading(c, bank.AnyDevice).language)
	d := takingPage{answerFrame: frame(v, a.round), Done: []string{v.Say(map[bool]string{true: "taking.done_link", false: "taking.done"}[a.round.Mailed()]), v.Say("taking.worry")}}
	d.Title = v.Say("taking.done_title")
	c.Response().Header().Set("Cache-Control", "no-store")
	return takingTemplate.Send(c, http.StatusOK, d)
}

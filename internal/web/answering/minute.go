package answering

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/web/page"
	"earshot/static"
)

// minutePage is a minute without the screen before the first question. Nothing on it moves or forces: whoever is ready goes on
// at once. It is a page of its own, so that the one on which people answer stays as small as it is.
type minutePage struct {
	answerFrame
	Of        said // the survey
	Languages []languageView
	Lead      string
	About     []said // what the survey is about
	Never     string
	Ready     linkView
}

var minuteTemplate = page.New("answering/minute", "answer", minutePage{})

// aboutMost is how many things somebody is asked to think about in a minute.
const aboutMost = 6

// titlesOf are the titles of a survey's parts, where it has several.
func titlesOf(doc survey.Document) (titles []string) {
	for _, s := range doc.Sections {
		if s.Title != "" && len(titles) < aboutMost {
			titles = append(titles, s.Title)
		}
	}
	if len(titles) < 2 {
		return nil
	}
	return titles
}

func (p Pages) minute(c echo.Context) error {
	a, err := p.ask(c)
	if err != nil {
		return err
	}
	if !a.minute || a.round.OpenedAt == nil {
		return fault.New(fault.NotFound, "round.no_code")
	}
	as := a.tongues.reading(c, bank.AnyDevice)
	if a.round.State != round.Open {
		return p.over(c, a, as)
	}
	next := url.Values{"ready": {"1"}}
	if c.QueryParam("lang") != "" { // chosen, and not only what the browser asks for
		next.Set("lang", as.language)
	}
	d := drawMinute(a.tongues.reader(a.doc, as), a.round, "/a/"+a.round.Code+"?"+next.Encode())
	d.Languages = a.tongues.links(as)
	body, err := minuteTemplate.Bytes(d)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Vary", "Accept-Encoding, Accept-Language")
	h.Set("Cache-Control", "no-store")
	if static.AcceptsGzip(c.Request()) {
		if body, err = zip(body); err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
	}
	return c.HTMLBlob(http.StatusOK, body)
}

// drawMinute is the minute before a round as one reader sees it; on is where whoever is ready goes.
func drawMinute(to reader, r round.Round, on string) minutePage {
	v, titles, draw := to.voice, titlesOf(to.doc), drawer{reader: to}
	d := minutePage{answerFrame: frame(v, r), Lead: v.Say("minute.about"), Never: v.Say("minute.never"), Ready: linkView{v.Say("minute.ready"), on}}
	d.Title, d.Of = v.Say("minute.title"), draw.say(cmp.Or(to.doc.Title, r.Title), "")
	for _, title := range titles {
		d.About = append(d.About, draw.say(title, ""))
	}
	if len(titles) == 0 {
		d.About = []said{{Text: v.Say("minute.good")}, {Text: v.Say("minute.change")}}
	}
	return d
}

package improving

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
	"earshot/static"
)

// packsPage lists what governors were shown, and lets leaders make the next one.
type packsPage struct {
	page.Base
	Packs []packLine
	Leads bool
	Form  page.Form
	None  bool // no round is published yet
	Tabs  []page.Link
}

type packLine struct {
	Title string
	URL   string
	Text  string
}

var packsTemplate = page.New("improving/packs", "base", packsPage{})

func (p Pages) packs(c echo.Context, who access.Actor) error {
	return p.drawPacks(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawPacks(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx := c.Request().Context()
	list, err := p.store().Packs(ctx, who)
	if err != nil {
		return err
	}
	d := packsPage{Base: p.NewBase(c, "For governors"), Leads: access.Can(who, access.RunRounds, access.Object{School: who.School}), Tabs: tabs(who, "/packs")}
	zone := page.School(c).Zone()
	for _, k := range list {
		d.Packs = append(d.Packs, packLine{k.Title, "/packs/" + k.ID, "Made by " + k.MadeBy + " on " + round.SayDate(storage.DateOf(k.MadeAt, zone))})
	}
	if d.Leads {
		rounds, err := p.published(ctx, who)
		if err != nil {
			return err
		}
		choose := page.Field{Name: "rounds", Label: "What it tells of", Several: true, Hint: "The newest published round of each voice is ticked. One of each is enough."}
		seen := map[string]bool{}
		form, _ := c.FormParams()
		for _, r := range rounds {
			voice := action.Voice(r.Audience)
			ticked := !seen[voice]
			if c.Request().Method == http.MethodPost {
				ticked = slices.Contains(form["rounds"], r.ID)
			}
			choose.Options = append(choose.Options, page.Option{Value: r.ID, Label: r.Title, Hint: whom(r.Audience) + ", published on " + day(r, *r.PublishedAt), Chosen: ticked})
			seen[voice] = true
		}
		d.None = len(rounds) == 0
		d.Form = page.NewForm(errs,
			page.Field{Name: "title", Label: "Title", Value: c.FormValue("title"), Hint: "Such as: Governors' meeting, autumn"},
			choose,
			page.Field{Name: "ask", Label: "Questions governors may ask, one a line", Rows: 3, Value: c.FormValue("ask"), Hint: "Four stand there already. Add what you want to be asked."})
	}
	return packsTemplate.Send(c, status, d)
}

// published are the published rounds whose school figures the actor may see, the newest first.
func (p Pages) published(ctx context.Context, who access.Actor) (list []round.Round, err error) {
	all, err := p.Rounds().List(ctx, who)
	for _, r := range all {
		if r.State == round.Published && r.ReadBy(access.Governor) { // of no others can a pack tell
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b round.Round) int { return b.PublishedAt.Compare(*a.PublishedAt) })
	return list, err
}

func (p Pages) makePack(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	in, ids, err := p.board(c, who, form["rounds"])
	if err != nil {
		return err
	}
	in.Title = c.FormValue("title")
	for _, line := range splitLines(c.FormValue("ask")) {
		if len(in.Ask) < 6 {
			in.Ask = append(in.Ask, line)
		}
	}
	var body []byte
	if len(in.Voices) > 0 {
		if body, err = json.Marshal(slides.ForBoard(page.Voice(c), p.Bank, in)); err != nil {
			return err
		}
	}
	k, err := p.store().Freeze(ctx, who, in.Title, ids, body)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawPacks(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/packs/"+k.ID, "The pack is made, and stays as it is. Governors can read it when they sign in.")
}

// voiceNames name the three voices.
var voiceNames = []struct {
	name string
	of   func(audience string) bool
}{
	{"Pupils", bank.IsPupils}, {"Parents and carers", func(a string) bool { return a == bank.Parents }}, {"Staff", func(a string) bool { return a == bank.Staff }},
}

// board gathers what a pack is made of. ids are the rounds it tells of: those of the chosen ones that the actor may see
// the school's figures of.
func (p Pages) board(c echo.Context, who access.Actor, chosen []string) (in slides.Board, ids []string, err error) {
	ctx, v, zone := c.Request().Context(), page.Voice(c), page.School(c).Zone()
	today := storage.DateOf(p.DB.Now(), zone)
	in = slides.Board{School: page.School(c).Name, Made: v.Date(today.Time(time.UTC))}
	rounds, err := p.published(ctx, who)
	if err != nil {
		return in, nil, err
	}
	for _, voice := range voiceNames {
		for _, r := range rounds {
			if !slices.Contains(chosen, r.ID) || !voice.of(r.Audience) {
				continue
			}
			rel, err := result.NewStore(p.DB, p.Key, p.Bank).Latest(ctx, r.SchoolID, r.ID)
			if err != nil {
				return in, nil, err
			}
			view, ok := result.ForBoard(rel, r)
			if !ok {
				continue
			}
			ids = append(ids, r.ID)
			in.Voices = append(in.Voices, slides.Voice{Name: voice.name, Title: r.Title, When: "Published on " + day(r, *r.PublishedAt) + ".", Why: r.Why, May: r.MayChange, View: view})
			if bank.IsPupils(r.Audience) && in.Staff.N == 0 {
				if in.Staff, err = p.staffPicture(ctx, r, view); err != nil {
					return in, nil, err
				}
			}
		}
	}
	if in.Before, in.Now, in.Owed, err = p.promised(ctx, v, who, ids, today); err != nil {
		return in, nil, err
	}
	packs, err := p.store().Packs(ctx, who)
	if err == nil && len(packs) > 0 {
		in.Last = v.Say("board.last", words.V{"Title": packs[0].Title, "Date": v.Date(storage.DateOf(packs[0].MadeAt, zone).Time(time.UTC))})
	}
	return in, ids, err
}

// staffPicture is what the staff guessed of a round.
func (p Pages) staffPicture(ctx context.Context, r round.Round, view result.Viewed) (slides.StaffPicture, error) {
	n, tenths, err := p.store().StaffPicture(ctx, r, func(question, option string) bool {
		for _, q := range view.Questions {
			for _, o := range q.Options {
				if q.ID == question && o.Label == option {
					return o.Favourable
				}
			}
		}
		return false
	})
	return slides.StaffPicture{N: n, Tenths: tenths}, err
}

// promised gathers what replies have promised: those to the rounds of the pack, and those before them; and what is owed.
func (p Pages) promised(ctx context.Context, v words.Voice, who access.Actor, ids []string, today storage.Date) (before, now []slides.Promise, owed []string, err error) {
	all, err := p.store().Replies(ctx, who)
	if err != nil {
		return nil, nil, nil, err
	}
	voices := map[string]bool{}
	for _, o := range all {
		if slices.Contains(ids, o.ID) {
			voices[action.Voice(o.Audience)] = true
		}
	}
	for _, o := range all {
		if !voices[action.Voice(o.Audience)] {
			continue
		}
		w, err := p.store().Shown(ctx, o.Round)
		if err != nil {
			return nil, nil, nil, err
		}
		if o.PublishedAt == nil {
			line := o.Title + ": " + action.Say(v, o.Round, w, action.ReplyLanguage{}, today).State
			owed = append(owed, line)
		}
		doc, err := p.Rounds().Document(ctx, o.Round)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, a := range w.Actions {
			promise := slides.Promise{Heard: a.Heard, Does: a.Doing, Became: a.Became}
			if a.Answer == action.Together {
				promise.Does = figure.Join(v.Say("reply.pupils."+map[bool]string{true: "pupils", false: "adults"}[bank.IsPupils(o.Audience)]), a.Pupils, v.Say("reply.staff"), a.Staff)
			}
			if a.OwnerName != "" && !a.Answer.Refuses() {
				promise.Who = v.Say("board.who_only", words.V{"Name": a.OwnerName})
				if a.Due != "" {
					promise.Who = v.Say("board.who_by", words.V{"Name": a.OwnerName, "Date": v.Date(a.Due.Time(time.UTC))})
				}
			}
			state := "board.state." + string(a.State)
			if a.Overdue(today) {
				state = "board.state.late"
			}
			if !a.Answer.Refuses() {
				promise.State = v.Say(state)
			} else {
				promise.Does = v.Say("reply.is."+string(a.Answer)) + ": " + promise.Does
			}
			if q, ok := doc.Question(a.QuestionID); ok {
				promise.Moves = v.Say("board.moves", words.V{"Text": q.Text})
			}
			if slices.Contains(ids, o.ID) {
				now = append(now, promise)
			} else {
				before = append(before, promise)
			}
		}
	}
	return before, now, owed, nil
}

// packPage is a pack on paper: two to four pages.
type packPage struct {
	page.Base
	Slides []page.Slide
	Links  []page.Link
	Made   string
}

var packTemplate = page.New("improving/pack", "screen", packPage{})

// frozen reads a pack and its slides.
func (p Pages) frozen(c echo.Context, who access.Actor) (action.Pack, slides.Deck, error) {
	var d slides.Deck
	k, err := p.store().Pack(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return k, d, err
	}
	return k, d, json.Unmarshal([]byte(k.Body), &d)
}

func (p Pages) pack(c echo.Context, who access.Actor) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	s, err := p.NewSlides(c.Request().Context(), p.NewBase(c, k.Title), who.School, deck)
	if err != nil {
		return err
	}
	d := packPage{Base: s.Base, Slides: s.Slides, Links: packLinks(k, "/packs", "All packs")}
	for i := len(d.Slides) - 1; i > 0; i-- { // on paper one heading stands over all slides that continue
		if d.Slides[i].Title == d.Slides[i-1].Title {
			d.Slides[i].Title = ""
		}
	}
	d.CSS, d.JS = []string{static.Path("css/report.css")}, nil
	d.Made = "Made by " + k.MadeBy + " on " + round.SayDate(storage.DateOf(k.MadeAt, page.School(c).Zone())) + ". Fingerprint " + k.Hash[:12] + "."
	return packTemplate.Send(c, http.StatusOK, d)
}

func packLinks(k action.Pack, back, text string) []page.Link {
	return []page.Link{{Text: text, URL: back}, {Text: "Show as slides", URL: "/packs/" + k.ID + "/slides"}, {Text: "Save as one file", URL: "/packs/" + k.ID + "/files/pack.html"}, {Text: "PowerPoint", URL: "/packs/" + k.ID + "/files/pack.pptx"}}
}

func (p Pages) packSlides(c echo.Context, who access.Actor) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	d, err := p.NewSlides(c.Request().Context(), p.NewBase(c, k.Title), who.School, deck)
	if err != nil {
		return err
	}
	d.Links = packLinks(k, "/packs/"+k.ID, "To print")
	return slidesTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) packFile(c echo.Context, who access.Actor) error {
	k, deck, err := p.frozen(c, who)
	if err != nil {
		return err
	}
	var body []byte
	kind := ""
	switch c.Param("file") {
	case "pack.pptx":
		kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		body, err = slides.PowerPoint(deck)
	case "pack.html":
		kind = "text/html; charset=utf-8"
		v := page.Voice(c)
		var d page.Slides
		if d, err = p.NewSlides(c.Request().Context(), page.Base{Title: k.Title, School: deck.School, Lang: v.Lang, Dir: v.Dir, Demo: page.School(c).Invented}, who.School, deck); err == nil {
			body, err = d.File(slidesTemplate)
		}
	default:
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+c.Param("file")+`"`)
	return c.Blob(http.StatusOK, kind, body)
}

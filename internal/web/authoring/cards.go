package authoring

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
	"earshot/static"
)

// cardsPage is where the cards of the pupils whom a round asks are chosen for printing, and where the doors for young children
// are looked up.
type cardsPage struct {
	page.Base
	Errors  page.Errors
	ID      string
	Forms   []cardForm
	Open    bool
	Without string // how many have no card yet
	Again   bool   // those who have a card get a new one as well
	Doors   bool   // a sheet for the adult goes with each class
	None    bool   // nobody is asked who is known by name
	Come    string // how many have come since the round opened; empty: none
	Invite  string // what the button for them says
	Out     page.Form
	IsOut   string // how many opted out; empty: none
}

// cardForm is one form with pupils whom the round asks.
type cardForm struct {
	ID      string
	Name    string
	Pupils  int
	Without int
	Chosen  bool
	Door    string // the address at which its children tap pictures; empty while the round is not open
	QRSize  int
	QRPath  string
}

var cardsTemplate = page.New("authoring/cards", "base", cardsPage{})

// noForm stands in the place of a form's id for pupils who are in none.
const noForm = "none"

// young are the years whose children tap pictures rather than type.
var young = []string{"N1", "N2", "R", "1", "2"}

// cardsFor finds a round whose pupils need cards, and them.
func (p Pages) cardsFor(c echo.Context, who access.Actor) (r round.Round, holders []participation.Holder, err error) {
	ctx := c.Request().Context()
	if r, err = p.Rounds().Find(ctx, who, c.Param("id")); err != nil {
		return r, nil, err
	}
	if !r.Personal() || !bank.IsPupils(r.Audience) || r.State != round.Draft && r.State != round.Open {
		return r, nil, notFound()
	}
	holders, err = participation.NewStore(p.DB, p.Key).Holders(ctx, r)
	return r, holders, err
}

func (p Pages) cards(c echo.Context, who access.Actor) error {
	r, holders, err := p.cardsFor(c, who)
	if err != nil {
		return err
	}
	return p.drawCards(c, http.StatusOK, r, holders, page.Errors{})
}

// inviteNewcomers gives those who have come since a round opened a slip, to which their card leads.
func (p Pages) inviteNewcomers(c echo.Context, who access.Actor) error {
	r, holders, err := p.cardsFor(c, who)
	if err != nil {
		return err
	}
	n, err := participation.NewStore(p.DB, p.Key).InviteNewcomers(c.Request().Context(), who, r)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawCards(c, status, r, holders, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID+"/cards", page.Voice(c).Say("cards.invited", words.V{"Count": n}))
}

// optOut says which pupils opted out: the whole list, as it is to be from now on.
func (p Pages) optOut(c echo.Context, who access.Actor) error {
	r, holders, err := p.cardsFor(c, who)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	people, err := p.Roster().Listed(ctx, who.School, "out", c.FormValue("out"))
	if err == nil {
		err = participation.NewStore(p.DB, p.Key).SetOut(ctx, who, r, people)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawCards(c, status, r, holders, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID+"/cards", page.Voice(c).Say("cards.out_saved"))
}

// outLines are those who opted out as the form takes them: by the id in the school's list where there is one, else by name.
func outLines(holders []participation.Holder) (lines []string) {
	for _, h := range holders {
		if h.Out {
			lines = append(lines, cmp.Or(h.Person.SourceID, h.Person.Name()))
		}
	}
	return lines
}

func (p Pages) drawCards(c echo.Context, status int, r round.Round, holders []participation.Holder, errs page.Errors) error {
	v := page.Voice(c)
	st := participation.NewStore(p.DB, p.Key)
	d := cardsPage{Base: p.NewBase(c, "Cards"), Errors: errs, ID: r.ID, Open: r.State == round.Open, None: len(holders) == 0, Again: c.FormValue("again") != ""}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: d.Title, Here: true}}
	without := 0
	for _, h := range holders {
		id := cmp.Or(h.Form.ID, noForm)
		i := slices.IndexFunc(d.Forms, func(f cardForm) bool { return f.ID == id })
		if i < 0 {
			f := cardForm{ID: id, Name: cmp.Or(h.Form.Name, "Without a form")}
			if d.Open && h.Form.ID != "" {
				address := p.BaseURL + "/c/" + r.Code + "/" + st.Door(r.ID, h.Form.ID)
				f.Door = page.Bare(address)
				var err error
				if f.QRSize, f.QRPath, err = page.QR(address); err != nil {
					return err
				}
			}
			i, d.Forms = len(d.Forms), append(d.Forms, f)
			d.Doors = d.Doors || slices.Contains(young, h.Form.Year)
		}
		d.Forms[i].Pupils++
		if !h.Card {
			d.Forms[i].Without++
			without++
		}
	}
	d.Without = v.Say("cards.without", map[string]any{"Count": without})
	if c.Request().Method == http.MethodPost {
		d.Doors = c.FormValue("doors") != ""
	}
	come, err := st.Newcomers(c.Request().Context(), r)
	if err != nil {
		return err
	}
	if len(come) > 0 {
		d.Come, d.Invite = v.Say("cards.newcomers", words.V{"Count": len(come)}), v.Say("cards.invite_newcomers", words.V{"Count": len(come)})
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	out := outLines(holders)
	if len(out) > 0 {
		d.IsOut = v.Say("cards.out", words.V{"Count": len(out)})
	}
	field := page.Field{Name: "out", Label: "Pupils who opted out", Rows: 4, Value: strings.Join(out, "\n"), Hint: "One a line: the id in your pupil list, or the whole name. They get a card like everybody else. In this round it opens a short reading task and keeps nothing, so nobody in the room can tell. Whoever has answered already stays in; they can take it back with the number they were given after Send."}
	if form.Has("out") {
		field.Value = form.Get("out")
	}
	d.Out = page.NewForm(errs, field)
	for i, f := range d.Forms {
		d.Forms[i].Chosen = slices.Contains(form["form"], f.ID) || c.Request().Method == http.MethodGet && f.Without > 0
	}
	return cardsTemplate.Send(c, status, d)
}

// cardsPrinted is cards ready to print, form by form. They are shown this once.
type cardsPrinted struct {
	page.Base
	ID    string
	Forms []printedForm
	Yours string
	Scan  string
	Where string // the address a code is typed at
}

type printedForm struct {
	Door   *printedDoor
	Name   string
	Sheets [][]printedCard
}

type printedCard struct {
	Name     string
	Form     string
	Code     []string // in fours
	QRSize   int
	QRPath   string
	Pictures []string
}

// printedDoor is the sheet for the adult who minds the tablet.
type printedDoor struct {
	Title   string
	Closes  string
	Address string
	QRSize  int
	QRPath  string
}

var cardsPrintTemplate = page.New("authoring/cards_print", "print", cardsPrinted{})

const cardsPerSheet = 10 // two columns of five on A4

// printCards makes cards for the pupils of the chosen forms who have none, or for all of them, and shows them once. It is a
// POST because they are new each time.
func (p Pages) printCards(c echo.Context, who access.Actor) error {
	r, holders, err := p.cardsFor(c, who)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var people []string
	for _, h := range holders {
		if slices.Contains(form["form"], cmp.Or(h.Form.ID, noForm)) && (!h.Card || form.Get("again") != "") {
			people = append(people, h.Person.ID)
		}
	}
	var made []participation.Printed
	if len(form["form"]) == 0 {
		err = fault.Field("form", "cards.no_groups")
	} else {
		made, err = participation.NewStore(p.DB, p.Key).MakeCards(c.Request().Context(), who, people)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawCards(c, status, r, holders, errs)
	} else if err != nil {
		return err
	}
	return p.drawPrinted(c, r, made, form.Get("doors") != "")
}

func (p Pages) drawPrinted(c echo.Context, r round.Round, made []participation.Printed, doors bool) error {
	v := page.Voice(c)
	where := p.BaseURL + "/c"
	d := cardsPrinted{Base: p.NewBase(c, "Cards"), ID: r.ID, Yours: v.Say("card.yours"), Scan: v.Say("card.scan"), Where: page.Bare(where)}
	d.CSS = []string{static.Path("css/cards.css")}
	for i, m := range made {
		if i == 0 || made[i-1].FormID != m.FormID {
			f := printedForm{Name: m.Form}
			if doors && m.FormID != "" {
				address := p.BaseURL + "/c/" + r.Code + "/" + participation.NewStore(p.DB, p.Key).Door(r.ID, m.FormID)
				size, path, err := page.QR(address)
				if err != nil {
					return err
				}
				f.Door = &printedDoor{Title: r.Title, Closes: day(c, r.ClosesAt), Address: page.Bare(address), QRSize: size, QRPath: path}
			}
			d.Forms = append(d.Forms, f)
		}
		// The code stands after the #, which a device never sends: no log and no filter on the way sees it.
		size, path, err := page.QR(where + "#" + m.Code)
		if err != nil {
			return err
		}
		card := printedCard{Name: m.Name, Form: m.Form, Code: []string{m.Code[:4], m.Code[4:8], m.Code[8:]}, QRSize: size, QRPath: path}
		for _, n := range m.Pictures {
			if name := participation.Picture(n); name != "" {
				card.Pictures = append(card.Pictures, name)
			}
		}
		f := &d.Forms[len(d.Forms)-1]
		if last := len(f.Sheets) - 1; last < 0 || len(f.Sheets[last]) == cardsPerSheet {
			f.Sheets = append(f.Sheets, nil)
		}
		f.Sheets[len(f.Sheets)-1] = append(f.Sheets[len(f.Sheets)-1], card)
	}
	return cardsPrintTemplate.Send(c, http.StatusOK, d)
}

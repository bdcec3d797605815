package authoring

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/exchange/sheet"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

type slipsPage struct {
	page.Base
	ID      string
	Address string
	Units   []slipUnit
}

type slipUnit struct {
	Cover  cover
	Sheets [][]page.Slip
}

// cover is the front of the envelope for one class. It counts; it never names.
type cover struct {
	Group  string
	Title  string
	School string
	Count  string
	Spares string
	Closes string
	Lines  []string
}

var slipsTemplate = page.New("authoring/slips", "print", slipsPage{})

const slipsPerSheet = 24 // three columns of eight on A4

// printSlips mints the slips of one class or of all and shows them once, ready to print. They are made by a POST
// because they are new each time: no address can be opened again to see them.
func (p Pages) printSlips(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	st := participation.NewStore(p.DB, p.Key)
	if one := c.FormValue("unit"); one != "" {
		units = slices.DeleteFunc(units, func(u round.Unit) bool { return u.ID != one })
	} else if units, err = st.Unprinted(ctx, r, units); err != nil {
		return err
	} else if len(units) == 0 && r.State == round.Open {
		return p.done(c, who, r, fault.New(fault.Conflict, "slips.all_printed"), "")
	}
	if c.FormValue("format") == "paper" {
		return p.printSheets(c, who, r, units)
	}
	sheets, err := st.Print(ctx, who, r, units)
	if err != nil {
		return p.done(c, who, r, err, "")
	}
	if c.FormValue("format") == "csv" {
		return codesTable(c, r, sheets)
	}
	return p.drawSlips(c, r, sheets)
}

// coverLines say on the envelope how its slips are handed out.
var coverLines = map[string][]string{
	"":           {"slips.cover.1", "slips.cover.2", "slips.cover.3", "slips.cover.4"},
	bank.Parents: {"slips.cover.parent.1", "slips.cover.parent.2", "slips.cover.parent.3"},
	bank.Staff:   {"slips.cover.staff.1", "slips.cover.staff.2", "slips.cover.staff.3"},
}

// drawSlips shows slips this once, ready to print.
func (p Pages) drawSlips(c echo.Context, r round.Round, sheets []participation.Sheet) error {
	v := page.Voice(c)
	lines := coverLines[r.Audience]
	if lines == nil {
		lines = coverLines[""]
	}
	d := slipsPage{Base: p.NewBase(c, "Slips"), ID: r.ID, Address: p.address(r)}
	for _, sh := range sheets {
		unit := slipUnit{Cover: cover{Group: sh.Unit.Name, Title: r.Title, School: page.School(c).Name, Closes: day(c, r.ClosesAt),
			Count: v.Say("slips.count", words.V{"Count": len(sh.Slips)}), Spares: v.Say("slips.spares", words.V{"Count": len(sh.Spares)})}}
		for _, key := range lines {
			unit.Cover.Lines = append(unit.Cover.Lines, v.Say(key))
		}
		var err error
		if unit.Sheets, err = p.sheets(r, sh.Unit.Name, append(sh.Slips, sh.Spares...)); err != nil {
			return err
		}
		d.Units = append(d.Units, unit)
	}
	return slipsTemplate.Send(c, http.StatusOK, d)
}

// codesTable gives the same codes as a table, for a school that prints slips in a way of its own.
func codesTable(c echo.Context, r round.Round, sheets []participation.Sheet) error {
	c.Response().Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="slips-`+strings.ToLower(r.Code)+`.csv"`)
	rows := [][]string{{"unit", "code", "kind"}}
	for _, sh := range sheets {
		for _, code := range sh.Slips {
			rows = append(rows, []string{sh.Unit.Name, code, "slip"})
		}
		for _, code := range sh.Spares {
			rows = append(rows, []string{sh.Unit.Name, code, "spare"})
		}
	}
	return sheet.Write(c.Response(), rows)
}

func (p Pages) sheets(r round.Round, group string, codes []string) ([][]page.Slip, error) {
	var sheets [][]page.Slip
	for i, code := range codes {
		if i%slipsPerSheet == 0 {
			sheets = append(sheets, nil)
		}
		// The code stands after the #, which a device never sends: no log and no filter on the way sees it.
		size, path, err := page.QR(p.address(r) + "#" + code)
		if err != nil {
			return nil, err
		}
		last := len(sheets) - 1
		sheets[last] = append(sheets[last], page.Slip{Title: r.Title, Group: group, Address: page.Bare(p.address(r)), Code: []string{code[:4], code[4:8], code[8:]}, QRSize: size, QRPath: path})
	}
	return sheets, nil
}

type scriptPage struct {
	page.Base
	Heading string
	Steps   []string
	Promise []string
	Address string
	Code    string
}

var scriptTemplate = page.New("authoring/script", "print", scriptPage{})

// inTheRoom finds a round for the adult who is with those who answer: besides whoever may know of the round, any
// teacher while it is open, since tutors and cover teachers hand out slips too. They see where to answer and nothing
// else.
func (p Pages) inTheRoom(c echo.Context, who access.Actor) (round.Round, error) {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if fault.Is(err, fault.NotFound) && who.Is(access.Teacher) {
		if r, err = p.Rounds().ByID(ctx, who.School, c.Param("id")); err == nil && r.State != round.Open {
			return round.Round{}, notFound()
		}
	}
	if err == nil && r.Personal() && r.Mailed() {
		return round.Round{}, notFound() // everybody has a link of their own, and nothing is for a wall
	}
	return r, err
}

// roomScript is what the adult in the room reads out and does.
func (p Pages) roomScript(c echo.Context, who access.Actor) error {
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	d := scriptPage{Base: p.NewBase(c, "Script for the room"), Heading: r.Title, Address: page.Bare(p.address(r)), Code: r.Code}
	for i := 1; i <= 7; i++ {
		if i == 3 && r.Choices().Minute {
			d.Steps = append(d.Steps, v.Say("script.minute"))
		}
		d.Steps = append(d.Steps, v.Say(fmt.Sprintf("script.%d", i), words.V{"Address": d.Address}))
	}
	promise, err := p.Rounds().Promise(c.Request().Context(), r, bank.AnyDevice)
	if err != nil {
		return err
	}
	for _, part := range promise.Shown(bank.ShowFirst) {
		d.Promise = append(d.Promise, part.Text)
	}
	return scriptTemplate.Send(c, http.StatusOK, d)
}

type screenPage struct {
	page.Base
	Name    string
	Address string
	Code    string
	QRSize  int
	QRPath  string
	Count   string
	Units   []page.Link
	Help    string
	Closed  bool
	Slips   bool // a code has to be typed
}

var screenTemplate = page.New("authoring/screen", "screen", screenPage{})

// screen is shown on the wall while a class answers: where to type the code, and how many have answered, in bands.
func (p Pages) screen(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	if r.State == round.Draft || r.State == round.Cancelled {
		return notFound()
	}
	units, err := p.Rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	d := screenPage{Base: p.NewBase(c, r.Title), Name: page.School(c).Name, Address: page.Bare(p.BaseURL) + "/a/", Code: r.Code, Closed: r.State != round.Open,
		Help: v.Say("screen.help"), Slips: r.Mode == round.Anonymous}
	d.Nav = nil
	if d.QRSize, d.QRPath, err = page.QR(p.address(r)); err != nil {
		return err
	}
	if r.Mode != round.Anonymous || d.Closed {
		return screenTemplate.Send(c, http.StatusOK, d)
	}
	rates, err := participation.NewStore(p.DB, p.Key).Rates(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	owners, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return err
	}
	leads := access.Can(who, access.RunRounds, access.Object{School: who.School})
	chosen := c.QueryParam("unit")
	for _, u := range units {
		if !u.IsLeaf() || !leads && !slices.Contains(owners[u.ID], who.Person) {
			continue
		}
		d.Units = append(d.Units, page.Link{Text: u.Name, URL: "/rounds/" + r.ID + "/screen?unit=" + u.ID, Here: u.ID == chosen})
		if u.ID == chosen {
			d.Name = u.Name
			d.Count = v.Say("screen.count", words.V{"Band": v.Say("band." + string(result.RateOf(rates[u.ID].Spent, u.Size)))})
		}
	}
	return screenTemplate.Send(c, http.StatusOK, d)
}

package authoring

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

func bringInRoutes(p Pages, r *page.Routes) {
	r.For(access.RunRounds, "GET", "/rounds/bring-in", p.bringIn)
	r.For(access.RunRounds, "POST", "/rounds/bring-in", p.readResponses)
	r.For(access.RunRounds, "POST", "/rounds/bring-in/preview", p.previewResponses)
	r.For(access.RunRounds, "POST", "/rounds/bring-in/answers", p.addResponses)
	r.For(access.RunRounds, "POST", "/rounds/:id/withdrawal", p.withdrawRound)
}

type bringInPage struct {
	page.Base
	Errors page.Errors
	Survey page.Field
	Paste  page.Field
	Most   int // megabytes
}

var bringInTemplate = page.New("authoring/bring_in", "base", bringInPage{})

func (p Pages) bringIn(c echo.Context, who access.Actor) error {
	return p.drawBringIn(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawBringIn(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	surveys, err := survey.NewStore(p.DB).List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := bringInPage{Base: p.NewBase(c, "Bring in answers"), Errors: errs, Most: responsefile.MaxBytes >> 20,
		Survey: page.Field{Name: "survey", Label: "Which survey do they answer?", Error: errs.Of("survey")},
		Paste:  page.Field{Name: "pasted", Label: "Or paste the table here, with its headings", Rows: 4, Error: errs.Of("pasted"), Value: c.FormValue("pasted")}}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: "Bring in answers", Here: true}}
	for _, sv := range surveys {
		chosen := c.FormValue("survey")
		if chosen == "" {
			chosen = c.QueryParam("survey")
		}
		d.Survey.Options = append(d.Survey.Options, page.Option{Value: sv.ID, Label: sv.Title + ", changed on " + round.SayDate(storage.DateOf(sv.ChangedAt, page.School(c).Zone())), Chosen: sv.ID == chosen})
	}
	return bringInTemplate.Send(c, status, d)
}

// carried is a table of answers on its way through the pages. They carry it back and forth, since nothing of it may stay
// on the server before somebody has agreed; it holds the columns that may answer something and no others. Seal is a keyed
// hash of all the rest, so that what is brought in is what was shown.
type carried struct {
	Name    string // of the file
	Survey  string
	Packed  string
	Mapping string // JSON; on the way to the last page
	Once    string // id of the round to be
	Seal    string

	table responsefile.Table
	docs  []survey.Document
}

// packedMost leaves room for the rest of the form under the limit on what a request may bring.
const packedMost = 16 << 20

func (p Pages) sealCarried(who access.Actor, u carried) string {
	hash := ""
	if len(u.docs) > 0 {
		hash = u.docs[0].Hash()
	}
	return p.Key.Hash("responses", who.School, who.Account, u.Name, u.Survey, hash, u.Mapping, u.Once, u.Packed)
}

// documents is a survey in the language it was written in, and in all others, drafts too: they only help to understand.
func (p Pages) documents(c echo.Context, who access.Actor, id string) ([]survey.Document, error) {
	st := survey.NewStore(p.DB)
	sv, err := st.Find(c.Request().Context(), who, id)
	if err != nil {
		return nil, err
	}
	return st.InAllLanguages(c.Request().Context(), sv)
}

// readResponses reads the file that was chosen, or pasted, and asks what its columns are.
func (p Pages) readResponses(c echo.Context, who access.Actor) error {
	u, found, err := p.chosenResponses(c, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawBringIn(c, who, status, errs)
	} else if err != nil {
		return err
	}
	if responsefile.Stops(found) {
		errs := page.Errors{Summary: page.Voice(c).Say("bring_in.stopped"), Lines: linesOf(page.Voice(c), found)}
		return p.drawBringIn(c, who, http.StatusUnprocessableEntity, errs)
	}
	m := responsefile.Guess(u.table, u.docs)
	return p.drawColumns(c, who, http.StatusOK, u, m, m.Scales(u.table, u.docs, nil), found, page.Errors{})
}

func (p Pages) chosenResponses(c echo.Context, who access.Actor) (u carried, found []responsefile.Problem, err error) {
	data, name, err := readResponseFile(c)
	if err != nil {
		return u, nil, err
	}
	pasted := c.FormValue("pasted")
	switch {
	case len(data) > 0 && strings.TrimSpace(pasted) != "":
		return u, nil, fault.Field("pasted", "bring_in.both")
	case len(data) == 0 && strings.TrimSpace(pasted) == "":
		return u, nil, fault.Field("file", "bring_in.none")
	case len(data) == 0:
		data, name = []byte(pasted), "Pasted table"
	}
	u.Name, u.Survey = name, c.FormValue("survey")
	if u.docs, err = p.documents(c, who, u.Survey); fault.Is(err, fault.NotFound) {
		return u, nil, fault.Field("survey", "bring_in.survey")
	} else if err != nil {
		return u, nil, err
	}
	u.table, found = responsefile.Read(data)
	if responsefile.Stops(found) {
		return u, found, nil
	}
	if u.Packed, err = u.table.Pack(); err == nil && len(u.Packed) > packedMost {
		return u, nil, fault.Field("file", "bring_in.packed")
	}
	return u, found, err
}

func readResponseFile(c echo.Context) (data []byte, name string, err error) {
	header, err := c.FormFile("file")
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, "", err
		}
		return nil, "", nil
	}
	f, err := header.Open()
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	data, err = io.ReadAll(io.LimitReader(f, responsefile.MaxBytes+1))
	return data, strings.ToValidUTF8(strings.Join(strings.Fields(header.Filename), " "), ""), err
}

// readCarried takes the table from a page; a page that somebody changed is refused.
func (p Pages) readCarried(c echo.Context, who access.Actor) (carried, error) {
	u := carried{Name: c.FormValue("name"), Survey: c.FormValue("survey"), Packed: c.FormValue("table"), Mapping: c.FormValue("mapping"),
		Once: c.FormValue("once"), Seal: c.FormValue("seal")}
	stale := fault.Field("file", "bring_in.stale")
	var err error
	if u.docs, err = p.documents(c, who, u.Survey); fault.Is(err, fault.NotFound) {
		return u, stale
	} else if err != nil {
		return u, err
	}
	if u.Packed == "" || !seal.Same(u.Seal, p.sealCarried(who, u)) {
		return u, stale
	}
	if u.table, err = responsefile.Unpack(u.Packed); err != nil {
		return u, stale
	}
	return u, nil
}

// linesOf are problems as sentences, with where they are.
func linesOf(v words.Voice, found []responsefile.Problem) (lines []string) {
	for i, pr := range found {
		if i == mostProblems {
			return append(lines, v.Say("survey.file_more", words.V{"Count": len(found) - i}))
		}
		lines = append(lines, pr.Where(v)+": "+pr.Say(v))
	}
	return lines
}

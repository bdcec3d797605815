package managing

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/words"
	"earshot/internal/exchange/rosterfile"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type importPage struct {
	page.Base
	Errors page.Errors
}

var importTemplate = page.New("managing/import", "base", importPage{})

func (p Pages) chooseList(c echo.Context, _ access.Actor) error {
	return p.drawImport(c, http.StatusOK, page.Errors{})
}

func (p Pages) drawImport(c echo.Context, status int, errs page.Errors) error {
	d := importPage{Base: p.NewBase(c, "Pupil list"), Errors: errs}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Pupil list", Here: true}}
	return importTemplate.Send(c, status, d)
}

// upload is a pupil list on its way through the preview. The page carries the file back and forth, since nothing of it
// may stay on the server before somebody has agreed; Seal is a keyed hash of all the rest, so that what is applied is
// what was shown.
type upload struct {
	Name    string // of the file
	Packed  string // the file, gzip and base64
	Mapping string // JSON of the columns the preview was made with
	Plan    string // fingerprint of the plan that was shown
	Seal    string

	data []byte
}

// packedMost leaves room for the rest of the form under the limit on what a request may bring.
const packedMost = 11 << 19

func (u *upload) pack() error {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(u.data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	u.Packed = base64.RawURLEncoding.EncodeToString(b.Bytes())
	if len(u.Packed) > packedMost {
		return fault.Field("file", "import.large")
	}
	return nil
}

func (u *upload) unpack() error {
	b, err := base64.RawURLEncoding.DecodeString(u.Packed)
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	u.data, err = io.ReadAll(io.LimitReader(z, rosterfile.MaxBytes+1))
	return err
}

func (u upload) mapping() rosterfile.Mapping {
	var m rosterfile.Mapping
	_ = json.Unmarshal([]byte(u.Mapping), &m) // sealed, so written by this package
	return m
}

// What a carried file is: a list of one kind cannot be applied as the other.
const (
	pupilList   = "pupil list"
	parentsList = "parents list"
)

func (p Pages) sealOf(what string, who access.Actor, u upload) string {
	return p.Key.Hash(what, who.School, who.Account, u.Name, u.Mapping, u.Plan, u.Packed)
}

// readUpload takes the file from the upload form.
func readUpload(c echo.Context) (upload, error) {
	header, err := c.FormFile("file")
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return upload{}, err
		}
		return upload{}, fault.Field("file", "import.none")
	}
	f, err := header.Open()
	if err != nil {
		return upload{}, err
	}
	defer f.Close()
	u := upload{Name: strings.ToValidUTF8(strings.Join(strings.Fields(header.Filename), " "), "")}
	if u.data, err = io.ReadAll(io.LimitReader(f, rosterfile.MaxBytes+1)); err != nil {
		return u, err
	}
	if len(u.data) > rosterfile.MaxBytes {
		return u, fault.Field("file", "import.large")
	}
	return u, u.pack()
}

// readCarried takes the file from the preview page; a page that somebody changed is refused.
func (p Pages) readCarried(c echo.Context, what string, who access.Actor) (upload, error) {
	u := upload{Name: c.FormValue("name"), Packed: c.FormValue("list"), Mapping: c.FormValue("mapping"), Plan: c.FormValue("plan"), Seal: c.FormValue("seal")}
	if u.Packed == "" || !seal.Same(u.Seal, p.sealOf(what, who, u)) {
		return u, fault.Field("file", "import.stale")
	}
	if err := u.unpack(); err != nil {
		return u, fault.Field("file", "import.stale")
	}
	return u, nil
}

// askedGroups are the groups of rounds that are open. Whoever brings a list may have no business with rounds, but must
// not empty a class that is being asked; nothing but the ids leaves this function.
func (p Pages) askedGroups(c echo.Context, who access.Actor) ([]string, error) {
	rounds, err := p.Rounds().List(c.Request().Context(), access.Actor{Account: who.Account, School: who.School, Roles: []access.Role{access.Leader}})
	var groups []string
	for _, r := range rounds {
		if r.State == round.Open {
			groups = append(groups, r.Choices().Groups...)
		}
	}
	return groups, err
}

// previewList reads a file just chosen, or reads the carried one again with the columns just chosen.
func (p Pages) previewList(c echo.Context, who access.Actor) error {
	var u upload
	var err error
	var m rosterfile.Mapping
	if c.FormValue("list") != "" {
		u, err = p.readCarried(c, pupilList, who)
		m = readMapping(c)
	} else {
		u, err = readUpload(c)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawImport(c, status, errs)
	} else if err != nil {
		return err
	}
	return p.drawPreview(c, who, http.StatusOK, u, m, page.Errors{})
}

// applyList does what the preview said. Whatever has changed since, in the columns chosen or among the people, leads
// back to a new preview.
func (p Pages) applyList(c echo.Context, who access.Actor) error {
	u, err := p.readCarried(c, pupilList, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawImport(c, status, errs)
	} else if err != nil {
		return err
	}
	m := readMapping(c)
	if text, err := json.Marshal(m); err != nil || string(text) != u.Mapping {
		errs, status, _ := page.Explain(c, fault.New(fault.Conflict, "import.changed"))
		return p.drawPreview(c, who, status, u, m, errs)
	}
	list, problems := rosterfile.Read(u.Name, u.data, m)
	if rosterfile.Stops(problems) {
		return p.drawPreview(c, who, http.StatusUnprocessableEntity, u, m, page.Errors{Summary: page.Voice(c).Say("import.stopped")})
	}
	asked, err := p.askedGroups(c, who)
	if err != nil {
		return err
	}
	report, err := p.Roster().Apply(c.Request().Context(), who, list.List, asked, roster.Confirm{Leavers: atoi(c.FormValue("leavers")), Plan: u.Plan})
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawPreview(c, who, status, u, m, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people", reportSentence(page.Voice(c), report))
}

func reportSentence(v words.Voice, r roster.Report) string {
	if r.Changes() == 0 && r.GroupChanges() > 0 {
		return v.Say("import.groups_done")
	} else if r.Changes() == 0 {
		return v.Say("import.nothing", words.V{"Count": r.Unchanged})
	}
	return v.Say("import.done", words.V{"Added": r.Added, "Changed": r.Changed, "Moved": r.Moved, "Left": r.Left, "Back": r.Back, "Unchanged": r.Unchanged})
}

// listProblems is the table of problems as a file, to work through beside the list.
func (p Pages) listProblems(c echo.Context, who access.Actor) error {
	u, err := p.readCarried(c, pupilList, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawImport(c, status, errs)
	} else if err != nil {
		return err
	}
	_, problems, _, err := p.readList(c, who, u, u.mapping())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := rosterfile.WriteTable(&b, page.Voice(c), problems); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="pupil-list-problems.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// readList reads a file and, if nothing stops it, plans it; the brakes join the problems.
func (p Pages) readList(c echo.Context, who access.Actor, u upload, m rosterfile.Mapping) (rosterfile.List, []rosterfile.Problem, roster.Plan, error) {
	list, problems := rosterfile.Read(u.Name, u.data, m)
	if rosterfile.Stops(problems) {
		return list, problems, roster.Plan{}, nil
	}
	asked, err := p.askedGroups(c, who)
	if err != nil {
		return list, nil, roster.Plan{}, err
	}
	plan, err := p.Roster().Plan(c.Request().Context(), who, list.List, asked)
	return list, append(rosterfile.Brakes(u.Name, plan), problems...), plan, err
}

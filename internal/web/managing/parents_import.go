package managing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/exchange/rosterfile"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

var parentsImportTemplate = page.New("managing/parents_import", "base", importPage{})

func (p Pages) chooseParents(c echo.Context, _ access.Actor) error {
	return p.drawParentsImport(c, http.StatusOK, page.Errors{})
}

func (p Pages) drawParentsImport(c echo.Context, status int, errs page.Errors) error {
	d := importPage{Base: p.NewBase(c, "List of parents"), Errors: errs}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Parents and carers", URL: "/people/parents"}, {Text: "List", Here: true}}
	return parentsImportTemplate.Send(c, status, d)
}

type parentsPreviewPage struct {
	page.Base
	Errors   page.Errors
	Upload   upload
	Stopped  bool
	Counts   []planPart
	NoEmail  string
	Brake    page.Field
	Braked   bool
	Apply    string
	Nothing  string
	Pupil    page.Field
	Blocks   []parentBlock
	Problems []problemGroup
}

// parentBlock is the columns of one parent on a line.
type parentBlock struct {
	Legend string
	Fields []page.Field
	More   string // the question that unfolds a block of which nothing was found
}

var parentsPreviewTemplate = page.New("managing/parents_preview", "base", parentsPreviewPage{})

func readParentMapping(c echo.Context) *rosterfile.ParentMapping {
	column := func(name string) int {
		if n, err := strconv.Atoi(c.FormValue(name)); err == nil {
			return n
		}
		return -1
	}
	m := &rosterfile.ParentMapping{Pupil: column("map-pupil")}
	for n := range rosterfile.MaxParents {
		block := map[rosterfile.ParentField]int{}
		for _, f := range rosterfile.ParentFields {
			if i := column(fmt.Sprintf("map-%d-%s", n+1, f)); i >= 0 {
				block[f] = i
			}
		}
		if len(block) > 0 {
			m.Blocks = append(m.Blocks, block)
		}
	}
	return m
}

// previewParents reads a file just chosen, or reads the carried one again with the columns just chosen.
func (p Pages) previewParents(c echo.Context, who access.Actor) error {
	var u upload
	var err error
	var m *rosterfile.ParentMapping
	if c.FormValue("list") != "" {
		u, err = p.readCarried(c, parentsList, who)
		m = readParentMapping(c)
	} else {
		u, err = readUpload(c)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawParentsImport(c, status, errs)
	} else if err != nil {
		return err
	}
	return p.drawParentsPreview(c, who, http.StatusOK, u, m, page.Errors{})
}

// readParents reads a file and, if nothing stops it, plans it; what the plan brings up joins the problems.
func (p Pages) readParents(c echo.Context, who access.Actor, u upload, m *rosterfile.ParentMapping) (rosterfile.ParentList, []rosterfile.Problem, roster.ParentPlan, error) {
	list, problems := rosterfile.ReadParents(u.Name, u.data, m)
	if rosterfile.Stops(problems) {
		return list, problems, roster.ParentPlan{}, nil
	}
	plan, err := p.Roster().PlanParents(c.Request().Context(), who, list.ParentList)
	return list, append(rosterfile.ParentBrakes(u.Name, plan), problems...), plan, err
}

func (p Pages) drawParentsPreview(c echo.Context, who access.Actor, status int, u upload, m *rosterfile.ParentMapping, errs page.Errors) error {
	v := page.Voice(c)
	list, problems, plan, err := p.readParents(c, who, u, m)
	if err != nil {
		return err
	}
	mapping, err := json.Marshal(list.Mapping)
	if err != nil {
		return err
	}
	u.Mapping, u.Plan = string(mapping), plan.Fingerprint()
	u.Seal = p.sealOf(parentsList, who, u)
	d := parentsPreviewPage{Base: p.NewBase(c, "What this list would change"), Errors: errs, Upload: u, Problems: groupProblems(v, problems)}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Parents and carers", URL: "/people/parents"}, {Text: "List", URL: "/people/parents/import"}, {Text: "Preview", Here: true}}
	d.columns(v, list)
	// The brake can be let go by typing the number; everything else that stops has to be mended.
	d.Stopped = slices.ContainsFunc(problems, func(pr rosterfile.Problem) bool { return pr.Severity == rosterfile.Stop && pr.Code != "B01" })
	if d.Stopped {
		return parentsPreviewTemplate.Send(c, status, d)
	}
	for _, part := range []struct {
		key   string
		lines []roster.PlanLine
	}{{"added", plan.Added}, {"changed", plan.Changed}, {"left", plan.Left}, {"back", plan.Back}} {
		if len(part.lines) == 0 {
			continue
		}
		shown := planPart{Label: v.Say("parents.plan."+part.key, words.V{"Count": len(part.lines)}), Lines: part.lines[:min(len(part.lines), linesShown)]}
		if more := len(part.lines) - len(shown.Lines); more > 0 {
			shown.More = v.Say("import.more", words.V{"Count": more})
		}
		d.Counts = append(d.Counts, shown)
	}
	if plan.Unchanged > 0 {
		d.Counts = append(d.Counts, planPart{Label: v.Say("parents.plan.unchanged", words.V{"Count": plan.Unchanged})})
	}
	if plan.NoEmail > 0 {
		d.NoEmail = v.Say("parents.plan.no_email", words.V{"Count": plan.NoEmail})
	}
	if plan.Changes() > 0 {
		d.Apply = v.Say("import.apply", words.V{"Count": plan.Changes()})
	} else {
		d.Nothing = v.Say("import.nothing_to_do")
	}
	if d.Braked = plan.Braked(); d.Braked {
		d.Brake = page.Field{Name: "leavers", Label: v.Say("parents.type_number"), Error: errs.Of("leavers"), Value: c.FormValue("leavers"),
			Hint: v.Say("parents.brake", words.V{"Count": len(plan.Left), "Known": plan.Known})}
	}
	return parentsPreviewTemplate.Send(c, status, d)
}

// columns are the choices of which column holds what: as many parents a line as were found, and one more to add by hand.
func (d *parentsPreviewPage) columns(v words.Voice, list rosterfile.ParentList) {
	if len(list.Columns) == 0 {
		return
	}
	field := func(name, label string, chosen int) page.Field {
		f := page.Field{Name: name, Label: label, Options: []page.Option{{Value: "", Label: v.Say("import.no_column"), Chosen: chosen < 0}}}
		for i, heading := range list.Columns {
			f.Options = append(f.Options, page.Option{Value: itoa(i), Label: heading, Chosen: i == chosen})
		}
		return f
	}
	d.Pupil = field("map-pupil", v.Say("parents.field.pupil"), list.Mapping.Pupil)
	for n := range min(len(list.Mapping.Blocks)+1, rosterfile.MaxParents) {
		block := parentBlock{Legend: v.Say("parents.block", words.V{"N": n + 1})}
		if n > 0 && n == len(list.Mapping.Blocks) {
			block.More = v.Say("parents.block_more")
		}
		for _, f := range rosterfile.ParentFields {
			chosen := -1
			if n < len(list.Mapping.Blocks) {
				if i, ok := list.Mapping.Blocks[n][f]; ok {
					chosen = i
				}
			}
			block.Fields = append(block.Fields, field(fmt.Sprintf("map-%d-%s", n+1, f), v.Say("parents.field."+string(f)), chosen))
		}
		d.Blocks = append(d.Blocks, block)
	}
}

// applyParents does what the preview said. Whatever has changed since leads back to a new preview.
func (p Pages) applyParents(c echo.Context, who access.Actor) error {
	u, err := p.readCarried(c, parentsList, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawParentsImport(c, status, errs)
	} else if err != nil {
		return err
	}
	m := readParentMapping(c)
	list, problems := rosterfile.ReadParents(u.Name, u.data, m)
	if text, err := json.Marshal(list.Mapping); err != nil || string(text) != u.Mapping {
		errs, status, _ := page.Explain(c, fault.New(fault.Conflict, "import.changed"))
		return p.drawParentsPreview(c, who, status, u, m, errs)
	}
	if rosterfile.Stops(problems) {
		return p.drawParentsPreview(c, who, http.StatusUnprocessableEntity, u, m, page.Errors{Summary: page.Voice(c).Say("import.stopped")})
	}
	plan, err := p.Roster().ApplyParents(c.Request().Context(), who, list.ParentList, roster.Confirm{Leavers: atoi(c.FormValue("leavers")), Plan: u.Plan})
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawParentsPreview(c, who, status, u, m, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people/parents", page.Voice(c).Say("parents.done", words.V{"Added": len(plan.Added), "Changed": len(plan.Changed),
		"Left": len(plan.Left), "Back": len(plan.Back), "Unchanged": plan.Unchanged}))
}

// parentsProblems is the table of problems as a file, to work through beside the list.
func (p Pages) parentsProblems(c echo.Context, who access.Actor) error {
	u, err := p.readCarried(c, parentsList, who)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawParentsImport(c, status, errs)
	} else if err != nil {
		return err
	}
	var m rosterfile.ParentMapping
	if err := json.Unmarshal([]byte(u.Mapping), &m); err != nil {
		return err
	}
	_, problems, _, err := p.readParents(c, who, u, &m)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := rosterfile.WriteTable(&b, page.Voice(c), problems); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="parents-list-problems.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

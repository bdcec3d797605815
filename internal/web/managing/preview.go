package managing

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/words"
	"earshot/internal/exchange/rosterfile"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type previewPage struct {
	page.Base
	Errors   page.Errors
	Upload   upload
	Stopped  bool // the list cannot be applied as it is
	Counts   []planPart
	Groups   string // forms and classes that begin or end
	Brake    page.Field
	Braked   bool
	Apply    string // what the button says; empty when there is nothing to apply
	Nothing  string // that the list changes nothing
	Columns  []page.Field
	Classes  page.Field
	Problems []problemGroup
}

// planPart is one kind of change with the people it would touch.
type planPart struct {
	Label string
	Lines []roster.PlanLine
	More  string // how many more there are than are shown
}

// problemGroup is all problems of one code.
type problemGroup struct {
	Code     string
	Severity string
	Count    string
	Examples []problemLine
}

type problemLine struct {
	Where string
	Value string
	What  string
	Do    string
}

var previewTemplate = page.New("managing/preview", "base", previewPage{})

// Whom a preview shows: enough to see whether the list is the right one.
const (
	linesShown    = 50
	examplesShown = 3
)

func (p Pages) drawPreview(c echo.Context, who access.Actor, status int, u upload, m rosterfile.Mapping, errs page.Errors) error {
	v := page.Voice(c)
	list, problems, plan, err := p.readList(c, who, u, m)
	if err != nil {
		return err
	}
	mapping, err := json.Marshal(list.Mapping)
	if err != nil {
		return err
	}
	u.Mapping, u.Plan = string(mapping), plan.Fingerprint()
	u.Seal = p.sealOf(pupilList, who, u)
	d := previewPage{Base: p.NewBase(c, "What this list would change"), Errors: errs, Upload: u, Problems: groupProblems(v, problems)}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Pupil list", URL: "/people/import"}, {Text: "Preview", Here: true}}
	d.columns(v, list)
	// The first brake can be let go by typing the number; everything else that stops has to be mended.
	d.Stopped = slices.ContainsFunc(problems, func(pr rosterfile.Problem) bool { return pr.Severity == rosterfile.Stop && pr.Code != "B01" })
	if len(list.Columns) == 0 || len(list.Rows) == 0 && d.Stopped {
		return previewTemplate.Send(c, status, d)
	}
	for _, part := range []struct {
		key   string
		lines []roster.PlanLine
	}{{"added", plan.Added}, {"changed", plan.Changed}, {"moved", plan.Moved}, {"left", plan.Left}, {"back", plan.Back}} {
		d.part(v, part.key, part.lines)
	}
	d.Counts = append(d.Counts, planPart{Label: v.Say("import.plan.unchanged", words.V{"Count": plan.Unchanged})})
	if plan.OffRoll > 0 {
		d.Counts = append(d.Counts, planPart{Label: v.Say("import.plan.off_roll", words.V{"Count": plan.OffRoll})})
	}
	report := plan.Report()
	if report.NewGroups+report.EndedGroups > 0 {
		d.Groups = v.Say("import.groups", words.V{"New": report.NewGroups, "Ended": report.EndedGroups})
	}
	if report.Regrouped > 0 {
		d.Counts = append(d.Counts, planPart{Label: v.Say("import.plan.regrouped", words.V{"Count": report.Regrouped})})
	}
	switch {
	case report.Changes() > 0:
		d.Apply = v.Say("import.apply", words.V{"Count": report.Changes()})
	case report.GroupChanges() > 0:
		d.Apply = v.Say("import.apply_groups")
	default:
		d.Nothing = v.Say("import.nothing_to_do")
	}
	if d.Braked = plan.Braked() && !d.Stopped; d.Braked {
		d.Brake = page.Field{Name: "leavers", Label: v.Say("import.type_number"), Error: errs.Of("leavers"), Value: c.FormValue("leavers"),
			Hint: v.Say("import.brake", words.V{"Count": len(plan.Left), "Roll": plan.OnRoll})}
	}
	return previewTemplate.Send(c, status, d)
}

func (d *previewPage) part(v words.Voice, key string, lines []roster.PlanLine) {
	if len(lines) == 0 {
		return
	}
	part := planPart{Label: v.Say("import.plan."+key, words.V{"Count": len(lines)}), Lines: lines[:min(len(lines), linesShown)]}
	if more := len(lines) - len(part.Lines); more > 0 {
		part.More = v.Say("import.more", words.V{"Count": more})
	}
	d.Counts = append(d.Counts, part)
}

// columns are the choices of which column holds what. What is never kept cannot be chosen.
func (d *previewPage) columns(v words.Voice, list rosterfile.List) {
	for _, f := range rosterfile.Fields {
		field := page.Field{Name: "map-" + string(f), Label: v.Say("import.field." + string(f))}
		if f == rosterfile.Classes {
			field.Several, field.Hint = true, v.Say("import.field.classes.hint")
		} else {
			field.Options = []page.Option{{Value: "", Label: v.Say("import.no_column")}}
		}
		for i, heading := range list.Columns {
			if !rosterfile.LeftOut(heading) {
				field.Options = append(field.Options, page.Option{Value: itoa(i), Label: heading, Chosen: slices.Contains(list.Mapping[f], i)})
			}
		}
		if f == rosterfile.Classes {
			d.Classes = field
		} else if len(field.Options) > 1 {
			d.Columns = append(d.Columns, field)
		}
	}
}

// readMapping reads the choices of columns.
func readMapping(c echo.Context) rosterfile.Mapping {
	m := rosterfile.Mapping{}
	for _, f := range rosterfile.Fields {
		values, _ := chosen(c, "map-"+string(f))
		for _, value := range values {
			if i, err := strconv.Atoi(value); err == nil {
				m[f] = append(m[f], i)
			}
		}
	}
	return m
}

// groupProblems puts problems of one code together, the gravest first.
func groupProblems(v words.Voice, problems []rosterfile.Problem) []problemGroup {
	rank := []rosterfile.Severity{rosterfile.Stop, rosterfile.Skip, rosterfile.Warn, rosterfile.Info}
	byCode := map[string][]rosterfile.Problem{}
	var codes []string
	for _, pr := range problems {
		if byCode[pr.Code] == nil {
			codes = append(codes, pr.Code)
		}
		byCode[pr.Code] = append(byCode[pr.Code], pr)
	}
	gravest := func(code string) int {
		worst := len(rank)
		for _, pr := range byCode[code] {
			worst = min(worst, slices.Index(rank, pr.Severity))
		}
		return worst
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(gravest(a)-gravest(b), cmp.Compare(a, b)) })
	var groups []problemGroup
	for _, code := range codes {
		all := byCode[code]
		g := problemGroup{Code: code, Severity: v.Say("pupil_list.severity." + string(rank[gravest(code)])), Count: v.Say("import.problems", words.V{"Count": len(all)})}
		for _, pr := range all[:min(len(all), examplesShown)] {
			g.Examples = append(g.Examples, problemLine{Where: where(v, pr), Value: pr.Value, What: pr.What(v), Do: pr.Do(v)})
		}
		groups = append(groups, g)
	}
	return groups
}

func where(v words.Voice, pr rosterfile.Problem) string {
	switch {
	case pr.Line == 0:
		return v.Say("import.where.file")
	case pr.Column == "":
		return v.Say("import.where.line", words.V{"Line": pr.Line})
	}
	return v.Say("import.where.column", words.V{"Line": pr.Line, "Column": pr.Column})
}

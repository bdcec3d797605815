package managing

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type schoolPage struct {
	page.Base
	Form  page.Form
	Trust bool // the reader may let the school join one
}

var schoolTemplate = page.New("managing/school", "base", schoolPage{})

// ownHelplines is how much a school may write about its own helplines.
const ownHelplines = 1000

func (p Pages) school(c echo.Context, who access.Actor) error {
	return p.drawSchool(c, who, http.StatusOK, page.School(c), itoa(page.School(c).Roll), page.Errors{})
}

func (p Pages) drawSchool(c echo.Context, who access.Actor, status int, s roster.School, roll string, errs page.Errors) error {
	v := page.Voice(c)
	d := schoolPage{Base: p.NewBase(c, "School")}
	d.Trust = access.Can(who, access.JoinTrust, access.Object{School: who.School})
	nation := page.Field{Name: "nation", Label: "Where is it?", Hint: "Pupils are shown the helplines of their nation."}
	for _, n := range roster.Nations {
		nation.Options = append(nation.Options, page.Option{Value: n, Label: v.Say("nation." + n), Chosen: n == s.Nation})
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "school", Label: "Name of the school", Value: s.Name, Autocomplete: "organization"},
		page.Field{Name: "roll", Label: "How many pupils are in the whole school?", Value: roll,
			Hint: "About is enough. Under 120, Earshot shows larger groups only, because people might guess."},
		nation,
		page.Field{Name: "hours", Label: "School begins at", Value: s.OpensAt, Hint: "Like 08:30."},
		page.Field{Name: "closes_at", Label: "School ends at", Value: s.ClosesAt, Hint: "Rounds close when school ends on their last day."},
		page.Field{Name: "time_zone", Label: "Time zone", Value: s.TimeZone, Hint: "Europe/London is right for the United Kingdom."},
		page.Field{Name: "helplines", Label: "Your own helplines, if you have any", Rows: 4, Value: s.Helplines,
			Hint: "One a line, name and number: School nurse: 01234 567 890. They stand before those of the nation, from the next round on."})
	return schoolTemplate.Send(c, status, d)
}

func (p Pages) saveSchool(c echo.Context, who access.Actor) error {
	s := page.School(c)
	s.Name, s.Nation, s.TimeZone = c.FormValue("school"), c.FormValue("nation"), strings.TrimSpace(c.FormValue("time_zone"))
	s.Roll = atoi(c.FormValue("roll"))
	s.OpensAt, s.ClosesAt = strings.TrimSpace(c.FormValue("hours")), strings.TrimSpace(c.FormValue("closes_at"))
	s.Helplines = strings.TrimSpace(strings.ReplaceAll(c.FormValue("helplines"), "\r\n", "\n"))
	err := checkSettings(s)
	if err == nil {
		err = p.Roster().SaveSettings(c.Request().Context(), who, s)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawSchool(c, who, status, s, c.FormValue("roll"), errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/school", page.Voice(c).Say("school.saved"))
}

// checkSettings finds what would make a page for pupils wrong: a helpline without a number, a day that ends before it
// begins.
func checkSettings(s roster.School) error {
	fields := map[string]fault.Problem{}
	for line := range strings.Lines(s.Helplines) {
		name, number, found := strings.Cut(strings.TrimSpace(line), ":")
		if strings.TrimSpace(line) != "" && (!found || strings.TrimSpace(name) == "" || !strings.ContainsAny(number, "0123456789")) {
			fields["helplines"] = fault.Problem{Key: "school.helpline"}
		}
	}
	if len(s.Helplines) > ownHelplines {
		fields["helplines"] = fault.Problem{Key: "school.helplines_long"}
	}
	opens, errOpens := time.Parse("15:04", s.OpensAt)
	closes, errCloses := time.Parse("15:04", s.ClosesAt)
	if errOpens == nil && errCloses == nil && !closes.After(opens) {
		fields["closes_at"] = fault.Problem{Key: "school.hours_order"}
	}
	return fault.Fields(fields)
}

type auditPage struct {
	page.Base
	Table auditTable
}

// auditTable is what was done, the newest first.
type auditTable struct{ Rows []auditLine }

type auditLine struct {
	When string
	Who  string
	What string
	Note string
}

var auditTemplate = page.New("managing/audit", "base", auditPage{})

const auditMost = 200

func (p Pages) audit(c echo.Context, who access.Actor) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	entries, err := audit.Recent(ctx, p.DB, who, auditMost)
	if err != nil {
		return err
	}
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	openings, err := envelope.NewStore(p.DB, p.Key).Recorded(ctx, who)
	if err != nil {
		return err
	}
	chairKeys, err := envelope.NewStore(p.DB, p.Key).ChairKeys(ctx, who.School)
	if err != nil {
		return err
	}
	targets, err := p.auditTargets(c, who, staff, openings)
	if err != nil {
		return err
	}
	byAccount := map[string]string{"": v.Say("audit.clock")}
	for _, m := range staff {
		if m.AccountID != nil {
			byAccount[*m.AccountID] = m.Name()
		}
	}
	d := auditPage{Base: p.NewBase(c, "What was done")}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "School", URL: "/school"}, {Text: "What was done", Here: true}}
	for _, e := range entries {
		if o, ok := openings[e.Target]; ok && o.PastHead && o.AskedBy != who.Person {
			continue // about the head or the safeguarding team, and not for this page: it stands among the openings, for those whose business it is
		}
		if e.Kind == "key" && chairKeys[e.Target] {
			continue // a chair makes a key when something comes for them alone
		}
		name, known := byAccount[e.AccountID]
		if !known { // somebody who has left the school since
			a, err := p.Identity().Account(ctx, e.AccountID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if name = a.Name; name == "" {
				name = v.Say("audit.somebody")
			}
			byAccount[e.AccountID] = name
		}
		d.Table.Rows = append(d.Table.Rows, auditLine{When: e.At.In(page.School(c).Zone()).Format("2 January 2006, 15:04"), Who: name,
			What: actionName(v, e.Action), Note: p.auditNote(v, e, targets)})
	}
	return auditTemplate.Send(c, http.StatusOK, d)
}

func actionName(v words.Voice, action string) string {
	if key := "audit." + action; v.Has(key) {
		return v.Say(key)
	}
	return action
}

// auditTargets names what deeds were about, as far as it is still there and the reader may know of it: an administrator
// reads no title of a round or survey.
func (p Pages) auditTargets(c echo.Context, who access.Actor, staff []roster.StaffMember, openings map[string]envelope.Opening) (map[string]string, error) {
	ctx, v := c.Request().Context(), page.Voice(c)
	named := map[string]string{roster.Form: v.Say("audit.groups.form"), roster.Class: v.Say("audit.groups.class")}
	for _, m := range staff {
		named[m.ID] = m.Name()
	}
	groups, err := p.Roster().Groups(ctx, who.School, "")
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		named[g.ID] = g.Name
		if g.Subject != "" {
			named[g.ID] = g.Name + ", " + g.Subject
		}
	}
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return named, nil
	}
	rounds, err := p.Rounds().List(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, r := range rounds {
		named[r.ID] = r.Title
	}
	for _, o := range openings {
		named[o.ID] = named[o.RoundID]
	}
	surveys, err := survey.NewStore(p.DB).List(ctx, who)
	for _, sv := range surveys {
		named[sv.ID] = sv.Title
	}
	return named, err
}

// auditNote says which round, survey, group or member of staff a deed was about, and turns the trail's own note into
// words. A fingerprint of a file or the name of a state means nothing to a reader and stays in the database.
func (p Pages) auditNote(v words.Voice, e audit.Entry, targets map[string]string) string {
	var parts []string
	if name := targets[e.Target]; name != "" {
		parts = append(parts, name)
	}
	switch e.Kind {
	case "person":
		var roles []string
		for _, r := range strings.Fields(e.Note) {
			roles = append(roles, roleName(v, r))
		}
		if len(roles) > 0 {
			parts = append(parts, strings.Join(roles, ", "))
		}
	case "survey":
		if t, ok := p.Bank.Template(e.Note); ok && len(parts) > 0 && t.Title != parts[0] {
			parts = append(parts, v.Say("audit.note.template", words.V{"Title": t.Title}))
		}
	case "people":
		var added, changed, moved, left, back, same int
		if _, err := fmt.Sscanf(e.Note, "added %d, changed %d, moved %d, left %d, back %d, unchanged %d", &added, &changed, &moved, &left, &back, &same); err == nil {
			parts = append(parts, v.Say("audit.note.import", words.V{"Added": added, "Changed": changed, "Moved": moved, "Left": left, "Back": back, "Unchanged": same}))
		}
	case "parents":
		var added, changed, left, back, same int
		if _, err := fmt.Sscanf(e.Note, "added %d, changed %d, left %d, back %d, unchanged %d", &added, &changed, &left, &back, &same); err == nil {
			parts = append(parts, v.Say("audit.note.parents", words.V{"Added": added, "Changed": changed, "Left": left, "Back": back, "Unchanged": same}))
		}
	case "round":
		if e.Action == "reply.change" && e.Note != "" {
			parts = append(parts, v.Say("audit.note.before", words.V{"Text": e.Note}))
		}
		if e.Action == "mail.invite" {
			parts = append(parts, v.Say("audit.note.invited", words.V{"Count": e.Note}))
		}
	case "school":
		if e.Note != "" {
			parts = append(parts, e.Note)
		}
	}
	return strings.Join(parts, ": ")
}

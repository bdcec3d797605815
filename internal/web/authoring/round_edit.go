package authoring

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return n
	}
	return otherwise
}

type roundEditPage struct {
	page.Base
	ID       string
	SurveyID string
	Surveys  page.Field // to choose from, when none is chosen yet
	Form     page.Form
	Adults   bool   // parents or staff are asked
	NoMail   string // why nobody can be asked by e-mail
	Lead     bool   // no lead or no deputy is named yet
	Calls    bool   // nobody has written down whom to call outside school
	Minutes  string // how many people have been asked for this term
	Opts     []optOut
}

type optOut struct {
	Name  string // of the field
	Group string
	Value string
}

var roundEditTemplate = page.New("authoring/round_edit", "base", roundEditPage{})

func (p Pages) newRound(c echo.Context, who access.Actor) error {
	f := round.Form{SurveyID: c.QueryParam("survey"), Mode: round.Anonymous, ReplyPlace: "on the school's website"}
	if c.QueryParam("mode") == string(round.OpenLink) {
		f.Mode = round.OpenLink
	}
	closes := schoolDay(c, p.DB.Now(), 5)
	f.ClosesAt = closing(c, string(closes))
	f.ReplyBy = schoolDay(c, f.ClosesAt, 10)
	f.Plan.Readers = []string{who.Person}
	if f.SurveyID != "" {
		sv, doc, err := p.draft(c, who, f.SurveyID)
		if err != nil {
			return err
		}
		f.Title = sv.Title
		f.About, f.Purpose = round.AboutSchool, access.ForSchool
		if doc.HasClassPages() {
			f.About, f.Purpose = round.AboutClasses, access.ForLearning
		}
		groups, err := p.Roster().Groups(c.Request().Context(), who.School, kindOf(f.About))
		if err != nil {
			return err
		}
		for _, g := range groups {
			if g.Kind == roster.Form || g.Subject != "" && g.Subject == groups[0].Subject {
				f.Plan.Groups = append(f.Plan.Groups, g.ID)
			}
		}
		if !bank.IsPupils(sv.Audience) {
			if err := p.adultsForm(c.Request().Context(), who, sv.Audience, &f); err != nil {
				return err
			}
		}
	}
	return p.drawRoundEdit(c, who, http.StatusOK, "", f, page.Errors{})
}

func kindOf(about round.About) string {
	if about == round.AboutClasses {
		return roster.Class
	}
	return roster.Form
}

func (p Pages) editRound(c echo.Context, who access.Actor) error {
	r, err := p.Rounds().Find(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	f := round.Form{SurveyID: r.SurveyID, Title: r.Title, About: r.About, Mode: r.Mode, Purpose: r.Purpose, Why: r.Why, MayChange: r.MayChange,
		ReplyBy: r.ReplyBy, ReplyPlace: r.ReplyPlace, ClosesAt: r.ClosesAt, Plan: r.Choices(), Least: r.Least}
	return p.drawRoundEdit(c, who, http.StatusOK, r.ID, f, page.Errors{})
}

// readRound reads the form of a round.
func readRound(c echo.Context) (round.Form, error) {
	form, err := c.FormParams()
	if err != nil {
		return round.Form{}, err
	}
	f := round.Form{
		SurveyID: form.Get("survey"), Title: form.Get("title"), About: round.About(form.Get("about")),
		Purpose: access.Purpose(form.Get("purpose")), Why: form.Get("why"), MayChange: form.Get("may_change"),
		ReplyBy: storage.Date(form.Get("reply_by")), ReplyPlace: strings.TrimSpace(form.Get("reply_place")), ClosesAt: closing(c, form.Get("closes_at")),
		Plan: round.Plan{Groups: form["groups"], Readers: form["readers"], Reading: map[string]int{}, People: form["people"], Outcome: form.Get("outcome"), Despite: form.Get("despite"), Minute: form.Get("minute") != "", PerChild: form.Get("per") == "child",
			Policy: form.Get("policy"), Flags: form["flags"], Linked: form.Get("linked") != ""},
	}
	f.Mode = readMode(form.Get("mode"), &f.Plan)
	for _, g := range f.Plan.Groups {
		if n := atoi(form.Get("reading-"+g), 0); n > 0 {
			f.Plan.Reading[g] = min(n, 400)
		}
	}
	return f, nil
}

func (p Pages) saveRound(c echo.Context, who access.Actor) error {
	f, err := readRound(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var r round.Round
	if err = p.checkOutcome(c, who, f); err == nil {
		err = p.nameHelpers(c, who)
	}
	if err == nil {
		err = p.checkAsking(c, who, f)
	}
	if err == nil {
		r, err = p.Rounds().SaveDraft(ctx, who, c.Param("id"), f)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawRoundEdit(c, who, status, c.Param("id"), f, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID, leftOut(page.Voice(c), f))
}

// outcomes lists the questions of a survey of which one can be the one that matters most.
func outcomes(doc survey.Document) []survey.Question {
	return slices.DeleteFunc(doc.Questions(), func(q survey.Question) bool { return !result.IsOutcome(doc, q) })
}

// checkOutcome refuses a question that cannot be the one that matters most: the survey may have changed since the form was
// shown.
func (p Pages) checkOutcome(c echo.Context, who access.Actor, f round.Form) error {
	if f.Plan.Outcome == "" {
		return nil
	}
	_, doc, err := p.draft(c, who, f.SurveyID)
	if err == nil && !slices.ContainsFunc(outcomes(doc), func(q survey.Question) bool { return q.ID == f.Plan.Outcome }) {
		err = fault.Field("outcome", "outcome.gone")
	}
	return err
}

// outcomeField asks which question matters most; without a name where no question can.
func outcomeField(c echo.Context, doc survey.Document, chosen string) page.Field {
	list := outcomes(doc)
	if len(list) == 0 {
		return page.Field{}
	}
	field := page.Field{Name: "outcome", Label: "Which question matters most to you?", Hint: "Results will show which answers go with it.",
		Options: []page.Option{{Label: page.Voice(c).Say("outcome.none")}}}
	for _, q := range list {
		field.Options = append(field.Options, page.Option{Value: q.ID, Label: q.Text, Chosen: q.ID == chosen})
	}
	return field
}

// nameHelpers adds the safeguarding lead and deputy where the form asked for them.
func (p Pages) nameHelpers(c echo.Context, who access.Actor) error {
	fields := map[string]fault.Problem{}
	for field, role := range map[string]access.Role{"lead": access.SafeguardingLead, "deputy": access.SafeguardingDeputy} {
		name, asked := formValue(c, field)
		if !asked {
			continue
		}
		if strings.TrimSpace(name) == "" {
			fields[field] = fault.Problem{Key: "round.name_" + field}
			continue
		}
		place, _ := formValue(c, field+"_place")
		_, err := p.namedStaff(c, who, name, role, place)
		if f, ok := fault.Of(err); ok && f.Kind == fault.Forbidden {
			fields[field] = fault.Problem{Key: "round.ask_head"}
		} else if err != nil {
			return err
		}
	}
	suggested := roster.SuggestedEscalation(page.School(c).Nation)
	// A draft may be kept before somebody has looked the numbers up; the round does not open without them.
	if text, asked := formValue(c, "escalation"); asked && strings.Join(strings.Fields(text), " ") != strings.Join(strings.Fields(suggested), " ") {
		err := p.Roster().SaveEscalation(c.Request().Context(), who, text)
		if f, ok := fault.Of(err); ok && f.Kind == fault.Forbidden {
			fields["escalation"] = fault.Problem{Key: "round.ask_head"}
		} else if ok && f.Kind == fault.Invalid {
			fields["escalation"] = f.Fields["escalation"]
		} else if err != nil {
			return err
		}
	}
	return fault.Fields(fields)
}

func (p Pages) drawRoundEdit(c echo.Context, who access.Actor, status int, id string, f round.Form, errs page.Errors) error {
	ctx := c.Request().Context()
	d := roundEditPage{Base: p.NewBase(c, "Prepare a round"), ID: id, SurveyID: f.SurveyID}
	if f.SurveyID == "" {
		all, err := survey.NewStore(p.DB).List(ctx, who)
		if err != nil {
			return err
		}
		d.Surveys = page.Field{Name: "survey", Label: "Which survey?"}
		for _, s := range all {
			d.Surveys.Options = append(d.Surveys.Options, page.Option{Value: s.ID, Label: s.Title})
		}
		return roundEditTemplate.Send(c, status, d)
	}
	_, doc, err := p.draft(c, who, f.SurveyID)
	if err != nil {
		return err
	}
	groups, err := p.groupField(c, who, f)
	if err != nil {
		return err
	}
	d.Adults = !bank.IsPupils(doc.Audience)
	for _, o := range groups.Options {
		if d.Adults {
			break // their children's slips have nothing to do with a round for parents
		}
		if n := f.Plan.Reading[o.Value]; n > 0 {
			d.Opts = append(d.Opts, optOut{"reading-" + o.Value, o.Label, itoa(n)})
		} else {
			d.Opts = append(d.Opts, optOut{"reading-" + o.Value, o.Label, ""})
		}
	}
	staff, err := p.Roster().StaffList(ctx, who.School)
	if err != nil {
		return err
	}
	readers := page.Field{Name: "readers", Label: "Who will read the results?", Several: true, Hint: "Teachers see their own class first in any case."}
	if d.Adults {
		readers.Hint = ""
	}
	lead, deputy := page.Field{Name: "lead", Label: "Safeguarding lead"}, page.Field{Name: "deputy", Label: "Deputy safeguarding lead"}
	hasLead, hasDeputy := false, false
	for _, m := range staff {
		hasLead = hasLead || m.Is(access.SafeguardingLead)
		hasDeputy = hasDeputy || m.Is(access.SafeguardingDeputy)
		if m.Is(access.Head) || m.Is(access.Leader) || m.Is(access.Governor) {
			readers.Options = append(readers.Options, page.Option{Value: m.ID, Label: m.Name(), Chosen: slices.Contains(f.Plan.Readers, m.ID)})
		}
	}
	lead.Value, deputy.Value = c.FormValue("lead"), c.FormValue("deputy")
	d.Lead = !hasLead || !hasDeputy
	calls, school := page.Field{}, page.School(c)
	if d.Calls = !school.CanEscalate() && (!d.Adults || doc.HasText()); d.Calls {
		calls = page.Field{Name: "escalation", Label: "Whom do adults call outside school?", Rows: 5, Value: cmp.Or(c.FormValue("escalation"), school.Escalation, roster.SuggestedEscalation(school.Nation)),
			Hint: "One a line, name and number. It stands beside whatever a pupil writes who needs help. Pupils do not see it."}
	}
	if !d.Lead {
		lead, deputy = page.Field{}, page.Field{}
	}
	pick := func(name, label, hint string, chosen string, values ...string) page.Field {
		field := page.Field{Name: name, Label: label, Hint: hint}
		v := page.Voice(c)
		for _, value := range values {
			field.Options = append(field.Options, page.Option{Value: value, Label: v.Say(name + "." + value), Hint: v.Say(name + "." + value + ".hint"), Chosen: value == chosen})
		}
		return field
	}
	closes := ""
	if !f.ClosesAt.IsZero() {
		closes = string(storage.DateOf(f.ClosesAt, page.School(c).Zone()))
	}
	about := page.Field{Name: "about"}
	if !d.Adults && (doc.HasClassPages() || f.About == round.AboutClasses) {
		about = pick("about", "What is this round about?", "", string(f.About), "classes", "school")
	}
	flags, err := p.flagsField(c, who, f)
	if err != nil {
		return err
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "title", Label: "Title", Value: f.Title, Hint: "Everybody who answers sees it."},
		page.Field{Name: "why", Label: "Why do you ask?", Value: f.Why, Hint: "The first thing people read: “Why we ask: we are planning next term's lessons.”"},
		page.Field{Name: "may_change", Label: "What may change because of the answers?", Value: f.MayChange, Rows: 2, Hint: "If nothing may change, do not ask."},
		about, groups,
		pick("mode", "How do people answer?", "", string(f.Mode), "anonymous", "confidential", "named", "open_link"),
		pick("policy", "Who may find out whose an answer is?", "It is part of the promise, and can never be changed after opening.", cmp.Or(f.Plan.Policy, "one"), "one", "two"),
		flags, page.Field{Name: "linked", Label: "Follow change", Several: true, Options: []page.Option{{Value: "yes", Label: page.Voice(c).Say("linked.yes"), Hint: page.Voice(c).Say("linked.yes.hint"), Chosen: f.Plan.Linked}}},
		pick("purpose", "What is it for?", "This can never be changed after opening.", string(f.Purpose), "learning", "school"),
		page.Field{Name: "minute", Label: "A minute to think first", Several: true, Hint: "A calm page before the first question asks people to put the screen down for a minute. Nobody has to wait. There are thinking cards on paper to print as well.",
			Options: []page.Option{{Value: "yes", Label: "Begin with a minute without the screen", Chosen: f.Plan.Minute}}},
		readers, outcomeField(c, doc, f.Plan.Outcome),
		page.Field{Name: "closes_at", Type: "date", Label: "Last day to answer", Value: closes},
		page.Field{Name: "reply_by", Type: "date", Label: "The day by which you will reply", Value: string(f.ReplyBy), Hint: "The clock stands on your first page until the reply is there."},
		page.Field{Name: "reply_place", Label: "Where the reply will be", Value: f.ReplyPlace},
		lead, page.Field{Name: "lead_place", Label: "Where pupils find the lead", Hint: "For example: Room 4, by the library.", Value: c.FormValue("lead_place")},
		calls, deputy, page.Field{Name: "deputy_place", Label: "Where pupils find the deputy", Hint: "A name alone is hard to find at break.", Value: c.FormValue("deputy_place")})
	against, err := p.against(c, who, f, doc, id != "" || c.Request().Method == http.MethodPost)
	if err != nil {
		return err
	}
	if d.Minutes, err = p.budget(c, who, f.Plan.Groups, doc); err != nil {
		return err
	}
	d.Form.Fields["despite"] = despiteField(against, f.Plan.Despite, errs.Of("despite") != "")
	if field := d.Form.Fields["despite"]; field.Name != "" {
		field.Error = errs.Of("despite")
		d.Form.Fields["despite"] = field
	}
	if d.Adults {
		if p.Mail == nil {
			d.NoMail = page.Voice(c).Say("mail.none")
		}
		fields, err := p.adultsFields(c, who, doc.Audience, f)
		if err != nil {
			return err
		}
		for _, field := range fields {
			field.Error = errs.Of(field.Name)
			d.Form.Fields[field.Name] = field
		}
		if doc.Audience == bank.Staff {
			delete(d.Form.Fields, "groups")
		}
	}
	return roundEditTemplate.Send(c, status, d)
}

func (p Pages) groupField(c echo.Context, who access.Actor, f round.Form) (page.Field, error) {
	ctx := c.Request().Context()
	field := page.Field{Name: "groups", Label: "Whom do you ask?", Several: true}
	groups, err := p.Roster().Groups(ctx, who.School, kindOf(f.About))
	if err != nil {
		return field, err
	}
	sizes, err := p.Roster().Sizes(ctx, who.School)
	if err != nil {
		return field, err
	}
	v := page.Voice(c)
	for _, g := range groups {
		label := g.Name
		if g.Subject != "" {
			label += ", " + g.Subject
		}
		field.Options = append(field.Options, page.Option{Value: g.ID, Label: label, Hint: v.Say("pupils.count", words.V{"Count": sizes[g.ID]}), Chosen: slices.Contains(f.Plan.Groups, g.ID)})
	}
	if f.About == round.AboutClasses {
		field.Hint = "Classes of one subject only, so that nobody's timetable gives them away."
	}
	return field, nil
}

// questionsOf lists what is asked, for the page of a round.
func questionsOf(doc survey.Document, v words.Voice) []questionLine {
	var lines []questionLine
	for _, q := range doc.Questions() {
		line := questionLine{ID: q.ID, Text: q.Text, Hint: v.Say("about." + string(q.About))}
		if q.Sensitive != "" || q.DescribesOneself {
			line.Hint += " · " + v.Say("bank.sensitive")
		}
		lines = append(lines, line)
	}
	return lines
}

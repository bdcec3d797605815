package authoring

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// broughtPage shows what a file would bring in, and asks what a round needs beside answers.
type broughtPage struct {
	page.Base
	Errors  page.Errors
	Carried carried
	Answers string
	Notes   []string
	Meant   []meant
	Tables  []countTable
	Groups  []broughtLine
	Not     []string // questions that nobody was asked
	Classes bool
	Form    page.Form
	Told    page.Field
	Taught  page.Field
}

// meant is what values of the file are taken for.
type meant struct {
	Title string
	Lines []fact
}

// countTable counts the answers to some questions with the same options.
type countTable struct {
	Caption string
	Head    []string
	Rows    []countRow
}

type countRow struct {
	Text  string
	Cells []int
}

type broughtLine struct{ Name, Year, Answers, Hint string }

var broughtTemplate = page.New("authoring/bring_in_preview", "base", broughtPage{})

func today(c echo.Context, now time.Time) string {
	return string(storage.DateOf(now, page.School(c).Zone()))
}

func (p Pages) drawPreview(c echo.Context, who access.Actor, status int, u carried, m responsefile.Mapping, r responsefile.Reading, found []responsefile.Problem, errs page.Errors) error {
	v := page.Voice(c)
	mapping, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if u.Mapping = string(mapping); u.Once == "" {
		u.Once = storage.NewID()
	}
	u.Seal = p.sealCarried(who, u)
	d := broughtPage{Base: p.NewBase(c, "What would be brought in"), Errors: errs, Carried: u, Answers: v.Say("bring_in.answers", words.V{"Count": len(r.Rows)}),
		Notes: linesOf(v, found), Tables: countTables(r), Meant: meantBy(v, m, u.docs[0])}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: "Bring in answers", URL: "/rounds/bring-in"}, {Text: "Preview", Here: true}}
	for _, id := range r.Without {
		q, _ := u.docs[0].Question(id)
		d.Not = append(d.Not, q.Text)
	}
	for _, g := range r.Groups {
		line := broughtLine{Name: g.Name, Year: g.Year, Answers: v.Say("bring_in.answers", words.V{"Count": g.Answers}), Hint: v.Say("bring_in.asked_unknown")}
		if g.Size > 0 {
			line.Answers, line.Hint = v.Say("bring_in.asked_of", words.V{"Answers": g.Answers, "Size": g.Size}), ""
		}
		if g.Answers < collecting.JoinLeast {
			line.Hint = strings.TrimPrefix(line.Hint+" · "+v.Say("bring_in.few_here"), " · ")
		}
		d.Groups = append(d.Groups, line)
	}
	d.Classes = m.Unit != nil && m.Unit.Kind == round.UnitClass
	if d.Form, err = p.broughtForm(c, who, u, errs); err != nil {
		return err
	}
	d.Told = page.Field{Name: "told", Label: "Were those who answered told?", Several: true, Error: errs.Of("told"),
		Options: []page.Option{{Value: "yes", Label: "I have made sure: those who answered were told that their answers may be used like this.", Chosen: c.FormValue("told") == "yes"}}}
	d.Taught = page.Field{Name: "taught", Label: "Are these your present classes?", Several: true, Error: errs.Of("taught"), Hint: "Then their teachers see their own class first, and what the class says next is set beside it.",
		Options: []page.Option{{Value: "yes", Label: "Yes, with the same names and taught by the same people as now.", Chosen: c.FormValue("taught") == "yes"}}}
	return broughtTemplate.Send(c, status, d)
}

func countTables(r responsefile.Reading) (list []countTable) {
	at := map[string]int{}
	for _, n := range r.Counts {
		var head []string
		for _, o := range n.Question.Options {
			head = append(head, o.Label)
		}
		key := strings.Join(head, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, countTable{Caption: "How often each answer was given", Head: append(head, "No answer")})
		}
		list[i].Rows = append(list[i].Rows, countRow{n.Question.Text, append(slices.Clone(n.Options), n.None)})
	}
	return list
}

// meantBy says what stands for what, question by question where they differ.
func meantBy(v words.Voice, m responsefile.Mapping, doc survey.Document) (list []meant) {
	at := map[string]int{}
	for _, q := range doc.Questions() {
		src, ok := m.Questions[q.ID]
		if !ok || len(src.Values) == 0 {
			continue
		}
		byOption := map[string][]string{}
		for value, option := range src.Values {
			byOption[option] = append(byOption[option], value)
		}
		var lines []fact
		add := func(name, option string) {
			if values := byOption[option]; len(values) > 0 {
				slices.Sort(values)
				lines = append(lines, fact{"“" + strings.Join(values, "”, “") + "”", name})
			}
		}
		for _, o := range q.Options {
			add(o.Label, o.ID)
		}
		add(v.Say("bring_in.no_answer"), "")
		key := ""
		for _, l := range lines {
			key += l.Name + "\x00" + l.Text + "\x00"
		}
		if i, ok := at[key]; ok {
			list[i].Title += ", " + src.Column
			continue
		}
		at[key] = len(list)
		list = append(list, meant{src.Column, lines})
	}
	return list
}

func (p Pages) broughtForm(c echo.Context, who access.Actor, u carried, errs page.Errors) (page.Form, error) {
	v := page.Voice(c)
	value := func(name, otherwise string) string {
		if c.Request().Form.Has("title") { // it has been on the page
			return c.FormValue(name)
		}
		return otherwise
	}
	purpose := page.Field{Name: "purpose", Label: "What were they collected for?", Hint: "Answers that were given for learning stay that: they can never serve to judge anybody."}
	for _, one := range []string{"school", "learning"} {
		purpose.Options = append(purpose.Options, page.Option{Value: one, Label: v.Say("purpose." + one), Hint: v.Say("purpose." + one + ".hint"), Chosen: value("purpose", "") == one})
	}
	if !bank.IsPupils(u.docs[0].Audience) {
		purpose.Options = purpose.Options[:1]
		purpose.Options[0].Chosen = true
	}
	readers := page.Field{Name: "readers", Label: "Who will read the results?", Several: true}
	staff, err := p.Roster().StaffList(c.Request().Context(), who.School)
	if err != nil {
		return page.Form{}, err
	}
	for _, m := range staff {
		if m.Is(access.Head) || m.Is(access.Leader) || m.Is(access.Governor) {
			chosen := slices.Contains(c.Request().Form["readers"], m.ID) || !c.Request().Form.Has("title") && m.ID == who.Person
			readers.Options = append(readers.Options, page.Option{Value: m.ID, Label: m.Name(), Chosen: chosen})
		}
	}
	return page.NewForm(errs,
		page.Field{Name: "title", Label: "Title", Value: value("title", u.docs[0].Title)},
		page.Field{Name: "asked", Type: "date", Label: "When did people answer last?", Value: value("asked", ""), Hint: "The answers are set in order by this day, before what you ask later."},
		purpose,
		page.Field{Name: "why", Label: "Why were they asked?", Value: value("why", "")},
		page.Field{Name: "may_change", Label: "What may change because of the answers?", Value: value("may_change", ""), Rows: 2},
		page.Field{Name: "reply_by", Type: "date", Label: "The day by which you will reply", Value: value("reply_by", string(schoolDay(c, p.DB.Now(), 10))), Hint: "These answers are owed a reply too. If it has been given, say it again here."},
		page.Field{Name: "reply_place", Label: "Where the reply will be", Value: value("reply_place", "")},
		readers), nil
}

// addResponses brings in what the preview showed.
func (p Pages) addResponses(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	u, err := p.readCarried(c, who)
	if err == nil && (u.Mapping == "" || u.Once == "") {
		err = fault.Field("file", "bring_in.stale")
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawBringIn(c, who, status, errs)
	} else if err != nil {
		return err
	}
	if r, err := p.Rounds().Find(ctx, who, u.Once); err == nil {
		return p.Done(c, "/rounds/"+r.ID, page.Voice(c).Say("bring_in.again"))
	}
	var m responsefile.Mapping
	if err := json.Unmarshal([]byte(u.Mapping), &m); err != nil {
		return err
	}
	asked := storage.Date(strings.TrimSpace(c.FormValue("asked")))
	on := string(asked)
	if !asked.Valid() {
		on = today(c, p.DB.Now())
	}
	reading, found := responsefile.Apply(u.table, m, u.docs, on)
	if responsefile.Stops(found) {
		errs := page.Errors{Summary: page.Voice(c).Say("bring_in.stopped"), Lines: linesOf(page.Voice(c), found)}
		return p.drawColumns(c, who, http.StatusUnprocessableEntity, u, m, saidBefore(u, m), nil, errs)
	}
	f, given := reading.Round(m)
	f.ID, f.SurveyID, f.Title, f.Why, f.MayChange = u.Once, u.Survey, c.FormValue("title"), c.FormValue("why"), c.FormValue("may_change")
	f.Asked, f.Purpose, f.Readers = asked, access.Purpose(c.FormValue("purpose")), c.Request().Form["readers"]
	f.ReplyBy, f.ReplyPlace = storage.Date(strings.TrimSpace(c.FormValue("reply_by"))), strings.TrimSpace(c.FormValue("reply_place"))
	f.Told, f.Taught = c.FormValue("told") == "yes", c.FormValue("taught") == "yes"
	r, err := schedule.BringIn(ctx, p.DB, p.Key, p.Bank, who, f, given)
	if errs, status, ok := page.Explain(c, err); ok {
		if errs.Of("kind") != "" || errs.Of("subject") != "" { // of the page before
			return p.drawColumns(c, who, status, u, m, saidBefore(u, m), nil, errs)
		}
		return p.drawPreview(c, who, status, u, m, reading, found, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID, page.Voice(c).Say("bring_in.done", words.V{"Date": day(c, r.LeadersFrom())}))
}

// withdrawRound takes back what was brought in.
func (p Pages) withdrawRound(c echo.Context, who access.Actor) error {
	r, err := schedule.Withdraw(c.Request().Context(), p.DB, p.Key, p.Bank, who, c.Param("id"), strings.TrimSpace(c.FormValue("reason")))
	return p.done(c, who, r, err, "bring_in.withdrawn")
}

// broughtFacts say of a brought-in round what a page says of others by their promise, their slips and their dates.
func (p Pages) broughtFacts(c echo.Context, r round.Round) ([]fact, error) {
	v := page.Voice(c)
	facts := []fact{{"Where it comes from", r.WhereFrom()}, {"Why they were asked", r.Why}, {"What may change", r.MayChange},
		{"Purpose", v.Say("purpose." + string(r.Purpose))}, {"Answered until", round.SayDate(storage.DateOf(r.ClosesAt, r.Zone()))}, {"Reply by", round.SayDate(r.ReplyBy)}}
	var names []string
	for _, reader := range r.AtOpening().Readers {
		names = append(names, reader.Name)
	}
	facts = append(facts, fact{"Who reads it", strings.Join(names, ", ")})
	units, err := p.Rounds().Units(c.Request().Context(), r)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, u := range units[1:] {
		if u.Size > 0 {
			groups = append(groups, v.Say("whom.group", words.V{"Name": u.Name, "Size": u.Size}))
		} else {
			groups = append(groups, u.Name)
		}
	}
	if len(groups) > 0 {
		facts = append(facts, fact{"Told apart", strings.Join(groups, ", ")})
	}
	if units[0].Size == 0 {
		facts = append(facts, fact{"How many were asked", "Not known"})
	}
	teachers, err := p.Rounds().UnitReaderNames(c.Request().Context(), r)
	if err != nil {
		return nil, err
	}
	if len(teachers) > 0 {
		facts = append(facts, fact{"Who sees their own class first", strings.Join(teachers, ", ")})
	}
	if r.ReplyPlace != "" {
		facts = append(facts, fact{"Where the reply will be", r.ReplyPlace})
	}
	if r.State == round.Cancelled {
		facts = append(facts, fact{"Withdrawn because", r.CancelReason})
	}
	return facts, nil
}

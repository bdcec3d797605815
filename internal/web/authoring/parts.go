package authoring

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// topicsOf is the one choice of topics that is made on a page, the first; a file may hold more. It is a new one where there
// is none.
func topicsOf(doc survey.Document) survey.Choice {
	if len(doc.Choices) > 0 {
		return doc.Choices[0]
	}
	return survey.Choice{ID: doc.NextChoice(), Text: "What would you like to be asked about?", Pick: 2, Draw: 1}
}

// partLine is one part of a survey on the page where it is written.
func partLine(v words.Voice, doc survey.Document, n int) sectionLine {
	s := doc.Sections[n]
	line := sectionLine{ID: s.ID, Name: "Part " + itoa(n+1), Title: s.Title, Empty: len(s.Questions) == 0 && len(doc.Sections) > 1, Up: n > 0, Down: n < len(doc.Sections)-1,
		Text: s.Text, Topic: s.Choice != "", Rule: sayRule(v, doc, s.ShowIf)}
	if s.Title != "" {
		line.Name += ": " + s.Title
	}
	if line.Topic {
		line.Set = append(line.Set, v.Say("part.topic"))
	}
	if s.Ask > 0 {
		line.Ask = itoa(s.Ask)
		line.Set = append(line.Set, v.Say("part.drawn", words.V{"Count": s.Ask}))
	}
	if s.Text != "" {
		line.Set = append(line.Set, v.Say("part.words"))
	}
	if line.Rule != "" {
		line.Set = append(line.Set, v.Say("part.rule"))
	}
	return line
}

// saveParts reads what is set for each part: words before it, how many of its questions are asked, whether it is a topic.
// Then it moves a part, if that is the button somebody pressed.
func (p Pages) saveParts(c echo.Context, doc *survey.Document) {
	topics := topicsOf(*doc)
	if text, ok := formValue(c, "choice"); ok {
		topics.Text = strings.TrimSpace(text)
		topics.Pick, topics.Draw = atoi(c.FormValue("pick"), topics.Pick), atoi(c.FormValue("draw"), topics.Draw)
	}
	used := map[string]bool{}
	for i := range doc.Sections {
		s := &doc.Sections[i]
		if text, ok := formValue(c, "text-"+s.ID); ok {
			s.Text, s.Ask = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), atoi(c.FormValue("ask-"+s.ID), 0)
			if chosen := c.FormValue("topic-"+s.ID) != ""; !chosen {
				s.Choice = ""
			} else if s.Choice == "" {
				s.Choice = topics.ID
			}
		}
		used[s.Choice] = true
	}
	choices := slices.Clone(doc.Choices)
	if at := slices.IndexFunc(choices, func(ch survey.Choice) bool { return ch.ID == topics.ID }); at >= 0 {
		choices[at] = topics
	} else {
		choices = append(choices, topics)
	}
	choices = slices.DeleteFunc(choices, func(ch survey.Choice) bool { return !used[ch.ID] })
	doc.SetChoices(slices.Clip(append([]survey.Choice(nil), choices...)))
	what, id, _ := strings.Cut(c.FormValue("do"), " ")
	at := slices.IndexFunc(doc.Sections, func(s survey.Section) bool { return s.ID == id })
	to := at
	switch what {
	case "part-up":
		to--
	case "part-down":
		to++
	}
	if at >= 0 && to >= 0 && to < len(doc.Sections) {
		doc.Sections[at], doc.Sections[to] = doc.Sections[to], doc.Sections[at]
	}
}

type whenPage struct {
	page.Base
	ID, Target string
	Asked      string // the words of what is asked
	Part       bool   // it is a whole part
	Grid       bool   // it stands in a grid, whose questions all have the same rule
	Rule       string // as it is now, in words
	Earlier    []page.Link
	By         string // the question that shall decide
	ByText     string
	Number     bool       // it is answered with a number
	Others     bool       // another earlier question could decide instead
	Names      []nameLine // how questions and their answers are called in a rule
	Form       page.Form
}

// nameLine says how a question, and each of its answers, is written in a rule.
type nameLine struct {
	Name, Text string
	Number     string // between which numbers; empty for a question with answers to choose from
	Answers    []page.Option
}

func nameOfRule(v words.Voice, q survey.Question) nameLine {
	line := nameLine{Name: "${" + q.ID + "}", Text: q.Text}
	if q.Type == survey.TypeNumber {
		line.Number = v.Say("rule.bounds", words.V{"Min": q.Min, "Max": q.Max})
		return line
	}
	for _, o := range q.Options {
		line.Answers = append(line.Answers, page.Option{Value: "'" + o.ID + "'", Label: o.Label})
	}
	return line
}

var whenTemplate = page.New("authoring/when", "base", whenPage{})

// target finds the question or part whose rule is set, and the questions before it.
func target(doc *survey.Document, id string) (rule *string, asked string, earlier []survey.Question) {
	for i := range doc.Sections {
		s := &doc.Sections[i]
		if s.ID == id {
			return &s.ShowIf, s.Title, earlier
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			if q.ID == id {
				return &q.ShowIf, q.Text, earlier
			}
			if q.Type != survey.TypeNote && !q.Type.IsText() {
				earlier = append(earlier, *q)
			}
		}
	}
	return nil, "", nil
}

func (p Pages) when(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawWhen(c, http.StatusOK, doc, "", page.Errors{})
}

// drawWhen shows the rule of doc; typed, if it is not empty, is an expression somebody wrote a moment ago.
func (p Pages) drawWhen(c echo.Context, status int, doc survey.Document, typed string, errs page.Errors) error {
	v := page.Voice(c)
	id := c.Param("id")
	rule, asked, earlier := target(&doc, c.Param("target"))
	if rule == nil {
		return notFound()
	}
	d := whenPage{Base: p.NewBase(c, "When is it asked?"), ID: id, Target: c.Param("target"), Asked: asked, Part: strings.HasPrefix(c.Param("target"), "s"),
		Rule: sayRule(v, doc, *rule)}
	if q, ok := doc.Question(d.Target); ok && q.Grid != "" {
		d.Asked, d.Grid = q.Grid+" "+asked, true
	}
	if d.Part {
		d.Title = "When is this part asked?"
		if asked == "" {
			d.Asked = "A part without a heading"
		}
	}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + id}, {Text: d.Title, Here: true}}
	now, _ := readRule(*rule)
	by := c.QueryParam("by")
	if by == "" && now.by != "" {
		by = now.by
	} else if by == "" && len(earlier) == 1 {
		by = earlier[0].ID
	}
	if by != now.by {
		now = simpleRule{}
	}
	fields := []page.Field{{Name: "rule", Label: "The rule", Rows: 2, Value: cmp.Or(typed, *rule),
		Hint: "As in XLSForm, such as ${q1} != 'never' and not(selected(${q2}, 'art')). How questions and answers are called stands below."}}
	for _, q := range earlier {
		d.Earlier = append(d.Earlier, page.Link{Text: q.Text, URL: "?by=" + q.ID, Here: q.ID == by})
		d.Others = d.Others || q.ID != by
		d.Names = append(d.Names, nameOfRule(v, q))
		if q.ID == by {
			d.By, d.ByText, d.Number = q.ID, q.Text, q.Type == survey.TypeNumber
			fields = append(fields, decidingFields(c, v, q, now)...)
		}
	}
	d.Form = page.NewForm(errs, fields...)
	return whenTemplate.Send(c, status, d)
}

// decidingFields ask which answers to a question decide, with what was pressed a moment ago, or what the rule says now.
func decidingFields(c echo.Context, v words.Voice, q survey.Question, now simpleRule) []page.Field {
	form, _ := c.FormParams()
	if c.FormValue("do") == "answers" {
		now = simpleRule{by: q.ID, answers: form["answer"], from: c.FormValue("from"), to: c.FormValue("to")}
	}
	if q.Type == survey.TypeNumber {
		hint := v.Say("rule.bounds", words.V{"Min": q.Min, "Max": q.Max})
		return []page.Field{{Name: "from", Label: "At least", Type: "number", Value: now.from, Hint: hint}, {Name: "to", Label: "At most", Type: "number", Value: now.to}}
	}
	answer := page.Field{Name: "answer", Label: "It is asked if the answer was any of these", Several: true}
	for _, o := range q.Options {
		answer.Options = append(answer.Options, page.Option{Value: o.ID, Label: o.Label, Chosen: slices.Contains(now.answers, o.ID)})
	}
	none := page.Option{Value: noAnswer, Label: v.Say("rule.no_answer"), Chosen: slices.Contains(now.answers, noAnswer)}
	answer.Options = append(answer.Options, none)
	return []page.Field{answer}
}

// saveWhen sets when a question or a part is asked: always, after some answers, or as an expression says.
func (p Pages) saveWhen(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	rule, _, _ := target(&doc, c.Param("target"))
	if rule == nil {
		return notFound()
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	before, typed := *rule, ""
	problems := doc.Problems()
	switch by, _ := doc.Question(c.FormValue("by")); c.FormValue("do") {
	case "always":
		*rule = ""
	case "answers":
		r := simpleRule{by: by.ID, answers: form["answer"], from: strings.TrimSpace(c.FormValue("from")), to: strings.TrimSpace(c.FormValue("to"))}
		if errs, status, wrong := page.Explain(c, r.check(by)); wrong {
			return p.drawWhen(c, status, doc, "", errs)
		}
		*rule = r.String()
	default:
		typed = strings.TrimSpace(c.FormValue("rule"))
		*rule = typed
	}
	alike(&doc, c.Param("target"), *rule)
	now := doc.Problems()
	fresh := newProblems(problems, now)
	mine := slices.DeleteFunc(now, func(pr survey.Problem) bool {
		if strings.HasPrefix(pr.Key, "route_") && (pr.Values["question"] == c.Param("target") || sectionAt(doc, pr) == c.Param("target")) {
			return false
		}
		isFresh := slices.ContainsFunc(fresh, func(f survey.Problem) bool { return f.Key == pr.Key && maps.Equal(f.Values, pr.Values) })
		return !isFresh || !strings.HasPrefix(pr.Key, "route_") && pr.Key != survey.ChoiceShowIf && pr.Key != survey.GridApart
	})
	if len(mine) > 0 {
		*rule = before
		alike(&doc, c.Param("target"), before)
		return p.drawWhen(c, http.StatusUnprocessableEntity, doc, typed, problemsFault(c, mine))
	}
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

// sectionAt is the id of the section that a problem is about; empty if it is about none.
func sectionAt(doc survey.Document, pr survey.Problem) string {
	if n := atoi(pr.Values["section"], 0); n > 0 && n <= len(doc.Sections) {
		return doc.Sections[n-1].ID
	}
	return ""
}

// alike gives the questions of one grid the same rule, since they stand under the same words.
func alike(doc *survey.Document, question, rule string) {
	q, ok := doc.Question(question)
	if !ok || q.Grid == "" {
		return
	}
	for i := range doc.Sections {
		for j := range doc.Sections[i].Questions {
			if other := &doc.Sections[i].Questions[j]; other.Grid == q.Grid {
				other.ShowIf = rule
			}
		}
	}
}

package authoring

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// topicsID is the one choice of topics that is made on a page; a file may hold more.
const topicsID = "c1"

func topicsOf(doc survey.Document) survey.Choice {
	for _, c := range doc.Choices {
		if c.ID == topicsID {
			return c
		}
	}
	return survey.Choice{ID: topicsID, Text: "What would you like to be asked about?", Pick: 2, Draw: 1}
}

// saveParts reads what is set for each part: words before it, how many of its questions are asked, whether it is a topic.
func (p Pages) saveParts(c echo.Context, doc *survey.Document) {
	topics := topicsOf(*doc)
	if text, ok := formValue(c, "choice"); ok {
		topics.Text = strings.TrimSpace(text)
		topics.Pick, topics.Draw = atoi(c.FormValue("pick"), topics.Pick), atoi(c.FormValue("draw"), topics.Draw)
	}
	some := false
	for i := range doc.Sections {
		s := &doc.Sections[i]
		if text, ok := formValue(c, "text-"+s.ID); ok {
			s.Text, s.Ask = strings.TrimSpace(text), atoi(c.FormValue("ask-"+s.ID), 0)
			if chosen := c.FormValue("topic-"+s.ID) != ""; !chosen && s.Choice == topicsID {
				s.Choice = ""
			} else if chosen && s.Choice == "" {
				s.Choice = topicsID
			}
		}
		some = some || s.Choice == topicsID
	}
	doc.Choices = slices.DeleteFunc(slices.Clone(doc.Choices), func(ch survey.Choice) bool { return ch.ID == topicsID })
	if some {
		doc.Choices = append(doc.Choices, topics)
	}
}

type whenPage struct {
	page.Base
	ID, Target string
	Asked      string // the words of what is asked
	Rule       string // as it is now, in words
	Earlier    []page.Link
	By         string // the question that shall decide
	ByText     string
	Form       page.Form
	Number     bool
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

func (p Pages) drawWhen(c echo.Context, status int, doc survey.Document, typed string, errs page.Errors) error {
	v := page.Voice(c)
	id := c.Param("id")
	rule, asked, earlier := target(&doc, c.Param("target"))
	if rule == nil {
		return notFound()
	}
	if typed == "" {
		typed = *rule
	}
	d := whenPage{Base: p.NewBase(c, "When is it asked?"), ID: id, Target: c.Param("target"), Asked: asked, Rule: sayRule(v, doc, *rule)}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + id}, {Text: d.Title, Here: true}}
	fields := []page.Field{{Name: "rule", Label: "As an expression", Rows: 2, Value: typed,
		Hint: "For those who know XLSForm, such as ${q1} != 'never' and not(selected(${q2}, 'art')). The answers have short names in the survey's file."}}
	for _, q := range earlier {
		d.Earlier = append(d.Earlier, page.Link{Text: q.Text, URL: "?by=" + q.ID, Here: q.ID == c.QueryParam("by")})
		if q.ID != c.QueryParam("by") {
			continue
		}
		d.By, d.ByText, d.Number = q.ID, q.Text, q.Type == survey.TypeNumber
		if d.Number {
			fields = append(fields, page.Field{Name: "from", Label: "At least"}, page.Field{Name: "to", Label: "At most"})
			continue
		}
		options := page.Field{Name: "answer", Label: "Asked if the answer was any of these", Several: true}
		for _, o := range q.Options {
			options.Options = append(options.Options, page.Option{Value: o.ID, Label: o.Label})
		}
		options.Options = append(options.Options, page.Option{Value: "-", Label: v.Say("rule.no_answer")})
		fields = append(fields, options)
	}
	d.Form = page.NewForm(errs, fields...)
	return whenTemplate.Send(c, status, d)
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
	before := len(doc.Problems())
	switch by, _ := doc.Question(c.FormValue("by")); c.FormValue("do") {
	case "always":
		*rule = ""
	case "answers":
		*rule = ruleFor(by, form["answer"], strings.TrimSpace(c.FormValue("from")), strings.TrimSpace(c.FormValue("to")))
	default:
		*rule = strings.TrimSpace(c.FormValue("rule"))
	}
	if problems := doc.Problems(); len(problems) > before {
		var mine []survey.Problem
		for _, pr := range problems {
			if strings.HasPrefix(pr.Key, "route_") {
				mine = append(mine, pr)
			}
		}
		return p.drawWhen(c, http.StatusUnprocessableEntity, doc, *rule, problemsFault(c, mine))
	}
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

// ruleFor writes the expression for some answers to a question.
func ruleFor(by survey.Question, answers []string, from, to string) string {
	var parts []string
	if by.Type == survey.TypeNumber {
		for _, bound := range [][2]string{{">=", from}, {"<=", to}} {
			if bound[1] != "" {
				parts = append(parts, fmt.Sprintf("${%s} %s %s", by.ID, bound[0], bound[1]))
			}
		}
		return strings.Join(parts, " and ")
	}
	for _, a := range answers {
		if a == "-" {
			parts = append(parts, fmt.Sprintf("${%s} = ''", by.ID))
		} else {
			parts = append(parts, fmt.Sprintf("selected(${%s}, '%s')", by.ID, a))
		}
	}
	return strings.Join(parts, " or ")
}

var oneAnswer = regexp.MustCompile(`^(?:selected\(\$\{(q\d+)\}, '([a-z0-9_]+)'\)|\$\{(q\d+)\} = '')$`)

// sayRule says a rule in words where a page made it, and as it stands where somebody wrote it.
func sayRule(v words.Voice, doc survey.Document, rule string) string {
	rule = strings.TrimSpace(rule)
	if rule == "" {
		return ""
	}
	e, err := expression.Parse(rule)
	if refs := e.Refs(); err == nil && len(refs) == 1 {
		q, ok := doc.Question(refs[0])
		var labels []string
		for part := range strings.SplitSeq(rule, " or ") {
			m := oneAnswer.FindStringSubmatch(part)
			switch o, known := q.Option(strings.Join(append(m, "", "", "")[2:3], "")); {
			case m == nil:
				ok = false
			case m[3] != "":
				labels = append(labels, strings.ToLower(v.Say("rule.no_answer")))
			case known:
				labels = append(labels, "“"+o.Label+"”")
			default:
				ok = false
			}
		}
		if ok {
			return v.Say("rule.answers", words.V{"Question": q.Text, "Answers": strings.Join(labels, " "+v.Say("rule.or")+" ")})
		}
	}
	return v.Say("rule.expression", words.V{"Rule": rule})
}

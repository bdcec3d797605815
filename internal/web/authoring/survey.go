package authoring

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type surveysPage struct {
	page.Base
	Errors    page.Errors
	Surveys   []roundLine
	Templates page.Field
	Audience  page.Field
}

var surveysTemplate = page.New("authoring/surveys", "base", surveysPage{})

func (p Pages) surveys(c echo.Context, who access.Actor) error {
	return p.drawSurveys(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawSurveys(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	all, err := survey.NewStore(p.DB).List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := surveysPage{Base: p.NewBase(c, "Surveys"), Errors: errs}
	for _, s := range all {
		d.Surveys = append(d.Surveys, roundLine{Title: s.Title, URL: "/surveys/" + s.ID, Hint: p.audienceName(s.Audience) + ", changed on " + day(c, s.ChangedAt)})
	}
	d.Templates = page.Field{Name: "template", Label: "Ready survey"}
	for _, t := range p.Bank.Templates {
		d.Templates.Options = append(d.Templates.Options, page.Option{Value: t.ID, Label: t.Title + " (" + p.audienceName(t.Audience) + ")"})
	}
	d.Audience = page.Field{Name: "audience", Label: "Who will answer?", Options: p.answerers()}
	return surveysTemplate.Send(c, status, d)
}

func (p Pages) answerers() []page.Option {
	var options []page.Option
	for _, a := range p.Bank.Audiences {
		if bank.CanAnswer(a.ID) {
			options = append(options, page.Option{Value: a.ID, Label: a.Name})
		}
	}
	return options
}

const surveyFileMost = 1 << 20

// addSurvey makes a survey from a ready one, from a file, or an empty one.
func (p Pages) addSurvey(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	var sv survey.Survey
	var err error
	switch c.FormValue("from") {
	case "template":
		sv, err = p.fromTemplate(c, who, c.FormValue("template"))
	case "file":
		var doc survey.Document
		var problem string
		if doc, problem, err = p.readFile(c); problem != "" {
			return p.drawSurveys(c, who, http.StatusUnprocessableEntity, page.Errors{Summary: problem})
		}
		if err == nil {
			sv, err = survey.NewStore(p.DB).Add(ctx, who, doc, "")
		}
	default:
		doc := survey.Document{Title: c.FormValue("title"), Audience: c.FormValue("audience"), Language: p.Bank.Language, Minutes: 1}
		if !bank.CanAnswer(doc.Audience) {
			return notFound()
		}
		sv, err = survey.NewStore(p.DB).Add(ctx, who, doc, "")
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawSurveys(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+sv.ID, page.Voice(c).Say("survey.added"))
}

func (p Pages) readFile(c echo.Context) (survey.Document, string, error) {
	v := page.Voice(c)
	header, err := c.FormFile("file")
	if err != nil {
		return survey.Document{}, v.Say("survey.file_none"), nil
	}
	f, err := header.Open()
	if err != nil {
		return survey.Document{}, "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, surveyFileMost+1))
	if err != nil {
		return survey.Document{}, "", err
	}
	doc, problems := surveyfile.Read(data, p.Bank)
	if len(problems) > 0 {
		var all []string
		for _, pr := range problems[:min(len(problems), 8)] {
			all = append(all, pr.String())
		}
		return doc, v.Say("survey.file_wrong", words.V{"Problem": strings.Join(all, " ")}), nil
	}
	return doc, "", nil
}

type surveyEditPage struct {
	page.Base
	ID       string
	Form     page.Form
	Audience string
	Length   string
	Sections []sectionLine
	Problems []string // why it could not be asked yet
}

type sectionLine struct {
	ID        string
	Title     string
	Empty     bool // it may be taken away
	Questions []questionLine
}

type questionLine struct {
	ID      string
	Text    string
	Hint    string
	Options string
	Own     bool // its words may be changed
	Up      bool
	Down    bool
}

var surveyEditTemplate = page.New("authoring/survey_edit", "base", surveyEditPage{})

func (p Pages) editSurvey(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawSurvey(c, http.StatusOK, doc, page.Errors{})
}

func (p Pages) drawSurvey(c echo.Context, status int, doc survey.Document, errs page.Errors) error {
	v := page.Voice(c)
	d := surveyEditPage{Base: p.NewBase(c, doc.Title), ID: c.Param("id"), Audience: p.audienceName(doc.Audience),
		Length: v.Say("questions.count", words.V{"Count": len(doc.Questions())}) + ", " + v.Say("minutes.about", words.V{"Count": doc.Minutes})}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, Here: true}}
	d.Form = page.NewForm(errs,
		page.Field{Name: "title", Label: "Title", Value: doc.Title, Hint: "Those who answer see it."},
		page.Field{Name: "minutes", Label: "Minutes it takes", Value: itoa(doc.Minutes)})
	for n, s := range doc.Sections {
		line := sectionLine{ID: s.ID, Title: s.Title, Empty: len(s.Questions) == 0 && len(doc.Sections) > 1}
		for i, q := range s.Questions {
			ql := questionLine{ID: q.ID, Text: q.Text, Own: q.Origin != survey.FromBank, Up: i > 0 || n > 0, Down: i < len(s.Questions)-1 || n < len(doc.Sections)-1, Hint: v.Say("about." + string(q.About))}
			if q.Sensitive != "" {
				ql.Hint += " · " + v.Say("bank.sensitive")
			}
			for n, o := range q.Options {
				if n > 0 {
					ql.Options += " · "
				}
				ql.Options += o.Label
			}
			line.Questions = append(line.Questions, ql)
		}
		d.Sections = append(d.Sections, line)
	}
	for _, pr := range doc.CanOpenWith(doc.Audience, bank.AnyDevice) {
		d.Problems = append(d.Problems, say(c, pr))
	}
	return surveyEditTemplate.Send(c, status, d)
}

// saveSurvey does one thing to a draft: save its title, move or take out a question, add or name a section.
func (p Pages) saveSurvey(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	// Whatever button was pressed, what was typed elsewhere on the page is kept.
	doc.Title = strings.TrimSpace(c.FormValue("title"))
	doc.Minutes = atoi(c.FormValue("minutes"), doc.Minutes)
	for i := range doc.Sections {
		if title, ok := formValue(c, "section-"+doc.Sections[i].ID); ok {
			doc.Sections[i].Title = strings.TrimSpace(title)
		}
	}
	what, id, _ := strings.Cut(c.FormValue("do"), " ")
	switch what {
	case "remove":
		doc.Remove(id)
	case "up", "down":
		moveQuestion(&doc, id, map[string]int{"up": -1, "down": 1}[what])
	case "section":
		doc.AddSection(strings.TrimSpace(c.FormValue("section")), "")
	case "close": // an empty part goes
		doc.Sections = slices.DeleteFunc(doc.Sections, func(s survey.Section) bool { return s.ID == id && len(s.Questions) == 0 })
	}
	err = survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawSurvey(c, status, doc, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

func formValue(c echo.Context, name string) (string, bool) {
	form, err := c.FormParams()
	if err != nil || !form.Has(name) {
		return "", false
	}
	return form.Get(name), true
}

// moveQuestion moves a question one place up or down, from the edge of a part into the next one.
func moveQuestion(doc *survey.Document, id string, by int) {
	for s := range doc.Sections {
		qs := doc.Sections[s].Questions
		i := slices.IndexFunc(qs, func(q survey.Question) bool { return q.ID == id })
		if i < 0 {
			continue
		}
		if j := i + by; j >= 0 && j < len(qs) {
			qs[i], qs[j] = qs[j], qs[i]
			return
		}
		if to := s + by; to >= 0 && to < len(doc.Sections) {
			q := qs[i]
			doc.Sections[s].Questions = slices.Delete(slices.Clone(qs), i, i+1)
			at := 0
			if by < 0 {
				at = len(doc.Sections[to].Questions)
			}
			doc.Sections[to].Questions = slices.Insert(slices.Clone(doc.Sections[to].Questions), at, q)
		}
		return
	}
}

func (p Pages) addItems(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var problems []survey.Problem
	for _, item := range form["item"] {
		problems = append(problems, doc.AddItem(p.Bank, "", item)...)
	}
	if len(problems) > 0 {
		return p.drawSurvey(c, http.StatusUnprocessableEntity, doc, problemsFault(c, problems))
	}
	doc.Minutes = max(doc.Minutes, (len(doc.Questions())+2)/3)
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

type ownPage struct {
	page.Base
	ID   string
	Form page.Form
}

var ownTemplate = page.New("authoring/own", "base", ownPage{})

func (p Pages) ownQuestion(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawOwn(c, http.StatusOK, doc, page.Errors{})
}

func (p Pages) drawOwn(c echo.Context, status int, doc survey.Document, errs page.Errors) error {
	v := page.Voice(c)
	d := ownPage{Base: p.NewBase(c, "Write a question"), ID: c.Param("id")}
	d.Crumbs = []page.Link{{Text: "Surveys", URL: "/surveys"}, {Text: doc.Title, URL: "/surveys/" + c.Param("id")}, {Text: "Write a question", Here: true}}
	about := page.Field{Name: "about", Label: "What is the answer about?", Hint: "Only answers about this class are ever shown to one teacher."}
	for _, a := range bank.Abouts() {
		about.Options = append(about.Options, page.Option{Value: string(a), Label: v.Say("about." + string(a)), Chosen: string(a) == c.FormValue("about")})
	}
	scale := page.Field{Name: "scale", Label: "Answers", Options: []page.Option{{Label: "My own list, below"}}}
	for _, s := range p.Bank.Scales {
		var labels []string
		for _, o := range s.Options {
			labels = append(labels, o.Label)
		}
		scale.Options = append(scale.Options, page.Option{Value: s.ID, Label: strings.Join(labels, " · "), Chosen: s.ID == c.FormValue("scale")})
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "text", Label: "The question", Rows: 2, Value: c.FormValue("text"), Hint: "Ask one thing, as you would say it. No “agree or disagree”."},
		page.Field{Name: "short", Label: "Short name for charts", Value: c.FormValue("short")},
		about, scale,
		page.Field{Name: "options", Label: "My own answers, one a line", Rows: 4, Value: c.FormValue("options")},
		page.Field{Name: "good", Label: "If they go upwards, how many of the last ones are good news?", Value: c.FormValue("good"),
			Hint: "For example 2, for Never, Sometimes, Often, Always. Leave it empty for a list without an order."},
		page.Field{Name: "several", Label: "How many may be chosen?", Options: []page.Option{
			{Value: "", Label: "One", Chosen: c.FormValue("several") == ""}, {Value: "yes", Label: "Several", Chosen: c.FormValue("several") != ""}}},
		page.Field{Name: "care", Label: "Is it about any of these?", Hint: "Then it is shown by year or school only.", Options: care(v, c.FormValue("care"))})
	return ownTemplate.Send(c, status, d)
}

func care(v words.Voice, chosen string) []page.Option {
	options := []page.Option{{Value: "", Label: v.Say("care.none"), Chosen: chosen == ""}}
	for _, kind := range []string{"wellbeing", "safety", "bullying", "home", "oneself"} {
		options = append(options, page.Option{Value: kind, Label: v.Say("care." + kind), Chosen: chosen == kind})
	}
	return options
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

func (p Pages) addOwn(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	own := survey.Own{Text: strings.TrimSpace(c.FormValue("text")), Short: strings.TrimSpace(c.FormValue("short")),
		About: bank.About(c.FormValue("about")), Origin: survey.FromSchool}
	if c.FormValue("several") != "" {
		own.Type = survey.TypeSeveral
	}
	switch kind := c.FormValue("care"); kind {
	case "oneself":
		own.DescribesOneself = true
	default:
		own.Sensitive = kind
	}
	if s, ok := p.Bank.Scale(c.FormValue("scale")); ok {
		own.Scale = s
	} else {
		own.Scale = ownScale(c.FormValue("options"), atoi(c.FormValue("good"), 0))
	}
	problems := doc.AddOwn("", own)
	if len(problems) == 0 {
		questions := doc.Questions()
		added := questions[len(questions)-1].ID
		for _, pr := range doc.Problems() {
			// Without words there is no short name either: one sentence is enough.
			if pr.Values["question"] == added && !(pr.Key == survey.QuestionShort && own.Text == "") {
				problems = append(problems, pr)
			}
		}
	}
	if len(problems) > 0 {
		return p.drawOwn(c, http.StatusUnprocessableEntity, doc, problemsFault(c, problems))
	}
	doc.Minutes = max(doc.Minutes, (len(doc.Questions())+2)/3)
	if err := survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc); err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say("survey.saved"))
}

// ownScale makes answers out of lines: a list without an order or, where the last good ones are said to be good news, a
// scale that goes upwards.
func ownScale(text string, good int) bank.Scale {
	s := bank.Scale{Kind: bank.Choice}
	for line := range strings.Lines(text) {
		label := strings.TrimSpace(line)
		if label == "" {
			continue
		}
		id := strings.Trim(notID.ReplaceAllString(strings.ToLower(label), "_"), "_")
		id = id[:min(len(id), 24)]
		if id == "" || slices.ContainsFunc(s.Options, func(o bank.Option) bool { return o.ID == id }) || id[0] >= '0' && id[0] <= '9' {
			id = "o" + itoa(len(s.Options)+1)
		}
		s.Options = append(s.Options, bank.Option{ID: id, Label: label})
	}
	if good <= 0 || good >= len(s.Options) {
		return s
	}
	s.Kind = bank.Unipolar
	var words []string
	for i := range s.Options {
		s.Options[i].Value = i + 1
		if i >= len(s.Options)-good {
			s.Favourable = append(s.Favourable, s.Options[i].ID)
			words = append(words, strings.ToLower(s.Options[i].Label))
		}
	}
	s.FavourableWords = strings.Join(words, " or ")
	return s
}

func (p Pages) surveyFile(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	if problems := doc.Problems(); len(problems) > 0 {
		return p.drawSurvey(c, http.StatusUnprocessableEntity, doc, problemsFault(c, problems))
	}
	data, err := surveyfile.Write(doc)
	if err != nil {
		return err
	}
	name := strings.Trim(notID.ReplaceAllString(strings.ToLower(doc.Title), "-"), "-")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name[:min(len(name), 60)]+`.yaml"`)
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", data)
}

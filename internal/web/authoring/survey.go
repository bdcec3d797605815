package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type surveysPage struct {
	page.Base
	Errors    page.Errors
	Surveys   []roundLine
	Templates page.Field
	Audience  page.Field

	FileAudience, FileAbout page.Field // asked beside a file that may not say it
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
	p.fileFields(c, &d)
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

// addSurvey makes a survey from a ready one, from a file, or an empty one.
func (p Pages) addSurvey(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	var sv survey.Survey
	var err error
	switch c.FormValue("from") {
	case "template":
		sv, err = p.fromTemplate(c, who, c.FormValue("template"))
	case "file":
		var errs page.Errors
		if sv, errs, err = p.addFile(c, who); errs.Any() {
			return p.drawSurveys(c, who, http.StatusUnprocessableEntity, errs)
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
	done := "survey.added"
	if doc, err := sv.Doc(); err == nil && doc.Kept != nil && len(doc.Kept.Notes) > 0 {
		done = "survey.added_notes"
	}
	return p.Done(c, "/surveys/"+sv.ID, page.Voice(c).Say(done))
}

type surveyEditPage struct {
	page.Base
	ID       string
	Form     page.Form
	Audience string
	Length   string
	Sections []sectionLine
	Topics   bool     // some parts are topics to choose from
	Problems []string // why it could not be asked yet
	Remarks  []string // rules that are worth another look
	Notes    []string // what was said about the file it came from
}

type sectionLine struct {
	ID        string
	Name      string // Part 2: Lessons
	Title     string
	Empty     bool // it may be taken away
	Up        bool // it may be moved up
	Down      bool
	Questions []questionLine
	Text      string   // words on a screen of their own before the questions
	Ask       string   // how many of the questions each person is asked; empty: all
	Topic     bool     // people choose whether to answer it
	Rule      string   // when it is asked, in words
	Set       []string // what of this is set, in words
}

type questionLine struct {
	ID     string
	Number int    // 0: a note, which is not counted
	Grid   string // the words over it and its neighbours, where they begin
	Text   string
	Hint   string
	Rule   string // when it is asked, in words
	Own    bool   // its words may be changed
	Guess  bool   // the class may be asked to guess it
	Up     bool
	Down   bool
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
	if doc.Kept != nil {
		d.Notes = doc.Kept.Notes
	}
	topics := topicsOf(doc)
	d.Form = page.NewForm(errs,
		page.Field{Name: "title", Label: "Title", Value: doc.Title, Hint: "Those who answer see it."},
		page.Field{Name: "minutes", Type: "number", Label: "Minutes it takes", Value: itoa(doc.Minutes)},
		page.Field{Name: "choice", Label: "What people read when they choose their topics", Value: topics.Text},
		page.Field{Name: "pick", Type: "number", Label: "How many topics each person chooses", Value: itoa(topics.Pick)},
		page.Field{Name: "draw", Type: "number", Label: "How many more topics chance adds", Value: itoa(topics.Draw), Hint: "So that topics few would choose get answers too."})
	number, guesses := 0, 0
	for _, q := range doc.Questions() {
		if q.Guesses != "" {
			guesses++
		}
	}
	for n, s := range doc.Sections {
		line := partLine(v, doc, n)
		d.Topics = d.Topics || line.Topic
		for i, q := range s.Questions {
			ql := questionLine{ID: q.ID, Text: q.Text, Own: q.Origin != survey.FromBank, Up: i > 0 || n > 0,
				Down: i < len(s.Questions)-1 || n < len(doc.Sections)-1, Rule: sayRule(v, doc, q.ShowIf)}
			if q.Type != survey.TypeNote {
				number++
				ql.Number = number
			}
			if i == 0 || s.Questions[i-1].Grid != q.Grid {
				ql.Grid = q.Grid
			}
			var hints []string
			if v.Has("type." + string(q.Type)) {
				hints = append(hints, v.Say("type."+string(q.Type)))
			}
			if q.Type != survey.TypeNote {
				hints = append(hints, v.Say("about."+string(q.About)))
			}
			if q.Sensitive != "" {
				hints = append(hints, v.Say("bank.sensitive"))
			}
			if of, ok := doc.Guessed(q); ok {
				hints = append(hints, v.Say("guess.hint", words.V{"Of": of.Short}))
			}
			_, guessed := doc.GuessAt(q)
			ql.Guess = doc.CanGuess() && q.CanBeGuessed() && !guessed && guesses < survey.MaxGuesses
			if q.Aloud {
				hints = append(hints, v.Say("bank.aloud"))
			}
			for _, o := range q.Options {
				hints = append(hints, o.Label)
			}
			ql.Hint = strings.Join(hints, " · ")
			line.Questions = append(line.Questions, ql)
		}
		d.Sections = append(d.Sections, line)
	}
	for _, pr := range doc.CanOpenWith(doc.Audience, bank.AnyDevice) {
		d.Problems = append(d.Problems, say(c, pr))
	}
	for _, pr := range doc.Remarks() {
		d.Remarks = append(d.Remarks, say(c, pr))
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
	p.saveParts(c, &doc)
	what, id, _ := strings.Cut(c.FormValue("do"), " ")
	said := "survey.saved"
	switch what {
	case "guess":
		if problems := doc.AddGuess(p.Bank, id, ""); len(problems) > 0 {
			return p.drawSurvey(c, http.StatusConflict, doc, problemsFault(c, problems))
		}
		doc.Minutes, said = max(doc.Minutes, (len(doc.Questions())+2)/3), "guess.add"
	case "remove":
		if deciding := doc.Deciding(id); len(deciding) > 0 {
			return p.drawSurvey(c, http.StatusConflict, doc, problemsFault(c, deciding))
		}
		doc.Remove(id)
	case "up", "down":
		moveQuestion(&doc, id, map[string]int{"up": -1, "down": 1}[what])
	case "section":
		doc.AddSection(strings.TrimSpace(c.FormValue("section")), "")
	case "close": // an empty part goes
		if len(doc.Sections) > 1 {
			doc.RemoveSection(id)
		}
	}
	err = survey.NewStore(p.DB).Save(c.Request().Context(), who, c.Param("id"), doc)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawSurvey(c, status, doc, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/surveys/"+c.Param("id"), page.Voice(c).Say(said))
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

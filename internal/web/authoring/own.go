package authoring

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type ownPage struct {
	page.Base
	ID   string
	Form page.Form
}

var ownTemplate = page.New("authoring/own", "base", ownPage{})

// typeOne is one answer out of a list or a scale: what the answers themselves make of a question.
const typeOne survey.Type = "one"

func answeredBy(v words.Voice, chosen string) []page.Option {
	options := []page.Option{{Value: string(typeOne), Label: v.Say("type.one"), Chosen: chosen == "" || chosen == string(typeOne)}}
	for _, t := range []survey.Type{survey.TypeSeveral, survey.TypeRanking, survey.TypeNumber, survey.TypeText, survey.TypeLongText, survey.TypeNote} {
		options = append(options, page.Option{Value: string(t), Label: v.Say("type." + string(t)), Hint: v.Say("type." + string(t) + ".hint"), Chosen: chosen == string(t)})
	}
	return options
}

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
		page.Field{Name: "type", Label: "How is it answered?", Options: answeredBy(v, c.FormValue("type"))},
		scale,
		page.Field{Name: "options", Label: "My own answers, one a line", Rows: 4, Value: c.FormValue("options")},
		page.Field{Name: "good", Type: "number", Label: "If they go upwards, how many of the last ones are good news?", Value: c.FormValue("good"),
			Hint: "For example 2, for Never, Sometimes, Often, Always. Leave it empty for a list without an order."},
		page.Field{Name: "at_most", Type: "number", Label: "How many may be chosen, or put in order?", Value: c.FormValue("at_most"), Hint: "Leave it empty: as many as they like, or an order of their first three."},
		page.Field{Name: "grid", Label: "Words over several questions with the same answers", Value: c.FormValue("grid"),
			Hint: "For a grid, such as “How often are your lessons”. Give each of its questions the same words here, and the same answers. On a phone they are asked one by one."},
		page.Field{Name: "min", Type: "number", Label: "Smallest number", Value: c.FormValue("min")},
		page.Field{Name: "max", Type: "number", Label: "Largest number", Value: c.FormValue("max")},
		page.Field{Name: "bands", Label: "Steps for the results", Value: c.FormValue("bands"),
			Hint: "Results show steps, never single numbers. Write where each step but the first begins, such as 6, 8, 10. Leave it empty for five equal steps."},
		about,
		page.Field{Name: "care", Label: "Is it about any of these?", Hint: "Then it is shown by year or school only.", Options: care(v, c.FormValue("care"))},
		page.Field{Name: "short", Label: "Short name for charts", Value: c.FormValue("short"), Hint: "Leave it empty: then it is the beginning of the question."})
	if bank.IsPupils(doc.Audience) { // nobody else raises hands
		d.Form.Fields["aloud"] = aloudField(c.FormValue("aloud") == "yes")
	}
	if aboutOnePerson(c.FormValue("text"), bank.About(c.FormValue("about")), survey.Type(c.FormValue("type"))) {
		d.Form.Fields["person"] = personField(errs, c.FormValue("person") == "yes")
	}
	return ownTemplate.Send(c, status, d)
}

// aboutOnePerson says whether a question seems to judge one adult, although its answers are shown for the whole school.
func aboutOnePerson(text string, about bank.About, t survey.Type) bool {
	return t != survey.TypeNote && about != bank.AboutThisClass && survey.NamesOnePerson(text)
}

// personField asks once whether a question that seems to be about one adult is meant as it stands.
func personField(errs page.Errors, ticked bool) page.Field {
	return page.NewForm(errs, page.Field{Name: "person", Label: "One person, or everybody?", Several: true,
		Options: []page.Option{{Value: "yes", Label: "It is not about one person: keep it as it is", Chosen: ticked}}}).At("person")
}

// asksAboutPerson is a fault where that question is still open.
func asksAboutPerson(c echo.Context, text string, about bank.About, t survey.Type) error {
	if c.FormValue("person") == "yes" || !aboutOnePerson(text, about, t) {
		return nil
	}
	return fault.Field("person", "own.one_person")
}

func care(v words.Voice, chosen string) []page.Option {
	options := []page.Option{{Value: "", Label: v.Say("care.none"), Chosen: chosen == ""}}
	for _, kind := range []string{"wellbeing", "safety", "bullying", "home", "oneself"} {
		options = append(options, page.Option{Value: kind, Label: v.Say("care." + kind), Chosen: chosen == kind})
	}
	return options
}

// aloudField asks whoever writes a question whether a room may answer it by raising hands.
func aloudField(ticked bool) page.Field {
	return page.Field{Name: "aloud", Label: "Raising hands", Several: true, Hint: "Where a whole room answers by raising hands, everybody sees everybody. Leave it empty if in doubt.",
		Options: []page.Option{{Value: "yes", Label: "May be asked aloud: it says nothing about any adult, feelings, safety or home", Chosen: ticked}}}
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

func (p Pages) addOwn(c echo.Context, who access.Actor) error {
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	own := survey.Own{Text: typedText(c, "text"), Short: strings.TrimSpace(c.FormValue("short")),
		About: bank.About(c.FormValue("about")), Origin: survey.FromSchool}
	own.Grid, own.AtMost = strings.TrimSpace(c.FormValue("grid")), atoi(c.FormValue("at_most"), 0)
	own.Min, own.Max = atoi(c.FormValue("min"), 0), atoi(c.FormValue("max"), 0)
	unread := map[string]fault.Problem{}
	for _, name := range asksFor(survey.Type(c.FormValue("type"))) {
		if text := strings.TrimSpace(c.FormValue(name)); text != "" && atoi(text, -1) != atoi(text, -2) {
			unread[name] = fault.Problem{Key: "own.whole"}
		}
	}
	if errs, status, wrong := page.Explain(c, fault.Fields(unread)); wrong {
		return p.drawOwn(c, status, doc, errs)
	}
	if errs, status, wrong := page.Explain(c, asksAboutPerson(c, own.Text, own.About, survey.Type(c.FormValue("type")))); wrong {
		return p.drawOwn(c, status, doc, errs)
	}
	for part := range strings.FieldsFuncSeq(c.FormValue("bands"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		own.Bands = append(own.Bands, atoi(part, own.Min-1)) // what is no number is found with the bands
	}
	if own.Type = survey.Type(c.FormValue("type")); own.Type == typeOne || !slices.Contains(survey.Types(), own.Type) {
		own.Type = ""
	}
	// What the page asks for other kinds alone is not looked at, even if something was left in it.
	good := c.FormValue("good")
	if own.Type != "" {
		own.Grid, good = "", ""
	}
	own.Aloud = c.FormValue("aloud") == "yes"
	if own.Type == survey.TypeNote {
		own.About, own.Aloud = "", false
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
		own.Scale, err = ownScale(c.FormValue("options"), good)
	}
	if errs, status, wrong := page.Explain(c, err); wrong {
		return p.drawOwn(c, status, doc, errs)
	}
	problems := doc.AddOwn("", own)
	if len(problems) == 0 {
		last := doc.Sections[len(doc.Sections)-1].Questions
		added := last[len(last)-1].ID
		for _, pr := range doc.Problems() {
			// Without words there is no short name either: one sentence is enough. A grid begins with one question; until
			// it has another, the survey's own page says that it is not ready.
			if pr.Values["question"] == added && !(pr.Key == survey.QuestionShort && own.Text == "") && pr.Key != survey.GridApart {
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

// asksFor are the fields for whole numbers that the page shows for a kind of answer.
func asksFor(t survey.Type) []string {
	switch t {
	case survey.TypeNumber:
		return []string{"min", "max"}
	case survey.TypeSeveral, survey.TypeRanking:
		return []string{"at_most"}
	}
	return nil
}

// ownScale makes answers out of lines: a list without an order or, where the last good ones are said to be good news, a
// scale that goes upwards. A fault says why good will not do.
func ownScale(text, good string) (bank.Scale, error) {
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
	good = strings.TrimSpace(good)
	n, err := strconv.Atoi(good)
	switch have := len(s.Options); {
	case good == "" || err == nil && n == 0:
		return s, nil
	case err != nil:
		return s, fault.Field("good", "own.good_number")
	case have < 2:
		return s, fault.Field("good", "own.good_few")
	case n < 0 || n >= have:
		return s, fault.Field("good", "own.good_out", fault.Values{"Have": have, "Most": have - 1})
	}
	s.Kind = bank.Unipolar
	var words []string
	for i := range s.Options {
		s.Options[i].Value = i + 1
		if i >= len(s.Options)-n {
			s.Favourable = append(s.Favourable, s.Options[i].ID)
			words = append(words, strings.ToLower(s.Options[i].Label))
		}
	}
	s.FavourableWords = strings.Join(words, " or ")
	return s, nil
}

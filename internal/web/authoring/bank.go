package authoring

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type bankPage struct {
	page.Base
	Form     page.Form
	Items    []itemLine
	Found    string
	Tries    page.Tries // of the gateway that is being browsed
	SurveyID string     // a survey that items are being picked for
	Survey   string
}

type itemLine struct {
	ID       string
	Text     string
	Gateway  string
	Audience string
	About    string
	Scale    string
	Notes    []string
	Have     bool
}

var bankTemplate = page.New("authoring/bank", "base", bankPage{})

func (p Pages) browse(c echo.Context, who access.Actor) error {
	v := page.Voice(c)
	d := bankPage{Base: p.NewBase(c, "Question bank"), SurveyID: c.QueryParam("survey")}
	f := bank.Filter{Gateway: c.QueryParam("gateway"), Audience: c.QueryParam("audience"), About: bank.About(c.QueryParam("about")), Text: c.QueryParam("q")}
	have := map[string]bool{}
	if d.SurveyID != "" {
		sv, doc, err := p.draft(c, who, d.SurveyID)
		if err != nil {
			return err
		}
		d.Survey, f.Audience, f.Options = sv.Title, doc.Audience, true
		for _, q := range doc.Questions() {
			have[q.Item] = true
		}
	}
	items := p.Bank.Browse(f)
	for _, i := range items {
		d.Items = append(d.Items, p.itemLine(c, i, have[i.ID]))
	}
	d.Found = v.Say("bank.found", words.V{"Count": len(items)})
	if d.SurveyID == "" {
		d.Tries = page.NewTries(p.Bank, p.Bank.TriesFor(f.Gateway, "", f.Audience), "", f.Audience)
	}
	gateways := []page.Option{{Label: "All"}}
	for _, g := range p.Bank.Gateways {
		gateways = append(gateways, page.Option{Value: g.ID, Label: g.Name, Chosen: g.ID == f.Gateway})
	}
	audiences := []page.Option{{Label: "Everybody"}}
	for _, a := range p.Bank.Audiences {
		audiences = append(audiences, page.Option{Value: a.ID, Label: a.Name, Chosen: a.ID == f.Audience})
	}
	abouts := []page.Option{{Label: "Anything"}}
	for _, a := range bank.Abouts() {
		abouts = append(abouts, page.Option{Value: string(a), Label: v.Say("about." + string(a)), Chosen: a == f.About})
	}
	d.Form = page.NewForm(page.Errors{},
		page.Field{Name: "gateway", Label: "Gateway", Options: gateways},
		page.Field{Name: "audience", Label: "Who answers", Options: audiences},
		page.Field{Name: "about", Label: "What it is about", Options: abouts},
		page.Field{Name: "q", Label: "Words", Value: f.Text, Type: "search"})
	return bankTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) itemLine(c echo.Context, i bank.Item, have bool) itemLine {
	v := page.Voice(c)
	line := itemLine{ID: i.ID, Text: i.Text, Audience: p.audienceName(i.Audience), About: v.Say("about." + string(i.About)), Have: have}
	if g, ok := p.Bank.Gateway(i.Gateway); ok {
		line.Gateway = g.Name
	}
	if s, ok := p.Bank.Scale(i.Scale); ok {
		for n, o := range s.Options {
			if n > 0 {
				line.Scale += " · "
			}
			line.Scale += o.Label
		}
	}
	if i.IsText() {
		line.Scale = v.Say("bank.words")
	}
	if i.Sensitive != "" {
		line.Notes = append(line.Notes, v.Say("bank.sensitive"))
	}
	if i.Aloud {
		line.Notes = append(line.Notes, v.Say("bank.aloud"))
	}
	if i.Reverse {
		line.Notes = append(line.Notes, v.Say("bank.reverse"))
	}
	return line
}

// draft loads a survey with its document.
func (p Pages) draft(c echo.Context, who access.Actor, id string) (survey.Survey, survey.Document, error) {
	sv, err := survey.NewStore(p.DB).Find(c.Request().Context(), who, id)
	if err != nil {
		return sv, survey.Document{}, err
	}
	doc, err := sv.Doc()
	return sv, doc, err
}

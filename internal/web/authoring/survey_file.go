package authoring

import (
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/exchange/xlsform"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// mostProblems is how many mistakes of a file are listed at once.
const mostProblems = 40

// fileFields ask what a form of another program does not say itself.
func (p Pages) fileFields(c echo.Context, d *surveysPage) {
	v := page.Voice(c)
	d.FileAudience = page.Field{Name: "file_audience", Label: "Who will answer, if the file does not say?", Options: p.answerers()}
	d.FileAbout = page.Field{Name: "file_about", Label: "What are the answers about, if the file does not say?", Hint: "That decides who may see them: only answers about this class are shown by class."}
	for _, a := range bank.Abouts() {
		d.FileAbout.Options = append(d.FileAbout.Options, page.Option{Value: string(a), Label: v.Say("about." + string(a)), Chosen: a == bank.AboutSchool})
	}
	for _, f := range []*page.Field{&d.FileAudience, &d.FileAbout} {
		if chosen := c.FormValue(f.Name); chosen != "" {
			for i := range f.Options {
				f.Options[i].Chosen = f.Options[i].Value == chosen
			}
		}
	}
}

// addFile makes a survey of a file: YAML, or a workbook with a form.
func (p Pages) addFile(c echo.Context, who access.Actor) (survey.Survey, page.Errors, error) {
	form, errs, err := p.readFile(c)
	if err != nil || errs.Any() {
		return survey.Survey{}, errs, err
	}
	var sv survey.Survey
	ctx := c.Request().Context()
	err = p.DB.InTx(ctx, func(tx *storage.DB) error {
		st := survey.NewStore(tx)
		var err error
		if sv, err = st.Add(ctx, who, form.Document, ""); err != nil {
			return err
		}
		for _, l := range words.Languages() {
			if said := form.Translations[l.Code]; len(said) > 0 {
				if err := st.Translate(ctx, who, sv.ID, l.Code, said); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return sv, page.Errors{}, err
}

func (p Pages) readFile(c echo.Context) (xlsform.Form, page.Errors, error) {
	v := page.Voice(c)
	header, err := c.FormFile("file")
	if err != nil {
		return xlsform.Form{}, page.Errors{Summary: v.Say("survey.file_none")}, nil
	}
	f, err := header.Open()
	if err != nil {
		return xlsform.Form{}, page.Errors{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, xlsform.MaxBytes+1))
	if err != nil {
		return xlsform.Form{}, page.Errors{}, err
	}
	var form xlsform.Form
	var lines []string
	if xlsform.Looks(data, header.Filename) {
		about := bank.About(c.FormValue("file_about"))
		if !slices.Contains(bank.Abouts(), about) {
			about = bank.AboutSchool
		}
		var problems xlsform.Problems
		form, problems = xlsform.Read(data, p.Bank, xlsform.Options{Audience: c.FormValue("file_audience"), About: about, Title: titleOf(header.Filename)})
		lines = problems.Lines()
	} else {
		doc, problems := surveyfile.Read(data, p.Bank)
		form.Document = doc
		for _, pr := range problems {
			lines = append(lines, pr.String())
		}
	}
	if len(lines) == 0 {
		return form, page.Errors{}, nil
	}
	errs := page.Errors{Summary: v.Say("survey.file_wrong", words.V{"Count": len(lines)}), Lines: lines[:min(len(lines), mostProblems)]}
	if more := len(lines) - mostProblems; more > 0 {
		errs.Lines = append(errs.Lines, v.Say("survey.file_more", words.V{"Count": more}))
	}
	return xlsform.Form{}, errs, nil
}

// titleOf makes a title of the name of a file, for a form that has none.
func titleOf(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, filepath.Ext(name))
	title := []rune(strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToValidUTF8(name, ""))), " "))
	return string(title[:min(len(title), 100)])
}

// surveyFile hands a draft out as a file: as YAML, or as a workbook with a form and its translations.
func (p Pages) surveyFile(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	_, doc, err := p.draft(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	if problems := doc.Problems(); len(problems) > 0 {
		return p.drawSurvey(c, http.StatusUnprocessableEntity, doc, problemsFault(c, problems))
	}
	var data []byte
	kind, ending := "application/yaml; charset=utf-8", ".yaml"
	if c.QueryParam("as") == "xlsx" {
		kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"
		have, err := survey.NewStore(p.DB).Translations(ctx, who.School, c.Param("id"))
		if err != nil {
			return err
		}
		said := map[string]map[string]string{}
		for _, t := range have {
			said[t.Language] = t.Said()
		}
		data, err = xlsform.Write(doc, said, p.Bank)
		if err != nil {
			return err
		}
	} else if data, err = surveyfile.Write(doc); err != nil {
		return err
	}
	name := strings.Trim(notID.ReplaceAllString(strings.ToLower(doc.Title), "-"), "-")
	if name = name[:min(len(name), 60)]; name == "" {
		name = "survey"
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+ending+`"`)
	return c.Blob(http.StatusOK, kind, data)
}

// Package authoring is where leaders write surveys, open and close rounds, and print slips.
package authoring

import (
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.Staff("GET", "/", p.home)
	r.For(access.BrowseBank, "GET", "/bank", p.browse)

	r.For(access.RunRounds, "GET", "/start", p.start)
	r.For(access.RunRounds, "POST", "/start", p.saveStart)
	r.For(access.RunRounds, "GET", "/start/survey", p.startSurvey)
	r.For(access.RunRounds, "POST", "/start/survey", p.saveStartSurvey)

	r.For(access.RunRounds, "GET", "/surveys", p.surveys)
	r.For(access.RunRounds, "POST", "/surveys", p.addSurvey)
	r.For(access.RunRounds, "GET", "/surveys/:id", p.editSurvey)
	r.For(access.RunRounds, "POST", "/surveys/:id", p.saveSurvey)
	r.For(access.RunRounds, "POST", "/surveys/:id/items", p.addItems)
	r.For(access.RunRounds, "GET", "/surveys/:id/own", p.ownQuestion)
	r.For(access.RunRounds, "POST", "/surveys/:id/own", p.addOwn)
	r.For(access.RunRounds, "GET", "/surveys/:id/questions/:question", p.rewordQuestion)
	r.For(access.RunRounds, "POST", "/surveys/:id/questions/:question", p.saveWording)
	r.For(access.RunRounds, "GET", "/surveys/:id/when/:target", p.when)
	r.For(access.RunRounds, "POST", "/surveys/:id/when/:target", p.saveWhen)
	r.For(access.RunRounds, "GET", "/surveys/:id/languages", p.translations)
	r.For(access.RunRounds, "GET", "/surveys/:id/languages/:language", p.translate)
	r.For(access.RunRounds, "POST", "/surveys/:id/languages/:language", p.saveTranslation)
	r.For(access.RunRounds, "GET", "/surveys/:id/file", p.surveyFile)

	r.Staff("GET", "/rounds", p.rounds)
	bringInRoutes(p, r)
	r.For(access.RunRounds, "GET", "/rounds/new", p.newRound)
	r.For(access.RunRounds, "POST", "/rounds", p.saveRound)
	r.Staff("GET", "/rounds/:id", p.round)
	r.For(access.RunRounds, "GET", "/rounds/:id/edit", p.editRound)
	r.For(access.RunRounds, "POST", "/rounds/:id", p.saveRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/opening", p.openRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/closing", p.closeRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/extension", p.extendRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/settling", p.settleRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/publication", p.publishRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/cancellation", p.cancelRound)
	r.For(access.RunRounds, "POST", "/rounds/:id/slips", p.printSlips)
	r.For(access.RunRounds, "GET", "/rounds/:id/cards", p.cards)
	r.For(access.RunRounds, "POST", "/rounds/:id/cards", p.printCards)
	r.For(access.RunRounds, "POST", "/rounds/:id/cards/newcomers", p.inviteNewcomers)
	r.For(access.RunRounds, "POST", "/rounds/:id/cards/out", p.optOut)
	r.For(access.RunRounds, "GET", "/rounds/:id/mail", p.mail)
	r.For(access.RunRounds, "POST", "/rounds/:id/mail", p.sendMail)
	r.For(access.RunRounds, "POST", "/rounds/:id/mail/slips", p.printPaper)
	r.For(access.RunRounds, "GET", "/rounds/:id/poster", p.poster)
	r.Staff("GET", "/rounds/:id/script", p.roomScript)
	r.Staff("GET", "/rounds/:id/screen", p.screen)
	r.Staff("GET", "/rounds/:id/card", p.helperCard)
	r.Staff("GET", "/rounds/:id/paper", p.blankSheet)
	r.Staff("GET", "/rounds/:id/thinking", p.thinking)
	r.Staff("GET", "/rounds/:id/ways", p.ways)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{homeTemplate, bankTemplate, startTemplate, startSurveyTemplate, surveysTemplate, surveyEditTemplate,
		ownTemplate, rewordTemplate, whenTemplate, translationsTemplate, translateTemplate, roundsTemplate, roundEditTemplate, roundTemplate, slipsTemplate, scriptTemplate, screenTemplate, paperTemplate, cardTemplate, thinkingTemplate, waysTemplate,
		mailTemplate, cardsTemplate, cardsPrintTemplate, posterTemplate, bringInTemplate, columnsTemplate, broughtTemplate}
}

// audienceName is how an audience is called on staff pages.
func (p Pages) audienceName(id string) string {
	if a, ok := p.Bank.Audience(id); ok {
		return a.Name
	}
	return id
}

// stateName is how a state is called on staff pages.
func stateName(c echo.Context, s round.State) string { return page.Voice(c).Say("state." + string(s)) }

// say turns a problem of a survey document into a sentence.
func say(c echo.Context, p survey.Problem) string {
	values := words.V{}
	for k, v := range p.Values {
		values[k] = v
	}
	return page.Voice(c).Say(p.Key, values)
}

// problemsFault makes a fault of a document's problems, to be shown over its form.
func problemsFault(c echo.Context, problems []survey.Problem) page.Errors {
	if len(problems) == 0 {
		return page.Errors{}
	}
	e := page.Errors{Summary: page.Voice(c).Say("fault.fields")}
	for _, pr := range problems {
		e.Lines = append(e.Lines, say(c, pr))
	}
	return e
}

// day writes a date as people say it, in the school's time zone.
func day(c echo.Context, t time.Time) string {
	return t.In(page.School(c).Zone()).Format("Monday 2 January")
}

func dayAndHour(c echo.Context, t time.Time) string {
	return t.In(page.School(c).Zone()).Format("Monday 2 January, 15:04")
}

// closing reads a closing day: the round closes when school ends that day.
func closing(c echo.Context, typed string) time.Time {
	school := page.School(c)
	d := storage.Date(strings.TrimSpace(typed)).Time(school.Zone())
	if d.IsZero() {
		return d
	}
	end, err := time.Parse("15:04", school.ClosesAt)
	if err != nil {
		return d.Add(16 * time.Hour)
	}
	return time.Date(d.Year(), d.Month(), d.Day(), end.Hour(), end.Minute(), 0, 0, school.Zone())
}

func schoolDay(c echo.Context, from time.Time, days int) storage.Date {
	return storage.DateOf(access.Deadline(from, days, page.School(c).Zone(), page.School(c).Days().Still), page.School(c).Zone())
}

func notFound() error { return fault.New(fault.NotFound, "fault.not_found") }

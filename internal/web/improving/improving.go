// Package improving is where staff do something with what was said: write the reply that a round is owed, see to what it
// promises, and say what became of it.
package improving

import (
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.Staff("GET", "/replies", p.replies)
	r.Staff("GET", "/replies/:id", p.read)
	r.For(access.RunRounds, "GET", "/replies/:id/edit", p.edit)
	r.For(access.RunRounds, "POST", "/replies/:id/edit", p.save)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/publication", p.publish)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/preview", p.preview)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/poster", p.poster)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/slides", p.slides)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/answers/new", p.newAnswer)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/answers", p.addAnswer)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/answers/:action", p.editAnswer)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/answers/:action", p.changeAnswer)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/answers/:action/publication", p.publishQuick)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/answers/:action/removal", p.removeAnswer)
	r.For(access.RunRounds, "GET", "/replies/:id/edit/languages/:language", p.translate)
	r.For(access.RunRounds, "POST", "/replies/:id/edit/languages/:language", p.saveTranslation)
	r.Staff("GET", "/rounds/:id/look", p.begin)
	r.Staff("GET", "/rounds/:id/look/:unit", p.look)
	r.Staff("POST", "/rounds/:id/look/:unit", p.guess)
	r.Staff("GET", "/rounds/:id/look/:unit/enough", p.enough)
	r.Staff("POST", "/rounds/:id/look/:unit/enough", p.saveEnough)
	r.Staff("GET", "/rounds/:id/look/:unit/journal", p.journal)
	r.Staff("POST", "/rounds/:id/look/:unit/journal", p.saveJournal)
	r.Staff("GET", "/rounds/:id/look/:unit/wall", p.wall)
	r.Staff("GET", "/rounds/:id/look/:unit/share", p.share)
	r.Staff("POST", "/rounds/:id/look/:unit/share", p.show)
	r.Staff("GET", "/shared", p.shared)
	r.Staff("POST", "/shared/:id/removal", p.takeBack)
	r.Staff("GET", "/rounds/:id/guess", p.staffGuess)
	r.Staff("POST", "/rounds/:id/guess", p.giveGuess)
	r.Staff("GET", "/journal", p.notes)
	r.Staff("GET", "/journal/file", p.notesFile)
	r.For(access.ReadPacks, "GET", "/packs", p.packs)
	r.For(access.RunRounds, "POST", "/packs", p.makePack)
	r.For(access.ReadPacks, "GET", "/packs/:id", p.pack)
	r.For(access.RunRounds, "POST", "/packs/:id/withdrawal", p.withdrawPack)
	r.For(access.ReadPacks, "GET", "/packs/:id/slides", p.packSlides)
	r.For(access.ReadPacks, "GET", "/packs/:id/files/:file", p.packFile)
	r.Staff("GET", "/agreement", p.agreement)
	r.Staff("POST", "/agreement", p.signAgreement)
	r.Staff("GET", "/actions", p.actions)
	r.Staff("GET", "/actions/:id", p.action)
	r.Staff("POST", "/actions/:id", p.report)
	r.For(access.RunRounds, "POST", "/actions/:id/pulse", p.pulse)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{repliesTemplate, readTemplate, replyTemplate, answerTemplate, languageTemplate, posterTemplate, slidesTemplate, actionsTemplate, actionTemplate,
		beginTemplate, enoughTemplate, guessTemplate, revealTemplate, journalTemplate, notesTemplate, packsTemplate, packTemplate, shareTemplate, sharedTemplate, agreementTemplate}
}

func notFound() error { return fault.New(fault.NotFound, "fault.not_found") }

func (p Pages) store() action.Store { return action.NewStore(p.DB, p.Key, p.Bank) }

// today is the day in the round's school.
func (p Pages) today(r round.Round) storage.Date { return storage.DateOf(p.DB.Now(), r.Zone()) }

// find reads a round that can be replied to.
func (p Pages) find(c echo.Context, who access.Actor) (round.Round, error) {
	r, err := p.Rounds().Find(c.Request().Context(), who, c.Param("id"))
	if err == nil && !action.Answerable(r) {
		return r, notFound()
	}
	return r, err
}

func day(r round.Round, t time.Time) string { return round.SayDate(storage.DateOf(t, r.Zone())) }

func replyURL(r round.Round) string { return "/replies/" + r.ID + "/edit" }

// crumbs lead to a page under a reply.
func crumbs(r round.Round, more ...page.Link) []page.Link {
	list := []page.Link{{Text: "Replies", URL: "/replies"}, {Text: r.Title, URL: replyURL(r)}}
	return append(list, more...)
}

// Package exploring is where staff and governors read what was said, and where everybody reads what was published. That a
// teacher looked at their own class is written down nowhere.
package exploring

import (
	"context"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.Staff("GET", "/results", p.school)
	r.Staff("GET", "/results/gateways/:gateway", p.gateway)
	r.Staff("GET", "/rounds/:id/results", p.results)
	r.Staff("GET", "/rounds/:id/results/files/:file", p.download)
	r.Staff("GET", "/rounds/:id/results/:unit", p.group)
	r.Staff("GET", "/rounds/:id/results/:unit/files/:file", p.downloadGroup)
	r.Staff("GET", "/rounds/:id/questions/:question", p.question)
	r.Staff("GET", "/rounds/:id/results/:unit/present", p.present)
	r.Staff("GET", "/rounds/:id/results/:unit/report", p.report)
	r.Staff("GET", "/rounds/:id/words", p.words)
	r.Staff("GET", "/rounds/:id/named", p.named)
	r.Staff("GET", "/rounds/:id/named/:tie", p.namedOne)
	r.For(access.RunRounds, "GET", "/rounds/:id/words/theme", p.theme)
	r.For(access.RunRounds, "POST", "/rounds/:id/words/theme", p.changeTheme)
	r.For(access.ReadTrust, "GET", "/trust", p.trust)
	r.For(access.ReadTrust, "GET", "/trust/questions/:wording", p.trustQuestion)
	r.For(access.ReadTrust, "GET", "/trust/files/:file", p.trustFile)
	r.For(access.ReadTrust, "GET", page.API+"v1/trust", p.apiTrustSums)
	r.Staff("GET", page.API+"v1/rounds", p.apiList)
	r.Staff("GET", page.API+"v1/rounds/:id/results", p.apiRelease)
	r.Public("GET", page.API+"v1/public/:code/results", p.apiPublic)
	r.Public("GET", page.API+"openapi.json", p.openAPI)
	r.Public("GET", "/r/:code", p.public)
	if k.Develop {
		r.Public("GET", "/gallery", p.gallery)
		r.Public("GET", "/unmask/:code", p.unmask)
		r.Public("POST", "/unmask/:code", p.unmaskGuess)
	}
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{resultsTemplate, waitingTemplate, questionTemplate, presentTemplate, reportTemplate, schoolTemplate, wordsTemplate, namedTemplate, namedOneTemplate, themeTemplate, gatewayTemplate, trustTemplate, trustQuestionTemplate, publicTemplate, galleryTemplate, unmaskTemplate}
}

func notFound() error { return fault.New(fault.NotFound, "fault.not_found") }

// look reads a round and what of its release the actor may see.
func (p Pages) look(ctx context.Context, who access.Actor, id string) (r round.Round, v result.Viewed, made bool, err error) {
	return p.Look(ctx, who, id)
}

// group finds one group that the actor may see.
func (p Pages) lookAt(ctx context.Context, who access.Actor, id, unit string) (round.Round, result.Viewed, result.Group, error) {
	r, v, _, err := p.look(ctx, who, id)
	if err != nil {
		return r, v, result.Group{}, err
	}
	g, ok := v.Group(unit)
	if !ok {
		return r, v, g, notFound()
	}
	return r, v, g, nil
}

// waits says whether somebody who sees nothing now will see something later: leaders, and other readers who were named.
func waits(r round.Round, who access.Actor) bool {
	named := slices.ContainsFunc(r.AtOpening().Readers, func(n round.Reader) bool { return n.Person == who.Person })
	return who.Is(access.Head, access.Leader) || named && !who.Is(access.Administrator)
}

// asked says when a round was open; empty while it is.
func asked(v words.Voice, r round.Round) string {
	if r.BroughtIn() {
		return v.Say("bring_in.when", words.V{"Asked": round.SayDate(storage.DateOf(r.ClosesAt, r.Zone())), "Date": round.SayDate(storage.DateOf(r.CreatedAt, r.Zone()))})
	}
	if r.OpenedAt == nil || r.ClosedAt == nil {
		return ""
	}
	day := func(t time.Time) string { return round.SayDate(storage.DateOf(t, r.Zone())) }
	from, to := day(*r.OpenedAt), day(*r.ClosedAt)
	if from == to {
		return v.Say("figure.asked_day", words.V{"From": from})
	}
	return v.Say("figure.asked", words.V{"From": from, "To": to})
}

func at(r round.Round, t time.Time) string {
	return t.In(r.Zone()).Format("Monday 2 January 2006 at 15:04")
}

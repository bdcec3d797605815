//go:build browser

package web_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserEveryPage looks at every page of the router as somebody who may see it. A new page without an address here
// fails.
func TestBrowserEveryPage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(3, 3))
	teacher := s.Staff("Lena Brandt", access.Teacher)
	whole := s.ended(s.Form(s.Survey("first_belong"), s.Forms("7A 27, 7B 28, 8A 26, 8B 27, 8C 4")), rng)
	for s.DB.Now().Before(whole.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	whole, err := s.Rounds().Publish(ctx, s.Head, whole.ID)
	testkit.Must(t, err)
	classes := s.ended(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24, 10/En2 25", teacher)), rng)
	sv := s.Survey("first_say")
	form := s.Form(sv, s.Forms("9A 27, 9B 28"))
	open := s.Open(form)
	form.Mode = round.OpenLink
	link := s.Open(form)
	draft, err := s.Rounds().SaveDraft(ctx, s.Head, "", form)
	testkit.Must(t, err)
	gone, err := s.Rounds().SaveDraft(ctx, s.Head, "", form)
	testkit.Must(t, err)
	gone, err = s.Rounds().Cancel(ctx, s.Head, gone.ID, "The questions were not ready.", func(*storage.DB, round.Round) error { return nil })
	testkit.Must(t, err)
	var year, class string
	for _, u := range s.units(whole) {
		if u.Kind == round.UnitYear && year == "" {
			year = u.ID
		}
	}
	for _, u := range s.units(classes) {
		if u.IsLeaf() {
			class = u.ID
		}
	}
	var someClass string
	for _, u := range s.units(open) {
		if u.IsLeaf() {
			someClass = u.ID
		}
	}
	head := s.signedIn(t, s.Head)
	head.Go("/surveys/" + sv.ID + "/own")
	head.fill("text", "How often do you laugh in lessons?")
	head.fill("short", "Laughing")
	head.choose("All lessons")
	head.fill("options", "Never\nSometimes\nOften")
	head.press("Add the question")
	own := testkit.Eval[string](head.Tab, `document.querySelector("a[href*='/questions/']").getAttribute("href").split("/").pop()`)

	round := func(of round.Round, rest string) string { return "/rounds/" + of.ID + rest }
	pages := map[string][]string{
		"/":                                 {"/"},
		"/bank":                             {"/bank?about=this_class", "/bank?about=school&survey=" + sv.ID},
		"/start":                            {"/start"},
		"/start/survey":                     {"/start/survey?kind=class"},
		"/surveys":                          {"/surveys"},
		"/surveys/:id":                      {"/surveys/" + sv.ID},
		"/surveys/:id/own":                  {"/surveys/" + sv.ID + "/own"},
		"/surveys/:id/questions/:question":  {"/surveys/" + sv.ID + "/questions/" + own},
		"/surveys/:id/when/:target":         {"/surveys/" + sv.ID + "/when/q3", "/surveys/" + sv.ID + "/when/q3?by=q1"},
		"/surveys/:id/languages":            {"/surveys/" + sv.ID + "/languages"},
		"/surveys/:id/languages/:language":  {"/surveys/" + sv.ID + "/languages/ur"},
		"/a/:code/away":                     {"/a/" + open.Code + "/away"},
		"/a/:code/stored":                   {"/a/" + open.Code + "/stored"},
		"/a/:code/shared":                   {"/a/" + open.Code + "/shared", "/a/" + open.Code + "/shared?ready=1"},
		"/a/:code/helper":                   {"/a/" + open.Code + "/helper", "/a/" + open.Code + "/helper?ready=1"},
		"/surveys/:id/preview":              {"/surveys/" + sv.ID + "/preview"},
		"/rounds":                           {"/rounds"},
		"/rounds/bring-in":                  {"/rounds/bring-in", "/rounds/bring-in?survey=" + sv.ID},
		"/rounds/new":                       {"/rounds/new", "/rounds/new?survey=" + sv.ID},
		"/rounds/:id":                       {round(draft, ""), round(open, ""), round(link, ""), round(classes, ""), round(whole, ""), round(gone, "")},
		"/rounds/:id/edit":                  {round(draft, "/edit")},
		"/rounds/:id/preview":               {round(draft, "/preview")},
		"/rounds/:id/script":                {round(open, "/script")},
		"/rounds/:id/screen":                {round(open, "/screen"), round(link, "/screen"), round(whole, "/screen")},
		"/rounds/:id/ways":                  {round(open, "/ways")},
		"/rounds/:id/card":                  {round(open, "/card")},
		"/rounds/:id/paper":                 {round(open, "/paper")},
		"/rounds/:id/hands":                 {round(open, "/hands"), round(open, "/hands?unit="+someClass)},
		"/rounds/:id/results":               {round(whole, "/results"), round(classes, "/results"), round(open, "/results")},
		"/rounds/:id/results/:unit":         {round(whole, "/results/"+year)},
		"/rounds/:id/results/:unit/present": {round(whole, "/results/"+year+"/present")},
		"/rounds/:id/results/:unit/report":  {round(whole, "/results/"+year+"/report")},
		"/rounds/:id/questions/:question":   {round(whole, "/questions/q1"), round(whole, "/questions/q1?unit="+year)},
		"/rounds/:id/words":                 {round(whole, "/words"), round(classes, "/words"), round(whole, "/words?unit="+year)},
		"/results":                          {"/results"},
		"/results/gateways/:gateway":        {"/results/gateways/belong", "/results/gateways/tech"},
		"/people":                           {"/people"},
		"/people/groups/:id":                {"/people/groups/" + form.Plan.Groups[0]},
		"/people/staff/new":                 {"/people/staff/new"},
		"/people/staff/:id":                 {"/people/staff/" + teacher.Person},
		"/people/import":                    {"/people/import"},
		"/school":                           {"/school"},
		"/school/languages":                 {"/school/languages"},
		"/school/languages/:code":           {"/school/languages/ur"},
		"/school/languages/:code/paper":     {"/school/languages/pl/paper"},
		"/school/audit":                     {"/school/audit"},
		"/school/calendar":                  {"/school/calendar"},
		"/me":                               {"/me"},
		"/school/trust":                     {"/school/trust"},
		"/trust":                            {"/trust"},
		"/a":                                {"/a"},
		"/a/:code":                          {"/a/" + open.Code, "/a/" + link.Code},
		"/stored":                           {"/stored"},
		"/talk":                             {"/talk", "/talk?a=" + open.Code + "&lang=en"},
		"/outside":                          {"/outside"},
		"/staff-room":                       {"/staff-room"},
		"/keys":                             {"/keys"},
		"/people/flags":                     {"/people/flags"},
		"/openings":                         {"/openings"},
		"/r/:code":                          {"/r/" + whole.Code},
	}
	elsewhere := []string{"/rounds/:id/typing", "/set-up/:code", "/sign-in", "/join/:code", // in other tests of this kind
		"/people/parents", "/people/parents/import", "/people/parents/:id", "/rounds/:id/mail", "/trust/questions/:wording", "/rounds/:id/poster", "/u/:token"}
	elsewhere = append(elsewhere, "/replies", "/replies/:id", "/replies/:id/edit", "/replies/:id/edit/preview", "/replies/:id/edit/poster", "/replies/:id/edit/slides",
		"/replies/:id/edit/answers/new", "/replies/:id/edit/answers/:action", "/replies/:id/edit/languages/:language", "/actions", "/actions/:id",
		"/rounds/:id/look", "/rounds/:id/look/:unit", "/rounds/:id/look/:unit/enough", "/rounds/:id/look/:unit/journal", "/rounds/:id/look/:unit/wall", "/rounds/:id/guess", "/journal", "/packs", "/packs/:id", "/packs/:id/slides", "/rounds/:id/look/:unit/share", "/shared", "/agreement", "/concerns", "/concerns/:id", "/concerns/:id/record", "/comments", "/comments/:id", "/comments/:id/:comment", "/cover", "/a/:code/talk", "/digest/:token", "/a/:code/minute", "/rounds/:id/thinking", "/rounds/:id/words/theme", "/openings/new", "/openings/:id", "/c", "/c/:code/:door", "/c/:code/:door/open", "/rounds/:id/cards", "/a/:code/back", "/worries/:id", "/rounds/:id/named", "/rounds/:id/named/:tie", "/people/flags/:id")
	noPages := []string{"/journal/file", "/packs/:id/files/:file", "/trust/files/:file", "/api/v1/trust", "/api/v1/rounds", "/api/v1/rounds/:id/results", "/api/v1/public/:code/results", "/api/openapi.json", "/a/:code/words", "/a/worker.js", "/healthz", "/readyz", "/static/*", "/surveys/:id/file", "/rounds/:id/results/files/:file", "/rounds/:id/results/:unit/files/:file"}
	looked := 0
	for _, r := range s.web.Routes {
		if r.Method != "GET" || slices.Contains(elsewhere, r.Path) || slices.Contains(noPages, r.Path) {
			continue
		}
		addresses, ok := pages[r.Path]
		if !ok {
			t.Errorf("nobody has looked at %s: give it an address", r.Path)
		}
		for i, a := range addresses {
			if looked++; looked%20 == 0 { // a tab lasts two minutes
				head = s.signedIn(t, s.Head)
			}
			head.Go(a)
			head.look("page"+strings.NewReplacer("/", "-", ":", "").Replace(r.Path)+strings.Repeat("+", i), bothWays...)
		}
	}

	lena := s.signedIn(t, teacher)
	lena.Go("/rounds/" + classes.ID + "/results")
	lena.look("page-teacher-chooses")
	lena.Go("/rounds/" + classes.ID + "/results/" + class)
	lena.look("page-teacher-class")
	lena.Refused(true)
	lena.Go("/rounds/" + open.ID)
	lena.look("page-teacher-no-round")
}

// Faults, refusals and what comes after a form.
func TestBrowserMistakes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Forms("9A 27, 9B 28")
	sv := s.Survey("first_say")

	nobody := s.visit(t)
	nobody.Refused(true)
	nobody.Go("/nothing-here")
	nobody.look("mistake-nothing-here")
	nobody.Go("/a/ZZZZZZ")
	nobody.look("mistake-no-survey")
	nobody.Go("/sign-in")
	nobody.fill("email", "somebody@example.org")
	nobody.fill("password", "not the right words")
	if status := nobody.pressFor("Sign in"); status < 400 {
		t.Errorf("a wrong password: %d", status)
	}
	nobody.look("mistake-sign-in")

	head := s.signedIn(t, s.Head)
	head.Refused(true)
	for _, c := range []struct{ path, press, what string }{
		{"/rounds/new?survey=" + sv.ID, "Next: check and open", "round"},
		{"/surveys/" + sv.ID + "/own", "Add the question", "own"},
		{"/people/staff/new", "Save", "staff"},
		{"/people", "Save groups", "groups"},
	} {
		head.Go(c.path)
		if status := head.pressFor(c.press); status != 422 {
			t.Errorf("%s sent empty: %d", c.path, status)
		}
		if missing := testkit.Eval[[]string](head.Tab, `[...document.querySelectorAll(".errors a")].map((a) => a.getAttribute("href")).filter((h) => !document.querySelector(h))`); len(missing) > 0 {
			t.Errorf("%s: the summary leads to %v, which is not there", c.path, missing)
		}
		head.look("mistake-" + c.what)
	}
	head.Refused(false)

	// An invitation, and the page it leads to.
	head.Go("/people/staff/new")
	head.fill("name", "Lena Brandt")
	head.fill("email", "lena@example.org")
	head.choose("Teacher")
	head.press("Save")
	head.look("mistake-none")
	head.press("Make a link to join")
	head.look("mistake-invitation")
	address := testkit.Eval[string](head.Tab, `document.querySelector(".address").textContent`)
	guest := s.visit(t)
	guest.Go(strings.TrimPrefix(address, s.http.URL))
	guest.look("mistake-join")

	// A pupil list with something to look at.
	file := filepath.Join(t.TempDir(), "pupils.csv")
	list := "id,first name,family name,year,form\n1001,Ana,Lima,9,9A\n1002,Ben,Okoro,9,9A\n1003,,Nowak,9,9B\n1004,Dina,Rashid,9,9B\n"
	testkit.Must(t, os.WriteFile(file, []byte(list), 0o600))
	head.Go("/people/import")
	head.Do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	head.press("Show what it would change")
	head.unfold("Which column holds what")
	head.look("mistake-import-preview", everyWay...)
}

// ended is a round that was answered by most and settled.
func (s *server) ended(f round.Form, rng *rand.Rand) round.Round {
	s.T.Helper()
	ctx := context.Background()
	r := s.Open(f)
	for _, codes := range s.Slips(r) {
		s.Answer(s.collector, r, codes, len(codes)-len(codes)/9, rng)
	}
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(s.T, err)
	r, err = schedule.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(s.T, err)
	return r
}

func (s *server) units(r round.Round) []round.Unit {
	s.T.Helper()
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(s.T, err)
	return units
}

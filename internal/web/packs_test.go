package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// board is a school with a published round that a governor was named to read, and its reply.
type board struct {
	*server
	governor access.Actor
	round    round.Round
	action   action.Action
	store    action.Store
}

func newBoard(t *testing.T) *board {
	t.Helper()
	b := &board{server: newServer(t)}
	b.governor, b.store = b.Staff("Gus Verne", access.Governor), action.NewStore(b.DB, b.Key, b.Bank)
	b.Forms("7A 28, 7B 27, 8A 29, 8B 28")
	b.round = b.published("how_is_learning", 7)
	a, err := b.store.SaveAction(context.Background(), b.Head, b.round, "", action.Form{Answer: action.Trying, Heard: "Feedback comes late.", Doing: "Marked within a week.", OwnerID: b.Head.Person, Due: "2026-12-01",
		QuestionID: b.Doc(b.round).Questions()[0].ID})
	testkit.Must(t, err)
	testkit.Must(t, b.store.Publish(context.Background(), b.Head, b.round))
	b.action = a
	return b
}

// published asks every form and publishes what was said.
func (b *board) published(template string, seed uint64) round.Round {
	b.T.Helper()
	ctx := context.Background()
	groups, err := roster.NewStore(b.DB).Groups(context.Background(), b.School.School.SchoolID, "form")
	testkit.Must(b.T, err)
	f := b.Form(b.Survey(template), groups)
	f.Plan.Readers = append(f.Plan.Readers, b.governor.Person)
	r := b.heard(f, seed)
	for b.DB.Now().Before(r.LeadersFrom()) {
		b.Clock.Forward(24 * time.Hour)
	}
	r, err = b.Rounds().Publish(ctx, b.Head, r.ID)
	testkit.Must(b.T, err)
	return r
}

func (b *board) makePack(title, do string, rounds ...string) (id, body string) {
	b.T.Helper()
	res, body := b.do("POST", "/packs", b.as(b.Head), url.Values{"title": {title}, "rounds": rounds, "ask": {"What about lunch?"}, "do": {do}})
	if do == "preview" {
		if res.StatusCode != http.StatusOK {
			b.T.Fatalf("preview: %d\n%s", res.StatusCode, body)
		}
		return "", body
	}
	if res.StatusCode != http.StatusSeeOther {
		b.T.Fatalf("%d\n%s", res.StatusCode, body)
	}
	return strings.TrimPrefix(res.Header.Get("Location"), "/packs/"), body
}

// told is the part of a page that a pack is.
func told(body string) string {
	_, rest, _ := strings.Cut(body, `<article class="report pack">`)
	article, _, _ := strings.Cut(rest, "</article>")
	return article
}

// TestAPackNeverChanges releases the round of a pack anew with other figures, edits its reply and renames its questions: what
// a governor who signs in reads stays to the letter.
func TestAPackNeverChanges(t *testing.T) {
	b := newBoard(t)
	ctx := context.Background()
	id, _ := b.makePack("Autumn", "", b.round.ID)
	files := []string{"/packs/" + id, "/packs/" + id + "/slides", "/packs/" + id + "/files/pack.html"}
	first := map[string]string{}
	for _, path := range files {
		first[path] = b.open(b.governor, path)
	}
	if !strings.Contains(first[files[0]], "Marked within a week.") {
		t.Fatal("the pack does not tell of the reply")
	}
	// Another release, in which everybody said otherwise and nobody is asked in the same words.
	results := result.NewStore(b.DB, b.Key, b.Bank)
	rel, err := results.Latest(ctx, b.round.SchoolID, b.round.ID)
	testkit.Must(t, err)
	body, err := json.Marshal(rel)
	testkit.Must(t, err)
	other := regexp.MustCompile(`"text":"`).ReplaceAllString(string(body), `"text":"Renamed: `)
	other = regexp.MustCompile(`"x":[0-9]+`).ReplaceAllString(other, `"x":9`)
	if other == string(body) {
		t.Fatal("the release is not another")
	}
	testkit.Must(t, b.DB.Write(ctx).Create(&result.Stored{SchoolID: b.round.SchoolID, RoundID: b.round.ID, ID: "another", MadeAt: b.DB.Now().Add(time.Minute), Body: other}).Error)
	testkit.Must(t, b.DB.Write(ctx).Exec("UPDATE rounds SET title = 'Renamed', why = 'Renamed' WHERE id = ?", b.round.ID).Error)
	a, f := b.action, action.Form{Answer: action.Trying, Heard: "Renamed", Doing: "Marked within a month.", OwnerID: b.Head.Person, Due: "2026-12-02"}
	_, err = b.store.SaveAction(ctx, b.Head, b.round, a.ID, f)
	testkit.Must(t, err)
	_, err = b.store.Report(ctx, b.Head, a.ID, action.Progress{State: action.Finished, Became: "It is done."})
	testkit.Must(t, err)
	if results := b.open(b.Head, "/rounds/"+b.round.ID+"/results"); !strings.Contains(results, "Renamed") {
		t.Fatal("nothing was renamed")
	}
	for _, path := range files {
		if again := b.open(b.governor, path); again != first[path] {
			t.Errorf("%s has changed", path)
		}
	}
	k, err := b.store.Pack(ctx, b.governor, id)
	testkit.Must(t, err)
	// And whoever changes it behind the program's back is found out.
	testkit.Must(t, b.DB.Write(ctx).Exec("UPDATE packs SET body = ? WHERE id = ?", strings.Replace(k.Body, "within a week", "within a day", 1), id).Error)
	if res, body := b.do("GET", "/packs/"+id, b.as(b.governor), nil); res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "within a day") {
		t.Errorf("a changed copy: %d", res.StatusCode)
	}
}

// TestAPackIsSeenBeforeItIsMade looks at one without making it.
func TestAPackIsSeenBeforeItIsMade(t *testing.T) {
	b := newBoard(t)
	_, body := b.makePack("Autumn", "preview", b.round.ID)
	for _, want := range []string{"Not made yet", "Marked within a week.", `name="rounds" value="` + b.round.ID, "What about lunch?"} {
		if !strings.Contains(body, want) {
			t.Errorf("the preview does not say %q", want)
		}
	}
	if packs, err := b.store.Packs(context.Background(), b.Head); err != nil || len(packs) > 0 {
		t.Errorf("%d packs are made (%v)", len(packs), err)
	}
	if res, back := b.do("POST", "/packs", b.as(b.Head), url.Values{"title": {"Autumn"}, "rounds": {b.round.ID}, "ask": {"What about lunch?"}, "do": {"change"}}); res.StatusCode != http.StatusOK || !strings.Contains(back, `value="Autumn"`) || !strings.Contains(back, "What about lunch?") {
		t.Errorf("changing something loses what was typed: %d", res.StatusCode)
	}
	id, _ := b.makePack("Autumn", "", b.round.ID)
	made := b.open(b.Head, "/packs/"+id)
	small := regexp.MustCompile(`<p class="report-small">(Not made yet|Made )[^<]*</p>`)
	words := func(page string) string {
		return strings.Join(strings.Fields(small.ReplaceAllString(told(page), "")), " ")
	}
	if words(made) != words(body) {
		t.Error("what was made is not what was seen")
	}
	if res, _ := b.do("POST", "/packs", b.as(b.Head), url.Values{"title": {""}, "rounds": {b.round.ID}, "do": {"preview"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a preview without a title: %d", res.StatusCode)
	}
}

// TestAPackIsWithdrawnWithAReason: the copy stays and says so to the governor, on the page, in the slides and in the files.
func TestAPackIsWithdrawnWithAReason(t *testing.T) {
	b := newBoard(t)
	id, _ := b.makePack("Autumn", "", b.round.ID)
	before := told(b.open(b.governor, "/packs/"+id))
	withdraw := func(who access.Actor, because string) int {
		res, _ := b.do("POST", "/packs/"+id+"/withdrawal", b.as(who), url.Values{"because": {because}})
		return res.StatusCode
	}
	if got := withdraw(b.governor, "I do not like it."); got != http.StatusForbidden {
		t.Errorf("a governor: %d", got)
	}
	if got := withdraw(b.Head, "  "); got != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got)
	}
	if got := withdraw(b.Head, "The parents' round was left out."); got != http.StatusSeeOther {
		t.Errorf("with a reason: %d", got)
	}
	if got := withdraw(b.Head, "Once more."); got != http.StatusConflict {
		t.Errorf("twice: %d", got)
	}
	page := b.open(b.governor, "/packs/"+id)
	if told(page) != before {
		t.Error("the copy has changed")
	}
	for _, path := range []string{"/packs/" + id, "/packs/" + id + "/slides", "/packs/" + id + "/files/pack.html", "/packs"} {
		if body := unescaped(b.open(b.governor, path)); !strings.Contains(body, "The parents' round was left out.") || !strings.Contains(strings.ToLower(body), "withdr") {
			t.Errorf("%s does not say that it was withdrawn", path)
		}
	}
}

// TestTheNextPackComesBackToThisOne asks again what the first pack named to work on and what was promised.
func TestTheNextPackComesBackToThisOne(t *testing.T) {
	b := newBoard(t)
	b.makePack("Autumn", "", b.round.ID)
	second := b.published("how_is_learning", 8)
	_, err := b.store.Report(context.Background(), b.Head, b.action.ID, action.Progress{State: action.Finished, Became: "Books come back on Fridays."})
	testkit.Must(t, err)
	packs, err := b.store.Packs(context.Background(), b.Head)
	testkit.Must(t, err)
	followed := packs[0].Followed()
	id, _ := b.makePack("Spring", "", second.ID)
	body := unescaped(told(b.open(b.governor, "/packs/"+id)))
	for _, want := range []string{"The pack before this one: Autumn", "Done.", "Books come back on Fridays.", "Asked again ("} {
		if !strings.Contains(body, want) {
			t.Errorf("the next pack does not say %q", want)
		}
	}
	if len(followed) == 0 {
		t.Fatal("the first pack named nothing to work on: the answers of this test have to differ by question")
	}
	for _, f := range followed {
		if !regexp.MustCompile(regexp.QuoteMeta(f.Text) + ` (Higher|Lower|Not moved|Whether it moved)`).MatchString(body) {
			t.Errorf("the next pack does not say what became of %q", f.Text)
		}
	}
}

// TestTheBoardGuessesFirst: links before anything is read, which go once somebody has looked; and a slide for the wall.
func TestTheBoardGuessesFirst(t *testing.T) {
	b := newBoard(t)
	id, _ := b.makePack("Autumn", "", b.round.ID)
	link := regexp.MustCompile(`href="(/rounds/[^"]+/look/[^"]+)"[^>]*>Guess three first`)
	for _, who := range []access.Actor{b.Head, b.governor} {
		page, slides := b.open(who, "/packs/"+id), b.open(who, "/packs/"+id+"/slides")
		if link.FindString(page) == "" || link.FindString(slides) == "" {
			t.Fatalf("%s cannot guess first", who.Name)
		}
		if strings.Index(page, "Guess three first") > strings.Index(page, "to work on") {
			t.Error("what was said stands before the guess")
		}
		if !strings.Contains(slides, "What do you expect?") || strings.Index(slides, "What do you expect?") > strings.Index(slides, "strongest, and to work on") {
			t.Error("the wall does not ask before it tells")
		}
		if strings.Contains(told(page), "What do you expect?") {
			t.Error("paper asks what is expected and answers below it")
		}
	}
	look := link.FindStringSubmatch(b.open(b.governor, "/packs/"+id))[1]
	guess := b.open(b.governor, look)
	field := regexp.MustCompile(`name="(q[^"]*)" value="([^"]*)"`).FindStringSubmatch(guess)
	if field == nil {
		t.Fatalf("nothing to guess:\n%s", guess)
	}
	if res, body := b.do("POST", look, b.as(b.governor), url.Values{field[1]: {field[2]}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d\n%s", res.StatusCode, body)
	}
	if link.FindString(b.open(b.governor, "/packs/"+id)) != "" {
		t.Error("somebody who has looked is asked to guess")
	}
	if link.FindString(b.open(b.Head, "/packs/"+id)) == "" {
		t.Error("that the governor has looked shows on the head's page")
	}
}

// TestAClosedRoundOwesNothingYet: until it settles nobody can know what to reply to.
func TestAClosedRoundOwesNothingYet(t *testing.T) {
	b := newBoard(t)
	ctx := context.Background()
	groups, err := roster.NewStore(b.DB).Groups(context.Background(), b.School.School.SchoolID, "form")
	testkit.Must(t, err)
	r := b.Open(b.Form(b.Survey("how_is_learning"), groups))
	_, err = b.Rounds().Close(ctx, b.Head, r.ID)
	testkit.Must(t, err)
	owed := func() int {
		a, err := b.store.Against(ctx, b.Head, b.Doc(r), nil)
		testkit.Must(t, err)
		return len(a.Owed)
	}
	if n := owed(); n != 0 {
		t.Errorf("a closed round: %d replies are owed", n)
	}
	if list := b.open(b.Head, "/replies"); strings.Contains(list, r.ID) {
		t.Error("a reply to it can be begun")
	}
	if res, _ := b.do("GET", "/replies/"+r.ID+"/edit", b.as(b.Head), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("the page of its reply: %d", res.StatusCode)
	}
	if res, _ := b.do("GET", "/r/"+r.Code, nil, nil); res.StatusCode != http.StatusOK {
		t.Errorf("its public page, which says when the reply is due: %d", res.StatusCode)
	}
	if _, body := b.makePack("Autumn", "preview", b.round.ID); strings.Contains(body, "Replies that are owed") {
		t.Error("the pack says that a round owes its reply which has not settled")
	}
}

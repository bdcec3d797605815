//go:build browser

package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/response"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// counted are the tallies of one kind in a round.
func (s *server) counted(r round.Round, kind string) map[string]int {
	s.T.Helper()
	rows, err := response.NewStore(s.DB).Tallies(context.Background(), r.SchoolID, r.ID)
	testkit.Must(s.T, err)
	counts := map[string]int{}
	for _, row := range rows {
		if row.Kind == kind {
			counts[row.Name] = row.Count
		}
	}
	return counts
}

// unit finds a class of a round by its name.
func (s *server) unit(r round.Round, name string) string {
	s.T.Helper()
	for _, u := range s.units(r) {
		if u.Name == name {
			return u.ID
		}
	}
	s.T.Fatalf("there is no %s", name)
	return ""
}

// leaf is one side of paper as it stands on the page.
type leaf struct {
	Sheet        int
	Code, Foot   string
	Blocks       int
	Width        float64 // in millimetres, as the others
	Height       float64
	Inner        float64 // how high what stands on it is
	Tick         float64
	Letters      float64 // in points
	Outside      int     // pieces that stick out of it
	Direction    string
	Begins, Ends string
}

const leavesOf = `(() => {
	const mm = (px) => Math.round(px * 254 / 96) / 10;
	return [...document.querySelectorAll("article.form")].flatMap((a, n) => [...a.querySelectorAll(".leaf")].map((l) => {
		const box = l.getBoundingClientRect(), blocks = [...l.querySelectorAll(".block")], ticks = [...l.querySelectorAll(".tick:not(.wide)")].map((t) => t.getBoundingClientRect());
		return {
			Sheet: n, Code: (l.querySelector(".form-code bdi") || {textContent: ""}).textContent.replace(/\s/g, ""), Foot: (l.querySelector(".leaf-foot") || {textContent: ""}).textContent,
			Blocks: blocks.length, Width: mm(box.width), Height: mm(box.height), Inner: blocks.length ? mm(blocks.at(-1).getBoundingClientRect().bottom - box.top) : 0,
			Tick: ticks.length ? mm(Math.min(...ticks.flatMap((t) => [t.width, t.height]))) : 0, Letters: Math.round(parseFloat(getComputedStyle(l).fontSize) * 720 / 96) / 10,
			Outside: [...l.querySelectorAll("*")].filter((e) => { const r = e.getBoundingClientRect(); return r.left < box.left - 1 || r.right > box.right + 1 || r.bottom > box.bottom + 1; }).length,
			Direction: getComputedStyle(l).direction, Begins: blocks.length ? blocks[0].textContent.trim().slice(0, 40) : "", Ends: blocks.length ? blocks.at(-1).textContent.trim().slice(-40) : ""};
	}));
})()`

// sheets reads the sheets of a printed page, checks how they are laid out, prints them and gives their codes.
func (v visitor) sheets(name, dir string, want int) []string {
	v.Helper()
	leaves := testkit.Eval[[]leaf](v.Tab, leavesOf)
	bySheet := map[int][]leaf{}
	for _, l := range leaves {
		bySheet[l.Sheet] = append(bySheet[l.Sheet], l)
	}
	var codes []string
	for n := range len(bySheet) {
		sheet := bySheet[n]
		codes = append(codes, sheet[0].Code)
		if len(sheet)%2 != 0 {
			v.Errorf("sheet %d has %d sides: the next one would begin on its back", n, len(sheet))
		}
		for i, l := range sheet {
			if l.Width != 210 || l.Height < 296 || l.Height > 297 || l.Outside > 0 || l.Inner > 285 {
				v.Errorf("side %d of sheet %d does not fit: %+v", i+1, n, l)
			}
			if l.Blocks == 0 && i == len(sheet)-1 { // an empty back
				continue
			}
			if l.Code != sheet[0].Code || len(l.Code) != 12 || l.Foot == "" || l.Letters != 14 || l.Direction != dir || l.Tick != 0 && (l.Tick < 5.9 || l.Tick > 6.1) {
				v.Errorf("side %d of sheet %d: %+v", i+1, n, l)
			}
		}
	}
	slices.Sort(codes)
	if len(slices.Compact(codes)) != want || len(bySheet) != want {
		v.Errorf("%d sheets with %d codes, want %d", len(bySheet), len(slices.Compact(codes)), want)
	}
	pdf, err := chromedp.Run(v.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(v, err)
	keep(name+".pdf", pdf)
	if got := paper(pdf); !slices.Equal(got, slices.Repeat([]string{"595x842"}, len(leaves))) {
		v.Errorf("printed on %d sides, the first %v; want %d of A4", len(got), got[:min(len(got), 3)], len(leaves))
	}
	return codes
}

// keys presses keys one after the other.
func (v visitor) keys(all ...string) {
	v.Helper()
	for _, k := range all {
		v.Do(chromedp.KeyEvent(k))
	}
}

// TestBrowserPaper prints sheets for a class in English and in Urdu, and types them in with the keyboard alone.
func TestBrowserPaper(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	nell := s.Staff("Nell Ford", access.SafeguardingDeputy)
	ivo := s.Staff("Ivo Hart", access.Teacher, access.SafeguardingDeputy)
	s.offer("ur")
	sv := s.Survey("first_say")
	s.translated(sv, "ur")
	forms := s.Forms("9A 27, 9B 18, 9C 26")
	testkit.Must(t, roster.NewStore(s.DB).Teach(ctx, s.Head, forms[1].ID, []string{ivo.Person}))
	r := s.Open(s.Form(sv, forms))
	n := len(s.Doc(r).Questions())

	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID)
	head.press("other ways to answer")
	head.says("Nell Ford", "types the sheets in, but never those of a class of their own.")
	head.look("paper-01-ways", everyWay...)
	head.fill("unit", s.unit(r, "9A"))
	head.press("Print paper sheets")
	head.says("Print these sheets now.", "Print on both sides")
	head.look("paper-02-sheets", "phone-light")
	english := head.sheets("paper-02-english", "ltr", 30)
	head.Go("/rounds/" + r.ID + "/ways")
	head.fill("unit", s.unit(r, "9B"))
	testkit.Eval[bool](head.Tab, `(document.getElementById("lang").value = "ur", true)`)
	head.press("Print paper sheets")
	urdu := head.sheets("paper-03-urdu", "rtl", 20)
	head.Go("/rounds/" + r.ID + "/ways")
	testkit.Eval[bool](head.Tab, `(document.getElementById("one-lang").value = "ur", true)`)
	head.press("One sheet to copy")
	head.says("whoever takes a copy writes the code of their slip into its boxes")
	if cells := testkit.Eval[int](head.Tab, `document.querySelector(".leaf").querySelectorAll(".cell").length`); cells != 12 {
		t.Errorf("%d boxes for a code", cells)
	}
	head.look("paper-04-blank", "wide-light", "phone-light")
	if res, _ := s.do("GET", "/rounds/"+r.ID+"/paper?lang=pl", s.as(s.Head), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a sheet in a language nobody has read: %d", res.StatusCode)
	}
	if res, _ := s.do("GET", "/rounds/"+r.ID+"/typing", s.as(s.Head), nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("the head may type in: %d", res.StatusCode)
	}

	typist := s.signedIn(t, nell)
	typist.Go("/rounds/" + r.ID)
	typist.press("Ways to answer")
	if strings.Contains(typist.Text(), "A whole class") {
		t.Error("somebody who does not run rounds is offered to print a class")
	}
	// Chance decides which sheets are asked for twice; here the test does.
	_, err := chromedp.Call(typist.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: "window.chance = 1; Math.random = () => window.chance;"})
	testkit.Must(t, err)
	typist.press("Type in paper")
	typist.look("paper-05-typing", everyWay...)
	typist.typeSheets(t, s, r, english, urdu, n)

	other := s.signedIn(t, ivo)
	other.Go("/rounds/" + r.ID + "/typing")
	other.Refused(true)
	other.keys(urdu[3])
	other.WaitFor(`document.getElementById("said").textContent.includes("a class you teach")`)
	other.look("paper-09-own-class", "wide-light")
	if got := s.counted(r, "route"); got["paper"] != 3 || len(got) != 1 {
		t.Errorf("counted %v", got)
	}
	if got := s.counted(r, "language"); got["en"] != 2 || got["ur"] != 1 {
		t.Errorf("counted %v", got)
	}
}

// typeSheets types in three sheets: one that is asked for once, one twice with a difference, one twice and alike.
func (v visitor) typeSheets(t *testing.T, s *server, r round.Round, english, urdu []string, n int) {
	t.Helper()
	ctx := context.Background()
	begins := func(question int) {
		t.Helper()
		v.WaitFor(fmt.Sprintf(`document.querySelector("#answers li.now .asked")?.textContent.startsWith("%d. ")`, question))
	}
	saved := func(count int) {
		t.Helper()
		v.WaitFor(fmt.Sprintf(`document.getElementById("count").textContent === "Saved: %d" && document.activeElement.id === "code"`, count))
	}
	v.keys(strings.ToLower(english[0][:4]), " ", english[0][4:8], "-", english[0][8:])
	begins(1)
	v.says("Now the answers.")
	v.keys("2", "3")
	begins(3)
	v.keys(kb.Backspace) // the second was wrong
	begins(2)
	if got := testkit.Eval[int](v.Tab, `document.querySelectorAll(".key[aria-pressed=true]").length`); got != 1 {
		t.Errorf("%d boxes are filled in after going back", got)
	}
	v.keys("4", "0", " ", kb.Enter)
	begins(6)
	v.look("paper-06-typing-answers", everyWay...)
	v.keys("9", "z") // no such box
	begins(6)
	v.keys("1", "1", "5")
	v.WaitFor(`document.activeElement.id === "save"`)
	v.says("That was the last question.")
	v.keys(kb.Backspace)
	begins(n)
	v.keys("3")
	v.look("paper-07-typing-done")
	testkit.Eval[bool](v.Tab, `(window.chance = 0, true)`)
	v.keys(kb.Enter)
	saved(1)
	rows, err := response.NewStore(s.DB).Inbox(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	doc := s.Doc(r)
	if len(rows) != 1 {
		t.Fatalf("%d answers wait", len(rows))
	}
	answers, err := survey.DecodeAnswers([]byte(rows[0].Answers))
	testkit.Must(t, err)
	for i, want := range []int{2, 4, 0, 0, 0, 1, 1, 3} {
		q := doc.Questions()[i]
		a := answers[q.ID]
		if want == 0 && a.State != survey.Skipped || want > 0 && (a.State != survey.Answered || !slices.Equal(a.Options, []string{q.Options[want-1].ID})) {
			t.Errorf("question %d was stored as %+v, typed %d", i+1, a, want)
		}
	}

	// The second sheet is asked for twice; the sixth answer comes out differently.
	v.keys(english[1])
	begins(1)
	v.keys(slices.Repeat([]string{"1"}, n)...)
	v.WaitFor(`document.activeElement.id === "save"`)
	v.keys(kb.Enter)
	begins(1)
	v.says("Please type this sheet once more.")
	if got := testkit.Eval[int](v.Tab, `document.querySelectorAll(".key[aria-pressed=true]").length`); got != 0 {
		t.Errorf("the first time shows through: %d boxes", got)
	}
	second := slices.Repeat([]string{"1"}, n)
	second[5] = "2"
	v.keys(second...)
	v.WaitFor(`document.activeElement.id === "save"`)
	v.keys(kb.Enter)
	v.says("These came out differently.", "First time: Not at all", "Second time: A little")
	v.look("paper-08-differ", everyWay...)
	v.keys("2")
	v.WaitFor(`document.activeElement.id === "save"`)
	v.keys(kb.Enter)
	saved(2)
	// A third, in Urdu, is typed the same both times.
	testkit.Eval[bool](v.Tab, `(document.getElementById("language").value = "ur", document.getElementById("code").focus(), true)`)
	v.keys(urdu[0])
	for range 2 {
		begins(1)
		v.keys(slices.Repeat([]string{"2"}, n)...)
		v.WaitFor(`document.activeElement.id === "save"`)
		v.keys(kb.Enter)
	}
	saved(3)
	v.says("Both times the same.")
	v.Refused(true)
	v.keys(english[0])
	v.WaitFor(`document.getElementById("said").textContent.includes("typed in already")`)
	testkit.Eval[bool](v.Tab, `(document.getElementById("code").value = "", true)`)
	v.keys("ABCDABCDABCD")
	v.WaitFor(`document.getElementById("said").textContent.includes("none of this round")`)
	v.Refused(false)
	v.Do(chromedp.Reload())
	v.says(fmt.Sprintf("2 sheets were typed twice: 1 of %d answers came out differently.", 2*n))
}

// TestBrowserHands counts hands in three classes, and finds them apart from all answers when the round has settled.
func TestBrowserHands(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	lena, grace := s.Staff("Lena Brandt", access.Teacher), s.Staff("Grace Mensah", access.Leader)
	forms := s.Forms("9A 27, 9B 28, 9C 26")
	testkit.Must(t, roster.NewStore(s.DB).Teach(ctx, s.Head, forms[0].ID, []string{lena.Person}))
	f := s.Form(s.Survey("first_say"), forms)
	f.Plan.Readers = append(f.Plan.Readers, grace.Person)
	r := s.Open(f)
	doc := s.Doc(r)

	leader := s.signedIn(t, grace)
	leader.Go("/rounds/" + r.ID + "/ways")
	leader.press("Count hands")
	leader.says("Which class is it?", "9A", "9B", "9C")
	leader.look("hands-01-classes", everyWay...)
	leader.press("9A")
	leader.says("9A has 27 pupils", "Hands up is not anonymous")
	if text := leader.Text(); strings.Contains(text, "adults at school") {
		t.Error("a question about adults is asked by hands")
	}
	leader.look("hands-02-counting", everyWay...)
	count := func(numbers ...string) {
		t.Helper()
		for i, number := range numbers {
			leader.fill(doc.Questions()[0].ID+"."+doc.Questions()[0].Options[i].ID, number)
		}
	}
	count("20", "20", "", "", "")
	leader.Refused(true)
	if status := leader.pressFor("Save the counts"); status != http.StatusUnprocessableEntity {
		t.Errorf("forty hands of 27 pupils: %d", status)
	}
	leader.Refused(false)
	leader.says("Write whole numbers, at most 30 hands in all")
	leader.look("hands-03-refused")
	count("2", "8", "9", "4", "3")
	leader.press("Save the counts")
	leader.says("The counts are saved. They stay apart from all answers.", "counted")
	leader.press("9B")
	count("0", "7", "12", "5", "3")
	leader.press("Save the counts")
	leader.press("9C")
	leader.says("6 of the 8 questions are not asked aloud")
	count("0", "1", "3", "1", "1")
	leader.press("Save the counts")
	leader.look("hands-04-counted")

	teacher := s.signedIn(t, lena)
	teacher.Go("/rounds/" + r.ID + "/hands")
	teacher.says("You do not count in a class you teach", "9B", "9C")
	if strings.Contains(teacher.Text(), "9A") {
		t.Error("a teacher is offered to count a class of their own")
	}
	for _, method := range []string{"GET", "POST"} {
		if res, _ := s.do(method, "/rounds/"+r.ID+"/hands?unit="+s.unit(r, "9A"), s.as(lena), nil); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: a teacher counts their own class: %d", method, res.StatusCode)
		}
	}
	s.settledWithHands(t, leader, r)
}

// settledWithHands settles the round of TestBrowserHands and looks for the counts in its results.
func (s *server) settledWithHands(t *testing.T, leader visitor, r round.Round) {
	t.Helper()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(5, 5))
	sent := 0
	for _, codes := range s.Slips(r) {
		s.Answer(s.collector, r, codes, 20, rng)
		sent += 20
	}
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	r, err = schedule.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	leader.become(s, access.Actor{Account: s.Head.Account, School: s.Head.School, Person: s.Head.Person})
	leader.Go("/rounds/" + r.ID + "/results")
	leader.says("Counted by hands or counters", "These were asked aloud in 3 rooms", "they are not added to the answers above", "“Sometimes” was shown by 24, and no other answer by more.")
	table := testkit.Eval[[][]string](leader.Tab, `[...document.querySelectorAll("section.figure[id^=hands-] tbody tr")].map((r) => [...r.children].map((c) => c.textContent))`)
	want := [][]string{{"Never", "not shown"}, {"Not often", "16"}, {"Sometimes", "24"}, {"Often", "10"}, {"Almost always", "not shown"}}
	if !slices.EqualFunc(table, want, slices.Equal) {
		t.Errorf("the hands are shown as %q", table)
	}
	testkit.Eval[bool](leader.Tab, `(document.querySelector("section.figure[id^=hands-]").scrollIntoView(), true)`)
	leader.look("hands-05-results", everyWay...)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(leader.Download(`a[href$=".csv"]`)), "\ufeff"))).ReadAll()
	testkit.Must(t, err)
	var hands []string
	for _, row := range rows[1:] {
		if i := slices.Index(row, "hands"); i >= 0 {
			hands = append(hands, strings.Join(row[i+1:i+3], " "))
		} else if i := slices.Index(row, "rate"); i >= 0 && row[0] == "Riverside School" && !slices.Contains(row, fmt.Sprint(sent)) {
			t.Errorf("the school has %q, want %d answers", row, sent)
		}
	}
	if !slices.Equal(hands, []string{"Never ", "Not often 16", "Sometimes 24", "Often 10", "Almost always "}) {
		t.Errorf("the file says %q", hands)
	}
}

// TestBrowserTabletAndHelper answers on a tablet that several people use, and with an adult who helps.
func TestBrowserTabletAndHelper(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	codes := s.Slips(r)["9A"]
	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/ways")
	shared := testkit.Eval[string](head.Tab, `document.querySelector(".typed").textContent`)
	if "http://"+shared != s.http.URL+"/a/"+r.Code+"/shared" {
		t.Errorf("the tablet is told %s", shared)
	}
	head.press("Card for the helper")
	head.says("For the adult who helps", "Then go to Ruth Lindqvist today.", "/a/"+r.Code+"/helper")
	head.look("tablet-01-card", "wide-light", "phone-light")
	pdf, err := chromedp.Run(head.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(t, err)
	keep("tablet-01-card.pdf", pdf)
	if got := paper(pdf); !slices.Equal(got, []string{"595x842"}) {
		t.Errorf("the card takes %v", got)
	}

	tablet := s.visit(t, testkit.Size(768, 1024))
	tablet.Go("/a/" + r.Code + "/shared")
	tablet.says("One device for several people", "Stand it where nobody can see the screen from behind")
	tablet.ExpectAccessible("the tablet's first page")
	tablet.Shot("tablet-02-place", true)
	tablet.press(words.English().Say("kiosk.ready"))
	for i, code := range codes[:2] {
		tablet.WaitFor(`document.getElementById("code")?.checkVisibility()`)
		if testkit.Eval[bool](tablet.Tab, `!!document.querySelector("fieldset :checked") || !!document.getElementById("code").value`) {
			t.Errorf("person %d sees what the one before answered", i+1)
		}
		tablet.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(code))
		tablet.answerAll(s, r, "tablet-03")
		tablet.Shot("tablet-04-thanks", true)
		tablet.ExpectAccessible("the tablet's thanks")
		tablet.Click("#thanks button")
	}
	helper := s.visit(t, testkit.Size(360, 740))
	helper.Go("/a/" + r.Code + "/helper")
	helper.says("For the adult who helps")
	helper.look("tablet-05-helper", everyWay...)
	helper.Do(testkit.Size(360, 740))
	helper.press(words.English().Say("helper.ready"))
	helper.says("An adult is helping you, so that adult will know what you say.")
	helper.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(codes[2]))
	helper.answerAll(s, r, "tablet-06-helper")
	if got := s.counted(r, "route"); got["shared_device"] != 2 || got["adult_helper"] != 1 || len(got) != 2 {
		t.Errorf("counted %v", got)
	}
}

// answerAll goes through a round once its code is typed, and sends.
func (v visitor) answerAll(s *server, r round.Round, shot string) {
	v.Helper()
	v.Click("#next")
	for i, q := range s.Doc(r).Questions() {
		v.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		if i == 0 {
			v.Shot(shot+"-question", false)
		}
		v.Click("#q-" + q.ID + " label:nth-of-type(3)")
		v.Click("#next")
	}
	v.WaitFor(`document.getElementById("check").checkVisibility()`)
	v.Click("#send")
	v.WaitFor(`document.getElementById("thanks").checkVisibility()`)
}

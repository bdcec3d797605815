//go:build browser

package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"rsc.io/qr"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/testkit"
	"earshot/internal/web/joining"
)

func TestMain(m *testing.M) { os.Exit(testkit.WithBrowser(m)) }

// A visitor is somebody at a device, looking at a school's server.
type visitor struct {
	testkit.Tab
	s *server
}

var wide = testkit.Size(1280, 800)

// visit opens a device: a laptop unless told otherwise.
func (s *server) visit(t *testing.T, before ...testkit.Step) visitor {
	t.Helper()
	return visitor{testkit.Open(t, s.http.URL, append([]testkit.Step{wide}, before...)...), s}
}

// signedIn is visit with a session.
func (s *server) signedIn(t *testing.T, who access.Actor, before ...testkit.Step) visitor {
	t.Helper()
	v := s.visit(t, before...)
	v.become(s, who)
	return v
}

func (v visitor) become(s *server, who access.Actor) {
	v.Helper()
	c := s.as(who)
	_, err := chromedp.Call(v.Ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: s.http.URL})
	testkit.Must(v, err)
}

func js(value any) string {
	b, _ := json.Marshal(value)
	return string(b)
}

// press presses the button or link of that name and waits for the page it leads to.
func (v visitor) press(name string) {
	v.Helper()
	if status := v.pressFor(name); status >= 400 {
		v.Fatalf("%s: %d\n%s", name, status, v.Where())
	}
}

// pressFor is press where the server may refuse; it gives the status.
func (v visitor) pressFor(name string) int64 {
	v.Helper()
	v.WaitFor(`(() => {
		document.querySelectorAll("[data-press]").forEach((e) => e.removeAttribute("data-press"));
		const e = [...document.querySelectorAll("a, button")].find((e) => e.checkVisibility() && !e.disabled && (e.getAttribute("aria-label") || e.textContent).trim() === ` + js(name) + `);
		if (e) { e.setAttribute("data-press", ""); }
		return !!e;
	})()`)
	res, err := chromedp.RunResponse(v.Ctx, chromedp.Click(chromedp.CSS("[data-press]")))
	if err != nil {
		v.Fatalf("%s: %v", name, err)
	}
	return res.Status
}

// back presses the browser's own button.
func (v visitor) back() {
	v.Helper()
	from := testkit.Eval[string](v.Tab, "setTimeout(() => history.back(), 10), location.href")
	for range 100 {
		// While pages change places there is a moment without any.
		at, err := chromedp.Run(v.Ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.href : ""`))
		if err == nil && at != "" && at != from {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	v.Fatalf("back leads nowhere\n%s", v.Where())
}

// unfold opens what stands under a summary.
func (v visitor) unfold(summary string) {
	v.Helper()
	if !testkit.Eval[bool](v.Tab, `(() => { const s = [...document.querySelectorAll("summary")].find((s) => s.textContent.trim() === `+js(summary)+`); if (s) { s.click(); } return !!s; })()`) {
		v.Fatalf("nothing unfolds under %q on\n%s", summary, v.Where())
	}
}

// fill types into a field.
func (v visitor) fill(name, text string) {
	v.Helper()
	kind := testkit.Eval[string](v.Tab, `(() => {
		const e = [...document.getElementsByName(`+js(name)+`)].find((e) => e.type !== "hidden");
		if (!e || !e.checkVisibility()) { return ""; }
		e.focus();
		if (e.type === "date" || e.tagName === "SELECT") { e.value = `+js(text)+`; return "done"; }
		e.select();
		return e.type;
	})()`)
	switch kind {
	case "":
		v.Fatalf("there is no field %s on\n%s", name, v.Where())
	case "done":
	default:
		_, err := chromedp.Call(v.Ctx, input.InsertText, input.InsertTextParams{Text: text})
		testkit.Must(v, err)
	}
}

// choose ticks the radio button or check box with that label.
func (v visitor) choose(label string) {
	v.Helper()
	if !testkit.Eval[bool](v.Tab, `(() => {
		const l = [...document.querySelectorAll(".choices label")].find((l) => l.querySelector("span").textContent.trim() === `+js(label)+`);
		if (l && !l.control.checked) { l.control.click(); }
		return !!l;
	})()`) {
		v.Fatalf("there is no choice %q on\n%s", label, v.Where())
	}
}

// says fails the test unless the page says all of this.
func (v visitor) says(all ...string) {
	v.Helper()
	text := v.Text()
	for _, want := range all {
		if !strings.Contains(text, want) {
			v.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// look checks a page that a person has come to: nothing that axe-core calls serious, and nothing to scroll sideways. On
// a journey each page is looked at on a wide screen in light colours or on a phone in dark ones, by its name; where
// pictures are taken, in both, and the pages that matter most in all four ways. TestBrowserEveryPage takes both always.
func (v visitor) look(name string, ways ...string) {
	v.Helper()
	if pictures := os.Getenv("EARSHOT_SHOTS") != ""; !pictures && (len(ways) == 0 || len(ways) == len(everyWay)) {
		sum := 0
		for _, c := range []byte(name) {
			sum += int(c)
		}
		ways = bothWays[sum%2 : sum%2+1]
	} else if len(ways) == 0 {
		ways = bothWays
	}
	for _, way := range ways {
		size, colours, _ := strings.Cut(way, "-")
		step := wide
		if size == "phone" {
			step = testkit.Size(360, 740)
		}
		v.Do(step, testkit.Scheme(colours))
		// Charts are drawn when they come into view.
		testkit.Eval[bool](v.Tab, `(async () => {
			if (!document.querySelector("[data-option]")) { return true; }
			const tick = () => new Promise((r) => setTimeout(r, 25));
			for (let y = 0; y < document.documentElement.scrollHeight; y += 600) { scrollTo(0, y); await tick(); }
			scrollTo(0, 0);
			await tick();
			return true;
		})()`)
		v.ExpectAccessible(name + ", " + way)
		v.ExpectNoSpill(name)
		v.Shot(name+"-"+way, true)
	}
	v.Do(wide, testkit.Scheme("light"))
}

var (
	bothWays = []string{"wide-light", "phone-dark"}
	everyWay = []string{"wide-light", "wide-dark", "phone-light", "phone-dark"}
)

// asksForNoPupil fails the test if the page has a field that is not on the list of those a head needs.
func (v visitor) asksForNoPupil() {
	v.Helper()
	known := []string{"school", "roll", "nation", "name", "email", "password", "groups", "kind", "subject", "teacher", "template", "survey", "title",
		"why", "may_change", "about", "mode", "purpose", "readers", "closes_at", "reply_by", "reply_place", "lead", "lead_place", "deputy", "deputy_place", "reason", "outcome", "escalation", "minute", "policy", "linked"}
	for _, f := range testkit.Eval[[]string](v.Tab, `[...document.querySelectorAll("input:not([type=hidden]), select, textarea")].map((e) => e.name + "|" + e.type + "|" + [...(e.labels || [])].map((l) => l.innerText).join(" "))`) {
		name, rest, _ := strings.Cut(f, "|")
		kind, label, _ := strings.Cut(rest, "|")
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "reading-") || kind == "file" || regexp.MustCompile(`(?i)(pupil|child|student).{0,12}name|family name|first name`).MatchString(label) {
			v.Errorf("the page asks for %s (%s, %q)\n%s", name, kind, label, v.Where())
		}
	}
}

// A head who has no pupil's name comes from the set-up link to slips on paper in fewer than twelve steps. A step is one
// page to act on: a form sent, or a link or button pressed.
func TestBrowserStartWithoutNames(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	b, err := bank.Load()
	testkit.Must(t, err)
	s := serve(t, &testkit.School{T: t, DB: testkit.DBAt(t, clock.Now), Key: testkit.Key(t), Bank: b, Clock: clock})
	ctx := context.Background()
	code, err := identity.NewStore(s.DB, s.Key).MintCode(ctx, joining.SetUpKind, "", "school", 48*time.Hour)
	testkit.Must(t, err)

	head := s.visit(t)
	var steps []string
	step := func(name string) {
		t.Helper()
		head.asksForNoPupil()
		steps = append(steps, name)
		if name != "the set-up link" {
			head.press(name)
		}
	}
	head.Go("/set-up/" + code)
	step("the set-up link")
	head.look("start-1-set-up", everyWay...)
	head.fill("school", "Hillside School")
	head.fill("roll", "640")
	head.fill("name", "Amara Okafor")
	head.fill("email", "head@hillside.example")
	head.fill("password", "seven quiet garden lamps")
	step("Set up the school")

	head.says("Whom do you want to ask?")
	head.look("start-2-groups", everyWay...)
	head.fill("groups", "9A 27, 9B 28")
	step("Next: choose the questions")

	head.says("What do you want to ask?", "Having a say", "Home and school", "Belonging and safety", "How learning feels in this class")
	head.look("start-3-survey", everyWay...)
	step("Choose this one: Having a say")

	head.says("Prepare a round", "Amara Okafor", "9A", "27 pupils")
	head.look("start-4-round", everyWay...)
	head.fill("why", "we want to hear you before we plan next year")
	head.fill("may_change", "How we ask you, and what we tell you afterwards.")
	head.fill("reply_by", "2026-10-30")
	head.fill("lead", "Ruth Lindqvist")
	head.fill("lead_place", "Room 4")
	head.fill("deputy", "Dai Pritchard")
	head.fill("deputy_place", "The library")
	head.fill("escalation", "Children’s social care: 01632 960001")
	step("Next: check and open")

	head.says("Check it once more, then open it", "30 October 2026", "How often are you asked")
	head.look("start-5-draft", everyWay...)
	step("Open the round")

	head.says("Print the slips", "Ruth Lindqvist, Dai Pritchard")
	head.look("start-6-open", everyWay...)
	step("Print slips")
	head.asksForNoPupil()

	t.Logf("%d steps from the set-up link to slips ready for paper: %s", len(steps), strings.Join(steps, ", "))
	if len(steps) >= 12 {
		t.Errorf("%d steps", len(steps))
	}
	expectSlips(t, s, head, map[string]int{"9A": 27, "9B": 28})

	head.look("start-7-slips", "wide-light")
	pdf, err := chromedp.Run(head.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(t, err)
	keep("start-7-slips.pdf", pdf)
	// Each class has its envelope's cover and two sheets of up to 24 slips; the spares come last.
	if got := paper(pdf); !slices.Equal(got, slices.Repeat([]string{"595x842"}, 6)) {
		t.Errorf("printed on %v, want six pages of A4", got)
	}
	var names []string
	testkit.Must(t, s.DB.Query(ctx).Raw("SELECT given || ' ' || family FROM people ORDER BY 1").Scan(&names).Error)
	if want := []string{"Amara Okafor", "Dai Pritchard", "Ruth Lindqvist"}; !slices.Equal(names, want) {
		t.Errorf("the names in the database are %q, want those of staff alone", names)
	}
}

// paper lists the sizes of a PDF's pages in points.
func paper(pdf []byte) (sizes []string) {
	pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1))
	for _, box := range regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]`).FindAllSubmatch(pdf, -1) {
		var w, h float64
		fmt.Sscan(string(box[1])+" "+string(box[2]), &w, &h)
		sizes = append(sizes, fmt.Sprintf("%.0fx%.0f", w, h))
	}
	if len(sizes) != pages {
		sizes = append(sizes, fmt.Sprintf("%d pages", pages))
	}
	return sizes
}

// keep writes what was printed beside the pictures.
func keep(name string, data []byte) {
	if folder := os.Getenv("EARSHOT_SHOTS"); folder != "" {
		_ = os.WriteFile(folder+"/"+name, data, 0o600)
	}
}

type printed struct{ Group, Code, Address, Size, QR string }

// slipsOn reads the slips of a printed page.
func slipsOn(v visitor) []printed {
	return testkit.Eval[[]printed](v.Tab, `[...document.querySelectorAll(".slip")].map((s) => ({
		Group: s.querySelector(".slip-head span:last-child").textContent, Code: s.querySelector(".slip-code").textContent.replace(/\s/g, ""),
		Address: s.querySelector(".slip-address").textContent, Size: s.querySelector("svg").getAttribute("viewBox"), QR: s.querySelector("svg path").getAttribute("d")}))`)
}

// expectSlips counts the slips on a printed page, with a tenth more as spares, and reads their QR codes.
func expectSlips(t *testing.T, s *server, v visitor, sizes map[string]int) {
	t.Helper()
	count, seen := map[string]int{}, map[string]bool{}
	for _, p := range slipsOn(v) {
		count[p.Group]++
		if len(p.Code) != 12 || seen[p.Code] {
			t.Errorf("the code %q of %s is not one of its own", p.Code, p.Group)
		}
		seen[p.Code] = true
		want, err := qr.Encode("http://"+p.Address+"#"+p.Code, qr.M)
		testkit.Must(t, err)
		if !strings.HasPrefix("http://"+p.Address, s.http.URL+"/a/") || !drawn(p, want) {
			t.Errorf("the QR code of a slip of %s does not lead to %s", p.Group, p.Address)
		}
	}
	total := 0
	for name, n := range sizes {
		spares := max(2, (n+9)/10)
		total += n + spares
		if count[name] != n+spares {
			t.Errorf("%s has %d slips, want %d and %d spares", name, count[name], n, spares)
		}
	}
	if len(seen) != total {
		t.Errorf("%d slips, want %d", len(seen), total)
	}
}

// drawn says whether a path of runs shows a QR code with four modules of white around it.
func drawn(p printed, want *qr.Code) bool {
	if p.Size != fmt.Sprintf("0 0 %d %[1]d", want.Size+8) {
		return false
	}
	black := map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimSuffix(p.QR, "z"), "z") {
		var x, y, w, back int
		if n, _ := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); n != 4 || back != w {
			return false
		}
		for i := range w {
			black[[2]int{x + i - 4, y - 4}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if black[[2]int{x, y}] != want.Black(x, y) {
				return false
			}
		}
	}
	return true
}

// The main job from end to end: a leader asks classes, three kinds of device answer, the round settles, the teacher looks
// first, the leader later, and everybody at last.
func TestBrowserWholeJourney(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	leader := s.Staff("Grace Mensah", access.Leader)
	first := s.Staff("Lena Brandt", access.Teacher)
	// Four teachers, so that their sum may be published.
	s.Classes("Mathematics", "9x/Ma1 28, 9x/Ma2 27, 9x/Ma3 26, 9x/Ma4 25", first,
		s.Staff("Omar Said", access.Teacher), s.Staff("Priya Nair", access.Teacher), s.Staff("Jo Marsh", access.Teacher))

	grace := s.visit(t)
	grace.Go("/surveys")
	grace.look("journey-01-sign-in", everyWay...)
	grace.signIn(leader)
	grace.says("Surveys", "There is no survey yet")
	grace.look("journey-02-surveys-empty")
	grace.fill("template", "first_class")
	grace.press("Take this one")
	grace.look("journey-03-survey")
	grace.press("See it as they will")
	grace.look("journey-04-preview")
	grace.back()
	grace.press("Ask it")
	grace.says("9x/Ma1, Mathematics", "28 pupils", "For learning")
	grace.look("journey-05-round-form")
	grace.fill("why", "we want lessons to fit you better")
	grace.fill("may_change", "How lessons begin and how feedback is given.")
	grace.press("Next: check and open")
	grace.says("Check it once more")
	grace.look("journey-06-draft")
	// The head has not signed yet how the school uses what it hears.
	grace.Refused(true)
	if status := grace.pressFor("Open the round"); status != 409 {
		t.Errorf("opened without the head's signature: %d", status)
	}
	grace.says("the head signs one page")
	grace.Refused(false)
	amara := s.signedIn(t, s.Head)
	amara.Go("/agreement")
	amara.look("agreement")
	amara.press("Sign it")
	amara.says("Signed by " + s.Head.Name)
	grace.press("Open the round")
	grace.look("journey-07-open")
	round := s.only(leader)
	grace.press("Script for the room")
	grace.says(strings.TrimPrefix(s.http.URL, "http://") + "/a/" + round.Code)
	grace.look("journey-08-script", "wide-light", "phone-light")
	grace.back()
	grace.press("Print slips")
	codes := map[string][]string{}
	for _, p := range slipsOn(grace) {
		codes[p.Group] = append(codes[p.Group], p.Code)
	}
	expectSlips(t, s, grace, map[string]int{"9x/Ma1": 28, "9x/Ma2": 27, "9x/Ma3": 26, "9x/Ma4": 25})
	grace.Go("/rounds/" + round.ID + "/screen")
	grace.says(round.Code)
	grace.press("9x/Ma1")
	grace.says("9x/Ma1")
	grace.look("journey-09-screen", everyWay...)

	mine := codes["9x/Ma1"]
	answerOnPhone(t, s, round, mine[0])
	answerOnLaptop(t, s, round, mine[1])
	answerWithoutScript(t, s, round, mine[2])
	rng := rand.New(rand.NewPCG(7, 7))
	s.Answer(s.collector, round, mine[3:], 23, rng)
	s.Answer(s.collector, round, codes["9x/Ma2"], 24, rng)
	s.Answer(s.collector, round, codes["9x/Ma3"], 10, rng)
	s.Answer(s.collector, round, codes["9x/Ma4"], 21, rng)

	grace.Go("/rounds/" + round.ID)
	grace.says("nine tenths or more", "under half")
	grace.look("journey-10-answered")
	grace.Go("/rounds/" + round.ID + "/results")
	grace.says("Still open.", "9x/Ma3")
	grace.look("journey-11-results-open")
	grace.Go("/rounds/" + round.ID)
	grace.unfold("Keep it open longer, close or cancel it")
	grace.look("journey-12-open-unfolded")
	grace.press("Close now")
	grace.look("journey-13-closed")
	grace.press("Settle now")
	grace.says("settled")
	grace.press("See the results")
	grace.says("Teachers look first.", "You may look from Thursday 8 October 2026 at 10:00")
	grace.look("journey-14-teachers-first", everyWay...)

	late := s.visit(t, testkit.Size(360, 740))
	late.Refused(true)
	late.Go("/a/" + round.Code)
	late.says("This survey is closed")
	late.look("journey-15-too-late")

	lena := s.visit(t)
	lena.Go("/")
	lena.signIn(first)
	lena.says("What your class said is ready")
	lena.look("journey-16-teacher-home", everyWay...)
	lena.press("Guess three, then look")
	lena.press("Guess three, then look")
	lena.look("journey-16-teacher-guess", everyWay...)
	lena.press("Look without guessing")
	lena.says("9x/Ma1", "This is your class. You see it first", "26 of 28")
	if text := lena.Text(); strings.Contains(text, "9x/Ma2") || strings.Contains(text, "9x/Ma3") || strings.Contains(text, "9x/Ma4") {
		t.Error("a teacher's own page names another teacher's class")
	}
	lena.look("journey-17-teacher-results", everyWay...)
	drawnCharts(lena)
	lena.sameInFile("9x/Ma1")
	lena.print("journey-17-teacher-results.pdf")

	s.Clock.Forward(time.Until(time.Now().Add(73 * time.Hour)))
	grace.Go("/")
	grace.signIn(leader) // the session has ended in the meantime
	grace.says("The results are ready for you")
	grace.look("journey-18-leader-home")
	grace.press("Read what was said")
	grace.says("Riverside School")
	grace.look("journey-19-leader-results", everyWay...)
	drawnCharts(grace)
	grace.sameInFile("Riverside School")
	grace.Go("/rounds/" + round.ID)
	grace.press("Publish to everyone who was named")
	grace.look("journey-20-published")

	public := s.http.URL + "/r/" + round.Code
	grace.says("Everybody may read", public)
	anybody := s.visit(t)
	anybody.Go(strings.TrimPrefix(public, s.http.URL))
	anybody.says("How learning feels in this class", "How lessons begin and how feedback is given.")
	if strings.Contains(anybody.Text(), "9x/Ma") {
		t.Error("the public page names a class")
	}
	anybody.look("journey-21-public", everyWay...)
	anybody.print("journey-21-public.pdf")
}

func (v visitor) print(name string) {
	v.Helper()
	pdf, err := chromedp.Run(v.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(v, err)
	keep(name, pdf)
}

func (v visitor) signIn(who access.Actor) {
	v.Helper()
	v.fill("email", v.s.Email(who))
	v.fill("password", testkit.Password)
	v.press("Sign in")
}

// only is the one round there is.
func (s *server) only(who access.Actor) round.Round {
	s.T.Helper()
	all, err := s.Rounds().List(context.Background(), who)
	testkit.Must(s.T, err)
	if len(all) != 1 {
		s.T.Fatalf("%d rounds", len(all))
	}
	return all[0]
}

// answerOnPhone follows the link of a slip and answers one question a screen.
func answerOnPhone(t *testing.T, s *server, r round.Round, code string) {
	phone := visitor{testkit.Open(t, s.http.URL), s}
	phone.Go("/a/" + r.Code + "#" + code)
	phone.says("we want lessons to fit you better", "Your code is in place.")
	if strings.Contains(testkit.Eval[string](phone.Tab, "location.href"), code) {
		t.Error("the address keeps the code")
	}
	phone.ExpectAccessible("a phone's first screen")
	phone.Shot("answer-1-phone-start", false)
	phone.Do(chromedp.Tap(chromedp.CSS("summary")))
	phone.says("your teacher sees them first")
	phone.Do(chromedp.Tap(chromedp.CSS("#next")))
	for i, q := range s.Doc(r).Questions() {
		phone.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		phone.Do(chromedp.Tap(chromedp.CSS(fmt.Sprintf("#q-%s label:nth-of-type(%d)", q.ID, 2+i%3))))
		if i == 0 {
			phone.ExpectAccessible("a phone's question")
			phone.Shot("answer-2-phone-question", false)
		}
		phone.Do(chromedp.Tap(chromedp.CSS("#next")))
	}
	phone.WaitFor(`document.getElementById("check").checkVisibility()`)
	phone.Shot("answer-3-phone-check", false)
	phone.Do(chromedp.Tap(chromedp.CSS("#send")))
	phone.WaitFor(`document.getElementById("thanks").checkVisibility()`)
	phone.ExpectAccessible("a phone's thanks")
	phone.Shot("answer-4-phone-thanks", false)
}

// answerOnLaptop types the address and the code, and goes on with the keyboard alone.
func answerOnLaptop(t *testing.T, s *server, r round.Round, code string) {
	laptop := s.visit(t)
	laptop.Go("/a")
	laptop.look("answer-5-find")
	laptop.fill("code", strings.ToLower(r.Code))
	_, err := chromedp.RunResponse(laptop.Ctx, chromedp.KeyEvent(kb.Enter))
	testkit.Must(t, err)
	laptop.look("answer-6-start", everyWay...)
	laptop.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(strings.ToLower(code[:4]+" "+code[4:8]+"-"+code[8:])), chromedp.KeyEvent(kb.Enter))
	for _, q := range s.Doc(r).Questions() {
		laptop.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		laptop.Do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
	}
	laptop.WaitFor(`document.getElementById("check").checkVisibility()`)
	laptop.look("answer-7-check")
	laptop.Click("#send")
	laptop.WaitFor(`document.getElementById("thanks").checkVisibility()`)
	laptop.look("answer-8-thanks")
	// The same slip again, as somebody who found it would try.
	laptop.Refused(true)
	laptop.Do(chromedp.Reload())
	laptop.Do(chromedp.Focus(chromedp.CSS("#code")), chromedp.KeyEvent(code), chromedp.KeyEvent(kb.Enter))
	// It is told before a question is answered in vain.
	laptop.WaitFor(`document.getElementById("code-error").textContent.startsWith("This slip has been used already")`)
	laptop.Shot("answer-9-spent", true)
}

// answerWithoutScript fills in the plain form.
func answerWithoutScript(t *testing.T, s *server, r round.Round, code string) {
	plain := s.visit(t, testkit.Size(360, 740), testkit.Script(false))
	plain.Go("/a/" + r.Code)
	plain.Do(chromedp.SendKeys(chromedp.CSS("#code"), code))
	for _, q := range s.Doc(r).Questions() {
		plain.Click("#q-" + q.ID + " label:nth-of-type(4)")
	}
	plain.Shot("answer-10-plain", true)
	res, err := chromedp.RunResponse(plain.Ctx, chromedp.Click(chromedp.CSS("#send")))
	testkit.Must(t, err)
	if res.Status != 200 {
		t.Errorf("without script: %d", res.Status)
	}
	plain.says("Sent")
	plain.Do(testkit.Script(true)) // for the checker
	plain.look("answer-11-plain-thanks")
}

// drawnCharts fails the test unless every figure that has a chart shows it.
func drawnCharts(v visitor) {
	v.Helper()
	charts := testkit.Eval[[]int](v.Tab, `[document.querySelectorAll("[data-option]").length, document.querySelectorAll("[data-option] svg").length]`)
	if charts[0] == 0 || charts[0] != charts[1] {
		v.Errorf("%d charts, %d drawn\n%s", charts[0], charts[1], v.Where())
	}
}

// sameInFile saves the page's figures as a file and compares every line with the tables of the page.
func (v visitor) sameInFile(group string) {
	v.Helper()
	type table struct {
		ID   string
		Rows [][]string
	}
	// By textContent: the tables are folded away under their charts.
	tables := testkit.Eval[[]table](v.Tab, `[...document.querySelectorAll("section.figure")].map((f) => ({ID: f.id,
		Rows: [...f.querySelectorAll("tbody tr")].map((r) => [...r.children].map((c) => c.textContent))}))`)
	file := v.Download(`a[href$=".csv"]`)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(file), "\ufeff"))).ReadAll()
	testkit.Must(v, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	lines := map[string][][]string{}
	for _, row := range rows[1:] {
		at := func(name string) string { return row[column[name]] }
		if at("group") != group || at("line") != "answer" {
			continue
		}
		people, share := at("people"), at("percent")
		if people == "" {
			people = at("note")
		}
		if share != "" {
			share += "%"
		}
		lines[at("question")] = append(lines[at("question")], []string{at("answer"), people, share})
	}
	compared := 0
	for _, t := range tables {
		want, ok := lines[t.ID]
		if !ok {
			continue // sections together, which are not of one question
		}
		compared++
		if !slices.EqualFunc(t.Rows, want, slices.Equal) {
			v.Errorf("%s: the page shows %q, the file says %q", t.ID, t.Rows, want)
		}
	}
	if compared == 0 || compared != len(lines) {
		v.Errorf("%d of %d questions of the file stand on the page\n%s", compared, len(lines), v.Where())
	}
}

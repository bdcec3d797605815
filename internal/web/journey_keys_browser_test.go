//go:build browser

package web_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/listen/response"
	"earshot/internal/testkit"
)

// everyKindOpen is a round of the demo school's survey of every kind, with an answer in symbols where its written answer is:
// no round can open with that.
func (s *server) everyKindOpen(t *testing.T) round.Round {
	t.Helper()
	ctx := context.Background()
	file, err := os.ReadFile("../rehearsal/every_kind.yaml")
	testkit.Must(t, err)
	doc, problems := surveyfile.Read(file, s.Bank)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	last := len(doc.Sections) - 1
	if !doc.Remove(doc.Sections[last].Questions[0].ID) {
		t.Fatal("the written answer is still there")
	}
	symbols, ok := s.Bank.Scale("bit3")
	if !ok {
		t.Fatal("there is no scale of symbols")
	}
	if p := doc.AddOwn(doc.AddSection("At the end", ""), survey.Own{Text: "Did you say all you wanted?", Scale: symbols, About: "school", Origin: survey.FromSchool}); len(p) > 0 {
		t.Fatal(p)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	return s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
}

// large makes letters twice as large as the page's own, which are 112.5 % of the browser's.
var large = runsFirst(`document.addEventListener("DOMContentLoaded", () => { document.documentElement.style.fontSize = "225%"; })`)

// runsFirst runs a script before those of every page.
func runsFirst(script string) testkit.Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// onlyAnswer is the one answer that waits in a round.
func (s *server) onlyAnswer(t *testing.T, r round.Round) survey.Answers {
	t.Helper()
	rows, err := response.NewStore(s.DB).Inbox(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d answers wait", len(rows))
	}
	answers, err := survey.DecodeAnswers([]byte(rows[0].Answers))
	testkit.Must(t, err)
	return answers
}

// focused is where the keyboard is: what has the focus, as it is seen. The ring of a choice is drawn around its words.
type focused struct {
	ID, Kind string
	Ring     string // what is wrong with its ring
	Out      string // what is wrong with its place
}

const focusedJS = `(() => {
	const e = document.activeElement, r = e.getBoundingClientRect(), style = getComputedStyle(/radio|checkbox/.test(e.type) && e.nextElementSibling || e);
	const out = {ID: e.id || e.value || "", Kind: e.tagName + (e.type ? ":" + e.type : ""), Ring: "", Out: ""};
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) { out.Ring = "outline " + style.outline; }
	let from = 0, to = innerHeight;
	if (!e.closest("dialog")) {
		// What stays in place above and below may cover what has the focus.
		for (const bar of document.querySelectorAll("header, nav")) {
			if (bar.contains(e) || getComputedStyle(bar).position !== "sticky") { continue; }
			const box = bar.getBoundingClientRect();
			if (bar.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) { from = Math.max(from, box.bottom); } else { to = Math.min(to, box.top); }
		}
	}
	if (Math.min(r.bottom, to) - Math.max(r.top, from) < Math.min(r.height, to - from) - 1 || r.left < 0 || r.right > innerWidth + 1) {
		out.Out = [r.left, r.top, r.right, r.bottom].map(Math.round) + " where " + Math.round(from) + " to " + Math.round(to) + " can be seen";
	}
	return out;
})()`

// tabTo presses Tab, or Shift and Tab, until what is wanted has the focus. Whatever has it on the way must be seen.
func (v visitor) tabTo(css string, step chromedp.Action[chromedp.Void]) {
	v.Helper()
	for range 40 {
		v.Do(step)
		v.expectFocusSeen()
		if testkit.Eval[bool](v.Tab, `document.activeElement.matches(`+js(css)+`)`) {
			return
		}
	}
	v.Fatalf("no key leads to %s\n%s", css, v.Where())
}

func (v visitor) expectFocusSeen() {
	v.Helper()
	f := testkit.Eval[focused](v.Tab, focusedJS)
	if f.Kind != "BODY" && (f.Ring != "" || f.Out != "") {
		v.Errorf("the focus on %s %s cannot be seen: %s %s", f.Kind, f.ID, f.Ring, f.Out)
	}
}

var forth, backwards = chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))

// screenOn is the step that is on the screen: its id, and the questions on it.
type screenOn struct {
	ID        string
	Questions []string
}

func (v visitor) stepOn() screenOn {
	v.Helper()
	return testkit.Eval[screenOn](v.Tab, `(() => {
		const step = [...document.querySelectorAll(".step")].find((s) => s.checkVisibility() && !s.parentElement.closest(".step"));
		if (!step) { return {ID: "", Questions: []}; }
		const rows = step.matches("fieldset") ? [step] : [...step.querySelectorAll("fieldset")];
		return {ID: step.id, Questions: rows.filter((r) => r.checkVisibility() && r.id.startsWith("q-")).map((r) => r.id.slice(2))};
	})()`)
}

// answerByKeys answers one question with keys alone and gives what was chosen. The nth answer varies with n.
func (v visitor) answerByKeys(q survey.Question, n int) survey.Answer {
	v.Helper()
	said := survey.Answer{State: survey.Answered}
	field := "#q-" + q.ID + " "
	switch q.Type {
	case survey.TypeNumber:
		v.tabTo(field+"input", forth)
		v.keys("1", "2")
		number := 12
		said.Number = &number
	case survey.TypeSeveral:
		for _, i := range []int{0, 2} {
			v.tabTo(fmt.Sprintf("%slabel:nth-of-type(%d) input", field, i+1), forth)
			v.keys(" ")
			said.Options = append(said.Options, q.Options[i].ID)
		}
		slices.Sort(said.Options) // they are stored without an order
	case survey.TypeRanking:
		// The third, then the last, then back to the first; the last is taken out again and put behind.
		for _, press := range []struct {
			button int
			step   chromedp.Action[chromedp.Void]
			key    string
		}{{3, forth, " "}, {5, forth, kb.Enter}, {1, backwards, " "}, {5, forth, " "}, {4, backwards, kb.Enter}} {
			v.tabTo(fmt.Sprintf("%sbutton:nth-of-type(%d)", field, press.button), press.step)
			v.keys(press.key)
		}
		for _, i := range []int{2, 0, 3} {
			said.Options = append(said.Options, q.Options[i].ID)
		}
	default:
		v.tabTo(field+"input", forth)
		v.keys(" ")
		at := n % len(q.Options)
		for range at {
			v.keys(kb.ArrowDown)
			v.expectFocusSeen()
		}
		said.Options = []string{q.Options[at].ID}
	}
	return said
}

// symbolsByKeys asks for a symbol beside each answer.
func (v visitor) symbolsByKeys() {
	v.Helper()
	v.tabTo("#look", forth)
	v.keys(kb.Enter)
	v.WaitFor(`document.querySelector("dialog[open] .look")`)
	v.ExpectNoSpill("how the page looks")
	v.tabTo(".look fieldset:last-of-type label:first-of-type input", forth)
	v.keys(" ")
	v.Shot("keys-"+v.name()+"-look", false)
	v.tabTo(".look button", forth)
	v.keys(kb.Enter)
	v.WaitFor(`!document.querySelector("dialog[open]") && document.activeElement.id === "look"`)
}

// TestBrowserKeyboardAlone answers every kind of question with Tab, arrows, Space, Enter and typing, on a laptop and on
// the smallest screen with letters twice as large. What has the focus is always to be seen, and what was typed is stored.
func TestBrowserKeyboardAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before []testkit.Step
	}{
		{"laptop", nil},
		{"small and large letters", []testkit.Step{testkit.Size(360, 740), large}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			r := s.everyKindOpen(t)
			v := s.visit(t, c.before...)
			v.Go("/a/" + r.Code)
			v.byKeysAlone(r, s.Slips(r)["9A"][0])
		})
	}
}

// byKeysAlone takes a slip through TestBrowserKeyboardAlone.
func (v visitor) byKeysAlone(r round.Round, code string) {
	v.Helper()
	doc := v.s.Doc(r)
	want := survey.Answers{}
	v.ExpectNoSpill("the start")
	v.symbolsByKeys()
	v.tabTo("#code", backwards)
	v.Shot("keys-"+v.name()+"-start", false)
	v.keys(code, kb.Enter)
	kinds := map[survey.Type]bool{}
	for n := 0; ; n++ {
		v.WaitFor(`/^(?!start)./.test((` + stepJS + `).id)`)
		on := v.stepOn()
		if at := testkit.Eval[string](v.Tab, `(() => { const h = document.activeElement; return h.matches("h2") && (`+stepJS+`).contains(h) ? "" : h.outerHTML.slice(0, 80); })()`); at != "" {
			v.Errorf("a new screen, %s, and the focus is on %s", on.ID, at)
		}
		v.ExpectNoSpill(on.ID)
		if on.ID == "check" {
			break
		}
		if n > 30 {
			v.Fatal("it never ends")
		}
		for _, id := range on.Questions {
			q, ok := doc.Question(id)
			if !ok {
				v.Fatalf("there is no question %s", id)
			}
			want[id] = v.answerByKeys(q, len(want))
			kinds[q.Type] = true
			if q.Options != nil && q.Options[0].Symbol != "" {
				kinds["symbols"] = testkit.Eval[bool](v.Tab, `[...document.querySelectorAll("#q-`+id+` label")].every((l) => l.querySelector("svg").getBoundingClientRect().width > 20)`)
			}
		}
		if len(on.Questions) == 0 && strings.HasPrefix(on.ID, "c") {
			v.tabTo("#"+on.ID+" label:nth-of-type(2) input", forth)
			v.keys(" ")
			kinds["topics"] = true
		}
		if len(on.Questions) > 1 {
			kinds["grid"] = true
		}
		v.Shot(fmt.Sprintf("keys-%s-%02d-%s", v.name(), n, on.ID), false)
		v.tabTo("#next", forth)
		v.keys([]string{kb.Enter, " "}[n%2])
		v.WaitFor(`(` + stepJS + `).id !== ` + js(on.ID))
	}
	for _, kind := range []survey.Type{survey.TypeScale, survey.TypeSingle, survey.TypeSeveral, survey.TypeNumber, survey.TypeRanking, "topics", "symbols"} {
		if !kinds[kind] {
			v.Errorf("nothing of the kind %s was asked: %v", kind, kinds)
		}
	}
	if wide := testkit.Eval[bool](v.Tab, "innerWidth > 1000"); kinds["grid"] != wide {
		v.Errorf("a grid on one screen: %v", kinds["grid"])
	}
	v.Shot("keys-"+v.name()+"-check", false)
	v.tabTo("#send", forth)
	v.keys(kb.Enter)
	v.WaitFor(`document.activeElement.closest("#thanks")`)
	v.ExpectNoSpill("the thanks")
	v.Shot("keys-"+v.name()+"-thanks", false)

	got := v.s.onlyAnswer(v.T, r)
	notAsked := 0
	for _, q := range doc.Questions() {
		a, w := got[q.ID], want[q.ID]
		if w.State == "" {
			if a.State != survey.NotAsked {
				v.Errorf("%s was on no screen and is stored as %+v", q.ID, a)
			}
			notAsked++
			continue
		}
		if a.State != survey.Answered || !slices.Equal(a.Options, w.Options) || (a.Number == nil) != (w.Number == nil) || a.Number != nil && *a.Number != *w.Number {
			v.Errorf("%q: typed %+v, stored %+v", q.Text, w, a)
		}
	}
	if len(want) < 10 || notAsked == 0 {
		v.Errorf("%d questions answered, %d not asked", len(want), notAsked)
	}
}

const stepJS = `[...document.querySelectorAll(".step")].find((s) => s.checkVisibility() && !s.parentElement.closest(".step")) || {id: ""}`

// name is the size of the window, for the names of pictures.
func (v visitor) name() string { return fmt.Sprint(testkit.Eval[int](v.Tab, "innerWidth")) }

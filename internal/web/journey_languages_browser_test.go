//go:build browser

package web_test

import (
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"gopkg.in/yaml.v3"

	"earshot/internal/ask/language"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/response"
	"earshot/internal/testkit"
)

// TestBrowserWritesEveryKindOfQuestion builds a survey with every kind of answer, sets rules by clicking, makes topics and a
// draw, and looks at it as pupils will.
func TestBrowserWritesEveryKindOfQuestion(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	head := s.signedIn(t, s.Head)
	head.Go("/surveys")
	head.fill("title", "Lunch and clubs")
	head.fill("audience", "pupil_11_16")
	head.press("Begin")

	write := func(kind, text string, fields ...string) {
		t.Helper()
		head.press("A question of your own")
		head.choose(kind)
		head.fill("text", text)
		for i := 0; i < len(fields); i += 2 {
			head.fill(fields[i], fields[i+1])
		}
		if kind != "Nothing: words to read" {
			head.choose("The whole school")
		}
		head.press("Add the question")
	}
	part := func(title string) {
		t.Helper()
		head.fill("section", title)
		head.press("Add part")
	}
	write("One answer", "What do you have for lunch?", "options", "School food\nMy own\nNothing")
	head.press("A question of your own")
	for kind, shown := range map[string][]string{"A number": {"min", "max", "bands", "short"}, "An order": {"options", "at_most", "short"}, "Several answers": {"options", "at_most", "short"},
		"Many words": {"short"}, "One answer": {"options", "good", "grid", "short"}, "Nothing: words to read": {}} {
		head.choose(kind)
		got := testkit.Eval[[]string](head.Tab, `["options", "good", "at_most", "grid", "min", "max", "bands", "short"].filter((n) => document.getElementById(n).checkVisibility())`)
		slices.Sort(got)
		slices.Sort(shown)
		if !slices.Equal(got, shown) {
			t.Errorf("%s asks for %v, want %v", kind, got, shown)
		}
	}
	head.choose("A number")
	head.look("builder-01-number", everyWay...)
	head.press("Back")
	write("A number", "How many minutes do you queue?", "min", "0", "max", "60", "bands", "5, 10, 30")
	write("Several answers", "Where do you like to be at break?", "options", "The hall\nThe yard\nThe library\nA classroom")
	write("An order", "Which clubs would you come to?", "options", "Chess\nChoir\nFootball\nCoding", "at_most", "2")
	write("Nothing: words to read", "Now think of your lessons today.")
	write("One answer", "calm?", "scale", "freq5", "grid", "How often are lessons")
	write("One answer", "lively?", "scale", "freq5", "grid", "How often are lessons")
	write("Many words", "What else should we know?")
	head.says("Several answers", "A number", "An order", "Nothing: words to read", "Many words")
	head.press("Take out: What else should we know?")
	if strings.Contains(head.Text(), "Not ready") {
		t.Errorf("not ready:\n%s", head.Text())
	}

	// The queue is for those who eat school food.
	head.press("When is it asked: How many minutes do you queue?")
	head.says("It is asked of everybody.", "What do you have for lunch?")
	head.Refused(true)
	if status := head.pressFor("Save this rule"); status != http.StatusUnprocessableEntity {
		t.Errorf("a rule without an answer: %d", status)
	}
	head.says("Tick at least one answer that decides.")
	head.look("builder-02-rule-refused")
	head.unfold("Write a rule by hand")
	head.fill("rule", "selected(${q1}, 'chips')")
	if status := head.pressFor("Save what I wrote"); status != http.StatusUnprocessableEntity {
		t.Errorf("a rule for an answer that is not there: %d", status)
	}
	head.says("looks for the answer chips to “What do you have for lunch?” (q1)")
	if got := testkit.Eval[string](head.Tab, `document.getElementById("rule").value`); got != "selected(${q1}, 'chips')" {
		t.Errorf("what was written is lost: %q", got)
	}
	head.Refused(false)
	head.choose("School food")
	head.press("Save this rule")
	head.says("Asked only if the answer to “What do you have for lunch?” was “School food”.")

	// Two earlier questions could decide; a number does, by its size.
	head.press("When is it asked: Where do you like to be at break?")
	head.press("How many minutes do you queue?")
	head.Refused(true)
	head.fill("from", "90")
	if status := head.pressFor("Save this rule"); status != http.StatusUnprocessableEntity {
		t.Errorf("a bound nobody can reach: %d", status)
	}
	head.Refused(false)
	head.fill("from", "10")
	head.press("Save this rule")
	head.says("Asked only if the answer to “How many minutes do you queue?” was 10 or more.")
	head.press("When is it asked: Where do you like to be at break?")
	if got := testkit.Eval[string](head.Tab, `document.getElementById("from").value`); got != "10" {
		t.Errorf("the rule comes back with %q", got)
	}
	head.look("builder-03-rule", everyWay...)
	head.press("Ask it always")
	if strings.Contains(head.Text(), "10 or more") {
		t.Error("the rule is still there")
	}
	// A grid has one rule for all of it.
	head.press("When is it asked: calm?")
	head.says("How often are lessons calm?", "The rule holds for all questions of this grid.")
	head.press("What do you have for lunch?")
	head.choose("No answer")
	head.press("Save this rule")
	if n := strings.Count(head.Text(), "was no answer."); n != 2 {
		t.Errorf("%d questions of the grid have the rule", n)
	}
	head.press("When is it asked: lively?")
	head.press("Ask it always")

	// Topics, and a part of which each is asked some.
	for _, title := range []string{"Food", "Sport", "Home"} {
		part(title)
		write("One answer", title+" today?", "options", "Good\nBad")
	}
	part("Drawn")
	write("One answer", "First of the drawn?", "options", "Yes\nNo")
	write("One answer", "Second of the drawn?", "options", "Yes\nNo")
	head.fill("section-s1", "Your day")
	testkit.Eval[bool](head.Tab, `(() => {
		document.querySelectorAll("details").forEach((d) => { d.open = true; });
		for (const n of [2, 3, 4]) { document.getElementsByName("topic-s" + n)[0].click(); }
		return true;
	})()`)
	head.fill("ask-s5", "1")
	head.fill("text-s5", "Nearly done: one more.")
	head.press("Save")
	head.says("Choosing topics", "a topic people choose", "one question each, by chance", "words before it")
	head.fill("pick", "3")
	head.press("Save")
	head.says("There are 3 topics to choose from and 4 are asked.")
	head.fill("pick", "1")
	head.press("Save")
	if strings.Contains(head.Text(), "Not ready") {
		t.Errorf("not ready:\n%s", head.Text())
	}
	head.press("Move part up: Part 3: Sport")
	if got := testkit.Eval[[]string](head.Tab, `[...document.querySelectorAll("input[id^=section-]")].map((i) => i.value)`); !slices.Equal(got, []string{"Your day", "Sport", "Food", "Home", "Drawn"}) {
		t.Errorf("the parts stand as %v", got)
	}
	head.look("builder-04-survey", everyWay...)
	if file := string(head.Download(`a[href$="/file"]`)); !strings.Contains(file, "type: ranking") || !strings.Contains(file, "topic_of: c1") || !strings.Contains(file, "ask: 1") {
		t.Errorf("the file says\n%s", file)
	}
	head.press("See it as they will")
	head.preview()
}

// preview goes through the survey of TestBrowserWritesEveryKindOfQuestion as a pupil would who brings their own lunch.
func (v visitor) preview() {
	v.Helper()
	v.Do(testkit.Size(360, 740), chromedp.Reload())
	v.says("This is a preview. Nothing is sent.")
	const now = `(() => {
		const step = [...document.querySelectorAll(".step, #check")].find((e) => e.checkVisibility()) || document.body;
		return (step.querySelector("h1") || step.querySelector("h2 .t") || step.querySelector("h2")).textContent.trim();
	})()`
	var seen []string
	for range 30 {
		heading := testkit.Eval[string](v.Tab, now)
		seen = append(seen, heading)
		v.ExpectNoSpill(heading)
		v.ExpectAccessible(heading)
		v.Shot("builder-05-preview-"+strings.ToLower(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return '-'
		}, heading[:min(len(heading), 24)])), false)
		if testkit.Eval[bool](v.Tab, `document.getElementById("check").checkVisibility()`) {
			break
		}
		switch {
		case strings.HasPrefix(heading, "What do you have"):
			v.Do(chromedp.Tap(chromedp.CSS("#q-q1 label:nth-of-type(2)")))
		case strings.HasPrefix(heading, "Which clubs"):
			testkit.Eval[bool](v.Tab, `(() => { [...document.querySelectorAll("#q-q4 button, #q-q4 label")].filter((e) => e.checkVisibility()).slice(0, 2).forEach((e) => e.click()); return true; })()`)
		}
		// A question that is left is asked about once.
		for range 3 {
			v.Do(chromedp.Tap(chromedp.CSS("#next")))
			if testkit.Eval[string](v.Tab, now) != heading {
				break
			}
		}
	}
	all := strings.Join(seen, "\n")
	for _, want := range []string{"Where do you like to be at break?", "Which clubs would you come to?", "Now think of your lessons today.", "calm?", "lively?", "Nearly done: one more."} {
		if !strings.Contains(all, want) {
			v.Errorf("the preview never shows %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "queue") {
		v.Error("the preview asks about the queue, which is not for those who bring their own")
	}
	if drawn, topics := strings.Count(all, "of the drawn?"), strings.Count(all, " today?"); drawn != 1 || topics != 2 {
		v.Errorf("%d of the drawn questions and %d topics are asked:\n%s", drawn, topics, all)
	}
	v.says("You answered 2 of 8.")
	v.Do(wide)
}

// offer lets a school ask in languages beside English.
func (s *server) offer(codes ...string) {
	s.T.Helper()
	for _, code := range codes {
		f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, code))}
		testkit.Must(s.T, language.NewStore(s.DB, s.Bank).Save(context.Background(), s.Head, code, language.Approved, f))
	}
}

// translations are those of the demo school, by their English words: English -> language -> words.
func translations(t testing.TB) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile("../rehearsal/translations.yaml")
	testkit.Must(t, err)
	var all map[string]map[string]string
	testkit.Must(t, yaml.Unmarshal(data, &all))
	return all
}

// translated stores and approves the demo school's translation of a survey.
func (s *server) translated(sv survey.Survey, codes ...string) {
	s.T.Helper()
	doc, err := sv.Doc()
	testkit.Must(s.T, err)
	all, st := translations(s.T), survey.NewStore(s.DB)
	for _, code := range codes {
		said := map[string]string{}
		for _, w := range doc.Words() {
			said[w.Key] = all[w.Text][code]
		}
		testkit.Must(s.T, st.Translate(context.Background(), s.Head, sv.ID, code, said))
		testkit.Must(s.T, st.Approve(context.Background(), s.Head, sv.ID, code, "Nusrat Malhi"))
	}
}

// asking sets what a browser says about its owner's languages.
func asking(lang string) testkit.Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
		return err
	})
}

// TestBrowserAnswersInOtherLanguages translates a survey into Urdu side by side, has it approved, and lets pupils answer in
// Urdu, Arabic and Welsh on the smallest phones, with English beside it for those who want both.
func TestBrowserAnswersInOtherLanguages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.offer("ur", "ar", "cy")
	sv := s.Survey("first_say")
	s.translated(sv, "ar", "cy")
	s.translateByHand(t, sv)
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	codes := s.Slips(r)["9A"]
	doc := s.Doc(r)
	all := translations(t)
	for i, c := range []struct{ code, asks, dir string }{{"ur", "ur-PK,ur;q=0.9,en;q=0.5", "rtl"}, {"ar", "ar", "rtl"}, {"cy", "cy-GB", "ltr"}} {
		phone := visitor{testkit.Open(t, s.http.URL, asking(c.asks)), s}
		phone.Go("/a/" + r.Code + "#" + codes[i])
		phone.reads(c.code, c.dir)
		phone.says(all["Having a say"][c.code], words.In(c.code).Say("answer.code_in_place"))
		phone.screen("languages-10-" + c.code + "-start")
		phone.Click("#next")
		for n, q := range doc.Questions() {
			phone.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
			if text := phone.Text(); !strings.Contains(text, all[q.Text][c.code]) || strings.Contains(text, q.Text) {
				t.Errorf("%s: question %d reads\n%s", c.code, n+1, text)
			}
			phone.ExpectNoSpill(c.code + ", " + q.ID)
			if n == 0 || n == 4 {
				phone.screen("languages-11-" + c.code + "-" + q.ID)
			}
			phone.Click("#q-" + q.ID + " label:nth-of-type(2)")
			phone.Click("#next")
		}
		phone.WaitFor(`document.getElementById("check").checkVisibility()`)
		phone.screen("languages-12-" + c.code + "-check")
		phone.Click("#send")
		phone.WaitFor(`document.getElementById("thanks").checkVisibility()`)
		phone.screen("languages-13-" + c.code + "-thanks")

		phone.Go("/a/" + r.Code + "?lang=" + c.code + "&both=1#" + codes[i+5])
		phone.reads(c.code, c.dir)
		phone.Click("#next")
		phone.WaitFor(`document.getElementById("q-q1").checkVisibility()`)
		phone.says(all[doc.Questions()[0].Text][c.code], doc.Questions()[0].Text, "Never", all["Never"][c.code])
		if got := testkit.Eval[string](phone.Tab, `[...new Set([...document.querySelectorAll("#q-q1 .also")].map((e) => e.lang.slice(0, 2) + " " + e.dir))].join()`); got != "en ltr" {
			t.Errorf("%s: the English beside it is marked %q", c.code, got)
		}
		phone.screen("languages-14-" + c.code + "-both")
	}
	// Polish is not offered, so whoever asks for it gets English, and the others to choose from.
	phone := visitor{testkit.Open(t, s.http.URL, asking("pl")), s}
	phone.Go("/a/" + r.Code)
	phone.reads("en", "ltr")
	phone.says("Having a say", "اردو", "العربية", "Cymraeg")
	if strings.Contains(phone.Text(), "Polski") {
		t.Error("Polish is offered although nobody has read it")
	}
	phone.press("اردو")
	phone.reads("ur", "rtl")
	phone.says(all["Having a say"]["ur"])

	// The languages are counted for the whole round, and stand beside no answer.
	tallies, err := response.NewStore(s.DB).Tallies(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	counted := map[string]int{}
	for _, tally := range tallies {
		if tally.Kind == "language" {
			counted[tally.Name] = tally.Count
		}
	}
	if !maps.Equal(counted, map[string]int{"ur": 1, "ar": 1, "cy": 1}) {
		t.Errorf("counted %v", counted)
	}
}

// reads fails the test unless the page says that it is in a language and runs in its direction.
func (v visitor) reads(code, dir string) {
	v.Helper()
	if got := testkit.Eval[[]string](v.Tab, `[document.documentElement.lang.slice(0, 2), document.documentElement.dir, getComputedStyle(document.body).direction]`); !slices.Equal(got, []string{code, dir, dir}) {
		v.Errorf("the page is %v, want %s %s", got, code, dir)
	}
}

// screen looks at one screen of a phone, light and dark.
func (v visitor) screen(name string) {
	v.Helper()
	for _, scheme := range []string{"light", "dark"} {
		v.Do(testkit.Scheme(scheme))
		v.ExpectAccessible(name + ", " + scheme)
		v.ExpectNoSpill(name)
		v.Shot(name+"-"+scheme, true)
	}
	v.Do(testkit.Scheme("light"))
}

// translateByHand writes the Urdu of a survey beside its English as somebody at a desk would, and has it approved.
func (s *server) translateByHand(t *testing.T, sv survey.Survey) {
	t.Helper()
	head := s.signedIn(t, s.Head)
	head.Go("/surveys/" + sv.ID)
	head.press("Translate it")
	head.says("Approved: read by Nusrat Malhi", "Not begun.", "Not read yet")
	head.look("languages-01-survey", everyWay...)
	head.press("Urdu")
	head.says("Not begun.", "Questions in Urdu")
	head.look("languages-02-empty", everyWay...)
	type pair struct{ Key, English string }
	pairs := testkit.Eval[[]pair](head.Tab, `[...document.querySelectorAll(".pair")].map((p) => ({Key: p.querySelector("textarea").name, English: p.querySelector("p [lang]").textContent}))`)
	all := translations(t)
	for _, p := range pairs[1:] {
		head.fill(p.Key, all[p.English]["ur"])
	}
	head.fill("reader", "Nusrat Malhi")
	head.Refused(true)
	if status := head.pressFor("Save and approve"); status != http.StatusUnprocessableEntity {
		t.Errorf("approving with a piece missing: %d", status)
	}
	head.says("One piece is not translated yet. Fill it in first.", "Go to the first piece that is missing")
	head.look("languages-03-missing", everyWay...)
	head.fill(pairs[0].Key, all[pairs[0].English]["ur"])
	head.fill("reader", "")
	if status := head.pressFor("Save and approve"); status != http.StatusUnprocessableEntity {
		t.Errorf("approving without a reader: %d", status)
	}
	head.says("Write the name of the person who has read it")
	head.Refused(false)
	head.press("Save as a draft")
	head.says("The draft is saved.", "A draft: nobody who speaks it has read it yet.")
	head.fill("reader", "Nusrat Malhi")
	head.press("Save and approve")
	head.says("Approved: the questions can be read in Urdu.", "Approved: read by Nusrat Malhi")
	head.look("languages-04-approved", "wide-light", "phone-dark")
	// A changed word is a new piece, and what was approved stays.
	head.fill(pairs[1].Key, "کچھ اور")
	head.press("Save as a draft")
	head.says("Changed since Nusrat Malhi read it. People see the words that were approved.")
	head.fill(pairs[1].Key, all[pairs[1].English]["ur"])
	head.press("Save as a draft")
	// Panjabi, which the school has not read at all.
	head.Go("/surveys/" + sv.ID + "/languages/pa")
	head.says("Nobody has read the words around the questions in Panjabi yet")
	head.press("read them")
	head.says("Nobody has read it yet, so it is not offered.")
}

//go:build browser

package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"

	"earshot/internal/base/words"
	"earshot/internal/testkit"
)

// everythingSaid is every sentence and text of a language, as those who answer read them, and the months of dates.
func (s *server) everythingSaid(code string) []string {
	var all []string
	v := words.In(code)
	for _, sentence := range v.Sentences() {
		all = append(all, sentence)
	}
	for _, text := range s.Bank.ForAnswering() {
		said, _ := s.Bank.TextIn(code, text.ID)
		all = append(all, said)
	}
	for m := time.January; m <= time.December; m++ {
		all = append(all, v.Date(time.Date(2027, m, 2, 0, 0, 0, 0, time.UTC)))
	}
	return all
}

// drawnScripts are the languages that need fonts of their own, and the font of Debian's fonts-noto-core that
// each is drawn in.
var drawnScripts = map[string]struct{ letters, font string }{
	"ar": {"Arabic", "Noto Sans Arabic"}, "ur": {"Arabic", "Noto Nastaliq Urdu"}, "bn": {"Bengali", "Noto Sans Bengali"}, "pa": {"Gurmukhi", "Noto Sans Gurmukhi"},
}

// TestBrowserDrawsEveryLetter draws every letter of Arabic, Bengali, Panjabi and Urdu that anybody reads, and proves that
// none is the box that stands for a missing one: each looks different from a code point that nothing is assigned to, and
// each comes from a Noto font of its script.
func TestBrowserDrawsEveryLetter(t *testing.T) {
	s := newServer(t)
	v := s.signedIn(t, s.Head)
	for code, script := range drawnScripts {
		v.Go("/school/languages/" + code + "/paper")
		said, err := json.Marshal(s.everythingSaid(code))
		testkit.Must(t, err)
		result := testkit.Eval[struct {
			Missing []string
			Letters int
			Blank   bool
		}](v.Tab, `(() => {
			const of = document.querySelector('td [lang="`+code+`"]');
			const canvas = document.createElement("canvas");
			canvas.width = canvas.height = 80;
			canvas.lang = "`+code+`";
			document.body.append(canvas);
			const c = canvas.getContext("2d", {willReadFrequently: true});
			const draw = (text) => {
				c.clearRect(0, 0, 80, 80);
				c.font = "32px " + getComputedStyle(of).fontFamily;
				c.textBaseline = "middle";
				c.textAlign = "center";
				c.fillText(text, 40, 40);
				return c.getImageData(0, 0, 80, 80).data.join();
			};
			const nothing = ["\u0378", "\u0381", "\u{1FFFD}"].map(draw), blank = draw(" ");
			const letters = new Set();
			for (const text of `+string(said)+`) {
				for (const {segment} of new Intl.Segmenter("`+code+`").segment(text)) {
					letters.add(segment);
					for (const point of segment) { letters.add(point); }
				}
			}
			const missing = [];
			for (const letter of letters) {
				// Spaces and marks that steer the direction are meant not to be seen.
				if (/^[\s\p{Cf}]*$/u.test(letter)) { continue; }
				const drawn = draw(letter);
				if (nothing.includes(drawn) || drawn === blank) { missing.push(letter); }
			}
			return {Missing: missing, Letters: letters.size, Blank: nothing.includes(blank)};
		})()`)
		if len(result.Missing) > 0 || result.Blank || result.Letters < 90 {
			t.Errorf("%s: of %d letters these are boxes or blank: %q (an unassigned letter is blank: %v)", code, result.Letters, result.Missing, result.Blank)
		}
		s.expectFonts(v, code, script.letters, script.font)
	}
}

// expectFonts gives each letter of a script, with the marks it carries, an element of its own and asks the browser which font it was drawn from.
func (s *server) expectFonts(v visitor, code, script, font string) {
	v.Helper()
	said, err := json.Marshal(strings.Join(s.everythingSaid(code), " "))
	testkit.Must(v, err)
	letters := testkit.Eval[[]string](v.Tab, `(() => {
		const box = document.createElement("p");
		box.id = "letters";
		box.lang = "`+code+`";
		const letters = [...new Set([...new Intl.Segmenter("`+code+`").segment(`+string(said)+`)].map((s) => s.segment))].filter((l) => /\p{Script=`+script+`}/u.test(l));
		for (const letter of letters) {
			const one = document.createElement("span");
			one.textContent = letter;
			box.append(one, " ");
		}
		document.querySelector("main").append(box);
		return letters;
	})()`)
	if len(letters) < 30 {
		v.Fatalf("%s: only %d letters", code, len(letters))
	}
	doc, err := chromedp.Call(v.Ctx, dom.GetDocument, dom.GetDocumentParams{})
	testkit.Must(v, err)
	_, err = chromedp.Call(v.Ctx, css.Enable, cdp.Empty{})
	testkit.Must(v, err)
	drawn, err := chromedp.Call(v.Ctx, dom.QuerySelectorAll, dom.QuerySelectorAllParams{NodeID: doc.Root.NodeID, Selector: "#letters span"})
	testkit.Must(v, err)
	if len(drawn.NodeIDs) != len(letters) {
		v.Fatalf("%s: %d elements for %d letters", code, len(drawn.NodeIDs), len(letters))
	}
	used := map[string]int{}
	for i, node := range drawn.NodeIDs {
		got, err := chromedp.Call(v.Ctx, css.GetPlatformFontsForNode, css.GetPlatformFontsForNodeParams{NodeID: node})
		testkit.Must(v, err)
		for _, f := range got.Fonts {
			used[f.FamilyName]++
		}
		if fonts := names(got.Fonts); len(fonts) > 1 || len(fonts) == 1 && fonts[0] != font {
			v.Errorf("%s: %q is drawn from %q", code, letters[i], fonts)
		}
	}
	// The browser does not count every letter that a font builds of several pieces, as Nastaliq does; the canvas has seen them.
	if used[font] < len(letters)*9/10 {
		v.Errorf("%s: only %d of %d letters come from %s", code, used[font], len(letters), font)
	}
	v.Logf("%s: %d letters, %v", code, len(letters), used)
}

func names(fonts []*css.PlatformFontUsage) []string {
	var all []string
	for _, f := range fonts {
		all = append(all, f.FamilyName)
	}
	return all
}

// TestBrowserLanguages looks at the pages of languages and approves one as a leader would.
func TestBrowserLanguages(t *testing.T) {
	s := newServer(t)
	v := s.signedIn(t, s.Head)
	v.Go("/school/languages")
	v.look("languages", everyWay...)
	for code, ways := range map[string][]string{"ur": everyWay, "ar": {"phone-light"}, "pa": {"wide-light"}, "bn": {"phone-dark"}} {
		v.Go("/school/languages/" + code)
		v.look("language-"+code, ways...)
	}
	v.Go("/school/languages/ur/paper")
	v.look("language-paper")
	v.Go("/school/languages")
	v.press("Welsh")
	v.Refused(true)
	if status := v.pressFor("Approve"); status != http.StatusUnprocessableEntity {
		t.Errorf("approving without a name: %d", status)
	}
	v.Refused(false)
	v.says("Write the name of the person who read the texts.")
	v.look("language-refused")
	v.fill("reader", "Ffion Prys")
	v.fill("role", "speaks Welsh at home, teaching assistant")
	v.choose("The school has asked this person to read the texts")
	v.choose("I have read all of these and they say the same as the English")
	v.press("Approve")
	v.says("Approved. Welsh is offered to everybody who answers from now on.", "Read by Ffion Prys (speaks Welsh at home, teaching assistant)")
}

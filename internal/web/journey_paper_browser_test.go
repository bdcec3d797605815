//go:build browser

package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/testkit"
)

// TestBrowserPaperInThreeLanguages prints one class's sheets in English, Urdu and Arabic at once. Each language fills its
// own number of leaves.
func TestBrowserPaperInThreeLanguages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.offer("ur", "ar")
	sv := s.Survey("first_say")
	s.translated(sv, "ur", "ar")
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/ways")
	head.fill("unit", s.unit(r, "9A"))
	head.fill("in-ur", "28")
	head.fill("in-ar", "3")
	head.Refused(true)
	if status := head.pressFor("Print paper sheets"); status != http.StatusUnprocessableEntity {
		t.Errorf("31 sheets of 30: %d", status)
	}
	head.Refused(false)
	head.says("It has 30 sheets in all, so ask for at most 30 in other languages together.")
	head.look("sheets-01-too-many", everyWay...)
	head.fill("in-ur", "5")
	head.press("Print paper sheets")
	head.says("They come in this order: 22 in English, 3 in Arabic, 5 in Urdu.")
	head.look("sheets-02-printed", "phone-light")

	languages, codes := map[int]string{}, map[string]bool{}
	for n, lang := range testkit.Eval[[]string](head.Tab, `[...document.querySelectorAll("article.form")].map((a) => a.lang.slice(0, 2))`) {
		languages[n] = lang
	}
	sides, blocks := map[int]int{}, map[int]int{}
	leaves := testkit.Eval[[]leaf](head.Tab, leavesOf)
	for _, l := range leaves {
		sides[l.Sheet]++
		blocks[l.Sheet] += l.Blocks
		codes[l.Code] = true
		want := "rtl"
		if languages[l.Sheet] == "en" {
			want = "ltr"
		}
		if l.Outside > 0 || l.Inner > 285 || l.Direction != want || l.Width != 210 {
			t.Errorf("a side of sheet %d in %s does not fit: %+v", l.Sheet+1, languages[l.Sheet], l)
		}
	}
	delete(codes, "") // of empty backs
	var order []string
	for n := range len(languages) {
		if in := fmt.Sprintf("%s on %d sides with %d blocks", languages[n], sides[n], blocks[n]); !slices.Contains(order, in) {
			order = append(order, in)
		}
		if sides[n]%2 != 0 || blocks[n] != blocks[0] {
			t.Errorf("sheet %d has %d sides with %d blocks", n+1, sides[n], blocks[n])
		}
	}
	if len(order) != 3 || len(codes) != 30 || len(languages) != 30 {
		t.Errorf("%d sheets with %d codes: %q", len(languages), len(codes), order)
	}
	t.Log(order)
	pdf, err := chromedp.Run(head.Ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	testkit.Must(t, err)
	keep("sheets-03.pdf", pdf)
	if got := paper(pdf); !slices.Equal(got, slices.Repeat([]string{"595x842"}, len(leaves))) {
		t.Errorf("printed on %d sides, want %d of A4", len(got), len(leaves))
	}
}

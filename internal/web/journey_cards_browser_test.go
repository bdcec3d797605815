//go:build browser

package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"earshot/internal/ask/round"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// tapPicture taps one picture of a door.
func (v visitor) tapPicture(n int) {
	v.Helper()
	v.Click(fmt.Sprintf(`[name=tap][value="%d"]`, n))
}

// arrives waits until something is true of the page that a script leads to. While pages change places there is a moment
// without any.
func (v visitor) arrives(js string) {
	v.Helper()
	for range 150 {
		if there, err := chromedp.Run(v.Ctx, chromedp.Evaluate[bool]("!!("+js+")")); err == nil && there {
			return
		}
		time.Sleep(60 * time.Millisecond)
	}
	v.Fatalf("never: %s\n%s", js, v.Where())
}

// inPlace waits until a survey has the code it needs.
func (v visitor) inPlace() {
	v.Helper()
	v.arrives(`document.getElementById("placed") && !document.getElementById("placed").hidden && document.forms[0].matches(".ready")`)
}

// TestBrowserACardAndItsPictures goes from printing to a card that is scanned, one that is typed, and pictures that are tapped:
// with fingers, with the keyboard alone, and without script.
func TestBrowserACardAndItsPictures(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.offer("ar")
	ctx := context.Background()
	groups := s.Pupils(map[string]int{"1A": 11, "1B": 3})
	r := s.Open(s.Personal(round.Named, "how_is_school_5_7", groups))
	st := participation.NewStore(s.DB, s.Key)

	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/cards")
	head.look("cards-01-choose", everyWay...)
	head.unfold("1A")
	head.look("cards-02-door")
	head.press("Print cards")
	head.look("cards-03-print")
	head.print("cards-03-print.pdf")
	if n := testkit.Eval[int](head.Tab, `document.querySelectorAll(".own").length`); n != 14 {
		t.Errorf("%d cards", n)
	}
	// Nothing on a card is cut off.
	if cut := testkit.Eval[string](head.Tab, `[...document.querySelectorAll(".own, .own > *")].filter((e) => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2).map((e) => e.className).join()`); cut != "" {
		t.Errorf("too much on a card: %s", cut)
	}

	var ids []string
	people, err := roster.NewStore(s.DB).Pupils(ctx, r.SchoolID)
	testkit.Must(t, err)
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	made, err := st.MakeCards(ctx, s.Head, ids)
	testkit.Must(t, err)
	kim, lou, mia, noor := made[0], made[1], made[2], made[3]
	slipOf := func(m participation.Printed) string {
		return s.SlipOf(r, roster.Person{SchoolID: r.SchoolID, ID: m.Person})
	}

	// Scanned: the survey has its code, and neither address nor history shows one.
	phone := s.visit(t, testkit.Size(360, 740))
	phone.Go("/c#" + kim.Code)
	phone.arrives(`location.pathname === "/a/` + r.Code + `"`)
	phone.inPlace()
	if where := testkit.Eval[string](phone.Tab, "location.href"); strings.Contains(where, "#") {
		t.Errorf("a code stays in the address: %s", where)
	}
	sum := sha256.Sum256([]byte("earshot link " + kim.Code))
	if kept := testkit.Eval[string](phone.Tab, `sessionStorage.getItem("link.`+slipOf(kim)+`") || ""`); kept != hex.EncodeToString(sum[:16]) {
		t.Errorf("the number of the card is %q", kept)
	}
	if kept := testkit.Eval[string](phone.Tab, `JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(history.state)`); strings.Contains(kept, kim.Code) {
		t.Errorf("the device keeps the card: %s", kept)
	}

	// Typed wrong, and then right, with another survey open: the list has both.
	f := s.Personal(round.Named, "first_belong", groups)
	second := s.Open(f)
	laptop := s.visit(t)
	laptop.Go("/c")
	laptop.look("cards-04-type", everyWay...)
	laptop.Refused(true)
	laptop.fill("code", "0000 0000 0000")
	laptop.Do(chromedp.KeyEvent(kb.Enter))
	laptop.WaitFor(`document.getElementById("problem").textContent.startsWith("Nothing opens")`)
	laptop.look("cards-05-wrong")
	laptop.Refused(false)
	laptop.fill("code", strings.ToLower(lou.Code))
	laptop.Do(chromedp.KeyEvent(kb.Enter))
	laptop.arrives(`document.getElementById("waiting")`)
	laptop.look("cards-06-choose", everyWay...)
	laptop.says(r.Title, second.Title, slipOf(lou)[:4]+" "+slipOf(lou)[4:8])
	laptop.Click(`a[href^="/a/` + r.Code + `"]`)
	laptop.inPlace()
	laptop.Go("/c?lang=ar")
	laptop.look("cards-07-ar", everyWay...)

	// Pictures, with fingers on a tablet.
	door := s.door(r, mia.FormID)
	tablet := s.visit(t, testkit.Size(768, 1024))
	tablet.Go(door)
	tablet.look("cards-08-door", everyWay...)
	tablet.Do(testkit.Size(360, 740))
	if small := testkit.Eval[int](tablet.Tab, `[...document.querySelectorAll("[name=tap]")].filter((b) => b.getBoundingClientRect().width < 72 || b.getBoundingClientRect().height < 72).length`); small > 0 {
		t.Errorf("%d pictures are smaller than 72 px", small)
	}
	tablet.tapPicture(mia.Pictures[0])
	tablet.tapPicture(mia.Pictures[0])
	tablet.says("Now tap your second picture.")
	tablet.look("cards-09-tapped", everyWay...)
	tablet.Click("[name=again]")
	tablet.says("Tap your first picture.")
	tablet.Refused(true)
	for _, n := range unused(made) {
		tablet.tapPicture(n)
	}
	tablet.WaitFor(`document.getElementById("problem").textContent.startsWith("Nothing opens with these pictures.")`)
	tablet.look("cards-10-wrong")
	tablet.Refused(false)
	for _, n := range mia.Pictures {
		tablet.tapPicture(n)
	}
	tablet.arrives(`location.pathname === "/a/` + r.Code + `/shared"`)
	tablet.inPlace()
	tablet.look("cards-11-begins")
	if got := testkit.Eval[string](tablet.Tab, `document.getElementById("code").value`); got != slipOf(mia)[:4]+" "+slipOf(mia)[4:8]+" "+slipOf(mia)[8:] {
		t.Errorf("the tablet has the code %q", got)
	}
	tablet.back()
	tablet.arrives(`document.getElementById("door") && document.getElementById("step").textContent.startsWith("Tap your first")`)

	// With the keyboard alone: Tab goes through the pictures in order.
	keys := s.visit(t)
	keys.Go(door)
	keys.Do(chromedp.Focus(chromedp.CSS(`[name=tap][value="1"]`)))
	at := 1
	for _, n := range noor.Pictures {
		for ; at < n; at++ {
			keys.Do(forth)
		}
		for ; at > n; at-- {
			keys.Do(backwards)
		}
		keys.Do(chromedp.KeyEvent(" "))
	}
	keys.arrives(`location.pathname === "/a/` + r.Code + `/shared"`)
	keys.inPlace()

	arabic := s.visit(t)
	arabic.Go(door + "?lang=ar")
	arabic.look("cards-12-door-ar", everyWay...)
	for _, n := range made[4].Pictures {
		arabic.tapPicture(n)
	}
	arabic.arrives(`location.pathname === "/a/` + r.Code + `/shared" && document.documentElement.lang === "ar"`)

	plain := s.visit(t, testkit.Script(false))
	plain.Go(door)
	for i, n := range made[5].Pictures {
		res, err := chromedp.RunResponse(plain.Ctx, chromedp.Click(chromedp.CSS(fmt.Sprintf(`[name=tap][value="%d"]`, n))))
		testkit.Must(t, err)
		if res.Status != 200 {
			t.Errorf("without script, picture %d: %d", i+1, res.Status)
		}
	}
	if where := plain.Where(); !strings.Contains(where, "/a/"+r.Code+"/shared") {
		t.Errorf("without script the pictures lead to %s", where)
	}
	plain.Go("/c")
	plain.fill("code", made[6].Code)
	if status := plain.pressFor("Go"); status != 200 {
		t.Errorf("without script a card: %d", status)
	}
	plain.says(slipOf(made[6])[:4] + " " + slipOf(made[6])[4:8] + " " + slipOf(made[6])[8:])

	// Somebody guesses: a device that is new finds the door shut, by a tap or at once, and an adult opens it.
	late := s.visit(t, testkit.Size(768, 1024))
	late.Go(door)
	for range 12 {
		s.asks(door, tapped(unused(made)))
	}
	late.Refused(true)
	for _, n := range made[7].Pictures {
		late.tapPicture(n)
	}
	late.arrives(`document.getElementById("shut")`)
	late.Refused(false)
	late.look("cards-13-shut", everyWay...)
	late.Go(door + "?lang=ar")
	late.look("cards-14-shut-ar", everyWay...)
	head.Go(door + "/open")
	head.look("cards-15-open-again", everyWay...)
	head.press("Open the door again")
	head.says("Tap your first picture.")
	late.Go(door)
	for _, n := range made[7].Pictures {
		late.tapPicture(n)
	}
	late.arrives(`location.pathname === "/a/` + r.Code + `/shared"`)
	late.inPlace()
	// The number is large on a tablet too, and gone once it is written down.
	late.answersWith(s.Doc(r), 2, "")
	late.look("cards-16-number", everyWay...)
	late.Click("#thanks button")
	late.arrives(`document.getElementById("door") && document.getElementById("step").textContent.startsWith("Tap your first")`)
	// On somebody's own device, also in Arabic; and what the card made is gone.
	own := s.visit(t, testkit.Size(360, 740))
	own.Go("/c?lang=ar#" + made[8].Code)
	own.arrives(`document.getElementById("waiting")`)
	own.Click(`a[href^="/a/` + r.Code + `"]`)
	own.arrives(`document.documentElement.lang === "ar" && location.pathname === "/a/` + r.Code + `" && document.forms[0].matches(".ready")`)
	own.Click("#next")
	for _, q := range s.Doc(r).Questions() {
		own.WaitFor(`document.getElementById("q-` + q.ID + `").checkVisibility()`)
		own.Click("#q-" + q.ID + " label:nth-of-type(2)")
		own.Click("#next")
	}
	own.Click("#send")
	own.WaitFor(`document.querySelector("#thanks .number")`)
	own.look("cards-17-number-ar", everyWay...)
	if kept := testkit.Eval[string](own.Tab, `Object.keys(sessionStorage).filter((k) => k.startsWith("link.")).join()`); strings.Count(kept, "link.") != 1 {
		t.Errorf("of two surveys of the card the device keeps %s", kept)
	}
	own.Click(`#thanks a[href*="/back"]`)
	own.arrives(`document.getElementById("number")`)
	own.Refused(true)
	own.fill("number", "0000 0000 0000")
	own.Do(chromedp.KeyEvent(kb.Enter))
	own.WaitFor(`document.querySelector(".notice").textContent.trim()`)
	own.look("cards-18-no-number-ar", everyWay...)
	own.Refused(false)

	// A survey that is over says so to a card.
	for _, one := range []round.Round{r, second} {
		_, err := round.NewStore(s.DB, s.Key, s.Bank).Close(ctx, s.Head, one.ID)
		testkit.Must(t, err)
	}
	time.Sleep(2100 * time.Millisecond) // a page is drawn anew after two seconds
	phone = s.visit(t, testkit.Size(360, 740))
	phone.Refused(true)
	phone.Go("/c#" + made[9].Code)
	phone.arrives(`document.body.textContent.includes("This survey is closed")`)
	phone.look("cards-19-over")
	own.Go("/talk?lang=ar")
	own.look("cards-20-talk-ar", everyWay...)
}

// unused are three pictures that nobody's card has.
func unused(made []participation.Printed) [3]int {
	used := map[[3]int]bool{}
	for _, m := range made {
		used[m.Pictures] = true
	}
	for a := 1; ; a++ {
		if try := [3]int{a, a + 1, a + 2}; !used[try] {
			return try
		}
	}
}

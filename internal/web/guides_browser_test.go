//go:build browser

package web_test

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// largest is how many bytes one picture of a guide may have, and all of them together.
const (
	largest  = 120 << 10
	together = 3 << 20
)

// TestBrowserGuides walks the journey of the guides in the demo school and takes their pictures, docs/guides/pictures.
// It runs only with EARSHOT_GUIDES=1, as make guides sets it: pictures name the dates of the day on which they are taken.
func TestBrowserGuides(t *testing.T) {
	if os.Getenv("EARSHOT_GUIDES") != "1" {
		t.Skip("EARSHOT_GUIDES is not 1")
	}
	a := album{t, newDemoAs(t, "https://earshot.example.org"), filepath.Join("..", "..", "docs", "guides", "pictures"), new(int)}
	old, err := filepath.Glob(filepath.Join(a.folder, "*.png"))
	testkit.Must(t, err)
	for _, path := range old {
		testkit.Must(t, os.Remove(path))
	}
	testkit.Must(t, os.MkdirAll(a.folder, 0o755))
	a.teacher()
	a.head()
	a.governor()
	a.agreed()
	if *a.bytes > together {
		t.Errorf("the pictures have %d bytes together", *a.bytes)
	}
}

// album takes pictures of a demo school.
type album struct {
	*testing.T
	demo   demo
	folder string
	bytes  *int
}

func (a album) teacher() {
	r := a.demo.round("How learning feels in this class")
	look := "/rounds/" + r.ID + "/look"
	v := a.demo.signIn(a.T, access.Teacher)
	a.take(v, "teacher-home", "main", 560)
	v.Go(look)
	a.take(v, "teacher-classes", "h1", 480)
	v.press("Guess three, then look")
	v.choose("Very clear")
	v.choose("Often")
	a.take(v, "teacher-guess", "h1", 800)
	v.press("Look")
	a.take(v, "teacher-reveal", "h1", 740)
	for range 9 {
		if !testkit.Eval[bool](v.Tab, `[...document.querySelectorAll("main .button")].some((e) => e.textContent.trim() === "Next")`) {
			break
		}
		v.press("Next")
	}
	v.press("What I make of it")
	journal := testkit.Eval[string](v.Tab, "location.pathname")
	v.fill("surprised", "That so few hear what to do next. I thought my marking did that.")
	a.take(v, "teacher-journal", "h1", 760)
	v.fill("agreed", "We want ten minutes on Fridays to mend what was marked.")
	v.press("Keep")
	v.press("Choose what, and to whom")
	v.fill("to", a.person("Martin Ellwood"))
	v.fill("words", "Feedback reaches too few of them. May I come and see how you do it?")
	testkit.Eval[bool](v.Tab, `[...document.querySelectorAll("#lines label")].find((l) => l.textContent.includes("feedback")).click(), true`)
	v.press("See what they will see")
	a.take(v, "teacher-share", "h1", 520)
	v.Do(testkit.Size(1280, 720))
	v.Go(strings.TrimSuffix(journal, "/journal") + "/wall")
	a.take(v, "teacher-wall", "body", 720)
	place := testkit.Eval[int](v.Tab, `[...document.querySelectorAll(".slide h2")].findIndex((h) => h.textContent === "We thought, we are")`)
	v.Do(chromedp.Evaluate[chromedp.Void]("location.hash = " + js(place+1)))
	v.WaitFor(`document.querySelector(".slide.now h2").textContent === "We thought, we are"`)
	a.take(v, "teacher-thought", "body", 720)
	phone := a.demo.signIn(a.T, access.Teacher, testkit.Size(360, 740))
	phone.Go("/journal")
	a.take(phone, "teacher-phone", "body", 740)
}

// agreed takes the picture of what teacher and class agree on, which can be done only while a round is open: so it opens one.
func (a album) agreed() {
	ctx, before := context.Background(), a.demo.round("How learning feels in this class")
	units, err := a.demo.server.Rounds().Units(ctx, before)
	testkit.Must(a, err)
	f := round.Form{Title: before.Title, SurveyID: before.SurveyID, About: round.AboutClasses, Mode: round.Anonymous, Purpose: access.ForLearning, Why: before.Why, MayChange: before.MayChange, ReplyPlace: before.ReplyPlace,
		ClosesAt: a.demo.DB.Now().AddDate(0, 0, 7), ReplyBy: storage.DateOf(a.demo.DB.Now().AddDate(0, 0, 28), before.Zone())}
	f.Plan.Readers = before.Choices().Readers
	for _, u := range units {
		if u.Kind == round.UnitClass {
			f.Plan.Groups = append(f.Plan.Groups, u.GroupID)
		}
	}
	r, err := a.demo.server.Rounds().SaveDraft(ctx, a.demo.Demo.Head, "", f)
	testkit.Must(a, err)
	r, err = a.demo.server.Rounds().Open(ctx, a.demo.Demo.Head, r.ID)
	testkit.Must(a, err)
	v := a.demo.signIn(a.T, access.Teacher)
	v.Go("/rounds/" + r.ID + "/look")
	v.press("Agree with the class what would be good enough")
	v.fill("enough-q1", "6")
	v.fill("enough-q2", "5")
	a.take(v, "teacher-enough", "h1", 640)
}

func (a album) head() {
	ctx := context.Background()
	v := a.demo.signIn(a.T, access.Head)
	a.take(v, "head-home", "main", 560)
	v.Go("/start")
	a.take(v, "head-start", "h1", 640)
	v.Go("/agreement")
	a.take(v, "head-agreement", "h1", 640)
	v.Go("/school/calendar")
	a.take(v, "head-calendar", "h1", 620)
	open := a.demo.round("Having a say")
	v.Go("/rounds/" + open.ID)
	v.unfold("What those who answer were promised")
	a.take(v, "head-promise", "details[open] > summary", 620)
	a.take(v, "head-running", "h1", 620)
	learning := a.demo.round("How is learning for you?")
	v.Go("/rounds/" + learning.ID + "/look")
	v.press("Guess three, then look")
	a.take(v, "head-guess", "h1", 640)
	v.Go("/rounds/" + learning.ID + "/results")
	a.take(v, "head-results", "h1", 760)
	v.Go("/replies/" + learning.ID + "/edit")
	a.take(v, "head-reply", "h1", 760)
	testkit.Eval[bool](v.Tab, `document.querySelector(".columns a").click(), true`)
	v.WaitFor(`location.pathname.endsWith("/answers/new")`)
	v.choose("We do it together")
	a.take(v, "head-answer", "h1", 800)
	begins := a.demo.round("How is learning for you? As the year begins")
	v.Go("/replies/" + begins.ID + "/edit/poster")
	a.take(v, "head-poster", ".cover", 800)
	v.Go("/actions")
	a.take(v, "head-actions", "h1", 560)
	v.Go("/packs")
	v.fill("title", "Governors’ meeting, autumn")
	v.fill("ask", "Why do so few parents answer?")
	a.take(v, "head-pack", "h1", 620)
	v.press("Look at it first")
	a.take(v, "head-pack-first", "main", 800)
	v.press("Make the pack")
	v.Go("/me")
	a.take(v, "head-mail", "h1", 420)
	phone := a.demo.visit(a.T, testkit.Size(360, 740), testkit.Scheme("light"))
	r, err := a.demo.server.Rounds().ByID(ctx, begins.SchoolID, begins.ID)
	testkit.Must(a, err)
	phone.Go("/r/" + r.Code)
	a.take(phone, "head-public-phone", "body", 740)
}

func (a album) governor() {
	v := a.demo.signIn(a.T, access.Governor)
	v.Go("/packs")
	a.take(v, "governor-packs", "h1", 420)
	testkit.Eval[bool](v.Tab, `document.querySelector("main .list a").click(), true`)
	v.WaitFor(`document.querySelector("article.pack")`)
	a.take(v, "governor-pack", "main", 800)
	pack := testkit.Eval[string](v.Tab, "location.pathname")
	testkit.Eval[bool](v.Tab, `[...document.querySelectorAll("article.pack h2")].find((h) => h.textContent === "What we cannot tell").id = "cannot", true`)
	a.take(v, "governor-cannot", "#cannot", 560)
	v.press("Guess three first")
	testkit.Eval[bool](v.Tab, `[...document.querySelectorAll(".choices")].forEach((f) => f.querySelectorAll("input")[2].click()), true`)
	a.take(v, "governor-guess", "h1", 640)
	v.press("Look")
	a.take(v, "governor-reveal", "h1", 700)
	phone := a.demo.signIn(a.T, access.Governor, testkit.Size(360, 740))
	phone.Go(pack)
	a.take(phone, "governor-phone", "body", 740)
}

// person finds somebody's id by their name.
func (a album) person(name string) string {
	staff, err := roster.NewStore(a.demo.DB).StaffList(context.Background(), a.demo.Demo.School)
	testkit.Must(a, err)
	for _, m := range staff {
		if m.Name() == name {
			return m.ID
		}
	}
	a.Fatalf("nobody is called %s", name)
	return ""
}

// take keeps a picture of what stands in the window from the first element that matches css on, so many pixels high at
// the most, and as wide as what stands there.
func (a album) take(v visitor, name, css string, height int) {
	a.Helper()
	from := testkit.Eval[[]int](v.Tab, `(async () => {
		document.activeElement.blur();
		const e = document.querySelector(`+js(css)+`);
		scrollTo(0, Math.max(0, e.getBoundingClientRect().top + scrollY - 6));
		await new Promise((r) => setTimeout(r, 200)); // charts are drawn when they come into view
		if (e.matches(".cover")) { // a sheet of paper
			const r = e.getBoundingClientRect();
			return [Math.round(r.top), Math.round(r.left), Math.round(r.right)];
		}
		const words = [...document.querySelectorAll("main :is(h1, h2, h3, p, li, dd, summary, label)")].flatMap((e) => {
			const range = document.createRange();
			range.selectNodeContents(e);
			return e.checkVisibility() ? [...range.getClientRects()] : [];
		});
		const things = [...document.querySelectorAll("main :is(.next, .notice, table, input, textarea, select, .button, svg)")].filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect());
		return [Math.max(0, Math.round(e.getBoundingClientRect().top - 6)), 0, Math.round(Math.max(360, ...words.concat(things).filter((r) => r.bottom > 0 && r.top < `+js(height)+`).map((r) => r.right))) + 24];
	})()`)
	shot, err := chromedp.Run(v.Ctx, chromedp.CaptureScreenshot())
	testkit.Must(a, err)
	whole, err := png.Decode(bytes.NewReader(shot))
	testkit.Must(a, err)
	box := whole.Bounds()
	box.Min.Y, box.Min.X, box.Max.X = min(from[0], max(0, box.Max.Y-height)), from[1], min(box.Max.X, from[2])
	box.Max.Y = min(box.Max.Y, box.Min.Y+height)
	var out bytes.Buffer
	testkit.Must(a, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, fewColours(whole, box)))
	if out.Len() > largest {
		a.Errorf("%s has %d bytes", name, out.Len())
	}
	*a.bytes += out.Len()
	testkit.Must(a, os.WriteFile(filepath.Join(a.folder, name+".png"), out.Bytes(), 0o644))
}

// fewColours is a part of a picture in the 256 colours that it has most of, which makes a page a third as large. Colours
// are taken together that differ by less than anybody sees.
func fewColours(whole image.Image, part image.Rectangle) image.Image {
	near := func(c color.Color) color.RGBA {
		r, g, b, _ := c.RGBA()
		return color.RGBA{uint8(r>>8) &^ 3, uint8(g>>8) &^ 3, uint8(b>>8) &^ 3, 255}
	}
	count, first := map[color.RGBA]int{}, map[color.RGBA]color.Color{}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := whole.At(x, y)
			count[near(c)]++
			first[near(c)] = cmp.Or(first[near(c)], c)
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range most[:min(256, len(most))] {
		palette = append(palette, first[c])
	}
	out := image.NewPaletted(image.Rect(0, 0, part.Dx(), part.Dy()), palette)
	draw.Draw(out, out.Bounds(), whole, part.Min, draw.Src)
	return out
}

//go:build browser

package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"earshot/internal/schedule"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// TestBrowserChartsStandInThePage reads results whose charts were drawn on the server: without script, with it, by
// keyboard, on a telephone and on paper.
func TestBrowserChartsStandInThePage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx := context.Background()
	r := s.ended(s.Form(s.Survey("first_belong"), s.Forms("7A 27, 7B 28, 8A 26")), rand.New(rand.NewPCG(3, 3)))
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	r, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	clock := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler), Charts: page.Charts()}
	testkit.Must(t, clock.Tick(ctx))
	testkit.Must(t, clock.Draw(ctx))

	// Every chart of the page is there, at either width, and nothing was asked of a script.
	visible := `[...document.querySelectorAll(".chart")].map((b) => [...b.querySelectorAll(":scope > svg")].filter((e) => e.checkVisibility()).map((e) => e.classList[0]).join())`
	results := "/rounds/" + r.ID + "/results"
	plain := s.signedIn(t, s.Head, testkit.Script(false))
	for _, path := range []string{results, "/r/" + r.Code} {
		for width, want := range map[int64]string{1280: "wide", 360: "narrow"} {
			plain.Do(testkit.Size(width, 800))
			plain.Go(path)
			shown := testkit.Eval[[]string](plain.Tab, visible)
			missing := 0
			for _, classes := range shown {
				if classes == "" {
					missing++
				} else if classes != want {
					t.Errorf("%s at %d shows %q", path, width, classes)
				}
			}
			if len(shown) < 4 || missing != 0 {
				t.Errorf("%s at %d: %d charts, %d not drawn", path, width, len(shown), missing)
			}
			plain.ExpectNoSpill(path)
			plain.Shot(fmt.Sprintf("charts-plain-%s-%d", want, len(path)), true)
		}
	}
	plain.Do(testkit.Script(true)) // for the checker
	plain.ExpectFlawless("a public page with charts")

	// With script nothing is loaded until somebody wants to know more; then the chart answers, in the same place.
	v := s.signedIn(t, s.Head)
	v.Go(results)
	time.Sleep(300 * time.Millisecond)
	if testkit.Eval[bool](v.Tab, `!!window.echarts`) {
		t.Error("a library was loaded that nobody has asked for")
	}
	v.ExpectFlawless("results with charts")
	measure := `(() => { const r = document.querySelector(".chart[data-option]").getBoundingClientRect(); return [r.width, r.height, document.documentElement.scrollHeight]; })()`
	before := testkit.Eval[[]float64](v.Tab, measure)
	v.Do(chromedp.Focus(chromedp.CSS(".chart[data-option]")), chromedp.KeyEvent(kb.ArrowRight))
	v.WaitFor(`document.querySelector(".chart.is-live .stage svg")`)
	v.WaitFor(`document.querySelector(".chart.is-live ~ [aria-live]") && document.querySelector(".chart.is-live ~ [aria-live]").textContent.includes("%")`)
	after := testkit.Eval[[]float64](v.Tab, measure)
	for i := range before {
		if math.Abs(before[i]-after[i]) > 1 {
			t.Errorf("the page jumped from %v to %v", before, after)
		}
	}
	label := testkit.Eval[[]string](v.Tab, `(() => { const b = document.querySelector(".chart.is-live"); return [b.getAttribute("role"), b.getAttribute("aria-label"), b.closest(".figure").querySelector(".figure-sentence").textContent, getComputedStyle(b).outlineStyle]; })()`)
	if label[0] != "img" || label[1] == "" || label[1] != label[2] || label[3] == "none" {
		t.Errorf("by keyboard: %q", label)
	}
	v.ExpectFlawless("results with a live chart")
	// Paper takes the drawings.
	v.Do(emulatePrint)
	if shown := testkit.Eval[[]string](v.Tab, visible); len(shown) == 0 || shown[0] != "wide" || testkit.Eval[bool](v.Tab, `document.querySelector(".stage").checkVisibility()`) {
		t.Errorf("on paper: %q", shown)
	}
}

var emulatePrint = chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	return err
})

// TestBrowserGallery looks at every figure in every odd state.
func TestBrowserGallery(t *testing.T) {
	t.Parallel()
	school := testkit.NewSchool(t)
	k := &page.Kit{DB: school.DB, Key: school.Key, Bank: school.Bank, Log: slog.New(slog.DiscardHandler), Develop: true}
	w, err := web.New(k, web.Options{})
	testkit.Must(t, err)
	srv := httptest.NewServer(w.Echo)
	t.Cleanup(srv.Close)
	v := testkit.Open(t, srv.URL)
	for _, width := range []int64{1280, 360} {
		for _, scheme := range []string{"light", "dark"} {
			v.Do(testkit.Size(width, 800), testkit.Scheme(scheme))
			v.Go("/gallery")
			v.ExpectFlawless("the gallery")
			v.ExpectNoSpill("the gallery")
			v.Shot(fmt.Sprintf("gallery-%d-%s", width, scheme), true)
		}
	}
	if n := testkit.Eval[int](v, `[...document.querySelectorAll(".chart")].filter((b) => !b.querySelector("svg")).length`); n > 0 {
		t.Errorf("%d charts could not be drawn", n)
	}
	// Each has its table beside it, and where there is no picture the table or the sentence stands alone.
	if n := testkit.Eval[int](v, `[...document.querySelectorAll(".chart")].filter((b) => !b.closest(".figure").querySelector("table")).length`); n > 0 {
		t.Errorf("%d charts have no table", n)
	}
	if plain := newServer(t); statusOf(plain, "/gallery") != 404 {
		t.Error("there is a gallery in a school")
	}
}

func statusOf(s *server, path string) int {
	res, _ := s.do("GET", path, nil, nil)
	return res.StatusCode
}

// TestBrowserWidthsOfLetters holds the table that the server measures text with to the font as the browser draws it.
// EARSHOT_WIDTHS=1 writes the table anew.
func TestBrowserWidthsOfLetters(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	v := s.visit(t)
	v.Go("/sign-in")
	file := filepath.Join("..", "show", "chart", "widths.txt")
	data, err := os.ReadFile(file)
	testkit.Must(t, err)
	var head []string
	var letters []int
	for row := range strings.Lines(string(data)) {
		var letter, regular, bold int
		if _, err := fmt.Sscanf(row, "%x %d %d", &letter, &regular, &bold); err != nil {
			head = append(head, row)
			continue
		}
		letters = append(letters, letter)
	}
	widths := testkit.Eval[[][]int](v.Tab, `(async () => {
		const letters = `+js(letters)+`.map((n) => String.fromCodePoint(n));
		const pencil = document.createElement("canvas").getContext("2d");
		for (const weight of [400, 600]) { await document.fonts.load(weight + " 10px Atkinson", letters.join("")); }
		return letters.map((l) => [400, 600].map((weight) => { pencil.font = weight + " 1000px Atkinson, monospace"; return Math.round(pencil.measureText(l).width); }));
	})()`)
	now := strings.Join(head, "")
	for i, letter := range letters {
		now += fmt.Sprintf("%04x %d %d\n", letter, widths[i][0], widths[i][1])
	}
	if os.Getenv("EARSHOT_WIDTHS") == "1" {
		testkit.Must(t, os.WriteFile(file, []byte(now), 0o644))
	} else if now != string(data) || len(letters) < 300 {
		t.Errorf("the widths of %d letters have changed: run with EARSHOT_WIDTHS=1", len(letters))
	}
}

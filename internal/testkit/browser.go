//go:build browser

package testkit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Step is something a tab does.
type Step = chromedp.Action[chromedp.Void]

var chromium context.Context

// WithBrowser runs a package's tests with one Chromium beside them: the one in CHROME, or the first that is installed; the one
// without a window of its own takes a quarter less of a processor for the same pages.
// It reaches no host but this one.
func WithBrowser(m *testing.M) int {
	path := os.Getenv("CHROME")
	if path == "" {
		for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome", "chrome"} {
			if found, err := exec.LookPath(name); err == nil {
				path = found
				break
			}
		}
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Env("LANGUAGE=en_GB"), // dates as they are written in Britain, if its words are installed
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-features", "Translate,BackForwardCache"), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		fmt.Fprintln(os.Stderr, "no browser:", err)
		return 1
	}
	chromium = ctx
	return m.Run()
}

// Tab is a fresh browser profile. At the end it fails the test if a page broke the content security policy, threw an
// error, wrote one to the console or asked anything of another server.
type Tab struct {
	*testing.T
	Ctx context.Context

	site    string
	refused *atomic.Bool // requests that fail are part of the test
}

// Open opens a tab the size of a phone. Only addresses of site may be asked.
func Open(t *testing.T, site string, before ...Step) Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(func() { stop(); cancel() })
	b := Tab{t, ctx, site, &atomic.Bool{}}
	var mu sync.Mutex
	var bad []string
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			if e := ev.Entry; e.Level == log.EntryLevelError && (e.Source != log.EntrySourceNetwork || !b.refused.Load()) {
				bad = append(bad, e.Text+" "+e.URL)
			}
		case *runtime.EventExceptionThrown:
			bad = append(bad, ev.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
				bad = append(bad, fmt.Sprintf("console: %s %s", ev.Type, said(ev.Args)))
			}
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, site) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "about:") {
				bad = append(bad, "asked "+u)
			}
		case *page.EventJavascriptDialogOpening:
			go func() {
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	})
	Must(t, err)
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, what := range bad {
			t.Errorf("the page: %s", what)
		}
	})
	b.Do(append([]Step{chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch)}, before...)...)
	return b
}

// Refused allows requests that the server refuses: they are what the test is about.
func (b Tab) Refused(yes bool) { b.refused.Store(yes) }

// Do takes steps.
func (b Tab) Do(steps ...Step) {
	b.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.Fatalf("%v\n%s", err, b.Where())
	}
}

// Go opens an address of the site.
func (b Tab) Go(path string) {
	b.Helper()
	b.Do(chromedp.Navigate(b.site + path))
}

// Where tells what the tab shows, for messages.
func (b Tab) Where() string {
	text, _ := chromedp.Run(b.Ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText.slice(0, 600)"))
	return text
}

// Eval evaluates an expression in the page, and waits if it is a promise.
func Eval[T any](b Tab, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v\n%s", js[:min(len(js), 200)], err, b.Where())
	}
	return v
}

// Click clicks the first element that matches once it is to be seen.
func (b Tab) Click(css string) {
	b.Helper()
	for range 5 {
		err := chromedp.Do(b.Ctx, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
		if err == nil {
			return
		}
		// The page has drawn itself anew between finding the place and pressing it.
		if !strings.Contains(err.Error(), "Could not find node") {
			b.Fatalf("%v\n%s", err, b.Where())
		}
	}
	b.Fatalf("%s is drawn anew again and again\n%s", css, b.Where())
}

// WaitFor waits until an expression is true. While one page follows another there is a moment in which nothing can be asked.
func (b Tab) WaitFor(js string) {
	b.Helper()
	var last error
	for range 100 {
		yes, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool]("!!("+js+")", chromedp.EvalAwaitPromise))
		if last = err; err == nil && yes {
			return
		}
		time.Sleep(60 * time.Millisecond)
	}
	b.Fatalf("never: %s (%v)\n%s", js, last, b.Where())
}

// Text is what the page says, as a person reads it.
func (b Tab) Text() string {
	b.Helper()
	return Eval[string](b, "document.body.innerText")
}

// Size sets the size of the window.
func Size(width, height int64) Step { return chromedp.EmulateViewport(width, height) }

// Scheme prefers light or dark colours.
func Scheme(name string) Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
		return err
	})
}

// Script turns JavaScript on or off, from the next page on.
func Script(on bool) Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// Download clicks a link and gives what the browser saves.
func (b Tab) Download(css string) []byte {
	b.Helper()
	dir := b.TempDir()
	_, err := chromedp.CallBrowser(b.Ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(b.Ctx).BrowserContextID, DownloadPath: dir})
	Must(b, err)
	b.Click(css)
	for range 100 {
		files, _ := os.ReadDir(dir)
		for _, f := range files {
			if strings.HasSuffix(f.Name(), ".crdownload") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, f.Name()))
			Must(b, err)
			if len(data) > 0 {
				return data
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatalf("nothing was saved\n%s", b.Where())
	return nil
}

// axe is the accessibility checker: the script in AXE_JS, or the one that make tools puts beside the sources.
var axe = sync.OnceValues(func() (string, error) {
	path := os.Getenv("AXE_JS")
	if path == "" {
		path = filepath.Join(root(), "node_modules", "axe-core", "axe.min.js")
	}
	body, err := os.ReadFile(path)
	return string(body), err
})

// root is the folder of go.mod.
func root() string {
	dir, _ := os.Getwd()
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}

// ExpectAccessible fails the test if axe-core finds anything serious or critical in the page.
func (b Tab) ExpectAccessible(what string) {
	b.Helper()
	b.axe(what, `v.impact === "serious" || v.impact === "critical"`)
}

// ExpectFlawless fails the test if axe-core finds anything at all.
func (b Tab) ExpectFlawless(what string) {
	b.Helper()
	b.axe(what, "true")
}

func (b Tab) axe(what, counts string) {
	b.Helper()
	script, err := axe()
	if err != nil {
		b.Fatal("axe-core is not there: run make tools, or set AXE_JS to its axe.min.js")
	}
	if !Eval[bool](b, "!!window.axe") {
		b.Do(chromedp.Evaluate[chromedp.Void](script + "; undefined"))
	}
	found := Eval[string](b, `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.filter((v) => `+counts+`).map((v) => v.id + ": " + v.help + " " + v.nodes.map((n) => n.html).join(" | ")).join("\n"))`)
	if found != "" {
		b.Errorf("%s: %s", what, found)
	}
}

// ExpectNoSpill fails the test if the page has to be scrolled sideways, or anything sticks out of it that is not inside
// an element made to scroll.
func (b Tab) ExpectNoSpill(what string) {
	b.Helper()
	found := Eval[string](b, `(() => {
		const wide = document.documentElement.clientWidth, out = [];
		if (document.documentElement.scrollWidth > wide) { out.push("the page is " + document.documentElement.scrollWidth + " px wide"); }
		for (const e of document.body.querySelectorAll("*")) {
			const r = e.getBoundingClientRect();
			if (!e.checkVisibility() || r.width < 2 || (r.right <= wide + 1 && r.left >= -1)) { continue; }
			let p = e.parentElement;
			while (p && !/auto|scroll|hidden/.test(getComputedStyle(p).overflowX)) { p = p.parentElement; }
			if (!p) { out.push(e.outerHTML.slice(0, 90) + " from " + Math.round(r.left) + " to " + Math.round(r.right)); }
		}
		return out.slice(0, 5).join("\n");
	})()`)
	if found != "" {
		b.Errorf("%s at %d px: %s", what, Eval[int](b, "document.documentElement.clientWidth"), found)
	}
}

// Shot writes a picture of the page into the folder in EARSHOT_SHOTS, to be looked at; without it, it does nothing.
func (b Tab) Shot(name string, whole bool) {
	b.Helper()
	folder := os.Getenv("EARSHOT_SHOTS")
	if folder == "" {
		return
	}
	step := chromedp.CaptureScreenshot()
	if whole {
		step = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(b.Ctx, step)
	Must(b, err)
	Must(b, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600))
}

func said(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		all = append(all, string(a.Value)+a.Description)
	}
	return strings.Join(all, " ")
}

//go:build browser

package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserPicture takes the README's picture, docs/picture.png: what one class of the demo school said, as its
// teacher sees it. It runs only with EARSHOT_PICTURE=1.
func TestBrowserPicture(t *testing.T) {
	if os.Getenv("EARSHOT_PICTURE") != "1" {
		t.Skip("EARSHOT_PICTURE is not 1")
	}
	v := newDemo(t).signIn(t, access.Teacher, testkit.Size(1280, 900))
	v.press("How learning feels in this class")
	v.press("See the results")
	v.press("9En1, English")
	testkit.Eval[bool](v.Tab, `(() => {
		const h = [...document.querySelectorAll("h2")].find((h) => h.textContent === "Each question");
		h.nextElementSibling.querySelector(".figure-table").open = true;
		scrollBy(0, h.getBoundingClientRect().top - 26);
		return true;
	})()`)
	v.WaitFor(`document.querySelectorAll(".chart svg").length > 3`)
	png, err := chromedp.Run(v.Ctx, chromedp.CaptureScreenshot())
	testkit.Must(t, err)
	if len(png) > 300<<10 {
		t.Errorf("the picture has %d bytes", len(png))
	}
	testkit.Must(t, os.WriteFile(filepath.Join("..", "..", "docs", "picture.png"), png, 0o644))
}

//go:build browser

package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"earshot/internal/ask/bank"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestBrowserPicture takes the README's picture, docs/picture.png: what one class of the demo school said, as its
// teacher sees it. It runs only with EARSHOT_PICTURE=1.
func TestBrowserPicture(t *testing.T) {
	if os.Getenv("EARSHOT_PICTURE") != "1" {
		t.Skip("EARSHOT_PICTURE is not 1")
	}
	ctx := context.Background()
	clock := &rehearsal.Clock{}
	b, err := bank.Load()
	testkit.Must(t, err)
	db, err := storage.Open(ctx, storage.Options{File: filepath.Join(t.TempDir(), "earshot.db"), Now: clock.Now})
	testkit.Must(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.Migrate(ctx)
	testkit.Must(t, err)
	s := serve(t, &testkit.School{T: t, DB: db, Key: testkit.Key(t), Bank: b})
	demo, err := rehearsal.Build(ctx, rehearsal.Options{DB: db, Clock: clock, Key: s.Key, Bank: b, BaseURL: s.http.URL, Seed: 1,
		Settle: func(ctx context.Context, who access.Actor, roundID string) error {
			_, err := schedule.Settle(ctx, db, s.Key, b, who, roundID)
			return err
		}})
	testkit.Must(t, err)

	v := s.visit(t, testkit.Size(1280, 900), testkit.Scheme("light"))
	v.Go("/")
	for _, a := range demo.Accounts {
		if a.Role == "teacher" {
			v.fill("email", a.Email)
			v.fill("password", a.Password)
		}
	}
	v.press("Sign in")
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

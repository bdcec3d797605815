package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/listen/collecting"
	"earshot/internal/rehearsal"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// The lesson is in the demo school alone; it keeps guesses in the browser and no longer than that, and after some it explains.
func TestUnmaskUs(t *testing.T) {
	ctx := context.Background()
	b, err := bank.Load()
	testkit.Must(t, err)
	clock := &rehearsal.Clock{}
	db, key := testkit.DBAt(t, clock.Now), testkit.Key(t)
	d, err := rehearsal.Build(ctx, rehearsal.Options{DB: db, Clock: clock, Key: key, Bank: b, Seed: 1, Settle: func(ctx context.Context, who access.Actor, roundID string) error {
		_, err := schedule.Settle(ctx, db, key, b, who, roundID)
		return err
	}})
	testkit.Must(t, err)
	collector := collecting.NewCollector(db, key)
	t.Cleanup(collector.Stop)
	kit := &page.Kit{DB: db, Key: key, Bank: b, Collector: collector, Log: slog.New(slog.DiscardHandler), Develop: true, Seed: 1}
	site, err := web.New(kit, web.Options{})
	testkit.Must(t, err)
	var cookie *http.Cookie
	ask := func(s *web.Server, method, path string, form url.Values) (int, string, string) {
		t.Helper()
		path, _, _ = strings.Cut(path, "#") // a browser keeps that to itself
		req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if cookie != nil {
			req.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		s.Echo.ServeHTTP(w, req)
		for _, c := range w.Result().Cookies() {
			cookie = c
			if c.MaxAge > 0 || !c.Expires.IsZero() {
				t.Errorf("the guesses outlive the browser: %v", c)
			}
		}
		return w.Code, w.Body.String(), w.Header().Get("Location")
	}
	lesson := d.Lesson
	status, body, _ := ask(site, "GET", lesson, nil)
	if status != http.StatusOK || strings.Contains(body, "<script") || strings.Contains(body, "style=") || strings.Contains(body, "[lesson.") {
		t.Fatalf("%d %s", status, body)
	}
	status, body, _ = ask(site, "GET", lesson+"?pupil=0&question=0", nil)
	if status != http.StatusOK || !strings.Contains(body, "In 8C, ") || !strings.Contains(body, "In Year 8, ") || !strings.Contains(body, `name="answer"`) {
		t.Fatalf("%d %s", status, body)
	}
	for _, wrong := range []url.Values{{"pupil": {"0"}, "question": {"0"}}, {"pupil": {"0"}, "question": {"0"}, "answer": {"99"}}} {
		if status, body, _ := ask(site, "POST", lesson, wrong); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose an answer first.") {
			t.Errorf("%v: %d", wrong, status)
		}
	}
	for i, answer := range []string{"0", "1", "2", "3", "4"} {
		form := url.Values{"pupil": {"0"}, "question": {"0"}, "answer": {answer}}
		status, _, to := ask(site, "POST", lesson, form)
		if status != http.StatusSeeOther {
			t.Fatalf("a guess: %d", status)
		}
		// The second time it is no guess any more.
		if _, body, _ = ask(site, "GET", to, nil); !strings.Contains(body, "One guess so far") || !strings.Contains(body, "You have guessed this one.") || strings.Contains(body, `name="answer"`) {
			t.Errorf("try %d: %s", i, body)
		}
	}
	for _, pupil := range []string{"1", "2", "3", "4"} {
		_, _, to := ask(site, "POST", lesson, url.Values{"pupil": {pupil}, "question": {"1"}, "answer": {"2"}})
		_, body, _ = ask(site, "GET", to, nil)
	}
	if !strings.Contains(body, "5 guesses so far") || !strings.Contains(body, "Why does it not work?") {
		t.Errorf("after five guesses: %s", body)
	}
	if _, _, _ = ask(site, "POST", lesson, url.Values{"forget": {"1"}}); cookie.Value != "" {
		t.Error("guesses are not forgotten")
	}
	cookie = &http.Cookie{Name: "earshot-unmask", Value: "9.9.9_-1.0.0_x_0.0.0_0.0.1_" + strings.Repeat("1.1.1_", 300)}
	if status, body, _ := ask(site, "GET", lesson, nil); status != http.StatusOK || !strings.Contains(body, "2 guesses so far") {
		t.Errorf("a cookie of nonsense: %d %s", status, body)
	}
	// Another seed made other pupils; and nowhere else is there such a page.
	kit.Seed = 2
	if status, _, _ := ask(site, "GET", lesson, nil); status != http.StatusNotFound {
		t.Errorf("with another seed: %d", status)
	}
	plain, err := web.New(&page.Kit{DB: db, Key: key, Bank: b, Collector: collector, Log: slog.New(slog.DiscardHandler), Seed: 1}, web.Options{})
	testkit.Must(t, err)
	if status, _, _ := ask(plain, "GET", lesson, nil); status != http.StatusNotFound {
		t.Errorf("in a real school: %d", status)
	}
}

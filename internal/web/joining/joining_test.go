package joining

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"earshot/internal/testkit"
	"earshot/internal/web/page"
)

func TestLocalPathLeadsNowhereElse(t *testing.T) {
	for _, next := range []string{"/", "/rounds", "/rounds/abc?x=1&y=%2F", "/-", "/school/audit#top"} {
		if got := localPath(next); got != next {
			t.Errorf("%q became %q", next, got)
		}
	}
	for _, next := range []string{"", "rounds", "https://evil.example", "//evil.example", "/\t/evil.example", "/%09/evil.example", "/\\evil.example",
		"/a\\b", "/\n/evil.example", "/\r\nSet-Cookie: a", "/\x00/evil.example", "/\u0085/evil.example", "/ /evil.example", "/./evil.example", "/rounds\x7f"} {
		if got := localPath(next); got != "" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

// Before there is a school, nobody can sign in, and the page says what to do instead.
func TestSignInWithoutASchool(t *testing.T) {
	clock := testkit.NewClock()
	k := &page.Kit{DB: testkit.DBAt(t, clock.Now), Key: testkit.Key(t), Log: slog.New(slog.DiscardHandler)}
	e := echo.New()
	Routes(k, page.NewRoutes(e))
	body := func() string {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "/sign-in", nil))
		return w.Body.String()
	}
	const sentence = "This Earshot has no school yet. Open the link that was printed when it started."
	if !strings.Contains(body(), sentence) {
		t.Error("a first visit is not told what to do")
	}
	testkit.FoundSchool(t, k.DB, k.Key, clock, "Riverside School")
	if strings.Contains(body(), sentence) {
		t.Error("a school is there")
	}
}

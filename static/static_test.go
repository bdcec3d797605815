package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"earshot/static"
)

func ask(t *testing.T, method, address string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	var r io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPathChangesWithContentAndIsServedForever(t *testing.T) {
	address := static.Path("css/staff.css")
	if !regexp.MustCompile(`^/static/css/staff\.[0-9a-f]{8}\.css$`).MatchString(address) {
		t.Fatalf("Path gave %s", address)
	}
	res := ask(t, "GET", address)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/css; charset=utf-8" ||
		res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%s: %d %v", address, res.StatusCode, res.Header)
	}
}

func TestCompressedAnswerIsTheSameFile(t *testing.T) {
	address := static.Path("vendor/echarts/echarts.min.js")
	plain := ask(t, "GET", address)
	small := ask(t, "GET", address, "Accept-Encoding", "br, gzip;q=0.8")
	if small.Header.Get("Content-Encoding") != "gzip" || small.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Errorf("headers %v", small.Header)
	}
	if bodyOf(t, small) != bodyOf(t, plain) {
		t.Error("the compressed file differs")
	}
	if refused := ask(t, "GET", address, "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
		t.Error("sent gzip to a reader that refuses it")
	}
	if again := ask(t, "GET", address, "Accept-Encoding", "gzip", "If-None-Match", small.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged file: %d", again.StatusCode)
	}
}

func TestOldAndPlainNamesGetThePresentFileAndAreNotKept(t *testing.T) {
	for _, address := range []string{"/static/css/staff.css", "/static/css/staff.00000000.css"} {
		res := ask(t, "GET", address)
		if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %s", address, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	for _, address := range []string{"/static/", "/static/css/", "/static/css/none.css", "/static/static.go", "/static/../static.go"} {
		if res := ask(t, "GET", address); res.StatusCode != 404 {
			t.Errorf("%s: %d", address, res.StatusCode)
		}
	}
	if res := ask(t, "POST", "/static/css/staff.css"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

func TestFontsNamedInStyleSheetsAreServed(t *testing.T) {
	sheet := bodyOf(t, ask(t, "GET", static.Path("css/staff.css")))
	found := regexp.MustCompile(`url\((/static/[^)]+)\)`).FindAllStringSubmatch(sheet, -1)
	if len(found) < 4 {
		t.Fatalf("only %d references", len(found))
	}
	for _, m := range found {
		res := ask(t, "GET", m[1])
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "font/woff2" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", m[1], res.StatusCode, res.Header)
		}
	}
}

func TestUnknownNamePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a misspelt name went unnoticed")
		}
	}()
	static.Path("css/stuff.css")
}

// Serving leaves out indentation and comment lines, which would change a string that runs over several lines.
func TestScriptsHaveNoStringOverSeveralLines(t *testing.T) {
	scripts, err := filepath.Glob("js/*.js")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range scripts {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for number, line := range strings.Split(string(body), "\n") {
			if strings.Count(line, "`")%2 == 1 || strings.HasSuffix(line, `\`) || strings.Contains(line, "/*") {
				t.Errorf("%s:%d: %s", name, number+1, line)
			}
		}
	}
}

// The policy of every page forbids other people's servers and styles or scripts inside the page.
func TestOurFilesNeedNothingThePolicyForbids(t *testing.T) {
	forbidden := regexp.MustCompile(`https?://|\beval\(|new Function|setAttribute\(["']style|insertAdjacentHTML|innerHTML|document\.write`)
	for _, pattern := range []string{"js/*.js", "css/*.css"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if m := forbidden.FindString(string(body)); m != "" {
				t.Errorf("%s has %q", name, m)
			}
		}
	}
}

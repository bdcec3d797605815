package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/jba/templatecheck"
	"github.com/labstack/echo/v4"

	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
	"log/slog"
)

// server is a school with a server on top of it.
type server struct {
	*testkit.School
	collector *collecting.Collector
	web       *web.Server
	http      *httptest.Server
}

func newServer(t testing.TB) *server {
	t.Helper()
	return serve(t, testkit.NewSchool(t))
}

// serve puts a server on top of a school.
func serve(t testing.TB, s *testkit.School) *server {
	t.Helper()
	return serveAs(t, s, "")
}

// serveAs is serve where pages call the server by another address than the one it has; by that, if it is empty.
func serveAs(t testing.TB, s *testkit.School, address string) *server {
	t.Helper()
	c := collecting.NewCollector(s.DB, s.Key)
	k := &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: c, Log: slog.New(slog.DiscardHandler)}
	w, err := web.New(k, web.Options{})
	testkit.Must(t, err)
	srv := httptest.NewServer(w.Echo)
	k.BaseURL = cmp.Or(address, srv.URL)
	t.Cleanup(func() { srv.Close(); c.Stop() })
	return &server{s, c, w, srv}
}

// as returns the cookie of somebody who has signed in.
func (s *server) as(who access.Actor) *http.Cookie {
	s.T.Helper()
	token, err := identity.NewStore(s.DB, s.Key).StartSession(context.Background(), who.Account, who.School)
	testkit.Must(s.T, err)
	return &http.Cookie{Name: page.SessionCookie, Value: token}
}

var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *server) do(method, path string, cookie *http.Cookie, form url.Values) (*http.Response, string) {
	s.T.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, strings.NewReader(form.Encode()))
	testkit.Must(s.T, err)
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != nil {
		req.AddCookie(cookie)
	}
	res, err := noRedirect.Do(req)
	testkit.Must(s.T, err)
	defer res.Body.Close()
	var b strings.Builder
	buf := make([]byte, 32<<10)
	for {
		n, err := res.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	return res, b.String()
}

func TestTemplatesFitTheirStructs(t *testing.T) {
	seen := map[string]bool{}
	for _, tmpl := range web.Templates() {
		if seen[tmpl.Name] {
			t.Errorf("%s is declared twice", tmpl.Name)
		}
		seen[tmpl.Name] = true
		// A fresh one: a template that another test has drawn can no longer be checked.
		parsed, err := page.New(tmpl.Name, tmpl.Layout, tmpl.Page).Parse()
		if err != nil {
			t.Error(err)
			continue
		}
		if err := templatecheck.CheckHTML(parsed.Lookup("layout"), tmpl.Page); err != nil {
			t.Errorf("%s: %v", tmpl.Name, err)
		}
	}
}

// TestEveryRouteGuardsItself walks the router: signed out, every role, another school's ids, ids of nothing.
func TestEveryRouteGuardsItself(t *testing.T) {
	s := newServer(t)
	registered := map[string]bool{}
	for _, r := range s.web.Echo.Routes() {
		if strings.HasPrefix(r.Method, "echo_") {
			continue
		}
		registered[r.Method+" "+r.Path] = true
	}
	for _, r := range s.web.Routes {
		delete(registered, r.Method+" "+r.Path)
	}
	for r := range registered {
		t.Errorf("%s has no audience: register it through page.Routes", r)
	}

	cast := map[access.Role]*http.Cookie{}
	for _, role := range access.Roles {
		cast[role] = s.as(s.Staff("Sam "+string(role), role))
	}
	// Another school in the same database, with a round: none of its ids may open anything here.
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	foreign := other.Open(other.Form(other.Survey("first_say"), other.Forms("9A 27, 9B 28")))
	foreignHead := s.as(other.Head)
	mine := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))

	for _, r := range s.web.Routes {
		name := r.Method + " " + r.Path
		t.Run(name, func(t *testing.T) {
			nothing := fill(r.Path, "aaaaaaaaaaaaaaaaaaaaaaaaaa")
			res, body := s.do(r.Method, nothing, nil, url.Values{})
			if r.Audience == page.Anyone {
				if res.StatusCode >= 500 {
					t.Errorf("signed out: %d", res.StatusCode)
				}
				return
			}
			if !(r.Method == "GET" && res.StatusCode == http.StatusSeeOther && strings.HasPrefix(res.Header.Get("Location"), "/sign-in")) && res.StatusCode != http.StatusUnauthorized {
				t.Errorf("signed out: %d %s", res.StatusCode, body[:min(80, len(body))])
			}
			for role, cookie := range cast {
				if r.Path == "/sign-out" {
					continue
				}
				res, _ := s.do(r.Method, nothing, cookie, url.Values{})
				may := r.Verb == "" || access.Can(access.Actor{Account: "x", Person: "x", School: "s", Roles: []access.Role{role}}, r.Verb, access.Object{School: "s"})
				switch {
				case res.StatusCode >= 500:
					t.Errorf("%s: %d", role, res.StatusCode)
				case !may && res.StatusCode != http.StatusForbidden:
					t.Errorf("%s is not refused: %d", role, res.StatusCode)
				case may && strings.Contains(r.Path, ":") && res.StatusCode < 400:
					t.Errorf("%s gets %d for an id of nothing", role, res.StatusCode)
				}
			}
			if strings.HasPrefix(r.Path, "/rounds/:id") {
				// The head where the head may do this here, else the first who may.
				who, refused := access.Head, http.StatusNotFound
				for _, role := range access.Roles {
					if r.Verb != "" && !access.Can(access.Actor{Account: "x", Person: "x", School: "s", Roles: []access.Role{who}}, r.Verb, access.Object{School: "s"}) {
						who, refused = role, http.StatusForbidden
					}
				}
				res, _ := s.do(r.Method, fill(r.Path, foreign.ID), cast[who], url.Values{})
				if res.StatusCode != http.StatusNotFound {
					t.Errorf("%s of this school with another school's round: %d", who, res.StatusCode)
				}
				res, _ = s.do(r.Method, fill(r.Path, mine.ID), foreignHead, url.Values{})
				if res.StatusCode != refused {
					t.Errorf("head of another school: %d", res.StatusCode)
				}
			}
		})
	}
}

func fill(path, id string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = id
		}
	}
	return strings.Join(parts, "/")
}

func TestTutorsShowTheScreenAndNothingElse(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	tutor := s.as(s.Staff("Lena Brandt", access.Teacher))
	for path, want := range map[string]int{"/screen": 200, "/script": 200, "": 404, "/results": 404, "/results/files/results.csv": 404} {
		if res, _ := s.do("GET", "/rounds/"+r.ID+path, tutor, nil); res.StatusCode != want {
			t.Errorf("%q while open: %d, want %d", path, res.StatusCode, want)
		}
	}
	_, body := s.do("GET", "/rounds/"+r.ID+"/screen", tutor, nil)
	if body = strings.ReplaceAll(body, r.Code, ""); strings.Contains(body, ">9A") || strings.Contains(body, " 9A") || strings.Contains(body, "half") { // a code may have anything in it
		t.Error("the screen tells a tutor about classes")
	}
	s.CloseAndSettle(r)
	if res, _ := s.do("GET", "/rounds/"+r.ID+"/screen", tutor, nil); res.StatusCode != 404 {
		t.Errorf("after settling: %d", res.StatusCode)
	}
}

func TestSecurityHeadersStandOnEveryAnswer(t *testing.T) {
	s := newServer(t)
	for _, path := range []string{"/sign-in", "/nothing-here", "/a/ZZZZZZ", "/static/css/staff.css", "/healthz"} {
		res, _ := s.do("GET", path, nil, nil)
		csp := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: CSP %q", path, csp)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s lacks a header", path)
		}
	}
}

func TestPanicIsAPageAndALine(t *testing.T) {
	s := newServer(t)
	s.web.Echo.GET("/panic", func(echo.Context) error { panic("a fault of ours") })
	res, body := s.do("GET", "/panic", nil, nil)
	if res.StatusCode != http.StatusInternalServerError || !strings.Contains(body, "went wrong on our side") || strings.Contains(body, "fault of ours") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	s := newServer(t)
	for _, site := range []string{"cross-site", "same-site"} {
		req, _ := http.NewRequest("POST", s.http.URL+"/sign-out", nil)
		req.Header.Set("Sec-Fetch-Site", site)
		req.AddCookie(s.as(s.Head))
		res, err := noRedirect.Do(req)
		testkit.Must(t, err)
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", site, res.StatusCode)
		}
	}
}

func TestSignInThrottlesTheAccountAndNeverLocksItsOwner(t *testing.T) {
	s := newServer(t)
	teacher := s.Staff("Lena Brandt", access.Teacher)
	sign := func(password string, device *http.Cookie) (*http.Response, string) {
		return s.do("POST", "/sign-in", device, url.Values{"email": {s.Email(teacher)}, "password": {password}})
	}
	res, _ := sign(testkit.Password, nil)
	var device *http.Cookie
	for _, c := range res.Cookies() {
		if c.Name == page.DeviceCookie {
			device = c
		}
	}
	if res.StatusCode != http.StatusSeeOther || device == nil {
		t.Fatalf("sign in: %d", res.StatusCode)
	}
	waited := false
	for i := range 12 {
		res, _ := sign(fmt.Sprint("wrong guess number ", i), nil)
		waited = waited || res.StatusCode == http.StatusServiceUnavailable
	}
	if !waited {
		t.Error("twelve wrong passwords were not slowed down")
	}
	if res, _ := sign(testkit.Password, device); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the teacher's own device is kept out by somebody else's guesses: %d", res.StatusCode)
	}
	s.Clock.Forward(9e9)
	if res, _ := sign(testkit.Password, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the longest wait the right password does not work: %d", res.StatusCode)
	}
	other := s.Staff("Omar Said", access.Teacher)
	if res, _ := s.do("POST", "/sign-in", nil, url.Values{"email": {s.Email(other)}, "password": {testkit.Password}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("another account is slowed down too: %d", res.StatusCode)
	}
}

func TestSignInNeverLeadsElsewhere(t *testing.T) {
	s := newServer(t)
	for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"} {
		res, _ := s.do("POST", "/sign-in", nil, url.Values{"email": {s.Email(s.Head)}, "password": {testkit.Password}, "next": {next}})
		if got := res.Header.Get("Location"); got != "/" {
			t.Errorf("next %q leads to %q", next, got)
		}
	}
}

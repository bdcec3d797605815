// Package web builds the server: middleware once, the activities' routes, and the one place where errors become pages.
package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/web/answering"
	"earshot/internal/web/authoring"
	"earshot/internal/web/exploring"
	"earshot/internal/web/improving"
	"earshot/internal/web/joining"
	"earshot/internal/web/managing"
	"earshot/internal/web/page"
	"earshot/internal/web/protecting"
	"earshot/static"
)

// Limits on what a request may bring. The answering page and rosters set their own above the first.
const (
	bodyMost = 256 << 10
	// All texts of a language beside each other, each with what was read.
	textsMost  = 512 << 10
	uploadMost = 6 << 20
	// A file of answers; nothing of it is read before it is clear who sends it.
	responsesMost = 21 << 20
)

// Server is the web server's handler and the list of its routes.
type Server struct {
	Echo   *echo.Echo
	Routes []page.Route
}

// Options are what the handler needs beside the kit.
type Options struct {
	TrustedProxies []string // networks whose X-Forwarded-For is believed; none by default
	Ready          func() bool
}

// Templates are all pages of all activities, so that one test can check them.
func Templates() []*page.Template {
	all := []*page.Template{errorTemplate}
	for _, list := range [][]*page.Template{joining.Templates(), managing.Templates(), authoring.Templates(), answering.Templates(), exploring.Templates(), improving.Templates(), protecting.Templates()} {
		all = append(all, list...)
	}
	return all
}

// New builds the server.
func New(k *page.Kit, o Options) (*Server, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{})
	extract, err := ipExtractor(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	e.IPExtractor = extract
	e.HTTPErrorHandler = funnel(k)

	guard := http.NewCrossOriginProtection()
	e.Use(logged(k.Log), headers(k), recovered, bodyLimit, echo.WrapMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if guard.Check(r) != nil {
				refuse(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}), k.Who, headAsGet)

	r := page.NewRoutes(e)
	r.Public("GET", "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	r.Public("GET", "/readyz", func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
		defer cancel()
		if o.Ready != nil && !o.Ready() || k.DB.Ping(ctx) != nil {
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ready\n")
	})
	files := static.Handler()
	r.Public("GET", "/static/*", echo.WrapHandler(files))
	joining.Routes(k, r)
	managing.Routes(k, r)
	authoring.Routes(k, r)
	answering.Routes(k, r)
	exploring.Routes(k, r)
	improving.Routes(k, r)
	protecting.Routes(k, r)
	return &Server{Echo: e, Routes: r.All}, nil
}

// headAsGet answers HEAD, which programs ask that look through mail, check links or watch a server, with what GET would say,
// without the page: whatever can be read can be asked for, so no route has to say so. The server itself drops what is
// written, as it looks at the request that came and not at this copy. It stands last, since it finds the handler anew.
func headAsGet(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method != http.MethodHead {
			return next(c)
		}
		get := *r
		get.Method = http.MethodGet
		c.SetRequest(&get)
		c.Echo().Router().Find(http.MethodGet, echo.GetPath(r), c)
		return c.Handler()(c)
	}
}

// recovered turns a panic into an error like any other, so that the reader gets a page and the log a line.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil && r != http.ErrAbortHandler {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func refuse(w http.ResponseWriter, r *http.Request) {
	if asksJSON(r) {
		w.Header().Set("Content-Type", echo.MIMEApplicationJSON)
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(answering.Failure(http.StatusForbidden, words.English().Say("fault.cross_origin")))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(words.English().Say("fault.cross_origin") + "\n"))
}

// csp lets a page use what this server serves and nothing else: no inline script or style, nobody else's host.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func headers(k *page.Kit) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", csp)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			if k.Secure {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			return next(c)
		}
	}
}

func bodyLimit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		most := int64(bodyMost)
		if strings.HasPrefix(c.Request().Header.Get("Content-Type"), "multipart/form-data") {
			most = uploadMost
			if strings.HasPrefix(c.Request().URL.Path, "/rounds/bring-in") {
				most = responsesMost
			}
		}
		if strings.HasPrefix(c.Request().URL.Path, "/school/languages/") {
			most = textsMost
		}
		r := c.Request()
		if r.ContentLength > most {
			return echo.ErrStatusRequestEntityTooLarge
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
		return next(c)
	}
}

// logged writes one line a request: the route's pattern, never the address itself (which holds codes), nor who or from
// where. Times on pages for answering are kept to the minute.
func logged(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			path := c.Path()
			if strings.HasPrefix(path, "/static") || path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/a/") || path == "/c" || strings.HasPrefix(path, "/c/") || path == "/talk" {
				return nil
			}
			log.Info("request", "method", c.Request().Method, "route", path, "status", c.Response().Status, "took", bucket(time.Since(start)))
			return nil
		}
	}
}

func bucket(d time.Duration) string {
	for _, b := range []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond, time.Second, 5 * time.Second} {
		if d <= b {
			return "<" + b.String()
		}
	}
	return "slow"
}

type errorPage struct {
	page.Base
	Status    int
	Sentence  string
	Reference string
	Link      page.Link
}

var errorTemplate = page.New("error/error", "base", errorPage{})

// funnel is where every error ends: a fault becomes its sentence and status, everything else a plain apology with a
// number that the log knows.
func funnel(k *page.Kit) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		v := page.Voice(c)
		if _, known := fault.Of(err); !known && storage.Away(err) {
			err = fault.New(fault.Busy, "fault.busy").Because(err)
		}
		status, sentence, reference := http.StatusInternalServerError, "", ""
		var he *echo.HTTPError
		var tooLarge *http.MaxBytesError
		f, isFault := fault.Of(err)
		switch {
		case isFault && f.Kind == fault.SignedOut && c.Request().Method == http.MethodGet && !wantsJSON(c):
			_ = c.Redirect(http.StatusSeeOther, "/sign-in?next="+urlQuery(c.Request().URL.RequestURI()))
			return
		case isFault:
			status, sentence = page.Status(f.Kind), v.Say(f.Key, words.V(f.Values))
			if f.Kind == fault.Busy {
				c.Response().Header().Set("Retry-After", retryAfter())
				k.Log.Warn("busy", "route", c.Path(), "cause", f.Cause)
			}
		case errors.As(err, &tooLarge):
			status, sentence = http.StatusRequestEntityTooLarge, v.Say("fault.too_large")
		case errors.As(err, &he) && he.Code == http.StatusNotFound:
			status, sentence = he.Code, v.Say("fault.not_found")
		case errors.As(err, &he) && he.Code == http.StatusMethodNotAllowed:
			status, sentence = he.Code, v.Say("fault.method")
		case errors.As(err, &he) && he.Code < 500:
			status, sentence = he.Code, v.Say("fault.too_large")
			if he.Code != http.StatusRequestEntityTooLarge {
				sentence = v.Say("fault.fields")
			}
		default:
			reference = strings.ToLower(rand.Text()[:8])
			sentence = v.Say("fault.internal", words.V{"Reference": reference})
			k.Log.Error("request failed", "route", c.Path(), "reference", reference, "error", err)
		}
		if answers := strings.HasPrefix(c.Request().URL.Path, "/a/"); answers && wantsJSON(c) {
			_ = c.JSON(status, answering.Failure(status, sentence))
			return
		} else if wantsJSON(c) {
			_ = c.JSON(status, map[string]string{"state": http.StatusText(status), "message": sentence})
			return
		}
		p := errorPage{Base: k.NewBase(c, v.Say("fault.title")), Status: status, Sentence: sentence, Reference: reference,
			Link: page.Link{Text: v.Say("fault.home"), URL: "/"}}
		if sendErr := errorTemplate.Send(c, status, p); sendErr != nil {
			k.Log.Error("error page", "error", sendErr)
			_ = c.String(status, sentence)
		}
	}
}

func wantsJSON(c echo.Context) bool { return asksJSON(c.Request()) }

// asksJSON says whether a program reads the reply: one that says so, the interface for programs, and a device that sends
// sealed answers or asks about a slip, which would take anything else for a bad connection and try for ever.
func asksJSON(r *http.Request) bool {
	path := r.URL.Path
	device := strings.HasPrefix(path, "/a/") && (strings.HasSuffix(path, "/sealed") || strings.HasSuffix(path, "/task"))
	return strings.Contains(r.Header.Get("Accept"), "application/json") || strings.HasPrefix(path, page.API) || device
}

// retryAfter spreads those who come again over some seconds, so that they do not come all at once.
func retryAfter() string {
	var b [1]byte
	rand.Read(b[:])
	s, _ := json.Marshal(2 + int(b[0])%9)
	return string(s)
}

// Package page is the kit that every activity builds its pages with: the base page, rendering, forms, flashes, and
// routes that say who they are for.
package page

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Kit is what the activities share. It holds no state of any person.
type Kit struct {
	DB        *storage.DB
	Key       seal.Key
	Bank      *bank.Bank
	Collector *collecting.Collector
	BaseURL   string // as people type it, without a slash at the end
	Secure    bool   // served over HTTPS, here or by the proxy in front
	Log       *slog.Logger
	Mail      mail.Sender // nil: mail is not set up
	Develop   bool        // pages for those who work on the program: /gallery
	Seed      uint64      // of the demo school, whose pupils a lesson makes up once more
	SetUp     func()      // called once a school exists, so that the set-up link is not printed again
}

// Identity is the store of accounts and sessions.
func (k *Kit) Identity() identity.Store { return identity.NewStore(k.DB, k.Key) }

// Roster is the store of schools, groups and people.
func (k *Kit) Roster() roster.Store { return roster.NewStore(k.DB) }

// Rounds is the store of rounds.
func (k *Kit) Rounds() round.Store { return round.NewStore(k.DB, k.Key, k.Bank) }

// Base is what every page has.
type Base struct {
	Title  string
	Lang   string
	Dir    string
	School string
	Person string // who is signed in; empty if nobody
	Nav    []Link
	Menu   []Link // what of the navigation stands under “More”, so that it keeps to one line
	InMenu bool   // the page is one of those
	Flash  string
	Demo   bool // the school is invented, and the page says so
	CSS    []string
	JS     []string
	Crumbs []Link
	Main   string // extra class of the main column
}

// Link is a link in a list of links.
type Link struct {
	Text string
	URL  string
	Here bool
}

const (
	keySession = "earshot.session"
	keyActor   = "earshot.actor"
	keySchool  = "earshot.school"
)

// Voice is the voice for the reader of this request.
func Voice(echo.Context) words.Voice { return words.English() }

// inALine is how many places of the navigation stand in one line of an ordinary screen.
const inALine = 8

// NewBase starts a page: title, language, navigation for who is signed in, and the flash left by the last request.
func (k *Kit) NewBase(c echo.Context, title string) Base {
	v := Voice(c)
	b := Base{Title: title, Lang: v.Lang, Dir: v.Dir}
	school, _ := c.Get(keySchool).(roster.School)
	b.School, b.Demo = cmp.Or(school.Name, "Earshot"), school.Invented // nobody is signed in: no school is known
	who, _ := c.Get(keyActor).(access.Actor)
	if !who.SignedIn() {
		return b
	}
	b.Person = who.Name
	path := c.Request().URL.Path
	add := func(text, url string, verbs ...access.Verb) {
		for _, verb := range verbs {
			if !access.Can(who, verb, access.Object{School: who.School}) {
				return
			}
		}
		here := path == url || url != "/" && strings.HasPrefix(path, url+"/") || url == "/replies" && (strings.HasPrefix(path, "/actions") || strings.HasPrefix(path, "/packs") || path == "/agreement")
		b.Nav = append(b.Nav, Link{Text: text, URL: url, Here: here})
	}
	add("Home", "/")
	if who.Is(access.TrustAnalyst) {
		add("Trust", "/trust", access.ReadTrust)
	}
	if !onlyAdministrator(who) && !who.OnlyAnalyst() {
		add("Rounds", "/rounds")
		add("Results", "/results")
		add("Replies", "/replies")
	}
	add("Concerns", "/concerns", access.ReadConcerns)
	add("Comments", "/comments", access.ReadComments)
	add("Surveys", "/surveys", access.RunRounds)
	add("People", "/people", access.ManagePeople)
	add("Question bank", "/bank", access.BrowseBank)
	add("School", "/school", access.ManageSchool)
	add("Languages", "/school/languages", access.RunRounds)
	if last := len(b.Nav) - 1; last > 0 && b.Nav[last].Here {
		b.Nav[last-1].Here = false // its address begins with that of the school
	}
	if len(b.Nav) > inALine {
		b.Nav, b.Menu = b.Nav[:inALine-1], b.Nav[inALine-1:]
		b.InMenu = slices.ContainsFunc(b.Menu, func(l Link) bool { return l.Here })
	}
	if sess, ok := c.Get(keySession).(identity.Session); ok && sess.Flash != "" {
		b.Flash = sess.Flash
		if err := k.Identity().SetFlash(c.Request().Context(), sess, ""); err != nil {
			k.Log.Error("flash", "error", err)
		}
	}
	return b
}

func onlyAdministrator(who access.Actor) bool {
	for _, r := range who.Roles {
		if r != access.Administrator {
			return false
		}
	}
	return true
}

// School is the school of the signed-in person.
func School(c echo.Context) roster.School {
	s, _ := c.Get(keySchool).(roster.School)
	return s
}

// Session is the session of the request; ok is false when nobody is signed in.
func Session(c echo.Context) (identity.Session, bool) {
	s, ok := c.Get(keySession).(identity.Session)
	return s, ok
}

// Done ends a form that worked: it leaves a sentence for the next page and leads there.
func (k *Kit) Done(c echo.Context, url, sentence string) error {
	if sess, ok := Session(c); ok && sentence != "" {
		if err := k.Identity().SetFlash(c.Request().Context(), sess, sentence); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, url)
}

// Names of the cookies. The __Host- prefix lets no other host set them; it needs HTTPS.
func (k *Kit) cookie(name string) string {
	if k.Secure {
		return "__Host-" + name
	}
	return name
}

// SetCookie keeps a value in the browser: for this session of the browser, or for days.
func (k *Kit) SetCookie(c echo.Context, name, value string, days int) {
	ck := &http.Cookie{Name: k.cookie(name), Value: value, Path: "/", HttpOnly: true, Secure: k.Secure, SameSite: http.SameSiteLaxMode}
	if days > 0 {
		ck.MaxAge = days * 24 * int(time.Hour/time.Second)
	}
	if value == "" {
		ck.MaxAge = -1
	}
	c.SetCookie(ck)
}

// Cookie reads a value kept by SetCookie.
func (k *Kit) Cookie(c echo.Context, name string) string {
	ck, err := c.Cookie(k.cookie(name))
	if err != nil {
		return ""
	}
	return ck.Value
}

// Cookies of this program.
const (
	SessionCookie = "earshot"
	DeviceCookie  = "earshot-device"
)

// API is where programs read, with a token instead of a session.
const API = "/api/"

// session is that of the browser; under API that of a token, which can do nothing but read there.
func (k *Kit) session(ctx context.Context, c echo.Context) (identity.Session, bool) {
	if code, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer "); ok && strings.HasPrefix(c.Request().URL.Path, API) {
		account, school, err := k.Identity().Token(ctx, code)
		return identity.Session{AccountID: account, SchoolID: school}, err == nil
	}
	token := k.Cookie(c, SessionCookie)
	if token == "" {
		return identity.Session{}, false
	}
	sess, err := k.Identity().Session(ctx, token)
	return sess, err == nil
}

// Who finds out who is signed in, for every request. A session that is gone means nobody, not an error.
func (k *Kit) Who(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		sess, ok := k.session(ctx, c)
		if !ok {
			return next(c)
		}
		// Roles are read anew each time: what was taken away works no longer, at once.
		who, err := k.Roster().Actor(ctx, sess.AccountID, sess.SchoolID)
		if err != nil {
			return next(c)
		}
		school, err := k.Roster().School(ctx, sess.SchoolID)
		if err != nil {
			return err
		}
		c.Set(keySession, sess)
		c.Set(keyActor, who)
		c.Set(keySchool, school)
		return next(c)
	}
}

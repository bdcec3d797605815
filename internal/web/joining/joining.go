// Package joining is how people come in: setting up the first school, signing in and out, taking up an invitation.
package joining

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.Public("GET", "/sign-in", p.signIn)
	r.Public("POST", "/sign-in", p.doSignIn)
	r.Staff("POST", "/sign-out", p.signOut)
	r.Public("GET", "/set-up/:code", p.setUp)
	r.Public("POST", "/set-up/:code", p.doSetUp)
	r.Public("GET", "/join/:code", p.join)
	r.Public("POST", "/join/:code", p.doJoin)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{signInTemplate, setUpTemplate, joinTemplate}
}

type signInPage struct {
	page.Base
	Errors page.Errors
	Email  string
	Next   string
	None   bool // there is no school yet
}

var signInTemplate = page.New("joining/sign_in", "base", signInPage{})

func (p Pages) signIn(c echo.Context) error {
	if _, ok := page.Session(c); ok {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	founded, err := p.Roster().Any(c.Request().Context())
	if err != nil {
		return err
	}
	return signInTemplate.Send(c, http.StatusOK, signInPage{Base: p.NewBase(c, "Sign in"), Next: localPath(c.QueryParam("next")), None: !founded})
}

func (p Pages) doSignIn(c echo.Context) error {
	ctx := c.Request().Context()
	email, next := c.FormValue("email"), localPath(c.FormValue("next"))
	account, err := p.Identity().SignIn(ctx, email, c.FormValue("password"), p.Cookie(c, page.DeviceCookie))
	if err == nil {
		var schools []roster.School
		if schools, err = p.Roster().Schools(ctx, account.ID); err == nil && len(schools) == 0 {
			err = fault.New(fault.Invalid, "sign_in.no_school")
		} else if err == nil {
			return p.enter(c, account.ID, schools[0].SchoolID, next)
		}
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return signInTemplate.Send(c, status, signInPage{Base: p.NewBase(c, "Sign in"), Errors: errs, Email: email, Next: next})
	}
	return err
}

// enter opens a session, with a new token, and leads on.
func (p Pages) enter(c echo.Context, account, school, next string) error {
	ctx := c.Request().Context()
	token, err := p.Identity().StartSession(ctx, account, school)
	if err != nil {
		return err
	}
	p.SetCookie(c, page.SessionCookie, token, 0)
	p.SetCookie(c, page.DeviceCookie, p.Identity().Device(account), 180)
	if next == "" {
		next = "/"
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// localPath keeps a path of this site and drops anything that could lead elsewhere.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.Contains(next, `\`) || strings.ContainsFunc(next, unicode.IsControl) {
		return ""
	}
	// Browsers read more than one spelling of "//" as the beginning of another host.
	if len(next) > 1 && !plain.MatchString(next[1:2]) {
		return ""
	}
	return next
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_-]$`)

func (p Pages) signOut(c echo.Context, _ access.Actor) error {
	if err := p.Identity().EndSession(c.Request().Context(), p.Cookie(c, page.SessionCookie)); err != nil {
		return err
	}
	p.SetCookie(c, page.SessionCookie, "", 0)
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, "/sign-in")
}

type setUpPage struct {
	page.Base
	Code string
	Form page.Form
}

var setUpTemplate = page.New("joining/set_up", "base", setUpPage{})

// SetUpKind is the kind of code that founds a school.
const SetUpKind = "setup"

func (p Pages) setUp(c echo.Context) error {
	if _, err := p.Identity().LookUp(c.Request().Context(), SetUpKind, c.Param("code")); err != nil {
		return err
	}
	return p.drawSetUp(c, http.StatusOK, page.Errors{})
}

func (p Pages) drawSetUp(c echo.Context, status int, errs page.Errors) error {
	v := page.Voice(c)
	nation := page.Field{Name: "nation", Label: "Where is it?", Hint: "Pupils are shown the helplines of their nation."}
	for _, n := range roster.Nations {
		nation.Options = append(nation.Options, page.Option{Value: n, Label: v.Say("nation." + n), Chosen: n == c.FormValue("nation")})
	}
	d := setUpPage{Base: p.NewBase(c, "Set up your school"), Code: c.Param("code")}
	d.Form = page.NewForm(errs,
		page.Field{Name: "school", Label: "Name of the school", Value: c.FormValue("school"), Autocomplete: "organization"},
		page.Field{Name: "roll", Label: "How many pupils are in the whole school?", Value: c.FormValue("roll"),
			Hint: "About is enough. Under 120, Earshot shows larger groups only, because people might guess."},
		nation,
		page.Field{Name: "name", Label: "Your name", Value: c.FormValue("name"), Autocomplete: "name"},
		page.Field{Name: "email", Type: "email", Label: "Your e-mail address", Value: c.FormValue("email"), Autocomplete: "username",
			Hint: "You sign in with it. Nothing is sent."},
		passwordField())
	return setUpTemplate.Send(c, status, d)
}

func passwordField() page.Field {
	return page.Field{Name: "password", Type: "password", Label: "Choose a password", Autocomplete: "new-password",
		Hint: fmt.Sprintf("At least %d characters. Three or four words in a row are easy to remember.", identity.PasswordLeast)}
}

func (p Pages) doSetUp(c echo.Context) error {
	roll, _ := strconv.Atoi(strings.TrimSpace(c.FormValue("roll")))
	school := roster.School{Name: c.FormValue("school"), Nation: c.FormValue("nation"), Roll: roll}
	account, schoolID, err := p.found(c, school, strings.TrimSpace(c.FormValue("name")), c.FormValue("email"), c.FormValue("password"))
	if err == nil {
		if p.SetUp != nil {
			p.SetUp()
		}
		return p.enter(c, account, schoolID, "/start")
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawSetUp(c, status, errs)
	}
	return err
}

// found makes a school and its head in one transaction and spends the set-up code.
func (p Pages) found(c echo.Context, school roster.School, name, typed, password string) (account, schoolID string, err error) {
	ctx := c.Request().Context()
	if _, err := p.Identity().LookUp(ctx, SetUpKind, c.Param("code")); err != nil {
		return "", "", err
	}
	fields := map[string]fault.Problem{}
	email, ok := identity.FoldEmail(typed)
	if !ok {
		fields["email"] = fault.Problem{Key: "email.wrong"}
	}
	if name == "" {
		fields["name"] = fault.Problem{Key: "name.empty"}
	}
	if problem := identity.CheckNewPassword(password, name, typed, school.Name); problem != nil {
		fields["password"] = *problem
	}
	var created roster.School
	var a identity.Account
	err = p.DB.InTx(ctx, func(tx *storage.DB) error {
		id, ro := identity.NewStore(tx, p.Key), roster.NewStore(tx)
		created, err = ro.CreateSchool(ctx, school)
		if f, isFault := fault.Of(err); isFault {
			for k, v := range f.Fields {
				fields[k] = v
			}
		} else if err != nil {
			return err
		}
		if err := fault.Fields(fields); err != nil {
			return err
		}
		if _, err := id.Spend(ctx, SetUpKind, c.Param("code")); err != nil {
			return err
		}
		clock := access.Clock(created.SchoolID)
		head, err := ro.AddStaff(ctx, clock, roster.StaffForm{Name: name, Email: email, Roles: []access.Role{access.Head}})
		if err != nil {
			return err
		}
		if a, err = id.EnsureAccount(ctx, email, name); err != nil {
			return err
		}
		if err := ro.LinkAccount(ctx, created.SchoolID, head.ID, a.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, clock, "school.found", "school", created.SchoolID, "")
	})
	if err != nil {
		return "", "", err
	}
	// An account that exists keeps its password: whoever holds a set-up link must not take over somebody's sign-in.
	if a.Password == "" {
		err = p.Identity().SetPassword(ctx, a.ID, password)
	}
	return a.ID, created.SchoolID, err
}

type joinPage struct {
	page.Base
	Code     string
	Name     string
	Email    string
	Password page.Field
	Errors   page.Errors
}

var joinTemplate = page.New("joining/join", "base", joinPage{})

// InviteKind is the kind of code that lets somebody choose their password.
const InviteKind = "invitation"

func (p Pages) invited(c echo.Context) (identity.Directory, roster.StaffMember, error) {
	d, err := p.Identity().LookUp(c.Request().Context(), InviteKind, c.Param("code"))
	if err != nil {
		return d, roster.StaffMember{}, err
	}
	m, err := p.Roster().Staff(c.Request().Context(), d.SchoolID, d.Target)
	if err != nil || m.AccountID == nil {
		return d, m, err
	}
	// They sign in with the address of their account, which another school may trust under an older one.
	a, err := p.Identity().Account(c.Request().Context(), *m.AccountID)
	m.Email = a.Email
	return d, m, err
}

func (p Pages) join(c echo.Context) error {
	_, m, err := p.invited(c)
	if err != nil {
		return err
	}
	return p.drawJoin(c, http.StatusOK, m, page.Errors{})
}

func (p Pages) drawJoin(c echo.Context, status int, m roster.StaffMember, errs page.Errors) error {
	d := joinPage{Base: p.NewBase(c, "Choose a password"), Errors: errs, Code: c.Param("code"), Name: m.Name(), Email: m.Email, Password: passwordField()}
	d.Password.Error = errs.Of("password")
	return joinTemplate.Send(c, status, d)
}

func (p Pages) doJoin(c echo.Context) error {
	ctx := c.Request().Context()
	d, m, err := p.invited(c)
	if err != nil {
		return err
	}
	password := c.FormValue("password")
	if problem := identity.CheckNewPassword(password, m.Name(), m.Email); problem != nil {
		errs, status, _ := page.Explain(c, fault.Fields(map[string]fault.Problem{"password": *problem}))
		return p.drawJoin(c, status, m, errs)
	}
	var a identity.Account
	elsewhere := false
	err = p.DB.InTx(ctx, func(tx *storage.DB) error {
		id, ro := identity.NewStore(tx, p.Key), roster.NewStore(tx)
		if _, err := id.Spend(ctx, InviteKind, c.Param("code")); err != nil {
			return err
		}
		// Read again: they may have got an account, or another address, since the page was drawn.
		m, err := ro.Staff(ctx, d.SchoolID, d.Target)
		if err != nil {
			return err
		}
		if a, err = ro.SignIn(ctx, id, m); err != nil {
			return err
		}
		schools, err := ro.Schools(ctx, a.ID)
		if err != nil {
			return err
		}
		elsewhere = a.Password != "" && slices.ContainsFunc(schools, func(s roster.School) bool { return s.SchoolID != d.SchoolID })
		return ro.LinkAccount(ctx, d.SchoolID, m.ID, a.ID)
	})
	if err != nil {
		return err
	}
	// Whoever serves another school too keeps the password they have: a link of this school must not open that one.
	if elsewhere {
		return c.Redirect(http.StatusSeeOther, "/sign-in")
	}
	if err := p.Identity().SetPassword(ctx, a.ID, password); err != nil {
		return err
	}
	if err := p.Identity().Enable(ctx, a.ID); err != nil {
		return err
	}
	return p.enter(c, a.ID, d.SchoolID, "/")
}

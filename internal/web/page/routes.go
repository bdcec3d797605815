package page

import (
	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
)

// Audience says who a route is for.
type Audience string

const (
	Anyone   Audience = "anyone"    // pages without signing in
	Staff    Audience = "staff"     // anybody who is signed in
	WithVerb Audience = "with verb" // those whom a verb allows, in their school
)

// Route is one registered route with its audience, so that a test can walk all of them.
type Route struct {
	Method, Path string
	Audience     Audience
	Verb         access.Verb
}

// Routes registers handlers. The audience is chosen with the route, so no handler can forget it.
type Routes struct {
	echo *echo.Echo
	All  []Route
}

// NewRoutes registers on e.
func NewRoutes(e *echo.Echo) *Routes { return &Routes{echo: e} }

// StaffHandler handles a request of somebody signed in.
type StaffHandler func(c echo.Context, who access.Actor) error

// Public registers a page for anyone.
func (r *Routes) Public(method, path string, h echo.HandlerFunc) {
	r.All = append(r.All, Route{method, path, Anyone, ""})
	r.echo.Add(method, path, h)
}

// Staff registers a page for anybody signed in; what they see of it the nouns decide.
func (r *Routes) Staff(method, path string, h StaffHandler) { r.add(method, path, Staff, "", h) }

// For registers a page for those who may do verb in their school.
func (r *Routes) For(verb access.Verb, method, path string, h StaffHandler) {
	r.add(method, path, WithVerb, verb, h)
}

func (r *Routes) add(method, path string, a Audience, verb access.Verb, h StaffHandler) {
	r.All = append(r.All, Route{method, path, a, verb})
	r.echo.Add(method, path, func(c echo.Context) error {
		who, ok := c.Get(keyActor).(access.Actor)
		if !ok {
			return fault.New(fault.SignedOut, "fault.signed_out")
		}
		if verb != "" && !access.Can(who, verb, access.Object{School: who.School}) {
			return fault.New(fault.Forbidden, "fault.forbidden")
		}
		c.Response().Header().Set("Cache-Control", "no-store")
		return h(c, who)
	})
}

package managing

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// trustPage is where a head lets the school's published sums count in a trust's, or ends it.
type trustPage struct {
	page.Base
	Trust   roster.Trust // the one that the school is in; no id for none
	Since   string
	Schools []string
	Form    page.Form
	Told    []string // exactly what is shared, and what one gets
}

var trustTemplate = page.New("managing/trust", "base", trustPage{})

func (p Pages) trust(c echo.Context, who access.Actor) error {
	return p.drawTrust(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawTrust(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	d := trustPage{Base: p.NewBase(c, "Trust"), Told: []string{v.Say("trust.shared"), v.Say("trust.shows"), v.Say("trust.since")}}
	d.Crumbs = []page.Link{{Text: "School", URL: "/school"}, {Text: "Trust", Here: true}}
	t, err := p.Roster().TrustOf(ctx, who.School)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	default:
		if err := p.inTrust(c, who, t, &d); err != nil {
			return err
		}
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "code", Label: "Joining code", Value: c.FormValue("code"), Hint: "The trust gives it to you: 24 letters and digits. Spaces do not matter."},
		page.Field{Name: "agree", Label: "Do you agree?", Several: true, Options: []page.Option{{Value: "yes", Label: "Yes, for this school", Chosen: c.FormValue("agree") == "yes"}}})
	return trustTemplate.Send(c, status, d)
}

// inTrust says which schools are in the trust, and since when this one is.
func (p Pages) inTrust(c echo.Context, who access.Actor, t roster.Trust, d *trustPage) error {
	ctx := c.Request().Context()
	schools, err := p.Roster().TrustSchools(ctx, t.ID)
	if err != nil {
		return err
	}
	history, err := p.Roster().TrustHistory(ctx, t.ID)
	if err != nil {
		return err
	}
	d.Trust = t
	for _, s := range schools {
		d.Schools = append(d.Schools, s.Name)
	}
	for _, m := range history {
		if m.SchoolID == who.School && m.LeftAt == nil {
			d.Since = m.JoinedAt.In(page.School(c).Zone()).Format("2 January 2006")
		}
	}
	return nil
}

func (p Pages) joinTrust(c echo.Context, who access.Actor) error {
	ctx, name := c.Request().Context(), ""
	err := func() error {
		code, ok := seal.CleanCode(c.FormValue("code"), identity.TrustCode)
		if !ok {
			return fault.Field("code", "trust.code_wrong")
		}
		trust, err := p.Identity().TrustCode(ctx, code)
		if fault.Is(err, fault.NotFound) {
			return fault.Field("code", "trust.code_wrong")
		}
		if err != nil {
			return err
		}
		if c.FormValue("agree") != "yes" {
			return fault.Field("agree", "trust.consent")
		}
		t, err := p.Roster().Trust(ctx, trust)
		if err != nil {
			return err
		}
		name = t.Name
		return p.Roster().JoinTrust(ctx, who, trust)
	}()
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawTrust(c, who, status, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/school/trust", page.Voice(c).Say("trust.joined", words.V{"Name": name}))
}

func (p Pages) leaveTrust(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	t, err := p.Roster().TrustOf(ctx, who.School)
	if err != nil {
		return err
	}
	if err := p.Roster().LeaveTrust(ctx, who); err != nil {
		return err
	}
	return p.Done(c, "/school/trust", page.Voice(c).Say("trust.left", words.V{"Name": t.Name}))
}

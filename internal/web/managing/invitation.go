package managing

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

const (
	inviteKind = "invitation"
	inviteDays = 7
)

type invitationPage struct {
	page.Base
	ID    string
	Name  string
	Email string
	Link  string
	Until string
}

var invitationTemplate = page.New("managing/invitation", "base", invitationPage{})

// invite makes a link with which somebody chooses their password, and shows it this once. Whoever holds it becomes that
// person, so only a head makes one for those whose roles only a head gives, and for those who have a password: an
// administrator invites a teacher once, and cannot sign in as them afterwards.
func (p Pages) invite(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	m, err := p.Roster().Staff(ctx, who.School, c.Param("id"))
	if err != nil {
		return err
	}
	var code string
	var account identity.Account
	err = p.DB.InTx(ctx, func(tx *storage.DB) error {
		code, account, err = p.mint(c, tx, who, m)
		return err
	})
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStaff(c, who, status, m, errs)
	} else if err != nil {
		return err
	}
	until := p.DB.Now().AddDate(0, 0, inviteDays).In(page.School(c).Zone())
	d := invitationPage{Base: p.NewBase(c, "A link for "+m.Name()), ID: m.ID, Name: m.Name(), Email: account.Email, Link: p.BaseURL + "/join/" + code,
		Until: until.Format("Monday 2 January, 15:04")}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: m.Name(), URL: "/people/staff/" + m.ID}, {Text: "Link", Here: true}}
	return invitationTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) mint(c echo.Context, tx *storage.DB, who access.Actor, m roster.StaffMember) (string, identity.Account, error) {
	ctx := c.Request().Context()
	id := identity.NewStore(tx, p.Key)
	if m.HoldsKeys() && !who.Is(access.Head) {
		return "", identity.Account{}, fault.New(fault.Forbidden, "invitation.head_only")
	}
	account, err := roster.NewStore(tx).SignIn(ctx, id, m)
	if err != nil {
		return "", account, err
	}
	// The link sets a password. One school must not be able to set it for an account that another school trusts.
	schools, err := roster.NewStore(tx).Schools(ctx, account.ID)
	if err != nil {
		return "", account, err
	}
	for _, s := range schools {
		if s.SchoolID != who.School {
			return "", account, fault.New(fault.Conflict, "invitation.other_school")
		}
	}
	if account.Password != "" && !who.Is(access.Head) {
		return "", account, fault.New(fault.Forbidden, "invitation.password_head_only")
	}
	if account.Password != "" {
		if err := roster.NewStore(tx).ChairAnew(ctx, who, m); err != nil {
			return "", account, err
		}
	}
	if account.DisabledAt != nil { // they had left and are back on the list
		if err := id.Enable(ctx, account.ID); err != nil {
			return "", account, err
		}
	}
	if err := id.DropCodes(ctx, inviteKind, m.ID); err != nil {
		return "", account, err
	}
	if err := audit.Record(ctx, tx, who, "staff.invite", "person", m.ID, ""); err != nil {
		return "", account, err
	}
	code, err := id.MintCode(ctx, inviteKind, who.School, m.ID, inviteDays*24*time.Hour)
	return code, account, err
}

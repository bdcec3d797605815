package managing

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

type staffPage struct {
	page.Base
	ID     string // empty for somebody new
	Hint   string
	Form   page.Form
	Invite string // what the button for a link says; empty where there can be none
	Refuse string // why there can be none
	End    bool
	Losses []string // what saving would cost the keys to sealed names
	Ending []string // what it would cost if they went
	Sure   page.Field
}

var staffTemplate = page.New("managing/staff", "base", staffPage{})

// teacherOptions are those who can teach a group.
func teacherOptions(v words.Voice, staff []roster.StaffMember, ticked []string) []page.Option {
	var options []page.Option
	for _, m := range staff {
		on := slices.Contains(ticked, m.ID)
		if on || m.Is(access.Teacher) || m.Is(access.Leader) || m.Is(access.Head) {
			options = append(options, page.Option{Value: m.ID, Label: m.Name(), Hint: roleNames(v, m), Chosen: on})
		}
	}
	return options
}

func (p Pages) newStaff(c echo.Context, who access.Actor) error {
	return p.drawStaff(c, who, http.StatusOK, roster.StaffMember{}, page.Errors{})
}

func (p Pages) editStaff(c echo.Context, who access.Actor) error {
	m, err := p.Roster().Staff(c.Request().Context(), who.School, c.Param("id"))
	if err != nil {
		return err
	}
	return p.drawStaff(c, who, http.StatusOK, m, page.Errors{})
}

// drawStaff draws the form with what was typed, or else with what is stored of m.
func (p Pages) drawStaff(c echo.Context, who access.Actor, status int, m roster.StaffMember, errs page.Errors) error {
	v := page.Voice(c)
	accounts, err := p.accounts(c, m)
	if err != nil {
		return err
	}
	d := staffPage{Base: p.NewBase(c, "Somebody new"), ID: m.ID}
	f := roster.StaffForm{Name: m.Name(), Email: m.Email, Place: m.Place(), Roles: []access.Role{access.Teacher}}
	if m.ID != "" {
		d.Title, d.Hint = m.Name(), signInState(v, m, accounts)
		d.End = m.ID != who.Person
		d.Invite = "Make a link to join"
		if m.AccountID != nil {
			d.Invite = "Make a link for a new password"
		}
		switch head := who.Is(access.Head); {
		case !head && m.HoldsKeys():
			d.Invite, d.Refuse = "", v.Say("invitation.head_only")
		case !head && m.AccountID != nil && accounts[*m.AccountID].Password != "":
			d.Invite, d.Refuse = "", v.Say("invitation.password_head_only")
		}
		f.Roles = nil
		for _, a := range m.Held {
			f.Roles = append(f.Roles, access.Role(a.Role))
		}
	}
	if typed, ok := readStaff(c); ok {
		f = typed
	}
	if err := p.drawLosses(c, who, &d, f, errs); err != nil {
		return err
	}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: d.Title, Here: true}}
	roles := page.Field{Name: "roles", Label: "What do they do here?", Several: true}
	for _, r := range access.Roles {
		roles.Options = append(roles.Options, page.Option{Value: string(r), Label: roleName(v, string(r)), Hint: v.Say("role." + string(r) + ".hint"),
			Chosen: slices.Contains(f.Roles, r)})
	}
	d.Form = page.NewForm(errs,
		page.Field{Name: "name", Label: "Name", Value: f.Name, Hint: "As pupils and colleagues know them."},
		page.Field{Name: "email", Type: "email", Label: "E-mail address", Value: f.Email,
			Hint: "They sign in with it, and mails go to it. The head, the safeguarding lead and deputies and the chair of governors need one: without it nobody can alert them. It may stay empty for somebody who is only named."},
		roles,
		page.Field{Name: "place", Label: "Where do pupils find them?", Value: f.Place, Hint: "For a safeguarding lead or deputy: a room and a time. Pupils read it."})
	return staffTemplate.Send(c, status, d)
}

// accounts finds the accounts of people who have one, all at once.
func (p Pages) accounts(c echo.Context, people ...roster.StaffMember) (map[string]identity.Account, error) {
	var ids []string
	for _, m := range people {
		if m.AccountID != nil {
			ids = append(ids, *m.AccountID)
		}
	}
	return p.Identity().Accounts(c.Request().Context(), ids)
}

// readStaff reads the staff form; ok is false when the request brings none, such as a press of another button.
func readStaff(c echo.Context) (f roster.StaffForm, ok bool) {
	form, err := c.FormParams()
	if err != nil || c.Request().Method != http.MethodPost || !form.Has("name") {
		return f, false
	}
	f = roster.StaffForm{Name: strings.TrimSpace(form.Get("name")), Email: strings.TrimSpace(form.Get("email")), Place: form.Get("place")}
	for _, r := range form["roles"] {
		f.Roles = append(f.Roles, access.Role(r))
	}
	return f, true
}

// checkRoles refuses somebody who does nothing here.
func checkRoles(f roster.StaffForm) error {
	if len(f.Roles) == 0 {
		return fault.Field("roles", "people.no_role")
	}
	return nil
}

func (p Pages) addStaff(c echo.Context, who access.Actor) error {
	f, _ := readStaff(c)
	err := checkRoles(f)
	var person roster.Person
	if err == nil {
		person, err = p.Roster().AddStaff(c.Request().Context(), who, f)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStaff(c, who, status, roster.StaffMember{}, errs)
	} else if err != nil {
		return err
	}
	if f.Email == "" {
		return p.Done(c, "/people", page.Voice(c).Say("people.staff_added"))
	}
	return p.Done(c, "/people/staff/"+person.ID, page.Voice(c).Say("people.staff_added_email"))
}

func (p Pages) saveStaff(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	m, err := p.Roster().Staff(ctx, who.School, c.Param("id"))
	if err != nil {
		return err
	}
	f, _ := readStaff(c)
	if err = checkRoles(f); err == nil {
		err = p.sure(c, who, m.ID, f)
	}
	if err == nil {
		err = p.DB.InTx(ctx, func(tx *storage.DB) error {
			if err := roster.NewStore(tx).ChangeStaff(ctx, who, m.ID, f); err != nil {
				return err
			}
			// A link made for a teacher must not open the account of the head they have become since.
			return identity.NewStore(tx, p.Key).DropCodes(ctx, inviteKind, m.ID)
		})
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStaff(c, who, status, m, errs)
	} else if err != nil {
		return err
	}
	if m, err = p.Roster().Staff(ctx, who.School, m.ID); err != nil {
		return err
	}
	accounts, err := p.accounts(c, m)
	if err != nil {
		return err
	}
	if m.Email != "" && m.AccountID != nil && accounts[*m.AccountID].Email != m.Email {
		return p.Done(c, "/people", page.Voice(c).Say("people.staff_saved_elsewhere", words.V{"Email": accounts[*m.AccountID].Email}))
	}
	return p.Done(c, "/people", page.Voice(c).Say("people.staff_saved"))
}

// endStaff takes somebody off the list. Their sessions end with it, unless they serve another school with the same
// account; there the next request finds that they do not belong here any more.
func (p Pages) endStaff(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	m, err := p.Roster().Staff(ctx, who.School, c.Param("id"))
	if err != nil {
		return err
	}
	if err = p.sure(c, who, m.ID, roster.StaffForm{}); err == nil {
		err = p.end(c, who, &m)
	}
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawStaff(c, who, status, m, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/people", page.Voice(c).Say("people.staff_ended", words.V{"Name": m.Name()}))
}

// end takes somebody off the list, with all that lets them in.
func (p Pages) end(c echo.Context, who access.Actor, m *roster.StaffMember) error {
	ctx := c.Request().Context()
	return p.DB.InTx(ctx, func(tx *storage.DB) error {
		ro, id := roster.NewStore(tx), identity.NewStore(tx, p.Key)
		var err error
		if *m, err = ro.EndStaff(ctx, who, m.ID); err != nil {
			return err
		}
		if err := id.DropCodes(ctx, inviteKind, m.ID); err != nil || m.AccountID == nil {
			return err
		}
		schools, err := ro.Schools(ctx, *m.AccountID)
		if err != nil || len(schools) > 0 {
			return err
		}
		return id.Disable(ctx, *m.AccountID)
	})
}

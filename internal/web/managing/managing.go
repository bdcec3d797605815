// Package managing is where heads and administrators keep people and settings: groups, staff, pupil lists, the
// school's hours, and the list of what was done.
package managing

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// Pages has the handlers of this activity.
type Pages struct{ *page.Kit }

// Routes mounts the activity.
func Routes(k *page.Kit, r *page.Routes) {
	p := Pages{k}
	r.For(access.ManagePeople, "GET", "/people", p.people)
	r.For(access.ManagePeople, "POST", "/people/groups", p.saveGroups)
	r.For(access.ManagePeople, "GET", "/people/groups/:id", p.group)
	r.For(access.ManagePeople, "POST", "/people/groups/:id", p.saveGroup)
	r.For(access.ManagePeople, "POST", "/people/groups/:id/teachers", p.saveTeachers)

	r.For(access.ManagePeople, "GET", "/people/staff/new", p.newStaff)
	r.For(access.ManagePeople, "POST", "/people/staff/new", p.addStaff)
	r.For(access.ManagePeople, "GET", "/people/staff/:id", p.editStaff)
	r.For(access.ManagePeople, "POST", "/people/staff/:id", p.saveStaff)
	r.For(access.ManagePeople, "POST", "/people/staff/:id/invitation", p.invite)
	r.For(access.ManagePeople, "POST", "/people/staff/:id/ending", p.endStaff)

	r.For(access.ManagePeople, "GET", "/people/import", p.chooseList)
	r.For(access.ManagePeople, "POST", "/people/import", p.previewList)
	r.For(access.ManagePeople, "POST", "/people/import/apply", p.applyList)
	r.For(access.ManagePeople, "POST", "/people/import/problems", p.listProblems)

	r.For(access.ManagePeople, "GET", "/people/flags", p.flags)
	r.For(access.ManagePeople, "POST", "/people/flags", p.addFlag)
	r.For(access.ManagePeople, "GET", "/people/flags/:id", p.editFlag)
	r.For(access.ManagePeople, "POST", "/people/flags/:id", p.saveFlag)
	r.For(access.ManagePeople, "POST", "/people/flags/:id/removal", p.removeFlag)
	r.For(access.ManagePeople, "GET", "/people/parents", p.parents)
	r.For(access.ManagePeople, "GET", "/people/parents/import", p.chooseParents)
	r.For(access.ManagePeople, "POST", "/people/parents/import", p.previewParents)
	r.For(access.ManagePeople, "POST", "/people/parents/import/apply", p.applyParents)
	r.For(access.ManagePeople, "POST", "/people/parents/import/problems", p.parentsProblems)
	r.For(access.ManagePeople, "GET", "/people/parents/:id", p.parent)
	r.For(access.ManagePeople, "POST", "/people/parents/:id", p.saveParent)

	r.For(access.ManageSchool, "GET", "/school", p.school)
	r.For(access.ManageSchool, "POST", "/school", p.saveSchool)
	r.For(access.SeeCalendar, "GET", "/school/calendar", p.calendar)
	r.For(access.ManageSchool, "POST", "/school/calendar", p.saveCalendar)
	r.For(access.ManageSchool, "GET", "/school/audit", p.audit)
	r.For(access.JoinTrust, "GET", "/school/trust", p.trust)
	r.For(access.JoinTrust, "POST", "/school/trust", p.joinTrust)
	r.For(access.JoinTrust, "POST", "/school/trust/leaving", p.leaveTrust)
	r.Staff("GET", "/me", p.me)
	r.Staff("POST", "/me", p.saveMe)
	r.Public("GET", "/digest/:token", p.endDigest)
	r.Public("POST", "/digest/:token", p.saveEndDigest)
	r.Staff("GET", "/school/languages", p.languages)
	r.Staff("GET", "/school/languages/:code", p.language)
	r.Staff("GET", "/school/languages/:code/paper", p.languagePaper)
	r.For(access.RunRounds, "POST", "/school/languages/:code", p.saveLanguage)
}

// Templates lists the pages of this activity.
func Templates() []*page.Template {
	return []*page.Template{peopleTemplate, groupTemplate, staffTemplate, invitationTemplate, importTemplate, previewTemplate,
		flagsTemplate, flagTemplate, parentsTemplate, parentTemplate, parentsImportTemplate, parentsPreviewTemplate, schoolTemplate, calendarTemplate, meTemplate, endTemplate, trustTemplate, auditTemplate, languagesTemplate, languageTemplate, languagePaperTemplate}
}

func notFound() error { return fault.New(fault.NotFound, "fault.not_found") }

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(s))
	return n
}

// roleName is how a role is called on staff pages.
func roleName(v words.Voice, role string) string { return v.Say("role." + role) }

// chosen reads the ticked boxes of a field; sent says whether its form was sent at all.
func chosen(c echo.Context, name string) (values []string, sent bool) {
	if c.Request().Method != "POST" {
		return nil, false
	}
	form, err := c.FormParams()
	if err != nil {
		return nil, false
	}
	return slices.Clone(form[name]), true
}

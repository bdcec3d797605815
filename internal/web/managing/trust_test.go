package managing_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// A school joins a trust when its head types the code and agrees, having read what is shared, and leaves when a head says so.
func TestASchoolJoinsATrust(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	ro, ids := roster.NewStore(d.DB), identity.NewStore(d.DB, d.Key)
	trust, err := ro.CreateTrust(ctx, "Northfield Trust")
	testkit.Must(t, err)
	old, err := ids.NewTrustCode(ctx, trust.ID, time.Hour)
	testkit.Must(t, err)
	code, err := ids.NewTrustCode(ctx, trust.ID, time.Hour)
	testkit.Must(t, err)
	typed := strings.ToUpper(code[:4] + " " + code[4:12] + "-" + code[12:])
	in := func() bool {
		t.Helper()
		_, err := ro.TrustOf(ctx, d.School.School.SchoolID)
		return err == nil
	}

	for role, want := range map[access.Role]int{access.Leader: http.StatusForbidden, access.Administrator: http.StatusForbidden, access.TrustAnalyst: http.StatusForbidden, access.Teacher: http.StatusForbidden} {
		who := d.Staff("Sam "+string(role), role)
		if status, _ := d.get(who, "/school/trust"); status != want {
			t.Errorf("%s: %d", role, status)
		}
		for _, path := range []string{"/school/trust", "/school/trust/leaving"} {
			if status, _ := d.post(who, path, url.Values{"code": {typed}, "agree": {"yes"}}); status != want {
				t.Errorf("%s sends %s: %d", role, path, status)
			}
		}
		if status, body := d.get(who, "/school"); status == http.StatusOK && strings.Contains(body, "/school/trust") {
			t.Errorf("%s is led to the trust", role)
		}
	}
	if _, body := d.get(d.Head, "/school"); !strings.Contains(body, `href="/school/trust"`) {
		t.Error("the head is not led to the trust")
	}
	_, body := d.get(d.Head, "/school/trust")
	for _, want := range []string{"Never a class, a year, a teacher", "goes on until a head teacher ends it", "There is no ranking"} {
		if !strings.Contains(body, want) {
			t.Errorf("before joining the head does not read %q", want)
		}
	}
	for name, c := range map[string]struct{ code, agree, want string }{
		"no code":           {"", "yes", "That code is not right"},
		"a wrong code":      {"ABCD EFGH JKMN PQRS TVWX YZ01", "yes", "That code is not right"},
		"the code before":   {old, "yes", "That code is not right"},
		"without agreeing":  {typed, "", "Tick the box"},
		"agreeing to other": {typed, "no", "Tick the box"},
	} {
		status, body := d.post(d.Head, "/school/trust", url.Values{"code": {c.code}, "agree": {c.agree}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, c.want) || !strings.Contains(body, `value="`+c.code+`"`) || in() {
			t.Errorf("%s: %d, in the trust: %v", name, status, in())
		}
	}
	join := url.Values{"code": {typed}, "agree": {"yes"}}
	if status, _ := d.post(d.Head, "/school/trust", join); status != http.StatusSeeOther || !in() {
		t.Fatalf("joining: %d", status)
	}
	if status, _ := d.post(d.Head, "/school/trust", join); status != http.StatusConflict {
		t.Errorf("joining twice: %d", status)
	}
	if _, body := d.get(d.Head, "/school/trust"); !strings.Contains(body, "since 5 October 2026") || !strings.Contains(body, "stays in the trust’s sums") {
		t.Error("the page does not say since when, or what stays")
	}
	if status, _ := d.post(d.Head, "/school/trust/leaving", nil); status != http.StatusSeeOther || in() {
		t.Errorf("leaving: %d", status)
	}
	if status, _ := d.post(d.Head, "/school/trust/leaving", nil); status != http.StatusNotFound {
		t.Errorf("leaving twice: %d", status)
	}
	if status, _ := d.post(d.Head, "/school/trust", join); status != http.StatusSeeOther || !in() {
		t.Errorf("joining again: %d", status)
	}
	d.Clock.Forward(2 * time.Hour)
	if _, err := ids.TrustCode(ctx, code); err == nil {
		t.Error("a code works for longer than was said")
	}
	_, audit := d.get(d.Head, "/school/audit")
	if strings.Count(audit, "Joined a trust") != 2 || strings.Count(audit, "Left a trust") != 1 || !strings.Contains(audit, "Northfield Trust") {
		t.Error("the audit trail does not say so")
	}
	if _, err := ro.CreateTrust(ctx, " Northfield Trust "); err == nil {
		t.Error("two trusts of one name")
	}
}

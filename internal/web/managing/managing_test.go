package managing_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
	"earshot/internal/web/joining"
	"earshot/internal/web/managing"
	"earshot/internal/web/page"
)

var ctx = context.Background()

// desk is a school with this activity and joining on top of it.
type desk struct {
	*testkit.School
	http *httptest.Server
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return deskOf(testkit.NewSchool(t))
}

func deskOf(s *testkit.School) *desk {
	k := &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.DiscardHandler)}
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if f, ok := fault.Of(err); ok {
			_ = c.String(page.Status(f.Kind), words.English().Say(f.Key, words.V(f.Values)))
			return
		}
		s.T.Errorf("%s %s: %v", c.Request().Method, c.Path(), err)
		_ = c.NoContent(http.StatusInternalServerError)
	}
	e.Use(k.Who)
	r := page.NewRoutes(e)
	joining.Routes(k, r)
	managing.Routes(k, r)
	d := &desk{s, httptest.NewServer(e)}
	k.BaseURL = d.http.URL
	s.T.Cleanup(d.http.Close)
	return d
}

var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (d *desk) send(who access.Actor, req *http.Request) (int, string) {
	d.T.Helper()
	if who.SignedIn() {
		token, err := identity.NewStore(d.DB, d.Key).StartSession(ctx, who.Account, who.School)
		testkit.Must(d.T, err)
		req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: token})
	}
	res, err := noRedirect.Do(req)
	testkit.Must(d.T, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	testkit.Must(d.T, err)
	if res.StatusCode == http.StatusSeeOther {
		return res.StatusCode, res.Header.Get("Location")
	}
	return res.StatusCode, string(body)
}

func (d *desk) get(who access.Actor, path string) (int, string) {
	d.T.Helper()
	req, err := http.NewRequest("GET", d.http.URL+path, nil)
	testkit.Must(d.T, err)
	return d.send(who, req)
}

func (d *desk) post(who access.Actor, path string, form url.Values) (int, string) {
	d.T.Helper()
	req, err := http.NewRequest("POST", d.http.URL+path, strings.NewReader(form.Encode()))
	testkit.Must(d.T, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.send(who, req)
}

// upload posts a form as a browser posts one with a file in it.
func (d *desk) upload(who access.Actor, path, file string, fields url.Values) (int, string) {
	d.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if file != "" {
		f, err := w.CreateFormFile("file", "pupils.csv")
		testkit.Must(d.T, err)
		_, err = io.WriteString(f, file)
		testkit.Must(d.T, err)
	}
	for name, values := range fields {
		for _, v := range values {
			testkit.Must(d.T, w.WriteField(name, v))
		}
	}
	testkit.Must(d.T, w.Close())
	req, err := http.NewRequest("POST", d.http.URL+path, &b)
	testkit.Must(d.T, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return d.send(who, req)
}

func expect(t *testing.T, what string, status, want int, body string, has ...string) {
	t.Helper()
	if status != want {
		t.Errorf("%s: %d instead of %d: %.400s", what, status, want, body)
		return
	}
	for _, h := range has {
		if text := html.UnescapeString(body); !strings.Contains(text, h) {
			t.Errorf("%s: no %q", what, h)
		}
	}
	if strings.Contains(body, "[people.") || strings.Contains(body, "[import.") || strings.Contains(body, "[role.") || strings.Contains(body, "ZgotmplZ") {
		t.Errorf("%s: a sentence is missing", what)
	}
}

// Every page and form is for heads and administrators alone.
func TestLeadersAndTeachersAreRefused(t *testing.T) {
	d := newDesk(t)
	leader, teacher := d.Staff("Lee Moss", access.Leader), d.Staff("Tom Reed", access.Teacher)
	for _, path := range []string{"/people", "/people/staff/new", "/people/staff/" + d.Lead.ID, "/people/import", "/school", "/school/audit", "/people/groups/x"} {
		for _, who := range []access.Actor{leader, teacher} {
			if status, _ := d.get(who, path); status != http.StatusForbidden {
				t.Errorf("GET %s: %d", path, status)
			}
		}
		if status, _ := d.get(access.Actor{}, path); status != http.StatusUnauthorized {
			t.Errorf("GET %s signed out: %d", path, status)
		}
	}
	for _, path := range []string{"/people/groups", "/people/groups/x/teachers", "/people/staff/new", "/people/staff/x", "/people/staff/x/invitation",
		"/people/staff/x/ending", "/people/import", "/people/import/apply", "/people/import/problems", "/school"} {
		if status, _ := d.post(leader, path, url.Values{}); status != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, status)
		}
	}
	other := deskOf(testkit.FoundSchool(t, d.DB, d.Key, d.Clock, "Hillside School"))
	form := d.Forms("9A 27")[0]
	for _, path := range []string{"/people/staff/" + d.Lead.ID, "/people/groups/" + form.ID} {
		if status, _ := other.get(other.Head, path); status != http.StatusNotFound {
			t.Errorf("GET %s from another school: %d", path, status)
		}
	}
	if status, _ := other.post(other.Head, "/people/staff/"+d.Lead.ID+"/ending", nil); status != http.StatusNotFound {
		t.Errorf("ending somebody of another school: %d", status)
	}
}

func TestGroups(t *testing.T) {
	d := newDesk(t)
	teacher := d.Staff("Tom Reed", access.Teacher)
	status, body := d.post(d.Head, "/people/groups", url.Values{"groups": {"9x/Ma1 30, nonsense"}, "kind": {"class"}})
	expect(t, "nonsense", status, 422, body, "9x/Ma1 30, nonsense", "“nonsense” is not a group and a number", "Name the subject", `value="class" checked`)
	status, body = d.post(d.Head, "/people/groups", url.Values{"groups": {"9x/Ma1 30"}, "kind": {"class"}, "subject": {"Maths"}})
	expect(t, "a class", status, 303, body, "/people")
	status, body = d.post(d.Head, "/people/groups", url.Values{"groups": {"9A 27\n9B 28"}, "kind": {"form"}})
	expect(t, "forms", status, 303, body)
	groups, err := roster.NewStore(d.DB).Groups(ctx, d.School.School.SchoolID, "")
	testkit.Must(t, err)
	if len(groups) != 3 {
		t.Fatalf("%+v", groups)
	}
	var class roster.Group
	for _, g := range groups {
		if g.Kind == roster.Class {
			class = g
		}
	}
	if class.Subject != "Maths" || class.Size != 30 || class.Year != "9" {
		t.Errorf("%+v", class)
	}
	status, body = d.get(d.Head, "/people/groups/"+class.ID)
	expect(t, "the class", status, 200, body, "Tom Reed", "Who teaches it?", "Maths, 30 pupils")
	status, body = d.post(d.Head, "/people/groups/"+class.ID+"/teachers", url.Values{"teachers": {teacher.Person, "nobody"}})
	expect(t, "somebody unknown", status, 422, body, "not on the staff list any more", `value="`+teacher.Person+`" checked`)
	status, body = d.post(d.Head, "/people/groups/"+class.ID+"/teachers", url.Values{"teachers": {teacher.Person}})
	expect(t, "a teacher", status, 303, body)
	status, body = d.get(d.Head, "/people")
	expect(t, "people", status, 200, body, "9x/Ma1", "30, as typed", "Tom Reed", "9B", "Head teacher", "Ruth Lindqvist", "Safeguarding lead")
	status, body = d.post(d.Head, "/people/groups/"+class.ID+"/teachers", nil)
	expect(t, "no teacher", status, 303, body)
	teachers, err := roster.NewStore(d.DB).Teachers(ctx, d.School.School.SchoolID)
	if err != nil || len(teachers[class.ID]) > 0 {
		t.Error(teachers, err)
	}
}

func TestStaff(t *testing.T) {
	d := newDesk(t)
	admin := d.Staff("Ada Min", access.Administrator)
	add := func(who access.Actor, name, email, place string, roles ...string) (int, string) {
		return d.post(who, "/people/staff/new", url.Values{"name": {name}, "email": {email}, "place": {place}, "roles": roles})
	}
	status, body := d.get(d.Head, "/people/staff/new")
	expect(t, "the form", status, 200, body, "Head teacher", "Where do pupils find them?", `value="teacher" checked`)
	status, body = add(d.Head, "", "no address", "Room 1", "teacher", "leader")
	expect(t, "a wrong address", status, 422, body, "That is not an e-mail address.", `value="no address"`, `value="Room 1"`, `value="leader" checked`)
	status, body = add(d.Head, "Nia Role", "nia@example.org", "")
	expect(t, "no role", status, 422, body, "choose at least one")
	status, body = add(admin, "Nia Head", "nia@example.org", "", "head")
	expect(t, "a head, by an administrator", status, 422, body, "Only a head teacher can change")
	status, body = add(d.Head, "Nia Lead", "Nia@Example.org", "Room 7, at lunch", "teacher", "safeguarding_lead")
	expect(t, "a lead", status, 303, body, "/people/staff/")
	status, body = add(d.Head, "Nia Again", "nia@example.org", "", "teacher")
	expect(t, "the same address", status, 422, body, "Somebody with that address")
	list, err := roster.NewStore(d.DB).Holders(ctx, d.School.School.SchoolID, access.SafeguardingLead)
	testkit.Must(t, err)
	if len(list) != 2 || list[0].Email != "nia@example.org" || list[0].Place() != "Room 7, at lunch" || !list[0].Is(access.Teacher) {
		t.Errorf("%+v", list)
	}
	path := "/people/staff/" + list[0].ID
	status, body = d.get(d.Head, path)
	expect(t, "somebody", status, 200, body, "Nia Lead", "Room 7, at lunch", "Make a link to join", `value="safeguarding_lead" checked`)
	form := url.Values{"name": {"Nia Lead"}, "email": {"mine@example.org"}, "roles": {"teacher", "safeguarding_lead"}, "place": {"Room 7"}}
	status, body = d.post(admin, path, form)
	expect(t, "a lead's address, by an administrator", status, 422, body, "whoever holds such a link", "mine@example.org")
	code, err := identity.NewStore(d.DB, d.Key).MintCode(ctx, "invitation", d.School.School.SchoolID, list[0].ID, 1e12)
	testkit.Must(t, err)
	form.Set("email", "nia@example.org")
	form["roles"] = []string{"teacher"}
	status, body = d.post(d.Head, path, form)
	expect(t, "a change", status, 303, body)
	if _, err := identity.NewStore(d.DB, d.Key).LookUp(ctx, "invitation", code); err == nil {
		t.Error("a link made for other roles still works")
	}
	m, err := roster.NewStore(d.DB).Staff(ctx, d.School.School.SchoolID, list[0].ID)
	if err != nil || m.Is(access.SafeguardingLead) || !m.Is(access.Teacher) {
		t.Errorf("%+v %v", m, err)
	}
	status, body = d.post(d.Head, "/people/staff/"+d.Head.Person, url.Values{"name": {"Amara Okafor"}, "roles": {"teacher"}})
	expect(t, "the last head", status, 422, body, "at least one head teacher")
}

var joinLink = regexp.MustCompile(`https?://[^<\s]+/join/[a-z0-9]{24}`)

// A link made here lets somebody choose a password in joining, once; a newer one makes it useless.
func TestInvitation(t *testing.T) {
	d := newDesk(t)
	ro := roster.NewStore(d.DB)
	p, err := ro.AddStaff(ctx, d.Head, roster.StaffForm{Name: "Tom Reed", Email: "tom@example.org", Roles: []access.Role{access.Teacher}})
	testkit.Must(t, err)
	path := "/people/staff/" + p.ID + "/invitation"
	link := func(who access.Actor) string {
		t.Helper()
		status, body := d.post(who, path, nil)
		expect(t, "a link", status, 200, body, "Shown this once", "tom@example.org", "until Monday 12 October, 10:00")
		return strings.TrimPrefix(joinLink.FindString(body), d.http.URL)
	}
	admin := d.Staff("Ada Min", access.Administrator)
	old, fresh := link(d.Head), link(admin)
	if status, _ := d.get(access.Actor{}, old); status != http.StatusNotFound {
		t.Error("the older link still works:", status)
	}
	status, body := d.get(access.Actor{}, fresh)
	expect(t, "joining", status, 200, body, "Welcome, Tom Reed", "tom@example.org")
	status, body = d.post(access.Actor{}, fresh, url.Values{"password": {"seven green bottles hang"}})
	expect(t, "a password", status, 303, body, "/")
	if status, _ = d.get(access.Actor{}, fresh); status != http.StatusNotFound {
		t.Error("the link works twice")
	}
	account, err := identity.NewStore(d.DB, d.Key).SignIn(ctx, "tom@example.org", "seven green bottles hang", "")
	testkit.Must(t, err)
	tom, err := ro.Actor(ctx, account.ID, d.School.School.SchoolID)
	if err != nil || !tom.Is(access.Teacher) {
		t.Error(tom, err)
	}

	status, body = d.post(d.Head, "/people/staff/"+d.Lead.ID+"/invitation", nil)
	expect(t, "no address", status, 422, body, "Give an e-mail address first")
	// Whoever could print a head's link could become the head.
	status, body = d.post(admin, "/people/staff/"+d.Head.Person+"/invitation", nil)
	expect(t, "a head's link, by an administrator", status, 403, body, "Only a head teacher can do this")
	other := deskOf(testkit.FoundSchool(t, d.DB, d.Key, d.Clock, "Hillside School"))
	stolen, err := roster.NewStore(d.DB).AddStaff(ctx, other.Head, roster.StaffForm{Name: "Tom Reed", Email: "tom@example.org", Roles: []access.Role{access.Teacher}})
	testkit.Must(t, err)
	status, body = other.post(other.Head, "/people/staff/"+stolen.ID+"/invitation", nil)
	expect(t, "an address of another school", status, 409, body, "already signs in at another school")
}

func TestEnding(t *testing.T) {
	d := newDesk(t)
	tom := d.Staff("Tom Reed", access.Teacher)
	id := identity.NewStore(d.DB, d.Key)
	token, err := id.StartSession(ctx, tom.Account, tom.School)
	testkit.Must(t, err)
	code, err := id.MintCode(ctx, "invitation", tom.School, tom.Person, 1e12)
	testkit.Must(t, err)
	status, body := d.post(d.Head, "/people/staff/"+d.Head.Person+"/ending", nil)
	expect(t, "oneself", status, 409, body, "You cannot take yourself off the list")
	admin := d.Staff("Ada Min", access.Administrator)
	status, body = d.post(admin, "/people/staff/"+d.Lead.ID+"/ending", nil)
	expect(t, "a lead, by an administrator", status, 403, body, "Only a head teacher")
	status, body = d.post(d.Head, "/people/staff/"+tom.Person+"/ending", nil)
	expect(t, "a teacher", status, 303, body, "/people")
	if _, err := id.Session(ctx, token); err == nil {
		t.Error("the session goes on")
	}
	if _, err := id.LookUp(ctx, "invitation", code); err == nil {
		t.Error("the link still works")
	}
	var p roster.Person
	testkit.Must(t, d.DB.Query(ctx).Where("id = ?", tom.Person).Take(&p).Error)
	if p.EndedOn != "2026-10-05" {
		t.Errorf("ended on %q", p.EndedOn)
	}
	status, body = d.get(d.Head, "/people")
	if expect(t, "people", status, 200, body); strings.Contains(body, "Tom Reed") {
		t.Error("still on the list")
	}

	// Somebody who comes back is invited again and can sign in.
	back, err := roster.NewStore(d.DB).AddStaff(ctx, d.Head, roster.StaffForm{Name: "Tom Reed", Email: d.Email(tom), Roles: []access.Role{access.Teacher}})
	testkit.Must(t, err)
	_, body = d.post(d.Head, "/people/staff/"+back.ID+"/invitation", nil)
	status, body = d.post(access.Actor{}, strings.TrimPrefix(joinLink.FindString(body), d.http.URL), url.Values{"password": {"seven green bottles hang"}})
	expect(t, "joining again", status, 303, body)
	if _, err := id.SignIn(ctx, d.Email(tom), "seven green bottles hang", ""); err != nil {
		t.Error(err)
	}
}

func TestSchoolSettings(t *testing.T) {
	d := newDesk(t)
	status, body := d.get(d.Head, "/school")
	expect(t, "settings", status, 200, body, "Riverside School", "Europe/London", "900", "08:30")
	form := url.Values{"school": {""}, "roll": {"many"}, "nation": {"wales"}, "time_zone": {"Europe/Cardif"}, "hours": {"25:00"}, "closes_at": {"16:00"}, "helplines": {"Nurse 123"}}
	status, body = d.post(d.Head, "/school", form)
	expect(t, "a helpline without a name", status, 422, body, "Write each helpline on a line", "Nurse 123", `value="many"`)
	form.Set("helplines", "Nurse: 0123\r\nOffice: 0456")
	status, body = d.post(d.Head, "/school", form)
	expect(t, "several mistakes", status, 422, body, "Give the school's name.", "That time zone is not known", "Say how many pupils", "Give school hours", `value="wales" selected`)
	form.Set("school", "Riverside Academy")
	form.Set("roll", "912")
	form.Set("time_zone", "Europe/London")
	form.Set("hours", "09:00")
	form.Set("closes_at", "08:00")
	status, body = d.post(d.Head, "/school", form)
	expect(t, "a day that ends first", status, 422, body, "School ends after it begins.")
	form.Set("closes_at", "15:10")
	status, body = d.post(d.Head, "/school", form)
	expect(t, "saved", status, 303, body, "/school")
	s, err := roster.NewStore(d.DB).School(ctx, d.School.School.SchoolID)
	testkit.Must(t, err)
	if s.Name != "Riverside Academy" || s.Nation != "wales" || s.Roll != 912 || s.ClosesAt != "15:10" || s.Helplines != "Nurse: 0123\nOffice: 0456" {
		t.Errorf("%+v", s)
	}
	status, body = d.get(d.Head, "/school/audit")
	expect(t, "the audit", status, 200, body, "Changed the school's settings", "Amara Okafor", "Added to the staff list", "Ruth Lindqvist: Safeguarding lead", "Earshot, by the clock", "5 October 2026, 10:00")
}

// Whatever the code writes into the audit trail has a sentence there.
func TestEveryActionHasItsWords(t *testing.T) {
	action := regexp.MustCompile(`audit\.Record\([^"\n]*, "([a-z_.]+)", "`)
	found := 0
	err := filepath.WalkDir("../..", func(path string, e os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range action.FindAllStringSubmatch(string(data), -1) {
			found++
			if !words.English().Has("audit." + m[1]) {
				t.Errorf("%s: no words for audit.%s", path, m[1])
			}
		}
		return err
	})
	if err != nil || found < 12 {
		t.Error(found, err)
	}
	for _, move := range []string{"open", "close", "extend", "settle", "publish", "cancel"} {
		if !words.English().Has("audit.round." + move) {
			t.Errorf("no words for audit.round.%s", move)
		}
	}
}

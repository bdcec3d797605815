package managing_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// staffForm is what a browser sends of somebody on the staff page.
func staffForm(name, email string, roles ...string) url.Values {
	return url.Values{"name": {name}, "email": {email}, "roles": roles}
}

// add puts somebody on the staff list through the page.
func (d *desk) add(who access.Actor, name, email string, roles ...string) (id string) {
	d.T.Helper()
	status, location := d.post(who, "/people/staff/new", staffForm(name, email, roles...))
	if status != http.StatusSeeOther {
		d.T.Fatalf("adding %s: %d %.300s", name, status, location)
	}
	return strings.TrimPrefix(location, "/people/staff/")
}

func (d *desk) account(person string) identity.Account {
	d.T.Helper()
	m, err := roster.NewStore(d.DB).Staff(ctx, d.School.School.SchoolID, person)
	testkit.Must(d.T, err)
	if m.AccountID == nil {
		return identity.Account{}
	}
	a, err := identity.NewStore(d.DB, d.Key).Account(ctx, *m.AccountID)
	testkit.Must(d.T, err)
	return a
}

// An address that the head gave up must not open the head's account for whoever is given it next.
func TestAnOldAddressOpensNothing(t *testing.T) {
	d := newDesk(t)
	admin := d.Staff("Ada Min", access.Administrator)
	old := d.Email(d.Head)
	status, body := d.post(d.Head, "/people/staff/"+d.Head.Person, staffForm("Amara Okafor", "amara@example.org", "head"))
	expect(t, "the head's new address", status, 303, body)
	if a := d.account(d.Head.Person); a.Email != "amara@example.org" || a.ID != d.Head.Account {
		t.Errorf("the account is %+v", a)
	}
	if _, err := identity.NewStore(d.DB, d.Key).SignIn(ctx, "amara@example.org", testkit.Password, ""); err != nil {
		t.Error("the head cannot sign in with the new address:", err)
	}
	path := "/people/staff/" + d.add(admin, "Mal Lory", old, "teacher")
	status, body = d.post(admin, path+"/invitation", nil)
	expect(t, "a link for the old address", status, 200, body)
	link := strings.TrimPrefix(joinLink.FindString(body), d.http.URL)
	status, body = d.post(access.Actor{}, link, url.Values{"password": {"seven green bottles hang"}})
	expect(t, "joining", status, 303, body)
	if d.account(d.Head.Person).Email != "amara@example.org" || d.account(strings.TrimPrefix(path, "/people/staff/")).ID == d.Head.Account {
		t.Error("the head's account changed hands")
	}
	if _, err := identity.NewStore(d.DB, d.Key).SignIn(ctx, "amara@example.org", testkit.Password, ""); err != nil {
		t.Error("the head's password changed:", err)
	}
}

// Where the account keeps the old address, because another school trusts it or because the list forgot the address,
// the invitation is refused, and so is a link that was made before.
func TestAnAccountIsNeverHandedToASecondPerson(t *testing.T) {
	d := newDesk(t)
	ro, id := roster.NewStore(d.DB), identity.NewStore(d.DB, d.Key)
	admin := d.Staff("Ada Min", access.Administrator)
	person := d.add(admin, "Mal Lory", d.Email(d.Head), "teacher") // the head's row names no address
	for _, who := range []access.Actor{admin, d.Head} {
		status, body := d.post(who, "/people/staff/"+person+"/invitation", nil)
		expect(t, "a link", status, 409, body, "already belongs to the account of somebody else")
	}
	code, err := id.MintCode(ctx, "invitation", d.Head.School, person, 1e12)
	testkit.Must(t, err)
	status, body := d.post(access.Actor{}, "/join/"+code, url.Values{"password": {"seven green bottles hang"}})
	expect(t, "an older link", status, 409, body, "already belongs to the account of somebody else")
	if _, err := id.SignIn(ctx, d.Email(d.Head), testkit.Password, ""); err != nil {
		t.Error("the head's password changed:", err)
	}

	// Somebody who works at two schools keeps the address of their account, and the page says so.
	tom := d.Staff("Tom Reed", access.Teacher)
	other := testkit.FoundSchool(t, d.DB, d.Key, d.Clock, "Hillside School")
	there, err := ro.AddStaff(ctx, other.Head, roster.StaffForm{Name: "Tom Reed", Email: d.Email(tom), Roles: []access.Role{access.Teacher}})
	testkit.Must(t, err)
	testkit.Must(t, ro.LinkAccount(ctx, other.School.SchoolID, there.ID, tom.Account))
	status, body = d.post(d.Head, "/people/staff/"+tom.Person, staffForm("Tom Reed", "tom@example.org", "teacher"))
	expect(t, "a new address here", status, 303, body)
	if a := d.account(tom.Person); a.Email != d.Email(tom) {
		t.Error("the account went to", a.Email)
	}
	status, body = d.get(d.Head, "/people")
	expect(t, "people", status, 200, body, "Signs in with "+d.Email(tom))
	thief := d.add(admin, "Other Tom", d.Email(tom), "teacher")
	status, body = d.post(admin, "/people/staff/"+thief+"/invitation", nil)
	expect(t, "a link for the address kept", status, 409, body, "already belongs to the account of somebody else")

	// An address somebody signs in with cannot become a second person's.
	ben, una := d.Staff("Ben Hall", access.Teacher), d.Staff("Una Shaw", access.Leader) // una's row names no address
	status, body = d.post(d.Head, "/people/staff/"+ben.Person, staffForm("Ben Hall", d.Email(una), "teacher"))
	expect(t, "a taken address", status, 422, body, "signs in with that address already")
}

// Administrators invite, and cannot let themselves in anywhere afterwards.
func TestAdministratorsMakeNoNewPasswords(t *testing.T) {
	d := newDesk(t)
	admin, tom := d.Staff("Ada Min", access.Administrator), d.Staff("Tom Reed", access.Teacher)
	path := "/people/staff/" + tom.Person
	status, body := d.post(admin, path+"/invitation", nil)
	expect(t, "a new password, by an administrator", status, 403, body, "They have a password already.")
	status, body = d.get(admin, path)
	if expect(t, "the page", status, 200, body, "They have a password already."); strings.Contains(body, "/invitation") {
		t.Error("a button that is refused")
	}
	status, body = d.get(d.Head, path)
	expect(t, "the head's page", status, 200, body, "Make a link for a new password")
	status, body = d.post(d.Head, path+"/invitation", nil)
	expect(t, "a new password, by the head", status, 200, body, d.Email(tom))

	// Ending somebody and adding them again is no way round.
	status, body = d.post(admin, path+"/ending", nil)
	expect(t, "ending", status, 303, body)
	back := d.add(admin, "Tom Reed", d.Email(tom), "teacher")
	status, body = d.post(admin, "/people/staff/"+back+"/invitation", nil)
	expect(t, "back again", status, 403, body, "They have a password already.")
}

func TestAdministratorsDoNotTeachByThemselves(t *testing.T) {
	d := newDesk(t)
	ro := roster.NewStore(d.DB)
	admin, tom, leader := d.Staff("Ada Min", access.Administrator), d.Staff("Tom Reed", access.Teacher), d.Staff("Lee Moss", access.Leader, access.Teacher)
	both := d.Staff("Bo Both", access.Administrator, access.Teacher)
	status, body := d.post(admin, "/people/staff/"+admin.Person, staffForm("Ada Min", "", "administrator", "teacher"))
	expect(t, "the role", status, 422, body, "Only a head teacher can let an administrator teach")
	status, body = d.post(admin, "/people/staff/"+admin.Person, staffForm("Ada Minor", "", "administrator"))
	expect(t, "their own name", status, 303, body)

	groups, err := ro.SaveGroups(ctx, d.Head, roster.Class, []roster.GroupLine{{Name: "9x/Ma1", Year: "9", Size: 30, Subject: "Maths"}})
	testkit.Must(t, err)
	path := "/people/groups/" + groups[0].ID + "/teachers"
	for _, who := range []access.Actor{admin, both, leader, d.Head} {
		for _, by := range []access.Actor{admin, both} {
			status, body = d.post(by, path, url.Values{"teachers": {who.Person}})
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%s teaches, by %s: %d", who.Name, by.Name, status)
			}
		}
	}
	expect(t, "the sentence", status, 422, body, "Only a head teacher can make Amara Okafor a teacher of it", "aria-invalid")
	status, body = d.post(admin, path, url.Values{"teachers": {tom.Person}})
	expect(t, "a teacher, by an administrator", status, 303, body)
	status, body = d.post(d.Head, path, url.Values{"teachers": {tom.Person, leader.Person}})
	expect(t, "a leader, by the head", status, 303, body)
	status, body = d.post(admin, path, url.Values{"teachers": {leader.Person}})
	expect(t, "a leader who teaches it already", status, 303, body)
	status, body = d.post(d.Head, "/people/staff/"+admin.Person, staffForm("Ada Min", "", "administrator", "teacher"))
	expect(t, "the role, by the head", status, 303, body)
	if err := ro.Teach(ctx, admin, groups[0].ID, []string{admin.Person}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestChangingAGroup(t *testing.T) {
	d := newDesk(t)
	ro := roster.NewStore(d.DB)
	_, body := d.upload(d.Head, "/people/import", strings.Replace(list, "Maths: ", "", 1), nil)
	status, body := d.upload(d.Head, "/people/import/apply", "", fieldsOf(body))
	expect(t, "a list without subjects", status, 303, body)
	status, body = d.get(d.Head, "/people")
	expect(t, "people", status, 200, body, "One class has no subject yet", ">No subject yet</a>")
	find := func(name string) roster.Group {
		groups, err := ro.Groups(ctx, d.Head.School, "")
		testkit.Must(t, err)
		for _, g := range groups {
			if g.Name == name {
				return g
			}
		}
		t.Fatal("no", name)
		return roster.Group{}
	}
	path := "/people/groups/" + find("9x/Ma1").ID
	status, body = d.get(d.Head, path)
	if expect(t, "the class", status, 200, body, "Subject", `<option value="9" selected>Year 9`); strings.Contains(body, `name="size"`) {
		t.Error("asks for the size of a class whose pupils are known")
	}
	status, body = d.post(d.Head, path, url.Values{"subject": {" "}, "year": {"99"}})
	expect(t, "mistakes", status, 422, body, "Name the subject of this class", "Choose one of the years")
	if strings.Index(body, `<a href="#subject">`) > strings.Index(body, `<a href="#year">`) {
		t.Error("the mistakes are not in the order of the page")
	}
	status, body = d.post(d.Head, path, url.Values{"subject": {" Further  Maths"}, "year": {"10"}, "size": {"3"}})
	expect(t, "saved", status, 303, body)
	if g := find("9x/Ma1"); g.Subject != "Further Maths" || g.Year != "10" || g.Size != 0 {
		t.Errorf("%+v", g)
	}
	status, body = d.upload(d.Head, "/people/import", strings.Replace(list, "Maths: ", "", 1), nil)
	expect(t, "the same list", status, 200, body, "4 pupils stay as before", "Apply the changes to groups") // its year is 9 again
	status, body = d.get(d.Head, "/school/audit")
	expect(t, "the audit", status, 200, body, "Changed a group", "9x/Ma1, Further Maths", "4 added")

	form := d.Forms("8C 27")[0]
	path = "/people/groups/" + form.ID
	status, body = d.post(d.Head, path, url.Values{"subject": {"Maths"}, "year": {"8"}, "size": {"4000"}})
	expect(t, "a size", status, 422, body, "between 1 and 400 pupils", `value="4000"`)
	status, body = d.post(d.Head, path, url.Values{"subject": {"Maths"}, "year": {""}, "size": {"26"}})
	expect(t, "a form", status, 303, body)
	if g := find("8C"); g.Subject != "" || g.Year != "" || g.Size != 26 {
		t.Errorf("%+v", g)
	}
	other := testkit.FoundSchool(t, d.DB, d.Key, d.Clock, "Hillside School")
	if _, err := ro.ChangeGroup(ctx, other.Head, form.ID, roster.GroupForm{Size: 9}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := ro.ChangeGroup(ctx, d.Staff("Lee Moss", access.Leader), form.ID, roster.GroupForm{Size: 9}); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

// The trail says which round and survey; to an administrator, who has no business with them, it does not.
func TestAuditSaysWhich(t *testing.T) {
	d := newDesk(t)
	d.Open(d.Form(d.Survey("first_say"), d.Forms("9A 27, 9B 28")))
	rounds, err := d.titles()
	testkit.Must(t, err)
	status, body := d.get(d.Head, "/school/audit")
	expect(t, "the head's", status, 200, body, rounds[0], "Opened a round", "Forms")
	for _, raw := range []string{"<bdi>draft", "<bdi>open", "first_say", "<bdi>form<"} {
		if strings.Contains(body, raw) {
			t.Errorf("it says %s", raw)
		}
	}
	status, body = d.get(d.Staff("Ada Min", access.Administrator), "/school/audit")
	if expect(t, "an administrator's", status, 200, body, "Opened a round"); strings.Contains(body, rounds[0]) {
		t.Error("an administrator reads the title of a round")
	}
}

func (d *desk) titles() (titles []string, err error) {
	err = d.DB.Query(ctx).Table("rounds").Pluck("title", &titles).Error
	return titles, err
}

package managing_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

const withParents = "MIS ID,Forename,Surname,Year,Reg Group,Parent 1 Name,Parent 1 Email,Parent 2 Name,Parent 2 Email\r\n" +
	"1,Ann,Bell,9,9A,Mary Bell,mary@home.example,Tom Bell,\r\n2,Bo,Carr,9,9A,Ida Carr,ida at home,,\r\n3,Cy,Dunn,9,9B,Mary Bell,mary@home.example,,\r\n"

// columnsOf reads the choices of columns on a preview of parents.
func columnsOf(form url.Values, body string) url.Values {
	for _, m := range regexp.MustCompile(`(?s)<select id="(map-[a-z0-9-]+)".*?</select>`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], "")
		if v := regexp.MustCompile(`<option value="(\d+)" selected>`).FindStringSubmatch(m[0]); v != nil {
			form.Set(m[1], v[1])
		}
	}
	return form
}

func TestParentsImportJourney(t *testing.T) {
	d := newDesk(t)
	_, body := d.upload(d.Head, "/people/import", withParents, nil)
	status, body := d.upload(d.Head, "/people/import/apply", "", fieldsOf(body))
	expect(t, "pupils first", status, 303, body)

	status, body = d.get(d.Head, "/people/parents")
	expect(t, "nobody yet", status, 200, body, "Nobody yet", "Read in a list of parents")
	status, body = d.get(d.Head, "/people/parents/import")
	expect(t, "choosing", status, 200, body, "Pupils are never sent mail", `enctype="multipart/form-data"`)
	status, body = d.upload(d.Head, "/people/parents/import", "", nil)
	expect(t, "no file", status, 422, body, "Choose a file first.")

	status, body = d.upload(d.Head, "/people/parents/import", withParents, nil)
	expect(t, "a preview", status, 200, body, "3 parents are new", "Mary Bell", "mary@home.example · Ann Bell, Cy Dunn", "Apply 3 changes",
		"2 parents of this list have no e-mail address", "This is not an e-mail address")
	form := columnsOf(fieldsOf(body), body)
	status, table := d.upload(d.Head, "/people/parents/import/problems", "", form)
	expect(t, "the table", status, 200, table, "Severity,File,Line", "Parent 1 Email,i…,V05")

	// A page of the one kind cannot be applied as the other.
	status, body = d.upload(d.Head, "/people/import/apply", "", form)
	expect(t, "applied as pupils", status, 422, body, "Choose the file again")
	moved := url.Values{}
	for k, v := range form {
		moved[k] = v
	}
	moved.Set("map-1-email", "")
	status, body = d.upload(d.Head, "/people/parents/import/apply", "", moved)
	expect(t, "columns that were not previewed", status, 409, body, "so nothing was applied")

	status, body = d.upload(d.Head, "/people/parents/import/apply", "", form)
	expect(t, "applied", status, 303, body, "/people/parents")
	status, body = d.get(d.Head, "/people/parents")
	expect(t, "the list", status, 200, body, "3 parents and carers are on the list.", "2 have no e-mail address.", "Whom no mail reaches", "Ida Carr", "Bo Carr (9A)", "Mary Bell")

	status, body = d.upload(d.Head, "/people/parents/import", withParents, nil)
	expect(t, "the same again", status, 200, body, "Nothing to change", "3 parents stay as before")
	status, body = d.upload(d.Head, "/people/parents/import", strings.Replace(withParents, "3,Cy,Dunn,9,9B,Mary Bell,mary@home.example", "3,Cy,Dunn,9,9B,,", 1)+"77,X,Y,9,9B,Zoe Hay,z@home.example,,\r\n", nil)
	expect(t, "a stranger", status, 200, body, "No pupil on the roll has the id 77", "1 parent has a new name, address or child")
	status, body = d.upload(d.Head, "/people/parents/import", "MIS ID,Forename,Surname,Year,Email\r\n1,Ann,Bell,9,ann@school.example\r\n", nil)
	expect(t, "a pupil list with pupils' own addresses", status, 200, body, "the pupil's own name where a parent's should be", "L05")
	if strings.Contains(body, "are new") || strings.Contains(body, "is new") {
		t.Error("a pupil would become a parent")
	}

	status, body = d.get(d.Head, "/school/audit")
	expect(t, "what was done", status, 200, body, "Applied a list of parents", "3 added, 0 changed")
	if strings.Contains(body, "Mary") {
		t.Error("the trail names a parent")
	}
	leader := d.Staff("Lee Moss", access.Leader)
	for _, path := range []string{"/people/parents", "/people/parents/import"} {
		if status, _ := d.get(leader, path); status != 403 {
			t.Errorf("a leader opens %s: %d", path, status)
		}
	}
}

func TestMendingAnAddress(t *testing.T) {
	d := newDesk(t)
	d.Families("Ann Bell <ann@home.example>: Bo Bell 7A", "Eve Carr: Fay Carr 7B")
	families, err := roster.NewStore(d.DB).Families(ctx, d.School.School.SchoolID)
	testkit.Must(t, err)
	ann, eve := families[0].Parent, families[1].Parent
	st := participation.NewStore(d.DB, d.Key)
	testkit.Must(t, st.Stop(ctx, ann, true))
	status, body := d.get(d.Head, "/people/parents/"+ann.ID)
	expect(t, "a parent", status, 200, body, "Parent or carer of Bo Bell (7A)", "Wants no mail about surveys", "ann@home.example")
	status, body = d.post(d.Head, "/people/parents/"+eve.ID, url.Values{"email": {"nothing"}})
	expect(t, "no address", status, 422, body, "nothing")
	status, body = d.post(d.Head, "/people/parents/"+eve.ID, url.Values{"email": {"Eve@Home.example"}})
	expect(t, "mended", status, 303, body, "/people/parents")
	status, body = d.get(d.Head, "/people/parents")
	expect(t, "the list", status, 200, body, "eve@home.example", "One of them wants no mail about surveys.")
	if strings.Contains(body, "Whom no mail reaches") {
		t.Error("somebody is still said to have no address")
	}
	people, err := roster.NewStore(d.DB).Pupils(ctx, d.School.School.SchoolID)
	testkit.Must(t, err)
	for _, id := range []string{people[0].ID, d.Lead.ID, "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		if status, _ := d.get(d.Head, "/people/parents/"+id); status != 404 {
			t.Errorf("somebody who is no parent: %d", status)
		}
		if status, _ := d.post(d.Head, "/people/parents/"+id, url.Values{"email": {"x@home.example"}}); status != 404 {
			t.Errorf("somebody who is no parent gets an address: %d", status)
		}
	}
}

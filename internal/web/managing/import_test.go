package managing_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// fieldsOf reads the form of a preview as a browser would send it back.
func fieldsOf(body string) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select id="(map-[a-z]+)".*?</select>`).FindAllStringSubmatch(body, -1) {
		if v := regexp.MustCompile(`<option value="(\d+)" selected>`).FindStringSubmatch(m[0]); v != nil {
			form.Set(m[1], v[1])
		} else {
			form.Set(m[1], "")
		}
	}
	for _, m := range regexp.MustCompile(`name="(map-classes)" value="(\d+)" checked`).FindAllStringSubmatch(body, -1) {
		form.Add(m[1], m[2])
	}
	return form
}

const list = "MIS ID,Forename,Surname,Year,Reg Group,Classes,SEN Status\r\n" +
	"1,Ann,Bell,9,9A,Maths: 9x/Ma1,K\r\n2,Bo,Carr,9,9A,,N\r\n3,Cy,Dunn,9,9B,,N\r\n4,Di,Eve,10,10A,,N\r\n"

func (d *desk) roll() string {
	d.T.Helper()
	people, err := roster.NewStore(d.DB).Pupils(ctx, d.School.School.SchoolID)
	testkit.Must(d.T, err)
	var names []string
	for _, p := range people {
		names = append(names, p.Given)
	}
	return strings.Join(names, " ")
}

func TestImportJourney(t *testing.T) {
	d := newDesk(t)
	status, body := d.get(d.Head, "/people/import")
	expect(t, "choosing", status, 200, body, "Read in a pupil list", `enctype="multipart/form-data"`)
	status, body = d.upload(d.Head, "/people/import", "", nil)
	expect(t, "no file", status, 422, body, "Choose a file first.")

	status, body = d.upload(d.Head, "/people/import", list, nil)
	expect(t, "a preview", status, 200, body, "4 pupils are new", "Ann Bell", "Apply 4 changes", "SEN Status", "was recognised and is not kept", "H03")
	if d.roll() != "" {
		t.Error("the preview changed something")
	}
	form := fieldsOf(body)
	status, body = d.upload(d.Head, "/people/import/problems", "", form)
	expect(t, "the table", status, 200, body, "Severity,File,Line", "pupils.csv,1,SEN Status,,H03")

	forged := fieldsOf("")
	for k, v := range form {
		forged[k] = v
	}
	forged.Set("plan", "other")
	status, body = d.upload(d.Head, "/people/import/apply", "", forged)
	expect(t, "a changed page", status, 422, body, "Choose the file again")

	moved := url.Values{}
	for k, v := range form {
		moved[k] = v
	}
	moved.Set("map-form", "3")
	status, body = d.upload(d.Head, "/people/import/apply", "", moved)
	expect(t, "columns that were not previewed", status, 409, body, "so nothing was applied", "What this list would change")

	status, body = d.upload(d.Head, "/people/import/apply", "", form)
	expect(t, "applied", status, 303, body, "/people")
	if d.roll() != "Ann Bo Cy Di" {
		t.Error(d.roll())
	}
	status, body = d.get(d.Head, "/people")
	expect(t, "people", status, 200, body, "4 pupils are on the roll.", "10A", "9x/Ma1")
	if strings.Contains(body, "Ann Bell") {
		t.Error("a pupil's name where none is needed")
	}

	status, body = d.upload(d.Head, "/people/import", list, nil)
	expect(t, "the same again", status, 200, body, "Nothing to change", "4 pupils stay as before")
	if strings.Contains(body, "/people/import/apply") {
		t.Error("a button for nothing")
	}
	again := fieldsOf(body)
	// Somebody else applies a list between preview and button.
	status, body = d.upload(d.Head, "/people/import", strings.Replace(list, "Ann", "Anna", 1), nil)
	expect(t, "another list", status, 200, body, "1 pupil has a new name or year", "Ann Bell, 9", "Anna Bell, 9")
	status, body = d.upload(d.Head, "/people/import/apply", "", fieldsOf(body))
	expect(t, "applied first", status, 303, body)
	status, body = d.upload(d.Head, "/people/import/apply", "", again)
	expect(t, "too late", status, 409, body, "nothing was applied", "1 pupil has a new name or year")
}

func TestImportBrake(t *testing.T) {
	d := newDesk(t)
	_, body := d.upload(d.Head, "/people/import", list, nil)
	status, body := d.upload(d.Head, "/people/import/apply", "", fieldsOf(body))
	expect(t, "first", status, 303, body)
	short := strings.Replace(list, "4,Di,Eve,10,10A,,N\r\n", "", 1)
	status, body = d.upload(d.Head, "/people/import", short, nil)
	expect(t, "one of four leaves", status, 200, body, "B01", "How many pupils will leave?", "1 pupil has left", "Di Eve", "1 end because")
	form := fieldsOf(body)
	status, body = d.upload(d.Head, "/people/import/apply", "", form)
	expect(t, "without the number", status, 422, body, "type the number", "One of 4 pupils would leave")
	form = fieldsOf(body)
	form.Set("leavers", "1")
	status, body = d.upload(d.Head, "/people/import/apply", "", form)
	expect(t, "with the number", status, 303, body)
	if d.roll() != "Ann Bo Cy" {
		t.Error(d.roll())
	}

	// A form that is being asked cannot be emptied, not even by somebody who may not see the round.
	admin := d.Staff("Ada Min", access.Administrator)
	groups, err := roster.NewStore(d.DB).Groups(ctx, d.School.School.SchoolID, roster.Form)
	testkit.Must(t, err)
	d.Open(d.Form(d.Survey("first_say"), groups))
	status, body = d.upload(admin, "/people/import", strings.Replace(short, "9B", "9A", 1), nil)
	expect(t, "an asked form", status, 200, body, "B02", "9B is being asked in a round right now", "Something stops this list")
	if strings.Contains(body, "/people/import/apply") {
		t.Error("it could be applied")
	}
	status, body = d.upload(admin, "/people/import/apply", "", fieldsOf(body))
	expect(t, "all the same", status, 409, body, "would lose all their pupils: 9B")
}

func TestImportColumnsByHand(t *testing.T) {
	d := newDesk(t)
	status, body := d.upload(d.Head, "/people/import", "Key,A,B,Group\n1,Ann,Bell,9A\n", nil)
	expect(t, "unknown headings", status, 200, body, "H01", "Which column holds what", "Found: Key, A, B, Group", "Read the list again")
	form := fieldsOf(body)
	for f, column := range map[string]string{"id": "0", "given": "1", "family": "2", "form": "3"} {
		form.Set("map-"+f, column)
	}
	status, body = d.upload(d.Head, "/people/import", "", form)
	expect(t, "with columns", status, 200, body, "1 pupil is new", "Apply 1 change")
	status, body = d.upload(d.Head, "/people/import/apply", "", fieldsOf(body))
	expect(t, "applied", status, 303, body)
	if d.roll() != "Ann" {
		t.Error(d.roll())
	}
	for name, file := range map[string]string{"a workbook": "PK\x03\x04", "nothing": "\n", "only headings": "id,name,year\n", "too large": strings.Repeat("x,", 3<<20)} {
		if status, body = d.upload(d.Head, "/people/import", file, nil); status != 200 && status != 422 {
			t.Errorf("%s: %d %.200s", name, status, body)
		}
	}
}

// Five megabytes of a list come through preview and back under the limit on requests.
func TestImportOfALargeFile(t *testing.T) {
	d := newDesk(t)
	var b strings.Builder
	b.WriteString("id,Forename,Surname,Year,Form,Notes\n")
	for i := 0; b.Len() < 5<<20-400; i++ {
		fmt.Fprintf(&b, "%d,P%d,Q%d,%d,%d%c,%0200d\n", i, i, i*7919, 7+i%5, 7+i%5, 'A'+rune(i%9), i*i)
	}
	status, body := d.upload(d.Head, "/people/import", b.String(), nil)
	if status != 200 && status != 422 {
		t.Fatal(status)
	}
	if len(body) > 5<<20 {
		t.Errorf("the preview has %d bytes", len(body))
	}
	status, body = d.upload(d.Head, "/people/import/problems", "", fieldsOf(body))
	expect(t, "carried back", status, 200, body, "F03")
}

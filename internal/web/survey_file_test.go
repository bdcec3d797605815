package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"earshot/internal/ask/survey"
	"earshot/internal/exchange/xlsform"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/testkit"
)

// upload sends a survey file as the page at /surveys does.
func (s *server) upload(who access.Actor, name string, data []byte, fields map[string]string) (*http.Response, string) {
	s.T.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	testkit.Must(s.T, form.WriteField("from", "file"))
	for k, v := range fields {
		testkit.Must(s.T, form.WriteField(k, v))
	}
	w, err := form.CreateFormFile("file", name)
	testkit.Must(s.T, err)
	_, err = w.Write(data)
	testkit.Must(s.T, err)
	testkit.Must(s.T, form.Close())
	req, err := http.NewRequest("POST", s.http.URL+"/surveys", &b)
	testkit.Must(s.T, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.AddCookie(s.as(who))
	res, err := noRedirect.Do(req)
	testkit.Must(s.T, err)
	defer res.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(res.Body)
	testkit.Must(s.T, err)
	return res, body.String()
}

// xlsForm makes a workbook of rows by sheets.
func xlsForm(t *testing.T, sheets map[string][][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for name, rows := range sheets {
		_, err := f.NewSheet(name)
		testkit.Must(t, err)
		for i, cells := range rows {
			for j, c := range cells {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				testkit.Must(t, err)
				testkit.Must(t, f.SetCellStr(name, at, c))
			}
		}
	}
	var b bytes.Buffer
	_, err := f.WriteTo(&b)
	testkit.Must(t, err)
	return b.Bytes()
}

func formOfOthers() map[string][][]string {
	return map[string][][]string{
		"survey": {
			{"type", "name", "label::English (en)", "label::Polski (pl)", "required", "theirs"},
			{"select_one lunch", "lunch", "What do you do for lunch?", "Co robisz na obiad?", "yes", "kept"},
			{"", "", "", "", "", "a remark"},
		},
		"choices": {
			{"list_name", "name", "label::English (en)", "label::Polski (pl)"},
			{"lunch", "canteen", "I eat in the canteen", "Jem w stołówce"},
			{"lunch", "packed", "I bring my own", ""},
		},
	}
}

// A form of another program comes in with its translations as drafts, and goes out as it was; a ready survey too.
func TestFormsOfOtherProgramsComeInAndGoOut(t *testing.T) {
	ctx := context.Background()
	s := newServer(t)
	st := survey.NewStore(s.DB)
	res, body := s.upload(s.Head, "Lunch_time.xlsx", xlsForm(t, formOfOthers()), map[string]string{"file_audience": "parent", "file_about": "home"})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", res.StatusCode, body)
	}
	path := res.Header.Get("Location")
	id := strings.TrimPrefix(path, "/surveys/")
	sv, err := st.Find(ctx, s.Head, id)
	testkit.Must(t, err)
	doc, err := sv.Doc()
	testkit.Must(t, err)
	q := doc.Questions()[0]
	if doc.Title != "Lunch time" || doc.Audience != "parent" || q.About != "home" || q.Item != "own_lunch" || len(q.Options) != 2 {
		t.Errorf("read %+v", doc)
	}
	all, err := st.Translations(ctx, s.School.School.SchoolID, id)
	testkit.Must(t, err)
	if len(all) != 1 || all[0].Language != "pl" || all[0].IsApproved() || len(all[0].Said()) != 2 {
		t.Errorf("translations %+v", all)
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 10)
	testkit.Must(t, err)
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Action)
	}
	if !slices.Contains(actions, "survey.add") || !slices.Contains(actions, "survey.translate") {
		t.Errorf("the audit has %v", actions)
	}
	_, body = s.do("GET", path, s.as(s.Head), nil)
	if body = unescaped(body); !strings.Contains(body, "Required is taken as a gentle reminder") || !strings.Contains(body, path+"/file?as=xlsx") {
		t.Error("the page does not say what was different, or does not offer the file")
	}

	// What is asked is frozen without the rest of the file.
	v, err := st.Freeze(ctx, s.Head, id)
	testkit.Must(t, err)
	if strings.Contains(v.Document, "a remark") || strings.Contains(v.Document, "kept") || v.Hash != doc.Hash() {
		t.Errorf("asked is %s", v.Document)
	}
	if again, err := st.Freeze(ctx, s.Head, id); err != nil || again.Number != v.Number {
		t.Errorf("frozen twice: %v %v", again.Number, err)
	}

	res, body = s.do("GET", path+"/file?as=xlsx", s.as(s.Head), nil)
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Disposition"), `"lunch-time.xlsx"`) {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	f, err := excelize.OpenReader(strings.NewReader(body))
	testkit.Must(t, err)
	rows, err := f.GetRows("survey")
	testkit.Must(t, err)
	for i, want := range formOfOthers()["survey"] {
		if !slices.Equal(rows[i], want) {
			t.Errorf("row %d is %q", i+1, rows[i])
		}
	}
	choices, err := f.GetRows("choices")
	testkit.Must(t, err)
	if choices[2][3] != "I bring my own" {
		t.Errorf("a choice without a translation stands in Polish as %q", choices[2][3])
	}
	form, problems := xlsform.Read([]byte(body), s.Bank, xlsform.Options{})
	if len(problems) > 0 || form.Document.Hash() != doc.Hash() || len(form.Translations["pl"]) != 2 {
		t.Errorf("%v, %v", problems, form.Translations)
	}

	// A ready survey as both files.
	ready := "/surveys/" + s.Survey("first_say").ID + "/file"
	for query, begins := range map[string]string{"": "survey:", "?as=xlsx": "PK\x03\x04"} {
		if res, body := s.do("GET", ready+query, s.as(s.Head), nil); res.StatusCode != http.StatusOK || !strings.HasPrefix(body, begins) {
			t.Errorf("%s: %d %.60q", query, res.StatusCode, body)
		}
	}
}

// A file that will not do says where, keeps what was chosen beside it, and leaves nothing behind.
func TestFormsThatWillNotDo(t *testing.T) {
	s := newServer(t)
	wrong := formOfOthers()
	wrong["survey"] = append(wrong["survey"], []string{"geopoint", "where", "Where are you?"}, []string{"begin_repeat", "again", "Again"})
	before, err := survey.NewStore(s.DB).List(context.Background(), s.Head)
	testkit.Must(t, err)
	for _, c := range []struct {
		name string
		data []byte
		says []string
	}{
		{"form.xlsx", xlsForm(t, wrong), []string{"There are 3 things to change:", "Sheet survey, row 4, column A (type): The type geopoint collects where somebody is",
			"Sheet survey, row 5, column A (type): Questions that repeat cannot be asked here", "The group that begins here has no end_group.", `<option value="parent" selected>`, `<option value="me" selected>`}},
		{"old.xls", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 512)...), []string{"There is one thing to change:", "This is an old Excel file (.xls)."}},
		{"empty.xlsx", nil, []string{"The file is empty."}},
		{"odd.xlsx", []byte("not a workbook"), []string{"This is no Excel workbook (.xlsx)."}},
		{"survey.yaml", []byte("survey:\n  title: x\n"), []string{"line 2: survey: audience is missing"}},
	} {
		res, body := s.upload(s.Head, c.name, c.data, map[string]string{"file_audience": "parent", "file_about": "me"})
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", c.name, res.StatusCode)
		}
		for _, want := range c.says {
			if !strings.Contains(unescaped(body), want) {
				t.Errorf("%s does not say %q:\n%s", c.name, want, unescaped(body))
			}
		}
	}
	after, err := survey.NewStore(s.DB).List(context.Background(), s.Head)
	testkit.Must(t, err)
	if len(after) != len(before) {
		t.Error("half a survey was left behind")
	}
}

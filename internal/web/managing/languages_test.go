package managing_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/language"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// asShown is the form of a language as the page shows it, with who has read it.
func asShown(d *desk, code string) url.Values {
	texts := language.Texts(d.Bank, code)
	f := url.Values{"hash": {language.Hash(texts)}, "reader": {"Ewa Nowak"}, "role": {"speaks Polish at home"}, "named": {"yes"}, "read_all": {"yes"}, "do": {"approve"}}
	for _, t := range texts {
		f.Set(t.Name(), t.Said)
	}
	return f
}

func TestWhoMayLookAtLanguagesAndApprove(t *testing.T) {
	d := newDesk(t)
	for _, role := range access.Roles {
		who := d.Staff("Sam "+string(role), role)
		looks := role == access.Head || role == access.Leader || role == access.Administrator
		for _, path := range []string{"/school/languages", "/school/languages/ur", "/school/languages/ur/paper"} {
			status, body := d.get(who, path)
			if (status == http.StatusOK) != looks {
				t.Errorf("%s, %s: %d", role, path, status)
			}
			if strings.HasSuffix(path, "/ur") && strings.Contains(body, "<textarea") != (role == access.Head || role == access.Leader) {
				t.Errorf("%s: boxes to write in", role)
			}
		}
		status, _ := d.post(who, "/school/languages/ur", asShown(d, "ur"))
		if (status == http.StatusSeeOther) != (role == access.Head || role == access.Leader) {
			t.Errorf("%s approves: %d", role, status)
		}
	}
	for _, code := range []string{"en", "xx", "pt-PT"} {
		if status, _ := d.get(d.Head, "/school/languages/"+code); status != http.StatusNotFound {
			t.Errorf("%s: %d", code, status)
		}
		if status, _ := d.post(d.Head, "/school/languages/"+code, asShown(d, "ur")); status != http.StatusNotFound {
			t.Errorf("%s: %d", code, status)
		}
	}
}

func TestALanguageIsReadCorrectedApprovedAndTakenBack(t *testing.T) {
	d := newDesk(t)
	st := language.NewStore(d.DB, d.Bank)
	approved := func(want ...string) {
		t.Helper()
		got, err := st.Approved(ctx, d.School.School.SchoolID)
		testkit.Must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("offered: %v, want %v", got, want)
		}
	}
	status, body := d.get(d.Head, "/school/languages")
	expect(t, "list", status, http.StatusOK, body, "Urdu", "اردو", "Nobody has read it yet, so it is not offered.", "drafted by machine")
	if n := strings.Count(body, "Nobody has read it yet"); n != 11 {
		t.Errorf("%d languages nobody has read, want 11", n)
	}
	status, body = d.get(d.Head, "/school/languages/ur")
	expect(t, "one", status, http.StatusOK, body, `lang="ur" dir="rtl"`, "drafted by machine", "The promise to pupils of 7 to 10", "کسی سے بات کریں")

	f := asShown(d, "ur")
	f.Set("do", "save")
	f.Set("thanks_5_7", "بہت شکریہ!\r\n")
	status, body = d.post(d.Head, "/school/languages/ur", f)
	expect(t, "draft", status, http.StatusSeeOther, body)
	_, body = d.get(d.Head, "/school/languages/ur")
	expect(t, "a draft is kept", 200, 200, body, "A draft is kept, of 5 October 2026", ">بہت شکریہ!<", "1 sentence is in your school's own words", "It came as: شکریہ! ہم آپ کو بتائیں گے")
	approved()

	// What is wrong is marked, and nothing that was typed is lost.
	f.Set("do", "approve")
	f.Del("read_all")
	f.Set("helper.silent", "کچھ نہیں")
	status, body = d.post(d.Head, "/school/languages/ur", f)
	expect(t, "refused", status, http.StatusUnprocessableEntity, body, "Only somebody who has read every text", "The parts in braces have to stay", ">کچھ نہیں<", ">بہت شکریہ!<", `value="Ewa Nowak"`)
	approved()

	f = asShown(d, "ur")
	f.Set("thanks_5_7", "بہت شکریہ!")
	status, body = d.post(d.Head, "/school/languages/ur", f)
	expect(t, "approved", status, http.StatusSeeOther, body)
	approved("ur")
	_, body = d.get(d.Head, "/school/languages/ur")
	expect(t, "approved", 200, 200, body, "Offered. Read by Ewa Nowak (speaks Polish at home), 5 October 2026.", "Stop offering Urdu")
	_, body = d.get(d.Head, "/school/languages/ur/paper")
	expect(t, "paper", 200, 200, body, "بہت شکریہ!", "Ewa Nowak")
	_, body = d.get(d.Head, "/school/audit")
	expect(t, "trail", 200, 200, body, "Approved a language", "Urdu, Ewa Nowak")

	// The texts that were read are made others, as an update would.
	testkit.Must(t, d.DB.Write(ctx).Exec(`UPDATE language_readings SET hash = 'older', texts = replace(texts, '"thanks_5_7":"', '"thanks_5_7":"0')`).Error)
	approved()
	_, body = d.get(d.Head, "/school/languages")
	expect(t, "changed", 200, 200, body, "Not offered: 1 text has changed since Ewa Nowak read it, 5 October 2026.")
	_, body = d.get(d.Head, "/school/languages/ur")
	expect(t, "changed", 200, 200, body, "Changed since it was read")
	if n := strings.Count(body, "Changed since it was read"); n != 1 {
		t.Errorf("%d texts are marked as changed", n)
	}

	status, body = d.post(d.Head, "/school/languages/ur", asShown(d, "ur"))
	expect(t, "approved again", status, http.StatusSeeOther, body)
	approved("ur")
	status, body = d.post(d.Head, "/school/languages/ur", url.Values{"do": {"take_back"}})
	expect(t, "taken back", status, http.StatusSeeOther, body)
	approved()
	status, body = d.post(d.Head, "/school/languages/ur", url.Values{"do": {"approve"}, "hash": {"of an older page"}, "reader": {"E"}, "role": {"r"}, "named": {"yes"}, "read_all": {"yes"}})
	expect(t, "an older page", status, http.StatusConflict, body, "The texts have changed since you opened this page")
}

// The form of the language with the longest bytes has to fit into what the server takes.
func TestTheFormIsSmallEnough(t *testing.T) {
	d := newDesk(t)
	for _, code := range []string{"pa", "bn", "ur", "ar", "uk"} {
		if size := len(asShown(d, code).Encode()); size > 400<<10 {
			t.Errorf("%s: %s", code, fmt.Sprintf("%d bytes", size))
		} else {
			t.Logf("%s: %d bytes", code, size)
		}
	}
}

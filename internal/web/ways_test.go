package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestPaperIsTypedInByThoseWhoMay(t *testing.T) {
	s := newServer(t)
	deputy, tutor := s.Staff("Nell Ford", access.SafeguardingDeputy), s.Staff("Ivo Hart", access.Teacher, access.SafeguardingDeputy)
	groups := s.Forms("9A 27, 9B 28")
	testkit.Must(t, roster.NewStore(s.DB).Teach(context.Background(), s.Head, groups[0].ID, []string{tutor.Person}))
	r := s.Open(s.Form(s.Survey("first_say"), groups))
	codes := s.Slips(r)
	q := s.Doc(r).Questions()[2]
	typed := func(code string, pairs ...string) url.Values {
		form := url.Values{"code": {code}, "receipt": {"r " + code}, "language": {"en"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	good := []string{q.ID, q.Options[1].ID, "compared", "8", "different", "1"}
	for _, c := range []struct {
		name   string
		who    access.Actor
		form   url.Values
		status int
		state  string
	}{
		{"the head", s.Head, typed(codes["9A"][0], good...), http.StatusForbidden, ""},
		{"a look before typing", deputy, typed(codes["9A"][0], "look", "1"), http.StatusOK, `"ready"`},
		{"the tutor of the class", tutor, typed(codes["9A"][0], "look", "1"), http.StatusForbidden, `"own_class"`},
		{"the tutor, without looking first", tutor, typed(codes["9A"][0], good...), http.StatusForbidden, `"own_class"`},
		{"the tutor of another class", tutor, typed(codes["9B"][0], good...), http.StatusOK, `"stored"`},
		{"no such code", deputy, typed("ABCDEFGH1234", good...), http.StatusNotFound, `"unknown_code"`},
		{"an answer that is not there", deputy, typed(codes["9A"][0], q.ID, "chips"), http.StatusUnprocessableEntity, "question 3 will not do"},
		{"a good sheet", deputy, typed(codes["9A"][0], good...), http.StatusOK, `"stored"`},
		{"the same sending again", deputy, typed(codes["9A"][0], good...), http.StatusOK, `"stored"`},
		{"the same sheet again", deputy, typed(codes["9A"][0], "look", "1"), http.StatusConflict, `"spent"`},
		{"the same sheet, without looking first", deputy, typed(codes["9A"][0], "receipt", "another"), http.StatusConflict, `"spent"`},
	} {
		res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(c.who), c.form)
		if res.StatusCode != c.status || !strings.Contains(body, c.state) {
			t.Errorf("%s: %d %s", c.name, res.StatusCode, body[:min(200, len(body))])
		}
	}
	twice, err := s.collector.TypedTwice(context.Background(), r)
	if err != nil || twice.Sheets != 2 || twice.Answers != 16 || twice.Different != 2 {
		t.Errorf("typed twice: %+v, %v", twice, err)
	}
	if _, body := s.do("GET", "/rounds/"+r.ID+"/typing", s.as(deputy), nil); strings.Contains(body, codes["9A"][1]) || !strings.Contains(body, "2 of 16 answers") {
		t.Error("the page knows codes, or not how the typing went")
	}
	s.CloseAndSettle(r)
	if res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(deputy), typed(codes["9A"][1], good...)); res.StatusCode != http.StatusGone {
		t.Errorf("after settling: %d %s", res.StatusCode, body)
	}
}

// Who sees what of the ways to answer: teachers are in the room, safeguarding staff type, leaders print.
func TestWaysToAnswer(t *testing.T) {
	s := newServer(t)
	teacher, deputy, governor := s.Staff("Lena Brandt", access.Teacher), s.Staff("Nell Ford", access.SafeguardingDeputy), s.Staff("Win Acht", access.Governor)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	const screen, typing, class, hands = "Screen for the room", "Type in paper", "Print paper sheets", "Count hands"
	expect := func(who access.Actor, want ...string) {
		t.Helper()
		res, body := s.do("GET", "/rounds/"+r.ID+"/ways", s.as(who), nil)
		if len(want) == 0 {
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", who.Name, res.StatusCode)
			}
			return
		}
		for _, text := range []string{screen, typing, class, hands} {
			shall := false
			for _, w := range want {
				shall = shall || w == text
			}
			if strings.Contains(body, text) != shall {
				t.Errorf("%s, %s: %q is there: %v", who.Name, r.State, text, !shall)
			}
		}
	}
	expect(s.Head, screen, class, hands)
	expect(deputy, screen, typing, hands)
	expect(teacher, screen, hands)
	expect(governor)
	var err error
	r, err = s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	expect(deputy, typing, hands)
	expect(teacher)
	if res, _ := s.do("GET", "/rounds/"+r.ID+"/paper", s.as(s.Head), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a sheet of a closed round: %d", res.StatusCode)
	}
	r, err = collecting.Settle(context.Background(), s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	expect(deputy)
	// Every question of this one is about the class, so nothing is asked aloud.
	r = s.Open(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24, 10/En2 25", teacher)))
	expect(s.Head, screen, class)
	expect(teacher, screen)
}

// speaks has somebody read the words around the questions in a language, and approves questions that say which it is.
func (s *server) speaks(sv survey.Survey, code string) {
	s.T.Helper()
	ctx, st := context.Background(), survey.NewStore(s.DB)
	read := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, code))}
	testkit.Must(s.T, language.NewStore(s.DB, s.Bank).Save(ctx, s.Head, code, language.Approved, read))
	doc, err := sv.Doc()
	testkit.Must(s.T, err)
	said := map[string]string{}
	for _, w := range doc.Words() {
		said[w.Key] = "[" + code + "] " + w.Text
	}
	testkit.Must(s.T, st.Translate(ctx, s.Head, sv.ID, code, said))
	testkit.Must(s.T, st.Approve(ctx, s.Head, sv.ID, code, "Nusrat Malhi"))
}

var sheetOf = regexp.MustCompile(`(?s)<article class="form" lang="([a-z]+)[^"]*" dir="([a-z]+)".*?<bdi dir="ltr"><b>(\w+)</b> <b>(\w+)</b> <b>(\w+)</b> </bdi>(.*?)</article>`)

// A class gets sheets in the languages it reads, in one print: each print makes the slips before it void.
func TestSheetsOfAClassInSeveralLanguages(t *testing.T) {
	s := newServer(t)
	deputy := s.Staff("Nell Ford", access.SafeguardingDeputy)
	sv := s.Survey("first_say")
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	head := s.as(s.Head)
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	unit := units[slices.IndexFunc(units, func(u round.Unit) bool { return u.Name == "9A" })].ID
	if _, body := s.do("GET", "/rounds/"+r.ID+"/ways", head, nil); strings.Contains(body, `name="lang"`) || strings.Contains(body, `name="in-`) {
		t.Error("there is one language, and the form asks for it")
	}
	ready := func(code string) bool {
		res, body := s.do("POST", "/rounds/"+r.ID+"/typing", s.as(deputy), url.Values{"code": {code}, "look": {"1"}})
		return res.StatusCode == http.StatusOK && strings.Contains(body, `"ready"`)
	}
	before := s.Slips(r)["9A"][0]
	s.speaks(sv, "ur")
	s.speaks(sv, "ar")
	_, body := s.do("GET", "/rounds/"+r.ID+"/ways", head, nil)
	for _, want := range []string{"9A, 30 sheets (its slips become void)", `name="in-en" value="0"`, `name="in-ur" value="0"`, `name="in-ar" value="0"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the form does not say %s", want)
		}
	}
	print := func(pairs ...string) (int, string) {
		form := url.Values{"format": {"paper"}, "unit": {unit}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		res, body := s.do("POST", "/rounds/"+r.ID+"/slips", head, form)
		return res.StatusCode, body
	}
	for _, c := range []struct {
		typed []string
		says  string
	}{
		{[]string{"lang", "en", "in-ur", "-1", "in-ar", "4"}, "Urdu: write a whole number"},
		{[]string{"lang", "en", "in-ur", "two", "in-ar", "4"}, "Urdu: write a whole number"},
		{[]string{"lang", "en", "in-ur", "2.5", "in-ar", "4"}, "Urdu: write a whole number"},
		{[]string{"lang", "en", "in-ur", "27", "in-ar", "4"}, "It has 30 sheets in all"},
		{[]string{"lang", "ur", "in-ur", "5", "in-ar", "4"}, "Most sheets are in Urdu already."},
		{[]string{"lang", "pl", "in-ur", "5", "in-ar", "4"}, "Nothing was printed. Choose again."},
		{[]string{"lang", "en", "in-pl", "5", "in-ar", "4"}, "Nothing was printed. Choose again."},
	} {
		status, body := print(c.typed...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) {
			t.Errorf("%v: %d, which does not say %q", c.typed, status, c.says)
		}
		if !strings.Contains(body, `<option value="`+unit+`" selected>`) || !strings.Contains(body, `name="in-ar" value="4"`) {
			t.Errorf("%v: what was typed is lost", c.typed)
		}
		if !ready(before) {
			t.Fatalf("%v: the slips are void although nothing was printed", c.typed)
		}
	}

	for _, c := range []struct {
		typed []string
		want  []string // language, direction and how many, in the order of the print
	}{
		{[]string{"lang", "en", "in-en", "0", "in-ur", " 5 ", "in-ar", "3"}, []string{"en ltr 22", "ar rtl 3", "ur rtl 5"}},
		{[]string{"lang", "ar", "in-en", "4"}, []string{"ar rtl 26", "en ltr 4"}},
		{[]string{"lang", "en", "in-ur", "30"}, []string{"ur rtl 30"}},
		{nil, []string{"en ltr 30"}},
	} {
		status, body := print(c.typed...)
		if status != http.StatusOK {
			t.Fatalf("%v: %d", c.typed, status)
		}
		var got []string
		last, codes, n := "", map[string]bool{}, 0
		for _, m := range sheetOf.FindAllStringSubmatch(body, -1) {
			if in := m[1] + " " + m[2]; in != last {
				got, last, n = append(got, ""), in, 0
			}
			n++
			got[len(got)-1] = fmt.Sprintf("%s %d", last, n)
			codes[m[3]+m[4]+m[5]] = true
			for _, code := range []string{"ur", "ar"} {
				if strings.Contains(m[6], "["+code+"] ") != (code == m[1]) {
					t.Errorf("%v: a sheet in %s has words in %s, or lacks its own", c.typed, m[1], code)
				}
			}
		}
		if !slices.Equal(got, c.want) || len(codes) != 30 {
			t.Errorf("%v: printed %v with %d codes, want %v", c.typed, got, len(codes), c.want)
		}
		void := 0
		for code := range codes {
			if !ready(code) {
				void++
			}
		}
		if void > 0 || ready(before) {
			t.Errorf("%v: %d of the codes are void, the slip before is valid: %v", c.typed, void, ready(before))
		}
		for code := range codes {
			before = code
		}
	}
}

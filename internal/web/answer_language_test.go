package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"earshot/internal/base/words"
)

// Whoever chose a language reads in it also what comes back, whatever their browser asks for: the browser of this test asks
// for none, so that without the choice the page would be English.
func TestChosenLanguageStaysAfterSend(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_say")
	s.speaks(sv, "cy")
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	address := "/a/" + r.Code
	_, body := s.do("GET", address+"?lang=cy&both=1", nil, nil)
	form := url.Values{"code": {"ABCDEFGH1234"}}
	for _, field := range []string{`name="lang" value="cy"`, `name="both" value="1"`} {
		if !strings.Contains(body, field) {
			t.Fatalf("the page has no %s", field)
		}
	}
	form.Set("lang", "cy")
	form.Set("both", "1")
	res, body := s.do("POST", address, nil, form)
	if res.StatusCode != http.StatusNotFound || !strings.Contains(body, `<html lang="cy`) || !strings.Contains(body, `class="also" lang="en`) {
		t.Errorf("a code that is unknown: %d, not in Welsh with English beside it", res.StatusCode)
	}
	form.Set("code", s.Slips(r)["9A"][0])
	res, body = s.do("POST", address, nil, form)
	if want := words.In("cy").Say("answer.thanks"); want == words.In("en").Say("answer.thanks") || res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("sent: %d, without %q", res.StatusCode, want)
	}
}

// The page on which somebody writes to an adult is in the language they read, on the way there and after sending.
func TestWritingToSomebodyKeepsTheLanguage(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_say")
	s.speaks(sv, "pt")
	r := s.Open(s.Form(sv, s.Forms("9A 27")))
	pt, address := words.In("pt"), "/a/"+r.Code+"/talk?lang=pt"
	if _, body := s.do("GET", "/a/"+r.Code+"?lang=pt", nil, nil); !strings.Contains(body, `href="`+address+`" target="_blank">`+pt.Say("talk.link")) {
		t.Error("the survey in Portuguese has no link to the page in Portuguese")
	}
	_, body := s.do("GET", address, nil, nil)
	for _, want := range []string{`<html lang="pt-PT"`, pt.Say("talk.lead"), pt.Say("talk.keep"), `action="` + address + `"`, `data-back="/a/` + r.Code + `?lang=pt"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for said, form := range map[string]url.Values{
		"talk.empty": {"to": {"team"}}, "talk.sent_no_name": {"words": {"Preciso de ajuda."}, "to": {"team"}},
	} {
		if _, body := s.do("POST", address, nil, form); !strings.Contains(body, pt.Say(said)) {
			t.Errorf("%s is not said in Portuguese", said)
		}
	}
}

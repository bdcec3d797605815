package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

var loaded = regexp.MustCompile(`<(?:script|link|img)[^>]*\s(?:src|href)="([^"]*)"`)

// firstView is what a device loads before anybody can answer: bytes as they are sent, and requests.
func (s *server) firstView(address string) (total, requests int, html string) {
	s.T.Helper()
	get := func(address string) string {
		req, err := http.NewRequest("GET", s.http.URL+address, nil)
		testkit.Must(s.T, err)
		req.Header.Set("Accept-Encoding", "gzip")
		res, err := http.DefaultTransport.RoundTrip(req)
		testkit.Must(s.T, err)
		defer func() { _ = res.Body.Close() }()
		sent, err := io.ReadAll(res.Body)
		testkit.Must(s.T, err)
		z, err := gzip.NewReader(bytes.NewReader(sent))
		testkit.Must(s.T, err)
		plain, err := io.ReadAll(z)
		testkit.Must(s.T, err)
		if res.StatusCode != http.StatusOK {
			s.T.Fatalf("%s: %d", address, res.StatusCode)
		}
		total += len(sent)
		requests++
		return string(plain)
	}
	html = get(address)
	for _, m := range loaded.FindAllStringSubmatch(html, -1) {
		if !strings.HasPrefix(m[1], "data:") {
			get(m[1])
		}
	}
	return total, requests, html
}

// A phone's first flight of packets carries about 14 KB. Every ready survey fits into it in every language.
func TestReadySurveysFitInOneFlight(t *testing.T) {
	const most = 14336
	s := newServer(t)
	for _, l := range words.Languages()[1:] {
		f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, l.Code))}
		testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(context.Background(), s.Head, l.Code, language.Approved, f))
	}
	forms := s.Forms("9A 27, 9B 28")
	classes := s.Classes("English", "10/En1 24, 10/En2 25", s.Staff("Lena Brandt", access.Teacher))
	for _, ready := range s.Bank.Templates {
		f := s.Form(s.Survey(ready.ID), forms)
		switch {
		case ready.Audience == bank.Parents || ready.Audience == bank.Staff:
			f.Mode, f.Plan.Groups = round.OpenLink, nil
		case ready.ShownBy == "class":
			f = s.Form(s.Survey(ready.ID), classes)
		}
		r := s.Open(f)
		largest, size := "", 0
		for _, l := range words.Languages() {
			n, requests, html := s.firstView("/a/" + r.Code + "?lang=" + l.Code)
			if want := ready.Audience != bank.Staff; want != strings.Contains(html, `<html lang="`+l.Tag) && l.Code != "en" {
				t.Fatalf("%s is not in %s", ready.ID, l.Code)
			}
			if n > size {
				size, largest = n, l.Code
			}
			if n > most || requests > 3 {
				t.Errorf("%s in %s: %d bytes in %d requests", ready.ID, l.Code, n, requests)
			}
		}
		t.Logf("%s: %d questions, at most %d bytes (%s)", ready.ID, len(ready.Items), size, largest)
	}
	// A long survey of a school's own choice comes as near to that as can be.
	doc, _, problems := survey.FromTemplate(s.Bank, "how_is_learning")
	for _, i := range s.Bank.Items {
		if len(problems) > 0 || len(doc.Questions()) == 28 {
			break
		}
		if i.Audience == doc.Audience && i.About == bank.AboutSchool && !slices.ContainsFunc(doc.Questions(), func(q survey.Question) bool { return q.Item == i.ID }) {
			problems = doc.AddItem(s.Bank, "", i.ID)
		}
	}
	if len(problems) > 0 || len(doc.Questions()) != 28 {
		t.Fatal(len(doc.Questions()), problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	long := s.Open(s.Form(sv, forms))
	for _, l := range words.Languages() {
		n, _, _ := s.firstView("/a/" + long.Code + "?lang=" + l.Code)
		t.Logf("28 questions in %s: %d bytes", l.Code, n)
		if n > most+100 {
			t.Errorf("28 questions in %s take %d bytes", l.Code, n)
		}
	}
}

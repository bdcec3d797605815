package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
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

// most is what a phone's first flight of packets carries, in bytes.
const most = 14336

// Every ready survey fits into one flight in every language.
func TestReadySurveysFitInOneFlight(t *testing.T) {
	s := newServer(t)
	for _, l := range words.Languages()[1:] {
		f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, l.Code))}
		testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(context.Background(), s.Head, l.Code, language.Approved, f))
	}
	forms := s.Forms("9A 27, 9B 28")
	classes := s.Classes("English", "10/En1 24, 10/En2 25", s.Staff("Lena Brandt", access.Teacher))
	s.repliedBefore(t, forms)
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
		if n > most {
			t.Errorf("28 questions in %s take %d bytes", l.Code, n)
		}
	}
}

// The hardest survey that a school can be expected to make: 24 questions of its own in six parts, with rules, topics, a grid,
// a ranking and a number, translated, in every language.
func TestHardSurveysFitInOneFlight(t *testing.T) {
	s := newServer(t)
	often, _ := s.Bank.Scale("freq5")
	list := bank.Scale{Kind: bank.Choice}
	for i := range 5 {
		list.Options = append(list.Options, bank.Option{ID: fmt.Sprintf("o%d", i), Label: fmt.Sprintf("Something to choose %d", i)})
	}
	doc := survey.Document{Title: "A long one", Audience: bank.Pupils11to16, Language: "en-GB", Minutes: 8}
	for i := range 24 {
		section := fmt.Sprintf("s%d", i/4+1)
		if i%4 == 0 {
			section = doc.AddSection(fmt.Sprintf("Part %d", i/4+1), "")
		}
		own := survey.Own{Text: fmt.Sprintf("Question number %d, about something", i+1), About: bank.AboutSchool, Origin: survey.FromSchool, Scale: often}
		switch {
		case i%8 == 3:
			own.Scale, own.Type, own.AtMost = list, survey.TypeRanking, 3
		case i%8 == 6:
			own.Scale, own.Type = bank.Scale{}, survey.TypeNumber
			own.Max = 14
		case i == 12 || i == 13:
			own.Grid = "How often are these so?"
		}
		if i%3 == 2 {
			by := i // the number of the question before
			if before := (i - 1) % 8; before == 3 || before == 6 {
				by--
			}
			own.ShowIf = fmt.Sprintf("selected(${q%d}, '%s') or selected(${q1}, '%s')", by, often.Options[0].ID, often.Options[1].ID)
		}
		testkit.Must(t, problemsOf(doc.AddOwn(section, own)))
	}
	doc.Sections[1].ShowIf = "${q2} != '" + often.Options[0].ID + "'"
	doc.Choices = []survey.Choice{{ID: "c1", Text: "Choose your topics", Pick: 1, Draw: 1}}
	for i := 3; i < 6; i++ {
		doc.Sections[i].Choice = "c1"
	}
	testkit.Must(t, problemsOf(doc.Problems()))
	st := survey.NewStore(s.DB)
	sv, err := st.Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	for _, l := range words.Languages()[1:] {
		s.speaks(sv, l.Code)
		// Real sentences of the language, as long as questions and answers are: nothing is as easily compressed as what is made up.
		var long, short []string
		for key := range words.In(l.Code).Sentences() {
			said := words.In(l.Code).Say(key)
			switch n := utf8.RuneCountInString(said); {
			case strings.ContainsAny(said, "{<["), !strings.HasPrefix(key, "answer.") && !strings.HasPrefix(key, "keep.") && !strings.HasPrefix(key, "kiosk.") && !strings.HasPrefix(key, "look."):
			case n > 35 && n < 80:
				long = append(long, said)
			case n > 5 && n < 25:
				short = append(short, said)
			}
		}
		slices.Sort(long)
		slices.Sort(short)
		said := map[string]string{}
		for i, w := range doc.Words() {
			if from := long; utf8.RuneCountInString(w.Text) > 25 {
				said[w.Key] = from[i*7%len(from)]
			} else {
				said[w.Key] = short[i*7%len(short)]
			}
		}
		testkit.Must(t, st.Translate(context.Background(), s.Head, sv.ID, l.Code, said))
		testkit.Must(t, st.Approve(context.Background(), s.Head, sv.ID, l.Code, "Nusrat Malhi"))
	}
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	for _, l := range words.Languages() {
		n, requests, html := s.firstView("/a/" + r.Code + "?lang=" + l.Code)
		if !strings.Contains(html, "data-asks=") || !strings.Contains(html, `<html lang="`+l.Tag) {
			t.Fatalf("this is not the survey in %s", l.Code)
		}
		t.Logf("24 questions with rules and topics in %s: %d bytes", l.Code, n)
		if n > most || requests > 3 {
			t.Errorf("24 questions with rules and topics in %s take %d bytes in %d requests", l.Code, n, requests)
		}
	}
}

// repliedBefore lets every page open with what became of the last survey: three lines as long as they may be, in English and
// in the language whose letters take most.
func (s *server) repliedBefore(t *testing.T, forms []roster.Group) {
	t.Helper()
	ctx := context.Background()
	r, err := s.Rounds().Close(ctx, s.Head, s.Open(s.Form(s.Survey("first_belong"), forms)).ID)
	testkit.Must(t, err)
	r, err = collecting.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	st := action.NewStore(s.DB, s.Key, s.Bank)
	testkit.Must(t, st.SaveReply(ctx, s.Head, r, action.ReplyForm{LastHeard: "you are asked what you think of lessons and hear nothing of it later",
		LastDid: "a reply with a date on each survey, and a poster in every form room", LastWont: "a longer morning break this year, because buses cannot leave later"}))
	a, err := st.SaveAction(ctx, s.Head, r, "", action.Form{Answer: action.No, Heard: "A longer break.", Doing: "The buses cannot wait."})
	testkit.Must(t, err)
	testkit.Must(t, st.Publish(ctx, s.Head, r))
	testkit.Must(t, st.Translate(ctx, s.Head, r, "uk", "Olha", map[string]string{"last_heard": "вас питають, що ви думаєте про уроки, а потім ви не чуєте нічого",
		"last_did": "відповідь із датою на кожному опитуванні та плакат у кожному класі", "last_wont": "довшої перерви вранці, бо шкільні автобуси не можуть їхати пізніше",
		a.ID + ".heard": "Довша перерва.", a.ID + ".doing": "Автобуси не можуть чекати."}))
}

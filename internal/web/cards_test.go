package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// carded is a school whose first form has cards, and a round that asks both forms by name.
func carded(t *testing.T) (s *server, r round.Round, made []participation.Printed) {
	t.Helper()
	s = newServer(t)
	groups := s.Pupils(map[string]int{"1A": 6, "1B": 6})
	people, err := roster.NewStore(s.DB).Pupils(context.Background(), s.School.School.SchoolID)
	testkit.Must(t, err)
	var ids []string
	for _, p := range people {
		if strings.HasPrefix(p.Family, "1A") {
			ids = append(ids, p.ID)
		}
	}
	made, err = participation.NewStore(s.DB, s.Key).MakeCards(context.Background(), s.Head, ids)
	testkit.Must(t, err)
	return s, s.Open(s.Personal(round.Named, "first_say", groups)), made
}

func (s *server) door(r round.Round, form string) string {
	return "/c/" + r.Code + "/" + participation.NewStore(s.DB, s.Key).Door(r.ID, form)
}

// asks posts a form as a script does.
func (s *server) asks(path string, form url.Values) (status int, reply map[string]any) {
	s.T.Helper()
	req, err := http.NewRequest("POST", s.http.URL+path, strings.NewReader(form.Encode()))
	testkit.Must(s.T, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := noRedirect.Do(req)
	testkit.Must(s.T, err)
	defer res.Body.Close()
	testkit.Must(s.T, json.NewDecoder(res.Body).Decode(&reply))
	return res.StatusCode, reply
}

func TestACardLeadsToItsSurvey(t *testing.T) {
	s, r, made := carded(t)
	slip := s.SlipOf(r, roster.Person{SchoolID: r.SchoolID, ID: made[0].Person})
	if res, body := s.do("GET", "/c", nil, nil); res.StatusCode != 200 || !strings.Contains(body, "The code on your card") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page: %d", res.StatusCode)
	}
	typed := strings.ToLower(made[0].Code[:4]) + " " + made[0].Code[4:8] + "-" + made[0].Code[8:]
	res, _ := s.do("POST", "/c", nil, url.Values{"code": {typed}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/a/"+r.Code+"#"+slip {
		t.Errorf("one survey: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	// Whoever has no script has to type the slip's code, and reads it.
	if res, body := s.do("POST", "/c", nil, url.Values{"code": {typed}, "plain": {"1"}}); res.StatusCode != 200 || !strings.Contains(body, slip[:4]+" "+slip[4:8]+" "+slip[8:]) {
		t.Errorf("without script: %d", res.StatusCode)
	}
	status, reply := s.asks("/c", url.Values{"code": {made[0].Code}})
	if list, _ := reply["waiting"].([]any); status != 200 || len(list) != 1 || list[0].(map[string]any)["slip"] != slip {
		t.Errorf("with script: %d %v", status, reply)
	}
	f := s.Personal(round.Named, "first_belong", nil)
	f.Plan.Groups = r.Choices().Groups
	second := s.Open(f)
	res, body := s.do("POST", "/c", nil, url.Values{"code": {typed}})
	for _, one := range []round.Round{r, second} {
		own := s.SlipOf(one, roster.Person{SchoolID: r.SchoolID, ID: made[0].Person})
		if !strings.Contains(body, `href="/a/`+one.Code+"#"+own) || !strings.Contains(body, html.EscapeString(one.Title)) || !strings.Contains(body, own[:4]+" "+own[4:8]+" "+own[8:]) {
			t.Errorf("of two surveys, %s is not in the list: %d", one.Title, res.StatusCode)
		}
	}
}

func TestCardsThatOpenNothingAreAnsweredAlike(t *testing.T) {
	s, r, made := carded(t)
	st := participation.NewStore(s.DB, s.Key)
	void := made[1].Code
	_, err := st.MakeCards(context.Background(), s.Head, []string{made[1].Person})
	testkit.Must(t, err)
	slip := s.SlipOf(r, roster.Person{SchoolID: r.SchoolID, ID: made[2].Person})
	_, err = st.Spend(context.Background(), r.SchoolID, r.ID, []string{st.Hash(r.ID, slip)})
	testkit.Must(t, err)
	said := map[string]bool{}
	for _, typed := range []string{void, made[2].Code, "0000 0000 0000", "12", "<b>", "", made[0].Code[:11], slip} {
		res, body := s.do("POST", "/c", nil, url.Values{"code": {typed}})
		if res.StatusCode != http.StatusNotFound || !strings.Contains(body, "Nothing opens with this code now.") {
			t.Errorf("%q: %d", typed, res.StatusCode)
		}
		if typed != "" && !strings.Contains(body, `value="`+html.EscapeString(typed)+`"`) {
			t.Errorf("%q is lost", typed)
		}
		said[regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(body, "")] = true
		if status, reply := s.asks("/c", url.Values{"code": {typed}}); status != http.StatusNotFound || !strings.HasPrefix(reply["message"].(string), "Nothing opens") {
			t.Errorf("%q by script: %d %v", typed, status, reply)
		}
	}
	if len(said) != 1 {
		t.Errorf("answered in %d ways", len(said))
	}
}

var hidden = regexp.MustCompile(`name="taps" value="([^"]*)"`)

func TestADoorWithoutScript(t *testing.T) {
	s, r, made := carded(t)
	ann := made[0]
	door := s.door(r, ann.FormID)
	res, body := s.do("GET", door, nil, nil)
	if res.StatusCode != 200 || strings.Count(body, `name="tap"`) != 12 || !strings.Contains(body, "Tap your first picture.") || !strings.Contains(body, `aria-label="boat"`) {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	taps := ""
	for i, n := range ann.Pictures[:2] {
		res, body = s.do("POST", door, nil, url.Values{"taps": {taps}, "tap": {strconv.Itoa(n)}})
		taps = hidden.FindStringSubmatch(body)[1]
		if res.StatusCode != 200 || !strings.Contains(body, []string{"second picture", "third picture"}[i]) || !strings.Contains(body, `href="#pic-`+participation.Picture(n)) {
			t.Fatalf("tap %d: %d", i+1, res.StatusCode)
		}
		// Tapping the same picture again counts once.
		if _, body := s.do("POST", door, nil, url.Values{"taps": {taps}, "tap": {strconv.Itoa(n)}}); hidden.FindStringSubmatch(body)[1] != taps {
			t.Error("a picture counts twice")
		}
	}
	if _, body := s.do("POST", door, nil, url.Values{"taps": {taps}, "again": {"1"}}); hidden.FindStringSubmatch(body)[1] != "" || !strings.Contains(body, "first picture") {
		t.Error("nobody can start again")
	}
	res, _ = s.do("POST", door, nil, url.Values{"taps": {taps}, "tap": {strconv.Itoa(ann.Pictures[2])}})
	slip := s.SlipOf(r, roster.Person{SchoolID: r.SchoolID, ID: ann.Person})
	want := "/a/" + r.Code + "/shared?door=" + door[strings.LastIndex(door, "/")+1:] + "&ready=1#" + slip
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
		t.Errorf("three right pictures: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, body := s.do("GET", strings.Split(want, "#")[0], nil, nil); res.StatusCode != 200 || !strings.Contains(body, "data-shared") {
		t.Errorf("they lead to %d", res.StatusCode)
	}
	// Another form's door, another code of the round and a round that is over lead nowhere.
	wrong := strings.Join([]string{strconv.Itoa(ann.Pictures[0]), strconv.Itoa(ann.Pictures[2]), strconv.Itoa(ann.Pictures[1])}, "-")
	if taken(made, wrong) {
		wrong = "1-1-1"
	}
	res, body = s.do("POST", door, nil, url.Values{"taps": {wrong}})
	if res.StatusCode != http.StatusNotFound || !strings.Contains(body, "Nothing opens with these pictures.") || hidden.FindStringSubmatch(body)[1] != "" {
		t.Errorf("wrong pictures: %d", res.StatusCode)
	}
	for _, none := range []string{"/c/" + r.Code + "/00000000", "/c/" + r.Code + "/x", "/c/ZZZZZZ/" + door[len(door)-8:]} {
		if res, _ := s.do("GET", none, nil, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", none, res.StatusCode)
		}
	}
	anonymous := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	if res, _ := s.do("GET", s.door(anonymous, ann.FormID), nil, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a door of an anonymous round: %d", res.StatusCode)
	}
}

// taken says whether a card has three pictures.
func taken(made []participation.Printed, taps string) bool {
	for _, m := range made {
		if taps == strconv.Itoa(m.Pictures[0])+"-"+strconv.Itoa(m.Pictures[1])+"-"+strconv.Itoa(m.Pictures[2]) {
			return true
		}
	}
	return false
}

var (
	printedName = regexp.MustCompile(`<p class="own-head"><b>([^<]*)</b>`)
	printedCode = regexp.MustCompile(`<p class="own-code"><b>(\w{4})</b> <b>(\w{4})</b> <b>(\w{4})</b>`)
)

func TestPrintingCards(t *testing.T) {
	s, r, made := carded(t)
	head := s.as(s.Head)
	cards := "/rounds/" + r.ID + "/cards"
	form := func(id string) string {
		g, err := roster.NewStore(s.DB).Groups(context.Background(), r.SchoolID, roster.Form)
		testkit.Must(t, err)
		for _, one := range g {
			if one.Name == id {
				return one.ID
			}
		}
		return ""
	}
	res, body := s.do("GET", cards, head, nil)
	if res.StatusCode != 200 || !strings.Contains(body, "6 pupils have no card yet.") || !strings.Contains(body, "all 6 have a card") || !strings.Contains(body, s.door(r, form("1B"))) {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if res, body := s.do("POST", cards, head, nil); res.StatusCode != 422 || !strings.Contains(body, "Choose at least one class.") {
		t.Errorf("no class: %d", res.StatusCode)
	}
	if res, body := s.do("POST", cards, head, url.Values{"form": {form("1A")}}); res.StatusCode != 409 || !strings.Contains(body, "Nobody in these classes needs a card.") {
		t.Errorf("nobody without a card: %d", res.StatusCode)
	}
	res, body = s.do("POST", cards, head, url.Values{"form": {form("1A"), form("1B")}, "doors": {"1"}})
	names, codes := printedName.FindAllStringSubmatch(body, -1), printedCode.FindAllStringSubmatch(body, -1)
	if res.StatusCode != 200 || len(names) != 6 || len(codes) != 6 || !strings.HasPrefix(names[0][1], "Pupil 1B") || strings.Count(body, "For the adult who minds the tablet") != 1 || strings.Count(body, `class="pic"`) != 18 {
		t.Fatalf("%d: %d cards\n%s", res.StatusCode, len(names), body)
	}
	if res, _ := s.do("POST", "/c", nil, url.Values{"code": {strings.Join(codes[0][1:], "")}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a printed card: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", "/c", nil, url.Values{"code": {made[0].Code}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a card that was not printed again: %d", res.StatusCode)
	}
	if _, body := s.do("POST", cards, head, url.Values{"form": {form("1A")}, "again": {"1"}}); len(printedName.FindAllString(body, -1)) != 6 {
		t.Error("cards cannot be made anew")
	}
	if res, _ := s.do("POST", "/c", nil, url.Values{"code": {made[0].Code}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a card that was made anew: %d", res.StatusCode)
	}
	if res, _ := s.do("GET", cards, s.as(s.Staff("Tess Ode", access.Teacher)), nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("a teacher: %d", res.StatusCode)
	}
	anonymous := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27")))
	if res, _ := s.do("GET", "/rounds/"+anonymous.ID+"/cards", head, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("cards for an anonymous round: %d", res.StatusCode)
	}
}

// An answer by card arrives, is the pupil's own, and closes the card and the pictures for this survey.
func TestAnAnswerByCard(t *testing.T) {
	s, r, made := carded(t)
	_, reply := s.asks("/c", url.Values{"code": {made[3].Code}})
	slip := reply["waiting"].([]any)[0].(map[string]any)["slip"].(string)
	form := url.Values{"code": {slip}, "receipt": {strings.Repeat("ab", 16)}}
	q := s.Doc(r).Questions()[0]
	form.Set(q.ID, q.Options[0].ID)
	if status, reply := s.asks("/a/"+r.Code, form); status != 200 || reply["state"] != "stored" {
		t.Fatalf("%d %v", status, reply)
	}
	if status, _ := s.asks("/c", url.Values{"code": {made[3].Code}}); status != http.StatusNotFound {
		t.Errorf("the card still opens the survey: %d", status)
	}
	p := made[3].Pictures
	taps := strconv.Itoa(p[0]) + "-" + strconv.Itoa(p[1]) + "-" + strconv.Itoa(p[2])
	if status, _ := s.asks(s.door(r, made[3].FormID), url.Values{"taps": {taps}}); status != http.StatusNotFound {
		t.Errorf("the pictures still open it: %d", status)
	}
}

// Whoever opted out meets the same screens to the last: thanks with a number, a card and pictures that open nothing more, and a number
// that makes them open again.
func TestAReadingTaskLooksLikeTheSurvey(t *testing.T) {
	s, r, made := carded(t)
	testkit.Must(t, participation.NewStore(s.DB, s.Key).SetOut(context.Background(), s.Head, r, []string{made[3].Person}))
	q := s.Doc(r).Questions()[0]
	var seen [2][]string
	for i, card := range []participation.Printed{made[3], made[4]} {
		note := func(what ...any) { seen[i] = append(seen[i], fmt.Sprint(what...)) }
		_, reply := s.asks("/c", url.Values{"code": {card.Code}})
		slip := reply["waiting"].([]any)[0].(map[string]any)["slip"].(string)
		form := url.Values{"code": {slip}, "receipt": {strings.Repeat(string("ab"[i]), 32)}, q.ID: {q.Options[0].ID}}
		var number string
		for range 2 {
			status, reply := s.asks("/a/"+r.Code, form)
			thanks := reply["thanks"].(map[string]any)
			shown, ok := thanks["number"].(map[string]any)
			if !ok {
				t.Fatalf("no number: %v", reply)
			}
			number = ""
			for _, part := range shown["parts"].([]any) {
				number += part.(string)
			}
			delete(shown, "parts")
			note(status, reply)
		}
		status, reply := s.asks("/a/"+r.Code, url.Values{"code": {slip}, "receipt": {strings.Repeat("c", 32)}, q.ID: {q.Options[0].ID}})
		note(status, reply)
		p := card.Pictures
		taps := url.Values{"taps": {strconv.Itoa(p[0]) + "-" + strconv.Itoa(p[1]) + "-" + strconv.Itoa(p[2])}}
		opens := func() {
			status, reply := s.asks("/c", url.Values{"code": {card.Code}})
			note(status, reply["message"])
			status, _ = s.asks(s.door(r, card.FormID), taps)
			note(status)
		}
		opens()
		for range 2 {
			res, body := s.do("POST", "/a/"+r.Code+"/back", nil, url.Values{"number": {number}})
			note(res.StatusCode, strings.ReplaceAll(body, number, "N"))
		}
		opens()
	}
	if !slices.Equal(seen[0], seen[1]) {
		for i := range seen[0] {
			if seen[0][i] != seen[1][i] {
				t.Errorf("the reading task: %s\nthe survey: %s", seen[0][i], seen[1][i])
			}
		}
	}
	if !strings.HasPrefix(seen[0][3], "404") || seen[0][4] != "404" || !strings.HasPrefix(seen[0][len(seen[0])-2], "200") {
		t.Errorf("the card after Send, and after taking back: %q", seen[0])
	}
}

package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// tapped is three pictures as a form has them.
func tapped(p [3]int) url.Values {
	return url.Values{"taps": {strconv.Itoa(p[0]) + "-" + strconv.Itoa(p[1]) + "-" + strconv.Itoa(p[2])}}
}

// free are three pictures that nobody's card has.
func free(made []participation.Printed) [3]int {
	for a := 1; ; a++ {
		if try := [3]int{a, a + 1, a + 2}; !taken(made, tapped(try).Get("taps")) {
			return try
		}
	}
}

// Whoever tries pictures as a new device each time comes to an end, all at once or one by one; a tablet that has let a child in
// goes on, the doors of other classes do too, and an adult opens the door again.
func TestADoorShutsAfterWrongPictures(t *testing.T) {
	s, r, made := carded(t)
	door, wrong := s.door(r, made[0].FormID), tapped(free(made))
	res, _ := s.do("GET", door, nil, nil)
	var tablet *http.Cookie
	for _, c := range res.Cookies() {
		tablet = c
	}
	if tablet == nil || tablet.Path != door || !tablet.HttpOnly || tablet.SameSite != http.SameSiteStrictMode {
		t.Fatalf("the mark of a device is %+v", tablet)
	}
	if res, _ := s.do("POST", door, tablet, tapped(made[0].Pictures)); res.StatusCode != http.StatusSeeOther || len(res.Cookies()) > 0 {
		t.Fatalf("a child: %d %v", res.StatusCode, res.Cookies())
	}
	asked := 20
	replies := make(chan int, asked)
	for range asked {
		go func() {
			status, _ := s.asks(door, wrong)
			replies <- status
		}()
	}
	got := map[int]int{}
	for range asked {
		got[<-replies]++
	}
	if got[http.StatusNotFound] != 12 || got[http.StatusTooManyRequests] != 8 {
		t.Errorf("many at once: %v", got)
	}
	_, body := s.do("GET", door, nil, nil)
	if strings.Contains(body, `name="tap"`) || !strings.Contains(body, "An adult has to open this page again.") || !strings.Contains(body, `href="`+door+`/open"`) || !strings.Contains(body, `href="/c"`) {
		t.Errorf("a new device is shown %s", body)
	}
	if status, reply := s.asks(door, tapped(made[1].Pictures)); status != http.StatusTooManyRequests || reply["shut"] != true {
		t.Errorf("right pictures on a new device: %d %v", status, reply)
	}
	if res, _ := s.do("POST", door, tablet, tapped(made[1].Pictures)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the tablet is shut by others: %d", res.StatusCode)
	}
	for _, g := range r.Choices().Groups {
		if g != made[0].FormID {
			if status, _ := s.asks(s.door(r, g), wrong); status != http.StatusNotFound {
				t.Errorf("another class: %d", status)
			}
		}
	}
	// Nobody who is not signed in opens it, nor somebody of another door's address that is none.
	if res, _ := s.do("GET", door+"/open", nil, nil); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/sign-in?next=") {
		t.Errorf("nobody: %d", res.StatusCode)
	}
	teacher := s.as(s.Staff("Tess Ode", access.Teacher))
	if res, _ := s.do("GET", "/c/"+r.Code+"/00000000/open", teacher, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("no door: %d", res.StatusCode)
	}
	if _, body := s.do("GET", door+"/open", teacher, nil); !strings.Contains(body, "Open the door again") || !strings.Contains(body, "1A") {
		t.Errorf("the adult is shown %s", body)
	}
	if res, _ := s.do("POST", door+"/open", teacher, nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != door {
		t.Errorf("opening it: %d", res.StatusCode)
	}
	if res, _ := s.do("GET", door+"/open", teacher, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the adult stays signed in on the tablet: %d", res.StatusCode)
	}
	if status, _ := s.asks(door, tapped(made[2].Pictures)); status != http.StatusOK {
		t.Errorf("after it was opened: %d", status)
	}
}

// An adult who comes to open a door and goes back to the pictures is signed out before a child sees them.
func TestGoingBackToTheDoorSignsOut(t *testing.T) {
	s, r, made := carded(t)
	door := s.door(r, made[0].FormID)
	jar, err := cookiejar.New(nil)
	testkit.Must(t, err)
	here, err := url.Parse(s.http.URL)
	testkit.Must(t, err)
	jar.SetCookies(here, []*http.Cookie{s.as(s.Staff("Tess Ode", access.Teacher))})
	tablet := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string) int {
		res, err := tablet.Get(s.http.URL + path)
		testkit.Must(t, err)
		res.Body.Close()
		return res.StatusCode
	}
	if first, home := get(door), get("/me"); first != http.StatusOK || home != http.StatusOK {
		t.Fatalf("who only looks at a door stays signed in: %d %d", first, home)
	}
	if status := get(door + "/open"); status != http.StatusOK {
		t.Fatalf("the adult: %d", status)
	}
	if back, home := get(door), get("/me"); back != http.StatusOK || home != http.StatusSeeOther {
		t.Errorf("back at the door: %d, and still signed in: %d", back, home)
	}
}

// Pictures that nobody has and those of somebody who has answered are told apart by nothing.
func TestSpentPicturesTellNothing(t *testing.T) {
	s, r, made := carded(t)
	_, reply := s.asks("/c", url.Values{"code": {made[3].Code}})
	slip := reply["waiting"].([]any)[0].(map[string]any)["slip"].(string)
	s.asks("/a/"+r.Code, url.Values{"code": {slip}, "receipt": {strings.Repeat("ab", 16)}})
	door := s.door(r, made[0].FormID)
	_, spent := s.do("POST", door, nil, tapped(made[3].Pictures))
	_, wrong := s.do("POST", door, nil, tapped(free(made)))
	if spent != wrong || !strings.Contains(wrong, "Nothing opens with these pictures.") {
		t.Errorf("spent:\n%s\nwrong:\n%s", spent, wrong)
	}
}

// A card that comes too late leads to the page that says so, as a slip does; nobody is told that the code is wrong.
func TestACardComesTooLate(t *testing.T) {
	ctx := context.Background()
	for _, cancelled := range []bool{false, true} {
		s, r, made := carded(t)
		door, want := s.door(r, made[0].FormID), "This survey is closed"
		if cancelled {
			_, err := collecting.Cancel(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID, "Snow: the school is shut.")
			testkit.Must(t, err)
			want = "This survey was cancelled: Snow: the school is shut."
		} else {
			_, err := round.NewStore(s.DB, s.Key, s.Bank).Close(ctx, s.Head, r.ID)
			testkit.Must(t, err)
		}
		res, _ := s.do("POST", "/c", nil, url.Values{"code": {made[0].Code}})
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/a/"+r.Code {
			t.Errorf("cancelled %v, a card: %d %s", cancelled, res.StatusCode, res.Header.Get("Location"))
		}
		if status, reply := s.asks("/c", url.Values{"code": {made[0].Code}, "lang": {"en"}}); status != http.StatusGone || reply["over"] != "/a/"+r.Code+"?lang=en" {
			t.Errorf("cancelled %v, by script: %d %v", cancelled, status, reply)
		}
		if res, body := s.do("GET", "/a/"+r.Code, nil, nil); res.StatusCode != http.StatusGone || !strings.Contains(body, want) {
			t.Errorf("cancelled %v: %d %s", cancelled, res.StatusCode, body)
		}
		// A page that was open before: its start, its Send, and the same with a card's code typed.
		if _, reply := s.asks("/a/"+r.Code+"/task", url.Values{"code": {made[0].Code}}); reply["state"] != "closed" || !strings.HasPrefix(reply["message"].(string), want) {
			t.Errorf("cancelled %v, the start: %v", cancelled, reply)
		}
		if res, body := s.do("POST", "/a/"+r.Code, nil, url.Values{"code": {made[0].Code}}); res.StatusCode != http.StatusGone || !strings.Contains(body, want) {
			t.Errorf("cancelled %v, Send: %d %s", cancelled, res.StatusCode, body)
		}
		if res, _ := s.do("GET", door, nil, nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/a/"+r.Code {
			t.Errorf("cancelled %v, a door: %d", cancelled, res.StatusCode)
		}
		if status, reply := s.asks(door, tapped(made[0].Pictures)); status != http.StatusGone || reply["url"] != "/a/"+r.Code {
			t.Errorf("cancelled %v, tapping: %d %v", cancelled, status, reply)
		}
		// A card of nobody is told what it always was.
		if res, body := s.do("POST", "/c", nil, url.Values{"code": {"0000 0000 0000"}}); res.StatusCode != http.StatusNotFound || !strings.Contains(body, "Nothing opens with this code now.") {
			t.Errorf("cancelled %v, no card: %d", cancelled, res.StatusCode)
		}
		// What opens is more than what is over.
		f := s.Personal(round.Named, "first_belong", nil)
		f.Plan.Groups = r.Choices().Groups
		second := s.Open(f)
		if res, _ := s.do("POST", "/c", nil, url.Values{"code": {made[0].Code}}); !strings.HasPrefix(res.Header.Get("Location"), "/a/"+second.Code) {
			t.Errorf("cancelled %v, with another survey open: %s", cancelled, res.Header.Get("Location"))
		}
	}
}

// Where pupils have cards nothing speaks of slips, and the page for cards says things as the school has them said.
func TestCardsAreNoSlips(t *testing.T) {
	s, r, made := carded(t)
	texts := language.Texts(s.Bank, "ar")
	f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(texts), Written: map[string]string{}}
	for _, one := range texts {
		if one.Name() == "talk.link" || one.Name() == "help.label" {
			f.Written[one.Name()] = "كلمات المدرسة"
		}
	}
	if len(f.Written) == 0 {
		t.Fatal("no text to correct")
	}
	testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(context.Background(), s.Head, "ar", language.Approved, f))
	if _, body := s.do("GET", "/c?lang=ar", nil, nil); !strings.Contains(body, "كلمات المدرسة") {
		t.Error("the page for cards lacks the school's own words")
	}
	_, body := s.do("GET", "/a/"+r.Code, nil, nil)
	_, extra := s.do("GET", "/a/"+r.Code+"/words?lang=en", nil, nil)
	_, stored := s.do("GET", "/a/"+r.Code+"/stored", nil, nil)
	if !strings.Contains(body, "The code on your card") || strings.Contains(body+stored, "slip") || strings.Contains(extra, "our slip") {
		t.Errorf("a survey with cards speaks of slips:\n%s\n%s", stored, extra)
	}
	_, reply := s.asks("/a/"+r.Code+"/task", url.Values{"code": {"0000 0000 0000"}})
	if !strings.HasPrefix(reply["message"].(string), "Nothing opens with this code now.") {
		t.Errorf("an unknown code: %v", reply)
	}
	// The number stands by itself, in fours.
	_, reply = s.asks("/c", url.Values{"code": {made[0].Code}})
	slip := reply["waiting"].([]any)[0].(map[string]any)["slip"].(string)
	_, reply = s.asks("/a/"+r.Code, url.Values{"code": {slip}, "receipt": {strings.Repeat("ab", 16)}})
	number, _ := reply["thanks"].(map[string]any)["number"].(map[string]any)
	if parts, _ := number["parts"].([]any); len(parts) != 3 || number["done"] != "I have written it down" || number["title"] != "Write this number down" {
		t.Errorf("the number: %v", reply)
	}
}

// The page of the way back speaks the languages of the schools here, also where no survey led to it.
func TestTheWayBackWithoutASurvey(t *testing.T) {
	s := newServer(t)
	if _, body := s.do("GET", "/talk?lang=pl", nil, nil); !strings.Contains(body, `<html lang="en`) {
		t.Error("it speaks a language that nobody has read")
	}
	s2 := newServer(t)
	f := language.Form{Reader: "Nusrat Malhi", Role: "speaks it at home", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s2.Bank, "pl"))}
	testkit.Must(t, language.NewStore(s2.DB, s2.Bank).Save(context.Background(), s2.Head, "pl", language.Approved, f))
	req, err := http.NewRequest("GET", s2.http.URL+"/talk", nil)
	testkit.Must(t, err)
	req.Header.Set("Accept-Language", "pl")
	res, err := noRedirect.Do(req)
	testkit.Must(t, err)
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	testkit.Must(t, err)
	body := string(page)
	if !strings.Contains(body, `<html lang="pl`) || !strings.Contains(body, `href="?lang=en"`) || !strings.Contains(body, `action="/talk?lang=pl"`) || !strings.Contains(body, "Mam numer z 16 cyfr") && !strings.Contains(body, "Twój numer z 16 cyfr") {
		t.Errorf("in Polish: %s", body)
	}
	if res, body := s2.do("POST", "/talk?lang=pl", nil, url.Values{"digits": {"0000 0000 0000 0000"}}); res.StatusCode != http.StatusNotFound || !strings.Contains(body, `<html lang="pl`) {
		t.Errorf("wrong digits in Polish: %d", res.StatusCode)
	}
}

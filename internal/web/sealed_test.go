package web_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// seals does what a device does: it seals a form to the round's key.
func (s *server) seals(r round.Round, form url.Values) []byte {
	s.T.Helper()
	box, err := s.Key.Box(r.Code)
	testkit.Must(s.T, err)
	raw, err := base64.StdEncoding.DecodeString(box.Public())
	testkit.Must(s.T, err)
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
	testkit.Must(s.T, err)
	sealed, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("earshot "+r.Code), []byte(form.Encode()))
	testkit.Must(s.T, err)
	return sealed
}

// ask sends a request with headers and gives what comes back.
func (s *server) ask(method, path string, body []byte, headers ...string) (*http.Response, string) {
	s.T.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, bytes.NewReader(body))
	testkit.Must(s.T, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	testkit.Must(s.T, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	testkit.Must(s.T, err)
	return res, string(text)
}

// unspent counts the slips of a round that nobody has used.
func (s *server) unspent(r round.Round) int {
	s.T.Helper()
	n, err := participation.NewStore(s.DB, s.Key).Unspent(context.Background(), r.SchoolID, r.ID)
	testkit.Must(s.T, err)
	return n
}

// Whoever finds a device can send what is sealed on it. They learn what became of it and nothing that is in it.
func TestSealedAnswersAreNeverShown(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	codes := s.Slips(r)["9A"]
	unspent := s.unspent(r)
	q := s.Doc(r).Questions()[0]
	form := func(code, answer string) url.Values {
		return url.Values{"code": {code}, "receipt": {"receipt " + code + answer}, q.ID: {answer}}
	}
	good := q.Options[1].ID
	spend := func(code string) {
		if res, body := s.do("POST", "/a/"+r.Code, nil, form(code, good)); res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, body)
		}
	}
	spend(codes[0])
	other := s.seals(r, form(codes[0], q.Options[2].ID))
	for _, c := range []struct {
		name   string
		path   string
		body   []byte
		status int
		state  string
	}{
		{"a code nobody has", "/a/" + r.Code, s.seals(r, form("ABCDEFGH1234", good)), http.StatusNotFound, "unknown_code"},
		{"a slip that is spent", "/a/" + r.Code, other, http.StatusConflict, "spent"},
		{"an answer that is not there", "/a/" + r.Code, s.seals(r, form(codes[1], "chips")), http.StatusUnprocessableEntity, "invalid"},
		{"nothing that can be opened", "/a/" + r.Code, []byte("\x04 nonsense"), http.StatusUnprocessableEntity, "unreadable"},
		{"an empty request", "/a/" + r.Code, nil, http.StatusUnprocessableEntity, "unreadable"},
		{"a round that is not there", "/a/ZZZZZZ", other, http.StatusNotFound, "no_round"},
		{"good answers", "/a/" + r.Code, s.seals(r, form(codes[2], good)), http.StatusOK, "stored"},
		{"the same again", "/a/" + r.Code, s.seals(r, form(codes[2], good)), http.StatusOK, "already"},
		{"another code before it", "/a/" + r.Code, append([]byte(codes[3]), other...), http.StatusOK, "stored"},
		{"a wrong code before it", "/a/" + r.Code, append([]byte("ABCDEFGH1234"), other...), http.StatusNotFound, "unknown_code"},
	} {
		for _, accept := range []string{"text/html", "*/*", ""} {
			res, body := s.ask("POST", c.path+"/sealed", c.body, "Accept", accept, "Content-Type", "application/octet-stream")
			var reply map[string]any
			if err := json.Unmarshal([]byte(body), &reply); err != nil {
				t.Fatalf("%s, accepting %q: %d %.200s", c.name, accept, res.StatusCode, body)
			}
			state := c.state
			if accept != "text/html" && state == "stored" {
				state = "already"
			}
			if res.StatusCode != c.status || reply["state"] != state {
				t.Errorf("%s, accepting %q: %d %s, want %d %s", c.name, accept, res.StatusCode, body, c.status, state)
			}
			for _, secret := range append(slices.Clone(codes[:4]), "ABCDEFGH1234", `"`+q.ID+`"`, "chips", "receipt") {
				if strings.Contains(body, secret) {
					t.Errorf("%s: the reply has %s: %s", c.name, secret, body)
				}
			}
			for field := range reply {
				if !slices.Contains([]string{"state", "message", "thanks"}, field) {
					t.Errorf("%s: the reply has %s", c.name, field)
				}
			}
		}
	}
	if n := unspent - s.unspent(r); n != 3 {
		t.Errorf("%d slips are spent, want 3", n)
	}
}

// Whatever fails when a device sends, it learns in words it can read: anything else it would take for a bad connection, and
// try for ever.
func TestADeviceUnderstandsEveryFailure(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	unspent := s.unspent(r)
	final, err := os.ReadFile("../../static/js/outbox.js")
	testkit.Must(t, err)
	big := bytes.Repeat([]byte("a=b&"), 80<<10)
	plain := []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json"}
	sealed := []string{"Content-Type", "application/octet-stream", "Accept", "text/html"}
	for _, c := range []struct {
		name, method, path string
		body               []byte
		headers            []string
		status             int
		state              string
	}{
		{"too much, sealed", "POST", "/a/" + r.Code + "/sealed", big, sealed, http.StatusRequestEntityTooLarge, "too_large"},
		{"too much", "POST", "/a/" + r.Code, big, plain, http.StatusRequestEntityTooLarge, "too_large"},
		{"too much, asked of a slip", "POST", "/a/" + r.Code + "/task", big, nil, http.StatusRequestEntityTooLarge, "too_large"},
		{"no such round", "POST", "/a/ZZZZZZ", []byte("a=b"), plain, http.StatusNotFound, "no_round"},
		{"no such round, asked of a slip", "POST", "/a/ZZZZZZ/task", []byte("a=b"), nil, http.StatusNotFound, "no_round"},
		{"no form", "POST", "/a/" + r.Code, []byte("%zz=1"), plain, http.StatusUnprocessableEntity, "unreadable"},
		{"from somebody else's page", "POST", "/a/" + r.Code + "/sealed", []byte("x"), append(slices.Clone(sealed), "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "refused"},
		{"another method", "PUT", "/a/" + r.Code + "/sealed", []byte("x"), sealed, http.StatusMethodNotAllowed, "refused"},
		{"answers that will not do, sealed", "POST", "/a/" + r.Code + "/sealed", s.seals(r, url.Values{"q1": {"chips"}}), sealed, http.StatusUnprocessableEntity, "invalid"},
	} {
		res, body := s.ask(c.method, c.path, c.body, c.headers...)
		var reply struct{ State, Message string }
		if err := json.Unmarshal([]byte(body), &reply); err != nil || res.StatusCode != c.status || reply.State != c.state || len(reply.Message) < 20 || strings.Contains(reply.Message, "[") {
			t.Errorf("%s: %d %.200s", c.name, res.StatusCode, body)
		}
		if strings.Contains(reply.Message, "is marked") && strings.Contains(c.path, "sealed") {
			t.Errorf("%s: nothing is on a screen, and it says %q", c.name, reply.Message)
		}
		// The script has to know the state as one after which nothing is tried again.
		if !regexp.MustCompile(`const final = \[[^\]]*"` + c.state + `"`).Match(final) {
			t.Errorf("%s: a device goes on trying after %q", c.name, c.state)
		}
	}
	if s.unspent(r) != unspent {
		t.Error("a slip is spent by what was refused")
	}
	// A reader of the plain form gets a page.
	if res, body := s.ask("POST", "/a/"+r.Code, big, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.HasPrefix(body, "<!doctype html>") {
		t.Errorf("the plain form: %d %.100s", res.StatusCode, body)
	}
}

// The page of a round that is closed sends what waits; once the round has settled it clears what is left.
func TestPageOfAClosedRoundMindsWhatWaits(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	codes := s.Slips(r)["9A"]
	q := s.Doc(r).Questions()[0]
	waits := s.seals(r, url.Values{"code": {codes[0]}, "receipt": {"a receipt"}, q.ID: {q.Options[1].ID}})
	r, err := s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	for _, path := range []string{"", "/shared?ready=1", "/helper"} {
		res, body := s.ask("GET", "/a/"+r.Code+path, nil)
		if res.StatusCode != http.StatusGone || !strings.Contains(body, `data-round="`+r.Code+`"></p>`) || !strings.Contains(body, "/static/js/answer-over.") {
			t.Errorf("%s of a closed round: %d %s", path, res.StatusCode, body)
		}
		if text := body[:strings.Index(body, "<script")]; strings.Contains(text, "nothing can be sent") || !strings.Contains(text, "nobody can begin it any more") {
			t.Errorf("%s: late answers are still taken, and the page says %s", path, text)
		}
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Error("the page of a closed round is kept, and may be shown after it has settled")
		}
	}
	if _, body := s.ask("POST", "/a/"+r.Code+"/sealed", waits); !strings.Contains(body, `"stored"`) {
		t.Errorf("a closed round says %s", body)
	}
	_, err = collecting.Settle(context.Background(), s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	time.Sleep(2100 * time.Millisecond) // a page is remembered for two seconds
	if res, body := s.ask("GET", "/a/"+r.Code, nil); res.StatusCode != http.StatusGone || !strings.Contains(body, `data-settled="1"`) || !strings.Contains(body, "so nothing can be sent any more") || !strings.Contains(body, words.English().Say("keep.gone")) {
		t.Errorf("a settled round: %d %s", res.StatusCode, body)
	}
}

// stored is everything in the database but sessions, whose last use is noted.
func (s *server) stored() map[string][]string {
	s.T.Helper()
	ctx := context.Background()
	tables, err := s.DB.Columns(ctx)
	testkit.Must(s.T, err)
	found := map[string][]string{}
	for table := range tables {
		var rows []map[string]any
		testkit.Must(s.T, s.DB.Query(ctx).Table(table).Find(&rows).Error)
		for _, row := range rows {
			if table != "sessions" {
				found[table] = append(found[table], fmt.Sprint(row))
			}
		}
		slices.Sort(found[table])
	}
	return found
}

// Whatever can be read can be asked for with HEAD, which says what GET would say and changes nothing.
func TestEveryPageAnswersHead(t *testing.T) {
	s := newServer(t)
	deputy := s.Staff("Nell Ford", access.SafeguardingDeputy, access.Head, access.Administrator)
	groups := s.Forms("9A 27, 9B 28")
	sv := s.Survey("first_say")
	r := s.Open(s.Form(sv, groups))
	cookie := s.as(deputy)
	before := s.stored()
	said := map[string]int{}
	for _, route := range s.web.Routes {
		if route.Method != http.MethodGet {
			continue
		}
		for _, id := range []string{r.ID, r.Code, sv.ID, groups[0].ID, "nothing"} {
			path := fill(route.Path, id)
			got, body := s.ask("HEAD", path, nil, "Cookie", cookie.String())
			if body != "" || got.StatusCode == http.StatusMethodNotAllowed {
				t.Errorf("HEAD %s: %d with %d bytes", path, got.StatusCode, len(body))
			}
			said[path] = got.StatusCode
		}
	}
	if diff := cmp.Diff(before, s.stored()); diff != "" {
		t.Errorf("HEAD changes something: %s", diff)
	}
	shown := 0
	for path, head := range said {
		if get, _ := s.ask("GET", path, nil, "Cookie", cookie.String()); get.StatusCode != head {
			t.Errorf("%s: GET says %d, HEAD %d", path, get.StatusCode, head)
		}
		if head == http.StatusOK {
			shown++
		}
	}
	if shown < 40 {
		t.Errorf("only %d pages are shown: this looks at too little", shown)
	}
	// What is sent cannot be asked for, and nobody gets a page with HEAD that GET refuses them.
	for path, want := range map[string]int{"/a/" + r.Code + "/task": 405, "/rounds/" + r.ID: 303, "/surveys/" + sv.ID: 303} {
		if got, _ := s.ask("HEAD", path, nil); got.StatusCode != want {
			t.Errorf("HEAD %s: %d, want %d", path, got.StatusCode, want)
		}
	}
}

// A program that checks a link asks with HEAD.
func TestHeadIsAnsweredAndSpendsNothing(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	codes := s.Slips(r)["9A"]
	unspent := s.unspent(r)
	for path, want := range map[string]int{
		"/a": 200, "/a/" + r.Code: 200, "/a/" + r.Code + "/shared": 200, "/a/" + r.Code + "/helper?ready=1": 200, "/a/" + r.Code + "/words": 200,
		"/a/" + r.Code + "/stored": 200, "/stored": 200, "/a/worker.js": 200, "/a/ZZZZZZ": 404, "/a/" + codes[0]: 404, "/u/nobody": 404,
	} {
		got, body := s.ask("HEAD", path, nil)
		if got.StatusCode != want || body != "" {
			t.Errorf("HEAD %s: %d with %d bytes, want %d", path, got.StatusCode, len(body), want)
		}
		if like, _ := s.ask("GET", path, nil); like.StatusCode != got.StatusCode || like.Header.Get("Content-Type") != got.Header.Get("Content-Type") {
			t.Errorf("%s: GET says %d, HEAD %d", path, like.StatusCode, got.StatusCode)
		}
	}
	if s.unspent(r) != unspent {
		t.Errorf("of %d slips %d are left", unspent, s.unspent(r))
	}
}

func TestCompressedOnlyForThoseWhoUnpack(t *testing.T) {
	s := newServer(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 27, 9B 28")))
	for accept, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "br, gzip; q=0.000": "", "identity": "", "xgzip": ""} {
		res, body := s.ask("GET", "/a/"+r.Code, nil, "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding"); got != want || strings.HasPrefix(body, "<!doctype html>") != (want == "") {
			t.Errorf("%q: encoded as %q: %.20q", accept, got, body)
		}
	}
}

// A reading task and a refusal at the start come in the language that was chosen.
func TestStartSpeaksTheChosenLanguage(t *testing.T) {
	s := newServer(t)
	sv := s.Survey("first_say")
	s.speaks(sv, "cy")
	r := s.Open(s.Form(sv, s.Forms("9A 27, 9B 28")))
	_, body := s.do("POST", "/a/"+r.Code+"/task", nil, url.Values{"code": {"ABCDEFGH1234"}, "lang": {"cy"}})
	var reply struct{ Message string }
	testkit.Must(t, json.Unmarshal([]byte(body), &reply))
	if want := words.In("cy").Say("start.unknown_code"); reply.Message != want || want == words.English().Say("start.unknown_code") {
		t.Errorf("it says %q, want %q", reply.Message, want)
	}
}

// What waited on a device and comes first shows the number with which it can be taken back; whoever sends it again, or sends what
// waited on a device that several people use, is shown none.
func TestSealedAnswersShowTheirNumberOnce(t *testing.T) {
	s, r, made := carded(t)
	q := s.Doc(r).Questions()[0]
	for route, want := range map[string]bool{"": true, "shared_device": false} {
		card := made[0]
		if !want {
			card = made[1]
		}
		_, reply := s.asks("/c", url.Values{"code": {card.Code}})
		slip := reply["waiting"].([]any)[0].(map[string]any)["slip"].(string)
		sealed := s.seals(r, url.Values{"code": {slip}, "receipt": {strings.Repeat("d", 32)}, "route": {route}, q.ID: {q.Options[0].ID}})
		for i := range 2 {
			res, body := s.ask("POST", "/a/"+r.Code+"/sealed", sealed, "Accept", "application/json", "Content-Type", "application/octet-stream")
			if got := strings.Contains(body, `"parts"`); res.StatusCode != http.StatusOK || got != (want && i == 0) {
				t.Errorf("on %q, time %d: %d, a number: %v", route, i+1, res.StatusCode, got)
			}
		}
	}
}

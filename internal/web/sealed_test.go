package web_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
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
	if res, body := s.ask("GET", "/a/"+r.Code, nil); res.StatusCode != http.StatusGone || !strings.Contains(body, `data-settled="1"`) || !strings.Contains(body, words.English().Say("keep.gone")) {
		t.Errorf("a settled round: %d %s", res.StatusCode, body)
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

package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

const smallMap = `
unit: {column: class, values: {"a": "9A", "b": "9B"}, only: true}
questions:
  q1: often
  q2: {column: why, split: ";"}
`

// post is one sending as the server saw it.
type post struct {
	code, receipt string
	form          url.Values
}

// unsteady is a server that goes wrong in each way a few times for each person before it takes the answer.
type unsteady struct {
	mu    sync.Mutex
	pages int
	posts map[string][]post // by code
	end   func(code string) (int, string)
}

func (u *unsteady) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if r.Method == http.MethodGet {
		if u.pages++; u.pages == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return
	}
	_ = r.ParseForm()
	p := post{r.PostForm.Get("code"), r.PostForm.Get("receipt"), r.PostForm}
	u.posts[p.code] = append(u.posts[p.code], p)
	say := func(status int, state string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"state": state, "message": "so"})
	}
	switch len(u.posts[p.code]) {
	case 1:
		say(http.StatusServiceUnavailable, "busy")
	case 2:
		panic(http.ErrAbortHandler) // the connection breaks
	case 3:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		say(u.end(p.code))
	}
}

func codes(t *testing.T, text string) []rehearsal.Code {
	t.Helper()
	list, err := rehearsal.ReadCodes(strings.NewReader(text))
	testkit.Must(t, err)
	return list
}

func TestReplayTriesAgainWithTheSameReceipt(t *testing.T) {
	u := &unsteady{posts: map[string][]post{}, end: func(code string) (int, string) {
		if code == "B2" {
			return http.StatusConflict, "spent"
		}
		return http.StatusOK, map[bool]string{true: "already", false: "stored"}[code == "A1"]
	}}
	web := httptest.NewServer(u)
	defer web.Close()
	report, err := rehearsal.Replay(context.Background(), rehearsal.ReplayOptions{
		Responses: strings.NewReader("\ufeffclass,often,why\na,never,x;y\nb, often ,\na,NA,z\nb,always,z\n"),
		Map:       strings.NewReader(smallMap), Codes: codes(t, "code,unit\nA1,9A\nB1,9B\nA2,9A\nB2,9B\nA3,9A\n"),
		URL: web.URL + "/a/X7K2#ignored", Clients: 4})
	testkit.Must(t, err)
	if report.People != 4 || report.Stored != 3 || report.Failed["spent"] != 1 || len(report.Failed) != 1 {
		t.Errorf("report: %+v", report)
	}
	if report.Retries["busy"] != 4 || report.Retries["connection"] < 4 || report.Retries["server_error"] != 5 {
		t.Errorf("retries: %v", report.Retries)
	}
	if u.pages != 5 { // one each, and once more after the bad gateway
		t.Errorf("%d pages", u.pages)
	}
	if !strings.Contains(report.String(), "failed: spent 1") || !strings.Contains(report.FirstError, "line 5: spent so") {
		t.Errorf("%s", report)
	}
	receipts := map[string]bool{}
	for code, posts := range u.posts {
		for _, p := range posts {
			if p.receipt == "" || p.receipt != posts[0].receipt {
				t.Errorf("%s: receipt %q after %q", code, p.receipt, posts[0].receipt)
			}
		}
		receipts[posts[0].receipt] = true
	}
	if len(receipts) != 4 || u.posts["A3"] != nil {
		t.Errorf("%d receipts, %d sendings with a code that nobody has", len(receipts), len(u.posts["A3"]))
	}
	if f := u.posts["A1"][0].form; f.Get("q1") != "never" || !slices.Equal(f["q2"], []string{"x", "y"}) || f.Get("pace") != "usual" {
		t.Errorf("A1 sent %v", f)
	}
	if f := u.posts["A2"][0].form; f.Has("q1") || f.Get("q2") != "z" {
		t.Errorf("A2 sent %v", f)
	}
	if f := u.posts["B1"][0].form; f.Get("q1") != "often" || f.Has("q2") {
		t.Errorf("B1 sent %v", f)
	}
}

func TestReplayGivesUp(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"state":"busy"}`)
		}
	}))
	defer web.Close()
	o := rehearsal.ReplayOptions{Responses: strings.NewReader("often\nnever\n"), Map: strings.NewReader("questions: {q1: often}"),
		URL: web.URL + "/a/X7K2", Patience: 300 * time.Millisecond}
	report, err := rehearsal.Replay(context.Background(), o)
	testkit.Must(t, err)
	if report.Stored != 0 || report.Failed["no_answer"] != 1 {
		t.Errorf("report: %+v", report)
	}
	web.Config.Handler = http.NotFoundHandler()
	o.Responses, o.Map = strings.NewReader("often\nnever\n"), strings.NewReader("questions: {q1: often}")
	report, err = rehearsal.Replay(context.Background(), o)
	testkit.Must(t, err)
	if report.Failed["no_page"] != 1 {
		t.Errorf("report: %+v", report)
	}
}

func TestReplaySaysWhatIsWrongWithItsFiles(t *testing.T) {
	const good, map1 = "class,often,why\na,never,x\n", smallMap
	for name, try := range map[string]struct{ responses, plan, url, want string }{
		"no map":         {good, "", "", "map: "},
		"not YAML":       {good, "questions: [", "", "line 1"},
		"unknown key":    {good, "question: {q1: often}", "", "line 1: field question not found"},
		"unknown inside": {good, "questions:\n  q1: {colum: often}", "", `line 2: "colum" is unknown`},
		"no questions":   {good, "no_answer: [x]", "", "there are no questions"},
		"no column name": {good, "questions:\n  q1: {values: {a: b}}", "", "line 2: q1 has no column"},
		"missing column": {good, "questions:\n  q1: often\n  q2: seldom", "", `map, line 3: q2: the responses have no column "seldom"`},
		"empty":          {"", map1, "", "responses: the file is empty"},
		"only a header":  {"class,often,why\n", map1, "", "responses: there are none"},
		"twice":          {"class,often,often\n", map1, "", `line 1: the column "often" stands there twice`},
		"ragged":         {good + "b,never\n", map1, "", "line 3"},
		"unknown class":  {good + "a,never,y\nc,never,z\n", map1, "", `responses, line 4: the map has nothing for "c" in column "class"`},
		"unknown value":  {good, "unit: {column: class, values: {a: 9A}}\nquestions:\n  q1: {column: often, only: true}", "", `line 2: the map has nothing for "never" in column "often"`},
		"few codes":      {good + "a,never,y\na,never,z\n", map1, "", `"9A" has 2 codes, and 3 people answer there`},
		"codes, no unit": {good, "questions: {q1: often}", "", "unit is missing"},
		"bad address":    {good, map1, "school.example/a/X", "is not the address of a page"},
	} {
		_, err := rehearsal.Replay(context.Background(), rehearsal.ReplayOptions{Responses: strings.NewReader(try.responses),
			Map: strings.NewReader(try.plan), Codes: codes(t, "unit,code\n9A,A1\n9A,A2\n9B,B1\n"), URL: try.url})
		if err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: %v, want %q", name, err, try.want)
		}
	}
	for text, want := range map[string]string{
		"":                              "codes: the file is empty",
		"class,code\n9A,X\n":            "line 1: the columns unit and code",
		"unit,code\n":                   "there are none",
		"unit,code\n9A,X\n9A,\n":        "line 3: the unit or the code is empty",
		"unit,code\n9A,X\n9B,Y\n9B,X\n": "line 4: this code stands in line 2 already",
		"unit,code\n9A,X,Y\n":           "line 2",
	} {
		if _, err := rehearsal.ReadCodes(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("codes %q: %v, want %q", text, err, want)
		}
	}
}

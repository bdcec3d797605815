package rehearsal_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/rehearsal"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

const turkiyeFile = "testdata/turkiye/responses.csv"

// server makes the handler that a replay talks to: anything that answers to GET and POST of /a/CODE.
type server func(s *testkit.School, c *collecting.Collector) http.Handler

// standIn is the least that takes answers in: the page is a sentence, and everything else is the collector.
func standIn(s *testkit.School, c *collecting.Collector) http.Handler {
	type asked struct {
		r   round.Round
		doc survey.Document
	}
	var known sync.Map
	find := func(req *http.Request) (asked, error) {
		code := req.PathValue("code")
		if a, ok := known.Load(code); ok {
			return a.(asked), nil
		}
		r, err := s.Rounds().ByCode(req.Context(), code)
		if err != nil {
			return asked{}, err
		}
		doc, err := s.Rounds().Document(req.Context(), r)
		if err == nil {
			known.Store(code, asked{r, doc})
		}
		return asked{r, doc}, err
	}
	say := func(w http.ResponseWriter, status int, state, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"state": state, "message": message})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a/{code}", func(w http.ResponseWriter, req *http.Request) {
		if a, err := find(req); err != nil {
			http.NotFound(w, req)
		} else {
			fmt.Fprintf(w, "<title>%s</title>", a.doc.Title)
		}
	})
	mux.HandleFunc("POST /a/{code}", func(w http.ResponseWriter, req *http.Request) {
		a, err := find(req)
		if err != nil {
			http.NotFound(w, req)
			return
		}
		if err := req.ParseForm(); err != nil {
			say(w, http.StatusBadRequest, "invalid", err.Error())
			return
		}
		answers, problems := a.doc.Read(func(name string) []string { return req.PostForm[name] }, "2026-11-22")
		if len(problems) > 0 {
			say(w, http.StatusUnprocessableEntity, "invalid", problems[0].Key)
			return
		}
		out, err := c.Submit(req.Context(), a.r, collecting.Sending{Code: req.PostForm.Get("code"), Receipt: req.PostForm.Get("receipt"),
			Pace: req.PostForm.Get("pace"), Route: "own_device", Answers: answers})
		switch {
		case fault.Is(err, fault.Busy):
			w.Header().Set("Retry-After", "1")
			say(w, http.StatusServiceUnavailable, "busy", err.Error())
		case err != nil:
			say(w, http.StatusInternalServerError, "broken", err.Error())
		case out == collecting.Stored || out == collecting.Already:
			say(w, http.StatusOK, string(out), "")
		default:
			say(w, http.StatusConflict, string(out), "")
		}
	})
	return mux
}

// course is one of the thirteen classes, as the file calls it.
type course struct {
	value string
	name  string
	size  int
}

// turkiyeCourses counts the people of each class in the file and puts about a fifth more on its roster.
func turkiyeCourses(t *testing.T) []course {
	t.Helper()
	answered := map[string]int{}
	for _, row := range turkiyeRows(t) {
		answered[row["class"]]++
	}
	var courses []course
	for n := 1; n <= 13; n++ {
		value := strconv.Itoa(n)
		courses = append(courses, course{value, "Course " + value, answered[value] + answered[value]/5 + 7})
	}
	return courses
}

// turkiyeRows reads the file by itself: what it finds is held against what went through the program.
func turkiyeRows(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open(turkiyeFile)
	testkit.Must(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	testkit.Must(t, err)
	rows := make([]map[string]string, len(records)-1)
	for i, record := range records[1:] {
		rows[i] = map[string]string{}
		for j, name := range records[0] {
			rows[i][name] = record[j]
		}
	}
	return rows
}

// openTurkiye makes a school with the thirteen classes in two years, a teacher each, opens the survey of the data set
// in them and prints its slips.
func openTurkiye(t *testing.T) (*testkit.School, round.Round, []rehearsal.Code) {
	t.Helper()
	ctx := context.Background()
	s := testkit.NewSchool(t)
	courses := turkiyeCourses(t)
	var lines []roster.GroupLine
	for i, c := range courses {
		lines = append(lines, roster.GroupLine{Name: c.name, Year: strconv.Itoa(10 + i/7), Size: c.size, Subject: "Statistics"})
	}
	ro := roster.NewStore(s.DB)
	groups, err := ro.SaveGroups(ctx, s.Head, roster.Class, lines)
	testkit.Must(t, err)
	for i, g := range groups {
		teacher := s.Staff(fmt.Sprintf("Teacher %c", 'A'+i), access.Teacher)
		testkit.Must(t, ro.Teach(ctx, s.Head, g.ID, []string{teacher.Person}))
	}
	file, err := os.ReadFile("../exchange/surveyfile/testdata/turkiye.yaml")
	testkit.Must(t, err)
	doc, problems := surveyfile.Read(file, s.Bank)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	r := s.Open(s.Form(sv, groups))
	var codes []rehearsal.Code
	for unit, of := range s.Slips(r) {
		for _, code := range of {
			codes = append(codes, rehearsal.Code{Unit: unit, Code: code})
		}
	}
	return s, r, codes
}

// replayTurkiye sends the answers of the file (or so many of them, if limit is not 0) to a server.
func replayTurkiye(t *testing.T, s *testkit.School, r round.Round, codes []rehearsal.Code, serve server, limit int) rehearsal.Report {
	t.Helper()
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	web := httptest.NewServer(serve(s, c))
	defer web.Close()
	responses, err := os.Open(turkiyeFile)
	testkit.Must(t, err)
	defer responses.Close()
	plan, err := os.Open("testdata/turkiye/map.yaml")
	testkit.Must(t, err)
	defer plan.Close()
	report, err := rehearsal.Replay(context.Background(), rehearsal.ReplayOptions{
		Responses: responses, Map: plan, Codes: codes, URL: web.URL + "/a/" + r.Code, Clients: 64, Limit: limit})
	testkit.Must(t, err)
	t.Log("\n" + report.String())
	return report
}

// counts are people by class, question and option.
type counts map[string]map[string]map[string]int

func (c counts) add(class, question, option string) {
	if c[class] == nil {
		c[class] = map[string]map[string]int{}
	}
	if c[class][question] == nil {
		c[class][question] = map[string]int{}
	}
	c[class][question][option]++
}

// storedCounts counts the responses of a settled round by the class in whose cell they lie.
func storedCounts(t *testing.T, s *testkit.School, r round.Round) (counts, int) {
	t.Helper()
	ctx := context.Background()
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	name := map[string]string{}
	for _, u := range units {
		name[u.ID] = u.Name
	}
	stored, n := counts{}, 0
	testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		n++
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		for q, a := range answers {
			for _, option := range a.Options {
				stored.add(name[row.CellID], q, option)
			}
		}
		return err
	}))
	return stored, n
}

func TestTurkiyeReplay(t *testing.T) {
	began := time.Now()
	s, r, codes := openTurkiye(t)
	report := replayTurkiye(t, s, r, codes, standIn, 0)
	if report.People != 5820 || report.Stored != 5820 || len(report.Failed) > 0 {
		t.Fatalf("report: %+v", report)
	}
	s.CloseAndSettle(r)

	want := counts{}
	for _, row := range turkiyeRows(t) {
		for q := 1; q <= 28; q++ {
			n := strconv.Itoa(q)
			want.add("Course "+row["class"], "q"+n, row["Q"+n])
		}
	}
	got, n := storedCounts(t, s, r)
	if n != 5820 || len(got) != 13 {
		t.Errorf("%d responses in %d classes", n, len(got))
	}
	for class, questions := range want {
		for q, options := range questions {
			if !reflect.DeepEqual(got[class][q], options) {
				t.Errorf("%s, %s: stored %v, in the file %v", class, q, got[class][q], options)
			}
		}
	}
	t.Logf("%v on %s", time.Since(began).Round(time.Millisecond), s.DB.Kind())
}

// A thinned replay leaves some classes with so few answers that they are counted with their year.
func TestTurkiyeThinned(t *testing.T) {
	s, r, codes := openTurkiye(t)
	const limit = 200
	report := replayTurkiye(t, s, r, codes, standIn, limit)
	if report.People != limit || report.Stored != limit {
		t.Fatalf("report: %+v", report)
	}
	s.CloseAndSettle(r)
	rows, want := turkiyeRows(t), map[string]int{}
	for i := range limit {
		want[rows[i*len(rows)/limit]["Q5"]]++
	}
	got, n := storedCounts(t, s, r)
	sum := map[string]int{}
	for class, questions := range got {
		of := 0
		for option, k := range questions["q5"] {
			sum[option] += k
			of += k
		}
		if of < collecting.JoinLeast {
			t.Errorf("%s holds %d responses", class, of)
		}
	}
	if n != limit || !reflect.DeepEqual(sum, want) {
		t.Errorf("%d responses, %v, in the file %v", n, sum, want)
	}
	if got["Course 12"] != nil || got["Year 11"] == nil {
		t.Error("a class with one or two answers has a cell of its own")
	}
}

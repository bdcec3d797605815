package exploring_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
	"earshot/internal/web/exploring"
	"earshot/internal/web/page"
)

// site is the activity on a small server of its own.
type site struct {
	*testkit.School
	kit       *page.Kit
	echo      *echo.Echo
	collector *collecting.Collector
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{School: testkit.NewSchool(t), echo: echo.New()}
	s.kit = &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.echo.Use(s.kit.Who)
	s.echo.HTTPErrorHandler = func(err error, c echo.Context) {
		status := http.StatusInternalServerError
		var he *echo.HTTPError
		if f, ok := fault.Of(err); ok {
			status = page.Status(f.Kind)
		} else if errors.As(err, &he) {
			status = he.Code
		}
		_ = c.String(status, err.Error())
	}
	exploring.Routes(s.kit, page.NewRoutes(s.echo))
	s.collector = collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(s.collector.Stop)
	return s
}

// get asks for a page as somebody; the zero actor is nobody.
func (s *site) get(who access.Actor, url string) (int, string) {
	s.T.Helper()
	req := httptest.NewRequest("GET", url, nil)
	if who.SignedIn() {
		token, err := s.kit.Identity().StartSession(context.Background(), who.Account, who.School)
		testkit.Must(s.T, err)
		req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: token})
	}
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func (s *site) page(who access.Actor, url string) string {
	s.T.Helper()
	status, body := s.get(who, url)
	if status != http.StatusOK {
		s.T.Fatalf("%s as %s: %d %s", url, who.Name, status, body)
	}
	if strings.Contains(body, "[figure.") || strings.Contains(body, "[public.") {
		s.T.Errorf("%s: a sentence is missing", url)
	}
	return body
}

func (s *site) unit(r round.Round, name string) string {
	s.T.Helper()
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(s.T, err)
	for _, u := range units {
		if u.Name == name {
			return u.ID
		}
	}
	s.T.Fatalf("no unit %s", name)
	return ""
}

// settled runs a round to its release: as many answers as given for each group.
func (s *site) settled(f round.Form, came map[string]int) round.Round {
	s.T.Helper()
	r := s.Open(f)
	codes := s.Slips(r)
	rng := rand.New(rand.NewPCG(11, 12))
	for _, unit := range slices.Sorted(mapKeys(came)) {
		s.Answer(s.collector, r, codes[unit], came[unit], rng)
	}
	r = s.CloseAndSettle(r)
	_, err := result.NewStore(s.DB, s.Key, s.Bank).Make(context.Background(), r.SchoolID, r.ID)
	testkit.Must(s.T, err)
	return r
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func results(r round.Round) string { return "/rounds/" + r.ID + "/results" }

func TestSchoolRound(t *testing.T) {
	s := newSite(t)
	governor, stranger := s.Staff("Gwen Abara", access.Governor), s.Staff("Theo Brandt", access.Teacher)
	admin, guard := s.Staff("Ada Lowe", access.Administrator), s.Staff("Sal Ortiz", access.SafeguardingLead)
	f := s.Form(s.Survey("first_say"), s.Forms("7A 26, 7B 25, 7C 8, 8A 24, 8B 22"))
	f.Plan.Readers = append(f.Plan.Readers, governor.Person)
	r := s.settled(f, map[string]int{"7A": 24, "7B": 20, "7C": 3, "8A": 22, "8B": 9})

	// Before leaders may look, nobody has figures of a round about the school.
	body := s.page(s.Head, results(r))
	if !strings.Contains(body, "Not open to leaders yet.") || !strings.Contains(body, "You may look from Thursday 8 October 2026") || strings.Contains(body, "class=\"figure\"") {
		t.Errorf("a leader who waits sees:\n%s", body)
	}
	if body := s.page(governor, results(r)); !strings.Contains(body, "once it is published") || strings.Contains(body, "class=\"figure\"") {
		t.Errorf("a governor who waits sees:\n%s", body)
	}
	for _, who := range []access.Actor{stranger, admin, guard} {
		if status, _ := s.get(who, results(r)); status != http.StatusNotFound {
			t.Errorf("%s gets %d", who.Name, status)
		}
	}
	for _, url := range []string{results(r) + "/files/results.csv", results(r) + "/" + s.unit(r, "7A"), results(r) + "/" + s.unit(r, "7A") + "/files/results.csv"} {
		if status, _ := s.get(s.Head, url); status != http.StatusNotFound {
			t.Errorf("%s before its time: %d", url, status)
		}
	}
	if body := s.page(access.Actor{}, "/r/"+r.Code); strings.Contains(body, "class=\"figure\"") || !strings.Contains(body, "The school replies by 26 October 2026.") {
		t.Errorf("the public page before its time:\n%s", body)
	}
	if status, _ := s.get(access.Actor{}, results(r)); status != http.StatusUnauthorized {
		t.Errorf("signed out: %d", status)
	}

	s.Clock.Forward(3 * 24 * time.Hour)
	overview := s.page(s.Head, results(r))
	for _, want := range []string{"78 of 105 answered (74%)", "class=\"figure\"", "application/json", "echarts.min", "Strongest here", "To work on", "Questions added up",
		"so forms are not set beside each other here", "Hidden to protect pupils. 7B, 7C: ", "Under half answered in 7C and 8B", "Wilson", "groups in which anybody answered.", "Asked on 5 October 2026.", "/results/" + s.unit(r, "8A")} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	if strings.Contains(overview, "/results/"+s.unit(r, "7C")) || strings.Contains(overview, "3 of 8") {
		t.Error("the overview tells of 7C")
	}
	form := s.page(s.Head, results(r)+"/"+s.unit(r, "7A"))
	if !strings.Contains(form, "24 of 26 answered (92%)") || !strings.Contains(form, "In 7A, ") {
		t.Errorf("the page of 7A:\n%s", form)
	}
	if status, _ := s.get(s.Head, results(r)+"/"+s.unit(r, "7C")); status != http.StatusNotFound {
		t.Errorf("the page of a hidden form: %d", status)
	}
	_, err := s.Rounds().Publish(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)

	// A governor sees the school and its years.
	body = s.page(governor, results(r))
	if !strings.Contains(body, "/results/"+s.unit(r, "Year 7")) || strings.Contains(body, "/results/"+s.unit(r, "7A")) || strings.Contains(body, "set beside each other here") {
		t.Error("a governor sees something other than the school and its years")
	}
	if status, _ := s.get(governor, results(r)+"/"+s.unit(r, "7A")); status != http.StatusNotFound {
		t.Errorf("a governor and the page of 7A: %d", status)
	}

	// Everybody sees the public page.
	body = s.page(access.Actor{}, "/r/"+r.Code)
	for _, want := range []string{"This is what people said.", "The school replies by 26 October 2026.", "on the school’s website", "In Riverside School, ", "How lessons begin."} {
		if !strings.Contains(strings.ReplaceAll(body, "&#39;", "’"), want) {
			t.Errorf("the public page lacks %q", want)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(strings.ReplaceAll(body, r.Code, ""), "7A") {
		t.Error("the public page has a script, or names a form")
	}
	if status, _ := s.get(access.Actor{}, "/r/ABCDEF"); status != http.StatusNotFound {
		t.Errorf("an unknown code: %d", status)
	}

	// Pages read releases alone.
	_, err = response.NewStore(s.DB).Purge(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	if again := s.page(s.Head, results(r)+"/"+s.unit(r, "7A")); again != form {
		t.Error("without the answers, a page differs")
	}
	if again := s.page(access.Actor{}, "/r/"+r.Code); again != body {
		t.Error("without the answers, the public page differs")
	}
}

func TestClassRoundForLearning(t *testing.T) {
	s := newSite(t)
	tess, otto, una := s.Staff("Tess Vale", access.Teacher), s.Staff("Otto Reyes", access.Teacher), s.Staff("Una Moss", access.Teacher)
	f := s.Form(s.Survey("first_class"), s.Classes("Maths", "7M1 26, 7M2 25, 7M3 24, 7M4 25", tess, otto, una, tess))
	f.Purpose = access.ForLearning
	r := s.settled(f, map[string]int{"7M1": 24, "7M2": 22, "7M3": 21, "7M4": 6})
	mine := results(r) + "/" + s.unit(r, "7M1")

	body := s.page(tess, mine)
	for _, want := range []string{"This is your class.", "24 of 26 answered", "In 7M1, ", "class=\"figure\""} {
		if !strings.Contains(body, want) {
			t.Errorf("a teacher's own class lacks %q", want)
		}
	}
	overview := s.page(tess, results(r))
	if !strings.Contains(overview, mine) || !strings.Contains(overview, s.unit(r, "7M4")) || strings.Contains(overview, s.unit(r, "7M2")) || strings.Contains(overview, "In Riverside School") {
		t.Errorf("a teacher of two classes sees:\n%s", overview)
	}
	// A teacher of one class has it at once.
	if body := s.page(otto, results(r)); !strings.Contains(body, "In 7M2, ") {
		t.Error("a teacher of one class has to look for it")
	}
	for _, url := range []string{results(r) + "/" + s.unit(r, "7M2"), results(r) + "/" + s.unit(r, "Year 7"), results(r) + "/" + s.unit(r, "Riverside School")} {
		if status, _ := s.get(tess, url); status != http.StatusNotFound {
			t.Errorf("a teacher and %s: %d", url, status)
		}
	}
	if status, _ := s.get(s.Head, mine); status != http.StatusNotFound {
		t.Errorf("a leader and a class: %d", status)
	}
	s.Clock.Forward(3 * 24 * time.Hour)
	body = s.page(s.Head, results(r))
	if !strings.Contains(body, "In Riverside School, ") || strings.Contains(body, s.unit(r, "7M1")) || strings.Contains(body, "set beside each other here") || strings.Contains(body, "24 of 26") {
		t.Error("a leader sees something other than the sum")
	}
	if status, _ := s.get(s.Head, mine); status != http.StatusNotFound {
		t.Errorf("a leader and a class, later: %d", status)
	}
	var looks int64
	testkit.Must(t, s.DB.Query(context.Background()).Table("audit").Where("account_id = ?", tess.Account).Count(&looks).Error)
	if looks > 0 {
		t.Errorf("%d audit rows tell that a teacher looked", looks)
	}
}

func TestSumOverTooFewTeachersIsNotShown(t *testing.T) {
	s := newSite(t)
	tess, otto := s.Staff("Tess Vale", access.Teacher), s.Staff("Otto Reyes", access.Teacher)
	f := s.Form(s.Survey("first_class"), s.Classes("Maths", "7M1 26, 7M2 25", tess, otto))
	f.Purpose = access.ForLearning
	r := s.settled(f, map[string]int{"7M1": 24, "7M2": 22})
	s.Clock.Forward(3 * 24 * time.Hour)
	body := s.page(s.Head, results(r))
	if !strings.Contains(body, "Nothing to add up.") || strings.Contains(body, "class=\"figure\"") {
		t.Errorf("a leader sees:\n%s", body)
	}
	_, err := s.Rounds().Publish(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	if body := s.page(access.Actor{}, "/r/"+r.Code); strings.Contains(body, "class=\"figure\"") {
		t.Errorf("the public page of a sum over two teachers:\n%s", body)
	}
}

func TestOpenRoundShowsStepsOnly(t *testing.T) {
	s := newSite(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("7A 20, 7B 20")))
	codes := s.Slips(r)
	s.Answer(s.collector, r, codes["7A"], 16, rand.New(rand.NewPCG(1, 1)))
	body := s.page(s.Head, results(r))
	for _, want := range []string{"Still open.", "Monday 12 October 2026", "three quarters or more", "under half", "Under half answered in 7B", "There is still time."} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of an open round lacks %q", want)
		}
	}
	if strings.Contains(body, ">16") || strings.Contains(body, "16 of") {
		t.Error("the page of an open round has a number")
	}
	_, err := s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	if body := s.page(s.Head, results(r)); !strings.Contains(body, "by Wednesday 7 October 2026") {
		t.Errorf("the page of a closed round:\n%s", body)
	}
}

func TestDownloadIsWhatIsShown(t *testing.T) {
	s := newSite(t)
	r := s.settled(s.Form(s.Survey("first_say"), s.Forms("7A 26, 7B 25, 7C 8")), map[string]int{"7A": 24, "7B": 20, "7C": 3})
	s.Clock.Forward(3 * 24 * time.Hour)
	body := s.page(s.Head, results(r)+"/files/results.csv")
	if !strings.HasPrefix(body, "\ufeff") {
		t.Error("a spreadsheet would not know that this is UTF-8")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	testkit.Must(t, err)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	shares, want := 0, 0
	for _, q := range rel.Questions {
		for _, row := range q.Rows {
			if row.Share != nil {
				want++
			}
		}
	}
	for _, row := range rows[1:] {
		if row[0] == "7C" {
			t.Errorf("hidden 7C has a line: %v", row)
		}
		if n, err := strconv.Atoi(row[11]); err == nil && (n == 1 || n == 2) {
			t.Errorf("a count of %d: %v", n, row)
		}
		if row[9] == "share" && row[1] != result.SplitPace {
			shares++
			page := s.page(s.Head, results(r)+"/"+s.unit(r, row[0]))
			if !strings.Contains(page, row[11]+" of "+row[12]) && !strings.Contains(page, row[11]+" of the "+row[12]) {
				t.Errorf("%v is not on the page of %s", row, row[0])
			}
		}
	}
	if shares != want || shares == 0 {
		t.Errorf("%d shares, the release has %d", shares, want)
	}
	one := s.page(s.Head, results(r)+"/"+s.unit(r, "7A")+"/files/results.csv")
	if strings.Contains(one, "7B") || !strings.Contains(one, "7A") {
		t.Error("the download of one form has another, or not itself")
	}
}

var inPage = regexp.MustCompile(`href="#([^"]+)"`)

// TestALongPageHasItsContents: closed at its top, each leading to something on it; and what all voices said of a gateway names
// each voice, for where the table's head is not to be seen.
func TestALongPageHasItsContents(t *testing.T) {
	s := newSite(t)
	r := s.settled(s.Form(s.Survey("how_is_learning"), s.Forms("7A 26, 7B 25, 8A 26")), map[string]int{"7A": 24, "7B": 20, "8A": 22})
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	leader := s.Staff("Sunita Rao", access.Leader)
	body := s.page(leader, "/rounds/"+r.ID+"/results")
	_, rest, _ := strings.Cut(body, "<summary>On this page</summary>")
	list, _, ok := strings.Cut(rest, "</details>")
	links := inPage.FindAllStringSubmatch(list, -1)
	if !ok || len(links) < 4 {
		t.Fatalf("%d links to what is on the page", len(links))
	}
	for _, l := range links {
		if !strings.Contains(body, `id="`+l[1]+`"`) {
			t.Errorf("#%s leads nowhere", l[1])
		}
	}
	if home := s.page(leader, "/results"); strings.Count(home, `<span class="of">Pupils:</span>`) < 9 {
		t.Errorf("the gateways do not say whose answers they are:\n%s", home)
	}
}

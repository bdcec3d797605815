package exploring_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// truth adds the schools' own releases up, without the compact table.
func truth(t *testing.T, s *site, rounds []round.Round) (x, n map[string]int, schools map[string]int) {
	t.Helper()
	x, n, schools = map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range rounds {
		rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(context.Background(), r.SchoolID, r.ID)
		testkit.Must(t, err)
		for _, q := range rel.Questions {
			if row, ok := q.Row(rel.School().Unit); ok && row.Share != nil && !row.Share.OfAll {
				x[q.Wording] += row.Share.X
				n[q.Wording] += row.Share.N
				schools[q.Wording]++
			}
		}
	}
	return x, n, schools
}

func TestTrustPages(t *testing.T) {
	ctx := context.Background()
	s := newSite(t)
	analyst, teacher, governor := s.Staff("Tara Quist", access.TrustAnalyst), s.Staff("Theo Brandt", access.Teacher), s.Staff("Gwen Abara", access.Governor)
	if body := s.page(s.Head, "/trust"); !strings.Contains(body, "in no trust") || !strings.Contains(body, "/school/trust") {
		t.Error("a school in no trust is not told so")
	}
	if status, _ := s.get(analyst, "/trust/files/sums.csv"); status != http.StatusNotFound {
		t.Errorf("a file of no trust: %d", status)
	}
	trust, schools, rounds := s.Trust(s.collector, "first_say", 5)
	x, n, asked := truth(t, s, rounds)
	if len(x) < 4 {
		t.Fatalf("only %d questions", len(x))
	}

	body := s.page(analyst, "/trust")
	for _, school := range schools {
		if !strings.Contains(body, "<li>"+school.School.Name) {
			t.Errorf("%s is not named", school.School.Name)
		}
	}
	sums, middles := 0, 0
	for wording := range x {
		q := s.page(analyst, "/trust/questions/"+wording)
		said := fmt.Sprintf("In %d schools of the trust, %d of %d (", asked[wording], x[wording], n[wording])
		if asked[wording] >= result.TrustSchools {
			sums++
			if !strings.Contains(body, said) || !strings.Contains(q, said) {
				t.Errorf("%q is not said", said)
			}
		}
		if asked[wording] >= result.SpreadSchools && strings.Contains(q, "in the middle half of them") {
			middles++
		}
	}
	if sums < 4 || middles < 3 {
		t.Errorf("%d sums, %d with a spread", sums, middles)
	}
	// No number of any one school: "x of n" on the page are sums, all of them.
	pairs := regexp.MustCompile(`\b(\d+) of (\d+)\b`)
	for _, m := range pairs.FindAllStringSubmatch(body, -1) {
		known := false
		for wording := range x {
			known = known || m[1] == strconv.Itoa(x[wording]) && m[2] == strconv.Itoa(n[wording])
		}
		if !known {
			t.Errorf("the page says %q", m[0])
		}
	}

	for name, c := range map[string]struct {
		who  access.Actor
		url  string
		want int
	}{
		"a teacher":                {teacher, "/trust", http.StatusForbidden},
		"nobody":                   {access.Actor{}, "/trust", http.StatusUnauthorized},
		"a governor":               {governor, "/trust", http.StatusOK},
		"a leader of another":      {schools[2].Staff("Lee Prior", access.Leader), "/trust", http.StatusOK},
		"a voice that was not":     {analyst, "/trust?voice=parents", http.StatusNotFound},
		"a year that was not":      {analyst, "/trust?year=1999", http.StatusNotFound},
		"no voice at all":          {analyst, "/trust?voice=%27", http.StatusNotFound},
		"a wording that was not":   {analyst, "/trust/questions/x", http.StatusNotFound},
		"how many answered":        {analyst, "/trust/questions/%20", http.StatusNotFound},
		"another file":             {analyst, "/trust/files/sums.xls", http.StatusNotFound},
		"the school's own results": {analyst, results(rounds[0]), http.StatusNotFound},
	} {
		if status, _ := s.get(c.who, c.url); status != c.want {
			t.Errorf("%s: %d, want %d", name, status, c.want)
		}
	}
	stranger := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Stranger School")
	if body := s.page(stranger.Head, "/trust"); strings.Contains(body, trust.Name) || strings.Contains(body, "Ashdown") {
		t.Error("a school outside reads the trust's name or its schools'")
	}
	for wording := range x {
		if status, _ := s.get(stranger.Head, "/trust/questions/"+wording); status != http.StatusNotFound {
			t.Errorf("a school outside reads a question: %d", status)
		}
	}

	// The school beside its trust.
	own := s.page(s.Head, results(rounds[0]))
	if !strings.Contains(own, "Beside the trust") || !strings.Contains(own, "middle half of the trust’s schools in 2026/27") {
		t.Error("the school's results do not say how it lies beside the trust")
	}
	if body := s.page(s.Head, "/results"); !strings.Contains(body, "Beside the middle half of the trust’s schools") {
		t.Error("the home of results does not say it")
	}
	found := false
	for _, q := range s.Doc(rounds[0]).Questions() {
		body := s.page(s.Head, "/rounds/"+rounds[0].ID+"/questions/"+q.ID)
		found = found || strings.Contains(body, "/trust/questions/"+q.Wording) && strings.Contains(body, "middle half of the trust’s schools")
	}
	if !found {
		t.Error("no question's page says it")
	}
	// A year of the school is not set beside the trust.
	if body := s.page(s.Head, results(rounds[0])+"/"+s.unit(rounds[0], "Year 7")); strings.Contains(body, "middle half of the trust") {
		t.Error("a year is beside the trust")
	}

	// Table and interface hold the sums and no school.
	status, table := s.get(analyst, "/trust/files/sums.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil || status != http.StatusOK || len(rows) != sums+1 {
		t.Fatalf("%d %v, %d rows for %d sums", status, err, len(rows), sums)
	}
	for _, row := range rows[1:] {
		if row[9] != strconv.Itoa(x[row[4]]) || row[8] != strconv.Itoa(n[row[4]]) {
			t.Errorf("%q", row)
		}
	}
	token, err := s.kit.Identity().NewToken(ctx, analyst.Account, analyst.School, time.Hour)
	testkit.Must(t, err)
	status, text := s.bearer(token, "/api/v1/trust?voice=pupils&year=2026")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	matches(t, s, "Trust", text)
	var got struct{ Sums []result.TrustSum }
	testkit.Must(t, json.Unmarshal([]byte(text), &got))
	if len(got.Sums) != sums {
		t.Errorf("a program reads %d sums of %d", len(got.Sums), sums)
	}
	for _, of := range []string{body, table, text} {
		for _, school := range schools {
			if strings.Contains(of, school.School.SchoolID) {
				t.Errorf("the id of %s stands in it", school.School.Name)
			}
		}
		for _, r := range rounds {
			if strings.Contains(of, r.ID) {
				t.Error("the id of a round stands in it")
			}
		}
	}

	// Who leaves stays in the sums, and reads them no longer.
	testkit.Must(t, roster.NewStore(s.DB).LeaveTrust(ctx, schools[5].Head))
	testkit.Must(t, s.SumTrusts())
	after := s.page(analyst, "/trust")
	if !strings.Contains(after, "One school whose answers are in these sums has left since.") || strings.Contains(after, "<li>"+schools[5].School.Name) {
		t.Error("the page does not say that a school has left")
	}
	for wording := range x {
		if asked[wording] == 6 && !strings.Contains(after, fmt.Sprintf("%d of %d (", x[wording], n[wording])) {
			t.Error("a sum changed when a school left")
		}
	}
	if body := s.page(schools[5].Head, "/trust"); !strings.Contains(body, "in no trust") {
		t.Error("a school that has left reads on")
	}
}

// The trust's page asks the database as often for six schools as for one question of it, and reads neither answers nor releases.
func TestTrustPageAsksLittle(t *testing.T) {
	s := newSite(t)
	_, _, rounds := s.Trust(s.collector, "first_say", 4)
	analyst := s.Staff("Tara Quist", access.TrustAnalyst)
	var asked []string
	testkit.Must(t, s.DB.Query(context.Background()).Callback().Query().Before("gorm:query").Register("count", func(tx *gorm.DB) {
		table := tx.Statement.Table
		if tx.Statement.Schema != nil {
			table = tx.Statement.Schema.Table
		}
		asked = append(asked, table)
	}))
	count := func() int {
		t.Helper()
		s.page(analyst, "/trust")
		asked = nil
		s.page(analyst, "/trust")
		for _, table := range []string{"responses", "releases", "totals", "rounds"} {
			if slices.Contains(asked, table) {
				t.Errorf("the page reads %s: %v", table, asked)
			}
		}
		return len(asked)
	}
	small := count()
	s.Clock.Forward(24 * time.Hour)
	for i := range 5 {
		more := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, fmt.Sprint("School ", i))
		trust, err := roster.NewStore(s.DB).TrustOf(context.Background(), rounds[0].SchoolID)
		testkit.Must(t, err)
		testkit.Must(t, roster.NewStore(s.DB).JoinTrust(context.Background(), more.Head, trust.ID))
		more.Publish(s.collector, "first_say", uint64(i+9))
	}
	testkit.Must(t, s.SumTrusts())
	if large := count(); large != small || small == 0 || small > 12 {
		t.Errorf("%d queries for five schools, %d for ten", small, large)
	}
}

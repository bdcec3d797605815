package collecting_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

func clockActor(s *testkit.School) access.Actor { return access.Clock(s.School.SchoolID) }

// What design promises a response row and its neighbours hold, column by column.
var promised = map[string][]string{
	"responses": {"school_id", "round_id", "id", "cell_id", "answers", "pace"},
	"comments":  {"school_id", "round_id", "id", "dealt", "state", "body"},
	"inbox":     {"school_id", "round_id", "id", "cell_id", "answers", "pace"},
	"receipts":  {"school_id", "round_id", "hash"},
	"slips":     {"school_id", "round_id", "hash", "unit_id", "kind", "spent"},
	"tallies":   {"school_id", "round_id", "kind", "name", "count"},
	// Whose a mailed slip is: not which, not when, and only until the round settles.
	"invitations": {"school_id", "round_id", "id", "person_id", "child_id", "unit_id", "slip", "flags"},
	// Beside the answers of confidential and named rounds alone.
	"marks":     {"school_id", "round_id", "id", "tie", "flags", "link", "back"},
	"envelopes": {"school_id", "round_id", "id", "body", "keys", "inner_hash", "peeled"},
	"followed":  {"school_id", "round_id", "wording", "hash", "good"},
	"names":     {"school_id", "round_id", "id", "person_id"},
}

func TestStoredColumnsAreThosePromised(t *testing.T) {
	tables, err := testkit.DB(t).Columns(context.Background())
	testkit.Must(t, err)
	for table, want := range promised {
		var got []string
		for _, c := range tables[table] {
			got = append(got, c.Name)
			if strings.Contains(c.Type, "time") || strings.Contains(c.Type, "serial") {
				t.Errorf("%s.%s holds a time or a serial: %s", table, c.Name, c.Type)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, promised are %v", table, got, want)
		}
	}
}

// TestDatabaseAdministratorLearnsNothing plays somebody who owns the database after a round has settled and who knows
// from outside in which order the slips were used (they watched the door). They look for any key, order or count that
// joins a slip to a response.
func TestDatabaseAdministratorLearnsNothing(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Forms("9A 30, 9B 30, 10A 30, 10B 8")
	r := s.Open(s.Form(s.Survey("first_say"), groups))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	codes := s.Slips(r)
	rng := rand.New(rand.NewPCG(8, 9))
	doc := s.Doc(r)
	ctx := context.Background()
	// Everyone answers one after the other, so that the order of arrival is known exactly.
	var arrival []string // the answers, in order
	arrived := 0
	for _, unit := range []string{"9A", "10A", "9B", "10B"} {
		n := map[string]int{"9A": 28, "9B": 25, "10A": 30, "10B": 2}[unit]
		for _, code := range codes[unit][:n] {
			answers := testkit.Choose(rng, doc)
			text, err := answers.Encode()
			testkit.Must(t, err)
			arrival = append(arrival, string(text))
			arrived++
			out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint("r", arrived), Answers: answers, Route: "own_device",
				Remarks: []survey.Remark{{Question: "box", Words: fmt.Sprint("The corridor is full of people number ", arrived), Far: "exact"}}})
			if out != collecting.Stored || err != nil {
				t.Fatal(out, err)
			}
		}
	}
	place := map[string]int{}
	for i, a := range arrival {
		if _, twice := place[a]; twice {
			t.Fatal("two equal answers: choose another seed")
		}
		place[a] = i
	}
	r = s.CloseAndSettle(r)

	tables := []string{"responses", "slips", "receipts", "comments"}
	rows := map[string][]map[string]any{}
	for _, table := range tables {
		columns := "*"
		if s.DB.Kind() == storage.Postgres {
			columns = "*, xmin::text AS xmin, ctid::text AS ctid"
		}
		var found []map[string]any
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT "+columns+" FROM "+table+" WHERE round_id = ?", r.ID).Find(&found).Error)
		rows[table] = found
	}
	if len(rows["responses"]) != len(arrival) {
		t.Fatalf("%d responses, want %d", len(rows["responses"]), len(arrival))
	}

	// 1. No value of a response stands in a slip or a receipt, except the round, the school and a whole unit.
	shared := map[string]bool{r.ID: true, r.SchoolID: true}
	for _, other := range slices.Concat(rows["slips"], rows["receipts"], rows["comments"]) {
		for col, v := range other {
			if col == "unit_id" || col == "xmin" || col == "ctid" || shared[fmt.Sprint(v)] {
				continue
			}
			for _, resp := range rows["responses"] {
				for rc, rv := range resp {
					if text := fmt.Sprint(rv); rc != "pace" && rc != "xmin" && rc != "ctid" && len(text) > 5 && text == fmt.Sprint(v) {
						t.Fatalf("responses.%s equals a %s", rc, col)
					}
				}
			}
		}
	}

	// 2. Responses, slips, receipts and comments were each last written by one transaction, so xmin orders nothing.
	if s.DB.Kind() == storage.Postgres {
		for _, table := range tables {
			seen := map[string]bool{}
			for _, row := range rows[table] {
				seen[fmt.Sprint(row["xmin"])] = true
			}
			if len(seen) != 1 {
				t.Errorf("%s has %d different xmin: they tell an order", table, len(seen))
			}
		}
	}

	// 3. The order in which the rows lie follows the order of arrival no better than chance.
	lie := func(order string) []int {
		var texts []string
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT answers FROM responses WHERE round_id = ? "+order, r.ID).Scan(&texts).Error)
		ranks := make([]int, len(texts))
		for i, a := range texts {
			ranks[i] = place[a]
		}
		return ranks
	}
	orders := []string{"", "ORDER BY id"}
	if s.DB.Kind() == storage.Postgres {
		orders = append(orders, "ORDER BY ctid")
	} else if err := s.DB.Query(ctx).Exec("SELECT rowid FROM responses").Error; err == nil {
		t.Error("responses have a rowid")
	}
	for _, order := range orders {
		if rho := rankCorrelation(lie(order)); rho > 0.4 || rho < -0.4 { // 0.4 with 85 rows: about 4 standard errors
			t.Errorf("rows %q follow the order of arrival: rho = %.2f", order, rho)
		}
	}

	// 4. No cell is so small that its responses and the slips behind them are a pair; 10B's two went elsewhere.
	cells := map[string]int{}
	for _, resp := range rows["responses"] {
		cells[fmt.Sprint(resp["cell_id"])]++
	}
	for _, n := range cells {
		if n < collecting.JoinLeast {
			t.Errorf("a cell holds %d", n)
		}
	}

	// Comments lie in an order of their own as well, and whoever reads them learns nothing from it.
	lead := safeguard.Reader{Actor: s.Staff("Ruth Moss", access.SafeguardingLead)}
	queue, err := safeguard.NewStore(s.DB, s.Key).Queue(ctx, lead, r.ID)
	testkit.Must(t, err)
	var came []int
	for _, o := range queue {
		var n int
		if _, err := fmt.Sscanf(o.Words, "The corridor is full of people number %d", &n); err != nil {
			t.Fatal(err)
		}
		came = append(came, n)
		if o.Unit != "" {
			t.Error("the queue tells a class")
		}
	}
	if rho := rankCorrelation(came); len(came) != len(arrival) || rho > 0.4 || rho < -0.4 {
		t.Errorf("%d comments follow the order of arrival: rho = %.2f", len(came), rho)
	}

	// 5. The inbox is empty, in the table and in the files.
	var left int64
	s.DB.Query(ctx).Table("inbox").Count(&left)
	if left != 0 {
		t.Errorf("%d rows left in the inbox", left)
	}
	if s.DB.Kind() == storage.SQLite {
		var file string
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file).Error)
		for _, name := range []string{file, file + "-wal"} {
			data, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			// Each answer stands in the file exactly once: as its response. A second copy would be the inbox's.
			for _, a := range arrival[:20] {
				if n := strings.Count(string(data), a); n > 1 {
					t.Errorf("%s holds an answer %d times", name[len(file):], n)
				}
			}
		}
	}
}

// rankCorrelation is Spearman's rho of a list of ranks against their places.
func rankCorrelation(ranks []int) float64 {
	sorted := slices.Clone(ranks)
	sort.Ints(sorted)
	index := map[int]int{}
	for i, r := range sorted {
		index[r] = i
	}
	n := float64(len(ranks))
	var d2 float64
	for i, r := range ranks {
		d := float64(i - index[r])
		d2 += d * d
	}
	return 1 - 6*d2/(n*(n*n-1))
}

package rehearsal_test

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"testing"

	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// realServer is the program's own web server.
func realServer(s *testkit.School, c *collecting.Collector) http.Handler {
	w, err := web.New(&page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: c, BaseURL: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler)}, web.Options{})
	testkit.Must(s.T, err)
	return w.Echo
}

// released settles a round and reads its release.
func released(t *testing.T, s *testkit.School, id string) result.Release {
	t.Helper()
	ctx := context.Background()
	_, err := s.Rounds().Close(ctx, s.Head, id)
	testkit.Must(t, err)
	r, err := schedule.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, id)
	testkit.Must(t, err)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	return rel
}

// fileCounts counts the rows of the file that were sent: group name -> question -> value.
func fileCounts(t *testing.T, limit int) (map[string]map[string]map[string]int, map[string]int) {
	t.Helper()
	rows := turkiyeRows(t)
	if limit == 0 {
		limit = len(rows)
	}
	counted, people := map[string]map[string]map[string]int{}, map[string]int{}
	for i := range limit {
		row := rows[i*len(rows)/limit]
		class, _ := strconv.Atoi(row["class"])
		year := "Year 10"
		if class > 7 {
			year = "Year 11"
		}
		for _, group := range []string{"Course " + row["class"], year, "Riverside School"} {
			people[group]++
			for q := 1; q <= 28; q++ {
				id := "q" + strconv.Itoa(q)
				if counted[group] == nil {
					counted[group] = map[string]map[string]int{}
				}
				if counted[group][id] == nil {
					counted[group][id] = map[string]int{}
				}
				counted[group][id][row["Q"+strconv.Itoa(q)]]++
			}
		}
	}
	return counted, people
}

// checkRelease holds every published number against a count made straight from the file, with the interval worked out
// here once more: Wilson's, with n' = n(N-1)/(N-n) for n answers of N people asked.
func checkRelease(t *testing.T, rel result.Release, limit int) (bars, shares int) {
	t.Helper()
	counted, people := fileCounts(t, limit)
	for _, q := range rel.Questions {
		for _, row := range q.Rows {
			g, _ := rel.Group(row.Unit)
			if row.Hidden {
				continue
			}
			if row.N != people[g.Name] || g.Answered != people[g.Name] {
				t.Errorf("%s: %d and %d people, in the file %d", g.Name, row.N, g.Answered, people[g.Name])
			}
			for _, bar := range row.Bars {
				want := 0
				for _, o := range bar.Options {
					want += counted[g.Name][q.ID][strconv.Itoa(o+1)]
				}
				bars++
				if bar.Count != want {
					t.Errorf("%s %s %v: published %d, in the file %d", g.Name, q.ID, bar.Options, bar.Count, want)
				}
				if bar.Count == 1 || bar.Count == 2 {
					t.Errorf("%s %s: a bar of %d is published", g.Name, q.ID, bar.Count)
				}
			}
			if row.Share == nil {
				continue
			}
			shares++
			x := float64(counted[g.Name][q.ID]["4"] + counted[g.Name][q.ID]["5"])
			n, size := float64(people[g.Name]), float64(g.Asked)
			if float64(row.Share.X) != x || float64(row.Share.N) != n {
				t.Errorf("%s %s: share %d of %d, in the file %v of %v", g.Name, q.ID, row.Share.X, row.Share.N, x, n)
			}
			p, m, z := x/n, n*(size-1)/(size-n), 1.959963984540054
			centre := (p + z*z/(2*m)) / (1 + z*z/m)
			half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
			// Whoever was asked and did not answer can move the share of all only so far.
			low, high := math.Max(centre-half, x/size), math.Min(centre+half, (x+size-n)/size)
			if math.Abs(row.Share.Low-low) > 1e-9 || math.Abs(row.Share.High-high) > 1e-9 {
				t.Errorf("%s %s: interval %v to %v, want %v to %v", g.Name, q.ID, row.Share.Low, row.Share.High, low, high)
			}
		}
	}
	return bars, shares
}

// TestTurkiyeReleaseEqualsTheFile sends all 5,820 real evaluations through the program's own server.
func TestTurkiyeReleaseEqualsTheFile(t *testing.T) {
	s, r, codes := openTurkiye(t)
	report := replayTurkiye(t, s, r, codes, realServer, 0)
	if report.Stored != 5820 {
		t.Fatalf("report: %+v", report)
	}
	rel := released(t, s, r.ID)
	bars, shares := checkRelease(t, rel, 0)
	t.Logf("checked %d bars and %d shares; %+v", bars, shares, rel.Report)
	if bars < 1000 || shares < 28*13 || len(rel.Groups) != 16 {
		t.Errorf("only %d bars and %d shares of %d groups are published", bars, shares, len(rel.Groups))
	}
}

// TestTurkiyeThinnedIsHiddenAndFolded sends so few that some classes are hidden and many bars are folded.
func TestTurkiyeThinnedIsHiddenAndFolded(t *testing.T) {
	s, r, codes := openTurkiye(t)
	const limit = 260
	if report := replayTurkiye(t, s, r, codes, realServer, limit); report.Stored != limit {
		t.Fatalf("report: %+v", report)
	}
	rel := released(t, s, r.ID)
	bars, shares := checkRelease(t, rel, limit)
	t.Logf("checked %d bars and %d shares; %+v", bars, shares, rel.Report)
	hidden := 0
	for _, g := range rel.Groups {
		if !g.Shown && !g.Nobody {
			hidden++
			if g.Asked != 0 || g.Answered != 0 {
				t.Errorf("the size of the hidden %s is published", g.Name)
			}
		}
	}
	if hidden == 0 || rel.Report.BarsKept >= rel.Report.Bars || bars == 0 {
		t.Errorf("%d groups hidden: %+v", hidden, rel.Report)
	}
}

// Bench measures what the project promises and prints one line a figure: name, value, unit. Ratios come first, because
// machines differ; each compares two things measured in this same run. The same figures go to bench.json.
//
// It needs TEST_DATABASE_URL, PG_BIN and PG_SOCKET, which .ci/with-postgres sets: make bench.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web"
	"earshot/internal/web/page"
	"earshot/static"
)

const (
	clients = 64
	people  = 6000
)

type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	figures, err := measure(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	slices.SortStableFunc(figures, func(a, b figure) int {
		return boolInt(a.Unit != "ratio") - boolInt(b.Unit != "ratio")
	})
	for _, f := range figures {
		fmt.Printf("%s %.4g %s\n", f.Name, f.Value, f.Unit)
	}
	data, err := json.MarshalIndent(figures, "", "  ")
	if err == nil {
		err = os.WriteFile("bench.json", append(data, '\n'), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func measure(ctx context.Context) ([]figure, error) {
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		return nil, fmt.Errorf("TEST_DATABASE_URL is not set: run make bench")
	}
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var figures []figure
	add := func(name string, value float64, unit string) { figures = append(figures, figure{name, value, unit}) }

	lite, err := run(ctx, storage.Options{File: filepath.Join(dir, "earshot.db")}, add, "sqlite", true)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	pg, err := run(ctx, storage.Options{URL: server}, add, "postgres", false)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	base, err := pgbench(ctx, server)
	if err != nil {
		return nil, fmt.Errorf("pgbench: %w", err)
	}
	add("pgbench_one_response_a_transaction", base, "responses/s")
	add("http_sqlite_to_pgbench", lite/base, "ratio")
	add("http_postgres_to_pgbench", pg/base, "ratio")
	return figures, nil
}

// run makes a school with one round on a database, lets everybody answer over HTTP and returns the rate.
func run(ctx context.Context, o storage.Options, add func(string, float64, string), name string, pages bool) (float64, error) {
	db, err := storage.Open(ctx, o)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return 0, err
	}
	key, err := seal.KeyOf(seal.NewSecret())
	if err != nil {
		return 0, err
	}
	b, err := bank.Load()
	if err != nil {
		return 0, err
	}
	s, err := open(ctx, db, key, b)
	if err != nil {
		return 0, err
	}
	collector := collecting.NewCollector(db, key)
	defer collector.Stop()
	w, err := web.New(&page.Kit{DB: db, Key: key, Bank: b, Collector: collector, BaseURL: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler)}, web.Options{})
	if err != nil {
		return 0, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	srv := &http.Server{Handler: w.Echo}
	go srv.Serve(l)
	defer srv.Close()
	base := "http://" + l.Addr().String()

	rate, p99, err := answer(ctx, base+"/a/"+s.round.Code, s)
	if err != nil {
		return 0, err
	}
	add("http_"+name+"_64_clients", rate, "responses/s")
	add("http_"+name+"_64_clients_p99", p99.Seconds()*1000, "ms")
	if !pages {
		return rate, nil
	}
	bytes, err := firstView(base + "/a/" + s.round.Code)
	if err != nil {
		return 0, err
	}
	add("answering_page_gzip", float64(bytes), "bytes")
	draw, err := drawPages(ctx, base, s)
	if err != nil {
		return 0, err
	}
	add("class_page", draw.Seconds()*1000, "ms")
	return rate, nil
}

type school struct {
	db    *storage.DB
	key   seal.Key
	bank  *bank.Bank
	head  access.Actor
	round round.Round
	doc   survey.Document
	codes []string
	units []round.Unit
}

func open(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank) (school, error) {
	s := school{db: db, key: key, bank: b}
	ro, id := roster.NewStore(db), identity.NewStore(db, key)
	sc, err := ro.CreateSchool(ctx, roster.School{Name: "Bench School", Nation: "england", Roll: people})
	if err != nil {
		return s, err
	}
	clock := access.Clock(sc.SchoolID)
	head, err := ro.AddStaff(ctx, clock, roster.StaffForm{Name: "Bench Head", Roles: []access.Role{access.Head, access.SafeguardingLead}})
	if err != nil {
		return s, err
	}
	if _, err := ro.AddStaff(ctx, clock, roster.StaffForm{Name: "Bench Deputy", Roles: []access.Role{access.SafeguardingDeputy}}); err != nil {
		return s, err
	}
	account, err := id.EnsureAccount(ctx, "bench@example.org", "Bench Head")
	if err != nil {
		return s, err
	}
	if err := ro.LinkAccount(ctx, sc.SchoolID, head.ID, account.ID); err != nil {
		return s, err
	}
	if s.head, err = ro.Actor(ctx, account.ID, sc.SchoolID); err != nil {
		return s, err
	}
	var lines []roster.GroupLine
	for i := range people / 30 {
		year := 7 + i%5
		lines = append(lines, roster.GroupLine{Name: fmt.Sprintf("%d-%03d", year, i), Year: fmt.Sprint(year), Size: 30})
	}
	groups, err := ro.SaveGroups(ctx, s.head, roster.Form, lines)
	if err != nil {
		return s, err
	}
	var doc survey.Document
	doc, _, _ = survey.FromTemplate(b, "how_is_learning")
	sv, err := survey.NewStore(db).Add(ctx, s.head, doc, "how_is_learning")
	if err != nil {
		return s, err
	}
	rounds := round.NewStore(db, key, b)
	f := round.Form{SurveyID: sv.ID, Title: "Bench", About: round.AboutSchool, Mode: round.Anonymous, Purpose: access.ForSchool, Why: "we measure", MayChange: "Speed.",
		ReplyPlace: "here", ClosesAt: db.Now().AddDate(0, 0, 7), ReplyBy: storage.DateOf(db.Now().AddDate(0, 0, 20), time.UTC), Plan: round.Plan{Readers: []string{head.ID}}}
	for _, g := range groups {
		f.Plan.Groups = append(f.Plan.Groups, g.ID)
	}
	if s.round, err = rounds.SaveDraft(ctx, s.head, "", f); err != nil {
		return s, err
	}
	if s.round, err = rounds.Open(ctx, s.head, s.round.ID); err != nil {
		return s, err
	}
	if s.units, err = rounds.Units(ctx, s.round); err != nil {
		return s, err
	}
	sheets, err := participation.NewStore(db, key).Print(ctx, s.head, s.round, s.units)
	if err != nil {
		return s, err
	}
	for _, sh := range sheets {
		s.codes = append(s.codes, sh.Slips...)
	}
	s.doc = doc
	return s, nil
}

// answer lets everybody send at once over a fixed number of connections.
func answer(ctx context.Context, address string, s school) (perSecond float64, p99 time.Duration, err error) {
	rng := rand.New(rand.NewPCG(1, 2))
	bodies := make([]string, len(s.codes))
	for i, code := range s.codes {
		form := url.Values{"code": {code}, "receipt": {fmt.Sprintf("%032x", rng.Uint64())}, "pace": {"usual"}}
		for _, q := range s.doc.Questions() {
			form.Set(q.ID, q.Options[rng.IntN(len(q.Options))].ID)
		}
		bodies[i] = form.Encode()
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	took := make([]time.Duration, len(bodies))
	errs := make([]error, clients)
	var wg sync.WaitGroup
	began := time.Now()
	for c := range clients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) || ctx.Err() != nil {
					return
				}
				start := time.Now()
				req, _ := http.NewRequestWithContext(ctx, "POST", address, strings.NewReader(bodies[i]))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Accept", "application/json")
				res, err := client.Do(req)
				if err != nil {
					errs[c] = err
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if res.StatusCode != http.StatusOK {
					errs[c] = fmt.Errorf("answer %d: status %d", i, res.StatusCode)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	total := time.Since(began)
	for _, err := range errs {
		if err != nil {
			return 0, 0, err
		}
	}
	slices.Sort(took)
	return float64(len(bodies)) / total.Seconds(), took[len(took)*99/100], nil
}

// firstView is what a phone loads before somebody can answer: the page, its style and its script, compressed.
func firstView(address string) (int, error) {
	res, err := http.Get(address)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	html, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	total := zipped(html)
	for _, name := range []string{"css/answer.css", "js/answer.js"} {
		u, _ := url.Parse(address)
		res, err := http.Get("http://" + u.Host + static.Path(name))
		if err != nil {
			return 0, err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return 0, err
		}
		total += zipped(body)
	}
	return total, nil
}

func zipped(data []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Len()
}

// drawPages settles the round and times one form's page of results, the median of some.
func drawPages(ctx context.Context, base string, s school) (time.Duration, error) {
	if _, err := round.NewStore(s.db, s.key, s.bank).Close(ctx, s.head, s.round.ID); err != nil {
		return 0, err
	}
	if _, err := schedule.Settle(ctx, s.db, s.key, s.bank, s.head, s.round.ID); err != nil {
		return 0, err
	}
	// The three school days before leaders look are not what is measured.
	early := s.db.Now().AddDate(0, 0, -14)
	if err := s.db.Write(ctx).Exec("UPDATE rounds SET settled_at = ? WHERE id = ?", early, s.round.ID).Error; err != nil {
		return 0, err
	}
	token, err := identity.NewStore(s.db, s.key).StartSession(ctx, s.head.Account, s.head.School)
	if err != nil {
		return 0, err
	}
	var took []time.Duration
	for i := range 41 {
		unit := s.units[2+i]
		req, _ := http.NewRequestWithContext(ctx, "GET", base+"/rounds/"+s.round.ID+"/results/"+unit.ID, nil)
		req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: token})
		start := time.Now()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("class page: status %d", res.StatusCode)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

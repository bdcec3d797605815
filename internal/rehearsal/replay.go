package rehearsal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ReplayOptions say which answers go where.
type ReplayOptions struct {
	Responses io.Reader // CSV with a header
	Map       io.Reader // YAML: see Map
	Codes     []Code    // unspent; none for an open link
	URL       string    // of the page: https://.../a/CODE
	Clients   int       // people who answer at the same time; 0: 16
	Limit     int       // of answers, taken evenly from the whole file; 0: all
	Log       func(format string, args ...any)
	// Patience is how long one person goes on trying to send; 0: two minutes.
	Patience time.Duration
}

// Code is one unspent slip of a class.
type Code struct{ Unit, Code string }

// Report is how a replay went.
type Report struct {
	People     int            `json:"people"`
	Stored     int            `json:"stored"`            // the server said that the answer is safe
	Failed     map[string]int `json:"failed,omitempty"`  // by the state that the server named, or no_page, no_answer
	Retries    map[string]int `json:"retries,omitempty"` // by reason: busy, server_error, connection
	Seconds    float64        `json:"seconds"`
	Throughput float64        `json:"stored_per_second"`
	Page       Latency        `json:"page"`
	Send       Latency        `json:"send"` // from the first try until the answer was safe, waits between tries included
	FirstError string         `json:"first_error,omitempty"`
}

// Latency describes waiting times in milliseconds.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// String is the report for people.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d people, %d answers stored in %.1f s: %.0f a second\n", r.People, r.Stored, r.Seconds, r.Throughput)
	for _, l := range []struct {
		name string
		Latency
	}{{"page", r.Page}, {"send", r.Send}} {
		fmt.Fprintf(&b, "%s: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms\n", l.name, l.P50, l.P95, l.P99, l.Max)
	}
	for _, l := range []struct {
		name   string
		counts map[string]int
	}{{"tried again", r.Retries}, {"failed", r.Failed}} {
		for _, k := range slices.Sorted(maps.Keys(l.counts)) {
			fmt.Fprintf(&b, "%s: %s %d\n", l.name, k, l.counts[k])
		}
	}
	if r.FirstError != "" {
		fmt.Fprintf(&b, "first failure: %s\n", r.FirstError)
	}
	return b.String()
}

// Replay answers a round over HTTP as many people would, one real response each: each person gets the page, fills it in
// and sends it with a code of their class, again and again with the same receipt until the server says what became of
// it. An error means that the files or the address are no good; single failures stand in the report.
func Replay(ctx context.Context, o ReplayOptions) (Report, error) {
	m, err := ReadMap(o.Map)
	if err != nil {
		return Report{}, err
	}
	rows, err := m.read(o.Responses)
	if err != nil {
		return Report{}, err
	}
	if m.Unit == nil && len(o.Codes) > 0 {
		return Report{}, errors.New("map: unit is missing, and the codes belong to classes")
	}
	rows = thin(rows, o.Limit)
	if err := deal(rows, o.Codes); err != nil {
		return Report{}, err
	}
	address, err := url.Parse(o.URL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return Report{}, fmt.Errorf("%q is not the address of a page: it should look like https://school.example/a/CODE", o.URL)
	}
	address.Fragment = ""
	o.URL, o.Clients, o.Patience = address.String(), cmp.Or(o.Clients, 16), cmp.Or(o.Patience, 2*time.Minute)
	// A file is sorted by class, and people are not.
	mathrand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })

	c := &crowd{ReplayOptions: o, report: Report{People: len(rows), Failed: map[string]int{}, Retries: map[string]int{}},
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: o.Clients, MaxConnsPerHost: o.Clients, IdleConnTimeout: time.Minute}}}
	defer c.http.CloseIdleConnections()
	began := time.Now()
	queue := make(chan sheet)
	var wg sync.WaitGroup
	for range o.Clients {
		wg.Go(func() {
			for s := range queue {
				c.person(ctx, s)
			}
		})
	}
	for i, s := range rows {
		if ctx.Err() != nil {
			break
		}
		if o.Log != nil && i > 0 && i%1000 == 0 {
			o.Log("%d of %d have begun", i, len(rows))
		}
		queue <- s
	}
	close(queue)
	wg.Wait()
	c.report.Seconds = time.Since(began).Seconds()
	c.report.Throughput = float64(c.report.Stored) / max(c.report.Seconds, 1e-9)
	c.report.Page, c.report.Send = latency(c.pages), latency(c.sends)
	return c.report, ctx.Err()
}

// sheet is what one person will say.
type sheet struct {
	line   int // of the file
	unit   string
	code   string
	fields url.Values
}

// thin keeps so many rows, taken evenly from all of them, so that every class stays.
func thin(rows []sheet, limit int) []sheet {
	if limit <= 0 || limit >= len(rows) {
		return rows
	}
	kept := make([]sheet, 0, limit)
	for i := range limit {
		kept = append(kept, rows[i*len(rows)/limit])
	}
	return kept
}

// deal gives each person a code of their class.
func deal(rows []sheet, codes []Code) error {
	if len(codes) == 0 {
		return nil
	}
	byUnit, need := map[string][]string{}, map[string]int{}
	for _, c := range codes {
		byUnit[c.Unit] = append(byUnit[c.Unit], c.Code)
	}
	for i := range rows {
		unit := rows[i].unit
		if have := byUnit[unit]; need[unit] < len(have) {
			rows[i].code = have[need[unit]]
		}
		need[unit]++
	}
	var errs []error
	for _, unit := range slices.Sorted(maps.Keys(need)) {
		if have := len(byUnit[unit]); have < need[unit] {
			errs = append(errs, fmt.Errorf("%q has %d codes, and %d people answer there", unit, have, need[unit]))
		}
	}
	return errors.Join(errs...)
}

// crowd is everybody who answers.
type crowd struct {
	ReplayOptions
	http *http.Client

	mu     sync.Mutex
	report Report
	pages  []time.Duration
	sends  []time.Duration
}

// person gets the page and sends one sheet.
func (c *crowd) person(ctx context.Context, s sheet) {
	began := time.Now()
	receipt := rand.Text()
	got := c.until(ctx, func() (string, string, time.Duration) { return c.page(ctx) })
	if got.state != "page" {
		c.fail("no_page", s, got.detail)
		return
	}
	c.note(func() { c.pages = append(c.pages, time.Since(began)) })

	form := url.Values{"receipt": {receipt}, "pace": {"usual"}}
	if s.code != "" {
		form.Set("code", s.code)
	}
	maps.Copy(form, s.fields)
	body := []byte(form.Encode())
	began = time.Now()
	sent := c.until(ctx, func() (string, string, time.Duration) { return c.send(ctx, body) })
	switch sent.state {
	case "stored", "already":
		took := time.Since(began)
		c.note(func() { c.report.Stored++; c.sends = append(c.sends, took) })
	default:
		c.fail(sent.state, s, sent.detail)
	}
}

func (c *crowd) note(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *crowd) fail(state string, s sheet, detail string) {
	c.note(func() {
		c.report.Failed[state]++
		if c.report.FirstError == "" {
			c.report.FirstError = fmt.Sprintf("line %d: %s %s", s.line, state, detail)
		}
	})
}

type outcome struct{ state, detail string }

// Reasons to try again; every other state is an end.
const (
	busy        = "busy"
	serverError = "server_error"
	connection  = "connection"
)

// until tries again while there is reason to hope, a little later each time and never all at once.
func (c *crowd) until(ctx context.Context, try func() (state, detail string, wait time.Duration)) outcome {
	deadline := time.Now().Add(c.Patience)
	for n := 0; ; n++ {
		state, detail, wait := try()
		if state != busy && state != serverError && state != connection {
			return outcome{state, detail}
		}
		// Half of the pause is by chance: those who were turned away together must not come back together.
		pause := max(wait, 50*time.Millisecond<<min(n, 6))
		pause = pause/2 + mathrand.N(pause)
		if time.Now().Add(pause).After(deadline) {
			return outcome{"no_answer", state + " " + detail}
		}
		c.note(func() { c.report.Retries[state]++ })
		select {
		case <-ctx.Done():
			return outcome{"no_answer", ctx.Err().Error()}
		case <-time.After(pause):
		}
	}
}

// page gets the page, as a browser does before anybody can answer.
func (c *crowd) page(ctx context.Context) (state, detail string, wait time.Duration) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return "no_page", err.Error(), 0
	}
	req.Header.Set("Accept", "text/html")
	resp, err := c.http.Do(req)
	if err != nil {
		return connection, err.Error(), 0
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return connection, err.Error(), 0
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return serverError, resp.Status, retryAfter(resp)
	}
	if resp.StatusCode != http.StatusOK {
		return "no_page", resp.Status, 0
	}
	return "page", "", 0
}

// send posts a filled-in page as its script does.
func (c *crowd) send(ctx context.Context, body []byte) (state, detail string, wait time.Duration) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return "no_answer", err.Error(), 0
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(req)
	if err != nil {
		return connection, err.Error(), 0
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return connection, err.Error(), 0
	}
	var reply struct {
		State   string            `json:"state"`
		Message string            `json:"message"`
		Fields  map[string]string `json:"fields"`
	}
	if json.Unmarshal(data, &reply) != nil || reply.State == "" {
		if resp.StatusCode >= 500 {
			return serverError, resp.Status, retryAfter(resp)
		}
		return "not_understood", resp.Status, 0
	}
	for _, q := range slices.Sorted(maps.Keys(reply.Fields)) {
		reply.Message += " " + q + ": " + reply.Fields[q]
	}
	if reply.State != busy && resp.StatusCode >= 500 {
		return serverError, reply.State + " " + reply.Message, retryAfter(resp)
	}
	return reply.State, reply.Message, retryAfter(resp)
}

func retryAfter(resp *http.Response) time.Duration {
	n, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return time.Duration(min(max(n, 0), 30)) * time.Second
}

func latency(times []time.Duration) Latency {
	if len(times) == 0 {
		return Latency{}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		i := min(int(share*float64(len(times))), len(times)-1)
		return float64(times[i].Microseconds()) / 1000
	}
	return Latency{at(0.5), at(0.95), at(0.99), at(1)}
}

package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
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

// Report is how it went when many people answered.
type Report struct {
	People     int            `json:"people"`
	Stored     int            `json:"stored"`            // the server said that the answer is safe
	Failed     map[string]int `json:"failed,omitempty"`  // by the state that the server named, or no_page, no_answer
	Retries    map[string]int `json:"retries,omitempty"` // by reason: busy, server_error, connection
	Seconds    float64        `json:"seconds"`
	Throughput float64        `json:"stored_per_second"`
	Page       Latency        `json:"page"`
	Send       Latency        `json:"send"`    // from the first try until the answer was safe, waits between tries included
	Request    Latency        `json:"request"` // every single request that was answered
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
	}{{"page", r.Page}, {"send", r.Send}, {"each request", r.Request}} {
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

// crowd is everybody who answers one round.
type crowd struct {
	address  string        // of the page
	patience time.Duration // how long one person goes on trying
	// pause says how long to wait before try n+1, when the server asked for so long.
	pause func(n int, asked time.Duration) time.Duration

	mu       sync.Mutex
	report   Report
	pages    []time.Duration
	sends    []time.Duration
	requests []time.Duration
}

func newCrowd(address string, patience time.Duration) *crowd {
	return &crowd{address: address, patience: patience, report: Report{Failed: map[string]int{}, Retries: map[string]int{}},
		pause: func(n int, asked time.Duration) time.Duration {
			// Half of the pause is by chance: those who were turned away together must not come back together.
			p := max(asked, 50*time.Millisecond<<min(n, 6))
			return p/2 + mathrand.N(p)
		}}
}

func (c *crowd) note(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *crowd) fail(state, who, detail string) {
	c.note(func() {
		c.report.Failed[state]++
		if c.report.FirstError == "" {
			c.report.FirstError = fmt.Sprintf("%s: %s %s", who, state, detail)
		}
	})
}

// finish is the report at the end.
func (c *crowd) finish(took time.Duration) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Seconds = took.Seconds()
	c.report.Throughput = float64(c.report.Stored) / max(c.report.Seconds, 1e-9)
	c.report.Page, c.report.Send, c.report.Request = latency(c.pages), latency(c.sends), latency(c.requests)
	return c.report
}

// device is one browser: it has its connections and what it has loaded already.
type device struct {
	*crowd
	http    *http.Client
	dressed bool // style and script are in its cache
}

// newClient makes a client with so many connections that reads bodies as they come, compressed or not.
func newClient(connections int, dial dialer) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: dial, DisableCompression: true,
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, IdleConnTimeout: 2 * time.Minute}}
}

// outcome is what a try came to, or all of them.
type outcome struct {
	state, detail string
	wait          time.Duration // what the server asked for
}

// safe says whether the server has acknowledged the answer.
func (o outcome) safe() bool { return o.state == "stored" || o.state == "already" }

// Reasons to try again; every other state is an end.
const (
	busy        = "busy"
	serverError = "server_error"
	connection  = "connection"
)

// arrived is the state of what was asked for and came.
const arrived = "arrived"

// until tries again while there is reason to hope, a little later each time and never all at once.
func (c *crowd) until(ctx context.Context, try func() outcome) outcome {
	deadline := time.Now().Add(c.patience)
	for n := 0; ; n++ {
		o := try()
		if o.state != busy && o.state != serverError && o.state != connection {
			return o
		}
		pause := c.pause(n, o.wait)
		if time.Now().Add(pause).After(deadline) {
			return outcome{state: "no_answer", detail: o.state + " " + o.detail}
		}
		c.note(func() { c.report.Retries[o.state]++ })
		select {
		case <-ctx.Done():
			return outcome{state: "no_answer", detail: ctx.Err().Error()}
		case <-time.After(pause):
		}
	}
}

// do makes one request and reads the whole answer. A status of 500 or more, or 429, is a reason to try again.
func (d *device) do(ctx context.Context, method, address, accept string, body []byte) ([]byte, *http.Response, outcome) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, outcome{state: "no_request", detail: err.Error()}
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	began := time.Now()
	resp, err := d.http.Do(req)
	if err != nil {
		return nil, nil, outcome{state: connection, detail: err.Error()}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return nil, nil, outcome{state: connection, detail: err.Error()}
	}
	took := time.Since(began)
	d.note(func() { d.requests = append(d.requests, took) })
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return data, resp, outcome{serverError, resp.Status, retryAfter(resp)}
	}
	return data, resp, outcome{state: arrived, detail: resp.Status}
}

// page gets the page, as a browser does before anybody can answer.
func (d *device) page(ctx context.Context) (body []byte, o outcome) {
	began := time.Now()
	o = d.until(ctx, func() outcome {
		data, resp, o := d.do(ctx, http.MethodGet, d.address, "text/html", nil)
		if o.state == arrived && resp.StatusCode != http.StatusOK {
			return outcome{state: "no_page", detail: resp.Status}
		}
		body = data
		return o
	})
	if o.state == arrived {
		took := time.Since(began)
		d.note(func() { d.pages = append(d.pages, took) })
	}
	return body, o
}

// send posts a filled-in page as its script does, with the same receipt until the server says what became of it.
func (d *device) send(ctx context.Context, receipt string, form url.Values) outcome {
	form.Set("receipt", receipt)
	body := []byte(form.Encode())
	began := time.Now()
	o := d.until(ctx, func() outcome { return d.post(ctx, d.address, body) })
	if o.safe() {
		took := time.Since(began)
		d.note(func() { d.report.Stored++; d.sends = append(d.sends, took) })
	}
	return o
}

// post makes one POST and gives the state that the server names in its reply.
func (d *device) post(ctx context.Context, address string, body []byte) outcome {
	data, resp, o := d.do(ctx, http.MethodPost, address, "application/json", body)
	if resp == nil {
		return o
	}
	var reply struct {
		State   string            `json:"state"`
		Message string            `json:"message"`
		Fields  map[string]string `json:"fields"`
	}
	if json.Unmarshal(data, &reply) != nil || reply.State == "" {
		if o.state == arrived {
			o.state = "not_understood"
		}
		return o
	}
	for _, q := range slices.Sorted(maps.Keys(reply.Fields)) {
		reply.Message += " " + q + ": " + reply.Fields[q]
	}
	o.detail = reply.Message
	if o.state == arrived || reply.State == busy {
		o.state = reply.State
	}
	return o
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

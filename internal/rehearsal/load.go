package rehearsal

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"earshot/internal/ask/survey"
)

// LoadOptions say how pupils come to answer.
type LoadOptions struct {
	URL     string        // of the server, such as http://127.0.0.1:8080
	Clients int           // devices; each has one connection and is used by one pupil after another; 0: 64
	RTT     time.Duration // how far away the server is: a round trip takes so much longer than it does here
	Over    time.Duration // pupils arrive by chance over so long; 0: as soon as a device is free
	Think   time.Duration // each takes between half and one and a half of this to answer
	// Warm opens every device's connection before the first pupil comes.
	Warm bool
	// JustSend leaves out the page, its files and the look at the slip.
	JustSend bool
	// Pause is how long a device waits before its second try, when the server asks for nothing longer; it doubles with
	// every try up to Longest. 0: a second and a minute, as the page's script does.
	Pause, Longest time.Duration
	Patience       time.Duration // how long one pupil goes on trying; 0: five minutes
}

// Pupil is somebody who answers under load: what they will say differs from what anybody else says, so that it can be
// told afterwards whether it was stored, and how often.
type Pupil struct {
	Code    string
	Receipt string // of the one sending
	Form    url.Values
	Answers string // as they are stored
	Safe    bool   // the server acknowledged them
}

// Pupils makes up so many pupils for codes. The same seed gives the same answers. An error if the questions have too few
// options for everybody to say something else.
func Pupils(doc survey.Document, codes []string, seed uint64) ([]*Pupil, error) {
	rng := mathrand.New(mathrand.NewPCG(seed, 1500))
	questions := doc.Questions()
	ways := uint64(1)
	for _, q := range questions {
		if n := uint64(len(q.Options)); n > 0 && ways < 1<<40 {
			ways *= n
		}
	}
	if ways < uint64(len(codes))*4 {
		return nil, fmt.Errorf("%d ways to answer are too few for %d pupils", ways, len(codes))
	}
	pupils := make([]*Pupil, len(codes))
	said := map[string]bool{}
	for i, code := range codes {
		p := &Pupil{Code: code, Receipt: fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64())}
		for p.Answers == "" || said[p.Answers] {
			p.Form = url.Values{"code": {code}, "pace": {"usual"}}
			for _, q := range questions {
				if len(q.Options) > 0 {
					p.Form.Set(q.ID, q.Options[rng.IntN(len(q.Options))].ID)
				}
			}
			answers, problems := doc.Read(func(name string) []string { return p.Form[name] }, "") // no question here looks at the date
			if len(problems) > 0 {
				return nil, fmt.Errorf("made-up answers: %v", problems)
			}
			text, err := answers.Encode()
			if err != nil {
				return nil, err
			}
			p.Answers = string(text)
		}
		said[p.Answers] = true
		pupils[i] = p
	}
	return pupils, nil
}

// LoadReport is how it went under load.
type LoadReport struct {
	Report
	FirstView Sizes   `json:"first_view"` // what a device loads before its first pupil can answer, compressed
	Check     Verdict `json:"check"`
	Usage     *Usage  `json:"server,omitempty"` // of a server that was started for this
}

// Sizes are how much was loaded.
type Sizes struct {
	Requests int `json:"requests"`
	Bytes    int `json:"bytes"`
}

// String is the report for people.
func (r LoadReport) String() string {
	s := r.Report.String()
	if r.FirstView.Requests > 0 {
		s += fmt.Sprintf("first view: %d requests, %d bytes compressed\n", r.FirstView.Requests, r.FirstView.Bytes)
	}
	if r.Usage != nil {
		s += fmt.Sprintf("server: %.2f ms of CPU a journey, %.0f MB at most\n", r.Usage.CPU.Seconds()*1000/float64(max(1, r.Stored)), r.Usage.Megabytes())
	}
	return s + r.Check.String()
}

// Load lets pupils answer a round: each gets the page, asks about the slip and sends, again and again with the same
// receipt until the server says what became of it. Whoever was acknowledged is marked Safe. Single failures stand in the
// report; an error means that it could not begin.
func Load(ctx context.Context, o LoadOptions, roundCode string, pupils []*Pupil) (LoadReport, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return LoadReport{}, fmt.Errorf("%q is not the address of a server: it should look like http://127.0.0.1:8080", o.URL)
	}
	o.Clients, o.Patience = cmp.Or(o.Clients, 64), cmp.Or(o.Patience, 5*time.Minute)
	o.Pause, o.Longest = cmp.Or(o.Pause, time.Second), cmp.Or(o.Longest, time.Minute)
	l := &load{LoadOptions: o, crowd: newCrowd(base.Scheme+"://"+base.Host+"/a/"+roundCode, o.Patience), base: base}
	l.crowd.report.People = len(pupils)
	l.crowd.pause = o.wait
	dial := far(o.RTT)
	devices := make([]*device, min(o.Clients, len(pupils)))
	for i := range devices {
		devices[i] = &device{crowd: l.crowd, http: newClient(1, dial)}
		defer devices[i].http.CloseIdleConnections()
	}
	if o.Warm {
		if err := l.warm(ctx, devices); err != nil {
			return LoadReport{}, err
		}
	}
	arrivals := make([]time.Duration, len(pupils))
	if o.Over > 0 {
		for i := range arrivals {
			arrivals[i] = mathrand.N(o.Over)
		}
	}
	began := time.Now()
	var next sync.Mutex
	at := 0
	var wg sync.WaitGroup
	for _, d := range devices {
		wg.Go(func() {
			for ctx.Err() == nil {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= len(pupils) || !sleep(ctx, time.Until(began.Add(arrivals[i]))) {
					return
				}
				l.journey(ctx, d, pupils[i])
			}
		})
	}
	wg.Wait()
	return LoadReport{Report: l.finish(time.Since(began)), FirstView: l.view}, ctx.Err()
}

// wait is how the page's script waits.
func (o LoadOptions) wait(n int, asked time.Duration) time.Duration {
	most := min(o.Longest, o.Pause<<min(n, 12))
	return asked + most/2 + mathrand.N(most/2+1)
}

type load struct {
	LoadOptions
	*crowd
	base *url.URL
	view Sizes
}

// warm opens the connection of every device, some at a time.
func (l *load) warm(ctx context.Context, devices []*device) error {
	errs := make(chan error, len(devices))
	slots := make(chan struct{}, 64)
	for _, d := range devices {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			resp, err := d.http.Get(l.base.Scheme + "://" + l.base.Host + "/healthz")
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			errs <- err
		}()
	}
	var all []error
	for range devices {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

// journey is one pupil from the slip in the hand to the thanks.
func (l *load) journey(ctx context.Context, d *device, p *Pupil) {
	if !l.JustSend {
		page, got := d.page(ctx)
		if got.state == arrived {
			got = d.dress(ctx, l, page)
		}
		if got.state != arrived {
			d.fail("no_page", "a pupil", got.detail)
			return
		}
		slip := []byte(url.Values{"code": {p.Code}}.Encode())
		if said := d.until(ctx, func() outcome { return d.post(ctx, d.address+"/task", slip) }); said.state != "go" {
			d.fail("slip_"+said.state, "a pupil", said.detail)
			return
		}
	}
	if l.Think > 0 && !sleep(ctx, l.Think/2+mathrand.N(l.Think)) {
		return
	}
	sent := d.send(ctx, p.Receipt, p.Form)
	if p.Safe = sent.safe(); !p.Safe {
		d.fail(sent.state, "a pupil", sent.detail)
	}
}

var fileOfPage = regexp.MustCompile(`(?:href|src)="(/static/[^"]+\.(?:css|js))"`)

// dress gets the style and the script of a page, once for each device.
func (d *device) dress(ctx context.Context, l *load, page []byte) outcome {
	if d.dressed {
		return outcome{state: arrived}
	}
	view := Sizes{Requests: 1, Bytes: len(page)}
	plain := page
	if z, err := gzip.NewReader(bytes.NewReader(page)); err == nil {
		if plain, err = io.ReadAll(z); err != nil {
			return outcome{state: "no_page", detail: err.Error()}
		}
	}
	for _, m := range fileOfPage.FindAllSubmatch(plain, -1) {
		address := l.base.ResolveReference(&url.URL{Path: string(m[1])}).String()
		o := d.until(ctx, func() outcome {
			data, resp, o := d.do(ctx, http.MethodGet, address, "*/*", nil)
			if o.state == arrived && resp.StatusCode != http.StatusOK {
				return outcome{state: "no_file", detail: resp.Status}
			}
			view.Requests, view.Bytes = view.Requests+1, view.Bytes+len(data)
			return o
		})
		if o.state != arrived {
			return o
		}
	}
	d.dressed = true
	d.note(func() { l.view = view })
	return outcome{state: arrived}
}

// sleep waits, and says whether it was left to.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

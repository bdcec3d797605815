package rehearsal

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"net/url"
	"slices"
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

	c := newCrowd(o.URL, o.Patience)
	c.report.People = len(rows)
	// One device for everybody: what it has in common with a school full of phones is the number of connections.
	d := &device{crowd: c, http: newClient(o.Clients, nil)}
	defer d.http.CloseIdleConnections()
	began := time.Now()
	queue := make(chan sheet)
	var wg sync.WaitGroup
	for range o.Clients {
		wg.Go(func() {
			for s := range queue {
				d.replay(ctx, s)
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
	return c.finish(time.Since(began)), ctx.Err()
}

// replay gets the page and sends one sheet.
func (d *device) replay(ctx context.Context, s sheet) {
	if _, got := d.page(ctx); got.state != arrived {
		d.fail("no_page", fmt.Sprintf("line %d", s.line), got.detail)
		return
	}
	form := url.Values{"pace": {"usual"}}
	if s.code != "" {
		form.Set("code", s.code)
	}
	maps.Copy(form, s.fields)
	if sent := d.send(ctx, rand.Text(), form); !sent.safe() {
		d.fail(sent.state, fmt.Sprintf("line %d", s.line), sent.detail)
	}
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

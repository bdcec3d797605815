package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
	"earshot/internal/schedule"
	"earshot/internal/school/roster"
)

// The trust. Each of its schools holds 16,800 responses, so that all of them hold a million. The one whose pages are
// measured is like a real school: 1,680 pupils of 56 classes answered ten rounds, one like the other. Ten releases of each of
// the other 59 would take minutes and change nothing about what is measured, so these hold as many responses in three
// rounds: in as many classes, and with so many answers in each that hardly a figure is held back.
const (
	trustOf      = 60
	firstSchools = 12 // in which the trust's page is measured as well
)

var (
	realSchool = size{forms: 56, pupils: 32, answer: 30, rounds: 10}
	fullSchool = size{forms: 56, pupils: 110, answer: 100, rounds: 3}
)

// Two schools that differ in nothing but how many pupils are in a class and answer, and one to make releases of. Where more
// answer, more squares of the heat map can be shown, here too ten times as many: of sixteen classes they are a small part of
// the school's page. With 56 classes of thirty and three hundred they made its memory grow by 1.40 and its time by 1.25.
var (
	fewAnswers  = size{forms: 16, pupils: 110, answer: 100, rounds: 3}
	manyAnswers = size{forms: 16, pupils: 1100, answer: 1000, rounds: 3}
	thousand    = size{forms: 40, pupils: 27, answer: 25, rounds: 5}
)

// Promises.
const (
	classPage  = 20  // ms
	schoolPage = 50  // ms
	trustPage  = 200 // ms
	grows      = 1.2 // times, when ten times as many have answered
	aRelease   = 2   // s, of a school with 1,000 responses
)

// Visits of a page that is measured. A workbook takes longer than a page, and fewer of them.
const (
	visits    = 100
	workbooks = 5
	starts    = 3   // of the server, for what a page costs the first time
	inTurns   = 100 // visits each of two schools that are compared
)

// results measures what reading costs: pages of one school among sixty that hold a million responses, of the trust of them
// all, and how a school's pages grow with its answers.
func results(ctx context.Context, s *sheet, p *place, _ *baseline) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	full, end, err := newPlace(ctx, p.name, p.dir, self, p.address)
	if err != nil {
		return err
	}
	defer end()
	clock := &clock{}
	db, err := storage.Open(ctx, storage.Options{URL: full.server.DatabaseURL, File: filepath.Join(full.server.Data, "earshot.db"), Now: clock.now})
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := newBuilder(db, clock, full.school.Key, full.school.Bank)
	if err != nil {
		return err
	}
	m := &measured{sheet: s, place: full, builder: b, name: p.name + "_results"}
	for _, step := range []func(context.Context) error{m.trust, m.pages, m.unread, m.cold, m.grow, m.release} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	used, err := full.server.Usage()
	if err != nil {
		return err
	}
	s.add(m.name+"_server_memory_with_xlsx", used.Megabytes(), "MB")
	return full.server.Stop()
}

// measured is a trust that is being measured.
type measured struct {
	*sheet
	*place
	*builder
	name    string
	schools []*school // the first of them is the one whose pages are measured
	sights  sights    // of that one
}

func (m *measured) url() string { return m.place.server.URL }

// trust builds the trust in two steps, and measures its page after either.
func (m *measured) trust(ctx context.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // what is built here is not measured: less sweeping makes it quicker
	began := time.Now()
	trust, err := roster.NewStore(m.db).CreateTrust(ctx, "Bench Trust")
	if err != nil {
		return err
	}
	join := func(n int, sz size) error {
		list, err := m.build(ctx, n, sz)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := roster.NewStore(m.db).JoinTrust(ctx, s.head, trust.ID); err != nil {
				return err
			}
		}
		m.schools = append(m.schools, list...)
		return nil
	}
	sum := func() error { return m.sumTrusts(ctx) }
	if err := join(1, realSchool); err != nil {
		return err
	}
	if err := join(firstSchools-1, fullSchool); err != nil {
		return err
	}
	if err := sum(); err != nil {
		return err
	}
	building := time.Since(began)
	if err := rest(ctx, m.db); err != nil {
		return err
	}
	if m.sights, err = m.sightsOf(ctx, m.schools[0]); err != nil {
		return err
	}
	few, err := tour(ctx, m.url(), m.sights["trust"], inTurns)
	if err != nil {
		return err
	}
	began = time.Now()
	if err := join(trustOf-firstSchools, fullSchool); err != nil {
		return err
	}
	summing := time.Now()
	if err := sum(); err != nil {
		return err
	}
	m.add(m.name+"_trust_summed", time.Since(summing).Seconds(), "s")
	m.add(m.name+"_trust_built", (building + time.Since(began)).Seconds(), "s")
	if err := rest(ctx, m.db); err != nil {
		return err
	}
	var n int64
	if err := m.db.Query(ctx).Model(&response.Response{}).Count(&n).Error; err != nil {
		return err
	}
	m.add(m.name+"_responses", float64(n), "responses", atLeast(1_000_000))
	most, err := tour(ctx, m.url(), m.sights["trust"], inTurns)
	if err != nil {
		return err
	}
	m.add(fmt.Sprintf("%s_trust_statements_%d_to_%d_schools", m.name, trustOf, firstSchools), median(most.of(statements))/median(few.of(statements)), "ratio", atMost(1))
	m.add(fmt.Sprintf("%s_trust_time_%d_to_%d_schools", m.name, trustOf, firstSchools), median(most.of(times))/median(few.of(times)), "ratio")
	return nil
}

// sumTrusts lets the clock sum what there is to sum.
func (b *builder) sumTrusts(ctx context.Context) error {
	return schedule.Clock{DB: b.db, Key: b.key, Bank: b.bank, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}.SumTrusts(ctx)
}

// pages measures the pages of one school, and the trust's, when they have been read before; and what their charts take to
// draw, without which they would have been pages of tables.
func (m *measured) pages(ctx context.Context) error {
	if err := m.charts(ctx, m.schools[0], m.place.name == "sqlite"); err != nil {
		return err
	}
	limits := map[string]float64{"class": classPage, "school": schoolPage, "trust": trustPage}
	for _, name := range []string{"class", "school", "home", "question", "trust", "xlsx"} {
		n := visits
		if name == "xlsx" {
			n = workbooks
		}
		pages := m.sights[name]
		if name == "xlsx" {
			used, err := m.server.Usage()
			if err != nil {
				return err
			}
			m.add(m.name+"_server_memory_of_pages", used.Megabytes(), "MB")
		}
		if _, err := tour(ctx, m.url(), pages, 2*len(pages)); err != nil { // so that they have been read before
			return err
		}
		before, err := m.server.Usage()
		if err != nil {
			return err
		}
		list, err := tour(ctx, m.url(), pages, n)
		if err != nil {
			return err
		}
		after, err := m.server.Usage()
		if err != nil {
			return err
		}
		if charted := name == "class" || name == "school" || name == "question"; charted && !bytes.Contains(list[0].body, []byte("<svg")) {
			return fmt.Errorf("%s page: there is no chart on it", name)
		}
		m.add(fmt.Sprintf("%s_%s_p50", m.name, name), median(list.of(times)), "ms")
		var promised []target
		if most, ok := limits[name]; ok {
			promised = append(promised, below(most))
		}
		m.add(fmt.Sprintf("%s_%s_p95", m.name, name), p95(list.of(times)), "ms", promised...)
		m.add(fmt.Sprintf("%s_%s_server_cpu", m.name, name), (after.CPU-before.CPU).Seconds()*1000/float64(n), "ms/page")
		m.add(fmt.Sprintf("%s_%s_statements", m.name, name), median(list.of(statements)), "statements")
		m.add(fmt.Sprintf("%s_%s_allocated", m.name, name), median(list.of(memories)), "kB")
		m.add(fmt.Sprintf("%s_%s_size", m.name, name), float64(len(list[0].body))/1000, "kB")
	}
	view, err := m.view(ctx, m.schools[0].newest(round.AboutSchool), m.schools[0].head)
	if err != nil {
		return err
	}
	var heats costs
	for range visits {
		c, _, err := m.heat(view)
		if err != nil {
			return err
		}
		heats = append(heats, c)
	}
	// It stands on the school's page and asks the database for nothing of its own.
	m.add(m.name+"_heat_map_p50", median(heats.of(times)), "ms")
	m.add(m.name+"_heat_map_p95", p95(heats.of(times)), "ms")
	m.add(m.name+"_heat_map_allocated", median(heats.of(memories)), "kB")
	return nil
}

// charts draws what is to be seen on a school's measured pages; told says whether it is worth a line.
func (m *measured) charts(ctx context.Context, s *school, told bool) error {
	figures, err := m.figuresOf(ctx, s)
	if err != nil {
		return err
	}
	if _, _, err := m.draw(ctx, s, figures["question"]); err != nil { // the first charts wait for the scripts to be compiled
		return err
	}
	for _, name := range []string{"heat_map", "school", "class"} {
		n, took, err := m.draw(ctx, s, figures[name])
		if err != nil {
			return err
		}
		if told {
			m.add(fmt.Sprintf("charts_of_%s_cold", name), took.Seconds()*1000/float64(max(1, n)), "ms a chart")
			m.add(fmt.Sprintf("charts_of_%s_drawn", name), float64(n), "charts")
		}
	}
	return nil
}

// unread measures a class page in schools of which nobody has read anything lately, so that the server has to read the
// release before it.
func (m *measured) unread(ctx context.Context) error {
	var pages []visit
	for _, s := range m.schools[1:] {
		of, err := m.sightsOf(ctx, s)
		if err != nil {
			return err
		}
		pages = append(pages, of["class"][0])
	}
	list, err := tour(ctx, m.url(), pages, len(pages))
	if err != nil {
		return err
	}
	m.add(m.name+"_class_unread_p50", median(list.of(times)), "ms")
	m.add(m.name+"_class_unread_p95", p95(list.of(times)), "ms")
	m.add(m.name+"_class_unread_statements", median(list.of(statements)), "statements")
	m.add(m.name+"_class_unread_allocated", median(list.of(memories)), "kB")
	return nil
}

// cold measures the first page after the server has started.
func (m *measured) cold(ctx context.Context) error {
	for _, name := range []string{"class", "school", "trust"} {
		var list costs
		for range starts {
			if err := m.server.Stop(); err != nil {
				return err
			}
			if err := m.server.Start(ctx); err != nil {
				return err
			}
			c, err := m.sights[name][0].get(ctx, m.url())
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		m.add(fmt.Sprintf("%s_%s_cold", m.name, name), median(list.of(times)), "ms")
	}
	return nil
}

// release times the making of a school's releases, without charts, one after the other.
func (m *measured) release(ctx context.Context) error {
	m.builder.costs = nil
	if err := m.count(); err != nil {
		return err
	}
	if _, err := m.build(ctx, 1, thousand); err != nil {
		return err
	}
	list := m.builder.costs
	m.add(fmt.Sprintf("%s_release_of_%d", m.name, thousand.forms*thousand.answer), median(list.of(times))/1000, "s", below(aRelease))
	m.add(fmt.Sprintf("%s_release_statements", m.name), median(list.of(statements)), "statements")
	m.add(fmt.Sprintf("%s_release_allocated", m.name), median(list.of(memories))/1000, "MB")
	return nil
}

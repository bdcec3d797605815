package soak_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/testkit"
)

// killed: the server is killed again and again while a school answers, and so is the database server.
func killed(g *ground) {
	var pg *cluster
	if g.kind == storage.Postgres {
		pg = newCluster(g.T, "")
	}
	g.found(pick(g, 600, 1500), "", pg)
	g.start()
	over := pick(g, 5*time.Second, 30*time.Second)
	began, kills := time.Now(), 0
	r := g.answer(g.patient(200, over), func() {
		for kills < 4 || time.Since(began) < over {
			g.soon(pick(g, 600*time.Millisecond, 3*time.Second))
			kills++
			switch {
			case pg != nil && kills%3 == 0: // the database alone
				pg.kill(g.T)
				pg.start(g.T)
				continue
			case pg != nil && kills%3 == 1: // both, as in a power cut
				g.server.Kill()
				pg.kill(g.T)
				pg.start(g.T)
			default:
				g.server.Kill()
			}
			g.repaired()
			g.start()
		}
	})
	g.Logf("%d kills; tried again: %v", kills, r.Retries)
	if r.Retries["connection"] == 0 {
		g.Errorf("%d kills and nobody had to try again", kills)
	}
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

// cut: one reply in some is lost after the server has sent it.
func cut(g *ground) {
	g.found(pick(g, 500, 1500), "", nil)
	g.start()
	w := newWire(g.T, strings.TrimPrefix(g.server.URL, "http://"), "/a/"+g.school.Round.Code, g.seed, 6)
	o := g.patient(100, pick(g, time.Second, 10*time.Second))
	o.URL = w.address
	r := g.answer(o, func() {})
	w.mu.Lock()
	defer w.mu.Unlock()
	g.Logf("%d replies to a Send were lost; tried again: %v", w.lost, r.Retries)
	if w.lost < 10 {
		g.Errorf("only %d replies were lost", w.lost)
	}
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

// reply is what a Send came to.
type reply struct {
	status int
	after  string // Retry-After
	State  string `json:"state"`
}

// send posts once, as the page's script does.
func (g *ground) send(form url.Values) reply {
	req, err := http.NewRequest(http.MethodPost, g.server.URL+"/a/"+g.school.Round.Code, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{State: err.Error()}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{State: err.Error()}
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode, after: res.Header.Get("Retry-After")}
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		r.State = err.Error()
	}
	return r
}

// fifty: one answer sent fifty times at once is stored once and acknowledged each time; with another receipt the slip is
// spent.
func fifty(g *ground) {
	g.found(pick(g, 5, 50), "", nil)
	g.start()
	at := func(form url.Values) map[reply]int {
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[reply]int{}
		for range 50 {
			wg.Go(func() {
				r := g.send(form)
				mu.Lock()
				defer mu.Unlock()
				got[r]++
			})
		}
		wg.Wait()
		return got
	}
	for _, p := range g.pupils {
		form := maps.Clone(p.Form)
		form.Set("receipt", p.Receipt)
		got := at(form)
		if got[reply{status: 200, State: "stored"}] != 1 || got[reply{status: 200, State: "already"}] != 49 {
			g.Fatalf("fifty equal sends: %v", got)
		}
		p.Safe = true
		form.Set("receipt", p.Receipt+"0")
		if got := at(form); got[reply{status: 409, State: "spent"}] != 50 {
			g.Fatalf("fifty sends with another receipt: %v", got)
		}
	}
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

// away: the database cannot be reached for a while. Nothing is acknowledged that is not stored, devices are asked to come
// again in some seconds, and the server finds its database again by itself.
func away(g *ground) {
	var pg *cluster
	if g.kind == storage.Postgres {
		pg = newCluster(g.T, "")
	}
	g.found(pick(g, 300, 1500), "", pg)
	g.start()
	gone := pick(g, 3*time.Second, time.Minute)
	r := g.answer(g.patient(200, pick(g, 3*time.Second, 30*time.Second)), func() {
		time.Sleep(time.Second)
		if g.kind == storage.SQLite {
			g.lock(gone)
			return
		}
		pg.kill(g.T)
		if g.server.Ready() {
			g.Error("the server says it is ready without a database")
		}
		form := maps.Clone(g.pupils[0].Form)
		form.Set("receipt", g.pupils[0].Receipt)
		got := g.send(form)
		if s, _ := strconv.Atoi(got.after); got.status != 503 || s < 2 || s > 10 {
			g.Errorf("a Send without a database: %+v, want 503 and Retry-After from 2 to 10", got)
		}
		time.Sleep(gone)
		pg.start(g.T)
	})
	g.Logf("tried again: %v", r.Retries)
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

// lock keeps everybody else from writing to the SQLite file, as a program does that holds a transaction open.
func (g *ground) lock(d time.Duration) {
	db, err := storage.Open(g.Context(), g.options)
	testkit.Must(g, err)
	defer db.Close()
	err = db.InTx(context.Background(), func(*storage.DB) error {
		time.Sleep(d)
		return nil
	})
	testkit.Must(g, err)
}

// storm: a school full of devices has been waiting for a server that was away, and all come when it is back.
func storm(g *ground) {
	g.found(1500, "", nil)
	g.start()
	g.server.Kill()
	o := g.patient(1500, 0)
	o.JustSend = true
	var back time.Time
	r := g.answer(o, func() {
		time.Sleep(pick(g, 2*time.Second, 30*time.Second))
		back = time.Now()
		g.start()
	})
	g.Logf("all in %.1f s after the server came back; tried again: %v", time.Since(back).Seconds(), r.Retries)
	if r.Retries["connection"] < 1500 {
		g.Errorf("%v retries: nobody had to wait", r.Retries)
	}
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

// stopped: the server is asked to stop while a school answers. It says first that it is not ready any more, still takes
// what comes, stores what it has taken, and ends cleanly.
func stopped(g *ground) {
	g.found(pick(g, 600, 1500), "", nil)
	const drain = 2 * time.Second
	g.server.Args = []string{"--drain", drain.String()}
	g.start()
	g.answer(g.patient(100, pick(g, 3*time.Second, 20*time.Second)), func() {
		for range pick(g, 2, 5) {
			g.soon(pick(g, 400*time.Millisecond, 4*time.Second))
			asked, ended := time.Now(), make(chan error, 1)
			go func() { ended <- g.server.Stop() }()
			for g.server.Ready() {
				time.Sleep(10 * time.Millisecond)
			}
			res, err := http.Get(g.server.URL + "/healthz")
			switch late := time.Since(asked); {
			case err == nil:
				res.Body.Close()
			case late < drain:
				g.Errorf("%v after SIGTERM the server takes nothing: %v", late, err)
			default:
				g.Logf("this machine is too busy to see the server stop in order: %v", late)
			}
			if err := <-ended; err != nil {
				g.Error(err)
			}
			g.start()
		}
	})
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
}

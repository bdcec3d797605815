// Package soak_test breaks what can break while a school answers, and checks each time that every acknowledged answer is
// stored exactly once: servers and databases killed, connections cut after the commit, full disks, storms of retries.
//
// go test runs a short part of it on the database that TEST_DATABASE_URL chooses. SOAK=10m runs it all, on both databases,
// again and again with other seeds until the time is over: make soak. SOAK_SEED repeats a run.
package soak_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

// scenarios are what goes wrong, each with a name.
var scenarios = []struct {
	name string
	play func(*ground)
}{
	{"killed", killed},
	{"connection cut after the commit", cut},
	{"fifty at once", fifty},
	{"database away", away},
	{"disk full", full},
	{"retry storm", storm},
	{"stopped in order", stopped},
}

var program string // the earshot binary

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "earshot-soak-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "earshot")
	if out, err := exec.Command("go", "build", "-o", program, "earshot/cmd/earshot").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	defer removeClusters()
	return m.Run()
}

func TestSoak(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("SOAK_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		testkit.Must(t, err)
		seed = n
	}
	if os.Getenv("SOAK") == "" {
		kind := storage.SQLite
		if os.Getenv("TEST_DATABASE_URL") != "" {
			kind = storage.Postgres
		}
		for _, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel() // most of each is waiting
				s.play(&ground{T: t, kind: kind, seed: seed})
			})
		}
		return
	}
	long, err := time.ParseDuration(os.Getenv("SOAK"))
	testkit.Must(t, err)
	began := time.Now()
	for ; time.Since(began) < long; seed++ {
		for _, s := range scenarios {
			for _, kind := range []storage.Kind{storage.SQLite, storage.Postgres} {
				if time.Since(began) >= long {
					break
				}
				if !t.Run(fmt.Sprintf("%s on %s, seed %d", s.name, kind, seed), func(t *testing.T) {
					s.play(&ground{T: t, kind: kind, seed: seed, long: true})
				}) {
					t.Fatalf("stopped: SOAK_SEED=%d repeats this", seed)
				}
			}
		}
	}
}

// ground is where one scenario plays: a school, the pupils of its round, and a server that can be killed.
type ground struct {
	*testing.T
	kind storage.Kind
	seed uint64
	long bool

	rng     *rand.Rand
	school  rehearsal.LoadSchool
	pupils  []*rehearsal.Pupil
	options storage.Options
	server  *rehearsal.Server
	pg      *cluster // of this scenario; nil on SQLite
}

// pick chooses between what the short part and the long run do.
func pick[T any](g *ground, short, long T) T {
	if g.long {
		return long
	}
	return short
}

// found makes the school in folder (a new one if that is empty) and starts no server yet. On PostgreSQL pg is the
// database server, nil for the one that all scenarios share that do not harm it.
func (g *ground) found(people int, folder string, pg *cluster) {
	g.Helper()
	ctx := g.Context()
	g.rng = rand.New(rand.NewPCG(g.seed, 77))
	if folder == "" {
		folder = g.TempDir()
	}
	g.options = storage.Options{File: filepath.Join(folder, "earshot.db")}
	if g.kind == storage.Postgres {
		if g.pg = pg; pg == nil {
			g.pg = sharedCluster(g.T)
		}
		address, drop, err := rehearsal.OwnSchema(ctx, g.pg.url())
		testkit.Must(g, err)
		g.Cleanup(func() { _ = drop() })
		g.options.URL = address
	}
	key, err := seal.KeyFile(filepath.Join(folder, "earshot.key"))
	testkit.Must(g, err)
	b, err := bank.Load()
	testkit.Must(g, err)
	db, err := storage.Open(ctx, g.options)
	testkit.Must(g, err)
	_, err = db.Migrate(ctx)
	testkit.Must(g, err)
	g.school, err = rehearsal.FoundLoadSchool(ctx, db, key, b, people)
	testkit.Must(g, err)
	g.pupils, err = rehearsal.Pupils(g.school.Doc, g.school.Codes, g.seed)
	testkit.Must(g, err)
	// Nobody else may hold a SQLite file open when its server is killed, or there is nothing for the next one to repair.
	testkit.Must(g, db.Close())
	g.server = &rehearsal.Server{Program: program, Data: folder, DatabaseURL: g.options.URL}
	g.Cleanup(func() {
		g.server.Kill()
		if g.Failed() {
			g.Logf("seed %d; the server's last words:\n%s", g.seed, g.server.Log())
		}
	})
}

func (g *ground) start() {
	g.Helper()
	testkit.Must(g, g.server.Start(g.Context()))
}

// patient are devices that go on trying, a little faster than real ones in the short part.
func (g *ground) patient(clients int, over time.Duration) rehearsal.LoadOptions {
	return rehearsal.LoadOptions{URL: g.server.URL, Clients: clients, Over: over, Patience: 3 * time.Minute,
		Pause: pick(g, 100*time.Millisecond, time.Second), Longest: pick(g, 2*time.Second, time.Minute)}
}

// answer lets the pupils answer while something happens, and returns the report when both are done.
func (g *ground) answer(o rehearsal.LoadOptions, meanwhile func()) rehearsal.LoadReport {
	g.Helper()
	type result struct {
		rehearsal.LoadReport
		error
	}
	done := make(chan result, 1)
	go func() {
		r, err := rehearsal.Load(g.Context(), o, g.school.Round.Code, g.pupils)
		done <- result{r, err}
	}()
	meanwhile()
	r := <-done
	testkit.Must(g, r.error)
	if r.Stored != r.People {
		g.Errorf("%d of %d pupils were never told that their answer is safe: %v %s", r.People-r.Stored, r.People, r.Failed, r.FirstError)
	}
	return r.LoadReport
}

// check opens the database and compares what is stored with what was acknowledged; on SQLite also that the file is whole.
func (g *ground) check() rehearsal.Verdict {
	g.Helper()
	db, err := storage.Open(g.Context(), g.options)
	testkit.Must(g, err)
	defer db.Close()
	if g.kind == storage.SQLite {
		whole(g, db)
	}
	g.school.DB = db
	v, err := g.school.Verify(g.Context(), g.pupils)
	testkit.Must(g, err)
	if !v.OK() {
		g.Errorf("seed %d: %s", g.seed, v)
	} else {
		g.Logf("%s, seed %d: %s", g.kind, g.seed, v)
	}
	return v
}

// whole fails unless SQLite finds nothing wrong with its file.
func whole(g *ground, db *storage.DB) {
	g.Helper()
	var said string
	testkit.Must(g, db.Write(context.Background()).Raw("PRAGMA integrity_check").Row().Scan(&said))
	if said != "ok" {
		g.Fatalf("integrity_check: %s", said)
	}
}

// repaired looks at a SQLite file after its server was killed, before the next one opens it.
func (g *ground) repaired() {
	g.Helper()
	if g.kind != storage.SQLite {
		return
	}
	db, err := storage.Open(g.Context(), g.options)
	testkit.Must(g, err)
	whole(g, db)
	testkit.Must(g, db.Close())
}

// soon waits a time by chance between a half and one and a half of d.
func (g *ground) soon(d time.Duration) { time.Sleep(d/2 + time.Duration(g.rng.Int64N(int64(d)))) }

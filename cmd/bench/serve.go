package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/metrics"
	"strconv"
	"syscall"

	"earshot/internal/ask/bank"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// What a request cost stands in these headers of its answer.
const (
	headerStatements = "X-Bench-Statements"
	headerAllocated  = "X-Bench-Allocated" // bytes
)

// serve is this program as a server of its own, which the other half starts as `serve --data FOLDER --addr ADDRESS`. It has
// the handler of `earshot serve` and counts what each request asks of the database and of the memory. The clock is
// stopped: with a trust that was built a moment ago it would be busy tidying up, and drawing charts, for hours.
func serve(args []string) error {
	if len(args) != 4 || args[0] != "--data" || args[2] != "--addr" {
		return errors.New("serve --data FOLDER --addr ADDRESS is how bench starts itself")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	db, err := storage.Open(ctx, storage.Options{URL: os.Getenv("DATABASE_URL"), File: filepath.Join(args[1], "earshot.db")})
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := seal.KeyFile(filepath.Join(args[1], "earshot.key"))
	if err != nil {
		return err
	}
	handler, end, err := counting(db, key, "http://"+args[3])
	if err != nil {
		return err
	}
	defer end()
	l, err := net.Listen("tcp", args[3])
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler}
	go func() {
		<-ctx.Done()
		_ = srv.Shutdown(context.WithoutCancel(ctx))
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// counting is the server's handler, which says of each answer what it has cost. Requests must come one after the other.
func counting(db *storage.DB, key seal.Key, address string) (handler http.Handler, end func(), err error) {
	b, err := bank.Load()
	if err != nil {
		return nil, nil, err
	}
	statements, err := countStatements(db)
	if err != nil {
		return nil, nil, err
	}
	collector := collecting.NewCollector(db, key)
	built, err := web.New(&page.Kit{DB: db, Key: key, Bank: b, Collector: collector, BaseURL: address, Log: slog.New(slog.DiscardHandler)}, web.Options{})
	if err != nil {
		collector.Stop()
		return nil, nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, bytes := statements.Load(), allocated()
		held := &held{to: w}
		built.Echo.ServeHTTP(held, r)
		w.Header().Set(headerStatements, strconv.FormatInt(statements.Load()-asked, 10))
		w.Header().Set(headerAllocated, strconv.FormatUint(allocated()-bytes, 10))
		held.send()
	}), collector.Stop, nil
}

// allocated is how many bytes this program has taken from the heap so far, to a few thousand.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// held keeps an answer back until it is known what it has cost.
type held struct {
	to     http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header { return h.to.Header() }

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

func (h *held) send() {
	h.WriteHeader(http.StatusOK)
	h.to.WriteHeader(h.status)
	_, _ = h.to.Write(h.body.Bytes())
}

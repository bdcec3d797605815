// Bench measures what the project promises about collecting answers and about reading results, on both databases, in one
// run on one machine. Each figure is printed with its target and whether it holds; the same goes to bench.json. Machines
// differ, so most targets are ratios of two things measured in this same run.
//
// The server is a process of its own, so that its use of the processor can be told from the load generator's, which runs
// on the same machine. It needs TEST_DATABASE_URL, PG_BIN and PG_SOCKET, which .ci/with-postgres sets: make bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// only picks one database and one part of the run, such as sqlite/million, to look at it more closely; then nothing is
// written to bench.json.
var only = flag.String("only", "", "one database and part: sqlite/million")

func main() {
	flag.Parse()
	if flag.Arg(0) == "serve" { // the other half: see serve.go
		if err := serve(flag.Args()[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	var s sheet
	err := measure(ctx, &s)
	if err == nil && *only == "" {
		err = s.save("bench.json")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	s.summary()
}

func measure(ctx context.Context, s *sheet) error {
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		return errors.New("TEST_DATABASE_URL is not set: run make bench")
	}
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "earshot")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/earshot").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %v: %s", err, out)
	}
	base, drop, err := newBaseline(ctx, server)
	if err != nil {
		return fmt.Errorf("pgbench: %w", err)
	}
	defer drop()
	for _, name := range []string{"sqlite", "postgres"} {
		if !strings.HasPrefix(*only, name) && *only != "" {
			continue
		}
		if err := measureOn(ctx, s, name, dir, program, server, base); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func measureOn(ctx context.Context, s *sheet, name, dir, program, address string, base *baseline) error {
	p, end, err := newPlace(ctx, name, dir, program, address)
	if err != nil {
		return err
	}
	defer end()
	for _, part := range []struct {
		name string
		run  func(context.Context, *sheet, *place, *baseline) error
	}{{"rates", rates}, {"journeys", journeys}, {"minute", minute}, {"memory", memory}, {"million", million}, {"pages", pages}, {"charts", charts}, {"results", results}} {
		if *only != "" && *only != name+"/"+part.name {
			continue
		}
		if err := part.run(ctx, s, p, base); err != nil {
			return err
		}
	}
	return p.server.Stop()
}

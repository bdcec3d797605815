package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMistakesEndInOneClearSentence tries what goes wrong at a first start.
func TestMistakesEndInOneClearSentence(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		args       []string
		env        [2]string
	}{
		{name: "busy port", args: []string{"serve", "--data", t.TempDir(), "--addr", busy.Addr().String()}, want: "Cannot listen on"},
		{name: "no address", args: []string{"serve", "--data", t.TempDir(), "--addr", "nonsense"}, want: "is not an address to listen on"},
		{name: "wrong base", args: []string{"serve", "--data", t.TempDir(), "--base-url", "voice.school.example"}, want: "is not an address of a site"},
		{name: "folder is a file", args: []string{"serve", "--data", filepath.Join(file, "x")}, want: "file"},
		{name: "unknown flag", args: []string{"serve", "--colour", "blue"}, want: "unknown flag"},
		{name: "unknown proxy", args: []string{"serve", "--data", t.TempDir(), "--proxy", "next door"}, want: "not an address or a network"},
		{name: "database away", args: []string{"serve", "--data", t.TempDir()}, env: [2]string{"DATABASE_URL", "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"}, want: "cannot be reached"},
		{name: "short key", args: []string{"serve", "--data", t.TempDir()}, env: [2]string{"EARSHOT_KEY", "c2hvcnQ="}, want: "at least 32"},
		{name: "backup of nothing to nowhere", args: []string{"backup", "--data", t.TempDir(), "/no/such/folder/file"}, want: "There is no database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.env[0] != "" {
				t.Setenv(c.env[0], c.env[1])
			}
			err := run(t.Context(), c.args)
			if err == nil {
				t.Fatal("no error")
			}
			s := sentence(err)
			if !strings.Contains(s, c.want) || strings.Contains(s, "\n") || strings.Contains(s, "[") {
				t.Errorf("%q, want something with %q", s, c.want)
			}
		})
	}
}

// TestDemoTellsItsSchoolBeforeItIsReady starts the demo as a person would and reads its JSON.
func TestDemoTellsItsSchoolBeforeItIsReady(t *testing.T) {
	data := t.TempDir()
	for _, start := range []string{"first start", "second start"} {
		t.Run(start, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			stdout := os.Stdout
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			os.Stdout = w
			done := make(chan error, 1)
			go func() { done <- run(ctx, []string{"demo", "--json", "--addr", "127.0.0.1:0", "--data", data}) }()
			var demo struct {
				URL      string
				Accounts []struct{ Role, Email, Password string }
				Answer   string
				Slips    []string
				Link     string
				Rounds   []struct{ ID, Title, State string }
			}
			err = json.NewDecoder(r).Decode(&demo)
			os.Stdout = stdout
			if err != nil {
				t.Fatal(err)
			}
			go io.Copy(io.Discard, r)
			states := map[string]int{}
			for _, round := range demo.Rounds {
				states[round.State]++
			}
			if len(demo.Slips) != 20 || states["published"] != 5 || states["settled"] != 1 || states["open"] < 2 {
				t.Errorf("%d slips, rounds %v", len(demo.Slips), states)
			}
			ready := false
			for range 100 {
				if res, err := http.Get(demo.URL + "/readyz"); err == nil {
					res.Body.Close()
					if ready = res.StatusCode == http.StatusOK; ready {
						break
					}
				}
				time.Sleep(50 * time.Millisecond)
			}
			if !ready {
				t.Error("never ready")
			}
			for _, address := range []string{demo.Answer, demo.Link} {
				res, err := http.Get(address)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(res.Body)
				res.Body.Close()
				if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "<form") || !strings.Contains(string(body), "Invented") {
					t.Errorf("%s: %d", address, res.StatusCode)
				}
			}
			if _, err := os.Stat(filepath.Join(data, "earshot.db")); err != nil {
				t.Error(err)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			w.Close()
		})
	}
}

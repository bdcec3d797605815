package main

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestLoadOnARunningServer loads a server as an administrator would before a big day.
func TestLoadOnARunningServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	data := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"serve", "--data", data, "--addr", addr}) }()
	for range 200 {
		if res, err := http.Get("http://" + addr + "/readyz"); err == nil {
			res.Body.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := run(t.Context(), []string{"load", "--url", "http://" + addr, "--data", data, "--people", "60", "--clients", "20", "--json"}); err != nil {
		t.Error(err)
	}
	// Where the check cannot see what the server stores, it must not say that all is well.
	err = run(t.Context(), []string{"load", "--url", "http://" + addr, "--data", t.TempDir(), "--people", "5"})
	if err == nil || !strings.Contains(err.Error(), "did not arrive") {
		t.Errorf("another database than the server's: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLoadSaysWhatItNeeds(t *testing.T) {
	for want, args := range map[string][]string{
		"name the database":       {"load", "--url", "http://127.0.0.1:1"},
		"at least one pupil":      {"load", "--people", "0"},
		"has to look like":        {"load", "--database-url", "host=somewhere"},
		"the address of a server": {"load", "--url", "nowhere", "--data", t.TempDir(), "--people", "2"},
	} {
		if err := run(t.Context(), args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want something with %q", args, err, want)
		}
	}
}

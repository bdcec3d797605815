//go:build lighthouse

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"earshot/internal/rehearsal"
)

// What Lighthouse has to say of the page that pupils answer on, seen with its mobile preset (a slow phone on a slow line).
var least = map[string]float64{"performance": 95, "accessibility": 100, "best-practices": 100}

// TestLighthouse looks at the demo's answering page with the Lighthouse that LIGHTHOUSE names. Of three looks the median
// counts, since other programs run on every machine.
func TestLighthouse(t *testing.T) {
	cli := os.Getenv("LIGHTHOUSE")
	if cli == "" {
		t.Fatal("LIGHTHOUSE is not set: run make lighthouse")
	}
	ctx, stop := context.WithCancel(t.Context())
	stdout := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"demo", "--json", "--addr", "127.0.0.1:0"}) }()
	var demo rehearsal.Demo
	err = json.NewDecoder(r).Decode(&demo)
	os.Stdout = stdout
	if err != nil {
		t.Fatal(err)
	}
	server := rehearsal.Server{URL: demo.URL}
	for range 100 {
		if server.Ready() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	scores, poor := map[string][]float64{}, map[string]bool{}
	for range 3 {
		one, titles, err := look(t, cli, demo.Answer)
		if err != nil {
			t.Fatal(err)
		}
		for name, score := range one {
			scores[name] = append(scores[name], score)
		}
		for _, title := range titles {
			poor[title] = true
		}
	}
	for name, want := range least {
		slices.Sort(scores[name])
		got := scores[name][1]
		fmt.Printf("%-16s %3.0f (at least %.0f)\n", name, got, want)
		if got < want {
			t.Errorf("%s is %.0f, want %.0f: %v", name, got, want, poor)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// look runs Lighthouse once: the score of each category out of a hundred, and what it would have better.
func look(t *testing.T, cli, address string) (map[string]float64, []string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	cmd := exec.CommandContext(t.Context(), "node", cli, address, "--quiet", "--no-enable-error-reporting", "--chrome-flags=--headless=new --no-sandbox",
		"--only-categories=performance,accessibility,best-practices", "--output=json", "--output-path="+file)
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium())
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("lighthouse: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var report struct {
		Categories map[string]struct{ Score float64 }
		Audits     map[string]struct {
			Title            string
			Score            *float64
			ScoreDisplayMode string
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return nil, nil, err
	}
	scores := map[string]float64{}
	for name, c := range report.Categories {
		scores[name] = c.Score * 100
	}
	var titles []string
	for _, a := range report.Audits {
		if a.Score != nil && *a.Score < 0.9 && a.ScoreDisplayMode != "informative" {
			titles = append(titles, a.Title)
		}
	}
	return scores, titles, nil
}

func chromium() string {
	if path := os.Getenv("CHROME_PATH"); path != "" {
		return path
	}
	path, _ := exec.LookPath("chromium")
	return path
}

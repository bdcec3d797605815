package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/base/fault"
	"earshot/internal/web/exploring"
	"earshot/internal/web/page"
)

type reportCommand struct {
	place
	keyed
	Round string `arg:"" help:"Code of the round, as in its public address."`
	File  string `arg:"" help:"File to write: .html, or .pdf where Chromium is installed." type:"path"`
	Group string `help:"Year, form or class, by its name. Default: the whole school."`
	PDF   bool   `help:"Write a PDF whatever the file is called." name:"pdf"`
}

// Run writes what a head may see of a round now: the rules about who sees what and when hold here too.
func (r reportCommand) Run(ctx context.Context) error {
	db, err := r.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	key, err := r.keyed.open(r.place)
	if err != nil {
		return err
	}
	b, err := bank.Load()
	if err != nil {
		return err
	}
	pages := exploring.Pages{Kit: &page.Kit{DB: db, Key: key, Bank: b, Log: slog.New(slog.DiscardHandler)}}
	html, err := pages.Report(ctx, strings.ToUpper(r.Round), r.Group)
	if err != nil {
		return err
	}
	if r.PDF || strings.EqualFold(filepath.Ext(r.File), ".pdf") {
		return printed(ctx, html, r.File)
	}
	return os.WriteFile(r.File, html, 0o600)
}

// browsers by the names that they go by.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// printed lets Chromium print a page, which loads nothing: it holds all it needs.
func printed(ctx context.Context, html []byte, file string) error {
	var program string
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		return fault.New(fault.NotFound, "report.no_browser")
	}
	dir, err := os.MkdirTemp("", "earshot-report-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	from := filepath.Join(dir, "report.html")
	if err := os.WriteFile(from, html, 0o600); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	args := []string{"--headless=new", "--disable-gpu", "--user-data-dir=" + filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf=" + file, "file://" + from}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...) // Chromium's sandbox refuses root; the page is ours
	}
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, firstLine(fmt.Errorf("%s", out)))
	}
	_, err = os.Stat(file)
	return err
}

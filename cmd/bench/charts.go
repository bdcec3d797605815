package main

import (
	"context"
	"time"

	"earshot/internal/show/chart"
	"earshot/internal/web/exploring"
	"earshot/internal/web/page"
)

// charts measures how long it takes to draw charts that nobody has drawn yet, one after the other: every figure of the
// gallery. Pages never wait for it, so nothing is promised.
func charts(ctx context.Context, s *sheet, p *place, _ *baseline) error {
	if p.name != "sqlite" {
		return nil // no database takes part
	}
	var list []chart.Drawing
	for _, f := range exploring.Exhibits() {
		list = append(list, chart.Drawings(f, page.Charts().Version())...)
	}
	// The first one waits for the scripts to be compiled.
	began := time.Now()
	if err := page.Charts().Draw(ctx, list[:1], func(chart.Drawing, string) error { return nil }); err != nil {
		return err
	}
	s.add("charts_first", float64(time.Since(began).Milliseconds()), "ms")
	var took []float64
	bytes, workers := 0, float64(chart.Workers())
	last := time.Now()
	err := page.Charts().Draw(ctx, list[1:], func(_ chart.Drawing, svg string) error {
		took = append(took, workers*float64(time.Since(last).Microseconds())/1000)
		last = time.Now()
		bytes += len(svg)
		return nil
	})
	if err != nil {
		return err
	}
	most := 0.0
	for _, t := range took {
		most = max(most, t)
	}
	s.add("charts_cold_median", median(took), "ms a chart")
	s.add("charts_cold_slowest", most, "ms a chart")
	s.add("charts_size", float64(bytes)/float64(len(took)), "bytes")
	return nil
}

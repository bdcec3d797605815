package disclosure_test

import (
	"testing"

	"earshot/internal/show/disclosure"
)

func BenchmarkWhat(b *testing.B)          { benchmarkWhat(b, 0) }
func BenchmarkWhatForPupils(b *testing.B) { benchmarkWhat(b, 10) }

// benchmarkWhat takes ten classes a year, five years, five options.
func benchmarkWhat(b *testing.B, least int) {
	q := disclosure.Question{Favourable: []int{3, 4}, Least: least}
	school := disclosure.Group{Wide: true}
	var years, classes []disclosure.Group
	seed := uint64(1)
	for range 5 {
		year := disclosure.Group{Wide: true}
		for range 10 {
			cell, row := len(q.Counts), make([]int, 6)
			for range 25 {
				seed = seed*6364136223846793005 + 1442695040888963407
				row[[]int{0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 3, 3, 5}[seed>>33%20]]++
			}
			q.Counts = append(q.Counts, row)
			year.Atoms, school.Atoms = append(year.Atoms, cell), append(school.Atoms, cell)
			classes = append(classes, disclosure.Group{Atoms: []int{cell}})
		}
		years = append(years, year)
	}
	q.Groups = append(append([]disclosure.Group{school}, years...), classes...)
	var report disclosure.Report
	for b.Loop() {
		_, report, _ = disclosure.What(q)
	}
	b.ReportMetric(float64(report.BarsKept)/float64(report.Bars), "kept")
	b.ReportMetric(float64(report.HeadlinesKept)/float64(report.Headlines), "headlines")
}

// Many options that hardly anybody chose must not take for ever.
func TestManyOptions(t *testing.T) {
	q := disclosure.Question{Kind: disclosure.Unordered, Least: 10, Groups: []disclosure.Group{{Atoms: []int{0, 1, 2}, Wide: true}}}
	for cell := range 3 {
		row := make([]int, 32)
		for o := range row {
			row[o] = (o*7+cell)%3 + o/28*5
		}
		q.Counts = append(q.Counts, row)
		q.Groups = append(q.Groups, disclosure.Group{Atoms: []int{cell}})
	}
	rows, _ := what(t, q)
	for _, row := range rows {
		for _, bar := range row.Bars {
			if bar.Count > 0 && bar.Count < 10 {
				t.Errorf("%+v", bar)
			}
		}
	}
}

package roster

import (
	"testing"

	"earshot/internal/base/storage"
)

func TestTermsByMonths(t *testing.T) {
	for day, want := range map[storage.Date]string{"2026-09-01": "2026-09-01", "2026-12-31": "2026-09-01", "2027-01-01": "2027-01-01", "2027-03-31": "2027-01-01", "2027-04-01": "2027-04-01", "2027-08-31": "2027-04-01"} {
		got, own := Calendar{}.Term(day)
		if string(got.First) != want || own || !got.Has(day) {
			t.Errorf("%s lies in the term %v, want one from %s", day, got, want)
		}
	}
}

func TestTermsOfASchool(t *testing.T) {
	c := Calendar{Terms: []Span{{"Michaelmas", "2026-09-03", "2026-12-11"}, {"Lent", "2027-01-12", "2027-03-24"}}}
	for _, x := range []struct {
		day  storage.Date
		name string
		own  bool
	}{{"2026-09-02", "autumn", false}, {"2026-09-03", "Michaelmas", true}, {"2026-12-11", "Michaelmas", true}, {"2026-12-12", "Lent", true}, {"2027-01-11", "Lent", true}, {"2027-03-24", "Lent", true}, {"2027-03-25", "spring", false}} {
		got, own := c.Term(x.day)
		if got.Name != x.name || own != x.own || !got.Has(x.day) {
			t.Errorf("%s lies in %v (own: %v), want %s", x.day, got, own, x.name)
		}
	}
}

func TestACalendarIsReadRowByRow(t *testing.T) {
	c := Calendar{Terms: []Span{{}, {" Lent  term ", "2027-01-12", "2027-03-24"}, {"Autumn", "2026-09-03", "2026-12-11"}}}
	if p := c.problems(); len(p) > 0 || len(c.Terms) != 2 || c.Terms[0].Name != "Autumn" || c.Terms[1].Name != "Lent term" {
		t.Fatalf("%v %v", p, c.Terms)
	}
	for want, span := range map[string]Span{"calendar.name": {"", "2027-01-12", "2027-03-24"}, "calendar.days": {"Easter", "2027-02-30", "2027-03-24"}, "calendar.order": {"Easter", "2027-04-09", "2027-03-29"}, "calendar.long": {"Easter", "2026-03-29", "2027-04-09"}} {
		c := Calendar{Holidays: []Span{{"Half-term", "2026-10-26", "2026-10-30"}, span}}
		if p := c.problems(); p[SpanField(Holidays, 1)].Key != want || len(p) != 1 {
			t.Errorf("%v: %v, want %s", span, p, want)
		}
	}
	both := Calendar{Terms: []Span{{"One", "2026-09-03", "2026-12-11"}, {"Two", "2026-12-11", "2027-03-24"}}}
	if p := both.problems(); p["terms-1"].Key != "calendar.overlap" {
		t.Errorf("terms that share a day: %v", p)
	}
}

func TestQuietDaysAreNoHolidays(t *testing.T) {
	c := Calendar{Holidays: []Span{{"Christmas", "2026-12-21", "2027-01-01"}}, Quiet: []Span{{"Mocks", "2026-11-30", "2026-12-04"}}}
	if c.Off("2026-12-01") || !c.Still("2026-12-01") || !c.Off("2026-12-21") || !c.Still("2027-01-01") || c.Still("2027-01-02") {
		t.Error("quiet days and holidays are confused")
	}
	for _, x := range []struct {
		first, last storage.Date
		quiet       bool
	}{{"2026-11-20", "2026-11-29", false}, {"2026-11-20", "2026-11-30", true}, {"2026-12-01", "2026-12-02", true}, {"2026-12-04", "2026-12-20", true}, {"2026-11-01", "2026-12-30", true}, {"2026-12-05", "2026-12-30", false}} {
		if _, got := c.QuietIn(x.first, x.last); got != x.quiet {
			t.Errorf("%s to %s: %v", x.first, x.last, got)
		}
	}
}

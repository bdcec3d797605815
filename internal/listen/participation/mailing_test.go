package participation_test

import (
	"testing"
	"time"

	"earshot/internal/listen/participation"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestSchoolHours(t *testing.T) {
	zone := london(t)
	h := participation.Hours{Opens: "08:30", Closes: "15:30", Zone: zone}
	at := func(text string) time.Time {
		tt, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return tt
	}
	for _, c := range []struct {
		now  string
		in   bool
		next string
	}{
		{"2026-10-05 08:29", false, "2026-10-05 08:30"},
		{"2026-10-05 08:30", true, "2026-10-05 08:30"},
		{"2026-10-05 15:29", true, "2026-10-05 15:29"},
		{"2026-10-05 15:30", false, "2026-10-06 08:30"},
		{"2026-10-09 23:00", false, "2026-10-12 08:30"}, // Friday night
		{"2026-10-24 12:00", false, "2026-10-26 08:30"}, // the clocks go back on the Sunday between
	} {
		if got := h.In(at(c.now)); got != c.in {
			t.Errorf("%s: at work %t", c.now, got)
		}
		if got := h.Next(at(c.now)); !got.Equal(at(c.next)) {
			t.Errorf("%s: next %s, want %s", c.now, got, c.next)
		}
		// The same moment told in another zone is the same.
		if got := h.In(at(c.now).UTC()); got != c.in {
			t.Errorf("%s in UTC: at work %t", c.now, got)
		}
	}
	odd := participation.Hours{Opens: "early", Closes: "", Zone: zone}
	if !odd.In(at("2026-10-05 09:00")) || odd.In(at("2026-10-05 17:00")) {
		t.Error("hours that nobody set")
	}
}

func TestWhenRemindersGoOut(t *testing.T) {
	zone := london(t)
	h := participation.Hours{Opens: "08:30", Closes: "15:30", Zone: zone}
	monday := time.Date(2026, 10, 5, 13, 0, 0, 0, zone)
	for _, c := range []struct {
		days  int // from that Monday to the last day
		clock int // hour of closing
		most  int
		want  []string
	}{
		{0, 16, 2, nil},
		{1, 16, 2, nil},
		{2, 16, 2, []string{"Wed 7 09:30"}},
		{4, 16, 2, []string{"Wed 7 09:30", "Fri 9 09:30"}},
		{7, 16, 2, []string{"Wed 7 09:30", "Fri 9 09:30"}},
		{7, 16, 1, []string{"Wed 7 09:30"}},
		{7, 16, 0, nil},
		{14, 16, 2, []string{"Mon 12 09:30", "Fri 16 09:30"}},
		{14, 9, 2, []string{"Fri 9 09:30", "Thu 15 09:30"}}, // closed before the morning's hour
		{28, 16, 2, []string{"Mon 19 09:30", "Fri 30 09:30"}},
	} {
		closes := time.Date(2026, 10, 5+c.days, c.clock, 0, 0, 0, zone)
		times := participation.Reminders(monday, closes, c.most, h)
		var got []string
		for _, at := range times {
			got = append(got, at.In(zone).Format("Mon 2 15:04"))
			if !h.In(at) || !at.Before(closes) || !at.After(monday.Add(24*time.Hour)) {
				t.Errorf("%d days: a reminder at %s", c.days, at)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%d days, at most %d: %v, want %v", c.days, c.most, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%d days, at most %d: %v, want %v", c.days, c.most, got, c.want)
			}
		}
	}
	// A school whose morning has less than an hour sends none rather than out of hours.
	if got := participation.Reminders(monday, monday.AddDate(0, 0, 14), 2, participation.Hours{Opens: "08:30", Closes: "09:00", Zone: zone}); got != nil {
		t.Error(got)
	}
}

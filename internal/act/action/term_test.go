package action

import (
	"testing"
	"time"
)

func TestTerm(t *testing.T) {
	for day, want := range map[string]string{"2026-09-01": "2026-09-01", "2026-12-31": "2026-09-01", "2027-01-01": "2027-01-01", "2027-03-31": "2027-01-01", "2027-04-01": "2027-04-01", "2027-08-31": "2027-04-01"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := term(at.Add(15 * time.Hour)).Format(time.DateOnly); got != want {
			t.Errorf("%s lies in the term from %s, want %s", day, got, want)
		}
	}
}

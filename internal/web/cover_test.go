package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// TestCoverSaysWhyNobodyReadsToday: a weekend, a holiday by its name, or a day of school with everybody away; and who reads
// next, and when.
func TestCoverSaysWhyNobodyReadsToday(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	lead := s.Staff("Sal Ortiz", access.SafeguardingLead)
	day := func(ahead int) storage.Date { return storage.DateOf(s.DB.Now().AddDate(0, 0, ahead), time.UTC) }
	for s.DB.Now().Weekday() != time.Sunday {
		s.Clock.Forward(24 * time.Hour)
	}
	is := func(want ...string) {
		t.Helper()
		body := unescaped(s.open(lead, "/cover"))
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("the page does not say %q\n%s", w, body)
			}
		}
	}
	next := func(ahead int) string {
		return ", on " + s.DB.Now().AddDate(0, 0, ahead).Format("Monday 2 January 2006") + "."
	}
	is("Today is Sunday, which is no day of school.", "Next: ", "Sal Ortiz", next(1))

	s.Clock.Forward(24 * time.Hour)
	is("Today: ", "<b>Sal Ortiz</b>")
	cover, err := roster.NewStore(s.DB).Cover(ctx, s.School.School)
	testkit.Must(t, err)
	for _, m := range cover.Team {
		testkit.Must(t, roster.NewStore(s.DB).AddAbsence(ctx, s.Head, roster.Absence{PersonID: m.ID, FirstOn: day(0), LastOn: day(1)}))
	}
	is("Today is a day of school, and everybody of the safeguarding team is away.", next(2))

	form := url.Values{"minutes": {"20"}, "holidays-name": {"Half-term"}, "holidays-first": {string(day(2))}, "holidays-last": {string(day(3))}}
	if res, body := s.do("POST", "/school/calendar", s.as(s.Head), form); res.StatusCode != 303 {
		t.Fatalf("%d\n%s", res.StatusCode, body)
	}
	s.Clock.Forward(2 * 24 * time.Hour)
	is("Today is no day of school: Half-term.", next(2))

	testkit.Must(t, roster.NewStore(s.DB).AddAbsence(ctx, s.Head, roster.Absence{PersonID: cover.Team[0].ID, FirstOn: day(0), LastOn: day(366)}))
	for _, m := range cover.Team[1:] {
		testkit.Must(t, roster.NewStore(s.DB).AddAbsence(ctx, s.Head, roster.Absence{PersonID: m.ID, FirstOn: day(0), LastOn: day(366)}))
	}
	is("nobody of the safeguarding team is there for a year")
}

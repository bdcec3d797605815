package roster

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
)

// Span is a run of days with a name. Both ends belong to it.
type Span struct {
	Name  string       `json:"name"`
	First storage.Date `json:"first"`
	Last  storage.Date `json:"last"`
}

// Has says whether a day lies in it.
func (s Span) Has(day storage.Date) bool { return s.First <= day && day <= s.Last }

// Calendar is what a school says of its year.
type Calendar struct {
	Terms    []Span `json:"terms,omitempty"`
	Holidays []Span `json:"holidays,omitempty"` // no days of school
	Quiet    []Span `json:"quiet,omitempty"`    // days on which no round may be open: examinations, the last week of a term
}

// How many minutes a term people may be asked for before somebody has to say why more. The suggestion is one long survey of
// ten minutes and four pulses of two or three: under half of one lesson of the three hundred that a term has.
const (
	AskingLeast     = 5
	AskingSuggested = 20
	AskingMost      = 40
)

// Days is the school's calendar.
func (s School) Days() Calendar {
	var c Calendar
	_ = json.Unmarshal([]byte(s.Calendar), &c) // written by this package; empty where nobody has set it
	return c
}

// Asking is how many minutes a pupil may be asked for in a term before somebody has to say why more.
func (s School) Asking() int { return cmp.Or(s.AskingMinutes, AskingSuggested) }

// Off says whether a day is no day of school, because it lies in a holiday. It does not know of weekends.
func (c Calendar) Off(day storage.Date) bool { return within(c.Holidays, day) }

// Still says whether nothing goes out to people on a day: it is a holiday, or the school wants it quiet.
func (c Calendar) Still(day storage.Date) bool { return c.Off(day) || within(c.Quiet, day) }

func within(spans []Span, day storage.Date) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Has(day) })
}

// QuietIn is the first quiet time that has a day in common with the days from first to last.
func (c Calendar) QuietIn(first, last storage.Date) (Span, bool) {
	i := slices.IndexFunc(c.Quiet, func(s Span) bool { return s.First <= last && first <= s.Last })
	if i < 0 {
		return Span{}, false
	}
	return c.Quiet[i], true
}

// Term is the term that a day counts to. A day between two terms counts to the one that follows. own is false where the
// school has not set a term for it: then terms are those of Britain, by months.
func (c Calendar) Term(day storage.Date) (term Span, own bool) {
	for i, t := range c.Terms {
		if i > 0 && day > c.Terms[i-1].Last {
			t.First = min(t.First, dayAfter(c.Terms[i-1].Last))
		}
		if t.Has(day) {
			return t, true
		}
	}
	return byMonths(day), false
}

func dayAfter(d storage.Date) storage.Date {
	return storage.DateOf(d.Time(time.UTC).AddDate(0, 0, 1), time.UTC)
}

// byMonths is the term that a day lies in, as terms are in Britain: autumn, spring and summer.
func byMonths(day storage.Date) Span {
	t, v := day.Time(time.UTC), words.English()
	name, first := "term.autumn", time.September
	switch {
	case t.Month() < time.April:
		name, first = "term.spring", time.January
	case t.Month() < time.September:
		name, first = "term.summer", time.April
	}
	from := time.Date(t.Year(), first, 1, 0, 0, 0, 0, time.UTC)
	return Span{v.Say(name), storage.DateOf(from, time.UTC), storage.DateOf(from.AddDate(0, map[time.Month]int{time.September: 4, time.January: 3, time.April: 5}[first], -1), time.UTC)}
}

// The most that a calendar holds of each kind, and how many days one of them may have: nothing in a school goes on for ever.
const (
	spansMost = 24
	termMost  = 200
	offMost   = 100
)

// Kinds of days in a calendar, as its form names them.
const (
	Terms    = "terms"
	Holidays = "holidays"
	Quiet    = "quiet"
)

// Spans are the days of one kind.
func (c *Calendar) Spans(kind string) *[]Span {
	return map[string]*[]Span{Terms: &c.Terms, Holidays: &c.Holidays, Quiet: &c.Quiet}[kind]
}

// SpanField names the row of a calendar's form that something is wrong with.
func SpanField(kind string, row int) string { return fmt.Sprintf("%s-%d", kind, row) }

// problems says what is wrong with a calendar as it was typed, row by row, and leaves it without empty rows and in order.
func (c *Calendar) problems() map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	for kind, most := range map[string]int{Terms: termMost, Holidays: offMost, Quiet: offMost} {
		spans := c.Spans(kind)
		var kept []Span
		for i, s := range *spans {
			s.Name = strings.Join(strings.Fields(s.Name), " ")
			if s == (Span{}) {
				continue
			}
			problem := ""
			switch {
			case s.Name == "" || len([]rune(s.Name)) > 60:
				problem = "calendar.name"
			case !s.First.Valid() || !s.Last.Valid():
				problem = "calendar.days"
			case s.Last < s.First:
				problem = "calendar.order"
			case s.Last.Time(time.UTC).Sub(s.First.Time(time.UTC)) > time.Duration(most)*24*time.Hour:
				problem = "calendar.long"
			case kind == Terms && slices.ContainsFunc(kept, func(k Span) bool { return k.First <= s.Last && s.First <= k.Last }):
				problem = "calendar.overlap"
			}
			if problem != "" {
				fields[SpanField(kind, i)] = fault.Problem{Key: problem, Values: fault.Values{"Most": most}}
			}
			kept = append(kept, s)
		}
		if len(kept) > spansMost {
			fields[SpanField(kind, spansMost)] = fault.Problem{Key: "calendar.many", Values: fault.Values{"Most": spansMost}}
		}
		if len(fields) == 0 {
			slices.SortFunc(kept, func(a, b Span) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last)) })
			*spans = kept
		}
	}
	return fields
}

package managing

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// calendarPage is where a school says when its terms, its holidays and its quiet days are, and how much it asks of people.
type calendarPage struct {
	page.Base
	Form   page.Form // the minutes
	Kinds  []spanKind
	Months string // which terms are meant while the school has set none
	May    bool   // this reader may change it
	Asking int    // minutes a term
}

type spanKind struct {
	Kind, Title, Hint string
	Rows              []spanRow
	Lines             []string // for those who only read it
}

type spanRow struct {
	ID    string // of its first box, and of what is said to be wrong with it
	Label string
	roster.Span
	Error string
}

var calendarTemplate = page.New("managing/calendar", "base", calendarPage{})

// spare is how many empty rows stand below what is there.
const spare = 2

func (p Pages) calendar(c echo.Context, who access.Actor) error {
	school := page.School(c)
	if !access.Can(who, access.ManageSchool, access.Object{School: who.School}) {
		return p.readCalendar(c, school)
	}
	return p.drawCalendar(c, http.StatusOK, school.Days(), itoa(school.Asking()), page.Errors{})
}

func (p Pages) drawCalendar(c echo.Context, status int, days roster.Calendar, minutes string, errs page.Errors) error {
	v := page.Voice(c)
	d := calendarPage{Base: p.NewBase(c, "Calendar"), May: true}
	d.Crumbs = []page.Link{{Text: "School", URL: "/school"}, {Text: "Calendar", Here: true}}
	d.Form = page.NewForm(errs, page.Field{Name: "minutes", Type: "number", Label: "How many minutes may one person be asked for in a term?", Value: minutes,
		Hint: v.Say("calendar.why_minutes", words.V{"Suggested": roster.AskingSuggested, "Least": roster.AskingLeast, "Most": roster.AskingMost})})
	d.Months = p.months(c, days)
	for _, k := range spanKinds {
		for i, span := range append(*days.Spans(k.Kind), make([]roster.Span, spare)...) {
			id := roster.SpanField(k.Kind, i)
			k.Rows = append(k.Rows, spanRow{ID: id, Label: strings.TrimSuffix(k.Title, "s") + " " + itoa(i+1), Span: span, Error: errs.Of(id)})
		}
		d.Kinds = append(d.Kinds, k)
	}
	return calendarTemplate.Send(c, status, d)
}

// spanKinds are the three parts of a calendar.
var spanKinds = []spanKind{
	{Kind: roster.Terms, Title: "Terms", Hint: "Minutes are counted from the first day of a term. Days between two terms count to the one that follows."},
	{Kind: roster.Holidays, Title: "Holidays", Hint: "No mail goes out, and teachers’ days to look first, reminders and alerts about requests to talk count days of school only."},
	{Kind: roster.Quiet, Title: "Quiet days", Hint: "Examinations, or the last week of a term. No round may be open on them. One that is open already goes on taking answers, and invites and reminds nobody."},
}

// months says which term is meant where the school has set none.
func (p Pages) months(c echo.Context, days roster.Calendar) string {
	term, own := days.Term(storage.DateOf(p.DB.Now(), page.School(c).Zone()))
	if own {
		return ""
	}
	return page.Voice(c).Say("calendar.months", words.V{"Term": term.Name, "First": round.SayDate(term.First), "Last": round.SayDate(term.Last)})
}

// readCalendar shows it to leaders who cannot change it, but have to know when they may ask.
func (p Pages) readCalendar(c echo.Context, school roster.School) error {
	days := school.Days()
	d := calendarPage{Base: p.NewBase(c, "Calendar"), Asking: school.Asking(), Months: p.months(c, days)}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: "Calendar", Here: true}}
	for _, k := range spanKinds {
		for _, span := range *days.Spans(k.Kind) {
			k.Lines = append(k.Lines, span.Name+": "+round.SayDate(span.First)+" to "+round.SayDate(span.Last))
		}
		d.Kinds = append(d.Kinds, k)
	}
	return calendarTemplate.Send(c, http.StatusOK, d)
}

func (p Pages) saveCalendar(c echo.Context, who access.Actor) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var days roster.Calendar
	for _, kind := range []string{roster.Terms, roster.Holidays, roster.Quiet} {
		names, first, last := form[kind+"-name"], form[kind+"-first"], form[kind+"-last"]
		for i := range min(len(names), len(first), len(last)) {
			span := roster.Span{Name: strings.TrimSpace(names[i]), First: storage.Date(strings.TrimSpace(first[i])), Last: storage.Date(strings.TrimSpace(last[i]))}
			if span != (roster.Span{}) { // an empty row takes one out
				*days.Spans(kind) = append(*days.Spans(kind), span)
			}
		}
	}
	err = p.Roster().SaveCalendar(c.Request().Context(), who, days, atoi(form.Get("minutes")))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawCalendar(c, status, days, form.Get("minutes"), errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/school/calendar", page.Voice(c).Say("calendar.saved"))
}

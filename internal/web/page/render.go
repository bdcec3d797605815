package page

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/static"
	"earshot/templates"
)

// Template is one page: its file under templates/ and an empty value of the struct it is drawn from. A test holds the
// two together.
type Template struct {
	Name   string // authoring/survey_edit
	Layout string // base, print, answer
	Page   any
	once   sync.Once
	parsed *template.Template
	err    error
}

// Funcs are all that templates may call.
var Funcs = template.FuncMap{"static": static.Path}

// New declares a page. Activities keep their pages in variables, so that a name exists only once.
func New(name, layout string, page any) *Template {
	return &Template{Name: name, Layout: layout, Page: page}
}

// Parse reads the page's file together with its layout and all parts.
func (t *Template) Parse() (*template.Template, error) {
	t.once.Do(func() {
		t.parsed, t.err = template.New(t.Name).Funcs(Funcs).Option("missingkey=error").
			ParseFS(templates.Files, "layout/"+t.Layout+".html", t.Name+".html")
		if t.err != nil {
			return
		}
		if parts, _ := fs.Glob(templates.Files, "part/*.html"); len(parts) > 0 {
			t.parsed, t.err = t.parsed.ParseFS(templates.Files, "part/*.html")
		}
	})
	return t.parsed, t.err
}

// draw writes the page into memory, so that a failure is a clean error and never half a page.
func (t *Template) draw(b *bytes.Buffer, data any) error {
	p, err := t.Parse()
	if err != nil {
		return err
	}
	if err := p.ExecuteTemplate(b, "layout", data); err != nil {
		return fmt.Errorf("draw %s: %w", t.Name, err)
	}
	return nil
}

// Bytes draws the page into memory of its own.
func (t *Template) Bytes(data any) ([]byte, error) {
	var b bytes.Buffer
	err := t.draw(&b, data)
	return b.Bytes(), err
}

// mostKept is how large a page's memory may be to be used for the next one, in bytes.
const mostKept = 1 << 20

// drawn is memory for pages: without it, a third of what a page allocates is its own text growing.
var drawn = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Send draws the page and answers with it.
func (t *Template) Send(c echo.Context, status int, data any) error {
	b := drawn.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= mostKept {
			b.Reset()
			drawn.Put(b)
		}
	}()
	if err := t.draw(b, data); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// Errors holds what is wrong with a form: sentences by field, some of no field in particular, and one for the whole.
type Errors struct {
	Summary string
	Lines   []string
	fields  map[string]string
	order   []string // of the fields on the page
}

// Of is the sentence for a field; empty if nothing is wrong with it.
func (e Errors) Of(field string) string { return e.fields[field] }

// ByField yields fields and their sentences in the order of the page; it is nil if there are none.
func (e Errors) ByField() iter.Seq2[string, string] {
	if len(e.fields) == 0 {
		return nil
	}
	place := func(name string) int {
		if i := slices.Index(e.order, name); i >= 0 {
			return i
		}
		return len(e.order)
	}
	names := slices.SortedFunc(maps.Keys(e.fields), func(a, b string) int {
		return cmp.Or(place(a)-place(b), cmp.Compare(a, b))
	})
	return func(yield func(string, string) bool) {
		for _, name := range names {
			if !yield(name, e.fields[name]) {
				return
			}
		}
	}
}

// Any says whether anything is wrong.
func (e Errors) Any() bool { return e.Summary != "" || len(e.fields) > 0 || len(e.Lines) > 0 }

// Explain turns a fault that the sender can mend into sentences; ok is false for every other error, which the handler
// returns as it is.
func Explain(c echo.Context, err error) (Errors, int, bool) {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Busy {
		return Errors{}, 0, false
	}
	v := Voice(c)
	e := Errors{Summary: v.Say(f.Key, words.V(f.Values)), fields: map[string]string{}}
	for name, p := range f.Fields {
		e.fields[name] = v.Say(p.Key, words.V(p.Values))
	}
	return e, Status(f.Kind), true
}

// Status is the HTTP status of a kind of fault.
func Status(k fault.Kind) int {
	switch k {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.SignedOut:
		return http.StatusUnauthorized
	case fault.Conflict:
		return http.StatusConflict
	case fault.Closed:
		return http.StatusGone
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Busy:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

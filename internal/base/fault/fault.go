// Package fault names the few ways a request can fail. A fault carries a key and values, never a sentence:
// the words a reader sees stand in package words, in every language.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is the way a request failed; the web turns each into one status.
type Kind int

const (
	// NotFound: there is no such thing, or the actor may not know that there is (404).
	NotFound Kind = iota + 1
	// Forbidden: the actor may know of it but not do this (403).
	Forbidden
	// SignedOut: somebody has to sign in first (the web leads them there).
	SignedOut
	// Conflict: what is asked contradicts what is stored (409).
	Conflict
	// Closed: it was possible once and is over (410).
	Closed
	// Invalid: what was sent has mistakes; Fields says where (422).
	Invalid
	// Busy: try again a little later (503).
	Busy
)

// Values fill the gaps of a sentence. Never put an answer, a name or a code of a pupil in them.
type Values map[string]any

// Error is a failure with a reason a person can be told.
type Error struct {
	Kind   Kind
	Key    string // of a sentence in words
	Values Values
	Fields map[string]Problem // form field -> what is wrong with it
	Cause  error              // for the log, never for the reader
}

// Problem is one thing wrong with one field of a form.
type Problem struct {
	Key    string
	Values Values
}

// New makes a fault whose sentence stands in words under key.
func New(kind Kind, key string, values ...Values) *Error {
	e := &Error{Kind: kind, Key: key}
	for _, v := range values {
		if e.Values == nil {
			e.Values = Values{}
		}
		maps.Copy(e.Values, v)
	}
	return e
}

// Fields makes an Invalid fault out of field problems; nil when there are none.
func Fields(fields map[string]Problem) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "fault.fields", Fields: fields}
}

// Field makes an Invalid fault about one field.
func Field(name, key string, values ...Values) error {
	e := New(Invalid, key, values...)
	return Fields(map[string]Problem{name: {Key: key, Values: e.Values}})
}

// Because adds the cause that goes to the log.
func (e *Error) Because(err error) *Error {
	e.Cause = err
	return e
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		fmt.Fprintf(&b, " %s=%s", name, e.Fields[name].Key)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// Of finds the fault in an error chain.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is says whether err is a fault of this kind.
func Is(err error, kind Kind) bool {
	e, ok := Of(err)
	return ok && e.Kind == kind
}

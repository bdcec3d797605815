package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Mode is how a round keeps a person and their answers together or apart.
type Mode string

// The modes of a round.
const (
	Anonymous    Mode = "anonymous"
	Confidential Mode = "confidential"
	Named        Mode = "named"
	OpenLink     Mode = "open_link"
	// Mailed is for parents and staff: slips that come by e-mail and belong to a person. Some of the same round may be on paper.
	Mailed Mode = "mailed"
)

// Route is the way an answer comes in.
type Route string

// The routes of an answer. AnyDevice is the page as it is served, before anybody knows whose device will show it.
const (
	OwnDevice    Route = "own_device"
	SharedDevice Route = "shared_device"
	AnyDevice    Route = "any_device"
	AdultHelper  Route = "adult_helper"
	Paper        Route = "paper"
	HandsUp      Route = "hands_up"
)

// Show is where a part of the promise is read.
type Show string

// The places where the promise is read; the whole of it always stands on one page that prints.
const (
	ShowFirst   Show = "first"   // on the first page
	ShowComment Show = "comment" // beside a box for words
	ShowSend    Show = "send"    // beside Send
	ShowMore    Show = "more"    // under "More"
)

// Shows lists the places in the order in which they are met.
func Shows() []Show { return []Show{ShowFirst, ShowComment, ShowSend, ShowMore} }

// Condition is something the settings of a round make true or not.
type Condition string

// What a text of the promise can depend on.
const (
	WithComments      Condition = "comments"
	WithClasses       Condition = "by_class"
	WithSensitive     Condition = "sensitive"
	WithSchoolNetwork Condition = "school_network"
	WithSmallSchool   Condition = "small_school"
	WithTwoPeople     Condition = "two_people"
	WithFlags         Condition = "flags"
	WithLinked        Condition = "linked"
)

// Conditions lists what a text can depend on.
func Conditions() []Condition {
	return []Condition{WithComments, WithClasses, WithSensitive, WithSchoolNetwork, WithSmallSchool, WithTwoPeople, WithFlags, WithLinked}
}

// Plan says how the promise is put together: the order of its parts, what they depend on, and what is left out on purpose.
type Plan struct {
	Parts      []string
	Routes     []Route
	Modes      []Mode
	Impossible []Case // no such round
	Absent     []Case // no text for these parts, on purpose
	Braces     []string
}

// Case is every combination of the things it lists; an empty list stands for all.
type Case struct {
	Parts     []string
	Audiences []string
	Modes     []Mode
	Routes    []Route
}

func (c Case) fits(audience string, mode Mode, route Route) bool {
	return (len(c.Audiences) == 0 || has(c.Audiences, audience)) &&
		(len(c.Modes) == 0 || has(c.Modes, mode)) && (len(c.Routes) == 0 || has(c.Routes, route))
}

// Possible says whether a round of this mode can be answered by this route.
func (b *Bank) Possible(audience string, mode Mode, route Route) bool {
	a, ok := b.Audience(audience)
	if !ok || a.Promise == "" || !has(b.PromisePlan.Modes, mode) || !has(b.PromisePlan.Routes, route) {
		return false
	}
	return !slices.ContainsFunc(b.PromisePlan.Impossible, func(c Case) bool { return c.fits(a.Promise, mode, route) })
}

// absent says whether a part is left out on purpose; band is an audience with texts of its own.
func (b *Bank) absent(part, band string, mode Mode, route Route) bool {
	return slices.ContainsFunc(b.PromisePlan.Absent, func(c Case) bool {
		return has(c.Parts, part) && c.fits(band, mode, route)
	})
}

func (b *Bank) fitting(part, band string, mode Mode, route Route) []Text {
	var out []Text
	for _, t := range b.Texts {
		if t.Part == part && t.Audience == band && has(t.Modes, mode) && has(t.Routes, route) {
			out = append(out, t)
		}
	}
	return out
}

// PromiseFor says what a promise is for.
type PromiseFor struct {
	Audience string
	Mode     Mode
	Route    Route
	Settings Settings
	// Tongue is the language it is said in; English if left out. Values must be in that language too, where they are not
	// the school's own words: Voice.Date of package words writes dates.
	Tongue Tongue
}

// Settings are the facts of a round that decide which texts are true, and the values of their braces.
type Settings struct {
	Comments      bool // something can be written
	ByClass       bool // something is shown by class
	Sensitive     bool // something sensitive is asked
	SchoolNetwork bool // a school device, or the school's wifi, is used
	SmallSchool   bool
	TwoPeople     bool // a sealed name is opened by two people together, never by one
	Flags         bool // groups are shown by what the school's list says; the value of the brace flags names it
	Linked        bool // answers are joined to earlier ones of the same card
	// Values fill the braces: minutes, why, k, close_date and so on. Bank.PromiseNeeds says which a promise needs.
	Values map[string]string
}

func (s Settings) is(c Condition) bool {
	switch c {
	case WithComments:
		return s.Comments
	case WithClasses:
		return s.ByClass
	case WithSensitive:
		return s.Sensitive
	case WithSchoolNetwork:
		return s.SchoolNetwork
	case WithSmallSchool:
		return s.SmallSchool
	case WithTwoPeople:
		return s.TwoPeople
	case WithFlags:
		return s.Flags
	case WithLinked:
		return s.Linked
	}
	return false
}

// Promise is what one person is told before they answer, in order.
type Promise []Part

// Part is one sentence or two of a promise, and where it is read.
type Part struct {
	Part    string `json:"part"`
	Show    Show   `json:"show"`
	Text    string `json:"text"`
	Default bool   `json:"default,omitempty"` // of the words_* choices: the one that holds unless changed
}

// Promise puts together what a person is told. The error says that no such round exists, or is a MissingValues, or a
// NotInLanguage: a promise is given in one language or not at all, never half in each.
func (b *Bank) Promise(p PromiseFor) (Promise, error) {
	texts, err := b.promiseTexts(p)
	if err != nil {
		return nil, err
	}
	var out Promise
	var missing MissingValues
	var silent []string
	for _, t := range texts {
		text, ok := b.Say(p.Tongue, t.ID)
		if !ok {
			silent = append(silent, t.ID)
			continue
		}
		for _, brace := range Braces(text) {
			if strings.TrimSpace(p.Settings.Values[brace]) == "" && !has(missing, brace) {
				missing = append(missing, brace)
			}
		}
		out = append(out, Part{Part: t.Part, Show: t.Show, Text: p.Tongue.Fill(text, p.Settings.Values), Default: t.Default})
	}
	if len(silent) > 0 {
		return nil, NotInLanguage{p.Tongue.Lang, silent}
	}
	if len(missing) > 0 {
		return nil, missing
	}
	return out, nil
}

// PromiseNeeds lists the braces that a promise needs values for, in the order in which they are read.
func (b *Bank) PromiseNeeds(p PromiseFor) ([]string, error) {
	texts, err := b.promiseTexts(p)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, t := range texts {
		for _, brace := range Braces(t.Text) {
			if !has(out, brace) {
				out = append(out, brace)
			}
		}
	}
	return out, nil
}

func (b *Bank) promiseTexts(p PromiseFor) ([]Text, error) {
	if !b.Possible(p.Audience, p.Mode, p.Route) {
		return nil, fmt.Errorf("there is no round for %s in the mode %s by the route %s: choose another mode or route",
			p.Audience, p.Mode, p.Route)
	}
	a, _ := b.Audience(p.Audience)
	var out []Text
	for _, part := range b.PromisePlan.Parts {
		for _, t := range b.fitting(part, a.Promise, p.Mode, p.Route) {
			if p.Settings.allow(t) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func (s Settings) allow(t Text) bool {
	return !slices.ContainsFunc(t.Needs, func(c Condition) bool { return !s.is(c) }) && !slices.ContainsFunc(t.Unless, s.is)
}

// MissingValues are braces that nobody has filled.
type MissingValues []string

// Error says which values are missing.
func (m MissingValues) Error() string {
	return "the promise cannot be written yet: there is no value for " + strings.Join(m, ", ")
}

// Shown returns the parts that are read in one place.
func (p Promise) Shown(where Show) Promise {
	var out Promise
	for _, part := range p {
		if part.Show == where {
			out = append(out, part)
		}
	}
	return out
}

// Hash is the fingerprint of every word of a promise and of where it is read. It is kept with a round, so that anybody
// can check later that what was promised is what was kept.
func (p Promise) Hash() string {
	var canonical strings.Builder
	enc := json.NewEncoder(&canonical)
	enc.SetEscapeHTML(false)
	for _, part := range p {
		// Only strings and a boolean, which always encode.
		_ = enc.Encode(part)
	}
	sum := sha256.Sum256([]byte(canonical.String()))
	return hex.EncodeToString(sum[:])
}

var bracePattern = regexp.MustCompile(`\{([^{}]*)\}`)

// Braces lists the {braces} of a text in order, each once.
func Braces(text string) []string {
	var out []string
	for _, m := range bracePattern.FindAllStringSubmatch(text, -1) {
		if !has(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

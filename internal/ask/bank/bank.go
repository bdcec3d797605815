// Package bank holds the questions Earshot ships with: items, scales, gateways, ready surveys, and the words of the
// promise that is read to everybody who answers. It is pure: the bank is a file inside the program, read once.
package bank

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed bank.yaml
var embedded []byte

// The audiences of the bank. A test holds them to the embedded file.
const (
	Pupils11to16  = "pupil_11_16"
	Pupils7to10   = "pupil_7_10"
	Pupils5to7    = "pupil_5_7"
	PupilsLesson  = "pupil_lesson"
	Parents       = "parent"
	Staff         = "staff"
	TeacherMirror = "teacher_mirror"
)

// IsPupils says whether an audience is a group of pupils.
func IsPupils(audience string) bool {
	switch audience {
	case Pupils11to16, Pupils7to10, Pupils5to7, PupilsLesson:
		return true
	}
	return false
}

// CanAnswer says whether a round can be opened for an audience. A teacher's guess is kept apart from rounds.
func CanAnswer(audience string) bool {
	return IsPupils(audience) || audience == Parents || audience == Staff
}

// About is what an answer is about. Only an answer about this class may be shown to one teacher.
type About string

// What an answer can be about.
const (
	AboutThisClass About = "this_class"
	AboutLessons   About = "lessons"
	AboutSchool    About = "school"
	AboutMe        About = "me"
	AboutHome      About = "home"
)

// Abouts lists what an answer can be about, from one class outwards.
func Abouts() []About {
	return []About{AboutThisClass, AboutLessons, AboutSchool, AboutMe, AboutHome}
}

// Sensitivities lists what makes an item sensitive. A sensitive item is never shown by class.
func Sensitivities() []string { return []string{"wellbeing", "safety", "home", "bullying"} }

// Kind says how the options of a scale relate to one another.
type Kind string

// The kinds of scale. On an ideal scale the middle is best, so it is never averaged; a choice has no order.
const (
	Unipolar  Kind = "unipolar"
	Bipolar   Kind = "bipolar"
	Ideal     Kind = "ideal"
	Agreement Kind = "agreement"
	Binary    Kind = "binary"
	Choice    Kind = "choice"
)

// Kinds lists the kinds of scale.
func Kinds() []Kind { return []Kind{Unipolar, Bipolar, Ideal, Agreement, Binary, Choice} }

// Bank is everything the embedded file holds, in its order. Treat it as read-only: it is shared.
type Bank struct {
	Version     int
	Language    string
	Licence     string
	Audiences   []Audience
	Groups      []GatewayGroup
	Gateways    []Gateway
	Themes      []string
	Scales      []Scale
	Items       []Item
	Retired     []Retired
	Sets        []TemplateSet
	Templates   []Template
	PromisePlan Plan
	Texts       []Text
	Tries       []Try             // only those of the embedded bank
	tongues     map[string]Tongue // by language; only those of the embedded bank
}

// Audience is a group of people who can be asked.
type Audience struct {
	ID   string
	Name string
	Ages []int // youngest and oldest; nil for adults
	// Promise is the audience whose promise texts this one reads; empty if it is promised nothing here.
	Promise string
}

// GatewayGroup is one of the five groups that results are summed up by.
type GatewayGroup struct {
	ID   string
	Name string
}

// Gateway is a way into personalised learning that items are filed under.
type Gateway struct {
	ID         string
	Name       string
	Group      string
	Hargreaves bool // one of the nine gateways of the literature; the rest are foundations
	About      string
}

// Scale is an ordered list of labelled options.
type Scale struct {
	ID              string
	Kind            Kind
	Options         []Option
	Favourable      []string // option ids
	FavourableWords string   // "3 in 10 said …"
	Missing         []string // option ids left out of the base, with their count shown
	Note            string
}

// Option is one answer that can be chosen.
type Option struct {
	ID     string
	Value  int // place from 1; 0 when it is not scored
	Label  string
	Symbol string // a hint for a drawing: a neutral shape, never a tick or a cross
}

// Item is a question of the bank with an id that never changes its meaning.
type Item struct {
	ID              string
	Gateway         string
	Audience        string
	Type            string // empty: options of a scale; text: written words
	Scale           string
	About           About
	Short           string // chart label
	Text            string
	Note            string // for the adult who helps or asks; never shown to a child
	Reverse         bool   // the high end is unfavourable
	Favourable      []string
	FavourableWords string
	Mirrors         string // the item this one is a teacher's guess at
	Sensitive       string
	Quick           bool // what pupils always raise and a school can answer soon
	Aloud           bool // may be answered by raising a hand: nothing about an adult, feelings, safety, home or oneself
	Themes          []string
	Ofsted          string
	Lundy           string
	PPRA            int
	ParentView      int
}

// IsText says whether an item asks for written words.
func (i Item) IsText() bool { return i.Type == "text" }

// Retired is an id that must not be used again, and what took its place.
type Retired struct {
	ID  string
	Use []string
}

// TemplateSet is a handful of ready surveys offered together.
type TemplateSet struct {
	ID        string
	Title     string
	Templates []string
}

// Template is a ready survey.
type Template struct {
	ID       string
	Title    string
	Audience string
	Set      string
	Minutes  int
	ShownBy  string // class or year: what the survey is meant for; the items themselves decide what may be shown
	Purpose  string
	Mirror   string // auto: offer the teacher the matching guesses before results
	Items    []string
}

// Text is one text of the promise (if it has a part), or an introduction, note or thanks.
type Text struct {
	ID       string
	Audience string
	Text     string
	Mode     string // any or report; only for texts that are no part of the promise
	Part     string
	Modes    []Mode
	Routes   []Route
	Show     Show
	Needs    []Condition
	Unless   []Condition
	Default  bool // of the words_* choices: the one that holds unless changed
}

var load = sync.OnceValues(func() (*Bank, error) {
	b, err := Parse(embedded)
	if err != nil {
		return nil, err
	}
	if b.Tries, err = ParseTries(b, embeddedTries); err != nil {
		return nil, fmt.Errorf("tries.yaml: %w", err)
	}
	b.tongues, err = parseTongues(b)
	return b, err
})

// Load returns the embedded bank. An error is a mistake in this program, not in anybody's input.
func Load() (*Bank, error) { return load() }

func find[T any](list []T, id func(T) string, want string) (T, bool) {
	for _, v := range list {
		if id(v) == want {
			return v, true
		}
	}
	var none T
	return none, false
}

// Audience looks an audience up by id.
func (b *Bank) Audience(id string) (Audience, bool) {
	return find(b.Audiences, func(v Audience) string { return v.ID }, id)
}

// Group looks a group of gateways up by id.
func (b *Bank) Group(id string) (GatewayGroup, bool) {
	return find(b.Groups, func(v GatewayGroup) string { return v.ID }, id)
}

// Gateway looks a gateway up by id.
func (b *Bank) Gateway(id string) (Gateway, bool) {
	return find(b.Gateways, func(v Gateway) string { return v.ID }, id)
}

// Scale looks a scale up by id.
func (b *Bank) Scale(id string) (Scale, bool) {
	return find(b.Scales, func(v Scale) string { return v.ID }, id)
}

// Item looks an item up by id.
func (b *Bank) Item(id string) (Item, bool) {
	return find(b.Items, func(v Item) string { return v.ID }, id)
}

// Template looks a ready survey up by id.
func (b *Bank) Template(id string) (Template, bool) {
	return find(b.Templates, func(v Template) string { return v.ID }, id)
}

// Text looks a text up by id.
func (b *Bank) Text(id string) (Text, bool) {
	return find(b.Texts, func(v Text) string { return v.ID }, id)
}

// Set returns the ready surveys of a set, such as first_four, in its order; nil if there is no such set.
func (b *Bank) Set(id string) []Template {
	set, _ := find(b.Sets, func(v TemplateSet) string { return v.ID }, id)
	var out []Template
	for _, t := range set.Templates {
		if v, ok := b.Template(t); ok {
			out = append(out, v)
		}
	}
	return out
}

// Mirror returns the teacher's guess that belongs to a pupil's item.
func (b *Bank) Mirror(item string) (Item, bool) {
	if item == "" {
		return Item{}, false
	}
	return find(b.Items, func(v Item) string { return v.Mirrors }, item)
}

// Successors returns what took the place of a retired id, and whether it is one.
func (b *Bank) Successors(id string) ([]string, bool) {
	r, ok := find(b.Retired, func(v Retired) string { return v.ID }, id)
	return r.Use, ok
}

// Filter narrows the bank down; an empty field lets everything through.
type Filter struct {
	Gateway  string
	Group    string // of gateways
	Audience string
	About    About
	Theme    string
	Text     string // words that stand in the question or its chart label, in any case
	Options  bool   // only items answered by choosing
}

// Browse returns the items that pass a filter, in the bank's order.
func (b *Bank) Browse(f Filter) []Item {
	words := strings.Fields(strings.ToLower(f.Text))
	var out []Item
	for _, i := range b.Items {
		if b.passes(i, f, words) {
			out = append(out, i)
		}
	}
	return out
}

func (b *Bank) passes(i Item, f Filter, words []string) bool {
	if f.Gateway != "" && i.Gateway != f.Gateway || f.Audience != "" && i.Audience != f.Audience ||
		f.About != "" && i.About != f.About || f.Options && i.IsText() {
		return false
	}
	if f.Group != "" {
		if g, _ := b.Gateway(i.Gateway); g.Group != f.Group {
			return false
		}
	}
	if f.Theme != "" && !has(i.Themes, f.Theme) {
		return false
	}
	in := strings.ToLower(i.Short + " " + i.Text)
	for _, w := range words {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}

func has[T comparable](list []T, want T) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

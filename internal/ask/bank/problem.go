package bank

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code names a kind of mistake in a bank or survey file; it stays the same when its sentence changes.
type Code string

// Problem is one mistake: where it is, what is wrong and what to do.
type Problem struct {
	Line    int    // from 1; 0 if it belongs to the whole file
	Path    string // such as items/afl_s_goal/scale
	Code    Code
	Values  map[string]string
	Message string
}

// NewProblem makes a problem whose message is a sentence with its {braces} filled from values.
func NewProblem(line int, path string, code Code, sentence string, values map[string]string) Problem {
	return Problem{Line: line, Path: path, Code: code, Values: values, Message: Fill(sentence, values)}
}

// String says the problem in one line, ready to print.
func (p Problem) String() string {
	where := ""
	if p.Line > 0 {
		where = fmt.Sprintf("line %d: ", p.Line)
	}
	if p.Path != "" {
		where += p.Path + ": "
	}
	return where + p.Message
}

// Problems are all the mistakes found in one go, in the order of their lines.
type Problems []Problem

// Error says every problem, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Sort puts problems in the order of their lines; those of one line keep theirs.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int { return a.Line - b.Line })
}

// Fill puts values in the place of {braces}; a brace without a value stays.
func Fill(text string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for _, k := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, "{"+k+"}", values[k])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// The mistakes a file can have in how it is written.
const (
	NotYAML       Code = "not_yaml"
	TwoDocuments  Code = "two_documents"
	Alias         Code = "alias"
	UnknownKey    Code = "unknown_key"
	DuplicateKey  Code = "duplicate_key"
	WrongKind     Code = "wrong_kind"
	MissingKey    Code = "missing_key"
	BadID         Code = "bad_id"
	DuplicateID   Code = "duplicate_id"
	ReusedID      Code = "reused_id"
	UnknownValue  Code = "unknown_value"
	FewOptions    Code = "few_options"
	SameOption    Code = "same_option"
	OptionValue   Code = "option_value"
	BadFavourable Code = "unknown_favourable"
	NoFavourable  Code = "no_favourable"
	BadMissing    Code = "unknown_missing"
	BothWays      Code = "favourable_and_missing"
)

// The mistakes a bank can have in what it says.
const (
	UnknownScale     Code = "unknown_scale"
	UnknownGateway   Code = "unknown_gateway"
	UnknownGroup     Code = "unknown_group"
	UnknownAudience  Code = "unknown_audience"
	UnknownTheme     Code = "unknown_theme"
	UnknownAbout     Code = "unknown_about"
	MissingAbout     Code = "missing_about"
	UnknownSensitive Code = "unknown_sensitive"
	ReverseAlone     Code = "reverse_alone"
	UnknownMirror    Code = "unknown_mirror"
	MirrorScale      Code = "mirror_scale"
	MirrorSensitive  Code = "mirror_sensitive"
	NotAloud         Code = "not_aloud"
	UnknownItem      Code = "unknown_item"
	OtherAudience    Code = "other_audience"
	UnknownTemplate  Code = "unknown_template"
	UnknownSet       Code = "unknown_set"
	UnknownSuccessor Code = "unknown_successor"
	UnknownPart      Code = "unknown_part"
	UnknownRoute     Code = "unknown_route"
	UnknownMode      Code = "unknown_mode"
	UnknownCondition Code = "unknown_condition"
	UnknownBrace     Code = "unknown_brace"
	PromiseMissing   Code = "promise_missing"
	PromiseTwice     Code = "promise_twice"
	PromisePresent   Code = "promise_present"
)

// sentences says each mistake in plain words: what is wrong, then what to do.
var sentences = map[Code]string{
	NotYAML:          "This cannot be read as YAML: {detail}. Check the indents, colons and quotation marks near this line.",
	TwoDocuments:     "There is a second document after a line of three dashes. Put everything in one document.",
	Alias:            "This uses a YAML alias or anchor. Write the value out in full.",
	UnknownKey:       "There is no key {key} here. Take it out, or use one of: {known}.",
	DuplicateKey:     "The key {key} stands here twice. Keep one.",
	WrongKind:        "This should be {want}. Change it, or take it out.",
	MissingKey:       "{key} is missing. Add it.",
	BadID:            "The id {id} has characters that cannot be used. Use small letters, digits and underscores, beginning with a letter or digit.",
	DuplicateID:      "The id {id} is used twice. Give one of them another id.",
	ReusedID:         "The id {id} has been retired, and an id never changes its meaning. Use a new one.",
	UnknownValue:     "{value} is not one of: {known}. Use one of these.",
	FewOptions:       "A scale needs at least two options that count. Add one.",
	SameOption:       "Two options have the id {id}. Give one of them another id.",
	OptionValue:      "The option {id} has the value {value}, but it should have {want}: values count up from 1 in order, and an option that does not count has null.",
	BadFavourable:    "{id} is called favourable, but the scale has no such option. Use one of: {known}.",
	NoFavourable:     "No option is favourable. Say under favourable which are, and in favourable_words how to say so.",
	BadMissing:       "{id} is called missing, but the scale has no such option. Use one of: {known}.",
	BothWays:         "{id} is both favourable and missing. Take it out of one of the two.",
	UnknownScale:     "There is no scale {id}. Use one that stands under scales.",
	UnknownGateway:   "There is no gateway {id}. Use one that stands under gateways.",
	UnknownGroup:     "There is no group {id}. Use one that stands under groups.",
	UnknownAudience:  "There is no audience {id}. Use one that stands under audiences.",
	UnknownTheme:     "There is no theme {id}. Use one that stands under themes.",
	UnknownAbout:     "An answer cannot be about {value}. Use one of: {known}.",
	MissingAbout:     "It does not say what the answer is about, so nobody knows who may see it. Add about, with one of: {known}.",
	UnknownSensitive: "{value} is no way to be sensitive. Use one of: {known}.",
	ReverseAlone:     "The item is reversed but does not say which options are favourable. Add favourable and favourable_words.",
	UnknownMirror:    "It mirrors {id}, but there is no such item. Use a pupil's item.",
	MirrorScale:      "It mirrors {id}, but on another scale, so a guess could not be compared. Use the scale {scale}.",
	MirrorSensitive:  "It mirrors {id}, which is sensitive in another way, so the guess would be shown more freely. Make both the same.",
	NotAloud:         "This cannot be asked aloud: only what pupils choose about the school, and nothing sensitive. Take aloud out.",
	UnknownItem:      "There is no item {id}. Use one that stands under items.",
	OtherAudience:    "The item {id} is for {audience}. Use one for the audience of this survey.",
	UnknownTemplate:  "There is no template {id}. Use one that stands under templates.",
	UnknownSet:       "There is no template set {id} that lists this template. Add it there, or take set out.",
	UnknownSuccessor: "It says that {id} took its place, but nothing has that id. Correct it.",
	UnknownPart:      "The promise has no part {id}. Use one of: {known}.",
	UnknownRoute:     "There is no route {id}. Use one of: {known}.",
	UnknownMode:      "There is no mode {id}. Use one of: {known}.",
	UnknownCondition: "There is no condition {id}. Use one of: {known}.",
	UnknownBrace:     "Nobody fills in {brace}. Use one that stands under braces.",
	PromiseMissing:   "For {audience}, {mode}, {route}, the promise has no text for the part {part}. Write one, or say under absent that there is none.",
	PromiseTwice:     "For {audience}, {mode}, {route}, the promise has two texts for the part {part}: {first} and {second}. Keep one.",
	PromisePresent:   "For {audience}, {mode}, {route}, the part {part} should be absent, but {first} fits. Take out the text or the line under absent.",
}

// Package survey holds questionnaires: what is asked, in which words, and what counts as an answer to it.
package survey

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"earshot/internal/ask/bank"
)

// Document is a whole questionnaire in one language. What is asked makes a version of a survey, so the document is kept
// as it is and never changed once a round has used it.
type Document struct {
	Title    string    `json:"title"`
	Audience string    `json:"audience"`
	Language string    `json:"language"`
	Intro    string    `json:"intro,omitempty"`
	Minutes  int       `json:"minutes"`
	Sections []Section `json:"sections,omitempty"`
	Choices  []Choice  `json:"choices,omitempty"`
	// Last holds the highest numbers of ids that were taken out, where nothing above them is left: a rule or an answer
	// that names something taken out must never meet something else by its name. It is no part of what is asked.
	Last *Last `json:"last,omitempty"`
	// Kept is what a file said that a document has no place for. It is no part of what is asked either.
	Kept *Kept `json:"kept,omitempty"`
}

// Kept is the file that a document was read from, as texts, so that writing it again loses nothing that Earshot does not
// use: remarks, columns of other programs, the order of things. Versions do not have it.
type Kept struct {
	Audience string      `json:"audience,omitempty"` // what was said beside the file
	About    bank.About  `json:"about,omitempty"`
	Title    string      `json:"title,omitempty"`
	Sheets   []KeptSheet `json:"sheets,omitempty"`
	Notes    []string    `json:"notes,omitempty"` // what was said about it when it was read
}

// KeptSheet is a sheet of a workbook.
type KeptSheet struct {
	Name string     `json:"name"`
	Rows [][]string `json:"rows"`
}

// Last are the highest numbers of ids that were taken out, 0 where a higher one is still there.
type Last struct {
	Question int `json:"question,omitempty"`
	Section  int `json:"section,omitempty"`
	Choice   int `json:"choice,omitempty"`
}

// Section is a run of questions under one heading. The only section of a document may go without a title.
type Section struct {
	ID        string     `json:"id"`
	Title     string     `json:"title,omitempty"`
	Gateway   string     `json:"gateway,omitempty"` // if all its questions belong to one
	Questions []Question `json:"questions,omitempty"`

	Text   string `json:"text,omitempty"`    // a page of its own before the questions
	ShowIf string `json:"show_if,omitempty"` // an expression; empty: always
	Choice string `json:"choice,omitempty"`  // the Choice it is a topic of
	Ask    int    `json:"ask,omitempty"`     // how many of its questions each person is asked, drawn by chance; 0: all
}

// Choice is a set of sections of which each person answers some: their own blend of topics. Those who choose fewer than
// they may leave the rest to chance, so that everybody is asked equally much.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Pick int    `json:"pick"` // how many topics a person chooses
	Draw int    `json:"draw"` // how many more are drawn by chance
}

// Question is one thing that is asked, with all that is needed to ask it and to count the answers.
type Question struct {
	ID      string `json:"id"`      // q1, q2, ...: unique and stable in the survey
	Item    string `json:"item"`    // an id of the bank, or own_...: voices and mirrors compare the same item
	Wording string `json:"wording"` // made from the exact words and options: trends compare the same wording
	Type    Type   `json:"type"`
	Text    string `json:"text"`
	Short   string `json:"short"`          // chart label
	Note    string `json:"note,omitempty"` // for an adult who helps; never shown to a child

	// Continues is the wording that this one corrects without changing its meaning, and ContinuedBy the leader who said
	// so: answers to the two may stand in one trend.
	Continues   string `json:"continues,omitempty"`
	ContinuedBy string `json:"continued_by,omitempty"`

	About            bank.About `json:"about"`
	Sensitive        string     `json:"sensitive,omitempty"`
	Gateway          string     `json:"gateway,omitempty"`
	Origin           Origin     `json:"origin"`
	DescribesOneself bool       `json:"describes_oneself,omitempty"` // gender and the like
	// Guesses is the item of the same survey that this is a guess at: how many of their class gave a favourable answer to
	// it. Empty for every other question.
	Guesses string `json:"guesses,omitempty"`
	// Aloud: it may be answered by raising a hand. The bank says so of its items, and whoever wrote it of any other.
	Aloud bool `json:"aloud,omitempty"`

	Options         []Option  `json:"options,omitempty"`
	Kind            bank.Kind `json:"kind"`
	Favourable      []string  `json:"favourable,omitempty"`
	FavourableWords string    `json:"favourable_words,omitempty"`
	Missing         []string  `json:"missing,omitempty"` // options that leave the base
	Reverse         bool      `json:"reverse,omitempty"`
	AtMost          int       `json:"at_most,omitempty"` // of several: how many may be chosen; of a ranking: how many places

	ShowIf string `json:"show_if,omitempty"` // an expression; empty: always
	Grid   string `json:"grid,omitempty"`    // the words over a run of questions with the same options
	Min    int    `json:"min,omitempty"`     // of a number; its options are the bands in which it is counted
	Max    int    `json:"max,omitempty"`
}

// Option is one answer that can be chosen.
type Option struct {
	ID     string `json:"id"`
	Value  int    `json:"value,omitempty"` // place from 1; 0 when it is not scored
	Label  string `json:"label"`
	Symbol string `json:"symbol,omitempty"`
	From   int    `json:"from,omitempty"` // of a number: the least number of this band
}

// Type is how a question is answered.
type Type string

// The types of question.
const (
	TypeScale    Type = "scale"     // one of an ordered scale
	TypeSingle   Type = "single"    // one of a list
	TypeSeveral  Type = "several"   // several of a list
	TypeRanking  Type = "ranking"   // the first few of a list, in order
	TypeNumber   Type = "number"    // a whole number, counted in bands
	TypeText     Type = "text"      // a few words
	TypeLongText Type = "long_text" // as many words as one likes
	TypeNote     Type = "note"      // nothing is asked: words between questions
)

// Types lists all types of question.
func Types() []Type {
	return []Type{TypeScale, TypeSingle, TypeSeveral, TypeRanking, TypeNumber, TypeText, TypeLongText, TypeNote}
}

// IsText says whether the answer is in a person's own words, which somebody has to read before anybody else does.
func (t Type) IsText() bool { return t == TypeText || t == TypeLongText }

// HasOptions says whether there is something to choose from.
func (t Type) HasOptions() bool {
	return t == TypeScale || t == TypeSingle || t == TypeSeveral || t == TypeRanking
}

// Origin is where a question comes from; it is shown wherever the question is.
type Origin string

// The origins of a question.
const (
	FromBank   Origin = "bank"
	FromSchool Origin = "school"
	FromFile   Origin = "file"
)

// Level is the finest group that answers may be shown by.
type Level string

// The levels that answers are shown by, finest first.
const (
	ByClass  Level = "class"
	ByYear   Level = "year"
	BySchool Level = "school"
)

// Problem is one reason why a document or an answer will not do: a key whose sentence stands elsewhere, and its values.
type Problem struct {
	Key    string
	Values map[string]string
}

// ShownBy returns the finest group that the answers to a question may be shown by. What a question is about decides:
// only an answer about this class may be laid beside one teacher, and nothing sensitive or describing oneself ever is.
// What decides who is asked a question shows through in its answers, so it counts like the question itself; and pupils of
// one class who chose their topics are no longer one class.
func (d Document) ShownBy(q Question) Level {
	g := d.Guards(q)
	switch {
	case d.Audience == bank.Staff: // they are in no year
		return BySchool
	case d.Audience == bank.Pupils5to7 && g.Sensitive: // as their promise says
		return BySchool
	case g.Tangled:
		return BySchool
	case g.Sensitive || g.Oneself || g.Chosen || q.About != bank.AboutThisClass:
		return ByYear
	}
	return ByClass
}

// Questions lists all that is asked, in order: everything but notes.
func (d Document) Questions() []Question {
	var out []Question
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			if q.Type != TypeNote {
				out = append(out, q)
			}
		}
	}
	return out
}

// Question looks a question up by id.
func (d Document) Question(id string) (Question, bool) {
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			if q.ID == id {
				return q, true
			}
		}
	}
	return Question{}, false
}

// HasSensitive says whether anything sensitive is asked.
func (d Document) HasSensitive() bool {
	for _, q := range d.Questions() {
		if q.Sensitive != "" {
			return true
		}
	}
	return false
}

// HasClassPages says whether the answers to any question may be shown by class.
func (d Document) HasClassPages() bool {
	for _, q := range d.Questions() {
		if d.ShownBy(q) == ByClass {
			return true
		}
	}
	return false
}

// Option looks an option up by id.
func (q Question) Option(id string) (Option, bool) {
	for _, o := range q.Options {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// IsFavourable says whether an option is a favourable answer.
func (q Question) IsFavourable(option string) bool { return contains(q.Favourable, option) }

// IsMissing says whether an option, such as "I don't know", is left out of the base.
func (q Question) IsMissing(option string) bool { return contains(q.Missing, option) }

// HasOrder says whether neighbouring options mean neighbouring things, so that they may be counted together.
func (q Question) HasOrder() bool {
	return q.Type == TypeNumber || q.Type == TypeScale && q.Kind != bank.Choice
}

// IsSeveral says whether one person may stand under several options.
func (q Question) IsSeveral() bool { return q.Type == TypeSeveral || q.Type == TypeRanking }

// MakeWording returns the id of a question's exact words and options: a changed text, label, order, scale or reading of
// the scale is another wording, and answers to two wordings are never one trend. Notes, drawings and chart labels, which
// the person answering does not read, make no difference.
func (q Question) MakeWording() string {
	type option struct {
		ID    string
		Value int
		Label string
		From  int `json:",omitempty"`
	}
	canonical := struct {
		Type                Type
		Text                string
		Options             []option
		Kind                bank.Kind
		Favourable, Missing []string
		Reverse             bool
		AtMost              int
		Grid                string `json:",omitempty"`
		Min, Max            int    `json:",omitempty"`
	}{q.Type, q.Text, []option{}, q.Kind, append([]string{}, q.Favourable...), append([]string{}, q.Missing...), q.Reverse, q.AtMost, q.Grid, q.Min, q.Max}
	for _, o := range q.Options {
		canonical.Options = append(canonical.Options, option{o.ID, o.Value, o.Label, o.From})
	}
	return "w_" + fingerprint(canonical)[:16]
}

// Trend is the wording whose answers these are compared with over time.
func (q Question) Trend() string {
	if q.Continues != "" {
		return q.Continues
	}
	return q.Wording
}

// Encode writes a document as JSON; equal documents give equal bytes.
func (d Document) Encode() []byte { return encode(d) }

// Decode reads what Encode wrote. It refuses anything it does not know, because a document read only in part would be
// another questionnaire.
func Decode(data []byte) (Document, error) {
	var d Document
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("read a survey document: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Document{}, errors.New("read a survey document: there is something after its end")
	}
	return d, nil
}

// Hash is the fingerprint of everything that is asked.
func (d Document) Hash() string {
	d.Last, d.Kept = nil, nil
	return fingerprint(d)
}

// encode is for values made of strings, numbers, booleans and lists of them, which always encode.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("survey: %T does not encode: %v", v, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func fingerprint(v any) string {
	sum := sha256.Sum256(encode(v))
	return hex.EncodeToString(sum[:])
}

func contains(list []string, want string) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

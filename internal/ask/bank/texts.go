package bank

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"earshot/internal/base/words"
)

//go:embed texts/*.yaml
var translated embed.FS

// Tongue is the texts of the bank in one language. The zero Tongue is the bank's own English.
type Tongue struct {
	Lang  string // code, such as pt; empty for English
	texts map[string]string
}

// parseTongues reads the texts of every language that has any.
func parseTongues(b *Bank) (map[string]Tongue, error) {
	all := map[string]Tongue{}
	for _, l := range words.Languages()[1:] {
		data, err := translated.ReadFile("texts/" + l.Code + ".yaml")
		if err != nil {
			return nil, err
		}
		if all[l.Code], err = ParseTexts(b, l.Code, data); err != nil {
			return nil, fmt.Errorf("texts/%s.yaml: %w", l.Code, err)
		}
	}
	return all, nil
}

// ParseTexts reads the texts of one language: id and text, a text a line. The error, if any, is a Problems with everything
// that is wrong: an id the bank does not have, or not for those who answer; a text twice; a brace lost or added.
func ParseTexts(b *Bank, lang string, data []byte) (Tongue, error) {
	var file yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&file); err != nil && err != io.EOF {
		return Tongue{}, Problems{NewProblem(0, "", NotYAML, sentences[NotYAML], map[string]string{"detail": err.Error()})}
	}
	t := Tongue{Lang: lang, texts: map[string]string{}}
	if len(file.Content) == 0 {
		return t, nil
	}
	var problems Problems
	report := func(line int, id string, code Code, values map[string]string) {
		problems = append(problems, NewProblem(line, id, code, textSentences[code], values))
	}
	root := file.Content[0]
	if root.Kind != yaml.MappingNode {
		report(root.Line, "", NotATextList, nil)
		return Tongue{}, problems
	}
	known := map[string]Text{}
	for _, text := range b.ForAnswering() {
		known[text.ID] = text
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		id, node := root.Content[i].Value, root.Content[i+1]
		english, ok := known[id]
		_, twice := t.texts[id]
		switch {
		case !ok:
			report(root.Content[i].Line, id, UnknownText, map[string]string{"id": id})
		case twice:
			report(root.Content[i].Line, id, TextTwice, nil)
		case node.Kind != yaml.ScalarNode || strings.TrimSpace(node.Value) == "":
			report(node.Line, id, EmptyText, nil)
		case !SameBraces(english.Text, node.Value):
			report(node.Line, id, OtherBraces, map[string]string{"want": list(Braces(english.Text)), "have": list(Braces(node.Value))})
		default:
			t.texts[id] = node.Value
		}
	}
	if len(problems) > 0 {
		return Tongue{}, problems
	}
	return t, nil
}

// The mistakes a file of translated texts can have.
const (
	NotATextList Code = "not_a_text_list"
	UnknownText  Code = "unknown_text"
	TextTwice    Code = "text_twice"
	EmptyText    Code = "empty_text"
	OtherBraces  Code = "other_braces"
)

var textSentences = map[Code]string{
	NotATextList: "This is no list of ids and texts. Write one a line: id: \"text\".",
	UnknownText:  "The bank has no text {id} for those who answer. Take it out, or correct its id.",
	TextTwice:    "This text is here twice. Keep one of them.",
	EmptyText:    "There is no text. Write it, or take the line out.",
	OtherBraces:  "The braces are not those of the English text: it has {want}, this has {have}. Keep every brace as it is.",
}

// SameBraces says whether two texts have the same {braces}, each as often, and no broken one.
func SameBraces(one, two string) bool {
	all := func(text string) ([]string, string) {
		found := bracePattern.FindAllString(text, -1)
		slices.Sort(found)
		return found, bracePattern.ReplaceAllString(text, "")
	}
	a, _ := all(one)
	b, rest := all(two)
	return slices.Equal(a, b) && !strings.ContainsAny(rest, "{}")
}

// ForAnswering lists the texts that somebody can read who answers a round of any mode as a pupil or parent, and the adult who
// helps them. These are the texts that have other languages.
func (b *Bank) ForAnswering() []Text {
	var out []Text
	for _, t := range b.Texts {
		reader := IsPupils(t.Audience) || t.Audience == Parents
		if reader && (t.Part != "" || t.Mode == "any") {
			out = append(out, t)
		}
	}
	return out
}

// In returns the texts in a language by its code; ok is false if the bank has none.
func (b *Bank) In(lang string) (t Tongue, ok bool) {
	if l, known := words.Find(lang); lang == "" || known && l.Code == "en" {
		return Tongue{}, true
	}
	t, ok = b.tongues[lang]
	return t, ok
}

// TextIn returns a text in a language as it is shipped; ok is false if it is not there, and nothing in another language
// should be shown in its place.
func (b *Bank) TextIn(lang, id string) (text string, ok bool) {
	t, ok := b.In(lang)
	if !ok {
		return "", false
	}
	return b.Say(t, id)
}

// Say returns a text of the bank in a tongue; ok is false if it is not there.
func (b *Bank) Say(t Tongue, id string) (text string, ok bool) {
	if t.Lang == "" {
		own, ok := b.Text(id)
		return own.Text, ok
	}
	return t.Text(id)
}

// Text returns a text by its id; ok is false if this language does not have it.
func (t Tongue) Text(id string) (text string, ok bool) {
	text, ok = t.texts[id]
	return text, ok
}

// With lays corrections over the texts, by id. One with other braces than the text it would replace is left out, since
// something a person must be told would be lost; SameBraces lets the caller find that beforehand.
func (t Tongue) With(corrections map[string]string) Tongue {
	texts := maps.Clone(t.texts)
	for id, text := range corrections {
		if was, known := texts[id]; known && SameBraces(was, text) {
			texts[id] = text
		}
	}
	return Tongue{t.Lang, texts}
}

// The marks that keep a name or a date of one direction from upsetting a sentence of the other.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// Fill puts values in the place of {braces}, as Fill does for English. Values such as names stay in the letters they were
// typed in, so in a language that is written from right to left each is kept apart from what stands around it.
func (t Tongue) Fill(text string, values map[string]string) string {
	if l, _ := words.Find(t.Lang); l.Dir != "rtl" {
		return Fill(text, values)
	}
	apart := map[string]string{}
	for name, value := range values {
		apart[name] = firstStrongIsolate + value + popIsolate
	}
	return Fill(text, apart)
}

// NotInLanguage says which texts a promise needs and a language does not have.
type NotInLanguage struct {
	Lang string
	IDs  []string
}

// Error names the language and the texts.
func (n NotInLanguage) Error() string {
	return "the promise cannot be given in " + n.Lang + ": these texts are missing: " + strings.Join(n.IDs, ", ")
}

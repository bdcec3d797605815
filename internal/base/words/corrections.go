package words

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// between stands between a key and a plural form in the names that Sentences gives: answer.several/few.
const between = "/"

// plurals are the six forms a language may have; which of them it has, CLDR says.
var plurals = []struct {
	name string
	of   func(*i18n.Message) *string
}{
	{"zero", func(m *i18n.Message) *string { return &m.Zero }},
	{"one", func(m *i18n.Message) *string { return &m.One }},
	{"two", func(m *i18n.Message) *string { return &m.Two }},
	{"few", func(m *i18n.Message) *string { return &m.Few }},
	{"many", func(m *i18n.Message) *string { return &m.Many }},
	{"other", func(m *i18n.Message) *string { return &m.Other }},
}

// Sentences are all sentences of the language itself as they are written, gaps and all. A sentence with several plural
// forms has one entry for each, named key/form; any other is named by its key.
func (v Voice) Sentences() map[string]string {
	out := map[string]string{}
	for _, b := range slices.Backward(v.books[:v.own]) { // corrections come last, so that they count
		for key, m := range b.messages {
			forms := map[string]string{}
			for _, p := range plurals {
				if text := *p.of(m); text != "" {
					forms[p.name] = text
				}
			}
			if len(forms) == 1 && m.Other != "" {
				out[key] = m.Other
				continue
			}
			for form, text := range forms {
				out[key+between+form] = text
			}
		}
	}
	return out
}

// With lays corrections over a voice: the names of Sentences and the sentences that are said instead. What names no
// sentence of the language, or has other gaps than the sentence it would replace, is left out, because a page must not
// fail for it; GapsOf lets the caller find that beforehand.
func (v Voice) With(corrections map[string]string) Voice {
	if len(corrections) == 0 {
		return v
	}
	shipped := v.Sentences()
	messages := map[string]*i18n.Message{}
	for name, text := range corrections {
		was, known := shipped[name]
		if !known || !slices.Equal(GapsOf(was), GapsOf(text)) {
			continue
		}
		key, form, several := strings.Cut(name, between)
		if !several {
			form = "other"
		}
		if messages[key] == nil {
			whole := *v.message(key) // the other plural forms stay as they are
			messages[key] = &whole
		}
		for _, p := range plurals {
			if p.name == form {
				*p.of(messages[key]) = text
			}
		}
	}
	over, err := newBook(v.Lang, messages)
	if err != nil {
		return v // the tag of a voice is known, so this cannot be
	}
	v.books = append([]book{over}, v.books...)
	v.own++
	return v
}

// message is the message of a key in the language itself.
func (v Voice) message(key string) *i18n.Message {
	for _, b := range v.books[:v.own] {
		if m := b.messages[key]; m != nil {
			return m
		}
	}
	return nil
}

var gap = regexp.MustCompile(`\{\{[^{}]*\}\}|\{[a-z_]+\}`)

// GapsOf lists the gaps of a sentence, {{.Count}} and {n}, in the order of the alphabet, each as often as it stands there.
// Any other brace counts as a gap too, so that a sentence with a broken one is never like a whole one.
func GapsOf(sentence string) []string {
	found := gap.FindAllString(sentence, -1)
	for _, r := range gap.ReplaceAllString(sentence, "") {
		if r == '{' || r == '}' {
			found = append(found, string(r))
		}
	}
	slices.Sort(found)
	return found
}

// Package words holds every sentence a reader sees, in every language, under a key.
// Sentences are whole: they are never glued together from fragments, because other languages order and
// inflect differently.
package words

import (
	"embed"
	"fmt"
	"maps"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed */*.yaml
var files embed.FS

// V fills the gaps of a sentence. Count, if given, chooses the plural form.
type V map[string]any

// Voice says sentences in one language, and in English where that language has none.
type Voice struct {
	Lang  string // BCP 47, such as pt-PT
	Dir   string // ltr or rtl
	habit habits
	books []book // asked in turn: a school's corrections, the language, English
	own   int    // how many of the books are in the language itself
}

// book is the sentences of one language by their keys.
type book struct {
	messages map[string]*i18n.Message
	say      *i18n.Localizer
}

func newBook(lang string, messages map[string]*i18n.Message) (book, error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return book{}, err
	}
	// Each language has a bundle of its own: a bundle of many compares languages anew for every sentence it says.
	b := i18n.NewBundle(tag)
	for _, m := range messages {
		if err := b.AddMessages(tag, m); err != nil {
			return book{}, err
		}
	}
	return book{messages, i18n.NewLocalizer(b, lang)}, nil
}

// voices are the voices of all languages, by code.
var voices = sync.OnceValues(func() (map[string]Voice, error) {
	all := map[string]Voice{}
	for _, l := range Languages() {
		messages, err := read(l.Code)
		if err != nil {
			return nil, err
		}
		own, err := newBook(l.Tag, messages)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Code, err)
		}
		v := Voice{Lang: l.Tag, Dir: l.Dir, habit: habitsOf[l.Code], books: []book{own}, own: 1}
		if l.Code != en {
			v.books = append(v.books, all[en].books...) // English is the first of the list
		}
		all[l.Code] = v
	}
	return all, nil
})

// read reads the files of one language.
func read(code string) (map[string]*i18n.Message, error) {
	paths, err := files.ReadDir(code)
	if err != nil {
		return nil, err
	}
	messages := map[string]*i18n.Message{}
	for _, entry := range paths {
		path := code + "/" + entry.Name()
		data, err := files.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found, err := i18n.ParseMessageFileBytes(data, code+".yaml", map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for _, m := range found.Messages {
			if messages[m.ID] != nil {
				return nil, fmt.Errorf("%s: %s stands in another file already", path, m.ID)
			}
			messages[m.ID] = m
		}
	}
	return messages, nil
}

// In returns the voice of a language by its code or tag; the English one for a language that is not there.
func In(lang string) Voice {
	all, err := voices()
	if err != nil {
		panic("words: " + err.Error()) // the files are embedded and tested: this is a broken build
	}
	l, _ := Find(lang)
	return all[l.Code]
}

// English is the voice used where no reader is known, such as the command line.
func English() Voice { return In(en) }

// Say returns the sentence of a key. A key that is missing shows itself in brackets, so that a page never fails
// for want of a word; a test finds such keys.
func (v Voice) Say(key string, values ...V) string {
	all := V{}
	for _, m := range values {
		maps.Copy(all, m)
	}
	cfg := &i18n.LocalizeConfig{MessageID: key, TemplateData: map[string]any(all)}
	if n, ok := all["Count"]; ok {
		cfg.PluralCount = n
	}
	for _, b := range v.books {
		if b.messages[key] == nil {
			continue
		}
		s, err := b.say.Localize(cfg)
		if err != nil && cfg.PluralCount != nil { // a sentence that is the same for one and for many
			plain := *cfg
			plain.PluralCount = nil
			s, err = b.say.Localize(&plain)
		}
		if err == nil {
			return s
		}
	}
	return "[" + key + "]"
}

// Has says whether a key has a sentence, be it the English one.
func (v Voice) Has(key string) bool { return v.has(key, v.books) }

// HasOwn says whether a key has a sentence in the language of the voice itself.
func (v Voice) HasOwn(key string) bool { return v.has(key, v.books[:v.own]) }

func (Voice) has(key string, books []book) bool {
	for _, b := range books {
		if b.messages[key] != nil {
			return true
		}
	}
	return false
}

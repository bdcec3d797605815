// Package words holds every sentence a reader sees, in every language, under a key.
// Sentences are whole: they are never glued together from fragments, because other languages order and
// inflect differently.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed en/*.yaml
var files embed.FS

// V fills the gaps of a sentence. Count, if given, chooses the plural form.
type V map[string]any

// Voice says sentences in one language.
type Voice struct {
	Lang string // BCP 47
	Dir  string // ltr or rtl
	say  *i18n.Localizer
}

var bundle = sync.OnceValues(load)

func load() (*i18n.Bundle, error) {
	b := i18n.NewBundle(language.English)
	b.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := b.ParseMessageFileBytes(data, "en.yaml"); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	return b, err
}

// In returns the voice of a language; English where the language is not there yet.
func In(lang string) Voice {
	b, err := bundle()
	if err != nil {
		panic("words: " + err.Error()) // the files are embedded and tested: this is a broken build
	}
	return Voice{Lang: "en", Dir: "ltr", say: i18n.NewLocalizer(b, lang, "en")}
}

// English is the voice used where no reader is known, such as the command line.
func English() Voice { return In("en") }

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
	s, err := v.say.Localize(cfg)
	if err != nil {
		return "[" + key + "]"
	}
	return s
}

// Has says whether a key has a sentence.
func (v Voice) Has(key string) bool {
	_, err := v.say.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: map[string]any{}, PluralCount: 2})
	return err == nil
}

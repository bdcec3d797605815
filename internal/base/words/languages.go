package words

import (
	"slices"
	"sync"

	"golang.org/x/text/language"
)

// Language is a language that those who answer can choose.
type Language struct {
	Code    string // how it is kept and asked for: en, cy, pt
	Tag     string // BCP 47, for the lang of a page: pt-PT
	Name    string // as its speakers call it
	English string
	Dir     string // ltr or rtl
}

const en = "en"

// languages stand in the order in which readers choose: English, Welsh, then by their English names.
var languages = []Language{
	{en, "en", "English", "English", "ltr"},
	{"cy", "cy", "Cymraeg", "Welsh", "ltr"},
	{"ar", "ar", "العربية", "Arabic", "rtl"},
	{"bn", "bn", "বাংলা", "Bengali", "ltr"},
	{"fr", "fr", "Français", "French", "ltr"},
	{"pa", "pa", "ਪੰਜਾਬੀ", "Panjabi", "ltr"},
	{"pl", "pl", "Polski", "Polish", "ltr"},
	{"pt", "pt-PT", "Português", "Portuguese", "ltr"},
	{"ro", "ro", "Română", "Romanian", "ltr"},
	{"so", "so", "Soomaali", "Somali", "ltr"},
	{"uk", "uk", "Українська", "Ukrainian", "ltr"},
	{"ur", "ur", "اردو", "Urdu", "rtl"},
}

// Languages lists the languages there are, English first.
func Languages() []Language { return slices.Clone(languages) }

// Find looks a language up by its code or tag. If there is none, it returns English and false.
func Find(lang string) (Language, bool) {
	for _, l := range languages {
		if lang == l.Code || lang == l.Tag {
			return l, true
		}
	}
	return languages[0], false
}

var matcher = sync.OnceValue(func() language.Matcher {
	var tags []language.Tag
	for _, l := range languages {
		tags = append(tags, language.Make(l.Tag))
	}
	return language.NewMatcher(tags)
})

// Match is the code of the language that suits a reader best, by the Accept-Language header of their browser; English
// if none does. Other kinds of a language are as good as the language: somebody from Brazil reads Portuguese. Panjabi in
// Arabic letters is not: whoever reads those is not helped by the letters of our Panjabi.
func Match(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return en
	}
	_, i, confidence := matcher().Match(wanted...)
	if confidence < language.High {
		return en
	}
	return languages[i].Code
}

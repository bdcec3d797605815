package words_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/words"
)

func TestNumbersAndDatesOfEachLanguage(t *testing.T) {
	first, later := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC), time.Date(2028, 8, 31, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct{ lang, thousand, large, percent, first, later string }{
		{"en", "1,234", "1,234,567", "76%", "1 January 2027", "31 August 2028"},
		{"cy", "1,234", "1,234,567", "76%", "1 Ionawr 2027", "31 Awst 2028"},
		{"ar", "1,234", "1,234,567", "76\u200e%\u200e", "1 يناير 2027", "31 أغسطس 2028"},
		{"bn", "1,234", "12,34,567", "76%", "1 জানুয়ারি 2027", "31 আগস্ট 2028"},
		{"fr", "1\u202f234", "1\u202f234\u202f567", "76\u202f%", "1er janvier 2027", "31 août 2028"},
		{"pa", "1,234", "12,34,567", "76%", "1 ਜਨਵਰੀ 2027", "31 ਅਗਸਤ 2028"},
		{"pl", "1234", "1\u00a0234\u00a0567", "76%", "1 stycznia 2027", "31 sierpnia 2028"},
		{"pt", "1234", "1\u00a0234\u00a0567", "76%", "1 de janeiro de 2027", "31 de agosto de 2028"},
		{"ro", "1.234", "1.234.567", "76\u00a0%", "1 ianuarie 2027", "31 august 2028"},
		{"so", "1,234", "1,234,567", "76%", "1 Jannaayo 2027", "31 Ogost 2028"},
		{"uk", "1\u00a0234", "1\u00a0234\u00a0567", "76%", "1 січня 2027 року", "31 серпня 2028 року"},
		{"ur", "1,234", "1,234,567", "76%", "1 جنوری 2027", "31 اگست 2028"},
	} {
		v := words.In(c.lang)
		got := []string{v.Number(1234), v.Number(1234567), v.Percent(76), v.Date(first), v.Date(later)}
		if want := []string{c.thousand, c.large, c.percent, c.first, c.later}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.lang, got, want)
		}
		if v.Number(0) != "0" || v.Number(999) != "999" || v.Number(-5) != "\u22125" || v.Date(time.Time{}) != "" {
			t.Errorf("%s: %q %q %q %q", c.lang, v.Number(0), v.Number(999), v.Number(-5), v.Date(time.Time{}))
		}
		months := map[string]bool{}
		for m := time.January; m <= time.December; m++ {
			months[v.Date(time.Date(2027, m, 2, 0, 0, 0, 0, time.UTC))] = true
		}
		if len(months) != 12 {
			t.Errorf("%s has %d months", c.lang, len(months))
		}
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "de": "en", "nonsense;;": "en", "zh-CN,zh;q=0.9": "en", "*": "en",
		"en-GB,en;q=0.8": "en", "cy-GB,en;q=0.5": "cy", "pt-BR,pt;q=0.9,en;q=0.5": "pt", "pt": "pt",
		"fr-CA": "fr", "ar-EG": "ar", "ar": "ar", "ur-PK,en;q=0.9": "ur", "bn-BD": "bn", "uk-UA,ru;q=0.5": "uk",
		"so-SO": "so", "ro-MD": "ro", "pl-PL": "pl", "pa-IN": "pa", "pa-Guru-IN": "pa",
		"pa-Arab-PK": "en", "pa-Arab-PK,ur;q=0.9": "ur", "de-DE,pl;q=0.7,en;q=0.3": "pl", "sv,en-US;q=0.5,fr;q=0.4": "en",
	} {
		if got := words.Match(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestVoicesKnowTheirLanguage(t *testing.T) {
	for _, l := range words.Languages() {
		for _, by := range []string{l.Code, l.Tag} {
			if v := words.In(by); v.Lang != l.Tag || v.Dir != l.Dir {
				t.Errorf("%s: %s %s", by, v.Lang, v.Dir)
			}
		}
	}
	if v := words.In("xx"); v.Lang != "en" || v.Dir != "ltr" {
		t.Errorf("a language that is not there: %+v", v)
	}
	if _, ok := words.Find("xx"); ok {
		t.Error("a language that is not there is found")
	}
}

func TestEnglishFillsWhatIsMissing(t *testing.T) {
	v := words.In("fr")
	if v.HasOwn("import.none") || !v.Has("import.none") || v.Say("import.none") != words.English().Say("import.none") {
		t.Error("a sentence for staff is not said in English")
	}
	if !v.HasOwn("answer.send") || v.Say("answer.send") == words.English().Say("answer.send") {
		t.Error("a sentence for pupils is said in English")
	}
	if v.Has("no.such_key") || v.Say("no.such_key") != "[no.such_key]" {
		t.Error("a key that is nowhere has a sentence")
	}
}

// TestEverySentenceIsSaidOfOneAndOfMany: a sentence that has no words of its own for one is said all the same.
func TestEverySentenceIsSaidOfOneAndOfMany(t *testing.T) {
	for _, l := range words.Languages() {
		v := words.In(l.Code)
		for key := range v.Sentences() {
			key, _, _ = strings.Cut(key, "/")
			for n := range 4 {
				if v.Say(key, words.V{"Count": n}) == "["+key+"]" {
					t.Errorf("%s: nothing is said of %d: %s", l.Code, n, key)
				}
			}
		}
	}
	v := words.V{"Count": 1, "Asked": 3, "Most": 20, "From": "1 September 2026", "Term": "autumn"}
	if got := words.English().Say("asking.budget_months", v); got[:36] != "This survey takes about a minute. Th" {
		t.Error(got)
	}
}

func TestCorrections(t *testing.T) {
	v := words.In("cy")
	c := v.With(map[string]string{
		"answer.send":        "Anfon nawr",
		"answer.several/two": "Dewis {{.Count}}: dim mwy.",
		"answer.place":       "{{.N}}",       // a gap is lost
		"answer.back":        "Yn ôl {{.X}}", // a gap is new
		"no.such_key":        "Dim",
		"import.none":        "Nid yn Gymraeg",
	})
	for key, want := range map[string]string{"answer.send": "Anfon nawr", "answer.back": v.Say("answer.back"), "no.such_key": "[no.such_key]", "import.none": words.English().Say("import.none")} {
		if got := c.Say(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := c.Say("answer.several", words.V{"Count": 2}); got != "Dewis 2: dim mwy." {
		t.Errorf("corrected plural: %q", got)
	}
	for _, n := range []int{1, 3, 6, 7} {
		if got, want := c.Say("answer.several", words.V{"Count": n}), v.Say("answer.several", words.V{"Count": n}); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got, want := c.Say("answer.place", words.V{"N": 1, "M": 2}), v.Say("answer.place", words.V{"N": 1, "M": 2}); got != want {
		t.Errorf("a correction that lost a gap is used: %q", got)
	}
	if c.Sentences()["answer.send"] != "Anfon nawr" || v.Sentences()["answer.send"] == "Anfon nawr" {
		t.Error("the voice corrected and the voice before share their sentences")
	}
	if v.With(nil).Say("answer.send") != v.Say("answer.send") {
		t.Error("no corrections change something")
	}
}

func TestGaps(t *testing.T) {
	for text, want := range map[string][]string{
		"none": nil, "{{.B}} and {n} and {{.A}}": {"{n}", "{{.A}}", "{{.B}}"}, "{n} {n}": {"{n}", "{n}"},
		"{{.A}": {"{", "{", "}"}, "{N}": {"{", "}"},
	} {
		if got := words.GapsOf(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

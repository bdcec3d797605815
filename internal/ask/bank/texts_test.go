package bank_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"

	"github.com/google/go-cmp/cmp"
)

// everyLanguage calls f for each language but English.
func everyLanguage(t *testing.T, b *bank.Bank, f func(lang string, tongue bank.Tongue)) {
	t.Helper()
	for _, l := range words.Languages()[1:] {
		tongue, ok := b.In(l.Code)
		if !ok {
			t.Fatalf("no texts in %s", l.Code)
		}
		f(l.Code, tongue)
	}
}

// TestPromiseInEachLanguage: whatever a round promises pupils and parents in English, it can promise in every language, part
// for part.
func TestPromiseInEachLanguage(t *testing.T) {
	b := load(t)
	n := 0
	everyLanguage(t, b, func(lang string, tongue bank.Tongue) {
		eachPolicy(b, func(p bank.PromiseFor) {
			if p.Audience == bank.Staff {
				return
			}
			for _, small := range []bool{false, true} {
				n++
				p.Settings.SmallSchool, p.Tongue = small, bank.Tongue{}
				english, err := b.Promise(p)
				if err != nil {
					t.Fatal(err)
				}
				p.Tongue = tongue
				said, err := b.Promise(p)
				if err != nil || len(said) != len(english) {
					t.Fatalf("%s, %s, %s, %s: %d parts of %d, %v", lang, p.Audience, p.Mode, p.Route, len(said), len(english), err)
				}
				for i := range english {
					if said[i].Part != english[i].Part || said[i].Show != english[i].Show || said[i].Text == english[i].Text || strings.ContainsAny(said[i].Text, "{}") {
						t.Errorf("%s: %+v for %+v", lang, said[i], english[i])
					}
				}
			}
		})
	})
	if want := 11 * 2 * 2 * (4*(6+3*4) + 2*5 + 3*4); n != want {
		t.Errorf("%d promises, want %d", n, want)
	}
}

func TestPromiseIsWholeInALanguageOrNotGiven(t *testing.T) {
	b := load(t)
	half, err := bank.ParseTexts(b, "fr", []byte("p_open_11_16: \"{minutes} et {why}\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := bank.PromiseFor{Audience: bank.Pupils11to16, Mode: bank.Anonymous, Route: bank.AnyDevice, Settings: everything, Tongue: half}
	got, err := b.Promise(p)
	var silent bank.NotInLanguage
	if got != nil || !errors.As(err, &silent) || silent.Lang != "fr" || !slices.Contains(silent.IDs, "p_mode_anon_screen_11_16") || slices.Contains(silent.IDs, "p_open_11_16") {
		t.Errorf("%v, %v", got, err)
	}
	// Staff are promised in English alone.
	p.Audience, p.Tongue = bank.Staff, func() bank.Tongue { v, _ := b.In("fr"); return v }()
	if got, err := b.Promise(p); got != nil || !errors.As(err, &silent) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTextIn(t *testing.T) {
	b := load(t)
	if text, ok := b.TextIn("en", "thanks_5_7"); !ok || text != "Thank you! We will tell you what we heard." {
		t.Errorf("%q %v", text, ok)
	}
	if text, ok := b.TextIn("cy", "thanks_5_7"); !ok || !strings.HasPrefix(text, "Diolch!") {
		t.Errorf("%q %v", text, ok)
	}
	for _, c := range [][2]string{{"cy", "nothing"}, {"en", "nothing"}, {"xx", "thanks_5_7"}, {"cy", "p_open_staff"}} {
		if text, ok := b.TextIn(c[0], c[1]); ok || text != "" {
			t.Errorf("%v: %q", c, text)
		}
	}
}

func TestTextsAreReadStrictly(t *testing.T) {
	b := load(t)
	for name, c := range map[string]struct {
		yaml string
		want []bank.Code
	}{
		"nothing":           {"", nil},
		"good":              {"thanks_5_7: Merci\nhelper_5_7: \"Ici {safeguarding_lead}\"", nil},
		"unknown":           {"thanks_6_8: Merci", []bank.Code{bank.UnknownText}},
		"not for answering": {"intro_teacher_mirror: Merci\np_open_staff: Merci\nyou_said: Merci", []bank.Code{bank.UnknownText, bank.UnknownText, bank.UnknownText}},
		"twice":             {"thanks_5_7: Merci\nthanks_5_7: Merci", []bank.Code{bank.TextTwice}},
		"empty":             {"thanks_5_7: \" \"\nthanks_7_10:", []bank.Code{bank.EmptyText, bank.EmptyText}},
		"a brace lost":      {"thanks_pupil: \"Merci {reply_date}\"", []bank.Code{bank.OtherBraces}},
		"a brace added":     {"thanks_5_7: \"Merci {reply_date}\"", []bank.Code{bank.OtherBraces}},
		"a brace doubled":   {"helper_5_7: \"{safeguarding_lead} {safeguarding_lead}\"", []bank.Code{bank.OtherBraces}},
		"a brace broken":    {"thanks_5_7: \"Merci }\"", []bank.Code{bank.OtherBraces}},
		"a list":            {"- Merci", []bank.Code{bank.NotATextList}},
		"no YAML":           {"a: b: c: \"", []bank.Code{bank.NotYAML}},
	} {
		_, err := bank.ParseTexts(b, "fr", []byte(c.yaml))
		var problems bank.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Errorf("%s: %v", name, err)
		}
		var got []bank.Code
		for _, p := range problems {
			got = append(got, p.Code)
			if p.Message == "" || strings.Contains(p.Message, "{want}") || strings.Contains(p.Message, "{id}") {
				t.Errorf("%s: %q", name, p.Message)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCorrectedTexts(t *testing.T) {
	b := load(t)
	tongue, _ := b.In("pl")
	fixed := tongue.With(map[string]string{"thanks_5_7": "Dzięki!", "thanks_pupil": "Dzięki, bez daty", "nothing": "Nic"})
	if text, _ := b.Say(fixed, "thanks_5_7"); text != "Dzięki!" {
		t.Errorf("%q", text)
	}
	was, _ := tongue.Text("thanks_pupil")
	if text, _ := fixed.Text("thanks_pupil"); text != was {
		t.Errorf("a correction that lost its braces is used: %q", text)
	}
	if _, ok := fixed.Text("nothing"); ok {
		t.Error("a correction of nothing is kept")
	}
	if text, _ := tongue.Text("thanks_5_7"); text == "Dzięki!" {
		t.Error("the shipped text has changed")
	}
}

// A first page that is long in English would be longer still: other languages may take a third more words, no more.
func TestFirstPageStaysShortInEachLanguage(t *testing.T) {
	b := load(t)
	count := func(p bank.Promise) (n int) {
		for _, part := range p.Shown(bank.ShowFirst) {
			n += len(strings.Fields(part.Text))
		}
		return n
	}
	everyLanguage(t, b, func(lang string, tongue bank.Tongue) {
		for _, a := range []string{bank.Pupils11to16, bank.Pupils7to10, bank.Pupils5to7, bank.Parents} {
			for _, c := range []struct {
				mode bank.Mode
				two  bool
			}{{bank.Anonymous, false}, {bank.Confidential, false}, {bank.Confidential, true}, {bank.Named, false}} {
				p := bank.PromiseFor{Audience: a, Mode: c.mode, Route: bank.AnyDevice, Settings: everything}
				p.Settings.TwoPeople = c.two
				english, _ := b.Promise(p)
				p.Tongue = tongue
				said, err := b.Promise(p)
				if err != nil || count(said) == 0 || count(said)*3 > count(english)*4 {
					t.Errorf("%s, %s, %s, two people %v: %d words for %d, %v", lang, a, c.mode, c.two, count(said), count(english), err)
				}
			}
		}
	})
}

// Names are typed in Latin letters. In a sentence from right to left they are kept apart, so that a comma after one does
// not jump to its other side.
func TestValuesAreKeptApartFromRightToLeft(t *testing.T) {
	b := load(t)
	for lang, want := range map[string]string{"ur": "\u2068Mrs Khan\u2069", "ar": "\u2068Mrs Khan\u2069", "pl": "Mrs Khan"} {
		tongue, _ := b.In(lang)
		text, _ := tongue.Text("helper_5_7")
		said := tongue.Fill(text, map[string]string{"safeguarding_lead": "Mrs Khan"})
		if !strings.Contains(said, want) || strings.Contains(said, "\u2068") != (want != "Mrs Khan") {
			t.Errorf("%s: %q", lang, said)
		}
	}
}

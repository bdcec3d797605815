package internal_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

var keyShape = regexp.MustCompile(`^[a-z_]+(\.[a-z_0-9]+)+$`)

// TestEveryKeyHasASentence finds the keys that the code asks for, in calls of Say and in faults, and fails where words
// has no sentence for one.
func TestEveryKeyHasASentence(t *testing.T) {
	v := words.English()
	found := 0
	for _, f := range sources(t) {
		if f.test || strings.HasPrefix(f.pkg, "internal/ask/bank") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			var lit ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				case *ast.Ident:
					name = fun.Name
				}
				switch {
				case name == "Say" && len(n.Args) > 0:
					lit = n.Args[0]
				case (name == "New" || name == "Field") && len(n.Args) > 1:
					lit = n.Args[1]
				case name == "Fault" && len(n.Args) > 1:
					lit = n.Args[1]
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Key" {
					lit = n.Value
				}
			}
			b, ok := lit.(*ast.BasicLit)
			if !ok || b.Kind != token.STRING {
				return true
			}
			key, err := strconv.Unquote(b.Value)
			if err != nil || !keyShape.MatchString(key) {
				return true
			}
			found++
			if !v.Has(key) {
				t.Errorf("%s asks for %q, which words does not have", f.path, key)
			}
			return true
		})
	}
	for _, key := range append(survey.Keys(), survey.OpeningKeys()...) {
		if !v.Has(key) {
			t.Errorf("survey reports %q, which words does not have", key)
		}
	}
	if found < 100 {
		t.Fatalf("only %d keys found: the search is broken", found)
	}
}

// forms are the plural forms that CLDR gives whole numbers in each language, with numbers that take each.
var forms = map[string]map[string][]int{
	"en": {"one": {1}, "other": {0, 2, 3, 11, 21, 100}},
	"so": {"one": {1}, "other": {0, 2, 3, 11, 21, 100}},
	"ur": {"one": {1}, "other": {0, 2, 3, 11, 21, 100}},
	"fr": {"one": {0, 1}, "many": {1000000, 2000000}, "other": {2, 3, 11, 21, 100, 999999, 1000001}},
	"pt": {"one": {1}, "many": {1000000}, "other": {0, 2, 3, 11, 21, 100}},
	"pa": {"one": {0, 1}, "other": {2, 3, 11, 21, 100}},
	"bn": {"one": {0, 1}, "other": {2, 3, 11, 21, 100}},
	"pl": {"one": {1}, "few": {2, 3, 4, 22, 34, 102, 1002}, "many": {0, 5, 11, 12, 13, 14, 21, 31, 100, 101, 112, 1012}},
	"uk": {"one": {1, 21, 31, 101, 1001}, "few": {2, 3, 4, 22, 34, 102}, "many": {0, 5, 11, 12, 13, 14, 19, 20, 100, 111, 112}},
	"ro": {"one": {1}, "few": {0, 2, 5, 16, 19, 101, 119, 219}, "other": {20, 21, 35, 99, 100, 120, 1020}},
	"ar": {"zero": {0}, "one": {1}, "two": {2}, "few": {3, 4, 10, 103, 110, 1003}, "many": {11, 26, 99, 111, 199}, "other": {100, 101, 102, 200, 1000, 1002}},
	"cy": {"zero": {0}, "one": {1}, "two": {2}, "few": {3}, "many": {6}, "other": {4, 5, 7, 8, 11, 16, 20, 100, 106}},
}

// onlyFractions are forms that no whole number takes; a translator writes them all the same.
var onlyFractions = map[string][]string{"pl": {"other"}, "uk": {"other"}}

// TestPluralFormOfEachNumber says a sentence of which each form names itself, so that the rule is seen and not the words.
func TestPluralFormOfEachNumber(t *testing.T) {
	for _, l := range words.Languages() {
		want, ok := forms[l.Code]
		if !ok {
			t.Errorf("%s has no plural forms here", l.Code)
			continue
		}
		named := map[string]string{}
		for name := range words.In(l.Code).Sentences() {
			if form, ok := strings.CutPrefix(name, "answer.several/"); ok {
				named[name] = "the form " + form
				if form != "one" && form != "zero" && form != "two" || strings.Contains(words.In(l.Code).Sentences()[name], "{{.Count}}") {
					named[name] += " {{.Count}}"
				}
			}
		}
		v := words.In(l.Code).With(named)
		for form, numbers := range want {
			for _, n := range numbers {
				if got := v.Say("answer.several", words.V{"Count": n}); strings.TrimSuffix(got, " "+strconv.Itoa(n)) != "the form "+form {
					t.Errorf("%s: %d takes %q, want %s", l.Code, n, got, form)
				}
			}
		}
	}
}

var latin = regexp.MustCompile(`\p{Latin}+`)

// namesInLatin are what stays in Latin letters in every script: names, and the part of an address that stands on slips.
var namesInLatin = []string{"Childline", "Meic", "Lifeline", "Earshot", "a"}

// script tells the letters of languages that are not written in Latin ones.
var script = map[string]*regexp.Regexp{
	"ar": regexp.MustCompile(`\p{Arabic}`), "ur": regexp.MustCompile(`\p{Arabic}`), "bn": regexp.MustCompile(`\p{Bengali}`),
	"pa": regexp.MustCompile(`\p{Gurmukhi}`), "uk": regexp.MustCompile(`\p{Cyrillic}`),
}

// TestThoseWhoAnswerReadTheirLanguage holds the sentences for those who answer, and the texts of the bank, in every
// language against the English: none is missing, gaps are the same, plural forms are all there, and none is left in English.
func TestThoseWhoAnswerReadTheirLanguage(t *testing.T) {
	english := words.English().Sentences()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range words.Languages()[1:] {
		own := words.In(l.Code).Sentences()
		for _, key := range answering(t) {
			checkForms(t, l.Code, key, english, own)
		}
		for name, text := range own {
			key, form, _ := strings.Cut(name, "/")
			in := english[key]
			if in == "" {
				in = english[key+"/other"]
			}
			if in == "" {
				t.Errorf("%s: %s has no English sentence", l.Code, key)
				continue
			}
			checkSentence(t, l.Code+": "+name, l.Code, in, text)
			gaps := words.GapsOf(text)
			if !slices.Equal(gaps, words.GapsOf(in)) && !(len(gaps) == 0 && oneNumber(l.Code, form)) {
				t.Errorf("%s: %s has the gaps %v, English %v", l.Code, name, gaps, words.GapsOf(in))
			}
		}
		said, ok := b.In(l.Code)
		if !ok {
			t.Errorf("the bank has no texts in %s", l.Code)
		}
		for _, text := range b.ForAnswering() {
			in, ok := said.Text(text.ID)
			if !ok {
				t.Errorf("%s: the bank's %s is missing", l.Code, text.ID)
			}
			checkSentence(t, l.Code+": "+text.ID, l.Code, text.Text, in)
		}
	}
}

// answering lists the keys for those who answer: of the survey, of its reply, of the figures that everybody may read, and of
// the page on which they write to somebody who can help.
func answering(t *testing.T) (keys []string) {
	t.Helper()
	for _, f := range []struct {
		name, group string
		least       int
	}{{"answering", "", 150}, {"reply", "", 25}, {"wall", "", 12}, {"guess", "", 24}, {"figure", "public.", 9}, {"talk", "", 22}, {"minute", "", 8}, {"card", "", 30}, {"taking", "", 10}} {
		data, err := os.ReadFile("base/words/en/" + f.name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		before := len(keys)
		for _, key := range slices.Sorted(maps.Keys(file)) {
			if strings.HasPrefix(key, f.group) {
				keys = append(keys, key)
			}
		}
		if len(keys)-before < f.least {
			t.Fatalf("%s: only %d keys", f.name, len(keys)-before)
		}
	}
	return keys
}

func checkForms(t *testing.T, lang, key string, english, own map[string]string) {
	t.Helper()
	if english[key] != "" {
		if own[key] == "" {
			t.Errorf("%s: %s is missing", lang, key)
		}
		return
	}
	must := append(slices.Collect(maps.Keys(forms[lang])), onlyFractions[lang]...)
	for _, form := range must {
		if own[key+"/"+form] == "" {
			t.Errorf("%s: %s has no form %q", lang, key, form)
		}
	}
	for name := range own {
		if k, form, _ := strings.Cut(name, "/"); k == key && !slices.Contains(must, form) {
			t.Errorf("%s: %s has a form %q, which the language does not have", lang, key, form)
		}
	}
}

// oneNumber says whether a form stands for one number alone, so that its sentence may spell the number out. Forms for 0
// and 1 count: nobody is told to choose none.
func oneNumber(lang, form string) bool {
	return lang != "uk" && slices.Contains([]string{"zero", "one", "two"}, form)
}

// same are sentences that are the same in English: numbers, and words that two languages share.
var same = regexp.MustCompile(`^[\d\s]+$|^(Meic|Childline|Lifeline|Place \{\{\.N\}\})$`)

func checkSentence(t *testing.T, where, lang, english, text string) {
	t.Helper()
	if strings.TrimSpace(text) != text || text == "" {
		t.Errorf("%s: %q", where, text)
	}
	if text == english && !same.MatchString(text) {
		t.Errorf("%s is still English: %q", where, text)
	}
	letters := script[lang]
	if letters == nil {
		return
	}
	for _, run := range latin.FindAllString(gaps.ReplaceAllString(text, ""), -1) {
		if !slices.Contains(namesInLatin, run) {
			t.Errorf("%s: %q is in Latin letters: %q", where, run, text)
		}
	}
	if !letters.MatchString(text) && !same.MatchString(text) {
		t.Errorf("%s has no letter of its language: %q", where, text)
	}
}

var gaps = regexp.MustCompile(`\{\{[^}]*\}\}|\{[a-z_]+\}`)

// TestPhoneNumbersAreTheSameEverywhere: a digit lost in translation would lead a child nowhere.
func TestPhoneNumbersAreTheSameEverywhere(t *testing.T) {
	number := regexp.MustCompile(`[0-9]{3,}([ ][0-9]{3,})*`)
	english := words.English().Sentences()
	b, err := bank.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, l := range words.Languages()[1:] {
		own := words.In(l.Code).Sentences()
		for key, in := range english {
			if want := number.FindAllString(in, -1); own[key] != "" && !slices.Equal(want, number.FindAllString(own[key], -1)) {
				t.Errorf("%s: %s says %q, English %q", l.Code, key, own[key], in)
			}
			if strings.HasSuffix(key, ".phone") {
				seen++
			}
		}
		said, _ := b.In(l.Code)
		for _, text := range b.ForAnswering() {
			in, _ := said.Text(text.ID)
			if !slices.Equal(number.FindAllString(text.Text, -1), number.FindAllString(in, -1)) {
				t.Errorf("%s: %s says %q", l.Code, text.ID, in)
			}
		}
	}
	if seen < 11*10 {
		t.Errorf("only %d phone numbers compared", seen)
	}
}

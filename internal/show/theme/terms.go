package theme

import (
	"cmp"
	"embed"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed stop/*.txt
var stopFiles embed.FS

var (
	stopMu    sync.Mutex
	stopLists = map[string]map[string]bool{}
)

// stopWords are the words of a language that say little by themselves; none for a language without a list.
func stopWords(language string) map[string]bool {
	language, _, _ = strings.Cut(language, "-")
	stopMu.Lock()
	defer stopMu.Unlock()
	if list, ok := stopLists[language]; ok {
		return list
	}
	list := map[string]bool{}
	if file, err := stopFiles.ReadFile("stop/" + language + ".txt"); err == nil {
		for _, word := range strings.Fields(normal(string(file))) {
			list[word] = true
		}
	}
	stopLists[language] = list
	return list
}

// HasStopWords says whether there is a list of words to leave out in a language.
func HasStopWords(language string) bool { return len(stopWords(language)) > 0 }

var addresses = regexp.MustCompile(`https?://\S+|www\.\S+|\S+@\S+\.\S+`)

var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "＇", "'", "`", "'")

// normal writes text in one way: composed, with plain apostrophes, in lower case.
func normal(text string) string { return strings.ToLower(apostrophes.Replace(norm.NFKC.String(text))) }

// tokens are the words of a text as they stand there: runs of letters and digits, with apostrophes between letters.
func tokens(text string) []string {
	text = addresses.ReplaceAllString(normal(text), " ")
	var list []string
	for _, s := range spans(text) {
		list = append(list, text[s.from:s.to])
	}
	return list
}

// span is where a word stands in a text, in bytes.
type span struct{ from, to int }

// spans finds the words of a text. A sign that belongs to the letter before it, as vowels do in Bengali, is part of the word.
func spans(text string) []span {
	var list []span
	from, apostrophe := -1, -1 // where the word began; where an apostrophe stands that no letter follows yet
	for i, r := range text {
		letter := unicode.IsLetter(r)
		inside := letter || unicode.IsNumber(r) || unicode.IsMark(r) && from >= 0
		switch {
		case from < 0 && inside:
			from = i
		case from < 0:
		case apostrophe >= 0 && letter:
			apostrophe = -1
		case apostrophe >= 0:
			list = append(list, span{from, apostrophe})
			from, apostrophe = -1, -1
			if inside {
				from = i
			}
		case inside:
		case isApostrophe(r):
			apostrophe = i
		default:
			list = append(list, span{from, i})
			from = -1
		}
	}
	switch {
	case from >= 0 && apostrophe >= 0:
		list = append(list, span{from, apostrophe})
	case from >= 0:
		list = append(list, span{from, len(text)})
	}
	return list
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʼ＇`", r) }

// word says which term a token counts as; empty for one that is left out.
func word(token, language string, stop map[string]bool) string {
	bare := strings.TrimSuffix(token, "'s")
	if stop[token] || stop[bare] || len([]rune(bare)) < 2 || isNumber(bare) {
		return ""
	}
	if language == "" || language == "en" || strings.HasPrefix(language, "en-") {
		return singular(bare)
	}
	return bare
}

func isNumber(token string) bool {
	return strings.IndexFunc(token, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}

// singular takes the s of an English plural away.
func singular(w string) string {
	if len(w) <= 3 {
		return w
	}
	not := func(ends ...string) bool {
		for _, end := range ends {
			if strings.HasSuffix(w, end) {
				return false
			}
		}
		return true
	}
	switch {
	case strings.HasSuffix(w, "ies") && not("aies", "eies"):
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "es") && not("aes", "ees", "oes"):
		return w[:len(w)-1]
	case strings.HasSuffix(w, "s") && not("us", "ss"):
		return w[:len(w)-1]
	}
	return w
}

// forms counts how each word was written.
type forms map[string]map[string]int

// terms are what a text says: its words, and the pairs of words that stand side by side in it. How they were written is added
// to seen, if there is one.
func terms(text, language string, seen forms) (words, pairs []string) {
	stop, last := stopWords(cmp.Or(language, "en")), ""
	for _, token := range tokens(text) {
		w := word(token, language, stop)
		if w != "" {
			words = append(words, w)
			if seen != nil {
				if seen[w] == nil {
					seen[w] = map[string]int{}
				}
				seen[w][strings.TrimSuffix(token, "'s")]++
			}
			if last != "" {
				pairs = append(pairs, last+" "+w)
			}
		}
		last = w
	}
	return words, pairs
}

package screen

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A text is read as a net of words: between two knots lie the words that may be meant there. Usually that is one word, as
// it was written; beside it lie the words that a slip of the finger may have hidden, letters written one by one as the word
// they make, two words that were written as one, and one that was written as two.
type net struct {
	ends  int      // the last knot
	words [][]word // by the knot they begin at
}

type word struct {
	text string
	to   int
	base bool // what a gap counts: words as they were written, or taken apart
}

// longest is how many letters written one by one, or of words run together, are looked at as one.
const longest = 40

var (
	digits  = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")
	letters = "@$!" // stand for letters inside a word
)

// fields are the words of a text as they are compared.
func fields(text string) (list []string) {
	for _, f := range strings.FieldsFunc(fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mc, r) && !vowels(r) && !strings.ContainsRune(letters, r)
	}) {
		if f = strings.Trim(f, "!"); f != "" {
			list = append(list, oneAlphabet(f))
		}
	}
	return list
}

// Words are the words of a text in small letters, without accents and apostrophes.
func Words(text string) []string { return fields(text) }

// spelt are the ways to read one written word: digits as the letters they look like, a letter held down as one or two, and an Arabic
// word without the "and" before it. Digits stay digits too: some who write Arabic in Latin letters mean other letters by them.
func spelt(written string) []string {
	all := []string{written}
	if strings.ContainsAny(written, "013457@$!") && strings.ContainsFunc(written, unicode.IsLetter) {
		all = []string{digits.Replace(written), written}
	}
	if rest, and := strings.CutPrefix(written, "و"); and && utf8.RuneCountInString(rest) >= 3 {
		all = append(all, rest)
	}
	var ways []string
	for _, s := range all {
		if two := held(s, 2); two != s {
			ways = append(ways, two, held(s, 1))
		}
		ways = append(ways, s)
	}
	return ways
}

// held shortens a letter that stands three times or more in a row to n of it.
func held(s string, n int) string {
	if !holds3(s) {
		return s
	}
	var b strings.Builder
	all := []rune(s)
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		times := j - i
		if times >= 3 {
			times = n
		}
		b.WriteString(strings.Repeat(string(all[i]), times))
		i = j
	}
	return b.String()
}

// holds3 says whether a letter stands three times or more in a row.
func holds3(s string) bool {
	var last rune
	times := 0
	for _, r := range s {
		if r != last {
			last, times = r, 0
		}
		if times++; times == 3 {
			return true
		}
	}
	return false
}

// weave reads the words of a text.
func (l *list) weave(written []string) net {
	at := make([]int, len(written)+1) // the knot before each word
	next := 0
	splits := make([][]string, len(written))
	for i, w := range written {
		at[i] = next
		splits[i] = l.split(w)
		next += max(1, len(splits[i]))
	}
	at[len(written)] = next
	n := net{ends: next, words: make([][]word, next+1)}
	for i, w := range written {
		for _, s := range spelt(w) {
			n.lay(at[i], at[i+1], s, true)
			for _, meant := range l.slips(s) {
				n.lay(at[i], at[i+1], meant, false)
			}
		}
		for k, part := range splits[i] {
			n.lay(at[i]+k, at[i]+k+1, part, true)
		}
		l.join(n, written, at, i)
	}
	return n
}

func (n net) lay(from, to int, text string, base bool) {
	w := word{text, to, base}
	if !slices.Contains(n.words[from], w) {
		n.words[from] = append(n.words[from], w)
	}
}

// join lays the words that begin with the i-th and go on: letters written one by one, and a word written as two.
func (l *list) join(n net, written []string, at []int, i int) {
	alone := func(k int) bool { return k >= 0 && k < len(written) && utf8.RuneCountInString(written[k]) == 1 }
	whole := ""
	for j := i; j < len(written) && utf8.RuneCountInString(whole)+utf8.RuneCountInString(written[j]) <= longest; j++ {
		whole += written[j]
		if j == i {
			continue
		}
		if j > i+1 && !(alone(i) && alone(i+1) && alone(j)) {
			return // of more than two pieces all are letters
		}
		if l.begins(whole) || l.begins(digits.Replace(whole)) || strings.HasPrefix(whole, "و") {
			for _, s := range spelt(whole) {
				if utf8.RuneCountInString(s) >= 3 && l.known(s) {
					n.lay(at[i], at[j+1], s, false)
				}
			}
		}
		if j-i >= 2 {
			if !alone(i-1) && !alone(j+1) {
				n.lay(at[i], at[j+1], spelt(whole)[0], true) // for a gap all of them are one word
			}
			// Several words of letters: the knots between them are those of the letters.
			if alone(j + 1) {
				continue
			}
			k := i
			for _, part := range l.split(whole) {
				next := min(k+utf8.RuneCountInString(part), j+1)
				n.lay(at[k], at[next], part, false)
				k = next
			}
		}
	}
}

// known says whether a word is one of the list's.
func (l *list) known(s string) bool {
	return l.words[s] || slices.ContainsFunc(l.starting(s), func(start string) bool { return utf8.RuneCountInString(start) >= 3 })
}

// split takes apart a word that is none: killmyself is kill and myself. It needs a word of the list in it, and every part
// must be a word.
func (l *list) split(written string) []string {
	s := spelt(written)[0]
	all := []rune(s)
	if len(all) < 6 || len(all) > longest || l.common[s] || l.words[s] {
		return nil
	}
	// The fewest words from each letter to the end, once they are asked for.
	best := make([][]string, len(all)+1)
	asked := make([]bool, len(all)+1)
	best[len(all)], asked[len(all)] = []string{}, true
	var from func(int) []string
	from = func(i int) []string {
		if asked[i] {
			return best[i]
		}
		asked[i] = true
		for j := len(all); j > i; j-- {
			part := string(all[i:j])
			if word := j-i > 1 && (l.words[part] || l.common[part]) || part == "i" || part == "a"; !word {
				continue
			}
			if rest := from(j); rest != nil && (best[i] == nil || len(rest)+1 < len(best[i])) {
				best[i] = append([]string{part}, rest...)
			}
		}
		return best[i]
	}
	if !slices.ContainsFunc(from(0), func(part string) bool { return utf8.RuneCountInString(part) > 2 && l.words[part] }) {
		return nil
	}
	return best[0]
}

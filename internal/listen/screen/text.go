package screen

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A text is read as a net of words: between two knots lie the words that may be meant there. Usually that is one word, as
// it was written; beside it lie the words that a slip of the finger may have hidden, letters written one by one as the word
// they make, two words that were written as one, and one that was written as two.
type net struct {
	ends  int            // the last knot
	words map[int][]word // by the knot they begin at
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
	silent  = strings.NewReplacer("'", "", "’", "", "‘", "", "`", "", "´", "", "ʼ", "", "＇", "", "\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "")
	letters = "@$!" // stand for letters inside a word
)

// fields are the words of a text in small letters without accents and apostrophes.
func fields(text string) (list []string) {
	text = silent.Replace(text)
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	for _, f := range strings.FieldsFunc(b.String(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(letters, r)
	}) {
		if f = strings.Trim(f, "!"); f != "" {
			list = append(list, f)
		}
	}
	return list
}

// Words are the words of a text in small letters, without accents and apostrophes.
func Words(text string) []string { return fields(text) }

// spelt are the ways to read one written word: digits as the letters they look like, and a letter held down as one or two.
func spelt(written string) []string {
	if strings.ContainsFunc(written, unicode.IsLetter) && strings.ContainsAny(written, "013457@$!") {
		written = digits.Replace(written)
	}
	two, one := held(written, 2), held(written, 1)
	if two == written {
		return []string{written}
	}
	return []string{two, one, written}
}

// held shortens a letter that stands three times or more in a row to n of it.
func held(s string, n int) string {
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

// weave reads a text.
func (l *list) weave(text string) net {
	written := fields(text)
	n := net{words: map[int][]word{}}
	at := make([]int, len(written)+1) // the knot before each word
	next := 0
	splits := make([][]string, len(written))
	for i, w := range written {
		at[i] = next
		splits[i] = l.split(w)
		next += max(1, len(splits[i]))
	}
	at[len(written)], n.ends = next, next
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
	alone := func(k int) bool { return k >= 0 && k < len(written) && len([]rune(written[k])) == 1 }
	whole := ""
	for j := i; j < len(written) && len(whole)+len(written[j]) <= longest; j++ {
		whole += written[j]
		if j == i {
			continue
		}
		if j > i+1 && !(alone(i) && alone(i+1) && alone(j)) {
			return // of more than two pieces all are letters
		}
		for _, s := range spelt(whole) {
			if l.known(s) && len(s) >= 3 {
				n.lay(at[i], at[j+1], s, false)
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
				next := min(k+len([]rune(part)), j+1)
				n.lay(at[k], at[next], part, false)
				k = next
			}
		}
	}
}

func (l *list) known(s string) bool {
	return l.words[s] || slices.ContainsFunc(l.starts, func(start string) bool { return len(start) >= 3 && strings.HasPrefix(s, start) })
}

// split takes apart a word that is none: killmyself is kill and myself. It needs a word of the list in it, and every part
// must be a word.
func (l *list) split(written string) []string {
	s := spelt(written)[0]
	all := []rune(s)
	if len(all) < 6 || len(all) > longest || l.common[s] || l.words[s] {
		return nil
	}
	// The fewest words from each letter to the end.
	best := make([][]string, len(all)+1)
	best[len(all)] = []string{}
	for i := len(all) - 1; i >= 0; i-- {
		for j := len(all); j > i; j-- {
			part := string(all[i:j])
			word := j-i > 1 && (l.words[part] || l.common[part]) || part == "i" || part == "a"
			if best[j] == nil || !word {
				continue
			}
			if best[i] == nil || len(best[j])+1 < len(best[i]) {
				best[i] = append([]string{part}, best[j]...)
			}
		}
	}
	if !slices.ContainsFunc(best[0], func(part string) bool { return len(part) > 2 && l.words[part] }) {
		return nil
	}
	return best[0]
}

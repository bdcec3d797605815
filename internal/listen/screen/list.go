package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// list is the phrases of one language.
type list struct {
	phrases []phrase
	words   map[string]bool     // that stand whole in a phrase
	common  map[string]bool     // words so common that none of them is a slip for another
	starts  map[string]bool     // of words that are given by their beginning only
	begin   []int               // how many bytes those have
	near    map[string][]string // words in which a slip is looked through, by themselves and by what is left of them without one letter
	reach   []int               // at how many letters a beginning that is near may end
	heads   map[string]bool     // how words begin, see head

	personal func(net) bool // says whether somebody writes of themselves, where no phrase does; nil for most
}

// phrase is slots that follow one another.
type phrase struct {
	category string
	tier     Tier
	own      bool // only on a page in the list's language: elsewhere it means something harmless
	slots    []slot
}

// slot is one place of a phrase: any of some words, after up to gap words of any kind.
type slot struct {
	gap   int
	words [][]string // most are one word; some are several that stand together
}

// shortest is how many letters a word has to have so that one wrong letter in it is looked through.
const shortest = 6

// parse reads a list: a line is category, tier and slots, and "own" if it stands only for pages in the list's language. In a slot a|b
// is either, a_b (or a&b) two words together, word* any word that begins so, and ~n up to n words between the slots beside it.
// Words are spelt as they should be; they are compared without accents, like what children write.
func parse(text, common string) (*list, error) {
	l := &list{words: map[string]bool{}, common: map[string]bool{}, starts: map[string]bool{}, near: map[string][]string{}, heads: map[string]bool{}}
	for _, word := range fields(common) {
		l.common[word] = true
	}
	known := map[string]bool{string(Red): true, string(Amber): true, string(Watch): true, string(Personal): true}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		own := len(columns) == 4 && columns[3] == "own"
		if len(columns) != 3 && !own || !known[columns[1]] {
			return nil, fmt.Errorf("line %d: category, tier and phrase are parted by tabs, and nothing but \"own\" follows", i+1)
		}
		p := phrase{category: columns[0], tier: Tier(columns[1]), own: own}
		gap := 0
		for _, field := range strings.Fields(columns[2]) {
			if strings.HasPrefix(field, "~") {
				n, err := strconv.Atoi(field[1:])
				if err != nil {
					return nil, fmt.Errorf("line %d: %q is no gap", i+1, field)
				}
				gap = n
				continue
			}
			s := slot{gap: gap}
			for _, either := range strings.Split(field, "|") {
				words, ok := strings.FieldsFunc(either, func(r rune) bool { return r == '_' || r == '&' }), false
				for k, word := range words {
					if words[k], ok = plain(word); !ok {
						return nil, fmt.Errorf("line %d: %q is no word", i+1, word)
					}
					l.know(words[k])
				}
				s.words = append(s.words, words)
			}
			p.slots, gap = append(p.slots, s), 0
		}
		if len(p.slots) == 0 || gap > 0 || p.slots[0].gap > 0 {
			return nil, fmt.Errorf("line %d: a phrase begins and ends with a word", i+1)
		}
		l.phrases = append(l.phrases, p)
	}
	return l, nil
}

// plain is a word of a list as it is compared; false if it is none, or several.
func plain(word string) (string, bool) {
	start, some := strings.CutSuffix(word, "*")
	all := fields(start)
	if len(all) != 1 {
		return "", false
	}
	// Three of a letter are read as two wherever they are written, so they are two here as well.
	if all[0] = held(all[0], 2); some {
		return all[0] + "*", true
	}
	return all[0], true
}

// know takes in a word of a phrase.
func (l *list) know(word string) {
	start, some := strings.CutSuffix(word, "*")
	if some {
		l.starts[start] = true
		l.begin = add(l.begin, len(start))
	} else {
		l.words[word] = true
	}
	l.heads[head(start)] = true
	n := utf8.RuneCountInString(start)
	if n < shortest {
		return
	}
	for _, left := range around([]rune(start)) {
		l.near[left] = add(l.near[left], word)
	}
	for end := n - 1; some && end <= n+1; end++ {
		// One letter more or less at the beginning moves where the beginning ends.
		l.reach = add(l.reach, end)
	}
}

// head is how a word begins: its first four letters, where one that stands several times counts once.
func head(word string) string {
	var first []rune
	for _, r := range word {
		if len(first) > 0 && first[len(first)-1] == r {
			continue
		}
		if first = append(first, r); len(first) == 4 {
			break
		}
	}
	return string(first)
}

// begins says whether a word of the list may begin as a text does; false is certain.
func (l *list) begins(text string) bool {
	whole := head(text)
	for i := range whole {
		if i > 0 && l.heads[whole[:i]] {
			return true
		}
	}
	return l.heads[whole]
}

func add[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// around are a word and what is left of it without one of its letters. Two words that nearly are the same have one of these in common.
func around(letters []rune) []string {
	all := []string{string(letters)}
	for i := range letters {
		if i == 0 || letters[i] != letters[i-1] {
			all = append(all, string(letters[:i])+string(letters[i+1:]))
		}
	}
	return all
}

// starting are the list's beginnings that a word has.
func (l *list) starting(s string) (starts []string) {
	for _, n := range l.begin {
		if n <= len(s) && l.starts[s[:n]] {
			starts = append(starts, s[:n])
		}
	}
	return starts
}

// is says whether a word that somebody wrote is one of the list's.
func (l *list) is(written, word string) bool {
	if start, some := strings.CutSuffix(word, "*"); some {
		return strings.HasPrefix(written, start)
	}
	return written == word
}

// slips are the list's words that somebody may have meant who wrote this one with one letter wrong, left out, too many or
// in its neighbour's place.
func (l *list) slips(written string) (meant []string) {
	if l.common[written] || l.words[written] {
		return nil
	}
	letters := []rune(written)
	if len(letters) < shortest-1 {
		return nil
	}
	look := func(letters []rune, starts bool) {
		for _, left := range around(letters) {
			for _, word := range l.near[left] {
				if start, some := strings.CutSuffix(word, "*"); some == starts && nearly(letters, []rune(start)) {
					meant = add(meant, start)
				}
			}
		}
	}
	if len(letters) <= longest {
		look(letters, false)
	}
	for _, end := range l.reach {
		if end <= len(letters) {
			look(letters[:end], true)
		}
	}
	return meant
}

// nearly says whether two words differ by at most one letter written wrong, left out or put in, or two neighbours swapped.
func nearly(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	rest := len(a) - i - j // letters of the shorter that are between what is alike at both ends
	if rest <= 0 {
		return true
	}
	if len(a) == len(b) {
		return rest == 1 || rest == 2 && a[i] == b[i+1] && a[i+1] == b[i]
	}
	return false
}

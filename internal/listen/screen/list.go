package screen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// list is the phrases of one language.
type list struct {
	phrases []phrase
	words   map[string]bool  // that stand whole in a phrase
	common  map[string]bool  // words so common that none of them is a slip for another
	long    map[int][]string // by how many letters
	starts  []string         // of words that are given by their beginning only
}

// phrase is slots that follow one another.
type phrase struct {
	category string
	tier     Tier
	slots    []slot
}

// slot is one place of a phrase: any of some words, after up to gap words of any kind.
type slot struct {
	gap   int
	words [][]string // most are one word; some are several that stand together
}

// shortest is how many letters a word has to have so that one wrong letter in it is looked through.
const shortest = 6

// parse reads a list: a line is category, tier and slots. In a slot a|b is either, a_b (or a&b) two words together, word* any word
// that begins so, and ~n up to n words between the slots beside it.
func parse(text, common string) (*list, error) {
	l := &list{words: map[string]bool{}, common: map[string]bool{}, long: map[int][]string{}}
	for _, word := range strings.Fields(common) {
		l.common[word] = true
	}
	known := map[string]bool{string(Red): true, string(Amber): true, string(Watch): true}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 || !known[fields[1]] {
			return nil, fmt.Errorf("line %d: category, tier and phrase are parted by tabs", i+1)
		}
		p := phrase{category: fields[0], tier: Tier(fields[1])}
		gap := 0
		for _, field := range strings.Fields(fields[2]) {
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
				words := strings.FieldsFunc(either, func(r rune) bool { return r == '_' || r == '&' })
				for _, word := range words {
					l.know(word)
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

func (l *list) know(word string) {
	start, some := strings.CutSuffix(word, "*")
	if some {
		l.starts = append(l.starts, start)
	} else {
		l.words[word] = true
	}
	if n := utf8.RuneCountInString(start); n >= shortest {
		l.long[n] = append(l.long[n], word)
	}
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
	for n, words := range l.long {
		for _, word := range words {
			start, some := strings.CutSuffix(word, "*")
			if some {
				// One letter more or less at the beginning moves where the beginning ends.
				for _, end := range []int{n - 1, n, n + 1} {
					if end <= len(letters) && end > 0 && nearly(letters[:end], []rune(start)) {
						meant = append(meant, start)
						break
					}
				}
			} else if nearly(letters, []rune(word)) {
				meant = append(meant, word)
			}
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

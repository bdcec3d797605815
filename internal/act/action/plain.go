package action

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/internal/ask/bank"
)

// Piece is some words that people read, under a name.
type Piece struct {
	Key  string
	Text string
}

// Reading is how hard a piece of English is to read for those it is meant for.
type Reading struct {
	Piece
	Sentence int    // words in its longest sentence, where that is more than readers manage; 0 otherwise
	Most     int    // words that they do manage
	Long     string // its longest word, where that is longer than readers of this age know
}

// longest are, for an audience, the most words that a sentence should have and the most letters of a word. The lengths of
// sentences are those of the bank's own texts for the same readers.
func longest(audience string) (words, letters int) {
	switch audience {
	case bank.Pupils5to7:
		return 8, 8
	case bank.Pupils7to10:
		return 14, 11
	case bank.Parents, bank.Staff:
		return 25, 0
	}
	return 20, 14
}

// Hard finds the pieces that those who answered may find hard to read. It is advice, never a refusal: a name can be long,
// and a school knows its pupils.
func Hard(audience string, pieces []Piece) (hard []Reading) {
	words, letters := longest(audience)
	for _, p := range pieces {
		r := Reading{Piece: p, Most: words}
		for sentence := range strings.FieldsFuncSeq(p.Text, func(c rune) bool { return c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == '\n' }) {
			if n := len(strings.Fields(sentence)); n > words {
				r.Sentence = max(r.Sentence, n)
			}
			for word := range strings.FieldsFuncSeq(sentence, func(c rune) bool { return !unicode.IsLetter(c) && c != '’' && c != '\'' }) {
				if n := utf8.RuneCountInString(word); letters > 0 && n > letters && n > utf8.RuneCountInString(r.Long) {
					r.Long = word
				}
			}
		}
		if r.Sentence > 0 || r.Long != "" {
			hard = append(hard, r)
		}
	}
	return hard
}
